//! What the reader has selected in a reply's text. `selection.js` has the function that is bound here.

use js_sys::Array;
use wasm_bindgen::prelude::*;
use web_sys::HtmlElement;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = selectedIn)]
    fn selected_in(base: &HtmlElement, anchor: &str) -> Option<Array>;
}

/// What is selected in the text of one reply within `base`; of several, in the first: the id of its article, and where
/// in its text that begins and ends. The sheet knows from now on where that is seen.
pub(crate) fn selected(base: &HtmlElement, anchor: &str) -> Option<(String, usize, usize)> {
    let selected = selected_in(base, anchor)?;
    let place = |index| Some(selected.get(index).as_f64()? as usize);
    Some((selected.get(0).as_string()?, place(1)?, place(2)?))
}
