//! The names that a mention may resolve to. Knows nothing of reply text beyond what may stand around a name.

use crate::chars::{fold, is_mark, is_space, is_word, script};
use crate::slice;

/// Names longer than this many bytes are not matched in running text.
const LONGEST: usize = 256;

/// The names that `@name` may resolve to, each with the person's id where one is known.
#[derive(Clone, Debug, Default)]
pub struct Names {
    /// Sorted by `key`; among equal keys the one given first stands first.
    entries: Vec<Entry>,
}

#[derive(Clone, Debug)]
struct Entry {
    /// The name in lower case, gaps as single spaces.
    key: String,
    /// The name, gaps as single spaces.
    name: String,
    person: Option<String>,
}

/// A name found in a text.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Found {
    /// How many bytes of the text it takes.
    pub(crate) length: usize,
    /// The name as written there, gaps as single spaces.
    pub(crate) name: String,
    pub(crate) person: Option<String>,
}

impl Names {
    /// Takes names in order of precedence: first the `mentions` of the reply, then the thread's authors.
    /// Where two names are equal but for case, the one written exactly as in the text wins, then the first.
    pub fn new(names: &[(&str, Option<&str>)]) -> Self {
        let mut entries = Vec::new();
        for (name, person) in names {
            let name = squeeze(name);
            if !name.is_empty() && name.len() <= LONGEST {
                let key = name.chars().map(fold).collect();
                entries.push(Entry { key, name, person: person.map(str::to_owned) });
            }
        }
        Self { entries: crate::order::sorted(entries, |entry| &entry.key) }
    }

    /// The longest known name that `text` begins with and that ends where a word ends.
    /// With `escapes`, a backslash before ASCII punctuation is not part of the name.
    pub(crate) fn longest(&self, text: &str, escapes: bool) -> Option<Found> {
        let mut range = self.entries.as_slice();
        let (mut depth, mut end, mut last) = (0, 0, ' ');
        let mut best: Option<(usize, &[Entry])> = None;
        while !range.is_empty() {
            let rest = slice::after(text, end);
            if range.first().is_some_and(|entry| entry.key.len() == depth) && ends_word(last, rest) {
                best = Some((end, range));
            }
            let mut chars = rest.chars();
            let Some(mut c) = chars.next() else { break };
            let mut taken = c.len_utf8();
            if escapes && c == '\\' {
                if let Some(next) = chars.next().filter(char::is_ascii_punctuation) {
                    c = next;
                    taken += 1;
                }
            } else if is_space(c) {
                taken = rest.len() - slice::trim_start(rest, is_space).len();
                c = ' ';
            }
            let mut buffer = [0; 4];
            for byte in fold(c).encode_utf8(&mut buffer).bytes() {
                let from = first_from(range, depth, byte);
                let to = first_from(range, depth, byte.saturating_add(1));
                range = range.get(from..to).unwrap_or_default();
                depth += 1;
            }
            end += taken;
            last = c;
        }
        let (length, range) = best?;
        let written = slice::part(text, 0, length);
        let name = squeeze(&if escapes { crate::entity::decode(written, true) } else { written.to_owned() });
        let person = pick(range, &name)?.person.clone();
        Some(Found { length, name, person })
    }

    /// Whether `name` as a whole is known, and then the id of its person.
    pub(crate) fn get(&self, name: &str) -> Option<Option<String>> {
        let name = squeeze(name);
        let key: String = name.chars().map(fold).collect();
        let from = self.entries.partition_point(|entry| entry.key < key);
        let range = self.entries.get(from..).unwrap_or_default();
        range.first().filter(|entry| entry.key == key)?;
        Some(pick(range, &name)?.person.clone())
    }
}

/// The index of the first entry whose key has `byte` or more at `depth`; UTF-8 never has the byte 255.
#[inline(never)]
fn first_from(entries: &[Entry], depth: usize, byte: u8) -> usize {
    entries.partition_point(|entry| entry.key.as_bytes().get(depth) < Some(&byte))
}

/// Of the entries that begin `range` and are equal but for case, the one written like `name`, else the first.
fn pick<'a>(range: &'a [Entry], name: &str) -> Option<&'a Entry> {
    let first = range.first()?;
    range.iter().take_while(|entry| entry.key == first.key).find(|entry| entry.name == name).or(Some(first))
}

/// Whether a word that ends with `last` ends before `rest`.
fn ends_word(last: char, rest: &str) -> bool {
    // An underscore may be emphasis that ends here.
    let after = slice::trim_start(rest, |c| c == '_');
    let mut chars = after.chars();
    match chars.next() {
        None => true,
        Some(c) if after.len() < rest.len() => !is_word(c),
        Some(c) if is_mark(c) => false,
        Some('-' | '.' | '@') => !chars.next().is_some_and(is_word),
        Some(c) => !(is_word(c) && is_word(last)) || script(c) != script(last),
    }
}

/// `text` without white space at its ends and with every gap as one space.
pub(crate) fn squeeze(text: &str) -> String {
    let mut squeezed = String::with_capacity(text.len());
    for word in text.split(crate::chars::is_white).filter(|word| !word.is_empty()) {
        if !squeezed.is_empty() {
            squeezed.push(' ');
        }
        squeezed.push_str(word);
    }
    squeezed
}

#[cfg(test)]
mod tests {
    use super::Names;

    fn found(names: &[(&str, Option<&str>)], text: &str) -> Option<(usize, Option<String>)> {
        Names::new(names).longest(text, false).map(|found| (found.length, found.person))
    }

    #[test]
    fn the_longest_name_wins() {
        let names = [("avon", Some("1")), ("avon b7", Some("2")), ("avon b78", Some("3"))];
        assert_eq!(found(&names, "avon b7 and"), Some((7, Some("2".into()))));
        assert_eq!(found(&names, "avon b789"), Some((4, Some("1".into()))));
    }

    #[test]
    fn gaps_count_as_one_space() {
        assert_eq!(found(&[("avon  b7", None)], "avon\u{a0} b7  and"), Some((9, None)));
        assert_eq!(Names::new(&[("avon b7", None)]).longest("avon\u{a0} b7", false).unwrap().name, "avon b7");
    }

    #[test]
    fn exact_case_is_preferred_and_any_case_is_accepted() {
        let names = [("Bob", Some("1")), ("bob", Some("2")), ("ÉMILE Ж", Some("3"))];
        assert_eq!(found(&names, "bob"), Some((3, Some("2".into()))));
        assert_eq!(found(&names, "BOB"), Some((3, Some("1".into()))));
        assert_eq!(found(&names, "émile ж!"), Some((9, Some("3".into()))));
    }

    #[test]
    fn a_name_must_end_where_a_word_ends() {
        let names = [("bob", None), ("太郎", None)];
        for text in
            ["bobby", "bob_b", "bob-cat", "bob.smith", "bob@example.org", "bobé", "bob\u{301}", "太郎丸"]
        {
            assert_eq!(found(&names, text), None, "{text}");
        }
        for text in ["bob", "bob,", "bob.", "bob's", "bob- and", "bob_", "bob__.", "bobさん", "bob😀"] {
            assert_eq!(found(&names, text), Some((3, None)), "{text}");
        }
        assert_eq!(found(&names, "太郎さん"), Some((6, None)));
    }

    #[test]
    fn escaped_punctuation_in_a_name_is_read_as_in_markdown() {
        let found = Names::new(&[("watto_cobra", Some("w"))]).longest("watto\\_cobra!", true).unwrap();
        assert_eq!((found.length, found.name.as_str()), (12, "watto_cobra"));
    }
}
