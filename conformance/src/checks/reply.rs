//! `POST replies`: what is written, and what of it comes back.

use std::collections::BTreeSet;

use afterword_contract::THREAD_ID_BYTES;
use futures_util::future::join_all;
use http::Method;
use serde_json::{Value, json};

use crate::check::{Group, Stop, Verdict, When, checks};
use crate::client::Answer;
use crate::json::{list, numbers, text, whole};
use crate::shape::Shape;
use crate::stage::{Stage, is_same, taken};

pub(super) const GROUP: Group = Group {
    name: "reply",
    when: When::Announced("reply"),
    checks: checks! {
        "shape" shape, "2. The routes",
            "`POST {api}/replies` answers 201 with the Reply.",
            "Hold what you send against contract/schemas/reply.schema.json.";
        "headers" headers, "2. The routes",
            "The answer to a new reply has a `Location`, its revision as `ETag`, and `Cache-Control: no-store`.",
            "Set the three where you answer 201; the revision stands in quotation marks.";
        "numbers" numbered, "Step 2. Writing: Numbers",
            "A reply gets the thread's last number plus one, from 1, and `total` follows.",
            "Count within the thread, in the transaction that stores the reply.";
        "at-once" at_once, "Step 2. Writing: Numbers",
            "Numbers have no gaps and no doubles, also when several replies come at once.",
            "Give the number out inside the transaction, with a unique index on thread and number.";
        "byte-for-byte" byte_for_byte, "4. Fields",
            "`body` comes back exactly as it was typed, whatever is in it.",
            "Do not trim, normalise, escape or filter; store UTF-8 in a column that holds all of Unicode.";
        "threads-apart" threads_apart, "2. The routes",
            "A thread's id is any text of 1 to 2000 bytes, and two texts are two threads.",
            "Compare ids byte by byte: no folding of case, no normal form, no trimming of slashes, and nothing cut off.";
        "author" author, "4. Fields",
            "The author is whoever has the token.",
            "Take the author from the token, and from nothing that the client says.";
        "ignored" ignored, "4. Fields",
            "Number, author, time, status and revision are the backend's to give; everything else that a client sends is ignored.",
            "Read `thread`, `body`, `format`, `mentions` and `page`, and leave the rest alone.";
        "nulls" nulls, "7. Being tolerant, and where it ends",
            "null means \"not given\", everywhere.",
            "Treat a field that is null like one that is missing.";
        "sign-in" sign_in, "5. Errors",
            "Without a token that is valid it is 401 `sign-in-required`, with `WWW-Authenticate: Bearer`.",
            "Check the token before anything else of the request.";
        "empty" empty, "5. Errors",
            "A reply without a text is 422 `invalid-fields`, and `errors` names `#/body`.",
            "Refuse an empty body, with the pointer of the field.";
        "thread-missing" thread_missing, "5. Errors",
            "A reply without a thread, or whose thread has more than 2000 bytes, is 422 `invalid-fields`, and `errors` names `#/thread`.",
            "Check `thread` like every other field, with its pointer.";
        "too-long" too_long, "4. Fields",
            "`limits.bodyBytes` is the longest body in bytes of UTF-8: that much is taken, one more is 422 `invalid-fields` or 413.",
            "Count bytes and not characters, and announce what you check.";
        "bad-body" bad_body, "5. Errors",
            "What is no JSON, or has a field of the wrong type, is 400 `bad-body`.",
            "Catch the parser's error, and check the type of each field that you read.";
        "hostile" hostile, "7. Being tolerant, and where it ends",
            "Half a character or a NUL in a text breaks nothing: it is refused, or comes back in sound JSON.",
            "Refuse texts that your language or database cannot hold with 400 or 422.";
        "not-json" not_json, "8. Security",
            "JSON is taken only as `application/json`: anything else is 415 `not-json`.",
            "Look at `Content-Type` before you read the body: forms of any page can send the other types unasked.";
        "held" held, "Step 2. Writing: Held replies",
            "A reply is published at once, or 202 with `status: \"pending\"` and no number; it stands on no page, and its author sees it in `viewer.pending`.",
            "Give the number out with the approval, and leave held replies out of everything public.";
        "quotes" quotes, "Step 6. Quotes, people and the small routes: Quotes",
            "`quotes` lists the outermost quotes; `exact` is true where the quoted words stand in the source, false where they do not.",
            "Compare without markup and with all white space as one space, or leave `exact` null.";
        "mentions" mentions, "Step 6. Quotes, people and the small routes: Mentions",
            "Only mentions of people whose id is known are kept.",
            "Look each id up, and drop those that you do not find.";
    },
};

fn new(thread: &str, body: &str) -> Value {
    json!({ "thread": thread, "body": body })
}

async fn shape(stage: &Stage) -> Verdict {
    let first = stage.first()?;
    let request = stage.post(first, &new(&stage.thread("reply"), "Hello."));
    let (answer, _) = stage.published(first, request).await?;
    let reply = answer.message(201, Shape::Reply)?;
    answer.ensure(whole(&reply, "/number").is_some(), "`number` is missing in a published reply")?;
    answer.ensure(!text(&reply, "/id").is_empty(), "`id` is missing")?;
    let status = text(&reply, "/status");
    answer.ensure(["", "published"].contains(&status), format!("`status` is `{status}` with 201"))
}

async fn headers(stage: &Stage) -> Verdict {
    let first = stage.first()?;
    let answer = stage.post(first, &new(&stage.thread("headers"), "Hello.")).send().await?;
    stage.remember(first, &answer);
    taken(&answer)?;
    let reply = answer.json(201)?;
    answer.tagged(&reply)?;
    answer.personal()?;
    answer.ensure(!answer.header("location").is_empty(), "`Location` is missing")
}

/// Posts; the reply, whatever shape it has.
async fn posted(stage: &Stage, new: &Value) -> Verdict<(Answer, Value)> {
    let first = stage.first()?;
    let answer = stage.post(first, new).send().await?;
    stage.remember(first, &answer);
    taken(&answer)?;
    let reply = answer.json(201)?;
    Ok((answer, reply))
}

async fn numbered(stage: &Stage) -> Verdict {
    let thread = stage.thread("numbers");
    for number in 1..=3 {
        let (answer, reply) = posted(stage, &new(&thread, "Counted.")).await?;
        let said = whole(&reply, "/number");
        answer.ensure(said == Some(number), format!("the number is {said:?} instead of {number}"))?;
        let (answer, page) = stage.read(&thread).await?;
        let total = whole(&page, "/thread/total");
        answer.ensure(
            total.is_none_or(|total| total == number),
            format!("`total` is {total:?} instead of {number}"),
        )?;
    }
    Ok(())
}

async fn at_once(stage: &Stage) -> Verdict {
    let first = stage.first()?;
    let thread = stage.thread("at-once");
    let bodies: Vec<Value> = (0..4).map(|place| new(&thread, &format!("At once, {place}."))).collect();
    let requests: Vec<_> = bodies.iter().map(|body| stage.post(first, body)).collect();
    for answer in join_all(requests.iter().map(|request| request.send())).await {
        let answer = answer?;
        stage.remember(first, &answer);
        taken(&answer)?;
        answer.status(201)?;
    }
    let (answer, page) = stage.read(&thread).await?;
    let found = numbers(&page);
    answer.ensure(found == [1, 2, 3, 4], format!("after four replies at once the numbers are {found:?}"))
}

/// Bodies that something on the way likes to change.
const BODIES: [&str; 9] = [
    "  two spaces before, and two after  \n\n",
    "\ttabs\tand\r\nboth kinds of line breaks\n\n\n\nand four of them",
    "cafe\u{301} and caf\u{e9}, \u{212b} and \u{c5}, \u{fb01} and fi",
    "👩\u{200d}👩\u{200d}👧🏽 🇩🇪 \u{1f9d1}\u{1f3ff}\u{200d}\u{1f680} \u{10ffff} \u{e000}",
    "مرحبا \u{202e}abc\u{202c} שלום \u{200f}",
    "<script>alert(1)</script> &amp; &lt; <b>\"'`</b> </textarea>",
    "\\n \\u0041 %41 %% ${x} {{y}} '; DROP TABLE reply; --",
    "zero\u{200b}width\u{feff} no\u{a0}break line\u{2028}separator\u{2029}",
    "- [ ] *Markdown* _stays_ `source`  \n1. \\*",
];

async fn byte_for_byte(stage: &Stage) -> Verdict {
    let thread = stage.thread("bytes");
    for body in BODIES {
        let (answer, reply) = posted(stage, &new(&thread, body)).await?;
        let said = text(&reply, "/body");
        answer.ensure(said == body, format!("the body is {said:?} instead of {body:?}"))?;
    }
    let (answer, page) = stage.read(&thread).await?;
    for (reply, body) in list(&page, "/replies").iter().zip(BODIES) {
        let said = text(reply, "/body");
        answer.ensure(said == body, format!("on the page the body is {said:?} instead of {body:?}"))?;
    }
    Ok(())
}

async fn threads_apart(stage: &Stage) -> Verdict {
    // The longest that there are, apart in their last letter.
    let most = THREAD_ID_BYTES - stage.thread("").len() - 1;
    let long = |last: &str| "x".repeat(most) + last;
    let (one, other) = (long("1"), long("2"));
    for (written, another) in [
        (one.as_str(), other.as_str()),
        ("cafe\u{301}?a=b&c=d#e", "caf\u{e9}?a=b&c=d#e"),
        ("Case", "case"),
        ("https://example.org/a/", "https://example.org/a"),
        ("plus+plus", "plus plus"),
    ] {
        let (written, another) = (stage.thread(written), stage.thread(another));
        posted(stage, &new(&written, "Here.")).await?;
        let (answer, page) = stage.read(&written).await?;
        answer.ensure(numbers(&page) == [1], format!("what was written into {written:?} is not there"))?;
        let (answer, page) = stage.read(&another).await?;
        answer.ensure(
            numbers(&page).is_empty(),
            format!("what was written into {written:?} is in {another:?}"),
        )?;
    }
    Ok(())
}

async fn author(stage: &Stage) -> Verdict {
    let thread = stage.thread("author");
    let (first, second) = (stage.first()?, stage.second()?);
    let mut authors = BTreeSet::new();
    for who in [first, second] {
        let answer = stage.post(who, &new(&thread, "Who wrote this?")).send().await?;
        stage.remember(who, &answer);
        taken(&answer)?;
        let author = answer.json(201)?.pointer("/author").cloned().unwrap_or_default();
        answer.ensure(
            is_same(&who.person, &author),
            format!("the author is {author} instead of {}", who.person),
        )?;
        let again = !authors.insert(text(&author, "/id").to_owned()) && author.get("id").is_some();
        answer.ensure(!again, "two people are the same author")?;
    }
    Ok(())
}

async fn ignored(stage: &Stage) -> Verdict {
    let thread = stage.thread("ignored");
    let claims = json!({
        "thread": thread, "body": "What I claim.", "id": "claimed", "number": 77, "revision": "claimed",
        "author": { "id": "claimed", "name": "Claimed" }, "published": "2001-01-01T00:00:00Z",
        "edited": "2001-01-01T00:00:00Z", "status": "hidden", "quotes": [{ "number": 5, "exact": true }],
        "reactions": [{ "tag": "like", "count": 9 }], "of-a-later-version": [{}],
    });
    let (answer, reply) = posted(stage, &claims).await?;
    for (pointer, claimed) in [
        ("/id", json!("claimed")),
        ("/number", json!(77)),
        ("/revision", json!("claimed")),
        ("/author/name", json!("Claimed")),
        ("/published", json!("2001-01-01T00:00:00Z")),
        ("/edited", json!("2001-01-01T00:00:00Z")),
        ("/status", json!("hidden")),
    ] {
        let taken = reply.pointer(pointer) == Some(&claimed);
        answer.ensure(!taken, format!("`{pointer}` is what the client claimed"))?;
    }
    let invented = list(&reply, "/quotes").len() + list(&reply, "/reactions").len();
    answer.ensure(invented == 0, "quotes or reactions are what the client claimed")
}

async fn nulls(stage: &Stage) -> Verdict {
    let null = json!({
        "thread": stage.thread("nulls"), "body": "Nothing else.", "format": null, "mentions": null, "page": null,
    });
    posted(stage, &null).await?;
    let null = json!({
        "thread": stage.thread("nulls"), "body": "Nearly nothing else.", "mentions": [null],
        "page": { "title": null, "url": null },
    });
    posted(stage, &null).await.map(drop)
}

async fn sign_in(stage: &Stage) -> Verdict {
    let new = new(&stage.thread("sign-in"), "Nobody wrote this.");
    stage.ask(Method::POST, "/replies").json(&new).send().await?.signed_out()?;
    let request = stage.ask(Method::POST, "/replies").json(&new).token("no-token-0123456789abcdef");
    request.send().await?.signed_out()?;
    let (answer, page) = stage.read(&stage.thread("sign-in")).await?;
    answer.ensure(numbers(&page).is_empty(), "it was stored all the same")
}

async fn empty(stage: &Stage) -> Verdict {
    let answer = stage.post(stage.first()?, &new(&stage.thread("empty"), "")).send().await?;
    taken(&answer)?;
    answer.invalid("#/body")
}

async fn thread_missing(stage: &Stage) -> Verdict {
    let first = stage.first()?;
    let begin = stage.thread("");
    let long = begin.clone() + &"x".repeat(THREAD_ID_BYTES + 1 - begin.len());
    for new in [json!({ "body": "Where?" }), new("", "Where?"), new(&long, "Where?")] {
        let answer = stage.post(first, &new).send().await?;
        stage.remember(first, &answer);
        taken(&answer)?;
        answer.invalid("#/thread")?;
    }
    Ok(())
}

/// Longer limits are not tried out.
const MOST_TRIED: usize = 1 << 20;

async fn too_long(stage: &Stage) -> Verdict {
    let most = stage.body_bytes().ok_or_else(|| Stop::skipped("`limits.bodyBytes` is not announced"))?;
    if most > MOST_TRIED {
        return Err(Stop::skipped(format!("bodies may have {most} bytes, and that is not tried out")));
    }
    // Of two bytes each, so that whoever counts characters takes twice as much.
    let mut body = "ä".repeat(most / 2);
    body.push_str(&"a".repeat(most % 2));
    posted(stage, &new(&stage.thread("too-long"), &body)).await?;
    body.push('a');
    let answer = stage.post(stage.first()?, &new(&stage.thread("too-long"), &body)).send().await?;
    stage.remember(stage.first()?, &answer);
    match answer.status {
        413 => answer.problem(413, &["body-too-large"]).map(drop),
        _ => answer.invalid("#/body"),
    }
}

async fn bad_body(stage: &Stage) -> Verdict {
    let first = stage.first()?;
    let thread = json!(stage.thread("bad-body"));
    for body in [
        "{".to_owned(),
        "thread=a&body=b".to_owned(),
        "\"a text\"".to_owned(),
        format!("{{\"thread\":{thread},\"body\":[\"a\"]}}"),
        format!("{{\"thread\":{thread},\"body\":{{\"a\":1}}}}"),
        format!("{{\"thread\":{thread},\"body\":\"a\",\"mentions\":\"b\"}}"),
    ] {
        let request = stage.ask(Method::POST, "/replies").token(&first.token);
        let answer = request.text("application/json", body).send().await?;
        stage.remember(first, &answer);
        answer.problem(400, &["bad-body"])?;
    }
    Ok(())
}

async fn hostile(stage: &Stage) -> Verdict {
    let first = stage.first()?;
    let thread = json!(stage.thread("hostile"));
    for body in ["half \\ud83d of one", "a \\u0000 b"] {
        let body = format!("{{\"thread\":{thread},\"body\":\"{body}\"}}");
        let request = stage.ask(Method::POST, "/replies").token(&first.token);
        let answer = request.text("application/json", body).send().await?;
        stage.remember(first, &answer);
        let expected = [201, 202, 400, 422].contains(&answer.status);
        answer.ensure(expected, format!("the status is {}", answer.status))?;
    }
    let (answer, _) = stage.read(&stage.thread("hostile")).await?;
    answer.status(200).map(drop)
}

async fn not_json(stage: &Stage) -> Verdict {
    let first = stage.first()?;
    let body = new(&stage.thread("not-json"), "From a form.").to_string();
    for kind in ["text/plain", "application/x-www-form-urlencoded"] {
        let request = stage.ask(Method::POST, "/replies").token(&first.token);
        let answer = request.text(kind, body.clone()).send().await?;
        stage.remember(first, &answer);
        answer.problem(415, &["not-json"])?;
    }
    Ok(())
}

async fn held(stage: &Stage) -> Verdict {
    let (first, thread) = (stage.first()?, stage.thread("held"));
    let answer = stage.post(first, &new(&thread, "Look at this first.")).send().await?;
    stage.remember(first, &answer);
    if answer.status != 202 {
        // Published at once: that is the other way.
        taken(&answer)?;
        return answer.status(201).map(drop);
    }
    let reply = answer.message(202, Shape::Reply)?;
    let status = text(&reply, "/status");
    answer.ensure(status == "pending", format!("`status` is `{status}`"))?;
    answer.ensure(whole(&reply, "/number").is_none(), "it has a number already")?;
    let (answer, page) = stage.read(&thread).await?;
    answer.ensure(list(&page, "/replies").is_empty(), "it stands on the page")?;
    answer.ensure(whole(&page, "/thread/total").unwrap_or(0) == 0, "it counts in `total`")?;
    if stage.offers("viewer") {
        let answer = stage.get("/viewer").query("thread", &thread).token(&first.token).send().await?;
        let viewer = answer.json(200)?;
        let seen = list(&viewer, "/pending").iter().any(|held| text(held, "/id") == text(&reply, "/id"));
        answer.ensure(seen, "its author does not see it in `pending`")?;
        if let Ok(second) = stage.second() {
            let request = stage.get("/viewer").query("thread", &thread).token(&second.token);
            let answer = request.send().await?;
            let others = list(&answer.json(200)?, "/pending").len();
            answer.ensure(others == 0, "somebody else sees it in `pending`")?;
        }
    }
    for route in ["count", "html"].into_iter().filter(|route| stage.offers(route)) {
        let path = if route == "count" { "/counts" } else { "/html" };
        let answer = stage.get(path).query("thread", &thread).send().await?;
        let counted = answer.json(200).ok().and_then(|counts| counts.get(&thread)?.as_u64());
        answer.ensure(counted.unwrap_or(0) == 0, "it counts already")?;
        answer.ensure(!answer.text().contains("Look at this first."), "everybody can read it")?;
    }
    Ok(())
}

async fn quotes(stage: &Stage) -> Verdict {
    let thread = stage.thread("quotes");
    posted(stage, &new(&thread, "The tide goes out *twice* a day.\nNobody minds.")).await?;
    let body = "> [Ada](#reply-1) said:\n> The tide goes out twice a day. Nobody minds.\n\nTrue.\n\n\
                > [Ada](#reply-1) said:\n> The tide goes out once a week.\n> > [](#reply-7)\n> > Inner.\n\nFalse.";
    let (answer, reply) = posted(stage, &new(&thread, body)).await?;
    let quotes = list(&reply, "/quotes");
    if quotes.is_empty() {
        return Err(Stop::skipped("this backend does not look for quotes"));
    }
    let sources: Vec<_> = quotes.iter().filter_map(|quote| whole(quote, "/number")).collect();
    answer.ensure(sources == [1, 1], format!("the sources are {sources:?} instead of [1, 1]"))?;
    for (quote, exact) in quotes.iter().zip([true, false]) {
        let said = quote.get("exact").and_then(Value::as_bool);
        answer.ensure(
            said.is_none_or(|said| said == exact),
            format!("`exact` is {said:?} instead of {exact}"),
        )?;
    }
    let (answer, page) = stage.read(&thread).await?;
    let quoted = list(&page, "/replies").first().and_then(|reply| reply.get("quotedBy")).cloned();
    let missing = quoted.as_ref().is_none_or(Value::is_null);
    answer.ensure(missing || quoted == Some(json!([2])), format!("`quotedBy` is {quoted:?} instead of [2]"))
}

async fn mentions(stage: &Stage) -> Verdict {
    let first = stage.first()?;
    let me = json!({ "id": text(&first.person, "/id"), "name": text(&first.person, "/name") });
    let nobody = json!({ "id": "nobody-has-this-id", "name": "Nobody" });
    let body = format!("@\"{}\" and @Nobody, look.", text(&first.person, "/name"));
    let new = json!({ "thread": stage.thread("mentions"), "body": body, "mentions": [me, nobody] });
    let (answer, reply) = posted(stage, &new).await?;
    let kept = list(&reply, "/mentions");
    let invented = kept.iter().any(|person| text(person, "/id") == "nobody-has-this-id");
    answer.ensure(!invented, "somebody is mentioned whose id nobody has")?;
    let known = !text(&me, "/id").is_empty() && stage.offers("mention");
    let found = kept.iter().any(|person| is_same(&me, person));
    answer.ensure(found || !known, "the mention of somebody who is known is not kept")
}
