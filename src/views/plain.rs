//! Views on a page without scripts. What needs none stays as it is: links, folds, words.
//! Pages and orders become links and a form, other buttons become the words on them or go, and fields go.
//!
//! It is done to what the views have drawn and not in them: the widget that readers download knows nothing of it.

use super::element::{Element, Parts, View, element};
use super::html;
use super::thread_view::{reply_id, thread_view};
use crate::store::Store;
use crate::thread::Position;

/// Where other pages of the thread stand, each readable without scripts.
pub trait Elsewhere {
    /// The address of the page at this position.
    fn address(&self, position: &Position) -> String;

    /// What goes along with a form that asks for another page, beside order and number: names and values.
    fn fields(&self) -> Vec<(&'static str, String)>;
}

/// The thread without anything that would need a script.
pub fn plain_html(store: Store, elsewhere: &dyn Elsewhere) -> String {
    let page = store.peek(|thread| Page {
        elsewhere,
        earlier: thread.earlier().cursor().cloned().map(Position::Before),
        later: thread.later().cursor().cloned().map(Position::After),
        target: thread.target().map(|number| reply_id(store, number)),
        here: thread.shown().filter_map(|id| thread.reply(id)?.number).collect(),
    });
    html::written(thread_view(store), &|element| page.without_scripts(element))
}

/// A page of the thread among others.
struct Page<'a> {
    elsewhere: &'a dyn Elsewhere,
    earlier: Option<Position>,
    later: Option<Position>,
    /// The id of the reply that was asked for.
    target: Option<String>,
    /// The numbers of its replies.
    here: Vec<u32>,
}

impl Page<'_> {
    /// The element as it is without scripts; `None` where there would be nothing in it.
    fn without_scripts(&self, mut element: Element) -> Option<Element> {
        let parts = &mut *element.0;
        match value(parts, "part").unwrap_or_default() {
            "announcer" | "reply-actions" | "composer-closed" => return None,
            "tools" => self.tools(parts),
            "jump" => become_a(parts, "div", &["novalidate"]),
            "order-select" => parts.attributes.push(("name", "order".to_owned())),
            "jump-number" => {
                let named = [("name", "around".to_owned()), ("pattern", "[1-9][0-9]*".to_owned())];
                parts.attributes.extend(named);
            }
            // Brings it into sight where the address has no fragment: a form cannot give it one.
            "reply" if self.target.as_deref().is_some_and(|target| value(parts, "id") == Some(target)) => {
                parts.attributes.push(("autofocus", String::new()));
            }
            "pager" => self.pager(parts),
            "reactions" => {
                parts.children.retain(|child| !has(child, "data-quiet"));
                if parts.children.is_empty() {
                    return None;
                }
            }
            "reaction" => unwrap_button(parts),
            "reply-time" | "reply-edited" => become_a(parts, "span", &["type", "aria-pressed"]),
            _ if parts.tag == "button" && value(parts, "type") != Some("submit") => return None,
            _ => self.lead_elsewhere(parts),
        }
        // Our sheets know parts by class, which embed.js gives them elsewhere.
        for (name, _) in parts.attributes.iter_mut().filter(|(name, _)| *name == "part") {
            *name = "class";
        }
        Some(element)
    }

    /// One form for order and number. It has an address, or the browser would take along the fragment of the page's.
    fn tools(&self, parts: &mut Parts) {
        parts.tag = "form";
        parts.attributes.extend([("method", "get".to_owned()), ("action", "?".to_owned())]);
        for (name, value) in self.elsewhere.fields() {
            let field = element("input").attr("type", "hidden").attr("name", name).attr("value", &value);
            parts.children.push(field.view());
        }
    }

    /// The button becomes a link, which has no state.
    fn pager(&self, parts: &mut Parts) {
        let (position, rel) = match value(parts, "data-end") {
            Some("previous") => (&self.earlier, "prev"),
            _ => (&self.later, "next"),
        };
        let address = position.as_ref().map(|position| self.elsewhere.address(position));
        parts.children.truncate(1);
        if let (Some(button), Some(address)) =
            (parts.children.first_mut().and_then(View::element_mut), address)
        {
            become_a(button, "a", &["type"]);
            button.live.clear();
            button.attributes.extend([("href", address), ("rel", rel.to_owned())]);
        }
    }

    /// A link to a reply of another page leads to that page.
    fn lead_elsewhere(&self, parts: &mut Parts) {
        if parts.tag != "a" {
            return;
        }
        let links = parts.attributes.iter_mut().filter(|(name, _)| *name == "href");
        for (_, href) in links {
            let number = href.strip_prefix("#reply-").and_then(|number| number.parse().ok());
            if let Some(number) = number.filter(|number| !self.here.contains(number)) {
                *href = self.elsewhere.address(&Position::Around(number)) + href;
            }
        }
    }
}

/// The thread as it stands until the module has come. What only the module has a use for comes with it: nothing is
/// announced before, no field is checked, and no list of people opens. Nor is said what the words in or around it
/// say; of the time embed.js makes a title.
pub fn still_html(store: Store) -> String {
    html::written(thread_view(store), &|mut element| {
        let parts = &mut *element.0;
        let without: &[&str] = match value(parts, "part").unwrap_or_default() {
            "announcer" => return None,
            "composer-status" if value(parts, "id").is_some() => return None,
            "thread" => &["aria-busy"],
            "list" => &["data-unread"],
            "jump" | "composer-closed" => &["novalidate"],
            "jump-number" => &["type", "autocomplete", "maxlength"],
            "composer-text composer-open" => &["aria-describedby", "aria-autocomplete", "rows"],
            "reactions" => &["aria-label"],
            "reply-time" => &["title"],
            _ => return Some(element),
        };
        become_a(parts, parts.tag, without);
        Some(element)
    })
}

fn value<'a>(parts: &'a Parts, name: &str) -> Option<&'a str> {
    parts.attributes.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
}

fn has(view: &View, name: &str) -> bool {
    view.element().is_some_and(|element| value(element, name).is_some())
}

fn become_a(parts: &mut Parts, tag: &'static str, without: &[&str]) {
    parts.tag = tag;
    parts.attributes.retain(|(name, _)| !without.contains(name));
    parts.live.retain(|(name, _)| !without.contains(name));
}

/// Only what is on the button stays.
fn unwrap_button(parts: &mut Parts) {
    let children = std::mem::take(&mut parts.children);
    parts.children = children
        .into_iter()
        .flat_map(|mut child| match child.element_mut() {
            Some(button) if button.tag == "button" => std::mem::take(&mut button.children),
            _ => vec![child],
        })
        .collect();
}
