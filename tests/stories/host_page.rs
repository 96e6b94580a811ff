//! The page around the element: it is followed where it changes, and otherwise left alone.

use afterword_tests::article::{Article, SCRIPT, element};
use afterword_tests::backend::{long_thread, reaction, reply, thread};
use afterword_tests::stage::Stage;
use afterword_tests::stories;
use serde_json::json;

stories! { host_page:
    the_theme_changes_without_a_new_mount,
    the_theme_follows_the_page,
    a_selector_says_when_it_is_dark,
    the_language_changes_without_a_new_mount,
    a_change_of_language_keeps_what_the_reader_does,
    a_language_that_is_not_translated_changes_what_is_said_of_peoples_words,
    a_stylesheet_of_the_page_is_laid_over,
    assets_come_from_beside_the_script,
    assets_may_stand_elsewhere,
    the_thread_is_the_page_where_none_is_named,
    the_page_is_left_as_it_was,
    the_keyboard_stays_the_pages,
    a_translator_may_wrap_every_word,
    a_hidden_element_stays_hidden,
    a_reader_may_leave_the_page_and_come_back,
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

async fn a_change_of_language_keeps_what_the_reader_does(stage: &Stage) {
    let mut page = long_thread("t", 9);
    let long = "Words that somebody reads. ".repeat(60);
    page.replies[1] = reply(2, "Bo", &format!("> [Ada Vance](#reply-3) said:\n> {long}\n\nYes."));
    page.replies[1].reactions = vec![reaction("like", &["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"])];
    stage.read(page).await;
    stage.click("within(reply(2), 'quote-unfold')").await;
    stage.until("a quote is unfolded", "within(reply(2), 'quote-fold').open").await;
    let british = "/June 2019/.test(within(reply(1), 'reply-time').title)";
    for (place, keep) in
        [("reply-time", "within(reply(1), 'reply-time')"), ("jump-number", "part('jump-number')")]
    {
        stage.run("elements()[0].setAttribute('lang', 'en-US')").await;
        stage.until("dates are American", &format!("!{british}")).await;
        stage.click(keep).await;
        if place == "jump-number" {
            stage.press("7").await;
        }
        stage.run(&format!("window.kept = [reply(1), {keep}, within(reply(2), 'quote-fold')]")).await;
        stage.run("elements()[0].setAttribute('lang', 'en-GB')").await;
        stage.until("dates are British", british).await;
        stage.check("the focus stays", "focused() === window.kept[1]").await;
        stage
            .check(
                "nothing was drawn anew",
                &format!("[reply(1), {keep}, within(reply(2), 'quote-fold')].every((it, at) => it === window.kept[at])"),
            )
            .await;
        stage.check("the quote stays unfolded", "within(reply(2), 'quote-fold').open").await;
        stage.equal("numbers().join()", "1,2,3,4,5,6,7,8,9").await;
    }
    stage.equal("part('jump-number').value", "7").await;
    stage.press("\u{e007}").await;
    stage.until("what was typed counts", "focused() === reply(7)").await;
    stage.click("within(reply(1), 'reply-number')").await;
    stage.until("links lead on", "focused() === reply(1)").await;
}

async fn a_language_that_is_not_translated_changes_what_is_said_of_peoples_words(stage: &Stage) {
    stage.read(long_thread("t", 2)).await;
    stage.until("what stands around the list is there", "parts('spacer').length === 2").await;
    stage
        .run(
            "window.changes = [];
             new MutationObserver((all) => window.changes.push(...all.map((it) => it.attributeName ?? it.type)))
               .observe(part('thread'), { subtree: true, childList: true, attributes: true, characterData: true })",
        )
        .await;
    stage.run("elements()[0].setAttribute('lang', 'ar')").await;
    stage.until("the page's direction is followed", "part('base').dir === 'rtl'").await;
    stage.run_async("requestAnimationFrame(() => setTimeout(done))").await;
    stage.equal("window.changes", json!(["lang", "lang"])).await;
    stage.equal("[part('thread').lang, part('reply-body').lang]", json!(["en", "ar"])).await;
}

async fn a_stylesheet_of_the_page_is_laid_over(stage: &Stage) {
    stage.host.put_file("/mine.css", "text/css", "[part~=reply-body] { color: rgb(1, 2, 3) }");
    stage.read_with(thread("t", vec![reply(1, "Ada", "One.")]), "stylesheet=/mine.css").await;
    stage.equal("getComputedStyle(part('reply-body')).color", "rgb(1, 2, 3)").await;
    stage.run("window.kept = reply(1); elements()[0].removeAttribute('stylesheet')").await;
    stage.until("it can be taken off", "getComputedStyle(part('reply-body')).color !== 'rgb(1, 2, 3)'").await;
    stage.check("nothing was drawn anew", "reply(1) === window.kept").await;
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
    stage.read_with(page, "page-size=10 page-by-button").await;
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
    stage.host.backend().put(long_thread("t", 3));
    stage.host.put_article("/articles/two.html", &Article::with("Elsewhere."));
    let link = "<a id=away href='/articles/two.html'>Elsewhere</a>";
    stage.open(&Article::with(&format!("{link}{}{SCRIPT}", element("t", "")))).await;
    stage.ready().await;
    stage.click("document.getElementById('away')").await;
    stage
        .until(
            "the other page",
            "location.pathname === '/articles/two.html' && document.readyState === 'complete'",
        )
        .await;
    stage.back().await;
    stage.until("the first page", "location.pathname === '/articles/one.html'").await;
    stage.ready().await;
    stage.click("within(reply(2), 'reply-number')").await;
    stage.until("it works", "focused() === reply(2) && location.hash === '#reply-2'").await;
}
