//! What is said to readers who do not see a change.

use super::element::{View, part};
use crate::store::Store;

/// One polite live region for the whole widget; never around the list itself.
pub(super) fn announcer(store: Store) -> View {
    let messages = store.messages();
    let announcement = store.announcement();
    let text = move || {
        let (said, count) = announcement.get();
        let (order, total) = store.peek(|thread| (thread.order().clone(), thread.info().total));
        let mut said = said.map(|said| messages.announcement(&said, &order, total)).unwrap_or_default();
        if count % 2 == 1 && !said.is_empty() {
            // The same words twice are two announcements, and only a change is spoken.
            said.push('\u{a0}');
        }
        said
    };
    part("div", "announcer")
        .attr("role", "status")
        .attr("aria-live", "polite")
        .attr("aria-atomic", "true")
        .live_text(text)
        .view()
}
