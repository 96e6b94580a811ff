//! When a reply was written, and when it was changed.

use afterword_contract::{Feature, Reply, ReplyId, Timestamp};

use super::aside::act_button;
use super::element::{View, element, part};
use crate::store::{Selected, Store};
use crate::thread::{Act, Event};

/// The time as people say it; pressed, or where nobody knows when it is read, as the calendar says it, in the reader's
/// time zone.
///
/// What is no time is not shown.
pub(super) fn reply_time(store: Store, reply: &Reply, exact: Selected<bool>) -> Option<View> {
    let (time, moment) = dated(&reply.published)?;
    let messages = store.messages();
    let distance = store.distance(moment);
    let absolute = messages.locale().absolute(moment);
    let title = absolute.clone();
    let text = move || match distance.get().filter(|_| !exact.get()) {
        Some((count, unit)) => messages.locale().relative(count, unit),
        None => absolute.clone(),
    };
    let id = reply.id.clone();
    let button = part("button", "reply-time")
        .attr("type", "button")
        .attr("title", &title)
        .live("aria-pressed", move || Some(exact.get().to_string()))
        .on("click", move |_| store.dispatch(Event::TimePressed { id: id.clone() }))
        .child(element("time").attr("datetime", &time).live_text(text).view());
    Some(button.view())
}

/// The mark of a reply that was changed; with the time of the change where times are exact.
pub(super) fn edited(store: Store, reply: &Reply, exact: Selected<bool>) -> Option<View> {
    let (_, moment) = dated(&reply.edited)?;
    let messages = store.messages();
    let at = messages.edited_at(moment);
    let title = at.clone();
    let text = move || if exact.get() { at.clone() } else { messages.edited().to_owned() };
    let history = store.peek(|thread| thread.offers(&Feature::History));
    let mark = match history {
        true => {
            act_button(store, "reply-edited", "", &reply.id, |id| Event::ActPressed { id, act: Act::History })
        }
        false => part("span", "reply-edited"),
    };
    Some(mark.attr("title", &title).live_text(text).view())
}

/// Whether the times of a reply are shown as the calendar has them.
pub(super) fn exact(store: Store, id: &ReplyId) -> Selected<bool> {
    let id = id.clone();
    store.is(move |thread| thread.is_exact(&id))
}

fn dated(time: &Option<Timestamp>) -> Option<(String, i64)> {
    let time = time.as_ref()?;
    Some((time.0.clone(), time.millis()?))
}
