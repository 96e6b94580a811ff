//! One reply: who wrote it and when, and what the text may hold.

use afterword_contract::{Format, Person, Reply, Timestamp};
use afterword_tests::article::Article;
use afterword_tests::backend::{person, reply, thread};
use afterword_tests::stage::Stage;
use afterword_tests::stories;
use serde_json::json;

stories! { replies:
    authors_who_cannot_be_named,
    an_author_has_a_link_a_role_and_a_number_of_posts,
    a_picture_or_initials,
    an_edited_reply_is_marked,
    times_are_relative_and_exact_on_demand,
    times_grow_older_while_they_are_read,
    what_is_no_time_is_not_shown,
    markdown_html_and_text_are_read,
    headings_in_a_body_are_not_headings_of_the_page,
    links_leave_the_page_safely,
}

async fn authors_who_cannot_be_named(stage: &Stage) {
    let unknown = Reply { author: None, ..reply(1, "", "Who am I?") };
    let erased =
        Reply { author: Some(Person { erased: true, ..person("Forgotten") }), ..reply(2, "", "Forget me.") };
    let nameless = reply(3, "  ", "I have no name.");
    stage.read(thread("t", vec![unknown, erased, nameless])).await;
    assert_eq!(stage.texts("reply-author").await, ["Unknown author", "Name removed", "Unknown author"]);
    stage
        .equal("parts('reply-author').map((it) => it.dataset.known)", json!(["unknown", "erased", "unknown"]))
        .await;
    stage.check("the name is gone", "!root().textContent.includes('Forgotten')").await;
}

async fn an_author_has_a_link_a_role_and_a_number_of_posts(stage: &Stage) {
    let keeper = Person {
        url: Some("https://example.org/people/runa".to_owned()),
        role: Some("moderator".to_owned()),
        posts: Some(20_404),
        ..person("Runa")
    };
    let member = Person { role: Some("member".to_owned()), posts: Some(1), ..person("Bo") };
    let replies = vec![
        Reply { author: Some(keeper), ..reply(1, "", "One.") },
        Reply { author: Some(member), ..reply(2, "", "Two.") },
    ];
    stage.read(thread("t", replies)).await;
    stage
        .equal(
            "(() => { const a = within(reply(1), 'reply-author'); return [a.localName, a.href, a.rel, a.target] })()",
            json!(["a", "https://example.org/people/runa", "ugc nofollow noopener noreferrer", "_blank"]),
        )
        .await;
    assert_eq!(stage.texts("reply-role").await, ["Moderator"]);
    assert_eq!(stage.texts("reply-posts").await, ["20,404 posts", "1 post"]);
    stage
        .check("without an address there is no link", "within(reply(2), 'reply-author').localName !== 'a'")
        .await;
}

async fn a_picture_or_initials(stage: &Stage) {
    let picture = stage.host.filled_in("{page}/face.png");
    stage.host.put_file(
        "/face.png",
        "image/svg+xml",
        "<svg xmlns='http://www.w3.org/2000/svg' width='8' height='8'/>",
    );
    let faced = Person { avatar: Some(picture.clone()), ..person("Ada Vance") };
    stage
        .read(thread(
            "t",
            vec![Reply { author: Some(faced), ..reply(1, "", "One.") }, reply(2, "harbour kate", "Two.")],
        ))
        .await;
    stage
        .equal(
            "(() => { const it = within(reply(1), 'avatar'); return [it.localName, it.src, it.alt, it.referrerPolicy] })()",
            json!(["img", picture, "", "no-referrer"]),
        )
        .await;
    stage.equal("text(within(reply(2), 'avatar')).toUpperCase()", "HK").await;
    stage
        .check("initials are decoration", "within(reply(2), 'avatar').getAttribute('aria-hidden') === 'true'")
        .await;
    let referrer = "referer".to_owned();
    stage.until("the picture came", "within(reply(1), 'avatar').complete").await;
    let leaks = stage
        .host
        .asked("/face.png")
        .iter()
        .any(|asked| asked.headers.iter().any(|(name, _)| *name == referrer));
    assert!(!leaks, "the picture's host was told which article is read");
}

async fn an_edited_reply_is_marked(stage: &Stage) {
    let edited =
        Reply { edited: Some(Timestamp::from("2019-06-26T08:00:00Z")), ..reply(1, "Ada", "Better.") };
    stage.read(thread("t", vec![edited, reply(2, "Bo", "Untouched.")])).await;
    assert_eq!(stage.texts("reply-edited").await, ["edited"]);
    stage.check("it says when", "/2019/.test(within(reply(1), 'reply-edited').title)").await;
}

async fn times_are_relative_and_exact_on_demand(stage: &Stage) {
    let at = |number, time: &str| Reply { published: Some(time.into()), ..reply(number, "Ada", "When?") };
    stage.read(thread("t", vec![at(1, "2019-06-25T19:03:00Z"), at(2, "2020-01-31T10:00:00+02:00")])).await;
    stage
        .equal("within(reply(1), 'reply-time').querySelector('time').dateTime", "2019-06-25T19:03:00Z")
        .await;
    stage.equal("text(within(reply(1), 'reply-time'))", "7 years ago").await;
    // In Kathmandu, where the reader lives, it is already tomorrow: 00:48.
    let told = "within(reply(1), 'reply-time').title";
    stage
        .check(
            "the exact time is in the reader's zone",
            &format!("/26/.test({told}) && /(12|0|00):48/.test({told})"),
        )
        .await;
    stage.click("within(reply(1), 'reply-time')").await;
    stage.until("it is shown on demand", "/26/.test(text(within(reply(1), 'reply-time')))").await;
    stage.check("the other is as it was", "/years ago/.test(text(within(reply(2), 'reply-time')))").await;
    stage.focus("within(reply(2), 'reply-time')").await;
    stage.press("\u{e007}").await;
    stage.until("by keyboard too", "/:45/.test(text(within(reply(2), 'reply-time')))").await;
}

async fn times_grow_older_while_they_are_read(stage: &Stage) {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_millis() as i64;
    let ago = |number, seconds: i64| Reply {
        published: Some(Timestamp::from_millis(now - seconds * 1000)),
        ..reply(number, "Ada", "When?")
    };
    stage.host.backend().put(thread("t", vec![ago(1, 5 * 60 + 5), ago(2, 2), ago(3, -20)]));
    stage.open(&Article::with_thread("").head(stage.clock())).await;
    stage.ready().await;
    stage.equal("texts('reply-time')", json!(["5 minutes ago", "now", "now"])).await;
    stage.equal("timers()", 1).await;
    stage.run("pass(10)").await;
    stage
        .until(
            "ten minutes later",
            "texts('reply-time').join() === '15 minutes ago,10 minutes ago,9 minutes ago'",
        )
        .await;
    stage.run("pass(26 * 60)").await;
    stage
        .until("a day later", "texts('reply-time').every((it) => it === 'yesterday' || it === '1 day ago')")
        .await;
    stage.run("elements()[0].remove()").await;
    stage.until("the timer is taken along", "timers() === 0").await;
}

async fn what_is_no_time_is_not_shown(stage: &Stage) {
    let odd =
        Reply { published: Some("yesterday".into()), edited: Some("".into()), ..reply(1, "Ada", "One.") };
    let none = Reply { published: None, ..reply(2, "Bo", "Two.") };
    stage.read(thread("t", vec![odd, none])).await;
    stage.check("there is no time", "!part('reply-time') && !part('reply-edited')").await;
    stage
        .check("and nothing in its place", "!/Invalid|NaN|undefined|yesterday/.test(root().textContent)")
        .await;
}

async fn markdown_html_and_text_are_read(stage: &Stage) {
    let markdown = reply(
        1,
        "Ada",
        "**Bold**, `code`, ~~gone~~\nand a list:\n\n1. one\n2. two\n\n```rust\nfn main() {}\n```\n\n---",
    );
    let html = Reply {
        format: Format::Html,
        ..reply(
            2,
            "Bo",
            "<p>It is <b>bold</b> &amp; <i>bent</i>.</p><ul><li>one</li></ul><p onclick=x() style=color:red>plain</p>",
        )
    };
    let text = Reply { format: Format::Text, ..reply(3, "Cleo", "Not **bold**,\nnot <b>bold</b>.") };
    let odd = Reply { format: Format::from("bbcode"), ..reply(4, "Dora", "[b]Text[/b]") };
    stage.read(thread("t", vec![markdown, html, text, odd])).await;
    let inside = |number: u32, query: &str| {
        format!("within(reply({number}), 'reply-body').querySelector({query:?})?.textContent ?? null")
    };
    for (number, query, content) in [
        (1, "strong", "Bold"),
        (1, "code", "code"),
        (1, "del", "gone"),
        (1, "ol li:nth-child(2)", "two"),
        (1, "pre code", "fn main() {}\n"),
        (2, "strong", "bold"),
        (2, "em", "bent"),
        (2, "ul li", "one"),
    ] {
        let found = stage.text(&inside(number, query)).await;
        assert_eq!(found.trim_end(), content.trim_end(), "{query} in reply {number}");
    }
    stage.check("the rule is drawn", "!!reply(1).querySelector('hr')").await;
    stage.equal("within(reply(3), 'reply-body').innerText.trim()", "Not **bold**,\nnot <b>bold</b>.").await;
    stage.equal("text(within(reply(4), 'reply-body'))", "[b]Text[/b]").await;
    stage
        .check(
            "attributes of the author's are gone",
            "!reply(2).querySelector('[onclick], [style]') && !all('[class]').some((it) => it.className !== it.part.value)",
        )
        .await;
}

async fn headings_in_a_body_are_not_headings_of_the_page(stage: &Stage) {
    let html = Reply { format: Format::Html, ..reply(2, "Bo", "<h1>Louder</h1><p>x</p>") };
    stage.read(thread("t", vec![reply(1, "Ada", "# Loud\n\nx"), html])).await;
    stage
        .equal(
            "parts('reply-subheading').map((it) => [text(it), it.localName])",
            json!([["Loud", "p"], ["Louder", "p"]]),
        )
        .await;
    stage.equal("all('h1, h2, h3, h4, h5, h6').length", 3).await;
}

async fn links_leave_the_page_safely(stage: &Stage) {
    let body = "[here](https://example.org/a), https://example.org/b, <mailto:ada@example.org>, [bad](javascript:alert(1)), [worse](data:text/html,x)";
    stage.read(thread("t", vec![reply(1, "Ada", body)])).await;
    stage
        .equal(
            "[...within(reply(1), 'reply-body').querySelectorAll('a')].map((it) => it.getAttribute('href'))",
            json!(["https://example.org/a", "https://example.org/b", "mailto:ada@example.org"]),
        )
        .await;
    stage
        .check(
            "every link is nobody's recommendation",
            "[...within(reply(1), 'reply-body').querySelectorAll('a')].every((it) =>
               it.rel === 'ugc nofollow noopener noreferrer' && it.target === '_blank')",
        )
        .await;
    stage
        .check("what was refused is still read", "/bad/.test(text(reply(1))) && /worse/.test(text(reply(1)))")
        .await;
}
