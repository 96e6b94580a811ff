//! The reference server, whole and real: its routes over SQLite, on a port of its own for one story.
//!
//! In front of it stands a layer that the server does not know of: it has its pages watched as all others are,
//! and counts what asks for permission first.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use afterword_contract::ThreadId;
use afterword_server::{App, FrontPage, Limits, Server, Settings, Store, read_pages, router};
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use http::{Method, header};
use tokio::sync::oneshot;

use crate::watch;

/// A running reference server, which stops when this is dropped.
pub struct Reference {
    /// Where it listens. Example: `"http://127.0.0.1:41234"`.
    pub origin: String,
    preflights: Arc<AtomicU32>,
    _stop: oneshot::Sender<()>,
}

impl Reference {
    /// Starts over a new database that holds the threads of a file, with an article for one of them at `/`.
    pub async fn start(file: &str, article: &str) -> Self {
        let store = Store::temporary().await.unwrap_or_else(|error| panic!("no database: {error}"));
        let pages = read_pages(file).unwrap_or_else(|error| panic!("the file {error}"));
        store.import(pages).await.unwrap_or_else(|error| panic!("nothing was imported: {error}"));
        let front = FrontPage::Article(ThreadId::from(article));
        let app = App::new(store, Settings { front, limits: Limits::none(), ..Settings::default() });
        let preflights = Arc::<AtomicU32>::default();
        let routes = router(app).layer(from_fn_with_state(Arc::clone(&preflights), watched));
        let server = Server::bind_router("127.0.0.1:0", routes)
            .await
            .unwrap_or_else(|error| panic!("no server: {error}"));
        let origin = format!("http://{}", server.address());
        let (stop, stopped) = oneshot::channel();
        tokio::spawn(server.run(async {
            // Sent never; dropped with `Reference`.
            let _ = stopped.await;
        }));
        Self { origin, preflights, _stop: stop }
    }

    /// How many requests asked for permission first.
    pub fn preflights(&self) -> u32 {
        self.preflights.load(Ordering::Relaxed)
    }
}

/// Answers `/watch.js`, and has the page at `/` load it before anything else; its policy allows its own origin.
async fn watched(State(preflights): State<Arc<AtomicU32>>, mut request: Request, next: Next) -> Response {
    if request.method() == Method::OPTIONS {
        preflights.fetch_add(1, Ordering::Relaxed);
    }
    match request.uri().path() {
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
