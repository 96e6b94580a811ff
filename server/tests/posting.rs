//! `POST replies`: once, checked, numbered without gaps.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use afterword_server::{Extent, Hold, Store, Writing};
use axum::body::Body;
use axum::http::Method;
use common::{Site, exported, kind};
use proptest::prelude::*;
use serde_json::{Value, json};

const POST: (&str, &str) = ("POST", "/api/replies");

fn new(body: &str) -> Option<Value> {
    Some(json!({ "thread": "t", "body": body }))
}

async fn site() -> Site {
    Site::writing(Writing::default()).await
}

#[tokio::test]
async fn a_reply_is_published_with_its_number() {
    let site = site().await;
    let page = json!({ "title": " On\n plums ", "url": "https://example.org/plums" });
    let body = json!({ "thread": "a b", "body": "Hello.", "page": page });
    let answer = site.send(POST, "ada", Some(body), &[]).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    assert_eq!(answer.header("location"), "replies?thread=a%20b&around=1");
    assert_eq!((answer.header("etag"), answer.header("cache-control")), ("\"1\"", "no-store"));
    assert_eq!(answer.header("content-type"), "application/json");
    let shown = site.get(&format!("/api/{}", answer.header("location"))).await.json();
    assert_eq!(shown["replies"][0], answer.json());
    assert_eq!(shown["thread"]["title"], "On plums");
    assert_eq!(shown["thread"]["url"], "https://example.org/plums");
    assert_eq!(answer.json()["author"], json!({ "id": "ada", "name": "Ada", "posts": 1, "role": "member" }));
    let again = site.send(
        POST,
        "bob",
        Some(json!({ "thread": "a b", "body": "Hi.", "page": { "title": "Other" } })),
        &[],
    );
    assert_eq!(again.await.json()["number"], 2);
    assert_eq!(
        site.page("thread=a%20b").await.thread.title.as_deref(),
        Some("On plums"),
        "kept from the first"
    );
}

#[tokio::test]
async fn only_addresses_of_the_web_are_kept_of_a_page() {
    let site = site().await;
    for (number, url) in
        ["javascript:alert(1)", "ftp://example.org", "//example.org", "https://a\nb"].iter().enumerate()
    {
        let thread = format!("t{number}");
        let body = json!({ "thread": thread, "body": "Hello.", "page": { "url": url } });
        assert_eq!(site.send(POST, "ada", Some(body), &[]).await.status, 201);
        assert_eq!(site.page(&format!("thread={thread}")).await.thread.url, None, "{url}");
    }
}

#[tokio::test]
async fn what_nobody_may_say_for_themselves_is_ignored() {
    let site = site().await;
    let body = json!({
        "thread": "t", "body": "Hello.", "number": 99, "id": "mine", "author": { "id": "bob", "name": "Old Bob" },
        "status": "hidden", "published": "2001-01-01T00:00:00Z", "edited": "2001-01-01T00:00:00Z", "revision": "7",
        "role": "moderator", "quotes": [{ "number": 1, "exact": true }], "quotedBy": [1], "total": 5, "locked": true,
        "reactions": [{ "tag": "like", "count": 1000 }],
    });
    let reply = site.send(POST, "ada", Some(body), &[]).await.json();
    assert_ne!(reply["id"], "mine");
    for (field, is) in [
        ("number", json!(1)),
        ("status", json!("published")),
        ("published", json!("2023-11-14T22:13:20Z")),
        ("edited", Value::Null),
        ("revision", json!("1")),
        ("quotes", json!([])),
        ("reactions", json!([])),
    ] {
        assert_eq!(reply[field], is, "{field}");
    }
    assert_eq!((&reply["author"]["id"], &reply["author"]["role"]), (&json!("ada"), &json!("member")));
    assert!(!site.page("thread=t").await.thread.locked);
}

#[tokio::test]
async fn the_same_key_stores_one_reply_and_answers_the_same() {
    let site = site().await;
    let key = [("idempotency-key", "\"0d1f6a52\"")];
    let first = site.send(POST, "ada", new("Once."), &key).await;
    let second = site.send(POST, "ada", new("Once."), &key).await;
    assert_eq!((second.status, &second.body), (first.status, &first.body));
    for header in ["location", "etag"] {
        assert_eq!(second.header(header), first.header(header));
    }
    // A page that counts its news in its title, read again by the address of a letter.
    let page = json!({ "title": "(1) Plums", "url": "https://example.org/plums?letter=7" });
    let elsewhere = json!({ "thread": "t", "body": "Once.", "page": page });
    assert_eq!(site.send(POST, "ada", Some(elsewhere), &key).await.body, first.body);
    let other = site.send(POST, "ada", new("Twice."), &key).await;
    assert_eq!(other.problem(422).kind, kind("key-reused"));
    assert_eq!(
        site.send(POST, "bob", new("Mine."), &key).await.json()["number"],
        2,
        "each person has their own"
    );
    site.pass(24 * 3600 + 1);
    assert_eq!(site.send(POST, "ada", new("Once."), &key).await.json()["number"], 3, "kept for a day");
    assert_eq!(site.page("thread=t").await.thread.total, 3);
}

#[tokio::test]
async fn an_answer_is_kept_with_its_reply_beyond_a_crash() {
    let site = site().await;
    let key = [("idempotency-key", "\"k\"")];
    let first = site.send(POST, "ada", new("Once."), &key).await;
    // Another process over the same file, as after a crash.
    let store = Store::open(site.store.path(), afterword_server::Access::Existing).await.unwrap();
    let settings = afterword_server::Settings {
        clock: afterword_server::Clock::Held(std::sync::Arc::clone(&site.clock)),
        ..afterword_server::Settings::default()
    };
    let router = afterword_server::router(afterword_server::App::new(store.clone(), settings));
    let other = Site { store, router, clock: std::sync::Arc::clone(&site.clock) };
    let again = other.send(POST, "ada", new("Once."), &key).await;
    assert_eq!((again.status, again.body), (first.status, first.body));
    assert_eq!(other.page("thread=t").await.thread.total, 1);
}

/// The kept answer used to tell the text of a reply that was taken out of sight.
#[tokio::test]
async fn a_retry_is_answered_with_the_reply_as_it_is_shown_by_then() {
    let site = site().await;
    let key = [("idempotency-key", "\"k\"")];
    let reply = site.send(POST, "ada", new("Once."), &key).await.json();
    let (id, at) = (reply["id"].as_str().unwrap(), format!("/api/replies/{}", reply["id"].as_str().unwrap()));
    let again = async |status: &str, body: &str| {
        let answer = site.send(POST, "ada", new("Once."), &key).await;
        assert_eq!((answer.status.as_u16(), &answer.json()["id"]), (201, &json!(id)), "{status}");
        assert_eq!((&answer.json()["status"], &answer.json()["body"]), (&json!(status), &json!(body)));
        assert_eq!(answer.header("etag"), format!("\"{}\"", answer.json()["revision"].as_str().unwrap()));
        assert_eq!(answer.json(), site.get("/api/replies?thread=t").await.json()["replies"][0]);
    };
    let ordered = async |order| afterword_server::moderate(&site.store, order, common::BEGAN).await.unwrap();
    ordered(afterword_server::Order::Hide(id.to_owned())).await;
    again("hidden", "").await;
    ordered(afterword_server::Order::Restore(id.to_owned())).await;
    again("published", "Once.").await;
    let edit = Some(json!({ "body": "Twice." }));
    assert_eq!(site.send(("PATCH", &at), "ada", edit, &[("if-match", "*")]).await.status, 200);
    again("published", "Twice.").await;
    site.send(("DELETE", &at), "ada", None, &[]).await;
    again("deleted", "").await;
    site.pass(1000);
    again("deleted", "").await;
    assert_eq!(site.page("thread=t").await.thread.total, 1);
}

#[tokio::test]
async fn a_retry_after_a_held_reply_was_approved_is_answered_with_its_number() {
    let site = Site::writing(Writing { hold: Hold::All, ..Writing::default() }).await;
    let key = [("idempotency-key", "\"k\"")];
    let held = site.send(POST, "ada", new("Once."), &key).await;
    assert_eq!(held.status, 202);
    let order = afterword_server::Order::Approve(held.json()["id"].as_str().unwrap().to_owned());
    afterword_server::moderate(&site.store, order, common::BEGAN).await.unwrap();
    let again = site.send(POST, "ada", new("Once."), &key).await;
    assert_eq!((again.status.as_u16(), &again.json()["number"]), (201, &json!(1)));
    assert_eq!(again.header("location"), "replies?thread=t&around=1");
}

#[tokio::test]
async fn the_same_key_at_once_leads_to_one_reply() {
    let site = std::sync::Arc::new(site().await);
    let attempts: Vec<_> = (0..20)
        .map(|_| {
            let site = std::sync::Arc::clone(&site);
            tokio::spawn(async move {
                let answer = site.send(POST, "ada", new("Once."), &[("idempotency-key", "\"k\"")]).await;
                if answer.status == 409 {
                    assert_eq!(answer.header("retry-after"), "1");
                    assert_eq!(answer.problem(409).kind, kind("key-in-flight"));
                } else {
                    assert_eq!((answer.status.as_u16(), &answer.json()["number"]), (201, &json!(1)));
                }
            })
        })
        .collect();
    for attempt in attempts {
        attempt.await.unwrap();
    }
    assert_eq!(site.page("thread=t").await.replies.len(), 1);
}

#[tokio::test]
async fn numbers_have_no_gaps_however_many_write_at_once() {
    let site = std::sync::Arc::new(site().await);
    let writers: Vec<_> = (0..40)
        .map(|writer| {
            let site = std::sync::Arc::clone(&site);
            // Every fourth is refused in the middle of it.
            tokio::spawn(async move {
                let body = if writer % 4 == 0 { "\u{200b}" } else { "Hello." };
                site.send(POST, ["ada", "bob"][writer % 2], new(body), &[]).await.status.as_u16()
            })
        })
        .collect();
    let mut refused = 0;
    for writer in writers {
        refused += usize::from(writer.await.unwrap() == 422);
    }
    assert_eq!(refused, 10);
    let page = site.page("thread=t&limit=100").await;
    assert_eq!((common::numbers(&page), page.thread.total), ((1..=30).collect(), 30));
}

#[tokio::test]
async fn every_wrong_field_is_refused_by_name() {
    let site = Site::writing(Writing { body_bytes: 100, ..Writing::default() }).await;
    let mentions: Vec<Value> = (0..11).map(|_| json!({ "id": "bob", "name": "Old Bob" })).collect();
    for (body, pointer) in [
        (json!({ "body": "Hello." }), "#/thread"),
        (json!({ "thread": "a\nb", "body": "Hello." }), "#/thread"),
        (json!({ "thread": "x".repeat(2001), "body": "Hello." }), "#/thread"),
        (json!({ "thread": "t" }), "#/body"),
        (json!({ "thread": "t", "body": " \n\u{200b}\u{feff}\u{3164}" }), "#/body"),
        (json!({ "thread": "t", "body": "x".repeat(101) }), "#/body"),
        (json!({ "thread": "t", "body": "ä".repeat(51) }), "#/body"),
        (json!({ "thread": "t", "body": "a\u{0}b" }), "#/body"),
        (json!({ "thread": "t", "body": "Hello.", "format": "html" }), "#/format"),
        (json!({ "thread": "t", "body": "Hello.", "format": "rtf" }), "#/format"),
        (json!({ "thread": "t", "body": "Hello.", "mentions": mentions }), "#/mentions"),
    ] {
        let problem = site.send(POST, "ada", Some(body), &[]).await.problem(422);
        assert_eq!((problem.kind, problem.errors[0].pointer.as_str()), (kind("invalid-fields"), pointer));
    }
    let quotes = "> [](#reply-1)\n> a\n\n".repeat(201);
    let problem = self::site().await.send(POST, "ada", new(&quotes), &[]).await.problem(422);
    assert_eq!(problem.errors[0].pointer, "#/body");
    assert_eq!(site.page("thread=t").await.thread.total, 0);
    let most = site.send(POST, "ada", new(&"ä".repeat(50)), &[]).await;
    assert_eq!(most.status, 201);
}

#[tokio::test]
async fn what_is_no_message_is_refused_before_anything_is_done() {
    let site = site().await;
    let send = |kind: &'static str, body: Vec<u8>| {
        let headers = [("authorization", "Bearer ada"), ("content-type", kind)];
        let site = &site;
        async move { site.request(Method::POST, "/api/replies", &headers, Body::from(body)).await }
    };
    for wrong in ["text/plain", "", "application/x-www-form-urlencoded", "application/jsonp", "text/json"] {
        assert_eq!(send(wrong, b"{}".to_vec()).await.problem(415).kind, kind("not-json"), "{wrong}");
    }
    let large = send("application/json", vec![b' '; 300_000]).await;
    assert_eq!(large.problem(413).kind, kind("body-too-large"));
    for (body, pointer) in [
        (&b"{\"thread\": \"t\", \"body\": ["[..], None),
        (b"{\"thread\": \"t\", \"body\": \"\xff\"}", None),
        (b"", None),
        (b"{\"thread\": \"t\", \"body\": [\"a\"]}", Some("#/body")),
        (b"{\"thread\": \"t\", \"body\": \"a\", \"mentions\": [{\"id\": {}}]}", Some("#/mentions/0/id")),
    ] {
        let problem = send("application/json; charset=utf-8", body.to_vec()).await.problem(400);
        assert_eq!(problem.kind, kind("bad-body"));
        assert_eq!(problem.errors.first().map(|error| error.pointer.as_str()), pointer);
    }
    let problem = site.send(POST, "ada", new("a"), &[("idempotency-key", "bare")]).await.problem(400);
    assert_eq!(
        (problem.kind, problem.errors[0].pointer.as_str()),
        (kind("bad-parameter"), "Idempotency-Key")
    );
    assert_eq!(site.page("thread=t").await.thread.total, 0);
}

#[tokio::test]
async fn whoever_may_not_write_is_told_why() {
    let site = Site::writing(Writing { open_threads: false, ..Writing::default() }).await;
    let nobody = site.send(POST, "", new("a"), &[]).await;
    assert_eq!(nobody.header("www-authenticate"), "Bearer");
    assert_eq!(nobody.problem(401).kind, kind("sign-in-required"));
    assert_eq!(site.send(POST, "stale", new("a"), &[]).await.problem(401).kind, kind("sign-in-required"));
    assert_eq!(site.send(POST, "ban", new("a"), &[]).await.problem(403).kind, kind("not-allowed"));
    assert_eq!(
        site.send(POST, "ada", new("a"), &[]).await.problem(403).kind,
        kind("not-allowed"),
        "a new thread"
    );
    site.import(vec![json!({ "thread": { "id": "t", "locked": true }, "replies": [] })]).await;
    assert_eq!(site.send(POST, "mod", new("a"), &[]).await.problem(403).kind, kind("thread-locked"));
}

#[tokio::test]
async fn mentions_are_looked_up_and_kept_where_the_text_has_them() {
    let site = site().await;
    let body = json!({
        "thread": "t", "body": "@Old Bob, `@Gil` and @Ada",
        "mentions": [{ "id": "bob", "name": "Somebody Else" }, { "id": "gil", "name": "Gil" }, { "id": "none", "name": "Ada" },
                     { "name": "Ada" }, { "id": "bob", "name": "Old Bob" }],
    });
    let reply = site.send(POST, "ada", Some(body), &[]).await.json();
    assert_eq!(reply["mentions"], json!([{ "id": "bob", "name": "Old Bob" }]));
}

#[tokio::test]
async fn quotes_are_found_and_compared_with_what_they_quote() {
    let site = site().await;
    site.post("bob", "The **sky** is green,\nI think.").await;
    let gone = site.post("bob", "Never mind.").await;
    let gone = format!("/api/replies/{}", gone["id"].as_str().unwrap());
    site.send(("DELETE", &gone), "bob", None, &[]).await;
    site.send(POST, "bob", Some(json!({ "thread": "other", "body": "Elsewhere." })), &[]).await;
    let reply = site
        .post(
            "ada",
            "> [Old Bob](#reply-1) said:\n> The sky is green, I think.\n\nNo.\n\n> [Old Bob](#reply-1) said:\n> The sky is red.\n\n\
             > [](#reply-2)\n> Never mind.\n\n> [](#reply-99)\n> What?\n\n> [](#reply-3)\n> Elsewhere.\n",
        )
        .await;
    let expected = json!([
        { "number": 1, "exact": true }, { "number": 1, "exact": false }, { "number": 2, "exact": null },
        { "number": 99, "exact": null }, { "number": 3, "exact": null },
    ]);
    assert_eq!(reply["quotes"], expected);
    let page = site.page("thread=t").await;
    assert_eq!(page.replies[0].quoted_by, [3]);
}

#[tokio::test]
async fn a_name_is_the_same_however_it_is_mentioned() {
    let site = site().await;
    site.post("bob", "Ask @Old Bob, not @Gil-2.").await;
    site.post("bob", "Ask @\"Old Bob\", not @\"Gil-2\". \"@\" is \"at\".").await;
    let body = "> [](#reply-1)\n> Ask @\"Old Bob\", not @\"Gil-2\".\n\nYes.\n\n> [](#reply-2)\n> Ask @Old Bob, not @Gil-2.\n\n\
                Yes.\n\n> [](#reply-2)\n> is \"at\".\n\nYes.\n\n> [](#reply-2)\n> Ask @\"Young Bob\"";
    let expected = json!([
        { "number": 1, "exact": true }, { "number": 2, "exact": true }, { "number": 2, "exact": true },
        { "number": 2, "exact": false },
    ]);
    assert_eq!(site.post("ada", body).await["quotes"], expected, "nobody is known");
    let mentions = json!([{ "id": "bob", "name": "Old Bob" }]);
    let known = json!({ "thread": "t", "body": body, "mentions": mentions });
    assert_eq!(site.send(POST, "ada", Some(known), &[]).await.json()["quotes"], expected, "Old Bob is known");
}

#[tokio::test]
async fn what_is_held_has_no_number_and_is_nowhere_to_be_read() {
    for (hold, words, body, held) in [
        (Hold::None, vec![], "Hello.", false),
        (Hold::First, vec![], "Hello.", true),
        (Hold::Links, vec![], "See http://example.org", true),
        (Hold::Links, vec![], "Hello.", false),
        (Hold::All, vec![], "Hello.", true),
        (Hold::None, vec!["Hello".to_owned()], "HELLO!", true),
    ] {
        let site = Site::writing(Writing { hold, words, ..Writing::default() }).await;
        let answer = site.send(POST, "ada", new(body), &[("idempotency-key", "\"k\"")]).await;
        assert_eq!(answer.status, if held { 202 } else { 201 }, "{hold:?} {body}");
        let again = site.send(POST, "ada", new(body), &[("idempotency-key", "\"k\"")]).await;
        assert_eq!((again.status, again.body), (answer.status, answer.body.clone()));
        if held {
            let reply = answer.json();
            assert_eq!(
                (&reply["status"], &reply["number"], &reply["body"]),
                (&json!("pending"), &Value::Null, &json!(body))
            );
            assert_eq!((answer.header("location"), answer.header("etag")), ("", "\"1\""));
            let page = site.page("thread=t").await;
            assert_eq!((page.replies.len(), page.thread.total), (0, 0));
            assert!(!exported(&site.store, Extent::Public).await.contains(body));
            assert_eq!(site.get("/api/counts?thread=t").await.json()["t"], 0);
        }
        assert_eq!(
            site.post("mod", "See http://example.org").await["number"],
            1 + i32::from(!held),
            "moderators are not"
        );
    }
}

#[tokio::test]
async fn a_first_reply_is_held_until_one_was_approved() {
    let site = Site::writing(Writing { hold: Hold::First, ..Writing::default() }).await;
    let first = site.post("ada", "One.").await;
    assert_eq!(site.post("ada", "Two.").await["status"], "pending");
    let order = afterword_server::Order::Approve(first["id"].as_str().unwrap().to_owned());
    afterword_server::moderate(&site.store, order, common::BEGAN).await.unwrap();
    assert_eq!(site.post("ada", "Three.").await["number"], 2);
}

#[tokio::test]
async fn a_held_reply_gives_its_thread_no_title() {
    let site = Site::writing(Writing { hold: Hold::First, ..Writing::default() }).await;
    let send = async |who: &str, title: &str| {
        let page = json!({ "title": title, "url": "https://example.org/lamps" });
        let body = json!({ "thread": "t", "body": "Hello.", "page": page });
        assert!(site.send(POST, who, Some(body), &[]).await.status.is_success());
        let thread = site.page("thread=t").await.thread;
        (thread.title, thread.url.is_some())
    };
    assert_eq!(send("ada", "Buy lamps").await, (None, false), "nobody has looked at it");
    assert_eq!(send("mod", "On plums").await, (Some("On plums".to_owned()), true));
    assert_eq!(send("mod", "On pears").await, (Some("On plums".to_owned()), true));
}

/// The title and the address that thread `id` has after a reply of `who` that tells of `page`.
async fn introduced(site: &Site, who: &str, id: &str, page: Value) -> (Option<String>, Option<String>) {
    let body = json!({ "thread": id, "body": "Hello.", "page": page });
    assert_eq!(site.send(POST, who, Some(body), &[]).await.status, 201);
    let thread = site.page(&format!("thread={}", common::escaped(id))).await.thread;
    (thread.title, thread.url)
}

#[tokio::test]
async fn a_title_or_an_address_with_a_listed_word_is_left_out() {
    let words = vec!["lamps".to_owned()];
    let site = Site::writing(Writing { words, hold: Hold::Links, ..Writing::default() }).await;
    let said = |title: &str, url: &str| (Some(title.to_owned()), Some(url.to_owned()));
    let (plums, lamps) = ("https://example.org/plums", "https://lamps.example/");
    let page = |title: &str, url: &str| json!({ "title": title, "url": url });
    assert_eq!(introduced(&site, "ada", "a", page("Buy LAMPS", lamps)).await, (None, None));
    assert_eq!(introduced(&site, "bob", "a", page("On plums", plums)).await, said("On plums", plums));
    assert_eq!(introduced(&site, "ada", "b", page("LA\u{200b}MPS", plums)).await, (None, None));
    assert_eq!(
        introduced(&site, "ada", "b", page("Buy", "https://a.example/buy%20lamps")).await,
        (None, None)
    );
    assert_eq!(introduced(&site, "mod", "b", page("On lamps", plums)).await, said("On lamps", plums));
    assert_eq!(introduced(&site, "mod", "c", page("On lamps", lamps)).await, said("On lamps", lamps));
}

#[tokio::test]
async fn a_thread_named_by_an_address_belongs_to_no_other_site() {
    let site = site().await;
    let id = "https://example.org/plums";
    for url in [
        "https://evil.example/plums",
        "http://example.org/plums",
        "https://example.org:444/plums",
        "https://example.org@evil.example/",
        "https://example.org.evil.example/",
        "https://example.org\\@evil.example/",
    ] {
        let page = json!({ "title": "Not on plums", "url": url });
        assert_eq!(introduced(&site, "ada", id, page).await, (None, None), "{url}");
    }
    let url = "HTTPS://Example.org:443/plums?print";
    let page = json!({ "title": "On plums", "url": url });
    assert_eq!(
        introduced(&site, "ada", id, page).await,
        (Some("On plums".to_owned()), Some(url.to_owned())),
        "what was not believed keeps nobody from telling it"
    );
    for page in [json!({ "title": "Other" }), json!({ "title": "Other", "url": "plums" })] {
        assert_eq!(introduced(&site, "ada", "https://example.org/b", page).await, (None, None));
    }
}

#[tokio::test]
async fn listed_words_are_looked_for_in_the_addresses_of_links_too() {
    let site = Site::writing(Writing { words: vec!["lamps.example".to_owned()], ..Writing::default() }).await;
    let reply = site.post("ada", "Hello.").await;
    assert_eq!(site.post("ada", "See [this](https://lamps.example/now).").await["status"], "pending");
    assert_eq!(site.post("ada", "See [this](https://clamps.example/now).").await["status"], "published");
    let edit = Some(json!({ "body": "[Hello](http://www.lamps.example)." }));
    let at = format!("/api/replies/{}", reply["id"].as_str().unwrap());
    assert_eq!(site.send(("PATCH", &at), "ada", edit, &[("if-match", "*")]).await.status, 422);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]
    #[test]
    fn whatever_is_sent_is_stored_as_it_came_or_refused_with_a_reason(body in "\\PC{0,40}|.{0,40}|([>#@`\\[\\]() \n]|reply-1|http://a.b|[a-c]){0,40}") {
        tokio::runtime::Runtime::new().unwrap().block_on(async {
            let site = site().await;
            let answer = site.send(POST, "ada", new(&body), &[]).await;
            if answer.status == 201 {
                assert_eq!(site.page("thread=t").await.replies[0].body, body);
                // What may be written may be moved to another server.
                let page = site.store.export(&"t".into(), Extent::Everything).await.unwrap().unwrap();
                Site::empty().await.store.import(vec![page]).await.unwrap();
            } else {
                answer.problem(422);
            }
        });
    }
}
