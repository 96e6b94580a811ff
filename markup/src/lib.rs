//! Reply source (Markdown, HTML, plain text) to a [`Document`]: a tree of allowed nodes, and nothing else.

mod tree;

pub use tree::{Block, Document, Inline, Item, Quote};
