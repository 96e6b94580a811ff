//! The replies in order.

use leptos::prelude::*;

use super::reply_item::ReplyItem;
use crate::store::Store;

/// The list; each reply is drawn once and moves when the order changes.
#[component]
pub(super) fn ReplyList(store: Store) -> impl IntoView {
    let shown = store.shown();
    view! {
        // `role`, because some browsers take a list without bullets for none.
        <ol part="list" role="list">
            <For each=move || shown.get() key=|id| id.clone() let:id>
                <li part="item"><ReplyItem store id/></li>
            </For>
        </ol>
    }
    .into_any()
}
