//! A backend in memory that answers the contract's one required route to the letter, and helpers to fill it.
//!
//! It has no database, no clock and no opinion; whatever a story puts in comes out.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use afterword_contract::{
    Cursor, Person, PersonId, Reaction, ReactionTag, Reply, ReplyId, Revision, Status, Tag, Thread,
    ThreadPage, Timestamp,
};

/// Threads by id. Clones share them.
#[derive(Clone, Default)]
pub struct Backend {
    threads: Arc<Mutex<HashMap<String, ThreadPage>>>,
}

impl Backend {
    /// Puts a thread in place, whole: its page holds every reply, in the order of numbers.
    pub fn put(&self, page: ThreadPage) {
        self.threads.lock().unwrap().insert(page.thread.id.0.clone(), page);
    }

    /// The answer to `GET replies` with these query pairs.
    pub(crate) fn replies(&self, query: &HashMap<String, String>) -> ThreadPage {
        let ask = |name: &str| query.get(name).map(String::as_str);
        let number = |name: &str| ask(name).and_then(|text| text.parse::<usize>().ok());
        let id = ask("thread").unwrap_or_default();
        let Some(mut page) = self.threads.lock().unwrap().get(id).cloned() else {
            return ThreadPage {
                thread: Thread { id: id.into(), ..Thread::default() },
                ..ThreadPage::default()
            };
        };
        match ask("order") {
            Some("newest") => page.replies.reverse(),
            Some("top") => page.replies.sort_by_key(|reply| std::cmp::Reverse(votes(reply))),
            _ => {}
        }
        let length = page.replies.len();
        let limit = number("limit").unwrap_or(50).clamp(1, 100);
        let around = number("around").and_then(|wanted| {
            page.replies.iter().position(|reply| reply.number.is_some_and(|number| number as usize == wanted))
        });
        let start = match (number("after"), number("before"), around) {
            (Some(after), ..) => after.min(length),
            (_, Some(before), _) => before.saturating_sub(limit),
            (_, _, Some(place)) => place.saturating_sub(limit / 2),
            _ => 0,
        };
        let end = match number("before") {
            Some(before) => before.min(length),
            None => (start + limit).min(length),
        };
        page.previous = (start > 0).then(|| Cursor(start.to_string()));
        page.next = (end < length).then(|| Cursor(end.to_string()));
        page.replies = page.replies.drain(start..end).collect();
        page
    }
}

fn votes(reply: &Reply) -> u32 {
    reply.reactions.iter().map(|reaction| reaction.count).sum()
}

/// A whole thread of these replies, with as many numbers given out as the largest of them.
pub fn thread(id: &str, replies: Vec<Reply>) -> ThreadPage {
    let total = replies.iter().filter_map(|reply| reply.number).max().unwrap_or(0);
    let tags = [("like", "Like", "👍"), ("informative", "Informative", "💡"), ("disagree", "Disagree", "👎")];
    let reaction_tags = tags
        .into_iter()
        .map(|(tag, label, symbol)| ReactionTag {
            tag: tag.into(),
            label: label.into(),
            symbol: Some(symbol.into()),
        })
        .collect();
    let thread = Thread { id: id.into(), total, reaction_tags, ..Thread::default() };
    ThreadPage { thread, replies, ..ThreadPage::default() }
}

/// A thread of so many replies by three authors, each saying `Reply number N speaks.`
pub fn long_thread(id: &str, replies: u32) -> ThreadPage {
    let authors = ["Ada Vance", "Bo", "Cleo"];
    let author = |number: u32| authors[number as usize % authors.len()];
    thread(id, (1..=replies).map(|n| reply(n, author(n), &format!("Reply number {n} speaks."))).collect())
}

/// A published reply in Markdown, an hour after the one before it.
pub fn reply(number: u32, author: &str, body: &str) -> Reply {
    Reply {
        id: ReplyId(format!("r{number}")),
        number: Some(number),
        author: Some(person(author)),
        published: Some(Timestamp::from_millis(1_561_489_380_000 + i64::from(number) * 3_600_000)),
        revision: Revision("1".to_owned()),
        status: Status::Published,
        body: body.to_owned(),
        ..Reply::default()
    }
}

/// Somebody with that name, and an id made of it.
pub fn person(name: &str) -> Person {
    let id = name.chars().map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '-' }).collect();
    Person { id: Some(PersonId(id)), name: name.to_owned(), ..Person::default() }
}

/// A tag chosen by these people, and by nobody else.
pub fn reaction(tag: &str, people: &[&str]) -> Reaction {
    let people: Vec<_> = people.iter().map(|name| person(name)).collect();
    Reaction { tag: Tag(tag.to_owned()), count: people.len() as u32, people }
}
