//! Sentences with gaps: `Reply {0} of {1}`.
//!
//! The catalogue holds templates, not code, so a translation can put the gaps into any order and costs only its
//! text. A view that puts links into the gaps takes the sentence in parts.

/// A piece of a sentence into which a view puts elements.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// Plain text, spaces included.
    Text(String),
    /// The place of the element with this index; each message says what its indices are.
    Slot(usize),
}

/// The sentence with its gaps filled; a gap without a value stays empty.
pub(super) fn fill(template: &str, values: &[&str]) -> String {
    let mut sentence = String::new();
    walk(template, &mut |text, gap| {
        sentence.push_str(text);
        if let Some(value) = gap.and_then(|gap| values.get(gap)) {
            sentence.push_str(value);
        }
    });
    sentence
}

/// The sentence cut at its gaps.
pub(super) fn parts(template: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    walk(template, &mut |text, gap| {
        if !text.is_empty() {
            parts.push(Part::Text(text.to_owned()));
        }
        parts.extend(gap.map(Part::Slot));
    });
    parts
}

/// Calls `visit` with each stretch of text and the gap that follows it. A brace that opens no gap is text.
fn walk(template: &str, visit: &mut dyn FnMut(&str, Option<usize>)) {
    let mut text = template;
    while let Some((before, gap, rest)) = next_gap(text) {
        visit(before, Some(gap));
        text = rest;
    }
    visit(text, None);
}

fn next_gap(text: &str) -> Option<(&str, usize, &str)> {
    let (before, rest) = text.split_once('{')?;
    let (gap, rest) = rest.split_once('}')?;
    match gap.as_bytes() {
        [digit @ b'0'..=b'9'] => Some((before, usize::from(digit - b'0'), rest)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_are_filled_in_any_order_and_more_than_once() {
        assert_eq!(fill("Reply {0} of {1}", &["4", "13"]), "Reply 4 of 13");
        assert_eq!(fill("{1}: {0}/{1}", &["4", "13"]), "13: 4/13");
        assert_eq!(fill("no gap", &["4"]), "no gap");
    }

    #[test]
    fn values_are_not_read_as_templates() {
        assert_eq!(fill("{0} and {1}", &["{1}", "{0}"]), "{1} and {0}");
    }

    #[test]
    fn a_gap_without_a_value_is_empty_and_a_lone_brace_is_text() {
        assert_eq!(fill("a {7} b", &[]), "a  b");
        assert_eq!(fill("a { b {x} c", &["1"]), "a { b {x} c");
    }

    #[test]
    fn a_sentence_in_parts_has_its_gaps_as_slots() {
        assert_eq!(
            parts("{0} in reply {1}"),
            [Part::Slot(0), Part::Text(" in reply ".to_owned()), Part::Slot(1)]
        );
        assert_eq!(parts("Quote"), [Part::Text("Quote".to_owned())]);
    }
}
