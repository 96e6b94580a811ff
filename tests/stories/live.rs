//! What others do appears while one reads: over a stream from the reference server, and by asking where there is none.

use afterword_tests::article::{Article, SCRIPT, element};
use afterword_tests::backend::{long_thread, reaction, reply, thread};
use afterword_tests::engine::Engine;
use afterword_tests::reference::Reference;
use afterword_tests::stage::Stage;
use afterword_tests::stories;
use serde_json::json;

use crate::end_to_end::{LIGHTHOUSE, THREAD};

stories! { live:
    a_reply_written_on_one_page_waits_on_the_other,
    what_is_done_to_replies_appears_in_place,
    nothing_moves_under_the_readers_eyes,
    a_server_that_stops_and_starts_again_is_heard_again,
    a_page_that_nobody_sees_listens_to_nothing,
    without_a_network_nothing_is_listened_to,
    an_element_that_leaves_hears_no_more,
    a_backend_that_tells_nothing_is_asked,
    a_hundred_times_there_and_gone_leaves_nothing,
    who_asks_for_news_asks_past_the_cache_and_names_what_is_known,
    a_reply_written_in_one_window_waits_in_the_other,
    what_was_posted_before_anybody_listened_again_is_told,
}

/// Counts the streams of the page: those that are heard, those that are held, and all that there ever were.
const STREAMS: &str = r#"<script>{
  const streams = new Set();
  const Plain = EventSource;
  window.opened = 0;
  window.EventSource = class extends Plain {
    constructor(...how) {
      super(...how);
      streams.add(this);
      window.opened += 1;
    }
    close() {
      super.close();
      streams.delete(this);
    }
  };
  window.listening = () => [...streams].filter((it) => it.readyState === 1).length;
  window.held = () => streams.size;
  window.see = (seen) => {
    Object.defineProperty(document, "hidden", { value: !seen, configurable: true });
    document.dispatchEvent(new Event("visibilitychange", { bubbles: true }));
  };
}</script>"#;

/// Keeps the memories of all modules that are started, and says how many bytes they have.
const MEMORY: &str = "<script>{
  const memories = new Set();
  const instantiate = WebAssembly.instantiate;
  WebAssembly.instantiate = async (...what) => {
    const made = await instantiate.apply(WebAssembly, what);
    for (const it of Object.values((made.instance ?? made).exports)) if (it instanceof WebAssembly.Memory) memories.add(it);
    return made;
  };
  window.memory = () => [...memories].reduce((sum, it) => sum + it.buffer.byteLength, 0);
}</script>";

/// Two elements with the same thread of the reference server, as two pages would have them.
async fn two_pages(stage: &Stage, attributes: &str) -> Reference {
    let server = Reference::start(LIGHTHOUSE, THREAD).await;
    let element = format!(
        r#"<after-word api="{}/api" thread="{THREAD}" loading="eager" {attributes}></after-word>"#,
        server.origin
    );
    let article = Article::with(&format!("{element}{element}{SCRIPT}")).head(STREAMS);
    stage.open_at("/articles/lighthouse.html", &article).await;
    for at in 0..2 {
        stage.until("each is ready", &format!("state({at}) === 'ready'")).await;
    }
    stage.until("both listen", "listening() === 2").await;
    server
}

/// Writes a reply on the first page, and waits until it stands there.
async fn write(stage: &Stage, body: &str, number: u32) {
    stage.click("part('composer-open')").await;
    stage.until("the text has the focus", "focused() === part('composer-text')").await;
    stage.press(body).await;
    if stage.eval("!!part('composer-name')").await == true {
        stage.click("part('composer-name')").await;
        stage.press("Torvald Quist").await;
    }
    stage.click("part('composer-submit')").await;
    stage.until("it stands in its place", &format!("focused() === reply({number})")).await;
}

async fn a_reply_written_on_one_page_waits_on_the_other(stage: &Stage) {
    let server = two_pages(stage, "").await;
    write(stage, "First.", 18).await;
    stage.until("it waits on the other", "text(part('news', 1)) === '1 new reply'").await;
    stage.equal("text(part('count', 1))", "18 replies").await;
    stage.equal("text(within(reply(17, 1), 'reply-number'))", "Reply 17 of 18").await;
    stage.equal("numbers(1).length", 17).await;
    stage.equal("text(part('announcer', 1))", "1 new reply").await;
    stage.check("and is nothing new where it was written", "!part('news')").await;
    write(stage, "Second.", 19).await;
    stage.until("both wait", "text(part('news', 1)) === '2 new replies'").await;
    stage.axe("new replies wait").await;
    stage.click("part('news', 1)").await;
    stage.until("the first of them has the focus", "focused() === reply(18, 1)").await;
    stage.equal("numbers(1).slice(-2)", json!([18, 19])).await;
    stage.check("the button is gone", "!part('news', 1)").await;
    let counted =
        "window.__events.filter((it) => it.type === 'afterword-count-changed').map((it) => it.detail.total)";
    stage.equal(counted, json!([18, 18, 19, 19])).await;
    assert_eq!(server.preflights() > 0, true, "writing asks for permission, listening does not");
}

async fn what_is_done_to_replies_appears_in_place(stage: &Stage) {
    let _server = two_pages(stage, "").await;
    write(stage, "As it was.", 18).await;
    stage.until("it waits on the other", "shown(part('news', 1))").await;
    stage.click("part('news', 1)").await;
    stage.until("it is shown there", "focused() === reply(18, 1)").await;
    stage.click("within(reply(1), 'reaction-button')").await;
    stage
        .until("the reaction is there", "/Torvald Quist/.test(text(within(reply(1, 1), 'reactions')))")
        .await;
    stage.until("it may be changed", "within(reply(18), 'edit-button')").await;
    stage.click("within(reply(18), 'edit-button')").await;
    stage.until("the text is here", "focused() === part('composer-text')").await;
    stage.press(" And more.").await;
    stage.click("part('composer-submit')").await;
    stage.until("so is the edit", "/And more/.test(text(within(reply(18, 1), 'reply-body')))").await;
    stage.until("it may be deleted", "within(reply(18), 'delete-button')").await;
    stage.click("within(reply(18), 'delete-button')").await;
    stage.until("and the deletion", "reply(18, 1).dataset.status === 'deleted'").await;
    stage.check("nothing is new about it", "!part('news', 1)").await;
}

async fn nothing_moves_under_the_readers_eyes(stage: &Stage) {
    let _server = two_pages(stage, "order=newest").await;
    stage
        .run("reply(12, 1).scrollIntoView({ block: 'center' }); reply(12, 1).focus({ preventScroll: true });")
        .await;
    let place = "Math.round(reply(12, 1).getBoundingClientRect().top)";
    let before = stage.eval(place).await;
    stage
        .run(
            "const api = elements()[0].api;
             const send = (path, token, body) => fetch(api + path, {
               method: 'POST', body: JSON.stringify(body),
               headers: { 'Content-Type': 'application/json', ...(token && { Authorization: `Bearer ${token}`, 'Idempotency-Key': '\"k\"' }) },
             }).then((it) => it.json());
             send('/guests', null, { name: 'Torvald Quist' }).then(({ token }) =>
               send('/replies', token, { thread: elements()[0].thread, body: 'From elsewhere.' }));",
        )
        .await;
    stage.until("it waits", "shown(part('news', 1))").await;
    stage.frames().await;
    stage.check("above the list", "part('list', 1).compareDocumentPosition(part('news', 1)) & 2").await;
    stage.equal(place, before).await;
    stage.check("and the focus stays", "focused() === reply(12, 1)").await;
    stage.click("part('news', 1)").await;
    stage.until("it is on top", "numbers(1)[0] === 18 && focused() === reply(18, 1)").await;
}

async fn a_server_that_stops_and_starts_again_is_heard_again(stage: &Stage) {
    let server = two_pages(stage, "").await;
    server.stop().await;
    stage.until("nobody listens", "listening() === 0").await;
    stage.check("reading goes on, quietly", "!shown(part('notice', 1)) && numbers(1).length === 17").await;
    server.rise().await;
    stage.until("both listen again", "listening() === 2").await;
    write(stage, "After the storm.", 18).await;
    stage.until("it waits on the other", "text(part('news', 1)) === '1 new reply'").await;
}

async fn a_page_that_nobody_sees_listens_to_nothing(stage: &Stage) {
    let _server = two_pages(stage, "").await;
    stage.run("see(false)").await;
    stage.equal("held()", 0).await;
    write(stage, "Unheard.", 18).await;
    stage.check("nothing is heard", "!part('news', 1)").await;
    stage.run("see(true)").await;
    stage.until("what was missed comes first", "text(part('news', 1)) === '1 new reply'").await;
    stage.until("both are heard again", "held() === 2").await;
}

async fn without_a_network_nothing_is_listened_to(stage: &Stage) {
    let _server = two_pages(stage, "").await;
    let network = |online: bool| {
        format!(
            "Object.defineProperty(navigator, 'onLine', {{ value: {online}, configurable: true }});
             dispatchEvent(new Event('{}'));",
            if online { "online" } else { "offline" }
        )
    };
    stage.run(&network(false)).await;
    stage.equal("held()", 0).await;
    stage.run(&network(true)).await;
    stage.until("both listen again", "listening() === 2").await;
}

async fn an_element_that_leaves_hears_no_more(stage: &Stage) {
    let _server = two_pages(stage, "").await;
    stage.run("elements()[1].remove()").await;
    stage.until("its stream is closed", "held() === 1").await;
    stage.run("elements()[0].remove()").await;
    stage.until("and the other one", "held() === 0").await;
}

async fn a_backend_that_tells_nothing_is_asked(stage: &Stage) {
    let with = |replies: u32, liked: &[&str]| {
        let mut page = thread("t", (1..=replies).map(|n| reply(n, "Ada", &format!("Number {n}."))).collect());
        page.replies[0].reactions = vec![reaction("like", liked)];
        page
    };
    stage.host.backend().put(with(2, &["Bo"]));
    stage
        .open(&Article::with(&format!("{}{SCRIPT}", element("t", ""))).head(stage.clock()).head(STREAMS))
        .await;
    stage.ready().await;
    stage.host.backend().put(with(4, &["Bo", "Cleo"]));
    stage.run("see(false); pass(2)").await;
    let asked = stage.host.asked("/replies").len();
    stage.run("see(true)").await;
    stage.until("two wait", "text(part('news')) === '2 new replies'").await;
    assert_eq!(
        (asked, stage.host.asked("/replies").len()),
        (1, 2),
        "nobody asks for a page that is not seen"
    );
    stage.check("a reaction appears in place", "/Cleo/.test(text(within(reply(1), 'reactions')))").await;
    stage.equal("[numbers().length, opened]", json!([2, 0])).await;
    stage.click("part('news')").await;
    stage.until("they are shown", "numbers().length === 4 && focused() === reply(3)").await;
    assert_eq!(stage.host.asked("/replies").len(), 2, "they were here already");
    stage.host.backend().put(with(5, &["Bo"]));
    stage.run("pass(2)").await;
    stage.until("one waits", "text(part('news')) === '1 new reply'").await;
}

async fn a_hundred_times_there_and_gone_leaves_nothing(stage: &Stage) {
    let server = Reference::start(LIGHTHOUSE, THREAD).await;
    let article = Article::with(SCRIPT).head(stage.clock()).head(STREAMS).head(MEMORY);
    stage.open_at("/articles/lighthouse.html", &article).await;
    stage.run(&format!("window.api = '{}/api'", server.origin)).await;
    let (mut before, mut memory) = (None, None);
    let ten = format!(
        "(async () => {{
           for (let at = 0; at < 10; at += 1) {{
             const it = document.createElement('after-word');
             Object.assign(it, {{ api, thread: '{THREAD}', loading: 'eager' }});
             document.querySelector('main').append(it);
             await it.ready;
             // The first stays until it listens.
             while (at === 0 && !held()) await new Promise((on) => setTimeout(on, 50));
             it.remove();
             await new Promise((on) => setTimeout(on));
           }}
           done([held(), timers()]);
         }})()"
    );
    // The first ten load what stays; then a hundred more.
    for round in 0..11 {
        assert_eq!(stage.run_async(&ten).await, json!([0, 0]));
        // Of the module's own nothing is ever taken back, but what is free is there for the next.
        let now = stage.number("memory()").await;
        let first = *memory.get_or_insert(now);
        assert!(first > 0.0, "no module was seen");
        assert!(now <= first, "the module's memory: {first} bytes became {now}, after {round} rounds");
        if stage.engine == Engine::Chromium && matches!(round, 0 | 10) {
            stage.devtools("HeapProfiler.collectGarbage", json!({})).await;
            stage.devtools("Performance.enable", json!({})).await;
            let metrics = stage.devtools("Performance.getMetrics", json!({})).await;
            let metric = |name: &str| {
                let found = metrics["metrics"].as_array().unwrap().iter().find(|it| it["name"] == name);
                found.and_then(|it| it["value"].as_f64()).unwrap()
            };
            let now = [metric("JSEventListeners"), metric("Nodes"), metric("JSHeapUsedSize") / 1e6];
            let [listeners, nodes, heap] = *before.get_or_insert(now);
            assert!(now[0] <= listeners, "listeners: {listeners} became {}", now[0]);
            assert!(now[1] <= nodes + 50.0, "nodes: {nodes} became {}", now[1]);
            assert!(now[2] <= heap + 1.0, "heap, in MB: {heap} became {}", now[2]);
        }
    }
}

async fn who_asks_for_news_asks_past_the_cache_and_names_what_is_known(stage: &Stage) {
    stage.host.let_caches_keep();
    stage.host.backend().put(long_thread("t", 2));
    stage.open(&Article::with_thread("").head(stage.clock())).await;
    stage.ready().await;
    // The cache has the page, and may answer with it: who asks as usual reaches nobody.
    let heard = "performance.getEntriesByType('resource').filter((it) => it.name.includes('/api/replies'))";
    let usual =
        format!("fetch({heard}[0].name, {{ credentials: 'omit' }}).then((it) => it.text()).then(done)");
    stage.run_async(&usual).await;
    // WebKit keeps nothing while a driver steers it.
    let keeps = stage.engine != Engine::Webkit;
    let first = if keeps { 1 } else { 2 };
    assert_eq!(stage.host.asked("/api/replies").len(), first, "the cache has answered");

    let asking = stage.host.hold("/api/replies");
    stage.run("pass(2)").await;
    asking.reached_by(1).await;
    let before = stage.number(&format!("{heard}.length")).await;
    asking.open();
    stage.until("the answer is here", &format!("{heard}.length > {before}")).await;
    stage.frames().await;
    assert_eq!(stage.host.unchanged(), usize::from(keeps));
    stage.check("nothing is new", "!part('news') && numbers().length === 2").await;

    stage.host.backend().put(long_thread("t", 4));
    stage.run("pass(2)").await;
    stage.until("two wait", "text(part('news')) === '2 new replies'").await;
    let asked = stage.host.asked("/api/replies");
    assert_eq!(asked.len(), first + 2);
    for asked in &asked[first..] {
        let says = |name: &str| asked.headers.iter().any(|(known, _)| known == name);
        assert!(says("cache-control"), "caches may answer: {:?}", asked.headers);
        assert_eq!(says("if-none-match"), keeps, "what is known is not named: {:?}", asked.headers);
    }
    assert_eq!(stage.host.unchanged(), usize::from(keeps), "news are sent whole");
}

/// Opens the lighthouse of a server in the window at hand, and waits until it is heard.
async fn lighthouse(stage: &Stage, server: &Reference) {
    let attributes = format!(r#"api="{}/api" thread="{THREAD}" loading="eager""#, server.origin);
    let article = Article::with(&format!("<after-word {attributes}></after-word>{SCRIPT}")).head(STREAMS);
    stage.open_at("/articles/lighthouse.html", &article).await;
    stage.ready().await;
    stage.until("it listens", "listening() === 1").await;
}

async fn a_reply_written_in_one_window_waits_in_the_other(stage: &Stage) {
    let server = Reference::start(LIGHTHOUSE, THREAD).await;
    lighthouse(stage, &server).await;
    let reader = stage.client.window().await.expect("a window");
    let writer = stage.client.new_window(false).await.expect("another window").handle;
    stage.client.switch_to_window(writer.clone()).await.expect("the other window");
    lighthouse(stage, &server).await;
    for (body, number, waiting) in [("First.", 18, "1 new reply"), ("Second.", 19, "2 new replies")] {
        write(stage, body, number).await;
        stage.check("and is nothing new where it was written", "!part('news')").await;
        stage.log().await;
        stage.client.switch_to_window(reader.clone()).await.expect("the first window");
        stage.until("it waits in the other", &format!("text(part('news')) === {waiting:?}")).await;
        stage.equal("numbers().length", 17).await;
        stage.log().await;
        stage.client.switch_to_window(writer.clone()).await.expect("the other window");
    }
    stage.client.switch_to_window(reader).await.expect("the first window");
    stage.equal("opened", 1).await;
    stage.click("part('news')").await;
    stage.until("the first of them has the focus", "focused() === reply(18)").await;
    stage.equal("numbers().slice(-2)", json!([18, 19])).await;
}

async fn what_was_posted_before_anybody_listened_again_is_told(stage: &Stage) {
    let server = Reference::start(LIGHTHOUSE, THREAD).await;
    lighthouse(stage, &server).await;
    server.stop().await;
    stage.until("nobody listens", "listening() === 0").await;
    server.turn_listeners_away(true);
    server.rise().await;
    server.post(THREAD, "Torvald Quist", "Between two streams.").await;
    stage.equal("listening()", 0).await;
    stage.check("nothing is heard", "!part('news')").await;
    server.turn_listeners_away(false);
    stage.until("it waits", "text(part('news')) === '1 new reply'").await;
    stage.click("part('news')").await;
    stage.until("it is read", "text(within(reply(18), 'reply-body')) === 'Between two streams.'").await;
}
