//! The reference server, whole and real: its routes over SQLite, on a port of its own for one story.
//!
//! In front of it stands a layer that the server does not know of: it has its pages watched as all others are,
//! and counts what asks for permission first.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use afterword_contract::ThreadId;
use afterword_server::{App, FrontPage, Limits, Server, Settings, Store, read_pages, router};
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use http::{Method, header};
use serde_json::{Value, json};
use tokio::sync::Notify;
use tokio::task::JoinHandle;

use crate::client;
use crate::watch;

/// A running reference server, which stops when this is dropped.
pub struct Reference {
    /// Where it listens. Example: `"http://127.0.0.1:41234"`.
    pub origin: String,
    store: Store,
    front: FrontPage,
    layer: Layer,
    serving: Mutex<JoinHandle<()>>,
}

/// What the layer in front counts, and what it does.
#[derive(Clone, Default)]
struct Layer {
    preflights: Arc<AtomicU32>,
    /// Whether the next reply that is posted is the last thing the server does.
    dying: Arc<AtomicBool>,
    died: Arc<Notify>,
    stop: Arc<Notify>,
    /// Whether it is dead: connections that are still open lead nowhere.
    dead: Arc<AtomicBool>,
    /// Whether whoever wants to listen is turned away.
    mute: Arc<AtomicBool>,
}

impl Reference {
    /// Starts over a new database that holds the threads of a file, with an article for one of them at `/`.
    pub async fn start(file: &str, article: &str) -> Self {
        let store = Store::temporary().await.unwrap_or_else(|error| panic!("no database: {error}"));
        let pages = read_pages(file).unwrap_or_else(|error| panic!("the file {error}"));
        store.import(pages).await.unwrap_or_else(|error| panic!("nothing was imported: {error}"));
        let front = FrontPage::Article(ThreadId::from(article));
        let layer = Layer::default();
        let (address, serving) = serve("127.0.0.1:0", &store, &front, &layer).await;
        let origin = format!("http://{address}");
        Self { origin, store, front, layer, serving: Mutex::new(serving) }
    }

    /// From now on, the server dies with the next reply that is posted to it: that is stored, and the answer is lost.
    pub fn die_with_the_next_reply(&self) {
        self.layer.dying.store(true, Ordering::SeqCst);
    }

    /// Waits until the server is dead.
    pub async fn died(&self) {
        let died = tokio::time::timeout(Duration::from_secs(10), self.layer.died.notified()).await;
        assert!(died.is_ok(), "nothing was posted in 10 s");
        self.serving.lock().unwrap().abort();
    }

    /// Stops as a server does that is told to: what is under way ends, and nobody listens any more.
    pub async fn stop(&self) {
        self.layer.stop.notify_one();
        let serving = std::mem::replace(&mut *self.serving.lock().unwrap(), tokio::spawn(async {}));
        let stopped = tokio::time::timeout(Duration::from_secs(5), serving).await;
        assert!(stopped.is_ok(), "it does not stop");
    }

    /// Starts again, at the same address and over the same database.
    pub async fn rise(&self) {
        self.layer.dead.store(false, Ordering::SeqCst);
        let address = self.origin.trim_start_matches("http://");
        let (_, serving) = serve(address, &self.store, &self.front, &self.layer).await;
        *self.serving.lock().unwrap() = serving;
    }

    /// Whether whoever wants to listen is turned away, from now on.
    pub fn turn_listeners_away(&self, away: bool) {
        self.layer.mute.store(away, Ordering::SeqCst);
    }

    /// Posts a reply to a thread as a guest of that name, from nobody's browser.
    pub async fn post(&self, thread: &str, name: &str, body: &str) {
        let ask = async |route: &str, headers: &[(&str, &str)], json: Value| {
            let address = format!("{}/api/{route}", self.origin);
            let answer = client::ask(Method::POST, &address, headers, &json).await;
            let answer = answer.unwrap_or_else(|error| panic!("{error}"));
            assert_eq!(answer.status, 201, "{route}: {}", answer.json);
            answer.json
        };
        let guest = ask("guests", &[], json!({ "name": name })).await;
        let bearer = format!("Bearer {}", guest["token"].as_str().unwrap_or_default());
        let headers = [("authorization", &*bearer), ("idempotency-key", "\"a-key-of-its-own\"")];
        ask("replies", &headers, json!({ "thread": thread, "body": body })).await;
    }

    /// How many requests asked for permission first.
    pub fn preflights(&self) -> u32 {
        self.layer.preflights.load(Ordering::Relaxed)
    }
}

impl Drop for Reference {
    fn drop(&mut self) {
        self.serving.lock().unwrap().abort();
    }
}

async fn serve(
    listen: &str,
    store: &Store,
    front: &FrontPage,
    layer: &Layer,
) -> (SocketAddr, JoinHandle<()>) {
    let settings = Settings { front: front.clone(), limits: Limits::none(), ..Settings::default() };
    let routes = router(App::new(store.clone(), settings)).layer(from_fn_with_state(layer.clone(), watched));
    let server = Server::bind_router(listen, routes).await;
    let server = server.unwrap_or_else(|error| panic!("no server: {error}"));
    let stop = Arc::clone(&layer.stop);
    (server.address(), tokio::spawn(async move { server.run(stop.notified()).await }))
}

/// An answer that breaks off, and takes its connection with it.
fn broken() -> Response {
    let broken = futures_util::stream::iter([Err::<Bytes, _>(std::io::Error::other("dead"))]);
    Body::from_stream(broken).into_response()
}

/// Answers `/watch.js`, and has the page at `/` load it before anything else; its policy allows its own origin.
async fn watched(State(layer): State<Layer>, mut request: Request, next: Next) -> Response {
    if request.method() == Method::OPTIONS {
        layer.preflights.fetch_add(1, Ordering::Relaxed);
    }
    let posts = request.method() == Method::POST && request.uri().path() == "/api/replies";
    if posts && layer.dying.swap(false, Ordering::SeqCst) {
        layer.dead.store(true, Ordering::SeqCst);
        let answer = next.run(request).await;
        assert!(answer.status().is_success(), "the reply was not stored: {}", answer.status());
        layer.died.notify_one();
        return broken();
    }
    if layer.dead.load(Ordering::SeqCst) {
        return broken();
    }
    match request.uri().path() {
        "/api/live" if layer.mute.load(Ordering::SeqCst) => return broken(),
        "/watch.js" => return ([(header::CONTENT_TYPE, "text/javascript")], watch::WATCH).into_response(),
        "/" => {}
        _ => return next.run(request).await,
    }
    // What is compressed cannot be added to.
    request.headers_mut().remove(header::ACCEPT_ENCODING);
    let (mut head, body) = next.run(request).await.into_parts();
    let page = to_bytes(body, 1 << 20).await.unwrap_or_else(|error| panic!("no page: {error}"));
    let page =
        String::from_utf8_lossy(&page).replacen("<head>", "<head><script src=\"/watch.js\"></script>", 1);
    assert!(page.contains("/watch.js"), "the page has no head: {page}");
    head.headers.remove(header::CONTENT_LENGTH);
    head.headers.remove(header::ETAG);
    Response::from_parts(head, Body::from(page))
}
