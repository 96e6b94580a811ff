//! What surrounds a request: how it ends before its answer, and an answer that was asked for before we were here.

use js_sys::{Array, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortController, AbortSignal, Request, RequestCache, RequestCredentials, RequestInit, Response,
};

#[wasm_bindgen]
extern "C" {
    /// Missing in some browsers that can do everything else; then a request outlives its widget, and nothing more.
    #[wasm_bindgen(catch, js_namespace = AbortSignal, js_name = any)]
    fn any_of(signals: &Array) -> Result<AbortSignal, JsValue>;
}

/// After so many milliseconds without an answer a request is given up.
const PATIENCE: u32 = 30_000;

/// Ends all requests that carry its signal.
pub(crate) struct Ending(Option<AbortController>);

impl Default for Ending {
    fn default() -> Self {
        Self(AbortController::new().ok())
    }
}

impl Ending {
    /// Ends them now.
    pub(crate) fn end(&self) {
        if let Some(controller) = &self.0 {
            controller.abort();
        }
    }

    /// A request that ends with all others, or when patience does. No cookies and no other credentials travel
    /// with it; a `fresh` one asks caches nothing that the backend may know better. None where its address cannot be one.
    pub(crate) fn request(
        &self,
        method: &str,
        url: &str,
        headers: &[(&str, String)],
        body: Option<&str>,
        fresh: bool,
    ) -> Option<Request> {
        let init = RequestInit::new();
        init.set_method(method);
        if !headers.is_empty() {
            let names = Object::new();
            for (name, value) in headers {
                let _ = Reflect::set(&names, &(*name).into(), &value.into());
            }
            init.set_headers(&names);
        }
        if let Some(body) = body {
            init.set_body(&body.into());
        }
        init.set_credentials(RequestCredentials::Omit);
        if fresh {
            init.set_cache(RequestCache::NoCache);
        }
        init.set_signal(Some(&self.signal()));
        Request::new_with_str_and_init(url, &init).ok()
    }

    fn signal(&self) -> AbortSignal {
        let ends = Array::of1(&AbortSignal::timeout_with_u32(PATIENCE));
        if let Some(controller) = &self.0 {
            ends.push(&controller.signal());
        }
        any_of(&ends).unwrap_or_else(|_| AbortSignal::timeout_with_u32(PATIENCE))
    }
}

/// An answer on its way.
pub(crate) struct Promised(Promise);

impl Promised {
    /// From a promise of a `Response`; anything else is none.
    pub(crate) fn new(value: JsValue) -> Option<Self> {
        value.dyn_into().ok().map(Self)
    }

    /// Whatever a function of the page gives, now or later; nothing where that takes longer than patience lasts.
    pub(crate) fn of(value: &JsValue) -> Self {
        let late = Promise::new(&mut |resolve, _| {
            if let Some(window) = web_sys::window() {
                let _ =
                    window.set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, PATIENCE as i32);
            }
        });
        Self(Promise::race(&Array::of2(value, &late)))
    }

    /// What comes, or the name of the error that came instead.
    pub(crate) async fn value(self) -> Result<JsValue, String> {
        JsFuture::from(self.0).await.map_err(|error| {
            Reflect::get(&error, &"name".into()).ok().and_then(|name| name.as_string()).unwrap_or_default()
        })
    }

    /// The answer, or the name of the error that came instead.
    pub(crate) async fn arrived(self) -> Result<Response, String> {
        self.value().await?.dyn_into().map_err(|_| String::new())
    }
}
