//! When a reply was written, and when it was changed.

use afterword_contract::Timestamp;
use leptos::prelude::*;

use crate::store::Store;
use crate::text::relative_time;

/// The time as people say it; pressed, as the calendar says it, in the reader's time zone.
///
/// What is no time is not shown.
#[component]
pub(super) fn ReplyTime(store: Store, published: Option<Timestamp>) -> impl IntoView {
    let (time, moment) = dated(published)?;
    let messages = store.messages();
    let exact = RwSignal::new(false);
    let absolute = messages.locale().absolute(moment);
    let title = absolute.clone();
    let text = move || {
        if exact.get() { absolute.clone() } else { relative_time(moment, store.now(), messages.locale()) }
    };
    Some(
        view! {
            <button
                part="reply-time"
                type="button"
                title={title}
                aria-pressed={move || exact.get().to_string()}
                on:click=move |_| exact.update(|exact| *exact = !*exact)
            >
                <time datetime={time}>{text}</time>
            </button>
        }
        .into_any(),
    )
}

/// The mark of a reply that was changed, with the time of the change.
#[component]
pub(super) fn Edited(store: Store, edited: Option<Timestamp>) -> impl IntoView {
    let (_, moment) = dated(edited)?;
    let messages = store.messages();
    let title = messages.edited_at(moment);
    Some(view! { <span part="reply-edited" title={title}>{messages.edited()}</span> }.into_any())
}

fn dated(time: Option<Timestamp>) -> Option<(String, i64)> {
    time.and_then(|time| time.millis().map(|moment| (time.0, moment)))
}
