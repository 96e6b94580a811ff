//! One HTTP client: what is sent, what comes back, and both as they stand in a finding.
//!
//! Knows no route and two rules: whoever is told to come back later does so, once it is worth waiting for; and what is
//! read after something was written is asked for at an address of its own, so that no cache has an older answer.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Method};
use http_body_util::{BodyExt, Full, Limited};
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::{self, connect::HttpConnector};
use hyper_util::rt::TokioExecutor;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use crate::check::{Finding, Stop, Verdict};
use crate::secrets::Secrets;

/// After so many answers that did not come in time the others get a tenth of it: a backend that hangs is found out.
const HANGS: u32 = 3;
/// The longest `Retry-After`, in seconds, that is waited for.
const LONGEST_WAIT: u64 = 60;
/// The most bytes of an answer that are read.
const ANSWER_BYTES: usize = 16 << 20;
/// So much of a body stands in a finding, in characters.
const SHOWN: usize = 600;

/// A parameter that nobody knows, which backends therefore ignore: how many writes came before what is read.
const AFTER_WRITE: &str = "x-after-write";

/// What may stand in a query as it is.
const QUERY: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

type Http = legacy::Client<HttpsConnector<HttpConnector>, Full<Bytes>>;

/// Asks one backend.
pub(crate) struct Client {
    http: Http,
    api: String,
    secrets: Arc<Secrets>,
    /// How long one answer may take.
    patience: Duration,
    /// How many answers did not come in time.
    late: AtomicU32,
    /// Whether it has been said that a busy backend is waited for.
    waits: AtomicBool,
    /// How many requests came that may have written something.
    writes: AtomicU32,
    /// Whether what is read after a write has an address of its own.
    passes_caches: AtomicBool,
}

impl Client {
    /// For the backend at `api`, such as `https://example.org/api`; the error says what is missing.
    pub(crate) fn new(api: &str, patience: Duration) -> Result<Self, String> {
        let connector = connector()?;
        let http = legacy::Client::builder(TokioExecutor::new()).build(connector);
        let api = api.trim_end_matches('/').to_owned();
        Ok(Self {
            http,
            api,
            secrets: Arc::default(),
            patience,
            late: AtomicU32::default(),
            waits: AtomicBool::default(),
            writes: AtomicU32::default(),
            passes_caches: AtomicBool::default(),
        })
    }

    /// What stands in no report.
    pub(crate) fn secrets(&self) -> Arc<Secrets> {
        Arc::clone(&self.secrets)
    }

    /// The backend's address, without a slash at its end.
    pub(crate) fn api(&self) -> &str {
        &self.api
    }

    /// Once, and not in the report: whoever sits before a silent terminal wonders.
    fn say_that_it_waits(&self) {
        if !self.waits.swap(true, Ordering::Relaxed) {
            eprintln!("The backend is busy (429) and is waited for; raise its limits, and this goes faster.");
        }
    }

    /// A request for what stands at `path` within the backend's address.
    ///
    /// Between two writes the address of the same thing is the same, so tags can be handed back.
    pub(crate) fn request(&self, method: Method, path: &str) -> Request<'_> {
        let writes = self.writes.load(Ordering::Relaxed);
        let marked = method == Method::GET && writes > 0 && self.passes_caches.load(Ordering::Relaxed);
        let address = format!("{}{path}", self.api);
        let request = Request { client: self, method, address, headers: Vec::new(), body: Bytes::new() };
        if marked { request.query(AFTER_WRITE, writes) } else { request }
    }

    /// From now on caches are passed by, where this request is answered with such a parameter too: a backend that
    /// refuses what it does not know is wrong in that, and not in everything.
    pub(crate) async fn pass_caches(&self, request: Request<'_>) {
        let answer = request.query(AFTER_WRITE, 0).send().await;
        self.passes_caches.store(answer.is_ok_and(|answer| answer.status == 200), Ordering::Relaxed);
    }
}

/// Reads the system's certificates once for the whole process.
fn connector() -> Result<HttpsConnector<HttpConnector>, String> {
    static CONNECTOR: OnceLock<HttpsConnector<HttpConnector>> = OnceLock::new();
    if let Some(connector) = CONNECTOR.get() {
        return Ok(connector.clone());
    }
    let builder = hyper_rustls::HttpsConnectorBuilder::new().with_native_roots();
    let builder = builder.map_err(|error| format!("The system's certificates cannot be read: {error}."))?;
    Ok(CONNECTOR.get_or_init(|| builder.https_or_http().enable_http1().build()).clone())
}

/// A request on its way out.
#[derive(Clone)]
pub(crate) struct Request<'a> {
    client: &'a Client,
    method: Method,
    address: String,
    headers: Vec<(&'static str, String)>,
    body: Bytes,
}

impl Request<'_> {
    /// With one more parameter, escaped.
    pub(crate) fn query(mut self, name: &str, value: impl ToString) -> Self {
        let mark = if self.address.contains('?') { '&' } else { '?' };
        let value = value.to_string();
        self.address.extend([mark.to_string().as_str(), name, "="]);
        self.address.extend(utf8_percent_encode(&value, QUERY));
        self
    }

    pub(crate) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// As whoever has this token.
    pub(crate) fn token(self, token: &str) -> Self {
        self.client.secrets.keep(token);
        self.header("authorization", format!("Bearer {token}"))
    }

    pub(crate) fn json(self, body: &Value) -> Self {
        self.text("application/json", body.to_string())
    }

    /// With a body of any kind.
    pub(crate) fn text(mut self, kind: &str, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self.header("content-type", kind)
    }

    /// Sends it and reads the whole answer.
    pub(crate) async fn send(&self) -> Verdict<Answer> {
        let mut waited = 0;
        loop {
            let answer = self.once().await?;
            let seconds = answer.header("retry-after").parse::<u64>().unwrap_or(1);
            if answer.status != 429 {
                return Ok(answer);
            }
            waited = seconds.max(1).saturating_add(waited);
            if waited > LONGEST_WAIT {
                let why = format!("429, no more of this for {seconds} s");
                return Err(Stop::skipped(why));
            }
            self.client.say_that_it_waits();
            tokio::time::sleep(Duration::from_secs(seconds.max(1))).await;
        }
    }

    async fn once(&self) -> Verdict<Answer> {
        let asked = async {
            let (head, body) = self.start().await?.into_parts();
            let body = Limited::new(body, ANSWER_BYTES).collect().await;
            let body = body.map_err(|error| self.unanswered(&format!("the answer broke off: {error}")))?;
            let body = body.to_bytes();
            if self.address.ends_with("/guests") {
                self.client.secrets.keep_given(&String::from_utf8_lossy(&body));
            }
            Ok(self.answer(head.status.as_u16(), head.headers, body))
        };
        let Client { patience, late, .. } = self.client;
        let hangs = late.load(Ordering::Relaxed) >= HANGS;
        let patience = if hangs { *patience / 10 } else { *patience };
        let answer = tokio::time::timeout(patience, asked).await.unwrap_or_else(|_| {
            late.fetch_add(1, Ordering::Relaxed);
            Err(self.unanswered(&format!("no answer came in {} s", patience.as_secs_f32())))
        });
        // A new guest changes nothing that is read.
        if !self.method.is_safe() && !self.address.ends_with("/guests") {
            self.client.writes.fetch_add(1, Ordering::Relaxed);
        }
        answer
    }

    /// Sends it and reads the head of the answer.
    pub(crate) async fn start(&self) -> Verdict<http::Response<hyper::body::Incoming>> {
        let mut request = http::Request::builder().method(self.method.clone()).uri(&self.address);
        for (name, value) in &self.headers {
            request = request.header(*name, value.as_str());
        }
        let request = request.body(Full::new(self.body.clone()));
        let request = request.map_err(|error| self.unanswered(&format!("it cannot be sent: {error}")))?;
        let answer = self.client.http.request(request).await;
        answer.map_err(|error| self.unanswered(&format!("no answer came: {}", causes(&error))))
    }

    /// What came back for it.
    pub(crate) fn answer(&self, status: u16, headers: HeaderMap, body: Bytes) -> Answer {
        Answer { sent: self.shown(), secrets: self.client.secrets(), status, headers, body }
    }

    pub(crate) fn unanswered(&self, wrong: &str) -> Stop {
        Stop::Wrong(Box::new(Finding {
            wrong: wrong.to_owned(),
            sent: self.shown(),
            came: "nothing".to_owned(),
        }))
    }

    /// As it stands in a finding. Tokens do not: reports are published.
    pub(crate) fn shown(&self) -> String {
        let mut shown = format!("{} {}", self.method, self.address);
        for (name, value) in &self.headers {
            let value = if *name == "authorization" { "Bearer …" } else { value };
            shown.extend(["\n", name, ": ", value]);
        }
        if !self.body.is_empty() {
            shown.extend(["\n\n", &shortened(&self.body, &self.client.secrets)]);
        }
        shown
    }
}

/// What came back.
#[derive(Clone)]
pub(crate) struct Answer {
    sent: String,
    secrets: Arc<Secrets>,
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    /// The answer is wrong, and how.
    pub(crate) fn wrong(&self, wrong: impl Into<String>) -> Stop {
        Stop::Wrong(Box::new(Finding { wrong: wrong.into(), sent: self.sent.clone(), came: self.shown() }))
    }

    /// Wrong unless `holds`.
    pub(crate) fn ensure(&self, holds: bool, wrong: impl Into<String>) -> Verdict {
        if holds { Ok(()) } else { Err(self.wrong(wrong)) }
    }

    /// Every value of the header, with commas between them; empty where there is none.
    pub(crate) fn header(&self, name: &str) -> String {
        let values = self.headers.get_all(name).iter();
        values.map(|value| String::from_utf8_lossy(value.as_bytes())).collect::<Vec<_>>().join(", ")
    }

    /// Whether the list in a header names `word`, in upper or lower case.
    pub(crate) fn lists(&self, name: &str, word: &str) -> bool {
        self.header(name).split(',').any(|listed| listed.trim().eq_ignore_ascii_case(word))
    }

    /// The media type, without its parameters.
    pub(crate) fn kind(&self) -> String {
        let kind = self.header("content-type");
        kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
    }

    pub(crate) fn status(&self, expected: u16) -> Verdict<&Self> {
        let wrong = || format!("the status is {}, and {expected} is expected", self.status);
        if self.status == expected { Ok(self) } else { Err(self.wrong(wrong())) }
    }

    /// The body as text.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    fn shown(&self) -> String {
        let mut shown = self.status.to_string();
        for name in SHOWN_HEADERS {
            let value = self.header(name);
            if !value.is_empty() {
                shown.extend(["\n", name, ": ", &value]);
            }
        }
        if !self.body.is_empty() {
            shown.extend(["\n\n", &shortened(&self.body, &self.secrets)]);
        }
        shown
    }
}

/// The headers of which the contract says something.
const SHOWN_HEADERS: [&str; 15] = [
    "content-type",
    "cache-control",
    "etag",
    "location",
    "retry-after",
    "allow",
    "www-authenticate",
    "content-encoding",
    "access-control-allow-origin",
    "access-control-allow-methods",
    "access-control-allow-headers",
    "access-control-expose-headers",
    "access-control-allow-credentials",
    "x-content-type-options",
    "set-cookie",
];

/// Masked before it is cut: half a token is too much.
fn shortened(bytes: &[u8], secrets: &Secrets) -> String {
    let text = secrets.masked(&String::from_utf8_lossy(bytes));
    let mut shown: String = text.chars().take(SHOWN).collect();
    if shown.len() < text.len() {
        shown.push_str(&format!(" … ({} bytes)", bytes.len()));
    }
    shown
}

/// An error with what caused it.
fn causes(error: &dyn std::error::Error) -> String {
    let mut said = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        said.extend([": ", &cause.to_string()]);
        next = cause.source();
    }
    said
}
