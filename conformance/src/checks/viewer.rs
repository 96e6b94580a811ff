//! `GET viewer`: who is looking, and what they may do.

use http::Method;
use serde_json::Value;

use crate::check::{Group, Verdict, When, checks};
use crate::client::Answer;
use crate::json::{text, texts};
use crate::shape::Shape;
use crate::stage::{Stage, Who, is_same, prepared};

pub(super) const GROUP: Group = Group {
    name: "viewer",
    when: When::Announced("viewer"),
    checks: checks! {
        "shape" shape, "4. Fields",
            "`GET {api}/viewer` answers 200 with a Viewer.",
            "Hold what you send against contract/schemas/viewer.schema.json.";
        "nobody" nobody, "4. Fields",
            "Without a token `person` is null.",
            "Answer 200 with `person: null` to whoever sends no token.";
        "stale-token" stale_token, "4. Fields",
            "With a token that has gone stale it is 200 with `person: null`, never a 401.",
            "Treat a token that you do not know like none: reading must not fail because a session ended.";
        "somebody" somebody, "4. Fields",
            "With a token `person` is who is looking.",
            "Look the person up by the token's hash.";
        "no-store" no_store, "6. HTTP",
            "Everything that depends on a token is `Cache-Control: no-store`.",
            "Set it on this route, whoever asks.";
        "own" own, "4. Fields",
            "`replies` says what the viewer may do to their own replies, and to nobody else's.",
            "List `edit` and `delete` under the ids of the viewer's own replies, as long as they may.";
        "own-tombstone" own_tombstone, "Step 5. Editing and deleting",
            "`replies` lists `restore` under the ids of the viewer's own tombstones, and of nobody else's.",
            "List `restore` where the viewer deleted the reply, as long as they may bring it back.";
        "chosen" chosen, "4. Fields",
            "`replies` lists the tags that the viewer chose.",
            "List each tag under the reply's id, for the viewer alone.";
        "thread-missing" thread_missing, "5. Errors",
            "Without `thread` it is 400 `bad-parameter`.",
            "Refuse a query without `thread`.";
    },
};

async fn asked(stage: &Stage, thread: &str, who: Option<&Who>) -> Verdict<(Answer, Value)> {
    let mut request = stage.get("/viewer").query("thread", thread);
    if let Some(who) = who {
        request = request.token(&who.token);
    }
    let answer = request.send().await?;
    let viewer = answer.json(200)?;
    Ok((answer, viewer))
}

async fn shape(stage: &Stage) -> Verdict {
    let thread = stage.readable().await.map_or_else(|_| stage.thread("nobody"), str::to_owned);
    stage.get("/viewer").query("thread", &thread).send().await?.message(200, Shape::Viewer)?;
    if let Ok(first) = stage.first() {
        let request = stage.get("/viewer").query("thread", &thread).token(&first.token);
        request.send().await?.message(200, Shape::Viewer)?;
    }
    Ok(())
}

async fn nobody(stage: &Stage) -> Verdict {
    let (answer, viewer) = asked(stage, &stage.thread("nobody"), None).await?;
    answer.ensure(viewer.get("person").is_none_or(Value::is_null), "`person` is not null")
}

async fn stale_token(stage: &Stage) -> Verdict {
    let who = Who { token: "gone-stale-0123456789abcdef".to_owned(), person: Value::Null };
    let (answer, viewer) = asked(stage, &stage.thread("nobody"), Some(&who)).await?;
    answer.ensure(viewer.get("person").is_none_or(Value::is_null), "`person` is not null")
}

async fn somebody(stage: &Stage) -> Verdict {
    for who in [stage.first()?, stage.second()?] {
        let (answer, viewer) = asked(stage, &stage.thread("nobody"), Some(who)).await?;
        let person = viewer.get("person").cloned().unwrap_or_default();
        answer.ensure(person.is_object(), "`person` is null")?;
        answer.ensure(is_same(&who.person, &person), format!("it is somebody else than {}", who.person))?;
    }
    Ok(())
}

async fn no_store(stage: &Stage) -> Verdict {
    asked(stage, &stage.thread("nobody"), Some(stage.first()?)).await?.0.personal()?;
    asked(stage, &stage.thread("nobody"), None).await?.0.personal()
}

/// What the viewer may do to this reply.
fn may(viewer: &Value, reply: &Value) -> Vec<String> {
    texts(viewer, &format!("/replies/{}/may", text(reply, "/id").replace('~', "~0")))
}

async fn own(stage: &Stage) -> Verdict {
    let (first, second) = (stage.first()?, stage.second()?);
    let offered: Vec<&str> = ["edit", "delete"].into_iter().filter(|feature| stage.offers(feature)).collect();
    let thread = stage.thread("own");
    let reply = stage.write(first, &thread, "Mine.").await?;
    let (answer, viewer) = asked(stage, &thread, Some(first)).await?;
    let theirs = may(&viewer, &reply);
    for feature in &offered {
        let listed = theirs.iter().any(|word| word == feature);
        answer.ensure(listed, format!("the author may not `{feature}` their own reply: {theirs:?}"))?;
    }
    let (answer, viewer) = asked(stage, &thread, Some(second)).await?;
    // A moderator may do it to any reply.
    if texts(&viewer, "/may").iter().any(|word| offered.contains(&word.as_str())) {
        return Ok(());
    }
    let theirs = may(&viewer, &reply);
    let foreign = theirs.iter().any(|word| offered.contains(&word.as_str()));
    answer.ensure(!foreign, format!("somebody else may do this to it: {theirs:?}"))
}

async fn own_tombstone(stage: &Stage) -> Verdict {
    stage.needs("delete")?;
    let first = stage.first()?;
    let thread = stage.thread("own-tombstone");
    let reply = stage.write(first, &thread, "Mine, for a while.").await?;
    prepared(stage.delete(first, &reply).send().await?.status(200).map(drop))?;
    for (who, theirs) in [(Ok(first), true), (stage.second(), false)] {
        let Ok(who) = who else { continue };
        let (answer, viewer) = asked(stage, &thread, Some(who)).await?;
        // A moderator may restore any reply.
        if texts(&viewer, "/may").iter().any(|word| word == "restore") {
            continue;
        }
        let may = may(&viewer, &reply);
        let listed = may.iter().any(|word| word == "restore");
        let wrong = if theirs { "the author may not restore it" } else { "somebody else may restore it" };
        answer.ensure(listed == theirs, format!("{wrong}: {may:?}"))?;
    }
    Ok(())
}

async fn chosen(stage: &Stage) -> Verdict {
    stage.needs("react")?;
    let (first, second, tag) = (stage.first()?, stage.second()?, stage.tag()?);
    let thread = stage.thread("chosen");
    let reply = stage.write(first, &thread, "Choose.").await?;
    let request = stage.act(Method::PUT, &reply, &format!("/reactions/{tag}")).token(&second.token);
    prepared(request.send().await?.status(200).map(drop))?;
    let pointer = format!("/replies/{}/reactions", text(&reply, "/id").replace('~', "~0"));
    for (who, chose) in [(second, true), (first, false)] {
        let (answer, viewer) = asked(stage, &thread, Some(who)).await?;
        let tags = texts(&viewer, &pointer);
        let wrong = if chose { "their tag is missing" } else { "it is somebody else's tag" };
        answer.ensure(tags.iter().any(|chosen| chosen == tag) == chose, format!("{wrong}: {tags:?}"))?;
    }
    Ok(())
}

async fn thread_missing(stage: &Stage) -> Verdict {
    stage.get("/viewer").send().await?.problem(400, &["bad-parameter"]).map(drop)
}
