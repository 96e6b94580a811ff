//! For a while after the viewer has written, what caches hold is older than what they have seen: then every answer
//! is checked with the backend. Kept across pages, because whoever has written may reload to look at it.

use std::cell::Cell;

use super::{page, storage};

/// As long as the contract lets an answer be used before it is asked for again, and some more.
const MILLIS: u64 = 90_000;

/// The loader knows it too: `embed.js` sends the first request.
const KEY: &str = "afterword:wrote";

thread_local! {
    /// For browsers that keep nothing.
    static SINCE: Cell<u64> = const { Cell::new(0) };
}

/// Caches are stale from now on.
pub(crate) fn begin() {
    let now = page::now() as u64;
    SINCE.set(now);
    storage::keep(KEY, &now.to_string());
}

/// Whether caches may be stale.
pub(crate) fn is_possible() -> bool {
    let kept: u64 = storage::find(KEY).and_then(|since| since.parse().ok()).unwrap_or_default();
    let since = SINCE.get().max(kept);
    (page::now() as u64).saturating_sub(since) < MILLIS
}
