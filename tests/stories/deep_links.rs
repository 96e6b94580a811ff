//! Addresses that name a reply: at the start, later, and when the reader goes back.

use afterword_tests::article::{Article, SCRIPT, element};
use afterword_tests::backend::long_thread;
use afterword_tests::stage::Stage;
use afterword_tests::stories;
use serde_json::json;

stories! { deep_links:
    an_address_leads_to_a_reply_of_the_first_page,
    an_address_leads_to_a_reply_far_away,
    a_thread_below_the_fold_is_loaded_at_once,
    the_address_may_change_later,
    the_back_button_works,
    an_address_that_names_nothing_harms_nothing,
    a_fragment_of_the_page_is_left_alone,
    a_permalink_is_an_ordinary_link,
    going_to_a_reply_by_program,
    a_button_of_the_page_may_lead_to_a_reply,
    nobody_is_taken_from_a_field_of_the_page,
    a_field_of_ours_is_left_once_it_is_sent,
    the_sticky_header_of_the_page_covers_nothing,
}

async fn an_address_leads_to_a_reply_of_the_first_page(stage: &Stage) {
    stage.host.backend().put(long_thread("t", 30));
    stage.open_at("/articles/one.html#reply-25", &Article::with_thread("")).await;
    stage
        .until(
            "the reply is in view, focused and marked",
            "focused() === reply(25) && inView(reply(25)) && reply(25).hasAttribute('data-target')",
        )
        .await;
    assert_eq!(stage.host.asked("/api/replies").len(), 1, "the loader's request is the module's");
    stage.equal("parts('reply').filter((it) => it.hasAttribute('data-target')).length", 1).await;
    stage.check("nothing leads back: the reader came from outside", "!part('back-button')").await;
}

async fn an_address_leads_to_a_reply_far_away(stage: &Stage) {
    stage.host.backend().put(long_thread("t", 500));
    stage.open_at("/articles/one.html#reply-333", &Article::with_thread("page-size=20 page-by-button")).await;
    stage
        .until("the reply is in view and has the focus", "focused() === reply(333) && inView(reply(333))")
        .await;
    let asked = stage.host.asked("/api/replies");
    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0].target, "/api/replies?thread=t&limit=20&around=333");
    stage.equal("text(within(reply(333), 'reply-number'))", "Reply 333 of 500").await;
}

async fn a_thread_below_the_fold_is_loaded_at_once(stage: &Stage) {
    stage.host.backend().put(long_thread("t", 30));
    let body = format!("<div style='height: 9000px'>Long article.</div>{}{SCRIPT}", element("t", ""));
    stage.open_at("/articles/one.html#reply-9", &Article::with(&body)).await;
    stage.until("the reply is in view", "focused() === reply(9) && inView(reply(9))").await;
}

async fn the_address_may_change_later(stage: &Stage) {
    stage.host.backend().put(long_thread("t", 200));
    stage.open(&Article::with_thread("page-size=20 page-by-button")).await;
    stage.ready().await;
    stage.run("location.hash = '#reply-15'").await;
    stage.until("a reply that is here", "focused() === reply(15) && inView(reply(15))").await;
    stage.run("location.hash = '#reply-150'").await;
    stage.until("a reply that is not", "focused() === reply(150) && inView(reply(150))").await;
    stage
        .equal(
            "parts('reply').filter((it) => it.hasAttribute('data-target')).map((it) => it.id)",
            json!(["reply-150"]),
        )
        .await;
    // The same link once more, after the reader has scrolled away.
    stage.run("scrollTo(0, 0)").await;
    stage.run("location.hash = '#prose'; location.hash = '#reply-150'").await;
    stage.until("again", "focused() === reply(150) && inView(reply(150))").await;
}

async fn the_back_button_works(stage: &Stage) {
    stage.host.backend().put(long_thread("t", 40));
    stage.open(&Article::with_thread("")).await;
    stage.ready().await;
    for number in [10, 30] {
        stage.click(&format!("within(reply({number}), 'reply-number')")).await;
        stage
            .until(
                "the address names it",
                &format!("location.hash === '#reply-{number}' && focused() === reply({number})"),
            )
            .await;
    }
    stage.run("history.back()").await;
    stage
        .until("back at 10", "location.hash === '#reply-10' && focused() === reply(10) && inView(reply(10))")
        .await;
    stage.run("history.forward()").await;
    stage
        .until(
            "forward to 30",
            "location.hash === '#reply-30' && focused() === reply(30) && inView(reply(30))",
        )
        .await;
    stage.run("history.go(-2)").await;
    stage
        .until(
            "back to the article",
            "location.hash === '' && !parts('reply').some((it) => it.hasAttribute('data-target'))",
        )
        .await;
    stage.check("the widget is still there", "state() === 'ready' && numbers().length === 40").await;
    assert_eq!(stage.host.asked("/api/replies").len(), 1);
}

async fn an_address_that_names_nothing_harms_nothing(stage: &Stage) {
    stage.host.backend().put(long_thread("t", 5));
    for fragment in
        ["reply-99", "reply-0", "reply-x", "reply-99999999999", "reply--1", "%E0%A4%A", "reply-3%20"]
    {
        stage.open_at(&format!("/articles/one.html#{fragment}"), &Article::with_thread("")).await;
        // A fragment alone is no navigation where the page is the same.
        stage.reload().await;
        stage.ready().await;
        stage.equal("numbers()", json!([1, 2, 3, 4, 5])).await;
    }
    stage.run("location.hash = '#reply-77'").await;
    stage.until("it is said", "/There is no reply 77; the thread has 5\\./.test(root().textContent)").await;
}

async fn a_fragment_of_the_page_is_left_alone(stage: &Stage) {
    stage.host.backend().put(long_thread("t", 30));
    let body = format!(
        "{}{SCRIPT}<div style='height: 3000px'></div><h2 id=reply-form tabindex=-1>Elsewhere</h2>",
        element("t", "")
    );
    stage.open(&Article::with(&body)).await;
    stage.ready().await;
    stage.run("location.hash = '#reply-form'").await;
    stage.until("the page went there itself", "inView(document.getElementById('reply-form'))").await;
    stage
        .check(
            "the widget took no part",
            "!root().activeElement && !part('reply').hasAttribute('data-target')",
        )
        .await;
}

async fn a_permalink_is_an_ordinary_link(stage: &Stage) {
    stage.read(long_thread("t", 5)).await;
    stage
        .equal(
            "(() => { const link = within(reply(4), 'reply-number');
               return [link.localName, link.href === location.href.split('#')[0] + '#reply-4', link.target] })()",
            json!(["a", true, ""]),
        )
        .await;
    // With a modifier the browser opens it elsewhere; we keep out. Here nobody shall open anything.
    let kept_out = stage
        .run(
            "let taken; addEventListener('click', (event) => { taken = event.defaultPrevented; event.preventDefault() }, { once: true });
             const press = { bubbles: true, cancelable: true, composed: true, ctrlKey: true, button: 0 };
             within(reply(4), 'reply-number').dispatchEvent(new MouseEvent('click', press)); return taken === false",
        )
        .await;
    assert_eq!(kept_out, json!(true), "a click with Ctrl was taken from the browser");
}

async fn going_to_a_reply_by_program(stage: &Stage) {
    stage.host.backend().put(long_thread("t", 100));
    stage.open(&Article::with_thread("page-size=10 page-by-button")).await;
    stage.ready().await;
    stage.run("elements()[0].goTo(77)").await;
    stage
        .until("the reply is in view and has the focus", "focused() === reply(77) && inView(reply(77))")
        .await;
    stage.run("elements()[0].goTo(70000)").await;
    stage.until("it is said", "/There is no reply 70,?000/.test(root().textContent)").await;
}

async fn a_button_of_the_page_may_lead_to_a_reply(stage: &Stage) {
    stage.host.backend().put(long_thread("t", 200));
    let body =
        format!("<button id=mine>There</button>{}{SCRIPT}", element("t", "page-size=20 page-by-button"));
    stage.open(&Article::with(&body)).await;
    stage.ready().await;
    stage.run("document.getElementById('mine').onclick = () => elements()[0].goTo(window.wanted)").await;
    for (number, place) in [(15, "here"), (150, "far away")] {
        stage.run(&format!("window.wanted = {number}")).await;
        stage.click("document.getElementById('mine')").await;
        stage.until(place, &format!("focused() === reply({number}) && inView(reply({number}))")).await;
    }
}

async fn nobody_is_taken_from_a_field_of_the_page(stage: &Stage) {
    stage.host.backend().put(long_thread("t", 30));
    let gate = stage.host.hold("/api/replies");
    let body = format!("<input id=mine>{}{SCRIPT}", element("t", ""));
    stage.open_at("/articles/one.html#reply-25", &Article::with(&body)).await;
    stage.focus("document.getElementById('mine')").await;
    gate.open();
    stage.until("the reply is marked", "reply(25)?.hasAttribute('data-target')").await;
    stage.frames().await;
    stage.check("one goes on typing", "focused().id === 'mine'").await;
}

async fn a_field_of_ours_is_left_once_it_is_sent(stage: &Stage) {
    stage.host.backend().put(long_thread("t", 200));
    stage.open(&Article::with_thread("page-size=20 page-by-button")).await;
    stage.ready().await;
    let gate = stage.host.hold("/api/replies");
    stage.click("part('jump-number')").await;
    stage.press("150\u{e007}").await;
    gate.reached_by(1).await;
    gate.open();
    stage.until("the reply has the focus", "focused() === reply(150) && inView(reply(150))").await;
}

async fn the_sticky_header_of_the_page_covers_nothing(stage: &Stage) {
    stage.host.backend().put(long_thread("t", 40));
    let head = "<style>html{scroll-padding-top:90px} header.page{position:fixed;inset:0 0 auto;height:80px;background:#fff;z-index:9}</style>";
    let body = format!("<header class=page>Site</header>{}{SCRIPT}", element("t", ""));
    stage.open_at("/articles/one.html#reply-20", &Article::with(&body).head(head)).await;
    stage.until("the reply has the focus", "focused() === reply(20)").await;
    stage
        .until(
            "its beginning is below the header",
            "reply(20).getBoundingClientRect().top >= 80 && inView(reply(20))",
        )
        .await;
}
