//! Isso behind the bridge, before a reader: one thread says the same as from a file and from Python, and what answers
//! another reply leads there.

use std::fs;
use std::time::Duration;

use afterword_bridge::System;
use afterword_contract::{Reply, Status, ThreadPage};
use afterword_tests::article::{Article, SCRIPT};
use afterword_tests::bridged::Bridged;
use afterword_tests::example::Example;
use afterword_tests::isso::Isso;
use afterword_tests::real::{Real, Which};
use afterword_tests::stage::Stage;
use afterword_tests::{stories, tools};
use serde_json::{Value, json};

stories! { bridge:
    one_thread_says_the_same_from_a_file_from_python_and_from_isso,
    what_answers_another_reply_leads_there,
}

const PLUMS: &str = "examples/backends/static/threads/plums.json";

/// What was said in each reply and by whom, as it is shown: the words of its paragraphs and lists, quoted ones too.
/// Isso knows no roles, has no names beside likes, and nobody checks its quotes.
const SAID: &str = "numbers().map((number) => ({
    number,
    gone: reply(number).dataset.status === 'deleted',
    author: text(within(reply(number), 'reply-author')),
    words: Array.from(within(reply(number), 'reply-body')?.querySelectorAll('p, li') ?? [], text),
    quotes: allWithin(reply(number), 'quote-source').map(text),
}))";

async fn one_thread_says_the_same_from_a_file_from_python_and_from_isso(stage: &Stage) {
    let file = Example::Static.start(&stage.undertaker).await.unwrap();
    let from_file = said(stage, &format!("src={}/threads/plums.json", file.origin)).await;
    assert_eq!(from_file.as_array().unwrap().len(), 7);
    assert_eq!(from_file[3]["gone"], true);
    assert_eq!(from_file[4]["words"][0], "there is no second answer.");

    let python = Real::start(Which::Python, stage, PLUMS, "plums").await;
    assert_eq!(said(stage, &format!("api={} thread=plums", python.api())).await, from_file, "from Python");

    let text = fs::read_to_string(tools::workspace().join(PLUMS)).unwrap();
    let thread: ThreadPage = serde_json::from_str(&text).unwrap();
    let comments: Value = thread.completed().replies.iter().map(comment).collect();
    let (_isso, bridge) = isso("plums", comments, stage).await;
    let mut from_isso = said(stage, &format!("api={} thread=plums", bridge.api)).await;
    // Of what is deleted Isso does not know who wrote it.
    from_isso[3]["author"] = from_file[3]["author"].clone();
    assert_eq!(from_isso, from_file, "from Isso");
}

/// Opens the thread and reads it from the page.
async fn said(stage: &Stage, attributes: &str) -> Value {
    let body = format!("<after-word {attributes}></after-word>{SCRIPT}");
    stage.open_at("/articles/plums.html", &Article::with(&body)).await;
    stage.ready().await;
    stage.until("all of it", "numbers().length === 7").await;
    stage.eval(SAID).await
}

/// A reply as Isso keeps it. There a link to a comment has another form.
fn comment(reply: &Reply) -> Value {
    let published = reply.published.as_ref().and_then(|published| published.millis()).unwrap_or(0);
    json!({
        "id": reply.number,
        "created": published as f64 / 1000.0,
        "mode": if reply.status == Status::Deleted { 4 } else { 1 },
        "text": reply.body.replace("#reply-", "#isso-"),
        "author": reply.author.as_ref().map(|author| &author.name),
    })
}

/// An Isso with these comments, and the bridge before it.
async fn isso(uri: &str, comments: Value, stage: &Stage) -> (Isso, Bridged) {
    let threads = json!([{ "uri": uri, "comments": comments }]);
    let isso = Isso::start(&tools::isso().unwrap(), &stage.undertaker, &threads).await.unwrap();
    let url = format!("http://{}", isso.address);
    let bridge = Bridged::start(System::Isso, &url, Duration::from_secs(60)).await.unwrap();
    (isso, bridge)
}

async fn what_answers_another_reply_leads_there(stage: &Stage) {
    let comments = json!([
        { "id": 1, "created": 1.7e9, "text": "Dumplings.", "author": "Ada", "likes": 2 },
        { "id": 2, "created": 1.7e9 + 60.0, "text": "Jam.", "author": "Tom" },
        { "id": 3, "created": 1.7e9 + 120.0, "text": "With sugar?", "author": "Yuki", "parent": 1 },
    ]);
    let (_isso, bridge) = isso("/articles/plums.html", comments, stage).await;
    // The thread is the page, as where nothing else is said.
    let body = format!("<after-word api={}></after-word>{SCRIPT}", bridge.api);
    stage.open_at("/articles/plums.html", &Article::with(&body)).await;
    stage.ready().await;
    stage.equal("numbers().join()", "1,2,3").await;
    let words = "Array.from(within(reply(3), 'reply-body').querySelectorAll('p'), text)";
    stage.equal(words, json!(["↪ Reply 1", "With sugar?"])).await;
    stage.check("likes are shown", "/Like\\s*2/.test(text(within(reply(1), 'reactions')))").await;
    stage.check("nobody writes", "parts('composer').length + parts('composer-closed').length === 0").await;
    stage.click("within(reply(3), 'reply-link')").await;
    stage.until("what it answers", "focused() === reply(1)").await;
}
