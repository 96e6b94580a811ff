//! Answers that a client may have already: `ETag`, `If-None-Match`, 304.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;

use crate::encoding::Encoding;
use crate::hash;

/// A body in one coding, ready to be sent any number of times.
#[derive(Clone, Debug)]
pub(crate) struct Representation {
    pub(crate) body: Bytes,
    pub(crate) encoding: Encoding,
    pub(crate) etag: HeaderValue,
}

impl Representation {
    /// `body` in `encoding`, with a strong tag made from what is sent: other bytes have another tag, whatever
    /// counters and clocks say, and so a restored backup never answers 304 for what it no longer holds.
    pub(crate) fn new(body: Vec<u8>, encoding: Encoding) -> Self {
        let (encoding, body) = encoding.applied(body);
        let etag = etag(hash::quick(&body), body.len(), encoding);
        Self { body, encoding, etag }
    }

    /// The answer to a request with these headers: 200 with the body, or 304 without.
    pub(crate) fn answer(&self, request: &HeaderMap, kind: &'static str, cache: &'static str) -> Response {
        let mut response = if matches(request, &self.etag) {
            StatusCode::NOT_MODIFIED.into_response()
        } else {
            let mut response = Response::new(Body::from(self.body.clone()));
            response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
            if let Some(coding) = self.encoding.as_str() {
                response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding));
            }
            response
        };
        let headers = response.headers_mut();
        headers.insert(header::ETAG, self.etag.clone());
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        response
    }
}

fn etag(hash: u64, length: usize, encoding: Encoding) -> HeaderValue {
    let text = format!("\"{hash:016x}-{length:x}{}\"", encoding.suffix());
    HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static("\"\""))
}

/// Whether `If-None-Match` names `etag`, by weak comparison as RFC 9110 (13.1.2) has it: a cache on the way
/// may have made our strong tag a weak one.
fn matches(request: &HeaderMap, etag: &HeaderValue) -> bool {
    let lines = request.get_all(header::IF_NONE_MATCH).iter().filter_map(|line| line.to_str().ok());
    lines
        .flat_map(|line| line.split(','))
        .map(str::trim)
        .any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag).as_bytes() == etag.as_bytes())
}
