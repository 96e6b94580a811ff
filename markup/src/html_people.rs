//! Names of people in the HTML of other systems: who is quoted, who is mentioned.

use crate::html::Node;
use crate::link::{Target, target};
use crate::names::squeeze;
use crate::{Names, Quote};

/// Names are looked for in this many nodes of an element and no more.
const NODES: usize = 32;
/// Longer names, in bytes, are none.
pub(crate) const LONGEST_NAME: usize = 256;

/// Reads the author of `quote`, and the source if there is a link to it, from the line above the quote.
pub(crate) fn attribute<N: Node>(node: &N, quote: &mut Quote) {
    walk(node, |inner| {
        if inner.name().is_some_and(|name| name == "a") {
            if let Some(Target::Reply(number)) = inner.attribute("href").and_then(|href| target(&href)) {
                quote.source.get_or_insert(number);
            }
            if quote.author.is_none() {
                quote.author = short_text(inner);
            }
        }
    });
    if quote.author.is_none()
        && let Some(mut name) = short_text(node)
    {
        // No link: the name stands before the last word ("said:").
        if let Some(end) = name.rfind(' ').filter(|_| name.ends_with(':')) {
            name.truncate(end);
        }
        quote.author = Some(name);
    }
}

/// The name, and the id if one is known or given, of the person whom an element mentions.
pub(crate) fn mentioned<N: Node>(node: &N, names: &Names) -> Option<(String, Option<String>)> {
    let written = short_text(node).and_then(|text| text.strip_prefix('@').map(str::to_owned));
    let name = written.or_else(|| node.attribute("data-username").map(|name| squeeze(&name)));
    let name = name.filter(|name| !name.is_empty() && name.len() <= LONGEST_NAME)?;
    let given = node.attribute("data-userid").filter(|id| !id.is_empty() && id.len() <= LONGEST_NAME);
    let person = names.get(&name).flatten().or(given);
    Some((name, person))
}

/// The text of a small element, gaps as single spaces; `None` if there is none or too much.
fn short_text<N: Node>(node: &N) -> Option<String> {
    let mut text = String::new();
    walk(node, |inner| {
        if let Some(part) = inner.text().filter(|part| part.len() <= LONGEST_NAME) {
            text.push_str(&part);
        }
    });
    let text = squeeze(&text);
    (!text.is_empty() && text.len() <= LONGEST_NAME).then_some(text)
}

/// Shows `visit` the first nodes within `node`, in reading order.
fn walk<N: Node>(node: &N, mut visit: impl FnMut(&N)) {
    let mut rest = node.children();
    rest.reverse();
    for _ in 0..NODES {
        let Some(inner) = rest.pop() else { return };
        visit(&inner);
        rest.extend(inner.children().into_iter().rev());
    }
}
