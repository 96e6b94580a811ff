//! The replies in order.

use super::element::{View, live_maybe, part};
use super::quote_tools::keys;
use super::reply_item::reply_item;
use crate::store::{Selected, Side, Store};

/// The list; each reply is drawn once and moves when the order changes.
pub(super) fn reply_list(store: Store) -> View {
    let shown = store.shown();
    let (total, unread, mark) = (store.total(), store.unread(false), store.unread(true));
    // `role`, because some browsers take a list without bullets for none.
    part("ol", "list")
        .attr("role", "list")
        .on("keydown", move |event| keys(store, &event))
        .for_each_reply(
            move || shown.get(),
            move |id| {
                let number = store.peek(|thread| thread.reply(&id).and_then(|reply| reply.number));
                part("li", "item")
                    .child(new_since(store, number, mark))
                    .child(reply_item(store, id, total, unread))
                    .view()
            },
        )
        .view()
}

/// Where what is new since the last visit begins.
fn new_since(store: Store, number: Option<u32>, mark: Selected<u32>) -> View {
    let messages = store.messages();
    live_maybe(move || {
        let first = number.unwrap_or_default();
        (first > 0 && first == mark.get()).then(|| part("p", "unread").text(messages.new_since()).view())
    })
}

/// The height of the replies that are not here, as `embed/window.js` reckons it, so that the scroll bar tells the
/// truth well enough.
pub(super) fn spacer(store: Store, side: Side) -> View {
    let room = store.room(side);
    part("div", "spacer")
        .attr("aria-hidden", "true")
        .live("data-count", move || Some(room.get().to_string()))
        .view()
}
