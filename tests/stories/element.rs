//! The element and its script on other people's pages: several, moved, removed, changed, from anywhere.

use afterword_tests::article::{Article, SCRIPT, element};
use afterword_tests::backend::{long_thread, reply, thread};
use afterword_tests::stage::Stage;
use afterword_tests::stories;
use serde_json::json;

stories! { element:
    one_tag_is_enough,
    the_tag_may_name_a_place,
    several_elements_live_on_one_page,
    the_script_may_come_twice,
    an_element_may_be_moved,
    an_element_that_leaves_takes_everything_along,
    an_element_may_come_back,
    an_element_may_leave_while_it_loads,
    elements_may_be_made_by_program,
    a_single_page_app_shows_another_thread,
    a_late_answer_for_the_thread_before_is_dropped,
    the_theme_changes_without_a_new_mount,
    the_theme_follows_the_page,
    a_selector_says_when_it_is_dark,
    the_language_changes_without_a_new_mount,
    a_thread_far_below_waits_for_the_reader,
    an_eager_thread_does_not_wait,
    interaction_waits_for_the_reader_to_act,
    assets_come_from_beside_the_script,
    assets_may_stand_elsewhere,
    the_thread_is_the_page_where_none_is_named,
    the_page_is_left_as_it_was,
    the_keyboard_stays_the_pages,
    a_translator_may_wrap_every_word,
    a_hidden_element_stays_hidden,
    a_reader_may_leave_the_page_and_come_back,
    a_stylesheet_of_the_page_is_laid_over,
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

async fn the_theme_changes_without_a_new_mount(stage: &Stage) {
    stage
        .read_with(thread("t", vec![reply(1, "Ada", "A [link](https://example.org).")]), "theme=light")
        .await;
    let ink = "getComputedStyle(part('link')).color";
    stage.equal("part('base').dataset.scheme", "light").await;
    let light = stage.text(ink).await;
    stage.run("window.kept = reply(1); elements()[0].setAttribute('theme', 'dark')").await;
    stage.until("it is dark", "part('base').dataset.scheme === 'dark'").await;
    stage.until("links have another colour", &format!("{ink} !== {light:?}")).await;
    stage.run("elements()[0].theme = 'light'").await;
    stage.until("it is light", "part('base').dataset.scheme === 'light'").await;
    stage.check("nothing was drawn anew", "reply(1) === window.kept").await;
    assert_eq!(stage.host.asked("/api/replies").len(), 1);
}

async fn the_theme_follows_the_page(stage: &Stage) {
    stage.host.backend().put(thread("t", vec![reply(1, "Ada", "One.")]));
    let head = "<style>body{background:#fff;color:#111} .night body{background:#111;color:#eee}</style>";
    stage.open(&Article::with_thread("").head(head)).await;
    stage.ready().await;
    stage.equal("part('base').dataset.scheme", "light").await;
    stage.run("document.documentElement.classList.add('night')").await;
    stage.until("it follows the page into the dark", "part('base').dataset.scheme === 'dark'").await;
    stage.run("document.documentElement.className = ''").await;
    stage.until("and back", "part('base').dataset.scheme === 'light'").await;
}

async fn a_selector_says_when_it_is_dark(stage: &Stage) {
    stage.read_with(thread("t", vec![reply(1, "Ada", "One.")]), r#"theme="html[data-mode=night]""#).await;
    stage.equal("part('base').dataset.scheme", "light").await;
    stage.run("document.documentElement.dataset.mode = 'night'").await;
    stage.until("it is dark", "part('base').dataset.scheme === 'dark'").await;
}

async fn the_language_changes_without_a_new_mount(stage: &Stage) {
    let mut page = long_thread("t", 2);
    page.replies[0].author.as_mut().unwrap().posts = Some(1_234_567);
    stage.read(page).await;
    stage.equal("text(part('reply-posts'))", "1,234,567 posts").await;
    let british = "/June 2019/.test(within(reply(1), 'reply-time').title)";
    stage.check("dates are not British", &format!("!{british}")).await;
    stage.run("elements()[0].setAttribute('lang', 'en-GB')").await;
    stage.until("dates are British", british).await;
    stage.run("elements()[0].setAttribute('lang', 'en-IN')").await;
    stage.until("numbers are Indian", "text(part('reply-posts')) === '12,34,567 posts'").await;
    assert_eq!(stage.host.asked("/api/replies").len(), 1, "nothing is loaded again");
    stage.run("elements()[0].setAttribute('lang', 'ar')").await;
    stage.until("Arabic runs from right to left", "part('base').dir === 'rtl'").await;
    stage.run("elements()[0].setAttribute('lang', 'en')").await;
    stage
        .until("and back", "part('base').dir !== 'rtl' && text(part('reply-posts')) === '1,234,567 posts'")
        .await;
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

async fn assets_come_from_beside_the_script(stage: &Stage) {
    stage.host.backend().put(thread("t", vec![reply(1, "Ada", "One.")]));
    let script = r#"<base href="{page}/elsewhere/"><script async src="{other}/deep/er/afterword/embed.js?v=7"></script>"#;
    stage
        .open_at("/a/b/c.html", &Article::with(&format!("{script}{}", element("t", "stylesheet=forum"))))
        .await;
    stage.ready().await;
    for file in ["afterword.js", "afterword_bg.wasm", "themes/forum.css"] {
        let asked = stage.host.asked(file);
        assert_eq!(asked.len(), 1, "{file}");
        assert!(asked[0].target.starts_with("/deep/er/afterword/"), "{}", asked[0].target);
    }
    let strays = stage.host.asked("/elsewhere/");
    assert!(strays.is_empty(), "{strays:?}");
}

async fn assets_may_stand_elsewhere(stage: &Stage) {
    stage.host.backend().put(thread("t", vec![reply(1, "Ada", "One.")]));
    let script =
        r#"<script async src="/bundled/afterword/embed.js" data-assets="{other}/cdn/afterword"></script>"#;
    stage.open(&Article::with(&format!("{}{script}", element("t", "")))).await;
    stage.ready().await;
    for file in ["afterword.js", "afterword_bg.wasm"] {
        let asked = stage.host.asked(file);
        assert_eq!(asked.len(), 1, "{file}");
        assert!(asked[0].target.starts_with("/cdn/afterword/"), "{}", asked[0].target);
    }
}

async fn the_thread_is_the_page_where_none_is_named(stage: &Stage) {
    let article = Article::with(
        r#"<after-word api="{api}"></after-word><script async src="{assets}embed.js"></script>"#,
    );
    let page = stage.host.filled_in("{page}/articles/one.html");
    stage.host.backend().put(thread(&page, vec![reply(1, "Ada", "At the address.")]));
    stage.open_at("/articles/one.html?utm_source=mail&fbclid=x#prose", &article).await;
    stage.ready().await;
    stage.equal("text(part('reply-body'))", "At the address.").await;
    let canonical = "https://example.org/canonical?page=2";
    stage.host.backend().put(thread(canonical, vec![reply(1, "Bo", "At the canonical address.")]));
    stage.open(&article.clone().head(&format!(r#"<link rel="canonical" href="{canonical}">"#))).await;
    stage
        .until("the canonical address is better", "text(part('reply-body')) === 'At the canonical address.'")
        .await;
}

async fn the_page_is_left_as_it_was(stage: &Stage) {
    stage.host.backend().put(long_thread("t", 5));
    let head = "<script src=/before.js></script>";
    stage.host.put_file(
        "/before.js",
        "text/javascript",
        "Object.defineProperty(window, '__globals', { value: null, writable: true, enumerable: false });
         Object.defineProperty(window, '__changes', { value: [], enumerable: false });
         addEventListener('DOMContentLoaded', () => {
           new MutationObserver((list) => { for (const it of list) if (it.target.localName !== 'after-word' && !it.target.closest?.('after-word'))
             __changes.push(`${it.type} ${it.target.nodeName} ${it.attributeName ?? ''} ${[...it.addedNodes].map((node) => node.nodeName)}`); })
             .observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
         });
         window.__globals = new Set(Object.getOwnPropertyNames(window));",
    );
    let body = format!("{}<script src='{{assets}}embed.js' defer></script>", element("t", ""));
    stage.open(&Article::with(&body).head(head)).await;
    stage.ready().await;
    stage.click("within(reply(3), 'reply-time')").await;
    let added = stage.list("Object.getOwnPropertyNames(window).filter((name) => !window.__globals.has(name) && !/^(prose|\\d+|cdc_|\\$cdc|__|ret_nodes)/.test(name))").await;
    assert!(added.is_empty(), "new globals: {added:?}");
    let changes = stage.list("window.__changes").await;
    assert!(changes.is_empty(), "the page was changed: {changes:?}");
    stage.equal("[document.title, document.body.children.length, document.styleSheets.length, document.adoptedStyleSheets.length]", json!(["An article", 1, 0, 0])).await;
}

async fn the_keyboard_stays_the_pages(stage: &Stage) {
    stage.host.backend().put(long_thread("t", 5));
    let keys = "<script src=/keys.js></script>";
    stage.host.put_file("/keys.js", "text/javascript", "window.keys = []; document.addEventListener('keydown', (event) => { if (!event.defaultPrevented) keys.push(event.key) })");
    stage.open(&Article::with_thread("").head(keys)).await;
    stage.ready().await;
    stage.run("document.activeElement.blur()").await;
    stage.press("jk/").await;
    stage.until("shortcuts of the page work", "window.keys.join('') === 'jk/'").await;
    stage.click("part('jump-number')").await;
    stage.press("3").await;
    stage.until("typing still types", "part('jump-number').value === '3'").await;
    // Typing into the widget is no shortcut of the page.
    stage.equal("window.keys.join('')", "jk/").await;
}

async fn a_translator_may_wrap_every_word(stage: &Stage) {
    let mut page = long_thread("t", 30);
    page.replies[0].body = "> [Bo](#reply-2) said:\n> Reply number 2 speaks.\n\nAnd **I** answer.".to_owned();
    stage.read_with(page, "page-size=10").await;
    let translate =
        "const walker = document.createTreeWalker(part('base'), NodeFilter.SHOW_TEXT), nodes = [];
        while (walker.nextNode()) if (walker.currentNode.data.trim()) nodes.push(walker.currentNode);
        for (const node of nodes) {
          if (node.parentElement.closest('option')) continue;
          const outer = document.createElement('font'), inner = document.createElement('font');
          outer.append(inner); node.replaceWith(outer); inner.append(node.data.toUpperCase());
        }";
    stage.run(translate).await;
    stage.click("one('[data-end=next] button')").await;
    stage.until("more can be read", "numbers().length === 20").await;
    stage.run(translate).await;
    stage.click("within(reply(15), 'reply-time')").await;
    stage.choose("part('order-select')", "newest").await;
    stage.until("the order can be changed", "numbers()[0] === 30").await;
    stage.run(translate).await;
    stage.run("elements()[0].setAttribute('lang', 'en-GB')").await;
    stage.until("and the language", "/June 2019/.test(within(reply(30), 'reply-time').title)").await;
    stage.run(translate).await;
    stage.run("elements()[0].setAttribute('thread', 'other')").await;
    stage.until("and the thread", "!!part('empty')").await;
    stage.run(translate).await;
    stage.run("elements()[0].remove()").await;
    stage.run_async("requestAnimationFrame(() => setTimeout(done))").await;
}

async fn a_hidden_element_stays_hidden(stage: &Stage) {
    stage.host.backend().put(thread("t", vec![reply(1, "Ada", "One.")]));
    stage.open(&Article::with_thread("hidden")).await;
    stage.until("the element is known", "!!root()").await;
    stage.check("it takes no room", "elements()[0].getBoundingClientRect().height === 0").await;
    stage.run("elements()[0].hidden = false").await;
    stage.ready().await;
    stage.check("now it does", "elements()[0].getBoundingClientRect().height > 40").await;
}

async fn a_reader_may_leave_the_page_and_come_back(stage: &Stage) {
    stage.host.put_article("/articles/two.html", &Article::with("Elsewhere."));
    stage.read(long_thread("t", 3)).await;
    stage.run("location.href = '/articles/two.html'").await;
    stage
        .until(
            "the other page",
            "location.pathname === '/articles/two.html' && document.readyState === 'complete'",
        )
        .await;
    stage.run("history.back()").await;
    stage.until("the first page", "location.pathname === '/articles/one.html'").await;
    stage.ready().await;
    stage.click("within(reply(2), 'reply-number')").await;
    stage.until("it works", "focused() === reply(2) && location.hash === '#reply-2'").await;
}

async fn a_stylesheet_of_the_page_is_laid_over(stage: &Stage) {
    stage.host.put_file("/mine.css", "text/css", "[part~=reply-body] { color: rgb(1, 2, 3) }");
    stage.read_with(thread("t", vec![reply(1, "Ada", "One.")]), "stylesheet=/mine.css").await;
    stage.equal("getComputedStyle(part('reply-body')).color", "rgb(1, 2, 3)").await;
    stage.run("window.kept = reply(1); elements()[0].removeAttribute('stylesheet')").await;
    stage.until("it can be taken off", "getComputedStyle(part('reply-body')).color !== 'rgb(1, 2, 3)'").await;
    stage.check("nothing was drawn anew", "reply(1) === window.kept").await;
}
