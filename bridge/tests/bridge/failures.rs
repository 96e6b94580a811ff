//! Systems that fail, and readers who ask for what is not theirs.

use std::time::Duration;

use afterword_bridge::System;
use afterword_bridge::options::Options;
use http::Method;
use serde_json::{Value, json};

use crate::fake::{self, Fake, Said, ask, get};

const SYSTEMS: [(System, &str); 3] =
    [(System::Discourse, "12"), (System::Isso, "/a"), (System::Vanilla, "900")];

/// 503 with problem details that tell a reader no secret.
async fn unavailable(said: Said, seconds: &str) {
    for (system, thread) in SYSTEMS {
        let said = said.clone();
        let fake = Fake::start(move |_| said.clone()).await;
        let api = fake.bridged(system).await;
        let answer = get(&format!("{api}/replies?thread={thread}")).await;
        assert_eq!(answer.status, 503, "{system:?}");
        assert_eq!(answer.json()["type"], "urn:afterword:problem:unavailable");
        assert_eq!(answer.header("retry-after"), seconds);
        assert_eq!(answer.header("access-control-allow-origin"), "*");
        assert_eq!(answer.header("cache-control"), "no-store");
        assert!(!answer.json().to_string().contains("127.0.0.1"), "{}", answer.json());
    }
}

#[tokio::test]
async fn a_system_that_fails_is_unavailable() {
    let html =
        |status| Said::Other(status, vec![("content-type", "text/html".to_owned())], "<p>No.".to_owned());
    for said in
        [html(200), html(403), html(500), html(502), Said::Json(json!([])), Said::Json(json!({ "a": 1 }))]
    {
        unavailable(said, "10").await;
    }
}

/// Replies that were not told are not replies that were deleted.
#[tokio::test]
async fn posts_and_comments_that_cannot_be_read_are_unavailable() {
    let wrong = || Said::Json(json!({ "message": "Back in an hour." }));
    let topic =
        json!({ "id": 12, "highest_post_number": 2, "post_stream": { "posts": [], "stream": [1, 2] } });
    let fake = Fake::start(move |path| match path {
        "/t/12.json" => Said::Json(topic.clone()),
        _ => wrong(),
    })
    .await;
    let api = fake.bridged(System::Discourse).await;
    assert_eq!(get(&format!("{api}/replies?thread=12")).await.status, 503);
    let discussion = json!({ "discussionID": 6, "body": "", "countComments": 2 });
    let fake = Fake::start(move |path: &str| match path.starts_with("/api/v2/comments") {
        true => wrong(),
        false => Said::Json(discussion.clone()),
    })
    .await;
    let api = fake.bridged(System::Vanilla).await;
    assert_eq!(get(&format!("{api}/replies?thread=6")).await.status, 503);
}

#[tokio::test]
async fn a_system_that_is_silent_is_unavailable() {
    unavailable(Said::Silence, "10").await;
}

#[tokio::test]
async fn a_system_that_is_not_there_is_unavailable() {
    let fake = Fake::start(fake::isso()).await;
    // Port 9 of a machine that runs this test is nobody's.
    let nowhere = |options| Options { url: "http://127.0.0.1:9".to_owned(), ..options };
    let api = fake.bridged_with(System::Isso, nowhere).await;
    assert_eq!(get(&format!("{api}/replies?thread=/a")).await.status, 503);
}

#[tokio::test]
async fn an_answer_that_is_too_long_is_not_read() {
    let long = format!("{{\"replies\":[],\"x\":\"{}\"}}", "x".repeat(9 << 20));
    unavailable(Said::Other(200, Vec::new(), long), "10").await;
}

#[tokio::test]
async fn a_busy_system_is_left_alone_for_as_long_as_it_asks() {
    let busy = Said::Other(429, vec![("retry-after", "33".to_owned())], String::new());
    let fake = Fake::start(move |_| busy.clone()).await;
    let api = fake.bridged(System::Isso).await;
    assert_eq!(get(&format!("{api}/replies?thread=/a")).await.header("retry-after"), "33");
    let other = get(&format!("{api}/replies?thread=/b")).await;
    let seconds: u64 = other.header("retry-after").parse().unwrap();
    assert!(other.status == 503 && (1..=33).contains(&seconds), "{seconds}");
    assert_eq!(fake.heard().len(), 1, "the second thread was not asked for");
}

#[tokio::test]
async fn a_thread_that_is_not_there_is_an_empty_one() {
    for (system, thread) in SYSTEMS {
        let fake = Fake::start(|_| Said::Other(404, Vec::new(), "<p>Not found.".to_owned())).await;
        let api = fake.bridged(system).await;
        let answer = get(&format!("{api}/replies?thread={thread}")).await;
        assert_eq!(answer.status, 200);
        let page = answer.json();
        assert_eq!((&page["replies"], &page["thread"]["total"]), (&json!([]), &json!(0)));
        assert_eq!(page["thread"]["id"], thread);
    }
}

#[tokio::test]
async fn redirections_are_followed_within_the_system_alone() {
    let inside = fake::discourse();
    let fake = Fake::start(move |path: &str| match path {
        "/t/12.json" => {
            Said::Other(301, vec![("location", "/t/about-tides/12.json".to_owned())], String::new())
        }
        "/t/about-tides/12.json" => inside("/t/12.json"),
        _ => inside(path),
    })
    .await;
    let api = fake.bridged(System::Discourse).await;
    assert_eq!(get(&format!("{api}/replies?thread=12")).await.numbers().len(), 10);

    let elsewhere = Fake::start(fake::discourse()).await;
    let away = format!("{}/t/12.json", elsewhere.url);
    let fake = Fake::start(move |_| Said::Other(302, vec![("location", away.clone())], String::new())).await;
    let api = fake.bridged(System::Discourse).await;
    assert_eq!(get(&format!("{api}/replies?thread=12")).await.status, 503);
    assert_eq!(elsewhere.heard(), Vec::<String>::new());

    let fake =
        Fake::start(|_| Said::Other(302, vec![("location", "/t/12.json".to_owned())], String::new())).await;
    let api = fake.bridged(System::Discourse).await;
    assert_eq!(get(&format!("{api}/replies?thread=12")).await.status, 503);
    assert!(fake.heard().len() < 6, "{:?}", fake.heard());
}

#[tokio::test]
async fn a_threads_id_leads_nowhere_else() {
    let awkward = [
        "../../admin/users/list/active",
        "12/../../admin",
        "12%3Fa=b",
        "12.json",
        "https://evil.example/t/12",
        "//evil.example/t/12",
        "http://127.0.0.1/t/12",
        "12%0d%0aHost:%20evil.example",
        "@evil.example",
    ];
    for (system, _) in SYSTEMS {
        let fake = Fake::start(|_| Said::status(404)).await;
        let api = fake.bridged(system).await;
        for thread in awkward {
            assert_eq!(get(&format!("{api}/replies?thread={thread}")).await.status, 200, "{thread}");
        }
        let heard = fake.heard();
        match system {
            // A page's path is any text, and stands escaped in a parameter.
            System::Isso => {
                // Two of them have the same path.
                assert_eq!(heard.len(), awkward.len() - 1);
                for path in heard {
                    let uri = path.strip_prefix("/?uri=").unwrap();
                    assert!(!uri.contains(['/', '?', '&', '@', '#', ':', ' ', '\r']), "{path}");
                }
            }
            _ => assert_eq!(heard, Vec::<String>::new(), "{system:?}"),
        }
    }
}

#[tokio::test]
async fn routes_methods_and_parameters_are_the_contracts() {
    let fake = Fake::start(fake::isso()).await;
    let api = fake.bridged(System::Isso).await;
    let replies = format!("{api}/replies?thread=/plums");
    let post = ask(Method::POST, &replies, &[]).await;
    assert_eq!((post.status, post.header("allow")), (405, "GET, HEAD, OPTIONS"));
    let options = ask(Method::OPTIONS, &replies, &[]).await;
    assert_eq!((options.status, options.header("access-control-allow-methods")), (204, "GET, HEAD, OPTIONS"));
    for (path, status, named) in [
        ("/counts?thread=a", 404, ""),
        ("/replies", 400, "thread"),
        ("/replies?thread=", 400, "thread"),
        ("/replies?thread=a&thread=b", 400, "thread"),
        ("/replies?thread=%ff", 400, "thread"),
        ("/replies?thread=a&order=best", 400, "order"),
        ("/replies?thread=a&limit=0", 400, "limit"),
        ("/replies?thread=a&limit=101", 400, "limit"),
        ("/replies?thread=a&around=0", 400, "around"),
        ("/replies?thread=a&after=x", 400, "after"),
        ("/replies?thread=a&before=1.0.00000000", 400, "before"),
    ] {
        let answer = get(&format!("{api}{path}")).await;
        let pointer = answer.json()["errors"][0]["pointer"].clone();
        assert_eq!((answer.status, pointer.as_str().unwrap_or_default()), (status, named), "{path}");
    }
    let long = get(&format!("{api}/replies?thread={}", "x".repeat(9000))).await;
    assert_eq!(long.status, 414);
    let over = get(&format!("{api}/replies?thread={}", "x".repeat(2001))).await;
    assert_eq!(over.status, 400);
    assert_eq!(fake.heard(), Vec::<String>::new());
}

#[tokio::test]
async fn a_thread_too_long_for_it_is_not_sorted_by_reactions() {
    let discussion = json!({ "discussionID": 6, "body": "", "countComments": 100_000 });
    let fake = Fake::start(fake::vanilla_with(discussion, Vec::new())).await;
    let api = fake.bridged(System::Vanilla).await;
    let answer = get(&format!("{api}/replies?thread=6&order=top")).await;
    assert_eq!((answer.status, &answer.json()["errors"][0]["pointer"]), (400, &Value::from("order")));
    assert_eq!(fake.heard().len(), 1);
}

/// It was 2000 once, and one reader who chose the order made a hundred questions, more than Discourse takes at once.
#[tokio::test]
async fn a_topic_is_sorted_by_reactions_with_twenty_questions_at_most() {
    for (last, status) in [(400_u64, 200), (401, 400)] {
        let posts: Vec<Value> =
            (1..=last).map(|n| json!({ "id": n, "post_number": n, "cooked": "x" })).collect();
        let ids: Vec<u64> = (1..=last).collect();
        let topic =
            json!({ "id": 5, "highest_post_number": last, "post_stream": { "posts": [], "stream": ids } });
        let fake = Fake::start(fake::discourse_with(topic, posts)).await;
        let api = fake.bridged(System::Discourse).await;
        assert_eq!(get(&format!("{api}/replies?thread=5&order=top")).await.status, status, "{last}");
        assert!(fake.heard().len() <= 21, "{}", fake.heard().len());
    }
}

#[tokio::test]
async fn a_topic_that_tells_no_ids_is_too_long() {
    let fake =
        Fake::start(|_| Said::Json(json!({ "id": 12, "post_stream": { "posts": [], "isMegaTopic": true } })))
            .await;
    let patient = |options| Options { timeout: Duration::from_secs(5), ..options };
    let api = fake.bridged_with(System::Discourse, patient).await;
    let answer = get(&format!("{api}/replies?thread=12")).await;
    assert_eq!((answer.status, answer.header("retry-after")), (503, "3600"));
}
