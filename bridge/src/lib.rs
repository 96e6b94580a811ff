//! Reads another system's replies as a backend that keeps the contract, without changing anything there.
//!
//! Reading order: [`options`] understands the command line, `wish` what is asked for, `page` which replies that
//! is, `system` which of the systems is asked; `discourse`, `isso` and `vanilla` each ask one of them, and beside
//! each stands its conversion, which knows JSON alone; `body` makes what people wrote there readable here;
//! `upstream` asks, with bounds, and keeps answers; `answer` is the contract's HTTP.
//!
//! It writes nowhere, has no key and no database: all that it knows is what everybody may read there.

mod answer;
mod body;
mod cursor;
mod discourse;
mod emoji;
mod failure;
#[cfg(test)]
mod hostile_tests;
mod isso;
mod json;
pub mod options;
mod page;
mod people;
mod problem;
mod server;
mod system;
mod tags;
mod upstream;
mod vanilla;
mod wish;

use afterword_contract::{Order, Thread, ThreadPage};

pub use server::Server;
pub use system::System;

use options::Options;
use problem::Refusal;
use upstream::{Base, Upstream};
use wish::Wish;

/// A system, read as the contract's backend.
pub struct Bridge {
    system: System,
    upstream: Upstream,
}

impl Bridge {
    /// The bridge that these options describe. The error is a sentence.
    pub fn new(options: &Options) -> Result<Self, String> {
        let base = Base::read(&options.url)?;
        let upstream = Upstream::new(base, options.cache, options.timeout)?;
        Ok(Self { system: options.system, upstream })
    }

    /// The page that is wished for; of a thread that is not there an empty one.
    async fn page(&self, wish: &Wish) -> Result<ThreadPage, Refusal> {
        let id = wish.thread.as_str().into();
        let Some(mut source) = self.system.open(&self.upstream, &wish.thread).await? else {
            return Ok(ThreadPage { thread: Thread { id, ..Thread::default() }, ..ThreadPage::default() });
        };
        let mut thread = Thread { id, ..source.thread() };
        if wish.order == Order::Top && thread.total > source.most_sorted() {
            return Err(Refusal::parameter("order", "so long a thread is not sorted by reactions"));
        }
        let numbers = |total: u32| match wish.order {
            Order::Top => 1..total.saturating_add(1),
            _ => page::numbers(wish, total),
        };
        source.load(&self.upstream, numbers(thread.total)).await?;
        // The system may count more than it shows: what was loaded may tell.
        thread.total = source.thread().total;
        let numbers = numbers(thread.total);
        let there = source.positions(numbers.clone());
        let mut end = numbers.end;
        if let Some(last) = there.last()
            && numbers.end > thread.total
        {
            end = last.number.saturating_add(1);
            thread.total = last.number;
        }
        let cut = match wish.order {
            Order::Top => page::by_reactions(wish, there),
            _ => page::by_number(wish, numbers.start..end, thread.total),
        };
        let found = source.replies(&cut.numbers);
        thread.reaction_tags = found.tags;
        let (previous, next) = (cut.previous, cut.next);
        Ok(ThreadPage { thread, replies: found.replies, previous, next, ..ThreadPage::default() })
    }
}
