//! A real HTML parser for native builds, into the same allow-list as the browser's.

use html5ever::tendril::TendrilSink;
use html5ever::{ParseOpts, parse_document};
use markup5ever_rcdom::{Handle, NodeData, RcDom};

use crate::{Document, Names, html};

impl html::Node for Handle {
    fn text(&self) -> Option<String> {
        match &self.data {
            NodeData::Text { contents } => Some(contents.borrow().to_string()),
            _ => None,
        }
    }

    fn name(&self) -> Option<String> {
        match &self.data {
            NodeData::Element { name, .. } => Some(name.local.to_ascii_lowercase().to_string()),
            _ => None,
        }
    }

    fn attribute(&self, name: &str) -> Option<String> {
        match &self.data {
            NodeData::Element { attrs, .. } => {
                attrs.borrow().iter().find(|a| &*a.name.local == name).map(|a| a.value.to_string())
            }
            _ => None,
        }
    }

    fn children(&self) -> Vec<Self> {
        self.children.borrow().clone()
    }
}

/// Reads an HTML body.
pub fn parse_html(source: &str, names: &Names) -> Document {
    let dom = parse_document(RcDom::default(), ParseOpts::default()).one(source);
    html::document(&dom.document, names)
}
