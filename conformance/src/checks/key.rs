//! `Idempotency-Key`: a reply that is sent twice is there once.
//!
//! A backend that ignores keys altogether works, so it is left out here and not found wrong; one that heeds them
//! has to do so in everything.

use std::collections::BTreeSet;

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::check::{Group, Stop, Verdict, When, checks};
use crate::client::Answer;
use crate::json::{numbers, text};
use crate::stage::{Stage, Who, prepared, taken};

pub(super) const GROUP: Group = Group {
    name: "key",
    when: When::Announced("reply"),
    checks: checks! {
        "replay" replay, "Step 3. Posting once",
            "The same key with the same reply gets the first answer again.",
            "Keep key, person, a hash of what was sent and the reply's id, in the transaction that stores the reply.";
        "replay-page" replay_page, "Step 3. Posting once",
            "The first answer comes again whatever `page` says: its title may be another by the next attempt.",
            "Hash `thread`, `body`, `format` and `mentions`, and nothing else.";
        "replay-gone" replay_gone, "Step 3. Posting once",
            "The same key with a reply that was deleted meanwhile gets its tombstone: the text is told to nobody.",
            "Keep the reply's id and not the answer, and show the reply as it is by then.";
        "reused" reused, "Step 3. Posting once",
            "The same key with another reply is 422 `key-reused`.",
            "Compare the kept hash before you answer with the reply.";
        "in-flight" in_flight, "Step 3. Posting once",
            "While the first is being worked on, the same key is 409 `key-in-flight` with `Retry-After`, or waits; one reply is stored.",
            "Insert the key under a unique index before you store the reply.";
        "other-person" other_person, "Step 3. Posting once",
            "A key belongs to its person: somebody else's is another one.",
            "Make the index over person and key.";
    },
};

async fn sent(stage: &Stage, who: &Who, key: &str, new: &Value) -> Verdict<Answer> {
    let answer = stage.posting(who, new).header("idempotency-key", key).send().await?;
    stage.remember(who, &answer);
    Ok(answer)
}

/// The id of the reply in an answer that stored one, or repeats one.
fn id(answer: &Answer) -> Verdict<String> {
    // A held reply has an id too.
    if answer.status != 202 {
        taken(answer)?;
        answer.status(201)?;
    }
    let reply = answer.json(answer.status)?;
    Ok(text(&reply, "/id").to_owned())
}

/// Skips where no key is heeded at all.
async fn heeded(stage: &Stage) -> Verdict {
    match stage.heeds_keys.get_or_try_init(|| heeds(stage)).await? {
        true => Ok(()),
        false => Err(Stop::skipped("`Idempotency-Key` is ignored here: a reader in a tunnel posts twice")),
    }
}

async fn heeds(stage: &Stage) -> Verdict<bool> {
    let first = stage.first()?;
    let (thread, key) = (stage.thread("heeded"), stage.key());
    let new = |body: &str| json!({ "thread": thread, "body": body });
    let one = id(&sent(stage, first, &key, &new("One.")).await?)?;
    let again = sent(stage, first, &key, &new("One.")).await?;
    let another = sent(stage, first, &key, &new("Another.")).await?;
    let stored = |answer: &Answer| id(answer).is_ok_and(|id| id != one);
    Ok(!(stored(&again) && stored(&another)))
}

async fn replay(stage: &Stage) -> Verdict {
    heeded(stage).await?;
    let first = stage.first()?;
    let (thread, key) = (stage.thread("replay"), stage.key());
    let new = json!({ "thread": thread, "body": "Once." });
    let one = sent(stage, first, &key, &new).await?;
    let again = sent(stage, first, &key, &new).await?;
    again.status(one.status)?;
    let (one, other) = (id(&one)?, id(&again)?);
    again.ensure(one == other, format!("it is another reply: `{other}`, and the first was `{one}`"))?;
    let (answer, page) = stage.read(&thread).await?;
    answer.ensure(numbers(&page).len() <= 1, "the reply is there twice")
}

async fn replay_page(stage: &Stage) -> Verdict {
    heeded(stage).await?;
    let first = stage.first()?;
    let (thread, key) = (stage.thread("replay-page"), stage.key());
    let new = |title: &str| json!({ "thread": thread, "body": "Once.", "page": { "title": title } });
    let one = id(&sent(stage, first, &key, &new("A title")).await?)?;
    let again = sent(stage, first, &key, &new("Another title")).await?;
    let other = id(&again)?;
    again.ensure(one == other, format!("it is another reply: `{other}`, and the first was `{one}`"))
}

async fn replay_gone(stage: &Stage) -> Verdict {
    heeded(stage).await?;
    stage.needs("delete")?;
    let first = stage.first()?;
    let (thread, key) = (stage.thread("replay-gone"), stage.key());
    let body = "What is taken back is told to nobody.";
    let new = json!({ "thread": thread, "body": body });
    let one = sent(stage, first, &key, &new).await?;
    taken(&one)?;
    let reply = one.json(201)?;
    prepared(stage.delete(first, &reply).send().await?.status(200).map(drop))?;
    let again = sent(stage, first, &key, &new).await?;
    again.ensure(
        !again.text().contains(body),
        "the reply was deleted, and its text is told to whoever repeats it",
    )?;
    let (one, other) = (text(&reply, "/id"), id(&again)?);
    again.ensure(one == other, format!("it is another reply: `{other}`, and the first was `{one}`"))
}

async fn reused(stage: &Stage) -> Verdict {
    heeded(stage).await?;
    let first = stage.first()?;
    let (thread, key) = (stage.thread("reused"), stage.key());
    id(&sent(stage, first, &key, &json!({ "thread": thread, "body": "One." })).await?)?;
    let another = sent(stage, first, &key, &json!({ "thread": thread, "body": "Another." })).await?;
    another.problem(422, &["key-reused"]).map(drop)
}

async fn in_flight(stage: &Stage) -> Verdict {
    heeded(stage).await?;
    let first = stage.first()?;
    let (thread, key) = (stage.thread("in-flight"), stage.key());
    let new = json!({ "thread": thread, "body": "Once, however often it is sent." });
    let mut ids = BTreeSet::new();
    for answer in join_all((0..4).map(|_| sent(stage, first, &key, &new))).await {
        let answer = answer?;
        match answer.status {
            409 => drop(answer.problem(409, &["key-in-flight"])?),
            _ => drop(ids.insert(id(&answer)?)),
        }
        if answer.status == 409 {
            answer.ensure(!answer.header("retry-after").is_empty(), "`Retry-After` is missing")?;
        }
        answer.ensure(
            ids.len() == 1 || answer.status == 409,
            format!("several replies were stored: {ids:?}"),
        )?;
    }
    let (answer, page) = stage.read(&thread).await?;
    answer.ensure(numbers(&page).len() <= 1, "the reply is there more than once")
}

async fn other_person(stage: &Stage) -> Verdict {
    heeded(stage).await?;
    let (first, second) = (stage.first()?, stage.second()?);
    let (thread, key) = (stage.thread("other-person"), stage.key());
    let new = json!({ "thread": thread, "body": "Both say this." });
    let one = id(&sent(stage, first, &key, &new).await?)?;
    let answer = sent(stage, second, &key, &new).await?;
    let other = id(&answer)?;
    answer.ensure(one != other, "somebody gets the answer to another person's reply")
}
