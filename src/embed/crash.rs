//! What happens when the module panics: a fault of ours. The loader is told once, and starts a fresh module.
//!
//! A panic leaves every widget of this module dead, so what it needs belongs to the module, like the hook itself.
//! Sentences for panics are most of what a panic weighs, and the names of source files the rest: `xtask/src/shrink.rs`
//! takes both out of the module that readers get, and lets whatever panics call [`died`] with a number.

use std::cell::RefCell;
use std::panic::Location;

use js_sys::Function;
use wasm_bindgen::JsValue;

use crate::text::concat;

thread_local! {
    static CRASHED: RefCell<Option<Function>> = const { RefCell::new(None) };
}

/// From now on `crashed` hears, as a sentence for developers, where the module panicked.
pub(super) fn report(crashed: Option<Function>) {
    let Some(crashed) = crashed else { return };
    CRASHED.with_borrow_mut(|known| *known = Some(crashed));
    std::panic::set_hook(Box::new(|panic| match panic.location() {
        Some(at) if cfg!(debug_assertions) => tell(&format!("panicked at {at}")),
        at => died(at.map_or(std::ptr::null(), std::ptr::from_ref)),
    }));
}

/// Found by this name when the module is made smaller, so it must not be inlined. By then `at` is no address any more,
/// but the line of `panics.txt` on which the place stands; 0: it is not known.
#[inline(never)]
fn died(at: *const Location<'_>) {
    tell(&concat(&["panicked at line ", &at.addr().to_string(), " of panics.txt"]));
}

fn tell(sentence: &str) {
    // While it is reported, it can be reported no second time.
    if let Ok(Some(crashed)) = CRASHED.with(|known| known.try_borrow_mut().map(|mut known| known.take())) {
        let _ = crashed.call1(&JsValue::UNDEFINED, &sentence.into());
    }
}
