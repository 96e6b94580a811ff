//! Which replies quote this one.

use super::element::{View, live_maybe, part};
use super::reply_link::reply_link;
use super::sentence::filled;
use crate::store::{Links, Selected, Store};

/// "Quoted by 7, 12", each number a link; nothing where nobody does.
pub(super) fn quoted_by(store: Store, number: Option<u32>, links: Selected<Links>) -> View {
    let messages = store.messages();
    live_maybe(move || {
        let by = links.get().quoted_by;
        if by.is_empty() {
            return None;
        }
        let links: Vec<_> = by
            .into_iter()
            .map(|by| reply_link(store, by, "quoted-by-link", number).text(&messages.number(by)).view())
            .collect();
        Some(part("p", "quoted-by").children(filled(messages.quoted_by(links.len()), links)).view())
    })
}
