//! The whole widget.

use leptos::prelude::*;

use super::announcer::Announcer;
use super::header::Header;
use super::notices::{Empty, Notices};
use super::pager::Pager;
use super::reply_list::ReplyList;
use super::skeleton::Skeleton;
use crate::store::{Side, Store};
use crate::thread::Load;

/// The thread with everything around it. Drawn anew when the language changes; nothing is loaded again.
#[component]
pub fn ThreadView(
    /// The widget's state.
    store: Store,
) -> impl IntoView {
    move || {
        let messages = store.language();
        let heading = count_id(store);
        let load = store.load();
        let busy = move || load.with(|load| matches!(load, Load::Loading { .. })).to_string();
        view! {
            <section part="thread" lang={messages.locale().tag().to_owned()} aria-labelledby={heading} aria-busy={busy}>
                <Header store/>
                <Notices store/>
                <Skeleton store/>
                <Empty store/>
                <Pager store side=Side::Earlier/>
                <ReplyList store/>
                <Pager store side=Side::Later/>
                <Announcer store/>
            </section>
        }
        .into_any()
    }
}

/// The id of the heading that names the thread's region.
pub(super) fn count_id(store: Store) -> String {
    format!("{}count", store.config().anchor)
}

/// The id of a reply's article, which is also what its permalink names: `reply-4`.
pub(super) fn reply_id(store: Store, number: u32) -> String {
    format!("{}reply-{number}", store.config().anchor)
}
