//! Where replies are written: the button that opens it, the text with its tools, and what became of it.
//!
//! One live view for all of it: redrawing keeps every node, so the caret and what an input method composes stay.

use std::sync::Arc;

use super::element::{Element, View, live, part, text};
use super::heard;
use super::people_menu::{opens_menu, people_menu};
use super::reply_text::reply_text;
use crate::messages::{ComposerWords, Messages};
use crate::store::{Composing, Store};
use crate::thread::{Access, Composer, Event, Format, Stage, Thread};
use afterword_contract::Reply;

/// The composer, where the viewer may write or has written.
pub(super) fn composer(store: Store) -> View {
    let composing = store.composing();
    let messages = store.messages();
    live(move || {
        let composing = composing.get();
        let open = composing.composer.is_open();
        match composing.access {
            Access::Closed if !(open && composing.locked) => View::default(),
            Access::Forbidden if !open => {
                part("p", "composer-status").text(messages.composer().may_not_write).view()
            }
            _ => form(store, &messages, &composing),
        }
    })
}

/// The form, of which there is only the text while it is closed: one click or one letter opens it, and the text is
/// the same node before and after.
fn form(store: Store, messages: &Messages, composing: &Composing) -> View {
    let words = messages.composer();
    let composer = &*composing.composer;
    let open = composer.is_open();
    let named = open && composing.access == Access::AfterName;
    let editing = composer.editing().map(|reply| messages.editing(reply.number.unwrap_or_default()));
    let label = editing.as_deref().unwrap_or(words.composer_label);
    let send = move |event: leptos::ev::Event| {
        event.prevent_default();
        store.dispatch(Event::SendPressed { key: store.fresh_key() });
    };
    let form = part("form", if open { "composer" } else { "composer-closed" }).attr("novalidate", "");
    // A landmark only while it is one: at rest it is a field, which says what it is, and there may be several on a page.
    let form = if open { form.attr("aria-label", label) } else { form };
    form.on("submit", send)
        .on("keydown", move |event| {
            if is_open(store) {
                press(store, &event);
            }
        })
        .child(optional(editing.as_deref().map(|title| part("p", "composer-title").text(title))))
        .maybe_child(open.then(|| toolbar(store, words, composer)))
        .child(text_field(store, words, label, composer))
        .child(optional(composer.is_previewed().then(|| preview(store, composer))))
        .child(optional(named.then(|| name_field(store, words, composer))))
        .child(status(store, messages, composing).view())
        .child(optional(composer.other().map(|other| changed_elsewhere(store, composer, other))))
        .child(optional((*composer.stage() == Stage::Leaving).then(|| leaving(store, words))))
        .maybe_child(open.then(|| actions(store, messages, composing)))
        .view()
}

fn is_open(store: Store) -> bool {
    store.peek(|thread| thread.composer().is_open())
}

/// Keys that do something here go no further.
fn press(store: Store, pressed: &leptos::ev::Event) {
    let event = match heard::key(pressed).as_str() {
        "Escape" => Event::CancelPressed,
        "Control+Enter" => Event::SendPressed { key: store.fresh_key() },
        _ => return,
    };
    heard::take(pressed);
    store.dispatch(event);
}

/// Keys of the text alone: what is pressed in another field does not change it.
fn press_in_text(store: Store, pressed: &leptos::ev::Event) {
    let event = match heard::key(pressed).as_str() {
        "Control+b" => format(store, Format::Bold),
        "Control+i" => format(store, Format::Italic),
        "Control+k" => format(store, Format::Link),
        "Control+e" => format(store, Format::Code),
        _ => return,
    };
    heard::take(pressed);
    store.dispatch(event);
}

fn format(store: Store, format: Format) -> Event {
    Event::FormatPressed { format, selection: store.selection() }
}

fn toolbar(store: Store, words: &'static ComposerWords, composer: &Composer) -> View {
    let tools: [(Press, &str, &str); 7] = [
        (|store| format(store, Format::Bold), "B", words.bold),
        (|store| format(store, Format::Italic), "I", words.italic),
        (|store| format(store, Format::Link), "↗", words.link),
        (|store| format(store, Format::Code), "</>", words.code),
        (|store| format(store, Format::List), "•", words.list),
        (|store| format(store, Format::Quote), "❝", words.quote_lines),
        (|store| format(store, Format::Mention), "@", words.mention),
    ];
    let mut bar = part("div", "composer-tools").attr("role", "group").attr("aria-label", words.toolbar);
    for (press, symbol, name) in tools {
        let tool = button(store, "button composer-tool", symbol, press);
        bar = bar.child(tool.attr("aria-label", name).attr("title", name).view());
    }
    let pressed = if composer.is_previewed() { "true" } else { "false" };
    let preview = button(store, "button composer-preview-button", words.preview, |_| Event::PreviewPressed);
    bar.child(preview.attr("aria-pressed", pressed).view()).view()
}

fn text_field(store: Store, words: &'static ComposerWords, label: &str, composer: &Composer) -> View {
    let content = composer.text();
    let open = composer.is_open();
    let wrong = matches!(composer.stage(), Stage::Refused(_)) && !composer.is_name_wrong();
    // For browsers that do not let a field grow by itself.
    let rows = if open { (content.split('\n').count() + 1).clamp(4, 20) } else { 2 };
    let field = part("textarea", if open { "composer-text" } else { "composer-text composer-open" })
        .attr("aria-label", label)
        .maybe("placeholder", (!open).then_some(words.composer_open))
        .attr("aria-describedby", &status_id(store))
        .attr("dir", "auto")
        // Empty, it says our words.
        .maybe("lang", store.messages().theirs().filter(|_| !content.is_empty()))
        .attr("rows", &rows.to_string())
        .maybe("hidden", composer.is_previewed().then_some(""))
        .maybe("readonly", composer.is_under_way().then_some(""))
        .maybe("aria-invalid", wrong.then_some("true"))
        .prop("value", content)
        .keeps_keys()
        .on("input", move |event| {
            let caret = store.selection().end;
            store.dispatch(Event::TextTyped { text: heard::typed(&event), caret });
        })
        .on("keydown", move |event| {
            if is_open(store) {
                press_in_text(store, &event);
            }
        })
        .on("click", move |_| {
            if !is_open(store) {
                store.dispatch(Event::ComposerOpened);
            }
        })
        .on("blur", move |_| store.dispatch(Event::CaretLeft { caret: store.selection().end }));
    part("div", "composer-field")
        .child(opens_menu(store, field, composer.list()).view())
        .child(optional(people_menu(store, words, composer.list())))
        .view()
}

/// The reply as it will be, drawn by what draws replies.
fn preview(store: Store, composer: &Composer) -> Element {
    let (body, mentions) = (composer.text().to_owned(), composer.mentions().to_vec());
    let format = composer.editing().map(|reply| reply.format.clone()).unwrap_or_default();
    let reply = Arc::new(Reply { body, mentions, format, ..Reply::default() });
    part("div", "composer-preview reply-body")
        .attr("dir", "auto")
        .maybe("lang", store.messages().theirs())
        .children(reply_text(store, &reply))
}

fn name_field(store: Store, words: &'static ComposerWords, composer: &Composer) -> Element {
    let field = part("input", "composer-name")
        .attrs(&[("type", "text"), ("autocomplete", "nickname"), ("maxlength", "80")])
        .attr("aria-describedby", &status_id(store))
        .maybe("aria-invalid", composer.is_name_wrong().then_some("true"))
        .maybe("readonly", composer.is_under_way().then_some(""))
        .prop("value", composer.name())
        .keeps_keys()
        .on("input", move |event| store.dispatch(Event::NameTyped(heard::typed(&event))));
    part("label", "composer-label")
        .child(part("span", "composer-label-text").text(words.name_label).view())
        .child(field.view())
}

/// What keeps the reply here. An alert that is always there, so that every browser says what comes into it.
fn status(store: Store, messages: &Messages, composing: &Composing) -> Element {
    let words = messages.composer();
    let composer = &*composing.composer;
    let said = match composer.stage() {
        _ if composing.access == Access::Forbidden => words.may_not_write.to_owned(),
        Stage::Refused(complaint) => messages.complaint(complaint),
        Stage::Waiting => words.unsent_offline.to_owned(),
        Stage::Held if composing.held => words.held.to_owned(),
        _ if composer.is_unkept() => words.unkept.to_owned(),
        _ => String::new(),
    };
    let wrong = matches!(composer.stage(), Stage::Refused(_));
    part("p", "composer-status")
        .attr("id", &status_id(store))
        // What became of the last reply has been announced.
        .maybe("role", composer.is_open().then_some("alert"))
        .maybe("data-kind", wrong.then_some("error"))
        .text(&said)
}

/// Another tab has another text, which is found again there; or somebody changed the reply, and both texts are shown.
fn changed_elsewhere(store: Store, composer: &Composer, other: &str) -> Element {
    let messages = store.messages();
    let words = messages.composer();
    let editing = composer.editing().is_some();
    let theirs = editing.then(|| {
        part("p", "composer-theirs").attr("dir", "auto").maybe("lang", messages.theirs()).text(other)
    });
    let published = editing && !store.peek(Thread::is_rivalled);
    let asked = if published { messages.acts().changed_meanwhile } else { words.changed_elsewhere };
    question(asked)
        .child(optional(theirs))
        .child(button(store, "button", words.take_theirs, |_| Event::TheirsTaken).view())
        .child(button(store, "button", words.keep_mine, |_| Event::MineKept).view())
}

fn leaving(store: Store, words: &'static ComposerWords) -> Element {
    question(words.discard_question)
        .child(button(store, "button", words.discard, |_| Event::DiscardPressed).view())
        .child(button(store, "button", words.go_on, |_| Event::ComposerOpened).view())
}

fn question(asked: &str) -> Element {
    let asked = part("p", "composer-question-text").attr("role", "alert").text(asked);
    part("div", "composer-question").child(asked.view())
}

fn actions(store: Store, messages: &Messages, composing: &Composing) -> View {
    let Composing { composer, access, excess, .. } = composing;
    let words = messages.composer();
    let under_way = composer.is_under_way();
    let send = if *access == Access::AfterSignIn {
        button(store, "button composer-sign-in", words.sign_in, |_| Event::SignInPressed)
    } else {
        part("button", "button composer-submit")
            .attr("type", "submit")
            .maybe("aria-disabled", under_way.then_some("true"))
            .text(match composer.editing() {
                _ if under_way => words.sending,
                Some(_) => messages.acts().save,
                None => words.send,
            })
    };
    // Only where the end is near: nobody else counts.
    let room = excess.filter(|excess| *excess > -200).map(|excess| messages.room(excess));
    part("div", "composer-actions")
        // A thread that was locked meanwhile leaves the text to its writer, and takes it no more; so does one in which
        // they may not write.
        .child(optional((!matches!(access, Access::Closed | Access::Forbidden)).then_some(send)))
        .child(button(store, "button composer-cancel", words.cancel, |_| Event::CancelPressed).view())
        .child(optional(room.map(|room| part("span", "composer-room").text(&room))))
        .view()
}

/// What happens when a button is pressed. Not a closure: each would be a type of its own, and make `button` anew.
type Press = fn(Store) -> Event;

fn button(store: Store, name: &'static str, label: &str, event: Press) -> Element {
    let press = move |_| store.dispatch(event(store));
    part("button", name).attr("type", "button").on("click", press).child(text(label))
}

/// An element that is not always there, and keeps its place among its neighbours.
fn optional(shown: Option<Element>) -> View {
    shown.map(Element::view).unwrap_or_default()
}

fn status_id(store: Store) -> String {
    store.config().anchor.clone() + "composer-status"
}
