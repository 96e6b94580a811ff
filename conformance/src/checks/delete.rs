//! `DELETE replies/{id}` and its undoing.

use http::Method;
use serde_json::{Value, json};

use crate::check::{Group, Verdict, When, checks};
use crate::client::Answer;
use crate::json::{list, numbers, text, whole};
use crate::shape::Shape;
use crate::stage::{Stage, prepared};

pub(super) const GROUP: Group = Group {
    name: "delete",
    when: When::Announced("delete"),
    checks: checks! {
        "shape" shape, "2. The routes",
            "`DELETE {api}/replies/{id}` answers 200 with the tombstone, as a Reply.",
            "Hold what you send against contract/schemas/reply.schema.json.";
        "tombstone" tombstone, "Step 5. Editing and deleting: Tombstones",
            "A deleted reply stays in its place with `status: \"deleted\"`, its number and an empty body; `total` stays.",
            "Mark the row and send no text of it; never remove it.";
        "number-stays" number_stays, "Step 2. Writing: Numbers",
            "Numbers are never used again.",
            "Count from the thread's last number, and not from the replies that are left.";
        "twice" twice, "2. The routes",
            "Deleting a tombstone answers with the tombstone.",
            "Change nothing and answer 200 where it is deleted already.";
        "sign-in" sign_in, "5. Errors",
            "Without a token that is valid it is 401 `sign-in-required`, and so is restoring.",
            "Check the token before anything else of the request, in both routes.";
        "not-theirs" not_theirs, "5. Errors",
            "Somebody else's reply is 403 `not-allowed`.",
            "Compare the author's id with that of the token.";
        "unknown" unknown, "5. Errors",
            "A reply that nobody knows is 404 `unknown-reply`.",
            "Look the reply up by its id, and say so where it is not there.";
        "revision-changed" revision_changed, "Step 5. Editing and deleting: Editing",
            "`DELETE` takes `If-Match` too, and goes without: another revision is 412 `revision-changed`.",
            "Compare `If-Match` where it is sent.";
        "restore" restore, "2. The routes",
            "`POST {api}/replies/{id}/restore` brings the reply back, under its old number and with its text.",
            "Keep the text of what is deleted for as long as it can be restored.";
        "restore-whole" restore_whole, "2. The routes",
            "Restoring what is not deleted answers with the reply as it is.",
            "Change nothing and answer 200 where it is not deleted.";
        "restore-not-theirs" restore_not_theirs, "5. Errors",
            "Somebody else does not restore it: 403 `not-allowed`, or 404 `unknown-reply`.",
            "Compare the author's id with that of the token.";
    },
};

/// A reply of the first person's, in a thread of its own.
async fn reply(stage: &Stage, purpose: &str) -> Verdict<(String, Value)> {
    let thread = stage.thread(&format!("delete-{purpose}"));
    let reply = stage.write(stage.first()?, &thread, "This will go.").await?;
    Ok((thread, reply))
}

async fn deleted(stage: &Stage, purpose: &str) -> Verdict<(String, Value, Answer)> {
    let (thread, reply) = reply(stage, purpose).await?;
    let answer = stage.delete(stage.first()?, &reply).send().await?;
    answer.status(200)?;
    Ok((thread, reply, answer))
}

/// The reply with this number, wrong unless it is a tombstone.
fn is_tombstone(answer: &Answer, reply: &Value, number: Option<u64>) -> Verdict {
    let status = text(reply, "/status");
    answer.ensure(status == "deleted", format!("`status` is `{status}`"))?;
    answer.ensure(text(reply, "/body").is_empty(), "`body` is not empty")?;
    let said = whole(reply, "/number");
    answer.ensure(said == number, format!("`number` is {said:?} instead of {number:?}"))
}

async fn shape(stage: &Stage) -> Verdict {
    let (_, _, answer) = deleted(stage, "shape").await?;
    answer.message(200, Shape::Reply)?;
    answer.personal()
}

async fn tombstone(stage: &Stage) -> Verdict {
    let (thread, reply, answer) = deleted(stage, "tombstone").await?;
    let number = whole(&reply, "/number");
    is_tombstone(&answer, &answer.json(200)?, number)?;
    let (answer, page) = stage.read(&thread).await?;
    match list(&page, "/replies") {
        [shown] => is_tombstone(&answer, shown, number)?,
        replies => answer
            .ensure(false, format!("{} replies are on the page instead of one tombstone", replies.len()))?,
    }
    let total = whole(&page, "/thread/total");
    answer.ensure(total.is_none_or(|total| total == 1), format!("`total` is {total:?} instead of 1"))
}

async fn number_stays(stage: &Stage) -> Verdict {
    let (thread, ..) = prepared(deleted(stage, "number").await)?;
    stage.write(stage.first()?, &thread, "The next one.").await?;
    let (answer, page) = stage.read(&thread).await?;
    let found = numbers(&page);
    answer.ensure(found == [1, 2], format!("number 1 was deleted and another reply came: {found:?}"))
}

async fn twice(stage: &Stage) -> Verdict {
    let (_, reply, _) = prepared(deleted(stage, "twice").await)?;
    let answer = stage.delete(stage.first()?, &reply).send().await?;
    is_tombstone(&answer, &answer.json(200)?, whole(&reply, "/number"))
}

async fn still_there(stage: &Stage, thread: &str) -> Verdict {
    let (answer, page) = stage.read(thread).await?;
    let there = list(&page, "/replies").first().is_some_and(|reply| text(reply, "/body") == "This will go.");
    answer.ensure(there, "it was deleted all the same")
}

async fn still_gone(stage: &Stage, thread: &str) -> Verdict {
    let (answer, page) = stage.read(thread).await?;
    let back = list(&page, "/replies").iter().any(|reply| text(reply, "/status") != "deleted");
    answer.ensure(!back, "it was restored all the same")
}

async fn sign_in(stage: &Stage) -> Verdict {
    let (thread, reply) = reply(stage, "sign-in").await?;
    stage.act(Method::DELETE, &reply, "").send().await?.signed_out()?;
    still_there(stage, &thread).await?;
    let (thread, reply, _) = prepared(deleted(stage, "sign-in-restore").await)?;
    stage.act(Method::POST, &reply, "/restore").send().await?.signed_out()?;
    still_gone(stage, &thread).await
}

async fn not_theirs(stage: &Stage) -> Verdict {
    let (thread, reply) = reply(stage, "not-theirs").await?;
    stage.delete(stage.second()?, &reply).send().await?.problem(403, &["not-allowed"])?;
    still_there(stage, &thread).await
}

async fn unknown(stage: &Stage) -> Verdict {
    let nobody = json!({ "id": "nobody-wrote-this" });
    stage.delete(stage.first()?, &nobody).send().await?.problem(404, &["unknown-reply"]).map(drop)
}

async fn revision_changed(stage: &Stage) -> Verdict {
    let (thread, reply) = reply(stage, "changed").await?;
    let request = stage.delete(stage.first()?, &reply).header("if-match", "\"another-revision\"");
    request.send().await?.problem(412, &["revision-changed"])?;
    still_there(stage, &thread).await
}

async fn restore(stage: &Stage) -> Verdict {
    let (thread, reply, _) = prepared(deleted(stage, "restore").await)?;
    let request = stage.act(Method::POST, &reply, "/restore").token(&stage.first()?.token);
    let answer = request.send().await?;
    let back = answer.message(200, Shape::Reply)?;
    let (body, number) = (text(&back, "/body"), whole(&back, "/number"));
    answer.ensure(body == "This will go.", format!("the body is {body:?}"))?;
    answer.ensure(number == whole(&reply, "/number"), format!("the number is {number:?}"))?;
    still_there(stage, &thread).await
}

async fn restore_whole(stage: &Stage) -> Verdict {
    let (_, reply) = reply(stage, "whole").await?;
    let request = stage.act(Method::POST, &reply, "/restore").token(&stage.first()?.token);
    let answer = request.send().await?;
    let same = answer.json(200)?;
    answer.ensure(text(&same, "/body") == "This will go.", "the body is another one")
}

async fn restore_not_theirs(stage: &Stage) -> Verdict {
    let (thread, reply, _) = prepared(deleted(stage, "restore-not").await)?;
    let request = stage.act(Method::POST, &reply, "/restore").token(&stage.second()?.token);
    let answer = request.send().await?;
    match answer.status {
        404 => answer.problem(404, &["unknown-reply"])?,
        _ => answer.problem(403, &["not-allowed"])?,
    };
    still_gone(stage, &thread).await
}
