//! The world as a browser: carries out commands by HTTP, the page's address, scrolling, focus and events.

use std::cell::RefCell;
use std::rc::Rc;

use afterword_contract::Viewer;
use afterword_markup::{Document, Names};
use js_sys::Function;
use leptos::task::spawn_local;
use wasm_bindgen::JsValue;
use web_sys::{Element, HtmlElement};

use crate::api::{FirstAnswer, HttpBackend};
use crate::browser::{html, page};
use crate::store::{Store, World};
use crate::thread::{Command, Event, HostEvent, Query, RequestId};

/// One widget's place on a page.
pub(crate) struct BrowserWorld {
    /// The custom element, from which the host hears.
    element: HtmlElement,
    /// The part of its shadow tree that is ours.
    base: HtmlElement,
    backend: Rc<HttpBackend>,
    trust: Option<Function>,
    /// While an answer is taken in: where the focus was when its request was sent.
    asked_from: Rc<RefCell<Option<Elsewhere>>>,
}

/// What has the focus outside the widget, if anything does.
type Elsewhere = Option<Element>;

impl BrowserWorld {
    pub(crate) fn new(
        element: HtmlElement,
        base: HtmlElement,
        first: Option<FirstAnswer>,
        trust: Option<Function>,
    ) -> Self {
        let backend = Rc::new(HttpBackend::new(first));
        Self { element, base, backend, trust, asked_from: Rc::default() }
    }

    fn fetch_page(&self, store: Store, request: RequestId, query: Query) {
        let backend = Rc::clone(&self.backend);
        let config = store.config();
        let from = page::focus_elsewhere(&self.base);
        let asked_from = Rc::clone(&self.asked_from);
        spawn_local(async move {
            let event = match backend.page(&config, &query).await {
                Ok(page) => Event::PageLoaded { request, page: Box::new(page) },
                Err(failure) => Event::PageFailed { request, failure },
            };
            asked_from.replace(Some(from));
            store.dispatch(event);
            asked_from.replace(None);
        });
    }

    fn fetch_viewer(&self, store: Store) {
        let backend = Rc::clone(&self.backend);
        let config = store.config();
        spawn_local(async move {
            let viewer: Result<Viewer, _> = backend.viewer(&config).await;
            if let Ok(viewer) = viewer {
                store.dispatch(Event::ViewerLoaded(Box::new(viewer)));
            }
        });
    }

    fn show_reply(&self, id: String) {
        self.move_reader(move |base| {
            if let Some(article) = page::find(base, &id) {
                page::scroll_to(&article);
                page::focus(&article);
            }
        });
    }

    fn focus_place(&self, place: usize) {
        self.move_reader(move |base| {
            if let Some(article) = page::article(base, place) {
                page::focus_in_view(&article);
            }
        });
    }

    /// Moves focus and view once the page is drawn; not for a reader who has meanwhile gone elsewhere on the page,
    /// and may be typing there. Where they asked from, a link or a button of the page, they are still waiting.
    fn move_reader(&self, there: impl FnOnce(&HtmlElement) + 'static) {
        let base = self.base.clone();
        let from = self.asked_from.borrow().clone().unwrap_or_else(|| page::focus_elsewhere(&base));
        page::when_drawn(move || {
            let now = page::focus_elsewhere(&base);
            if now.is_none() || now == from {
                there(&base);
            }
        });
    }

    fn tell(&self, store: Store, event: HostEvent) {
        let thread = ("thread", JsValue::from(store.config().thread.as_str()));
        match event {
            HostEvent::Ready { total } => {
                page::tell(&self.element, "afterword-ready", &[thread, ("total", total.into())]);
            }
            HostEvent::CountChanged { total } => {
                page::tell(&self.element, "afterword-count-changed", &[thread, ("total", total.into())]);
            }
            HostEvent::Failed(failure) => {
                let message = JsValue::from(store.messages().failure(&failure));
                let detail = [thread, ("reason", "request".into()), ("message", message)];
                page::tell(&self.element, "afterword-error", &detail);
            }
        }
    }
}

impl Drop for BrowserWorld {
    /// Nothing is loaded for a widget that is gone.
    fn drop(&mut self) {
        self.backend.abort();
    }
}

impl World for BrowserWorld {
    fn run(&self, store: Store, command: Command) {
        match command {
            Command::FetchPage { request, query } => self.fetch_page(store, request, query),
            Command::FetchViewer => self.fetch_viewer(store),
            Command::ShowReply { number } => self.show_reply(reply_fragment(store, number)),
            Command::FocusPlace { place } => self.focus_place(place),
            Command::WriteAddress { number } => page::write_address(&reply_fragment(store, number)),
            Command::TellHost(event) => self.tell(store, event),
            // Said by the views.
            Command::Announce(_) => {}
        }
    }

    fn parse_html(&self, source: &str, names: &Names) -> Document {
        html::parse_html(source, names, self.trust.as_ref())
    }
}

/// The fragment that names a reply on this page, which is also its article's id.
fn reply_fragment(store: Store, number: u32) -> String {
    format!("{}reply-{number}", store.config().anchor)
}
