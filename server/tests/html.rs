//! Threads drawn by the server: what the widget shows first, and pages for readers without scripts.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use afterword::config::RawConfig;
use afterword::messages::Messages;
use afterword::store::{Nowhere, Store};
use afterword::text::PlainEnglish;
use afterword::thread::{Event, RequestId};
use afterword::views::thread_view;
use afterword_contract::ThreadPage;
use afterword_server::{Settings, Writing};
use axum::http::Method;
use common::{Site, escaped, kind, likes, replies, reply, thread};
use leptos::prelude::Owner;
use serde_json::{Value, json};
use std::sync::Arc;

const HOSTILE: &str =
    "</article></section><script>alert(1)</script><img src=x onerror=alert(1)>\"' & {{thread}}";

/// What the widget shows at a moment when this page has come, and nobody is known to look.
fn mounted(page: &[u8], order: &str, target: Option<u32>) -> String {
    let page: ThreadPage = serde_json::from_slice(page).unwrap();
    Owner::new().with(|| {
        let raw = RawConfig {
            api: Some("/api".to_owned()),
            thread: page.thread.id.as_str().to_owned(),
            order: Some(order.to_owned()),
            ..RawConfig::default()
        };
        let messages = Messages::new(Arc::new(PlainEnglish));
        let store = Store::new(raw.resolve().unwrap(), messages, 1_795_435_200_000, Box::new(Nowhere));
        store.dispatch(Event::Mounted { target });
        store.dispatch(Event::PageLoaded { request: RequestId(1), page: Box::new(page.completed()) });
        thread_view(store).to_html()
    })
}

/// Without what stands in `<time>`.
fn timeless(html: &str) -> String {
    let mut pieces = html.split("<time ");
    let mut text = pieces.next().unwrap().to_owned();
    for piece in pieces {
        let (tag, rest) = piece.split_once('>').unwrap();
        let (_, rest) = rest.split_once("</time>").unwrap();
        text += &format!("<time {tag}></time>{rest}");
    }
    text
}

/// What the mounted widget shows, without the time, the places where it says what happens, and what has a use only
/// while it is there.
fn at_rest(html: &str) -> String {
    let mut html = html.to_owned();
    for (from, to) in [
        (r#"<div part="announcer""#, "</div>"),
        (r#"<p part="composer-status" id="#, "</p>"),
        (r#" aria-busy="false""#, ""),
        (r#" data-unread="New since your last visit""#, ""),
        (r#" novalidate="""#, ""),
        (r#" type="text""#, ""),
        (r#" autocomplete="off""#, ""),
        (r#" maxlength="10""#, ""),
        (r#" aria-describedby="composer-status""#, ""),
        (r#" aria-autocomplete="list""#, ""),
        (r#" rows="2""#, ""),
        (r#" aria-label="Reactions to"#, "\""),
        // The script makes it of what stands in `<time>`.
        (r#" title="June 2"#, "\""),
    ] {
        html = without(&html, from, to);
    }
    timeless(&html)
}

/// Without what stands from each `from` to the next `to`.
fn without(html: &str, from: &str, to: &str) -> String {
    let mut pieces = html.split(from);
    let mut text = pieces.next().unwrap().to_owned();
    for piece in pieces {
        text += piece.split_once(to).unwrap().1;
    }
    text
}

/// The thread's section out of an answer.
fn section(html: &str) -> &str {
    let html = html.strip_prefix(r#"<main class="afterword" part="base" data-state="still">"#).expect(html);
    html.trim_end().strip_suffix("</main>").expect(html)
}

/// A conversation with everything that is drawn: quotes, mentions, reactions, HTML, tombstones, edits.
fn lively() -> Value {
    let mut all = replies("t", 9);
    all[1]["body"] =
        json!("> [sacto joe](#reply-1)\n> This is reply 1.\n\nNo. @\"sacto joe\" said so, see #reply-9.");
    all[1]["quotes"] = json!([{ "number": 1, "exact": true }]);
    all[2] = json!({ "id": "t-3", "number": 3, "status": "deleted" });
    all[3] = json!({ "id": "t-4", "number": 4, "status": "hidden" });
    all[4]["reactions"] = json!([{ "tag": "like", "count": 9, "people": (0..9).map(|n| json!({ "name": format!("p{n}") })).collect::<Vec<_>>() }]);
    all[4]["edited"] = json!("2019-06-26T13:42:00Z");
    all[5]["format"] = json!("html");
    all[5]["body"] =
        json!("<p>Bold <b>words</b><script>alert(1)</script> <a href=\"javascript:alert(1)\">x</a></p>");
    all[6]["format"] = json!("text");
    all[6]["body"] = json!(HOSTILE);
    all[7]["body"] = json!("```rust\nfn main() {}\n```\n\n> a\n> > b\n> > > c\n\n1. one\n2. two");
    all[8]["author"] = json!({ "id": "u9", "name": "\u{202e}live", "url": "https://example.org/", "avatar": "https://example.org/a.png" });
    thread("t", all)
}

/// The thread that the demo shows.
fn lighthouse() -> Value {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../contract/fixtures/threads/lighthouse.json");
    serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap()
}

#[tokio::test]
async fn the_html_is_what_the_mounted_widget_shows_but_for_the_time() {
    let mut locked = lively();
    locked["thread"] = json!({ "id": "locked", "locked": true, "total": 9 });
    for (place, reply) in locked["replies"].as_array_mut().unwrap().iter_mut().enumerate() {
        reply["id"] = json!(format!("locked-{place}"));
    }
    let site = Site::of(vec![lively(), locked]).await;
    for (query, order, target) in [
        ("thread=t", "oldest", None),
        ("thread=t&order=newest", "newest", None),
        ("thread=t&order=top&limit=3", "top", None),
        ("thread=t&limit=2&around=5", "oldest", Some(5)),
        ("thread=t&around=99", "oldest", Some(99)),
        ("thread=locked", "oldest", None),
        ("thread=nowhere", "oldest", None),
        ("thread=nowhere&around=3", "oldest", Some(3)),
    ] {
        let html = site.get(&format!("/api/html?{query}")).await.text();
        let json = site.get(&format!("/api/replies?{query}")).await;
        assert_eq!(timeless(section(&html)), at_rest(&mounted(&json.body, order, target)), "{query}");
    }
    let first = site.page("thread=t&limit=3").await;
    let query = format!("thread=t&limit=3&after={}", first.next.unwrap());
    let html = site.get(&format!("/api/html?{query}")).await.text();
    let json = site.get(&format!("/api/replies?{query}")).await;
    assert_eq!(timeless(section(&html)), at_rest(&mounted(&json.body, "oldest", None)));
    assert!(html.contains(r#"id="reply-4""#) && !html.contains(r#"id="reply-3""#), "{html}");
}

#[tokio::test]
async fn times_are_absolute_and_there_is_a_composer_at_rest() {
    let site = Site::of(vec![lively()]).await;
    let html = site.get("/api/html?thread=t").await.text();
    let time = r#"<time datetime="2019-06-25T13:42:00Z">June 25, 2019 at 13:42 UTC</time>"#;
    assert!(html.contains(time) && !html.contains(" ago"), "{html}");
    assert!(html.contains(r#"<form part="composer-closed""#), "{html}");
    assert!(html.contains(r#"<textarea part="composer-text composer-open""#), "{html}");
    assert_eq!(html.matches(r#"id="reply-"#).count(), 9);
}

#[tokio::test]
async fn the_html_may_be_read_from_everywhere_and_kept_for_as_long_as_the_page() {
    let site = Site::of(vec![lively()]).await;
    let html = site.get("/api/html?thread=t").await;
    let json = site.get("/api/replies?thread=t").await;
    assert_eq!((html.status.as_u16(), html.header("content-type")), (200, "text/html; charset=utf-8"));
    for name in [
        "access-control-allow-origin",
        "access-control-expose-headers",
        "cache-control",
        "content-security-policy",
        "cross-origin-resource-policy",
        "timing-allow-origin",
        "vary",
        "x-content-type-options",
    ] {
        assert_eq!(html.header(name), json.header(name), "{name}");
    }
    assert_ne!(html.header("etag"), json.header("etag"));
    let tag = html.header("etag");
    let again = site.ask(Method::GET, "/api/html?thread=t", &[("if-none-match", tag)]).await;
    assert_eq!((again.status.as_u16(), again.body.len(), again.header("etag")), (304, 0, tag));
    assert_eq!(again.header("access-control-allow-origin"), "*");
    let head = site.ask(Method::HEAD, "/api/html?thread=t", &[]).await;
    assert_eq!((head.status.as_u16(), head.body.len(), head.header("etag")), (200, 0, tag));
    let coded = site.ask(Method::GET, "/api/html?thread=t", &[("accept-encoding", "br")]).await;
    assert_eq!(coded.header("content-encoding"), "br");
    let options = site.ask(Method::OPTIONS, "/api/html?thread=t", &[]).await;
    assert_eq!((options.status.as_u16(), options.header("allow")), (204, "GET, HEAD, OPTIONS"));
    site.ask(Method::POST, "/api/html?thread=t", &[]).await.problem(405);
}

#[tokio::test]
async fn whatever_changes_in_a_thread_changes_the_tag() {
    let site = Site::writing(Writing::default()).await;
    site.post("ada", "First.").await;
    let mut tags = vec![site.get("/api/html?thread=t").await.header("etag").to_owned()];
    let changed = async |tags: &mut Vec<String>, what: &str| {
        let tag = site.get("/api/html?thread=t").await.header("etag").to_owned();
        assert!(!tags.contains(&tag), "{what}");
        tags.push(tag);
    };
    let id = site.post("bob", "Second.").await["id"].as_str().unwrap().to_owned();
    changed(&mut tags, "a reply").await;
    let address = format!("/api/replies/{id}");
    site.send(("PUT", &format!("{address}/reactions/like")), "ada", None, &[]).await;
    changed(&mut tags, "a reaction").await;
    let text = Some(json!({ "body": "Another." }));
    let answer = site.send(("PATCH", &address), "bob", text, &[("if-match", "\"1\"")]).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    changed(&mut tags, "an edit").await;
    site.send(("DELETE", &address), "bob", None, &[]).await;
    changed(&mut tags, "a deletion").await;
    let newest = site.get("/api/html?thread=t&order=newest").await;
    assert!(!tags.contains(&newest.header("etag").to_owned()), "an order");
}

#[tokio::test]
async fn a_person_who_has_another_name_has_it_in_every_page() {
    let site = Site::of(vec![thread("t", replies("t", 1))]).await;
    let before = site.get("/threads/t").await;
    assert!(before.text().contains("sacto joe"));
    let mut other = reply("other", 1);
    other["author"] = json!({ "id": "u1", "name": "Joe" });
    site.import(vec![thread("other", vec![other])]).await;
    let after = site.get("/threads/t").await;
    assert!(
        after.text().contains("<bdi>Joe</bdi>") && !after.text().contains("sacto joe"),
        "{}",
        after.text()
    );
    assert_ne!(before.header("etag"), after.header("etag"));
}

#[tokio::test]
async fn what_is_refused_is_refused_as_for_replies() {
    let site = Site::of(vec![lively()]).await;
    for query in [
        "",
        "thread=",
        "thread=t&order=best",
        "thread=t&limit=0",
        "thread=t&limit=101",
        "thread=t&after=x",
        "thread=t&before=x",
        "thread=t&around=0",
        "thread=t&around=1&after=x",
        "thread=t&thread=u",
        "thread=%ff",
    ] {
        let html = site.get(&format!("/api/html?{query}")).await.problem(400);
        let json = site.get(&format!("/api/replies?{query}")).await.problem(400);
        assert_eq!((html.kind, html.detail, html.errors), (json.kind, json.detail, json.errors), "{query}");
    }
    let problem = site.get("/api/html?thread=t&lang=en&lang=de").await.problem(400);
    assert_eq!((problem.kind, problem.errors[0].pointer.as_str()), (kind("bad-parameter"), "lang"));
}

#[tokio::test]
async fn a_language_that_is_not_spoken_is_answered_in_english_around_what_people_write() {
    let site = Site::of(vec![lively()]).await;
    let plain = site.get("/api/html?thread=t").await;
    let long = format!("en{}", "-x".repeat(50));
    for lang in ["en", "en_GB", "", "not+a+language", "%22%3E%3Cscript%3E", &long] {
        let answer = site.get(&format!("/api/html?thread=t&lang={lang}")).await;
        assert_eq!(answer.body, plain.body, "{lang}");
        assert!(answer.text().contains(r#"<section part="thread" lang="en""#));
        let page = site.get(&format!("/threads/t?lang={lang}")).await.text();
        assert!(page.contains(r#"<html lang="en">"#), "{page}");
    }
    for lang in ["de-AT", "xx"] {
        let html = site.get(&format!("/api/html?thread=t&lang={lang}")).await.text();
        assert!(html.contains(r#"<section part="thread" lang="en""#), "{html}");
        let theirs = format!(r#"<div part="reply-body" dir="auto" lang="{lang}">"#);
        assert!(html.contains(&theirs), "what people write is in the page's language: {html}");
        let ours = r#"<figcaption part="quote-attribution" dir="auto" lang="en">"#;
        assert!(html.contains(ours), "what is said in it of ours is not: {html}");
        let page = site.get(&format!("/threads/t?lang={lang}")).await.text();
        assert!(page.contains(&format!(r#"<html lang="{lang}">"#)), "so is its title: {page}");
    }
}

#[tokio::test]
async fn no_text_of_readers_becomes_markup() {
    let mut all = replies("t", 3);
    for (reply, format) in all.iter_mut().zip(["markdown", "html", "text"]) {
        reply["format"] = json!(format);
        reply["body"] = json!(HOSTILE);
        reply["author"] =
            json!({ "id": "u\"><script>", "name": format!("{HOSTILE}\u{202e}"), "role": "<script>" });
        reply["mentions"] = json!([{ "id": "x", "name": HOSTILE }]);
        reply["reactions"] = json!([{ "tag": "like", "count": 1, "people": [{ "name": HOSTILE }] }]);
    }
    let mut hostile = thread("t", all);
    hostile["thread"]["title"] = json!(HOSTILE);
    hostile["thread"]["reactionTags"] = json!([{ "tag": "like", "label": HOSTILE, "symbol": "<b>" }]);
    let site = Site::of(vec![hostile]).await;
    for address in ["/api/html?thread=t", "/threads/t", "/threads?thread=t&order=top"] {
        let html = site.get(address).await.text();
        for mark in ["<script", "<img", "<b>", "onerror=alert(1)>"] {
            assert!(!html.contains(mark), "{mark}: {html}");
        }
        assert_eq!(html.matches("</article>").count(), 3);
        assert_eq!(html.matches("</section>").count(), 1);
    }
    for id in [HOSTILE, "{{title}}", "a/../b", "https://example.org/?a=1&b=2#c", "\u{202e}x"] {
        for address in [
            format!("/api/html?thread={0}", escaped(id)),
            format!("/threads/{}", escaped(id)),
            format!("/threads?thread={}", escaped(id)),
        ] {
            let answer = site.get(&address).await;
            let html = answer.text();
            assert_eq!(answer.status, 200, "{address}: {html}");
            assert!(!html.contains("<script") && !html.contains("<img"), "{html}");
            assert!(html.contains(r#"="empty""#), "{html}");
        }
    }
}

#[tokio::test]
async fn what_is_hidden_stays_hidden() {
    for status in ["deleted", "hidden", "pending"] {
        let mut secret = reply("t", 2);
        secret["status"] = json!(status);
        secret["body"] = json!("the secret");
        secret["author"] = json!({ "id": "u-secret", "name": "secret" });
        if status == "pending" {
            secret["number"] = Value::Null;
        }
        let site = Site::of(vec![thread("t", vec![reply("t", 1), secret])]).await;
        for address in ["/api/html?thread=t", "/threads/t"] {
            let html = site.get(address).await.text();
            assert!(!html.contains("secret"), "{html}");
            assert_eq!(html.contains(r#"="reply-tombstone""#), status != "pending");
        }
    }
}

#[tokio::test]
async fn a_page_for_readers_without_scripts_stands_by_itself() {
    let mut page = lively();
    page["thread"]["url"] = json!("https://example.org/article?a=1&b=2");
    let site = Site::of(vec![page]).await;
    let answer = site.get("/threads/t").await;
    assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, "text/html; charset=utf-8"));
    assert_eq!(answer.header("cache-control"), "public, max-age=10, stale-while-revalidate=60");
    assert_eq!(answer.header("access-control-allow-origin"), "", "a document, not for scripts");
    let policy = answer.header("content-security-policy");
    for rule in ["default-src 'none'", "style-src 'self'", "form-action 'self'", "frame-ancestors 'none'"] {
        assert!(policy.contains(rule), "{policy}");
    }
    assert!(!policy.contains("script-src") && !policy.contains("unsafe"), "{policy}");
    let html = answer.text();
    assert!(html.starts_with("<!doctype html>\n<html lang=\"en\">"), "{html}");
    assert!(html.contains("<title>About t</title>"));
    let article = "https://example.org/article?a=1&amp;b=2";
    assert!(html.contains(&format!(r#"<link rel="canonical" href="{article}">"#)), "{html}");
    assert!(html.contains(&format!(r#"<h1 dir="auto"><a href="{article}">About t</a></h1>"#)), "{html}");
    for gone in [
        "<script",
        "<style",
        " style=",
        "<textarea",
        r#"type="button""#,
        "data-quiet",
        "aria-pressed",
        "noindex",
    ] {
        assert!(!html.contains(gone), "{gone}: {html}");
    }
    assert_eq!(html.matches("<button").count(), 1, "only the one that sends the form: {html}");
    assert!(html.contains("<details"), "folds need no script");
    let tag = answer.header("etag");
    let again = site.ask(Method::GET, "/threads/t", &[("if-none-match", tag)]).await;
    assert_eq!((again.status.as_u16(), again.header("content-security-policy")), (304, policy));
    let head = site.ask(Method::HEAD, "/threads/t", &[]).await;
    assert_eq!((head.status.as_u16(), head.body.len()), (200, 0));
    site.ask(Method::POST, "/threads/t", &[]).await.problem(405);
}

/// The addresses of links and forms' fields in a page.
fn hrefs(html: &str) -> Vec<String> {
    html.split("href=\"").skip(1).map(|rest| rest.split('"').next().unwrap().replace("&amp;", "&")).collect()
}

#[tokio::test]
async fn every_page_is_reached_by_links_alone() {
    for base in ["/threads/a%20b", "/threads?thread=a%20b"] {
        let mut all = replies("x", 10);
        all[0]["quotes"] = json!([]);
        all[8]["body"] = json!("> [joe](#reply-1)\n> This is reply 1.\n\nSee #reply-9.");
        let site = Site::of(vec![thread("a b", all)]).await;
        let sign = if base.contains('?') { '&' } else { '?' };
        let mut address = format!("{base}{sign}limit=4&order=oldest&lang=en");
        let mut seen = Vec::new();
        loop {
            let html = site.get(&address).await.text();
            seen.extend(
                (1..=10).filter(|number| {
                    html.contains(&format!(r#"<article class="reply" id="reply-{number}""#))
                }),
            );
            let Some(next) = html.split("<a ").find(|link| link.contains(r#"rel="next""#)) else {
                assert!(html.contains(r#"rel="prev""#));
                let link = "around=1#reply-1";
                assert!(
                    hrefs(&html).iter().any(|href| href.ends_with(link) && href.starts_with('?')),
                    "{html}"
                );
                assert!(html.contains(r##"href="#reply-9""##), "{html}");
                assert!(html.contains(r#"<input type="hidden" name="limit" value="4">"#), "{html}");
                break;
            };
            assert!(next.contains(r#"class="button pager-button""#), "{next}");
            let query = &hrefs(next)[0];
            assert!(query.contains("limit=4") && query.contains("lang=en"), "{query}");
            address = format!("{}{query}", base.split('?').next().unwrap());
        }
        assert_eq!(seen, (1..=10).collect::<Vec<u32>>());
        // As the form sends it, the number left empty.
        let asked = if base.contains('?') { "thread=a+b&" } else { "" };
        let path = base.split('?').next().unwrap();
        let html = site.get(&format!("{path}?{asked}limit=4&order=newest&around=")).await.text();
        assert!(html.contains(r#"id="reply-10""#), "{html}");
        assert!(html.contains(r#"<form class="tools" method="get" action="?">"#), "{html}");
    }
}

#[tokio::test]
async fn reactions_are_words_and_those_that_nobody_chose_are_left_out() {
    let mut second = reply("t", 2);
    second["reactions"] = likes(3);
    let site = Site::of(vec![thread("t", vec![reply("t", 1), second])]).await;
    let html = site.get("/threads/t").await.text();
    assert_eq!(html.matches(r#"class="reactions""#).count(), 1, "{html}");
    assert!(html.contains(r#"<span class="reaction-count">3</span>"#), "{html}");
    assert!(!html.contains("Insightful"), "{html}");
    let still = site.get("/api/html?thread=t").await.text();
    assert_eq!(still.matches(r#"part="reaction-button""#).count(), 6, "{still}");
}

#[tokio::test]
async fn the_sheet_is_the_widgets_and_its_address_names_its_content() {
    let site = Site::of(vec![thread("t", replies("t", 1))]).await;
    for (page, prefix) in [("/threads/t", "../"), ("/threads?thread=t", ""), ("/threads/a/b", "../../")] {
        let html = site.get(page).await.text();
        let sheet = hrefs(&html).into_iter().find(|href| href.contains("threads.css")).unwrap();
        let path = sheet.strip_prefix(prefix).expect(&sheet);
        let answer = site.get(&format!("/{path}")).await;
        assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, "text/css; charset=utf-8"));
        assert!(answer.header("cache-control").contains("immutable"));
        assert!(answer.text().contains(".reply {") && answer.text().contains("color-scheme"));
    }
    let plain = site.get("/threads.css").await;
    assert_eq!(plain.header("cache-control"), "public, max-age=60, must-revalidate");
    let old = site.get("/threads.css?v=old").await;
    assert_eq!(old.header("cache-control"), "public, max-age=60, must-revalidate");
}

#[tokio::test]
async fn a_thread_nobody_has_written_in_is_empty_and_not_for_search_engines() {
    let site = Site::empty().await;
    let answer = site.get("/threads/nowhere").await;
    let html = answer.text();
    assert_eq!(answer.status, 200);
    assert!(html.contains("<title>nowhere</title>") && html.contains(r#"class="empty""#), "{html}");
    assert!(html.contains(r#"<meta name="robots" content="noindex">"#), "{html}");
    site.get(&format!("/threads/{}", "x".repeat(2001))).await.problem(400);
    site.get("/threads").await.problem(400);
    site.get("/threads/t?order=best").await.problem(400);
}

#[tokio::test]
async fn a_thousand_replies_are_a_page_of_fifty() {
    let site = Site::of(vec![thread("t", replies("t", 1000))]).await;
    let html = site.get("/api/html?thread=t&around=500").await.text();
    assert_eq!(html.matches("<article").count(), 50);
    assert!(
        html.contains(
            r#"id="reply-500" tabindex="-1" data-status="published" aria-labelledby="by-500" data-target="""#
        ),
        "{html}"
    );
    assert!(html.contains("Reply 500 of 1,000"));
    let html = site.get("/threads/t?around=500").await.text();
    assert_eq!(html.matches(r#" autofocus="""#).count(), 1, "it comes into sight without a fragment: {html}");
    let html = site.get("/threads/t?around=5000").await.text();
    assert!(html.contains(r#"id="reply-1000""#) && html.contains(r#"class="jump-error""#), "{html}");
}

/// What a reader waits for first, in bytes as they travel: 4,618 in November 2026, of 32,209 that are drawn.
const DRAWN_BUDGET: usize = 5_100;

#[tokio::test]
async fn thirteen_replies_of_the_demo_are_few_bytes_as_they_travel() {
    let site = Site::of(vec![lighthouse()]).await;
    let asked = "/api/html?thread=tarnay-head&limit=13";
    let answer = site.ask(Method::GET, asked, &[("accept-encoding", "br")]).await;
    assert_eq!((answer.status.as_u16(), answer.header("content-encoding")), (200, "br"));
    let whole = site.get(asked).await.text();
    assert_eq!(whole.matches("<article").count(), 13);
    let bytes = answer.body.len();
    assert!(bytes <= DRAWN_BUDGET, "{bytes} bytes travel, of {}; the budget is {DRAWN_BUDGET}", whole.len());
}

#[tokio::test]
async fn a_body_of_nothing_but_quotes_is_drawn() {
    let mut deep = reply("t", 1);
    deep["body"] = json!(format!("{} deep", ">".repeat(30_000)));
    let mut html = reply("t", 2);
    html["format"] = json!("html");
    html["body"] = json!("<blockquote>".repeat(5000));
    let site = Site::of(vec![thread("t", vec![deep, html])]).await;
    for address in ["/api/html?thread=t", "/threads/t"] {
        assert_eq!(site.get(address).await.status, 200);
    }
}

#[tokio::test]
async fn without_a_way_to_write_there_is_no_composer() {
    let mut settings = Settings::default();
    settings.guests.allowed = false;
    let site = Site::with(settings).await;
    site.import(vec![lively()]).await;
    let html = site.get("/api/html?thread=t").await.text();
    for part in ["composer-closed", "Quote</button>", "reaction-button"] {
        assert!(!html.contains(part), "{part}: {html}");
    }
}

#[tokio::test]
async fn the_contracts_example_is_what_is_drawn() {
    let fixtures = concat!(env!("CARGO_MANIFEST_DIR"), "/../contract/fixtures");
    let read = |name: &str| std::fs::read_to_string(format!("{fixtures}/{name}")).unwrap();
    let site = Site::of(vec![serde_json::from_str(&read("threads/quiet.json")).unwrap()]).await;
    let html = site.get("/api/html?thread=library-hours").await.text();
    assert_eq!(read("html-get-200.html").replace("\n<", "<").trim_end(), html.trim_end());
}

/// The alternatives of a pattern in `embed.js` that stands on the line after its name.
fn allowed(script: &str, name: &str) -> Vec<String> {
    let rest = script.split(&format!("const {name} =")).nth(1).expect(name);
    let pattern = rest.split("/^(").nth(1).and_then(|rest| rest.split(")$/").next()).expect(name);
    let pattern = pattern.replace("(aria|data)-.*", "aria-.*|data-.*").replace("h[1-6]", "h1|h2|h3|h4|h5|h6");
    pattern.split('|').map(str::to_owned).collect()
}

/// What the script may leave out: it shows nothing, or the sheets say it again.
const LEFT_OUT: [&str; 3] = ["href", "src", "decoding"];

#[tokio::test]
async fn the_script_takes_over_every_element_that_is_drawn() {
    let script =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../src/embed/embed.js")).unwrap();
    let (elements, attributes) = (allowed(&script, "ELEMENTS"), allowed(&script, "DRAWN"));
    let site = Site::of(vec![lively(), lighthouse()]).await;
    for query in ["thread=t", "thread=t&limit=2&around=5", "thread=tarnay-head", "thread=nowhere&around=1"] {
        let html = site.get(&format!("/api/html?{query}")).await.text();
        for tag in section(&html).split('<').skip(1).filter(|tag| !tag.starts_with('/')) {
            let (tag, _) = tag.split_once('>').unwrap();
            let name = tag.split(' ').next().unwrap();
            assert!(elements.iter().any(|known| known == name), "<{name}>: {elements:?}");
            for attribute in tag.split("=\"").filter_map(|piece| piece.rsplit(' ').next()) {
                let is_name = tag.contains(&format!(" {attribute}=\"")) && !attribute.is_empty();
                let known = |known: &String| match known.strip_suffix(".*") {
                    Some(start) => attribute.starts_with(start),
                    None => known == attribute,
                };
                let fine = LEFT_OUT.contains(&attribute) || attributes.iter().any(known);
                assert!(!is_name || fine, "{attribute} of <{tag}>: {attributes:?}");
            }
        }
    }
}
