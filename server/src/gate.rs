//! What every request passes on its way in and out: an id, bounds, the headers that all answers share, one
//! line in the log.
//!
//! The log names the path and never the query, a header or a body: tokens and people's words stay out of it.

use std::hash::{BuildHasher, RandomState};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use axum::body::{Body, HttpBody};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::app::App;
use crate::problem::Refusal;

/// The methods of a route that only reads.
pub(crate) const READING: &str = "GET, HEAD, OPTIONS";

/// A hundred ids of ordinary length, or one of the longest with every byte escaped.
const ADDRESS_BYTES: usize = 16_384;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const SLOW: Duration = Duration::from_secs(1);

/// Answers `OPTIONS`. Reading needs no preflight; whoever sends one is told that everything may be read, with
/// or without a token.
pub(crate) async fn preflight() -> impl IntoResponse {
    let headers = [
        (header::ALLOW, READING),
        (header::ACCESS_CONTROL_ALLOW_METHODS, READING),
        (header::ACCESS_CONTROL_ALLOW_HEADERS, "*, authorization"),
        (header::ACCESS_CONTROL_MAX_AGE, "7200"),
    ];
    (StatusCode::NO_CONTENT, headers)
}

/// Answers `OPTIONS` of a route that takes the methods `allow`: everybody may write from any page, and needs no
/// cookie for it.
pub(crate) fn writing_preflight(allow: &'static str) -> impl IntoResponse {
    let headers = [
        (header::ALLOW, allow),
        (header::ACCESS_CONTROL_ALLOW_METHODS, "GET, HEAD, POST, PUT, PATCH, DELETE"),
        (header::ACCESS_CONTROL_ALLOW_HEADERS, "Authorization, Content-Type, Idempotency-Key, If-Match"),
        (header::ACCESS_CONTROL_MAX_AGE, "7200"),
    ];
    (StatusCode::NO_CONTENT, headers)
}

/// Lets a request through to its route, and its answer out.
pub(crate) async fn pass(State(app): State<App>, request: Request, next: Next) -> Response {
    let began = Instant::now();
    let id = request_id(request.headers());
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let address = request.uri().path_and_query().map_or(0, |address| address.as_str().len());
    let response = if address > ADDRESS_BYTES {
        Refusal::too_long(ADDRESS_BYTES).into_response()
    } else {
        match tokio::time::timeout(app.settings().request_timeout, next.run(request)).await {
            Ok(response) => response,
            Err(_) => Refusal::timed_out().into_response(),
        }
    };
    let mut response = finished(response, &method, &id);
    dress(&mut response, &path, &id);
    record(&method, &path, &response, began.elapsed(), &id);
    response
}

/// A refusal is written out here, where the request's id is known.
fn finished(mut response: Response, method: &Method, id: &str) -> Response {
    if let Some(refusal) = response.extensions_mut().remove::<Refusal>() {
        response = refusal.write(id);
        if method == Method::HEAD {
            *response.body_mut() = Body::empty();
        }
    }
    response
}

fn dress(response: &mut Response, path: &str, id: &str) {
    let unchanged = response.status() == StatusCode::NOT_MODIFIED;
    let headers = response.headers_mut();
    let html =
        headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    // A document says itself what it may do. The contract's HTML is none.
    let document = html && !path.starts_with("/api/");
    let mut set = |name: HeaderName, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::REFERRER_POLICY, "strict-origin-when-cross-origin");
    if !document {
        set(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*");
        set(header::ACCESS_CONTROL_EXPOSE_HEADERS, "ETag, Link, Location, Retry-After, X-Request-Id");
        set(HeaderName::from_static("cross-origin-resource-policy"), "cross-origin");
        set(HeaderName::from_static("timing-allow-origin"), "*");
        // What is unchanged keeps the policy that it came with: it may be a document.
        if !unchanged {
            set(header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'");
        }
    }
    if let Ok(id) = HeaderValue::from_str(id) {
        headers.insert(REQUEST_ID, id);
    }
}

/// The id that a proxy has given the request, where it is harmless, or a new one.
fn request_id(headers: &HeaderMap) -> String {
    static START: LazyLock<u32> = LazyLock::new(|| RandomState::new().hash_one("afterword") as u32);
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let given = headers.get(&REQUEST_ID).and_then(|id| id.to_str().ok());
    let harmless = |id: &&str| {
        (1..=64).contains(&id.len())
            && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
    };
    match given.filter(harmless) {
        Some(id) => id.to_owned(),
        None => format!("{:08x}-{:x}", *START, COUNT.fetch_add(1, Ordering::Relaxed)),
    }
}

fn record(method: &Method, path: &str, response: &Response, took: Duration, id: &str) {
    let status = response.status().as_u16();
    let milliseconds = took.as_secs_f64() * 1000.0;
    let bytes = response.body().size_hint().exact();
    if response.status().is_server_error() {
        tracing::error!(target: "afterword::request", %method, path, status, milliseconds, bytes, id, "failed");
    } else if took > SLOW {
        tracing::warn!(target: "afterword::request", %method, path, status, milliseconds, bytes, id, "slow");
    } else {
        tracing::info!(target: "afterword::request", %method, path, status, milliseconds, bytes, id, "answered");
    }
}
