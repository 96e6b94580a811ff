//! A link to another reply of the thread.

use leptos::ev::MouseEvent;
use leptos::prelude::*;

use super::thread_view::reply_id;
use crate::store::Store;
use crate::thread::Event;

/// A link to reply `number`. Followed by us, because browsers do not find fragments inside a shadow root;
/// opened in a new tab or copied it is an ordinary link to this page.
#[component]
pub(super) fn ReplyLink(
    /// The widget's state.
    store: Store,
    /// The reply it leads to.
    number: u32,
    /// The link's part name.
    part: &'static str,
    /// The reply that holds the link, to come back to.
    #[prop(optional_no_strip)]
    from: Option<u32>,
    /// What is shown.
    children: Children,
) -> impl IntoView {
    let follow = move |event: MouseEvent| {
        if event.button() != 0 || event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key() {
            return;
        }
        event.prevent_default();
        store.dispatch(Event::JumpRequested { number, from });
    };
    view! { <a part={part} href={format!("#{}", reply_id(store, number))} on:click=follow>{children()}</a> }.into_any()
}
