//! The way to a reply by its number.

use std::cell::RefCell;
use std::rc::Rc;

use super::element::{View, live_maybe, part};
use super::heard;
use crate::store::Store;
use crate::text::{trim, trim_start};
use crate::thread::Event;

/// What the reader has typed. Kept by whoever draws the form again, in another language.
pub(super) type Typed = Rc<RefCell<String>>;

/// A field for a number and a button. What is no number, or none of this thread, is said at the field.
pub(super) fn jump_form(store: Store, typed: &Typed) -> View {
    let messages = store.messages();
    let (label, go) = (messages.jump_label(), messages.jump_go());
    let refusal = store.refusal();
    let wrong = move || refusal.get().is_some();
    let (typed, read) = (Rc::clone(typed), Rc::clone(typed));
    let submit = move |event: leptos::ev::Event| {
        event.prevent_default();
        store.dispatch(match number(&read.borrow()) {
            Some(number) => Event::JumpRequested { number, from: None },
            None => Event::NumberGarbled,
        });
    };
    let id = store.config().anchor.clone() + "jump-error";
    let described = id.clone();
    // The form may be drawn anew around what was typed.
    let before = typed.borrow().clone();
    let field = part("input", "jump-number")
        .attrs(&[("type", "text"), ("inputmode", "numeric"), ("autocomplete", "off"), ("maxlength", "10")])
        .live("aria-invalid", move || wrong().then(|| "true".to_owned()))
        .live("aria-describedby", move || wrong().then(|| described.clone()))
        .prop("value", &before)
        .keeps_keys()
        .on("input", move |event| *typed.borrow_mut() = heard::typed(&event));
    let error = move || {
        let (refusal, total) = refusal.get()?;
        let complaint = messages.refusal(refusal, total);
        Some(part("p", "jump-error").attr("id", &id).attr("role", "alert").text(&complaint).view())
    };
    part("form", "jump")
        .attr("novalidate", "")
        .on("submit", submit)
        .child(
            part("label", "jump-label")
                .child(part("span", "jump-text").text(label).view())
                .child(field.view())
                .view(),
        )
        .child(part("button", "button jump-go").attr("type", "submit").text(go).view())
        .child(live_maybe(error))
        .view()
}

/// The number in what was typed: `7`, `#7`, ` 1,024 `; in any script's digits that browsers type.
fn number(typed: &str) -> Option<u32> {
    let mut digits = String::new();
    for character in trim_start(trim(typed), |c| c == '#').chars() {
        match character {
            ',' | '.' | ' ' | '\u{a0}' | '\u{202f}' | '\'' if !digits.is_empty() => {}
            _ => digits.push(decimal(character)?),
        }
    }
    digits.parse().ok()
}

/// ASCII, Arabic-Indic, Persian, Devanagari, Bengali and full-width digits as ASCII.
fn decimal(character: char) -> Option<char> {
    const ZEROS: [char; 6] = ['0', '٠', '۰', '०', '০', '０'];
    let code = u32::from(character);
    ZEROS
        .iter()
        .find_map(|&zero| code.checked_sub(u32::from(zero)).and_then(|digit| char::from_digit(digit, 10)))
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn numbers_are_read_as_people_type_them() {
        for (typed, read) in [
            ("7", Some(7)),
            (" #12 ", Some(12)),
            ("1,024", Some(1024)),
            ("٣", Some(3)),
            ("１２", Some(12)),
            ("", None),
            ("seven", None),
            ("-1", None),
            ("99999999999", None),
        ] {
            assert_eq!(number(typed), read, "{typed}");
        }
    }
}
