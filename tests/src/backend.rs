//! A backend in memory that answers the contract's reading route to the letter, takes replies, guests and what is done
//! to replies, and helpers to fill it.
//!
//! It has no database, no clock and no opinion; whatever a story puts in comes out.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use afterword_contract::{
    Cursor, EditReply, FieldError, Guest, NewGuest, NewReply, PastRevision, Permission, Person, PersonId,
    Problem, ProblemType, Reaction, ReactionTag, Reply, ReplyId, Report, Revision, Status, Tag, Thread,
    ThreadPage, Timestamp, Viewer, ViewerReply,
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
    /// The replies that are held.
    pending: Vec<Reply>,
    /// What replies said before, by their ids.
    past: HashMap<String, Vec<PastRevision>>,
    /// What was reported: the body of each report.
    reports: Vec<Report>,
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
        let Some(name) = token.and_then(|token| writers.tokens.get(token)) else {
            return Viewer { may: vec![Permission::Report], ..Viewer::default() };
        };
        let me = person(name);
        let mut viewer = Viewer {
            person: Some(me.clone()),
            may: vec![Permission::Reply, Permission::React, Permission::Report],
            pending: writers
                .pending
                .iter()
                .filter(|reply| reply.author.as_ref() == Some(&me))
                .cloned()
                .collect(),
            ..Viewer::default()
        };
        for reply in self.threads.lock().unwrap().values().flat_map(|page| &page.replies) {
            let own = reply.author.as_ref() == Some(&me);
            let chosen = reply.reactions.iter().filter(|reaction| reaction.people.contains(&me));
            let theirs = ViewerReply {
                reactions: chosen.map(|reaction| reaction.tag.clone()).collect(),
                may: if own { vec![Permission::Edit, Permission::Delete] } else { Vec::new() },
                until: None,
            };
            viewer.replies.insert(reply.id.clone(), theirs);
        }
        viewer
    }

    /// Somebody else gives a reply another text.
    pub fn change(&self, thread: &str, number: u32, body: &str) {
        let mut threads = self.threads.lock().unwrap();
        let replies = &mut threads.get_mut(thread).unwrap().replies;
        let reply = replies.iter_mut().find(|reply| reply.number == Some(number)).unwrap();
        edit(reply, body);
    }

    /// What was reported so far.
    pub fn reports(&self) -> Vec<Report> {
        self.writers.lock().unwrap().reports.clone()
    }

    /// The answer to what is done to a reply: `id`, `id/history`, `id/reactions/tag` and so on.
    pub(crate) fn act(&self, method: &str, route: &str, from: &Sender<'_>, body: &[u8]) -> (u16, Value) {
        let mut writers = self.writers.lock().unwrap();
        let mut threads = self.threads.lock().unwrap();
        let steps: Vec<&str> = route.split('/').collect();
        let replies = threads.values_mut().flat_map(|page| &mut page.replies);
        let Some(reply) = replies.into_iter().find(|reply| reply.id.as_str() == steps[0]) else {
            return (404, json!(ProblemType::UNKNOWN_REPLY.problem()));
        };
        match (method, &steps[1..]) {
            ("GET", ["history"]) => {
                let mut past = writers.past.get(steps[0]).cloned().unwrap_or_default();
                past.push(revision(reply));
                return (200, json!(past));
            }
            ("POST", ["reports"]) => {
                writers.reports.push(serde_json::from_slice(body).unwrap());
                return (204, Value::Null);
            }
            _ => {}
        }
        let Some(name) = from.token.and_then(|token| writers.tokens.get(token)).cloned() else {
            return (401, json!(ProblemType::SIGN_IN_REQUIRED.problem()));
        };
        let me = person(&name);
        match (method, &steps[1..]) {
            ("PUT" | "DELETE", ["reactions", tag]) => {
                let known = reply.reactions.iter().position(|reaction| reaction.tag.as_str() == *tag);
                let place = known.unwrap_or_else(|| {
                    reply.reactions.push(Reaction { tag: Tag((*tag).to_owned()), count: 0, people: vec![] });
                    reply.reactions.len() - 1
                });
                let people = &mut reply.reactions[place].people;
                people.retain(|person| *person != me);
                if method == "PUT" {
                    people.push(me);
                }
                reply.reactions.iter_mut().for_each(|reaction| reaction.count = reaction.people.len() as u32);
                reply.reactions.retain(|reaction| reaction.count > 0);
                (200, json!(reply.reactions))
            }
            ("PATCH", []) => {
                if from.revision != format!("\"{}\"", reply.revision.0) {
                    let current = Some(Box::new(reply.clone()));
                    return (412, json!(Problem { current, ..ProblemType::REVISION_CHANGED.problem() }));
                }
                writers.past.entry(reply.id.0.clone()).or_default().push(revision(reply));
                let asked: EditReply = serde_json::from_slice(body).unwrap();
                edit(reply, &asked.body);
                (200, json!(reply))
            }
            ("DELETE", []) => {
                writers.past.insert(format!("deleted {}", steps[0]), vec![revision(reply)]);
                (reply.status, reply.body) = (Status::Deleted, String::new());
                (200, json!(reply))
            }
            ("POST", ["restore"]) => {
                let body = writers.past.remove(&format!("deleted {}", steps[0])).unwrap();
                (reply.status, reply.body) = (Status::Published, body[0].body.clone());
                (200, json!(reply))
            }
            _ => (404, json!(ProblemType::UNKNOWN_ROUTE.problem())),
        }
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
            writers.pending.push(new.clone());
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

/// Who sends a request, and which revision they change.
pub(crate) struct Sender<'a> {
    pub(crate) token: Option<&'a str>,
    pub(crate) revision: &'a str,
}

fn edit(reply: &mut Reply, body: &str) {
    reply.body = body.to_owned();
    reply.revision = Revision(format!("{}1", reply.revision.0));
    reply.edited = Some(Timestamp::from_millis(1_561_989_380_000));
}

fn revision(reply: &Reply) -> PastRevision {
    PastRevision {
        revision: reply.revision.clone(),
        published: reply.edited.clone().or_else(|| reply.published.clone()),
        format: reply.format.clone(),
        body: reply.body.clone(),
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
