//! The replies in order.

use super::element::{DrawsReply, View, part};
use super::quote_tools::escape;
use super::reply_item::reply_item;
use super::thread_view::reply_id;
use crate::store::{Selected, Store};
use afterword_contract::ReplyId;

/// The list; each reply is drawn once and moves when the order changes.
pub(super) fn reply_list(store: Store) -> View {
    let shown = store.shown();
    let total = store.total();
    // `role`, because some browsers take a list without bullets for none.
    part("ol", "list")
        .attr("role", "list")
        // For `embed/window.js`, which marks the place.
        .attr("data-unread", store.messages().new_since())
        .on("keydown", move |event| escape(store, &event))
        .for_each_reply(move || shown.get(), Items { store, total })
        .view()
}

struct Items {
    store: Store,
    total: Selected<u32>,
}

impl DrawsReply for Items {
    fn draw(&self, id: ReplyId) -> View {
        part("li", "item").child(reply_item(self.store, id, self.total)).view()
    }

    fn name(&self, id: &ReplyId) -> Option<String> {
        self.store.peek(|thread| Some(reply_id(self.store, thread.reply(id)?.number?)))
    }
}
