//! `POST replies/{id}/reports`: something for the moderators to look at.

use http::Method;
use serde_json::{Value, json};

use crate::check::{Group, Verdict, When, checks};
use crate::client::Request;
use crate::stage::Stage;

pub(super) const GROUP: Group = Group {
    name: "report",
    when: When::Announced("report"),
    checks: checks! {
        "received" received, "2. The routes",
            "`POST {api}/replies/{id}/reports` answers 204 without a body, `Cache-Control: no-store`.",
            "Answer 204 once the report is stored.";
        "twice" twice, "2. The routes",
            "A person's second report of a reply changes nothing and is no error.",
            "Keep one report for each person and reply.";
        "nobody" nobody, "2. The routes",
            "Whether somebody without a token may report is the backend's to decide: 204, or 401 `sign-in-required`.",
            "Answer one of the two, and say so in `viewer.may`.";
        "unknown" unknown, "5. Errors",
            "A reply that nobody knows is 404 `unknown-reply`.",
            "Look the reply up before you store anything.";
        "any-word" any_word, "4. Fields",
            "`reason` is `spam`, `abuse`, `off-topic`, or any other word.",
            "Keep words that you do not know, and show them as they are.";
    },
};

fn report<'a>(stage: &'a Stage, reply: &Value, reason: &str) -> Verdict<Request<'a>> {
    let request = stage.act(Method::POST, reply, "/reports").token(&stage.second()?.token);
    Ok(request.json(&json!({ "reason": reason, "detail": "A conformance kit says so." })))
}

async fn reply(stage: &Stage) -> Verdict<Value> {
    stage.write(stage.first()?, &stage.thread("report"), "Report me.").await
}

async fn received(stage: &Stage) -> Verdict {
    let answer = report(stage, &reply(stage).await?, "spam")?.send().await?;
    answer.status(204)?.personal()?;
    answer.ensure(answer.body.is_empty(), "a 204 has a body")
}

async fn twice(stage: &Stage) -> Verdict {
    let reply = reply(stage).await?;
    for reason in ["spam", "abuse"] {
        report(stage, &reply, reason)?.send().await?.status(204)?;
    }
    Ok(())
}

async fn nobody(stage: &Stage) -> Verdict {
    let reply = reply(stage).await?;
    let request = stage.act(Method::POST, &reply, "/reports").json(&json!({ "reason": "spam" }));
    let answer = request.send().await?;
    match answer.status {
        204 => Ok(()),
        _ => answer.signed_out(),
    }
}

async fn unknown(stage: &Stage) -> Verdict {
    let nobody = json!({ "id": "nobody-wrote-this" });
    report(stage, &nobody, "spam")?.send().await?.problem(404, &["unknown-reply"]).map(drop)
}

async fn any_word(stage: &Stage) -> Verdict {
    report(stage, &reply(stage).await?, "of-a-later-version")?.send().await?.status(204).map(drop)
}
