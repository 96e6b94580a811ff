//! The contract outward: routes, methods, headers, and pages that a client may have already.

use std::hash::{DefaultHasher, Hasher};

use afterword_contract::ThreadPage;
use bytes::Bytes;
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode, header};

use crate::Bridge;
use crate::problem::Refusal;
use crate::wish::Wish;

/// The only route.
const ROUTE: &str = "/api/replies";
const METHODS: &str = "GET, HEAD, OPTIONS";
/// The longest address, in bytes: the longest id with every byte escaped, and what stands around it.
const ADDRESS_BYTES: usize = 8192;
/// The same for everybody: a cache may answer at once, and look for news behind the reader's back.
const CACHE: &str = "public, max-age=10, stale-while-revalidate=60";

/// Answers a request. Its body, if it has one, is not read.
pub(crate) async fn answer(bridge: &Bridge, request: &Parts) -> Response<Bytes> {
    let mut response = routed(bridge, request).await.unwrap_or_else(Refusal::answer);
    let headers = response.headers_mut();
    for (name, value) in [
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (header::ACCESS_CONTROL_EXPOSE_HEADERS, "ETag, Location, Retry-After"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (HeaderName::from_static("cross-origin-resource-policy"), "cross-origin"),
        (HeaderName::from_static("timing-allow-origin"), "*"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

async fn routed(bridge: &Bridge, request: &Parts) -> Result<Response<Bytes>, Refusal> {
    if request.uri.path_and_query().is_some_and(|address| address.as_str().len() > ADDRESS_BYTES) {
        return Err(Refusal::too_long(ADDRESS_BYTES));
    }
    if request.uri.path() != ROUTE {
        return Err(Refusal::unknown_route(request.uri.path()));
    }
    match request.method {
        Method::GET | Method::HEAD => {
            let wish = Wish::read(request.uri.query().unwrap_or_default())?;
            Ok(page(&bridge.page(&wish).await?, &request.headers))
        }
        Method::OPTIONS => Ok(preflight()),
        _ => Err(Refusal::method_not_allowed(METHODS)),
    }
}

fn preflight() -> Response<Bytes> {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = StatusCode::NO_CONTENT;
    for (name, value) in [
        (header::ALLOW, METHODS),
        (header::ACCESS_CONTROL_ALLOW_METHODS, METHODS),
        (header::ACCESS_CONTROL_ALLOW_HEADERS, "*, authorization"),
        (header::ACCESS_CONTROL_MAX_AGE, "7200"),
    ] {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

/// 200 with the page, or 304 where the client has it.
fn page(page: &ThreadPage, request: &HeaderMap) -> Response<Bytes> {
    let body = serde_json::to_vec(page).unwrap_or_default();
    let etag = etag(&body);
    let mut response = if has(request, &etag) {
        let mut response = Response::new(Bytes::new());
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        response
    } else {
        let mut response = Response::new(Bytes::from(body));
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        response
    };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(CACHE));
    headers.extend(HeaderValue::from_str(&etag).ok().map(|etag| (header::ETAG, etag)));
    response
}

/// Made from what is sent.
fn etag(body: &[u8]) -> String {
    let mut hasher = DefaultHasher::new();
    hasher.write(body);
    format!("\"{:016x}-{:x}\"", hasher.finish(), body.len())
}

/// Whether `If-None-Match` names `etag`, by weak comparison: a cache on the way may have made it a weak one.
fn has(request: &HeaderMap, etag: &str) -> bool {
    let lines = request.get_all(header::IF_NONE_MATCH).iter().filter_map(|line| line.to_str().ok());
    let mut tags = lines.flat_map(|line| line.split(',')).map(str::trim);
    tags.any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == etag)
}
