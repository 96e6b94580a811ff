//! Replies edited, deleted, brought back, reacted to and reported; and who may do what of it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use std::sync::Arc;

use afterword_server::{Extent, Hold, Order, Writing, moderate};
use common::{BEGAN, Site, exported, kind};
use serde_json::{Value, json};

async fn site() -> Site {
    Site::writing(Writing::default()).await
}

fn address(reply: &Value, behind: &str) -> String {
    format!("/api/replies/{}{behind}", reply["id"].as_str().unwrap())
}

fn body(text: &str) -> Option<Value> {
    Some(json!({ "body": text }))
}

const FIRST: (&str, &str) = ("if-match", "\"1\"");

#[tokio::test]
async fn an_edit_replaces_the_text_and_keeps_the_one_before() {
    let site = site().await;
    site.post("bob", "The sky is green.").await;
    let reply = site.post("ada", "> [](#reply-1)\n> The sky is green.\n\nNo. @Old Bob").await;
    assert_eq!(reply["quotes"], json!([{ "number": 1, "exact": true }]));
    site.pass(60);
    let new = json!({ "body": "> [](#reply-1)\n> The sky is red.\n\nNo. @Old Bob", "mentions": [{ "id": "bob", "name": "x" }],
                      "number": 7, "author": null, "status": "hidden", "revision": "9" });
    let answer = site.send(("PATCH", &address(&reply, "")), "ada", Some(new.clone()), &[FIRST]).await;
    assert_eq!(
        (answer.status.as_u16(), answer.header("etag"), answer.header("cache-control")),
        (200, "\"2\"", "no-store")
    );
    let edited = answer.json();
    assert_eq!(
        (&edited["body"], &edited["number"], &edited["status"]),
        (&new["body"], &json!(2), &json!("published"))
    );
    assert_eq!((&edited["revision"], &edited["edited"]), (&json!("2"), &json!("2023-11-14T22:14:20Z")));
    assert_eq!(edited["quotes"], json!([{ "number": 1, "exact": false }]));
    assert_eq!(edited["mentions"], json!([{ "id": "bob", "name": "Old Bob" }]));
    assert_eq!(site.get("/api/replies?thread=t").await.json()["replies"][1], edited, "no stale page");
    let same = site
        .send(("PATCH", &address(&reply, "")), "ada", Some(new.clone()), &[("if-match", "W/\"2\"")])
        .await;
    assert_eq!(same.json()["revision"], "2", "nothing was changed");
    let history = site.get(&address(&reply, "/history")).await;
    assert!(history.header("cache-control").starts_with("public"));
    let history_json = history.json();
    assert_eq!(history_json[0]["body"], reply["body"]);
    assert_eq!(
        (&history_json[0]["revision"], &history_json[0]["published"]),
        (&json!("1"), &reply["published"])
    );
    assert_eq!(
        (&history_json[1]["revision"], &history_json[1]["published"]),
        (&json!("2"), &edited["edited"])
    );
    let known = [("if-none-match", history.header("etag"))];
    assert_eq!(site.send(("GET", &address(&reply, "/history")), "", None, &known).await.status, 304);
}

#[tokio::test]
async fn an_edit_of_something_else_is_refused_with_what_is_there() {
    let site = site().await;
    let reply = site.post("ada", "One.").await;
    let at = address(&reply, "");
    assert_eq!(
        site.send(("PATCH", &at), "ada", body("Two."), &[]).await.problem(428).kind,
        kind("revision-required")
    );
    site.send(("PATCH", &at), "ada", body("Two."), &[FIRST]).await;
    let refused = site.send(("PATCH", &at), "ada", body("Three."), &[FIRST]).await;
    assert_eq!(refused.header("etag"), "\"2\"");
    let problem = refused.problem(412);
    assert_eq!((problem.kind, problem.current.unwrap().body), (kind("revision-changed"), "Two.".to_owned()));
    let refused = site.send(("DELETE", &at), "ada", None, &[FIRST]).await;
    assert_eq!(refused.problem(412).kind, kind("revision-changed"));
    let problem = site.send(("PATCH", &at), "ada", body(" "), &[("if-match", "\"2\"")]).await.problem(422);
    assert_eq!(problem.errors[0].pointer, "#/body");
    let problem = site
        .send(("PATCH", &at), "ada", Some(json!({ "body": [] })), &[("if-match", "\"2\"")])
        .await
        .problem(400);
    assert_eq!(problem.errors[0].pointer, "#/body");
}

#[tokio::test]
async fn a_deleted_reply_is_a_tombstone_and_comes_back_with_all_that_hung_on_it() {
    let site = site().await;
    site.post("bob", "The sky is green.").await;
    let new = json!({ "thread": "t", "body": "> [](#reply-1)\n> The sky is green.\n\nsecret @Old Bob",
                      "mentions": [{ "id": "bob", "name": "Old Bob" }] });
    let reply = site.send(("POST", "/api/replies"), "ada", Some(new), &[]).await.json();
    site.send(("PUT", &address(&reply, "/reactions/like")), "bob", None, &[]).await;
    let before = site.get("/api/replies?thread=t").await.json();
    let tombstone = site.send(("DELETE", &address(&reply, "")), "ada", None, &[FIRST]).await.json();
    assert_eq!(
        (&tombstone["status"], &tombstone["body"], &tombstone["number"]),
        (&json!("deleted"), &json!(""), &json!(2))
    );
    for part in ["mentions", "quotes", "reactions"] {
        assert_eq!(tombstone[part], json!([]), "{part}");
    }
    let page = site.page("thread=t").await;
    assert_eq!((page.thread.total, page.replies[0].quoted_by.len()), (2, 0));
    assert_eq!(site.number("SELECT -top_rank FROM reply WHERE number = 2").await, 0);
    assert_eq!(site.get(&address(&reply, "/history")).await.json(), json!([]));
    for extent in [Extent::Public, Extent::Everything] {
        assert!(!exported(&site.store, extent).await.contains("secret"), "{extent:?}");
    }
    let again = site.send(("DELETE", &address(&reply, "")), "ada", None, &[FIRST]).await;
    assert_eq!((again.status.as_u16(), again.json()), (200, tombstone), "whoever lost the answer asks again");
    let back = site.send(("POST", &address(&reply, "/restore")), "ada", None, &[]).await.json();
    assert_eq!(site.number("SELECT -top_rank FROM reply WHERE number = 2").await, 1);
    let mut expected = before["replies"][1].clone();
    expected["revision"] = json!("3");
    assert_eq!(back, expected);
    assert_eq!(site.get("/api/replies?thread=t").await.json()["replies"][1], expected);
    assert_eq!(site.send(("POST", &address(&reply, "/restore")), "ada", None, &[]).await.json(), expected);
}

#[tokio::test]
async fn the_text_of_a_tombstone_is_gone_for_good_after_its_window() {
    let site = site().await;
    let reply = site.post("ada", "secret").await;
    site.send(("PATCH", &address(&reply, "")), "ada", body("secret too"), &[FIRST]).await;
    site.send(("DELETE", &address(&reply, "")), "ada", None, &[]).await;
    let (key, new) = ([("idempotency-key", "\"k\"")], json!({ "thread": "t", "body": "secret, once" }));
    let once = site.send(("POST", "/api/replies"), "ada", Some(new.clone()), &key).await.json();
    site.send(("DELETE", &address(&once, "")), "ada", None, &[]).await;
    site.pass(900);
    site.post("bob", "Still there.").await;
    assert_eq!(site.number("SELECT COUNT(*) FROM reply WHERE body LIKE 'secret%'").await, 2);
    site.pass(1);
    site.post("bob", "Not any more.").await;
    assert_eq!(site.number("SELECT COUNT(*) FROM reply WHERE body LIKE 'secret%'").await, 0);
    assert_eq!(site.number("SELECT COUNT(*) FROM revision").await, 0);
    // Nor is it kept for whoever lost the answer; that there was one is.
    assert_eq!(site.number("SELECT COUNT(*) FROM idempotency_key WHERE answer LIKE '%secret%'").await, 0);
    let again = site.send(("POST", "/api/replies"), "ada", Some(new), &key).await;
    assert_eq!((again.status.as_u16(), &again.json()["id"]), (201, &once["id"]));
    assert_eq!((&again.json()["status"], &again.json()["body"]), (&json!("deleted"), &json!("")));
    for who in ["ada", "mod"] {
        let refused = site.send(("POST", &address(&reply, "/restore")), who, None, &[]).await;
        assert_eq!(refused.problem(403).kind, kind("edit-window-over"), "{who}");
    }
    assert_eq!(site.page("thread=t").await.thread.total, 4);
}

#[tokio::test]
async fn what_a_moderator_took_away_its_author_cannot_bring_back() {
    let site = site().await;
    let (deleted, hidden) = (site.post("ada", "One.").await, site.post("ada", "Two.").await);
    site.send(("DELETE", &address(&deleted, "")), "mod", None, &[]).await;
    moderate(&site.store, Order::Hide(hidden["id"].as_str().unwrap().to_owned()), BEGAN).await.unwrap();
    for reply in [&deleted, &hidden] {
        let refused = site.send(("POST", &address(reply, "/restore")), "ada", None, &[]).await;
        assert_eq!(refused.problem(403).kind, kind("not-allowed"));
    }
    // Nor by making a tombstone of their own of it.
    let refused = site.send(("DELETE", &address(&hidden, "")), "ada", None, &[]).await;
    assert_eq!(refused.problem(403).kind, kind("not-allowed"));
    for reply in [&deleted, &hidden] {
        let back = site.send(("POST", &address(reply, "/restore")), "mod", None, &[]).await;
        assert_eq!(back.json()["status"], "published");
    }
}

#[tokio::test]
async fn what_a_moderator_takes_away_after_its_author_did_the_author_cannot_bring_back() {
    let site = site().await;
    let (deleted, hidden) = (site.post("ada", "One.").await, site.post("ada", "Two.").await);
    for reply in [&deleted, &hidden] {
        site.send(("DELETE", &address(reply, "")), "ada", None, &[]).await;
    }
    assert_eq!(site.send(("DELETE", &address(&deleted, "")), "mod", None, &[]).await.status, 200);
    moderate(&site.store, Order::Hide(hidden["id"].as_str().unwrap().to_owned()), BEGAN).await.unwrap();
    for reply in [&deleted, &hidden] {
        let refused = site.send(("POST", &address(reply, "/restore")), "ada", None, &[]).await;
        assert_eq!(refused.problem(403).kind, kind("not-allowed"));
        assert_eq!(site.send(("POST", &address(reply, "/restore")), "mod", None, &[]).await.status, 200);
    }
    // What its author deleted while it was held is turned away for good too.
    let site = Site::writing(Writing { hold: Hold::All, ..Writing::default() }).await;
    let held = site.post("ada", "Three.").await;
    site.send(("DELETE", &address(&held, "")), "ada", None, &[]).await;
    moderate(&site.store, Order::Hide(held["id"].as_str().unwrap().to_owned()), BEGAN).await.unwrap();
    let refused = site.send(("POST", &address(&held, "/restore")), "ada", None, &[]).await;
    assert_eq!(refused.problem(403).kind, kind("not-allowed"));
}

#[tokio::test]
async fn what_was_written_before_the_approval_is_in_no_history() {
    let site = Site::writing(Writing { hold: Hold::All, ..Writing::default() }).await;
    let reply = site.post("ada", "Buy lamps at once.").await;
    site.pass(30);
    site.send(("PATCH", &address(&reply, "")), "ada", body("Hello."), &[FIRST]).await;
    let id = reply["id"].as_str().unwrap().to_owned();
    moderate(&site.store, Order::Approve(id), BEGAN + 60_000).await.unwrap();
    let shown = &site.get("/api/replies?thread=t").await.json()["replies"][0];
    assert_eq!(
        (&shown["body"], &shown["revision"], &shown["edited"]),
        (&json!("Hello."), &json!("2"), &Value::Null)
    );
    let history = site.get(&address(&reply, "/history")).await.json();
    assert_eq!(history.as_array().unwrap().len(), 1, "{history}");
    assert_eq!(
        (&history[0]["body"], &history[0]["published"]),
        (&json!("Hello."), &json!("2023-11-14T22:14:20Z"))
    );
}

#[tokio::test]
async fn a_mention_outlives_the_persons_new_name_and_an_edit_after_it() {
    let site = site().await;
    let new = json!({ "thread": "t", "body": "@Old Bob, teh sky.", "mentions": [{ "id": "bob", "name": "Old Bob" }] });
    let reply = site.send(("POST", "/api/replies"), "ada", Some(new), &[]).await.json();
    site.sql("UPDATE person SET name = 'Bobby' WHERE id = 'bob'").await;
    let edit = async |body: &str, revision: &str| {
        let edit = json!({ "body": body, "mentions": [{ "id": "bob", "name": "Old Bob" }, { "id": "gil", "name": "Old Bob" }] });
        let answer =
            site.send(("PATCH", &address(&reply, "")), "ada", Some(edit), &[("if-match", revision)]).await;
        answer.json()["mentions"].clone()
    };
    let (old, new) = (json!({ "id": "bob", "name": "Old Bob" }), json!({ "id": "bob", "name": "Bobby" }));
    assert_eq!(edit("@Old Bob, the sky.", "\"1\"").await, json!([old]));
    assert_eq!(edit("@OLD BOB and @Bobby.", "\"2\"").await, json!([new, old]));
    assert_eq!(edit("@Bobby.", "\"3\"").await, json!([new]));
    assert_eq!(edit("@Old Bob.", "\"4\"").await, json!([]), "nobody is called that any more");
}

#[tokio::test]
async fn a_held_reply_is_its_authors_alone() {
    let site = Site::writing(Writing { hold: Hold::All, ..Writing::default() }).await;
    let reply = site.post("ada", "One.").await;
    let at = address(&reply, "");
    for (method, behind) in [
        ("PATCH", ""),
        ("DELETE", ""),
        ("POST", "/restore"),
        ("PUT", "/reactions/like"),
        ("POST", "/reports"),
    ] {
        let message = Some(json!({ "body": "x", "reason": "spam" }));
        let refused = site.send((method, &format!("{at}{behind}")), "bob", message, &[FIRST]).await;
        assert_eq!(refused.problem(404).kind, kind("unknown-reply"), "{method} {behind}");
    }
    assert_eq!(site.get(&format!("{at}/history")).await.problem(404).kind, kind("unknown-reply"));
    let edited = site.send(("PATCH", &at), "ada", body("Two."), &[FIRST]).await.json();
    assert_eq!((&edited["status"], &edited["body"]), (&json!("pending"), &json!("Two.")));
    let deleted = site.send(("DELETE", &at), "ada", None, &[]).await.json();
    assert_eq!((&deleted["status"], &deleted["number"]), (&json!("deleted"), &Value::Null));
    assert!(!exported(&site.store, Extent::Everything).await.contains("deleted"));
    let back = site.send(("POST", &format!("{at}/restore")), "ada", None, &[]).await.json();
    assert_eq!((&back["status"], &back["body"]), (&json!("pending"), &json!("Two.")));
    site.send(("DELETE", &at), "ada", None, &[]).await;
    site.pass(901);
    site.post("bob", "Another.").await;
    assert_eq!(site.send(("DELETE", &at), "ada", None, &[]).await.problem(404).kind, kind("unknown-reply"));
}

#[tokio::test]
async fn an_edit_brings_nothing_past_the_moderators() {
    let site =
        Site::writing(Writing { hold: Hold::Links, words: vec!["casino".to_owned()], ..Writing::default() })
            .await;
    let reply = site.post("ada", "Hello.").await;
    for smuggled in ["See http://example.org", "My CASINO"] {
        let refused = site.send(("PATCH", &address(&reply, "")), "ada", body(smuggled), &[FIRST]).await;
        assert_eq!(refused.problem(422).errors[0].pointer, "#/body", "{smuggled}");
    }
    assert_eq!(site.send(("PATCH", &address(&reply, "")), "ada", body("Bye."), &[FIRST]).await.status, 200);
}

#[tokio::test]
async fn reactions_are_states() {
    let site = site().await;
    let reply = site.post("ada", "One.").await;
    let at = address(&reply, "/reactions/like");
    let gil = json!({ "id": "gil", "name": "Gil" });
    for _ in 0..2 {
        let answer = site.send(("PUT", &at), "gil", None, &[]).await;
        assert_eq!((answer.status.as_u16(), answer.header("cache-control")), (200, "no-store"));
        assert_eq!(answer.json(), json!([{ "tag": "like", "count": 1, "people": [gil] }]));
    }
    site.send(("PUT", &address(&reply, "/reactions/thanks")), "bob", None, &[]).await;
    let page = site.get("/api/replies?thread=t").await.json();
    assert_eq!(
        page["replies"][0]["reactions"][1],
        json!({ "tag": "thanks", "count": 1, "people": [{ "id": "bob", "name": "Old Bob" }] })
    );
    for _ in 0..2 {
        let left = site.send(("DELETE", &at), "gil", None, &[]).await.json();
        assert_eq!(
            left,
            json!([{ "tag": "thanks", "count": 1, "people": [{ "id": "bob", "name": "Old Bob" }] }])
        );
    }
    for tag in ["applause", "%ff", "like%2f"] {
        for method in ["PUT", "DELETE"] {
            let refused =
                site.send((method, &address(&reply, &format!("/reactions/{tag}"))), "gil", None, &[]).await;
            assert_eq!(refused.status, 404, "{method} {tag}");
        }
    }
}

#[tokio::test]
async fn a_threads_own_tags_are_the_only_ones_and_an_old_choice_can_be_taken_back() {
    let site = site().await;
    site.import(vec![json!({ "thread": { "id": "t", "reactionTags": [{ "tag": "odd", "label": "Odd" }] }, "replies": [
        { "id": "r1", "number": 1, "body": "a", "reactions": [{ "tag": "like", "count": 3, "people": [{ "id": "ada", "name": "Ada" }] }] },
    ]})])
    .await;
    assert_eq!(
        site.send(("PUT", "/api/replies/r1/reactions/like"), "bob", None, &[]).await.problem(404).kind,
        kind("unknown-tag")
    );
    assert_eq!(site.send(("PUT", "/api/replies/r1/reactions/odd"), "bob", None, &[]).await.status, 200);
    let left = site.send(("DELETE", "/api/replies/r1/reactions/like"), "ada", None, &[]).await.json();
    assert_eq!(left[0], json!({ "tag": "like", "count": 2, "people": [] }), "those without a name stay");
}

#[tokio::test]
async fn fifty_at_once_leave_the_count_right() {
    let site = site().await;
    let reply = site.post("ada", "One.").await;
    site.post("bob", "Two.").await;
    for reader in 0..50 {
        site.person(&format!("r{reader}"), &format!("Reader {reader}"), "member").await;
    }
    let (site, at) = (Arc::new(site), address(&reply, "/reactions/like"));
    let readers: Vec<_> = (0..50)
        .map(|reader| {
            let (site, at) = (Arc::clone(&site), at.clone());
            tokio::spawn(async move {
                // Everybody says it three times; every fifth thinks better of it.
                let me = format!("r{reader}");
                for method in ["PUT", "PUT", if reader % 5 == 0 { "DELETE" } else { "PUT" }] {
                    assert_eq!(site.send((method, &at), &me, None, &[]).await.status, 200);
                }
            })
        })
        .collect();
    for reader in readers {
        reader.await.unwrap();
    }
    let page = site.page("thread=t&order=top").await;
    assert_eq!((page.replies[0].number, page.replies[0].reactions[0].count), (Some(1), 40));
    assert_eq!(page.replies[0].reactions[0].people.len(), 40);
    assert_eq!(site.number("SELECT -top_rank FROM reply WHERE number = 1").await, 40);
}

#[tokio::test]
async fn names_are_shown_however_often_people_changed_their_minds() {
    let site = site().await;
    let reply = site.post("ada", "One.").await;
    let at = address(&reply, "/reactions/like");
    site.send(("PUT", &at), "bob", None, &[]).await;
    for _ in 0..101 {
        site.send(("PUT", &at), "gil", None, &[]).await;
        site.send(("DELETE", &at), "gil", None, &[]).await;
    }
    site.sql("UPDATE reaction_person SET position = position + 500").await;
    let shown = site.send(("PUT", &at), "gil", None, &[]).await.json();
    assert_eq!((&shown[0]["count"], shown[0]["people"].as_array().unwrap().len()), (&json!(2), 2));
}

#[tokio::test]
async fn people_are_found_by_the_beginning_of_any_word_of_their_name() {
    let site = site().await;
    site.person("emile", "Émile Zola", "member").await;
    site.person("bobby", "Bobby Tables", "member").await;
    site.sql("UPDATE person SET posts = 5 WHERE id = 'bobby'").await;
    site.person("gone", "Bob Gone", "member").await;
    site.sql("UPDATE person SET erased = TRUE WHERE id = 'gone'").await;
    site.post("bob", "Hello.").await;
    // Anybody can take any name as a guest; who has published nothing under it is shown to nobody.
    site.person("spam", "Bob Buys Lamps", "guest").await;
    let found = |query: &'static str| {
        let site = &site;
        async move {
            let answer = site.get(&format!("/api/people?thread=t&q={query}")).await;
            assert!(answer.header("cache-control").starts_with("public"));
            let people = answer.json();
            people
                .as_array()
                .unwrap()
                .iter()
                .map(|person| person["id"].as_str().unwrap().to_owned())
                .collect::<Vec<_>>()
        }
    };
    assert_eq!(found("BOB").await, ["bob", "bobby"], "those of the thread first, nobody who is erased");
    assert_eq!(found("emil").await, ["emile"]);
    assert_eq!(found("%C3%A9mile+z").await, ["emile"]);
    assert_eq!(found("ola").await, [] as [&str; 0]);
    assert_eq!(found("banned").await, [] as [&str; 0]);
    assert_eq!(found("").await[..2], ["bob", "bobby"]);
    for reader in 0..30 {
        site.person(&format!("r{reader}"), &format!("Reader {reader}"), "member").await;
    }
    assert_eq!(found("reader").await.len(), 20);
    assert_eq!(site.get("/api/people?q=a").await.problem(400).errors[0].pointer, "thread");
    // A hundred characters, as the schema says, in whatever script.
    let longest = common::escaped(&"語".repeat(100));
    assert_eq!(site.get(&format!("/api/people?thread=t&q={longest}")).await.status, 200);
    let long = "x".repeat(101);
    assert_eq!(site.get(&format!("/api/people?thread=t&q={long}")).await.problem(400).errors[0].pointer, "q");
}

#[tokio::test]
async fn a_report_is_kept_once_for_each_person() {
    let site = site().await;
    let reply = site.post("ada", "Buy lamps.").await;
    let at = address(&reply, "/reports");
    let report = json!({ "reason": "spam", "detail": "Lamps, again." });
    for who in ["bob", "bob", "gil", "", "stale"] {
        let answer = site.send(("POST", &at), who, Some(report.clone()), &[]).await;
        assert_eq!(
            (answer.status.as_u16(), answer.body.len(), answer.header("cache-control")),
            (204, 0, "no-store"),
            "{who}"
        );
    }
    assert_eq!(site.number("SELECT COUNT(*) FROM report").await, 4);
    for _ in 0..30 {
        site.send(("POST", &at), "", Some(report.clone()), &[]).await;
    }
    assert_eq!(site.number("SELECT COUNT(*) FROM report").await, 22, "strangers fill no disk");
    for (wrong, pointer) in [
        (json!({ "reason": "a\nb" }), "#/reason"),
        (json!({ "reason": "spam", "detail": "x".repeat(1001) }), "#/detail"),
        (json!({ "reason": "spam", "detail": "\u{0}" }), "#/detail"),
    ] {
        assert_eq!(
            site.send(("POST", &at), "bob", Some(wrong), &[]).await.problem(422).errors[0].pointer,
            pointer
        );
    }
    let unknown = site.send(("POST", "/api/replies/none/reports"), "bob", Some(report), &[]).await;
    assert_eq!(unknown.problem(404).kind, kind("unknown-reply"));
}

#[tokio::test]
async fn a_preflight_is_told_what_may_be_sent() {
    let site = site().await;
    for (path, allow) in [
        ("/api/replies", "GET, HEAD, POST, OPTIONS"),
        ("/api/replies/r1", "PATCH, DELETE, OPTIONS"),
        ("/api/replies/r1/restore", "POST, OPTIONS"),
        ("/api/replies/r1/reactions/like", "PUT, DELETE, OPTIONS"),
        ("/api/replies/r1/reports", "POST, OPTIONS"),
    ] {
        let answer = site.send(("OPTIONS", path), "", None, &[]).await;
        assert_eq!((answer.status.as_u16(), answer.header("allow")), (204, allow), "{path}");
        assert_eq!(answer.header("access-control-allow-methods"), "GET, HEAD, POST, PUT, PATCH, DELETE");
        assert_eq!(
            answer.header("access-control-allow-headers"),
            "Authorization, Content-Type, Idempotency-Key, If-Match"
        );
        assert_eq!(
            (answer.header("access-control-allow-origin"), answer.header("access-control-max-age")),
            ("*", "7200")
        );
        let refused = site.send(("TRACE", path), "ada", None, &[]).await;
        assert_eq!(refused.header("allow"), allow);
        assert_eq!(refused.problem(405).kind, kind("method-not-allowed"));
    }
}

/// The states that a reply of Ada's can be in.
const STATES: [&str; 8] = ["fresh", "old", "locked", "deleted", "deleted-old", "hidden", "held", "none"];
const VERBS: [&str; 6] = ["edit", "delete", "restore", "react", "unreact", "report"];
/// Ada wrote it. Gil is a guest who has got hold of the reply's id, Bob a member.
const PEOPLE: [&str; 7] = ["ada", "bob", "gil", "mod", "ban", "stale", ""];

/// What `who` is told who does `verb` to a reply in `state`: the rules, written once more and otherwise.
fn expected(verb: &str, who: &str, state: &str) -> (u16, &'static str) {
    let (owner, moderator) = (who == "ada", who == "mod");
    if verb == "report" {
        return match state {
            "none" | "held" => (404, "unknown-reply"),
            _ => (204, ""),
        };
    }
    match who {
        "ban" => return (403, "not-allowed"),
        "stale" | "" => return (401, "sign-in-required"),
        _ => {}
    }
    if state == "none" || (state == "held" && !owner && !moderator) {
        return (404, "unknown-reply");
    }
    if verb == "react" || verb == "unreact" {
        return match state {
            "held" => (404, "unknown-reply"),
            "locked" => (403, "thread-locked"),
            "deleted" | "deleted-old" | "hidden" => (409, "reply-gone"),
            _ => (200, ""),
        };
    }
    if !owner && !moderator {
        return (403, "not-allowed");
    }
    match (verb, state) {
        ("edit", "locked") => (403, "thread-locked"),
        ("edit", "deleted" | "deleted-old" | "hidden") => (409, "reply-gone"),
        ("edit" | "delete", "old") if owner => (403, "edit-window-over"),
        ("delete" | "restore", "hidden") if owner => (403, "not-allowed"),
        ("restore", "deleted-old") => (403, "edit-window-over"),
        _ => (200, ""),
    }
}

#[tokio::test]
async fn everybody_may_do_exactly_what_is_theirs() {
    for state in STATES {
        let hold = if state == "held" { Hold::All } else { Hold::None };
        let site = Site::writing(Writing { hold, ..Writing::default() }).await;
        for who in PEOPLE {
            for verb in VERBS {
                drop(moderate(&site.store, Order::Unlock("t".to_owned()), BEGAN).await);
                let reply = site.post("ada", "One.").await;
                let id = reply["id"].as_str().unwrap().to_owned();
                match state {
                    "old" => site.pass(901),
                    "locked" => {
                        drop(moderate(&site.store, Order::Lock("t".to_owned()), BEGAN).await.unwrap())
                    }
                    "deleted" | "deleted-old" => {
                        site.send(("DELETE", &address(&reply, "")), "ada", None, &[]).await;
                        site.pass(if state == "deleted" { 900 } else { 901 });
                    }
                    "hidden" => drop(moderate(&site.store, Order::Hide(id.clone()), BEGAN).await.unwrap()),
                    _ => {}
                }
                let id = if state == "none" { "none" } else { &id };
                let (method, behind, message) = match verb {
                    "edit" => ("PATCH", "", body("Two.")),
                    "delete" => ("DELETE", "", None),
                    "restore" => ("POST", "/restore", None),
                    "react" => ("PUT", "/reactions/like", None),
                    "unreact" => ("DELETE", "/reactions/like", None),
                    _ => ("POST", "/reports", Some(json!({ "reason": "spam" }))),
                };
                let at = format!("/api/replies/{id}{behind}");
                let headers = [("if-match", "*")];
                let answer = site.send((method, &at), who, message, &headers).await;
                let (status, problem) = expected(verb, who, state);
                let case = format!("{who:?} {verb} {state}: {}", answer.text());
                assert_eq!(answer.status, status, "{case}");
                if !problem.is_empty() {
                    assert_eq!(answer.problem(status).kind, kind(problem), "{case}");
                }
            }
        }
    }
}
