//! The contract over HTTP, and the only user of it. Knows addresses and answers; decides nothing.
//!
//! The anonymous read is a simple request: no header of ours, no credentials, hence no preflight and
//! every cache may answer it.

use std::cell::RefCell;

use afterword_contract::{Json, Order, Problem, ThreadPage};
use gloo_net::http::{Request, Response};

use crate::browser::request::{Ending, Promised};
use crate::browser::{json, page};
use crate::config::{Config, Source};
use crate::thread::{Failure, Garbled, Position, Query};

/// A request that was sent before the module ran.
pub(crate) struct FirstAnswer {
    /// What was asked for.
    pub(crate) url: String,
    /// What will be answered.
    pub(crate) response: Promised,
}

/// Any backend that follows the contract, or one file in its form.
pub(crate) struct HttpBackend {
    first: RefCell<Option<FirstAnswer>>,
    ending: Ending,
}

impl HttpBackend {
    pub(crate) fn new(first: Option<FirstAnswer>) -> Self {
        Self { first: RefCell::new(first), ending: Ending::default() }
    }

    /// Ends everything that is on the way.
    pub(crate) fn abort(&self) {
        self.ending.end();
    }

    /// What an address answers, where that is a success.
    pub(crate) async fn get(&self, url: String) -> Result<Answer, Failure> {
        let first = self.first.borrow_mut().take().filter(|first| first.url == url);
        let response = match first {
            Some(first) => {
                first.response.arrived().await.map(Response::from).map_err(|name| failure_named(&name))
            }
            None => {
                let request = self.ending.request(&url).ok_or_else(network_failure)?;
                Request::from(request).send().await.map_err(failure_of)
            }
        }?;
        let answer = Answer { status: response.status(), text: response.text().await.map_err(failure_of)? };
        if response.ok() { Ok(answer) } else { Err(refused(&answer)) }
    }
}

/// The address of a page; a file is one page whatever is asked. The loader writes the same for its head start:
/// parameters in this order, the default order left out.
pub(crate) fn page_url(config: &Config, query: &Query) -> String {
    let base = match &config.source {
        Source::File { url } => return url.clone(),
        Source::Api { base } => base,
    };
    let mut url = [base, "/replies?thread=", &thread(config)].concat();
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

/// The address that knows who is looking; a file does not.
pub(crate) fn viewer_url(config: &Config) -> Option<String> {
    match &config.source {
        Source::Api { base } => Some([base, "/viewer?thread=", &thread(config)].concat()),
        Source::File { .. } => None,
    }
}

fn thread(config: &Config) -> String {
    page::encode(config.thread.as_str())
}

fn failure_of(error: gloo_net::Error) -> Failure {
    match error {
        gloo_net::Error::JsError(error) => failure_named(&error.name),
        _ => failure_named(""),
    }
}

/// What the name of a browser's error means for a request.
fn failure_named(name: &str) -> Failure {
    if name == "TimeoutError" { Failure::TimedOut } else { network_failure() }
}

/// Browsers do not say why a request did not get through, only whether there is a network at all.
fn network_failure() -> Failure {
    if page::is_online() { Failure::Unreachable } else { Failure::Offline }
}

/// A body with its status.
pub(crate) struct Answer {
    status: u16,
    text: String,
}

/// Why a backend refused. Whatever is no problem (a proxy's page) is refused by its status alone.
fn refused(answer: &Answer) -> Failure {
    let problem = json::parse(&answer.text).and_then(|json| Problem::try_from(json).ok()).unwrap_or_default();
    let title = Some(problem.title).filter(|title| !title.is_empty());
    Failure::Refused { status: answer.status, kind: problem.kind, title, detail: problem.detail }
}

/// A page as it is shown.
pub(crate) fn page(answer: &Answer) -> Result<ThreadPage, Failure> {
    decode::<ThreadPage>(answer).map(ThreadPage::completed)
}

/// What a body says, or what is wrong with it.
pub(crate) fn decode<T: TryFrom<Json, Error = String>>(answer: &Answer) -> Result<T, Failure> {
    let read = match json::parse(&answer.text) {
        Some(json) => T::try_from(json).map_err(Garbled::WrongShape),
        None => Err(Garbled::NotJson),
    };
    read.map_err(|what| Failure::BadAnswer { status: answer.status, what })
}
