//! The only place where the thread, the world and Leptos meet: read through signals, write through `dispatch`.
//!
//! Knows how to hand commands on, not how to carry them out: that is the [`World`] it is given
//! (the browser in the widget, nothing at all natively).

#[cfg(feature = "csr")]
pub(crate) mod browser_world;

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
    pub fn select<T: PartialEq + Send + Sync + 'static>(
        self,
        part: impl Fn(&Thread) -> T + Send + Sync + 'static,
    ) -> Memo<T> {
        Memo::new(move |_| self.thread.with(&part))
    }

    /// The thread as it is, untracked.
    pub fn peek<T>(self, part: impl FnOnce(&Thread) -> T) -> T {
        self.thread.with_untracked(part)
    }

    /// How far loading has come.
    pub fn load(self) -> Memo<Load> {
        self.select(|thread| thread.load().clone())
    }

    /// What is true of the thread as a whole.
    pub fn info(self) -> Memo<Arc<afterword_contract::Thread>> {
        self.select(|thread| Arc::clone(thread.info()))
    }

    /// The order that the reader chose.
    pub fn order(self) -> Memo<Order> {
        self.select(|thread| thread.order().clone())
    }

    /// The replies shown, in order.
    pub fn shown(self) -> Memo<Vec<ReplyId>> {
        self.select(|thread| thread.shown().to_vec())
    }

    /// One reply.
    pub fn reply(self, id: ReplyId) -> Memo<Option<Arc<Reply>>> {
        self.select(move |thread| thread.reply(&id).cloned())
    }

    /// What is known of the reply that a quote names.
    pub fn source(self, number: u32) -> Memo<Source> {
        self.select(move |thread| thread.source(number))
    }

    /// One end of the list.
    pub fn end(self, side: Side) -> Memo<End> {
        self.select(move |thread| match side {
            Side::Earlier => thread.earlier().clone(),
            Side::Later => thread.later().clone(),
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
