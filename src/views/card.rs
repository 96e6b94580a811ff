//! A card with the beginning of a reply, beside a link to it: seen while pointer or focus are there.
//!
//! Whether it is seen, and when, the sheet decides, so that a pointer can go over it and touch never meets it. It is
//! drawn for the one link of the page that was pointed at last, and goes with Escape.

use super::author::author_name;
use super::element::{Element, View, live_maybe, name, part};
use super::reply_text::parse;
use crate::messages::Messages;
use crate::store::{Selected, Store};
use crate::text::concat;
use crate::thread::Event;
use afterword_contract::{Reply, Status};
use afterword_markup::excerpt;

/// So many characters of the reply are shown.
const EXCERPT: usize = 240;

/// The card of one link.
#[derive(Clone, Copy)]
pub(super) struct Card {
    store: Store,
    number: u32,
    /// Which card of the widget it is: a reply may hold several links to the same one.
    card: u32,
    open: Selected<bool>,
}

impl Card {
    /// The card of a link to reply `number`.
    pub(super) fn new(store: Store, number: u32) -> Self {
        let card = store.fresh_number();
        Self { store, number, card, open: store.is(move |thread| thread.card() == Some(card)) }
    }

    /// The link, which the card then describes; the card has to stand right behind it.
    pub(super) fn of(self, link: Element) -> Element {
        let mut link = link.live("aria-describedby", move || self.open.get().then(|| self.id()));
        for name in ["pointerenter", "focus"] {
            link = link.on(name, move |_| self.store.dispatch(Event::CardWanted(self.card)));
        }
        link
    }

    fn id(self) -> String {
        concat(&[&self.store.config().anchor, "card-", &self.card.to_string()])
    }

    /// The card.
    pub(super) fn view(self) -> View {
        live_maybe(move || self.open.get().then(|| self.draw().view()))
    }

    fn draw(self) -> Element {
        let Self { store, number, .. } = self;
        let messages = store.messages();
        // Our words: a selection does not count them.
        let card = part("span", "card").attrs(&[("id", &self.id()), ("role", "tooltip"), ("data-words", "")]);
        let Some(reply) = store.peek(|thread| thread.numbered(number).cloned()) else {
            return card.text(&messages.card_elsewhere(number));
        };
        card.child(head(number, &reply, &messages).view()).child(
            part("span", "card-text")
                .attr("dir", "auto")
                .maybe("lang", messages.theirs())
                .text(&said(store, &reply))
                .view(),
        )
    }
}

/// Which reply, whose, and when.
fn head(number: u32, reply: &Reply, messages: &Messages) -> Element {
    let mut head = part("span", "card-head").text(&messages.reply(number)).text(" · ");
    head = head.child(name(author_name(reply.author.as_ref(), messages)));
    if let Some(moment) = reply.published.as_ref().and_then(|time| time.millis()) {
        head = head.text(" · ").text(&messages.locale().absolute(moment));
    }
    if reply.edited.is_some() {
        head = head.text(" · ").text(messages.edited());
    }
    head
}

fn said(store: Store, reply: &Reply) -> String {
    match reply.status {
        Status::Deleted => store.messages().tombstone().to_owned(),
        Status::Hidden => store.messages().hidden().to_owned(),
        _ => excerpt(&parse(store, reply).blocks, EXCERPT),
    }
}
