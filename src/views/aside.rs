//! What stands at a reply because of something the viewer did: the way back from a deletion, a report being written,
//! why something was refused, what the reply said before.

use std::sync::Arc;

use super::composer::preview;
use super::element::{Element, View, element, live_maybe, part};
use crate::messages::ActWords;
use crate::store::{Links, Selected, Store};
use crate::thread::{Act, Aside, Event, Failure};
use afterword_contract::{Reply, ReplyId, Report, Timestamp};
use leptos::ev::KeyboardEvent;
use leptos::prelude::event_target_value;
use leptos::wasm_bindgen::JsCast;

/// Whatever stands there.
pub(super) fn aside(store: Store, id: &ReplyId, links: Selected<Links>) -> View {
    let id = id.clone();
    live_maybe(move || {
        let words = store.messages().acts();
        Some(match links.get().aside? {
            Aside::Undo(_) => undo(store, words, &id),
            Aside::Reporting { report, failure } => report_form(store, words, &id, report, failure),
            Aside::Reported => part("p", "reply-notice").text(words.reported).view(),
            Aside::Refused(failure) => refusal(store, &failure).view(),
            Aside::History(revisions) => history(store, words, &revisions),
        })
    })
}

/// There for as long as an animation of the sheet lasts, which waits while the button is pointed at or has the focus.
fn undo(store: Store, words: &ActWords, id: &ReplyId) -> View {
    let over = id.clone();
    act_button(store, "button undo-button", words.undo, id, Act::Restore)
        .on("animationend", move |_| leave(store, &over))
        .view()
}

/// A button that does something to a reply.
pub(super) fn act_button(store: Store, name: &'static str, label: &str, id: &ReplyId, act: Act) -> Element {
    does(store, name, label, Event::ActPressed { id: id.clone(), act })
}

/// A button that lets this happen.
pub(super) fn does(store: Store, name: &'static str, label: &str, event: Event) -> Element {
    let press = move |_| store.dispatch(event.clone());
    part("button", name).attr("type", "button").on("click", press).text(label)
}

/// Nothing stands there any more.
fn leave(store: Store, id: &ReplyId) {
    store.dispatch(Event::AsideChanged { id: id.clone(), aside: None });
}

fn refusal(store: Store, failure: &Failure) -> Element {
    let said = store.messages().act_refused(failure);
    part("p", "reply-notice").attr("role", "alert").attr("data-kind", "error").text(&said)
}

fn report_form(
    store: Store,
    words: &ActWords,
    id: &ReplyId,
    report: Report,
    failure: Option<Failure>,
) -> View {
    let mut reasons = part("select", "report-reason").attr("aria-label", words.report_reason);
    for (reason, label) in words.reasons {
        reasons = reasons.child(element("option").attr("value", reason).text(label).view());
    }
    let change = {
        let (id, report) = (id.clone(), report.clone());
        move |reason: Option<String>, detail: Option<String>| {
            let mut report = report.clone();
            if let Some(reason) = reason {
                report.reason = reason.as_str().into();
            }
            if detail.is_some() {
                report.detail = detail.filter(|detail| !detail.is_empty());
            }
            let aside = Some(Aside::Reporting { report, failure: None });
            store.dispatch(Event::AsideChanged { id: id.clone(), aside });
        }
    };
    let choose = change.clone();
    let reason = reasons
        .prop("value", report.reason.as_str())
        .on("change", move |event| choose(Some(event_target_value(&event)), None));
    let detail = part("input", "report-detail")
        .attrs(&[("type", "text"), ("maxlength", "1000"), ("dir", "auto")])
        .attr("aria-label", words.report_detail)
        .attr("placeholder", words.report_detail)
        .prop("value", report.detail.as_deref().unwrap_or_default())
        .keeps_keys()
        .on("input", move |event| change(None, Some(event_target_value(&event))));
    let (sent, left) = (id.clone(), id.clone());
    part("form", "report-form")
        .attr("aria-label", words.report)
        .on("submit", move |event| {
            event.prevent_default();
            store.dispatch(Event::ActPressed { id: sent.clone(), act: Act::Report(report.clone()) });
        })
        .on("keydown", move |event| {
            if event.dyn_ref::<KeyboardEvent>().is_some_and(|key| key.key() == "Escape") {
                event.stop_propagation();
                leave(store, &left);
            }
        })
        .child(reason.view())
        .child(detail.view())
        .child(part("button", "button report-send").attr("type", "submit").text(words.report).view())
        .child(
            does(
                store,
                "button report-cancel",
                store.messages().composer().cancel,
                Event::AsideChanged { id: id.clone(), aside: None },
            )
            .view(),
        )
        .maybe_child(failure.map(|failure| refusal(store, &failure).view()))
        .view()
}

/// What the reply said, with the time from which it did.
fn history(store: Store, words: &ActWords, revisions: &[Arc<Reply>]) -> View {
    let messages = store.messages();
    let mut list = part("ol", "history").attr("role", "list").attr("aria-label", words.history);
    for revision in revisions {
        let time = revision.published.as_ref().and_then(Timestamp::millis);
        let time = time.map(|time| part("p", "revision-time").text(&messages.locale().absolute(time)).view());
        let text = preview(store, "revision-body reply-body", revision);
        list = list.child(part("li", "revision").maybe_child(time).child(text.view()).view());
    }
    list.view()
}
