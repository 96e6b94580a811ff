//! By what a backend knows the viewer: the host page's token, asked for at each use, or a guest's, which is kept for
//! this backend. Nothing else ever holds one.

use std::cell::RefCell;

use afterword_contract::Guest;
use js_sys::{Function, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::HtmlElement;

use super::request::Promised;
use super::{json, storage};

/// Where tokens come from.
pub(crate) struct Tokens {
    /// Its property `getToken` is the host page's.
    element: HtmlElement,
    /// Under which the guest is kept.
    key: String,
    /// The guest of this page, for a browser that keeps nothing.
    guest: RefCell<Option<String>>,
}

impl Tokens {
    /// The tokens for a backend.
    pub(crate) fn new(element: HtmlElement, api: &str) -> Self {
        Self { element, key: ["afterword:guest:", api].concat(), guest: RefCell::default() }
    }

    /// The token to use now. The page hears which one was refused, if one was.
    pub(crate) async fn current(&self, refused: Option<&str>) -> Option<String> {
        let refused = refused.map_or(JsValue::UNDEFINED, JsValue::from_str);
        let function = Reflect::get(&self.element, &"getToken".into()).ok()?.dyn_into::<Function>();
        if let Ok(function) = function
            && let Ok(promise) = function.call1(&self.element, &refused)
            && let Ok(value) = Promised::of(&promise).value().await
            && let Some(token) = value.as_string().filter(|token| !token.is_empty())
        {
            return Some(token);
        }
        self.guest()
    }

    /// The viewer is this guest from now on.
    pub(crate) fn keep_guest(&self, guest: &Guest) {
        self.guest.replace(Some(guest.token.clone()));
        storage::keep(&self.key, &guest.to_json().text());
    }

    /// The backend knows this token no longer. If it is the guest's, they are nobody from now on; the page's own
    /// tokens, and one that was the guest's before, say nothing of them.
    pub(crate) fn refuse(&self, token: &str) {
        if self.guest().as_deref() == Some(token) {
            self.guest.replace(None);
            storage::drop(&self.key);
        }
    }

    fn guest(&self) -> Option<String> {
        let kept = || Guest::try_from(json::parse(&storage::find(&self.key)?)?).ok();
        self.guest.borrow().clone().or_else(|| kept().map(|guest| guest.token))
    }
}
