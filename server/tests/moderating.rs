//! What moderators do from the command line, in the database that a server has open.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use afterword_server::{Access, Hold, Order, Store, Writing, moderate};
use common::{BEGAN, Site, kind};
use serde_json::{Value, json};

fn id(reply: &Value) -> String {
    reply["id"].as_str().unwrap().to_owned()
}

/// What it says, through another handle on the same file, as another process has it.
async fn order(site: &Site, order: Order) -> Result<String, String> {
    let store = Store::open(site.store.path(), Access::Existing).await.unwrap();
    let said = moderate(&store, order, BEGAN + 60_000).await.map_err(|failure| failure.to_string());
    store.close().await;
    said.map(|lines| lines.join("\n"))
}

#[tokio::test]
async fn what_is_approved_gets_its_number_then() {
    let site = Site::writing(Writing { hold: Hold::All, ..Writing::default() }).await;
    let (first, second) = (site.post("ada", "One.").await, site.post("bob", "Two.").await);
    assert_eq!(site.page("thread=t").await.thread.total, 0);
    assert_eq!(
        order(&site, Order::Approve(id(&second))).await.unwrap(),
        format!("{} is reply 1 now.", id(&second))
    );
    assert_eq!(
        order(&site, Order::Approve(id(&first))).await.unwrap(),
        format!("{} is reply 2 now.", id(&first))
    );
    let page = site.get("/api/replies?thread=t").await.json();
    assert_eq!((&page["replies"][0]["body"], &page["replies"][1]["body"]), (&json!("Two."), &json!("One.")));
    assert_eq!(page["replies"][0]["published"], "2023-11-14T22:14:20Z", "when it was approved");
    assert_eq!(page["replies"][0]["author"]["posts"], 1);
    let again = order(&site, Order::Approve(id(&first))).await.unwrap_err();
    assert!(again.contains("is not held, it is published"), "{again}");
}

#[tokio::test]
async fn what_waits_is_listed_a_line_each_and_harmless() {
    let site = Site::writing(Writing { hold: Hold::Links, ..Writing::default() }).await;
    assert_eq!(order(&site, Order::List).await.unwrap(), "");
    let held = site.post("ada", "http://example.org\n\u{1b}[2Jboo\u{202e}").await;
    let reported = site.post("bob", "Buy lamps.").await;
    let report = Some(json!({ "reason": "spam" }));
    site.send(("POST", &format!("/api/replies/{}/reports", id(&reported))), "ada", report, &[]).await;
    let said = order(&site, Order::List).await.unwrap();
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines.len(), 2, "{said}");
    assert_eq!(
        lines[0],
        format!("{}@1  held of t by Ada (ada): http://example.org \u{fffd}[2Jboo\u{fffd}", id(&held))
    );
    assert_eq!(
        lines[1],
        format!("{}@1  reply 1 of t by Old Bob (bob), reported 1: spam: Buy lamps.", id(&reported))
    );
    order(&site, Order::Hide(id(&reported))).await.unwrap();
    order(&site, Order::Hide(id(&held))).await.unwrap();
    assert_eq!(order(&site, Order::List).await.unwrap(), "");
    let page = site.page("thread=t").await;
    assert_eq!(
        (page.thread.total, page.replies[0].body.as_str(), page.replies[0].status.as_str()),
        (1, "", "hidden")
    );
    order(&site, Order::Restore(id(&reported))).await.unwrap();
    assert_eq!(site.page("thread=t").await.replies[0].body, "Buy lamps.");
    let turned_away =
        site.send(("POST", &format!("/api/replies/{}/restore", id(&held))), "ada", None, &[]).await;
    assert_eq!(turned_away.problem(403).kind, kind("not-allowed"));
}

#[tokio::test]
async fn people_are_banned_and_threads_locked_and_both_undone() {
    let site = Site::writing(Writing::default()).await;
    site.post("ada", "One.").await;
    let post = async |expected: u16| {
        let answer = site
            .send(("POST", "/api/replies"), "ada", Some(json!({ "thread": "t", "body": "a" })), &[])
            .await;
        assert_eq!(answer.status, expected, "{}", answer.text());
    };
    order(&site, Order::Ban("ada".to_owned())).await.unwrap();
    post(403).await;
    order(&site, Order::Unban("ada".to_owned())).await.unwrap();
    post(201).await;
    order(&site, Order::Lock("t".to_owned())).await.unwrap();
    post(403).await;
    assert!(site.page("thread=t").await.thread.locked);
    order(&site, Order::Unlock("t".to_owned())).await.unwrap();
    post(201).await;
}

#[tokio::test]
async fn what_is_not_there_is_said_in_a_sentence() {
    let site = Site::writing(Writing::default()).await;
    let none = || "none".to_owned();
    for (order_given, said) in [
        (Order::Approve(none()), "There is no reply with the id none"),
        (Order::Hide(none()), "There is no reply with the id none"),
        (Order::Restore("a\u{1b}b".to_owned()), "There is no reply with the id a\u{fffd}b"),
        (Order::Ban(none()), "There is no person with the id none"),
        (Order::Unlock(none()), "There is no thread none"),
    ] {
        let refused = order(&site, order_given).await.unwrap_err();
        assert!(refused.starts_with(said), "{refused}");
    }
}

#[tokio::test]
async fn a_moderator_reads_the_whole_text_and_what_was_said_of_it() {
    let site = Site::writing(Writing::default()).await;
    let body = format!("{}\n\n\tthe end\u{202e}", "x".repeat(300));
    let reply = site.post("ada", &body).await;
    let report = Some(json!({ "reason": "abuse", "detail": "Look at\nits \u{1b}[2Jend." }));
    site.send(("POST", &format!("/api/replies/{}/reports", id(&reply))), "bob", report, &[]).await;
    let said = order(&site, Order::Show(id(&reply))).await.unwrap();
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines[0], format!("{}@1  reply 1 of t by Ada (ada), reported 1: abuse", id(&reply)));
    assert_eq!(lines[1], "  abuse: Look at its \u{fffd}[2Jend.");
    assert_eq!(lines[2..], [&*format!("> {}", "x".repeat(300)), "> ", ">  the end\u{fffd}"]);
}

#[tokio::test]
async fn what_was_changed_after_a_moderator_read_it_is_not_approved_unread() {
    let site = Site::writing(Writing { hold: Hold::All, ..Writing::default() }).await;
    let reply = site.post("ada", "Hello.").await;
    let listed = order(&site, Order::List).await.unwrap();
    let name = listed.split(' ').next().unwrap().to_owned();
    let edit = Some(json!({ "body": "Buy lamps." }));
    let at = format!("/api/replies/{}", id(&reply));
    assert_eq!(site.send(("PATCH", &at), "ada", edit, &[("if-match", "\"1\"")]).await.status, 200);
    let refused = order(&site, Order::Approve(name)).await.unwrap_err();
    assert!(refused.contains("is not any more what you have seen; `moderate show"), "{refused}");
    assert_eq!(site.page("thread=t").await.thread.total, 0);
    let read = format!("{}@2", id(&reply));
    assert_eq!(order(&site, Order::Approve(read)).await.unwrap(), format!("{} is reply 1 now.", id(&reply)));
}
