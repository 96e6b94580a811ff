//! The page around the widget: its address, its clock, what it shows and where its focus is.

use std::ops::Range;

use js_sys::{Object, Reflect};
use wasm_bindgen::prelude::*;
use web_sys::{
    CustomEvent, CustomEventInit, Element, FocusOptions, HtmlElement, ScrollIntoViewOptions,
    ScrollLogicalPosition, ShadowRoot,
};

/// Milliseconds since 1970.
pub(crate) fn now() -> i64 {
    js_sys::Date::now() as i64
}

/// Whether the browser says that there is a network. In doubt there is.
pub(crate) fn is_online() -> bool {
    web_sys::window().is_none_or(|window| window.navigator().on_line())
}

/// The reply that the page's address names: `4` for `#reply-4` where the anchor is empty.
pub(crate) fn addressed_reply(anchor: &str) -> Option<u32> {
    let fragment = web_sys::window()?.location().hash().ok()?;
    // Browsers write the fragment percent-encoded; an anchor may be in any script.
    let fragment = String::from(js_sys::decode_uri_component(&fragment).ok()?);
    reply_number(fragment.strip_prefix('#')?, anchor)
}

/// The number in the id of a reply's article.
pub(crate) fn reply_number(id: &str, anchor: &str) -> Option<u32> {
    id.strip_prefix(anchor)?.strip_prefix("reply-")?.parse().ok()
}

/// Lets the page's address name a fragment, as a new entry of the history. The host's own state is kept, for
/// routers that rely on it; a page that may not write its history keeps its address.
pub(crate) fn write_address(fragment: &str) {
    let Some(window) = web_sys::window() else { return };
    let Ok(here) = window.location().href() else { return };
    // From the page's own address: a `<base href>` would make `#reply-4` name another page.
    let page = here.split('#').next().unwrap_or_default();
    let address = [page, "#", &String::from(js_sys::encode_uri(fragment))].concat();
    if here == address {
        return;
    }
    let Ok(history) = window.history() else { return };
    let state = history.state().unwrap_or(JsValue::NULL);
    let _ = history.push_state_with_url(&state, "", Some(&address));
}

/// Does something once the page is drawn as it now stands.
pub(crate) fn when_drawn(work: impl FnOnce() + 'static) {
    let callback = Closure::once_into_js(work);
    if let Some(window) = web_sys::window() {
        let _ = window.request_animation_frame(callback.unchecked_ref());
    }
}

/// Does something once the page is seen as it now stands, or soon where nobody looks at it and it has no frames.
pub(crate) fn when_seen(work: impl FnOnce() + 'static) {
    let work = Closure::once_into_js(work);
    let Some(window) = web_sys::window() else { return };
    let is_hidden = window.document().is_some_and(|document| document.hidden());
    // What is to be done in a frame is done before that is seen; a task comes after it.
    let then = move || {
        let _ = window.set_timeout_with_callback(work.unchecked_ref());
    };
    if is_hidden { then() } else { when_drawn(then) }
}

/// What must not lose the focus to the widget around `base`: any element outside of it, and inside a field in which
/// the reader may be writing. None where no element has the focus in particular.
pub(crate) fn busy_at(base: &HtmlElement) -> Option<Element> {
    let active = base.owner_document()?.active_element()?;
    let root: ShadowRoot = base.get_root_node().dyn_into().ok()?;
    if let Some(own) = root.active_element() {
        return Some(own).filter(is_field);
    }
    let nobodys = matches!(active.local_name().as_str(), "body" | "html");
    (!nobodys && root.host() != active).then_some(active)
}

/// What has the focus while something is asked for: whoever still has it when the answer comes waits for that. A
/// field of the host page waits for nothing of ours.
pub(crate) fn asking_at(base: &HtmlElement) -> Option<Element> {
    busy_at(base).filter(|active| base.get_root_node().contains(Some(active)) || !is_field(active))
}

/// Whether one writes in it. Nothing is written yet in a composer that is closed.
fn is_field(element: &Element) -> bool {
    let fields = "input,textarea:not([part~=composer-open]),select,[contenteditable]";
    element.matches(fields).unwrap_or_default()
}

/// An element beside `base` in its shadow tree, by its id.
pub(crate) fn find(base: &HtmlElement, id: &str) -> Option<HtmlElement> {
    let root: ShadowRoot = base.get_root_node().dyn_into().ok()?;
    root.get_element_by_id(id)?.dyn_into().ok()
}

/// The element at a place, from 0, among those that a selector finds in `base`.
pub(crate) fn nth(base: &HtmlElement, selector: &str, place: usize) -> Option<HtmlElement> {
    let found = base.query_selector_all(selector).ok()?;
    found.item(u32::try_from(place).ok()?)?.dyn_into().ok()
}

/// Brings an element to the top of what is seen. Where it goes is the reader's wish, so it goes there at once.
pub(crate) fn scroll_to(element: &HtmlElement) {
    let options = ScrollIntoViewOptions::new();
    options.set_block(ScrollLogicalPosition::Start);
    element.scroll_into_view_with_scroll_into_view_options(&options);
}

/// Moves the page no further than it takes to see an element.
pub(crate) fn bring_into_view(element: &HtmlElement) {
    let options = ScrollIntoViewOptions::new();
    options.set_block(ScrollLogicalPosition::Nearest);
    element.scroll_into_view_with_scroll_into_view_options(&options);
}

/// Moves the focus, and nothing else.
pub(crate) fn focus(element: &HtmlElement) {
    let options = FocusOptions::new();
    options.set_prevent_scroll(true);
    let _ = element.focus_with_options(&options);
}

/// The title and the address of the page.
pub(crate) fn reference() -> (Option<String>, Option<String>) {
    let Some(window) = web_sys::window() else { return (None, None) };
    let title = window.document().map(|document| document.title()).filter(|title| !title.is_empty());
    let address = window.location().href().ok();
    (title, address.and_then(|address| address.split('#').next().map(str::to_owned)))
}

/// A text that nobody else has.
pub(crate) fn fresh_key() -> String {
    let random = || ((js_sys::Math::random() * (1u64 << 53) as f64) as u64).to_string();
    [&*random(), "-", &*random()].concat()
}

/// What is selected in a field, in units of UTF-16.
pub(crate) fn selection(field: &HtmlElement) -> Range<usize> {
    let place = |name: &str| {
        let place = Reflect::get(field, &name.into()).ok().and_then(|place| place.as_f64());
        place.unwrap_or_default() as usize
    };
    place("selectionStart")..place("selectionEnd")
}

/// Selects a part of a field.
pub(crate) fn select(field: &HtmlElement, part: &Range<usize>) {
    let set = |name: &str, place: usize| Reflect::set(field, &name.into(), &(place as f64).into());
    let _ = set("selectionStart", part.start);
    let _ = set("selectionEnd", part.end);
}

/// Sends an event from the element to the host page: it bubbles and crosses shadow roots.
pub(crate) fn tell(element: &HtmlElement, name: &str, detail: &[(&str, JsValue)]) {
    let data = Object::new();
    for (key, value) in detail {
        let _ = Reflect::set(&data, &(*key).into(), value);
    }
    let init = CustomEventInit::new();
    init.set_bubbles(true);
    init.set_composed(true);
    init.set_cancelable(true);
    init.set_detail(&data);
    if let Ok(event) = CustomEvent::new_with_event_init_dict(name, &init) {
        let _ = element.dispatch_event(&event);
    }
}

/// Text as it may stand in a query.
pub(crate) fn encode(text: &str) -> String {
    js_sys::encode_uri_component(text).into()
}
