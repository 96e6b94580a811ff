//! A real HTML parser for native builds, into the same allow-list as the browser's.
//!
//! The tree is built here and not by a ready-made one, because the parser alone lets a small body become a
//! huge tree, or one that nests as deep as the body is long. Browsers have limits; these are ours.

use core::cell::{Cell, RefCell};
use std::borrow::Cow;

use html5ever::interface::{ElemName, ElementFlags, NodeOrText, QuirksMode, TreeSink};
use html5ever::tendril::{StrTendril, Tendril};
use html5ever::tokenizer::{BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer};
use html5ever::tree_builder::{TreeBuilder, TreeBuilderOpts};
use html5ever::{Attribute, LocalName, Namespace, QualName};

use crate::{Document, Names, html};

/// How deep elements may nest, as in browsers. Tags of deeper ones are ignored.
const DEEPEST: usize = 512;
/// How many nodes there may be, beyond the bytes of the body. Then all tags are ignored.
const ALLOWANCE: usize = 16_384;

/// Reads an HTML body.
pub fn parse_html(source: &str, names: &Names) -> Document {
    let options = TreeBuilderOpts { scripting_enabled: false, ..TreeBuilderOpts::default() };
    let limit = ALLOWANCE + source.len();
    let sink = Limited { builder: TreeBuilder::new(Tree::default(), options), limit };
    let tokenizer = Tokenizer::new(sink, Default::default());
    let input = BufferQueue::default();
    input.push_back(Tendril::from_slice(source));
    // Nothing runs: where a script ends the parser stops, and is told to go on.
    while !input.is_empty() {
        let _ = tokenizer.feed(&input);
    }
    tokenizer.end();
    let nodes = tokenizer.sink.builder.sink.nodes.take();
    html::document(&NodeRef { nodes: &nodes, index: 0 }, names)
}

/// Lets tags through to the tree builder as long as the tree is neither too deep nor too large.
struct Limited {
    builder: TreeBuilder<usize, Tree>,
    limit: usize,
}

impl TokenSink for Limited {
    type Handle = usize;

    fn process_token(&self, token: Token, line_number: u64) -> TokenSinkResult<usize> {
        if let Token::TagToken(tag) = &token {
            let tree = &self.builder.sink;
            let full = tree.nodes.borrow().len() > self.limit;
            let deep = tree.depth.get() >= DEEPEST && tag.kind == TagKind::StartTag;
            if (full || deep) && !is_raw(tag) {
                return TokenSinkResult::Continue;
            }
        }
        self.builder.process_token(token, line_number)
    }

    fn end(&self) {
        self.builder.end();
    }

    fn adjusted_current_node_present_but_not_in_html_namespace(&self) -> bool {
        self.builder.adjusted_current_node_present_but_not_in_html_namespace()
    }
}

/// Whether the tag's content is no markup, so that ignoring the tag would change what follows.
fn is_raw(tag: &Tag) -> bool {
    matches!(
        &*tag.name,
        "script" | "style" | "title" | "textarea" | "xmp" | "iframe" | "noembed" | "noframes"
    )
}

/// What the parser builds: nodes by index, the document first.
struct Tree {
    nodes: RefCell<Vec<Entry>>,
    /// How deep the element stands that was opened or closed last.
    depth: Cell<usize>,
}

impl Default for Tree {
    fn default() -> Self {
        Self { nodes: RefCell::new(vec![Entry::new(Kind::Other)]), depth: Cell::new(0) }
    }
}

struct Entry {
    kind: Kind,
    parent: Option<usize>,
    depth: usize,
    children: Vec<usize>,
    /// Where the content of a `template` goes.
    content: Option<usize>,
}

enum Kind {
    Element(QualName, Vec<Attribute>),
    Text(String),
    Other,
}

impl Entry {
    fn new(kind: Kind) -> Self {
        Self { kind, parent: None, depth: 0, children: Vec::new(), content: None }
    }
}

impl Tree {
    fn create(&self, kind: Kind) -> usize {
        let mut nodes = self.nodes.borrow_mut();
        nodes.push(Entry::new(kind));
        nodes.len() - 1
    }

    fn change<T>(&self, index: usize, change: impl FnOnce(&mut Entry) -> T) -> Option<T> {
        self.nodes.borrow_mut().get_mut(index).map(change)
    }

    /// Where `index` stands: its parent and its place there, found from the end, where it mostly is.
    fn place(&self, index: usize) -> Option<(usize, usize)> {
        let nodes = self.nodes.borrow();
        let parent = nodes.get(index)?.parent?;
        let at = nodes.get(parent)?.children.iter().rposition(|child| *child == index)?;
        Some((parent, at))
    }

    fn insert(&self, parent: usize, at: usize, child: NodeOrText<usize>) {
        let child = match child {
            NodeOrText::AppendNode(child) => child,
            NodeOrText::AppendText(text) => {
                let before = at
                    .checked_sub(1)
                    .and_then(|at| self.change(parent, |p| p.children.get(at).copied()).flatten());
                let joined = before.and_then(|before| {
                    self.change(before, |entry| match &mut entry.kind {
                        Kind::Text(joined) => {
                            joined.push_str(&text);
                            true
                        }
                        _ => false,
                    })
                });
                if joined == Some(true) {
                    return;
                }
                self.create(Kind::Text(text.to_string()))
            }
        };
        self.remove_from_parent(&child);
        let depth = self.change(parent, |entry| {
            entry.children.insert(at.min(entry.children.len()), child);
            entry.depth + 1
        });
        let depth = depth.unwrap_or_default();
        let element = self.change(child, |entry| {
            (entry.parent, entry.depth) = (Some(parent), depth);
            matches!(entry.kind, Kind::Element(..))
        });
        if element == Some(true) {
            self.depth.set(depth);
        }
    }
}

/// An element's name, for the parser.
#[derive(Debug)]
struct Name(QualName);

impl ElemName for Name {
    fn ns(&self) -> &Namespace {
        &self.0.ns
    }

    fn local_name(&self) -> &LocalName {
        &self.0.local
    }
}

impl TreeSink for Tree {
    type Handle = usize;
    type Output = Self;
    type ElemName<'a> = Name;

    fn finish(self) -> Self {
        self
    }

    fn parse_error(&self, _message: Cow<'static, str>) {}

    fn get_document(&self) -> usize {
        0
    }

    fn elem_name(&self, target: &usize) -> Name {
        let name = self.change(*target, |entry| match &entry.kind {
            Kind::Element(name, _) => Some(name.clone()),
            _ => None,
        });
        Name(name.flatten().unwrap_or_else(|| QualName::new(None, Namespace::from(""), LocalName::from(""))))
    }

    fn create_element(&self, name: QualName, attributes: Vec<Attribute>, flags: ElementFlags) -> usize {
        let element = self.create(Kind::Element(name, attributes));
        if flags.template {
            let content = self.create(Kind::Other);
            self.change(element, |entry| entry.content = Some(content));
        }
        element
    }

    fn create_comment(&self, _text: StrTendril) -> usize {
        self.create(Kind::Other)
    }

    fn create_pi(&self, _target: StrTendril, _data: StrTendril) -> usize {
        self.create(Kind::Other)
    }

    fn append(&self, parent: &usize, child: NodeOrText<usize>) {
        self.insert(*parent, self.change(*parent, |entry| entry.children.len()).unwrap_or_default(), child);
    }

    fn append_based_on_parent_node(&self, element: &usize, previous: &usize, child: NodeOrText<usize>) {
        if self.place(*element).is_some() {
            self.append_before_sibling(element, child);
        } else {
            self.append(previous, child);
        }
    }

    fn append_doctype_to_document(&self, _name: StrTendril, _public_id: StrTendril, _system_id: StrTendril) {}

    fn pop(&self, node: &usize) {
        self.depth.set(self.change(*node, |entry| entry.depth).unwrap_or_default().saturating_sub(1));
    }

    fn get_template_contents(&self, target: &usize) -> usize {
        self.change(*target, |entry| entry.content).flatten().unwrap_or(*target)
    }

    fn same_node(&self, x: &usize, y: &usize) -> bool {
        x == y
    }

    fn set_quirks_mode(&self, _mode: QuirksMode) {}

    fn append_before_sibling(&self, sibling: &usize, child: NodeOrText<usize>) {
        if let NodeOrText::AppendNode(child) = &child {
            self.remove_from_parent(child);
        }
        if let Some((parent, at)) = self.place(*sibling) {
            self.insert(parent, at, child);
        }
    }

    fn add_attrs_if_missing(&self, _target: &usize, _attributes: Vec<Attribute>) {}

    fn remove_from_parent(&self, target: &usize) {
        if let Some((parent, at)) = self.place(*target) {
            self.change(parent, |entry| entry.children.remove(at));
            self.change(*target, |entry| entry.parent = None);
        }
    }

    fn reparent_children(&self, node: &usize, new_parent: &usize) {
        let children = self.change(*node, |entry| core::mem::take(&mut entry.children)).unwrap_or_default();
        for child in &children {
            self.change(*child, |entry| entry.parent = Some(*new_parent));
        }
        self.change(*new_parent, |entry| entry.children.extend(children));
    }
}

/// A node of the finished tree.
struct NodeRef<'a> {
    nodes: &'a [Entry],
    index: usize,
}

impl NodeRef<'_> {
    fn entry(&self) -> Option<&Entry> {
        self.nodes.get(self.index)
    }
}

impl html::Node for NodeRef<'_> {
    fn text(&self) -> Option<String> {
        match &self.entry()?.kind {
            Kind::Text(text) => Some(text.clone()),
            _ => None,
        }
    }

    fn name(&self) -> Option<String> {
        match &self.entry()?.kind {
            Kind::Element(name, _) => Some(name.local.to_ascii_lowercase().to_string()),
            _ => None,
        }
    }

    fn attribute(&self, name: &str) -> Option<String> {
        match &self.entry()?.kind {
            Kind::Element(_, attributes) => {
                attributes.iter().find(|a| &*a.name.local == name).map(|a| a.value.to_string())
            }
            _ => None,
        }
    }

    fn children(&self) -> Vec<Self> {
        let children = self.entry().map(|entry| entry.children.as_slice()).unwrap_or_default();
        children.iter().map(|&index| NodeRef { nodes: self.nodes, index }).collect()
    }
}
