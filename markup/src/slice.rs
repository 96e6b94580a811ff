//! Parts of a text by position. One function each that is never inlined: positions come from the text
//! itself, and checking them at every use would be a good part of the wasm. What trims takes functions, since of
//! std's there is one for each kind of pattern.

use crate::chars::is_white;

/// What of `text` stands at and after `at`; nothing if there is no such place.
#[inline(never)]
pub(crate) fn after(text: &str, at: usize) -> &str {
    text.get(at..).unwrap_or_default()
}

/// What of `text` stands from `from` up to `to`; nothing if there are no such places.
#[inline(never)]
pub(crate) fn part(text: &str, from: usize, to: usize) -> &str {
    text.get(from..to).unwrap_or_default()
}

/// `text` without white space at its ends.
#[inline(never)]
pub fn trim(text: &str) -> &str {
    trim_both(text, is_white)
}

/// `text` without the characters at its ends that `goes` names.
#[inline(never)]
pub(crate) fn trim_both(text: &str, goes: fn(char) -> bool) -> &str {
    trim_start(trim_end(text, goes), goes)
}

/// `text` without the characters at its start that `goes` names.
#[inline(never)]
pub fn trim_start(text: &str, goes: fn(char) -> bool) -> &str {
    let mut chars = text.chars();
    loop {
        let rest = chars.as_str();
        if !chars.next().is_some_and(goes) {
            return rest;
        }
    }
}

/// `text` without the characters at its end that `goes` names.
#[inline(never)]
pub fn trim_end(text: &str, goes: fn(char) -> bool) -> &str {
    let mut chars = text.chars();
    loop {
        let rest = chars.as_str();
        if !chars.next_back().is_some_and(goes) {
            return rest;
        }
    }
}

/// Takes one line off `rest`: what stands before the next line break.
#[inline(never)]
pub(crate) fn next_line<'a>(rest: &mut &'a str) -> &'a str {
    let text = *rest;
    let end = text.bytes().position(|byte| matches!(byte, b'\n' | b'\r')).unwrap_or(text.len());
    let both = after(text, end).starts_with("\r\n");
    *rest = after(text, end + 1 + usize::from(both));
    part(text, 0, end)
}

/// `text` with a space in place of every line break.
#[inline(never)]
pub(crate) fn one_line(text: &str) -> String {
    text.chars().map(|c| if c == '\n' { ' ' } else { c }).collect()
}

/// The number that `digits` are, all of them, to the base `radix`.
#[inline(never)]
pub(crate) fn number(digits: &str, radix: u32) -> Option<u32> {
    let mut number = (!digits.is_empty()).then_some(0_u32)?;
    for c in digits.chars() {
        number = number.checked_mul(radix)?.checked_add(c.to_digit(radix)?)?;
    }
    Some(number)
}

/// Whether `word` is one of `words`, which have spaces between them.
#[inline(never)]
pub(crate) fn is_one_of(word: &str, words: &str) -> bool {
    words.as_bytes().split(|byte| *byte == b' ').any(|other| other == word.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_are_cut_as_std_cuts_them() {
        let signs = [
            "", " ", "\u{85}", "\u{a0}", "\u{1680}", "\u{2003}", "\u{200b}", "\u{feff}", "\n", "a",
            "e\u{301}", "漢", "🙂",
        ];
        for one in signs {
            for other in signs {
                for text in [
                    [one, other].concat(),
                    [other, "b", one].concat(),
                    [one, other, "c d", one, other].concat(),
                ] {
                    assert_eq!(trim(&text), text.trim(), "{text:?}");
                    assert_eq!(trim_start(&text, char::is_whitespace), text.trim_start(), "{text:?}");
                    assert_eq!(trim_end(&text, char::is_whitespace), text.trim_end(), "{text:?}");
                    assert_eq!(
                        trim_both(&text, char::is_alphabetic),
                        text.trim_matches(char::is_alphabetic),
                        "{text:?}"
                    );
                }
            }
        }
    }
}
