//! What views are made of: text, elements, and places that follow what they read.
//!
//! One type for all of it, a tree that is drawn onto the page ([`drawn`](super::drawn)) or written as HTML
//! (`html`). Why not the `view!` macro: it gives every piece of markup a type of its own, and the compiler writes
//! the code that builds, redraws and removes it once for each; one type made the module less than half as large.
//! What a view says is the same, in the same order as the HTML it becomes.
//!
//! Nothing here becomes an HTML string in the browser, so pages that require Trusted Types are no trouble.

use std::rc::Rc;

use afterword_contract::ReplyId;
use leptos::ev::Event;

use super::heard;

/// Something that can be drawn, and drawn over what stood in its place before. A single pointer, because views are
/// handed on everywhere, and what is larger is copied by code at each of these places.
#[derive(Default)]
pub struct View(Option<Box<Kind>>);

/// What a view is.
pub(super) enum Kind {
    /// Nothing to see.
    Nothing,
    /// Text.
    Text(String),
    /// An element with everything in it.
    Element(Element),
    /// Whatever this gives; drawn again when something that it read has changed.
    Live(Draw),
}

impl View {
    /// What it is.
    pub(super) fn kind(self) -> Kind {
        self.0.map_or(Kind::Nothing, |kind| *kind)
    }

    /// What it is, if it is an element.
    pub(super) fn element(&self) -> Option<&Parts> {
        match self.0.as_deref() {
            Some(Kind::Element(element)) => Some(&element.0),
            _ => None,
        }
    }

    /// The same, to be changed.
    #[cfg(feature = "ssr")]
    pub(super) fn element_mut(&mut self) -> Option<&mut Parts> {
        match self.0.as_deref_mut() {
            Some(Kind::Element(element)) => Some(&mut element.0),
            _ => None,
        }
    }
}

impl From<Kind> for View {
    #[inline(never)]
    fn from(kind: Kind) -> Self {
        Self(Some(Box::new(kind)))
    }
}

/// A function that gives something, behind a pointer; the same below. Not `dyn FnMut`: every closure that becomes one
/// brings a second function along, for being called and dropped at once, which nobody does here. A hundred of these
/// were 2 KB of the module.
pub(super) trait Gives<T> {
    /// What it gives now.
    fn give(&mut self) -> T;
}

impl<T, F: FnMut() -> T> Gives<T> for F {
    fn give(&mut self) -> T {
        self()
    }
}

/// A function that does something at an event.
pub(super) trait Acts {
    /// Does it. Natively nothing happens.
    #[cfg_attr(feature = "ssr", expect(dead_code))]
    fn act(&mut self, event: Event);
}

impl<F: FnMut(Event)> Acts for F {
    fn act(&mut self, event: Event) {
        self(event);
    }
}

/// Gives the views of replies.
pub(super) trait DrawsReply {
    /// The view.
    fn draw(&self, id: ReplyId) -> View;

    /// The id of the first element in it, if that has one: by it a reply is known that somebody else has drawn.
    #[cfg_attr(feature = "ssr", expect(dead_code))]
    fn name(&self, id: &ReplyId) -> Option<String>;
}

/// Gives a view, and is followed in what it reads.
pub(super) type Draw = Box<dyn Gives<View>>;

/// Gives an attribute's value, `None` for no attribute, and is followed in what it reads.
pub(super) type LiveValue = Box<dyn Gives<Option<String>>>;

/// Does something at an event.
pub(super) type Act = Box<dyn Acts>;

/// An element as it is put together; [`view`](Self::view) finishes it. Boxed, so that handing it on is cheap.
pub(super) struct Element(pub(super) Box<Parts>);

/// What an element consists of.
pub(super) struct Parts {
    pub(super) tag: &'static str,
    pub(super) attributes: Vec<(&'static str, String)>,
    pub(super) live: Vec<(&'static str, LiveValue)>,
    /// What the element is to have as a property, whatever a reader made of it since.
    pub(super) props: Vec<(&'static str, String)>,
    pub(super) acts: Vec<(&'static str, Act)>,
    pub(super) children: Vec<View>,
    /// Children of which each belongs to a reply; drawn after the others.
    pub(super) replies: Option<ForEachReply>,
}

/// One view for each reply, which moves with its reply and is not drawn again.
pub(super) struct ForEachReply {
    pub(super) ids: Box<dyn Gives<Vec<ReplyId>>>,
    pub(super) draw: Rc<dyn DrawsReply>,
}

/// An element with nothing in it.
#[inline(never)]
pub(super) fn element(tag: &'static str) -> Element {
    let parts = Parts {
        tag,
        attributes: Vec::new(),
        live: Vec::new(),
        props: Vec::new(),
        acts: Vec::new(),
        children: Vec::new(),
        replies: None,
    };
    Element(Box::new(parts))
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
        self.attr_owned(name, value.to_owned())
    }

    #[inline(never)]
    fn attr_owned(mut self, name: &'static str, value: String) -> Self {
        self.0.attributes.push((name, value));
        self
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
    pub(super) fn live(self, name: &'static str, value: impl FnMut() -> Option<String> + 'static) -> Self {
        self.live_boxed(name, Box::new(value))
    }

    #[inline(never)]
    fn live_boxed(mut self, name: &'static str, value: LiveValue) -> Self {
        self.0.live.push((name, value));
        self
    }

    /// A property, where an attribute says only what it is at first: what stands in a field.
    #[inline(never)]
    pub(super) fn prop(mut self, name: &'static str, value: &str) -> Self {
        self.0.props.push((name, value.to_owned()));
        self
    }

    /// Does something at every `name` event.
    pub(super) fn on(self, name: &'static str, act: impl FnMut(Event) + 'static) -> Self {
        self.on_boxed(name, Box::new(act))
    }

    #[inline(never)]
    fn on_boxed(mut self, name: &'static str, act: Act) -> Self {
        self.0.acts.push((name, act));
        self
    }

    /// What is typed here is not the host page's.
    pub(super) fn keeps_keys(self) -> Self {
        let keys = ["keydown", "keypress", "keyup"];
        keys.into_iter().fold(self, |element, name| element.on(name, |event| heard::keep_typing(&event)))
    }

    /// Text.
    #[inline(never)]
    pub(super) fn text(self, content: &str) -> Self {
        self.child(text(content))
    }

    /// Text that follows what `text` reads.
    pub(super) fn live_text(self, mut text: impl FnMut() -> String + 'static) -> Self {
        self.child(live(move || Kind::Text(text()).into()))
    }

    /// A child.
    #[inline(never)]
    pub(super) fn child(mut self, child: View) -> Self {
        self.0.children.push(child);
        self
    }

    /// A child, if there is one; else its place is kept, because redrawing matches children by place.
    #[inline(never)]
    pub(super) fn maybe_child(mut self, child: Option<View>) -> Self {
        self.0.children.push(child.unwrap_or_default());
        self
    }

    /// Several children.
    #[inline(never)]
    pub(super) fn children(mut self, mut children: Vec<View>) -> Self {
        self.0.children.append(&mut children);
        self
    }

    /// A child for each of the replies that `ids`, which is followed, gives.
    pub(super) fn for_each_reply(
        mut self,
        ids: impl FnMut() -> Vec<ReplyId> + 'static,
        draw: impl DrawsReply + 'static,
    ) -> Self {
        self.0.replies = Some(ForEachReply { ids: Box::new(ids), draw: Rc::new(draw) });
        self
    }

    /// The finished element.
    #[inline(never)]
    pub(super) fn view(self) -> View {
        Kind::Element(self).into()
    }
}

/// How a link leaves the thread: it passes on neither the page's address nor its good name.
pub(super) const OUTWARD: &[(&str, &str)] =
    &[("rel", "ugc nofollow noopener noreferrer"), ("target", "_blank")];

/// Text alone.
#[inline(never)]
pub(super) fn text(text: &str) -> View {
    Kind::Text(text.to_owned()).into()
}

/// A view that follows what `draw` reads.
pub(super) fn live(draw: impl FnMut() -> View + 'static) -> View {
    live_boxed(Box::new(draw))
}

#[inline(never)]
fn live_boxed(draw: Draw) -> View {
    Kind::Live(draw).into()
}

/// A view that is there while `draw`, which is followed, gives one.
pub(super) fn live_maybe(mut draw: impl FnMut() -> Option<View> + 'static) -> View {
    live(move || draw().unwrap_or_default())
}

/// A user's name, which may be written in any direction and must not reorder what stands beside it.
#[inline(never)]
pub(super) fn name(name: &str) -> View {
    element("bdi").text(name).view()
}
