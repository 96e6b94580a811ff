//! Which replies quote this one.

use super::element::{View, live_maybe, part};
use super::reply_link::reply_link;
use super::sentence::filled;
use crate::store::{Links, Selected, Store};

/// So many numbers are shown; the others are folded.
const SHOWN: usize = 12;

/// "Quoted by 7, 12", each number a link; beyond [`SHOWN`] they are folded behind "and 5 more". Nothing where nobody
/// does.
pub(super) fn quoted_by(store: Store, number: Option<u32>, links: Selected<Links>) -> View {
    let messages = store.messages();
    live_maybe(move || {
        let by = links.get().quoted_by;
        if by.is_empty() {
            return None;
        }
        let link =
            |by: u32| reply_link(store, by, "quoted-by-link", number).text(&messages.number(by)).view();
        let mut links: Vec<_> = by.into_iter().map(link).collect();
        // One number is not folded away: "and 1 more" would be longer.
        let rest = if links.len() > SHOWN + 1 { links.split_off(SHOWN) } else { Vec::new() };
        let quoted = part("div", "quoted-by").children(filled(messages.quoted_by(links.len()), links));
        if rest.is_empty() {
            return Some(quoted.view());
        }
        let more = part("details", "quoted-by-more")
            .child(
                part("summary", "quoted-by-more-summary").text(&messages.and_more(rest.len() as u64)).view(),
            )
            .children(filled(messages.numbers(rest.len()), rest));
        Some(quoted.text(" ").child(more.view()).view())
    })
}
