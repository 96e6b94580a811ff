//! The element comes, goes, moves and waits: on pages with one, with several, and on pages made by programs.

use afterword_contract::{Reply, Thread, ThreadPage, Timestamp};
use afterword_tests::article::{Article, SCRIPT, element};
use afterword_tests::backend::{long_thread, reply, thread};
use afterword_tests::stage::Stage;
use afterword_tests::stories;
use serde_json::json;

stories! { element:
    one_tag_is_enough,
    the_tag_may_name_a_place,
    several_elements_live_on_one_page,
    several_regions_have_names_of_their_own,
    one_timer_tells_all_elements_the_time,
    the_script_may_come_twice,
    an_element_may_be_moved,
    an_element_that_leaves_takes_everything_along,
    an_element_may_come_back,
    an_element_may_leave_while_it_loads,
    answers_may_come_after_the_element_has_left,
    a_page_may_show_another_thread_in_the_middle_of_a_call,
    elements_may_be_made_by_program,
    a_single_page_app_shows_another_thread,
    a_late_answer_for_the_thread_before_is_dropped,
    a_thread_far_below_waits_for_the_reader,
    an_eager_thread_does_not_wait,
    interaction_waits_for_the_reader_to_act,
    what_is_selected_in_drawn_replies_wakes_them,
    a_link_to_a_reply_wakes_them,
    a_link_to_a_drawn_reply_wakes_them,
    a_page_that_is_printed_waits_for_nobody,
}

async fn one_tag_is_enough(stage: &Stage) {
    stage.host.backend().put(thread("t", vec![reply(1, "Ada", "One.")]));
    let body = r#"<p id=before></p><script async src="{assets}embed.js" data-api="{api}" data-thread="t" data-theme="dark"></script><p id=after></p>"#;
    stage.open(&Article::with(body)).await;
    stage.ready().await;
    stage.equal("elements().length", 1).await;
    stage.equal("elements()[0].previousElementSibling.localName", "script").await;
    stage.equal("part('base').dataset.scheme", "dark").await;
}

async fn the_tag_may_name_a_place(stage: &Stage) {
    stage.host.backend().put(thread("t", vec![reply(1, "Ada", "One.")]));
    let head = r##"<script async src="{assets}embed.js" data-api="{api}" data-thread="t" data-target="#here"></script>"##;
    stage.open(&Article::with("<section id=here></section>").head(head)).await;
    stage.ready().await;
    stage.equal("elements()[0].parentElement.id", "here").await;
}

async fn several_elements_live_on_one_page(stage: &Stage) {
    stage.host.backend().put(thread("a", vec![reply(1, "Ada", "In a.")]));
    stage.host.backend().put(long_thread("b", 30));
    let second = r#"<after-word id="second" api="{api}" thread="b"></after-word>"#;
    let body = format!("{}{second}{}{SCRIPT}", element("a", ""), element("a", ""));
    stage.open(&Article::with(&body)).await;
    for at in 0..3 {
        stage.until("each is ready", &format!("state({at}) === 'ready'")).await;
    }
    for file in ["embed.js", "afterword.js", "afterword_bg.wasm"] {
        assert_eq!(stage.host.asked(file).len(), 1, "{file}");
    }
    stage.equal("[text(part('reply-body', 0)), numbers(1).length]", json!(["In a.", 30])).await;
    stage
        .equal(
            "[0, 1, 2].map((at) => part('reply', at).id)",
            json!(["reply-1", "second-reply-1", "afterword-2-reply-1"]),
        )
        .await;
    stage.equal("within(reply(20, 1), 'reply-number').getAttribute('href')", "#second-reply-20").await;
    stage.click("within(reply(20, 1), 'reply-number')").await;
    stage
        .until(
            "a fragment reaches its element",
            "location.hash === '#second-reply-20' && focused() === reply(20, 1)",
        )
        .await;
    stage.check("and no other", "!parts('reply', 0).some((it) => it.hasAttribute('data-target'))").await;
    stage.choose("part('order-select', 1)", "newest").await;
    stage.until("they do not share state", "numbers(1)[0] === 30 && numbers(0)[0] === 1").await;
}

async fn several_regions_have_names_of_their_own(stage: &Stage) {
    let titled = |id: &str, title: Option<&str>| {
        let page = long_thread(id, 3);
        let title = title.map(str::to_owned);
        ThreadPage { thread: Thread { title, ..page.thread }, ..page }
    };
    stage.host.backend().put(titled("a", Some("Tarnay Head")));
    stage.host.backend().put(titled("b", Some("The lamp")));
    stage.host.backend().put(titled("c", None));
    let body = ["a", "b", "c"].map(|id| element(id, "")).concat();
    stage.open(&Article::with(&format!("{body}{SCRIPT}"))).await;
    let name = "(at) => part('thread', at).getAttribute('aria-labelledby').split(' ').map((id) => text(root(at).getElementById(id))).join(', ')";
    for at in 0..3 {
        stage.until("each is ready", &format!("state({at}) === 'ready'")).await;
    }
    stage
        .equal(&format!("[0, 1, 2].map({name})"), json!(["3 replies", "3 replies, The lamp", "3 replies, c"]))
        .await;
    stage
        .equal(
            "[0, 1, 2].map((at) => text(part('count', at)))",
            json!(["3 replies", "3 replies", "3 replies"]),
        )
        .await;
    stage.check("what is only a name is not seen", "!all('[id$=title]', 1).some(shown)").await;
    stage.axe("three threads").await;
}

async fn one_timer_tells_all_elements_the_time(stage: &Stage) {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_millis() as i64;
    let recent =
        Reply { published: Some(Timestamp::from_millis(now - 5 * 60_000)), ..reply(1, "Ada", "One.") };
    stage.host.backend().put(thread("t", vec![recent]));
    let body = format!("{}{}{SCRIPT}", element("t", ""), element("t", ""));
    stage.open(&Article::with(&body).head(stage.clock())).await;
    stage.until("both are ready", "state(0) === 'ready' && state(1) === 'ready'").await;
    let times = "[0, 1].map((at) => text(part('reply-time', at)))";
    stage.equal(times, json!(["5 minutes ago", "5 minutes ago"])).await;
    stage.equal("timers()", 1).await;
    stage.run("pass(60)").await;
    stage.until("both know", &format!("{times}.join() === '1 hour ago,1 hour ago'")).await;
    stage.equal("timers()", 1).await;

    let show = |shown: bool| {
        format!(
            "Object.defineProperty(document, 'hidden', {{ value: {}, configurable: true }});
             document.dispatchEvent(new Event('visibilitychange'));",
            !shown
        )
    };
    stage.run(&show(false)).await;
    stage.equal("timers()", 0).await;
    stage.run("pass(60)").await;
    stage.equal(times, json!(["1 hour ago", "1 hour ago"])).await;
    stage.run(&show(true)).await;
    stage.until("both catch up", &format!("{times}.join() === '2 hours ago,2 hours ago'")).await;
    stage.equal("timers()", 1).await;

    stage.run("elements()[0].remove()").await;
    stage.run_async("setTimeout(done)").await;
    stage.equal("timers()", 1).await;
    stage.run("elements()[0].remove()").await;
    stage.until("nobody asks for the time", "timers() === 0").await;
}

async fn the_script_may_come_twice(stage: &Stage) {
    stage.host.backend().put(thread("t", vec![reply(1, "Ada", "One.")]));
    let tag = r#"<script src="{assets}embed.js" data-api="{api}" data-thread="t"></script>"#;
    stage.open(&Article::with(&format!("{tag}{tag}"))).await;
    stage.ready().await;
    stage.equal("elements().length", 1).await;
    stage.run("const again = document.createElement('script'); again.src = document.querySelector('script[data-api]').src + '?again'; document.body.append(again); window.again = again").await;
    stage
        .until("the script ran once more", "performance.getEntriesByName(window.again.src).length > 0")
        .await;
    stage.check("nothing has changed", "state() === 'ready' && elements().length === 1").await;
    assert_eq!(stage.host.asked("afterword_bg.wasm").len(), 1);
    assert_eq!(stage.host.asked("/api/replies").len(), 1);
}

async fn an_element_may_be_moved(stage: &Stage) {
    stage
        .host
        .backend()
        .put(thread("t", vec![reply(1, "Ada", &"A long quote. ".repeat(100)), reply(2, "Bo", "Two.")]));
    stage.open(&Article::with(&format!("{}{SCRIPT}<aside id=aside></aside>", element("t", "")))).await;
    stage.ready().await;
    stage.run("window.kept = reply(1); kept.dataset.mine = 'yes'; document.getElementById('aside').append(elements()[0])").await;
    stage.click("within(reply(2), 'reply-time')").await;
    stage
        .until("it still works", "within(reply(2), 'reply-time').getAttribute('aria-pressed') !== 'false'")
        .await;
    stage
        .check("nothing was drawn anew", "reply(1) === window.kept && reply(1).dataset.mine === 'yes'")
        .await;
    assert_eq!(stage.host.asked("/api/replies").len(), 1);
}

async fn an_element_that_leaves_takes_everything_along(stage: &Stage) {
    stage.host.backend().put(long_thread("t", 30));
    // Counts what is listened to on the page itself.
    let counter = "window.listening = 0;
        const removing = EventTarget.prototype.removeEventListener, adding = EventTarget.prototype.addEventListener;
        const outer = (it) => it === window || it === document || it === undefined || it === null;
        const live = new Map();
        EventTarget.prototype.addEventListener = function (type, it, options) {
          if (outer(this) && it) {
            const key = `${type}`; live.set(it, key); window.listening = live.size;
            options?.signal?.addEventListener?.call && adding.call(options.signal, 'abort', () => { live.delete(it); window.listening = live.size; });
          }
          return adding.call(this, type, it, options);
        };
        EventTarget.prototype.removeEventListener = function (type, it, options) {
          if (outer(this)) { live.delete(it); window.listening = live.size; }
          return removing.call(this, type, it, options);
        };
        window.stillListening = () => [...live.values()];";
    stage.host.put_file("/counter.js", "text/javascript", counter);
    stage
        .open(&Article::with("<div id=here></div>").head("<script src=/counter.js></script>").head(SCRIPT))
        .await;
    stage.until("the element is known", "!!customElements.get('after-word')").await;
    let before = stage.list("window.stillListening()").await;
    let html = stage.host.filled_in(&element("t", ""));
    stage.run(&format!("document.getElementById('here').innerHTML = {html:?}")).await;
    stage.ready().await;
    stage.run("window.gone = elements()[0]; window.gone.remove()").await;
    stage.until("it has let go of its root", "!window.gone.shadowRoot.querySelector('article')").await;
    assert_eq!(stage.list("window.stillListening()").await, before, "still listening on the page");
    let asked = stage.host.asked("").len();
    stage.run("location.hash = '#reply-3'; for (const type of ['offline', 'online']) dispatchEvent(new Event(type)); document.documentElement.classList.add('dark')").await;
    stage.run_async("requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done)))").await;
    assert_eq!(stage.host.asked("").len(), asked, "a request after the end");
}

async fn an_element_may_come_back(stage: &Stage) {
    stage.host.backend().put(thread("t", vec![reply(1, "Ada", "One.")]));
    stage.open(&Article::with_thread("")).await;
    stage.ready().await;
    stage.run("window.kept = elements()[0]; window.kept.remove()").await;
    stage.until("it is gone", "!window.kept.shadowRoot.querySelector('article')").await;
    for _ in 0..3 {
        stage.run("document.querySelector('main').append(window.kept)").await;
        stage.ready().await;
        stage.until("its replies are back", "numbers().length === 1").await;
        stage.run("window.kept.remove()").await;
        stage.until("gone again", "!window.kept.shadowRoot.querySelector('article')").await;
    }
    assert_eq!(stage.host.asked("afterword_bg.wasm").len(), 1);
}

async fn an_element_may_leave_while_it_loads(stage: &Stage) {
    stage.host.backend().put(thread("t", vec![reply(1, "Ada", "One.")]));
    for held in ["/api/replies", "afterword_bg.wasm"] {
        let gate = stage.host.hold(held);
        stage.open(&Article::with_thread("")).await;
        gate.reached_by(1).await;
        stage.run("window.kept = elements()[0]; window.kept.remove()").await;
        stage.run_async("requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done)))").await;
        gate.open();
        stage.host.heal();
        stage.run("document.querySelector('main').append(window.kept)").await;
        stage.ready().await;
        stage.until("it shows its replies", "numbers().length === 1").await;
    }
}

async fn answers_may_come_after_the_element_has_left(stage: &Stage) {
    stage.host.backend().put(thread("t", vec![reply(1, "Ada", "One.")]));
    stage.open(&Article::with("<main></main>").head(SCRIPT)).await;
    // Too late to be ended: the text is all there, and who asked for it has not heard yet.
    stage
        .run(
            "window.late = []; window.text = Response.prototype.text;
             Response.prototype.text = async function () {
                const text = await window.text.call(this);
                return new Promise((heard) => window.late.push(() => heard(text)));
             }",
        )
        .await;
    let api = stage.host.filled_in("{api}");
    let tag = format!("<after-word api={api:?} thread=t></after-word>");
    stage.run(&format!("document.querySelector('main').innerHTML = {tag:?}")).await;
    stage.until("it is answered", "late.length === 1").await;
    stage.run("window.kept = elements()[0]; window.kept.remove()").await;
    stage.frames().await;
    stage.run("late[0](); Response.prototype.text = window.text").await;
    stage.frames().await;
    stage.run("document.querySelector('main').append(window.kept)").await;
    stage.ready().await;
    stage.equal("text(part('reply-body'))", "One.").await;
    assert_eq!(stage.host.asked("afterword_bg.wasm").len(), 1, "the module has died");
}

async fn a_page_may_show_another_thread_in_the_middle_of_a_call(stage: &Stage) {
    stage.host.backend().put(long_thread("t", 30));
    stage.host.backend().put(thread("b", vec![reply(1, "Bo", "In b.")]));
    stage.open(&Article::with_thread("")).await;
    stage.ready().await;
    // A router hears of every new address.
    stage
        .run(
            "history.pushState = () => { elements()[0].thread = 'b'; elements()[0].reload() };
             elements()[0].goTo(20)",
        )
        .await;
    stage.until("the other thread is here", "text(part('reply-body')) === 'In b.'").await;
    stage.frames().await;
    assert_eq!(stage.host.asked("afterword_bg.wasm").len(), 1, "the module has died");
}

async fn elements_may_be_made_by_program(stage: &Stage) {
    stage.host.backend().put(thread("t", vec![reply(1, "Ada", "One.")]));
    stage.open(&Article::with("<div id=here></div>").head(SCRIPT)).await;
    stage.until("the element is known", "!!customElements.get('after-word')").await;
    let api = stage.host.filled_in("{api}");
    stage
        .run(&format!(
        "const it = document.createElement('after-word'); it.api = {api:?}; it.thread = 't'; it.pageSize = 7;
         document.getElementById('here').append(it)"
    ))
        .await;
    stage.ready().await;
    stage.equal("[elements()[0].getAttribute('page-size'), elements()[0].thread]", json!(["7", "t"])).await;
    assert_eq!(stage.host.asked("limit=7").len(), 1);
}

async fn a_single_page_app_shows_another_thread(stage: &Stage) {
    stage.host.backend().put(thread("a", vec![reply(1, "Ada", "In a.")]));
    stage.host.backend().put(thread("b", vec![reply(1, "Bo", "In b."), reply(2, "Bo", "Also in b.")]));
    stage.open(&Article::with(&format!("{}{SCRIPT}", element("a", "")))).await;
    stage.ready().await;
    let events =
        "window.__events.filter((it) => it.type === 'afterword-ready').map((it) => it.detail.thread)";
    stage.run("elements()[0].setAttribute('thread', 'b')").await;
    stage.until("the other thread is here", "text(part('reply-body')) === 'In b.'").await;
    stage
        .check(
            "nothing is left of the first",
            "!root().textContent.includes('In a.') && numbers().length === 2",
        )
        .await;
    stage.equal("text(part('count'))", "2 replies").await;
    stage.until("the host was told", &format!("{events}.join() === 'a,b'")).await;
    // Quickly through several pages: the last one counts.
    stage.run("for (const thread of ['a', 'nobody', 'a', 'b', 'a']) elements()[0].setAttribute('thread', thread)").await;
    stage.until("the last one is here", "text(part('reply-body')) === 'In a.'").await;
    assert_eq!(stage.host.asked("afterword_bg.wasm").len(), 1);
}

async fn a_late_answer_for_the_thread_before_is_dropped(stage: &Stage) {
    stage.host.backend().put(thread("a", vec![reply(1, "Ada", "In a.")]));
    stage.host.backend().put(thread("b", vec![reply(1, "Bo", "In b.")]));
    let late = stage.host.hold("thread=a");
    stage.open(&Article::with(&format!("{}{SCRIPT}", element("a", "")))).await;
    late.reached_by(1).await;
    stage.run("elements()[0].setAttribute('thread', 'b')").await;
    stage.until("the second is here", "text(part('reply-body')) === 'In b.'").await;
    late.open();
    stage.run_async("fetch('/watch.js').then(() => requestAnimationFrame(() => setTimeout(done, 0)))").await;
    stage.equal("text(part('reply-body'))", "In b.").await;
}

async fn a_thread_far_below_waits_for_the_reader(stage: &Stage) {
    stage.host.backend().put(thread("t", vec![reply(1, "Ada", "One.")]));
    let body = format!("<div style='height: 9000px'></div>{}{SCRIPT}", element("t", ""));
    stage.open(&Article::with(&body)).await;
    stage.until("the element is known", "!!root()").await;
    stage.run_async("requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done)))").await;
    for file in ["/api/replies", "afterword_bg.wasm", "afterword.js"] {
        assert_eq!(stage.host.asked(file).len(), 0, "{file} was fetched before anybody was near");
    }
    stage.run("scrollTo(0, document.documentElement.scrollHeight)").await;
    stage.ready().await;
    stage.equal("numbers().length", 1).await;
}

async fn an_eager_thread_does_not_wait(stage: &Stage) {
    stage.host.backend().put(thread("t", vec![reply(1, "Ada", "One.")]));
    let body = format!("<div style='height: 9000px'></div>{}{SCRIPT}", element("t", "loading=eager"));
    stage.open(&Article::with(&body)).await;
    stage.ready().await;
    stage.equal("scrollY", 0).await;
}

async fn interaction_waits_for_the_reader_to_act(stage: &Stage) {
    stage.host.backend().put(thread("t", vec![reply(1, "Ada", "One.")]));
    stage.open(&Article::with_thread("loading=interaction")).await;
    stage.until("a button is there", "shown(root()?.querySelector('button'))").await;
    assert_eq!(stage.host.asked("/api/").len() + stage.host.asked(".wasm").len(), 0);
    stage.click("root().querySelector('button')").await;
    stage.ready().await;
    stage.equal("numbers().length", 1).await;
}

/// Opens an article whose five replies wait until somebody does something in them.
async fn open_asleep(stage: &Stage, attributes: &str) {
    stage.host.backend().put(long_thread("t", 5));
    let after = "<p id=after>More to read.</p>";
    stage.open(&Article::with(&format!("{}{after}{SCRIPT}", element("t", attributes)))).await;
}

/// The same, with replies that the backend has drawn.
async fn drawn_and_asleep(stage: &Stage) {
    open_asleep(stage, "html loading=interaction").await;
    stage.until("all is drawn", "state() === 'still' && shown(reply(5))").await;
}

/// Waits as long as anything that was begun would need to ask, and asserts that nothing did.
async fn asleep(stage: &Stage) {
    stage.frames().await;
    stage.run_async("fetch('/watch.js').then(() => setTimeout(done))").await;
    for file in ["/api/replies", "afterword_bg.wasm", "afterword.js"] {
        assert_eq!(stage.host.asked(file).len(), 0, "{file} was fetched before anybody acted");
    }
}

/// Waits until the module has taken over, once.
async fn awake(stage: &Stage) {
    stage.ready().await;
    stage.equal("numbers().length", 5).await;
    for file in ["/api/replies", "afterword_bg.wasm", "afterword.js"] {
        assert_eq!(stage.host.asked(file).len(), 1, "{file}");
    }
}

async fn what_is_selected_in_drawn_replies_wakes_them(stage: &Stage) {
    drawn_and_asleep(stage).await;
    // Without the pointer, which wakes them as well: as by the keyboard, or from the browser's search.
    let selected = |node: &str| {
        format!(
            "const it = {node}; getSelection().setBaseAndExtent(it, 0, it, it.data.length); return `${{getSelection()}}`"
        )
    };
    let prose = stage.run(&selected("document.getElementById('prose').firstChild")).await;
    assert_eq!(prose, "What people will talk about.");
    asleep(stage).await;
    let walker = "document.createTreeWalker(within(reply(3), 'reply-body'), NodeFilter.SHOW_TEXT).nextNode()";
    stage.run(&selected(walker)).await;
    awake(stage).await;
}

/// Follows a link into the article, which wakes nobody, and one to a reply.
async fn follow_links(stage: &Stage) {
    stage.run("location.hash = '#prose'").await;
    asleep(stage).await;
    stage.run("location.hash = '#reply-4'").await;
    awake(stage).await;
    stage.until("the reply has the focus", "focused() === reply(4) && inView(reply(4))").await;
}

async fn a_link_to_a_reply_wakes_them(stage: &Stage) {
    // Where nothing is drawn, nothing can be focused, which wakes as well.
    open_asleep(stage, "loading=interaction").await;
    stage.until("a button is there", "shown(root()?.querySelector('button'))").await;
    follow_links(stage).await;
}

async fn a_link_to_a_drawn_reply_wakes_them(stage: &Stage) {
    drawn_and_asleep(stage).await;
    follow_links(stage).await;
}

async fn a_page_that_is_printed_waits_for_nobody(stage: &Stage) {
    stage.host.backend().put(thread("t", vec![reply(1, "Ada", "One.")]));
    for attributes in ["", "loading=interaction"] {
        let before = stage.host.asked("afterword_bg.wasm").len();
        let body = format!("<div style='height: 9000px'></div>{}{SCRIPT}", element("t", attributes));
        stage.open(&Article::with(&body)).await;
        stage.until("the element is known", "!!root()").await;
        stage.frames().await;
        assert_eq!(stage.host.asked("afterword_bg.wasm").len(), before, "fetched before anybody was near");
        stage.run("dispatchEvent(new Event('beforeprint'))").await;
        stage.ready().await;
        stage.equal("[numbers().length, scrollY]", json!([1, 0])).await;
    }
}
