//! One reply.

use std::sync::Arc;

use super::aside::aside;
use super::author::{author, avatar};
use super::element::{View, live, live_maybe, part};
use super::header::heading;
use super::jump_form::Typed;
use super::quote_tools::reply_actions;
use super::quoted_by::quoted_by;
use super::reactions::reactions;
use super::reply_link::reply_link;
use super::reply_text::reply_text;
use super::reply_time::{edited, exact, reply_time};
use super::thread_view::reply_id;
use crate::store::{Links, Said, Selected, Store};
use crate::text::concat;
use crate::thread::Event;
use afterword_contract::{Reply, ReplyId, Status};

/// A reply, drawn anew only when it is another than before. `total` is handed down, because it is the same for all.
pub(super) fn reply_item(store: Store, id: ReplyId, total: Selected<u32>) -> View {
    let reply = store.reply(id);
    let typed = Typed::default();
    live_maybe(move || reply.get().map(|Said(reply)| article(store, &reply, total, &typed)))
}

/// The article, whose id is what permalinks name. A held reply has no number, hence no id.
fn article(store: Store, reply: &Arc<Reply>, total: Selected<u32>, typed: &Typed) -> View {
    let number = reply.number;
    let heading_id = match number {
        Some(number) => concat(&[&store.config().anchor, "by-", &number.to_string()]),
        None => concat(&[&store.config().anchor, "by-held-", reply.id.as_str()]),
    };
    let links = store.links(reply.id.clone());
    let exact = exact(store, &reply.id);
    let header = part("header", "reply-header")
        .child(avatar(reply.author.as_ref()))
        .child(
            heading(store.config().heading_level.saturating_add(1))
                .attr("part", "reply-heading")
                .attr("id", &heading_id)
                .children(author(store, reply.author.as_ref()))
                .view(),
        )
        .maybe_child(reply_time(store, reply, exact))
        .maybe_child(edited(store, reply, exact))
        .child(match number {
            Some(number) => permalink(store, number, total),
            None => part("span", "reply-number").text(store.messages().no_number()).view(),
        });
    let footer = part("footer", "reply-footer")
        .child(reactions(store, &reply.id))
        .child(quoted_by(store, number, links))
        .maybe_child(reply_actions(store, reply, links))
        .child(aside(store, &reply.id, links, typed));
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
fn permalink(store: Store, number: u32, total: Selected<u32>) -> View {
    let messages = store.messages();
    let text = move || messages.reply_of(number, total.get());
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
    let mut body = Vec::new();
    if let Some(notice) = notice {
        body.push(part("p", "reply-tombstone").text(notice).view());
    }
    if !matches!(reply.status, Status::Deleted | Status::Hidden) {
        body.push(text(store, reply));
    }
    body
}

/// A mention without an id names an author, who may come with a later page: such a text is drawn again as more
/// authors are known, and all others once.
fn text(store: Store, reply: &Arc<Reply>) -> View {
    let draw = move |reply: &Arc<Reply>| {
        let body = part("div", "reply-body").attr("dir", "auto").maybe("lang", store.messages().theirs());
        body.children(reply_text(store, reply)).view()
    };
    if !reply.body.contains('@') {
        return draw(reply);
    }
    let authors = store.author_count();
    let reply = Arc::clone(reply);
    live(move || {
        let _ = authors.get();
        draw(&reply)
    })
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use afterword_contract::{Person, ThreadPage};
    use leptos::prelude::{Get, Memo, Owner, StoredValue, UpdateValue};

    use super::super::element::Kind;
    use super::*;
    use crate::config::RawConfig;
    use crate::messages::Messages;
    use crate::store::Nowhere;
    use crate::text::PlainEnglish;
    use crate::thread::RequestId;

    fn written_by(number: u32, name: &str) -> Event {
        let author = Person { name: name.to_owned(), ..Person::default() };
        let id = number.to_string().as_str().into();
        let reply = Reply { id, number: Some(number), author: Some(author), ..Reply::default() };
        let next = Some("more".into());
        let thread = afterword_contract::Thread { total: 9, ..afterword_contract::Thread::default() };
        let page = ThreadPage { replies: vec![reply], thread, next, ..ThreadPage::default() };
        Event::PageLoaded { request: RequestId(number), page: Box::new(page) }
    }

    #[test]
    fn a_text_with_a_mention_is_drawn_again_when_its_author_comes_and_only_then() {
        let owner = Owner::new();
        owner.with(|| {
            let raw = RawConfig { api: Some("/".into()), thread: "t".into(), ..RawConfig::default() };
            let config = raw.resolve().expect("the configuration is right");
            let messages = Messages::new(Arc::new(PlainEnglish));
            let store = Store::new(config, messages, 0, Box::new(Nowhere));
            store.dispatch(Event::Mounted { target: None });
            store.dispatch(written_by(1, "dysamoria"));

            let body = "Paging @avon b7.".to_owned();
            let Kind::Live(draw) = text(store, &Arc::new(Reply { body, ..Reply::default() })).kind() else {
                panic!("it does not follow who is known");
            };
            let draw = StoredValue::new_local(draw);
            let drawn = Arc::new(AtomicU32::new(0));
            let count = Arc::clone(&drawn);
            let html = Memo::new(move |_| {
                count.fetch_add(1, Ordering::Relaxed);
                draw.try_update_value(|draw| draw.give().to_html()).unwrap_or_default()
            });
            assert!(!html.get().contains("mention"), "{}", html.get());
            for (event, draws) in [
                (Event::LaterRequested, 1),
                (written_by(2, "dysamoria"), 1),
                (Event::LaterRequested, 1),
                (written_by(3, "avon b7"), 2),
            ] {
                store.dispatch(event);
                let _ = html.get();
                assert_eq!(drawn.load(Ordering::Relaxed), draws);
            }
            assert!(html.get().contains(r#"part="mention""#), "{}", html.get());
        });
    }
}
