//! What stands in for a person's picture: initials and a hue.
//!
//! Letters are told from marks by block, not by Unicode's tables, which would cost the wasm more than initials
//! are worth. So scripts beyond ASCII keep their case here; the style sheet shows all initials in capitals.

use super::concat;

/// How many hues there are; [`hue`] is less than this.
pub const HUES: u8 = 12;

/// More marks than this on one letter are left away: they are a prank.
const MARKS: usize = 4;

/// What an avatar shows for a name: the first letters of its first and its last word, the first letter of a
/// single word, or `?` for a name without any. An emoji counts as a letter.
///
/// Words are parted by spaces, `_`, `.` and `-`. Only alphabets that keep letters apart (Latin, Greek, Cyrillic,
/// Armenian, digits) give two: of others, two side by side would join or read as a word.
pub fn initials(name: &str) -> String {
    let mut words =
        name.split(|c: char| c.is_whitespace() || matches!(c, '_' | '.' | '-')).filter_map(first_letter);
    let Some(first) = words.next() else { return "?".to_owned() };
    // From front to back: to search from the back as well would be as much again in the wasm.
    let last = words.fold(None, |_, word| Some(word));
    let last = last.filter(|last| stands_apart(first) && stands_apart(last)).unwrap_or_default();
    concat(&[first, last]).to_ascii_uppercase()
}

/// One of [`HUES`] for a key, a person's id or name: the same today, tomorrow and in every browser (FNV-1a).
pub fn hue(key: &str) -> u8 {
    let hash =
        key.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    (hash % u32::from(HUES)) as u8
}

/// The first letter of a word with everything that belongs to it: marks, joined emoji, a flag's second half.
fn first_letter(word: &str) -> Option<&str> {
    let (start, first) = word.char_indices().find(|(_, c)| is_letter(*c))?;
    let rest = word.get(start..)?;
    let mut previous = first;
    let mut marks = 0;
    let end = rest.char_indices().skip(1).find(|(_, c)| {
        let joined = previous == JOINER || is_flag(previous) && is_flag(*c) && marks == 0;
        let belongs = marks < MARKS && (joined || is_mark(*c) || *c == JOINER && is_pictograph(first));
        (previous, marks) = (*c, marks + 1);
        !belongs
    });
    rest.get(..end.map_or(rest.len(), |(end, _)| end))
}

const JOINER: char = '\u{200d}';

/// Whether a character can stand for a name: neither punctuation nor a mark nor invisible.
fn is_letter(c: char) -> bool {
    let silent = matches!(c,
        '\0'..='\u{bf}' | '×' | '÷' | '\u{2000}'..='\u{206f}' | '\u{3000}'..='\u{303f}' | '\u{feff}'
        | '\u{e000}'..='\u{f8ff}' | '\u{fff0}'..='\u{ffff}');
    c.is_ascii_alphanumeric() || !silent && !is_mark(c)
}

/// Whether letters of this alphabet can stand side by side as initials.
fn stands_apart(letter: &str) -> bool {
    letter.chars().next().is_some_and(|c| c < '\u{590}')
}

/// Whether a character changes the one before it, and stays with it.
fn is_mark(c: char) -> bool {
    let block = u32::from(c) & 0x7f;
    match c {
        // Indic blocks are laid out alike: signs, then letters, then vowel signs. The sign that mutes a vowel
        // (4d) does not count: without the letter after it, it would be shown as a mistake.
        '\u{900}'..='\u{dff}' => matches!(block, 0..=3 | 0x3c | 0x3e..=0x4c | 0x55..=0x57 | 0x62..=0x63),
        _ => matches!(c,
            '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}' | '\u{591}'..='\u{5c7}' | '\u{610}'..='\u{61a}'
            | '\u{64b}'..='\u{65f}' | '\u{670}' | '\u{e31}' | '\u{e34}'..='\u{e3a}' | '\u{e47}'..='\u{e4e}'
            | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}' | '\u{3099}' | '\u{309a}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{fe20}'..='\u{fe2f}' | '\u{1f3fb}'..='\u{1f3ff}'
            | '\u{e0000}'..='\u{e01ef}'),
    }
}

fn is_flag(c: char) -> bool {
    matches!(c, '\u{1f1e6}'..='\u{1f1ff}')
}

fn is_pictograph(c: char) -> bool {
    matches!(c, '\u{2190}'..='\u{2bff}' | '\u{1f000}'..='\u{1faff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(cases: &[(&str, &str)]) {
        for (name, expected) in cases {
            assert_eq!(initials(name), *expected, "{name:?}");
        }
    }

    #[test]
    fn the_first_and_the_last_word_give_a_letter_each() {
        check(&[
            ("avon b7", "AB"),
            ("sacto joe", "SJ"),
            ("muthuk_vanalingam", "MV"),
            ("Jean-Luc Picard", "JP"),
            ("J. R. R. Tolkien", "JT"),
            ("FileMakerFeller", "F"),
            ("13485", "1"),
            ("7 of 9", "79"),
            ("Ана Петрова", "АП"),
            ("Ólafur Þór", "ÓÞ"),
        ]);
    }

    #[test]
    fn a_name_without_letters_is_a_question_mark() {
        check(&[
            ("", "?"),
            ("  ", "?"),
            ("_._", "?"),
            ("!?", "?"),
            ("\u{200f}\u{feff}", "?"),
            ("\u{301}", "?"),
        ]);
    }

    #[test]
    fn punctuation_and_invisible_characters_are_passed_over() {
        check(&[
            ("@avon “b7”", "AB"),
            ("«Zoë»", "Z"),
            ("\u{200f}\u{2067}Ciprol\u{2069}", "C"),
            ("(ols) ???", "O"),
        ]);
    }

    #[test]
    fn scripts_that_join_or_have_no_spaces_give_one_letter() {
        check(&[
            ("李小龍", "李"),
            ("王 明", "王"),
            ("محمد علي", "م"),
            ("דוד כהן", "ד"),
            ("李 Bruce", "李"),
            ("사라 김", "사"),
        ]);
    }

    #[test]
    fn a_letter_keeps_its_marks() {
        check(&[
            ("e\u{301}lise a\u{30a}se", "E\u{301}A\u{30a}"),
            ("मीरा", "मी"),
            ("क्षमा", "क"),
            ("เก่ง", "เ"),
            ("שָׁלוֹם", "שָׁ"),
        ]);
        let pranked = format!("z{}algo", "\u{301}".repeat(50));
        assert_eq!(initials(&pranked), format!("Z{}", "\u{301}".repeat(MARKS)));
    }

    #[test]
    fn an_emoji_stays_whole() {
        check(&[
            ("🦀 crab", "🦀"),
            ("👍🏽", "👍🏽"),
            ("👩‍💻 dev", "👩‍💻"),
            ("❤️", "❤️"),
            ("🇩🇪🇫🇷", "🇩🇪"),
            ("🦀🦀", "🦀"),
            ("joe 🦀", "J"),
        ]);
    }

    #[test]
    fn hues_are_the_same_for_ever_and_spread() {
        let names = ["", "avon b7", "sacto joe", "dysamoria", "李小龍", "u5", "u6", "u7"];
        assert_eq!(names.map(hue), [1, 2, 9, 6, 10, 11, 10, 9]);
        let mut seen = [0_u32; HUES as usize];
        for number in 0..1200 {
            seen[hue(&format!("u{number}")) as usize] += 1;
        }
        assert!(seen.iter().all(|&count| (50..=150).contains(&count)), "{seen:?}");
    }
}
