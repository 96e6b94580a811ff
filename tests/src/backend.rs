//! A backend in memory that answers the contract's reading route to the letter, takes replies and guests, and helpers
//! to fill it.
//!
//! It has no database, no clock and no opinion; whatever a story puts in comes out.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use afterword_contract::{
    Cursor, FieldError, Guest, NewGuest, NewReply, Permission, Person, PersonId, ProblemType, Reaction,
    ReactionTag, Reply, ReplyId, Revision, Status, Tag, Thread, ThreadPage, Timestamp, Viewer,
};
use serde_json::{Value, json};

/// Threads by id. Clones share them.
#[derive(Clone, Default)]
pub struct Backend {
    threads: Arc<Mutex<HashMap<String, ThreadPage>>>,
    writers: Arc<Mutex<Writers>>,
}

/// Who may write, and what they wrote.
#[derive(Default)]
struct Writers {
    /// Names by their tokens.
    tokens: HashMap<String, String>,
    /// Ids of replies by the keys under which they came.
    keys: HashMap<String, String>,
    held: bool,
    /// Whom `GET people` finds, besides nobody.
    people: Vec<Person>,
    /// The mentions that came with replies, in order.
    mentions: Vec<Vec<Person>>,
}

impl Backend {
    /// Puts a thread in place, whole: its page holds every reply, in the order of numbers.
    pub fn put(&self, page: ThreadPage) {
        self.threads.lock().unwrap().insert(page.thread.id.0.clone(), page);
    }

    /// Knows somebody by a token.
    pub fn know(&self, token: &str, name: &str) {
        self.writers.lock().unwrap().tokens.insert(token.to_owned(), name.to_owned());
    }

    /// Knows nobody any more.
    pub fn forget_all(&self) {
        self.writers.lock().unwrap().tokens.clear();
    }

    /// Finds this person, too.
    pub fn meet(&self, name: &str) {
        self.writers.lock().unwrap().people.push(person(name));
    }

    /// Whom the replies that were posted mention, as they were sent.
    pub fn mentions(&self) -> Vec<Vec<Person>> {
        self.writers.lock().unwrap().mentions.clone()
    }

    /// The answer to `GET people` for this beginning of a name.
    pub(crate) fn people(&self, query: &HashMap<String, String>) -> Value {
        let asked = query.get("q").map(|name| name.to_lowercase()).unwrap_or_default();
        let writers = self.writers.lock().unwrap();
        let fits = |person: &&Person| person.name.to_lowercase().starts_with(&asked);
        json!(writers.people.iter().filter(fits).collect::<Vec<_>>())
    }

    /// From now on, replies are held for approval.
    pub fn hold_replies(&self) {
        self.writers.lock().unwrap().held = true;
    }

    /// The bodies in a thread, in order.
    pub fn bodies(&self, thread: &str) -> Vec<String> {
        let threads = self.threads.lock().unwrap();
        threads[thread].replies.iter().map(|reply| reply.body.clone()).collect()
    }

    /// The answer to `GET viewer`.
    pub(crate) fn viewer(&self, token: Option<&str>) -> Viewer {
        let writers = self.writers.lock().unwrap();
        let Some(name) = token.and_then(|token| writers.tokens.get(token)) else { return Viewer::default() };
        Viewer { person: Some(person(name)), may: vec![Permission::Reply], ..Viewer::default() }
    }

    /// The answer to `POST guests`.
    pub(crate) fn make_guest(&self, body: &[u8]) -> (u16, Value) {
        let asked: NewGuest = serde_json::from_slice(body).unwrap();
        if asked.name == "Taken" {
            let mut problem = ProblemType::INVALID_FIELDS.problem();
            problem.errors = vec![FieldError {
                pointer: "#/name".into(),
                detail: "This name belongs to a member.".into(),
            }];
            return (422, json!(problem));
        }
        let token = format!("token of {}", asked.name);
        self.know(&token, &asked.name);
        (201, json!(Guest { token, person: person(&asked.name) }))
    }

    /// The answer to `POST replies`.
    pub(crate) fn post(&self, token: Option<&str>, key: &str, body: &[u8]) -> (u16, Value) {
        let mut writers = self.writers.lock().unwrap();
        let Some(name) = token.and_then(|token| writers.tokens.get(token)).cloned() else {
            return (401, json!(ProblemType::SIGN_IN_REQUIRED.problem()));
        };
        let asked: NewReply = serde_json::from_slice(body).unwrap();
        let mut threads = self.threads.lock().unwrap();
        let page = threads.get_mut(asked.thread.as_str()).unwrap();
        if let Some(id) = writers.keys.get(key)
            && let Some(known) = page.replies.iter().find(|reply| reply.id.as_str() == id)
        {
            return (201, json!(known));
        }
        let number = page.thread.total + 1;
        let mut new = reply(number, &name, &asked.body);
        if writers.held {
            (new.number, new.status) = (None, Status::Pending);
            return (202, json!(new));
        }
        new.mentions = asked.mentions.clone();
        writers.mentions.push(asked.mentions);
        writers.keys.insert(key.to_owned(), new.id.0.clone());
        page.thread.total = number;
        page.replies.push(new.clone());
        (201, json!(new))
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
