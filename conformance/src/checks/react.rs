//! `PUT` and `DELETE replies/{id}/reactions/{tag}`: reactions are states.

use futures_util::future::join_all;
use http::Method;
use serde_json::{Value, json};

use crate::check::{Group, Verdict, When, checks};
use crate::client::Answer;
use crate::json::{count, list, text};
use crate::shape::Shape;
use crate::stage::{Stage, Who, is_same, prepared};

pub(super) const GROUP: Group = Group {
    name: "react",
    when: When::Announced("react"),
    checks: checks! {
        "shape" shape, "Step 4. Reactions",
            "`PUT` and `DELETE` answer 200 with all reactions to that reply, as they now are.",
            "Hold what you send against contract/schemas/reactions.schema.json: a list, and never a difference.";
        "tags" tags, "4. Fields",
            "A thread lists the tags to choose from, each with a label.",
            "Announce `reactionTags` in `thread` where you announce `react`, in unknown threads too.";
        "twice" twice, "Step 4. Reactions",
            "Choosing a tag twice changes nothing and is no error.",
            "Keep one row for each reply, person and tag, under a unique index; count the rows.";
        "taken-back" taken_back, "Step 4. Reactions",
            "Taking a tag back, also twice, is no error; a tag that nobody chose is left out.",
            "Delete the row where there is one; send no tag with the count 0.";
        "two-people" two_people, "4. Fields",
            "`count` is how many chose the tag, and `people` names them, earliest first.",
            "Count people, and order them by when they chose.";
        "at-once" at_once, "Step 4. Reactions",
            "A lost or repeated request cannot make a count drift, whatever comes at once.",
            "Write a row and count rows; never add to a counter.";
        "page-agrees" page_agrees, "Step 4. Reactions",
            "What the answer says of the reactions, the page says too.",
            "Draw both from the same rows, and let a reaction change the page's `ETag`.";
        "sign-in" sign_in, "5. Errors",
            "Without a token that is valid it is 401 `sign-in-required`.",
            "Check the token before anything else of the request.";
        "unknown-tag" unknown_tag, "5. Errors",
            "A tag that the thread does not offer is 404 `unknown-tag`.",
            "Compare the tag with the thread's list.";
        "unknown" unknown, "5. Errors",
            "A reply that nobody knows is 404 `unknown-reply`.",
            "Look the reply up by its id, and say so where it is not there.";
        "gone" gone, "Step 5. Editing and deleting: Tombstones",
            "Reactions to a tombstone are 409 `reply-gone`.",
            "Look at the status before you write a reaction.";
    },
};

/// Chooses a tag or takes it back; the reactions.
async fn react(stage: &Stage, method: Method, who: &Who, reply: &Value) -> Verdict<(Answer, Value)> {
    let request = stage.act(method, reply, &format!("/reactions/{}", stage.tag()?));
    let answer = request.token(&who.token).send().await?;
    let reactions = answer.json(200)?;
    Ok((answer, reactions))
}

async fn reply(stage: &Stage, purpose: &str) -> Verdict<(String, Value)> {
    let thread = stage.thread(&format!("react-{purpose}"));
    let reply = stage.write(stage.first()?, &thread, "What do you say?").await?;
    Ok((thread, reply))
}

fn holds(answer: &Answer, reactions: &Value, tag: &str, expected: u64, after: &str) -> Verdict {
    let count = count(reactions, tag);
    answer.ensure(count == expected, format!("after {after} `{tag}` counts {count} instead of {expected}"))
}

async fn shape(stage: &Stage) -> Verdict {
    let (_, reply) = reply(stage, "shape").await?;
    for method in [Method::PUT, Method::DELETE] {
        let (answer, _) = react(stage, method, stage.second()?, &reply).await?;
        answer.message(200, Shape::Reactions)?;
        answer.personal()?;
    }
    Ok(())
}

async fn tags(stage: &Stage) -> Verdict {
    let (answer, page) = stage.read(&stage.thread("nobody")).await?;
    let tags = list(&page, "/thread/reactionTags");
    answer.ensure(!tags.is_empty(), "`react` is announced, and there is no tag to choose")?;
    let labelled = tags.iter().all(|tag| !text(tag, "/tag").is_empty() && !text(tag, "/label").is_empty());
    answer.ensure(labelled, "a tag has no label")
}

async fn twice(stage: &Stage) -> Verdict {
    let (second, tag) = (stage.second()?, stage.tag()?);
    let (_, reply) = reply(stage, "twice").await?;
    for after in ["choosing it", "choosing it twice"] {
        let (answer, reactions) = react(stage, Method::PUT, second, &reply).await?;
        holds(&answer, &reactions, tag, 1, after)?;
        let named = reactions.pointer("/0/people").and_then(Value::as_array).map_or(0, Vec::len);
        answer.ensure(named <= 1, format!("after {after} `people` names {named} for one"))?;
    }
    Ok(())
}

async fn taken_back(stage: &Stage) -> Verdict {
    let (second, tag) = (stage.second()?, stage.tag()?);
    let (_, reply) = reply(stage, "taken-back").await?;
    prepared(react(stage, Method::PUT, second, &reply).await.map(drop))?;
    for after in ["taking it back", "taking it back twice"] {
        let (answer, reactions) = react(stage, Method::DELETE, second, &reply).await?;
        holds(&answer, &reactions, tag, 0, after)?;
        let empty = reactions.as_array().is_some_and(|list| list.iter().all(|one| text(one, "/tag") != tag));
        answer.ensure(empty, "a tag that nobody chose is listed")?;
    }
    Ok(())
}

async fn two_people(stage: &Stage) -> Verdict {
    let (first, second, tag) = (stage.first()?, stage.second()?, stage.tag()?);
    let (_, reply) = reply(stage, "two-people").await?;
    prepared(react(stage, Method::PUT, second, &reply).await.map(drop))?;
    let (answer, reactions) = react(stage, Method::PUT, first, &reply).await?;
    holds(&answer, &reactions, tag, 2, "two people chose it")?;
    let chosen = reactions.as_array().into_iter().flatten().find(|one| text(one, "/tag") == tag);
    let people = chosen.map(|one| list(one, "/people")).unwrap_or_default();
    let ordered = people.iter().zip([second, first]).all(|(person, who)| is_same(&who.person, person));
    answer.ensure(ordered, format!("`people` is {people:?}, and it was chosen by {} first", second.person))
}

async fn at_once(stage: &Stage) -> Verdict {
    let (first, second, tag) = (stage.first()?, stage.second()?, stage.tag()?);
    let (thread, reply) = reply(stage, "at-once").await?;
    let both = |method: Method| {
        let requests = (0..8).map(move |place| (method.clone(), if place % 2 == 0 { first } else { second }));
        join_all(requests.map(|(method, who)| react(stage, method, who, &reply)))
    };
    for answer in both(Method::PUT).await {
        answer?;
    }
    // At once with the other: both ends are right, and only what comes last decides.
    let mixed = [Method::PUT, Method::DELETE, Method::PUT, Method::DELETE];
    for answer in join_all(mixed.into_iter().map(|method| react(stage, method, first, &reply))).await {
        let (answer, reactions) = answer?;
        let now = count(&reactions, tag);
        answer.ensure(
            (1..=2).contains(&now),
            format!("`{tag}` counts {now}, and one or two people chose it"),
        )?;
    }
    let (answer, reactions) = react(stage, Method::PUT, first, &reply).await?;
    holds(&answer, &reactions, tag, 2, "two people chose it, often and at once,")?;
    for answer in both(Method::DELETE).await {
        answer?;
    }
    let (answer, page) = stage.read(&thread).await?;
    let reactions = page.pointer("/replies/0/reactions").cloned().unwrap_or_default();
    holds(&answer, &reactions, tag, 0, "both took it back, often and at once,")
}

async fn page_agrees(stage: &Stage) -> Verdict {
    let second = stage.second()?;
    let (thread, reply) = reply(stage, "page").await?;
    let before = stage.page(&thread).query("limit", 100).send().await?.header("etag");
    let (_, reactions) = prepared(react(stage, Method::PUT, second, &reply).await)?;
    let request = stage.page(&thread).query("limit", 100).header("if-none-match", before);
    let answer = request.send().await?;
    let page = answer.json(200)?;
    let shown = page.pointer("/replies/0/reactions").cloned().unwrap_or_default();
    answer.ensure(shown == reactions, format!("the page has {shown}, and the answer was {reactions}"))
}

async fn sign_in(stage: &Stage) -> Verdict {
    let (_, reply) = reply(stage, "sign-in").await?;
    let path = format!("/reactions/{}", stage.tag()?);
    for method in [Method::PUT, Method::DELETE] {
        stage.act(method, &reply, &path).send().await?.signed_out()?;
    }
    Ok(())
}

async fn unknown_tag(stage: &Stage) -> Verdict {
    let (_, reply) = reply(stage, "unknown-tag").await?;
    let request = stage.act(Method::PUT, &reply, "/reactions/no-such-tag").token(&stage.first()?.token);
    request.send().await?.problem(404, &["unknown-tag"]).map(drop)
}

async fn unknown(stage: &Stage) -> Verdict {
    let nobody = json!({ "id": "nobody-wrote-this" });
    let request = stage.act(Method::PUT, &nobody, &format!("/reactions/{}", stage.tag()?));
    request.token(&stage.first()?.token).send().await?.problem(404, &["unknown-reply"]).map(drop)
}

async fn gone(stage: &Stage) -> Verdict {
    stage.needs("delete")?;
    let (_, reply) = reply(stage, "gone").await?;
    prepared(stage.delete(stage.first()?, &reply).send().await?.status(200).map(drop))?;
    let request = stage.act(Method::PUT, &reply, &format!("/reactions/{}", stage.tag()?));
    request.token(&stage.second()?.token).send().await?.problem(409, &["reply-gone"]).map(drop)
}
