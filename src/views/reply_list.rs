//! The replies in order.

use leptos::prelude::*;

use super::element::part;
use super::reply_item::reply_item;
use crate::store::Store;

/// The list; each reply is drawn once and moves when the order changes.
pub(super) fn reply_list(store: Store) -> AnyView {
    let shown = store.shown();
    let items = For(ForProps {
        each: move || shown.get(),
        key: Clone::clone,
        children: move |id| part("li", "item").child(reply_item(store, id)).view(),
    });
    // `role`, because some browsers take a list without bullets for none.
    part("ol", "list").attr("role", "list").child(items.into_any()).view()
}
