//! What the backend is asked over HTTP, and as whom. `asker.js` has what is bound here.

use afterword_contract::Json;
use gloo_net::http::Headers;
use wasm_bindgen::prelude::*;

use super::Call;
use crate::browser::page;

#[wasm_bindgen]
extern "C" {
    /// The questions of one widget.
    pub(crate) type Asker;

    /// `host` is the custom element. `first` is a request that was sent before the module ran: `{url, response}`. A
    /// guest is kept for `api`.
    #[wasm_bindgen(constructor)]
    pub(crate) fn new(host: &JsValue, api: &str, first: &JsValue) -> Asker;

    #[wasm_bindgen(method)]
    fn ask(
        this: &Asker,
        url: &str,
        method: &str,
        headers: JsValue,
        body: Option<&str>,
        identity: u8,
        done: &JsValue,
    );

    /// The viewer is this guest from now on: a `Guest` as JSON.
    #[wasm_bindgen(method, js_name = keepGuest)]
    pub(crate) fn keep_guest(this: &Asker, guest: &str);

    #[wasm_bindgen(method, js_name = whenSeen)]
    fn when_seen_js(this: &Asker, ask: &JsValue);

    /// Ends all that is only read; what waits to be sent is sent before.
    #[wasm_bindgen(method)]
    pub(crate) fn abort(this: &Asker);

    /// From now on what caches hold is older than what the viewer has seen, for a while.
    #[wasm_bindgen(js_name = beginStaleness)]
    pub(crate) fn begin_staleness();
}

impl Asker {
    /// Does what asks once the page is seen as it now stands, and at once where page or widget go before that.
    pub(crate) fn when_seen(&self, ask: Box<dyn FnOnce()>) {
        self.when_seen_js(&page::once(ask));
    }

    /// Asks once. `done` hears the status, after how many seconds another attempt makes sense where the backend says
    /// so, and the text; where there is no answer, 0 and the name of the browser's error, or `SignInNeeded` where
    /// nobody is known and the call makes no sense without.
    pub(crate) fn asked(&self, call: &Call, done: impl FnOnce(u16, Option<u32>, String) + 'static) {
        let Call { method, url, token, header, body } = call;
        let body = body.as_ref().map(Json::text);
        let headers = Headers::new();
        if let Some((name, value)) = header {
            // A revision that not every header can say, of a backend that keeps no contract.
            if !value.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
                return page::soon(move || done(0, None, "TypeError".to_owned()));
            }
            headers.set(name, value);
        }
        if body.is_some() {
            headers.set("Content-Type", "application/json");
        }
        let done = Closure::once_into_js(done);
        self.ask(url, method, headers.into_raw().into(), body.as_deref(), *token as u8, &done);
    }
}
