//! What the checks of one run share: the backend, what it announces, two people, and threads that nobody else has.
//!
//! It writes only into threads that it names itself, and remembers what it wrote, so that it can be taken away.

use std::hash::{BuildHasher, RandomState};
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicU32, Ordering};

use afterword_contract::PAGE_MOST;
use http::Method;
use serde_json::{Value, json};
use tokio::sync::OnceCell;

use crate::check::{Stop, Verdict};
use crate::client::{Answer, Client, Request};
use crate::json::{list, text, texts, whole};

/// Somebody who may write.
#[derive(Clone, Debug)]
pub(crate) struct Who {
    pub(crate) token: String,
    /// A Person; null where the backend did not say.
    pub(crate) person: Value,
}

/// A thread with seven replies: the odd numbers are the first person's.
pub(crate) struct Sample {
    pub(crate) thread: String,
    /// As they were answered when they were posted.
    pub(crate) replies: Vec<Value>,
}

/// What the checks of one run share.
pub(crate) struct Stage {
    client: Client,
    /// Whether the address is that of one file.
    file: bool,
    /// `thread` of the page of a thread that nobody knows, or of the file.
    announced: Value,
    /// The error says why there is nobody.
    first: Result<Who, String>,
    second: Result<Who, String>,
    given: Option<String>,
    prefix: String,
    written: Mutex<Vec<(String, String)>>,
    sample: OnceCell<Result<Sample, String>>,
    keys: AtomicU32,
    /// Whether `Idempotency-Key` changes anything; asked once.
    pub(crate) heeds_keys: OnceCell<bool>,
}

/// The bodies of a [`Sample`], in order.
pub(crate) const SAMPLE: [&str; 7] = [
    "The first reply.",
    "The tide goes out twice a day here, and nobody is ever surprised.",
    "Third.",
    "> [](#reply-2)\n> nobody is ever surprised\n\nSome are.",
    "Fifth.",
    "Sixth.",
    "The last reply.",
];

impl Stage {
    /// Asks what is announced, and gets people to write as. The error says why nobody answers.
    pub(crate) async fn set_up(
        client: Client,
        prefix: &str,
        given: Option<String>,
        tokens: [Option<String>; 2],
    ) -> Result<Self, String> {
        let prefix = format!("{prefix}{:08x}-", RandomState::new().hash_one("run") as u32);
        let mut stage = Self {
            client,
            file: false,
            announced: Value::Null,
            first: Err("nobody writes into a file".to_owned()),
            second: Err("nobody writes into a file".to_owned()),
            given,
            prefix,
            written: Mutex::default(),
            sample: OnceCell::new(),
            keys: AtomicU32::new(0),
            heeds_keys: OnceCell::new(),
        };
        let answer = match stage.page(&stage.thread("nobody")).send().await {
            Ok(answer) => answer,
            Err(Stop::Skipped(why)) => return Err(why),
            Err(Stop::Wrong(finding)) => return Err(finding.wrong),
        };
        let mut page: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        if answer.status != 200 || page.get("replies").is_none() {
            // Not an address below which there is a backend; perhaps that of a file.
            if let Ok(answer) = stage.get("").send().await
                && let Ok(file) = serde_json::from_slice::<Value>(&answer.body)
                && answer.status == 200
                && file.get("replies").is_some()
            {
                (stage.file, page) = (true, file);
            }
        }
        stage.announced = page.pointer("/thread").cloned().unwrap_or_default();
        if stage.file {
            return Ok(stage);
        }
        stage.client.pass_caches(stage.page(&stage.thread("nobody"))).await;
        let [first, second] = tokens;
        stage.first = stage.somebody(first, "Ada", ("nobody may write", "--token")).await;
        stage.second = stage.somebody(second, "Bram", ("it takes two people", "--second-token")).await;
        Ok(stage)
    }

    /// Who has this token, or a new guest. The error says why there is none, and which option brings one.
    async fn somebody(
        &self,
        token: Option<String>,
        name: &str,
        (without, option): (&str, &str),
    ) -> Result<Who, String> {
        if let Some(token) = token {
            let viewer = self.get("/viewer").query("thread", self.thread("nobody")).token(&token);
            let person = match self.offers("viewer") {
                true => viewer.send().await.ok().and_then(|answer| {
                    let viewer: Value = serde_json::from_slice(&answer.body).ok()?;
                    viewer.pointer("/person").cloned()
                }),
                false => None,
            };
            return Ok(Who { token, person: person.unwrap_or_default() });
        }
        if !self.offers("guest") {
            return Err(format!("{without}: give {option}, or offer `guest`"));
        }
        let answer = match self.guest(&self.name(name)).send().await {
            Ok(answer) => answer,
            Err(Stop::Skipped(why)) => {
                return Err(format!("`POST guests` was refused: {why}; raise its limits, or give {option}"));
            }
            Err(Stop::Wrong(finding)) => {
                return Err(format!("`POST guests` failed: {}; give {option}", finding.wrong));
            }
        };
        let status = answer.status;
        if !(200..300).contains(&status) {
            return Err(format!("`POST guests` was refused: {status}; give {option}"));
        }
        let guest: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        let token = text(&guest, "/token").to_owned();
        let person = guest.pointer("/person").cloned().unwrap_or_default();
        if token.is_empty() {
            return Err(format!("`POST guests` was answered with {status} and no token; give {option}"));
        }
        Ok(Who { token, person })
    }

    /// Why somebody could not be made, although `guest` is announced.
    pub(crate) fn missing(&self) -> Option<&str> {
        let people = [&self.first, &self.second].into_iter();
        let why = people.filter_map(|who| who.as_ref().err().map(String::as_str)).next();
        why.filter(|_| !self.file && self.offers("guest"))
    }

    /// A name for somebody that nobody else has.
    pub(crate) fn name(&self, name: &str) -> String {
        self.name_in('a', name)
    }

    /// The same in a script that has sixteen letters from `first` on: names that mix scripts may be refused.
    pub(crate) fn name_in(&self, first: char, name: &str) -> String {
        // Letters only, as names are.
        let letters =
            |digit: char| char::from_u32(u32::from(first) + digit.to_digit(16).unwrap_or(0)).unwrap_or(first);
        let run = self.prefix.trim_end_matches('-').rsplit('-').next().unwrap_or_default();
        format!("{name} {}", run.chars().map(letters).collect::<String>())
    }

    /// The backend's address.
    pub(crate) fn api(&self) -> &str {
        self.client.api()
    }

    /// Whether the address is that of one file, which is a whole thread.
    pub(crate) fn is_file(&self) -> bool {
        self.file
    }

    /// The features that are announced.
    pub(crate) fn features(&self) -> Vec<String> {
        texts(&self.announced, "/features")
    }

    pub(crate) fn offers(&self, feature: &str) -> bool {
        self.features().iter().any(|offered| offered == feature)
    }

    /// Skips what needs a feature that is not announced.
    pub(crate) fn needs(&self, feature: &str) -> Verdict {
        if self.offers(feature) {
            return Ok(());
        }
        Err(Stop::skipped(format!("`{feature}` is not announced")))
    }

    /// The longest body, in bytes.
    pub(crate) fn body_bytes(&self) -> Option<usize> {
        usize::try_from(whole(&self.announced, "/limits/bodyBytes")?).ok()
    }

    /// The first tag that threads offer.
    pub(crate) fn tag(&self) -> Verdict<&str> {
        let tags = list(&self.announced, "/reactionTags");
        let tag = tags.first().map(|tag| text(tag, "/tag")).unwrap_or_default();
        if tag.is_empty() { Err(Stop::skipped("the thread offers no reaction tags")) } else { Ok(tag) }
    }

    /// The id of a thread that only this run knows.
    pub(crate) fn thread(&self, purpose: &str) -> String {
        format!("{}{purpose}", self.prefix)
    }

    /// A key that came never before.
    pub(crate) fn key(&self) -> String {
        format!("\"{}{}\"", self.prefix, self.keys.fetch_add(1, Ordering::Relaxed))
    }

    pub(crate) fn first(&self) -> Verdict<&Who> {
        self.first.as_ref().map_err(Stop::skipped)
    }

    pub(crate) fn second(&self) -> Verdict<&Who> {
        self.second.as_ref().map_err(Stop::skipped)
    }

    /// Every token that this run uses.
    pub(crate) fn tokens(&self) -> Vec<&str> {
        [&self.first, &self.second].into_iter().flatten().map(|who| who.token.as_str()).collect()
    }

    pub(crate) fn ask(&self, method: Method, path: &str) -> Request<'_> {
        self.client.request(method, path)
    }

    pub(crate) fn get(&self, path: &str) -> Request<'_> {
        self.ask(Method::GET, path)
    }

    /// The first page of a thread.
    pub(crate) fn page(&self, thread: &str) -> Request<'_> {
        if self.file {
            return self.get("");
        }
        self.get("/replies").query("thread", thread)
    }

    /// The first page of a thread, which has to be there.
    pub(crate) async fn read(&self, thread: &str) -> Verdict<(Answer, Value)> {
        let request = self.page(thread);
        let request = if self.file { request } else { request.query("limit", PAGE_MOST) };
        let answer = request.send().await?;
        let page = answer.json(200)?;
        Ok((answer, page))
    }

    pub(crate) fn guest(&self, name: &str) -> Request<'_> {
        self.ask(Method::POST, "/guests").json(&json!({ "name": name }))
    }

    /// A new reply, under a key of its own.
    pub(crate) fn post(&self, who: &Who, new: &Value) -> Request<'_> {
        self.posting(who, new).header("idempotency-key", self.key())
    }

    /// A new reply without a key.
    pub(crate) fn posting(&self, who: &Who, new: &Value) -> Request<'_> {
        self.ask(Method::POST, "/replies").token(&who.token).json(new)
    }

    /// What is done to a reply: `path` is what follows its id.
    pub(crate) fn act(&self, method: Method, reply: &Value, path: &str) -> Request<'_> {
        self.ask(method, &format!("/replies/{}{path}", text(reply, "/id")))
    }

    /// A new text for a reply, written over this revision of it.
    pub(crate) fn edit(&self, who: &Who, reply: &Value, body: &str) -> Request<'_> {
        let revision = format!("\"{}\"", text(reply, "/revision"));
        let request = self.act(Method::PATCH, reply, "").token(&who.token).header("if-match", revision);
        request.json(&json!({ "body": body }))
    }

    pub(crate) fn delete(&self, who: &Who, reply: &Value) -> Request<'_> {
        self.act(Method::DELETE, reply, "").token(&who.token)
    }

    /// Sends a new reply that has to be published.
    pub(crate) async fn published(&self, who: &Who, request: Request<'_>) -> Verdict<(Answer, Value)> {
        let answer = request.send().await?;
        self.remember(who, &answer);
        taken(&answer)?;
        let reply = answer.json(201)?;
        Ok((answer, reply))
    }

    /// Writes a reply for a check about something else; where that fails, the check is left out.
    pub(crate) async fn write(&self, who: &Who, thread: &str, body: &str) -> Verdict<Value> {
        self.needs("reply")?;
        let request = self.post(who, &json!({ "thread": thread, "body": body }));
        prepared(self.published(who, request).await).map(|(_, reply)| reply)
    }

    /// Remembers a reply, so that it is deleted at the end.
    pub(crate) fn remember(&self, who: &Who, answer: &Answer) {
        let reply: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        let id = text(&reply, "/id").to_owned();
        if (200..300).contains(&answer.status) && !id.is_empty() {
            let mut written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
            written.push((id, who.token.clone()));
        }
    }

    /// A thread to read: the one that was given, or the sample.
    pub(crate) async fn readable(&self) -> Verdict<&str> {
        match &self.given {
            Some(thread) => Ok(thread),
            None if self.file => Ok(""),
            None => Ok(&self.sample().await?.thread),
        }
    }

    /// The thread with seven replies, written when it is first asked for.
    pub(crate) async fn sample(&self) -> Verdict<&Sample> {
        let sample = self.sample.get_or_init(async || match self.write_sample().await {
            Ok(sample) => Ok(sample),
            Err(Stop::Skipped(why)) => Err(why),
            Err(Stop::Wrong(finding)) => Err(finding.wrong),
        });
        sample.await.as_ref().map_err(|why| Stop::skipped(format!("there is no thread to ask about: {why}")))
    }

    async fn write_sample(&self) -> Verdict<Sample> {
        self.needs("reply")?;
        let first = self.first()?;
        let second = self.second().unwrap_or(first);
        let thread = self.thread("sample");
        let mut replies = Vec::new();
        for (place, body) in SAMPLE.iter().enumerate() {
            let who = if place % 2 == 0 { first } else { second };
            replies.push(self.write(who, &thread, body).await?);
        }
        Ok(Sample { thread, replies })
    }

    /// Deletes what was written, as far as that goes.
    pub(crate) async fn clean_up(&self) {
        if !self.offers("delete") {
            return;
        }
        let written = std::mem::take(&mut *self.written.lock().unwrap_or_else(PoisonError::into_inner));
        for (id, token) in written {
            // What is deleted already, or cannot be, stays as it is.
            let _ = self.ask(Method::DELETE, &format!("/replies/{id}")).token(&token).send().await;
        }
    }
}

/// Skips where a new reply is held, or may not open a thread: both are the backend's to decide.
pub(crate) fn taken(answer: &Answer) -> Verdict {
    match answer.status {
        202 => Err(Stop::skipped("replies are held for approval here (202)")),
        403 => Err(Stop::skipped("this person may not open a thread here (403)")),
        _ => Ok(()),
    }
}

/// Whether `said` is this person, as far as either of them is known.
pub(crate) fn is_same(person: &Value, said: &Value) -> bool {
    let same = |pointer: &str| {
        let (one, other) = (text(person, pointer), text(said, pointer));
        one.is_empty() || one == other
    };
    same("/id") && same("/name")
}

/// What was only done to be able to ask: where it fails, another check says so, and this one is left out.
pub(crate) fn prepared<T>(done: Verdict<T>) -> Verdict<T> {
    done.map_err(|stop| match stop {
        Stop::Wrong(finding) => Stop::Skipped(format!("it could not be prepared: {}", finding.wrong)),
        skipped => skipped,
    })
}
