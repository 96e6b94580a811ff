//! Everything that the browser asks for, from two origins on loopback: articles, the built widget, the
//! backend. Puts faults in the way, and remembers every request. Each story has a host of its own.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use afterword::still::{self, Reading};
use afterword_contract::{Order, ThreadPage};
use axum::body::Body;
use http::{HeaderValue, Method, Request, Response, StatusCode, header};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::task::JoinHandle;

use crate::article::Article;
use crate::backend::{Backend, Sender};
use crate::fault::{Fault, Gate};
use crate::watch;

/// One request as it came.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Where nobody writes, `GET` and nothing else if all is well.
    pub method: Method,
    /// Path and query.
    pub target: String,
    /// The headers, names in lower case.
    pub headers: Vec<(String, String)>,
}

/// A file that a story has put on the host.
#[derive(Clone)]
struct File {
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

#[derive(Default)]
struct State {
    files: HashMap<String, File>,
    faults: Vec<(String, Fault)>,
    asked: Vec<Asked>,
    /// Whether pages of replies may lie in caches.
    lets_caches_keep: bool,
    /// How many requests were told that nothing has changed.
    unchanged: usize,
}

/// What the contract says of a page of replies.
const KEPT: &str = "public, max-age=10, stale-while-revalidate=60";

struct Shared {
    dist: PathBuf,
    backend: Backend,
    addresses: Addresses,
    state: Mutex<State>,
}

/// What `{page}`, `{assets}` and `{api}` stand for.
#[derive(Clone, Debug)]
struct Addresses {
    page: String,
    other: String,
}

impl Addresses {
    fn filled_in(&self, text: &str) -> String {
        text.replace("{page}", &self.page)
            .replace("{assets}", &format!("{}/afterword/", self.other))
            .replace("{api}", &format!("{}/api", self.other))
            .replace("{other}", &self.other)
    }
}

/// Two origins: `{page}` holds the article; `{other}` the widget under `{assets}` and the backend under `{api}`.
/// Both answer the same paths.
pub struct Host {
    shared: Arc<Shared>,
    listening: Vec<JoinHandle<()>>,
}

impl Host {
    /// Begins to listen on two free ports.
    pub async fn start(dist: PathBuf) -> io::Result<Self> {
        let page = TcpListener::bind(("127.0.0.1", 0))?;
        let other = TcpListener::bind(("127.0.0.1", 0))?;
        let addresses = Addresses {
            page: format!("http://127.0.0.1:{}", page.local_addr()?.port()),
            other: format!("http://localhost:{}", other.local_addr()?.port()),
        };
        let shared = Arc::new(Shared {
            dist,
            backend: Backend::default(),
            addresses,
            state: Mutex::new(State::default()),
        });
        let mut listening = Vec::new();
        for listener in [page, other] {
            listener.set_nonblocking(true)?;
            let listener = tokio::net::TcpListener::from_std(listener)?;
            listening.push(tokio::spawn(listen(listener, shared.clone())));
        }
        Ok(Self { shared, listening })
    }

    /// The backend behind `{api}`.
    pub fn backend(&self) -> &Backend {
        &self.shared.backend
    }

    /// A thread's first page as the backend behind `{api}` draws it.
    pub fn drawn(&self, thread: &str) -> String {
        let query = HashMap::from([("thread".to_owned(), thread.to_owned())]);
        section(self.backend().replies(&query), &query)
    }

    /// The text with `{page}`, `{other}`, `{assets}` and `{api}` filled in.
    pub fn filled_in(&self, text: &str) -> String {
        self.shared.addresses.filled_in(text)
    }

    /// Puts a host page under a path of both origins.
    pub fn put_article(&self, path: &str, article: &Article) {
        let mut headers = vec![("content-type".to_owned(), "text/html; charset=utf-8".to_owned())];
        headers.extend(article.headers.iter().map(|(name, value)| (name.clone(), self.filled_in(value))));
        self.put(path, File { headers, body: self.filled_in(&article.html()).into_bytes() });
    }

    /// Puts a file under a path of both origins.
    pub fn put_file(&self, path: &str, kind: &str, body: &str) {
        let headers = vec![("content-type".to_owned(), kind.to_owned())];
        self.put(path, File { headers, body: self.filled_in(body).into_bytes() });
    }

    /// Takes a file away again.
    pub fn take_away(&self, path: &str) {
        self.shared.state.lock().unwrap().files.remove(path);
    }

    fn put(&self, path: &str, file: File) {
        self.shared.state.lock().unwrap().files.insert(path.to_owned(), file);
    }

    /// From now on, requests whose path and query hold `needle` meet this fault.
    pub fn fail(&self, needle: &str, fault: Fault) {
        self.shared.state.lock().unwrap().faults.push((needle.to_owned(), fault));
    }

    /// From now on, requests whose path and query hold `needle` wait for the gate.
    pub fn hold(&self, needle: &str) -> Gate {
        let gate = Gate::closed();
        self.fail(needle, Fault::Held(gate.clone()));
        gate
    }

    /// From now on, everything is answered as it should be.
    pub fn heal(&self) {
        self.shared.state.lock().unwrap().faults.clear();
    }

    /// From now on, caches may keep pages of replies as long as the contract lets them, under the tag of what was sent.
    pub fn let_caches_keep(&self) {
        self.shared.state.lock().unwrap().lets_caches_keep = true;
    }

    /// How many requests were answered with 304 so far.
    pub fn unchanged(&self) -> usize {
        self.shared.state.lock().unwrap().unchanged
    }

    /// The requests so far whose path and query hold `needle`.
    pub fn asked(&self, needle: &str) -> Vec<Asked> {
        let state = self.shared.state.lock().unwrap();
        state.asked.iter().filter(|asked| asked.target.contains(needle)).cloned().collect()
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        for task in &self.listening {
            task.abort();
        }
    }
}

async fn listen(listener: tokio::net::TcpListener, shared: Arc<Shared>) {
    // Connections end with the listener, so that no story hears another's late requests.
    let mut connections = tokio::task::JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        let shared = shared.clone();
        connections.spawn(async move {
            let service = service_fn(move |request| answer(request, shared.clone()));
            // An error here is a browser that went away, or a connection dropped on purpose.
            let _ = hyper::server::conn::http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service)
                .await;
        });
    }
}

async fn answer(request: Request<hyper::body::Incoming>, shared: Arc<Shared>) -> io::Result<Response<Body>> {
    let target = request.uri().path_and_query().map(ToString::to_string).unwrap_or_default();
    if target != "/favicon.ico" {
        let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        let headers = request.headers().iter().map(|(name, value)| (name.to_string(), text(value))).collect();
        let asked = Asked { method: request.method().clone(), target: target.clone(), headers };
        shared.state.lock().unwrap().asked.push(asked);
    }
    if request.method() == Method::OPTIONS {
        return Ok(permission());
    }
    let known = request.headers().get(header::IF_NONE_MATCH).cloned();
    let may_be_kept = request.method() == Method::GET
        && request.uri().path().ends_with("/api/replies")
        && shared.state.lock().unwrap().lets_caches_keep;
    let asked = format!("{} {target}", request.method());
    let fault = {
        let state = shared.state.lock().unwrap();
        state.faults.iter().rev().find(|(needle, _)| asked.contains(needle)).map(|(_, fault)| fault.clone())
    };
    let mut response = match fault {
        Some(Fault::Lost) => {
            truth(request, &target, &shared).await;
            return Err(io::ErrorKind::ConnectionAborted.into());
        }
        Some(Fault::Busy(seconds)) => {
            let mut response = plain(429, "application/problem+json", b"{}".to_vec());
            set(&mut response, header::RETRY_AFTER, &seconds.to_string());
            response
        }
        Some(Fault::Dropped) => return Err(io::ErrorKind::ConnectionAborted.into()),
        Some(Fault::Answer { status, kind, body }) => plain(status, &kind, body.into_bytes()),
        Some(Fault::Kind(kind)) => {
            let mut response = truth(request, &target, &shared).await;
            set(&mut response, header::CONTENT_TYPE, &kind);
            response
        }
        Some(Fault::Half) => half(truth(request, &target, &shared).await).await,
        Some(Fault::Later) => later(truth(request, &target, &shared).await).await,
        Some(Fault::Held(gate)) => {
            gate.pass().await;
            truth(request, &target, &shared).await
        }
        None => truth(request, &target, &shared).await,
    };
    if may_be_kept && response.status() == StatusCode::OK {
        response = kept(response, known, &shared).await;
    } else {
        set(&mut response, header::CACHE_CONTROL, "no-store");
    }
    set(&mut response, header::ACCESS_CONTROL_ALLOW_ORIGIN, "*");
    set(&mut response, header::ACCESS_CONTROL_EXPOSE_HEADERS, "ETag, Location, Retry-After");
    set(&mut response, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(&mut response, header::HeaderName::from_static("cross-origin-resource-policy"), "cross-origin");
    Ok(response)
}

/// A JSON answer with a field more in every object, and a word more in every list of words.
async fn later(response: Response<Body>) -> Response<Body> {
    fn grow(value: &mut Value, name: &str) {
        match value {
            Value::Object(fields) => {
                fields.iter_mut().for_each(|(name, field)| grow(field, name));
                // What is known of replies is listed by their ids, and not by names.
                if name != "replies" {
                    fields.insert("notYetInvented".to_owned(), json!({ "body": ["telepathy"], "id": null }));
                }
            }
            Value::Array(items) => {
                items.iter_mut().for_each(|item| grow(item, ""));
                if ["features", "may"].contains(&name) {
                    items.push(json!("telepathy"));
                }
            }
            _ => {}
        }
    }
    let (head, body) = response.into_parts();
    let body = axum::body::to_bytes(body, 1 << 20).await.unwrap_or_default();
    let body = match serde_json::from_slice(&body) {
        Ok(mut value) => {
            grow(&mut value, "");
            Body::from(value.to_string())
        }
        Err(_) => Body::from(body),
    };
    Response::from_parts(head, body)
}

/// The answer with half of its body.
async fn half(response: Response<Body>) -> Response<Body> {
    let (mut head, body) = response.into_parts();
    head.headers.remove(header::CONTENT_LENGTH);
    let body = axum::body::to_bytes(body, 1 << 20).await.unwrap_or_default();
    Response::from_parts(head, Body::from(body.slice(..body.len() / 2)))
}

/// The answer with a tag of what it says, for caches; without its body for who knows that tag.
async fn kept(response: Response<Body>, known: Option<HeaderValue>, shared: &Shared) -> Response<Body> {
    let (mut head, body) = response.into_parts();
    let body = axum::body::to_bytes(body, 1 << 20).await.unwrap_or_default();
    let mut hasher = DefaultHasher::new();
    body.hash(&mut hasher);
    let tag = format!("\"{:x}\"", hasher.finish());
    let is_known = known.is_some_and(|known| known.as_bytes() == tag.as_bytes());
    if is_known {
        head.status = StatusCode::NOT_MODIFIED;
        shared.state.lock().unwrap().unchanged += 1;
    }
    let mut response = Response::from_parts(head, if is_known { Body::empty() } else { Body::from(body) });
    set(&mut response, header::ETAG, &tag);
    set(&mut response, header::CACHE_CONTROL, KEPT);
    response
}

/// What other origins may send, as the contract says it.
fn permission() -> Response<Body> {
    let mut response = plain(204, "text/plain", Vec::new());
    for (name, value) in [
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (header::ACCESS_CONTROL_ALLOW_METHODS, "GET, HEAD, POST, PUT, PATCH, DELETE"),
        (header::ACCESS_CONTROL_ALLOW_HEADERS, "Authorization, Content-Type, Idempotency-Key, If-Match"),
    ] {
        set(&mut response, name, value);
    }
    response
}

/// The answer to a call that says who asks, or writes; none where this is no such call.
async fn written(
    request: Request<hyper::body::Incoming>,
    shared: &Shared,
) -> Result<Response<Body>, Request<hyper::body::Incoming>> {
    let path = request.uri().path();
    let route = path.rsplit_once("/api/").map(|(_, route)| (request.method().clone(), route.to_owned()));
    let text = |name: &str| {
        request.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
    };
    let (authorization, key, revision) = (text("authorization"), text("idempotency-key"), text("if-match"));
    let token = authorization.strip_prefix("Bearer ");
    let (status, answer) = match route {
        Some((Method::GET, route)) if route == "viewer" => (200, json!(shared.backend.viewer(token))),
        Some((method, route)) if route.starts_with("replies/") => {
            let body =
                axum::body::to_bytes(Body::new(request.into_body()), 1 << 20).await.unwrap_or_default();
            let from = Sender { token, revision: &revision };
            let route = route.trim_start_matches("replies/");
            shared.backend.act(method.as_str(), route, &from, &body)
        }
        Some((Method::POST, route)) => {
            let body =
                axum::body::to_bytes(Body::new(request.into_body()), 1 << 20).await.unwrap_or_default();
            match route.as_str() {
                "replies" => shared.backend.post(token, &key, &body),
                "guests" => shared.backend.make_guest(&body),
                _ => (404, json!({})),
            }
        }
        _ => return Err(request),
    };
    let body = if status == 204 { String::new() } else { answer.to_string() };
    Ok(plain(status, "application/json", body.into_bytes()))
}

/// The ordinary answer.
async fn truth(request: Request<hyper::body::Incoming>, target: &str, shared: &Shared) -> Response<Body> {
    let request = match written(request, shared).await {
        Ok(response) => return response,
        Err(request) => request,
    };
    if request.method() != Method::GET {
        return plain(405, "text/plain", b"only GET".to_vec());
    }
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let file = shared.state.lock().unwrap().files.get(path).cloned();
    if let Some(file) = file {
        let mut response = Response::new(Body::from(file.body));
        for (name, value) in &file.headers {
            if let (Ok(name), Ok(value)) = (header::HeaderName::try_from(name), HeaderValue::from_str(value))
            {
                response.headers_mut().append(name, value);
            }
        }
        return response;
    }
    if path == "/watch.js" {
        return plain(200, "text/javascript", watch::WATCH.into());
    }
    if path.ends_with("/api/people") {
        let query = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        return plain(200, "application/json", shared.backend.people(&query).to_string().into_bytes());
    }
    if path.ends_with("/api/replies") {
        let query = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        let page = serde_json::to_vec(&shared.backend.replies(&query)).unwrap_or_default();
        return plain(200, "application/json", page);
    }
    if path.ends_with("/api/html") {
        let query: HashMap<String, String> =
            url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        let section = section(shared.backend.replies(&query), &query);
        let page = ["<!doctype html><main part=base>", &section, "</main>"].concat();
        return plain(200, "text/html; charset=utf-8", page.into_bytes());
    }
    if let Some((_, file)) = path.split_once("/afterword/")
        && !file.contains("..")
        && let Ok(body) = std::fs::read(shared.dist.join(file))
    {
        return plain(200, media_type(file), body);
    }
    plain(404, "text/html", b"<!doctype html><title>Not found</title><h1>Not found</h1>".to_vec())
}

/// A page of a thread as a backend draws it.
fn section(page: ThreadPage, query: &HashMap<String, String>) -> String {
    let asked = |name: &str| query.get(name).map(String::as_str);
    let reading = Reading {
        order: Order::from(asked("order").unwrap_or("oldest")),
        limit: asked("limit").and_then(|limit| limit.parse().ok()).unwrap_or(50),
        around: asked("around").and_then(|number| number.parse().ok()),
        lang: asked("lang").unwrap_or("en").to_owned(),
    };
    still::section(page, &reading)
}

fn plain(status: u16, kind: &str, body: Vec<u8>) -> Response<Body> {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    set(&mut response, header::CONTENT_TYPE, kind);
    response
}

fn set(response: &mut Response<Body>, name: header::HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}

fn media_type(file: &str) -> &'static str {
    match file.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("css") => "text/css; charset=utf-8",
        Some("json") => "application/json",
        _ => "text/plain; charset=utf-8",
    }
}
