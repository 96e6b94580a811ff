//! The only place where the thread, the world and Leptos meet: read through signals, write through `dispatch`.
//!
//! Knows how to hand commands on, not how to carry them out: that is the [`World`] it is given
//! (the browser in the widget, nothing at all natively).

use std::sync::Arc;

use afterword_contract::{Order, Reply, ReplyId};
use afterword_markup::{Document, Names};
use leptos::prelude::*;

use crate::config::Config;
use crate::messages::Messages;
use crate::thread::{Announcement, Command, End, Event, Load, Source, Thread};

/// What a widget needs of the world around it.
pub trait World {
    /// Carries out a command; the answer comes back to the store as an event.
    fn run(&self, store: Store, command: Command);

    /// Reads an HTML body into the tree of allowed nodes.
    fn parse_html(&self, source: &str, names: &Names) -> Document;
}

/// No world: commands go nowhere, HTML is read by a parser library. For drawing a given state.
#[cfg(feature = "ssr")]
pub struct Nowhere;

#[cfg(feature = "ssr")]
impl World for Nowhere {
    fn run(&self, _: Store, _: Command) {}

    fn parse_html(&self, source: &str, names: &Names) -> Document {
        afterword_markup::parse_html(source, names)
    }
}

/// One widget's state. Copied freely; it lives as long as the widget is mounted.
#[derive(Clone, Copy)]
pub struct Store {
    thread: RwSignal<Thread>,
    messages: RwSignal<Arc<Messages>>,
    now: RwSignal<i64>,
    announcement: RwSignal<Option<Announcement>>,
    config: StoredValue<Arc<Config>>,
    world: StoredValue<Box<dyn World>, LocalStorage>,
}

impl Store {
    /// A store for one widget, within the current reactive owner. `now` is in milliseconds since 1970.
    pub fn new(config: Config, messages: Messages, now: i64, world: Box<dyn World>) -> Self {
        let thread = Thread::new(config.order.clone(), config.page_size);
        Self {
            thread: RwSignal::new(thread),
            messages: RwSignal::new(Arc::new(messages)),
            now: RwSignal::new(now),
            announcement: RwSignal::new(None),
            config: StoredValue::new(Arc::new(config)),
            world: StoredValue::new_local(world),
        }
    }

    /// Lets something happen. After the widget is gone nothing happens any more.
    pub fn dispatch(self, event: Event) {
        let Some(commands) = self.thread.try_update(|thread| thread.update(event)) else { return };
        for command in commands {
            if let Command::Announce(announcement) = command {
                self.announcement.set(Some(announcement));
            } else {
                self.world.try_with_value(|world| world.run(self, command));
            }
        }
    }

    /// Time passes.
    pub fn tick(self, now: i64) {
        self.now.try_set(now);
    }

    /// The reader's language is now another.
    pub fn speak(self, messages: Messages) {
        self.messages.try_set(Arc::new(messages));
    }

    /// The host's configuration.
    pub fn config(self) -> Arc<Config> {
        self.config.get_value()
    }

    /// The sentences in the reader's language. Not tracked: the root draws everything anew in another language.
    pub fn messages(self) -> Arc<Messages> {
        self.messages.get_untracked()
    }

    /// The sentences, tracked; for the root alone.
    pub fn language(self) -> Arc<Messages> {
        self.messages.get()
    }

    /// The moment that relative times count from, in milliseconds since 1970.
    pub fn now(self) -> i64 {
        self.now.get()
    }

    /// What was announced last.
    pub fn announcement(self) -> Option<Announcement> {
        self.announcement.get()
    }

    /// Reads an HTML body into the tree of allowed nodes.
    pub fn parse_html(self, source: &str, names: &Names) -> Document {
        self.world.with_value(|world| world.parse_html(source, names))
    }

    /// A part of the thread, as a signal that changes only when that part does.
    fn select<T: PartialEq + Send + Sync + 'static>(
        self,
        part: impl Fn(&Thread) -> T + Send + Sync + 'static,
    ) -> Memo<T> {
        Memo::new(move |_| self.thread.with(&part))
    }

    /// The thread as it is, untracked.
    pub fn peek<T>(self, part: impl FnOnce(&Thread) -> T) -> T {
        self.thread.with_untracked(part)
    }

    /// A yes or no about the thread.
    pub fn is(self, part: impl Fn(&Thread) -> bool + Send + Sync + 'static) -> Memo<bool> {
        self.select(part)
    }

    /// What is known of the thread around its replies.
    pub fn outline(self) -> Memo<Outline> {
        self.select(Outline::of)
    }

    /// The replies shown, in order.
    pub fn shown(self) -> Memo<Vec<ReplyId>> {
        self.select(|thread| thread.shown().to_vec())
    }

    /// One reply.
    pub fn reply(self, id: ReplyId) -> Memo<Option<Arc<Reply>>> {
        self.select(move |thread| thread.reply(&id).cloned())
    }

    /// How a reply hangs together with others; a reply without a number with none.
    pub fn links(self, number: Option<u32>) -> Memo<Links> {
        self.select(move |thread| number.map(|number| Links::of(thread, number)).unwrap_or_default())
    }

    /// What is known of the reply that a quote names, if it names one.
    pub fn source(self, number: Option<u32>) -> Memo<Option<Source>> {
        self.select(move |thread| number.map(|number| thread.source(number)))
    }
}

/// What is known of a thread around its replies. One signal for all of it: each further kind of signal costs
/// the module some kilobytes.
#[derive(Clone, Debug, PartialEq)]
pub struct Outline {
    /// How far loading has come.
    pub load: Load,
    /// What is true of the thread as a whole.
    pub info: Arc<afterword_contract::Thread>,
    /// The order that the reader chose.
    pub order: Order,
    /// Whether there is more before what is shown.
    pub earlier: End,
    /// Whether there is more after what is shown.
    pub later: End,
    /// A number that was asked for in vain.
    pub unknown_number: Option<u32>,
}

impl Outline {
    fn of(thread: &Thread) -> Self {
        Self {
            load: thread.load().clone(),
            info: Arc::clone(thread.info()),
            order: thread.order().clone(),
            earlier: thread.earlier().clone(),
            later: thread.later().clone(),
            unknown_number: thread.unknown_number(),
        }
    }
}

/// How one reply hangs together with others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Links {
    /// Whether the reader went to it.
    pub target: bool,
    /// Where the reader came from, by a link in another reply.
    pub came_from: Option<u32>,
    /// The numbers of the replies that quote it.
    pub quoted_by: Vec<u32>,
}

impl Links {
    fn of(thread: &Thread, number: u32) -> Self {
        Self {
            target: thread.target() == Some(number),
            came_from: thread.came_from(number),
            quoted_by: thread.quoted_by(number),
        }
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
