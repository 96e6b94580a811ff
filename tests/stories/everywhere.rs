//! One thread out of different backends: whatever it comes from, the reader sees the same.

use afterword_tests::article::{Article, SCRIPT};
use afterword_tests::example::Example;
use afterword_tests::real::{Real, Which};
use afterword_tests::stage::Stage;
use afterword_tests::stories;
use serde_json::Value;

stories! { everywhere:
    one_thread_shows_the_same_wherever_it_comes_from,
}

/// What a reader sees of each reply, without what can be done to it: files are only read.
const SEEN: &str = "numbers().map((number) => {
    const it = reply(number), of = (name) => allWithin(it, name).map(text);
    return {
        number: of('reply-number'), author: of('reply-author'), role: of('reply-role'), status: it.dataset.status,
        time: allWithin(it, 'reply-time').map((button) => button.title), edited: of('reply-edited').length,
        body: of('reply-body'), sources: of('quote-source'), mentions: of('mention'), quotedBy: of('quoted-by'),
        quotes: allWithin(it, 'quote').map((quote) => quote.dataset.state),
        reactions: allWithin(it, 'reaction').filter((one) => !('quiet' in one.dataset)).map((one) =>
            [one.dataset.tag, text(within(one, 'reaction-count')), text(within(one, 'reaction-people'))]),
    };
})";

/// Shows the thread by these attributes, and tells what is seen.
async fn seen(stage: &Stage, attributes: &str) -> Value {
    let body = format!("<after-word {attributes} thread=plums></after-word>{SCRIPT}");
    stage.open_at("/articles/plums.html", &Article::with(&body)).await;
    stage.ready().await;
    stage.until("all of it", "numbers().length === 7").await;
    stage.eval(SEEN).await
}

async fn one_thread_shows_the_same_wherever_it_comes_from(stage: &Stage) {
    let files = Example::Static.start(&stage.undertaker).await.unwrap_or_else(|error| panic!("{error}"));
    let file = seen(stage, &format!(r#"src="{}/threads/plums.json""#, files.origin)).await;
    // The picture is not an empty one, of which all would be equal.
    assert_eq!(file[1]["quotes"][0], "ok", "{file:#}");
    assert_eq!(file[3]["status"], "deleted", "{file:#}");
    assert_eq!(file[4]["mentions"][0], "@Old Tom", "{file:#}");
    assert_eq!(file[5]["quotes"][0], "altered", "{file:#}");
    assert_eq!(file[2]["reactions"][0][0], "like", "{file:#}");

    let path = "examples/backends/static/threads/plums.json";
    let python = Real::start(Which::Python, stage, path, "plums").await;
    let reference = Real::start(Which::Reference, stage, path, "plums").await;
    for (name, attributes) in [
        ("a folder", format!(r#"api="{}/threads/plums""#, files.origin)),
        ("Python", format!(r#"api="{}""#, python.api())),
        ("the reference server", format!(r#"api="{}""#, reference.api())),
    ] {
        let other = seen(stage, &attributes).await;
        for (place, expected) in file.as_array().into_iter().flatten().enumerate() {
            assert_eq!(&other[place], expected, "reply {} from {name}", place + 1);
        }
    }
}
