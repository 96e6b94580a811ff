//! What arrives of each system's thread, as files to read, and how threads are paged through.

use std::collections::HashSet;

use afterword_bridge::System;
use afterword_contract::{Order, ThreadPage};
use expect_test::expect_file;
use serde_json::{Value, json};

use crate::fake::{self, Fake, Said, get};

/// The whole page, and that the contract's own types read it as it was sent.
async fn arrived(system: System, fake: impl Fn(&str) -> Said + Send + 'static, thread: &str) -> String {
    let fake = Fake::start(fake).await;
    let api = fake.bridged(system).await;
    let answer = get(&format!("{api}/replies?thread={thread}")).await;
    let sent = String::from_utf8(answer.body.to_vec()).unwrap();
    assert_eq!(answer.status, 200, "{sent}");
    let page: ThreadPage = serde_json::from_str(&sent).unwrap();
    assert_eq!(serde_json::to_value(page.completed()).unwrap(), answer.json());
    // Nobody asks twice what two fixtures in one process have at different ports.
    let shown =
        serde_json::to_string_pretty(&answer.json()).unwrap().replace(&fake.url, "https://forum.example");
    shown + "\n"
}

#[tokio::test]
async fn a_topic_of_discourse_arrives() {
    let page = arrived(System::Discourse, fake::discourse(), "12").await;
    assert!(!page.contains("gravatar") && !page.contains("flagged"), "{page}");
    expect_file!["../../fixtures/discourse-page.json"].assert_eq(&page);
}

#[tokio::test]
async fn a_thread_of_issos_arrives() {
    let page = arrived(System::Isso, fake::isso(), "https://article.example/plums").await;
    assert!(
        !page.contains("4505c1eeda98") && !page.contains("gravatar") && !page.contains("Nobody approved")
    );
    expect_file!["../../fixtures/isso-page.json"].assert_eq(&page);
}

#[tokio::test]
async fn a_discussion_of_vanillas_arrives() {
    let page = arrived(System::Vanilla, fake::vanilla(), "900").await;
    assert!(!page.contains("gravatar"), "{page}");
    expect_file!["../../fixtures/vanilla-page.json"].assert_eq(&page);
}

/// It was taken for an account that is gone once, and Discourse's stub for the text of the reply.
#[tokio::test]
async fn a_post_that_its_author_deleted_is_a_tombstone_and_who_has_no_name_any_more_is_erased() {
    let page = arrived(System::Discourse, fake::discourse(), "12").await;
    assert!(!page.contains("deleted by author"), "{page}");
    let page: Value = serde_json::from_str(&page).unwrap();
    let (deleted, left) = (&page["replies"][8], &page["replies"][9]);
    assert_eq!(
        (&deleted["status"], &deleted["body"], &deleted["reactions"]),
        (&json!("deleted"), &json!(""), &json!([]))
    );
    assert_eq!(deleted["author"]["name"], "old_tom");
    assert_ne!(deleted["author"]["erased"], true);
    assert_eq!((&left["status"], &left["body"]), (&json!("published"), &json!("<p>I left.</p>")));
    assert_eq!(left["author"]["erased"], true);
}

/// They led to pages of the comment server once, which has none.
#[tokio::test]
async fn links_in_comments_of_issos_begin_at_the_article() {
    let jam = async |thread: &str| {
        let page: Value = serde_json::from_str(&arrived(System::Isso, fake::isso(), thread).await).unwrap();
        page["replies"][2]["body"].as_str().unwrap().to_owned()
    };
    let body = jam("https://article.example/plums").await;
    for address in [
        "https://article.example/jam.html",
        "https://article.example/kitchen?a&amp;b#c",
        "https://article.example/plums#stones",
        "https://plums.example/",
    ] {
        assert!(body.contains(&format!("<a href=\"{address}\">")), "{address}: {body}");
    }
    // Of a path nobody knows on which host it is.
    let body = jam("/plums").await;
    assert_eq!(body.matches("<a>").count(), 3, "{body}");
    assert!(body.contains("<a href=\"http://plums.example/\">"), "{body}");
}

/// A topic of which every fourth number is gone.
fn long_topic(last: u64) -> impl Fn(&str) -> Said {
    let there = (1..=last).filter(|number| number % 4 != 0 || *number == last);
    let post = |number: u64| {
        let likes = json!([{ "id": 2, "count": number % 5 }]);
        json!({ "id": 9000 + number, "post_number": number, "username": "sam", "user_id": 7, "version": 1,
                "created_at": "2025-03-02T10:00:00.000Z", "cooked": format!("<p>{number}</p>"), "actions_summary": likes })
    };
    let posts: Vec<Value> = there.map(post).collect();
    let stream: Vec<_> = posts.iter().map(|post| post["id"].clone()).collect();
    let shown = &posts[..posts.len().min(20)];
    let topic = json!({ "id": 5, "title": "Long", "highest_post_number": last, "details": {},
                        "post_stream": { "posts": shown, "stream": stream } });
    fake::discourse_with(topic, posts)
}

fn long_discussion(total: u64) -> impl Fn(&str) -> Said {
    let comment = |number: u64| {
        let body = match number {
            2 => "<p>2</p>".to_owned(),
            _ => format!(
                "<p>{number} <a href=\"/discussion/comment/{}#Comment_1\">before</a></p>",
                4000 + number - 1
            ),
        };
        json!({ "commentID": 4000 + number, "body": body, "reactions": [{ "urlcode": "Like", "name": "Like", "count": number % 5 }],
                "dateInserted": "2024-05-30T10:00:00+00:00", "insertUser": { "userID": 3, "name": "sam" } })
    };
    let discussion = json!({ "discussionID": 6, "name": "Long", "body": "<p>1</p>", "countComments": total - 1,
                             "dateInserted": "2024-05-30T10:00:00+00:00", "insertUser": { "userID": 3, "name": "sam" } });
    fake::vanilla_with(discussion, (2..=total).map(comment).collect())
}

/// Reads every page in every order, forwards, and holds the numbers against those that there are.
async fn read_all(api: &str, thread: &str, total: u64) {
    for order in Order::KNOWN {
        let (mut found, mut next) = (Vec::new(), String::new());
        for _ in 0..=total {
            let answer = get(&format!("{api}/replies?thread={thread}&order={order}&limit=17{next}")).await;
            found.extend(answer.numbers());
            let page = answer.json();
            assert_eq!(page["thread"]["total"], total);
            for reply in page["replies"].as_array().unwrap() {
                let (number, body) = (reply["number"].as_u64().unwrap(), reply["body"].as_str().unwrap());
                let shown = body.trim_start_matches("<p>").split(['<', ' ']).next().unwrap();
                let gone = reply["status"] == "deleted" && body.is_empty();
                assert!(gone || shown == number.to_string(), "{reply}");
            }
            let Some(cursor) = page["next"].as_str() else { break };
            next = format!("&after={cursor}");
        }
        let mut expected: Vec<u64> = (1..=total).collect();
        match *order {
            "newest" => expected.reverse(),
            "top" => found.sort_unstable(),
            _ => {}
        }
        assert_eq!(found, expected, "{order}");
    }
}

#[tokio::test]
async fn a_long_topic_is_read_in_parts_and_its_gaps_are_tombstones() {
    let fake = Fake::start(long_topic(203)).await;
    let api = fake.bridged(System::Discourse).await;
    let answer = get(&format!("{api}/replies?thread=5&around=160&limit=10")).await;
    assert_eq!(answer.numbers(), (155..165).collect::<Vec<_>>());
    let heard = fake.heard().len();
    assert!(heard <= 6, "10 replies in the middle took {heard} questions: {:?}", fake.heard());
    assert_eq!(answer.json()["replies"][1]["status"], "deleted", "156");
    read_all(&api, "5", 203).await;
}

#[tokio::test]
async fn a_topic_without_gaps_is_asked_for_what_is_shown() {
    let posts: Vec<Value> =
        (1..=90).map(|n| json!({ "id": n, "post_number": n, "username": "sam", "cooked": "x" })).collect();
    let stream: Vec<u64> = (1..=90).collect();
    let topic = json!({ "id": 5, "highest_post_number": 90, "post_stream": { "posts": posts[..20], "stream": stream } });
    let fake = Fake::start(fake::discourse_with(topic, posts)).await;
    let api = fake.bridged(System::Discourse).await;
    assert_eq!(get(&format!("{api}/replies?thread=5&limit=10")).await.numbers().len(), 10);
    assert_eq!(fake.heard().len(), 2, "{:?}", fake.heard());
    assert_eq!(
        get(&format!("{api}/replies?thread=5&limit=5&order=newest")).await.numbers(),
        [90, 89, 88, 87, 86]
    );
    assert_eq!(fake.heard().len(), 3, "{:?}", fake.heard());
}

#[tokio::test]
async fn a_long_discussion_is_read_in_parts() {
    let fake = Fake::start(long_discussion(730)).await;
    let api = fake.bridged(System::Vanilla).await;
    let answer = get(&format!("{api}/replies?thread=6&around=300&limit=3")).await;
    assert_eq!(answer.numbers(), [299, 300, 301]);
    assert_eq!(fake.heard().len(), 2, "{:?}", fake.heard());
    assert!(answer.json()["replies"][1]["body"].as_str().unwrap().contains("\"#reply-299\""));
    read_all(&api, "6", 730).await;
}

#[tokio::test]
async fn a_discussion_that_counts_more_than_it_shows_ends_where_it_ends() {
    let discussion = json!({ "discussionID": 6, "body": "<p>1</p>", "countComments": 9 });
    let comment = |n: u64| json!({ "commentID": n, "body": "<p>c</p>" });
    let fake = Fake::start(fake::vanilla_with(discussion, (1..=3).map(comment).collect())).await;
    let api = fake.bridged(System::Vanilla).await;
    let answer = get(&format!("{api}/replies?thread=6")).await;
    assert_eq!(answer.numbers(), [1, 2, 3, 4]);
    assert_eq!(answer.json()["thread"]["total"], 4);
    assert_eq!(answer.json()["next"], Value::Null);
}

/// Vanilla leaves out of a page what the reader must not see, and of two pages one may be older than the other.
#[tokio::test]
async fn pages_of_comments_that_do_not_fit_together_give_each_number_once_and_each_comment_once() {
    let comment = |n: u64| json!({ "commentID": n, "body": format!("<p>{n}</p>"), "reactions": [{ "name": "Like", "count": 1 }] });
    let first: Vec<Value> = (1..=99).map(comment).collect();
    let second = vec![comment(99), comment(101), json!({ "body": "nobody's" }), comment(103)];
    let discussion = json!({ "discussionID": 6, "body": "<p>0</p>", "countComments": 104 });
    let fake = Fake::start(move |path: &str| match path {
        _ if path.starts_with("/api/v2/discussions/6") => Said::Json(discussion.clone()),
        _ if path.contains("page=1&") => Said::Json(json!(first)),
        _ => Said::Json(json!(second)),
    })
    .await;
    let api = fake.bridged(System::Vanilla).await;
    for order in Order::KNOWN {
        let first = get(&format!("{api}/replies?thread=6&limit=100&order={order}")).await.json();
        let next = first["next"].as_str().unwrap();
        let second =
            get(&format!("{api}/replies?thread=6&limit=100&order={order}&after={next}")).await.json();
        let all = [&first, &second].map(|page| page["replies"].as_array().unwrap().clone()).concat();
        let mut numbers: Vec<_> = all.iter().map(|reply| reply["number"].as_u64().unwrap()).collect();
        numbers.sort_unstable();
        assert_eq!(numbers, (1..=105).collect::<Vec<_>>(), "{order}");
        let ids: HashSet<_> = all.iter().map(|reply| reply["id"].as_str().unwrap()).collect();
        assert_eq!(ids.len(), 105, "{order}");
        let gone = |reply: &&Value| reply["status"] == "deleted";
        let mut gone: Vec<_> =
            all.iter().filter(gone).map(|reply| reply["number"].as_u64().unwrap()).collect();
        gone.sort_unstable();
        assert_eq!(gone, [101, 102, 104], "{order}");
    }
}

/// Pages beyond the last comment led to themselves, again and again.
#[tokio::test]
async fn a_discussion_that_counts_many_more_than_it_shows_has_an_end_too() {
    let discussion = json!({ "discussionID": 6, "body": "<p>1</p>", "countComments": 999 });
    let comment = |n: u64| json!({ "commentID": n, "body": "<p>c</p>" });
    let fake = Fake::start(fake::vanilla_with(discussion, (1..=700).map(comment).collect())).await;
    let api = fake.bridged(System::Vanilla).await;
    for (order, first) in [("oldest", 1), ("newest", 1000)] {
        let (mut found, mut next) = (Vec::new(), Some(String::new()));
        while let Some(cursor) = next {
            let page = get(&format!("{api}/replies?thread=6&order={order}&limit=50{cursor}")).await;
            found.extend(page.numbers());
            assert!(found.len() <= 1000, "it goes on and on");
            assert!(page.json()["replies"] != json!([]), "a page with nothing on it");
            next = page.json()["next"].as_str().map(|next| format!("&after={next}"));
        }
        let together = found.windows(2).all(|two| two[0].abs_diff(two[1]) == 1);
        assert!(together && found.len() > 700 && found[0].abs_diff(first) < 50, "{order}: {found:?}");
    }
}
