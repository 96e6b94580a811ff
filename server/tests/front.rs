//! The page at `/`, as a browser gets it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use afterword_server::{FrontPage, Settings};
use common::{Site, escaped, thread};

async fn demo() -> Site {
    let site = Site::with(Settings { front: FrontPage::Article("a b".into()), ..Settings::default() }).await;
    site.import(vec![thread("a b", common::replies("x", 2)), thread("<script>alert(1)</script>", vec![])])
        .await;
    site
}

#[tokio::test]
async fn the_article_stands_under_a_strict_policy() {
    let site = demo().await;
    let answer = site.get("/").await;
    assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, "text/html; charset=utf-8"));
    let policy = answer.header("content-security-policy");
    for rule in [
        "default-src 'none'",
        "script-src 'self' 'wasm-unsafe-eval'",
        "connect-src 'self'",
        "style-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types afterword",
    ] {
        assert!(policy.contains(rule), "{rule}");
    }
    assert!(!policy.contains("unsafe-inline"));
    let html = answer.text();
    let handler = |word: &str| word.starts_with("on") && word.contains('=');
    assert!(!html.contains("<style") && !html.contains(" style=") && !html.contains("javascript:"));
    assert!(!html.split_whitespace().any(handler), "nothing inline");
    assert!(html.contains(r#"data-thread="a b""#) && html.contains("<h1>About a b</h1>"), "{html}");
    assert!(html.contains(r#"<noscript><p class="note"><a href="/threads?thread=a%20b">"#), "{html}");
    assert_eq!(site.get("/threads?thread=a%20b").await.status, 200);
    let style = site.get("/article.css").await;
    assert_eq!((style.status.as_u16(), style.header("content-type")), (200, "text/css; charset=utf-8"));
    assert!(style.text().contains("color-scheme: light dark"));
}

#[tokio::test]
async fn the_shown_thread_has_its_title_however_many_others_there_are() {
    let site = demo().await;
    site.import((0..60).map(|number| thread(&format!("thread {number:02}"), vec![])).collect()).await;
    let html = site.get("/?thread=thread%2059").await.text();
    assert!(html.contains("<h1>About thread 59</h1>"), "{html}");
    assert_eq!(html.matches("aria-current").count(), 1, "and a place in the list");
}

#[tokio::test]
async fn any_thread_can_be_shown_and_no_title_breaks_out() {
    let site = demo().await;
    let hostile = "<script>alert(1)</script>";
    for query in [hostile, "nowhere", "\"><img src=x onerror=alert(1)>", "{{title}}"] {
        let html = site.get(&format!("/?thread={}", escaped(query))).await.text();
        assert_eq!(html.matches("<script").count(), 1, "{html}");
        assert!(!html.contains("<img"), "{html}");
    }
    assert!(site.get("/").await.text().contains(&format!("/?thread={}", escaped(hostile))));
    site.get(&format!("/?thread={}", "x".repeat(2001))).await.problem(400);
    site.get("/?thread=a&thread=b").await.problem(400);
}

#[tokio::test]
async fn an_owners_own_page_is_sent_as_it_is() {
    let front = FrontPage::Html("<!doctype html><p>Mine {{title}}".to_owned());
    let site = Site::with(Settings { front, ..Settings::default() }).await;
    let answer = site.get("/").await;
    assert_eq!(answer.text(), "<!doctype html><p>Mine {{title}}");
    assert_eq!(answer.header("content-security-policy"), "", "the owner's to set");
}
