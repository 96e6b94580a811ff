//! The top of the thread: how many replies, in which order, and the way to one of them.

use super::element::{Element, View, element, live, live_maybe, part};
use super::heard;
use super::jump_form::{Typed, jump_form};
use super::thread_view::count_id;
use crate::store::{Outline, Selected, Store};
use crate::thread::{Event, Load};
use afterword_contract::Order;

const ORDERS: [Order; 3] = [Order::Oldest, Order::Newest, Order::Top];

/// The thread's heading and tools.
pub(super) fn header(store: Store, typed: &Typed) -> View {
    let outline = store.outline();
    let messages = store.messages();
    let count = move || {
        let Outline { info, load, .. } = outline.get();
        messages.count_heading((info.total > 0 || load == Load::Ready).then_some(info.total))
    };
    let shown = has_tools(store);
    let typed = Typed::clone(typed);
    let tools = move || {
        let tools = || part("div", "tools").child(order_select(store)).child(jump_form(store, &typed)).view();
        shown.get().then(tools)
    };
    part("header", "header")
        .child(
            heading(store.config().heading_level)
                .attr("part", "count")
                .attr("id", &count_id(store))
                .live_text(count)
                .view(),
        )
        .child(live_maybe(tools))
        .view()
}

/// Whether the tools are shown. Where they can do nothing (one reply, none at all) they are left out.
pub(super) fn has_tools(store: Store) -> Selected<bool> {
    store.is(|thread| thread.info().total > 1)
}

/// A heading of this level, 1 to 6.
pub(super) fn heading(level: u8) -> Element {
    element(match level {
        1 => "h1",
        2 => "h2",
        3 => "h3",
        4 => "h4",
        5 => "h5",
        _ => "h6",
    })
}

/// The choice of order.
fn order_select(store: Store) -> View {
    let outline = store.outline();
    let messages = store.messages();
    let label = part("span", "order-label").text(messages.order_label()).view();
    let select = live(move || {
        let order = outline.get().order;
        let mut select = part("select", "order-select").on("change", move |event| {
            store.dispatch(Event::OrderChosen(heard::typed(&event).as_str().into()));
        });
        for choice in &ORDERS {
            let option = element("option").attr("value", choice.as_str());
            let option = option.maybe("selected", (*choice == order).then_some(""));
            select = select.child(option.text(&messages.order_name(choice)).view());
        }
        // The attribute counts no more once the reader has chosen.
        select.prop("value", order.as_str()).view()
    });
    part("label", "order").child(label).child(select).view()
}
