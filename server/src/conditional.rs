//! Answers that a client may have already: `ETag`, `If-None-Match`, 304.

use std::sync::{Arc, OnceLock};

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;

use crate::encoding::{Encoding, smallest};
use crate::hash;

/// A body in one coding, ready to be sent any number of times.
#[derive(Clone, Debug)]
pub(crate) struct Representation {
    pub(crate) body: Bytes,
    /// The same once it has been [packed](Self::pack). Shared by all clones.
    pub(crate) packed: Arc<OnceLock<Bytes>>,
    pub(crate) encoding: Encoding,
    pub(crate) etag: HeaderValue,
}

impl Representation {
    /// `body` in `encoding`, with a strong tag made from `body`: other bytes have another tag, whatever
    /// counters and clocks say, and so a restored backup never answers 304 for what it no longer holds.
    /// How small they are packed does not count: nobody is ever sent a range.
    pub(crate) fn new(body: Vec<u8>, encoding: Encoding) -> Self {
        let (hash, length) = (hash::quick(&body), body.len());
        let (encoding, body) = encoding.applied(body);
        Self { body, packed: Arc::default(), encoding, etag: etag(hash, length, encoding) }
    }

    /// Whether [`pack`](Self::pack) is still to be done and can do anything.
    pub(crate) fn can_be_packed(&self) -> bool {
        self.encoding == Encoding::Brotli && self.packed.get().is_none()
    }

    /// Makes the body as small as can be for whoever is answered from now on. Takes tenths of a second.
    pub(crate) fn pack(&self) {
        if self.can_be_packed() {
            // What cannot be made smaller stays as it is, and is not tried again.
            let packed = smallest(&self.body).unwrap_or_else(|_| self.body.clone());
            // Fails where somebody else was faster with the same.
            let _ = self.packed.set(packed);
        }
    }

    /// The answer to a request with these headers: 200 with the body, or 304 without.
    pub(crate) fn answer(&self, request: &HeaderMap, kind: &'static str, cache: &'static str) -> Response {
        let mut response = if matches(request, &self.etag) {
            StatusCode::NOT_MODIFIED.into_response()
        } else {
            let mut response = Response::new(Body::from(self.packed.get().unwrap_or(&self.body).clone()));
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
