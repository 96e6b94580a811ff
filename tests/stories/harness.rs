//! The ground that the other stories stand on: that what they rely on to find mistakes does find them.

use afterword_tests::article::Article;
use afterword_tests::fault::Fault;
use afterword_tests::reference::Reference;
use afterword_tests::stage::Stage;
use afterword_tests::stories;
use serde_json::json;

use crate::end_to_end::{LIGHTHOUSE, THREAD};

stories! { harness:
    exceptions_rejections_and_errors_are_noticed,
    policy_violations_are_noticed,
    the_reference_server_is_watched_too,
    a_pointer_and_keys_reach_into_a_shadow_root,
    a_page_under_a_strict_policy_can_still_be_asked,
    faults_are_put_in_the_way_and_taken_out_again,
    the_reader_lives_in_kathmandu,
}

const TOY: &str = r#"<div id="toy"></div><script>
  const inside = toy.attachShadow({ mode: "open" });
  inside.innerHTML = "<button>Press</button> <input>";
  inside.querySelector("button").onclick = (event) => (event.target.textContent = "Pressed");
</script>"#;

async fn exceptions_rejections_and_errors_are_noticed(stage: &Stage) {
    let troubled = Article::with(
        r#"<script>setTimeout(() => nowhere()); Promise.reject(new Error("refused")); console.error("an error");</script>
           <script src="/missing.js"></script>"#,
    );
    for trouble in ["nowhere", "Error: refused", "an error", "/missing.js"] {
        stage.expect(trouble);
    }
    stage.open(&troubled).await;
    stage.until("all trouble is noticed", "window.__log.length === 4").await;
    let mut kinds: Vec<_> = stage.log().await.into_iter().map(|(kind, _)| kind).collect();
    kinds.sort();
    assert_eq!(kinds, ["console.error", "exception", "rejection", "resource"]);
}

async fn policy_violations_are_noticed(stage: &Stage) {
    stage.expect("img-src");
    let article = Article::with(r#"<img alt="" src="{other}/picture.png">"#)
        .policy("default-src 'none'; script-src 'self'");
    stage.open(&article).await;
    stage.until("the violation is noticed", "window.__log.some(([kind]) => kind === 'policy')").await;
    stage.expect("picture.png");
}

async fn the_reference_server_is_watched_too(stage: &Stage) {
    let server = Reference::start(LIGHTHOUSE, THREAD).await;
    stage.go(&server.origin).await;
    stage.expect("an exception");
    stage.run("dispatchEvent(new ErrorEvent('error', { message: 'an exception' }))").await;
    stage.expect("connect-src");
    stage.run("fetch('http://localhost:9/').catch(() => 0)").await;
    stage
        .until(
            "both are noticed",
            "['exception', 'policy'].every((kind) => window.__log.some(([it]) => it === kind))",
        )
        .await;

    stage.open(&Article::with("")).await;
    let ask = format!(
        "fetch('{}/api/replies?thread=t', {{ headers: {{ 'x-mine': '1' }} }}).catch(() => 0).then(() => done(true))",
        server.origin
    );
    assert_eq!(server.preflights(), 0);
    stage.run_async(&ask).await;
    assert_eq!(server.preflights(), 1);
}

async fn a_pointer_and_keys_reach_into_a_shadow_root(stage: &Stage) {
    stage.open(&Article::with(TOY)).await;
    stage.click("toy.shadowRoot.querySelector('button')").await;
    stage
        .until("the button was pressed", "toy.shadowRoot.querySelector('button').textContent === 'Pressed'")
        .await;
    stage.click("toy.shadowRoot.querySelector('input')").await;
    stage.press("avon b7").await;
    stage.until("the keys were typed", "toy.shadowRoot.querySelector('input').value === 'avon b7'").await;
    stage.equal("focused().localName", "input").await;
}

async fn a_page_under_a_strict_policy_can_still_be_asked(stage: &Stage) {
    let policy =
        "default-src 'none'; script-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'";
    stage.open(&Article::with("<p id=here>Here</p>").policy(policy)).await;
    stage.equal("text(document.getElementById('here'))", "Here").await;
}

async fn faults_are_put_in_the_way_and_taken_out_again(stage: &Stage) {
    stage.open(&Article::with("")).await;
    let ask = "fetch('/api/replies?thread=t').then(async (it) => done([it.status, await it.text()]), (error) => done('failed'))";
    stage.host.fail("/api/replies", Fault::Dropped);
    assert_eq!(stage.run_async(ask).await, json!("failed"));
    stage.host.fail("/api/replies", Fault::problem(500, "Broken", "The disk is full."));
    assert_eq!(stage.run_async(ask).await[0], json!(500));
    stage.host.heal();
    let gate = stage.host.hold("/api/replies");
    stage.run("window.answered = 0; fetch('/api/replies?thread=t').then(() => (window.answered = 1))").await;
    gate.reached_by(1).await;
    stage.equal("window.answered", 0).await;
    gate.open();
    stage.until("the answer came", "window.answered === 1").await;
}

async fn the_reader_lives_in_kathmandu(stage: &Stage) {
    let zone = stage.text("Intl.DateTimeFormat().resolvedOptions().timeZone").await;
    assert!(zone == afterword_tests::engine::TIME_ZONE || zone == "Asia/Katmandu", "{zone}");
    stage.equal("new Date('2019-06-25T19:03:00Z').getHours()", 0).await;
    stage.equal("[innerWidth, innerHeight]", json!([1000, 800])).await;
}
