//! More replies before and after those shown.

use afterword_contract::Order;
use leptos::prelude::*;

use crate::messages::Messages;
use crate::store::{Side, Store};
use crate::thread::{End, Event};

/// A button at one end of the list, while the thread goes on there.
///
/// The button stays in place while it loads, so that focus is not lost; it is `aria-disabled`, not disabled.
#[component]
pub(super) fn Pager(store: Store, side: Side) -> impl IntoView {
    let end = store.end(side);
    let complete = Memo::new(move |_| end.with(|end| *end == End::Complete));
    let order = store.order();
    let messages = store.messages();
    let (name, event) = match side {
        Side::Earlier => ("previous", Event::EarlierRequested),
        Side::Later => ("next", Event::LaterRequested),
    };
    move || {
        if complete.get() {
            return None;
        }
        let event = event.clone();
        let loading = Memo::new(move |_| end.with(|end| matches!(end, End::Loading { .. })));
        let label = {
            let messages = messages.clone();
            move || match end.get() {
                End::Loading { .. } => messages.loading().to_owned(),
                _ => more(&messages, side, &order.get()),
            }
        };
        let status = {
            let messages = messages.clone();
            move || match end.get() {
                End::Failed { failure, .. } => messages.failure(&failure),
                _ => String::new(),
            }
        };
        let pager = view! {
            <div part="pager" data-end={name}>
                <button
                    part="button pager-button"
                    type="button"
                    aria-disabled={move || loading.get().to_string()}
                    on:click=move |_| store.dispatch(event.clone())
                >
                    {label}
                </button>
                <span part="pager-status">{status}</span>
            </div>
        };
        Some(pager.into_any())
    }
}

fn more(messages: &Messages, side: Side, order: &Order) -> String {
    match side {
        Side::Earlier => messages.show_previous(order, None),
        Side::Later => messages.show_next(order, None),
    }
}
