//! Backends that are newer or older than the widget: one that says more than this version knows, in every answer, and
//! the smallest that there can be.

use afterword_contract::{Feature, Reply, ThreadPage};
use afterword_tests::article::Article;
use afterword_tests::backend::{reaction, reply, thread};
use afterword_tests::fault::Fault;
use afterword_tests::stage::Stage;
use afterword_tests::stories;
use serde_json::json;

stories! { versions:
    a_newer_backend_is_read_and_written_to,
    a_newer_backend_refuses_for_reasons_of_its_own,
    what_a_newer_stream_tells_besides_does_no_harm,
    the_smallest_backend_is_read,
}

const ALL: &[Feature] = &[Feature::Viewer, Feature::Reply, Feature::React, Feature::Edit, Feature::History];

/// A page's own sign-in: everybody is Ada.
const SIGN_IN: &str = "<script nonce='c2VjcmV0'>addEventListener('DOMContentLoaded', () => {
  document.querySelector('after-word').getToken = async () => \"ada's\"; });</script>";

fn open_thread() -> ThreadPage {
    let first = Reply { reactions: vec![reaction("like", &["Bo"])], ..reply(1, "Bo", "One.") };
    let mut page = thread("t", vec![first, reply(2, "Ada", "Two.")]);
    page.thread.features = ALL.to_vec();
    page
}

/// Opens an article whose backend is of a later version, where Ada is known.
async fn as_ada(stage: &Stage) {
    stage.host.backend().put(open_thread());
    stage.host.backend().know("ada's", "Ada");
    stage.host.fail("/api/", Fault::Later);
    stage.open(&Article::with_thread("").head(SIGN_IN)).await;
    stage.ready().await;
    stage.until("it is known who looks", "part('edit-button')").await;
}

async fn write(stage: &Stage, text: &str) {
    stage.click("part('composer-open')").await;
    stage.until("the text has the focus", "focused() === part('composer-text')").await;
    stage.press(text).await;
    stage.click("part('composer-submit')").await;
}

async fn a_newer_backend_is_read_and_written_to(stage: &Stage) {
    as_ada(stage).await;
    stage
        .until(
            "the backend says more than anybody knows",
            "(fetch('/api/replies?thread=t').then((it) => it.text()).then((it) => (window.page = it)), \
             window.page?.includes('telepathy') && window.page.includes('notYetInvented'))",
        )
        .await;
    stage.equal("numbers()", json!([1, 2])).await;
    stage.equal("text(within(reply(1), 'reply-body'))", "One.").await;
    stage
        .check(
            "nothing of what nobody knows is seen",
            "!/telepathy|notYetInvented/.test(text(part('thread')))",
        )
        .await;

    stage.click("reply(1).querySelector('[data-tag=like] button')").await;
    stage
        .until("the reaction is chosen", "reply(1).querySelector('[data-tag=like] [aria-pressed=true]')")
        .await;
    write(stage, "Three.").await;
    stage.until("the reply stands in its place", "text(within(reply(3), 'reply-body')) === 'Three.'").await;
    assert_eq!(stage.host.backend().bodies("t"), ["One.", "Two.", "Three."]);
}

async fn a_newer_backend_refuses_for_reasons_of_its_own(stage: &Stage) {
    as_ada(stage).await;
    let body = json!({
        "type": "urn:afterword:problem:not-yet-invented",
        "title": "Not at this hour",
        "status": 451,
        "detail": "Replies are taken after six.",
        "until": { "hour": 18 },
    });
    stage.host.fail(
        "POST /api/replies",
        Fault::Answer { status: 451, kind: "application/problem+json".to_owned(), body: body.to_string() },
    );
    write(stage, "Three.").await;
    stage
        .until("it says why", "text(part('composer-status'))?.includes('Replies are taken after six.')")
        .await;
    stage.equal("part('composer-text').value", "Three.").await;
}

async fn what_a_newer_stream_tells_besides_does_no_harm(stage: &Stage) {
    let mut page = open_thread();
    page.thread.features.push(Feature::Live);
    stage.host.backend().put(page);
    stage.host.fail("/api/", Fault::Later);
    let unknown = json!({ "event": "telepathy", "total": 9, "locked": true, "mind": ["read"] });
    let known = json!({ "event": "reply", "total": 3, "locked": false, "mind": [], "reply": reply(3, "Cleo", "Three.") });
    let stream = format!(
        "retry: 60000\n\nid: 1\nevent: telepathy\ndata: {unknown}\n\nid: 2\nevent: reply\ndata: {known}\n\n"
    );
    stage.host.put_file("/api/live", "text/event-stream", &stream);
    stage.open(&Article::with_thread("")).await;
    stage.ready().await;
    stage.until("what is known is told", "text(part('news')) === '1 new reply'").await;
    stage.equal("text(part('count'))", "3 replies").await;
    stage.check("the thread is not locked", "part('composer-open')").await;
}

async fn the_smallest_backend_is_read(stage: &Stage) {
    // One document for whatever is asked, and nothing else anywhere.
    let document = r#"{ "replies": [ { "body": "One." }, { "body": "Two." }, { "body": "Three." } ] }"#;
    stage.host.fail("/api/", Fault::html(404));
    stage.host.fail("/api/replies", Fault::json(document));
    stage.open(&Article::with_thread(r#"order="newest""#)).await;
    stage.ready().await;
    stage.equal("numbers()", json!([3, 2, 1])).await;
    stage.equal("text(within(reply(2), 'reply-body'))", "Two.").await;
    stage.check("nobody writes or reacts there", "!part('composer-open') && !part('reaction')").await;
    let asked: Vec<String> = stage.host.asked("/api/").iter().map(|asked| asked.target.clone()).collect();
    assert!(
        asked.iter().all(|target| target.contains("/replies?") || target.contains("/html?")),
        "nothing is asked that was not announced: {asked:?}"
    );
}
