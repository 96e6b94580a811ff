//! `GET replies`, the one route that has to be there.

use std::collections::BTreeSet;
use std::net::IpAddr;

use afterword_contract::THREAD_ID_BYTES;
use serde_json::Value;

use crate::check::{Group, Verdict, When, checks};
use crate::json::{list, numbers, text, walk, whole};
use crate::shape::Shape;
use crate::stage::{SAMPLE, Stage, prepared};

pub(super) const GROUP: Group = Group {
    name: "read",
    when: When::Always,
    checks: checks! {
        "shape" shape, "4. Fields",
            "`GET {api}/replies` answers 200 with a ThreadPage as `application/json`.",
            "Hold what you send against contract/schemas/thread-page.schema.json.";
        "unknown-thread" unknown_thread, "Step 1. Reading: Unknown threads",
            "An unknown thread is an empty one: 200 with `replies: []` and `total: 0`.",
            "Where the thread is not known, answer 200 with an empty list and no cursors, never 404.";
        "thread-missing" thread_missing, "Step 1. Reading: Unknown threads",
            "`thread` is required: without it the answer is 400 `bad-parameter`, and `errors` names it.",
            "Refuse a query without `thread` before you look anything up.";
        "thread-too-long" thread_too_long, "3. Pages",
            "A thread's id has 1 to 2000 bytes: a longer one is 400 `bad-parameter` with its name in `errors`, or is taken for some thread.",
            "Look at the length before the database does, or the server breaks at what anybody may send.";
        "thread-id" thread_id, "2. The routes",
            "The thread's id is any text, and comes back in `thread.id` as it was asked for.",
            "Decode the query as UTF-8 once, and do not trim, normalise, lower or split what you get.";
        "unknown-parameter" unknown_parameter, "9. Versions",
            "Backends ignore what they do not know in a request.",
            "Read the parameters that you know and leave the rest alone.";
        "whole-thread" whole_thread, "4. Fields",
            "Replies stand in the order of their numbers, each with an id of its own; `total` is at least the greatest number.",
            "Give numbers out in the transaction that stores the reply, and order by them.";
        "bodies" bodies, "4. Fields",
            "`body` is the source exactly as it was typed.",
            "Store bodies as they come and escape nothing: the widget draws no HTML from them.";
        "gone-is-empty" gone_is_empty, "Step 5. Editing and deleting: Tombstones",
            "Deleted and hidden replies have an empty body, and no mentions, quotes and reactions.",
            "Take the text out of what travels; it is not enough that the status says so.";
        "private" private, "8. Security",
            "Nothing private stands in public answers: no token, no mail address, no network address, no hash of either.",
            "Choose the fields that you send one by one; never send a row of the database as it is.";
    },
};

async fn shape(stage: &Stage) -> Verdict {
    stage.page(&stage.thread("nobody")).send().await?.message(200, Shape::ThreadPage)?;
    if let Ok(thread) = stage.readable().await {
        for order in ["oldest", "newest", "top"] {
            let request = stage.page(thread).query("limit", 2).query("order", order);
            request.send().await?.message(200, Shape::ThreadPage)?;
        }
        let answer = stage.page(thread).send().await?;
        let page = answer.message(200, Shape::ThreadPage)?;
        answer.ensure(
            whole(&page, "/version").is_none_or(|version| version == 1),
            "`version` is not 1, which is the only one there is",
        )?;
    }
    Ok(())
}

async fn unknown_thread(stage: &Stage) -> Verdict {
    let answer = stage.page(&stage.thread("nobody")).send().await?;
    let page = answer.json(200)?;
    answer.ensure(page.get("replies").is_some_and(Value::is_array), "`replies` is no list")?;
    answer.ensure(list(&page, "/replies").is_empty(), "there are replies in it")?;
    answer.ensure(whole(&page, "/thread/total").unwrap_or(0) == 0, "its `total` is not 0")?;
    let cursors = text(&page, "/next").len() + text(&page, "/previous").len();
    answer.ensure(cursors == 0, "there is a cursor, and no page to which it could lead")
}

async fn thread_missing(stage: &Stage) -> Verdict {
    let answer = stage.get("/replies").send().await?;
    let problem = answer.problem(400, &["bad-parameter"])?;
    let named = list(&problem, "/errors").iter().any(|error| text(error, "/pointer") == "thread");
    answer.ensure(named, "`errors` does not name `thread`")
}

async fn thread_too_long(stage: &Stage) -> Verdict {
    let begin = stage.thread("");
    let answer = stage.page(&(begin.clone() + &"x".repeat(THREAD_ID_BYTES + 1 - begin.len()))).send().await?;
    answer.ensure(answer.status < 500, format!("the status is {}", answer.status))?;
    // Whoever reads no such address at all says so otherwise.
    if answer.status == 400 {
        let problem = answer.problem(400, &["bad-parameter"])?;
        let named = list(&problem, "/errors").iter().any(|error| text(error, "/pointer") == "thread");
        answer.ensure(named, "`errors` does not name `thread`")?;
    }
    Ok(())
}

/// Ids as pages have them, and as nobody should.
pub(super) const AWKWARD: [&str; 12] = [
    "https://example.org/a/b.html?c=d&e=f#g",
    "with spaces  and two",
    "plus+and%20percent%",
    "'quoted' \"twice\" \\ back",
    "../../etc/passwd",
    "semicolon;comma,colon:",
    "<b>&amp;</b>",
    "grüße-Ärger-ſ",
    "cafe\u{301} is not caf\u{e9}",
    "日本語のスレッド",
    "مرحبا \u{202e}abc",
    "👩\u{200d}👩\u{200d}👧🏽",
];

async fn thread_id(stage: &Stage) -> Verdict {
    for awkward in AWKWARD {
        let id = stage.thread(awkward);
        let answer = stage.page(&id).send().await?;
        let page = answer.json(200)?;
        let said = text(&page, "/thread/id");
        // It may be left out.
        answer.ensure(said.is_empty() || said == id, format!("`thread.id` is {said:?} instead of {id:?}"))?;
    }
    Ok(())
}

async fn unknown_parameter(stage: &Stage) -> Verdict {
    let request = stage.page(&stage.thread("nobody")).query("x-of-a-later-version", "ä");
    request.send().await?.json(200).map(drop)
}

pub(super) async fn whole_thread(stage: &Stage) -> Verdict {
    let thread = stage.readable().await?;
    let (answer, page) = stage.read(thread).await?;
    let replies = list(&page, "/replies");
    let ids: BTreeSet<&str> =
        replies.iter().map(|reply| text(reply, "/id")).filter(|id| !id.is_empty()).collect();
    let with_id = replies.iter().filter(|reply| !text(reply, "/id").is_empty()).count();
    answer.ensure(ids.len() == with_id, "two replies have the same id")?;
    let numbers = numbers(&page);
    answer.ensure(numbers.is_sorted_by(|one, next| one < next), format!("the numbers are {numbers:?}"))?;
    let (greatest, total) = (numbers.last().copied().unwrap_or(0), whole(&page, "/thread/total"));
    answer.ensure(
        total.is_none_or(|total| total >= greatest),
        format!("`total` is {total:?}, and there is a reply {greatest}"),
    )?;
    let pages =
        page.get("previous").is_some_and(Value::is_string) || page.get("next").is_some_and(Value::is_string);
    answer.ensure(
        !pages || (numbers.len() == replies.len() && with_id == replies.len()),
        "a reply on a page that is not the whole thread has no number or no id",
    )
}

async fn bodies(stage: &Stage) -> Verdict {
    let sample = stage.sample().await?;
    let (answer, page) = stage.read(&sample.thread).await?;
    let replies = list(&page, "/replies");
    answer.ensure(
        replies.len() == SAMPLE.len(),
        format!("{} replies are there, and {} were written", replies.len(), SAMPLE.len()),
    )?;
    for (reply, body) in replies.iter().zip(SAMPLE) {
        let said = text(reply, "/body");
        answer.ensure(said == body, format!("a body is {said:?}, and it was written as {body:?}"))?;
    }
    Ok(())
}

pub(super) async fn gone_is_empty(stage: &Stage) -> Verdict {
    let thread = stage.readable().await?.to_owned();
    let mut pages = vec![stage.read(&thread).await?];
    if stage.offers("delete")
        && let Ok(first) = stage.first()
    {
        let thread = stage.thread("gone");
        let body = format!("> [](#reply-1)\n> Nobody\n\nThis goes, @\"{}\".", text(&first.person, "/name"));
        let reply = stage.write(first, &thread, &body).await?;
        let gone = stage.ask(::http::Method::DELETE, &format!("/replies/{}", text(&reply, "/id")));
        prepared(gone.token(&first.token).send().await?.status(200).map(drop))?;
        pages.push(stage.read(&thread).await?);
    }
    for (answer, page) in &pages {
        let gone = |reply: &&Value| ["deleted", "hidden"].contains(&text(reply, "/status"));
        for reply in list(page, "/replies").iter().filter(gone) {
            let number = whole(reply, "/number").unwrap_or(0);
            answer.ensure(
                text(reply, "/body").is_empty(),
                format!("reply {number} is gone, and its text is not"),
            )?;
            for field in ["mentions", "quotes", "reactions"] {
                let left = list(reply, &format!("/{field}"));
                answer.ensure(left.is_empty(), format!("reply {number} is gone, and its {field} are not"))?;
            }
        }
    }
    Ok(())
}

/// Names under which private things stand, in lower case and without hyphens and underscores.
const PRIVATE: [&str; 14] = [
    "email",
    "mail",
    "emailhash",
    "ip",
    "ipaddress",
    "ipaddr",
    "remoteaddr",
    "ip6",
    "token",
    "tokenhash",
    "password",
    "passwordhash",
    "secret",
    "useragent",
];

pub(super) async fn private(stage: &Stage) -> Verdict {
    let thread = stage.readable().await?;
    let (page, replies) = stage.read(thread).await?;
    let mut answers = vec![page];
    let mut more = Vec::new();
    if stage.offers("mention") {
        more.push(stage.get("/people").query("thread", thread).query("q", ""));
    }
    if stage.offers("html") {
        more.push(stage.get("/html").query("thread", thread));
    }
    if let Some(reply) = list(&replies, "/replies").first().filter(|_| stage.offers("history")) {
        more.push(stage.act(::http::Method::GET, reply, "/history"));
    }
    for request in more {
        answers.push(request.send().await?);
    }
    for answer in answers {
        let text = answer.text();
        let told = stage.tokens().into_iter().any(|token| text.contains(token));
        answer.ensure(!told, "it holds somebody's token")?;
        if let Some(wrong) = serde_json::from_str(&text).ok().and_then(|value| exposed(&value)) {
            return Err(answer.wrong(wrong));
        }
    }
    Ok(())
}

/// The first field that is nobody else's business.
pub(super) fn exposed(value: &Value) -> Option<String> {
    let mut found = None;
    walk(value, "", &mut |path, said| {
        let name = path.rsplit('/').next().unwrap_or_default().to_lowercase().replace(['-', '_'], "");
        // What people write is theirs.
        let written = ["body", "title", "name"].contains(&name.as_str());
        let wrong = match said {
            None => PRIVATE.contains(&name.as_str()).then(|| format!("there is a field `{path}`")),
            Some(_) if written => None,
            Some(said) if is_mail(said) || said.parse::<IpAddr>().is_ok() => {
                Some(format!("`{path}` holds an address: {said}"))
            }
            // The picture's address is made from the mail address, and can be looked up.
            Some(said) if said.contains("gravatar.com/avatar/") => {
                Some(format!("`{path}` holds the hash of a mail address: {said}"))
            }
            Some(_) => None,
        };
        found = found.take().or(wrong);
    });
    found
}

fn is_mail(text: &str) -> bool {
    let (name, host) = text.split_once('@').unwrap_or_default();
    !name.is_empty() && host.contains('.') && !text.contains(['/', ' '])
}
