//! `GET replies/{id}/history`: what a reply said before.

use http::Method;
use serde_json::{Value, json};

use crate::check::{Group, Verdict, When, checks};
use crate::json::text;
use crate::shape::Shape;
use crate::stage::{Stage, prepared};

pub(super) const GROUP: Group = Group {
    name: "history",
    when: When::Announced("history"),
    checks: checks! {
        "shape" shape, "4. Fields",
            "`GET {api}/replies/{id}/history` answers 200 with a History.",
            "Hold what you send against contract/schemas/history.schema.json.";
        "order" order, "4. Fields",
            "The oldest text comes first, the present one last, each with its revision.",
            "Keep each text before you write the next one, and send the present one behind them.";
        "etag" etag, "2. The routes",
            "It is public, with an `ETag`, and 304 where `If-None-Match` names it.",
            "Treat it like a page of replies.";
        "unknown" unknown, "5. Errors",
            "A reply that nobody knows is 404 `unknown-reply`.",
            "Look the reply up before its revisions.";
        "gone" gone, "8. Security",
            "Hidden and deleted replies have no public history.",
            "Answer with an empty list, or 404, where the reply is not published.";
    },
};

/// A reply with three texts, where it can be edited.
async fn reply(stage: &Stage, purpose: &str) -> Verdict<Value> {
    let first = stage.first()?;
    let mut reply = stage.write(first, &stage.thread(&format!("history-{purpose}")), "One.").await?;
    if stage.offers("edit") {
        for body in ["Two.", "Three."] {
            reply = prepared(stage.edit(first, &reply, body).send().await?.json(200))?;
        }
    }
    Ok(reply)
}

async fn shape(stage: &Stage) -> Verdict {
    let reply = reply(stage, "shape").await?;
    stage.act(Method::GET, &reply, "/history").send().await?.message(200, Shape::History).map(drop)
}

async fn order(stage: &Stage) -> Verdict {
    stage.needs("edit")?;
    let reply = reply(stage, "order").await?;
    let answer = stage.act(Method::GET, &reply, "/history").send().await?;
    let history = answer.json(200)?;
    let bodies: Vec<&str> =
        history.as_array().into_iter().flatten().map(|past| text(past, "/body")).collect();
    answer.ensure(bodies == ["One.", "Two.", "Three."], format!("the texts are {bodies:?}"))?;
    let last = history.as_array().and_then(|list| list.last()).map(|past| text(past, "/revision"));
    answer.ensure(last == Some(text(&reply, "/revision")), format!("the last revision is {last:?}"))
}

async fn etag(stage: &Stage) -> Verdict {
    let reply = reply(stage, "etag").await?;
    let answer = stage.act(Method::GET, &reply, "/history").send().await?;
    let tag = answer.status(200)?.header("etag");
    answer.ensure(!tag.is_empty(), "`ETag` is missing")?;
    answer.ensure(answer.lists("cache-control", "public"), "caches may not keep it")?;
    stage
        .act(Method::GET, &reply, "/history")
        .header("if-none-match", tag)
        .send()
        .await?
        .status(304)
        .map(drop)
}

async fn unknown(stage: &Stage) -> Verdict {
    let request = stage.act(Method::GET, &json!({ "id": "nobody-wrote-this" }), "/history");
    request.send().await?.problem(404, &["unknown-reply"]).map(drop)
}

async fn gone(stage: &Stage) -> Verdict {
    stage.needs("delete")?;
    let reply = reply(stage, "gone").await?;
    prepared(stage.delete(stage.first()?, &reply).send().await?.status(200).map(drop))?;
    let answer = stage.act(Method::GET, &reply, "/history").send().await?;
    let told = ["One.", "Two.", "Three."].iter().any(|body| answer.text().contains(body));
    answer.ensure(!told, "it tells what was deleted")?;
    answer.ensure([200, 404].contains(&answer.status), format!("the status is {}", answer.status))
}
