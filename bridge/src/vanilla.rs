//! Vanilla by its API v2: which questions lead to a discussion and its comments.
//!
//! Vanilla has no numbers. The discussion's own text is reply 1, because comments quote it as they quote each other;
//! comments follow in the order in which Vanilla shows them, and move up when one before them is deleted. Where a page
//! of comments is shorter than it should be, or says again what another says, places stay empty.

pub(crate) mod convert;

use std::collections::{BTreeMap, HashSet};
use std::ops::Range;
use std::sync::Arc;

use afterword_contract::Thread;
use futures_util::stream::{self, StreamExt, TryStreamExt};
use serde_json::Value;

use crate::cursor::Position;
use crate::failure::Failure;
use crate::json::{count, whole};
use crate::system::Found;
use crate::upstream::{Base, FOR_ONE_PAGE, Upstream};

/// So many comments are asked for at once: the most that Vanilla gives.
const PAGE: u32 = 100;
/// Up to so many, all comments of a discussion are read, so that links and quotes from page to page are known.
const READ_WHOLE: u32 = 500;

/// What is asked for beside who wrote it. Not every Vanilla has it: one that refuses the word shows no reactions.
const MORE: &str = ",reactions";

/// Longer discussions are not sorted by reactions: that are twenty questions.
pub(crate) const MOST_SORTED: u32 = 2000;

/// A discussion that was found.
pub(crate) struct Discussion {
    json: Arc<Value>,
    id: u64,
    base: Base,
    /// Pages of comments that were asked for, each with its place among all pages, from 1.
    pages: Vec<(u32, Arc<Value>)>,
}

/// Finds the discussion that `thread` names: by its id, or by its address.
pub(crate) async fn open(upstream: &Upstream, thread: &str) -> Result<Option<Discussion>, Failure> {
    let base = upstream.base().clone();
    let Some(id) = discussion_id(&base, thread) else { return Ok(None) };
    let path = format!("/api/v2/discussions/{id}?expand=insertUser");
    let wrong = |json: &Value| match json.get("discussionID") {
        Some(_) => None,
        None => Some("a discussion without `discussionID`"),
    };
    let Some(json) = upstream.get_with(&path, MORE, wrong).await? else { return Ok(None) };
    Ok(Some(Discussion { json, id, base, pages: Vec::new() }))
}

/// The discussion's id out of `12`, `{base}/discussion/12` and `{base}/discussion/12/some-words`.
fn discussion_id(base: &Base, thread: &str) -> Option<u64> {
    let digits = |text: &str| -> Option<u64> {
        let plain = (1..=15).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse().ok().filter(|id| plain && *id > 0)
    };
    digits(thread).or_else(|| {
        let path = base.within(thread)?.split(['?', '#']).next()?.strip_prefix("/discussion/")?;
        digits(path.split('/').next()?)
    })
}

impl Discussion {
    /// What is true of the whole discussion.
    pub(crate) fn thread(&self) -> Thread {
        let counted = self.counted();
        let last = self.records().last().map(|(_, number)| number);
        let whole = counted <= READ_WHOLE && !self.pages.is_empty();
        let total = last.filter(|_| whole).unwrap_or(counted);
        Thread { total, ..convert::thread(&self.json, &self.base) }
    }

    /// How many numbers there are by Vanilla's own count, which may be wrong.
    fn counted(&self) -> u32 {
        count(&self.json, "countComments").saturating_add(1)
    }

    /// Asks for the comments among these numbers.
    pub(crate) async fn load(&mut self, upstream: &Upstream, numbers: Range<u32>) -> Result<(), Failure> {
        let total = self.counted();
        // Comment 1 is reply 2.
        let comments =
            if total <= READ_WHOLE { 1..total } else { numbers.start.max(2) - 1..numbers.end.max(2) - 1 };
        if !comments.is_empty() {
            let pages = comments.start.div_ceil(PAGE)..(comments.end - 1).div_ceil(PAGE) + 1;
            let lists = stream::iter(pages.clone().map(|page| self.page(upstream, page)));
            let lists: Vec<_> = lists.buffered(FOR_ONE_PAGE).try_collect().await?;
            self.pages = pages.zip(lists).filter_map(|(page, list)| Some((page, list?))).collect();
        }
        Ok(())
    }

    /// The discussion and the comments that were loaded, ascending, each with its number. One that an older page
    /// shows at another place keeps the first.
    fn records(&self) -> impl Iterator<Item = (&Value, u32)> {
        let mut seen = HashSet::new();
        let mut is_new = move |comment: &Value| whole(comment, "commentID").is_some_and(|id| seen.insert(id));
        let comments = self.pages.iter().flat_map(|(page, list)| {
            let first = (page - 1).saturating_mul(PAGE).saturating_add(2);
            let comments = list.as_array().map(Vec::as_slice).unwrap_or_default();
            comments.iter().take(PAGE as usize).zip(first..)
        });
        std::iter::once((&*self.json, 1)).chain(comments.filter(move |(comment, _)| is_new(comment)))
    }

    /// Those of these numbers that there are, up to the last comment, and how many reactions each has.
    pub(crate) fn positions(&self, numbers: Range<u32>) -> Vec<Position> {
        let here = self.records().filter(|(_, number)| numbers.contains(number));
        let reactions: BTreeMap<_, _> =
            here.map(|(record, number)| (number, convert::reacted(record))).collect();
        let end = reactions.last_key_value().map_or(numbers.start, |(last, _)| last.saturating_add(1));
        let position = |number| {
            let reactions = reactions.get(&number).copied().unwrap_or(0);
            Position { reactions, number }
        };
        (numbers.start..end).map(position).collect()
    }

    /// The replies with these numbers.
    pub(crate) fn replies(&self, numbers: &[u32]) -> Found {
        let records: Vec<_> = self.records().collect();
        convert::replies(&records, self.id, numbers, self.thread().total, &self.base)
    }

    async fn page(&self, upstream: &Upstream, page: u32) -> Result<Option<Arc<Value>>, Failure> {
        let id = self.id;
        let path = format!(
            "/api/v2/comments?discussionID={id}&page={page}&limit={PAGE}&sort=dateInserted&expand=insertUser"
        );
        let wrong = |json: &Value| (!json.is_array()).then_some("comments that are no list");
        upstream.get_with(&path, MORE, wrong).await
    }
}

#[cfg(test)]
mod tests {
    use super::{Base, discussion_id};

    #[test]
    fn a_thread_is_a_discussions_id_or_address_and_nothing_else() {
        let base = Base::read("https://forum.example/f").unwrap();
        for thread in [
            "12",
            "https://forum.example/f/discussion/12",
            "https://forum.example/f/discussion/12/a-b/p2?c#d",
        ] {
            assert_eq!(discussion_id(&base, thread), Some(12), "{thread}");
        }
        for thread in [
            "0",
            "12/reactions",
            "../users/12",
            "https://forum.example/discussion/12",
            "https://forum.example/f/discussion/comment/12",
            "https://elsewhere.example/f/discussion/12",
        ] {
            assert_eq!(discussion_id(&base, thread), None, "{thread}");
        }
    }
}
