//! What is said to readers who do not see a change.

use leptos::prelude::*;

use super::element::part;
use crate::store::Store;

/// One polite live region for the whole widget; never around the list itself.
pub(super) fn announcer(store: Store) -> AnyView {
    let messages = store.messages();
    let text = move || {
        let said = store.announcement();
        let (order, total) = store.peek(|thread| (thread.order().clone(), thread.info().total));
        said.map(|said| messages.announcement(&said, &order, total)).unwrap_or_default()
    };
    part("div", "announcer")
        .attr("role", "status")
        .attr("aria-live", "polite")
        .attr("aria-atomic", "true")
        .live_text(text)
        .view()
}
