//! What the reader has selected in a reply's text, and where on the page that is.
//!
//! Places are counted as `afterword_markup::cut` counts them. Engines differ in how they tell of a selection inside a
//! shadow tree: <https://developer.mozilla.org/docs/Web/API/Selection/getComposedRanges>.

use js_sys::{Array, Function, Object, Reflect};
use wasm_bindgen::prelude::*;
use web_sys::{DomRect, Element, HtmlElement, Node, Range, ShadowRoot};

/// What stands in a reply's text and is not the reply's: the view's own words.
const OURS: &str = r#"[part~="quote-attribution"],[part~="quote-summary"],[data-words]"#;

/// Selected text.
pub(crate) struct Selected {
    /// Its reply's article.
    pub(crate) reply: HtmlElement,
    /// Where it begins and ends in that reply's text.
    pub(crate) span: (usize, usize),
    /// Where it is seen.
    pub(crate) seen: DomRect,
}

/// What is selected in the text of one reply within `base`; of several, in the first.
pub(crate) fn selected(base: &HtmlElement) -> Option<Selected> {
    let root: ShadowRoot = base.get_root_node().dyn_into().ok()?;
    let bounds = bounds(&root)?;
    let end = |node: &str, offset: &str| {
        let node: Node = get(&bounds, node)?.dyn_into().ok()?;
        Some((node, get(&bounds, offset)?.as_f64()? as u32))
    };
    let (start, end) = (end("startContainer", "startOffset")?, end("endContainer", "endOffset")?);
    if start == end || !base.contains(Some(&start.0)) {
        return None;
    }
    let element = start.0.dyn_ref::<Element>().cloned().or_else(|| start.0.parent_element())?;
    let reply: HtmlElement = element.closest(r#"[part~="reply"]"#).ok()??.dyn_into().ok()?;
    let body = reply.query_selector(r#"[part~="reply-body"]"#).ok()??;
    let range = base.owner_document()?.create_range().ok()?;
    let span = (place(&range, &body, &start)?, place(&range, &body, &end)?);
    if range.compare_point(&start.0, start.1) == Ok(0) {
        range.set_start(&start.0, start.1).ok()?;
    }
    let seen = range.get_bounding_client_rect();
    (span.0 < span.1).then(|| Selected { reply, span, seen })
}

/// The selection's ends, from the engine that has it: composed ranges where there are any, and before them the
/// selection of the shadow tree (Chromium) or of the page (Firefox).
fn bounds(root: &ShadowRoot) -> Option<JsValue> {
    let document = root.owner_document()?;
    let selection = call(&document, "getSelection", &Array::new())?;
    let options = Object::new();
    Reflect::set(&options, &"shadowRoots".into(), &Array::of1(root)).ok()?;
    let composed = call(&selection, "getComposedRanges", &Array::of1(&options))
        .or_else(|| call(&selection, "getComposedRanges", &Array::of1(root)));
    match composed {
        Some(ranges) => Some(Array::from(&ranges).get(0)).filter(JsValue::is_object),
        None => {
            let own = call(root, "getSelection", &Array::new());
            call(&own.unwrap_or(selection), "getRangeAt", &Array::of1(&0.into()))
        }
    }
}

/// Where in the text of `body` an end of the selection stands; `range` then reaches from the text's beginning to it.
fn place(range: &Range, body: &Element, (node, offset): &(Node, u32)) -> Option<usize> {
    range.select_node_contents(body).ok()?;
    match range.compare_point(node, *offset).ok()? {
        0 => range.set_end(node, *offset).ok()?,
        before if before < 0 => return Some(0),
        _ => {}
    }
    let before = range.clone_contents().ok()?;
    let ours = before.query_selector_all(OURS).ok()?;
    for index in 0..ours.length() {
        if let Some(words) = ours.item(index)
            && let Some(parent) = words.parent_node()
        {
            parent.remove_child(&words).ok()?;
        }
    }
    Some(before.text_content().unwrap_or_default().encode_utf16().count())
}

/// Says to the sheet where in `around` something is seen: below it, from its left edge.
pub(crate) fn point_at(around: &HtmlElement, seen: &DomRect) {
    let box_ = around.get_bounding_client_rect();
    let style = around.style();
    for (name, length) in [("--_x", seen.left() - box_.left()), ("--_y", seen.bottom() - box_.top())] {
        // Whole ones: to write fractions would cost the module more than all of this.
        let _ = style.set_property(name, &[&(length as i32).to_string(), "px"].concat());
    }
}

/// What a method answers; nothing where there is none, or it refuses.
fn call(object: &JsValue, method: &str, arguments: &Array) -> Option<JsValue> {
    let method: Function = get(object, method)?.dyn_into().ok()?;
    method.apply(object, arguments).ok().filter(JsValue::is_object)
}

fn get(object: &JsValue, key: &str) -> Option<JsValue> {
    Reflect::get(object, &key.into()).ok()
}
