//! Which replies quote this one.

use leptos::prelude::*;

use super::reply_link::ReplyLink;
use super::sentence::filled;
use crate::store::Store;

/// "Quoted by 7, 12", each number a link; nothing where nobody does.
#[component]
pub(super) fn QuotedBy(store: Store, number: Option<u32>) -> impl IntoView {
    let by = store.select(move |thread| number.map(|number| thread.quoted_by(number)).unwrap_or_default());
    let messages = store.messages();
    move || {
        let by = by.get();
        if by.is_empty() {
            return None;
        }
        let links = by
            .into_iter()
            .map(|quoting| {
                let text = messages.number(quoting);
                view! {
                    <ReplyLink store number=quoting from=number part="quoted-by-link">{text}</ReplyLink>
                }
                .into_any()
            })
            .collect::<Vec<_>>();
        Some(view! { <p part="quoted-by">{filled(messages.quoted_by(links.len()), links)}</p> }.into_any())
    }
}
