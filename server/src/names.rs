//! Names that people give themselves: what may stand in one, and which look alike.
//!
//! Two names look alike when the skeletons of Unicode's UTS 39 are the same, with upper and lower case and `i`
//! and `l` taken for one another: whoever reads `lnga` sees Inga. Accents keep names apart, as they do for
//! their owners. Pure: knows no database; who has which name is for [`store`](crate::store).

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The longest name, in characters.
pub(crate) const NAME_CHARACTERS: usize = 64;

/// How the skeletons are made; another number makes the database compute them anew.
pub(crate) const SKELETON_VERSION: &str = "2";

/// What a name looks like: as it is written, and written small. Names look alike where either is the same.
///
/// One skeleton would not do. `НELEN` with a Cyrillic Н looks like HELEN, and written small it does not any
/// more; `Вова` and `вова` are one name, and their capitals look like other letters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Skeleton {
    pub(crate) written: String,
    pub(crate) small: String,
}

impl Skeleton {
    /// What `name` looks like; `None` where nothing of it can be seen.
    pub(crate) fn of(name: &str) -> Option<Self> {
        let seen: String = name.nfkc().filter(|&character| !is_invisible(character)).collect();
        let seen = seen.split_whitespace().collect::<Vec<_>>().join(" ");
        (!seen.is_empty()).then(|| Self { written: look(&seen), small: look(&seen.to_lowercase()) })
    }

    pub(crate) fn looks_like(&self, other: &Self) -> bool {
        self.written == other.written || self.small == other.small
    }
}

fn look(name: &str) -> String {
    let shapes = |text: &str| unicode_security::skeleton(text).collect::<String>();
    let mut seen = String::new();
    for character in shapes(&shapes(name).to_lowercase()).chars() {
        match character {
            'i' => seen.push('l'),
            // These have their dot already, and show no second one.
            '\u{307}' if seen.ends_with(['l', 'j']) => {}
            other => seen.push(other),
        }
    }
    seen
}

/// A name as somebody typed it, without the white space around it; the error is a sentence that says what is
/// wrong with it.
pub(crate) fn chosen(name: &str) -> Result<String, &'static str> {
    let name = name.trim();
    if name.is_empty() {
        return Err("The name is empty.");
    }
    if name.chars().count() > NAME_CHARACTERS {
        return Err("The name is longer than 64 characters.");
    }
    if name.chars().any(is_control) {
        return Err("A name is one line, without control characters.");
    }
    if name.chars().any(is_bidi_control) {
        return Err("A name cannot hold characters that turn the direction of writing.");
    }
    if name.chars().any(is_invisible) {
        return Err("A name cannot hold characters that nobody can see.");
    }
    if !name.chars().any(is_legible) {
        return Err("A name needs a letter or a digit.");
    }
    Ok(name.to_owned())
}

/// A name as a sign-in gives it: what may not stand in one goes, because its owner cannot put it right here.
/// `None` where nothing is left.
pub(crate) fn given(name: &str) -> Option<String> {
    let allowed = |character: &char| {
        !is_control(*character) && !is_bidi_control(*character) && !is_invisible(*character)
    };
    let name: String = name.trim().chars().filter(allowed).take(NAME_CHARACTERS).collect();
    let name = name.trim();
    (!name.is_empty()).then(|| name.to_owned())
}

/// Letters, digits, and symbols like an emoji; no punctuation of ASCII, and no accent without a letter.
fn is_legible(character: char) -> bool {
    character.is_alphanumeric()
        || !(character.is_ascii() || character.is_whitespace() || is_combining_mark(character))
}

/// Control characters, and the two that Unicode has for ends of lines.
fn is_control(character: char) -> bool {
    character.is_control() || matches!(character, '\u{2028}' | '\u{2029}')
}

fn is_bidi_control(character: char) -> bool {
    matches!(character, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Unicode's default ignorable characters, of no width, and the three that are wide and empty.
fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{115f}'
            | '\u{1160}'
            | '\u{17b4}'
            | '\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{2800}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}'
            | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Skeleton, chosen, given};

    fn alike(one: &str, other: &str) -> bool {
        Skeleton::of(one).unwrap().looks_like(&Skeleton::of(other).unwrap())
    }

    #[test]
    fn names_that_look_alike_are_found_whatever_they_are_made_of() {
        for (name, other) in [
            ("Ada", "Ada"),
            ("Ada", "ADA"),
            ("Ada", "\u{410}d\u{430}"),               // Cyrillic А and а
            ("Ada", "\u{391}da"),                     // Greek Α
            ("HELEN", "\u{41d}ELEN"),                 // Cyrillic Н, which is no h when it is small
            ("Paco", "\u{420}\u{430}\u{441}\u{43e}"), // all of it Cyrillic
            ("Вова", "вова"),
            ("Ευα", "ευα"),
            ("Inga", "lnga"),
            ("inga", "lnga"), // which is read as Inga
            ("Inga", "1nga"),
            ("INGA", "lNGA"),
            ("Bob", "B0b"),
            ("moderator", "rnoderator"),
            ("Ada Lovelace", "Ada\u{a0}Lovelace"),
            ("Ada Lovelace", "Ada  Lovelace"),
            ("Ada", "A\u{200b}da"),
            ("Ada", "\u{202e}Ada"),
            ("Ada", "\u{ff21}\u{ff44}\u{ff41}"),    // full width
            ("Ada", "\u{1d400}\u{1d41d}\u{1d41a}"), // mathematical
            ("Ada", "\u{24b6}\u{24d3}\u{24d0}"),    // in circles
            ("José", "Jose\u{301}"),
            ("JOSÉ", "josé"),
            ("admin", "admi\u{307}n"), // the dot that an i has anyway
            ("admin", "ADM\u{130}N"),
            ("admin", "adm\u{131}\u{307}n"),
            ("Jon", "j\u{307}on"),
        ] {
            assert!(alike(name, other), "{name} {other}: {:?} {:?}", Skeleton::of(name), Skeleton::of(other));
        }
    }

    #[test]
    fn names_that_differ_stay_apart() {
        for (name, other) in [
            ("José", "Jose"),
            ("Åsa", "Asa"),
            ("Müller", "Muller"),
            ("Ada", "Adam"),
            ("Ada Lovelace", "AdaLovelace"),
            ("Вова", "Вера"),
            ("王伟", "王芳"),
            ("Bob", "Rob"),
        ] {
            assert!(!alike(name, other), "{name} {other}");
        }
    }

    #[test]
    fn a_name_may_be_in_any_script_and_hold_spaces() {
        for name in
            ["Bram", "avon b7", "Åsa", "Jean-Luc O'Neill", "Вова", "王伟", "مريم", "x", "Ada 🌱", "🌱"]
        {
            assert_eq!(chosen(&format!(" {name}\t")), Ok(name.to_owned()));
            assert_eq!(given(name).as_deref(), Some(name));
        }
        assert!(chosen(&"ä".repeat(64)).is_ok());
    }

    #[test]
    fn each_thing_that_is_wrong_with_a_name_has_its_own_sentence() {
        for (name, expected) in [
            ("", "empty"),
            (" \u{a0}\t", "empty"),
            ("a\nb", "control"),
            ("a\0b", "control"),
            ("a\u{85}b", "control"),
            ("a\u{2028}b", "control"),
            ("a\u{202e}b", "direction"),
            ("a\u{2066}b", "direction"),
            ("a\u{200f}b", "direction"),
            ("a\u{61c}b", "direction"),
            ("a\u{200b}b", "nobody can see"),
            ("a\u{200d}b", "nobody can see"),
            ("a\u{feff}b", "nobody can see"),
            ("a\u{ad}b", "nobody can see"),
            ("\u{3164}", "nobody can see"),
            ("\u{2800}", "nobody can see"),
            ("a\u{e0041}b", "nobody can see"),
            ("...", "letter or a digit"),
            ("\u{301}\u{302}", "letter or a digit"),
            (&"x".repeat(65), "longer than 64"),
        ] {
            let said = chosen(name).unwrap_err();
            assert!(said.contains(expected) && said.ends_with('.'), "{name:?}: {said}");
        }
    }

    #[test]
    fn a_name_from_a_sign_in_is_cleaned_and_not_refused() {
        assert_eq!(given(" A\u{202e}d\u{200b}a\n ").as_deref(), Some("Ada"));
        assert_eq!(given(&"x".repeat(100)).unwrap().len(), 64);
        assert_eq!(given("\u{200b} \n"), None);
    }

    proptest! {
        #[test]
        fn what_may_be_chosen_can_be_seen_and_is_its_own_likeness(name in "\\PC{0,70}|[\\x00-\\uffff]{0,20}") {
            if let Ok(name) = chosen(&name) {
                prop_assert!(Skeleton::of(&name).is_some());
                prop_assert_eq!(chosen(&name), Ok(name.clone()));
                prop_assert_eq!(given(&name), Some(name.clone()));
                let padded = format!("\u{200b}{name}\u{200b}");
                prop_assert!(alike(&name, &padded));
            }
        }
    }
}
