//! People in and out: known by their ids in every thread, and forgotten in every place at once.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use afterword_server::{Extent, Store, read_pages};
use common::{Site, exported, import, reply, thread};
use serde_json::{Value, json};

#[tokio::test]
async fn a_person_who_changes_is_new_in_every_thread_that_shows_them() {
    let mut reacted = reply("b", 1);
    reacted["author"] = Value::Null;
    reacted["reactions"] =
        json!([{ "tag": "like", "count": 1, "people": [{ "id": "u1", "name": "sacto joe" }] }]);
    let site = Site::of(vec![thread("a", vec![reply("a", 1)]), thread("b", vec![reacted])]).await;
    assert!(site.get("/api/replies?thread=b").await.text().contains("sacto joe"));
    let mut renamed = reply("a", 1);
    renamed["author"]["name"] = json!("Joe of Sacramento");
    let done = import(&site.store, vec![thread("a", vec![renamed])]).await.unwrap();
    assert_eq!(done[0].changed, 1);
    let reaction = site.page("thread=b").await.replies[0].reactions[0].people[0].clone();
    assert_eq!(reaction.name, "Joe of Sacramento", "drawn anew, not from the cache");
}

#[tokio::test]
async fn what_a_file_does_not_say_of_a_person_stays_and_the_erased_stay_erased() {
    let site = Site::of(vec![thread("t", vec![reply("t", 1)])]).await;
    let mut second = reply("t", 2);
    second["author"] = json!({ "id": "u1", "name": "sacto joe" });
    site.import(vec![thread("t", vec![second.clone()])]).await;
    assert_eq!(site.page("thread=t").await.replies[1].author.as_ref().unwrap().posts, Some(895));
    second["author"] = json!({ "id": "u1", "name": "sacto joe", "erased": true });
    site.import(vec![thread("t", vec![second])]).await;
    assert!(!site.get("/api/replies?thread=t").await.text().contains("sacto joe"));
    site.import(vec![thread("t", vec![reply("t", 1)])]).await;
    assert!(
        !site.get("/api/replies?thread=t").await.text().contains("sacto joe"),
        "no import brings the name back"
    );
}

/// Whether anything in the file of `store` still holds `text`; the contract's answers are not all there is.
async fn kept_anywhere(store: &Store, text: &str) -> bool {
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(store.path());
    let mut connection = sqlx::ConnectOptions::connect(&options).await.unwrap();
    sqlx::query_scalar::<_, i64>(
        "SELECT (SELECT COUNT(*) FROM mention WHERE name = $1) + (SELECT COUNT(*) FROM person WHERE name = $1)",
    )
    .bind(text)
    .fetch_one(&mut connection)
    .await
    .unwrap()
        > 0
}

#[tokio::test]
async fn whoever_is_erased_in_one_place_is_erased_in_all_of_them() {
    let named = || json!({ "id": "u9", "name": "Lev Arda" });
    let erased = || json!({ "id": "u9", "name": "Lev Arda", "erased": true });
    let author = |who: Value| {
        let mut reply = reply("t", 1);
        reply["author"] = who;
        reply
    };
    let reacted = |who: Value| {
        let mut reply = reply("t", 2);
        reply["reactions"] = json!([{ "tag": "like", "count": 1, "people": [who] }]);
        reply
    };
    let mentioned = |who: Value| {
        let mut reply = reply("t", 3);
        reply["mentions"] = json!([who]);
        reply
    };
    for place in 0..3 {
        let who = |other: usize| if other == place { erased() } else { named() };
        let file = thread("t", vec![author(who(0)), reacted(who(1)), mentioned(who(2))]);
        // At once, and after a time when nothing was erased.
        let at_once = Store::temporary().await.unwrap();
        import(&at_once, vec![file.clone()]).await.unwrap();
        let later = Store::temporary().await.unwrap();
        import(&later, vec![thread("t", vec![author(named()), reacted(named()), mentioned(named())])])
            .await
            .unwrap();
        let only = file["replies"][place].clone();
        import(&later, vec![thread("t", vec![only])]).await.unwrap();
        for store in [at_once, later] {
            let out = exported(&store, Extent::Everything).await;
            assert!(!out.contains("Lev Arda"), "place {place}: {out}");
            assert!(!kept_anywhere(&store, "Lev Arda").await, "place {place}");
            import(&store, vec![thread("t", vec![author(named()), reacted(named()), mentioned(named())])])
                .await
                .unwrap();
            assert_eq!(exported(&store, Extent::Everything).await, out, "place {place}: no import undoes it");
        }
    }
}

#[tokio::test]
async fn a_mention_of_somebody_erased_keeps_no_name_with_or_without_an_id() {
    let store = Store::temporary().await.unwrap();
    let long = "x".repeat(100_000);
    let mut mentions = reply("t", 1);
    mentions["mentions"] =
        json!([{ "name": long, "erased": true }, { "id": "u9", "name": long, "erased": true }]);
    import(&store, vec![thread("t", vec![mentions])]).await.unwrap();
    let out = exported(&store, Extent::Everything).await;
    assert!(!out.contains("xxx"));
    assert!(!kept_anywhere(&store, &long).await);
    assert_eq!(store.import(read_pages(&out).unwrap()).await.unwrap()[0].unchanged, 1);
}

#[tokio::test]
async fn of_several_places_about_one_person_each_adds_what_it_says() {
    let author = |number: u32, more: Value| {
        let mut reply = reply("t", number);
        reply["author"] = json!({ "id": "u9", "name": "Lev Arda" });
        reply["author"].as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        reply
    };
    let store = Store::temporary().await.unwrap();
    let file = vec![author(1, json!({ "posts": 7 })), author(2, json!({ "role": "moderator" }))];
    import(&store, vec![thread("t", file)]).await.unwrap();
    let page = store.export(&"t".into(), Extent::Public).await.unwrap().unwrap();
    let lev = page.replies[0].author.as_ref().unwrap();
    assert_eq!((lev.posts, lev.role.as_deref()), (Some(7), Some("moderator")));
}
