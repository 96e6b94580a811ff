//! `PATCH replies/{id}`: a new text over the revision that was read.

use futures_util::future::join_all;
use http::Method;
use serde_json::{Value, json};

use crate::check::{Group, Stop, Verdict, When, checks};
use crate::client::Answer;
use crate::json::{list, reply as reply_of, text, whole};
use crate::shape::Shape;
use crate::stage::{Stage, prepared};

pub(super) const GROUP: Group = Group {
    name: "edit",
    when: When::Announced("edit"),
    checks: checks! {
        "shape" shape, "2. The routes",
            "`PATCH {api}/replies/{id}` answers 200 with the Reply as it now is.",
            "Hold what you send against contract/schemas/reply.schema.json.";
        "changes" changes, "4. Fields",
            "An edit changes `body`, `revision` and `edited`, with the quotes of the new text, and nothing else; the page shows it.",
            "Give every edit a new revision, look for quotes as in a new reply, and leave number, author and `published` alone.";
        "headers" headers, "Step 5. Editing and deleting: Editing",
            "The `ETag` of a reply is its revision; the answer is `Cache-Control: no-store`.",
            "Put the new revision into quotation marks.";
        "revision-required" revision_required, "Step 5. Editing and deleting: Editing",
            "Without `If-Match` an edit is 428 `revision-required`.",
            "Refuse an edit that does not say what it was written over.";
        "revision-changed" revision_changed, "Step 5. Editing and deleting: Editing",
            "If the reply has another revision by now, it is 412 `revision-changed`, with the reply in `current` and its `ETag`.",
            "Compare `If-Match` with the present revision in the transaction that writes, and send the reply along.";
        "at-once" at_once, "Step 5. Editing and deleting: Editing",
            "Of two edits over one revision, one is done.",
            "Make the comparison part of the update: `… WHERE id = ? AND revision = ?`.";
        "sign-in" sign_in, "5. Errors",
            "Without a token that is valid it is 401 `sign-in-required`.",
            "Check the token before anything else of the request.";
        "not-theirs" not_theirs, "5. Errors",
            "Somebody else's reply is 403 `not-allowed`.",
            "Compare the author's id with that of the token.";
        "unknown" unknown, "5. Errors",
            "A reply that nobody knows is 404 `unknown-reply`.",
            "Look the reply up by its id, and say so where it is not there.";
        "empty" empty, "5. Errors",
            "An edit to no text is 422 `invalid-fields`, and `errors` names `#/body`.",
            "Check an edit like a new reply.";
        "gone" gone, "Step 5. Editing and deleting: Tombstones",
            "Edits of a tombstone are 409 `reply-gone`.",
            "Look at the status before you store a text, or what was deleted comes back.";
    },
};

/// A reply of the first person's, in a thread of its own.
async fn reply(stage: &Stage, purpose: &str) -> Verdict<Value> {
    stage.write(stage.first()?, &stage.thread(&format!("edit-{purpose}")), "As it was.").await
}

async fn edited(stage: &Stage, purpose: &str) -> Verdict<(Value, Answer, Value)> {
    let before = reply(stage, purpose).await?;
    let answer = stage.edit(stage.first()?, &before, "As it is.").send().await?;
    let after = answer.json(200)?;
    Ok((before, answer, after))
}

async fn shape(stage: &Stage) -> Verdict {
    let (_, answer, _) = edited(stage, "shape").await?;
    answer.message(200, Shape::Reply).map(drop)
}

async fn changes(stage: &Stage) -> Verdict {
    let (before, answer, after) = edited(stage, "changes").await?;
    answer.ensure(text(&after, "/body") == "As it is.", "`body` is not the new one")?;
    let other = text(&after, "/revision") != text(&before, "/revision");
    answer.ensure(other, "`revision` is what it was")?;
    answer.ensure(!text(&after, "/edited").is_empty(), "`edited` is missing")?;
    for pointer in ["/id", "/number", "/published"] {
        let same = before.pointer(pointer) == after.pointer(pointer);
        answer.ensure(same, format!("`{pointer}` is another one than before"))?;
    }
    let (answer, page) = stage.read(&stage.thread("edit-changes")).await?;
    let shown = list(&page, "/replies").first().map(|reply| text(reply, "/body")).unwrap_or_default();
    answer.ensure(shown == "As it is.", format!("the page shows {shown:?}"))?;
    quotes_change(stage).await
}

/// The numbers of the replies that a reply quotes.
fn sources(reply: &Value) -> Vec<u64> {
    list(reply, "/quotes").iter().filter_map(|quote| whole(quote, "/number")).collect()
}

async fn quotes_change(stage: &Stage) -> Verdict {
    let (first, thread) = (stage.first()?, stage.thread("edit-quotes"));
    for body in ["One.", "Two."] {
        stage.write(first, &thread, body).await?;
    }
    let mut reply = stage.write(first, &thread, "> [](#reply-1)\n> One.\n\nYes.").await?;
    if sources(&reply) != [1] {
        // This backend does not look for quotes.
        return Ok(());
    }
    for (body, expected) in [("> [](#reply-2)\n> Two.\n\nYes.", &[2][..]), ("Yes.", &[])] {
        let answer = stage.edit(first, &reply, body).send().await?;
        reply = answer.json(200)?;
        let found = sources(&reply);
        let wrong = |found: &[u64]| format!("the text quotes {expected:?}, and `quotes` says {found:?}");
        answer.ensure(found == expected, wrong(&found))?;
        let (answer, page) = stage.read(&thread).await?;
        let found = reply_of(&page, text(&reply, "/id")).map(sources).unwrap_or_default();
        answer.ensure(found == expected, format!("on the page {}", wrong(&found)))?;
    }
    Ok(())
}

async fn headers(stage: &Stage) -> Verdict {
    let (_, answer, after) = edited(stage, "headers").await?;
    answer.tagged(&after)?;
    answer.personal()
}

async fn revision_required(stage: &Stage) -> Verdict {
    let reply = reply(stage, "required").await?;
    let request = stage.act(Method::PATCH, &reply, "").token(&stage.first()?.token);
    let answer = request.json(&json!({ "body": "Over what?" })).send().await?;
    answer.problem(428, &["revision-required"]).map(drop)
}

async fn revision_changed(stage: &Stage) -> Verdict {
    let first = stage.first()?;
    let before = reply(stage, "changed").await?;
    let after = prepared(stage.edit(first, &before, "Somebody was faster.").send().await?.json(200))?;
    let answer = stage.edit(first, &before, "Somebody was slower.").send().await?;
    let problem = answer.problem(412, &["revision-changed"])?;
    let current = text(&problem, "/current/body");
    answer.ensure(current == "Somebody was faster.", format!("`current` has the body {current:?}"))?;
    answer.tagged(problem.get("current").unwrap_or(&after))
}

async fn at_once(stage: &Stage) -> Verdict {
    let first = stage.first()?;
    let before = reply(stage, "at-once").await?;
    let texts: Vec<String> = (0..4).map(|place| format!("At once, {place}.")).collect();
    let answers = join_all(texts.iter().map(|text| async {
        let request = stage.edit(first, &before, text);
        request.send().await
    }));
    let mut done = 0;
    for answer in answers.await {
        let answer = answer?;
        match answer.status {
            200 => done += 1,
            _ => drop(answer.problem(412, &["revision-changed"])?),
        }
        answer.ensure(done <= 1, "two edits over the same revision were both done")?;
    }
    match done {
        0 => Err(Stop::skipped("none of four edits at once was done")),
        _ => Ok(()),
    }
}

async fn sign_in(stage: &Stage) -> Verdict {
    let reply = reply(stage, "sign-in").await?;
    let request =
        stage.act(Method::PATCH, &reply, "").header("if-match", format!("\"{}\"", text(&reply, "/revision")));
    request.json(&json!({ "body": "Nobody's." })).send().await?.signed_out()
}

async fn not_theirs(stage: &Stage) -> Verdict {
    let (second, reply) = (stage.second()?, reply(stage, "not-theirs").await?);
    let answer = stage.edit(second, &reply, "Not mine.").send().await?;
    answer.problem(403, &["not-allowed"])?;
    let (answer, page) = stage.read(&stage.thread("edit-not-theirs")).await?;
    let shown = reply_of(&page, text(&reply, "/id")).map(|reply| text(reply, "/body")).unwrap_or_default();
    answer.ensure(shown == "As it was.", "it was changed all the same")
}

async fn unknown(stage: &Stage) -> Verdict {
    let nobody = json!({ "id": "nobody-wrote-this", "revision": "1" });
    let answer = stage.edit(stage.first()?, &nobody, "What?").send().await?;
    answer.problem(404, &["unknown-reply"]).map(drop)
}

async fn empty(stage: &Stage) -> Verdict {
    let reply = reply(stage, "empty").await?;
    stage.edit(stage.first()?, &reply, "").send().await?.invalid("#/body")
}

async fn gone(stage: &Stage) -> Verdict {
    stage.needs("delete")?;
    let first = stage.first()?;
    let reply = reply(stage, "gone").await?;
    let tombstone = prepared(stage.delete(first, &reply).send().await?.json(200))?;
    // A tombstone need not say its revision.
    let over = if text(&tombstone, "/revision").is_empty() { &reply } else { &tombstone };
    let answer = stage.edit(first, over, "Back again.").send().await?;
    answer.problem(409, &["reply-gone"])?;
    let (answer, page) = stage.read(&stage.thread("edit-gone")).await?;
    let number = whole(&reply, "/number");
    let shown = list(&page, "/replies").iter().find(|reply| whole(reply, "/number") == number);
    let still = shown.is_none_or(|reply| text(reply, "/status") == "deleted");
    answer.ensure(still, "it is no tombstone any more")
}
