//! Paging shows every reply once, in every order, from every place, whatever arrives meanwhile.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use afterword_contract::ThreadPage;
use common::{Site, likes, numbers, reply, thread};
use proptest::prelude::*;
use serde_json::{Value, json};

const ORDERS: [&str; 3] = ["oldest", "newest", "top"];

fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap().block_on(future)
}

/// A thread whose replies have these reactions and statuses.
fn shaped(shape: &[(u32, bool)]) -> Value {
    let replies = (1..).zip(shape).map(|(number, (count, hidden))| {
        let mut reply = reply("t", number);
        reply["reactions"] = likes(*count);
        reply["status"] = json!(if *hidden { "hidden" } else { "published" });
        reply
    });
    thread("t", replies.collect())
}

/// A site with that thread in which `held` replies wait, every other one deleted while it did: they stand on no page.
async fn waited_in(shape: &[(u32, bool)], held: u32) -> Site {
    let site = Site::of(vec![shaped(shape)]).await;
    let waiting = |place: u32| {
        let mut reply = reply("t", place);
        reply["id"] = json!(format!("held-{place}"));
        reply["number"] = Value::Null;
        reply["status"] = json!("pending");
        reply
    };
    site.import(vec![thread("t", (0..held).map(waiting).collect())]).await;
    site.sql("UPDATE reply SET status = 'deleted' WHERE number IS NULL AND pk % 2 = 0").await;
    assert_eq!(site.number("SELECT COUNT(*) FROM reply WHERE number IS NULL").await, i64::from(held));
    site
}

/// The numbers in `order`, by the contract's words.
fn expected(shape: &[(u32, bool)], order: &str) -> Vec<u32> {
    let mut numbers: Vec<u32> = (1..=shape.len() as u32).collect();
    match order {
        "newest" => numbers.reverse(),
        "top" => numbers.sort_by_key(|number| {
            let (count, hidden) = shape[*number as usize - 1];
            (std::cmp::Reverse(if hidden { 0 } else { count }), *number)
        }),
        _ => {}
    }
    numbers
}

/// Everything that follows `page`, page by page; each page says that there is something before it.
async fn forward(site: &Site, order: &str, mut page: ThreadPage, limits: &[u32]) -> Vec<u32> {
    let mut seen = Vec::new();
    for limit in limits.iter().cycle() {
        let Some(next) = page.next else { break };
        page = site.page(&format!("thread=t&order={order}&limit={limit}&after={next}")).await;
        assert!(!page.replies.is_empty() && page.replies.len() <= *limit as usize);
        assert!(page.previous.is_some(), "something came before");
        seen.extend(numbers(&page));
    }
    seen
}

async fn backward(site: &Site, order: &str, mut page: ThreadPage, limits: &[u32]) -> Vec<u32> {
    let mut seen = Vec::new();
    for limit in limits.iter().cycle() {
        let Some(previous) = page.previous else { break };
        page = site.page(&format!("thread=t&order={order}&limit={limit}&before={previous}")).await;
        assert!(!page.replies.is_empty() && page.replies.len() <= *limit as usize);
        assert!(page.next.is_some(), "something comes after");
        seen.splice(0..0, numbers(&page));
    }
    seen
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn every_order_shows_every_number_once_there_and_back(
        shape in prop::collection::vec((0u32..5, prop::bool::weighted(0.2)), 1..40),
        held in 0u32..4,
        limits in prop::collection::vec(1u32..12, 1..5),
    ) {
        run(async {
            let site = waited_in(&shape, held).await;
            for order in ORDERS {
                let expected = expected(&shape, order);
                let first = site.page(&format!("thread=t&order={order}&limit={}", limits[0])).await;
                assert_eq!(first.previous, None);
                let mut seen = numbers(&first);
                seen.extend(forward(&site, order, first, &limits).await);
                assert_eq!(seen, expected, "{order}, forward");
                let last = site.page(&format!("thread=t&order={order}&around={}&limit=1", expected[expected.len() - 1])).await;
                assert_eq!(last.next, None);
                let mut seen = backward(&site, order, last, &limits).await;
                seen.push(expected[expected.len() - 1]);
                assert_eq!(seen, expected, "{order}, backward");
            }
        });
    }

    /// Reactions that come and go move replies in the order "top", so that nothing may be left to follow.
    #[test]
    fn only_a_page_that_holds_every_reply_says_that_it_is_the_whole_thread(
        shapes in prop::collection::vec(prop::collection::vec((0u32..5, prop::bool::weighted(0.1)), 6), 2..6),
        held in 0u32..3,
        limit in 1u32..4,
        forward in any::<bool>(),
    ) {
        run(async {
            let site = waited_in(&shapes[0], held).await;
            for order in ORDERS {
                let place = if forward { "limit=1".to_owned() } else {
                    format!("limit=1&around={}", expected(&shapes[0], order)[5])
                };
                site.import(vec![shaped(&shapes[0])]).await;
                let mut page = site.page(&format!("thread=t&order={order}&{place}")).await;
                for shape in &shapes[1..] {
                    let (name, cursor) = if forward { ("after", page.next) } else { ("before", page.previous) };
                    let Some(cursor) = cursor else { break };
                    site.import(vec![shaped(shape)]).await;
                    page = site.page(&format!("thread=t&order={order}&limit={limit}&{name}={cursor}")).await;
                    assert!(!page.is_whole(), "{order}: {} of 6 replies", page.replies.len());
                    if page.replies.is_empty() {
                        let (name, back) = if forward { ("before", &page.previous) } else { ("after", &page.next) };
                        let back = back.as_ref().unwrap();
                        let back = site.page(&format!("thread=t&order={order}&limit=100&{name}={back}")).await;
                        assert_eq!(numbers(&back), expected(shape, order), "all of them are on the way back");
                        break;
                    }
                }
            }
        });
    }

    #[test]
    fn around_a_number_there_is_a_full_page_that_goes_on_both_ways(
        shape in prop::collection::vec((0u32..4, prop::bool::weighted(0.2)), 1..30),
        held in 0u32..4,
        middle in 1u32..40,
        limit in 1u32..40,
    ) {
        run(async {
            let site = waited_in(&shape, held).await;
            let total = shape.len() as u32;
            for order in ORDERS {
                let expected = expected(&shape, order);
                let page = site.page(&format!("thread=t&order={order}&around={middle}&limit={limit}")).await;
                let shown = numbers(&page);
                let middle = middle.min(total);
                assert!(shown.contains(&middle), "{order}: {middle} in {shown:?}");
                assert_eq!(shown.len() as u32, limit.min(total));
                let place = |number| expected.iter().position(|other| *other == number).unwrap();
                let before = place(middle) - place(shown[0]);
                let room = expected.len() - place(middle);
                assert!(before <= (limit as usize - 1) / 2 || before + room == shown.len(), "in the middle");
                let mut seen = backward(&site, order, page.clone(), &[3]).await;
                seen.extend(&shown);
                seen.extend(forward(&site, order, page, &[3]).await);
                assert_eq!(seen, expected, "{order}");
            }
        });
    }
}

#[tokio::test]
async fn replies_that_arrive_while_somebody_reads_neither_repeat_nor_hide_any() {
    for order in ORDERS {
        let shape: Vec<(u32, bool)> = (0..20).map(|number| (number % 4, false)).collect();
        let site = Site::of(vec![shaped(&shape)]).await;
        let mut page = site.page(&format!("thread=t&order={order}&limit=3")).await;
        let mut seen = numbers(&page);
        let mut total = 20;
        while let Some(next) = page.next {
            total += 1;
            let mut new = reply("t", total);
            new["reactions"] = likes(total % 5);
            site.import(vec![thread("t", vec![new])]).await;
            page = site.page(&format!("thread=t&order={order}&limit=3&after={next}")).await;
            assert_eq!(page.thread.total, total);
            seen.extend(numbers(&page));
            assert!(total < 100, "the end is never reached");
        }
        let old: Vec<u32> = seen.iter().copied().filter(|number| *number <= 20).collect();
        assert_eq!(old, expected(&shape, order), "{order}");
        let mut once = seen.clone();
        once.sort_unstable();
        once.dedup();
        assert_eq!(once.len(), seen.len(), "{order}: {seen:?}");
    }
}

/// A held reply has no number and no reactions, so that in the order "top" it seemed to follow all that had some.
#[tokio::test]
async fn what_is_held_follows_no_reply_in_any_order() {
    let shape = [(3, false), (2, false), (0, false)];
    let site = waited_in(&shape, 3).await;
    for order in ORDERS {
        let first = site.page(&format!("thread=t&order={order}&limit=1")).await;
        let next = first.next.unwrap();
        let rest = site.page(&format!("thread=t&order={order}&limit=9&after={next}")).await;
        assert_eq!(numbers(&rest), expected(&shape, order)[1..], "{order}");
        assert_eq!((rest.replies.len(), rest.next), (2, None), "{order}");
        let around = site.page(&format!("thread=t&order={order}&limit=9&around=1")).await;
        assert_eq!((around.replies.len(), numbers(&around)), (3, expected(&shape, order)), "{order}");
    }
}

#[tokio::test]
async fn the_last_page_has_no_next_until_somebody_writes() {
    let site = Site::of(vec![thread("t", common::replies("t", 4))]).await;
    let last = site.page("thread=t&limit=1&around=4").await;
    assert_eq!((numbers(&last), last.next), (vec![4], None));
    site.import(vec![thread("t", vec![reply("t", 5)])]).await;
    let page = site.page("thread=t&limit=1&around=4").await;
    assert!(page.next.is_some());
}

#[tokio::test]
async fn where_nothing_follows_any_more_the_way_back_is_shown() {
    let site = Site::of(vec![shaped(&[(3, false), (2, false), (1, false)])]).await;
    let first = site.page("thread=t&order=top&limit=2").await;
    let next = first.next.unwrap();
    // The third reply is liked most of all meanwhile, so it stands before the cursor now.
    site.import(vec![shaped(&[(3, false), (2, false), (9, false)])]).await;
    let page = site.page(&format!("thread=t&order=top&limit=2&after={next}")).await;
    assert_eq!((numbers(&page), page.next), (vec![], None));
    let back = site.page(&format!("thread=t&order=top&limit=2&before={}", page.previous.unwrap())).await;
    assert_eq!(numbers(&back), [1, 2]);
}

#[tokio::test]
async fn a_page_has_fifty_replies_where_no_limit_is_given() {
    let site = Site::of(vec![thread("t", common::replies("t", 60))]).await;
    assert_eq!(site.page("thread=t").await.replies.len(), 50);
    assert_eq!(site.page("thread=t&limit=100").await.replies.len(), 60);
}
