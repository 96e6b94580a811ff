//! HTML bodies into the tree of allowed nodes, read by the browser's own inert parser.
//! The allow-list stands in the markup crate and is the same for every parser.

use afterword_markup::html::{Node, document};
use afterword_markup::{Document, Names};
use js_sys::{Function, Reflect};
use wasm_bindgen::prelude::*;
use web_sys::{DomParser, Element, SupportedType};

/// Reads HTML. `trust` makes what Trusted Types ask for, where the page requires them. What the browser refuses
/// to parse is shown as its text.
pub(crate) fn parse_html(source: &str, names: &Names, trust: Option<&Function>) -> Document {
    match parsed(source, trust) {
        Ok(Some(body)) => document(&Dom(body), names),
        Ok(None) | Err(_) => afterword_markup::parse_text(source, names),
    }
}

/// A document from `DOMParser` runs no scripts, loads nothing and belongs to no page; it is read, never inserted.
fn parsed(source: &str, trust: Option<&Function>) -> Result<Option<web_sys::Node>, JsValue> {
    let parser: JsValue = DomParser::new()?.into();
    let parse: Function = Reflect::get(&parser, &"parseFromString".into())?.dyn_into()?;
    let source = JsValue::from(source);
    let source = match trust {
        Some(trust) => trust.call1(&JsValue::UNDEFINED, &source)?,
        None => source,
    };
    let page = parse.call2(&parser, &source, &SupportedType::TextHtml.into())?;
    Ok(page.dyn_into::<web_sys::Document>()?.body().map(Into::into))
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
