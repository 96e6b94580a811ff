//! When the backend or an attribute is missing, wrong or away: one sentence on the page, a way on, and no harm to
//! the page.

use afterword_tests::article::{Article, SCRIPT, element};
use afterword_tests::backend::{long_thread, reply, thread};
use afterword_tests::engine::Engine;
use afterword_tests::fault::Fault;
use afterword_tests::stage::Stage;
use afterword_tests::stories;
use serde_json::json;

stories! { failures:
    a_lost_connection_can_be_tried_again,
    the_placeholder_stays_until_there_are_replies,
    a_problem_is_told_in_its_own_words,
    a_page_of_a_proxy_is_survived,
    a_missing_backend_is_told,
    a_backend_at_the_root_is_asked_as_any_other,
    broken_json_is_told,
    json_of_another_shape_is_told,
    strange_but_lawful_json_is_read,
    a_refused_reader_is_told,
    offline_and_back,
    a_reload_that_fails_keeps_what_is_there,
    wrong_attributes_are_named,
    a_corrected_attribute_is_enough,
    an_api_of_another_origin_that_forbids_reading,
    the_page_lives_on,
}

/// Opens an article whose thread meets a fault, waits for the sentence, and returns it.
async fn failing(stage: &Stage, fault: Fault) -> String {
    stage.host.backend().put(thread("t", vec![reply(1, "Ada", "One.")]));
    stage.host.fail("/api/replies", fault);
    stage.open(&Article::with_thread("")).await;
    stage.until("a notice is shown", "shown(one('[data-kind=error]'))").await;
    stage.equal("state()", "failed").await;
    stage.equal("one('[data-kind=error]').getAttribute('role')", "alert").await;
    stage.check("the grey replies are gone", "!shown(part('skeleton'))").await;
    stage
        .until(
            "the host is told",
            "window.__events.some((it) => it.type === 'afterword-error' && it.detail.message)",
        )
        .await;
    stage.text("text(within(one('[data-kind=error]'), 'notice-text'))").await
}

/// Presses the notice's button on a host that is well again.
pub(crate) async fn recovers(stage: &Stage) {
    stage.host.heal();
    stage.click("part('notice-action')").await;
    stage.ready().await;
    stage.until("the thread is read", "text(part('reply-body')) === 'One.'").await;
    stage.check("the notice is gone", "!one('[data-kind=error]')").await;
}

async fn a_lost_connection_can_be_tried_again(stage: &Stage) {
    let sentence = failing(stage, Fault::Dropped).await;
    assert!(sentence.contains("could not be reached"), "{sentence}");
    // Still lost: the sentence stays, or comes again.
    let asked = stage.host.asked("/api/replies").len();
    stage.click("part('notice-action')").await;
    stage.until("it was tried again", "state() === 'failed' && shown(one('[data-kind=error]'))").await;
    assert!(stage.host.asked("/api/replies").len() > asked);
    recovers(stage).await;
}

async fn the_placeholder_stays_until_there_are_replies(stage: &Stage) {
    stage.host.backend().put(thread("t", vec![reply(1, "Ada", "One.")]));
    stage.host.fail("/api/replies", Fault::Dropped);
    let body = r#"<after-word api="{api}" thread="t"><p id=mine>Write to us instead.</p></after-word><script async src="{assets}embed.js"></script>"#;
    stage.open(&Article::with(body)).await;
    stage.until("a notice is shown", "shown(one('[data-kind=error]'))").await;
    let mine = "document.getElementById('mine')";
    let below = format!(
        "{mine}.getBoundingClientRect().top >= one('[data-kind=error]').getBoundingClientRect().bottom"
    );
    stage.check("the page's own words stay", &format!("shown({mine})")).await;
    stage.check("below it", &below).await;
    recovers(stage).await;
    stage.check("the replies have taken their place", &format!("!shown({mine})")).await;
}

async fn a_problem_is_told_in_its_own_words(stage: &Stage) {
    let sentence = failing(stage, Fault::problem(500, "Broken", "The disk is <b>full</b>.")).await;
    assert!(sentence.contains("The disk is <b>full</b>."), "{sentence}");
    stage.check("as text", "!part('notice-text').querySelector('b')").await;
    recovers(stage).await;
}

async fn a_page_of_a_proxy_is_survived(stage: &Stage) {
    let sentence = failing(stage, Fault::html(502)).await;
    assert!(sentence.contains("502") && !sentence.contains('<'), "{sentence}");
    recovers(stage).await;
}

async fn a_missing_backend_is_told(stage: &Stage) {
    let sentence = failing(stage, Fault::html(404)).await;
    assert!(sentence.contains("not found"), "{sentence}");
    recovers(stage).await;
}

async fn a_backend_at_the_root_is_asked_as_any_other(stage: &Stage) {
    let body = format!(r#"<after-word api="/" thread="t"></after-word>{SCRIPT}"#);
    stage.open(&Article::with(&body)).await;
    stage.until("there is none, and that is said", "/not found/.test(text(one('[data-kind=error]')))").await;
    stage.equal("state()", "failed").await;
}

async fn broken_json_is_told(stage: &Stage) {
    let sentence = failing(stage, Fault::json(r#"{"version": 1, "replies": [{"id"#)).await;
    assert!(sentence.contains("JSON"), "{sentence}");
    recovers(stage).await;
}

async fn json_of_another_shape_is_told(stage: &Stage) {
    for body in [r#"{"replies": "none"}"#, "[]", "7", "null", r#"{"replies": [{"reactions": 7}]}"#] {
        let sentence = failing(stage, Fault::json(body)).await;
        assert!(sentence.contains("unexpected form") || sentence.contains("JSON"), "{body}: {sentence}");
    }
    recovers(stage).await;
}

async fn strange_but_lawful_json_is_read(stage: &Stage) {
    let lenient = r#"{ "version": 9, "more": {}, "thread": { "id": "t", "total": null, "features": ["telepathy"], "reactionTags": null },
        "replies": [ { "id": 17, "number": 1, "author": null, "body": null, "status": "archived", "format": null, "reactions": null,
                       "mentions": null, "quotes": null, "published": 12 },
                     { "id": "b", "number": 2, "author": { "name": 7 }, "body": "Two.", "reactions": [ { "tag": null, "count": null } ] } ] }"#;
    stage.host.put_file("/files/odd.json", "text/plain", lenient);
    stage.open(&Article::with(r#"<after-word src="/files/odd.json"></after-word><script async src="{assets}embed.js"></script>"#)).await;
    stage.ready().await;
    stage.equal("numbers()", json!([1, 2])).await;
    stage.equal("text(within(reply(2), 'reply-author'))", "7").await;
}

async fn a_refused_reader_is_told(stage: &Stage) {
    let sentence = failing(stage, Fault::problem(403, "Forbidden", "")).await;
    assert!(sentence.contains("not allowed"), "{sentence}");
    stage.host.fail("/api/replies", Fault::problem(429, "Too Many Requests", ""));
    stage.click("part('notice-action')").await;
    stage.until("another sentence", "/too many|minute/i.test(text(part('notice-text')))").await;
    recovers(stage).await;
}

async fn offline_and_back(stage: &Stage) {
    // Chromium's own word for it where its driver can say it; elsewhere the page says it.
    let say = async |offline: bool| match stage.engine {
        Engine::Chromium => {
            let network =
                json!({ "offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1 });
            stage.devtools("Network.emulateNetworkConditions", network).await;
        }
        _ => {
            let (online, event) = if offline { ("false", "offline") } else { ("true", "online") };
            stage
                .run(&format!(
                    "Object.defineProperty(navigator, 'onLine', {{ value: {online}, configurable: true }});
                     dispatchEvent(new Event('{event}'))"
                ))
                .await;
        }
    };
    stage.read_with(long_thread("t", 20), "page-size=10 page-by-button").await;
    stage.host.fail("/api/", Fault::Dropped);
    say(true).await;
    stage.until("it says that the reader is offline", "shown(one('[data-kind=offline]'))").await;
    stage.equal("numbers().length", 10).await;
    stage.click("one('[data-end=next] button')").await;
    stage
        .until(
            "what cannot be loaded is told",
            "/offline|connection|reached/i.test(text(one('[data-end=next]')))",
        )
        .await;
    stage.host.heal();
    say(false).await;
    stage.until("the notice is gone", "!one('[data-kind=offline]')").await;
    stage.until("it is said", "/online/i.test(text(part('announcer')))").await;
    stage.run("if (numbers().length === 10) one('[data-end=next] button').click()").await;
    stage.until("more can be loaded", "numbers().length === 20").await;
}

async fn a_reload_that_fails_keeps_what_is_there(stage: &Stage) {
    stage.read(thread("t", vec![reply(1, "Ada", "One.")])).await;
    stage.host.fail("/api/replies", Fault::problem(503, "Busy", "Come back in a minute."));
    stage.run("elements()[0].reload()").await;
    stage.until("it says why", "/503|minute/.test(text(one('[data-kind=error]')))").await;
    stage
        .check(
            "what was there can still be read",
            "shown(part('reply-body')) && text(part('reply-body')) === 'One.'",
        )
        .await;
    stage.host.heal();
    stage.click("part('notice-action')").await;
    stage.until("the notice goes", "!one('[data-kind=error]')").await;
}

async fn wrong_attributes_are_named(stage: &Stage) {
    // What is written, the attribute that the sentence names, a word of what was expected.
    let cases = [
        (r#"thread="t""#, "api", "src"),
        (r#"api="{api}" src="/t.json" thread="t""#, "src", "one of"),
        (r#"api="ftp://example.org" thread="t""#, "api", "https://"),
        (r#"api="{api}" thread="t" order="random""#, "order", "newest"),
        (r#"api="{api}" thread="t" page-size="0""#, "page-size", "100"),
        (r#"api="{api}" thread="t" page-size="many""#, "page-size", "100"),
        (r#"api="{api}" thread="t" heading-level="9""#, "heading-level", "5"),
    ];
    stage.host.backend().put(thread("t", vec![reply(1, "Ada", "One.")]));
    for (attributes, name, word) in cases {
        stage.expect(name);
        stage.open(&Article::with(&format!("<after-word {attributes}></after-word>{SCRIPT}"))).await;
        let named = format!(
            "text(one('[data-kind=error]'))?.includes({name:?}) && text(one('[data-kind=error]')).includes({word:?})"
        );
        stage.until(&format!("{attributes} is named"), &named).await;
        stage.equal("state()", "error").await;
        stage.equal("one('[data-kind=error]').getAttribute('role')", "alert").await;
    }
    // These are about looks and timing: the replies are shown all the same.
    for (attributes, name) in [("theme=pink", "theme"), ("loading=never", "loading"), ("theme='[['", "theme")]
    {
        stage.expect(name);
        stage.open(&Article::with_thread(attributes)).await;
        stage
            .until(
                &format!("{attributes} is named"),
                &format!("text(one('[data-kind=error]'))?.includes({name:?})"),
            )
            .await;
        stage.ready().await;
        stage.equal("numbers().length", 1).await;
        stage.check("the remark stays", &format!("text(one('[data-kind=error]'))?.includes({name:?})")).await;
    }
}

async fn a_corrected_attribute_is_enough(stage: &Stage) {
    stage.host.backend().put(thread("t", vec![reply(1, "Ada", "One.")]));
    stage.expect("order");
    stage.open(&Article::with_thread("order=random")).await;
    stage.until("it is named", "text(one('[data-kind=error]'))?.includes('order')").await;
    stage.run("elements()[0].setAttribute('order', 'newest')").await;
    stage.ready().await;
    stage.until("the replies are here", "numbers().length === 1 && !one('[data-kind=error]')").await;
}

async fn an_api_of_another_origin_that_forbids_reading(stage: &Stage) {
    let policy = "script-src 'self' http://localhost:* 'wasm-unsafe-eval'; connect-src 'self'";
    stage.expect("connect-src");
    let body = r#"<after-word api="{api}" thread="t"></after-word><script async src="/afterword/embed.js"></script>"#;
    stage.open(&Article::with(body).policy(policy)).await;
    stage
        .until(
            "it says that it cannot be reached",
            "/could not be reached/.test(text(one('[data-kind=error]')))",
        )
        .await;
}

async fn the_page_lives_on(stage: &Stage) {
    // Two elements, of which one is wrong; a form of the page below.
    stage.host.backend().put(thread("t", vec![reply(1, "Ada", "One.")]));
    stage.expect("order");
    let body = format!("{}{}<input id=mine>{SCRIPT}", element("t", "order=random"), element("t", ""));
    stage.open(&Article::with(&body)).await;
    stage.until("one is well", "state(1) === 'ready'").await;
    stage.until("the other says why", "state(0) === 'error'").await;
    stage.click("document.getElementById('mine')").await;
    stage.press("hello").await;
    stage.until("the page works", "document.getElementById('mine').value === 'hello'").await;
}
