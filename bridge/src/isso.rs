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
    /// The page, as the widget names it.
    thread: String,
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
    Ok(Some(Comments { json, thread: thread.to_owned(), base: upstream.base().clone() }))
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

/// An address as a comment on the page `thread` writes it, in full. One without a host is the article's, and not the
/// comment server's; it leads nowhere where the thread does not say on which host the article is.
fn absolute(thread: &str, base: &Base, address: &str) -> Option<String> {
    let address = address.trim();
    let begins_with_scheme = address.split(['/', '?', '#']).next().is_some_and(|first| first.contains(':'));
    let article = thread.split_once("://").filter(|(scheme, _)| ["https", "http"].contains(scheme));
    match article {
        _ if begins_with_scheme => return base.absolute(address),
        Some((scheme, _)) if address.starts_with("//") => return Some(format!("{scheme}:{address}")),
        None if address.starts_with("//") => return base.absolute(address),
        _ => {}
    }
    let (scheme, rest) = article?;
    let page = rest.split(['?', '#']).next()?;
    let query = rest.split('#').next()?;
    let (host, path) = page.split_at(page.find('/').unwrap_or(page.len()));
    let folder = path.rfind('/').and_then(|slash| path.get(..=slash)).unwrap_or("/");
    // Browsers take out the dots of `../`.
    Some(match address.chars().next() {
        Some('/') => format!("{scheme}://{host}{address}"),
        Some('?') => format!("{scheme}://{page}{address}"),
        None | Some('#') => format!("{scheme}://{query}{address}"),
        Some(_) => format!("{scheme}://{host}{folder}{address}"),
    })
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
        self.read().replies(numbers, &self.thread, &self.base)
    }
}

#[cfg(test)]
mod tests {
    use super::{absolute, comment_id, uri};
    use crate::upstream::Base;

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
    fn an_address_without_a_host_is_the_articles() {
        let base = Base::read("https://comments.example/isso").unwrap();
        let article = "https://example.org/a/b.html?c=d#e";
        for (thread, address, expected) in [
            (article, "/x", Some("https://example.org/x")),
            (article, "x?y:z", Some("https://example.org/a/x?y:z")),
            (article, "../x", Some("https://example.org/a/../x")),
            (article, "?f", Some("https://example.org/a/b.html?f")),
            (article, "#f", Some("https://example.org/a/b.html?c=d#f")),
            (article, "//cdn.example/x", Some("https://cdn.example/x")),
            (article, "HTTPS://elsewhere.example/", Some("HTTPS://elsewhere.example/")),
            (article, " javascript:x", None),
            (article, "java\nscript:x", None),
            ("http://example.org", "//cdn.example/x", Some("http://cdn.example/x")),
            ("/a/b", "//cdn.example/x", Some("https://cdn.example/x")),
            ("http://example.org", "x", Some("http://example.org/x")),
            ("http://example.org?c", "/x", Some("http://example.org/x")),
            ("/a/b", "/x", None),
            ("/a/b", "#f", None),
            ("ftp://example.org/", "x", None),
            ("/a/b", "https://elsewhere.example/", Some("https://elsewhere.example/")),
        ] {
            assert_eq!(absolute(thread, &base, address).as_deref(), expected, "{thread} {address}");
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
