//! One reply.

use std::sync::Arc;

use super::author::{author, avatar};
use super::element::{View, live_maybe, part};
use super::header::heading;
use super::quoted_by::quoted_by;
use super::reactions::reactions;
use super::reply_link::reply_link;
use super::reply_text::reply_text;
use super::reply_time::{edited, reply_time};
use super::thread_view::reply_id;
use crate::store::{Links, Selected, Store};
use crate::thread::Event;
use afterword_contract::{Reply, ReplyId, Status};

/// A reply, drawn anew only when it is another than before.
pub(super) fn reply_item(store: Store, id: ReplyId) -> View {
    let reply = store.reply(id);
    live_maybe(move || reply.get().map(|reply| article(store, &reply)))
}

/// The article, whose id is what permalinks name. A held reply has no number, hence no id.
fn article(store: Store, reply: &Arc<Reply>) -> View {
    let number = reply.number;
    let heading_id = format!("{}by-{}", store.config().anchor, reply.id);
    let links = store.links(number);
    let header = part("header", "reply-header")
        .child(avatar(reply.author.clone()))
        .child(
            heading(store.config().heading_level.saturating_add(1))
                .attr("part", "reply-heading")
                .attr("id", &heading_id)
                .children(author(store, reply.author.clone()))
                .view(),
        )
        .maybe_child(reply_time(store, reply))
        .maybe_child(edited(store, reply))
        .maybe_child(number.map(|number| permalink(store, number)));
    let footer = part("footer", "reply-footer")
        .maybe_child(reactions(store, reply))
        .child(quoted_by(store, number, links));
    part("article", "reply")
        .maybe("id", number.map(|number| reply_id(store, number)).as_deref())
        .attr("tabindex", "-1")
        .attr("data-status", reply.status.as_str())
        .live("data-target", move || links.get().target.then(String::new))
        .attr("aria-labelledby", &heading_id)
        .child(header.view())
        .child(back(store, links))
        .children(body(store, reply))
        .child(footer.view())
        .view()
}

/// "Reply 4 of 13", the reply's permalink.
fn permalink(store: Store, number: u32) -> View {
    let outline = store.outline();
    let messages = store.messages();
    let text = move || messages.reply_of(number, outline.get().info.total);
    reply_link(store, number, "reply-number", None).live_text(text).view()
}

/// The way back, where the reader came here by a link in another reply.
fn back(store: Store, links: Selected<Links>) -> View {
    let messages = store.messages();
    live_maybe(move || {
        let from = links.get().came_from?;
        let button = part("button", "button back-button")
            .attr("type", "button")
            .on("click", move |_| store.dispatch(Event::BackPressed))
            .text(&messages.back_to_reply(from));
        Some(button.view())
    })
}

/// The reply's text, or why there is none.
fn body(store: Store, reply: &Arc<Reply>) -> Vec<View> {
    let messages = store.messages();
    let notice = match reply.status {
        Status::Deleted => Some(messages.tombstone()),
        Status::Hidden => Some(messages.hidden()),
        Status::Pending => Some(messages.pending()),
        Status::Published | Status::Other(_) => None,
    };
    let notice = notice.map(|text| part("p", "reply-tombstone").text(text).view());
    let readable = !matches!(reply.status, Status::Deleted | Status::Hidden);
    let text = readable
        .then(|| part("div", "reply-body").attr("dir", "auto").children(reply_text(store, reply)).view());
    notice.into_iter().chain(text).collect()
}
