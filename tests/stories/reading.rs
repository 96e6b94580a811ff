//! A thread is read: what stands where, in which words, and what it costs the network.

use afterword_contract::{Format, Person, Reply, Status, Thread, ThreadPage, Timestamp};
use afterword_tests::article::Article;
use afterword_tests::backend::{long_thread, person, reply, thread};
use afterword_tests::engine::Engine;
use afterword_tests::stage::Stage;
use afterword_tests::stories;
use serde_json::json;

stories! { reading:
    a_thread_is_read,
    headings_follow_the_page,
    reading_costs_each_file_once_and_asks_for_nothing_else,
    a_skeleton_stands_until_the_answer_comes,
    a_placeholder_stands_until_the_answer_comes,
    an_empty_thread_says_so,
    a_locked_thread_says_so,
    deleted_and_hidden_replies_keep_their_numbers,
    a_held_reply_has_no_number,
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
    a_static_file_is_enough,
    the_host_is_told_when_the_thread_is_ready,
}

async fn a_thread_is_read(stage: &Stage) {
    let said = ["A light with nobody inside.", "I wave *every* night.", "So do I."];
    let authors = ["Ada Vance", "harbour kate", "佐藤 灯"];
    let replies = (1..).zip(authors).zip(said).map(|((number, author), body)| reply(number, author, body));
    stage.read(thread("t", replies.collect())).await;
    stage.equal("text(part('count'))", "3 replies").await;
    assert_eq!(stage.texts("reply-author").await, authors);
    assert_eq!(stage.texts("reply-number").await, ["Reply 1 of 3", "Reply 2 of 3", "Reply 3 of 3"]);
    assert_eq!(
        stage.texts("reply-body").await,
        ["A light with nobody inside.", "I wave every night.", "So do I."]
    );
    stage.equal("numbers()", json!([1, 2, 3])).await;
    stage.equal("within(reply(2), 'reply-number').getAttribute('href')", "#reply-2").await;
    stage.equal("within(reply(2), 'reply-body').querySelector('em').textContent", "every").await;
    stage
        .check(
            "the replies are a list",
            "part('list').localName === 'ol' && part('list').children.length === 3",
        )
        .await;
    stage.equal("part('thread').getAttribute('aria-busy') ?? 'false'", "false").await;
    stage.check("the grey replies are gone", "!shown(part('skeleton'))").await;
    stage.check("nothing is empty", "!part('empty')").await;
    stage.check("there is no pager", "!parts('pager').some(shown)").await;
}

async fn headings_follow_the_page(stage: &Stage) {
    stage.read(thread("t", vec![reply(1, "Ada", "One.")])).await;
    stage.equal("[part('count').localName, part('reply-heading').localName]", json!(["h2", "h3"])).await;
    stage.equal("text(part('count'))", "1 reply").await;
    stage.read_with(thread("t", vec![reply(1, "Ada", "One.")]), "heading-level=4").await;
    stage.equal("[part('count').localName, part('reply-heading').localName]", json!(["h4", "h5"])).await;
}

async fn reading_costs_each_file_once_and_asks_for_nothing_else(stage: &Stage) {
    stage.read(long_thread("t", 12)).await;
    let asked = stage.host.asked("");
    for file in ["embed.js", "afterword.js", "afterword_bg.wasm", "/api/replies"] {
        let times = asked.iter().filter(|asked| asked.target.contains(file)).count();
        assert_eq!(times, 1, "{file} was fetched {times} times");
    }
    let strangers: Vec<_> = asked
        .iter()
        .map(|asked| asked.target.as_str())
        .filter(|target| {
            !["/afterword/", "/api/replies", "/articles/", "/watch.js"]
                .iter()
                .any(|known| target.starts_with(known))
        })
        .collect();
    assert!(strangers.is_empty(), "{strangers:?}");
    let question = &stage.host.asked("/api/replies")[0];
    assert_eq!(question.target, "/api/replies?thread=t&limit=50");
    for (name, value) in &question.headers {
        let personal =
            ["cookie", "authorization", "content-type"].contains(&name.as_str()) || name.starts_with("x-");
        assert!(!personal, "the anonymous read carries {name}: {value}");
    }
}

async fn a_skeleton_stands_until_the_answer_comes(stage: &Stage) {
    stage.host.backend().put(long_thread("t", 6));
    let gate = stage.host.hold("/api/replies");
    let article = Article::with_thread("")
        .head("<script src=/shifts.js></script><style>body{margin:0;font:16px/1.5 sans-serif}</style>");
    // Chromium measures what readers feel; other engines do not know the entry and stay at 0.
    stage.host.put_file(
        "/shifts.js",
        "text/javascript",
        "window.shift = 0;
         new PerformanceObserver((list) => { for (const entry of list.getEntries()) window.shift += entry.value; })
           .observe({ type: 'layout-shift', buffered: true });",
    );
    stage.open(&article).await;
    gate.reached_by(1).await;
    stage.until("grey replies are shown", "shown(part('skeleton-reply'))").await;
    stage.equal("state()", "loading").await;
    stage
        .check(
            "they are hidden from assistive technology",
            "part('skeleton').getAttribute('aria-hidden') === 'true'",
        )
        .await;
    stage.check("somebody is told that it is busy", "!!root().querySelector('[aria-busy=true]')").await;
    let places = "[document.getElementById('prose').getBoundingClientRect().top, elements()[0].getBoundingClientRect().top]";
    let before = stage.eval(places).await;
    // The first reply must come to stand where the grey one is: with the module here and the answer still away.
    stage.until("the module has drawn its frame", "!!part('skeleton-reply') && !!part('count')").await;
    let grey = stage.number("part('skeleton-reply').getBoundingClientRect().top").await;
    gate.open();
    stage.ready().await;
    assert_eq!(stage.eval(places).await, before, "what stands above has moved");
    let real = stage.number("reply(1).getBoundingClientRect().top").await;
    assert!((grey - real).abs() < 24.0, "the grey reply stood at {grey}, the first reply at {real}");
    if stage.engine == Engine::Chromium {
        let shift = stage.number("window.shift").await;
        assert!(shift < 0.1, "layout shift of {shift}");
    }
}

async fn a_placeholder_stands_until_the_answer_comes(stage: &Stage) {
    stage.host.backend().put(long_thread("t", 2));
    let gate = stage.host.hold("/api/replies");
    let body = r#"<after-word api="{api}" thread="t"><p id="mine">Replies come here.</p></after-word>
        <script async src="{assets}embed.js"></script>"#;
    stage.open(&Article::with(body)).await;
    gate.reached_by(1).await;
    stage
        .until(
            "the module is here",
            "performance.getEntriesByType('resource').some((it) => /wasm/.test(it.name) && it.responseEnd > 0)",
        )
        .await;
    // It may draw its frame now; until there are replies, the page's own words are better than a frame.
    stage.run_async("let frames = 10; const next = () => (frames-- ? requestAnimationFrame(next) : done(true)); next()").await;
    stage.check("the placeholder is seen", "shown(document.getElementById('mine'))").await;
    gate.open();
    stage.ready().await;
    stage.check("the placeholder is not seen any more", "!shown(document.getElementById('mine'))").await;
    stage
        .check("and still the page's", "document.getElementById('mine').parentElement === elements()[0]")
        .await;
}

async fn an_empty_thread_says_so(stage: &Stage) {
    stage.read(thread("t", vec![])).await;
    stage.equal("text(part('empty'))", "No replies yet.").await;
    stage.check("there is nothing to put in order", "!shown(part('tools'))").await;
    stage.check("there are no replies", "numbers().length === 0").await;
}

async fn a_locked_thread_says_so(stage: &Stage) {
    let mut page = thread("t", vec![reply(1, "Ada", "The last word.")]);
    page.thread.locked = true;
    stage.read(page).await;
    stage.check("the notice is there", "text(one('[data-kind=locked]')).includes('locked')").await;
    stage.equal("texts('reply-body')", json!(["The last word."])).await;
}

async fn deleted_and_hidden_replies_keep_their_numbers(stage: &Stage) {
    let deleted = Reply { status: Status::Deleted, body: "SECRET".to_owned(), ..reply(2, "pelican", "") };
    let hidden = Reply { status: Status::Hidden, body: "SECRET".to_owned(), ..reply(3, "saltlamp", "") };
    stage.read(thread("t", vec![reply(1, "Ada", "One."), deleted, hidden, reply(4, "Bo", "Four.")])).await;
    assert_eq!(
        stage.texts("reply-tombstone").await,
        ["This reply was deleted.", "This reply was hidden by a moderator."]
    );
    stage.equal("text(within(reply(2), 'reply-number'))", "Reply 2 of 4").await;
    stage.equal("[reply(2).dataset.status, reply(3).dataset.status]", json!(["deleted", "hidden"])).await;
    stage.check("what was deleted is not there", "!root().textContent.includes('SECRET')").await;
}

async fn a_held_reply_has_no_number(stage: &Stage) {
    let held = Reply { number: None, status: Status::Pending, ..reply(2, "Bram", "Please let me in.") };
    stage.read(thread("t", vec![reply(1, "Ada", "One."), held])).await;
    stage.until("both are shown", "parts('reply').length === 2").await;
    stage.equal("parts('reply')[1].dataset.status", "pending").await;
    stage.check("it says why", "text(parts('reply')[1]).includes('waiting for approval')").await;
    stage.check("its text can be read", "text(parts('reply')[1]).includes('Please let me in.')").await;
    stage.check("it has no number", "!/Reply 2/.test(text(parts('reply')[1]))").await;
    stage.equal("text(part('count'))", "1 reply").await;
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
    // A page's clock that can be put forward: what waits longer than a moment waits for `forward`.
    let clock = "let ahead = 0; const real = Date.now.bind(Date), waiting = new Map(); let last = 1e6;
        Date.now = () => real() + ahead;
        const set = window.setTimeout, clear = window.clearTimeout;
        const later = (again) => function (work, delay = 0, ...rest) {
          // WebKit's driver bounds each script with the page's own timers.
          if (!again && (delay < 1000 || delay === 20000)) return set.call(window, work, delay, ...rest);
          const id = ++last; waiting.set(id, { work: () => work(...rest), due: Date.now() + delay, delay: again && delay }); return id;
        };
        window.setTimeout = later(false); window.setInterval = later(true);
        window.clearTimeout = window.clearInterval = (id) => { if (!waiting.delete(id)) clear.call(window, id); };
        window.clocks = () => [...waiting.values()].filter((it) => it.delay).length;
        window.forward = (millis) => {
          ahead += millis;
          for (const [id, it] of [...waiting]) if (it.due <= Date.now()) {
            if (it.delay) it.due = Date.now() + it.delay; else waiting.delete(id);
            it.work();
          }
        };";
    stage.host.put_file("/clock.js", "text/javascript", clock);
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_millis() as i64;
    let ago = |number, seconds: i64| Reply {
        published: Some(Timestamp::from_millis(now - seconds * 1000)),
        ..reply(number, "Ada", "When?")
    };
    stage.host.backend().put(thread("t", vec![ago(1, 5 * 60 + 5), ago(2, 2), ago(3, -20)]));
    stage.open(&Article::with_thread("").head("<script src=/clock.js></script>")).await;
    stage.ready().await;
    stage.equal("texts('reply-time')", json!(["5 minutes ago", "now", "now"])).await;
    stage.check("one clock for all", "window.clocks() === 1").await;
    stage.run("forward(10 * 60 * 1000)").await;
    stage
        .until(
            "ten minutes later",
            "texts('reply-time').join() === '15 minutes ago,10 minutes ago,9 minutes ago'",
        )
        .await;
    stage.run("forward(26 * 60 * 60 * 1000)").await;
    stage
        .until("a day later", "texts('reply-time').every((it) => it === 'yesterday' || it === '1 day ago')")
        .await;
    stage.run("elements()[0].remove()").await;
    stage.until("the clock is taken along", "window.clocks() === 0").await;
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
            "!reply(2).querySelector('[onclick], [style], [class]')",
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

async fn a_static_file_is_enough(stage: &Stage) {
    let written_by_hand = r#"{ "replies": [
        { "author": { "name": "Ada" }, "body": "A file, written by hand." },
        { "author": { "name": "Bo" }, "body": "> [Ada](#reply-1) said:\n> A file, written by hand.\n\nIndeed." } ] }"#;
    stage.host.put_file("/files/thread.json", "application/json", written_by_hand);
    let body =
        r#"<after-word src="/files/thread.json"></after-word><script async src="{assets}embed.js"></script>"#;
    stage.open(&Article::with(body)).await;
    stage.ready().await;
    assert_eq!(stage.texts("reply-number").await, ["Reply 1 of 2", "Reply 2 of 2"]);
    stage
        .check("its quotes are quotes", "/Ada in reply 1/.test(text(within(reply(2), 'quote-attribution')))")
        .await;
    assert_eq!(stage.host.asked("/files/thread.json").len(), 1);
}

async fn the_host_is_told_when_the_thread_is_ready(stage: &Stage) {
    let page = ThreadPage { thread: Thread { total: 7, ..Thread::default() }, ..long_thread("t", 7) };
    stage.host.backend().put(ThreadPage { thread: Thread { id: "t".into(), ..page.thread }, ..page });
    stage.open(&Article::with_thread("")).await;
    stage.ready().await;
    let resolved = stage.run_async("elements()[0].ready.then(() => done(true), () => done(false))").await;
    assert_eq!(resolved, json!(true));
    stage
        .equal(
            "window.__events.map((it) => [it.type, it.target, it.detail.thread, it.detail.total])",
            json!([["afterword-ready", "after-word", "t", 7]]),
        )
        .await;
}
