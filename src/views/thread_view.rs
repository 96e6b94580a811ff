//! The whole widget.

use super::announcer::announcer;
use super::element::{View, live, part};
use super::header::header;
use super::notices::{empty, notices};
use super::pager::pager;
use super::reply_list::reply_list;
use super::skeleton::skeleton;
use crate::store::{Side, Store};
use crate::thread::Load;

/// The thread with everything around it. Drawn anew when the language changes; nothing is loaded again.
pub fn thread_view(store: Store) -> View {
    let language = store.language();
    live(move || {
        let _ = language.get();
        let messages = store.messages();
        let busy = store.is(|thread| matches!(thread.load(), Load::Loading { .. }));
        part("section", "thread")
            .attr("lang", messages.locale().tag())
            .attr("aria-labelledby", &count_id(store))
            .live("aria-busy", move || Some(busy.get().to_string()))
            .child(header(store))
            .children(notices(store))
            .children(skeleton(store))
            .child(empty(store))
            .child(pager(store, Side::Earlier))
            .child(reply_list(store))
            .child(pager(store, Side::Later))
            .child(announcer(store))
            .view()
    })
}

/// The id of the heading that names the thread's region.
pub(super) fn count_id(store: Store) -> String {
    store.config().anchor.clone() + "count"
}

/// The id of a reply's article, which is also what its permalink names: `reply-4`.
pub(super) fn reply_id(store: Store, number: u32) -> String {
    [&store.config().anchor, "reply-", &number.to_string()].concat()
}
