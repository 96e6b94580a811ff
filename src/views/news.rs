//! The button behind which new replies wait, where they will stand.

use super::element::{View, live_maybe, part};
use crate::store::{Side, Store};
use crate::thread::Event;

/// On one side of the list, while there are any.
pub(super) fn news(store: Store, side: Side) -> View {
    let count = store.news(side);
    let messages = store.messages();
    live_maybe(move || {
        let waiting = Some(count.get()).filter(|count| *count > 0)?;
        let button = part("button", "button news")
            .attr("type", "button")
            .on("click", move |_| store.dispatch(Event::NewsPressed))
            .text(&messages.news(waiting));
        Some(part("div", "pager").attr("data-end", "news").child(button.view()).view())
    })
}
