//! The way to a reply by its number.

use leptos::html;
use leptos::prelude::*;

use crate::store::Store;
use crate::thread::Event;

/// A field for a number and a button. What is no number, or none of this thread, is said at the field.
#[component]
pub(super) fn JumpForm(store: Store) -> impl IntoView {
    let messages = store.messages();
    let (label, go) = (messages.jump_label(), messages.jump_go());
    let field = NodeRef::<html::Input>::new();
    let garbled = RwSignal::new(false);
    let info = store.info();
    let unknown = store.select(|thread| thread.unknown_number().map(|number| (number, thread.info().total)));
    let id = format!("{}jump-error", store.config().anchor);
    let complaint = move || {
        if garbled.get() {
            return Some(messages.jump_hint(info.with(|info| info.total)));
        }
        unknown.get().map(|(number, total)| messages.no_such_reply(number, total))
    };
    let wrong = {
        let complaint = complaint.clone();
        Memo::new(move |_| complaint())
    };
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let typed = field.get_untracked().map(|field| field.value()).unwrap_or_default();
        match number(&typed) {
            Some(number) => {
                garbled.set(false);
                store.dispatch(Event::JumpRequested { number, from: None });
            }
            None => garbled.set(true),
        }
    };
    let described = id.clone();
    view! {
        <form part="jump" novalidate={true} on:submit=submit>
            <label part="jump-label">
                <span part="jump-text">{label}</span>
                <input
                    part="jump-number"
                    type="text"
                    inputmode="numeric"
                    autocomplete="off"
                    maxlength="10"
                    node_ref=field
                    aria-invalid={move || wrong.get().map(|_| "true")}
                    aria-describedby={move || wrong.get().map(|_| described.clone())}
                />
            </label>
            <button part="button jump-go" type="submit">{go}</button>
            {move || {
                let id = id.clone();
                wrong.get().map(|complaint| view! { <p part="jump-error" id={id} role="alert">{complaint}</p> })
            }}
        </form>
    }
    .into_any()
}

/// The number in what was typed: `7`, `#7`, ` 1,024 `; in any script's digits that browsers type.
fn number(typed: &str) -> Option<u32> {
    let mut digits = String::new();
    for character in typed.trim().trim_start_matches('#').chars() {
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
    ZEROS.iter().find_map(|&zero| code.checked_sub(u32::from(zero)).and_then(|digit| char::from_digit(digit, 10)))
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
