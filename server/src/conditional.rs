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
    /// The same with a tag of its own, once it has been [packed](Self::pack). Shared by all clones.
    pub(crate) packed: Arc<OnceLock<(Bytes, HeaderValue)>>,
    pub(crate) encoding: Encoding,
    pub(crate) etag: HeaderValue,
}

impl Representation {
    /// `body` in `encoding`, with a strong tag made from `body` and the coding: other bytes have another tag, whatever
    /// counters and clocks say, and so a restored backup never answers 304 for what it no longer holds.
    pub(crate) fn new(body: Vec<u8>, encoding: Encoding) -> Self {
        let (hash, length) = (hash::quick(&body), body.len());
        let (encoding, body) = encoding.applied(body);
        Self { body, packed: Arc::default(), encoding, etag: etag(hash, length, encoding.suffix()) }
    }

    /// So many bytes it holds, or will once it is packed.
    pub(crate) fn most_bytes(&self) -> usize {
        self.body.len() * if self.encoding == Encoding::Brotli { 2 } else { 1 }
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
            let etag = etag(hash::quick(&packed), packed.len(), self.encoding.suffix());
            // Fails where somebody else was faster with the same.
            let _ = self.packed.set((packed, etag));
        }
    }

    /// The answer to a request with these headers: 200 with the body, or 304 without.
    pub(crate) fn answer(&self, request: &HeaderMap, kind: &'static str, cache: &'static str) -> Response {
        let packed = self.packed.get().map(|(body, etag)| (body, etag));
        let (body, newest) = packed.unwrap_or((&self.body, &self.etag));
        // Who has it as it was before it was packed has the same.
        let known = [newest, &self.etag].into_iter().find(|etag| matches(request, etag));
        let mut response = if known.is_some() {
            StatusCode::NOT_MODIFIED.into_response()
        } else {
            let mut response = Response::new(Body::from(body.clone()));
            response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
            if let Some(coding) = self.encoding.as_str() {
                response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding));
            }
            response
        };
        let headers = response.headers_mut();
        headers.insert(header::ETAG, known.unwrap_or(newest).clone());
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        response
    }
}

fn etag(hash: u64, length: usize, suffix: &str) -> HeaderValue {
    let text = format!("\"{hash:016x}-{length:x}{suffix}\"");
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
