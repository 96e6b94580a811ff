//! The text of a reply: every node of the tree as an element, and nothing that is not in the tree.

use std::cell::Cell;
use std::sync::Arc;

use super::card::Card;
use super::element::{OUTWARD, View, element, name, part, text};
use super::quote::quote;
use super::reply_link::reply_link;
use crate::store::Store;
use afterword_contract::{Format, PersonId, Reply};
use afterword_markup::{Block, Document, Inline, Item, Names};

/// What the nodes of one reply have in common.
#[derive(Clone)]
pub(super) struct Context<'a> {
    pub(super) store: Store,
    pub(super) reply: Arc<Reply>,
    /// How many quotes stand around the node.
    pub(super) depth: usize,
    /// How many quotes with a source were drawn so far that stand in no other such; nothing within one.
    pub(super) outer: Option<&'a Cell<usize>>,
}

/// A reply's body, parsed and drawn.
pub(super) fn reply_text(store: Store, reply: &Arc<Reply>) -> Vec<View> {
    let document = parse(store, reply);
    let outer = Cell::new(0);
    blocks(&document.blocks, &Context { store, reply: Arc::clone(reply), depth: 0, outer: Some(&outer) })
}

/// The people who can be mentioned: those the reply names first, then everybody who writes here.
pub(super) fn parse(store: Store, reply: &Reply) -> Document {
    let authors = store.peek(|thread| thread.authors().clone());
    let mut people = Vec::new();
    for person in &reply.mentions {
        people.push((person.name.as_str(), person.id.as_ref().map(PersonId::as_str)));
    }
    if reply.body.contains('@') {
        for (name, id) in authors.iter() {
            people.push((name.as_str(), id.as_deref()));
        }
    }
    let names = Names::new(&people);
    match reply.format {
        Format::Markdown => afterword_markup::parse_markdown(&reply.body, &names),
        Format::Html => store.parse_html(&reply.body, &names),
        Format::Text | Format::Other(_) => afterword_markup::parse_text(&reply.body, &names),
    }
}

/// Several blocks, one after another.
pub(super) fn blocks(blocks: &[Block], context: &Context) -> Vec<View> {
    let mut views = Vec::new();
    for node in blocks {
        views.push(block(node, context));
    }
    views
}

fn block(node: &Block, context: &Context) -> View {
    match node {
        Block::Paragraph(content) => plain("p", inlines(content, context)),
        // Not a heading of the page: its outline is the host's and the thread's.
        Block::Heading(level, content) => part("p", "reply-subheading")
            .attr("data-level", &level.to_string())
            .children(inlines(content, context))
            .view(),
        // Reachable by keyboard, because it scrolls.
        Block::Code { language, text } => part("pre", "code")
            .attr("tabindex", "0")
            .maybe("data-language", language.as_deref())
            .child(element("code").text(text).view())
            .view(),
        Block::List { start, items } => {
            let tag = if start.is_some() { "ol" } else { "ul" };
            let mut list = element(tag).maybe("start", start.map(|start| start.to_string()).as_deref());
            for item in items {
                list = list.child(list_item(item, context));
            }
            list.view()
        }
        Block::Quote(node) => quote(node, context),
        Block::Rule => element("hr").view(),
    }
}

fn list_item(item: &Item, context: &Context) -> View {
    let mut content = Vec::with_capacity(item.blocks.len());
    for node in &item.blocks {
        match node {
            Block::Paragraph(text) if item.tight => content.extend(inlines(text, context)),
            _ => content.push(block(node, context)),
        }
    }
    plain("li", content)
}

fn inlines(nodes: &[Inline], context: &Context) -> Vec<View> {
    let mut views = Vec::new();
    for node in nodes {
        views.push(inline(node, context));
    }
    views
}

fn inline(node: &Inline, context: &Context) -> View {
    match node {
        Inline::Text(content) => text(content),
        Inline::SoftBreak => text("\n"),
        Inline::HardBreak => element("br").view(),
        Inline::Emphasis(content) => plain("em", inlines(content, context)),
        Inline::Strong(content) => plain("strong", inlines(content, context)),
        Inline::Strike(content) => plain("del", inlines(content, context)),
        Inline::Code(text) => element("code").text(text).view(),
        Inline::Link { href, content } => {
            part("a", "link").attr("href", href).attrs(OUTWARD).children(inlines(content, context)).view()
        }
        Inline::ReplyLink { number, content } => {
            let card = Card::new(context.store, *number);
            let link = reply_link(context.store, *number, "reply-link", context.reply.number);
            let link = match content.is_empty() {
                // Our words: a selection does not count them.
                true => {
                    let messages = context.store.messages();
                    let link = link.attr("data-words", "").attr("dir", "auto").maybe("lang", messages.ours());
                    link.text(&messages.reply(*number))
                }
                false => link.children(inlines(content, context)),
            };
            plain("span", vec![card.of(link).view(), card.view()])
        }
        Inline::Mention { name, person } => mention(name, person.clone(), context),
    }
}

/// A person mentioned; the viewer's own name stands out.
fn mention(shown: &str, person: Option<String>, context: &Context) -> View {
    let viewer = context.store.is(move |thread| {
        let viewer = thread.viewer().and_then(|viewer| viewer.id.as_ref()).map(PersonId::as_str);
        viewer.is_some() && viewer == person.as_deref()
    });
    let messages = context.store.messages();
    part("span", "mention")
        .live("data-viewer", move || viewer.get().then(String::new))
        .live("title", move || viewer.get().then(|| messages.mentions_viewer().to_owned()))
        .text("@")
        .child(name(shown))
        .view()
}

/// An element that has nothing but children.
fn plain(tag: &'static str, children: Vec<View>) -> View {
    element(tag).children(children).view()
}
