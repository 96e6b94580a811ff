//! Words in running text: where they begin and end, and when two are the same.
//!
//! Knows no markup and no people.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Where `needle` stands in `text` from byte `from` on, as whole words; the end of that place.
pub(crate) fn find_whole(text: &str, needle: &str, from: usize) -> Option<usize> {
    let rest = text.get(from..)?;
    if needle.is_empty() || needle.len() > rest.len() {
        return None;
    }
    let first = from + rest.find(needle)?;
    let end = first + needle.len();
    let whole = |end: usize| is_edge(text, end - needle.len()) && is_edge(text, end);
    if whole(end) {
        return Some(end);
    }
    // Places may overlap: `bye bye` in `goodbye bye bye`. Each byte is looked at once, as by Knuth, Morris and Pratt.
    let needle = needle.as_bytes();
    let borders = borders(needle);
    let mut known = 0;
    for (at, byte) in text.bytes().enumerate().skip(first) {
        known = longer(needle, &borders, known, byte);
        if known == needle.len() && whole(at + 1) {
            return Some(at + 1);
        }
    }
    None
}

/// How long the longest beginning of `needle` is that ends with each of its bytes, the whole left out.
fn borders(needle: &[u8]) -> Vec<usize> {
    let mut borders = Vec::with_capacity(needle.len());
    borders.push(0);
    let mut known = 0;
    for byte in needle.iter().skip(1) {
        known = longer(needle, &borders, known, *byte);
        borders.push(known);
    }
    borders
}

/// How much of `needle` stands there with `byte` behind the `known` bytes of it.
fn longer(needle: &[u8], borders: &[usize], mut known: usize, byte: u8) -> usize {
    loop {
        if needle.get(known) == Some(&byte) {
            return known + 1;
        }
        match known.checked_sub(1) {
            Some(last) => known = borders.get(last).copied().unwrap_or_default(),
            None => return 0,
        }
    }
}

/// Whether no word of `text` goes on across byte `at`.
fn is_edge(text: &str, at: usize) -> bool {
    let before = text.get(..at).and_then(|text| text.chars().next_back());
    let after = text.get(at..).and_then(|text| text.chars().next());
    match (before, after) {
        (Some(before), Some(after)) => !(joins(before) && (joins(after) || is_combining_mark(after))),
        _ => true,
    }
}

/// Whether words are made of `c` and parted by something else. Scripts that write without spaces have no such
/// edges: there a word may begin anywhere. So it may in Korean, where particles follow a word without a space: who
/// quotes the word, or has it held, means it with each of them, and people are looked for by their given names.
/// Some words are then found within longer ones, and held for nothing, which a moderator sees; else most words of a
/// list would find nothing. The widget cuts out of a text by the same rule, see the tests.
fn joins(c: char) -> bool {
    let spaceless = matches!(c, '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1100}'..='\u{11ff}'
        | '\u{1780}'..='\u{17ff}' | '\u{3040}'..='\u{30ff}' | '\u{3130}'..='\u{318f}' | '\u{3400}'..='\u{9fff}'
        | '\u{ac00}'..='\u{d7af}' | '\u{f900}'..='\u{faff}' | '\u{ff66}'..='\u{ff9f}' | '\u{20000}'..='\u{3ffff}');
    // Letters in circles and squares are signs.
    let sign = matches!(c, '\u{24b6}'..='\u{24e9}' | '\u{2e2f}' | '\u{1f100}'..='\u{1f1ff}');
    (c.is_alphanumeric() || is_combining_mark(c)) && !spaceless && !sign
}

/// Whether `c` leaves no trace on a page, alone: white space, controls, and what only steers other characters.
pub(crate) fn is_invisible(c: char) -> bool {
    c.is_whitespace() || c.is_control() || is_ignorable(c)
}

/// Characters that have no shape and no width.
fn is_ignorable(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
        | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// `text` in lower case, in one form, without what cannot be seen, every gap one space: equal words are equal
/// bytes, however they were typed.
pub(crate) fn plain(text: &str) -> String {
    let visible: String = text.nfkc().filter(|c| c.is_whitespace() || !is_invisible(*c)).collect();
    squeezed(&visible.to_lowercase())
}

/// [`plain`] without accents: what somebody types who looks for a name.
pub(crate) fn bare(text: &str) -> String {
    plain(text).nfkd().filter(|c| !is_combining_mark(*c)).collect()
}

/// Whether a word of `name` begins with `prefix`; both are [`bare`].
pub(crate) fn has_prefix(name: &str, prefix: &str) -> bool {
    let starts = name.char_indices().map(|(at, _)| at).filter(|at| is_edge(name, *at));
    starts.into_iter().any(|at| name.get(at..).is_some_and(|rest| rest.starts_with(prefix)))
}

/// `text` with every gap as one space, and none at its ends.
pub(crate) fn squeezed(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

#[cfg(test)]
mod tests {
    use afterword_markup::{Block, Inline, cut};
    use proptest::prelude::*;

    use super::{bare, find_whole, has_prefix, is_edge, is_invisible, joins, plain};

    #[test]
    fn only_whole_words_are_found() {
        assert_eq!(find_whole("i cannot agree", "not agree", 0), None);
        assert_eq!(find_whole("cannot, not agree", "not agree", 0), Some(17));
        assert_eq!(find_whole("viagra!", "viagra", 0), Some(6));
        assert_eq!(find_whole("viagras", "viagra", 0), None);
        assert_eq!(find_whole("e\u{301}a e", "e", 0), Some(6), "a letter with an accent is another letter");
        assert_eq!(find_whole("これは広告です", "広告", 0), Some(15), "no spaces, no edges");
        assert_eq!(
            find_whole("광고입니다", "광고", 0),
            Some(6),
            "what is behind a Korean word belongs to it"
        );
        assert_eq!(find_whole("a b a", "a", 1), Some(5));
        assert_eq!(find_whole("goodbye bye bye", "bye bye", 0), Some(15), "places overlap");
        assert_eq!(find_whole("xaba aba aba", "aba aba", 1), Some(12));
        assert_eq!(find_whole("oh oho oho ohoh", "oho oh", 0), None);
        let (text, needle) = ("a".repeat(60_000), "a".repeat(30_000));
        assert_eq!(find_whole(&text, &needle, 0), None, "and none of 30,000 is whole");
        assert_eq!(find_whole("a", "", 0), None);
    }

    /// The widget takes whole words of what is selected: wherever it cuts, a word has to end here, too.
    #[test]
    fn words_end_wherever_a_selection_is_cut() {
        let cuts = |before: char, after: char| {
            let both = format!("{before}{after}");
            let kept = cut(vec![Block::Paragraph(vec![Inline::Text(both.clone())])], 0, before.len_utf16());
            kept != [Block::Paragraph(vec![Inline::Text(both)])]
        };
        let letters = ('\u{80}'..=char::MAX).filter(|c| joins(*c));
        let wrong = letters.filter(|c| {
            let pairs = [('a', *c), (*c, 'a'), (*c, *c)];
            pairs.into_iter().any(|(a, b)| cuts(a, b) && !is_edge(&format!("{a}{b}"), a.len_utf8()))
        });
        let wrong: Vec<String> = wrong.map(|c| format!("{c} {:x}", u32::from(c))).collect();
        assert!(wrong.is_empty(), "{wrong:?}");
    }

    #[test]
    fn words_are_equal_however_they_were_typed() {
        assert_eq!(plain("  CA\u{200b}SINO\n ﬁne  "), "casino fine");
        assert_eq!(bare("Émile  ŽIŽEK"), "emile zizek");
        assert_eq!(plain("año"), "año", "accents tell words apart");
    }

    #[test]
    fn a_prefix_is_one_of_any_word() {
        for prefix in ["avon", "b7", "av", "avon b", "o'", "n"] {
            assert!(has_prefix(&bare("Avon B7 O'Neill"), &bare(prefix)), "{prefix}");
        }
        for prefix in ["von", "7", "eill", "avon b8"] {
            assert!(!has_prefix(&bare("Avon B7 O'Neill"), &bare(prefix)), "{prefix}");
        }
    }

    #[test]
    fn what_leaves_no_trace_is_invisible() {
        assert!("\u{200b} \u{feff}\u{3164}\u{2800}\u{ad}\n\u{e0041}".chars().all(is_invisible));
        assert!(!".".chars().all(is_invisible));
    }

    proptest! {
        #[test]
        fn whatever_is_found_is_there(text in "[a-cä広 .]{0,30}", needle in "[a-cä広 ]{1,4}", from in 0usize..40) {
            if let Some(end) = find_whole(&text, &needle, from) {
                prop_assert_eq!(&text[end - needle.len()..end], needle.as_str());
                prop_assert!(end - needle.len() >= from);
            }
        }
    }
}
