//! Which replies quote this one.

use leptos::prelude::*;

use super::element::{live_maybe, part};
use super::reply_link::reply_link;
use super::sentence::filled;
use crate::store::{Links, Store};

/// "Quoted by 7, 12", each number a link; nothing where nobody does.
pub(super) fn quoted_by(store: Store, number: Option<u32>, links: Memo<Links>) -> AnyView {
    let messages = store.messages();
    live_maybe(move || {
        let by = links.with(|links| links.quoted_by.clone());
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
