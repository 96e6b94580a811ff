//! Views on the page: each is one node, built once and then made to show what the next view says.
//!
//! Redrawing keeps every node that can be kept, because nodes hold what the reader is doing: focus, selection,
//! what is unfolded. Leptos does the following ([`RenderEffect`]) and names the browser's functions ([`Rndr`]);
//! this decides what stays and what goes. What a backend has drawn becomes the widget's own in the same way ([`Found`]).
//! Nodes are made by [`page`]: Leptos would keep the document for that, and knows more namespaces than HTML's.

use std::any::Any;
use std::cell::RefCell;
use std::rc::Rc;

use leptos::ev::Event;
use leptos::prelude::Owner;
use leptos::reactive::effect::RenderEffect;
use leptos::tachys::renderer::{CastFrom, RemoveEventHandler, Rndr, types};
use leptos::wasm_bindgen::JsCast;

use super::drawn_replies::{Item, follow_replies};
use super::element::{Act, Draw, Kind, LiveValue, Parts, View};
use super::found::Found;
use crate::browser::page;

/// A view as it stands on the page.
pub(super) enum Drawn {
    /// Nothing to see: an empty text that keeps the place.
    Nothing(types::Text),
    /// Text, with what it says.
    Text(types::Text, String),
    /// An element.
    Element(Box<DrawnElement>),
    /// A place that follows what it reads; what stands there is the effect's value.
    Live(RenderEffect<Self>),
    /// No view of its own, but the state of an effect: the views of replies.
    Items(Vec<Item>),
    /// The state of an effect that keeps an attribute: its last value.
    Value(Option<String>),
}

/// An element on the page.
pub(super) struct DrawnElement {
    tag: &'static str,
    node: types::Element,
    attributes: Vec<(&'static str, String)>,
    live: Vec<(&'static str, RenderEffect<Drawn>)>,
    acts: Vec<DrawnAct>,
    children: Vec<Drawn>,
    replies: Option<RenderEffect<Drawn>>,
}

/// A listener. Redrawing an element gives it something else to do and leaves the listener where it is.
struct DrawnAct {
    name: &'static str,
    act: Rc<RefCell<Act>>,
    _listener: RemoveEventHandler<types::Element>,
}

/// A view on the page; dropped, it is taken away.
pub(crate) struct Mounted {
    drawn: Drawn,
    _owner: Owner,
}

impl Mounted {
    /// Draws what `view` gives at the end of `parent`.
    pub(crate) fn new(parent: &types::Element, view: impl FnOnce() -> View) -> Self {
        Self::drawn(parent, None, view)
    }

    /// Draws what `view` gives in the place of `over`, a child of `parent` that somebody else has drawn: of that, all that
    /// is alike becomes the view's own and stays where it is. Many replies take some frames; `done` is dropped then.
    pub(crate) fn over(
        parent: &types::Element,
        over: &types::Element,
        done: Box<dyn Any>,
        view: impl FnOnce() -> View,
    ) -> Self {
        let found = Found::new(over.clone().into(), done.into());
        let mounted = Self::drawn(parent, Some(&found), view);
        if mounted.drawn.node().as_ref() != Some(over) {
            over.remove();
        }
        mounted
    }

    fn drawn(parent: &types::Element, found: Option<&Found>, view: impl FnOnce() -> View) -> Self {
        let owner = Owner::new();
        let drawn = owner.with(|| build(view(), found));
        drawn.settle(parent, found);
        Self { drawn, _owner: owner }
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        self.drawn.remove();
    }
}

impl Drawn {
    pub(super) fn remove(&self) {
        if let Some(node) = self.node() {
            Rndr::remove(&node);
        }
    }

    /// Puts it into `parent`, unless it was found there: before what is still to be looked at, or at the end.
    fn settle(&self, parent: &types::Element, found: Option<&Found>) {
        if let Some(node) = self.node().filter(|node| node.parent_node().is_none()) {
            Rndr::insert_node(parent, &node, found.and_then(Found::next).as_ref());
        }
    }

    /// The node that stands on the page. None while it is being drawn, and for what is no view.
    pub(super) fn node(&self) -> Option<types::Node> {
        match self {
            Self::Nothing(text) | Self::Text(text, _) => Some(text.clone().into()),
            Self::Element(element) => Some(element.node.clone().into()),
            Self::Live(effect) => effect.with_value_mut(|drawn| drawn.node()).flatten(),
            Self::Items(_) | Self::Value(_) => None,
        }
    }
}

/// Draws a view, which is not on the page yet, unless it was found there.
pub(super) fn build(view: View, found: Option<&Found>) -> Drawn {
    match view.kind() {
        Kind::Nothing => Drawn::Nothing(page::new_text("")),
        Kind::Text(text) => {
            let node = found.and_then(|found| found.text(&text));
            Drawn::Text(node.unwrap_or_else(|| page::new_text(&text)), text)
        }
        Kind::Element(element) => {
            let parts = *element.0;
            let known = found.and_then(|found| found.element(&parts));
            let within = found.zip(known.as_ref()).map(|(found, node)| found.from(Rndr::first_child(node)));
            let node = known.unwrap_or_else(|| page::new_element(parts.tag));
            let mut drawn = DrawnElement {
                tag: parts.tag,
                node,
                attributes: Vec::new(),
                live: Vec::new(),
                acts: Vec::new(),
                children: Vec::new(),
                replies: None,
            };
            if within.is_some() {
                drawn.find_attributes(&parts);
            }
            drawn.show(parts, within.as_ref());
            Drawn::Element(Box::new(drawn))
        }
        Kind::Live(draw) => Drawn::Live(follow(draw, None, found.cloned())),
    }
}

/// Makes what stands on the page show another view, in place where that is possible.
pub(super) fn redraw(old: Drawn, view: View) -> Drawn {
    match (old, view.kind()) {
        (Drawn::Nothing(node), Kind::Nothing) => Drawn::Nothing(node),
        (Drawn::Text(node, said), Kind::Text(text)) => {
            if said != text {
                Rndr::set_text(&node, &text);
            }
            Drawn::Text(node, text)
        }
        (Drawn::Element(mut drawn), Kind::Element(element)) if drawn.tag == element.0.tag => {
            drawn.show(*element.0, None);
            Drawn::Element(drawn)
        }
        (Drawn::Live(effect), Kind::Live(draw)) => Drawn::Live(follow(draw, effect.take_value(), None)),
        (old, kind) => {
            let new = build(kind.into(), None);
            if let (Some(old), Some(new)) = (old.node(), new.node()) {
                if let Some(parent) = Rndr::get_parent(&old).and_then(types::Element::cast_from) {
                    Rndr::insert_node(&parent, &new, Some(&old));
                }
                Rndr::remove(&old);
            }
            new
        }
    }
}

/// Draws, and draws again whenever something that was read has changed.
fn follow(mut draw: Draw, old: Option<Drawn>, mut found: Option<Found>) -> RenderEffect<Drawn> {
    let redraw_or_build = move |old| match old {
        Some(old) => redraw(old, draw.give()),
        None => build(draw.give(), found.take().as_ref()),
    };
    RenderEffect::new_with_value(redraw_or_build, old)
}

impl DrawnElement {
    /// Shows another element of the same tag in this one's place, or the first in a new one, or in one in which
    /// somebody else has drawn what was `found` there.
    fn show(&mut self, parts: Parts, found: Option<&Found>) {
        self.show_attributes(parts.attributes, parts.live);
        self.act(parts.acts);
        self.show_children(parts.children, found);
        for (name, value) in &parts.props {
            // The same value again changes nothing: the caret stays, and so does what an input method composes.
            match self.tag {
                "textarea" => page::show_text(&self.node, value),
                _ => Rndr::set_property(&self.node, name, &value.into()),
            }
        }
        // What it showed before is drawn over by the new effect.
        let old = self.replies.take().and_then(|effect| effect.take_value());
        let node = self.node.clone();
        self.replies = parts.replies.map(|replies| follow_replies(node, replies, old, found.cloned()));
        if let Some(found) = found {
            found.clear(None);
            self.drop_attributes();
        }
    }

    /// What somebody else has said in attributes that `parts` have as well.
    fn find_attributes(&mut self, parts: &Parts) {
        let said = parts.attributes.iter().map(|(name, _)| (*name, self.node.get_attribute(name)));
        self.attributes = said.filter_map(|(name, value)| Some((name, value?))).collect();
    }

    /// Takes away attributes that only somebody else knew; not what the reader has done, or the page's measures.
    fn drop_attributes(&self) {
        let live = self.live.iter().filter(|(_, value)| {
            value.with_value_mut(|value| matches!(value, Drawn::Value(Some(_)))).unwrap_or_default()
        });
        let names = self.node.get_attribute_names();
        // Each part has its class.
        let classes = self.attributes.iter().filter(|(name, _)| *name == "part").count();
        if names.length() as usize == self.attributes.len() + classes + live.count() {
            return;
        }
        for name in names.iter().filter_map(|name| name.as_string()) {
            let ours = self.attributes.iter().any(|known| known.0 == name)
                || self.live.iter().any(|known| known.0 == name)
                || matches!(name.as_str(), "class" | "open" | "style");
            if !ours {
                Rndr::remove_attribute(&self.node, &name);
            }
        }
    }

    fn show_attributes(&mut self, fixed: Vec<(&'static str, String)>, live: Vec<(&'static str, LiveValue)>) {
        let old = std::mem::replace(&mut self.attributes, fixed);
        for (name, value) in &self.attributes {
            if !old.iter().any(|known| known.0 == *name && known.1 == *value) {
                Rndr::set_attribute(&self.node, name, value);
                // Our own sheets find by class what pages find by part: of classes browsers keep an index.
                if *name == "part" {
                    Rndr::set_attribute(&self.node, "class", value);
                }
            }
        }
        for (name, _) in &old {
            self.forget_attribute(name, &live);
        }
        for (name, _) in std::mem::take(&mut self.live) {
            self.forget_attribute(name, &live);
        }
        for (name, value) in live {
            self.live.push((name, follow_value(self.node.clone(), name, value)));
        }
    }

    /// Takes away an attribute that was shown before, unless it is among those that are shown now.
    fn forget_attribute(&self, name: &str, live: &[(&'static str, LiveValue)]) {
        let stays = self.attributes.iter().any(|known| known.0 == name);
        if !stays && !live.iter().any(|known| known.0 == name) {
            Rndr::remove_attribute(&self.node, name);
        }
    }

    fn act(&mut self, acts: Vec<(&'static str, Act)>) {
        self.acts.truncate(acts.len());
        for (place, (name, act)) in acts.into_iter().enumerate() {
            match self.acts.get_mut(place) {
                Some(known) => {
                    // For ever at work is what was left by an exception of the page's.
                    match known.act.try_borrow_mut() {
                        Ok(mut known_act) if known.name == name => {
                            *known_act = act;
                            continue;
                        }
                        _ => {}
                    }
                    *known = DrawnAct::new(&self.node, self.tag, name, act);
                }
                None => self.acts.push(DrawnAct::new(&self.node, self.tag, name, act)),
            }
        }
    }

    fn show_children(&mut self, views: Vec<View>, found: Option<&Found>) {
        for gone in self.children.split_off(views.len().min(self.children.len())) {
            gone.remove();
        }
        let mut old = std::mem::take(&mut self.children).into_iter();
        for view in views {
            let child = match old.next() {
                Some(child) => redraw(child, view),
                None => {
                    let child = build(view, found);
                    child.settle(&self.node, found);
                    child
                }
            };
            self.children.push(child);
        }
    }
}

impl DrawnAct {
    #[inline(never)]
    fn new(node: &types::Element, tag: &str, name: &'static str, act: Act) -> Self {
        let act = Rc::new(RefCell::new(act));
        let shared = Rc::clone(&act);
        // Nobody else is to keep it for later, as embed.js does in what is not ours yet. A button does nothing by itself.
        let is_press = tag == "button" && name == "click";
        let heard = move |event: types::Event| {
            let event: Event = event.unchecked_into();
            if is_press {
                event.prevent_default();
            }
            // The glue refuses an event that happens while the same listener is at work; so does one that an exception
            // of the page's has left at work.
            if let Ok(mut act) = shared.try_borrow_mut() {
                act.act(event);
            }
        };
        Self { name, act, _listener: Rndr::add_event_listener(node, name, Box::new(heard)) }
    }
}

/// Keeps an attribute at what `value` gives.
fn follow_value(node: types::Element, name: &'static str, mut value: LiveValue) -> RenderEffect<Drawn> {
    RenderEffect::new(move |old| {
        let new = value.give();
        match (&old, &new) {
            (Some(Drawn::Value(old)), new) if old == new => {}
            (None, Some(_)) if node.get_attribute(name) == new => {}
            (_, Some(value)) => Rndr::set_attribute(&node, name, value),
            (_, None) => Rndr::remove_attribute(&node, name),
        }
        Drawn::Value(new)
    })
}
