//! Event listeners and timers that end when they are dropped.

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::EventTarget;

/// A listener on something that outlives the widget.
pub(crate) struct Listener {
    target: EventTarget,
    event: &'static str,
    heard: Closure<dyn FnMut()>,
}

impl Listener {
    /// Calls `heard` at every `event` of `target`, until dropped.
    pub(crate) fn new(target: &EventTarget, event: &'static str, heard: impl FnMut() + 'static) -> Self {
        let heard = Closure::<dyn FnMut()>::new(heard);
        // A target that takes no listeners leaves us deaf, not broken.
        let _ = target.add_event_listener_with_callback(event, heard.as_ref().unchecked_ref());
        Self { target: target.clone(), event, heard }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let _ =
            self.target.remove_event_listener_with_callback(self.event, self.heard.as_ref().unchecked_ref());
    }
}

/// Something done again and again.
pub(crate) struct Interval {
    id: Option<i32>,
    _again: Closure<dyn FnMut()>,
}

impl Interval {
    /// Calls `again` every `millis` milliseconds, until dropped.
    pub(crate) fn new(millis: i32, again: impl FnMut() + 'static) -> Self {
        let again = Closure::<dyn FnMut()>::new(again);
        let id = web_sys::window().and_then(|window| {
            let callback = again.as_ref().unchecked_ref();
            window.set_interval_with_callback_and_timeout_and_arguments_0(callback, millis).ok()
        });
        Self { id, _again: again }
    }
}

impl Drop for Interval {
    fn drop(&mut self) {
        if let (Some(window), Some(id)) = (web_sys::window(), self.id) {
            window.clear_interval_with_handle(id);
        }
    }
}
