//! HTML bodies into the tree of allowed nodes, read by the browser's own inert parser.
//! The allow-list stands in the markup crate and is the same for every parser.

use afterword_markup::html::{Node, document};
use afterword_markup::{Document, Names};
use wasm_bindgen::prelude::*;
use web_sys::Element;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = parsedBody)]
    fn parsed_body(source: &str, trust: &JsValue) -> Option<web_sys::Node>;
}

/// Reads HTML. `trust`, a function, makes what Trusted Types ask for, where the page requires them. What the browser
/// refuses to parse is shown as its text.
pub(crate) fn parse_html(source: &str, names: &Names, trust: &JsValue) -> Document {
    match parsed_body(source, trust) {
        Some(body) => document(&Dom(body), names),
        None => afterword_markup::parse_text(source, names),
    }
}

struct Dom(web_sys::Node);

impl Node for Dom {
    fn text(&self) -> Option<String> {
        (self.0.node_type() == web_sys::Node::TEXT_NODE).then(|| self.0.node_value().unwrap_or_default())
    }

    fn name(&self) -> Option<String> {
        self.0.dyn_ref::<Element>().map(Element::local_name)
    }

    fn attribute(&self, name: &str) -> Option<String> {
        self.0.dyn_ref::<Element>()?.get_attribute(name)
    }

    fn children(&self) -> Vec<Self> {
        let mut children = Vec::new();
        let mut next = self.0.first_child();
        while let Some(child) = next {
            next = child.next_sibling();
            children.push(Self(child));
        }
        children
    }
}
