//! What stands at a reply because of something the viewer did: the way back from a deletion, a report being written,
//! why something was refused, what the reply said before.

use std::rc::Rc;
use std::sync::Arc;

use super::element::{Element, View, live_maybe, part};
use super::heard;
use super::jump_form::Typed;
use super::reply_text::reply_text;
use crate::messages::ActWords;
use crate::store::{Links, Selected, Store};
use crate::thread::{Act, Aside, Event, Failure};
use afterword_contract::{Reply, ReplyId, Timestamp};

/// Whatever stands there.
///
/// What the viewer has `typed` into a report stays when that is refused, and when the reply is drawn anew.
pub(super) fn aside(store: Store, id: &ReplyId, links: Selected<Links>, typed: &Typed) -> View {
    let (id, typed) = (id.clone(), Rc::clone(typed));
    live_maybe(move || {
        let words = store.messages().acts();
        Some(match &*links.get().aside?.0 {
            // There for as long as an animation of the sheet lasts, which waits while the button has the focus.
            Aside::Undo(failure) => {
                let button = act_button(store, "button undo-button", words.undo, &id, restore);
                let button = act_on(button, store, "animationend", &id, left).view();
                match failure {
                    Some(failure) => refused(store, failure).child(button).view(),
                    None => button,
                }
            }
            Aside::Reporting(failure) => report_form(store, words, &id, &typed, failure.as_ref()),
            Aside::Reported => {
                typed.borrow_mut().clear();
                part("p", "reply-notice").text(words.reported).view()
            }
            Aside::Refused(failure) => refused(store, failure).view(),
            Aside::History(revisions) => history(store, words, revisions),
        })
    })
}

/// What happens to a reply when a button is pressed. Not a closure: each would be a type of its own.
pub(super) type Press = fn(ReplyId) -> Event;

/// A button that lets something happen to a reply.
pub(super) fn act_button(
    store: Store,
    name: &'static str,
    label: &str,
    id: &ReplyId,
    press: Press,
) -> Element {
    act_on(part("button", name).attr("type", "button").text(label), store, "click", id, press)
}

fn act_on(element: Element, store: Store, event: &'static str, id: &ReplyId, press: Press) -> Element {
    let id = id.clone();
    element.on(event, move |_| store.dispatch(press(id.clone())))
}

/// It is brought back.
pub(super) fn restore(id: ReplyId) -> Event {
    Event::ActPressed { id, act: Act::Restore }
}

/// Nothing stands there any more.
fn left(id: ReplyId) -> Event {
    Event::AsideChanged { id, aside: None }
}

/// The report form: a button for each reason, and room for the viewer's own words.
fn report_form(
    store: Store,
    words: &ActWords,
    id: &ReplyId,
    typed: &Typed,
    failure: Option<&Failure>,
) -> View {
    let (keep, escaped) = (Rc::clone(typed), id.clone());
    let detail = part("input", "report-detail")
        .attrs(&[("type", "text"), ("maxlength", "1000"), ("dir", "auto")])
        .attr("aria-label", words.report_detail)
        .attr("placeholder", words.report_detail)
        // What is seen is what goes along, also when the form was closed in between.
        .prop("value", &typed.borrow())
        .keeps_keys()
        .on("input", move |event| *keep.borrow_mut() = heard::typed(&event));
    let mut form = part("div", "report-form")
        .attr("role", "group")
        .attr("aria-label", words.report_reason)
        .on("keydown", move |event| {
            if heard::key(&event) == "Escape" {
                event.stop_propagation();
                store.dispatch(left(escaped.clone()));
            }
        })
        .child(part("p", "report-question").text(words.report_reason).view())
        .child(detail.view());
    for (reason, label) in words.reasons {
        let (id, typed) = (id.clone(), Rc::clone(typed));
        let report = move |_| {
            let act = Act::Report { reason, detail: typed.borrow().clone() };
            store.dispatch(Event::ActPressed { id: id.clone(), act });
        };
        let button = part("button", "button report-reason").attr("type", "button").on("click", report);
        form = form.child(button.text(label).view());
    }
    form.child(act_button(store, "button report-cancel", store.messages().composer().cancel, id, left).view())
        .maybe_child(failure.map(|failure| refused(store, failure).view()))
        .view()
}

/// Why something was refused.
fn refused(store: Store, failure: &Failure) -> Element {
    let said = store.messages().act_refused(failure);
    part("p", "reply-notice").attr("role", "alert").attr("data-kind", "error").text(&said)
}

/// What the reply said, with the time from which it did.
fn history(store: Store, words: &ActWords, revisions: &[Arc<Reply>]) -> View {
    let messages = store.messages();
    let mut list = part("ol", "history").attr("role", "list").attr("aria-label", words.history);
    for revision in revisions {
        let time = revision.published.as_ref().and_then(Timestamp::millis);
        let time = time.map_or(String::new(), |time| messages.locale().absolute(time));
        let text = part("div", "revision-body reply-body").attr("dir", "auto");
        let entry = part("li", "revision")
            .child(part("p", "revision-time").text(&time).view())
            .child(text.children(reply_text(store, revision)).view());
        list = list.child(entry.view());
    }
    list.view()
}
