//! What is to be said about the thread as a whole: no network, a failure, a locked thread, an empty one, and a reply
//! that is not there.

use std::sync::Arc;

use super::element::{Element, View, live_maybe, part};
use super::header::has_tools;
use crate::store::Store;
use crate::thread::{Event, Load};

/// The notices that hold now, each with what can be done about it. That a reply is not there is said at the field
/// for its number, and here where that field is not shown.
pub(super) fn notices(store: Store) -> Vec<View> {
    let messages = store.messages();
    let (said_offline, said_locked) = (messages.offline(), messages.locked());
    let offline = store.is(|thread| thread.is_offline());
    let locked = store.is(|thread| thread.info().locked);
    let failure = store.failure();
    let refusal = store.refusal();
    let tools = has_tools(store);
    let complain = Arc::clone(&messages);
    let refused = move || {
        let (refusal, total) = refusal.get().filter(|_| !tools.get())?;
        Some(notice("info", "alert", &complain.refusal(refusal, total)).view())
    };
    let failed = move || {
        let failure = messages.failure(&failure.get()?);
        let again = part("button", "button notice-action")
            .attr("type", "button")
            .on("click", move |_| store.dispatch(Event::RetryPressed))
            .text(messages.try_again());
        Some(notice("error", "alert", &failure).child(again.view()).view())
    };
    vec![
        live_maybe(move || offline.get().then(|| notice("offline", "status", said_offline).view())),
        live_maybe(failed),
        live_maybe(refused),
        live_maybe(move || locked.get().then(|| notice("locked", "note", said_locked).view())),
    ]
}

fn notice(kind: &'static str, role: &'static str, text: &str) -> Element {
    part("div", "notice")
        .attr("data-kind", kind)
        .attr("role", role)
        .child(part("p", "notice-text").text(text).view())
}

/// A thread in which nobody has written yet.
pub(super) fn empty(store: Store) -> View {
    let empty = store.is(|thread| {
        *thread.load() == Load::Ready && thread.info().total == 0 && thread.shown().next().is_none()
    });
    let locked = store.is(|thread| thread.info().locked);
    let messages = store.messages();
    live_maybe(move || empty.get().then(|| part("p", "empty").text(messages.empty(locked.get())).view()))
}
