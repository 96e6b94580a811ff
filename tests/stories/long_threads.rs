//! Ten thousand replies: pages come as the reader scrolls and go behind them, the page stays where it is, what is new is
//! marked, keys lead on.

use afterword_tests::article::Article;
use afterword_tests::backend::long_thread;
use afterword_tests::fault::Fault;
use afterword_tests::stage::Stage;
use afterword_tests::stories;
use serde_json::Value;

stories! { long_threads:
    pages_come_and_go_as_the_reader_scrolls_down_and_up,
    a_deep_link_into_the_middle_of_ten_thousand,
    what_is_seen_stays_where_it_is,
    what_is_seen_stays_where_no_browser_keeps_it,
    a_far_place_is_reached_by_the_scroll_bar,
    the_order_of_ten_thousand_is_another,
    a_jump_and_the_way_back,
    what_failed_is_left_to_the_button,
    pages_by_button_alone,
    a_selection_is_not_taken_away,
    who_left_the_focus_far_behind_goes_on_from_what_is_seen,
    what_is_new_since_the_last_visit_is_marked,
    storage_that_holds_nonsense_or_refuses_is_no_trouble,
    keys_lead_from_reply_to_reply,
    keys_do_nothing_while_somebody_types_or_where_they_are_off,
    pages_that_come_are_drawn_ten_replies_at_a_time,
}

const MANY: u32 = 10_000;

async fn open(stage: &Stage, target: &str, attributes: &str) {
    stage.host.backend().put(long_thread("t", MANY));
    stage.open_at(target, &Article::with_thread(attributes)).await;
    stage.ready().await;
}

/// Scrolls by a part of the page, frame by frame, until the expression holds.
async fn scroll(stage: &Stage, step: f64, until: &str) -> Value {
    stage
        .run_async(&format!(
            "let frames = 0, most = 0;
             const go = () => {{
               most = Math.max(most, part('base').querySelectorAll('*').length);
               if ({until}) return done(most);
               if (++frames > 4000) return done(`it is still ${{numbers()[0]}} to ${{numbers().at(-1)}}`);
               // Who reads does not go on where nothing is yet.
               const {{ top, bottom }} = part('list').getBoundingClientRect();
               const ahead = {step} > 0 ? bottom > innerHeight * 1.7 : top < -innerHeight * 0.7;
               const last = {step} > 0 ? one('[data-end=next]') : one('[data-end=previous]');
               const failed = last && text(within(last, 'pager-status'));
               if (ahead || !last || failed) scrollBy({{ top: innerHeight * {step}, behavior: 'instant' }});
               requestAnimationFrame(go);
             }};
             go();"
        ))
        .await
}

const CONTIGUOUS: &str = "numbers().every((it, at, all) => !at || Math.abs(it - all[at - 1]) === 1)";

async fn who_left_the_focus_far_behind_goes_on_from_what_is_seen(stage: &Stage) {
    open(stage, "/articles/one.html", "").await;
    stage.run("reply(3).focus({ preventScroll: true })").await;
    scroll(stage, 0.6, "inView(reply(520))").await;
    stage.check("no more than four hundred are here", "numbers().length <= 400 && !reply(3)").await;
    stage.check("none is left out", CONTIGUOUS).await;
    stage.until("the focus is in a reply", "focused()?.matches('[part~=reply]')").await;
    stage.check("of those that were seen", "Number(/\\d+$/.exec(focused().id)) > 300").await;
}

async fn pages_come_and_go_as_the_reader_scrolls_down_and_up(stage: &Stage) {
    open(stage, "/articles/one.html", "").await;
    stage.equal("numbers().length", 50).await;
    stage.until("there is room", "parts('spacer')[1].offsetHeight > 0").await;
    let whole = stage.number("document.documentElement.scrollHeight").await;
    assert!(whole > 10_000.0 * 50.0, "the scroll bar knows of {whole} pixels only");
    let most = scroll(stage, 0.6, "inView(reply(420))").await;
    assert!(most.as_f64().is_some_and(|most| most < 8_000.0), "{most}");
    stage.check("no more than two hundred are here", "numbers().length <= 200 && !reply(1)").await;
    stage.check("none is left out", CONTIGUOUS).await;
    stage.equal("text(part('announcer'))", "").await;
    scroll(stage, -0.6, "reply(1) && inView(reply(1))").await;
    stage.check("no more than two hundred are here", "numbers().length <= 200 && !reply(420)").await;
    stage.check("none is left out", CONTIGUOUS).await;
    stage.check("there is no room above", "parts('spacer')[0].offsetHeight === 0").await;
}

async fn a_deep_link_into_the_middle_of_ten_thousand(stage: &Stage) {
    open(stage, "/articles/far.html#reply-5000", "").await;
    stage.until("the reply is here", "focused() === reply(5000) && inView(reply(5000))").await;
    stage.frames().await;
    let share = stage.number("scrollY / document.documentElement.scrollHeight").await;
    assert!((0.45..0.55).contains(&share), "the scroll bar says {share}");
    scroll(stage, -0.5, "reply(4850) && inView(reply(4850))").await;
    stage.check("none is left out", CONTIGUOUS).await;
    scroll(stage, 0.5, "reply(5120) && inView(reply(5120))").await;
    stage.check("none is left out", CONTIGUOUS).await;
}

async fn what_is_seen_stays_where_it_is(stage: &Stage) {
    stays(stage, "").await;
}

/// As in WebKit before it kept pages still, whichever engine this is.
async fn what_is_seen_stays_where_no_browser_keeps_it(stage: &Stage) {
    let head = "<style>html { overflow-anchor: none }</style><script>
      const supports = CSS.supports;
      CSS.supports = (name, ...more) => name !== 'overflow-anchor' && supports.call(CSS, name, ...more);</script>";
    stays(stage, head).await;
}

/// A reply in view moves by no more than 2 pixels while pages come and go on either side.
async fn stays(stage: &Stage, head: &str) {
    stage.host.backend().put(long_thread("t", MANY));
    stage.open_at("/articles/far.html#reply-5000", &Article::with_thread("").head(head)).await;
    stage.ready().await;
    stage.until("the reply is here", "focused() === reply(5000) && inView(reply(5000))").await;
    stage.run("window.scrollBy({ top: 1, behavior: 'instant' })").await;
    for (way, edge) in [(-1, "0"), (1, "numbers().length - 1"), (-1, "0"), (1, "numbers().length - 1")] {
        // To the end of what is here, in one go, so that nothing comes on the way.
        let moved = stage
            .run_async(&format!(
                "const gone = () => numbers().join();
                 const step = () => new Promise((on) => requestAnimationFrame(() => setTimeout(on)));
                 (async () => {{
                   let worst = 0, changes = 0;
                   for (let n = 0; n < 400 && changes < 4; n++) {{
                     scrollBy({{ top: {way} * innerHeight * 0.7, behavior: 'instant' }});
                     await step();
                     const seen = all('article[part~=reply]').find(inView);
                     if (!seen) continue;
                     const [top, list] = [seen.getBoundingClientRect().top, gone()];
                     for (let m = 0; m < 4; m++) await step();
                     if (gone() !== list) changes++;
                     if (seen.isConnected) worst = Math.max(worst, Math.abs(seen.getBoundingClientRect().top - top));
                     else worst = 9999;
                   }}
                   done([worst, changes, {edge}]);
                 }})();"
            ))
            .await;
        let (worst, changes) = (moved[0].as_f64().unwrap_or(f64::NAN), moved[1].as_f64().unwrap_or(0.0));
        assert!(worst <= 2.0, "a reply in view moved by {worst} pixels");
        assert!(changes > 0.0, "nothing came");
    }
}

async fn a_far_place_is_reached_by_the_scroll_bar(stage: &Stage) {
    open(stage, "/articles/one.html", "").await;
    stage.until("there is room", "parts('spacer')[1].offsetHeight > 100000").await;
    stage.run("scrollTo({ top: document.documentElement.scrollHeight * 0.7, behavior: 'instant' })").await;
    stage
        .until(
            "what stands there is here",
            "numbers()[0] > 6500 && numbers()[0] < 7500 && all('article[part~=reply]').some(inView)",
        )
        .await;
    stage.check("no more than that", "numbers().length <= 100").await;
    stage.check("the focus is nowhere", "focused() === document.body").await;
    stage.equal("location.hash", "").await;
    stage.run("scrollTo({ top: 0, behavior: 'instant' })").await;
    stage
        .run("scrollBy({ top: part('list').getBoundingClientRect().top - 9999999, behavior: 'instant' })")
        .await;
    stage.run("part('spacer').scrollIntoView()").await;
    stage.until("and back at the beginning", "reply(1) || numbers()[0] < 100").await;
}

async fn the_order_of_ten_thousand_is_another(stage: &Stage) {
    open(stage, "/articles/one.html", "").await;
    scroll(stage, 0.6, "inView(reply(120))").await;
    stage.choose("part('order-select')", "newest").await;
    stage.until("the newest is first", "numbers()[0] === 10000").await;
    stage.run("part('list').scrollIntoView({ behavior: 'instant' })").await;
    scroll(stage, 0.6, "reply(9780) && inView(reply(9780))").await;
    stage.check("none is left out", CONTIGUOUS).await;
    stage.check("no more than two hundred are here", "numbers().length <= 200").await;
}

async fn a_jump_and_the_way_back(stage: &Stage) {
    let mut page = long_thread("t", MANY);
    page.replies[9].body = "> [Bo](#reply-5000) said:\n> Reply number 5000 speaks.\n\nSo it is.".to_owned();
    stage.host.backend().put(page);
    stage.open_at("/articles/one.html", &Article::with_thread("")).await;
    stage.ready().await;
    stage.click("reply(10).querySelector('[part~=quote-attribution] a, a[part~=quote-attribution]')").await;
    stage.until("the quoted reply is here", "focused() === reply(5000) && inView(reply(5000))").await;
    stage.press("b").await;
    stage.until("and the quoting one", "focused() === reply(10) && inView(reply(10))").await;
    stage.until("the address says so", "location.hash === '#reply-10'").await;
}

async fn what_failed_is_left_to_the_button(stage: &Stage) {
    open(stage, "/articles/one.html", "").await;
    stage.host.fail("after=", Fault::problem(503, "Busy", "Come back in a minute."));
    scroll(stage, 0.6, "text(one('[data-end=next] [part~=pager-status]'))").await;
    scroll(stage, 0.2, "inView(one('[data-end=next] button'))").await;
    stage.frames().await;
    assert_eq!(stage.host.asked("after=").len(), 1);
    stage.host.heal();
    stage.click("one('[data-end=next] button')").await;
    stage.until("now it came", "numbers().length === 100").await;
    stage.until("the focus is on the first new reply", "focused() === reply(51)").await;
}

async fn pages_by_button_alone(stage: &Stage) {
    open(stage, "/articles/one.html", "page-by-button").await;
    stage.run("one('[data-end=next] button').scrollIntoView()").await;
    stage.frames().await;
    stage.frames().await;
    assert_eq!(stage.host.asked("/api/replies").len(), 1);
    stage
        .check(
            "no room is kept for what nothing brings",
            "parts('spacer').every((it) => it.offsetHeight === 0)",
        )
        .await;
    stage.click("one('[data-end=next] button')").await;
    stage.until("the page is here", "numbers().length === 100").await;
}

async fn a_selection_is_not_taken_away(stage: &Stage) {
    let mut page = long_thread("t", MANY);
    page.thread.features.push(afterword_contract::Feature::Reply);
    stage.host.backend().put(page);
    stage.open_at("/articles/one.html", &Article::with_thread("")).await;
    stage.ready().await;
    stage
        .run(
            "const body = within(reply(3), 'reply-body').querySelector('p');
             getSelection().setBaseAndExtent(body.firstChild, 0, body.firstChild, 5);",
        )
        .await;
    stage.until("the quote is offered", "within(reply(3), 'quote-selection')").await;
    scroll(stage, 0.7, "reply(330) && inView(reply(330))").await;
    stage.check("it is still there", "reply(3) && String(getSelection()) !== ''").await;
    stage.run("getSelection().removeAllRanges()").await;
    scroll(stage, 0.7, "reply(420) && inView(reply(420))").await;
    stage.until("and goes when it may", "!reply(3)").await;
}

async fn what_is_new_since_the_last_visit_is_marked(stage: &Stage) {
    stage.host.backend().put(long_thread("t", 4));
    stage.open(&Article::with_thread("")).await;
    stage.ready().await;
    stage.check("a first visit marks nothing", "!part('unread') && !all('li[data-unread]').length").await;
    stage.run("reply(4).scrollIntoView()").await;
    stage.until("it is kept", "/\":4}/.test(localStorage.getItem('afterword:read'))").await;
    stage.host.backend().put(long_thread("t", 7));
    stage.reload().await;
    stage.ready().await;
    stage.until("it is marked", "text(part('unread')) === 'New since your last visit'").await;
    stage.check("before the first", "part('unread').nextElementSibling === reply(5)").await;
    stage
        .equal(
            "all('li[data-unread]').map((it) => it.querySelector('article').id).join()",
            "reply-5,reply-6,reply-7",
        )
        .await;
    stage.run("reply(7).scrollIntoView()").await;
    stage.until("it is kept", "/\":7}/.test(localStorage.getItem('afterword:read'))").await;
    stage.check("it does not vanish while one reads", "part('unread')").await;
    stage.run("elements()[0].setAttribute('lang', 'en-GB')").await;
    stage.until("another language", "part('thread').lang === 'en-GB'").await;
    stage.frames().await;
    stage
        .check(
            "changes nothing",
            "parts('unread').length === 1 && reply(5).previousElementSibling === part('unread')",
        )
        .await;
    stage.choose("part('order-select')", "newest").await;
    stage.until("another order has no such place", "numbers()[0] === 7 && !part('unread')").await;
    stage.equal("all('li[data-unread]').length", 3).await;
    stage.reload().await;
    stage.ready().await;
    stage.check("nothing is new any more", "!part('unread') && !all('li[data-unread]').length").await;
    stage.host.backend().put(long_thread("t", 9));
    stage.run("elements()[0].setAttribute('api', ` ${elements()[0].getAttribute('api')}/ `)").await;
    stage
        .until("the same backend, written otherwise", "part('unread')?.nextElementSibling === reply(8)")
        .await;
}

async fn storage_that_holds_nonsense_or_refuses_is_no_trouble(stage: &Stage) {
    for kept in ["{", "[1,2]", "null", "7", r#"{"x":"y"}"#] {
        stage.host.backend().put(long_thread("t", 4));
        let head = format!("<script>localStorage.setItem('afterword:read', {kept:?})</script>");
        stage.open(&Article::with_thread("").head(&head)).await;
        stage.ready().await;
        stage.check("nothing is marked", "!part('unread')").await;
        stage.until("it is kept", "/\":\\d+}/.test(localStorage.getItem('afterword:read'))").await;
    }
    let head =
        "<script>Object.defineProperty(window, 'localStorage', { get() { throw new Error('no') } })</script>";
    stage.open(&Article::with_thread("").head(head)).await;
    stage.ready().await;
    stage.focus("reply(1)").await;
    stage.press("j").await;
    stage.until("all else works", "focused() === reply(2)").await;
}

async fn keys_lead_from_reply_to_reply(stage: &Stage) {
    open(stage, "/articles/one.html", "").await;
    stage.focus("reply(1)").await;
    stage.press("jj").await;
    stage.until("the next but one", "focused() === reply(3) && inView(reply(3))").await;
    stage.press("k").await;
    stage.until("the one before", "focused() === reply(2)").await;
    stage.focus("reply(50)").await;
    stage.press("j").await;
    stage.until("the first of the next page", "focused() === reply(51)").await;
    stage.press("l").await;
    stage.until("the last", "focused() === reply(10000) && inView(reply(10000))").await;
    stage.press("b").await;
    stage.until("back", "focused() === reply(51)").await;
    stage.press("l").await;
    stage.until("the last", "focused() === reply(10000)").await;
    stage.press("f").await;
    stage.until("the first", "focused() === reply(1) && inView(reply(1))").await;
    stage.press("n").await;
    stage.frames().await;
    stage.check("nothing is unread", "focused() === reply(1)").await;
    stage.until("it is kept", "/\":\\d+}/.test(localStorage.getItem('afterword:read'))").await;
    stage
        .run("localStorage.setItem('afterword:read', JSON.stringify({ [Object.keys(JSON.parse(localStorage.getItem('afterword:read')))[0]]: 300 }))")
        .await;
    stage.reload().await;
    stage.ready().await;
    stage.until("the first is here", "reply(1)").await;
    stage.focus("reply(1)").await;
    stage.press("n").await;
    stage.until("the first that is new", "focused() === reply(301) && inView(reply(301))").await;
    stage.press("n").await;
    stage.until("and the next", "focused() === reply(302)").await;
}

async fn keys_do_nothing_while_somebody_types_or_where_they_are_off(stage: &Stage) {
    open(stage, "/articles/one.html", "").await;
    stage.click("part('jump-number')").await;
    stage.press("j").await;
    stage.check("a field keeps its keys", "focused() === part('jump-number')").await;
    stage.focus("reply(4)").await;
    stage
        .run(
            "reply(4).dispatchEvent(new KeyboardEvent('keydown',
               { key: 'j', ctrlKey: true, bubbles: true, composed: true, cancelable: true }))",
        )
        .await;
    stage.check("with another key it is the browser's", "focused() === reply(4)").await;
    stage
        .run("window.addEventListener('keydown', (e) => e.preventDefault(), { capture: true, once: true })")
        .await;
    stage.press("j").await;
    stage.check("the page comes first", "focused() === reply(4)").await;
    stage.run("elements()[0].setAttribute('no-keys', '')").await;
    stage.press("j").await;
    stage.check("they are off", "focused() === reply(4)").await;
    stage.run("elements()[0].removeAttribute('no-keys')").await;
    // As with Caps Lock.
    stage
        .run(
            "reply(4).dispatchEvent(new KeyboardEvent('keydown',
               { key: 'J', bubbles: true, composed: true, cancelable: true }))",
        )
        .await;
    stage.until("and on", "focused() === reply(5)").await;
    stage.run("focused().blur()").await;
    stage.press("j").await;
    stage.check("outside of the thread they are the page's", "focused() === document.body").await;
}

/// What is drawn in one task keeps the reader waiting: a page of fifty in one would be seen at every page.
async fn pages_that_come_are_drawn_ten_replies_at_a_time(stage: &Stage) {
    open(stage, "/articles/one.html", "").await;
    stage
        .run(
            "window.came = [];
             new MutationObserver((all) => {
               const count = all.flatMap((it) => [...it.addedNodes]).filter((it) => it.localName === 'li').length;
               if (count) came.push(count);
             }).observe(part('list'), { childList: true });",
        )
        .await;
    scroll(stage, 0.7, "reply(250)").await;
    stage.check("four pages came", "came.reduce((sum, it) => sum + it) >= 200").await;
    stage.equal("Math.max(...came)", 10).await;
}
