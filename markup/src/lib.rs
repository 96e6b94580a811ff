//! Reply source (Markdown, HTML, plain text) to a [`Document`]: a tree of allowed nodes, and nothing else.
//!
//! Every parser here takes time in proportion to its input and yields a tree of bounded depth.
//! It deliberately does not know replies, threads, pages or how a node is drawn. `GRAMMAR.md` describes
//! what is understood.

mod autolink;
mod block;
mod chars;
mod cut;
#[cfg(test)]
mod cut_tests;
mod emphasis;
mod entity;
mod excerpt;
pub mod html;
mod html_line;
mod html_people;
#[cfg(all(test, feature = "native-html"))]
mod html_tests;
mod inline;
mod line;
mod link;
mod markdown;
#[cfg(test)]
mod markdown_tests;
mod marker;
mod mention;
mod mention_begun;
mod names;
#[cfg(feature = "native-html")]
mod native_html;
mod nest;
#[cfg(test)]
mod oracle_tests;
mod order;
#[cfg(test)]
mod picture;
#[cfg(test)]
mod property;
mod quote;
mod reference;
#[cfg(all(test, feature = "native-html"))]
mod robust_html_tests;
#[cfg(test)]
mod robust_tests;
mod slice;
mod steps;
mod text;
mod ticks;
mod tree;
mod write;
#[cfg(test)]
mod write_tests;

pub use cut::cut;
pub use excerpt::{excerpt, plain_text, quotes, text_length};
pub use markdown::parse_markdown;
pub use mention_begun::{begins_name, begun_mention};
pub use names::Names;
#[cfg(feature = "native-html")]
pub use native_html::parse_html;
pub use slice::{trim, trim_end, trim_start};
pub use text::parse_text;
pub use tree::{Block, Document, Inline, Item, Quote};
pub use write::{mention, quote_lines, ticks, to_markdown};
