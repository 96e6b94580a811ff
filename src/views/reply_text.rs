//! The text of a reply: every node of the tree as an element, and nothing that is not in the tree.

use std::sync::Arc;

use afterword_contract::{Format, PersonId, Reply};
use afterword_markup::{Block, Document, Inline, Item, Names};
use leptos::html;
use leptos::prelude::*;

use super::quote::quote;
use super::reply_link::ReplyLink;
use crate::store::Store;

/// What the nodes of one reply have in common.
#[derive(Clone)]
pub(super) struct Context {
    pub(super) store: Store,
    pub(super) reply: Arc<Reply>,
    /// How many quotes stand around the node.
    pub(super) depth: usize,
}

/// A reply's body, parsed and drawn.
#[component]
pub(super) fn ReplyText(store: Store, reply: Arc<Reply>) -> impl IntoView {
    let document = parse(store, &reply);
    blocks(&document.blocks, &Context { store, reply, depth: 0 }).into_any()
}

/// The people who can be mentioned: those the reply names first, then everybody who writes here.
fn parse(store: Store, reply: &Reply) -> Document {
    let authors = store.peek(|thread| thread.authors().clone());
    let mut people: Vec<_> =
        reply.mentions.iter().map(|person| (person.name.as_str(), person.id.as_ref().map(PersonId::as_str))).collect();
    if reply.body.contains('@') {
        people.extend(authors.iter().map(|(name, id)| (name.as_str(), id.as_deref())));
    }
    let names = Names::new(&people);
    match reply.format {
        Format::Markdown => afterword_markup::parse_markdown(&reply.body, &names),
        Format::Html => store.parse_html(&reply.body, &names),
        Format::Text | Format::Other(_) => afterword_markup::parse_text(&reply.body, &names),
    }
}

/// Several blocks, one after another.
pub(super) fn blocks(blocks: &[Block], context: &Context) -> Vec<AnyView> {
    blocks.iter().map(|node| block(node, context)).collect()
}

fn block(node: &Block, context: &Context) -> AnyView {
    match node {
        Block::Paragraph(content) => element("p", inlines(content, context)),
        Block::Heading(level, content) => {
            let content = inlines(content, context);
            // Not a heading of the page: its outline is the host's and the thread's.
            view! { <p part="reply-subheading" data-level={level.to_string()}>{content}</p> }.into_any()
        }
        Block::Code { language, text } => {
            let (language, text) = (language.clone(), text.clone());
            // Reachable by keyboard, because it scrolls.
            view! {
                <pre part="code" tabindex="0" data-language={language}><code>{text}</code></pre>
            }
            .into_any()
        }
        Block::List { start, items } => {
            let items = items.iter().map(|item| list_item(item, context)).collect::<Vec<_>>();
            match start {
                Some(start) => view! { <ol start={start.to_string()}>{items}</ol> }.into_any(),
                None => element("ul", items),
            }
        }
        Block::Quote(node) => quote(node, context),
        Block::Rule => html::hr().into_any(),
    }
}

fn list_item(item: &Item, context: &Context) -> AnyView {
    let mut content = Vec::with_capacity(item.blocks.len());
    for node in &item.blocks {
        match node {
            Block::Paragraph(text) if item.tight => content.extend(inlines(text, context)),
            _ => content.push(block(node, context)),
        }
    }
    element("li", content)
}

fn inlines(nodes: &[Inline], context: &Context) -> Vec<AnyView> {
    nodes.iter().map(|node| inline(node, context)).collect()
}

fn inline(node: &Inline, context: &Context) -> AnyView {
    match node {
        Inline::Text(text) => text.clone().into_any(),
        Inline::SoftBreak => "\n".into_any(),
        Inline::HardBreak => html::br().into_any(),
        Inline::Emphasis(content) => element("em", inlines(content, context)),
        Inline::Strong(content) => element("strong", inlines(content, context)),
        Inline::Strike(content) => element("del", inlines(content, context)),
        Inline::Code(text) => element("code", vec![text.clone().into_any()]),
        Inline::Link { href, content } => {
            let content = inlines(content, context);
            view! {
                <a part="link" href={href.clone()} rel="ugc nofollow noopener noreferrer" target="_blank">
                    {content}
                </a>
            }
            .into_any()
        }
        Inline::ReplyLink { number, content } => {
            let messages = context.store.messages();
            let content = match content.is_empty() {
                true => vec![messages.reply(*number).into_any()],
                false => inlines(content, context),
            };
            view! {
                <ReplyLink store=context.store number=*number from=context.reply.number part="reply-link">
                    {content}
                </ReplyLink>
            }
            .into_any()
        }
        Inline::Mention { name, person } => mention(name, person.as_deref(), context),
    }
}

/// A person mentioned; the viewer's own name stands out.
fn mention(name: &str, person: Option<&str>, context: &Context) -> AnyView {
    let person = person.map(str::to_owned);
    let viewer = context.store.select(move |thread| {
        person.is_some() && thread.viewer().and_then(|viewer| viewer.id.as_ref()).map(|id| id.as_str()) == person.as_deref()
    });
    let name = name.to_owned();
    view! {
        <span part="mention" data-viewer={move || viewer.get().then_some("")}>"@"<bdi>{name}</bdi></span>
    }
    .into_any()
}

/// An element that has nothing but children. One piece of code for all of them keeps the module small.
fn element(tag: &'static str, children: Vec<AnyView>) -> AnyView {
    html::custom(tag).child(children).into_any()
}
