//! Reply source (Markdown, HTML, plain text) to a [`Document`]: a tree of allowed nodes, and nothing else.
//!
//! Every parser here takes time in proportion to its input and yields a tree of bounded depth.
//! It deliberately does not know replies, threads, pages or how a node is drawn. `GRAMMAR.md` describes
//! what is understood.

mod chars;
mod excerpt;
pub mod html;
mod link;
mod names;
#[cfg(feature = "native-html")]
mod native_html;
mod text;
mod tree;

pub use excerpt::{excerpt, plain_text, quotes, text_length};
pub use names::Names;
#[cfg(feature = "native-html")]
pub use native_html::parse_html;
pub use text::parse_text;
pub use text::parse_text as parse_markdown;
pub use tree::{Block, Document, Inline, Item, Quote};
