//! `GET live`: what happens, as it happens. Whether a comment comes every 15 seconds is not waited for.

use http::Method;
use serde_json::Value;

use super::read::exposed;
use crate::check::{Group, Verdict, When, checks};
use crate::json::{count, list, text, whole};
use crate::shape::Shape;
use crate::stage::{Stage, prepared};
use crate::stream::{Event, Stream};

pub(super) const GROUP: Group = Group {
    name: "live",
    when: When::Announced("live"),
    checks: checks! {
        "headers" headers, "Step 8. Live",
            "The answer is `text/event-stream` with `Cache-Control: no-store`, and not compressed.",
            "Take the route out of whatever compresses or buffers, in the proxy too.";
        "retry" retry, "Step 8. Live",
            "`retry` stands at the start of the stream.",
            "Send `retry: ` and some milliseconds, not the same for everybody, before the first event.";
        "shape" shape, "Step 8. Live",
            "Each event has an `id`, and its `data` is a LiveEvent with the same `event`.",
            "Hold what you send against contract/schemas/live-event.schema.json.";
        "reply" reply, "Step 8. Live",
            "`reply` comes when a reply is new, as a page would show it now.",
            "Write the log of changes in the transaction that makes the change, and wake whoever listens.";
        "edit" edit, "Step 8. Live",
            "`reply` comes when a reply has another text.",
            "Note edits in the log of changes.";
        "deletion" deletion, "Step 8. Live",
            "`reply` comes when a reply is deleted, as a tombstone: nothing of its text.",
            "Draw the event from what the reply is when it is sent, and not from what it was.";
        "restored" restored, "Step 8. Live",
            "`reply` comes when a reply has another status, as when it is restored.",
            "Note restores in the log of changes.";
        "private" private, "8. Security",
            "Nothing private stands in public answers: no token, no mail address, no network address, no hash of either.",
            "Draw what an event tells as pages are drawn.";
        "reactions" reactions, "Step 8. Live",
            "`reactions` comes with the `id` of the reply and all its reactions.",
            "Note reactions in the log of changes.";
        "next" next, "Step 8. Live",
            "Without `Last-Event-ID` and `since` the stream begins with what happens next, and tells of its own thread alone.",
            "Begin at the end of the thread's log.";
        "grows" grows, "Step 8. Live",
            "Ids grow within a thread.",
            "Count changes in the transaction that makes them.";
        "resumed" resumed, "Step 8. Live",
            "Who comes back with `Last-Event-ID`, or with the same id as `since`, gets what was missed first.",
            "Read the log from behind that id; send `reset` where it does not reach back so far.";
        "since-page" since_page, "Step 8. Live",
            "A page says in `thread.live` which id it shows, so that nothing is lost between page and stream.",
            "Read page and id in one transaction.";
        "thread-missing" thread_missing, "5. Errors",
            "Without `thread` it is 400 `bad-parameter`.",
            "Refuse a query without `thread` before the stream begins.";
    },
};

/// Listens to a thread; a stream that is none is another check's business.
async fn listen(stage: &Stage, thread: &str) -> Verdict<Stream> {
    let stream = Stream::open(stage.get("/live").query("thread", thread)).await?;
    prepared(stream.answer.status(200).map(drop))?;
    Ok(stream)
}

/// The next event of this kind that `fits`, after whatever else happens.
async fn wait_for(stream: &mut Stream, kind: &str, fits: impl Fn(&Value) -> bool) -> Verdict<Event> {
    let mut last = None;
    for _ in 0..8 {
        match stream.next().await {
            Ok(event) if event.kind == kind && fits(&event.json()) => return Ok(event),
            Ok(event) => last = Some(event),
            Err(stop) => {
                return Err(
                    last.map_or(stop, |event| stream.wrong(format!("no `{kind}` came, but this"), &event))
                );
            }
        }
    }
    Err(stream.answer.wrong(format!("eight events came, and no `{kind}` among them that would fit")))
}

fn id_of(event: &Event) -> String {
    text(&event.json(), "/reply/id").to_owned()
}

async fn headers(stage: &Stage) -> Verdict {
    let stream = Stream::open(stage.get("/live").query("thread", stage.thread("nobody"))).await?;
    let answer = &stream.answer;
    answer.status(200)?;
    let kind = answer.kind();
    answer.ensure(kind == "text/event-stream", format!("it is `{kind}`"))?;
    answer.personal()?;
    let encoding = answer.header("content-encoding");
    answer.ensure(encoding.is_empty(), format!("it is compressed: `{encoding}`"))?;
    let origin = answer.header("access-control-allow-origin");
    answer.ensure(origin == "*", format!("`Access-Control-Allow-Origin` is `{origin}` and not `*`"))
}

async fn retry(stage: &Stage) -> Verdict {
    let thread = stage.thread("live-retry");
    let mut stream = listen(stage, &thread).await?;
    stage.write(stage.first()?, &thread, "Hello.").await?;
    let event = prepared(stream.next().await)?;
    let said = stream.hello.lines().find_map(|line| line.strip_prefix("retry:")?.trim().parse::<u64>().ok());
    if said.is_none() { Err(stream.wrong("an event came, and no `retry` before it", &event)) } else { Ok(()) }
}

async fn shape(stage: &Stage) -> Verdict {
    let thread = stage.thread("live-shape");
    let mut stream = listen(stage, &thread).await?;
    stage.write(stage.first()?, &thread, "Hello.").await?;
    let event = prepared(stream.next().await)?;
    let told = Shape::LiveEvent.check(&event.data).map_err(|wrong| stream.wrong(wrong, &event))?;
    if event.id.is_empty() {
        return Err(stream.wrong("it has no `id`", &event));
    }
    if text(&told, "/event") != event.kind {
        return Err(stream.wrong(format!("`event` is `{}` in the data", text(&told, "/event")), &event));
    }
    if whole(&told, "/total") != Some(1) {
        return Err(stream.wrong("`total` is not 1", &event));
    }
    Ok(())
}

async fn reply(stage: &Stage) -> Verdict {
    let thread = stage.thread("live-reply");
    let mut stream = listen(stage, &thread).await?;
    let reply = stage.write(stage.first()?, &thread, "Hello.").await?;
    let event = stream.next().await?;
    let told = event.json();
    let right = event.kind == "reply" && text(&told, "/reply/id") == text(&reply, "/id");
    if !right {
        return Err(stream.wrong("a reply was written, and this is told", &event));
    }
    match text(&told, "/reply/body") {
        "Hello." => Ok(()),
        body => Err(stream.wrong(format!("its body is {body:?}"), &event)),
    }
}

async fn edit(stage: &Stage) -> Verdict {
    stage.needs("edit")?;
    let (first, thread) = (stage.first()?, stage.thread("live-edit"));
    let reply = stage.write(first, &thread, "Hello.").await?;
    let mut stream = listen(stage, &thread).await?;
    prepared(stage.edit(first, &reply, "Good day.").send().await?.status(200).map(drop))?;
    wait_for(&mut stream, "reply", |told| text(told, "/reply/body") == "Good day.").await.map(drop)
}

async fn deletion(stage: &Stage) -> Verdict {
    stage.needs("delete")?;
    let (first, thread) = (stage.first()?, stage.thread("live-deletion"));
    let reply = stage.write(first, &thread, "This goes.").await?;
    let mut stream = listen(stage, &thread).await?;
    prepared(stage.delete(first, &reply).send().await?.status(200).map(drop))?;
    let gone = |told: &Value| text(told, "/reply/status") == "deleted";
    let event = wait_for(&mut stream, "reply", gone).await?;
    if event.data.contains("This goes.") { Err(stream.wrong("it tells the text", &event)) } else { Ok(()) }
}

async fn restored(stage: &Stage) -> Verdict {
    stage.needs("delete")?;
    let (first, thread) = (stage.first()?, stage.thread("live-restored"));
    let reply = stage.write(first, &thread, "This comes back.").await?;
    prepared(stage.delete(first, &reply).send().await?.status(200).map(drop))?;
    let mut stream = listen(stage, &thread).await?;
    let request = stage.act(Method::POST, &reply, "/restore").token(&first.token);
    prepared(request.send().await?.status(200).map(drop))?;
    wait_for(&mut stream, "reply", |told| text(told, "/reply/body") == "This comes back.").await.map(drop)
}

async fn private(stage: &Stage) -> Verdict {
    let thread = stage.thread("live-private");
    let mut stream = listen(stage, &thread).await?;
    stage.write(stage.first()?, &thread, "Hello.").await?;
    let event = prepared(stream.next().await)?;
    if stage.tokens().into_iter().any(|token| event.data.contains(token)) {
        return Err(stream.wrong("it holds somebody's token", &event));
    }
    exposed(&event.json()).map_or(Ok(()), |wrong| Err(stream.wrong(wrong, &event)))
}

async fn reactions(stage: &Stage) -> Verdict {
    stage.needs("react")?;
    let (first, second, tag) = (stage.first()?, stage.second()?, stage.tag()?);
    let thread = stage.thread("live-reactions");
    let reply = stage.write(first, &thread, "Hello.").await?;
    let mut stream = listen(stage, &thread).await?;
    let request = stage.act(Method::PUT, &reply, &format!("/reactions/{tag}")).token(&second.token);
    prepared(request.send().await?.status(200).map(drop))?;
    let chosen = |told: &Value| {
        text(told, "/id") == text(&reply, "/id")
            && count(told.get("reactions").unwrap_or(&Value::Null), tag) == 1
    };
    wait_for(&mut stream, "reactions", chosen).await.map(drop)
}

async fn next(stage: &Stage) -> Verdict {
    let (first, thread) = (stage.first()?, stage.thread("live-next"));
    stage.write(first, &thread, "Before.").await?;
    let mut stream = listen(stage, &thread).await?;
    stage.write(first, &stage.thread("live-elsewhere"), "Elsewhere.").await?;
    let after = stage.write(first, &thread, "After.").await?;
    let event = prepared(stream.next().await)?;
    match event.kind == "reply" && id_of(&event) == text(&after, "/id") {
        true => Ok(()),
        false => Err(stream.wrong("the first event is not the reply that was written next", &event)),
    }
}

async fn grows(stage: &Stage) -> Verdict {
    let (first, thread) = (stage.first()?, stage.thread("live-grows"));
    let mut stream = listen(stage, &thread).await?;
    let mut ids: Vec<String> = Vec::new();
    for body in ["One.", "Two.", "Three."] {
        stage.write(first, &thread, body).await?;
        let event = prepared(stream.next().await)?;
        let grown = ids.last().is_none_or(|last| match (last.parse::<u64>(), event.id.parse::<u64>()) {
            (Ok(last), Ok(now)) => now > last,
            _ => *last != event.id,
        });
        if !grown {
            return Err(stream.wrong(format!("the ids before were {ids:?}"), &event));
        }
        ids.push(event.id);
    }
    Ok(())
}

/// What was missed is told: both replies in their order, or `reset`.
async fn told(mut stream: Stream, missed: &[Value]) -> Verdict {
    prepared(stream.answer.status(200).map(drop))?;
    for reply in missed {
        let event = stream.next().await?;
        if event.kind == "reset" {
            return Ok(());
        }
        if id_of(&event) != text(reply, "/id") {
            let number = whole(reply, "/number").unwrap_or(0);
            return Err(stream.wrong(format!("reply {number} was missed, and this is told instead"), &event));
        }
    }
    Ok(())
}

async fn resumed(stage: &Stage) -> Verdict {
    let (first, thread) = (stage.first()?, stage.thread("live-resumed"));
    let mut stream = listen(stage, &thread).await?;
    stage.write(first, &thread, "Heard.").await?;
    let heard = prepared(stream.next().await)?.id;
    drop(stream);
    let missed = [
        stage.write(first, &thread, "Missed.").await?,
        stage.write(first, &thread, "Missed as well.").await?,
    ];
    let request = stage.get("/live").query("thread", &thread);
    told(Stream::open(request.clone().query("since", &heard)).await?, &missed).await?;
    told(Stream::open(request.header("last-event-id", heard)).await?, &missed).await
}

async fn since_page(stage: &Stage) -> Verdict {
    let (first, thread) = (stage.first()?, stage.thread("live-page"));
    stage.write(first, &thread, "On the page.").await?;
    let (answer, page) = stage.read(&thread).await?;
    let live = text(&page, "/thread/live");
    answer.ensure(!live.is_empty(), "`live` is announced, and the page has no `thread.live`")?;
    answer.ensure(list(&page, "/replies").len() == 1, "the page has not the one reply")?;
    let missed = [stage.write(first, &thread, "Missed.").await?];
    told(Stream::open(stage.get("/live").query("thread", &thread).query("since", live)).await?, &missed).await
}

async fn thread_missing(stage: &Stage) -> Verdict {
    let stream = Stream::open(stage.get("/live")).await?;
    if stream.answer.status == 400 {
        return stage.get("/live").send().await?.problem(400, &["bad-parameter"]).map(drop);
    }
    Err(stream.answer.wrong(format!("the status is {}, and 400 is expected", stream.answer.status)))
}
