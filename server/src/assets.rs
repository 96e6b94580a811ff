//! The built widget, from inside the binary: right media types, the coding that the client likes, tags.
//!
//! The names are stable because host pages link to them; so they are good for a minute and then asked for
//! again. An address with `?v=…` promises that its content never changes, and is kept for a year.

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Method, Uri, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;

use crate::app::App;
use crate::conditional::Representation;
use crate::encoding::Encoding;
use crate::gate;
use crate::problem::Refusal;
use crate::query::Parameters;

/// One file of the built widget.
#[derive(Clone, Copy, Debug)]
pub(crate) struct File {
    /// Its path from the folder's root, with slashes.
    pub(crate) path: &'static str,
    /// Its media type.
    pub(crate) kind: &'static str,
    /// Tells its content from other content.
    pub(crate) fingerprint: &'static str,
    pub(crate) plain: &'static [u8],
    pub(crate) brotli: Option<&'static [u8]>,
    pub(crate) gzip: Option<&'static [u8]>,
}

include!(concat!(env!("OUT_DIR"), "/files.rs"));

const STABLE: &str = "public, max-age=60, must-revalidate";
const IMMUTABLE: &str = "public, max-age=31536000, immutable";

/// What host pages link to. Where the binary has none of it, that is said.
const PROMISED: &[&str] = &["embed.js", "afterword.js", "afterword_bg.wasm", "themes/"];

/// The files inside this binary; none where it was built before the widget.
pub(crate) fn embedded() -> &'static [File] {
    FILES
}

/// Answers every address that no other route has.
pub(crate) async fn assets(
    State(app): State<App>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let path = uri.path().trim_start_matches('/');
    let Some(file) = find(app.files(), path) else {
        let promised = PROMISED.iter().any(|name| path.starts_with(name));
        return Err(if promised && app.files().is_empty() {
            Refusal::not_built()
        } else {
            Refusal::unknown_route(uri.path())
        });
    };
    if method == Method::OPTIONS {
        return Ok(gate::preflight().await.into_response());
    }
    if method != Method::GET && method != Method::HEAD {
        return Err(Refusal::method_not_allowed(gate::READING));
    }
    let versioned = Parameters::read(uri.query().unwrap_or_default())
        .is_ok_and(|parameters| parameters.all("v").any(|version| !version.is_empty()));
    Ok(file.answer(&headers, if versioned { IMMUTABLE } else { STABLE }))
}

/// The file at `path`.
pub(crate) fn find(files: &'static [File], path: &str) -> Option<&'static File> {
    files.iter().find(|file| file.path == path)
}

impl File {
    /// The answer in the coding that the client likes best among those that were made when the widget was built.
    pub(crate) fn answer(&self, request: &HeaderMap, cache: &'static str) -> Response {
        let mut offered = vec![Encoding::Identity];
        if self.gzip.is_some() {
            offered.insert(0, Encoding::Gzip);
        }
        if self.brotli.is_some() {
            offered.insert(0, Encoding::Brotli);
        }
        let encoding = Encoding::chosen(request, &offered);
        let body = match encoding {
            Encoding::Brotli => self.brotli,
            Encoding::Gzip => self.gzip,
            Encoding::Identity => None,
        };
        let etag = format!("\"{}{}\"", self.fingerprint, encoding.suffix());
        let representation = Representation {
            body: Bytes::from_static(body.unwrap_or(self.plain)),
            encoding,
            etag: HeaderValue::from_str(&etag).unwrap_or(HeaderValue::from_static("\"\"")),
        };
        representation.answer(request, self.kind, cache)
    }
}

/// A text of the server's own, like the article's style sheet.
pub(crate) fn text(kind: &'static str, text: impl Into<Body>) -> Response {
    let mut response = Response::new(text.into());
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response
}
