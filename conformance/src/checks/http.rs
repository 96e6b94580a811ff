//! What holds for every answer: caching, other origins, problem details.

use http::Method;
use serde_json::json;

use crate::check::{Group, Stop, Verdict, When, checks};
use crate::client::{Answer, Request};
use crate::stage::{Stage, prepared};

pub(super) const GROUP: Group = Group {
    name: "http",
    when: When::Always,
    checks: checks! {
        "etag" etag, "6. HTTP",
            "A page has an `ETag`, and the answer is 304 without a body when `If-None-Match` names it.",
            "Hash what you send, put it into quotation marks, and compare before you send.";
        "etag-list" etag_list, "6. HTTP",
            "`If-None-Match` may name several tags, and weak ones, as HTTP has it: proxies that compress make tags weak.",
            "Split the header at its commas, and compare without `W/`.";
        "etag-steady" etag_steady, "6. HTTP",
            "The `ETag` is made from what is sent, not from the time.",
            "Leave out of the page whatever differs from one answer to the next.";
        "etag-changes" etag_changes, "6. HTTP",
            "When the page is another, its `ETag` is.",
            "Hash everything that is sent.";
        "no-preflight" no_preflight, "6. HTTP",
            "Anonymous reads carry no header of ours and need no preflight: a page of another origin gets 200 for a plain GET.",
            "Look at no `Origin`, and ask for no header and no key, where a page is read.";
        "cached" cached, "6. HTTP",
            "What is asked without a token is the same for everybody, and caches may keep it: `Cache-Control: public, max-age=10, …`.",
            "Send that header with 200 and 304, no cookie, and nothing that depends on who asks.";
        "origins" origins, "6. HTTP",
            "`Access-Control-Allow-Origin: *` stands on every answer, on errors too.",
            "Set it where all answers pass, before any of them can be an error.";
        "exposed" exposed, "6. HTTP",
            "`Access-Control-Expose-Headers: ETag, Location, Retry-After` stands on every answer.",
            "Set it beside `Access-Control-Allow-Origin`.";
        "preflight" preflight, "6. HTTP",
            "`OPTIONS` of a route that writes is 204, and allows the contract's methods and headers.",
            "Answer OPTIONS before you look at tokens: browsers send none with it.";
        "nosniff" nosniff, "8. Security",
            "Answers have `X-Content-Type-Options: nosniff`.",
            "Set it where all answers pass.";
        "unknown-route" unknown_route, "5. Errors",
            "A path that the contract does not know is 404 `unknown-route`, as problem details.",
            "Answer what no route takes yourself: the page of a framework or a proxy says nothing to a reader.";
        "method" method, "5. Errors",
            "A path that is known with a method that is not is 405 `method-not-allowed`, with `Allow`.",
            "Tell a wrong method from a wrong path, and name the methods that are taken.";
        "errors-stay-out" errors_stay_out, "6. HTTP",
            "Errors are `Cache-Control: no-store`.",
            "Set it where problem details are written.";
    },
};

/// A page that has something on it where that can be had.
async fn page(stage: &Stage) -> Verdict<(String, Answer)> {
    let thread = match stage.readable().await {
        Ok(thread) => thread.to_owned(),
        Err(_) => stage.thread("nobody"),
    };
    let answer = stage.page(&thread).send().await?;
    answer.status(200)?;
    Ok((thread, answer))
}

async fn etag(stage: &Stage) -> Verdict {
    let (thread, answer) = page(stage).await?;
    let etag = answer.header("etag");
    answer
        .ensure(is_tag(&etag), format!("its `ETag` is `{etag}`, and a tag is a text in quotation marks"))?;
    let again = stage.page(&thread).header("if-none-match", etag).send().await?;
    again.status(304)?;
    again.ensure(again.body.is_empty(), "a 304 has a body")
}

fn is_tag(tag: &str) -> bool {
    let tag = tag.strip_prefix("W/").unwrap_or(tag);
    tag.len() > 2 && tag.starts_with('"') && tag.ends_with('"')
}

async fn etag_list(stage: &Stage) -> Verdict {
    let (thread, answer) = page(stage).await?;
    let etag = answer.header("etag");
    let weak = format!("W/{}", etag.trim_start_matches("W/"));
    for tags in [format!("\"another\", {etag}"), format!("{etag}, \"another\""), weak] {
        stage.page(&thread).header("if-none-match", tags).send().await?.status(304)?;
    }
    stage.page(&thread).header("if-none-match", "\"another\"").send().await?.status(200).map(drop)
}

async fn etag_steady(stage: &Stage) -> Verdict {
    let (thread, answer) = page(stage).await?;
    // Times are whole seconds in many a tag.
    tokio::time::sleep(std::time::Duration::from_millis(1100)).await;
    let again = stage.page(&thread).send().await?;
    let (one, other) = (answer.header("etag"), again.header("etag"));
    again.ensure(one == other, format!("`ETag` was `{one}` a second ago, and nothing happened"))
}

async fn etag_changes(stage: &Stage) -> Verdict {
    let first = stage.first()?;
    let thread = stage.thread("changes");
    let reply = stage.write(first, &thread, "One.").await?;
    let before = page_tag(stage, &thread).await?;
    stage.write(first, &thread, "Two.").await?;
    is_another(stage, &thread, before, "a reply came").await?;
    if stage.offers("edit") {
        let before = page_tag(stage, &thread).await?;
        prepared(stage.edit(first, &reply, "Once more.").send().await?.status(200).map(drop))?;
        is_another(stage, &thread, before, "a reply was edited").await?;
    }
    if stage.offers("delete") {
        let before = page_tag(stage, &thread).await?;
        prepared(stage.delete(first, &reply).send().await?.status(200).map(drop))?;
        is_another(stage, &thread, before, "a reply was deleted").await?;
    }
    Ok(())
}

async fn page_tag(stage: &Stage, thread: &str) -> Verdict<String> {
    Ok(stage.page(thread).send().await?.header("etag"))
}

/// Wrong where who has the page of `before` is told that nothing happened.
async fn is_another(stage: &Stage, thread: &str, before: String, after: &str) -> Verdict {
    let answer = stage.page(thread).header("if-none-match", before).send().await?;
    answer.ensure(answer.status == 200, format!("{after}, and the status is {}", answer.status))
}

async fn no_preflight(stage: &Stage) -> Verdict {
    let (thread, _) = page(stage).await?;
    let answer = origin(stage.page(&thread)).send().await?;
    answer.ensure(answer.status == 200, format!("with an `Origin` the status is {}", answer.status))
}

async fn cached(stage: &Stage) -> Verdict {
    let (_, answer) = page(stage).await?;
    let control = answer.header("cache-control").to_ascii_lowercase();
    let age =
        control.split("max-age=").nth(1).and_then(|rest| rest.split(',').next()?.trim().parse::<u64>().ok());
    answer.ensure(
        answer.lists("cache-control", "public") && age.is_some_and(|age| age > 0),
        format!("`Cache-Control` is `{control}`"),
    )?;
    answer.ensure(answer.header("set-cookie").is_empty(), "it sets a cookie")?;
    let varied = ["authorization", "cookie", "*"].into_iter().find(|header| answer.lists("vary", header));
    answer.ensure(varied.is_none(), format!("`Vary` names `{}`", varied.unwrap_or_default()))
}

/// As the browser asks for a page of another origin.
fn origin(request: Request<'_>) -> Request<'_> {
    request.header("origin", "https://article.example")
}

/// One answer of each kind that can be had without writing.
async fn answers(stage: &Stage) -> Verdict<Vec<Answer>> {
    let mut answers = Vec::new();
    let (thread, page) = page(stage).await?;
    for request in [
        origin(stage.page(&thread)),
        origin(stage.page(&thread)).header("if-none-match", page.header("etag")),
        origin(stage.get("/replies")),
        origin(stage.get("/no-such-route")),
    ] {
        answers.push(request.send().await?);
    }
    if stage.offers("reply") {
        let new = json!({ "thread": stage.thread("refused"), "body": "Nobody wrote this." });
        answers.push(origin(stage.ask(Method::POST, "/replies")).json(&new).send().await?);
    }
    Ok(answers)
}

async fn origins(stage: &Stage) -> Verdict {
    for answer in answers(stage).await? {
        let allowed = answer.header("access-control-allow-origin");
        answer.ensure(allowed == "*", format!("`Access-Control-Allow-Origin` is `{allowed}` and not `*`"))?;
        let credentials = answer.header("access-control-allow-credentials");
        answer.ensure(credentials.is_empty(), "it allows credentials, and there are none in the contract")?;
    }
    Ok(())
}

async fn exposed(stage: &Stage) -> Verdict {
    for answer in answers(stage).await?.into_iter().filter(|answer| answer.status != 304) {
        for name in ["ETag", "Location", "Retry-After"] {
            let exposed = answer.lists("access-control-expose-headers", name);
            answer.ensure(exposed, format!("`Access-Control-Expose-Headers` does not name `{name}`"))?;
        }
    }
    Ok(())
}

/// Routes that write, by their features, with the methods that they take.
const WRITING: [(&str, &str, &str); 7] = [
    ("reply", "/replies", "POST"),
    ("edit", "/replies/x", "PATCH"),
    ("delete", "/replies/x", "DELETE"),
    ("delete", "/replies/x/restore", "POST"),
    ("react", "/replies/x/reactions/like", "PUT"),
    ("report", "/replies/x/reports", "POST"),
    ("guest", "/guests", "POST"),
];

async fn preflight(stage: &Stage) -> Verdict {
    let offered: Vec<_> = WRITING.iter().filter(|(feature, ..)| stage.offers(feature)).collect();
    if offered.is_empty() {
        return Err(Stop::skipped("no route that writes is announced"));
    }
    for (_, path, method) in offered {
        let request = stage.ask(Method::OPTIONS, path).header("origin", "https://article.example");
        let request = request.header("access-control-request-method", *method);
        let headers = "authorization, content-type, idempotency-key, if-match";
        let answer = request.header("access-control-request-headers", headers).send().await?;
        answer.status(204)?;
        let allowed = answer.header("access-control-allow-origin");
        answer.ensure(allowed == "*", format!("`Access-Control-Allow-Origin` is `{allowed}` and not `*`"))?;
        let methods = answer.lists("access-control-allow-methods", method);
        answer.ensure(methods, format!("`Access-Control-Allow-Methods` does not name {method}"))?;
        for name in headers.split(", ") {
            let allowed = answer.lists("access-control-allow-headers", name);
            answer.ensure(allowed, format!("`Access-Control-Allow-Headers` does not name `{name}`"))?;
        }
    }
    Ok(())
}

async fn nosniff(stage: &Stage) -> Verdict {
    let (_, answer) = page(stage).await?;
    answer.ensure(answer.lists("x-content-type-options", "nosniff"), "the header is missing")
}

async fn unknown_route(stage: &Stage) -> Verdict {
    stage.get("/no-such-route").send().await?.problem(404, &["unknown-route"]).map(drop)
}

async fn method(stage: &Stage) -> Verdict {
    let answer = stage.ask(Method::PUT, "/replies").json(&json!({})).send().await?;
    answer.problem(405, &["method-not-allowed"])?;
    answer.ensure(answer.lists("allow", "GET"), "`Allow` does not name GET")
}

async fn errors_stay_out(stage: &Stage) -> Verdict {
    for answer in answers(stage).await?.into_iter().filter(|answer| answer.status >= 400) {
        let control = answer.header("cache-control");
        answer
            .ensure(answer.lists("cache-control", "no-store"), format!("`Cache-Control` is `{control}`"))?;
    }
    Ok(())
}
