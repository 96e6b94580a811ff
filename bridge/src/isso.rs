//! Isso by its public API: one question has a page's whole thread.
//!
//! Isso has no numbers. They are given in the order of time, and move when a comment goes without a trace, or one
//! that waited for approval is published between others.

pub(crate) mod convert;

use std::ops::Range;
use std::sync::Arc;

use afterword_contract::Thread;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use crate::cursor::Position;
use crate::failure::Failure;
use crate::system::Found;
use crate::upstream::{Base, Upstream};

/// What may stand in a query as it is.
const QUERY: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// The comments of a page.
pub(crate) struct Comments {
    json: Arc<Value>,
    /// What Isso calls the page.
    uri: String,
    base: Base,
}

/// Finds the comments of the page that `thread` names.
pub(crate) async fn open(upstream: &Upstream, thread: &str) -> Result<Option<Comments>, Failure> {
    let path = format!("/?uri={}", utf8_percent_encode(uri(thread), QUERY));
    let wrong = |json: &Value| match json.get("replies") {
        Some(Value::Array(_)) => None,
        _ => Some("an answer without `replies`"),
    };
    let Some(json) = upstream.get(&path, wrong).await? else { return Ok(None) };
    Ok(Some(Comments { json, uri: uri(thread).to_owned(), base: upstream.base().clone() }))
}

/// The id of the comment of page `page` to which an address leads: on the page itself, or from elsewhere to it.
fn comment_id(page: &str, address: &str) -> Option<u64> {
    let (before, id) = address.rsplit_once("#isso-")?;
    let here = before.is_empty() || uri(before) == page;
    id.parse().ok().filter(|_| here)
}

/// What Isso calls the page: of an address its path, as Isso's own script has it; anything else as it is.
fn uri(thread: &str) -> &str {
    let rest = thread.strip_prefix("https://").or(thread.strip_prefix("http://"));
    let Some(rest) = rest else { return thread };
    let rest = rest.split(['?', '#']).next().unwrap_or_default();
    rest.find('/').and_then(|start| rest.get(start..)).unwrap_or("/")
}

impl Comments {
    fn read(&self) -> convert::Comments<'_> {
        convert::Comments::read(&self.json)
    }

    /// What is true of the whole thread.
    pub(crate) fn thread(&self) -> Thread {
        Thread { total: self.read().total(), ..Thread::default() }
    }

    /// The replies that there are, and how many reactions each has.
    pub(crate) fn positions(&self, numbers: Range<u32>) -> Vec<Position> {
        self.read().positions().filter(|position| numbers.contains(&position.number)).collect()
    }

    /// The replies with these numbers.
    pub(crate) fn replies(&self, numbers: &[u32]) -> Found {
        self.read().replies(numbers, &self.uri, &self.base)
    }
}

#[cfg(test)]
mod tests {
    use super::{comment_id, uri};

    #[test]
    fn links_to_comments_of_the_page_are_known() {
        for (address, id) in [
            ("#isso-3", Some(3)),
            ("/a/b#isso-3", Some(3)),
            ("https://example.org/a/b?c#isso-3", Some(3)),
            ("/a/c#isso-3", None),
            ("https://elsewhere.example/#isso-3", None),
            ("#isso-x", None),
            ("/a/b", None),
        ] {
            assert_eq!(comment_id("/a/b", address), id, "{address}");
        }
    }

    #[test]
    fn a_page_is_its_path() {
        for (thread, expected) in [
            ("https://example.org/a/b?c=d#e", "/a/b"),
            ("http://example.org", "/"),
            ("https://example.org?c", "/"),
            ("/a/b", "/a/b"),
            ("soft-cell", "soft-cell"),
            ("../../etc/passwd", "../../etc/passwd"),
        ] {
            assert_eq!(uri(thread), expected, "{thread}");
        }
    }
}
