//! A thread is read: what stands where, in which words, and what it costs the network.

use afterword_contract::{Reply, Status, Thread, ThreadPage};
use afterword_tests::article::Article;
use afterword_tests::backend::{long_thread, reply, thread};
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
    let grey = stage.number("part('skeleton-avatar').getBoundingClientRect().top").await;
    gate.open();
    stage.ready().await;
    assert_eq!(stage.eval(places).await, before, "what stands above has moved");
    let real = stage.number("within(reply(1), 'avatar').getBoundingClientRect().top").await;
    assert!((grey - real).abs() < 4.0, "the grey avatar stood at {grey}, the first one at {real}");
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
