//! `GET counts`: how many replies threads have.

use serde_json::Value;

use super::read::AWKWARD;
use crate::check::{Group, Verdict, When, checks};
use crate::client::Answer;
use crate::json::{text, whole};
use crate::shape::Shape;
use crate::stage::{Stage, prepared};

pub(super) const GROUP: Group = Group {
    name: "count",
    when: When::Announced("count"),
    checks: checks! {
        "shape" shape, "4. Fields",
            "`GET {api}/counts` answers 200 with Counts: an object with a number for every thread that was asked for.",
            "Hold what you send against contract/schemas/counts.schema.json.";
        "unknown" unknown, "4. Fields",
            "A thread that is unknown counts 0, under the id as it was asked for.",
            "Begin with 0 for every id of the query, then fill in what the database knows.";
        "agrees" agrees, "4. Fields",
            "A count is the `total` of the thread's page: tombstones count, and numbers are counted once.",
            "Take both from the same column.";
        "etag" etag, "2. The routes",
            "It has an `ETag`, and is 304 where `If-None-Match` names it.",
            "Treat it like a page of replies.";
        "thread-missing" thread_missing, "5. Errors",
            "Without `thread` it is 400 `bad-parameter`.",
            "Refuse a query without `thread`.";
    },
};

async fn counted(stage: &Stage, threads: &[String]) -> Verdict<(Answer, Value)> {
    let request = stage.get("/counts");
    let request = threads.iter().fold(request, |request, thread| request.query("thread", thread));
    let answer = request.send().await?;
    let counts = answer.json(200)?;
    Ok((answer, counts))
}

async fn shape(stage: &Stage) -> Verdict {
    let threads = [stage.thread("nobody"), stage.thread("count")];
    counted(stage, &threads).await?.0.message(200, Shape::Counts).map(drop)
}

async fn unknown(stage: &Stage) -> Verdict {
    let threads: Vec<String> = AWKWARD.iter().map(|id| stage.thread(&format!("{id} uncounted"))).collect();
    let (answer, counts) = counted(stage, &threads).await?;
    for thread in &threads {
        let count = counts.get(thread).and_then(Value::as_u64);
        answer.ensure(count == Some(0), format!("{thread:?} counts {count:?} instead of 0"))?;
    }
    Ok(())
}

async fn agrees(stage: &Stage) -> Verdict {
    let (first, threads) = (stage.first()?, [stage.thread("count-a"), stage.thread("count-b")]);
    let [one, two] = &threads;
    for (thread, body) in [(one, "One."), (two, "One."), (two, "Two.")] {
        let reply = stage.write(first, thread, body).await?;
        if stage.offers("delete") && body == "Two." {
            prepared(stage.delete(first, &reply).send().await?.status(200).map(drop))?;
        }
    }
    for (thread, expected) in [(one, 1), (two, 2)] {
        let (answer, counts) = counted(stage, &threads).await?;
        let count = counts.get(thread).and_then(Value::as_u64);
        let (_, page) = stage.read(thread).await?;
        let total = whole(&page, "/thread/total").unwrap_or(expected);
        let id = text(&page, "/thread/id");
        answer.ensure(
            count == Some(total),
            format!("the page of {id:?} says {total}, and the count is {count:?}"),
        )?;
    }
    Ok(())
}

async fn etag(stage: &Stage) -> Verdict {
    let thread = stage.thread("nobody");
    let (answer, _) = counted(stage, std::slice::from_ref(&thread)).await?;
    let tag = answer.header("etag");
    answer.ensure(!tag.is_empty(), "`ETag` is missing")?;
    let request = stage.get("/counts").query("thread", thread).header("if-none-match", tag);
    request.send().await?.status(304).map(drop)
}

async fn thread_missing(stage: &Stage) -> Verdict {
    stage.get("/counts").send().await?.problem(400, &["bad-parameter"]).map(drop)
}
