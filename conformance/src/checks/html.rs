//! `GET html`: a page, drawn, for everybody alike.

use serde_json::{Value, json};

use crate::check::{Group, Verdict, When, checks};
use crate::client::Answer;
use crate::json::text;
use crate::stage::{Stage, Who, prepared};

pub(super) const GROUP: Group = Group {
    name: "html",
    when: When::Announced("html"),
    checks: checks! {
        "shape" shape, "Step 9. HTML",
            "The answer is `text/html`, one element with no document around it: `<main class=\"afterword\" part=\"base\" …>`.",
            "Send the fragment alone: the widget takes the part `thread` out of it.";
        "replies" replies, "Step 9. HTML",
            "Replies are `<article part=\"reply\" id=\"reply-4\">`, with absolute times in `<time datetime=\"…\">`.",
            "Draw what the widget would show to somebody of whom it knows nothing yet.";
        "hostile" hostile, "Step 9. HTML",
            "No script, no style, no event handler, no `style` attribute: everything that people wrote is escaped or goes through an allow-list.",
            "Escape every text, and let addresses be `https:`, `http:` and `mailto:` alone.";
        "gone" gone, "8. Security",
            "Nothing of the text of deleted replies is in it.",
            "Draw it from what `GET replies` would send.";
        "around" around, "Step 9. HTML",
            "With `around` the reply asked for has `data-target`.",
            "Mark the article, so that the reader is led there before the widget comes.";
        "etag" etag, "Step 9. HTML",
            "It is kept by caches like a page, with an `ETag` of its own for each order and place.",
            "Hash what you send, and answer 304 where `If-None-Match` names it.";
        "thread-missing" thread_missing, "5. Errors",
            "Without `thread` it is 400 `bad-parameter`.",
            "Refuse a query without `thread` before you draw anything.";
    },
};

async fn drawn(stage: &Stage, thread: &str) -> Verdict<Answer> {
    let answer = stage.get("/html").query("thread", thread).send().await?;
    answer.status(200)?;
    Ok(answer)
}

async fn shape(stage: &Stage) -> Verdict {
    for thread in [stage.thread("nobody"), stage.readable().await?.to_owned()] {
        let answer = drawn(stage, &thread).await?;
        let kind = answer.kind();
        answer.ensure(kind == "text/html", format!("it is `{kind}`"))?;
        let html = answer.text();
        let tags = tags(&html);
        let first = tags.first().map(|tag| tag.name.as_str()).unwrap_or_default();
        answer.ensure(
            first == "main" && html.trim_start().starts_with("<main"),
            format!("it begins with `{first}`"),
        )?;
        answer.ensure(html.trim_end().ends_with("</main>"), "it does not end with `</main>`")?;
        let part = |name: &str| tags.iter().any(|tag| tag.has("part", name));
        answer.ensure(part("base") && part("thread"), "the part `base` or `thread` is missing")?;
    }
    Ok(())
}

async fn replies(stage: &Stage) -> Verdict {
    let sample = stage.sample().await?;
    let answer = drawn(stage, &sample.thread).await?;
    let html = answer.text();
    let tags = tags(&html);
    for number in 1..=sample.replies.len() {
        let id = format!("reply-{number}");
        let there =
            tags.iter().any(|tag| tag.name == "article" && tag.has("part", "reply") && tag.has("id", &id));
        answer.ensure(there, format!("there is no `<article part=\"reply\" id=\"{id}\">`"))?;
    }
    let times = tags.iter().filter(|tag| tag.name == "time");
    let dated = times.filter(|tag| tag.attributes.iter().any(|(name, _)| name == "datetime")).count();
    answer.ensure(dated >= sample.replies.len(), format!("{dated} times have a `datetime`"))
}

/// What people would like to put into other people's pages.
const HOSTILE: [&str; 5] = [
    "</article></section></main><script>alert(1)</script>",
    "<img src=x onerror=alert(1)><style>*{display:none}</style><b style=\"position:fixed\">b</b>",
    "[click](javascript:alert(1)) [me](JaVaScRiPt:alert(1)) [too](data:text/html,x) [\t](\tjavascript:x)",
    "![](javascript:alert(1)) <a href=\"javascript:alert(1)\">x</a> <iframe src=\"//evil.example\"></iframe>",
    "\"><svg onload=alert(1)> ' onmouseover='alert(1) `x` &lt;script&gt;",
];

async fn hostile(stage: &Stage) -> Verdict {
    let (first, thread) = (stage.first()?, stage.thread("html-hostile"));
    for body in HOSTILE {
        for format in ["markdown", "text"] {
            let new = json!({ "thread": thread, "body": body, "format": format });
            prepared(stage.published(first, stage.post(first, &new)).await)?;
        }
    }
    // Whoever takes guests may refuse such a name, and then nobody has it.
    if stage.offers("guest")
        && let guest = stage.guest(&stage.name("<img src=n onerror=alert(1)>")).send().await?
        && let Ok(guest) = guest.json(201)
    {
        let somebody = Who { token: text(&guest, "/token").to_owned(), person: Value::Null };
        prepared(stage.write(&somebody, &thread, "Look at my name.").await.map(drop))?;
    }
    let answer = drawn(stage, &thread).await?;
    for tag in tags(&answer.text()) {
        if let Some(wrong) = tag.dangerous() {
            return Err(answer.wrong(wrong));
        }
    }
    Ok(())
}

async fn gone(stage: &Stage) -> Verdict {
    stage.needs("delete")?;
    let (first, thread) = (stage.first()?, stage.thread("html-gone"));
    let reply = stage.write(first, &thread, "Nobodyreadsthis.").await?;
    prepared(stage.delete(first, &reply).send().await?.status(200).map(drop))?;
    let answer = drawn(stage, &thread).await?;
    answer.ensure(!answer.text().contains("Nobodyreadsthis"), "the text of a deleted reply is in it")
}

async fn around(stage: &Stage) -> Verdict {
    let thread = &stage.sample().await?.thread;
    let request = stage.get("/html").query("thread", thread).query("limit", 3).query("around", 4);
    let answer = request.send().await?;
    answer.status(200)?;
    let tags = tags(&answer.text());
    let marked = |tag: &Tag| tag.attributes.iter().any(|(name, _)| name == "data-target");
    let target = tags.iter().find(|tag| tag.name == "article" && marked(tag));
    answer.ensure(target.is_some_and(|tag| tag.has("id", "reply-4")), "reply 4 has no `data-target`")
}

async fn etag(stage: &Stage) -> Verdict {
    let thread = stage.readable().await?;
    let answer = drawn(stage, thread).await?;
    let tag = answer.header("etag");
    answer.ensure(!tag.is_empty(), "`ETag` is missing")?;
    answer.ensure(answer.lists("cache-control", "public"), "caches may not keep it")?;
    let request = stage.get("/html").query("thread", thread);
    request.clone().header("if-none-match", tag.clone()).send().await?.status(304)?;
    let newest = request.query("order", "newest").header("if-none-match", tag).send().await?;
    newest.ensure(newest.status != 304, "another order has the same tag")
}

async fn thread_missing(stage: &Stage) -> Verdict {
    stage.get("/html").send().await?.problem(400, &["bad-parameter"]).map(drop)
}

/// A start tag.
struct Tag {
    name: String,
    attributes: Vec<(String, String)>,
}

impl Tag {
    /// Whether the list of words in an attribute has this one.
    fn has(&self, attribute: &str, word: &str) -> bool {
        let value = self.attributes.iter().find(|(name, _)| name == attribute).map(|(_, value)| value);
        value.is_some_and(|value| value.split_whitespace().any(|known| known == word))
    }

    /// What in it could run or hide something.
    fn dangerous(&self) -> Option<String> {
        let name = &self.name;
        if ["script", "style", "iframe", "object", "embed", "link", "meta", "base", "svg"]
            .contains(&name.as_str())
        {
            return Some(format!("there is a `<{name}>`"));
        }
        self.attributes.iter().find_map(|(attribute, value)| {
            if attribute.starts_with("on") || attribute == "style" || attribute == "srcdoc" {
                return Some(format!("a `<{name}>` has an attribute `{attribute}`"));
            }
            let address: String =
                value.chars().filter(|letter| !letter.is_whitespace() && !letter.is_control()).collect();
            let address = address.to_lowercase().replace("&#58;", ":").replace("&colon;", ":");
            let scheme = address.split_once(':').map(|(scheme, _)| scheme.to_owned()).unwrap_or_default();
            let runs = ["javascript", "vbscript", "data"].contains(&scheme.as_str());
            let leads = ["href", "src", "action", "formaction", "xlink:href"].contains(&attribute.as_str());
            (leads && runs).then(|| format!("a `<{name}>` leads to `{scheme}:`"))
        })
    }
}

/// Every start tag, as a browser would see it in a fragment that is written soundly.
fn tags(html: &str) -> Vec<Tag> {
    let mut tags = Vec::new();
    let mut rest = html;
    while let Some((_, from)) = rest.split_once('<') {
        rest = from;
        if !rest.starts_with(|letter: char| letter.is_ascii_alphabetic()) {
            continue;
        }
        let name_end = rest.find(|letter: char| letter.is_whitespace() || letter == '>' || letter == '/');
        let (name, after) = rest.split_at(name_end.unwrap_or(rest.len()));
        let (attributes, after) = attributes(after);
        tags.push(Tag { name: name.to_ascii_lowercase(), attributes });
        rest = after;
    }
    tags
}

/// The attributes up to the end of the tag, and what follows it.
fn attributes(mut rest: &str) -> (Vec<(String, String)>, &str) {
    let mut attributes = Vec::new();
    loop {
        rest = rest.trim_start_matches(|letter: char| letter.is_whitespace() || letter == '/');
        if rest.is_empty() || rest.starts_with('>') {
            return (attributes, rest.strip_prefix('>').unwrap_or(rest));
        }
        let ends = |letter: char| letter.is_whitespace() || ['=', '>', '/'].contains(&letter);
        // A stray equals sign begins a name.
        let end =
            rest.char_indices().skip(1).find(|(_, letter)| ends(*letter)).map_or(rest.len(), |(at, _)| at);
        let (name, after) = rest.split_at(end);
        rest = after.trim_start();
        let mut value = "";
        if let Some(after) = rest.strip_prefix('=') {
            let after = after.trim_start();
            let quote = after.chars().next().filter(|letter| ['"', '\''].contains(letter));
            (value, rest) = match quote.and_then(|quote| after.strip_prefix(quote)?.split_once(quote)) {
                Some(split) => split,
                None => after.split_at(
                    after.find(|letter: char| letter.is_whitespace() || letter == '>').unwrap_or(after.len()),
                ),
            };
        }
        attributes.push((name.to_ascii_lowercase(), value.to_owned()));
    }
}

#[cfg(test)]
mod tests {
    use super::tags;

    #[test]
    fn dangerous_tags_are_told_from_harmless_ones() {
        let danger = |html: &str| tags(html).iter().find_map(super::Tag::dangerous);
        for html in [
            "<main part=\"base\"><a href=\"https://a.example/?on=1\" title='x onclick=\"y\"'>1 < 2 &lt;script></a></main>",
            "<p title=\"<script>\">text onload=x</p>",
        ] {
            assert_eq!(danger(html), None, "{html}");
        }
        for html in [
            "<p><ScRiPt>x",
            "<img src=x onerror=alert(1)>",
            "<b/style=a>",
            "<a href='\tjava\nscript:x'>",
            "<a href=data:text/html,x>",
        ] {
            assert!(danger(html).is_some(), "{html}");
        }
    }
}
