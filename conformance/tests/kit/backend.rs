//! A backend on a port of its own: the reference server, with a layer in front that may break one thing.
//!
//! So a faulty backend is a sound one but for its fault, and what the kit finds comes from that alone.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use afterword_conformance::options::Options;
use afterword_conformance::{Report, run};
use afterword_server::{App, Limits, Server, Settings, Store, router};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use http_body_util::BodyExt;
use serde_json::Value;
use tokio::task::JoinHandle;

/// What a fault breaks.
#[derive(Clone, Copy)]
pub(crate) enum Twist {
    /// Nothing.
    None,
    /// What arrives is another request.
    Sent(fn(&mut Sent, &Memory)),
    /// What leaves is another answer.
    Got(fn(&Sent, &mut Got, &Memory)),
    /// What is heard is something else: each piece of a stream, after what was sent.
    Heard(fn(&Sent, String, &Memory) -> String),
}

/// A request that arrives, and may be changed.
#[derive(Clone)]
pub(crate) struct Sent {
    pub(crate) method: Method,
    pub(crate) address: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

/// An answer that leaves, and may be changed.
pub(crate) struct Got {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

/// What a faulty backend remembers between requests.
pub(crate) type Memory = Mutex<HashMap<String, String>>;

impl Sent {
    pub(crate) fn path(&self) -> &str {
        self.address.split('?').next().unwrap()
    }

    /// Whether it is `method` and what follows `/api`, where `*` stands for one step.
    pub(crate) fn is(&self, method: &str, path: &str) -> bool {
        let steps: Vec<&str> = self.path().trim_start_matches("/api").split('/').collect();
        let expected: Vec<&str> = path.split('/').collect();
        let fits = |(step, expected): (&&str, &&str)| *expected == "*" || step == expected;
        self.method == method && steps.len() == expected.len() && steps.iter().zip(&expected).all(fits)
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// With its body changed, where it is JSON.
    pub(crate) fn change(&mut self, change: impl FnOnce(&mut Value)) {
        if let Ok(mut value) = serde_json::from_slice(&self.body) {
            change(&mut value);
            self.body = value.to_string().into_bytes();
            self.headers.remove("content-length");
        }
    }
}

impl Got {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// With its body changed, where it is JSON.
    pub(crate) fn change(&mut self, change: impl FnOnce(&mut Value)) {
        if let Ok(mut value) = serde_json::from_slice(&self.body) {
            change(&mut value);
            self.body = value.to_string().into_bytes();
        }
    }

    pub(crate) fn set(&mut self, name: &'static str, value: &str) {
        self.headers.insert(name, value.parse().unwrap());
    }
}

#[derive(Clone)]
struct Layer {
    twist: Twist,
    memory: Arc<Memory>,
}

/// A running backend, which stops when this is dropped.
pub(crate) struct Backend {
    /// Where its routes are.
    pub(crate) api: String,
    pub(crate) store: Store,
    serving: JoinHandle<()>,
}

impl Backend {
    pub(crate) async fn start(settings: Settings, twist: Twist) -> Self {
        let store = Store::temporary().await.unwrap();
        let layer = Layer { twist, memory: Arc::default() };
        let routes = router(App::new(store.clone(), settings));
        let routes = match twist {
            Twist::None => routes,
            // Outside of everything that a router does by itself.
            _ => Router::new().fallback_service(routes).layer(from_fn_with_state(layer, twisted)),
        };
        let server = Server::bind_router("127.0.0.1:0", routes).await.unwrap();
        let api = format!("http://{}/api", server.address());
        let serving = tokio::spawn(server.run(std::future::pending::<()>()));
        Self { api, store, serving }
    }

    /// With everybody let in, as often as they like.
    pub(crate) async fn open(twist: Twist) -> Self {
        Self::start(Settings { limits: Limits::none(), ..Settings::default() }, twist).await
    }

    /// What the kit finds.
    pub(crate) async fn report(&self, only: &[&str]) -> Report {
        let only = only.iter().map(|group| (*group).to_owned()).collect();
        run(&Options { only, ..Options::of(&self.api) }).await.unwrap()
    }
}

impl Drop for Backend {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn twisted(State(layer): State<Layer>, request: Request, next: Next) -> Response {
    let (head, body) = request.into_parts();
    let mut sent = Sent {
        method: head.method.clone(),
        address: head.uri.to_string(),
        headers: head.headers.clone(),
        body: to_bytes(body, 1 << 22).await.unwrap().to_vec(),
    };
    if let Twist::Sent(twist) = layer.twist {
        twist(&mut sent, &layer.memory);
    }
    let mut request = Request::from_parts(head, Body::from(sent.body.clone()));
    *request.method_mut() = sent.method.clone();
    *request.uri_mut() = sent.address.parse::<Uri>().unwrap();
    *request.headers_mut() = sent.headers.clone();
    let response = next.run(request).await;
    let (mut head, body) = response.into_parts();
    let kind = head.headers.get("content-type");
    let is_stream = kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/event-stream"));
    let twist = match layer.twist {
        Twist::Heard(twist) if is_stream => {
            let heard = body.map_frame(move |frame| {
                frame.map_data(|data| {
                    let piece = String::from_utf8(data.to_vec()).unwrap();
                    twist(&sent, piece, &layer.memory).into_bytes().into()
                })
            });
            return Response::from_parts(head, Body::new(heard));
        }
        Twist::Got(twist) => twist,
        _ => return Response::from_parts(head, body),
    };
    if is_stream {
        let mut got = Got { status: head.status.as_u16(), headers: head.headers.clone(), body: Vec::new() };
        twist(&sent, &mut got, &layer.memory);
        (head.status, head.headers) = (StatusCode::from_u16(got.status).unwrap(), got.headers);
        return Response::from_parts(head, body);
    }
    let body = to_bytes(body, 1 << 24).await.unwrap().to_vec();
    let mut got = Got { status: head.status.as_u16(), headers: head.headers.clone(), body };
    twist(&sent, &mut got, &layer.memory);
    head.status = StatusCode::from_u16(got.status).unwrap();
    head.headers = got.headers;
    head.headers.remove("content-length");
    Response::from_parts(head, Body::from(got.body))
}
