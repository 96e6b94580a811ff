//! The top of the thread: how many replies, in which order, and the way to one of them.

use afterword_contract::Order;
use leptos::html;
use leptos::prelude::*;

use super::jump_form::JumpForm;
use super::thread_view::count_id;
use crate::store::Store;
use crate::thread::{Event, Load};

const ORDERS: [Order; 3] = [Order::Oldest, Order::Newest, Order::Top];

/// The thread's heading and tools. Tools that can do nothing (one reply, none at all) are left out.
#[component]
pub(super) fn Header(store: Store) -> impl IntoView {
    let load = store.load();
    let info = store.info();
    let messages = store.messages();
    let count = move || {
        let total = info.with(|info| info.total);
        messages.count_heading((total > 0 || load.get() == Load::Ready).then_some(total))
    };
    let several = Memo::new(move |_| info.with(|info| info.total) > 1);
    let tools = move || {
        several.get().then(|| {
            view! {
                <div part="tools">
                    <OrderSelect store/>
                    <JumpForm store/>
                </div>
            }
            .into_any()
        })
    };
    view! {
        <header part="header">
            {heading(store.config().heading_level).attr("part", "count").id(count_id(store)).child(count)}
            {tools}
        </header>
    }
    .into_any()
}

/// A heading of this level, 1 to 6.
pub(super) fn heading(level: u8) -> leptos::html::HtmlElement<html::Custom<&'static str>, (), ()> {
    html::custom(match level {
        1 => "h1",
        2 => "h2",
        3 => "h3",
        4 => "h4",
        5 => "h5",
        _ => "h6",
    })
}

/// The choice of order.
#[component]
fn OrderSelect(store: Store) -> impl IntoView {
    let order = store.order();
    let messages = store.messages();
    let options: Vec<_> = ORDERS
        .iter()
        .map(|choice| {
            let name = messages.order_name(choice);
            let chosen = {
                let choice = choice.clone();
                move || order.with(|order| *order == choice)
            };
            view! { <option value={choice.as_str().to_owned()} selected=chosen>{name}</option> }.into_any()
        })
        .collect();
    let choose = move |event| store.dispatch(Event::OrderChosen(event_target_value(&event).as_str().into()));
    view! {
        <label part="order">
            <span part="order-label">{messages.order_label()}</span>
            <select part="order-select" on:change=choose>{options}</select>
        </label>
    }
    .into_any()
}
