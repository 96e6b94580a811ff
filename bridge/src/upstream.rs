//! Questions to the system behind the bridge: one at a time for each, kept for a while, and kept longer where
//! the system fails.
//!
//! Knows no system and no thread: a question is a path, an answer is JSON or that there is none.

use std::collections::HashMap;
use std::io::Write;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{Response, StatusCode, Uri, header};
use http_body_util::{BodyExt, Empty, Limited};
use hyper::body::Incoming;
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::{self, connect::HttpConnector};
use hyper_util::rt::TokioExecutor;
use serde_json::Value;
use tokio::sync::Semaphore;

use crate::failure::Failure;

/// How many questions are asked at the same time.
const AT_ONCE: usize = 4;
/// How many of these one page asks, so that a long thread leaves room for others.
pub(crate) const FOR_ONE_PAGE: usize = 2;
/// The most bytes of one answer.
const ANSWER_BYTES: usize = 8 << 20;
/// The most bytes of all answers that are kept, as they came, and of what was asked. Parsed they take a few times as much.
const KEPT_BYTES: usize = 32 << 20;
/// The most answers that are kept: short ones take more than their bytes.
const KEPT_ANSWERS: usize = 10_000;
/// So many redirections are followed, all of them within the system.
const REDIRECTS: usize = 3;
/// For how long somebody waits who could have the last answer.
const BRIEFLY: Duration = Duration::from_secs(2);
/// For how long a question that failed is not asked again.
const PAUSE: Duration = Duration::from_secs(5);
/// For how long a system that says 429 without saying when is left alone.
const BUSY: Duration = Duration::from_secs(10);
/// The longest time that a system may ask to be left alone for.
const LONGEST_BUSY: Duration = Duration::from_secs(600);

/// How long nothing more is asked than each such system has, once it has refused that: it may be another's mistake.
const PLAIN: Duration = Duration::from_secs(3600);

type Http = legacy::Client<HttpsConnector<HttpConnector>, Empty<Bytes>>;

/// What the system answered: JSON, or that it has no such thing.
pub(crate) type Answer = Option<Arc<Value>>;

/// What is wrong with an answer to one kind of question; nothing where it is what such a question is answered with.
pub(crate) type Wrong = fn(&Value) -> Option<&'static str>;

/// The system, as far as it is asked; clones share everything.
#[derive(Clone)]
pub(crate) struct Upstream(Arc<Shared>);

struct Shared {
    http: Http,
    base: Base,
    /// For how long an answer is as good as a new one.
    keep: Duration,
    /// For how long an answer is waited for.
    patience: Duration,
    room: Semaphore,
    kept: Mutex<HashMap<String, Arc<Kept>>>,
    /// Until when the system wants to be left alone.
    busy: Mutex<Option<Instant>>,
    /// When it last took a question without what not every such system has, and had refused it with that.
    plain: Mutex<Option<Instant>>,
}

/// One question.
#[derive(Default)]
struct Kept {
    /// Who has it asks; others wait.
    turn: tokio::sync::Mutex<()>,
    slot: Mutex<Slot>,
    bytes: AtomicUsize,
    used: Mutex<Option<Instant>>,
}

impl Kept {
    fn slot(&self) -> MutexGuard<'_, Slot> {
        self.slot.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The last answer, however old it is.
    fn last(&self) -> Option<Answer> {
        self.slot().answer.as_ref().map(|(answer, _)| answer.clone())
    }
}

#[derive(Default)]
struct Slot {
    answer: Option<(Answer, Instant)>,
    failed: Option<(Failure, Instant)>,
}

/// Where the system lives, in parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Base {
    /// Scheme, host and port. Example: `https://forum.example.org`.
    origin: String,
    /// What stands before every path; empty, or with a slash in front and none behind. Example: `/forum`.
    path: String,
}

impl Base {
    /// Reads the address of a system; the error says what is wrong with it.
    pub(crate) fn read(address: &str) -> Result<Self, String> {
        let wrong = || format!("`{address}` is no address such as https://forum.example.org");
        let uri: Uri = address.parse().map_err(|_| wrong())?;
        let (Some(scheme @ ("http" | "https")), Some(host)) = (uri.scheme_str(), uri.authority()) else {
            return Err(wrong());
        };
        let port = host.port_u16().is_some() || host.as_str().ends_with(host.host());
        if uri.query().is_some() || host.as_str().contains('@') || !port {
            return Err(wrong());
        }
        // As browsers write it, and so as it stands in addresses of the system's pages.
        let host = host.as_str().to_ascii_lowercase();
        Ok(Self { origin: format!("{scheme}://{host}"), path: uri.path().trim_end_matches('/').to_owned() })
    }

    /// The address of `path`, which begins with a slash, within the system.
    pub(crate) fn address(&self, path: &str) -> String {
        format!("{}{}{path}", self.origin, self.path)
    }

    /// What stands behind the system's own address in `address`, if it stands there; begins with a slash.
    pub(crate) fn within<'a>(&self, address: &'a str) -> Option<&'a str> {
        let rest = address.strip_prefix(&self.origin)?.strip_prefix(&self.path)?;
        rest.starts_with('/').then_some(rest)
    }

    /// An address as a page of the system's writes it, in full; nothing where it leads nowhere on the web.
    pub(crate) fn absolute(&self, address: &str) -> Option<String> {
        let address = address.trim();
        let lower = address.get(..8).unwrap_or(address).to_ascii_lowercase();
        if lower.starts_with("https://") || lower.starts_with("http://") {
            return Some(address.to_owned());
        }
        if address.starts_with("//") {
            let scheme = self.origin.split("//").next().unwrap_or("https:");
            return Some(format!("{scheme}{address}"));
        }
        address.starts_with('/').then(|| format!("{}{address}", self.origin))
    }

    /// Where a redirection from here leads, if that is still here.
    fn redirected(&self, to: &str) -> Option<String> {
        let to = self.absolute(to)?;
        let path = self.within(&to)?.split(['?', '#']).next()?.to_ascii_lowercase().replace("%2e", ".");
        path.split(['/', '\\']).all(|part| part != "..").then_some(to)
    }
}

impl Upstream {
    /// The system at `base`. The error says why nobody can be asked.
    pub(crate) fn new(base: Base, keep: Duration, patience: Duration) -> Result<Self, String> {
        let connector = hyper_rustls::HttpsConnectorBuilder::new().with_native_roots();
        let connector =
            connector.map_err(|error| format!("The system's certificates cannot be read: {error}."))?;
        let connector = connector.https_or_http().enable_http1().build();
        let http = legacy::Client::builder(TokioExecutor::new()).build(connector);
        Ok(Self(Arc::new(Shared {
            http,
            base,
            keep,
            patience,
            room: Semaphore::new(AT_ONCE),
            kept: Mutex::default(),
            busy: Mutex::default(),
            plain: Mutex::default(),
        })))
    }

    pub(crate) fn base(&self) -> &Base {
        &self.0.base
    }

    /// What the system says to `path`, which begins with a slash and is escaped already. An answer that is `wrong`
    /// is a failure.
    ///
    /// Everybody who asks the same waits for one answer. Where the system fails, the last answer is as good as
    /// it gets, however old it is; where it is not for the public any more, nothing is. Where the system is slow, the
    /// last answer is for those who come meanwhile.
    pub(crate) async fn get(&self, path: &str, wrong: Wrong) -> Result<Answer, Failure> {
        self.get_with(path, "", wrong).await
    }

    /// The same with `more` behind the path, of which not every such system knows: one that refuses that as no
    /// question (400, 422) is asked without, and from then on without alone.
    pub(crate) async fn get_with(
        &self,
        path: &str,
        more: &'static str,
        wrong: Wrong,
    ) -> Result<Answer, Failure> {
        let kept = self.kept(path);
        let last = kept.last();
        let (this, path) = (self.clone(), path.to_owned());
        // Seen through also when whoever asked hangs up: others wait for it.
        let asked = tokio::spawn(async move { this.ask(&kept, &path, more, wrong).await });
        let asked = match last {
            None => asked.await,
            Some(last) => match tokio::time::timeout(BRIEFLY, asked).await {
                Ok(asked) => asked,
                Err(_) => return Ok(last),
            },
        };
        asked.unwrap_or_else(|error| Err(Failure::Garbage(error.to_string())))
    }

    async fn ask(&self, kept: &Kept, path: &str, more: &str, wrong: Wrong) -> Result<Answer, Failure> {
        let _turn = kept.turn.lock().await;
        if let Some((answer, since)) = &kept.slot().answer
            && since.elapsed() < self.0.keep
        {
            return Ok(answer.clone());
        }
        let failed = kept.slot().failed.clone().filter(|(_, since)| since.elapsed() < PAUSE);
        let failure = match failed {
            Some((failure, _)) => failure,
            None => match self.fetch_with(path, more, wrong).await {
                Ok((answer, bytes)) => {
                    *kept.slot() = Slot { answer: Some((answer.clone(), Instant::now())), failed: None };
                    kept.bytes.store(bytes, Ordering::Relaxed);
                    return Ok(answer);
                }
                Err(failure) => {
                    let mut slot = kept.slot();
                    if let Failure::Closed(_) = failure {
                        slot.answer = None;
                    }
                    slot.failed = Some((failure.clone(), Instant::now()));
                    failure
                }
            },
        };
        kept.last().ok_or(failure)
    }

    /// The place of a question among those that are kept.
    fn kept(&self, path: &str) -> Arc<Kept> {
        let mut all = self.0.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let bytes: usize =
            all.iter().map(|(path, kept)| path.len() + kept.bytes.load(Ordering::Relaxed)).sum();
        if bytes > KEPT_BYTES || all.len() >= KEPT_ANSWERS {
            forget_half(&mut all);
        }
        let kept = Arc::clone(all.entry(path.to_owned()).or_default());
        *kept.used.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
        kept
    }

    async fn fetch_with(&self, path: &str, more: &str, wrong: Wrong) -> Result<(Answer, usize), Failure> {
        let plain_since = *self.0.plain.lock().unwrap_or_else(PoisonError::into_inner);
        if more.is_empty() || plain_since.is_some_and(|since| since.elapsed() < PLAIN) {
            return self.fetch(path, wrong).await;
        }
        match self.fetch(&format!("{path}{more}"), wrong).await {
            Err(Failure::Status(400 | 422)) => {
                let plain = self.fetch(path, wrong).await;
                if matches!(plain, Ok((Some(_), _))) {
                    *self.0.plain.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
                }
                plain
            }
            answer => answer,
        }
    }

    /// Asks, with bounds on everything; the answer and its length.
    async fn fetch(&self, path: &str, wrong: Wrong) -> Result<(Answer, usize), Failure> {
        let busy = *self.0.busy.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(left) = busy.and_then(|until| until.checked_duration_since(Instant::now())) {
            return Err(Failure::Busy(left));
        }
        let asked = async {
            let _place = self.0.room.acquire().await.map_err(|_| Failure::Late)?;
            let mut address = self.0.base.address(path);
            for _ in 0..=REDIRECTS {
                match self.once(&address).await? {
                    Said::Answer(answer, bytes) => {
                        return match answer.as_deref().and_then(wrong) {
                            Some(why) => Err(Failure::Garbage(why.to_owned())),
                            None => Ok((answer, bytes)),
                        };
                    }
                    Said::GoTo(to) => {
                        address = self.0.base.redirected(&to).ok_or(Failure::LedAway(to))?;
                    }
                }
            }
            Err(Failure::Garbage("it leads from one address to the next".to_owned()))
        };
        let answer = tokio::time::timeout(self.0.patience, asked).await.unwrap_or(Err(Failure::Late));
        if let Err(failure) = &answer {
            // Nobody may be there to read it.
            let address = self.0.base.address(path);
            let _ = writeln!(std::io::stderr(), "afterword-bridge: {address}: {}", failure.said());
            if let Failure::Busy(wait) = failure {
                *self.0.busy.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now() + *wait);
            }
        }
        answer
    }

    async fn once(&self, address: &str) -> Result<Said, Failure> {
        let request = http::Request::get(address)
            .header(header::ACCEPT, "application/json")
            .header(header::USER_AGENT, concat!("afterword-bridge/", env!("CARGO_PKG_VERSION")))
            .body(Empty::new());
        let request = request.map_err(|error| Failure::Garbage(error.to_string()))?;
        let answer = self.0.http.request(request).await;
        let answer = answer.map_err(|error| Failure::Unreachable(causes(&error)))?;
        let status = answer.status();
        match status {
            StatusCode::OK => read(answer).await,
            StatusCode::NOT_FOUND | StatusCode::GONE => Ok(Said::Answer(None, 0)),
            StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
                Err(Failure::Busy(wait(&answer)))
            }
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::UNAVAILABLE_FOR_LEGAL_REASONS => {
                Err(Failure::Closed(status.as_u16()))
            }
            _ if status.is_redirection() => Ok(Said::GoTo(text(&answer, header::LOCATION).to_owned())),
            _ => Err(Failure::Status(status.as_u16())),
        }
    }
}

/// One answer.
enum Said {
    /// To the question, with its length in bytes.
    Answer(Answer, usize),
    /// Somewhere else.
    GoTo(String),
}

async fn read(answer: Response<Incoming>) -> Result<Said, Failure> {
    let body = Limited::new(answer.into_body(), ANSWER_BYTES).collect().await;
    let body = body.map_err(|error| Failure::Garbage(error.to_string()))?.to_bytes();
    let value: Value =
        serde_json::from_slice(&body).map_err(|error| Failure::Garbage(format!("it is no JSON: {error}")))?;
    Ok(Said::Answer(Some(Arc::new(value)), body.len()))
}

fn text(answer: &Response<Incoming>, name: header::HeaderName) -> &str {
    answer.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// How long the system wants to be left alone. A date instead of seconds counts as nothing said.
fn wait(answer: &Response<Incoming>) -> Duration {
    let said = text(answer, header::RETRY_AFTER).parse().map(Duration::from_secs);
    said.unwrap_or(BUSY).clamp(Duration::from_secs(1), LONGEST_BUSY)
}

/// Forgets those that nobody asked for the longest time and nobody waits for.
fn forget_half(all: &mut HashMap<String, Arc<Kept>>) {
    let used = |kept: &Kept| *kept.used.lock().unwrap_or_else(PoisonError::into_inner);
    let mut times: Vec<_> = all.values().map(|kept| used(kept)).collect();
    times.sort_unstable();
    let middle = times.get(times.len() / 2).copied().flatten();
    all.retain(|_, kept| used(kept) > middle || Arc::strong_count(kept) > 1);
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

#[cfg(test)]
mod tests {
    use std::collections::HashMap;
    use std::sync::{Arc, Mutex};
    use std::time::{Duration, Instant};

    use super::{Base, Kept, forget_half};

    #[test]
    fn what_was_asked_for_last_and_what_is_waited_for_is_not_forgotten() {
        let now = Instant::now();
        let kept = |age: u64| {
            let used = Mutex::new(now.checked_sub(Duration::from_secs(age)));
            Arc::new(Kept { used, ..Kept::default() })
        };
        let mut all: HashMap<_, _> = (0..10).map(|age| (age.to_string(), kept(age))).collect();
        let waited_for = Arc::clone(&all["8"]);
        forget_half(&mut all);
        let mut left: Vec<_> = all.keys().map(String::as_str).collect();
        left.sort_unstable();
        assert_eq!(left, ["0", "1", "2", "3", "8"]);
        drop(waited_for);
    }

    #[test]
    fn an_address_is_taken_apart() {
        let base = Base::read("https://example.org/forum/").unwrap();
        assert_eq!(base.address("/t/1.json"), "https://example.org/forum/t/1.json");
        assert_eq!(base.within("https://example.org/forum/t/1"), Some("/t/1"));
        for elsewhere in
            ["https://example.org/t/1", "https://example.org/forumt/1", "https://example.org.evil.org/"]
        {
            assert_eq!(base.within(elsewhere), None, "{elsewhere}");
        }
        let base = Base::read("https://Example.org").unwrap();
        assert_eq!(base.within("https://example.org/t/1"), Some("/t/1"));
        for wrong in [
            "example.org",
            "ftp://example.org",
            "/forum",
            "https://",
            "https://a@b.org",
            "https://a.org/?b",
            "https://a.org:",
            "https://a.org:b",
            "https://a.org:99999",
        ] {
            assert!(Base::read(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn addresses_are_completed() {
        let base = Base::read("https://example.org/forum").unwrap();
        assert_eq!(base.absolute("/u/sam").as_deref(), Some("https://example.org/u/sam"));
        assert_eq!(base.absolute("//cdn.org/a.png").as_deref(), Some("https://cdn.org/a.png"));
        assert_eq!(base.absolute(" HTTPS://a.org ").as_deref(), Some("HTTPS://a.org"));
        assert_eq!(base.absolute("javascript:alert(1)"), None);
        assert_eq!(base.absolute("a.png"), None);
    }

    #[test]
    fn redirections_stay_within_the_system() {
        let base = Base::read("http://127.0.0.1:8080").unwrap();
        assert_eq!(base.redirected("/t/soft/1.json").as_deref(), Some("http://127.0.0.1:8080/t/soft/1.json"));
        assert!(base.redirected("http://127.0.0.1:8080/t/1").is_some());
        for away in
            ["http://127.0.0.1:80801/", "http://127.0.0.1:8080@evil.org/", "//evil.org/", "https://evil.org"]
        {
            assert_eq!(base.redirected(away), None, "{away}");
        }
        let base = Base::read("https://example.org/forum").unwrap();
        assert!(base.redirected("/forum/t/soft/1.json?a=/../b").is_some());
        for away in ["/admin", "/forumt/1", "/forum/../admin", "/forum/a/%2E%2e/b", "https://example.org/"] {
            assert_eq!(base.redirected(away), None, "{away}");
        }
    }
}
