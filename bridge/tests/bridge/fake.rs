//! A system that answers as it is told, and what a client sees of the bridge before it.

use std::convert::Infallible;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use afterword_bridge::options::Options;
use afterword_bridge::{Bridge, Server, System};
use bytes::Bytes;
use http::{HeaderMap, Method};
use http_body_util::{BodyExt, Empty, Full};
use hyper::service::service_fn;
use hyper_util::client::legacy::Client;
use hyper_util::rt::{TokioExecutor, TokioIo};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::RwLock;

/// What the system says to one question.
#[derive(Clone)]
pub(crate) enum Said {
    Json(Value),
    /// A status, headers and a body.
    Other(u16, Vec<(&'static str, String)>, String),
    /// Nothing, for ever.
    Silence,
}

impl Said {
    pub(crate) fn status(status: u16) -> Self {
        Self::Other(status, Vec::new(), String::new())
    }
}

type Voice = Box<dyn Fn(&str) -> Said + Send>;

/// A system on loopback.
#[derive(Clone)]
pub(crate) struct Fake {
    pub(crate) url: String,
    voice: Arc<Mutex<Voice>>,
    heard: Arc<Mutex<Vec<String>>>,
    /// While somebody writes here, nobody is answered.
    pub(crate) gate: Arc<RwLock<()>>,
}

impl Fake {
    /// One that answers a path, with its query, as `voice` does.
    pub(crate) async fn start(voice: impl Fn(&str) -> Said + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let fake = Self {
            url: format!("http://{}", listener.local_addr().unwrap()),
            voice: Arc::new(Mutex::new(Box::new(voice))),
            heard: Arc::default(),
            gate: Arc::default(),
        };
        let this = fake.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let this = this.clone();
                let service = service_fn(move |request: hyper::Request<hyper::body::Incoming>| {
                    let this = this.clone();
                    async move {
                        let path = request.uri().path_and_query().unwrap().as_str().to_owned();
                        Ok::<_, Infallible>(this.answer(path).await)
                    }
                });
                let connection = hyper::server::conn::http1::Builder::new();
                tokio::spawn(connection.serve_connection(TokioIo::new(stream), service));
            }
        });
        fake
    }

    async fn answer(&self, path: String) -> http::Response<Full<Bytes>> {
        self.heard.lock().unwrap().push(path.clone());
        let _open = self.gate.read().await;
        let said = (self.voice.lock().unwrap())(&path);
        let mut response = http::Response::builder();
        let body = match said {
            Said::Json(value) => {
                response = response.header("content-type", "application/json");
                value.to_string()
            }
            Said::Other(status, headers, body) => {
                response = headers
                    .into_iter()
                    .fold(response.status(status), |response, (name, value)| response.header(name, value));
                body
            }
            Said::Silence => std::future::pending().await,
        };
        response.body(Full::from(body)).unwrap()
    }

    /// From now on it answers otherwise.
    pub(crate) fn say(&self, voice: impl Fn(&str) -> Said + Send + 'static) {
        *self.voice.lock().unwrap() = Box::new(voice);
    }

    /// Every question so far.
    pub(crate) fn heard(&self) -> Vec<String> {
        self.heard.lock().unwrap().clone()
    }

    /// A bridge before this system; its address.
    pub(crate) async fn bridged(&self, system: System) -> String {
        self.bridged_with(system, |options| options).await
    }

    pub(crate) async fn bridged_with(&self, system: System, with: impl FnOnce(Options) -> Options) -> String {
        let options = Options { timeout: Duration::from_millis(500), ..Options::of(system, &self.url) };
        let bridge = Bridge::new(&with(options)).unwrap();
        let server = Server::bind("127.0.0.1:0", bridge).await.unwrap();
        let api = format!("http://{}/api", server.address());
        tokio::spawn(server.run(std::future::pending()));
        api
    }
}

/// What the bridge answers.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    pub(crate) fn numbers(&self) -> Vec<u64> {
        let page = self.json();
        page["replies"].as_array().unwrap().iter().map(|reply| reply["number"].as_u64().unwrap()).collect()
    }
}

pub(crate) async fn ask(method: Method, address: &str, headers: &[(&str, &str)]) -> Answer {
    let client = Client::builder(TokioExecutor::new()).build_http();
    let request = http::Request::builder().method(method).uri(address);
    let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    let (head, body) =
        client.request(request.body(Empty::<Bytes>::new()).unwrap()).await.unwrap().into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    Answer { status: head.status.as_u16(), headers: head.headers, body }
}

pub(crate) async fn get(address: &str) -> Answer {
    ask(Method::GET, address, &[]).await
}

fn fixture(name: &str) -> Value {
    let path = format!("{}/fixtures/{name}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// A Discourse with this topic in it, of which it shows no more posts at once than are asked for.
pub(crate) fn discourse_with(topic: Value, posts: Vec<Value>) -> impl Fn(&str) -> Said {
    let id = topic["id"].clone();
    move |path: &str| {
        if path == format!("/t/{id}.json") {
            return Said::Json(topic.clone());
        }
        let Some(query) = path.strip_prefix(&format!("/t/{id}/posts.json?")) else {
            return Said::status(404);
        };
        let ids: Vec<u64> =
            query.split('&').map(|id| id.strip_prefix("post_ids%5B%5D=").unwrap().parse().unwrap()).collect();
        assert!(ids.len() <= 20, "{path}");
        let asked: Vec<_> = posts.iter().filter(|post| ids.contains(&post["id"].as_u64().unwrap())).collect();
        Said::Json(json!({ "id": id, "post_stream": { "posts": asked } }))
    }
}

/// The topic of the fixtures: 10 numbers, one without a post.
pub(crate) fn discourse() -> impl Fn(&str) -> Said {
    let posts = fixture("discourse-posts")["post_stream"]["posts"].as_array().unwrap().clone();
    discourse_with(fixture("discourse-topic"), posts)
}

/// The page of the fixtures, under `/plums`; Isso has an empty answer for every other.
pub(crate) fn isso() -> impl Fn(&str) -> Said {
    let thread = fixture("isso-thread");
    move |path: &str| match path {
        "/?uri=%2Fplums" => Said::Json(thread.clone()),
        _ if path.starts_with("/?uri=") => {
            Said::Json(json!({ "id": null, "total_replies": 0, "replies": [] }))
        }
        _ => Said::status(404),
    }
}

/// A Vanilla with this discussion in it.
pub(crate) fn vanilla_with(discussion: Value, comments: Vec<Value>) -> impl Fn(&str) -> Said {
    let id = discussion["discussionID"].clone();
    move |path: &str| {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let parameter = |name: &str| query.split('&').find_map(|pair| pair.strip_prefix(&format!("{name}=")));
        match path {
            _ if path == format!("/api/v2/discussions/{id}") => Said::Json(discussion.clone()),
            "/api/v2/comments" => {
                let number = |name: &str| parameter(name).unwrap().parse::<usize>().unwrap();
                assert_eq!(parameter("discussionID"), Some(id.to_string().as_str()));
                let (page, limit) = (number("page"), number("limit"));
                let comments = comments.iter().skip((page - 1) * limit).take(limit).cloned();
                Said::Json(Value::Array(comments.collect()))
            }
            _ => Said::Other(404, Vec::new(), json!({ "message": "Not found.", "status": 404 }).to_string()),
        }
    }
}

/// The discussion of the fixtures: itself and 6 comments.
pub(crate) fn vanilla() -> impl Fn(&str) -> Said {
    vanilla_with(fixture("vanilla-discussion"), fixture("vanilla-comments").as_array().unwrap().clone())
}
