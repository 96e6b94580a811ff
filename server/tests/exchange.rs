//! Threads in and out: idempotent, all or nothing, and nothing lost on the way.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use afterword_contract::ThreadId;
use afterword_server::{Extent, Store, read_pages};
use common::{Site, exported, import, reply, thread};
use serde_json::{Value, json};

const LIGHTHOUSE: &str = include_str!("../../contract/fixtures/threads/lighthouse.json");
const QUIET: &str = include_str!("../../contract/fixtures/threads/quiet.json");

/// What an import says about its first thread.
async fn told(store: &Store, threads: Vec<Value>) -> String {
    import(store, threads).await.unwrap()[0].to_string()
}

/// A thread with everything in it that a thread may hold.
fn full() -> Value {
    let replies = json!([
        { "id": "f1", "number": 1, "published": "2019-06-25T19:03:00.5Z", "body": "one",
          "author": { "id": "u1", "name": "Åsa", "posts": 3, "role": "author", "url": "https://example.org" },
          "reactions": [{ "tag": "like", "count": 4, "people": [{ "id": "u2", "name": "avon b7" }, { "name": "guest" }] }] },
        { "id": "f2", "number": 2, "status": "hidden", "body": "hidden words", "revision": "2",
          "author": { "name": "nobody in particular" }, "mentions": [{ "id": "u1", "name": "Åsa" }] },
        { "id": "f3", "number": 3, "status": "deleted", "body": "deleted words", "author": { "id": "u3", "erased": true } },
        { "id": "f4", "number": 4, "format": "text", "body": "four", "edited": "2020-01-01T00:00:00Z",
          "quotes": [{ "number": 1, "exact": true }, { "number": 9 }] },
        { "id": "f5", "number": null, "status": "pending", "body": "pending words" },
    ]);
    json!({ "thread": { "id": "full", "title": "Full", "locked": true,
                        "reactionTags": [{ "tag": "like", "label": "Like", "symbol": "👍" }] }, "replies": replies })
}

#[tokio::test]
async fn what_is_exported_imports_and_exports_the_same_byte_for_byte() {
    for extent in [Extent::Public, Extent::Everything] {
        let first = Store::temporary().await.unwrap();
        for text in [LIGHTHOUSE, QUIET] {
            first.import(read_pages(text).unwrap()).await.unwrap();
        }
        import(&first, vec![full()]).await.unwrap();
        let out = exported(&first, extent).await;
        let second = Store::temporary().await.unwrap();
        second.import(read_pages(&out).unwrap()).await.unwrap();
        assert_eq!(exported(&second, extent).await, out);
        let again = second.import(read_pages(&out).unwrap()).await.unwrap();
        assert!(again.iter().all(|thread| thread.unchanged == thread.replies), "{again:?}");
    }
}

#[tokio::test]
async fn a_public_export_holds_what_everybody_may_read_and_no_more() {
    let store = Store::temporary().await.unwrap();
    import(&store, vec![full()]).await.unwrap();
    let public = exported(&store, Extent::Public).await;
    for secret in ["hidden words", "deleted words", "pending words", "nobody in particular"] {
        assert!(!public.contains(secret), "{secret}");
    }
    let everything = exported(&store, Extent::Everything).await;
    for kept in ["hidden words", "deleted words", "pending words", "nobody in particular"] {
        assert!(everything.contains(kept), "{kept}");
    }
    assert_eq!(store.export(&ThreadId::from("nowhere"), Extent::Public).await.unwrap(), None);
}

#[tokio::test]
async fn a_public_file_takes_nothing_from_the_database_that_it_came_from() {
    let store = Store::temporary().await.unwrap();
    import(&store, vec![full()]).await.unwrap();
    let everything = exported(&store, Extent::Everything).await;
    let public = exported(&store, Extent::Public).await;
    let told = store.import(read_pages(&public).unwrap()).await.unwrap();
    assert_eq!((told[0].replies, told[0].unchanged), (4, 4), "what is held is not in a public file");
    assert_eq!(exported(&store, Extent::Everything).await, everything);
}

#[tokio::test]
async fn hiding_keeps_the_words_for_the_moderator_and_deleting_does_not() {
    for (status, kept) in [("hidden", true), ("deleted", false)] {
        let store = Store::temporary().await.unwrap();
        import(&store, vec![thread("t", common::replies("t", 2))]).await.unwrap();
        let gone = json!({ "id": "t-2", "number": 2, "status": status, "body": "" });
        assert_eq!(import(&store, vec![thread("t", vec![gone])]).await.unwrap()[0].changed, 1);
        assert!(!exported(&store, Extent::Public).await.contains("This is reply 2"));
        let everything = exported(&store, Extent::Everything).await;
        assert_eq!(everything.contains("This is reply 2"), kept, "{status}");
    }
}

#[tokio::test]
async fn an_import_says_what_it_did() {
    let store = Store::temporary().await.unwrap();
    let two = vec![thread("t", common::replies("t", 2))];
    assert_eq!(told(&store, two.clone()).await, "t: 2 replies: 2 new, 0 changed, 0 unchanged");
    assert_eq!(told(&store, two).await, "t: 2 replies: 0 new, 0 changed, 2 unchanged");
    let mut changed = reply("t", 2);
    changed["body"] = json!("Other words.");
    let three = vec![thread("t", vec![reply("t", 1), changed, reply("t", 3)])];
    assert_eq!(told(&store, three).await, "t: 3 replies: 1 new, 1 changed, 1 unchanged");
    let one = vec![thread("t", vec![reply("t", 3)])];
    assert_eq!(
        told(&store, one).await,
        "t: 1 reply: 0 new, 0 changed, 1 unchanged",
        "what the file lacks stays"
    );
}

#[tokio::test]
async fn an_import_that_changes_nothing_leaves_every_cache_as_it_is() {
    let site = Site::of(vec![thread("t", common::replies("t", 2)), full()]).await;
    let changes = async |id: &str| {
        // Seen from outside: the tag is made from the bytes, so the counter is what has to be compared.
        let path = site.store.path().to_owned();
        let options = sqlx::sqlite::SqliteConnectOptions::new().filename(path);
        let mut connection = sqlx::ConnectOptions::connect(&options).await.unwrap();
        sqlx::query_scalar::<_, i64>("SELECT change FROM thread WHERE id = $1")
            .bind(id)
            .fetch_one(&mut connection)
            .await
            .unwrap()
    };
    let (t, f) = (changes("t").await, changes("full").await);
    site.import(vec![thread("t", common::replies("t", 2)), full()]).await;
    assert_eq!((changes("t").await, changes("full").await), (t, f));
    site.import(vec![thread("t", vec![reply("t", 3)]), full()]).await;
    assert_eq!((changes("t").await, changes("full").await), (t + 1, f));
}

#[tokio::test]
async fn several_pages_of_a_thread_are_one_thread_and_one_page_of_several_is_refused() {
    let store = Store::temporary().await.unwrap();
    let page = |numbers: std::ops::RangeInclusive<u32>| {
        let replies = numbers.map(|number| reply("t", number)).collect();
        let mut page = thread("t", replies);
        page["thread"]["total"] = json!(5);
        page
    };
    let refusal = import(&store, vec![page(1..=3)]).await.unwrap_err();
    assert!(refusal.contains("has 5 replies, and the file holds only the first 3"), "{refusal}");
    let refusal = import(&store, vec![page(4..=5)]).await.unwrap_err();
    assert!(refusal.contains("reply 1 is missing"), "{refusal}");
    assert_eq!(import(&store, vec![page(4..=5), page(1..=3)]).await.unwrap()[0].new, 5);
}

#[tokio::test]
async fn pages_that_lack_an_end_of_their_thread_are_refused_even_where_they_give_no_total() {
    let store = Store::temporary().await.unwrap();
    let page = |numbers: std::ops::RangeInclusive<u32>, previous: Option<&str>, next: Option<&str>| {
        let mut page = thread("t", numbers.map(|number| reply("t", number)).collect());
        page["previous"] = json!(previous);
        page["next"] = json!(next);
        page
    };
    let first = page(1..=2, None, Some("a"));
    let middle = page(3..=4, Some("b"), Some("c"));
    let last = page(5..=5, Some("d"), None);
    for (pages, end) in [
        (vec![first.clone()], "goes on after"),
        (vec![first.clone(), middle.clone()], "goes on after"),
        (vec![last.clone()], "begins before"),
        (vec![middle.clone(), last.clone()], "begins before"),
    ] {
        let refusal = import(&store, pages).await.unwrap_err();
        assert!(refusal.contains(end), "{refusal}");
        assert_eq!(store.threads(10).await.unwrap(), []);
    }
    assert_eq!(import(&store, vec![middle, last, first]).await.unwrap()[0].new, 5, "in any sequence");
}

#[tokio::test]
async fn what_a_file_leaves_out_of_a_thread_stays_and_no_import_unlocks_it() {
    let store = Store::temporary().await.unwrap();
    import(&store, vec![full()]).await.unwrap();
    let before = exported(&store, Extent::Everything).await;
    let mut partial = full();
    partial["thread"] = json!({ "id": "full" });
    partial["replies"].as_array_mut().unwrap().truncate(1);
    import(&store, vec![partial]).await.unwrap();
    assert_eq!(exported(&store, Extent::Everything).await, before);
    let mut other = full();
    other["thread"]["reactionTags"] = json!([{ "tag": "thanks", "label": "Thanks" }]);
    import(&store, vec![other]).await.unwrap();
    let tags = store.export(&"full".into(), Extent::Public).await.unwrap().unwrap().thread.reaction_tags;
    assert_eq!(
        tags.iter().map(|tag| tag.tag.as_str()).collect::<Vec<_>>(),
        ["thanks"],
        "a list is one thing"
    );
}

#[tokio::test]
async fn what_any_page_says_of_the_thread_counts() {
    let store = Store::temporary().await.unwrap();
    let mut pages = vec![full(), full()];
    let replies = full()["replies"].as_array().unwrap().clone();
    pages[0]["thread"] = json!({ "id": "full" });
    pages[0]["replies"] = json!(replies[..2]);
    pages[1]["replies"] = json!(replies[2..]);
    import(&store, pages).await.unwrap();
    let whole = Store::temporary().await.unwrap();
    import(&whole, vec![full()]).await.unwrap();
    assert_eq!(exported(&store, Extent::Everything).await, exported(&whole, Extent::Everything).await);
}

#[tokio::test]
async fn an_export_names_everybody_who_reacted_and_a_page_the_first_hundred() {
    let people: Vec<Value> = (1..=101)
        .map(|place| json!({ "id": format!("p{place}"), "name": format!("Reader {place}") }))
        .collect();
    let mut liked = reply("t", 1);
    liked["reactions"] = json!([{ "tag": "like", "count": 101, "people": people }]);
    let site = Site::of(vec![thread("t", vec![liked])]).await;
    let shown = site.page("thread=t").await.replies[0].reactions[0].clone();
    assert_eq!((shown.count, shown.people.len()), (101, 100));
    let everything = exported(&site.store, Extent::Everything).await;
    assert!(everything.contains("Reader 101"));
    let public = exported(&site.store, Extent::Public).await;
    assert_eq!(public, everything, "nothing here is kept from the public");
    let told = site.store.import(read_pages(&public).unwrap()).await.unwrap();
    assert_eq!(told[0].unchanged, 1);
    assert_eq!(exported(&site.store, Extent::Everything).await, everything);
}

#[tokio::test]
async fn a_thread_written_by_hand_gets_numbers_and_ids() {
    let store = Store::temporary().await.unwrap();
    let by_hand =
        |id: &str| json!({ "thread": { "id": id }, "replies": [{ "body": "one" }, { "body": "two" }] });
    assert_eq!(import(&store, vec![by_hand("a")]).await.unwrap()[0].new, 2);
    let second = import(&store, vec![by_hand("b")]).await.unwrap();
    assert_eq!((second[0].new, second[0].renamed), (2, 2), "ids are the backend's, not the thread's");
    let again = import(&store, vec![by_hand("a"), by_hand("b")]).await.unwrap();
    assert!(again.iter().all(|thread| thread.unchanged == 2), "{again:?}");
    let both = Store::temporary().await.unwrap();
    assert_eq!(import(&both, vec![by_hand("a"), by_hand("b")]).await.unwrap()[1].renamed, 2);
    assert_eq!(exported(&both, Extent::Public).await, exported(&store, Extent::Public).await);
}

#[tokio::test]
async fn an_id_of_the_greatest_length_that_is_taken_gets_one_that_is_no_longer() {
    let long = |thread_id: &str| {
        let mut reply = reply("t", 1);
        reply["id"] = json!("x".repeat(200));
        thread(thread_id, vec![reply])
    };
    let store = Store::temporary().await.unwrap();
    let done = import(&store, vec![long("a"), long("b")]).await.unwrap();
    assert_eq!(done[1].renamed, 1);
    let page = store.export(&"b".into(), Extent::Public).await.unwrap().unwrap();
    assert_eq!(page.replies[0].id.as_str().len(), 200);
    let again = import(&store, vec![long("a"), long("b")]).await.unwrap();
    assert_eq!((again[0].unchanged, again[1].unchanged), (1, 1));
    let out = exported(&store, Extent::Everything).await;
    assert!(
        store.import(read_pages(&out).unwrap()).await.unwrap().iter().all(|thread| thread.unchanged == 1)
    );
}

#[tokio::test]
async fn a_new_id_that_is_taken_as_well_is_a_fault_and_no_reply_is_lost() {
    let two = |thread_id: &str| {
        let replies = (1..=2).map(|number| {
            let mut reply = reply("t", number);
            // Alike in all that is left of them once there is room for a suffix.
            reply["id"] = json!(format!("{}{number}", "x".repeat(199)));
            reply
        });
        thread(thread_id, replies.collect())
    };
    let store = Store::temporary().await.unwrap();
    let refusal = import(&store, vec![two("a"), two("b")]).await.unwrap_err();
    assert!(
        refusal.contains("thread `b`, reply 2: its id") && refusal.contains("give it another"),
        "{refusal}"
    );
    assert_eq!(store.threads(10).await.unwrap(), []);
    // The id that reply 1 of `b` would get, in a third thread.
    import(&store, vec![thread("a", common::replies("a", 1))]).await.unwrap();
    let mut first = reply("b", 1);
    first["id"] = json!("a-1");
    import(&store, vec![thread("b", vec![first.clone()])]).await.unwrap();
    let renamed = store.export(&"b".into(), Extent::Public).await.unwrap().unwrap().replies[0].id.clone();
    let other = Store::temporary().await.unwrap();
    let mut taker = reply("c", 1);
    taker["id"] = json!(renamed.as_str());
    import(&other, vec![thread("a", common::replies("a", 1)), thread("c", vec![taker])]).await.unwrap();
    let refusal = import(&other, vec![thread("b", vec![first])]).await.unwrap_err();
    assert!(refusal.contains("thread `b`, reply 1: its id `a-1`"), "{refusal}");
}

#[tokio::test]
async fn a_refusal_shows_what_a_file_holds_as_text_and_never_sends_it_to_the_terminal() {
    let store = Store::temporary().await.unwrap();
    let hostile = "a\u{1b}[2J\nb";
    let mut wrong = thread(hostile, common::replies("t", 4));
    wrong["replies"][0]["id"] = json!(hostile);
    wrong["replies"][1]["id"] = json!(hostile);
    wrong["replies"][2]["reactions"] =
        json!([{ "tag": hostile, "count": 1 }, { "tag": hostile, "count": 1 }]);
    wrong["replies"][3]["reactions"] = json!([{ "tag": "like", "count": 2, "people": [
        { "id": hostile, "name": "x" }, { "id": hostile, "name": "x" }] }]);
    wrong["thread"]["reactionTags"] =
        json!([{ "tag": hostile, "label": "x" }, { "tag": hostile, "label": "x" }]);
    let refusal = import(&store, vec![wrong]).await.unwrap_err();
    assert!(!refusal.chars().any(char::is_control), "{refusal:?}");
    assert!(refusal.contains(r"`a\u{1b}[2J\nb`"), "{refusal}");
}

#[tokio::test]
async fn whatever_is_wrong_is_named_and_nothing_is_kept() {
    let wrong = |change: fn(&mut Value)| {
        let mut page = thread("t", common::replies("t", 3));
        change(&mut page);
        page
    };
    type Change = fn(&mut Value);
    let cases: [(Change, &str); 7] = [
        (|page| page["thread"]["id"] = json!(""), "the thread's id is missing"),
        (
            |page| page["replies"][1]["body"] = json!("x".repeat(65_537)),
            "reply 2: body: the body has 65537 bytes",
        ),
        (|page| page["replies"][1]["id"] = json!("a/b"), "reply 2: id: `a/b`"),
        (|page| page["replies"][1]["id"] = json!("t-1"), "reply 2: its id `t-1` stands there twice"),
        (|page| page["replies"][1]["number"] = json!(1), "its number stands there twice"),
        (|page| page["replies"][1]["number"] = json!(7), "reply 2 is missing; numbers have no gaps"),
        (|page| page["replies"][1]["author"]["name"] = json!("a\nb"), "author/name: control characters"),
    ];
    let store = Store::temporary().await.unwrap();
    for (change, expected) in cases {
        let both = vec![thread("good", common::replies("good", 1)), wrong(change)];
        let refusal = import(&store, both).await.expect_err(expected);
        assert!(refusal.contains(expected), "{refusal}");
        assert_eq!(store.threads(10).await.unwrap(), [], "not even the good thread");
    }
}

#[tokio::test]
async fn numbers_and_ids_once_given_stay_with_their_reply() {
    let store = Store::temporary().await.unwrap();
    import(&store, vec![thread("t", common::replies("t", 3))]).await.unwrap();
    let before = exported(&store, Extent::Everything).await;
    let mut moved = reply("t", 3);
    moved["number"] = json!(4);
    let refusal = import(&store, vec![thread("t", vec![moved])]).await.unwrap_err();
    assert!(refusal.contains("`t-3` has the number 3 here"), "{refusal}");
    let mut other = reply("t", 3);
    other["id"] = json!("another");
    let refusal = import(&store, vec![thread("t", vec![other])]).await.unwrap_err();
    assert!(refusal.contains("reply 3: that number belongs to the reply with the id `t-3`"), "{refusal}");
    let refusal = import(&store, vec![thread("t", vec![reply("t", 5)])]).await.unwrap_err();
    assert!(refusal.contains("reply 4 is missing"), "{refusal}");
    assert_eq!(exported(&store, Extent::Everything).await, before);
}

#[tokio::test]
async fn unknown_fields_and_the_backends_own_are_ignored() {
    let mut page = thread("t", vec![reply("t", 1)]);
    page["thread"]["features"] = json!(["reply", "telepathy"]);
    page["thread"]["limits"] = json!({ "bodyBytes": 7 });
    page["replies"][0]["quotedBy"] = json!([1, 2, 3]);
    page["replies"][0]["mood"] = json!("fine");
    let site = Site::of(vec![page.clone()]).await;
    let shown = site.page("thread=t").await;
    assert_eq!(shown.replies[0].quoted_by, [] as [u32; 0]);
    assert!(!shown.thread.features.iter().any(|feature| feature.as_str() == "telepathy"));
    assert_eq!(shown.thread.limits.body_bytes, Some(65_536));
    assert_eq!(told(&site.store, vec![page]).await, "t: 1 reply: 0 new, 0 changed, 1 unchanged");
}

#[tokio::test]
async fn every_page_that_the_contract_tolerates_is_imported() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../contract/fixtures/");
    let read = |file: &str| std::fs::read_to_string(format!("{folder}{file}")).unwrap();
    let index: Value = serde_json::from_str(&read("index.json")).unwrap();
    let lenient = index["lenient"].as_array().unwrap().iter();
    let files: Vec<&str> = lenient
        .filter(|fixture| fixture["type"] == "ThreadPage")
        .map(|fixture| fixture["file"].as_str().unwrap())
        .collect();
    assert!(files.len() > 5, "{files:?}");
    for file in files {
        let store = Store::temporary().await.unwrap();
        let mut pages = read_pages(&read(file)).unwrap();
        // A page written by hand seldom says whose it is; `import --thread` does.
        pages[0].thread.id = "t".into();
        store.import(pages).await.unwrap_or_else(|error| panic!("{file}: {error}"));
        let out = exported(&store, Extent::Everything).await;
        let again = store.import(read_pages(&out).unwrap()).await.unwrap();
        assert_eq!(again[0].unchanged, again[0].replies, "{file}");
    }
}

#[tokio::test]
async fn what_the_contract_tolerates_is_kept_as_it_says() {
    let store = Store::temporary().await.unwrap();
    let mut careless = reply("t", 1);
    careless["status"] = json!("pinned");
    careless["published"] = json!("soon");
    careless["author"]["avatar"] = json!("javascript:1");
    let mut nameless = reply("t", 2);
    nameless["author"] = json!({ "id": "u2", "name": null });
    let mut page = thread("t", vec![careless, nameless]);
    page["thread"]["url"] = json!("ftp://example.org");
    import(&store, vec![page]).await.unwrap();
    let page = store.export(&"t".into(), Extent::Public).await.unwrap().unwrap();
    assert_eq!(page.thread.url, None);
    let [first, second] = page.replies.as_slice() else { panic!("two replies") };
    assert_eq!((first.status.as_str(), &first.published), ("published", &None));
    assert_eq!(first.author.as_ref().unwrap().avatar, None);
    assert_eq!(second.author, None);
}

#[tokio::test]
async fn a_change_leaves_nothing_of_what_was() {
    let store = Store::temporary().await.unwrap();
    import(&store, vec![full()]).await.unwrap();
    let mut bare = full();
    for reply in bare["replies"].as_array_mut().unwrap() {
        for field in ["author", "mentions", "quotes", "reactions"] {
            reply[field] = Value::Null;
        }
    }
    import(&store, vec![bare]).await.unwrap();
    let everything = exported(&store, Extent::Everything).await;
    for gone in ["guest", "avon b7", "nobody in particular", "Åsa"] {
        assert!(!everything.contains(gone), "{gone}");
    }
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(store.path());
    let mut connection = sqlx::ConnectOptions::connect(&options).await.unwrap();
    let nameless: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM person WHERE id IS NULL")
        .fetch_one(&mut connection)
        .await
        .unwrap();
    assert_eq!(nameless, 0, "those who were known by one reply alone go with it");
}

#[tokio::test]
async fn a_file_makes_no_guest_of_this_server_a_moderator() {
    let site = Site::empty().await;
    let (token, person) = common::people::guest(&site, "Bram").await;
    let mut stranger = person.clone();
    stranger["role"] = json!("moderator");
    let mut reply = reply("t", 1);
    reply["author"] = stranger;
    site.import(vec![thread("t", vec![reply])]).await;
    let viewer = common::people::viewer(&site, "t", &token).await;
    assert_eq!(
        (&viewer["person"]["role"], &viewer["may"]),
        (&json!("guest"), &json!(["report", "reply", "react"]))
    );
}
