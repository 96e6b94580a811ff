//! The world as a browser: carries out commands by HTTP, the page's address, scrolling, focus and events.

use std::cell::RefCell;
use std::rc::Rc;

use afterword_markup::{Document, Names};
use js_sys::Function;
use leptos::task::spawn_local;
use wasm_bindgen::JsValue;
use web_sys::{Element, HtmlElement};

use crate::api::{self, Answer, FirstAnswer, HttpBackend};
use crate::browser::{html, page};
use crate::store::{Store, World};
use crate::thread::{Command, Event, Failure, HostEvent, Query, RequestId};

/// What an answer means to the thread; nothing, where a failure changes nothing.
type Interpret = dyn FnOnce(Result<Answer, Failure>) -> Option<Event>;

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

    fn fetch_page(&self, store: Store, request: RequestId, query: &Query) {
        let event = move |answer: Result<Answer, Failure>| {
            Some(match answer.and_then(|answer| api::page(&answer)) {
                Ok(page) => Event::PageLoaded { request, page: Box::new(page) },
                Err(failure) => Event::PageFailed { request, failure },
            })
        };
        self.ask(store, api::page_url(&store.config(), query), Box::new(event));
    }

    fn fetch_viewer(&self, store: Store) {
        let event = |answer: Result<Answer, Failure>| {
            let viewer = answer.and_then(|answer| api::decode(&answer)).ok()?;
            Some(Event::ViewerLoaded(Box::new(viewer)))
        };
        if let Some(url) = api::viewer_url(&store.config()) {
            self.ask(store, url, Box::new(event));
        }
    }

    /// Asks the backend; the answer is the next event. Not generic, so that waiting is compiled once.
    fn ask(&self, store: Store, url: String, event: Box<Interpret>) {
        let backend = Rc::clone(&self.backend);
        let from = page::focus_elsewhere(&self.base);
        let asked_from = Rc::clone(&self.asked_from);
        spawn_local(async move {
            if let Some(event) = event(backend.get(url).await) {
                asked_from.replace(Some(from));
                store.dispatch(event);
                asked_from.replace(None);
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

    /// Moves the page and not the focus: somebody may be typing.
    fn show_notice(&self) {
        let base = self.base.clone();
        page::when_drawn(move || {
            if let Some(notice) = page::nth(&base, r#"[part~="notice"][data-kind="error"]"#, 0) {
                page::bring_into_view(&notice);
            }
        });
    }

    fn focus_place(&self, place: usize) {
        self.move_reader(move |base| {
            if let Some(article) = page::nth(base, r#"[part~="reply"]"#, place) {
                page::bring_into_view(&article);
                page::focus(&article);
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
            Command::FetchPage { request, query } => self.fetch_page(store, request, &query),
            Command::FetchViewer => self.fetch_viewer(store),
            Command::ShowReply { number } => self.show_reply(reply_fragment(store, number)),
            Command::ShowNotice => self.show_notice(),
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
    [&store.config().anchor, "reply-", &number.to_string()].concat()
}
