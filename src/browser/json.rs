//! JSON read by the browser's own parser, which costs the module nothing, into the contract's tree.

use afterword_contract::Json;
use js_sys::{Array, JSON, Object};
use wasm_bindgen::{JsCast, JsValue};

/// Values are no deeper than this in anything the contract knows; deeper ones would exhaust the stack.
const DEPTH: u8 = 64;

/// The text as JSON; `None` where it is none, or nested beyond all reason.
pub(crate) fn parse(text: &str) -> Option<Json> {
    tree(&JSON::parse(text).ok()?, DEPTH)
}

/// Any value that a JSON parser gives. Numbers beyond 2^53 are no longer exact there and count as fractions.
fn tree(value: &JsValue, depth: u8) -> Option<Json> {
    let depth = depth.checked_sub(1)?;
    Some(if let Some(text) = value.as_string() {
        Json::Text(text)
    } else if let Some(number) = value.as_f64() {
        Json::from(number)
    } else if let Some(truth) = value.as_bool() {
        Json::Bool(truth)
    } else if let Some(list) = value.dyn_ref::<Array>() {
        let mut items = Vec::new();
        for item in list.iter() {
            items.push(tree(&item, depth)?);
        }
        Json::List(items)
    } else if let Some(object) = value.dyn_ref::<Object>() {
        let mut fields = Vec::new();
        for entry in Object::entries(object).iter() {
            let entry = Array::from(&entry);
            fields.push((entry.get(0).as_string().unwrap_or_default(), tree(&entry.get(1), depth)?));
        }
        Json::Object(fields)
    } else {
        Json::Null
    })
}
