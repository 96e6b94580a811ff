//! Reactions of another system, as tags of the contract's: ids that can stand in an address, words and symbols.

use afterword_contract::{Reaction, ReactionTag, Tag};

/// The reactions of one page: what was chosen is listed once, in the order in which it was met.
#[derive(Debug, Default)]
pub(crate) struct Tags(Vec<ReactionTag>);

/// The longest id of a tag, in bytes.
const LONGEST: usize = 180;

impl Tags {
    /// So many people chose `id`, which the system calls `label`. Nothing where nobody did.
    pub(crate) fn reaction(
        &mut self,
        id: &str,
        label: &str,
        symbol: Option<&str>,
        count: u32,
    ) -> Option<Reaction> {
        let tag = tag(id)?;
        if count == 0 {
            return None;
        }
        if self.0.iter().all(|known| known.tag != tag) {
            let (label, symbol) = (label.to_owned(), symbol.map(str::to_owned));
            self.0.push(ReactionTag { tag: tag.clone(), label, symbol });
        }
        Some(Reaction { tag, count, people: Vec::new() })
    }

    /// All that were chosen.
    pub(crate) fn chosen(self) -> Vec<ReactionTag> {
        self.0
    }
}

/// Each tag once: what a system lists twice is added up.
pub(crate) fn each_once(all: impl Iterator<Item = Reaction>) -> Vec<Reaction> {
    let mut once: Vec<Reaction> = Vec::new();
    for reaction in all {
        match once.iter_mut().find(|known| known.tag == reaction.tag) {
            Some(known) => known.count = known.count.saturating_add(reaction.count),
            None => once.push(reaction),
        }
    }
    once
}

/// `id` with the bytes that cannot stand in a tag in hexadecimal, so that two ids are two tags: `+1` is `~2b1`.
fn tag(id: &str) -> Option<Tag> {
    let mut tag = String::new();
    for byte in id.trim().bytes() {
        match char::from(byte) {
            c if c.is_ascii_alphanumeric() || "-._".contains(c) => tag.push(c),
            _ => tag.push_str(&format!("~{byte:02x}")),
        }
        if tag.len() >= LONGEST {
            break;
        }
    }
    (!tag.is_empty()).then_some(Tag(tag))
}

#[cfg(test)]
mod tests {
    use super::{Tags, each_once};

    #[test]
    fn tags_are_listed_once_and_can_stand_in_an_address() {
        let mut tags = Tags::default();
        assert_eq!(tags.reaction("+1", "+1", Some("👍"), 2).unwrap().tag.as_str(), "~2b1");
        assert_eq!(tags.reaction("-1", "-1", Some("👎"), 3).unwrap().tag.as_str(), "-1");
        assert!(tags.reaction("+1", "+1", Some("👍"), 3).is_some());
        assert!(tags.reaction("heart", "heart", None, 0).is_none());
        assert!(tags.reaction(" ", "", None, 1).is_none());
        assert_eq!(tags.chosen().len(), 2);
        let mut tags = Tags::default();
        let names = ["да", "но", &"ж".repeat(100)].map(|id| tags.reaction(id, id, None, 1).unwrap().tag);
        assert!(names[0] != names[1] && names[2].as_str().len() <= 200, "{names:?}");
    }

    #[test]
    fn what_is_listed_twice_is_added_up() {
        let mut tags = Tags::default();
        let all: Vec<_> =
            ["a", "b", "a"].iter().filter_map(|id| tags.reaction(id, id, None, u32::MAX - 1)).collect();
        let once: Vec<_> =
            each_once(all.into_iter()).iter().map(|one| (one.tag.to_string(), one.count)).collect();
        assert_eq!(once, [("a".to_owned(), u32::MAX), ("b".to_owned(), u32::MAX - 1)]);
    }
}
