//! The built widget, from inside the binary: right media types, the coding that the client likes, tags.
//!
//! The names are stable because host pages link to them; so they are good for a minute and then asked for
//! again. An address with `?v=…` promises that its content never changes, and is kept for a year.

use std::sync::Arc;

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

pub(crate) const STABLE: &str = "public, max-age=60, must-revalidate";
pub(crate) const IMMUTABLE: &str = "public, max-age=31536000, immutable";

/// What host pages link to. Where the binary has none of it, that is said.
const PROMISED: &[&str] =
    &["embed.js", "afterword.js", "afterword_bg.wasm", "theme.js", "themes/", "panics.txt"];

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
            packed: Arc::default(),
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

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::http::{Method, Request};
    use axum::response::Response;
    use http_body_util::BodyExt;
    use tower::ServiceExt;

    use super::File;
    use crate::{App, Settings, Store, router};

    const FILES: &[File] = &[
        File {
            path: "embed.js",
            kind: "text/javascript; charset=utf-8",
            fingerprint: "aa-1",
            plain: b"plain script",
            brotli: Some(b"brotli script"),
            gzip: Some(b"gzip script"),
        },
        File {
            path: "afterword_bg.wasm",
            kind: "application/wasm",
            fingerprint: "bb-1",
            plain: b"\0asm",
            brotli: None,
            gzip: None,
        },
        File {
            path: "themes/forum.css",
            kind: "text/css; charset=utf-8",
            fingerprint: "cc-1",
            plain: b"a{}",
            brotli: None,
            gzip: Some(b"gzip css"),
        },
        File {
            path: "index.html",
            kind: "text/html; charset=utf-8",
            fingerprint: "dd-1",
            plain: b"<!doctype html>",
            brotli: None,
            gzip: None,
        },
    ];

    async fn ask(
        files: &'static [File],
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
    ) -> (Response, String) {
        let store = Store::temporary().await.unwrap();
        let router = router(App::with_files(store, Settings::default(), files));
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = router.oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        let (head, body) = response.into_parts();
        let body = String::from_utf8_lossy(&body.collect().await.unwrap().to_bytes()).into_owned();
        (Response::from_parts(head, Body::empty()), body)
    }

    fn header<'a>(response: &'a Response, name: &str) -> &'a str {
        response.headers().get(name).map_or("", |value| value.to_str().unwrap())
    }

    #[tokio::test]
    async fn each_file_comes_with_its_type_its_tag_and_for_every_origin() {
        for (path, kind, body) in [
            ("/embed.js", "text/javascript; charset=utf-8", "plain script"),
            ("/afterword_bg.wasm", "application/wasm", "\0asm"),
            ("/themes/forum.css", "text/css; charset=utf-8", "a{}"),
        ] {
            let (response, sent) = ask(FILES, Method::GET, path, &[]).await;
            assert_eq!((response.status().as_u16(), sent.as_str()), (200, body), "{path}");
            assert_eq!(header(&response, "content-type"), kind);
            assert_eq!(header(&response, "access-control-allow-origin"), "*");
            assert_eq!(header(&response, "cross-origin-resource-policy"), "cross-origin");
            assert_eq!(header(&response, "x-content-type-options"), "nosniff");
            assert_eq!(header(&response, "cache-control"), "public, max-age=60, must-revalidate");
            assert_eq!(header(&response, "vary"), "accept-encoding");
            assert!(header(&response, "etag").starts_with('"'));
        }
    }

    #[tokio::test]
    async fn the_coding_made_at_build_time_is_sent_to_whoever_takes_it() {
        for (path, accept, coding, body, tag) in [
            ("/embed.js", "gzip, br", "br", "brotli script", "\"aa-1-br\""),
            ("/embed.js", "gzip", "gzip", "gzip script", "\"aa-1-gz\""),
            ("/embed.js", "br;q=0.1, gzip;q=0.9", "gzip", "gzip script", "\"aa-1-gz\""),
            ("/embed.js", "identity", "", "plain script", "\"aa-1\""),
            ("/themes/forum.css", "br", "", "a{}", "\"cc-1\""),
            ("/themes/forum.css", "br, gzip", "gzip", "gzip css", "\"cc-1-gz\""),
        ] {
            let (response, sent) = ask(FILES, Method::GET, path, &[("accept-encoding", accept)]).await;
            assert_eq!(
                (header(&response, "content-encoding"), sent.as_str()),
                (coding, body),
                "{path} {accept}"
            );
            assert_eq!(header(&response, "etag"), tag);
            let held = [("accept-encoding", accept), ("if-none-match", tag)];
            let (response, sent) = ask(FILES, Method::GET, path, &held).await;
            assert_eq!((response.status().as_u16(), sent.as_str()), (304, ""));
        }
    }

    #[tokio::test]
    async fn a_versioned_address_is_kept_for_a_year() {
        for (path, kept) in [
            ("/embed.js?v=0.1.0", "public, max-age=31536000, immutable"),
            ("/embed.js?v=", "public, max-age=60, must-revalidate"),
            ("/embed.js?w=1", "public, max-age=60, must-revalidate"),
        ] {
            let (response, _) = ask(FILES, Method::GET, path, &[]).await;
            assert_eq!(header(&response, "cache-control"), kept, "{path}");
        }
    }

    #[tokio::test]
    async fn files_are_read_and_nothing_else() {
        let (response, body) = ask(FILES, Method::HEAD, "/embed.js", &[]).await;
        assert_eq!((response.status().as_u16(), body.as_str()), (200, ""));
        let (response, _) =
            ask(FILES, Method::OPTIONS, "/embed.js", &[("origin", "https://example.org")]).await;
        assert_eq!(
            (response.status().as_u16(), header(&response, "access-control-allow-origin")),
            (204, "*")
        );
        let (response, body) = ask(FILES, Method::POST, "/embed.js", &[]).await;
        assert_eq!((response.status().as_u16(), header(&response, "allow")), (405, "GET, HEAD, OPTIONS"));
        assert!(body.contains("urn:afterword:problem:method-not-allowed"));
        for path in
            ["/themes/", "/themes/none.css", "/../embed.js", "/embed.js/", "/EMBED.JS", "//embed.js.br"]
        {
            let (response, body) = ask(FILES, Method::GET, path, &[]).await;
            assert_eq!(response.status(), 404, "{path}");
            assert!(body.contains("urn:afterword:problem:unknown-route"), "{path}: {body}");
        }
    }

    #[tokio::test]
    async fn the_widgets_own_page_stands_in_front_without_a_cors_header() {
        let (response, body) = ask(FILES, Method::GET, "/", &[]).await;
        assert_eq!((response.status().as_u16(), body.as_str()), (200, "<!doctype html>"));
        assert_eq!(header(&response, "cache-control"), "no-cache");
        assert_eq!(header(&response, "access-control-allow-origin"), "");
        // A browser would put the headers of this answer over those that it has kept.
        let tag = header(&response, "etag").to_owned();
        let (response, _) = ask(FILES, Method::GET, "/", &[("if-none-match", &tag)]).await;
        assert_eq!((response.status().as_u16(), header(&response, "content-security-policy")), (304, ""));
    }

    #[tokio::test]
    async fn a_binary_without_the_widget_says_how_to_get_it() {
        for path in ["/", "/embed.js", "/afterword.js", "/afterword_bg.wasm", "/themes/forum.css"] {
            let (response, body) = ask(&[], Method::GET, path, &[]).await;
            assert_eq!(response.status(), 404, "{path}");
            assert!(body.contains("cargo xtask dist"), "{path}: {body}");
        }
        let (_, body) = ask(&[], Method::GET, "/other.js", &[]).await;
        assert!(body.contains("unknown-route"));
    }
}
