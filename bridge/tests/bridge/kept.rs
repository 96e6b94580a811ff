//! What is kept of answers: one question for many readers, and old answers rather than none.

use std::time::Duration;

use afterword_bridge::System;
use afterword_bridge::options::Options;
use http::Method;
use serde_json::json;

use crate::fake::{self, Fake, Said, ask, get};

#[tokio::test]
async fn many_readers_of_one_thread_are_one_question() {
    let fake = Fake::start(fake::isso()).await;
    let api = fake.bridged(System::Isso).await;
    let address = format!("{api}/replies?thread=/plums");
    // Nobody is answered before everybody had the time to ask.
    let closed = fake.gate.write().await;
    let readers: Vec<_> = (0..30)
        .map(|_| {
            let address = address.clone();
            tokio::spawn(async move { get(&address).await.numbers().len() })
        })
        .collect();
    for _ in 0..5000 {
        tokio::task::yield_now().await;
    }
    assert_eq!(fake.heard().len(), 1);
    drop(closed);
    for reader in readers {
        assert_eq!(reader.await.unwrap(), 5);
    }
    assert_eq!(fake.heard(), ["/?uri=%2Fplums"]);
}

#[tokio::test]
async fn a_question_outlives_whoever_asked_it() {
    let fake = Fake::start(fake::isso()).await;
    let api = fake.bridged(System::Isso).await;
    let address = format!("{api}/replies?thread=/plums");
    let closed = fake.gate.write().await;
    let impatient = tokio::spawn({
        let address = address.clone();
        async move { get(&address).await.status }
    });
    while fake.heard().is_empty() {
        tokio::task::yield_now().await;
    }
    impatient.abort();
    assert!(impatient.await.unwrap_err().is_cancelled());
    drop(closed);
    assert_eq!(get(&address).await.numbers().len(), 5);
    assert_eq!(fake.heard().len(), 1);
}

#[tokio::test]
async fn what_is_asked_for_again_is_answered_from_what_is_kept() {
    let fake = Fake::start(fake::isso()).await;
    let api = fake.bridged(System::Isso).await;
    let first = get(&format!("{api}/replies?thread=/plums")).await;
    let etag = first.header("etag").to_owned();
    let again = ask(Method::GET, &format!("{api}/replies?thread=/plums"), &[("if-none-match", &etag)]).await;
    assert_eq!((again.status, again.body.len(), again.header("etag")), (304, 0, etag.as_str()));
    let head = ask(Method::HEAD, &format!("{api}/replies?thread=/plums"), &[]).await;
    assert_eq!((head.status, head.body.len()), (200, 0));
    assert_eq!(head.header("content-length"), first.body.len().to_string());
    assert_eq!(fake.heard().len(), 1);
}

#[tokio::test]
async fn what_is_too_old_is_asked_for_anew() {
    let fake = Fake::start(fake::isso()).await;
    let at_once = |options| Options { cache: Duration::ZERO, ..options };
    let api = fake.bridged_with(System::Isso, at_once).await;
    assert_eq!(get(&format!("{api}/replies?thread=/plums")).await.numbers().len(), 5);
    fake.say(|_| Said::Json(json!({ "replies": [] })));
    assert_eq!(get(&format!("{api}/replies?thread=/plums")).await.numbers().len(), 0);
    assert_eq!(fake.heard().len(), 2);
}

#[tokio::test]
async fn an_old_answer_is_better_than_none() {
    let fake = Fake::start(fake::isso()).await;
    let at_once = |options| Options { cache: Duration::ZERO, ..options };
    for failure in [
        Said::status(500),
        Said::status(429),
        Said::Other(200, Vec::new(), "<html>".to_owned()),
        Said::Json(json!({ "message": "Back in an hour." })),
    ] {
        fake.say(fake::isso());
        let api = fake.bridged_with(System::Isso, at_once).await;
        let before = get(&format!("{api}/replies?thread=/plums")).await;
        fake.say(move |_| failure.clone());
        let after = get(&format!("{api}/replies?thread=/plums")).await;
        assert_eq!((after.status, &after.body), (200, &before.body));
        let heard = fake.heard().len();
        assert_eq!(get(&format!("{api}/replies?thread=/plums")).await.status, 200);
        assert_eq!(fake.heard().len(), heard, "what failed a moment ago is not asked again");
        assert_eq!(
            get(&format!("{api}/replies?thread=/pears")).await.status,
            503,
            "of this there is no old answer"
        );
    }
}

/// What was public and is not any more: a topic that moved to a private category, a forum behind a sign-in.
#[tokio::test]
async fn what_the_system_has_closed_is_forgotten() {
    let at_once = |options| Options { cache: Duration::ZERO, ..options };
    for status in [401, 403, 451] {
        let fake = Fake::start(fake::isso()).await;
        let api = fake.bridged_with(System::Isso, at_once).await;
        let address = format!("{api}/replies?thread=/plums");
        assert_eq!(get(&address).await.numbers().len(), 5);
        fake.say(move |_| Said::status(status));
        assert_eq!(get(&address).await.status, 503, "{status}");
        fake.say(|_| Said::status(500));
        assert_eq!(get(&address).await.status, 503, "{status}, and nothing old is left");
    }
}

#[tokio::test]
async fn a_long_thread_leaves_room_for_others() {
    let posts: Vec<_> = (1..=400).map(|n| json!({ "id": n, "post_number": n, "cooked": "x" })).collect();
    let ids: Vec<u64> = (1..=400).collect();
    let long = json!({ "id": 5, "highest_post_number": 400, "post_stream": { "posts": [], "stream": ids } });
    let short =
        json!({ "id": 6, "highest_post_number": 1, "post_stream": { "posts": posts[..1], "stream": [1] } });
    let fake = Fake::start(move |path| match path {
        "/t/5.json" => Said::Json(long.clone()),
        "/t/6.json" => Said::Json(short.clone()),
        _ => Said::Silence,
    })
    .await;
    let patient = |options| Options { timeout: Duration::from_secs(60), ..options };
    let api = fake.bridged_with(System::Discourse, patient).await;
    let all = format!("{api}/replies?thread=5&order=top");
    let reader = tokio::spawn(async move { get(&all).await.status });
    while fake.heard().len() < 3 {
        tokio::task::yield_now().await;
    }
    let other = format!("{api}/replies?thread=6");
    let other = tokio::time::timeout(Duration::from_secs(20), get(&other)).await;
    assert_eq!(other.expect("it waits for the long thread").numbers(), [1]);
    reader.abort();
}

#[tokio::test]
async fn an_old_answer_is_not_held_back_while_the_system_is_silent() {
    let fake = Fake::start(fake::isso()).await;
    let patient = |options| Options { cache: Duration::ZERO, timeout: Duration::from_secs(60), ..options };
    let api = fake.bridged_with(System::Isso, patient).await;
    let address = format!("{api}/replies?thread=/plums");
    assert_eq!(get(&address).await.numbers().len(), 5);
    fake.say(|_| Said::Silence);
    for _ in 0..2 {
        let old = tokio::time::timeout(Duration::from_secs(20), get(&address)).await;
        assert_eq!(old.expect("it waits for the system").numbers().len(), 5);
    }
    assert_eq!(fake.heard().len(), 2, "who is being asked is not asked again");
}

/// A Vanilla that knows no reactions: "reactions" is none of the words that it expands.
fn without_reactions(path: &str, inside: &impl Fn(&str) -> Said) -> Said {
    let refused = json!({ "message": "expand[1] must be one of: insertUser, lastUser.", "status": 422 });
    match path.contains("reactions") {
        true => Said::Other(422, Vec::new(), refused.to_string()),
        false => inside(path),
    }
}

/// Every thread of such a forum was 503 once.
#[tokio::test]
async fn a_vanilla_that_knows_no_reactions_is_asked_for_them_once() {
    let inside = fake::vanilla();
    let fake = Fake::start(move |path: &str| without_reactions(path, &inside)).await;
    let api =
        fake.bridged_with(System::Vanilla, |options| Options { cache: Duration::ZERO, ..options }).await;
    for _ in 0..2 {
        let answer = get(&format!("{api}/replies?thread=900")).await;
        assert_eq!((answer.status, answer.numbers().len()), (200, 7));
    }
    let asked = fake.heard().iter().filter(|path| path.contains("reactions")).count();
    assert_eq!(asked, 1, "{:?}", fake.heard());
}

/// One whose reactions were taken out while the bridge runs shows what is new all the same.
#[tokio::test]
async fn a_vanilla_that_forgets_reactions_is_not_shown_as_it_was() {
    let fake = Fake::start(fake::vanilla()).await;
    let api =
        fake.bridged_with(System::Vanilla, |options| Options { cache: Duration::ZERO, ..options }).await;
    let address = format!("{api}/replies?thread=900");
    assert!(get(&address).await.json().to_string().contains("\"count\""));
    let inside = fake::vanilla();
    fake.say(move |path: &str| {
        without_reactions(path, &|path| match inside(path) {
            Said::Json(mut json) if json["discussionID"].is_number() => {
                json["name"] = json!("Another title");
                Said::Json(json)
            }
            said => said,
        })
    });
    assert_eq!(get(&address).await.json()["thread"]["title"], "Another title");
}

/// What is refused both ways is wrong for another reason, and reactions are asked for again.
#[tokio::test]
async fn a_vanilla_that_refuses_everything_is_not_taken_for_one_without_reactions() {
    let fake = Fake::start(|_| Said::status(400)).await;
    let api = fake.bridged(System::Vanilla).await;
    assert_eq!(get(&format!("{api}/replies?thread=900")).await.status, 503);
    fake.say(fake::vanilla());
    // The question that failed rests for a while; another discussion is another question.
    get(&format!("{api}/replies?thread=901")).await;
    assert!(fake.heard().last().unwrap().contains("reactions"), "{:?}", fake.heard());
}
