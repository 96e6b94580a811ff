//! `GET people`: who can be mentioned.

use crate::check::{Group, Verdict, When, checks};
use crate::json::text;
use crate::shape::Shape;
use crate::stage::{Stage, is_same};

pub(super) const GROUP: Group = Group {
    name: "mention",
    when: When::Announced("mention"),
    checks: checks! {
        "shape" shape, "4. Fields",
            "`GET {api}/people` answers 200 with People, at most 20.",
            "Hold what you send against contract/schemas/people.schema.json, and bound the query.";
        "found" found, "2. The routes",
            "Whoever has written is found by the beginning of a word in their name, in upper and lower case alike.",
            "Compare with every word of the name, both folded.";
        "not-found" not_found, "2. The routes",
            "Nobody is found whose name has no word that begins so.",
            "Look at the beginnings of words, and never at mail addresses.";
        "thread-missing" thread_missing, "5. Errors",
            "Without `thread` it is 400 `bad-parameter`.",
            "Refuse a query without `thread`.";
    },
};

async fn shape(stage: &Stage) -> Verdict {
    for q in ["", "a"] {
        let request = stage.get("/people").query("thread", stage.thread("people")).query("q", q);
        let answer = request.send().await?;
        let people = answer.message(200, Shape::People)?;
        let count = people.as_array().map_or(0, Vec::len);
        answer.ensure(count <= 20, format!("there are {count} people"))?;
    }
    Ok(())
}

async fn found(stage: &Stage) -> Verdict {
    let (first, thread) = (stage.first()?, stage.thread("people"));
    let reply = stage.write(first, &thread, "Find me.").await?;
    let author = reply.pointer("/author").cloned().unwrap_or_default();
    for word in text(&author, "/name").split_whitespace() {
        let beginning: String = word.chars().take(3).collect();
        for q in [beginning.to_lowercase(), beginning.to_uppercase()] {
            let answer = stage.get("/people").query("thread", &thread).query("q", &q).send().await?;
            let people = answer.json(200)?;
            let there = people.as_array().into_iter().flatten().any(|person| is_same(&author, person));
            answer
                .ensure(there, format!("{author} has written in this thread, and is not found by `{q}`"))?;
        }
    }
    Ok(())
}

async fn not_found(stage: &Stage) -> Verdict {
    for q in ["xqzwvk", "@", "%", "_"] {
        let request = stage.get("/people").query("thread", stage.thread("people")).query("q", q);
        let answer = request.send().await?;
        let people = answer.json(200)?;
        // A sign may be left out of what is looked for, and then nothing is asked; a word may not.
        let letters = q.chars().all(char::is_alphabetic);
        let right = people.as_array().into_iter().flatten().all(|person| {
            let begins = |word: &str| word.to_lowercase().starts_with(q);
            !letters || text(person, "/name").split_whitespace().any(begins)
        });
        answer.ensure(right, format!("somebody is found whose name has no word that begins with `{q}`"))?;
    }
    Ok(())
}

async fn thread_missing(stage: &Stage) -> Verdict {
    stage.get("/people").query("q", "a").send().await?.problem(400, &["bad-parameter"]).map(drop)
}
