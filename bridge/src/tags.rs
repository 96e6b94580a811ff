//! Reactions of another system, as tags of the contract's: ids that can stand in an address, words and symbols.

use afterword_contract::{Reaction, ReactionTag, Tag};

/// The reactions of one page: what was chosen is listed once, in the order in which it was met.
#[derive(Debug, Default)]
pub(crate) struct Tags(Vec<ReactionTag>);

/// The longest id of a tag, in bytes.
const LONGEST: usize = 60;

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

/// `id` with what cannot stand in a tag as `-`.
fn tag(id: &str) -> Option<Tag> {
    let safe = |c: char| if c.is_ascii_alphanumeric() || "-._~".contains(c) { c } else { '-' };
    let tag: String = id.trim().chars().take(LONGEST).map(safe).collect();
    (!tag.is_empty()).then_some(Tag(tag))
}

#[cfg(test)]
mod tests {
    use super::Tags;

    #[test]
    fn tags_are_listed_once_and_can_stand_in_an_address() {
        let mut tags = Tags::default();
        assert_eq!(tags.reaction("+1", "+1", Some("👍"), 2).unwrap().tag.as_str(), "-1");
        assert!(tags.reaction("+1", "+1", Some("👍"), 3).is_some());
        assert!(tags.reaction("heart", "heart", None, 0).is_none());
        assert!(tags.reaction(" ", "", None, 1).is_none());
        assert_eq!(tags.chosen().len(), 1);
    }
}
