//! Views as HTML, for tests and for pages that are drawn before any script. What is live is written as it is now.

use super::element::{Element, Kind, View};

/// Elements that have no content, hence no end.
const VOID: [&str; 4] = ["br", "hr", "img", "input"];

impl View {
    /// The HTML of this view. Text and values are escaped, names of elements and attributes are ours.
    pub fn to_html(self) -> String {
        written(self, &Some)
    }
}

/// Makes another element of one before it is written, or none.
pub(super) type Change<'a> = &'a dyn Fn(Element) -> Option<Element>;

/// The HTML of a view whose elements are changed so.
pub(super) fn written(view: View, change: Change<'_>) -> String {
    let mut html = String::new();
    write(view, change, &mut html);
    html
}

fn write(view: View, change: Change<'_>, html: &mut String) {
    match view.kind() {
        Kind::Nothing => {}
        Kind::Text(text) => escape(&text, html),
        Kind::Element(element) => {
            if let Some(element) = change(element) {
                write_element(element, change, html);
            }
        }
        Kind::Live(mut draw) => write(draw.give(), change, html),
    }
}

fn write_element(element: Element, change: Change<'_>, html: &mut String) {
    let parts = *element.0;
    html.extend(["<", parts.tag]);
    let live = parts.live.into_iter().filter_map(|(name, mut value)| Some((name, value.give()?)));
    for (name, value) in parts.attributes.into_iter().chain(live) {
        html.extend([" ", name, "=\""]);
        escape(&value, html);
        html.push('"');
    }
    // Of the properties HTML knows what a field holds; what a `select` does, its options say.
    let held = parts.props.into_iter().find(|(name, value)| *name == "value" && !value.is_empty());
    let held = held.map(|(_, value)| value).unwrap_or_default();
    if parts.tag == "input" && !held.is_empty() {
        html.push_str(" value=\"");
        escape(&held, html);
        html.push('"');
    }
    html.push('>');
    if parts.tag == "textarea" && !held.is_empty() {
        // The first line break of a text area is not part of its text.
        html.push('\n');
        escape(&held, html);
    }
    if VOID.contains(&parts.tag) {
        return;
    }
    for child in parts.children {
        write(child, change, html);
    }
    if let Some(mut replies) = parts.replies {
        for id in replies.ids.give() {
            write(replies.draw.draw(id), change, html);
        }
    }
    html.extend(["</", parts.tag, ">"]);
}

fn escape(text: &str, html: &mut String) {
    for character in text.chars() {
        match character {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            other => html.push(other),
        }
    }
}
