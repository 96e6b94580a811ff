//! The buttons at a reply. Quoting has two, of which one stands beside what is selected, and keys.

use super::aside::{Press, act_button, restore};
use super::element::{Element, View, live_maybe, part};
use super::heard;
use super::reply_text::parse;
use crate::store::{Links, Selected, Store};
use crate::text::{quote_source, trim};
use crate::thread::{Act, Aside, Event, Passage};
use afterword_contract::{Format, Reply, ReplyId, Status};

/// What can be done with a reply; to one that was deleted, that it comes back.
pub(super) fn reply_actions(store: Store, reply: &Reply, links: Selected<Links>) -> Option<View> {
    let number = reply.number.filter(|_| reply.status != Status::Hidden)?;
    let gone = reply.status == Status::Deleted;
    let messages = store.messages();
    let id = reply.id.clone();
    Some(live_maybe(move || {
        let links = links.get();
        if gone {
            let back =
                || act_button(store, "button restore-button", messages.acts().undo, &id, restore).view();
            return links.restore.then(|| part("div", "reply-actions").child(back()).view());
        }
        // Seen beside what is selected, reached by keyboard here.
        let selection = links.passage.map(|passage| {
            let button = button("button quote-selection", messages.quote_selection());
            button.on("click", move |_| quote(store, number, Some(&passage))).view()
        });
        let words = messages.acts();
        let quote =
            || button("button", messages.quote_reply()).on("click", move |_| quote(store, number, None));
        let act =
            |may: bool, name, label, press| may.then(|| act_button(store, name, label, &id, press).view());
        let edit: Press = |id| Event::EditPressed { id };
        let delete: Press = |id| Event::ActPressed { id, act: Act::Delete };
        let some = links.quotable || links.edit || links.delete || links.report;
        let actions = part("div", "reply-actions")
            .maybe_child(selection)
            .maybe_child(links.quotable.then(|| quote().view()))
            .maybe_child(act(links.edit, "button edit-button", words.edit, edit))
            .maybe_child(act(links.delete, "button delete-button", words.delete, delete))
            .maybe_child(act(links.report, "button report-button", words.report, report));
        some.then(|| actions.view())
    }))
}

fn report(id: ReplyId) -> Event {
    let aside = Aside::Reporting(None);
    Event::AsideChanged { id, aside: Some(aside) }
}

/// A button that leaves the selection as it is when it is pressed.
fn button(name: &'static str, label: &str) -> Element {
    part("button", name).attr("type", "button").on("mousedown", |event| event.prevent_default()).text(label)
}

/// Escape takes the offer beside what is selected away. The key that presses it is window.js' with all others.
pub(super) fn escape(store: Store, event: &leptos::ev::Event) {
    if store.peek(|thread| thread.passage().is_some()) && heard::key(event) == "Escape" {
        store.dispatch(Event::TextSelected(None));
    }
}

/// Quotes a reply, or a passage of it.
pub(crate) fn quote(store: Store, number: u32, passage: Option<&Passage>) {
    let Some(reply) = store.peek(|thread| thread.numbered(number).cloned()) else { return };
    let said = store.messages().said();
    let author = reply.author.as_ref().filter(|person| !person.erased).map(|person| trim(&person.name));
    let author = author.filter(|name| !name.is_empty());
    let mut blocks = parse(store, &reply).blocks;
    let whole = passage.is_none() && reply.format == Format::Markdown;
    if let Some(passage) = passage {
        blocks = afterword_markup::cut(blocks, passage.from, passage.to);
    }
    if blocks.is_empty() {
        return;
    }
    let text = quote_source(number, author, blocks, whole.then_some(&reply.body), said);
    store.dispatch(Event::QuoteRequested(text));
}
