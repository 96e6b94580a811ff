//! What an event of the page says, as far as views ask. `browser/events.js` has the functions that are bound here;
//! natively nothing happens, and nobody calls them.

use leptos::ev::Event;
use leptos::wasm_bindgen::prelude::*;

#[wasm_bindgen(wasm_bindgen = leptos::wasm_bindgen)]
extern "C" {
    /// The key, with those that are held beside it: `a`, `Escape`, `Control+Enter`, which is also the Mac's Command, or
    /// `Control+Alt+Shift+E`. Empty for what is no key, and for one that belongs to an input method.
    #[wasm_bindgen(js_name = keyOf)]
    pub(super) fn key(event: &Event) -> String;

    /// What now stands in the field in which it happened.
    #[wasm_bindgen(js_name = typedIn)]
    pub(super) fn typed(event: &Event) -> String;

    /// Keeps what is typed from the host page's shortcuts: outside the shadow root an event's target is our element, so
    /// the page cannot see that somebody is typing. Keys that are no text go on.
    #[wasm_bindgen(js_name = keepTyping)]
    pub(super) fn keep_typing(event: &Event);

    /// Whether a click asks for a new tab, a new window or a download.
    #[wasm_bindgen(js_name = wantsElsewhere)]
    pub(super) fn wants_elsewhere(event: &Event) -> bool;
}

/// Nobody else is to act on the event.
pub(super) fn take(event: &Event) {
    event.prevent_default();
    event.stop_propagation();
}
