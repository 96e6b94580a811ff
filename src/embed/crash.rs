//! What happens when the module panics: a fault of ours. The loader is told once, and starts a fresh module.
//!
//! A panic leaves every widget of this module dead, so what it needs belongs to the module, like the hook itself.
//! Only the place in the source is told: sentences for panics are most of what a panic weighs, and `xtask/src/shrink.rs`
//! takes them out of the module and lets whatever panics call [`died`].

use std::cell::RefCell;
use std::panic::Location;

use js_sys::Function;
use wasm_bindgen::JsValue;

thread_local! {
    static CRASHED: RefCell<Option<Function>> = const { RefCell::new(None) };
}

/// From now on `crashed` hears, as a sentence for developers, where the module panicked.
pub(super) fn report(crashed: Option<Function>) {
    let Some(crashed) = crashed else { return };
    CRASHED.with_borrow_mut(|known| *known = Some(crashed));
    std::panic::set_hook(Box::new(|panic| died(panic.location())));
}

/// Found by this name when the module is made smaller, so it must not be inlined.
#[inline(never)]
fn died(at: Option<&Location<'_>>) {
    let place = at.map_or("an unknown place", Location::file);
    let line = at.map_or(0, Location::line).to_string();
    let sentence = ["panicked at ", place, ":", &line].concat();
    // While it is reported, it can be reported no second time.
    if let Ok(Some(crashed)) = CRASHED.with(|known| known.try_borrow_mut().map(|mut known| known.take())) {
        let _ = crashed.call1(&JsValue::UNDEFINED, &sentence.into());
    }
}
