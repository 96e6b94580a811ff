//! What the browser keeps for this page's origin. It may refuse (a setting, a private window, no room), at any time.
//!
//! `page.js` has the functions that are bound here.

use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// What is kept under a key.
    #[wasm_bindgen(js_name = findKept)]
    pub(crate) fn find(key: &str) -> Option<String>;

    /// Keeps something; false where that is refused.
    #[wasm_bindgen(js_name = keepUnder)]
    pub(crate) fn keep(key: &str, value: &str) -> bool;

    /// Forgets what is kept under a key.
    #[wasm_bindgen(js_name = dropKept)]
    pub(crate) fn drop(key: &str);
}
