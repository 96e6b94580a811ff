//! Views as HTML, for tests and for pages that are drawn before any script. What is live is written as it is now.

use super::element::{Element, View};
use super::plain::Page;

/// Elements that have no content, hence no end.
const VOID: [&str; 4] = ["br", "hr", "img", "input"];

impl View {
    /// The HTML of this view. Text and values are escaped, names of elements and attributes are ours.
    pub fn to_html(self) -> String {
        written(self, None)
    }
}

/// The HTML of a view, on a page without scripts if there is one.
pub(super) fn written(view: View, page: Option<&Page<'_>>) -> String {
    let mut html = String::new();
    write(view, page, &mut html);
    html
}

fn write(view: View, page: Option<&Page<'_>>, html: &mut String) {
    match view {
        View::Nothing => {}
        View::Text(text) => escape(&text, html),
        View::Element(element) => {
            let element = match page {
                Some(page) => page.without_scripts(element),
                None => Some(element),
            };
            if let Some(element) = element {
                write_element(element, page, html);
            }
        }
        View::Live(mut draw) => write(draw.give(), page, html),
    }
}

fn write_element(element: Element, page: Option<&Page<'_>>, html: &mut String) {
    let parts = *element.0;
    html.extend(["<", parts.tag]);
    let live = parts.live.into_iter().filter_map(|(name, mut value)| Some((name, value.give()?)));
    for (name, value) in parts.attributes.into_iter().chain(live) {
        // Where there are scripts, embed.js gives each part its class, which is what our sheets know.
        let name = if page.is_some() && name == "part" { "class" } else { name };
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
        write(child, page, html);
    }
    if let Some(mut replies) = parts.replies {
        for id in replies.ids.give() {
            write(replies.draw.draw(id), page, html);
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
