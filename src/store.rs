//! The only place where the thread, the world and Leptos meet: read through signals, write through `dispatch`.
//!
//! Knows how to hand commands on, not how to carry them out: that is the [`World`] it is given
//! (the browser in the widget, nothing at all natively).

mod selected;

use std::cell::{Cell, RefCell};
use std::ops::Range;
use std::rc::Rc;
use std::sync::Arc;

use afterword_contract::{Feature, Order, Permission, Reply, ReplyId, Status, Tag};
use afterword_markup::{Document, Names};
use leptos::prelude::{GetValue, LocalStorage, StoredValue};
#[cfg(feature = "ssr")]
use leptos::reactive::graph::Observer;

use crate::config::Config;
use crate::messages::Messages;
use crate::text::{Unit, distance};
use crate::thread::{
    Access, Announcement, Aside, Command, Composer, End, Event, Failure, Load, Passage, Refusal, Source,
    Thread,
};
use selected::{Followed, Followers, Takes, taking};
pub use selected::{Part, Selected};

/// What a widget needs of the world around it.
pub trait World {
    /// Carries out a command; the answer comes back to the store as an event.
    fn run(&self, store: Store, command: Command);

    /// A text that nobody else has.
    fn fresh_key(&self) -> String;

    /// What is selected in the composer's text, in units of UTF-16.
    fn selection(&self) -> Range<usize>;

    /// Reads an HTML body into the tree of allowed nodes.
    fn parse_html(&self, source: &str, names: &Names) -> Document;
}

/// No world: commands go nowhere, HTML is read by a parser library. For drawing a given state.
#[cfg(feature = "ssr")]
pub struct Nowhere;

#[cfg(feature = "ssr")]
impl World for Nowhere {
    fn run(&self, _: Store, _: Command) {}

    fn fresh_key(&self) -> String {
        "key".to_owned()
    }

    fn selection(&self) -> Range<usize> {
        0..0
    }

    fn parse_html(&self, source: &str, names: &Names) -> Document {
        afterword_markup::parse_html(source, names)
    }
}

/// One widget's state. Copied freely; it lives as long as the widget is mounted.
///
/// What changes is no signal: views follow parts of it, see [`Selected`].
#[derive(Clone, Copy)]
pub struct Store(StoredValue<Rc<Inner>, LocalStorage>);

struct Inner {
    config: Rc<Config>,
    world: Box<dyn World>,
    state: RefCell<State>,
    followed: Followers,
    /// Of what is being written; nothing else changes at typing.
    typed: Followers,
    /// The last number that was given out.
    numbers: Cell<u32>,
}

/// What changes while the widget is mounted.
struct State {
    thread: Thread,
    messages: Arc<Messages>,
    /// Counts the languages that were spoken.
    language: u32,
    /// The present, where there is one.
    now: Option<i64>,
    announcement: Option<Announcement>,
    /// Counts the announcements, so that the same one twice is two.
    announced: u32,
}

impl Store {
    /// A store for one widget, within the current reactive owner. `now` is in milliseconds since 1970, and `None` for
    /// what is read at any time: there times are absolute.
    pub fn new(
        config: Config,
        messages: Messages,
        now: impl Into<Option<i64>>,
        world: Box<dyn World>,
    ) -> Self {
        let state = State {
            thread: Thread::new(config.order.clone(), config.page_size),
            messages: Arc::new(messages),
            language: 0,
            now: now.into(),
            announcement: None,
            announced: 0,
        };
        let inner = Inner {
            config: Rc::new(config),
            world,
            state: RefCell::new(state),
            followed: Followers::default(),
            typed: Followers::default(),
            numbers: Cell::default(),
        };
        Self(StoredValue::new_local(Rc::new(inner)))
    }

    /// Lets something happen. After the widget is gone nothing happens any more.
    pub fn dispatch(self, event: Event) {
        let mut all = !event.is_slight();
        let mut commands = Vec::new();
        self.change(|state| {
            commands = state.thread.update(event);
            for command in &commands {
                if let Command::Announce(announcement) = command {
                    state.announcement = Some(announcement.clone());
                    state.announced = state.announced.wrapping_add(1);
                    all = true;
                }
            }
            let offered = state.thread.composer().list().is_open();
            if !offered && matches!(state.announcement, Some(Announcement::People(..))) {
                // Whom Enter would mention is said as long as it would.
                state.announcement = None;
                all = true;
            }
            all
        });
        for command in commands {
            // What the host hears may make it take the widget away, in the middle of this.
            let Some(inner) = self.0.try_get_value() else { return };
            inner.world.run(self, command);
        }
    }

    /// Time passes.
    pub fn tick(self, now: i64) {
        self.change(|state| {
            state.now = Some(now);
            true
        });
    }

    /// The reader's language is now another.
    pub fn speak(self, messages: Messages) {
        self.change(|state| {
            state.messages = Arc::new(messages);
            state.language = state.language.wrapping_add(1);
            true
        });
    }

    /// The only way to change the state: whoever follows a part of it hears when that is another afterwards. `change`
    /// says whether more than what is being written may be; else nothing more is looked at, because typing is often
    /// and has to be quick.
    ///
    /// Nothing that is being drawn may call it. That is found where nobody pays for it, in the tests, which draw every view;
    /// in the browser an event can come in the middle of a drawing, of what goes and had the focus.
    fn change(self, change: impl FnOnce(&mut State) -> bool) {
        #[cfg(feature = "ssr")]
        debug_assert!(Observer::get().is_none(), "what is being drawn changes nothing");
        let Some(inner) = self.0.try_get_value() else { return };
        if change(&mut inner.state.borrow_mut()) {
            inner.followed.look(&inner.state.borrow());
        }
        inner.typed.look(&inner.state.borrow());
    }

    fn read<T>(self, part: impl FnOnce(&State) -> T) -> T {
        part(&self.0.get_value().state.borrow())
    }

    /// The host's configuration.
    pub fn config(self) -> Rc<Config> {
        Rc::clone(&self.0.get_value().config)
    }

    /// The sentences in the reader's language. Not followed: the root draws everything anew in another language.
    pub fn messages(self) -> Arc<Messages> {
        self.read(|state| Arc::clone(&state.messages))
    }

    /// Changes with the language; for the root alone.
    pub fn language(self) -> Selected<u32> {
        self.select(|state| state.language)
    }

    /// How long ago a moment is, in milliseconds since 1970; below 0, and of one unit. `None` where nobody knows when
    /// that is read.
    pub fn distance(self, moment: i64) -> Selected<Option<(i64, Unit)>> {
        self.select(move |state| state.now.map(|now| distance(moment, now)))
    }

    /// What was announced last, and how many announcements there were.
    pub fn announcement(self) -> Selected<(Option<Announcement>, u32)> {
        self.select(|state| (state.announcement.clone(), state.announced))
    }

    /// Reads an HTML body into the tree of allowed nodes.
    pub fn parse_html(self, source: &str, names: &Names) -> Document {
        self.0.get_value().world.parse_html(source, names)
    }

    /// A text that nobody else has.
    pub fn fresh_key(self) -> String {
        self.0.get_value().world.fresh_key()
    }

    /// A number that nothing else in this widget has.
    pub fn fresh_number(self) -> u32 {
        let numbers = &self.0.get_value().numbers;
        numbers.set(numbers.get().wrapping_add(1));
        numbers.get()
    }

    /// What is selected in the composer's text, in units of UTF-16.
    pub fn selection(self) -> Range<usize> {
        self.0.get_value().world.selection()
    }

    /// What the viewer is writing, whether they may, and by how many bytes it is too long.
    pub fn composing(self) -> Selected<Composing> {
        let inner = self.0.get_value();
        let composing = |state: &State| Composing {
            composer: Arc::clone(state.thread.composer()),
            access: state.thread.may_write(),
            excess: state.thread.excess(),
            locked: state.thread.info().locked,
            held: state.thread.awaits_approval(),
        };
        Selected::of(inner.typed.add(taking(composing), &inner.state.borrow()))
    }

    /// The thread as it is, not followed.
    pub fn peek<T>(self, part: impl FnOnce(&Thread) -> T) -> T {
        self.read(|state| part(&state.thread))
    }

    /// A yes or no about the thread.
    pub fn is(self, part: impl Fn(&Thread) -> bool + 'static) -> Selected<bool> {
        self.select(move |state| part(&state.thread))
    }

    /// What is known of the thread around its replies.
    pub fn outline(self) -> Selected<Outline> {
        self.select(|state| Outline::of(&state.thread))
    }

    /// How many numbers the thread has given out.
    pub fn total(self) -> Selected<u32> {
        self.select(|state| state.thread.info().total)
    }

    /// How many new replies wait, if they stand on this side of the list.
    pub fn news(self, side: Side) -> Selected<u32> {
        self.select(move |state| match (side, state.thread.listed()) {
            (Side::Earlier, Order::Newest) => state.thread.news(),
            (Side::Earlier, _) | (Side::Later, Order::Newest) => 0,
            (Side::Later, _) => state.thread.news(),
        })
    }

    /// Why the reader was not taken where they asked to go, and the total that this is said with.
    pub fn refusal(self) -> Selected<Option<(Refusal, u32)>> {
        self.select(|state| state.thread.refusal().map(|refusal| (refusal, state.thread.info().total)))
    }

    /// Why the page that fills the list did not come.
    pub fn failure(self) -> Selected<Option<Failure>> {
        self.select(|state| match state.thread.load() {
            Load::Failed { failure, .. } => Some(failure.clone()),
            Load::Idle | Load::Loading { .. } | Load::Ready => None,
        })
    }

    /// How many names of authors are known. They become more and never fewer.
    pub fn author_count(self) -> Selected<u32> {
        self.select(|state| state.thread.authors().len() as u32)
    }

    /// The replies shown, in order.
    pub fn shown(self) -> Selected<Vec<ReplyId>> {
        self.select(|state| {
            let mut shown = Vec::new();
            for id in state.thread.shown() {
                shown.push(id.clone());
            }
            shown
        })
    }

    /// What one reply says.
    pub fn reply(self, id: ReplyId) -> Selected<Option<Said>> {
        self.select(move |state| state.thread.reply(&id).cloned().map(Said))
    }

    /// Who reacted to a reply.
    pub fn reactions(self, id: ReplyId) -> Selected<Reactions> {
        self.select(move |state| Reactions::of(&state.thread, &id))
    }

    /// How a reply hangs together with others; a reply without a number with none.
    pub fn links(self, id: ReplyId) -> Selected<Links> {
        self.select(move |state| Links::of(state, &id).unwrap_or_default())
    }

    /// What is known of the reply that a quote names, if it names one.
    pub fn source(self, number: Option<u32>) -> Selected<Option<Source>> {
        self.select(move |state| number.map(|number| state.thread.source(number)))
    }

    /// A part of the state, to be followed: whoever reads it is told when that part changes, and only then.
    fn select<T: Part>(self, part: impl Fn(&State) -> T + 'static) -> Selected<T> {
        Selected::of(self.follow(taking(part)))
    }

    #[inline(never)]
    fn follow(self, part: Box<dyn Takes>) -> Followed {
        let inner = self.0.get_value();
        inner.followed.add(part, &inner.state.borrow())
    }
}

/// What is known of a thread around its replies.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outline {
    /// How far loading has come.
    pub load: Load,
    /// What is true of the thread as a whole.
    pub info: Arc<afterword_contract::Thread>,
    /// The order that the reader chose.
    pub order: Order,
    /// The order in which the list stands.
    pub listed: Order,
    /// Whether there is more before what is shown.
    pub earlier: End,
    /// Whether there is more after what is shown.
    pub later: End,
}

impl Outline {
    fn of(thread: &Thread) -> Self {
        Self {
            load: thread.load().clone(),
            info: Arc::clone(thread.info()),
            order: thread.order().clone(),
            listed: thread.listed().clone(),
            earlier: thread.earlier().clone(),
            later: thread.later().clone(),
        }
    }
}

/// What the viewer is writing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Composing {
    /// The text and how far it has come.
    pub composer: Arc<Composer>,
    /// Whether they may write.
    pub access: Access,
    /// By how many bytes it is too long; below 0, how many more it may have.
    pub excess: Option<i64>,
    /// Whether the thread takes no more replies.
    pub locked: bool,
    /// Whether a reply of theirs waits for approval.
    pub held: bool,
}

/// A reply; the same as long as nothing but its reactions is another, so that who reacts has these drawn anew and not
/// all of it.
#[derive(Clone, Debug)]
pub struct Said(pub Arc<Reply>);

impl PartialEq for Said {
    fn eq(&self, other: &Self) -> bool {
        let but_reactions = || {
            let mut reply = Reply::clone(&self.0);
            reply.reactions.clone_from(&other.0.reactions);
            reply == *other.0
        };
        Arc::ptr_eq(&self.0, &other.0) || but_reactions()
    }
}

/// Who reacted to one reply, and whether the viewer may.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reactions {
    /// The reply with its reactions.
    pub reply: Arc<Reply>,
    /// The tags that the viewer chose, where they may choose, and the tags are buttons.
    pub chosen: Option<Vec<Tag>>,
}

impl Reactions {
    fn of(thread: &Thread, id: &ReplyId) -> Self {
        let Some(reply) = thread.reply(id) else { return Self::default() };
        let may =
            || reply.number.is_some() && !matches!(thread.may_react(), Access::Closed | Access::Forbidden);
        let choosing = match reply.status {
            Status::Published | Status::Other(_) => may(),
            Status::Deleted | Status::Hidden | Status::Pending => false,
        };
        Self { reply: Arc::clone(reply), chosen: choosing.then(|| thread.chosen(id).to_vec()) }
    }
}

/// How one reply hangs together with others.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Links {
    /// Whether the reader went to it.
    pub target: bool,
    /// Where the reader came from, by a link in another reply.
    pub came_from: Option<u32>,
    /// The numbers of the replies that quote it.
    pub quoted_by: Vec<u32>,
    /// Whether the thread takes replies that quote it.
    pub quotable: bool,
    /// What of it the reader selected.
    pub passage: Option<Passage>,
    /// Whether the viewer may change it.
    pub edit: bool,
    /// Whether the viewer may delete it.
    pub delete: bool,
    /// Whether it was deleted, the viewer may bring it back, and no button for that stands below it.
    pub restore: bool,
    /// Whether the viewer may report it.
    pub report: bool,
    /// What stands at it because of something the viewer did.
    pub aside: Option<Beside>,
}

/// What stands at a reply; the same only as long as nothing was put in its place.
#[derive(Clone, Debug)]
pub struct Beside(pub Arc<Aside>);

impl PartialEq for Beside {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Links {
    fn of(state: &State, id: &ReplyId) -> Option<Self> {
        let thread = &state.thread;
        let reply = thread.reply(id)?;
        let number = reply.number?;
        let now = state.now.unwrap_or_default();
        let may = |feature, permission| thread.may_to(reply, feature, permission, now);
        Some(Self {
            edit: !thread.info().locked && may(&Feature::Edit, &Permission::Edit),
            delete: may(&Feature::Delete, &Permission::Delete),
            restore: reply.status == Status::Deleted
                && may(&Feature::Delete, &Permission::Restore)
                && !thread.aside(&reply.id).is_some_and(|aside| matches!(**aside, Aside::Undo(_))),
            report: thread.may_report(reply, now),
            aside: thread.aside(&reply.id).cloned().map(Beside),
            target: thread.target() == Some(number),
            came_from: thread.came_from(number),
            quoted_by: thread.quoted_by(number),
            quotable: thread.takes_replies(),
            passage: thread.passage().filter(|passage| passage.number == number).cloned(),
        })
    }
}

/// A side of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Before what is shown.
    Earlier,
    /// After what is shown.
    Later,
}
