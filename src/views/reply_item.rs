//! One reply.

use std::sync::Arc;

use afterword_contract::{Reply, ReplyId, Status};
use leptos::prelude::*;

use super::author::{Author, Avatar};
use super::header::heading;
use super::quoted_by::QuotedBy;
use super::reactions::Reactions;
use super::reply_link::ReplyLink;
use super::reply_text::ReplyText;
use super::reply_time::{Edited, ReplyTime};
use super::thread_view::reply_id;
use crate::store::Store;
use crate::thread::Event;

/// A reply, drawn anew only when it is another than before.
#[component]
pub(super) fn ReplyItem(store: Store, id: ReplyId) -> impl IntoView {
    let reply = store.reply(id);
    move || reply.get().map(|reply| view! { <Article store reply/> }.into_any())
}

/// The article, whose id is what permalinks name. A held reply has no number, hence no id.
#[component]
fn Article(store: Store, reply: Arc<Reply>) -> impl IntoView {
    let number = reply.number;
    let id = number.map(|number| reply_id(store, number));
    let label: Arc<str> = format!("{}by-{}", store.config().anchor, reply.id).into();
    let heading_id = Arc::clone(&label);
    let target = store.select(move |thread| number.is_some() && thread.target() == number);
    view! {
        <article
            part="reply"
            id={id}
            tabindex="-1"
            data-status={reply.status.as_str().to_owned()}
            data-target={move || target.get().then_some("")}
            aria-labelledby={label}
        >
            <header part="reply-header">
                <Avatar author=reply.author.clone()/>
                {heading(store.config().heading_level.saturating_add(1))
                    .attr("part", "reply-heading")
                    .id(heading_id)
                    .child(view! { <Author store author=reply.author.clone()/> })}
                <ReplyTime store published=reply.published.clone()/>
                <Edited store edited=reply.edited.clone()/>
                <Number store number/>
            </header>
            <Back store number/>
            <Body store reply=reply.clone()/>
            <footer part="reply-footer">
                <Reactions store reply=reply.clone()/>
                <QuotedBy store number/>
            </footer>
        </article>
    }
    .into_any()
}

/// "Reply 4 of 13", the reply's permalink.
#[component]
fn Number(store: Store, number: Option<u32>) -> impl IntoView {
    let info = store.info();
    let messages = store.messages();
    number.map(|number| {
        let text = move || messages.reply_of(number, info.with(|info| info.total));
        view! { <ReplyLink store number part="reply-number">{text}</ReplyLink> }.into_any()
    })
}

/// The way back, where the reader came here by a link in another reply.
#[component]
fn Back(store: Store, number: Option<u32>) -> impl IntoView {
    let from = store.select(move |thread| number.and_then(|number| thread.came_from(number)));
    let messages = store.messages();
    move || {
        from.get().map(|from| {
            view! {
                <button
                    part="button back-button"
                    type="button"
                    on:click=move |_| store.dispatch(Event::BackPressed)
                >
                    {messages.back_to_reply(from)}
                </button>
            }
            .into_any()
        })
    }
}

/// The reply's text, or why there is none.
#[component]
fn Body(store: Store, reply: Arc<Reply>) -> impl IntoView {
    let messages = store.messages();
    let notice = match reply.status {
        Status::Deleted => Some(messages.tombstone()),
        Status::Hidden => Some(messages.hidden()),
        Status::Pending => Some(messages.pending()),
        Status::Published | Status::Other(_) => None,
    };
    let readable = !matches!(reply.status, Status::Deleted | Status::Hidden);
    view! {
        {notice.map(|text| view! { <p part="reply-tombstone">{text}</p> }.into_any())}
        {readable.then(|| view! { <div part="reply-body" dir="auto"><ReplyText store reply/></div> }.into_any())}
    }
    .into_any()
}
