//! Views on the page: each is one node, built once and then made to show what the next view says.
//!
//! Redrawing keeps every node that can be kept, because nodes hold what the reader is doing: focus, selection,
//! what is unfolded. Leptos does the following ([`RenderEffect`]) and names the browser's functions ([`Rndr`]);
//! this decides what stays and what goes.

use std::cell::RefCell;
use std::rc::Rc;

use afterword_contract::ReplyId;
use leptos::prelude::{Owner, Render, untrack};
use leptos::reactive::effect::RenderEffect;
use leptos::tachys::renderer::{CastFrom, RemoveEventHandler, Rndr, types};
use leptos::tachys::view::Mountable;
use leptos::wasm_bindgen::JsCast;

use super::element::{Act, Draw, ForEachReply, LiveValue, Parts, View};

/// A view as it stands on the page.
pub enum Drawn {
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
pub struct DrawnElement {
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

/// The view of one reply. It lives until its reply is no longer shown.
pub struct Item {
    id: ReplyId,
    /// What the view made for itself goes with it.
    _owner: Owner,
    drawn: Drawn,
}

impl Render for View {
    type State = Drawn;

    fn build(self) -> Drawn {
        build(self)
    }

    fn rebuild(self, state: &mut Drawn) {
        let old = std::mem::replace(state, Drawn::Value(None));
        *state = redraw(old, self);
    }
}

impl Mountable for Drawn {
    fn unmount(&mut self) {
        if let Some(node) = self.node() {
            Rndr::remove(&node);
        }
    }

    fn mount(&mut self, parent: &types::Element, marker: Option<&types::Node>) {
        if let Some(node) = self.node() {
            Rndr::insert_node(parent, &node, marker);
        }
    }

    fn insert_before_this(&self, child: &mut dyn Mountable) -> bool {
        self.node().is_some_and(|node| node.insert_before_this(child))
    }

    fn elements(&self) -> Vec<types::Element> {
        Vec::new()
    }
}

impl Drawn {
    /// The node that stands on the page. None while it is being drawn, and for what is no view.
    fn node(&self) -> Option<types::Node> {
        match self {
            Self::Nothing(text) | Self::Text(text, _) => Some(text.clone().into()),
            Self::Element(element) => Some(element.node.clone().into()),
            Self::Live(effect) => effect.with_value_mut(|drawn| drawn.node()).flatten(),
            Self::Items(_) | Self::Value(_) => None,
        }
    }
}

fn build(view: View) -> Drawn {
    match view {
        View::Nothing => Drawn::Nothing(Rndr::create_text_node("")),
        View::Text(text) => Drawn::Text(Rndr::create_text_node(&text), text),
        View::Element(element) => {
            let mut drawn = DrawnElement {
                tag: element.0.tag,
                node: Rndr::create_element(element.0.tag, None),
                attributes: Vec::new(),
                live: Vec::new(),
                acts: Vec::new(),
                children: Vec::new(),
                replies: None,
            };
            drawn.show(*element.0);
            Drawn::Element(Box::new(drawn))
        }
        View::Live(draw) => Drawn::Live(follow(draw, None)),
    }
}

/// Makes what stands on the page show another view, in place where that is possible.
fn redraw(old: Drawn, view: View) -> Drawn {
    match (old, view) {
        (Drawn::Nothing(node), View::Nothing) => Drawn::Nothing(node),
        (Drawn::Text(node, said), View::Text(text)) => {
            if said != text {
                Rndr::set_text(&node, &text);
            }
            Drawn::Text(node, text)
        }
        (Drawn::Element(mut drawn), View::Element(element)) if drawn.tag == element.0.tag => {
            drawn.show(*element.0);
            Drawn::Element(drawn)
        }
        (Drawn::Live(effect), View::Live(draw)) => Drawn::Live(follow(draw, effect.take_value())),
        (old, view) => {
            let new = build(view);
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
fn follow(mut draw: Draw, old: Option<Drawn>) -> RenderEffect<Drawn> {
    let redraw_or_build = move |old| match old {
        Some(old) => redraw(old, draw.give()),
        None => build(draw.give()),
    };
    RenderEffect::new_with_value(redraw_or_build, old)
}

impl DrawnElement {
    /// Shows another element of the same tag in this one's place, or the first in a new one.
    fn show(&mut self, parts: Parts) {
        self.show_attributes(parts.attributes, parts.live);
        self.act(parts.acts);
        self.show_children(parts.children);
        for (name, value) in &parts.props {
            // The same value again changes nothing: the caret stays, and so does what an input method composes.
            Rndr::set_property(&self.node, name, &value.into());
        }
        // What it showed before is drawn over by the new effect.
        let old = self.replies.take().and_then(|effect| effect.take_value());
        self.replies = parts.replies.map(|replies| follow_replies(self.node.clone(), replies, old));
    }

    fn show_attributes(&mut self, fixed: Vec<(&'static str, String)>, live: Vec<(&'static str, LiveValue)>) {
        let old = std::mem::replace(&mut self.attributes, fixed);
        for (name, value) in &self.attributes {
            if !old.iter().any(|known| known.0 == *name && known.1 == *value) {
                Rndr::set_attribute(&self.node, name, value);
            }
        }
        let gone = old.iter().map(|known| known.0).chain(self.live.drain(..).map(|known| known.0));
        for name in gone {
            let stays = self.attributes.iter().any(|known| known.0 == name);
            if !stays && !live.iter().any(|known| known.0 == name) {
                Rndr::remove_attribute(&self.node, name);
            }
        }
        for (name, value) in live {
            self.live.push((name, follow_value(self.node.clone(), name, value)));
        }
    }

    fn act(&mut self, acts: Vec<(&'static str, Act)>) {
        self.acts.truncate(acts.len());
        for (place, (name, act)) in acts.into_iter().enumerate() {
            match self.acts.get_mut(place) {
                Some(known) if known.name == name => *known.act.borrow_mut() = act,
                Some(known) => *known = DrawnAct::new(&self.node, name, act),
                None => self.acts.push(DrawnAct::new(&self.node, name, act)),
            }
        }
    }

    fn show_children(&mut self, views: Vec<View>) {
        for mut gone in self.children.drain(views.len().min(self.children.len())..) {
            gone.unmount();
        }
        let mut old = std::mem::take(&mut self.children).into_iter();
        for view in views {
            let child = match old.next() {
                Some(child) => redraw(child, view),
                None => {
                    let mut child = build(view);
                    child.mount(&self.node, None);
                    child
                }
            };
            self.children.push(child);
        }
    }
}

impl DrawnAct {
    #[inline(never)]
    fn new(node: &types::Element, name: &'static str, act: Act) -> Self {
        let act = Rc::new(RefCell::new(act));
        let shared = Rc::clone(&act);
        let heard = move |event: types::Event| {
            // An event that happens while the same listener is at work is passed over.
            if let Ok(mut act) = shared.try_borrow_mut() {
                act.act(event.unchecked_into());
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
            (_, Some(value)) => Rndr::set_attribute(&node, name, value),
            (_, None) => Rndr::remove_attribute(&node, name),
        }
        Drawn::Value(new)
    })
}

/// Keeps one view for each reply inside `parent`, in order. The views of an earlier effect, `old`, are drawn over.
fn follow_replies(parent: types::Element, replies: ForEachReply, old: Option<Drawn>) -> RenderEffect<Drawn> {
    let ForEachReply { mut ids, draw } = replies;
    // Items outlive the runs of this effect, so they do not belong to its owner.
    let around = Owner::current().unwrap_or_default();
    let mut over = old.is_some();
    let show = move |old| {
        let mut old = match old {
            Some(Drawn::Items(items)) => items.into_iter().map(Some).collect(),
            _ => Vec::new(),
        };
        let ids = ids.give();
        let mut items = Vec::with_capacity(ids.len());
        let mut next = 0;
        for id in ids {
            let kept = take(&mut old, &mut next, &id);
            items.push(match kept {
                Some(item) if !over => item,
                kept => {
                    let owner = around.child();
                    let view = owner.with(|| untrack(|| draw.draw(id.clone())));
                    let drawn = owner.with(|| match kept {
                        Some(item) => redraw(item.drawn, view),
                        None => build(view),
                    });
                    Item { id, _owner: owner, drawn }
                }
            });
        }
        over = false;
        for mut gone in old.into_iter().flatten() {
            gone.drawn.unmount();
        }
        arrange(&parent, &items);
        Drawn::Items(items)
    };
    RenderEffect::new_with_value(show, old)
}

/// The item of this id, looked for from where the last one was found: lists grow at their ends more often than
/// they are reordered.
fn take(items: &mut [Option<Item>], next: &mut usize, id: &ReplyId) -> Option<Item> {
    let wanted = |item: &Option<Item>| item.as_ref().is_some_and(|item| item.id == *id);
    let from_here = items.iter().skip(*next).position(wanted).map(|place| place + *next);
    let place = from_here.or_else(|| items.iter().position(wanted))?;
    *next = place + 1;
    items.get_mut(place)?.take()
}

/// Puts the items in order, moving only those that stand elsewhere.
fn arrange(parent: &types::Element, items: &[Item]) {
    let mut after: Option<types::Node> = None;
    for item in items.iter().rev() {
        let Some(node) = item.drawn.node() else { continue };
        if Rndr::get_parent(&node).is_none() || Rndr::next_sibling(&node) != after {
            Rndr::insert_node(parent, &node, after.as_ref());
        }
        after = Some(node);
    }
}
