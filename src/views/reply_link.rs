//! A link to another reply of the thread.

use super::element::{Element, part};
use super::heard;
use super::thread_view::reply_id;
use crate::store::Store;
use crate::text::concat;
use crate::thread::Event;

/// A link to reply `number`, to be given what it shows. `from` is the reply that holds the link, to come back to.
///
/// Followed by us, because browsers do not find fragments inside a shadow root; opened in a new tab or copied it
/// is an ordinary link to this page.
pub(super) fn reply_link(store: Store, number: u32, name: &'static str, from: Option<u32>) -> Element {
    part("a", name).attr("href", &concat(&["#", &reply_id(store, number)])).on("click", move |event| {
        if heard::wants_elsewhere(&event) {
            return;
        }
        event.prevent_default();
        store.dispatch(Event::JumpRequested { number, from });
    })
}
