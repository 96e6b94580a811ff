//! When a reply was written, and when it was changed.

use afterword_contract::Timestamp;
use leptos::prelude::*;

use super::element::{element, part};
use crate::store::Store;
use crate::text::relative_time;

/// The time as people say it; pressed, as the calendar says it, in the reader's time zone.
///
/// What is no time is not shown.
pub(super) fn reply_time(store: Store, published: Option<Timestamp>) -> Option<AnyView> {
    let (time, moment) = dated(published)?;
    let messages = store.messages();
    let exact = RwSignal::new(false);
    let absolute = messages.locale().absolute(moment);
    let title = absolute.clone();
    let text = move || {
        if exact.get() { absolute.clone() } else { relative_time(moment, store.now(), messages.locale()) }
    };
    let button = part("button", "reply-time")
        .attr("type", "button")
        .attr("title", &title)
        .live("aria-pressed", move || Some(exact.get().to_string()))
        .on("click", move |_| exact.set(!exact.get_untracked()))
        .child(element("time").attr("datetime", &time).live_text(text).view());
    Some(button.view())
}

/// The mark of a reply that was changed, with the time of the change.
pub(super) fn edited(store: Store, edited: Option<Timestamp>) -> Option<AnyView> {
    let (_, moment) = dated(edited)?;
    let messages = store.messages();
    Some(
        part("span", "reply-edited")
            .attr("title", &messages.edited_at(moment))
            .text(messages.edited())
            .view(),
    )
}

fn dated(time: Option<Timestamp>) -> Option<(String, i64)> {
    time.and_then(|time| time.millis().map(|moment| (time.0, moment)))
}
