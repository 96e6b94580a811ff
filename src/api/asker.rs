//! What the backend is asked over HTTP, and as whom. `asker.js` has what is bound here.

use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// The questions of one widget.
    pub(crate) type Asker;

    /// `host` is the custom element. `first` is a request that was sent before the module ran: `{url, response}`. A
    /// guest is kept for `api`.
    #[wasm_bindgen(constructor)]
    pub(crate) fn new(host: &JsValue, api: &str, first: &JsValue) -> Asker;

    #[wasm_bindgen(method)]
    fn ask(this: &Asker, url: &str, init: &str, identity: u8, done: &JsValue);

    /// The viewer is this guest from now on: a `Guest` as JSON.
    #[wasm_bindgen(method, js_name = keepGuest)]
    pub(crate) fn keep_guest(this: &Asker, guest: &str);

    /// Ends everything that is on the way.
    #[wasm_bindgen(method)]
    pub(crate) fn abort(this: &Asker);

    /// From now on what caches hold is older than what the viewer has seen, for a while.
    #[wasm_bindgen(js_name = beginStaleness)]
    pub(crate) fn begin_staleness();
}

impl Asker {
    /// Asks once. `done` hears the status, after how many seconds another attempt makes sense where the backend says
    /// so, and the text; where there is no answer, 0 and the name of the browser's error. `init` is what `fetch`
    /// takes, as JSON. `identity` is 0 for a call that does not say who asks, 1 for one that does where there is a
    /// token, 2 for one that makes no sense without: then the error's name is `SignInNeeded`.
    pub(crate) fn asked(
        &self,
        url: &str,
        init: &str,
        identity: u8,
        done: impl FnOnce(u16, Option<u32>, String) + 'static,
    ) {
        self.ask(url, init, identity, &Closure::once_into_js(done));
    }
}
