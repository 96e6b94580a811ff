//! Elements, one kind for all: a tag, attributes, children.
//!
//! Why not the `view!` macro: it gives every piece of markup a type of its own, and the compiler writes the code
//! that builds, redraws and removes it once for each. Here all elements share one type, which made the module
//! half as large. What a view says is the same, in the same order as the HTML it becomes.
//!
//! Nothing here becomes an HTML string in the browser, so pages that require Trusted Types are no trouble.

use leptos::ev::{Event, KeyboardEvent};
use leptos::html;
use leptos::prelude::*;
use leptos::tachys::html::attribute::any_attribute::{AnyAttribute, IntoAnyAttribute};
use leptos::tachys::html::attribute::custom::custom_attribute;
use leptos::tachys::html::event;
use leptos::wasm_bindgen::JsCast;

/// An element as it is put together; [`view`](Self::view) finishes it. Boxed, so that handing it on is cheap.
pub(super) struct Element(Box<Parts>);

struct Parts {
    tag: &'static str,
    attributes: Vec<AnyAttribute>,
    children: Vec<AnyView>,
}

/// An element with nothing in it.
#[inline(never)]
pub(super) fn element(tag: &'static str) -> Element {
    Element(Box::new(Parts { tag, attributes: Vec::new(), children: Vec::new() }))
}

/// An element whose looks a host page may change by this part name.
#[inline(never)]
pub(super) fn part(tag: &'static str, part: &'static str) -> Element {
    element(tag).attr("part", part)
}

impl Element {
    /// An attribute.
    #[inline(never)]
    pub(super) fn attr(self, name: &'static str, value: &str) -> Self {
        self.with(custom_attribute(name, value.to_owned()).into_any_attr())
    }

    /// Several attributes.
    #[inline(never)]
    pub(super) fn attrs(self, attributes: &[(&'static str, &str)]) -> Self {
        attributes.iter().fold(self, |element, (name, value)| element.attr(name, value))
    }

    /// An attribute that stands only where there is a value.
    #[inline(never)]
    pub(super) fn maybe(self, name: &'static str, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.attr(name, value),
            None => self,
        }
    }

    /// An attribute that follows what `value` reads.
    pub(super) fn live(
        self,
        name: &'static str,
        value: impl Fn() -> Option<String> + Send + 'static,
    ) -> Self {
        self.live_boxed(name, Box::new(value))
    }

    #[inline(never)]
    fn live_boxed(self, name: &'static str, value: Box<dyn FnMut() -> Option<String> + Send>) -> Self {
        self.with(custom_attribute(name, value).into_any_attr())
    }

    /// Does something at every `name` event.
    pub(super) fn on(self, name: &'static str, act: impl FnMut(Event) + 'static) -> Self {
        self.on_boxed(name, Box::new(act))
    }

    #[inline(never)]
    fn on_boxed(self, name: &'static str, act: Box<dyn FnMut(Event)>) -> Self {
        self.with(event::on(event::Custom::new(name), act).into_any_attr())
    }

    /// Keeps what is typed here from the host page's shortcuts: outside the shadow root an event's target is our
    /// element, so the page cannot see that somebody is typing. Keys that are no text go on.
    pub(super) fn keeps_keys(self) -> Self {
        ["keydown", "keypress", "keyup"].into_iter().fold(self, |element, name| {
            element.on(name, |event| {
                let typing = |key: &KeyboardEvent| {
                    let beyond = matches!(key.key().as_str(), "Tab" | "Escape");
                    !(beyond || key.ctrl_key() || key.meta_key() || key.alt_key())
                };
                if event.dyn_ref().is_some_and(typing) {
                    event.stop_propagation();
                }
            })
        })
    }

    /// Text.
    #[inline(never)]
    pub(super) fn text(self, content: &str) -> Self {
        self.child(text(content))
    }

    /// Text that follows what `text` reads.
    pub(super) fn live_text(self, text: impl Fn() -> String + Send + 'static) -> Self {
        self.live_text_boxed(Box::new(text))
    }

    #[inline(never)]
    fn live_text_boxed(self, text: Box<dyn FnMut() -> String + Send>) -> Self {
        self.child(text.into_any())
    }

    /// A child.
    #[inline(never)]
    pub(super) fn child(mut self, child: AnyView) -> Self {
        self.0.children.push(child);
        self
    }

    /// A child, if there is one.
    #[inline(never)]
    pub(super) fn maybe_child(mut self, child: Option<AnyView>) -> Self {
        self.0.children.extend(child);
        self
    }

    /// Several children.
    #[inline(never)]
    pub(super) fn children(mut self, mut children: Vec<AnyView>) -> Self {
        self.0.children.append(&mut children);
        self
    }

    /// The finished element.
    #[inline(never)]
    pub(super) fn view(self) -> AnyView {
        let Parts { tag, attributes, children } = *self.0;
        match tag {
            "br" => html::br().into_any(),
            "hr" => html::hr().into_any(),
            "img" => html::img().add_any_attr(attributes).into_any(),
            "input" => html::input().add_any_attr(attributes).into_any(),
            tag => html::custom(tag).child(children).add_any_attr(attributes).into_any(),
        }
    }

    #[inline(never)]
    fn with(mut self, attribute: AnyAttribute) -> Self {
        self.0.attributes.push(attribute);
        self
    }
}

/// How a link leaves the thread: it passes on neither the page's address nor its good name.
pub(super) const OUTWARD: &[(&str, &str)] =
    &[("rel", "ugc nofollow noopener noreferrer"), ("target", "_blank")];

/// Text alone.
#[inline(never)]
pub(super) fn text(text: &str) -> AnyView {
    text.to_owned().into_any()
}

/// A view that follows what `draw` reads.
pub(super) fn live(draw: impl Fn() -> AnyView + Send + 'static) -> AnyView {
    live_boxed(Box::new(draw))
}

/// A view that is there while `draw`, which is followed, gives one.
pub(super) fn live_maybe(draw: impl Fn() -> Option<AnyView> + Send + 'static) -> AnyView {
    live_boxed(Box::new(move || draw().unwrap_or_else(nothing)))
}

#[inline(never)]
fn live_boxed(draw: Box<dyn FnMut() -> AnyView + Send>) -> AnyView {
    draw.into_any()
}

/// Nothing.
#[inline(never)]
fn nothing() -> AnyView {
    ().into_any()
}

/// A user's name, which may be written in any direction and must not reorder what stands beside it.
#[inline(never)]
pub(super) fn name(name: &str) -> AnyView {
    element("bdi").text(name).view()
}
