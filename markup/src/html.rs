//! The allow-list for HTML bodies, over any parsed tree: the browser's own or a native parser's.

use crate::{Document, Names};

/// A node of a parsed HTML document, from whichever parser.
pub trait Node: Sized {
    /// The characters of a text node; `None` for every other node.
    fn text(&self) -> Option<String>;
    /// The name of an element in lower case, of any namespace; `None` for every other node.
    fn name(&self) -> Option<String>;
    /// The value of an element's attribute.
    fn attribute(&self, name: &str) -> Option<String>;
    /// The children in order; those of a `template` element are not needed.
    fn children(&self) -> Vec<Self>;
}

/// Reads the children of `root` (a body, a fragment or a whole document).
pub fn document<N: Node>(root: &N, names: &Names) -> Document {
    let mut text = String::new();
    let mut rest: Vec<N> = root.children().into_iter().rev().collect();
    while let Some(node) = rest.pop() {
        text += &node.text().unwrap_or_default();
        rest.extend(node.children().into_iter().rev());
    }
    crate::parse_text(&text, names)
}
