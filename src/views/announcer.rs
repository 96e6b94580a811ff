//! What is said to readers who do not see a change.

use leptos::prelude::*;

use crate::store::Store;

/// One polite live region for the whole widget; never around the list itself.
#[component]
pub(super) fn Announcer(store: Store) -> impl IntoView {
    let messages = store.messages();
    let text = move || {
        let said = store.announcement();
        let (order, total) = store.peek(|thread| (thread.order().clone(), thread.info().total));
        said.map(|said| messages.announcement(&said, &order, total)).unwrap_or_default()
    };
    view! { <div part="announcer" role="status" aria-live="polite" aria-atomic="true">{text}</div> }.into_any()
}
