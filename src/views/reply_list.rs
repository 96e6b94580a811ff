//! The replies in order.

use super::element::{View, part};
use super::quote_tools::keys;
use super::reply_item::reply_item;
use crate::store::Store;

/// The list; each reply is drawn once and moves when the order changes.
pub(super) fn reply_list(store: Store) -> View {
    let shown = store.shown();
    let total = store.total();
    // `role`, because some browsers take a list without bullets for none.
    part("ol", "list")
        .attr("role", "list")
        // For `embed/window.js`, which marks the place.
        .attr("data-unread", store.messages().new_since())
        .on("keydown", move |event| keys(store, &event))
        .for_each_reply(
            move || shown.get(),
            move |id| part("li", "item").child(reply_item(store, id, total)).view(),
        )
        .view()
}
