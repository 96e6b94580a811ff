//! What a page says: the contract's form, and nothing that is not for everybody.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use afterword_contract::{Feature, Status};
use axum::http::Method;
use common::{Site, reply, thread};
use serde_json::{Value, json};

#[tokio::test]
async fn a_thread_nobody_has_written_in_is_an_empty_page() {
    let site = Site::empty().await;
    let page = site.page("thread=https%3A%2F%2Fexample.org%2F%C3%A4").await;
    assert_eq!(page.thread.id.as_str(), "https://example.org/ä");
    assert_eq!((page.thread.total, page.replies.len()), (0, 0));
    assert_eq!((page.previous, page.next), (None, None));
    let features: Vec<&str> = page.thread.features.iter().map(Feature::as_str).collect();
    let served = [
        "reply", "edit", "history", "delete", "react", "mention", "report", "count", "live", "html",
        "viewer", "guest",
    ];
    assert_eq!(features, served, "exactly what is served");
    assert_eq!(page.thread.reaction_tags.len(), 3, "those of threads that have none of their own");
    let page = site.page("thread=a&around=7&order=top").await;
    assert_eq!(page.replies.len(), 0);
}

#[tokio::test]
async fn a_page_says_everything_that_was_imported() {
    let reply = json!({
        "id": "r1", "number": 1,
        "author": { "id": "u5", "name": "dysamoria", "posts": 3430, "role": "moderator",
                    "avatar": "https://example.org/a.png", "url": "https://example.org/u5" },
        "published": "2019-06-25T19:03:00+02:00", "edited": "2019-06-25T19:03:00.250Z", "revision": "3",
        "status": "published", "format": "html", "body": "<p>Wow! 👍\u{202e}</p>\n",
        "mentions": [{ "id": "u2", "name": "avon b7" }, { "name": "somebody" }],
        "quotes": [{ "number": 2, "exact": false }, { "number": 9, "exact": null }],
        "reactions": [{ "tag": "like", "count": 3, "people": [{ "id": "u9", "name": "ols" }, { "name": "a guest" }] },
                      { "tag": "odd", "count": 1, "people": [] }],
    });
    let site = Site::of(vec![json!({
        "thread": { "id": "t", "title": "Title", "url": "https://example.org/t", "total": 1, "locked": true,
                    "features": ["reply"], "reactionTags": [{ "tag": "like", "label": "Like", "symbol": "👍" }] },
        "replies": [reply],
    })])
    .await;
    let answer = site.get("/api/replies?thread=t").await.json();
    let mut expected = reply;
    expected["published"] = json!("2019-06-25T17:03:00Z");
    assert_eq!(answer["replies"], json!([expected]));
    let heading = json!({
        "id": "t", "title": "Title", "url": "https://example.org/t", "total": 1, "locked": true,
        "features": ["reply", "edit", "history", "delete", "react", "mention", "report", "count", "live", "html", "viewer", "guest"],
        "reactionTags": [{ "tag": "like", "label": "Like", "symbol": "👍" }],
        "limits": { "bodyBytes": 65_536, "editSeconds": 900 }, "live": "1",
    });
    assert_eq!(answer["thread"], heading);
    assert_eq!(answer["version"], 1);
}

/// A thread in which reply 2 has `status`, says a secret, quotes 1, mentions and is reacted to.
fn with_a_secret(status: &str) -> Value {
    let mut second = reply("t", 2);
    second["status"] = json!(status);
    second["body"] = json!("> [](#reply-1)\n> This\n\nthe secret");
    second["author"] = json!({ "id": "u-secret", "name": "secret" });
    second["mentions"] = json!([{ "id": "u-secret", "name": "secret" }]);
    second["quotes"] = json!([{ "number": 1, "exact": true }]);
    second["reactions"] = json!([{ "tag": "like", "count": 9, "people": [{ "name": "secret" }] }]);
    if status == "pending" {
        second["number"] = Value::Null;
        return thread("t", vec![reply("t", 1), second]);
    }
    thread("t", vec![reply("t", 1), second, reply("t", 3)])
}

#[tokio::test]
async fn tombstones_and_hidden_replies_keep_their_number_and_nothing_else() {
    for status in ["deleted", "hidden"] {
        let site = Site::of(vec![with_a_secret(status)]).await;
        for order in ["oldest", "newest", "top"] {
            let answer = site.get(&format!("/api/replies?thread=t&order={order}")).await;
            assert!(!answer.text().contains("secret"), "{}", answer.text());
        }
        let page = site.page("thread=t&order=top").await;
        let gone = &page.replies[1];
        assert_eq!(gone.number, Some(2), "its reactions lift it no more");
        assert_eq!(gone.status, Status::from(status));
        assert_eq!((gone.author.clone(), gone.body.as_str()), (None, ""));
        assert!(gone.mentions.is_empty() && gone.quotes.is_empty() && gone.reactions.is_empty());
        assert_eq!(page.replies[0].quoted_by, [] as [u32; 0], "what cannot be read quotes nobody");
        assert_eq!(page.thread.total, 3);
    }
}

#[tokio::test]
async fn what_is_held_for_approval_is_seen_by_nobody() {
    let site = Site::of(vec![with_a_secret("pending")]).await;
    for query in ["thread=t", "thread=t&order=newest", "thread=t&order=top", "thread=t&around=2"] {
        let answer = site.get(&format!("/api/replies?{query}")).await;
        assert!(!answer.text().contains("secret"), "{query}");
        assert_eq!(site.page(query).await.replies.len(), 1);
    }
    assert_eq!(site.get("/api/counts?thread=t").await.json(), json!({ "t": 1 }));
    site.import(vec![with_a_secret("published")]).await;
    assert!(site.get("/api/replies?thread=t").await.text().contains("secret"), "once approved, it is read");
}

#[tokio::test]
async fn who_quotes_a_reply_is_told_across_the_whole_thread() {
    let quoting = |number: u32, quoted: &[u32]| {
        let mut reply = reply("t", number);
        reply["quotes"] = quoted.iter().map(|number| json!({ "number": number })).collect();
        reply
    };
    let mut replies = common::replies("t", 6);
    replies.extend([quoting(7, &[6]), quoting(8, &[1]), quoting(9, &[6, 6, 1])]);
    let site = Site::of(vec![thread("t", replies), thread("other", vec![reply("other", 1)])]).await;
    let page = site.page("thread=t&limit=6").await;
    let quoted: Vec<_> = page.replies.iter().map(|reply| reply.quoted_by.clone()).collect();
    assert_eq!(quoted, [vec![8, 9], vec![], vec![], vec![], vec![], vec![7, 9]]);
    assert!(site.page("thread=other").await.replies[0].quoted_by.is_empty());
}

#[tokio::test]
async fn of_a_thousand_people_a_hundred_are_named_and_all_are_counted() {
    let people: Vec<Value> =
        (0..1000).map(|n| json!({ "id": format!("p{n}"), "name": format!("P {n}") })).collect();
    let mut popular = reply("t", 1);
    popular["reactions"] = json!([{ "tag": "like", "count": 1003, "people": people }]);
    let site = Site::of(vec![thread("t", vec![popular])]).await;
    let reaction = site.page("thread=t").await.replies[0].reactions[0].clone();
    assert_eq!((reaction.count, reaction.people.len()), (1003, 100));
    assert_eq!(reaction.people[99].name, "P 99");
}

#[tokio::test]
async fn counts_are_told_for_known_and_unknown_threads() {
    let site = Site::of(vec![thread("a b&c", common::replies("x", 3)), thread("d", vec![])]).await;
    let answer = site.get("/api/counts?thread=a+b%26c&thread=d&thread=nowhere&thread=d").await;
    assert_eq!(answer.json(), json!({ "a b&c": 3, "d": 0, "nowhere": 0 }));
    let many: String = (0..100).map(|n| format!("thread=t{n}&")).collect();
    assert_eq!(site.get(&format!("/api/counts?{many}")).await.status, 200);
    let problem = site.get(&format!("/api/counts?{many}thread=one-more")).await.problem(400);
    assert_eq!(problem.errors[0].pointer, "thread");
    // The schema bounds how many are asked for, whether or not one of them is asked for twice.
    let same = "thread=d&".repeat(101);
    assert_eq!(site.get(&format!("/api/counts?{same}")).await.problem(400).errors[0].pointer, "thread");
}

#[tokio::test]
async fn health_says_whether_the_database_answers() {
    let site = Site::empty().await;
    let answer = site.get("/health").await;
    assert_eq!((answer.status.as_u16(), &answer.json()["status"]), (200, &json!("ok")));
    assert_eq!(answer.header("cache-control"), "no-store");
    site.store.close().await;
    let problem = site.get("/health").await.problem(503);
    assert_eq!(problem.kind, common::kind("unavailable"));
    let problem = site.get("/api/replies?thread=t").await.problem(500);
    assert_eq!(problem.kind, common::kind("internal"));
    assert!(
        !problem.detail.unwrap().to_lowercase().contains("pool"),
        "the log tells more, the answer does not"
    );
    let answer = site.ask(Method::HEAD, "/health", &[]).await;
    assert_eq!((answer.status.as_u16(), answer.body.len()), (503, 0));
}
