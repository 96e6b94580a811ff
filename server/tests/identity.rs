//! Who is asking: guests and their names, tokens, and what a viewer is told.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use afterword_server::{App, Clock, Guests, Settings, SignIn, Writing, router};
use axum::http::Method;
use common::people::{JSON, ask_for, connect, guest, run, send, token_of, viewer};
use common::{Site, kind, reply, thread};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

fn by(author: Value, id: &str, number: u32) -> Value {
    let mut reply = reply("t", number);
    reply["id"] = json!(id);
    reply["author"] = author;
    reply
}

/// A thread of a member, a moderator, a guest who wrote and one of whom only the name is known.
async fn peopled() -> Site {
    Site::of(vec![thread(
        "t",
        vec![
            by(json!({ "id": "u1", "name": "Sacto Joe", "role": "member" }), "t-1", 1),
            by(json!({ "id": "u2", "name": "Dorte Lind", "role": "moderator" }), "t-2", 2),
            by(json!({ "id": "g1", "name": "Bram", "role": "guest" }), "t-3", 3),
            by(json!({ "name": "Old Tom" }), "t-4", 4),
        ],
    )])
    .await
}

#[tokio::test]
async fn a_guest_gets_a_token_that_is_kept_as_a_hash_alone() {
    let site = Site::empty().await;
    let (token, person) = guest(&site, "  Ada 🌱 ").await;
    assert_eq!((&person["name"], &person["role"]), (&json!("Ada 🌱"), &json!("guest")));
    assert!(token.len() >= 22 && person["id"].as_str().unwrap().starts_with("guest-"));
    assert_eq!(viewer(&site, "t", &token).await["person"], person);
    let stored: Vec<Vec<u8>> = sqlx::query_scalar("SELECT hash FROM token")
        .fetch_all(&mut connect(&site.store).await)
        .await
        .unwrap();
    assert_eq!(stored, [Sha256::digest(&token).to_vec()]);
    assert_ne!(guest(&site, "Ada 🌱").await.0, token, "another one each time");
}

#[tokio::test]
async fn each_fault_of_a_name_is_told_at_the_name() {
    let site = peopled().await;
    let long = "x".repeat(65);
    for (name, expected) in [
        ("", "The name is empty."),
        (" \n ", "The name is empty."),
        (&long, "The name is longer than 64 characters."),
        ("a\nb", "A name is one line, without control characters."),
        ("a\u{202e}b", "A name cannot hold characters that turn the direction of writing."),
        ("a\u{200b}b", "A name cannot hold characters that nobody can see."),
        ("Sacto Joe", "A member has this name. Choose another one, or sign in."),
        ("SACTO J0E", "A member has this name. Choose another one, or sign in."),
        ("\u{405}acto Joe", "A member has this name. Choose another one, or sign in."),
        ("dorte lind", "A member has this name. Choose another one, or sign in."),
        ("Brаm", "Somebody else writes under this name. Choose another one."),
        ("old tom", "Somebody else writes under this name. Choose another one."),
        ("Moderator", "This name is kept for those who run this place. Choose another one."),
        ("АDMIN", "This name is kept for those who run this place. Choose another one."),
    ] {
        let problem = ask_for(&site, name).await.problem(422);
        assert_eq!(problem.kind, kind("invalid-fields"), "{name:?}");
        assert_eq!(problem.errors.len(), 1, "{name:?}");
        assert_eq!(
            (&*problem.errors[0].pointer, &*problem.errors[0].detail),
            ("#/name", expected),
            "{name:?}"
        );
    }
    guest(&site, "Dörte Lind").await;
}

#[tokio::test]
async fn a_guest_who_asks_again_stays_who_they_are() {
    let site = Site::empty().await;
    let (token, person) = guest(&site, "Bram").await;
    let id = person["id"].as_str().unwrap();
    site.import(vec![thread("t", vec![by(person.clone(), "t-1", 1)])]).await;
    ask_for(&site, "Bram").await.problem(422);
    let authorization = format!("Bearer {token}");
    let again = |name: &'static str| {
        let headers = [JSON, ("authorization", authorization.as_str())];
        let (site, body) = (&site, json!({ "name": name }).to_string());
        async move { send(site, Method::POST, "/api/guests", &headers, body).await }
    };
    let answer = again("BRAM").await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    assert_eq!(
        (&answer.json()["person"]["id"], &answer.json()["person"]["name"]),
        (&json!(id), &json!("BRAM"))
    );
    assert_eq!(site.page("thread=t").await.replies[0].author.as_ref().unwrap().name, "BRAM");
    // Both tokens are good, and another name is another person.
    assert_eq!(viewer(&site, "t", &token).await["person"]["id"], id);
    assert_eq!(viewer(&site, "t", answer.json()["token"].as_str().unwrap()).await["person"]["id"], id);
    assert_ne!(again("Olwen").await.json()["person"]["id"], id);
}

#[tokio::test]
async fn only_a_small_body_of_json_with_a_name_is_read() {
    let site = Site::empty().await;
    let post = async |headers: &[(&str, &str)], body: String| {
        send(&site, Method::POST, "/api/guests", headers, body).await
    };
    let name = json!({ "name": "Bram" }).to_string();
    for headers in
        [&[][..], &[("content-type", "text/plain")], &[("content-type", "application/x-www-form-urlencoded")]]
    {
        let answer = post(headers, name.clone()).await;
        assert_eq!(answer.problem(415).kind, kind("not-json"));
        assert_eq!(answer.header("accept"), "application/json", "what is taken instead");
    }
    assert_eq!(post(&[("content-type", "Application/JSON; charset=utf-8")], name.clone()).await.status, 201);
    let large = json!({ "name": "Olwen", "more": "x".repeat(5000) }).to_string();
    for headers in [&[JSON][..], &[JSON, ("content-length", "999999999999")]] {
        assert_eq!(post(headers, large.clone()).await.problem(413).kind, kind("body-too-large"));
    }
    for (body, pointers) in [("{", &[][..]), ("", &[]), ("7", &[]), (r#"{"name":["x"]}"#, &["#/name"])] {
        let problem = post(&[JSON], body.to_owned()).await.problem(400);
        let found: Vec<&str> = problem.errors.iter().map(|error| error.pointer.as_str()).collect();
        assert_eq!((problem.kind, &*found), (kind("bad-body"), pointers), "{body}");
    }
    // What nobody may say of themselves is not read.
    let greedy = json!({ "name": "Olwen", "role": "moderator", "id": "u2", "posts": 9 }).to_string();
    let person = post(&[JSON], greedy).await.json()["person"].clone();
    assert_eq!((&person["role"], &person["posts"]), (&json!("guest"), &Value::Null));
    assert_ne!(person["id"], "u2");
}

#[tokio::test]
async fn guests_are_announced_and_let_in_only_where_they_are_allowed() {
    let words = async |site: &Site| {
        let page = site.page("thread=t").await;
        page.thread.features.iter().map(|feature| feature.as_str().to_owned()).collect::<Vec<_>>()
    };
    let open = Site::empty().await;
    assert!(words(&open).await.contains(&"guest".to_owned()));
    let guests = Guests { allowed: false, ..Guests::default() };
    let closed = Site::with(Settings { guests, ..Settings::default() }).await;
    assert_eq!(
        words(&closed).await,
        ["history", "report", "count", "live", "html", "viewer"],
        "nobody can sign in at all"
    );
    let (guests, sign_in) =
        (Guests { allowed: false, ..Guests::default() }, SignIn::new(Some(&"x".repeat(32)), None));
    let members =
        Site::with(Settings { guests, sign_in: Some(sign_in.unwrap()), ..Settings::default() }).await;
    assert!(words(&members).await.contains(&"reply".to_owned()));
    assert!(!words(&members).await.contains(&"guest".to_owned()));
    assert_eq!(ask_for(&closed, "Bram").await.problem(404).kind, kind("unknown-route"));
    let preflight = open.ask(Method::OPTIONS, "/api/guests", &[]).await;
    assert_eq!(preflight.status, 204);
    assert!(preflight.header("access-control-allow-methods").contains("POST"));
    assert!(preflight.header("access-control-allow-headers").contains("Content-Type"));
    assert_eq!(open.get("/api/guests").await.problem(405).kind, kind("method-not-allowed"));
}

#[tokio::test]
async fn a_viewer_is_told_who_they_are_and_what_they_may_do() {
    let site = peopled().await;
    for token in ["", "stale", "Bearer", "a.b.c", &"x".repeat(9000)] {
        let nobody = viewer(&site, "t", token).await;
        assert_eq!((&nobody["person"], &nobody["may"]), (&Value::Null, &json!(["report"])), "{token}");
    }
    let member = viewer(&site, "t", &token_of(&site.store, "u1").await).await;
    assert_eq!(member["person"]["id"], "u1");
    assert_eq!(member["may"], json!(["report", "reply", "react"]));
    let moderator = viewer(&site, "t", &token_of(&site.store, "u2").await).await;
    assert_eq!(moderator["may"], json!(["report", "reply", "react", "edit", "delete", "restore"]));
    let guest = viewer(&site, "elsewhere", &token_of(&site.store, "g1").await).await;
    assert_eq!(
        (&guest["person"]["name"], &guest["may"]),
        (&json!("Bram"), &json!(["report", "reply", "react"]))
    );
    run(&site.store, "UPDATE thread SET locked = TRUE").await;
    assert_eq!(viewer(&site, "t", "token-of-u1").await["may"], json!(["report"]));
    run(&site.store, "UPDATE person SET banned = TRUE WHERE id = 'u1'").await;
    let banned = viewer(&site, "t", "token-of-u1").await;
    assert_eq!(
        (&banned["person"]["id"], &banned["may"], &banned["replies"]),
        (&json!("u1"), &json!([]), &json!({}))
    );
    run(&site.store, "UPDATE person SET erased = TRUE, name = '' WHERE id = 'g1'").await;
    assert_eq!(viewer(&site, "t", "token-of-g1").await["person"], Value::Null);
    assert_eq!(site.get("/api/viewer").await.problem(400).errors[0].pointer, "thread");
}

#[tokio::test]
async fn a_viewer_is_told_what_is_theirs_and_until_when() {
    let clock = Arc::new(AtomicI64::new(0));
    let settings = Settings { clock: Clock::Held(Arc::clone(&clock)), ..Settings::default() };
    let mut site = Site::with(settings).await;
    let joe = json!({ "id": "u1", "name": "Sacto Joe" });
    let mut first = by(joe.clone(), "t-1", 1);
    first["published"] = json!("2025-11-10T20:00:00Z");
    first["reactions"] = json!([
        { "tag": "like", "count": 2, "people": [joe.clone(), { "id": "u9", "name": "ols" }] },
        { "tag": "thanks", "count": 1, "people": [joe.clone()] },
    ]);
    let other = by(json!({ "id": "u9", "name": "ols" }), "t-2", 2);
    let mut held = by(joe.clone(), "t-p", 0);
    held["number"] = Value::Null;
    held["status"] = json!("pending");
    let mut elsewhere = thread("u", vec![by(joe, "u-1", 1)]);
    elsewhere["replies"][0]["reactions"] = first["reactions"].clone();
    site.import(vec![thread("t", vec![first, other, held]), elsewhere]).await;
    let token = token_of(&site.store, "u1").await;
    let published: i64 = 1_762_804_800_000;
    clock.store(published + 900_000, Ordering::SeqCst);
    let known = viewer(&site, "t", &token).await;
    assert_eq!(
        known["replies"],
        json!({ "t-1": { "reactions": ["like", "thanks"], "may": ["edit", "delete"], "until": "2025-11-10T20:15:00Z" } })
    );
    assert_eq!(known["pending"][0]["id"], "t-p");
    assert_eq!(
        (&known["pending"][0]["number"], &known["pending"][0]["body"]),
        (&Value::Null, &json!("This is reply 0."))
    );
    clock.store(published + 900_001, Ordering::SeqCst);
    let later = viewer(&site, "t", &token).await;
    assert_eq!(later["replies"]["t-1"], json!({ "reactions": ["like", "thanks"], "may": [], "until": null }));
    let writing = Writing { edit_seconds: None, ..Writing::default() };
    let settings = Settings { writing, clock: Clock::Held(clock), ..Settings::default() };
    let router = std::mem::replace(&mut site.router, router(App::new(site.store.clone(), settings)));
    assert_eq!(
        viewer(&site, "t", &token).await["replies"]["t-1"],
        json!({ "reactions": ["like", "thanks"], "may": ["edit", "delete"], "until": null }),
        "for ever"
    );
    site.router = router;
    let stranger = viewer(&site, "t", &token_of(&site.store, "u9").await).await;
    assert_eq!(stranger["pending"], json!([]));
    assert_eq!(stranger["replies"], json!({ "t-1": { "reactions": ["like"], "may": [], "until": null } }));
}

#[tokio::test]
async fn whoever_deleted_a_reply_is_told_that_they_may_take_it_back_and_until_when() {
    let site = Site::writing(Writing::default()).await;
    let id = |reply: Value| reply["id"].as_str().unwrap().to_owned();
    let (own, taken) = (id(site.post("ada", "One.").await), id(site.post("ada", "Two.").await));
    site.pass(600);
    site.send(("DELETE", &format!("/api/replies/{own}")), "ada", None, &[]).await;
    site.send(("DELETE", &format!("/api/replies/{taken}")), "mod", None, &[]).await;
    site.pass(900);
    let told = viewer(&site, "t", "ada").await;
    let until = json!("2023-11-14T22:38:20Z");
    assert_eq!(told["replies"], json!({ &own: { "reactions": [], "may": ["restore"], "until": until } }));
    site.pass(1);
    assert_eq!(viewer(&site, "t", "ada").await["replies"], json!({}));
    let late = site.send(("POST", &format!("/api/replies/{own}/restore")), "ada", None, &[]).await;
    assert_eq!(late.status, 403, "as the viewer said");
}

#[tokio::test]
async fn of_two_guests_with_one_name_the_first_who_writes_keeps_it() {
    let site = Site::empty().await;
    let (first, _) = guest(&site, "Inga").await;
    let (second, _) = guest(&site, "lnga").await;
    site.post(&second, "Mine.").await;
    let body = json!({ "thread": "t", "body": "Mine too." });
    let refused = site.send(("POST", "/api/replies"), &first, Some(body), &[]).await;
    assert_eq!(refused.problem(401).kind, kind("sign-in-required"));
    site.post(&second, "Still mine.").await;
    let (other, _) = guest(&site, "Bram").await;
    site.post(&other, "And I have another.").await;
}

#[tokio::test]
async fn where_guests_are_let_in_no_more_their_old_tokens_are_good_for_nothing() {
    let mut site = Site::empty().await;
    let (token, _) = guest(&site, "Bram").await;
    site.post(&token, "Hello.").await;
    let guests = Guests { allowed: false, ..Guests::default() };
    site.router = router(App::new(site.store.clone(), Settings { guests, ..Settings::default() }));
    assert_eq!(viewer(&site, "t", &token).await["person"], Value::Null);
    let body = json!({ "thread": "t", "body": "And again." });
    let refused = site.send(("POST", "/api/replies"), &token, Some(body), &[]).await;
    assert_eq!(refused.problem(401).kind, kind("sign-in-required"));
}

#[tokio::test]
async fn a_banned_guest_does_not_become_another_one_with_the_same_token() {
    let site = Site::empty().await;
    let (token, person) = guest(&site, "Bram").await;
    run(
        &site.store,
        &format!("UPDATE person SET banned = TRUE WHERE id = {}", person["id"]).replace('"', "'"),
    )
    .await;
    let answer = site.send(("POST", "/api/guests"), &token, Some(json!({ "name": "Olwen" })), &[]).await;
    assert_eq!(answer.problem(403).kind, kind("not-allowed"));
}

#[tokio::test]
async fn a_token_that_nobody_has_used_for_a_year_is_good_for_nothing() {
    let site = Site::writing(Writing::default()).await;
    let (day, (kept, _), (lost, _)) = (24 * 3600, guest(&site, "Bram").await, guest(&site, "Olwen").await);
    for _ in 0..4 {
        site.pass(100 * day);
        assert_eq!(viewer(&site, "t", &kept).await["person"]["name"], "Bram");
        let written =
            format!("SELECT COUNT(*) FROM token WHERE used = {}", site.clock.load(Ordering::Relaxed));
        // That it was used is written behind the answer.
        let is_written = tokio::time::timeout(Duration::from_secs(10), async {
            while site.number(&written).await == 0 {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        });
        is_written.await.expect("within 10 s it is written that the token was used");
    }
    assert_eq!(viewer(&site, "t", &lost).await["person"], Value::Null);
    let body = json!({ "thread": "t", "body": "Hello." });
    let refused = site.send(("POST", "/api/replies"), &lost, Some(body), &[]).await;
    assert_eq!(refused.problem(401).kind, kind("sign-in-required"));
    site.post(&kept, "Still here.").await;
}

#[tokio::test]
async fn nobody_takes_the_name_of_somebody_whom_another_program_has_written() {
    let site = Site::writing(Writing::default()).await;
    let answer = ask_for(&site, "\u{410}da").await;
    assert_eq!(
        answer.problem(422).errors[0].detail,
        "A member has this name. Choose another one, or sign in."
    );
}
