//! Whom the `@` at the caret may mean: a list below the text, which keeps the focus.

use super::element::{Element, name, part};
use super::heard;
use crate::messages::ComposerWords;
use crate::store::Store;
use crate::text::concat;
use crate::thread::{Event, MentionList};

/// The list, where there is something to see.
///
/// No role for the text around it: on a `textarea` none is allowed. What is offered is announced instead.
pub(super) fn people_menu(store: Store, words: &ComposerWords, list: &MentionList) -> Option<Element> {
    if list.is_full() {
        return Some(part("p", "people-menu").text(words.people_full));
    }
    if !list.is_open() {
        return None;
    }
    let mut menu = part("ul", "people-menu")
        .attrs(&[("id", &menu_id(store)), ("role", "listbox"), ("aria-label", words.people)])
        // The text keeps the focus.
        .on("mousedown", |event| event.prevent_default());
    for (place, person) in list.people().iter().enumerate() {
        let marked = list.place().unwrap_or_default() == place;
        let option = part("li", "people-option")
            .attrs(&[("id", &option_id(store, place)), ("role", "option")])
            .attr("aria-selected", if marked { "true" } else { "false" })
            .on("click", move |_| store.dispatch(Event::PersonChosen(Some(place))))
            .child(name(&person.name));
        menu = menu.child(option.view());
    }
    Some(menu)
}

/// The text's word for the list. Before the viewer goes into it no option is active: screen readers would read that
/// instead of the letters that are typed.
pub(super) fn opens_menu(store: Store, field: Element, list: &MentionList) -> Element {
    let (open, people) = (list.is_open(), !list.people().is_empty());
    let mut field = field.attr("aria-autocomplete", "list");
    if people {
        field = field.attr("aria-haspopup", "listbox").attr("aria-controls", &menu_id(store));
        if let Some(place) = list.place() {
            field = field.attr("aria-activedescendant", &option_id(store, place));
        }
    }
    field.on("keydown", move |event| {
        if open {
            press(store, &event, people);
        }
    })
}

/// Keys that mean the open list go no further.
fn press(store: Store, pressed: &leptos::ev::Event, people: bool) {
    let event = match heard::key(pressed).as_str() {
        "Escape" => Event::PeopleLeft,
        "ArrowDown" if people => Event::PeopleMoved { back: false },
        "ArrowUp" if people => Event::PeopleMoved { back: true },
        "Enter" | "Tab" if people => Event::PersonChosen(None),
        _ => return,
    };
    heard::take(pressed);
    store.dispatch(event);
}

fn menu_id(store: Store) -> String {
    store.config().anchor.clone() + "people"
}

fn option_id(store: Store, place: usize) -> String {
    concat(&[&menu_id(store), "-", &place.to_string()])
}
