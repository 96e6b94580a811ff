//! What surrounds a request: how it ends before its answer, and an answer that was asked for before we were here.

use js_sys::{Array, Promise};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, AbortSignal, RequestCredentials, Response};

/// After so many milliseconds without an answer a request is given up.
const PATIENCE: u32 = 30_000;

/// No cookies and no other credentials travel with a request.
pub(crate) const OMIT: RequestCredentials = RequestCredentials::Omit;

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

    /// A signal for one request: it ends with all others, or when patience does.
    pub(crate) fn signal(&self) -> AbortSignal {
        let ends = Array::of1(&AbortSignal::timeout_with_u32(PATIENCE));
        if let Some(controller) = &self.0 {
            ends.push(&controller.signal());
        }
        AbortSignal::any(&ends)
    }
}

/// An answer on its way.
pub(crate) struct Promised(Promise);

impl Promised {
    /// From a promise of a `Response`; anything else is none.
    pub(crate) fn new(value: wasm_bindgen::JsValue) -> Option<Self> {
        value.dyn_into().ok().map(Self)
    }

    /// The answer, unless the request did not get through.
    pub(crate) async fn arrived(self) -> Option<Response> {
        JsFuture::from(self.0).await.ok()?.dyn_into().ok()
    }
}
