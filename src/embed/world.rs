//! The world as a browser: carries out commands by HTTP, the page's address, scrolling, focus and events.

use std::cell::{Cell, RefCell};
use std::ops::Range;
use std::rc::{Rc, Weak};
use std::sync::Arc;

use afterword_contract::{
    Feature, Guest, Json, NewReply, PageReference, People, ProblemType, Reply, ReplyId, Status, named,
};
use afterword_markup::{Document, Names};
use wasm_bindgen::JsValue;
use web_sys::{Element, HtmlElement};

use crate::api::{self, Answer, Asker, Call};
use crate::browser::{html, json, page, storage};
use crate::config::{Config, Source};
use crate::store::{Store, World};
use crate::text::concat;
use crate::thread::{Act, Command, Draft, Event, Failure, Field, HostEvent, Query, RequestId, Slot};

/// What an answer means to the thread; nothing, where a failure changes nothing.
type Interpret = dyn FnOnce(Result<Answer, Failure>) -> Option<Event>;

/// One widget's place on a page.
pub(crate) struct BrowserWorld {
    /// The custom element, from which the host hears.
    element: HtmlElement,
    /// The part of its shadow tree that is ours.
    base: HtmlElement,
    asker: Rc<Asker>,
    /// Makes trusted HTML of a string, where the page requires it.
    trust: JsValue,
    /// Under which what is written is kept; that of a change is followed by the reply's id.
    draft_key: String,
    /// While an answer is taken in: where the focus was when what it answers was asked for.
    asked_from: Rc<RefCell<Option<Elsewhere>>>,
    /// To this reply the reader was led by what was drawn before: not once more.
    arrived: RefCell<Option<String>>,
    /// How often it was asked who is looking: only the last answer counts.
    viewers_asked: Rc<Cell<u32>>,
    /// Goes with the widget.
    here: Rc<()>,
}

/// What had the focus, if that counts; see [`page::asking_at`].
type Elsewhere = Option<Element>;

impl BrowserWorld {
    pub(crate) fn new(
        config: &Config,
        element: HtmlElement,
        base: HtmlElement,
        first: &JsValue,
        trust: JsValue,
        arrived: Option<String>,
    ) -> Self {
        let api = match &config.source {
            Source::Api { base } => base,
            Source::File { url } => url,
        };
        let asker = Rc::new(Asker::new(element.as_ref(), api, first));
        let draft_key = draft_key(config);
        Self {
            element,
            base,
            asker,
            trust,
            draft_key,
            asked_from: Rc::default(),
            arrived: RefCell::new(arrived),
            viewers_asked: Rc::default(),
            here: Rc::default(),
        }
    }

    fn fetch_page(&self, store: Store, request: RequestId, query: &Query) {
        let config = store.config();
        let call = api::replies(&config, query);
        // The store may be gone by then.
        let event = move |answer: Result<Answer, Failure>| {
            Some(match answer.and_then(|answer| api::page(&answer)) {
                Ok(page) => {
                    remember_html(&config.source, page.thread.features.contains(&Feature::Html));
                    Event::PageLoaded { request, page }
                }
                Err(failure) => Event::PageFailed { request, failure },
            })
        };
        self.ask(store, Some(call), Box::new(event));
    }

    fn fetch_viewer(&self, store: Store) {
        let asked = Rc::clone(&self.viewers_asked);
        let ours = asked.get().wrapping_add(1);
        asked.set(ours);
        let event = move |answer: Result<Answer, Failure>| {
            let viewer = answer.and_then(|answer| api::decode(&answer));
            // Who has signed in or taken a name since is not made nobody by what was asked before.
            (asked.get() == ours).then(|| viewer.map_or(Event::ViewerFailed, Event::ViewerLoaded))
        };
        self.ask(store, api::viewer(&store.config()), Box::new(event));
    }

    fn find_people(&self, store: Store, request: RequestId, name: &str) {
        let event = move |answer: Result<Answer, Failure>| {
            let people = answer.and_then(|answer| api::decode::<People>(&answer)).unwrap_or_default().0;
            Some(Event::PeopleFound { request, people })
        };
        self.ask(store, api::people(&store.config(), name), Box::new(event));
    }

    fn make_guest(&self, store: Store, request: RequestId, name: String) {
        let asker = Rc::clone(&self.asker);
        let event = move |answer: Result<Answer, Failure>| {
            Some(match answer.and_then(|answer| api::decode::<Guest>(&answer)) {
                Ok(guest) => {
                    asker.keep_guest(&guest.to_json().text());
                    Event::GuestMade { request, person: Box::new(guest.person) }
                }
                Err(failure) => Event::PostFailed { request, failure },
            })
        };
        self.ask(store, api::make_guest(&store.config(), name), Box::new(event));
    }

    fn post(&self, store: Store, request: RequestId, key: &str, reply: &mut NewReply) {
        let title = Some(page::title()).filter(|title| !title.is_empty());
        reply.thread = store.config().thread.clone();
        // A thread named by an address is that page's, however the reader came to it.
        let own = Some(reply.thread.as_str()).filter(|id| id.starts_with("http"));
        let url = own.map_or_else(page::address, str::to_owned);
        reply.page = Some(PageReference { title, url: Some(url) });
        let event = move |answer: Result<Answer, Failure>| {
            let held = answer.as_ref().is_ok_and(Answer::is_held);
            Some(match answer.and_then(|answer| api::decode::<Reply>(&answer)) {
                Ok(mut reply) => {
                    if held && reply.status == Status::Published {
                        reply.status = Status::Pending;
                    }
                    Event::Posted { request, reply }
                }
                Err(failure) => Event::PostFailed { request, failure },
            })
        };
        self.ask(store, api::post(&store.config(), key, reply), Box::new(event));
    }

    fn act(&self, store: Store, request: RequestId, id: &ReplyId, act: Arc<Act>) {
        let call = api::act(&store.config(), id, &act);
        let event = move |answer: Result<Answer, Failure>| {
            let outcome = answer.and_then(|answer| api::acted(&act, &answer));
            Some(Event::Acted { request, outcome })
        };
        // What a press does is shown before the backend says anything, and is to be seen first: to send takes longer
        // than to draw that.
        self.asker.when_seen(self.asking(store, call, Box::new(event)));
    }

    /// Asks the backend; the answer is the next event.
    fn ask(&self, store: Store, call: Option<Call>, event: Box<Interpret>) {
        self.asking(store, call, event)();
    }

    /// What asks the backend. Not generic, so that it is compiled once.
    fn asking(&self, store: Store, call: Option<Call>, event: Box<Interpret>) -> Box<dyn FnOnce()> {
        // What is asked for while an answer is taken in belongs to what that answers.
        let from = self.asked_from.borrow().clone().unwrap_or_else(|| page::asking_at(&self.base));
        let asked_from = Rc::clone(&self.asked_from);
        let then = move |answer| {
            if let Some(event) = event(answer) {
                asked_from.replace(Some(from));
                store.dispatch(event);
                asked_from.replace(None);
            }
        };
        let asker = Rc::clone(&self.asker);
        Box::new(move || match call {
            Some(call) => api::ask(&asker, &call, then),
            // A file has one address, whatever it says that it offers; nobody waits for another in vain.
            None => page::soon(move || then(Err(Failure::refused(&ProblemType::UNKNOWN_ROUTE)))),
        })
    }

    fn slot(&self, slot: &Slot) -> String {
        match slot {
            None => self.draft_key.clone() + "new",
            Some(id) => concat(&[&self.draft_key, "edit-", id.as_str()]),
        }
    }

    fn find_draft(&self, store: Store, slot: &Slot) {
        let kept = storage::find(&self.slot(slot)).and_then(|text| json::parse(&text));
        store.dispatch(Event::DraftFound(kept.and_then(read_draft)));
    }

    fn keep_draft(&self, store: Store, slot: &Slot, draft: &Draft) {
        let text = draft_json(draft).text();
        if !storage::keep(&self.slot(slot), &text) {
            store.dispatch(Event::DraftsRefused);
        }
    }

    fn focus_composer(&self, store: Store, field: Field, selection: Option<Range<usize>>) {
        let length = written(store);
        // What is added to a text of one's own stands there at once, and can be undone.
        let adds = selection.is_some() && store.peek(|thread| thread.composer().is_touched());
        if let Some(field) = page::nth(&self.base, TEXT, 0).filter(|_| adds) {
            page::write(&field, &store.peek(|thread| thread.composer().text().to_owned()));
        }
        let part = match field {
            Field::Opener => r#"[part~="composer-open"]"#,
            Field::Text => TEXT,
            Field::Name => NAME,
        };
        self.move_reader(Box::new(move |base| {
            if let Some(element) = page::nth(base, part, 0) {
                // Who has typed on meanwhile is where they want to be.
                let selection = selection.filter(|_| written(store) == length);
                page::bring_into_view(&element);
                // The page hears of it, and may take the widget away.
                page::focus(&element);
                if let Some(selection) = selection {
                    page::select(&element, &selection);
                }
            }
        }));
    }

    /// The field is still drawn.
    fn leave_name(&self, store: Store) {
        let name = page::nth(&self.base, NAME, 0).map(Element::from);
        if name.is_some() && name == page::busy_at(&self.base) {
            self.focus_composer(store, Field::Text, None);
        }
    }

    /// Where the part is not there, the reply itself has the focus.
    fn focus_in(&self, id: String, part: &'static str) {
        self.move_reader(Box::new(move |base| {
            let Some(reply) = page::find(base, &id) else { return };
            let inside = page::nth(&reply, &concat(&["[part~=\"", part, "\"]"]), 0);
            let element = inside.unwrap_or(reply);
            page::bring_into_view(&element);
            page::focus(&element);
        }));
    }

    fn show_reply(&self, store: Store, number: u32) {
        if self.arrived.take() == Some(number.to_string()) {
            return;
        }
        let id = reply_fragment(store, number);
        let here = Rc::downgrade(&self.here);
        self.move_reader(Box::new(move |base| show_when_drawn(base.clone(), here, id, FRAMES)));
    }

    /// Moves the page and not the focus: somebody may be typing.
    fn show(&self, selector: &'static str) {
        self.when_drawn(Box::new(move |base| {
            if let Some(element) = page::nth(base, selector, 0) {
                page::bring_into_view(&element);
            }
        }));
    }

    fn focus_place(&self, place: usize) {
        self.move_reader(Box::new(move |base| {
            if let Some(article) = page::nth(base, r#"[part~="reply"]"#, place) {
                page::bring_into_view(&article);
                page::focus(&article);
            }
        }));
    }

    /// Moves focus and view once the page is drawn; not for a reader who has meanwhile gone elsewhere on the page, or
    /// is writing. Where they asked from, a link, a button of the page, a field of ours, they are still waiting.
    fn move_reader(&self, there: Box<dyn FnOnce(&HtmlElement)>) {
        let from = self.asked_from.borrow().clone().unwrap_or_else(|| page::busy_at(&self.base));
        self.when_drawn(Box::new(move |base| {
            let now = page::busy_at(base);
            if now.is_none() || now == from {
                there(base);
            }
        }));
    }

    /// Does something once the page is drawn, if the widget is still there: another may stand in its place by then.
    fn when_drawn(&self, work: Box<dyn FnOnce(&HtmlElement)>) {
        let (base, here) = (self.base.clone(), Rc::downgrade(&self.here));
        page::when_drawn(move || {
            if here.strong_count() > 0 {
                work(&base);
            }
        });
    }

    fn tell(&self, store: Store, event: HostEvent) {
        let detail = detail(store);
        match event {
            HostEvent::Ready { total } => self.tell_count("afterword-ready", detail, total),
            HostEvent::CountChanged { total } => self.tell_count("afterword-count-changed", detail, total),
            HostEvent::OfReply { name, id, number } => {
                let number = number.map_or(Json::Null, |number| Json::Whole(number.into()));
                let detail = detail.with_text("id", id.as_str()).with("number", number);
                page::tell(&self.element, name, &detail);
            }
            HostEvent::Failed(failure) => {
                let message = store.messages().failure(&failure);
                let detail = detail.with_text("reason", "request").with_text("message", &message);
                page::tell(&self.element, "afterword-error", &detail);
            }
        }
    }

    fn tell_count(&self, name: &str, detail: Json, total: u32) {
        page::tell(&self.element, name, &detail.with("total", Json::Whole(total.into())));
    }
}

/// What the host hears with every event.
fn detail(store: Store) -> Json {
    Json::object().with_text("thread", store.config().thread.as_str())
}

impl Drop for BrowserWorld {
    /// Nothing is loaded for a widget that is gone.
    fn drop(&mut self) {
        self.asker.abort();
    }
}

impl World for BrowserWorld {
    fn run(&self, store: Store, command: Command) {
        match command {
            Command::FetchPage { request, query } => self.fetch_page(store, request, &query),
            Command::FetchViewer => self.fetch_viewer(store),
            Command::ShowReply { number } => self.show_reply(store, number),
            Command::ShowNotice => self.show(r#"[part~="notice"][data-kind="error"]"#),
            Command::ShowPeople => {
                self.show(r#"[part~="people-menu"]"#);
                // All the same where the list is higher than what is seen of the page.
                self.show(r#"[aria-selected="true"]"#);
            }
            Command::FocusPlace { place } => self.focus_place(place),
            Command::WriteAddress { number } => page::write_address(&reply_fragment(store, number)),
            Command::TellHost(event) => self.tell(store, event),
            Command::MakeGuest { request, name } => self.make_guest(store, request, name),
            Command::FindPeople { request, name } => self.find_people(store, request, &name),
            Command::Post { request, key, mut reply } => self.post(store, request, &key, &mut reply),
            Command::AskSignIn => {
                page::tell(&self.element, "afterword-sign-in-requested", &detail(store));
            }
            Command::Act { request, id, act } => self.act(store, request, &id, act),
            Command::FocusIn { number, part } => self.focus_in(reply_fragment(store, number), part),
            Command::KeepDraft(slot, draft) => self.keep_draft(store, &slot, &draft),
            Command::DropDraft(slot) => storage::drop(&self.slot(&slot)),
            Command::FindDraft(slot) => self.find_draft(store, &slot),
            Command::FocusComposer { field, selection } => self.focus_composer(store, field, selection),
            Command::LeaveName => self.leave_name(store),
            // Said by the views.
            Command::Announce(_) => {}
        }
    }

    fn fresh_key(&self) -> String {
        page::fresh_key()
    }

    fn selection(&self) -> Range<usize> {
        page::nth(&self.base, TEXT, 0).map(|field| page::selection(&field)).unwrap_or_default()
    }

    fn parse_html(&self, source: &str, names: &Names) -> Document {
        html::parse_html(source, names, &self.trust)
    }
}

/// Whether the backend draws its first page is remembered for `embed.js`, which asks for that before anything else
/// is known.
fn remember_html(source: &Source, draws: bool) {
    if let Source::Api { base } = source {
        let key = concat(&["afterword:html:", base]);
        if draws {
            storage::keep(&key, "");
        } else {
            storage::drop(&key);
        }
    }
}

/// How much is written.
fn written(store: Store) -> usize {
    store.peek(|thread| thread.composer().text().len())
}

/// The fragment that names a reply on this page, which is also its article's id.
fn reply_fragment(store: Store, number: u32) -> String {
    concat(&[&store.config().anchor, "reply-", &number.to_string()])
}

/// In so many frames a page is drawn, and some more.
const FRAMES: u32 = 60;

/// Brings a reply to the reader. Of a page some are drawn in each frame, and it may not be there yet.
fn show_when_drawn(base: HtmlElement, here: Weak<()>, id: String, frames: u32) {
    match page::find(&base, &id) {
        _ if here.strong_count() == 0 => {}
        Some(article) => {
            page::scroll_to(&article);
            page::focus(&article);
        }
        None if frames > 0 => page::when_seen(move || show_when_drawn(base, here, id, frames - 1)),
        None => {}
    }
}

/// The field of what is being written, of which there is one. By its tag: each key looks for it, and among thousands of
/// elements browsers find a tag much sooner than a part.
const TEXT: &str = "textarea";

/// The field for the name that is written under.
const NAME: &str = r#"[part~="composer-name"]"#;

/// What the names begin with under which what is written in a thread of a backend is kept.
pub(super) fn draft_key(config: &Config) -> String {
    let api = match &config.source {
        Source::Api { base } => base,
        Source::File { url } => url,
    };
    concat(&["afterword:draft:", api, ":", config.thread.as_str(), ":"])
}

fn draft_json(draft: &Draft) -> Json {
    let json = Json::object().with_text("text", &draft.text).with("mentions", named(&draft.mentions));
    match &draft.key {
        Some(key) => json.with_text("key", key),
        None => json,
    }
}

/// A draft as it was kept; anything else was not kept by us.
fn read_draft(json: Json) -> Option<Draft> {
    let Json::Object(fields) = json else { return None };
    let mut draft = Draft::default();
    for (name, value) in fields {
        match (name.as_str(), value) {
            ("text", Json::Text(text)) => draft.text = text,
            // With any other nothing could be sent.
            ("key", Json::Text(key)) => {
                draft.key = Some(key).filter(|key| key.bytes().all(|byte| byte.is_ascii_graphic()));
            }
            ("mentions", people) => draft.mentions = People::try_from(people).unwrap_or_default().0,
            _ => {}
        }
    }
    Some(draft).filter(|draft| !draft.text.is_empty())
}
