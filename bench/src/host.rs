//! Everything that the browser asks for, from one origin on loopback: host pages, the built widget, the reference
//! server's routes, and peers with their backends. Whatever is sent is compressed, as servers do.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use afterword_bench::thread;
use afterword_server::{App, Limits, Server, Settings, Store, router};
use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::{StatusCode, Uri, header};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;

use crate::waline;
use crate::widget::{ALL, TAKING_PART, Widget};

/// Written once and kept: 11, as for files that a build compresses.
const FOR_FILES: i32 = 11;
/// Written for each answer: 5, as servers do on the fly.
const FOR_ANSWERS: i32 = 5;
/// More than any answer of a peer holds.
const LARGEST: usize = 64 << 20;

/// What is served beside the reference server.
#[derive(Debug)]
pub(crate) struct Places {
    /// The built widget.
    pub(crate) dist: PathBuf,
    /// npm's folder with peers in it, if they are wanted.
    pub(crate) modules: Option<PathBuf>,
    /// Where a real Isso listens, if it is wanted. Example: `127.0.0.1:4567`.
    pub(crate) isso: Option<String>,
}

/// A host that serves until this is dropped.
pub(crate) struct Host {
    /// Example: `http://127.0.0.1:41234`.
    pub(crate) origin: String,
    serving: tokio::task::JoinHandle<()>,
}

impl Drop for Host {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

struct Shared {
    places: Places,
    /// Compressed files, by path.
    files: Mutex<HashMap<PathBuf, Bytes>>,
    client: Client<HttpConnector, Body>,
}

type Answer = Result<Response, StatusCode>;

/// The id of the thread of that many replies.
pub(crate) fn thread_id(total: u32) -> String {
    format!("many-{total}")
}

impl Host {
    /// Starts over a new database with a thread of each size.
    pub(crate) async fn start(places: Places, sizes: &[u32]) -> Result<Self, String> {
        let store = Store::temporary().await.map_err(|error| error.to_string())?;
        let pages = sizes.iter().map(|total| thread::page(&thread_id(*total), *total)).collect();
        store.import(pages).await.map_err(|error| format!("nothing was imported: {error}"))?;
        let app = App::new(store, Settings { limits: Limits::none(), ..Settings::default() });
        let shared = Shared {
            places,
            files: Mutex::default(),
            client: Client::builder(TokioExecutor::new()).build(HttpConnector::new()),
        };
        let own = Router::new()
            .route("/page/{widget}/{total}", get(page))
            .route("/afterword/{*file}", get(file))
            .route("/peers/{*file}", get(file))
            .route("/waline/{*rest}", get(waline_answer))
            // Its one route for comments is the root.
            .route("/isso/", get(isso_answer))
            .route("/isso/{*rest}", get(isso_answer))
            .with_state(Arc::new(shared));
        let server = Server::bind_router("127.0.0.1:0", own.merge(router(app))).await;
        let server = server.map_err(|error| error.to_string())?;
        let origin = format!("http://{}", server.address());
        let serving = tokio::spawn(async move { server.run(std::future::pending()).await });
        Ok(Self { origin, serving })
    }

    /// The address of a widget's page; by its place in [`ALL`], `ALL.len()` is [`TAKING_PART`].
    pub(crate) fn page(&self, widget: usize, total: u32) -> String {
        format!("{}/page/{widget}/{total}", self.origin)
    }
}

/// The widget of that place.
pub(crate) fn widget(place: usize) -> &'static Widget {
    ALL.get(place).unwrap_or(&TAKING_PART)
}

fn parts(uri: &Uri) -> impl Iterator<Item = &str> {
    uri.path().split('/').skip(2)
}

async fn page(uri: Uri) -> Answer {
    let mut numbers = parts(&uri).map(str::parse::<u32>);
    let (Some(Ok(place)), Some(Ok(total))) = (numbers.next(), numbers.next()) else {
        return Err(StatusCode::NOT_FOUND);
    };
    let html = widget(place as usize).page(&thread_id(total));
    Ok(([(header::CONTENT_TYPE, "text/html; charset=utf-8")], html).into_response())
}

/// A file of the widget's or of a peer's.
async fn file(State(shared): State<Arc<Shared>>, uri: Uri) -> Answer {
    let (folder, name) = match uri.path().strip_prefix("/afterword/") {
        Some(name) => (&shared.places.dist, name),
        None => {
            let modules = shared.places.modules.as_ref().ok_or(StatusCode::NOT_FOUND)?;
            (modules, uri.path().strip_prefix("/peers/").unwrap_or_default())
        }
    };
    if name.split('/').any(|part| part == "..") {
        return Err(StatusCode::NOT_FOUND);
    }
    let path = folder.join(name);
    let known = shared.files.lock().unwrap_or_else(PoisonError::into_inner).get(&path).cloned();
    let packed = match known {
        Some(packed) => packed,
        None => {
            // Ours come packed: that is what readers get.
            let mut twin = path.clone().into_os_string();
            twin.push(".br");
            let packed = match std::fs::read(&twin) {
                Ok(packed) => Bytes::from(packed),
                Err(_) => {
                    let plain = std::fs::read(&path).map_err(|_| StatusCode::NOT_FOUND)?;
                    Bytes::from(pack(&plain, FOR_FILES)?)
                }
            };
            let mut files = shared.files.lock().unwrap_or_else(PoisonError::into_inner);
            files.insert(path.clone(), packed.clone());
            packed
        }
    };
    Ok(packed_answer(kind(&path), packed))
}

async fn waline_answer(uri: Uri) -> Answer {
    let json = waline::answer(uri.path(), uri.query().unwrap_or_default());
    Ok(packed_answer("application/json; charset=utf-8", pack(json.as_bytes(), FOR_ANSWERS)?.into()))
}

/// Isso listens elsewhere: handed on, and compressed as a proxy in front of it would.
async fn isso_answer(State(shared): State<Arc<Shared>>, request: Request) -> Answer {
    let isso = shared.places.isso.as_ref().ok_or(StatusCode::NOT_FOUND)?;
    let target = request.uri().to_string();
    let target = target.split_once("/isso/").map(|(_, rest)| rest).unwrap_or_default();
    let asked = http::Request::get(format!("http://{isso}/{target}"))
        .header(header::ACCEPT, "*/*")
        .body(Body::empty())
        .map_err(|_| StatusCode::BAD_REQUEST)?;
    let answer = shared.client.request(asked).await.map_err(|_| StatusCode::BAD_GATEWAY)?;
    let (head, body) = answer.into_parts();
    let body = to_bytes(Body::new(body), LARGEST).await.map_err(|_| StatusCode::BAD_GATEWAY)?;
    let kind = head.headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let mut response = packed_answer(kind.unwrap_or("text/plain"), pack(&body, FOR_ANSWERS)?.into());
    *response.status_mut() = head.status;
    Ok(response)
}

fn packed_answer(kind: &str, packed: Bytes) -> Response {
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CONTENT_ENCODING, "br".to_owned()),
        (header::CACHE_CONTROL, "max-age=3600".to_owned()),
    ];
    (headers, packed).into_response()
}

fn pack(plain: &[u8], quality: i32) -> Result<Vec<u8>, StatusCode> {
    let parameters = brotli::enc::BrotliEncoderParams { quality, lgwin: 22, ..Default::default() };
    let mut packed = Vec::new();
    brotli::BrotliCompress(&mut &*plain, &mut packed, &parameters)
        .map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
    Ok(packed)
}

fn kind(path: &Path) -> &'static str {
    match path.extension().and_then(|ending| ending.to_str()) {
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("json") => "application/json",
        Some("svg") => "image/svg+xml",
        _ => "application/octet-stream",
    }
}
