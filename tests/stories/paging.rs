//! Long threads: pages before and after, other orders, numbers to go to; answers that come too late.

use afterword_contract::{Reply, Thread, ThreadPage};
use afterword_tests::article::{Article, SCRIPT, element};
use afterword_tests::backend::{long_thread, reaction, reply, thread};
use afterword_tests::fault::Fault;
use afterword_tests::stage::Stage;
use afterword_tests::stories;
use serde_json::{Value, json};

stories! { paging:
    the_next_page_is_added_and_the_focus_goes_there,
    the_previous_page_is_added_without_moving_the_reader,
    a_late_page_leaves_a_reader_alone_who_went_elsewhere,
    a_page_that_does_not_come_can_be_asked_for_again,
    pressing_twice_asks_once,
    the_order_of_a_whole_thread_changes_on_the_spot,
    the_order_of_a_long_thread_is_asked_for,
    an_answer_that_comes_too_late_is_dropped,
    a_list_that_will_be_another_looks_like_it,
    the_order_attribute_is_obeyed,
    the_page_size_is_obeyed,
    a_number_leads_to_its_reply,
    a_number_far_away_is_fetched,
    a_number_that_is_not_there_is_a_sentence,
    what_is_no_number_is_a_sentence,
    a_backend_that_ignores_paging_is_enough,
    the_count_follows_the_thread,
    reloading_brings_what_is_new,
}

async fn the_next_page_is_added_and_the_focus_goes_there(stage: &Stage) {
    stage.read_with(long_thread("t", 25), "page-size=10 page-by-button").await;
    stage.equal("numbers().length", 10).await;
    stage.equal("text(part('reply-number'))", "Reply 1 of 25").await;
    stage.equal("text(part('count'))", "25 replies").await;
    stage.click("one('[data-end=next] button')").await;
    stage.until("the second page is here", "numbers().length === 20").await;
    stage.until("the focus is on the first new reply", "focused() === reply(11)").await;
    stage.until("it is said", "/10 more replies/.test(text(part('announcer')))").await;
    stage.focus("one('[data-end=next] button')").await;
    stage.press("\u{e007}").await;
    stage.until("the third page is here", "numbers().length === 25").await;
    stage.until("the focus is on the first new reply", "focused() === reply(21)").await;
    stage.check("there is no more", "!shown(one('[data-end=next]'))").await;
    stage
        .equal(
            "JSON.stringify(numbers())",
            json!(serde_json::to_string(&(1..=25).collect::<Vec<_>>()).unwrap()),
        )
        .await;
    assert_eq!(stage.host.asked("/api/replies").len(), 3);
}

async fn the_previous_page_is_added_without_moving_the_reader(stage: &Stage) {
    let page = long_thread("t", 60);
    stage.host.backend().put(page);
    stage.open_at("/articles/far.html#reply-40", &Article::with_thread("page-size=10 page-by-button")).await;
    stage.until("the reply is here", "focused() === reply(40) && inView(reply(40))").await;
    stage.check("the beginning is not", "!reply(1)").await;
    let first = stage.number("numbers()[0]").await;
    assert!(first > 30.0 && first <= 40.0, "the page begins with reply {first}");
    stage.click("one('[data-end=previous] button')").await;
    stage.until("earlier replies are here", &format!("numbers()[0] === {}", first - 10.0)).await;
    stage.until("the focus is on the last of them", &format!("focused() === reply({})", first - 1.0)).await;
    stage
        .check("the numbers are in order", "numbers().every((it, at, all) => !at || it === all[at - 1] + 1)")
        .await;
    stage.until("the reader sees it", &format!("inView(reply({}))", first - 1.0)).await;
}

async fn a_late_page_leaves_a_reader_alone_who_went_elsewhere(stage: &Stage) {
    stage.host.backend().put(long_thread("t", 20));
    let body = format!("<input id=mine>{}{SCRIPT}", element("t", "page-size=10 page-by-button"));
    stage.open(&Article::with(&body)).await;
    stage.ready().await;
    let gate = stage.host.hold("after=");
    stage.click("one('[data-end=next] button')").await;
    gate.reached_by(1).await;
    stage.click("document.getElementById('mine')").await;
    stage.press("one ").await;
    stage.run("window.seen = scrollY").await;
    gate.open();
    stage.until("the page is here", "numbers().length === 20").await;
    stage.run_async("requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done)))").await;
    stage.press("word").await;
    stage.equal("document.getElementById('mine').value", "one word").await;
    stage.check("and the page stands where it stood", "scrollY === window.seen").await;
}

async fn a_page_that_does_not_come_can_be_asked_for_again(stage: &Stage) {
    stage.read_with(long_thread("t", 20), "page-size=10 page-by-button").await;
    stage.host.fail("after=", Fault::problem(503, "Busy", "Come back in a minute."));
    stage.click("one('[data-end=next] button')").await;
    stage.until("it says why", "/503|minute/.test(text(one('[data-end=next]')))").await;
    stage.equal("numbers().length", 10).await;
    stage.equal("state()", "ready").await;
    stage.host.heal();
    stage.click("one('[data-end=next] button')").await;
    stage.until("now it came", "numbers().length === 20").await;
}

async fn pressing_twice_asks_once(stage: &Stage) {
    stage.read_with(long_thread("t", 20), "page-size=10 page-by-button").await;
    let gate = stage.host.hold("after=");
    stage.click("one('[data-end=next] button')").await;
    gate.reached_by(1).await;
    stage
        .until(
            "the button says that it is busy",
            "one('[data-end=next] button').getAttribute('aria-disabled') === 'true'",
        )
        .await;
    stage.click("one('[data-end=next] button')").await;
    gate.open();
    stage.until("the page is here", "numbers().length === 20").await;
    assert_eq!(stage.host.asked("after=").len(), 1);
}

fn rated() -> ThreadPage {
    let rated = |number, people: &[&str]| Reply {
        reactions: vec![reaction("like", people)],
        ..reply(number, "Ada", "Word.")
    };
    thread(
        "t",
        vec![rated(1, &["a"]), rated(2, &["a", "b", "c"]), rated(3, &["a", "b"]), reply(4, "Bo", "Word.")],
    )
}

async fn the_order_of_a_whole_thread_changes_on_the_spot(stage: &Stage) {
    stage.read(rated()).await;
    stage
        .equal(
            "[...part('order-select').options].map(text)",
            json!(["Oldest first", "Newest first", "Most reactions"]),
        )
        .await;
    stage.choose("part('order-select')", "newest").await;
    stage.until("the newest is first", "numbers().join() === '4,3,2,1'").await;
    stage.choose("part('order-select')", "top").await;
    stage.until("the best is first", "numbers().join() === '2,3,1,4'").await;
    stage.choose("part('order-select')", "oldest").await;
    stage.until("the oldest is first", "numbers().join() === '1,2,3,4'").await;
    stage.equal("text(within(reply(2), 'reply-number'))", "Reply 2 of 4").await;
    stage.check("it is said", "/order/.test(text(part('announcer')))").await;
}

async fn the_order_of_a_long_thread_is_asked_for(stage: &Stage) {
    stage.read_with(long_thread("t", 30), "page-size=10 page-by-button").await;
    stage.focus("part('order-select')").await;
    stage.choose("part('order-select')", "newest").await;
    stage.until("the newest is first", "numbers()[0] === 30 && numbers().length === 10").await;
    assert_eq!(stage.host.asked("order=newest").len(), 1);
    stage.check("the focus stays where it was", "focused() === part('order-select')").await;
    stage.click("one('[data-end=next] button')").await;
    stage
        .until(
            "it goes on in that order",
            "numbers().join() === Array.from({ length: 20 }, (_, at) => 30 - at).join()",
        )
        .await;
}

async fn an_answer_that_comes_too_late_is_dropped(stage: &Stage) {
    stage.read_with(long_thread("t", 30), "page-size=10 page-by-button").await;
    let late = stage.host.hold("order=newest");
    stage.choose("part('order-select')", "newest").await;
    late.reached_by(1).await;
    stage.choose("part('order-select')", "top").await;
    stage.until("the later question is answered", "state() === 'ready' && numbers()[0] === 1 && part('thread').getAttribute('aria-busy') !== 'true'").await;
    late.open();
    // Whatever follows a request that was answered after the late one has seen the late one too.
    stage.click("one('[data-end=next] button')").await;
    stage.until("the next page is here", "numbers().length === 20").await;
    stage.equal("numbers()[0]", 1).await;
    stage.equal("part('order-select').value", "top").await;
}

async fn a_list_that_will_be_another_looks_like_it(stage: &Stage) {
    stage.read_with(long_thread("t", 30), "page-size=10 page-by-button").await;
    let looks = "[getComputedStyle(part('list')).opacity < 1, one('[data-end=next] button').ariaDisabled]";
    stage.until("the list is bright", &format!("{looks}.join() === 'false,false'")).await;
    let gate = stage.host.hold("order=newest");
    stage.choose("part('order-select')", "newest").await;
    gate.reached_by(1).await;
    stage.until("it is dimmed", &format!("{looks}.join() === 'true,true'")).await;
    stage.click("one('[data-end=next] button')").await;
    gate.open();
    stage.until("the other list is here", "numbers()[0] === 30").await;
    stage.until("and bright", &format!("{looks}.join() === 'false,false'")).await;
    assert_eq!(stage.host.asked("after=").len(), 0, "a page for a list that is gone");
}

async fn the_order_attribute_is_obeyed(stage: &Stage) {
    stage.read_with(long_thread("t", 5), "order=newest").await;
    stage.equal("numbers().join()", "5,4,3,2,1").await;
    stage.equal("part('order-select').value", "newest").await;
    assert_eq!(stage.host.asked("order=newest").len(), 1);
    assert_eq!(stage.host.asked("/api/replies").len(), 1);
}

async fn the_page_size_is_obeyed(stage: &Stage) {
    stage.read_with(long_thread("t", 9), "page-size=3").await;
    stage.equal("numbers().join()", "1,2,3").await;
    assert_eq!(stage.host.asked("limit=3").len(), 1);
}

async fn go_to(stage: &Stage, number: &str) {
    stage.run("part('jump-number').value = ''").await;
    stage.click("part('jump-number')").await;
    stage.press(number).await;
    stage.click("part('jump-go')").await;
}

async fn a_number_leads_to_its_reply(stage: &Stage) {
    stage.read(long_thread("t", 30)).await;
    go_to(stage, "28").await;
    stage
        .until("the reply is in view and has the focus", "focused() === reply(28) && inView(reply(28))")
        .await;
    stage.equal("location.hash", "#reply-28").await;
    assert_eq!(stage.host.asked("/api/replies").len(), 1);
    stage.until("it is said", "/28/.test(text(part('announcer')))").await;
}

async fn a_number_far_away_is_fetched(stage: &Stage) {
    stage.read_with(long_thread("t", 400), "page-size=20 page-by-button").await;
    stage.click("part('jump-number')").await;
    stage.press("321\u{e007}").await;
    stage.until("the reply is here", "focused() === reply(321) && inView(reply(321))").await;
    assert_eq!(stage.host.asked("around=321").len(), 1);
    stage.check("replies around it are here", "!!reply(320) && !!reply(322)").await;
    stage
        .check(
            "there is more on both sides",
            "shown(one('[data-end=previous]')) && shown(one('[data-end=next]'))",
        )
        .await;
}

async fn a_number_that_is_not_there_is_a_sentence(stage: &Stage) {
    stage.read(long_thread("t", 13)).await;
    go_to(stage, "99").await;
    stage
        .until("it says so", "/There is no reply 99; the thread has 13\\./.test(text(part('header')))")
        .await;
    assert_eq!(stage.host.asked("/api/replies").len(), 1);
    stage.equal("location.hash", "").await;
    go_to(stage, "5").await;
    stage.until("another number works", "focused() === reply(5)").await;
    stage.until("the sentence is gone", "!/There is no reply/.test(text(part('header')))").await;
}

async fn what_is_no_number_is_a_sentence(stage: &Stage) {
    stage.read(long_thread("t", 13)).await;
    for (typed, sentence) in [
        ("seven", "A number from 1 to 13"),
        ("0", "There is no reply 0; the thread has 13."),
        ("-3", "A number from 1 to 13"),
        // More than the field takes, and still more than any thread has.
        ("99999999999999999999", "A number from 1 to 13"),
    ] {
        go_to(stage, typed).await;
        stage.until(typed, &format!("text(part('jump-error')) === {sentence:?}")).await;
        stage.equal("part('jump-number').getAttribute('aria-invalid')", "true").await;
        // A number in between, so that every sentence is a new one.
        go_to(stage, "5").await;
        stage.until("a number takes it away", "!part('jump-error') && focused() === reply(5)").await;
        stage.equal("part('jump-number').getAttribute('aria-invalid')", Value::Null).await;
    }
    stage.equal("state()", "ready").await;
    assert_eq!(stage.host.asked("/api/replies").len(), 1);
}

async fn a_backend_that_ignores_paging_is_enough(stage: &Stage) {
    let whole = serde_json::to_string(&long_thread("t", 80)).unwrap();
    stage.host.put_file("/plain/replies", "application/json", &whole);
    let body = r#"<after-word api="/plain" thread="t" page-size="10"></after-word><script async src="{assets}embed.js"></script>"#;
    stage.open_at("/articles/plain.html#reply-77", &Article::with(body)).await;
    stage.until("the reply is here", "focused() === reply(77) && inView(reply(77))").await;
    stage.equal("numbers().length", 80).await;
    stage.choose("part('order-select')", "newest").await;
    stage.until("the order is ours to make", "numbers()[0] === 80").await;
}

async fn the_count_follows_the_thread(stage: &Stage) {
    stage.read_with(long_thread("t", 20), "page-size=10 page-by-button").await;
    stage.host.backend().put(long_thread("t", 23));
    stage.click("one('[data-end=next] button')").await;
    stage.until("the count is new", "text(part('count')) === '23 replies'").await;
    stage.equal("text(within(reply(3), 'reply-number'))", "Reply 3 of 23").await;
    stage
        .equal(
            "window.__events.filter((it) => it.type === 'afterword-count-changed').map((it) => it.detail.total)",
            json!([23]),
        )
        .await;
}

async fn reloading_brings_what_is_new(stage: &Stage) {
    let page = long_thread("t", 3);
    stage.read(page.clone()).await;
    let mut replies = page.replies;
    replies[1].body = "Reply number 2 was edited.".to_owned();
    replies[1].revision = "2".into();
    replies.push(reply(4, "Bo", "New."));
    stage.host.backend().put(ThreadPage {
        thread: Thread { id: "t".into(), ..thread("t", replies.clone()).thread },
        ..thread("t", replies)
    });
    stage.run("elements()[0].reload()").await;
    stage.until("the new reply is here", "numbers().length === 4").await;
    stage.equal("text(within(reply(2), 'reply-body'))", "Reply number 2 was edited.").await;
    stage.equal("text(part('count'))", "4 replies").await;
}
