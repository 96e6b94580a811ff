//! For a while after the viewer has written, what caches hold is older than what they have seen: then every answer
//! is checked with the backend. Kept across pages, because whoever has written may reload to look at it.

use std::cell::Cell;

use super::{page, storage};

/// As long as the contract lets an answer be used before it is asked for again, and some more.
const MILLIS: u64 = 90_000;

/// The loader knows it too: `embed.js` sends the first request.
const KEY: &str = "afterword:wrote";

/// Since when caches are stale, in milliseconds since 1970; here for browsers that keep nothing.
#[derive(Default)]
pub(crate) struct Staleness(Cell<u64>);

impl Staleness {
    /// Caches are stale from now on.
    pub(crate) fn begin(&self) {
        let now = page::now() as u64;
        self.0.set(now);
        storage::keep(KEY, &now.to_string());
    }

    /// Whether caches may be stale.
    pub(crate) fn is_possible(&self) -> bool {
        let kept: u64 = storage::find(KEY).and_then(|since| since.parse().ok()).unwrap_or_default();
        (page::now() as u64).saturating_sub(self.0.get().max(kept)) < MILLIS
    }
}
