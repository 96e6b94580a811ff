//! What a backend has drawn, on its way to be the widget's own: nothing that the reader sees or does there is taken from
//! them.

use std::any::Any;
use std::cell::RefCell;
use std::rc::Rc;

use leptos::tachys::renderer::{Rndr, types};
use leptos::wasm_bindgen::JsCast;

use super::element::Parts;

/// What somebody else has drawn in an element: from a node on, which moves on as nodes become ours.
#[derive(Clone)]
pub(super) struct Found {
    next: Rc<RefCell<Option<types::Node>>>,
    done: Rc<dyn Any>,
}

impl Found {
    /// `done` is dropped when nothing is left to be found.
    pub(super) fn new(first: types::Node, done: Rc<dyn Any>) -> Self {
        Self { next: Rc::new(RefCell::new(Some(first))), done }
    }

    /// The same, from another node on.
    pub(super) fn from(&self, next: Option<types::Node>) -> Self {
        Self { next: Rc::new(RefCell::new(next)), done: Rc::clone(&self.done) }
    }

    pub(super) fn next(&self) -> Option<types::Node> {
        self.next.borrow().clone()
    }

    /// The next text, if there is one. Of texts that stand together one node was made: what follows is cut off.
    pub(super) fn text(&self, text: &str) -> Option<types::Text> {
        let node: types::Text = self.next().filter(|_| !text.is_empty())?.dyn_into().ok()?;
        let said = node.data();
        if said != text {
            // Cannot fail: it is not longer than the text.
            let rest = said.strip_prefix(text).map(|_| node.split_text(text.encode_utf16().count() as u32));
            if rest.is_none() {
                node.set_data(text);
            }
        }
        self.next.replace(node.next_sibling());
        Some(node)
    }

    /// The next element of this tag and part. What stands before it is nobody's and goes.
    pub(super) fn element(&self, parts: &Parts) -> Option<types::Element> {
        let mut at = self.next();
        while let Some(node) = at {
            at = node.next_sibling();
            let Ok(element) = node.dyn_into::<types::Element>() else { continue };
            if is_alike(&element, parts) {
                self.clear(Some(&element));
                self.next.replace(at);
                return Some(element);
            }
        }
        None
    }

    /// Takes away what did not become ours, up to `end`.
    pub(super) fn clear(&self, end: Option<&types::Node>) {
        let mut at = self.next();
        while let Some(node) = at.filter(|node| Some(node) != end) {
            at = node.next_sibling();
            Rndr::remove(&node);
        }
        self.next.replace(end.cloned());
    }

    /// Takes the elements from here on, each with the id of the first one in it. What is no element goes.
    pub(super) fn named(&self) -> Vec<(String, types::Element)> {
        let mut named = Vec::new();
        let mut at = self.next.take();
        while let Some(node) = at {
            at = node.next_sibling();
            match node.dyn_into::<types::Element>() {
                Ok(element) => {
                    let id = element.first_element_child().map(|child| child.id());
                    named.push((id.unwrap_or_default(), element));
                }
                Err(node) => Rndr::remove(&node),
            }
        }
        named
    }
}

/// Whether an element may become that of `parts`: it has their tag and part.
pub(super) fn is_alike(element: &types::Element, parts: &Parts) -> bool {
    let part = parts.attributes.iter().find(|(name, _)| *name == "part").map(|(_, part)| part.as_str());
    element.local_name() == parts.tag && element.get_attribute("part").as_deref() == part
}
