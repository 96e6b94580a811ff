//! A mention that is being written: where it begins, and whose name it may become.
//!
//! A look back and not a parse, so that it can be asked at every letter: what a text mentions in the end, the parsers
//! say.

use crate::chars::{fold, is_space, is_word};
use crate::mention::glued;
use crate::slice::{after, part};

/// So many characters of a name are looked at.
const LONGEST: usize = 30;

/// Where the `@` of a mention stands at whose name somebody is writing when they have come to the end of `text`, and
/// what they have of the name.
pub fn begun_mention(text: &str) -> Option<(usize, &str)> {
    let at = text.rfind('@')?;
    let before = part(text, 0, at);
    let name = after(text, at + 1);
    let name = name.strip_prefix('"').unwrap_or(name);
    for (place, c) in name.chars().enumerate() {
        if place == LONGEST || matches!(c, '\n' | '"') || (place == 0 && is_space(c)) {
            return None;
        }
    }
    // An escaped `@`, one that an address goes on with, and one in code are none.
    let none = glued(before) || before.ends_with('\\') || before.ends_with("](") || in_code(before);
    (!none).then_some((at, name))
}

fn in_code(text: &str) -> bool {
    let (mut fenced, mut open) = (false, false);
    for line in text.split('\n') {
        open = false;
        if line.starts_with("```") {
            fenced = !fenced;
            continue;
        }
        for byte in line.bytes() {
            open ^= byte == b'`';
        }
    }
    fenced || open
}

/// Whether `beginning` is how `name`, or a word of it, begins; whatever the case, as far as mentions fold it.
pub fn begins_name(beginning: &str, name: &str) -> bool {
    let mut in_word = false;
    for (at, c) in name.char_indices() {
        if (at == 0 || (is_word(c) && !in_word)) && begins(beginning, after(name, at)) {
            return true;
        }
        in_word = is_word(c);
    }
    false
}

fn begins(beginning: &str, text: &str) -> bool {
    let mut letters = text.chars();
    for c in beginning.chars() {
        let Some(letter) = letters.next() else { return false };
        if fold(c) != fold(letter) && !(is_space(c) && is_space(letter)) {
            return false;
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mention_begins_where_a_word_does() {
        for (text, name) in [
            ("@", ""),
            ("so @avon b", "avon b"),
            ("@\"avon b", "avon b"),
            ("(@ad", "ad"),
            ("__@ad", "ad"),
            ("太郎@ad", "ad"),
            ("`x` @ad", "ad"),
            ("a lone ` before\n@ad", "ad"),
            ("```\nx\n```\n@ad", "ad"),
            ("مرحبا @دي", "دي"),
        ] {
            assert_eq!(begun_mention(text).map(|begun| begun.1), Some(name), "{text}");
        }
        assert_eq!(begun_mention("é @a"), Some((3, "a")));
    }

    #[test]
    fn nothing_begins_in_code_or_addresses_or_behind_a_finished_name() {
        for text in [
            "",
            "ad",
            "me@ad",
            "https://example.org/@ad",
            "[a](@ad",
            "\\@ad",
            "@@ad",
            "`@ad",
            "```\n@ad",
            "```\na `b\n@ad",
            "@ ad",
            "@ad\nand",
            "@\"avon b7\" and",
            "@a name that is longer than any that is looked for",
        ] {
            assert_eq!(begun_mention(text), None, "{text}");
        }
    }

    #[test]
    fn a_name_is_found_by_the_beginning_of_any_of_its_words() {
        for beginning in ["", "a", "AVON", "avon b", "avon\u{a0}B7", "b7"] {
            assert!(begins_name(beginning, "Avon b7"), "{beginning}");
        }
        for beginning in ["von", "avon7", "avon b78", "b7 "] {
            assert!(!begins_name(beginning, "Avon b7"), "{beginning}");
        }
        assert!(begins_name("ж", "Émile (Ж)") && begins_name("É", "émile"));
        assert!(begins_name("دين", "نور دينا") && begins_name("🦀", "🦀 crab"));
    }
}
