//! More replies before and after those shown.

use super::element::{View, live_maybe, part};
use crate::store::{Outline, Side, Store};
use crate::thread::{End, Event, Load};

/// A button at one end of the list, while the thread goes on there.
///
/// The button stays in place while it or the list loads, so that focus is not lost; it is `aria-disabled`, not
/// disabled.
pub(super) fn pager(store: Store, side: Side) -> View {
    let outline = store.outline();
    let open = store.is(move |thread| *end_of(thread, side) != End::Complete);
    let loading = store.is(move |thread| matches!(end_of(thread, side), End::Loading { .. }));
    // Meanwhile nothing is added to a list that will be another.
    let busy = store.is(|thread| matches!(thread.load(), Load::Loading { .. }));
    let messages = store.messages();
    live_maybe(move || {
        if !open.get() {
            return None;
        }
        let (label, status) = (messages.clone(), messages.clone());
        let label = move || match loading.get() {
            true => label.loading().to_owned(),
            false => match side {
                Side::Earlier => label.show_previous(&outline.get().listed).to_owned(),
                Side::Later => label.show_next(&outline.get().listed).to_owned(),
            },
        };
        let status = move || match end(outline.get(), side) {
            End::Failed { failure, .. } => status.failure(&failure),
            _ => String::new(),
        };
        let press = move |_| {
            store.dispatch(match side {
                Side::Earlier => Event::EarlierRequested,
                Side::Later => Event::LaterRequested,
            });
        };
        let button = part("button", "button pager-button")
            .attr("type", "button")
            .live("aria-disabled", move || Some((loading.get() || busy.get()).to_string()))
            .on("click", press)
            .live_text(label);
        let name = match side {
            Side::Earlier => "previous",
            Side::Later => "next",
        };
        let status = part("span", "pager-status").attr("role", "status").live_text(status);
        Some(part("div", "pager").attr("data-end", name).child(button.view()).child(status.view()).view())
    })
}

fn end(outline: Outline, side: Side) -> End {
    match side {
        Side::Earlier => outline.earlier,
        Side::Later => outline.later,
    }
}

fn end_of(thread: &crate::thread::Thread, side: Side) -> &End {
    match side {
        Side::Earlier => thread.earlier(),
        Side::Later => thread.later(),
    }
}
