//! The contract over HTTP, and the only user of it. Knows addresses and answers; decides nothing.
//!
//! The anonymous read is a simple request: no header of ours, no credentials, hence no preflight and
//! every cache may answer it.

mod asker;

use std::sync::Arc;

use afterword_contract::{
    Json, NewGuest, NewReply, Order, Problem, ProblemType, Reply, ReplyId, Report, ThreadPage, Wire,
    read_into,
};

use crate::browser::{json, page};
use crate::config::{Config, Source};
use crate::text::concat;
use crate::thread::{Act, Failure, Garbled, Position, Query};
pub(crate) use asker::{Asker, begin_staleness};

/// Whether a call says who asks.
#[derive(Clone, Copy)]
pub(crate) enum Token {
    /// It does not, so that any cache may answer.
    Never = 0,
    /// It does, where there is a token.
    Welcome = 1,
    /// It makes no sense without.
    Required = 2,
}

/// One question to the backend.
pub(crate) struct Call {
    pub(crate) method: &'static str,
    pub(crate) url: String,
    pub(crate) token: Token,
    /// A header of its own.
    pub(crate) header: Option<(&'static str, String)>,
    /// What goes along.
    pub(crate) body: Option<Json>,
}

impl Call {
    fn get(url: String, token: Token) -> Self {
        Self { method: "GET", url, token, header: None, body: None }
    }
}

/// Asks the backend; `then` takes what it answers, where that is a success.
pub(crate) fn ask(asker: &Asker, call: &Call, then: impl FnOnce(Result<Answer, Failure>) + 'static) {
    asker.asked(call, move |status, wait, text| {
        let answer = Answer { status, wait, text };
        then(match status {
            0 => Err(failure_named(&answer.text)),
            200..300 => Ok(answer),
            _ => Err(refusal(&answer)),
        });
    });
}

/// The address of a page; a file is one page whatever is asked. The loader writes the same for its head start:
/// parameters in this order, the default order left out.
fn page_url(config: &Config, query: &Query) -> String {
    let base = match &config.source {
        Source::File { url } => return url.clone(),
        Source::Api { base } => base,
    };
    let mut url = concat(&[base, "/replies?thread=", &thread(config)]);
    if query.order != Order::Oldest {
        url.push_str("&order=");
        url.push_str(query.order.as_str());
    }
    url.push_str("&limit=");
    url.push_str(&query.limit.to_string());
    let (name, value) = match &query.position {
        Position::Start => return url,
        Position::After(cursor) => ("&after=", page::encode(cursor.as_str())),
        Position::Before(cursor) => ("&before=", page::encode(cursor.as_str())),
        Position::Around(number) => ("&around=", number.to_string()),
    };
    url.push_str(name);
    url.push_str(&value);
    url
}

/// Who is looking; a file does not know.
pub(crate) fn viewer(config: &Config) -> Option<Call> {
    let url = address(config, &["/viewer?thread=", &thread(config)])?;
    Some(Call::get(url, Token::Welcome))
}

/// People whose names begin like that.
pub(crate) fn people(config: &Config, name: &str) -> Option<Call> {
    let url = address(config, &["/people?thread=", &thread(config), "&q=", &page::encode(name)])?;
    Some(Call::get(url, Token::Never))
}

/// A page.
pub(crate) fn replies(config: &Config, query: &Query) -> Call {
    Call::get(page_url(config, query), Token::Never)
}

/// Where news of the thread are streamed, from what is known on; a file has no such place.
pub(crate) fn live(config: &Config, since: Option<&str>) -> Option<String> {
    let since = since.map(|since| concat(&["&since=", &page::encode(since)])).unwrap_or_default();
    address(config, &["/live?thread=", &thread(config), &since])
}

/// A new reply, once for each key.
pub(crate) fn post(config: &Config, key: &str, reply: &NewReply) -> Option<Call> {
    Some(Call {
        method: "POST",
        url: address(config, &["/replies"])?,
        token: Token::Required,
        header: Some(("Idempotency-Key", concat(&["\"", key, "\""]))),
        body: Some(reply.to_json()),
    })
}

/// Something done to a reply.
pub(crate) fn act(config: &Config, id: &ReplyId, act: &Act) -> Option<Call> {
    let tagged;
    let (method, path, body) = match act {
        Act::React { tag, chosen } => {
            tagged = concat(&["/reactions/", &page::encode(tag.as_str())]);
            (if *chosen { "PUT" } else { "DELETE" }, &*tagged, None)
        }
        Act::Edit { edit, .. } => ("PATCH", "", Some(edit.to_json())),
        Act::Delete => ("DELETE", "", None),
        Act::Restore => ("POST", "/restore", None),
        Act::Report { reason, detail } => {
            let detail = Some(detail.clone()).filter(|detail| !detail.is_empty());
            ("POST", "/reports", Some(Report { reason: (*reason).into(), detail }.to_json()))
        }
        Act::History => ("GET", "/history", None),
    };
    let token = match act {
        Act::Report { .. } => Token::Welcome,
        Act::History => Token::Never,
        _ => Token::Required,
    };
    let header = match act {
        Act::Edit { revision, .. } => Some(("If-Match", concat(&["\"", revision, "\""]))),
        _ => None,
    };
    let url = address(config, &["/replies/", &page::encode(id.as_str()), path])?;
    Some(Call { method, url, token, header, body })
}

/// What came of it, as replies: a reply has everything that the other answers have, so one reader is enough.
pub(crate) fn acted(act: &Act, answer: &Answer) -> Result<Vec<Reply>, Failure> {
    if let Act::Report { .. } = act {
        return Ok(Vec::new());
    }
    let json = json::parse(&answer.text).map(|json| {
        let list = match act {
            Act::History => json,
            Act::React { .. } => Json::List(vec![Json::object().with("reactions", json)]),
            _ => Json::List(vec![json]),
        };
        Json::object().with("replies", list)
    });
    let mut page = ThreadPage::default();
    fill_from(json, &mut page, answer.status)?;
    Ok(page.replies)
}

/// A name to write under.
pub(crate) fn make_guest(config: &Config, name: String) -> Option<Call> {
    let body = NewGuest { name }.to_json();
    let url = address(config, &["/guests"])?;
    Some(Call { method: "POST", url, token: Token::Never, header: None, body: Some(body) })
}

/// An address of the backend; a file has no others.
fn address(config: &Config, path: &[&str]) -> Option<String> {
    match &config.source {
        Source::Api { base } => Some(concat(&[base, &concat(path)])),
        Source::File { .. } => None,
    }
}

fn thread(config: &Config) -> String {
    page::encode(config.thread.as_str())
}

/// What the name of a browser's error means for a request.
fn failure_named(name: &str) -> Failure {
    match name {
        "TimeoutError" => Failure::TimedOut,
        "SignInNeeded" => Failure::refused(&ProblemType::SIGN_IN_REQUIRED),
        _ => network_failure(),
    }
}

/// Browsers do not say why a request did not get through, only whether there is a network at all.
fn network_failure() -> Failure {
    if page::is_online() { Failure::Unreachable } else { Failure::Offline }
}

/// A body with its status.
pub(crate) struct Answer {
    status: u16,
    wait: Option<u32>,
    text: String,
}

impl Answer {
    /// Whether what was sent is taken, and not yet done.
    pub(crate) fn is_held(&self) -> bool {
        self.status == 202
    }
}

/// Why a backend refused. Whatever is no problem (a proxy's page) is refused by its status alone.
fn refusal(answer: &Answer) -> Failure {
    let problem = decode::<Problem>(answer).unwrap_or_default();
    Failure::Refused { status: answer.status, wait: answer.wait, problem: Arc::new(*problem) }
}

/// A page as it is shown.
pub(crate) fn page(answer: &Answer) -> Result<Box<ThreadPage>, Failure> {
    let mut page = decode::<ThreadPage>(answer)?;
    page.complete();
    Ok(page)
}

/// What a body says, or what is wrong with it. In a box, since most are large and all go from hand to hand.
pub(crate) fn decode<T: Wire + Default>(answer: &Answer) -> Result<Box<T>, Failure> {
    let mut message = Box::<T>::default();
    fill(&mut *message, answer)?;
    Ok(message)
}

/// Neither generic nor inlined, so that it is there once.
#[inline(never)]
fn fill(message: &mut dyn Wire, answer: &Answer) -> Result<(), Failure> {
    fill_from(json::parse(&answer.text), message, answer.status)
}

/// Reads what was answered with this status; no JSON is nothing.
fn fill_from(json: Option<Json>, message: &mut dyn Wire, status: u16) -> Result<(), Failure> {
    let read = match json {
        Some(json) => read_into(message, json).map_err(Garbled::WrongShape),
        None => Err(Garbled::NotJson),
    };
    read.map_err(|what| Failure::BadAnswer { status, what })
}
