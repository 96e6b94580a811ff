//! How the routes behave as HTTP: refusals, tags, codings, other origins.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use std::convert::Infallible;
use std::io::Read;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use afterword_server::Settings;
use axum::body::{Body, Bytes, HttpBody};
use axum::http::{Method, StatusCode};
use common::{Site, escaped, kind, thread};
use hyper::body::Frame;

#[tokio::test]
async fn every_wrong_parameter_is_refused_by_name() {
    let site = Site::of(vec![thread("t", common::replies("t", 9))]).await;
    let cursor = site.page("thread=t&limit=2").await.next.unwrap();
    let long = "x".repeat(2001);
    let cases = [
        ("", "thread"),
        ("thread=", "thread"),
        ("thread=a&thread=b", "thread"),
        ("thread=%ff", "thread"),
        ("thread=a%00b", "thread"),
        ("thread=a%0d%0ab", "thread"),
        (&format!("thread={long}"), "thread"),
        ("thread=t&order=", "order"),
        ("thread=t&order=best", "order"),
        ("thread=t&order=Oldest", "order"),
        ("thread=t&order=top&order=top", "order"),
        ("thread=t&limit=", "limit"),
        ("thread=t&limit=0", "limit"),
        ("thread=t&limit=101", "limit"),
        ("thread=t&limit=-1", "limit"),
        ("thread=t&limit=%2b5", "limit"),
        ("thread=t&limit=5.0", "limit"),
        ("thread=t&limit=99999999999999999999", "limit"),
        ("thread=t&limit=5&limit=6", "limit"),
        ("thread=t&around=0", "around"),
        ("thread=t&around=x", "around"),
        ("thread=t&around=4294967296", "around"),
        ("thread=t&around=1&around=2", "around"),
        (&format!("thread=t&after={cursor}&before={cursor}"), "before"),
        (&format!("thread=t&after={cursor}&around=3"), "around"),
        (&format!("thread=t&before={cursor}&around=3"), "around"),
        (&format!("thread=t&after={cursor}&after={cursor}"), "after"),
    ];
    for (query, name) in cases {
        let problem = site.get(&format!("/api/replies?{query}")).await.problem(400);
        assert_eq!(problem.kind, kind("bad-parameter"), "{query}");
        assert_eq!(problem.errors.len(), 1, "{query}");
        assert_eq!(problem.errors[0].pointer, name, "{query}");
        assert!(problem.detail.unwrap().contains(name), "{query}");
    }
    for (query, name) in
        [("", "thread"), ("thread=", "thread"), (&format!("thread=a&thread={long}"), "thread")]
    {
        let problem = site.get(&format!("/api/counts?{query}")).await.problem(400);
        assert_eq!(problem.errors[0].pointer, name, "{query}");
    }
}

#[tokio::test]
async fn a_cursor_is_good_for_its_own_thread_and_order_alone() {
    let site =
        Site::of(vec![thread("t", common::replies("t", 9)), thread("u", common::replies("u", 9))]).await;
    let cursor = site.page("thread=t&limit=2").await.next.unwrap().0;
    assert_eq!(site.get(&format!("/api/replies?thread=t&after={cursor}")).await.status, 200);
    let altered = cursor.replacen('2', "3", 1);
    assert_ne!(altered, cursor);
    for (query, name) in [
        (format!("thread=t&after={altered}"), "after"),
        (format!("thread=t&before={altered}"), "before"),
        (format!("thread=u&after={cursor}"), "after"),
        (format!("thread=t&order=top&after={cursor}"), "after"),
        (format!("thread=t&order=newest&before={cursor}"), "before"),
        ("thread=t&after=".to_owned(), "after"),
        ("thread=t&after=2.0".to_owned(), "after"),
        (format!("thread=t&after={}", "9".repeat(400)), "after"),
        ("thread=t&after=%27%20OR%201%3D1--".to_owned(), "after"),
    ] {
        let problem = site.get(&format!("/api/replies?{query}")).await.problem(400);
        assert_eq!((problem.kind, problem.errors[0].pointer.as_str()), (kind("bad-cursor"), name), "{query}");
    }
}

#[tokio::test]
async fn sql_in_a_parameter_is_text() {
    let site = Site::of(vec![thread("t", common::replies("t", 3))]).await;
    let before = site.get("/api/replies?thread=t").await.body;
    for hostile in [
        "t' OR '1'='1",
        "t'; DROP TABLE reply; --",
        "t\" UNION SELECT body FROM reply --",
        "t') OR 1=1 --",
        "$1",
        "?1",
        "%",
        "_",
        "t/**/",
    ] {
        let value = escaped(hostile);
        let page = site.page(&format!("thread={value}")).await;
        assert_eq!((page.thread.id.as_str(), page.replies.len()), (hostile, 0));
        assert_eq!(site.get(&format!("/api/counts?thread={value}")).await.json()[hostile], 0);
        for name in ["order", "limit", "after", "before", "around"] {
            site.get(&format!("/api/replies?thread=t&{name}={value}")).await.problem(400);
        }
        // Parameters that nobody knows are ignored, so that later versions may have more.
        assert_eq!(site.get(&format!("/api/replies?thread=t&{value}={value}")).await.status, 200);
    }
    assert_eq!(site.get("/api/replies?thread=t").await.body, before);
}

#[tokio::test]
async fn what_is_not_there_and_what_is_not_done_are_problems() {
    let site = Site::empty().await;
    for path in ["/api", "/api/", "/api/nothing", "/api/replies/r1/nothing", "/nothing", "/../etc/passwd"] {
        let problem = site.get(path).await.problem(404);
        assert_eq!(problem.kind, kind("unknown-route"), "{path}");
        site.ask(Method::POST, path, &[]).await.problem(404);
    }
    for path in ["/api/people?thread=t", "/api/counts?thread=t", "/health", "/"] {
        for method in [Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
            let answer = site.ask(method, path, &[]).await;
            assert_eq!(answer.problem(405).kind, kind("method-not-allowed"), "{path}");
            assert_eq!(answer.header("allow"), "GET, HEAD, OPTIONS");
        }
    }
    let answer = site.ask(Method::HEAD, "/api/nothing", &[]).await;
    assert_eq!((answer.status.as_u16(), answer.body.len()), (404, 0));
    let long = format!("/api/replies?thread=t&v={}", "x".repeat(17_000));
    assert_eq!(site.get(&long).await.problem(414).kind, kind("address-too-long"));
}

#[tokio::test]
async fn a_head_has_the_headers_of_the_page_and_no_body() {
    let site = Site::of(vec![thread("t", common::replies("t", 9))]).await;
    let get = site.get("/api/replies?thread=t").await;
    let head = site.ask(Method::HEAD, "/api/replies?thread=t", &[]).await;
    assert_eq!((head.status, head.body.len()), (get.status, 0));
    for name in ["etag", "content-type", "cache-control", "vary", "access-control-allow-origin"] {
        assert_eq!(head.header(name), get.header(name), "{name}");
    }
    assert_eq!(head.header("content-length"), get.body.len().to_string());
}

#[tokio::test]
async fn any_page_may_read_without_a_preflight_and_with_one() {
    let site = Site::of(vec![thread("t", common::replies("t", 1))]).await;
    for origin in ["https://example.org", "null", "https://example.org.evil.test"] {
        let answer = site.ask(Method::GET, "/api/replies?thread=t", &[("origin", origin)]).await;
        assert_eq!(answer.header("access-control-allow-origin"), "*", "never the origin itself");
        assert_eq!(answer.header("access-control-allow-credentials"), "");
        assert!(answer.header("access-control-expose-headers").contains("ETag"));
        assert_eq!(answer.header("timing-allow-origin"), "*");
        assert_eq!(answer.header("cross-origin-resource-policy"), "cross-origin");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("content-type"), "application/json");
    }
    let asked = [
        ("origin", "https://example.org"),
        ("access-control-request-method", "GET"),
        ("access-control-request-headers", "authorization"),
    ];
    for path in ["/api/people?thread=t", "/api/counts", "/health"] {
        let answer = site.ask(Method::OPTIONS, path, &asked).await;
        assert_eq!((answer.status.as_u16(), answer.body.len()), (204, 0));
        assert_eq!(answer.header("access-control-allow-origin"), "*");
        assert_eq!(answer.header("access-control-allow-methods"), "GET, HEAD, OPTIONS");
        assert!(answer.header("access-control-allow-headers").contains("authorization"));
        assert_eq!(answer.header("access-control-max-age"), "7200");
        assert_eq!(answer.header("allow"), "GET, HEAD, OPTIONS");
    }
    let stale = site.ask(Method::GET, "/api/replies?thread=t", &[("authorization", "Bearer gone")]).await;
    assert_eq!(stale.status, 200, "reading never fails for a token");
}

#[tokio::test]
async fn what_a_client_has_already_is_not_sent_again() {
    let site = Site::of(vec![thread("t", common::replies("t", 9))]).await;
    let address = "/api/replies?thread=t&limit=5";
    let first = site.get(address).await;
    let tag = first.header("etag").to_owned();
    assert!(tag.starts_with('"') && tag.len() > 10, "strong: {tag}");
    assert_eq!(first.header("cache-control"), "public, max-age=10, stale-while-revalidate=60");
    for held in [tag.clone(), format!("W/{tag}"), format!("\"other\", {tag}"), "*".to_owned()] {
        let answer = site.ask(Method::GET, address, &[("if-none-match", &held)]).await;
        assert_eq!((answer.status.as_u16(), answer.body.len()), (304, 0), "{held}");
        assert_eq!(answer.header("etag"), tag);
        assert_eq!(answer.header("vary"), "accept-encoding");
        assert_eq!(answer.header("cache-control"), first.header("cache-control"));
        assert_eq!(answer.header("access-control-allow-origin"), "*");
    }
    for held in ["\"other\"", tag.trim_matches('"'), ""] {
        assert_eq!(site.ask(Method::GET, address, &[("if-none-match", held)]).await.status, 200, "{held}");
    }
    let others =
        ["thread=t&limit=6", "thread=t&limit=5&order=newest", "thread=t&limit=5&around=9", "thread=u"];
    for query in others {
        assert_ne!(site.get(&format!("/api/replies?{query}")).await.header("etag"), tag, "{query}");
    }
    site.import(vec![thread("t", vec![common::reply("t", 10)])]).await;
    let changed = site.ask(Method::GET, address, &[("if-none-match", &tag)]).await;
    assert_eq!(changed.status, 200, "the total has changed");
    assert_ne!(changed.header("etag"), tag);
    let counts = site.get("/api/counts?thread=t").await;
    let again =
        site.ask(Method::GET, "/api/counts?thread=t", &[("if-none-match", counts.header("etag"))]).await;
    assert_eq!(again.status, 304);
}

#[tokio::test]
async fn a_page_comes_in_the_coding_the_client_likes_best() {
    let site = Site::of(vec![thread("t", common::replies("t", 50))]).await;
    let address = "/api/replies?thread=t";
    let plain = site.get(address).await;
    assert_eq!(plain.header("content-encoding"), "");
    let mut tags = vec![plain.header("etag").to_owned()];
    for (accept, coding) in
        [("gzip, deflate, br, zstd", "br"), ("gzip", "gzip"), ("br;q=0.1, gzip;q=0.2", "gzip")]
    {
        let answer = site.ask(Method::GET, address, &[("accept-encoding", accept)]).await;
        assert_eq!(answer.header("content-encoding"), coding);
        assert_eq!(answer.header("vary"), "accept-encoding");
        assert_eq!(answer.header("content-length"), answer.body.len().to_string());
        assert!(answer.body.len() * 4 < plain.body.len());
        let mut decoded = Vec::new();
        match coding {
            "br" => brotli::BrotliDecompress(&mut &*answer.body, &mut decoded).unwrap(),
            _ => {
                assert_ne!(flate2::read::GzDecoder::new(&*answer.body).read_to_end(&mut decoded).unwrap(), 0)
            }
        }
        assert_eq!(decoded, plain.body);
        let tag = answer.header("etag").to_owned();
        let again =
            site.ask(Method::GET, address, &[("accept-encoding", accept), ("if-none-match", &tag)]).await;
        assert_eq!((again.status.as_u16(), again.header("content-encoding")), (304, ""));
        let other = site.ask(Method::GET, address, &[("if-none-match", &tag)]).await;
        assert_eq!(other.status, 200, "another representation has another tag");
        tags.push(tag);
    }
    tags.sort();
    tags.dedup();
    assert_eq!(tags.len(), 3, "one for each coding");
    let short = site.ask(Method::GET, "/api/replies?thread=u", &[("accept-encoding", "br")]).await;
    assert_eq!(short.header("content-encoding"), "", "not worth while");
}

#[tokio::test]
async fn a_page_that_is_asked_for_again_becomes_smaller_and_is_known_by_both_tags() {
    let site = Site::of(vec![thread("t", common::replies("t", 50))]).await;
    for address in ["/api/replies?thread=t", "/api/html?thread=t"] {
        let plain = site.get(address).await.body;
        let ask = || site.ask(Method::GET, address, &[("accept-encoding", "br")]);
        let (first, begun) = (ask().await, Instant::now());
        let mut last = ask().await;
        while last.body.len() == first.body.len() {
            assert!(begun.elapsed() < Duration::from_secs(60), "{address} is not packed");
            tokio::task::yield_now().await;
            last = ask().await;
        }
        assert!(last.body.len() < first.body.len(), "{address}");
        assert_eq!(last.header("content-length"), last.body.len().to_string());
        assert_ne!(last.header("etag"), first.header("etag"));
        for known in [&first, &last] {
            let again = site
                .ask(
                    Method::GET,
                    address,
                    &[("accept-encoding", "br"), ("if-none-match", known.header("etag"))],
                )
                .await;
            assert_eq!(
                (again.status, again.header("etag")),
                (StatusCode::NOT_MODIFIED, known.header("etag"))
            );
        }
        let mut decoded = Vec::new();
        brotli::BrotliDecompress(&mut &*last.body, &mut decoded).unwrap();
        assert_eq!(decoded, plain, "{address}");
    }
}

#[tokio::test]
async fn a_request_keeps_a_harmless_id_and_gets_one_otherwise() {
    let site = Site::empty().await;
    let given = site.ask(Method::GET, "/health", &[("x-request-id", "proxy-7.a_b")]).await;
    assert_eq!(given.header("x-request-id"), "proxy-7.a_b");
    let long = "x".repeat(65);
    for odd in ["a b", "<script>", "", &long] {
        let answer = site.ask(Method::GET, "/health", &[("x-request-id", odd)]).await;
        assert!(!answer.header("x-request-id").is_empty());
        assert_ne!(answer.header("x-request-id"), odd);
    }
    let (first, second) = (site.get("/health").await, site.get("/health").await);
    assert_ne!(first.header("x-request-id"), second.header("x-request-id"));
}

/// A request's body of which nothing ever comes.
struct Endless;

impl HttpBody for Endless {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Pending
    }
}

#[tokio::test]
async fn a_request_that_takes_too_long_is_given_up() {
    let site = Site::with(Settings { request_timeout: Duration::ZERO, ..Settings::default() }).await;
    // What asks never comes to an end, so that no answer can be quicker than the clock.
    let json = [("content-type", "application/json")];
    let answer = site.request(Method::POST, "/api/guests", &json, Body::new(Endless)).await;
    assert_eq!(answer.problem(503).kind, kind("timed-out"));
    assert_eq!(answer.header("retry-after"), "5");
}

#[tokio::test]
async fn a_page_that_no_cache_has_room_for_is_answered_nevertheless() {
    let site = Site::with(Settings { cache_bytes: 0, ..Settings::default() }).await;
    site.import(vec![thread("t", common::replies("t", 9))]).await;
    let (first, second) = (site.get("/api/replies?thread=t").await, site.get("/api/replies?thread=t").await);
    assert_eq!((first.status.as_u16(), first.body), (200, second.body));
}
