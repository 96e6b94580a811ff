//! The door between the page and the widget: what `embed.js` calls.
//!
//! `embed.js` (beside this file's folder) defines the element, loads this module and owns how things look;
//! here the attributes become a configuration, the views are mounted, and a handle goes back. What happens on the
//! page comes in by the handle: nothing here listens to the window or has a timer, so a module that died has none.

mod crash;
mod world;

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use afterword_contract::{Feature, ThreadPage, read_into};
use any_spawner::{CustomExecutor, Executor, PinnedFuture};
use js_sys::{Function, Reflect};
use leptos::prelude::Owner;
use send_wrapper::SendWrapper;
use wasm_bindgen::prelude::*;
use web_sys::HtmlElement;

use crate::api::{self, begin_staleness};
use crate::browser::intl::BrowserLocale;
use crate::browser::{json, page, selection};
use crate::config::RawConfig;
use crate::messages::Messages;
use crate::store::Store;
use crate::tasks::{Tasks, Work};
use crate::text::Locale;
use crate::thread::{Event, Passage, Thread};
use crate::views::{Mounted, View, quote, thread_view};
use world::{BrowserWorld, draft_key};

/// What the names begin with under which guests are kept; `api/asker.js` has the same.
const GUEST_KEY: &str = "afterword:guest:";

/// What [`Widget::happen`] is told; runtime.js has the same.
mod happened {
    /// Draw the thread as it now is, at the end.
    pub(super) const DRAW: u8 = 0;
    /// Load the thread anew.
    pub(super) const RELOAD: u8 = 1;
    /// Time has passed: of a page that is seen, every half minute or so.
    pub(super) const TIME_PASSED: u8 = 2;
    /// The fragment of the page's address is another.
    pub(super) const ADDRESS_CHANGED: u8 = 3;
    /// Something else is selected on the page, or nothing.
    pub(super) const SELECTION_CHANGED: u8 = 4;
    /// The reader has pressed Escape, wherever on the page.
    pub(super) const ESCAPE_PRESSED: u8 = 5;
    /// The network has come or gone.
    pub(super) const NETWORK_CHANGED: u8 = 6;
    /// Some time has passed and nobody streams, or the stream has lost count.
    pub(super) const NEWS_WANTED: u8 = 7;
}

/// What [`Widget::see`] is told; window.js has the same.
mod seen {
    /// The reader nears the list's beginning.
    pub(super) const BEGINNING: u8 = 0;
    /// The reader nears the list's end.
    pub(super) const END: u8 = 1;
    /// The page rests at a place, counted from 0, whose reply is not here.
    pub(super) const PLACE: u8 = 2;
    /// The focus is in the reply of this number, or, with 0, in none.
    pub(super) const FOCUS: u8 = 3;
}

/// A mounted widget. Freed by [`unmount`](Self::unmount), never by itself.
#[wasm_bindgen]
pub struct Widget {
    store: Store,
    base: HtmlElement,
    /// What stands before `reply-4` in the page's addresses.
    anchor: String,
    /// What the names begin with under which what is written here is kept.
    draft_key: String,
    /// Once they are drawn. Dropped before what they read.
    views: RefCell<Option<Mounted>>,
    owner: Owner,
}

/// Shows a thread in `base`, an element inside the shadow root of `element`: drawn after what is there, or, where the
/// first page is there as somebody else has drawn it, not before [`Widget::draw_over`].
///
/// `options`: `attributes` (the element's, as written, absent ones missing), `thread` (the resolved id), `lang`
/// (the language of the page around the element), `anchor` (what stands before `reply-4` in addresses), `first`
/// (optional: `{url, response}`, a request already on the way), `drawn` (whether the first page is there), `arrived`
/// (optional: the number of the reply to which the reader was already led), `trust` (optional: a function that makes
/// trusted HTML of a string, where the page requires it), `crashed` (optional: a function that hears, as a sentence
/// for developers, that the module panicked and can never be entered again).
///
/// # Errors
/// A wrong attribute, as the sentence to show: it names the attribute and what was expected.
#[wasm_bindgen]
#[allow(unreachable_pub, reason = "reached from JavaScript")]
pub fn mount(element: HtmlElement, base: HtmlElement, options: &JsValue) -> Result<Widget, JsValue> {
    crash::report(get(options, "crashed").dyn_into().ok());
    let raw = read_config(options);
    let lang = raw.lang.clone().or_else(|| raw.page_lang.clone());
    let messages = messages(lang.as_deref());
    let config = raw.resolve().map_err(|error| JsValue::from(messages.config_error(&error)))?;
    let anchor = config.anchor.clone();
    let draft_key = draft_key(&config);
    let world = BrowserWorld::new(
        &config,
        element,
        base.clone(),
        &get(options, "first"),
        get(options, "trust"),
        get(options, "arrived").as_string(),
    );
    let tasks = Tasks::new(|tasks| page::soon(move || tasks.run()));
    // Fails where somebody was here before, which is as good.
    let _ = Executor::init_custom_executor(Effects(SendWrapper::new(tasks)));
    let owner = Owner::new();
    let store = owner.with(|| Store::new(config, messages, page::now(), Box::new(world)));
    let widget = Widget { store, base, anchor, draft_key, views: RefCell::default(), owner };
    if !get(options, "drawn").is_truthy() {
        widget.happen(happened::DRAW);
    }
    store.dispatch(Event::Mounted { target: page::addressed_reply(&widget.anchor) });
    if !page::is_online() {
        widget.happen(happened::NETWORK_CHANGED);
    }
    Ok(widget)
}

#[wasm_bindgen]
impl Widget {
    /// One of [`happened`]: whatever needs no more to be said. One door, since each has its price in the module and the
    /// glue.
    pub fn happen(&self, what: u8) {
        match what {
            happened::DRAW => self.draw_by(|view| Mounted::new(&self.base, view)),
            happened::RELOAD => {
                begin_staleness();
                self.store.dispatch(Event::ReloadRequested);
            }
            happened::TIME_PASSED => {
                self.store.tick(page::now());
                if self.store.peek(Thread::wants_news) {
                    begin_staleness();
                }
                self.store.dispatch(Event::TimePassed);
            }
            happened::ADDRESS_CHANGED => {
                self.store.dispatch(Event::AddressChanged { target: page::addressed_reply(&self.anchor) });
            }
            happened::SELECTION_CHANGED => self.selection_changed(),
            happened::ESCAPE_PRESSED if self.store.peek(|thread| thread.card().is_some()) => {
                self.store.dispatch(Event::CardLeft);
            }
            happened::NETWORK_CHANGED => {
                self.store.dispatch(if page::is_online() { Event::WentOnline } else { Event::WentOffline });
            }
            happened::NEWS_WANTED => {
                begin_staleness();
                self.store.dispatch(Event::NewsWanted);
            }
            _ => {}
        }
    }

    /// Draws the thread as it now is in the place of `over`, a child of `base`, of which everything that is alike stays
    /// as it is, with what the reader does there. `done` is called when all of it is the widget's.
    pub fn draw_over(&self, over: &HtmlElement, done: Function) {
        let done = Box::new(AtLast(done));
        self.draw_by(|view| Mounted::over(&self.base, over, done, view));
    }

    /// Speaks another language from now on (`options.lang`); nothing is loaded again.
    pub fn configure(&self, options: &JsValue) {
        let raw = read_config(options);
        let messages = messages(raw.lang.or(raw.page_lang).as_deref());
        if messages.language() != self.store.messages().language() {
            self.store.speak(messages);
        }
    }

    /// Goes to reply `number` as if the reader had followed a link to it, in reply `from` unless that is 0.
    pub fn go_to(&self, number: u32, from: u32) {
        self.store.dispatch(Event::JumpRequested { number, from: Some(from).filter(|from| *from > 0) });
    }

    /// What `window.js` sees, one of [`seen`], with its place or number.
    pub fn see(&self, what: u8, number: u32) {
        self.store.dispatch(match what {
            seen::BEGINNING | seen::END => Event::EndNeared { later: what == seen::END },
            seen::PLACE => Event::PlaceNeared(number),
            seen::FOCUS.. => Event::FocusSeen(number),
        });
    }

    /// How many numbers the thread has given out.
    pub fn total(&self) -> u32 {
        self.store.peek(|thread| thread.info().total)
    }

    /// Puts a quote of reply `number`, if it is loaded, into what the reader is writing, as its button does.
    pub fn quote(&self, number: u32) {
        if self.store.peek(Thread::takes_replies) {
            quote(self.store, number, None);
        }
    }

    /// Where is heard what others do: the address of a stream that goes on after the event `since`, or after what is
    /// loaded; empty where there is none and has to be asked ([`happened::NEWS_WANTED`]); nothing
    /// before anything is loaded.
    pub fn live_address(&self, since: Option<String>) -> Option<String> {
        let (known, offered, loaded) = self
            .store
            .peek(|thread| (thread.is_known(), thread.offers(&Feature::Live), thread.info().live.clone()));
        let since = since.or(loaded.map(|cursor| cursor.0));
        let address = offered.then(|| api::live(&self.store.config(), since.as_deref())).flatten();
        known.then(|| address.unwrap_or_default())
    }

    /// Something came by that stream: a page in which nothing else stands, as text.
    pub fn news_came(&self, text: &str) {
        // Whatever caches hold is older.
        begin_staleness();
        let mut page = Box::<ThreadPage>::default();
        if json::parse(text).is_some_and(|json| read_into(&mut *page, json).is_ok()) {
            self.store.dispatch(Event::NewsCame(page));
        }
    }

    /// Another tab, or another widget of this page, has changed what is kept under `key`, or everything.
    pub fn storage_changed(&self, key: Option<String>) {
        let is = |start: &str| key.as_ref().is_none_or(|key| key.starts_with(start));
        if is(&self.draft_key) {
            self.store.dispatch(Event::DraftChanged);
        }
        if is(GUEST_KEY) {
            self.store.dispatch(Event::ViewerChanged);
        }
    }

    /// Takes the widget off the page: its views, and requests on the way.
    pub fn unmount(self) {}
}

impl Drop for Widget {
    /// Later than [`unmount`](Self::unmount) where the host takes it away in the middle of another call.
    fn drop(&mut self) {
        // Nothing of it is drawn anew any more, although something may just have changed in it.
        self.owner.pause();
    }
}

impl Widget {
    fn selection_changed(&self) {
        if !self.store.peek(Thread::takes_replies) {
            return;
        }
        let passage = selection::selected(&self.base, &self.anchor).and_then(|(id, from, to)| {
            Some(Passage { number: page::reply_number(&id, &self.anchor)?, from, to })
        });
        // Selections elsewhere on the page change nothing here.
        if self.store.peek(|thread| thread.passage() != passage.as_ref()) {
            self.store.dispatch(Event::TextSelected(passage));
        }
    }

    fn draw_by(&self, draw: impl FnOnce(&dyn Fn() -> View) -> Mounted) {
        self.views.take();
        self.views.replace(Some(self.owner.with(|| draw(&|| thread_view(self.store)))));
    }
}

/// What Leptos follows signals with.
struct Effects(SendWrapper<Rc<Tasks>>);

impl CustomExecutor for Effects {
    fn spawn(&self, work: PinnedFuture<()>) {
        self.0.add(work);
    }

    fn spawn_local(&self, work: Work) {
        self.0.add(work);
    }

    /// Nobody waits for it here.
    fn poll_local(&self) {}
}

/// Called when it is dropped.
struct AtLast(Function);

impl Drop for AtLast {
    fn drop(&mut self) {
        let _ = self.0.call0(&JsValue::UNDEFINED);
    }
}

fn messages(lang: Option<&str>) -> Messages {
    Messages::for_language(lang.unwrap_or_default(), |tag| {
        Arc::new(BrowserLocale::new(tag)) as Arc<dyn Locale>
    })
}

fn read_config(options: &JsValue) -> RawConfig {
    let attributes = get(options, "attributes");
    let attribute = |name: &str| get(&attributes, name).as_string();
    RawConfig {
        api: attribute("api"),
        src: attribute("src"),
        thread: get(options, "thread").as_string().unwrap_or_default(),
        order: attribute("order"),
        page_size: attribute("page-size"),
        heading_level: attribute("heading-level"),
        lang: attribute("lang"),
        page_lang: get(options, "lang").as_string(),
        anchor: get(options, "anchor").as_string().unwrap_or_default(),
    }
}

/// A property, or `undefined` where there is nothing to have one.
fn get(object: &JsValue, key: &str) -> JsValue {
    if !object.is_object() {
        return JsValue::UNDEFINED;
    }
    Reflect::get(object, &key.into()).unwrap_or(JsValue::UNDEFINED)
}
