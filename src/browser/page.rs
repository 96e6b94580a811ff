//! The page around the widget: its address, its clock, what it shows and where its focus is.
//!
//! `page.js` has the functions that are bound here.

use std::ops::Range;

use afterword_contract::Json;
use wasm_bindgen::prelude::*;
use web_sys::{Element, HtmlElement, Text};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = Date, js_name = now)]
    fn date_now() -> f64;

    /// An element of HTML's that stands nowhere yet.
    #[wasm_bindgen(js_namespace = document, js_name = createElement)]
    pub(crate) fn new_element(tag: &str) -> Element;

    /// A text that stands nowhere yet.
    #[wasm_bindgen(js_namespace = document, js_name = createTextNode)]
    pub(crate) fn new_text(text: &str) -> Text;

    #[wasm_bindgen(js_name = requestAnimationFrame)]
    fn request_animation_frame(work: &JsValue);

    #[wasm_bindgen(js_name = queueMicrotask)]
    fn queue_microtask(work: &JsValue);

    #[wasm_bindgen(js_name = whenSeen)]
    fn when_seen_js(work: &JsValue);

    /// Whether the browser says that there is a network.
    #[wasm_bindgen(js_name = isOnline)]
    pub(crate) fn is_online() -> bool;

    #[wasm_bindgen(js_name = addressedFragment)]
    fn addressed_fragment() -> Option<String>;

    /// Lets the page's address name a fragment, as a new entry of the history. A page that may not write its history
    /// keeps its address.
    #[wasm_bindgen(js_name = writeAddress)]
    pub(crate) fn write_address(fragment: &str);

    /// The page's address, without a fragment.
    #[wasm_bindgen(js_name = pageAddress)]
    pub(crate) fn address() -> String;

    /// The page's title, which may be empty.
    #[wasm_bindgen(js_name = pageTitle)]
    pub(crate) fn title() -> String;

    /// What must not lose the focus to the widget around `base`: any element outside of it, and inside a field in which
    /// the reader may be writing. None where no element has the focus in particular.
    #[wasm_bindgen(js_name = busyAt)]
    pub(crate) fn busy_at(base: &HtmlElement) -> Option<Element>;

    /// What has the focus while something is asked for: whoever still has it when the answer comes waits for that. A
    /// field of the host page waits for nothing of ours.
    #[wasm_bindgen(js_name = askingAt)]
    pub(crate) fn asking_at(base: &HtmlElement) -> Option<Element>;

    /// An element beside `base` in its shadow tree, by its id.
    #[wasm_bindgen(js_name = findBeside)]
    pub(crate) fn find(base: &HtmlElement, id: &str) -> Option<HtmlElement>;

    /// The element at a place, from 0, among those that a selector finds in `base`.
    #[wasm_bindgen(js_name = nthWithin)]
    pub(crate) fn nth(base: &HtmlElement, selector: &str, place: usize) -> Option<HtmlElement>;

    #[wasm_bindgen(js_name = scrollInto)]
    fn scroll_into(element: &HtmlElement, block: &str);

    /// Moves the focus, and nothing else.
    #[wasm_bindgen(js_name = focusOn)]
    pub(crate) fn focus(element: &HtmlElement);

    /// Another text stands in a field in which people write. With it there is nothing to undo.
    #[wasm_bindgen(js_name = showText)]
    pub(crate) fn show_text(field: &Element, text: &str);

    /// The text in a field is this now, as if what is new in it had been typed: it can be undone. The focus is there.
    #[wasm_bindgen(js_name = writeIn)]
    pub(crate) fn write(field: &HtmlElement, text: &str);

    /// A text that nobody else has.
    #[wasm_bindgen(js_name = freshKey)]
    pub(crate) fn fresh_key() -> String;

    #[wasm_bindgen(js_name = edgeOf)]
    fn edge_of(field: &HtmlElement, name: &str) -> usize;

    #[wasm_bindgen(js_name = selectIn)]
    fn select_in(field: &HtmlElement, start: usize, end: usize);

    #[wasm_bindgen(js_name = tellHost)]
    fn tell_host(element: &HtmlElement, name: &str, detail: &str);

    /// Text as it may stand in a query.
    #[wasm_bindgen(js_name = encodeURIComponent)]
    pub(crate) fn encode(text: &str) -> String;
}

/// Milliseconds since 1970.
pub(crate) fn now() -> i64 {
    date_now() as i64
}

/// The reply that the page's address names: `4` for `#reply-4` where the anchor is empty.
pub(crate) fn addressed_reply(anchor: &str) -> Option<u32> {
    reply_number(addressed_fragment()?.strip_prefix('#')?, anchor)
}

/// The number in the id of a reply's article.
pub(crate) fn reply_number(id: &str, anchor: &str) -> Option<u32> {
    id.strip_prefix(anchor)?.strip_prefix("reply-")?.parse().ok()
}

/// Does something as soon as what is being done is done.
pub(crate) fn soon(work: impl FnOnce() + 'static) {
    queue_microtask(&once(Box::new(work)));
}

/// Does something once the page is drawn as it now stands.
pub(crate) fn when_drawn(work: impl FnOnce() + 'static) {
    request_animation_frame(&once(Box::new(work)));
}

/// Does something once the page is seen as it now stands, or soon where nobody looks at it and it has no frames.
pub(crate) fn when_seen(work: impl FnOnce() + 'static) {
    when_seen_js(&once(Box::new(work)));
}

/// Boxed, so that what surrounds it is compiled once.
#[inline(never)]
pub(crate) fn once(work: Box<dyn FnOnce()>) -> JsValue {
    Closure::once_into_js(work)
}

/// Brings an element to the top of what is seen. Where it goes is the reader's wish, so it goes there at once.
pub(crate) fn scroll_to(element: &HtmlElement) {
    scroll_into(element, "start");
}

/// Moves the page no further than it takes to see an element.
pub(crate) fn bring_into_view(element: &HtmlElement) {
    scroll_into(element, "nearest");
}

/// What is selected in a field, in units of UTF-16.
pub(crate) fn selection(field: &HtmlElement) -> Range<usize> {
    edge_of(field, "selectionStart")..edge_of(field, "selectionEnd")
}

/// Selects a part of a field.
pub(crate) fn select(field: &HtmlElement, part: &Range<usize>) {
    select_in(field, part.start, part.end);
}

/// Sends an event from the element to the host page: it bubbles and crosses shadow roots.
pub(crate) fn tell(element: &HtmlElement, name: &str, detail: &Json) {
    tell_host(element, name, &detail.text());
}
