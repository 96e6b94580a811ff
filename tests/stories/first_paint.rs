//! What the backend has drawn is there before the module, and the module takes its place under the reader's eyes.

use afterword_contract::{Feature, Reply, Timestamp};
use afterword_tests::article::{Article, SCRIPT, element};
use afterword_tests::backend::{reply, thread};
use afterword_tests::fault::{Fault, Gate};
use afterword_tests::reference::Reference;
use afterword_tests::stage::Stage;
use afterword_tests::stories;

use crate::end_to_end::{LIGHTHOUSE, THREAD};

stories! { first_paint:
    the_first_page_is_there_before_the_module,
    nothing_moves_when_the_module_takes_over,
    nothing_moves_however_long_the_page_is,
    what_is_drawn_is_taken_over_as_it_stands,
    how_long_ago_it_was_is_said_in_the_same_words,
    whatever_is_drawn_becomes_what_the_module_draws,
    what_is_pressed_meanwhile_is_done_once,
    what_was_typed_survives_a_change_meanwhile,
    who_asks_for_a_far_reply_early_is_led_there,
    blanks_between_replies_move_nobody,
    where_the_reader_is_stays,
    what_was_typed_is_carried_over,
    what_was_typed_goes_behind_a_kept_draft,
    what_was_typed_survives_a_reload,
    what_is_typed_on_after_coming_back_is_there_once,
    another_address_is_another_thread,
    what_is_composed_in_a_thread_that_goes_holds_nothing_up,
    what_is_asked_anew_leaves_the_first_paint_on,
    who_is_free_again_is_led_to_the_reply,
    who_asks_for_another_reply_than_the_address_is_led_there,
    markup_that_is_still_being_read_is_shown,
    what_was_pressed_is_done,
    a_reaction_pressed_early_asks_for_a_name,
    what_was_typed_survives_leaving_and_changes,
    what_was_typed_is_kept_where_nobody_may_write_any_more,
    somebody_busy_elsewhere_is_left_alone,
    who_has_moved_on_from_a_link_is_not_thrown_back,
    what_is_typed_is_not_heard_by_the_page,
    nothing_moves_in_a_narrow_column,
    what_stands_below_a_long_thread_stays,
    headings_are_of_the_wanted_level,
    without_webassembly_pages_can_be_turned,
    a_link_to_a_reply_is_honoured_before_the_module,
    quotes_lead_on_before_the_module,
    with_loading_interaction_nothing_else_is_fetched,
    markup_between_the_tags_needs_no_request,
    what_was_typed_into_given_markup_is_carried_over,
    a_backend_that_draws_is_remembered,
    a_backend_that_does_not_draw_costs_nothing,
    nothing_but_what_is_allowed_is_copied,
    without_webassembly_all_is_readable,
    a_policy_without_webassembly_leaves_the_page_readable,
    a_module_that_never_comes_leaves_what_is_there,
    replies_that_do_not_come_leave_what_is_there,
    a_second_element_has_ids_of_its_own,
    the_plain_page_needs_no_script,
}

/// A thread in which there is something to quote, to unfold and to scroll through.
fn put(stage: &Stage) {
    let mut replies = vec![
        reply(1, "Ada", "The first words, long enough to be selected in part."),
        reply(2, "Bo", "> [Ada](#reply-1) said:\n> The first words\n\nTrue."),
    ];
    for number in 3..=20 {
        replies.push(reply(number, "Cleo", &format!("Reply number {number} speaks.\n\nAt some length.")));
    }
    let mut page = thread("t", replies);
    page.thread.features =
        vec![Feature::Viewer, Feature::Reply, Feature::Guest, Feature::React, Feature::Report, Feature::Html];
    stage.host.backend().put(page);
}

/// The article with the drawn thread below it, and something below that.
fn article(attributes: &str) -> Article {
    Article::with(&format!("{}<p id=below>What stands below.</p>{SCRIPT}", element("t", attributes)))
}

/// What is selected, in nodes that are on the page.
const SELECTED: &str = "(() => {
  const { startContainer: from, startOffset, endContainer: to, endOffset } =
    getSelection().getComposedRanges({ shadowRoots: [root()] })[0];
  const range = document.createRange();
  range.setStart(from, startOffset);
  range.setEnd(to, endOffset);
  return from.isConnected && range.toString();
})()";

/// The drawn page is there, to its end, and the module is not.
const PAINTED: &str =
    "state() !== 'ready' && shown(part('reply-body')) && (numbers().length === 20 || !reply(2))";

/// Opens the article with the thread as it was drawn; the module waits for the gate.
async fn painted(stage: &Stage, attributes: &str) -> Gate {
    put(stage);
    let gate = stage.host.hold("afterword_bg.wasm");
    stage.open(&article(attributes)).await;
    stage.until("it can be read", PAINTED).await;
    gate
}

async fn the_first_page_is_there_before_the_module(stage: &Stage) {
    let gate = painted(stage, "html loading=eager").await;
    stage.equal("numbers().length", 20).await;
    stage.equal("text(part('count'))", "20 replies").await;
    stage.check("styled", "getComputedStyle(part('reply-header')).display === 'flex'").await;
    stage.check("no grey replies", "!part('skeleton')").await;
    stage.check("in the page's light", "part('base').dataset.scheme === 'light'").await;
    let still = stage.texts("reply-body").await;
    stage.axe("as the backend has drawn it").await;
    gate.open();
    stage.ready().await;
    stage.equal("numbers().length", 20).await;
    assert_eq!(stage.texts("reply-body").await, still, "the same words");
    assert_eq!(stage.host.asked("/api/html").len(), 1);
    assert_eq!(stage.host.asked("/api/replies").len(), 1);
}

/// In every frame from now on: where the first and the last reply stand and what is below them, whether the first can
/// be read, and how many wait to be laid out; and what the browser calls a shift.
const WATCH_EVERY_FRAME: &str = "
  window.seen = { tops: new Set(), empty: 0, shift: 0 };
  if (PerformanceObserver.supportedEntryTypes.includes('layout-shift')) {
    new PerformanceObserver((list) => list.getEntries().forEach((it) => (seen.shift += it.value)))
      .observe({ type: 'layout-shift' });
  }
  const number = numbers().length;
  const frame = () => {
    const items = all('[part~=item]').filter((it) => it.getClientRects().length > 0);
    const places = [items[0], items[number - 1], document.getElementById('below')];
    seen.tops.add(places.map((it) => Math.round(it?.getBoundingClientRect().top)).join());
    if (items.length !== number || !shown(items[0].firstElementChild)) seen.empty += 1;
    requestAnimationFrame(frame);
  };
  frame();";

async fn nothing_moves_when_the_module_takes_over(stage: &Stage) {
    let gate = painted(stage, "html loading=eager").await;
    stage.run(WATCH_EVERY_FRAME).await;
    stage.frames().await;
    gate.open();
    stage.ready().await;
    stage.frames().await;
    stage.equal("seen.tops.size", 1).await;
    stage.equal("seen.empty", 0).await;
    stage.equal("seen.shift", 0).await;
}

/// Replies far below are laid out little by little, and nothing counts as moved by that: elsewhere on the web, what a
/// page is worth is judged by it, too.
async fn nothing_moves_however_long_the_page_is(stage: &Stage) {
    let words = "Some words that go on for a while, as they do.\n\n".repeat(12);
    let mut page = thread("t", (1..=50).map(|number| reply(number, "Cleo", &words)).collect());
    page.thread.features = vec![Feature::Html];
    stage.host.backend().put(page);
    let gate = stage.host.hold("afterword_bg.wasm");
    stage.open(&article("html loading=eager")).await;
    stage.until("all is drawn", "numbers().length === 50").await;
    stage.run(WATCH_EVERY_FRAME).await;
    stage.frames().await;
    gate.open();
    stage.ready().await;
    stage
        .until("all is laid out", "all('[part~=reply]').every((it) => it.getClientRects().length > 0)")
        .await;
    stage.frames().await;
    stage.equal("seen.tops.size", 1).await;
    stage.equal("seen.empty", 0).await;
    stage.equal("seen.shift", 0).await;
}

/// The thread as it is written, attributes in the order of their names, without what window.js adds.
const WRITTEN: &str = "(() => {
  const copy = part('thread').cloneNode(true);
  for (const it of copy.querySelectorAll('[part=spacer]')) it.remove();
  for (const it of [copy, ...copy.querySelectorAll('*')]) {
    it.removeAttribute('style');
    const attributes = [...it.attributes].sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const { name } of attributes) it.removeAttribute(name);
    for (const { name, value } of attributes) it.setAttribute(name, value);
  }
  return copy.outerHTML;
})()";

async fn what_is_drawn_is_taken_over_as_it_stands(stage: &Stage) {
    let gate = painted(stage, "html loading=eager").await;
    stage
        .run(
            "const nodes = (within) => {
               const walker = document.createTreeWalker(within, NodeFilter.SHOW_ALL);
               const all = [];
               while (walker.nextNode()) if (walker.currentNode.data !== '') all.push(walker.currentNode);
               return all;
             };
             window.before = nodes(part('list'));
             window.changes = [];
             new MutationObserver((all) => changes.push(...all.map((it) => `${it.type} ${it.attributeName}`)))
               .observe(part('list'), { attributes: true, characterData: true, subtree: true });
             window.lost = () => before.filter((it) => !it.isConnected).map((it) => it.outerHTML ?? it.data);",
        )
        .await;
    stage.check("there is something to lose", "before.length > 300").await;
    gate.open();
    stage.ready().await;
    stage.equal("lost().join()", "").await;
    // Only the reader's own clock knows their time zone, and what is longer said than seen comes with the module.
    stage.equal("changes.filter((it) => !/ (title|aria-label|data-unread)$/.test(it)).join()", "").await;
    stage.equal("changes.filter((it) => / aria-label$/.test(it)).length", 20).await;
}

/// The script says how long ago a reply was before the module can. Ages on both sides of each limit, in seconds; below 0
/// for a clock that is ahead of the reader's.
async fn how_long_ago_it_was_is_said_in_the_same_words(stage: &Stage) {
    const DAY: i64 = 86_400;
    const AGES: [i64; 19] = [
        -3_600,
        -59,
        0,
        59,
        60,
        3_599,
        3_600,
        DAY - 1,
        DAY,
        7 * DAY - 1,
        7 * DAY,
        31 * DAY - 1,
        31 * DAY,
        61 * DAY,
        365 * DAY - 1,
        365 * DAY,
        730 * DAY - 1,
        730 * DAY,
        7_000 * DAY,
    ];
    // The page's clock stands still, so that no age is another a moment later.
    let now = 1_790_000_000_000;
    let head = format!("<script>Date.now = () => {now}</script>");
    let replies = AGES.iter().zip(1..).map(|(age, number)| Reply {
        published: Some(Timestamp::from_millis(now - age * 1000)),
        ..reply(number, "Ada", "Words.")
    });
    let mut page = thread("t", replies.collect());
    page.thread.features = vec![Feature::Html];
    stage.host.backend().put(page);
    let gate = stage.host.hold("afterword_bg.wasm");
    stage.open(&article("html loading=eager").head(&head)).await;
    stage
        .until(
            "it can be read",
            "state() !== 'ready' && numbers().length === 19 && shown(part('reply-body'))",
        )
        .await;
    let said = stage.texts("reply-time").await;
    gate.open();
    stage.ready().await;
    assert_eq!(stage.texts("reply-time").await, said, "the module's words are other ones than the script's");
    let mut different = said.clone();
    different.dedup();
    assert_eq!(different.len(), 16, "but for what is now, and what is a year ago, each is another: {said:?}");
}

/// Another version of the backend may draw otherwise, and a cache keep what is no longer true.
async fn whatever_is_drawn_becomes_what_the_module_draws(stage: &Stage) {
    let gate = painted(stage, "html loading=eager").await;
    stage
        .run(
            "const say = (html) => new DOMParser().parseFromString(html, 'text/html').body.childNodes;
             reply(2).setAttribute('aria-label', 'of another version');
             reply(2).removeAttribute('tabindex');
             within(reply(3), 'reply-body').replaceChildren(...say('<p>Old words</p><ul><li>x</ul>'));
             within(reply(4), 'reply-footer').remove();
             within(reply(5), 'reply-header').prepend(...say('<b>What</b> is this <!-- remark -->'));
             const div = document.createElement('div');
             div.append(...within(reply(6), 'reply-body').childNodes);
             reply(6).append(div);
             reply(7).parentElement.remove();
             part('list').append(reply(8).parentElement, ...say('<li part=item><article part=reply id=reply-99>?</article>'));
             const other = document.createElement('div');
             other.append(...reply(9).parentElement.childNodes);
             reply(10).parentElement.before(other);
             part('list').before(...say('<p part=empty>No replies yet.</p>'));
             part('header').remove();
             for (const it of all('time')) it.textContent = 'once';
             part('thread').normalize();",
        )
        .await;
    gate.open();
    stage.ready().await;
    stage.equal("numbers().join()", (1..=20).map(|it| it.to_string()).collect::<Vec<_>>().join(",")).await;
    let taken_over = stage.text(WRITTEN).await;
    stage.open(&article("html=no loading=eager")).await;
    stage.ready().await;
    let drawn = stage.text(WRITTEN).await;
    assert_eq!(taken_over, drawn);
}

/// Keeps what is to be done in the next frame until [`LET_FRAMES_GO`].
const HOLD_FRAMES: &str = "
  window.frame = window.requestAnimationFrame;
  window.waiting = [];
  window.requestAnimationFrame = (work) => waiting.push(work);";

const LET_FRAMES_GO: &str = "
  window.requestAnimationFrame = frame;
  for (const work of waiting) frame(work);";

/// The module takes over some replies in each frame: what is pressed in one that is not yet its own waits for that.
async fn what_is_pressed_meanwhile_is_done_once(stage: &Stage) {
    let gate = painted(stage, "html loading=eager").await;
    stage.run(HOLD_FRAMES).await;
    gate.open();
    stage.until("some are taken over", "waiting.length > 0 && state() !== 'ready'").await;
    for number in [3, 15] {
        let quote = format!("within(within(reply({number}), 'reply-actions'), 'button')");
        stage.run(&format!("{quote}.click()")).await;
    }
    stage.run(LET_FRAMES_GO).await;
    stage.ready().await;
    for number in [3, 15] {
        let quotes = format!("part('composer-text').value.split('](#reply-{number})').length - 1");
        stage.until("it is quoted", &format!("{quotes} > 0")).await;
        stage.equal(&quotes, 1).await;
    }
}

async fn what_was_typed_survives_a_change_meanwhile(stage: &Stage) {
    let gate = painted(stage, "html loading=eager").await;
    stage.click("part('composer-text')").await;
    stage.press("Hello there").await;
    stage.run(HOLD_FRAMES).await;
    gate.open();
    stage.until("some are taken over", "waiting.length > 0 && state() !== 'ready'").await;
    stage.run("elements()[0].setAttribute('heading-level', '3')").await;
    stage.run(LET_FRAMES_GO).await;
    stage.ready().await;
    stage.until("it is there", "part('composer-text').value === 'Hello there'").await;
    stage.equal("part('count').localName", "h3").await;
}

async fn who_asks_for_a_far_reply_early_is_led_there(stage: &Stage) {
    put(stage);
    let gate = stage.host.hold("afterword_bg.wasm");
    stage.open(&article("html loading=eager page-size=8")).await;
    stage.until("it can be read", "state() !== 'ready' && numbers().length === 8").await;
    stage.run("elements()[0].goTo(18)").await;
    gate.open();
    stage.ready().await;
    stage.until("they are led there", "reply(18) && inView(reply(18)) && focused() === reply(18)").await;
}

/// As in markup that somebody has made prettier.
async fn blanks_between_replies_move_nobody(stage: &Stage) {
    let gate = painted(stage, "html loading=eager").await;
    stage.run("for (const it of parts('item')) it.before('\\n  ')").await;
    stage.run("within(reply(14), 'reply-number').focus({ preventScroll: true })").await;
    gate.open();
    stage.ready().await;
    stage.check("the focus", "focused() === within(reply(14), 'reply-number')").await;
    stage.equal("part('list').childNodes.length", 20).await;
}

async fn where_the_reader_is_stays(stage: &Stage) {
    let gate = painted(stage, "html loading=eager").await;
    stage
        .run(
            "reply(12).scrollIntoView();
             const words = within(reply(13), 'reply-body').querySelector('p').firstChild;
             within(reply(14), 'reply-number').focus({ preventScroll: true });
             getSelection().setBaseAndExtent(words, 6, words, 12);
             window.before = reply(13).getBoundingClientRect().top;",
        )
        .await;
    stage.equal(SELECTED, "number").await;
    gate.open();
    stage.ready().await;
    stage
        .check(
            "the page stands where it stood",
            "Math.abs(reply(13).getBoundingClientRect().top - window.before) < 1",
        )
        .await;
    stage.check("the focus", "focused() === within(reply(14), 'reply-number')").await;
    stage.equal(SELECTED, "number").await;
    stage.until("what is selected can be quoted", "shown(part('quote-selection'))").await;
}

async fn what_was_typed_is_carried_over(stage: &Stage) {
    let gate = painted(stage, "html loading=eager").await;
    stage.click("part('composer-text')").await;
    stage.press("Hello there").await;
    stage.run("part('composer-text').setSelectionRange(5, 5)").await;
    gate.open();
    stage.ready().await;
    stage.until("the composer is open", "!!part('composer-submit')").await;
    stage.equal("part('composer-text').value", "Hello there").await;
    stage.check("the focus", "focused() === part('composer-text')").await;
    stage.press(" you").await;
    stage.equal("part('composer-text').value", "Hello you there").await;
    stage
        .until("it is kept", "Object.values(localStorage).some((it) => it.includes('Hello you there'))")
        .await;
}

async fn what_was_typed_goes_behind_a_kept_draft(stage: &Stage) {
    put(stage);
    stage.open(&article("html loading=eager")).await;
    stage.ready().await;
    stage.click("part('composer-text')").await;
    stage.press("Old words.").await;
    stage.until("it is kept", "Object.values(localStorage).some((it) => it.includes('Old words.'))").await;
    let gate = stage.host.hold("afterword_bg.wasm");
    stage.reload().await;
    stage.until("it can be read", PAINTED).await;
    stage.click("part('composer-text')").await;
    stage.press("New ones").await;
    gate.open();
    stage.ready().await;
    stage.until("both are there", r"part('composer-text').value === 'Old words.\n\nNew ones'").await;
    stage.press("!").await;
    stage.equal("part('composer-text').value.endsWith('New ones!')", true).await;
}

/// A browser does not keep what stands in the fields of a shadow tree.
async fn what_was_typed_survives_a_reload(stage: &Stage) {
    let gate = painted(stage, "html loading=eager").await;
    stage.click("part('composer-text')").await;
    stage.press("Half a thought").await;
    stage.reload().await;
    stage.until("it can be read again", PAINTED).await;
    stage.click("part('composer-text')").await;
    stage.press("Another").await;
    gate.open();
    stage.ready().await;
    stage.until("both are there", r"part('composer-text').value === 'Half a thought\n\nAnother'").await;
}

/// A page that comes back as it was left still has its fields.
async fn what_is_typed_on_after_coming_back_is_there_once(stage: &Stage) {
    let gate = painted(stage, "html loading=eager").await;
    stage.click("part('composer-text')").await;
    stage.press("Hello").await;
    stage.run("dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))").await;
    let aside = "Object.keys(localStorage).filter((it) => it.startsWith('afterword:aside:')).length";
    stage.equal(aside, 1).await;
    stage.press(" there").await;
    stage.run("dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))").await;
    gate.open();
    stage.ready().await;
    stage.until("it is there", "!!part('composer-text').value").await;
    stage.equal("part('composer-text').value", "Hello there").await;
    stage.equal(aside, 0).await;
}

/// As a router goes from article to article.
async fn another_address_is_another_thread(stage: &Stage) {
    for (name, words) in [("one", "Of the first article."), ("two", "Of the second.")] {
        let id = stage.host.filled_in(&format!("{{page}}/articles/{name}.html"));
        let mut page = thread(&id, vec![reply(1, "Ada", words)]);
        page.thread.features = vec![Feature::Viewer, Feature::Reply, Feature::Html];
        stage.host.backend().put(page);
    }
    let body = format!(r#"<after-word api="{{api}}" html loading="interaction"></after-word>{SCRIPT}"#);
    stage.open(&Article::with(&body)).await;
    stage.until("the first", "text(part('reply-body')) === 'Of the first article.'").await;
    let gate = stage.host.hold("afterword_bg.wasm");
    stage.click("part('composer-text')").await;
    stage.press("To the first").await;
    stage.run("history.pushState(null, '', '/articles/two.html'); elements()[0].reload()").await;
    stage.until("the second", "text(part('reply-body')) === 'Of the second.'").await;
    gate.open();
    stage.ready().await;
    stage.check("nothing is written there", "!part('composer-text').value").await;
    stage.run("history.pushState(null, '', '/articles/one.html'); elements()[0].reload()").await;
    stage.until("it stands where it belongs", "part('composer-text')?.value === 'To the first'").await;
}

async fn what_is_composed_in_a_thread_that_goes_holds_nothing_up(stage: &Stage) {
    let gate = painted(stage, "html loading=eager").await;
    stage
        .run(
            "part('composer-text').dispatchEvent(new CompositionEvent('compositionstart', { bubbles: true }));
             elements()[0].setAttribute('heading-level', '3');",
        )
        .await;
    stage.until("it can be read again", PAINTED).await;
    gate.open();
    stage.ready().await;
    stage.equal("part('count').localName", "h3").await;
}

async fn what_is_asked_anew_leaves_the_first_paint_on(stage: &Stage) {
    put(stage);
    stage.open(&article("html loading=eager")).await;
    stage.ready().await;
    stage.run("elements()[0].reload()").await;
    let answers =
        "performance.getEntriesByType('resource').filter((it) => /api\\/replies/.test(it.name)).length";
    stage.until("it is asked anew", &format!("{answers} === 2")).await;
    let gate = stage.host.hold("afterword_bg.wasm");
    stage.reload().await;
    stage.until("it is painted", PAINTED).await;
    gate.open();
    stage.ready().await;
    // Who has written is not shown what a cache may have kept of before.
    stage.run("localStorage.setItem('afterword:wrote', Date.now())").await;
    let asked = stage.host.asked("/api/html").len();
    stage.reload().await;
    stage.ready().await;
    assert_eq!(stage.host.asked("/api/html").len(), asked);
}

/// Somebody typing elsewhere on the page was not taken away from that.
async fn who_is_free_again_is_led_to_the_reply(stage: &Stage) {
    put(stage);
    let (drawn, module) = (stage.host.hold("/api/html"), stage.host.hold("afterword_bg.wasm"));
    let body = format!("<input id=search>{}{SCRIPT}", element("t", "html"));
    stage.open_at("/articles/one.html#reply-15", &Article::with(&body)).await;
    drawn.reached_by(1).await;
    stage.run("document.getElementById('search').focus()").await;
    drawn.open();
    stage.until("it can be read", "reply(15) && shown(part('reply-body'))").await;
    stage.frames().await;
    stage.run("document.activeElement.blur()").await;
    module.open();
    stage.until("they are led there", "inView(reply(15)) && focused() === reply(15)").await;
}

async fn who_asks_for_another_reply_than_the_address_is_led_there(stage: &Stage) {
    put(stage);
    let gate = stage.host.hold("afterword_bg.wasm");
    stage.open_at("/articles/one.html#reply-15", &article("html page-size=6")).await;
    stage.until("they are led to the first", "reply(15) && inView(reply(15)) && !reply(3)").await;
    stage.run("elements()[0].goTo(3)").await;
    gate.open();
    stage.until("they are led there", "reply(3) && inView(reply(3)) && focused() === reply(3)").await;
}

/// The element is there before its contents, where the script was there before both.
async fn markup_that_is_still_being_read_is_shown(stage: &Stage) {
    put(stage);
    let drawn = stage.host.drawn("t");
    let gate = stage.host.hold("afterword_bg.wasm");
    let body = format!(r#"<after-word api="{{api}}" thread="t" loading="eager">{drawn}</after-word>"#);
    let script = SCRIPT.replace(" async", "");
    stage.open(&Article::with(&body).head(&script)).await;
    stage.until("it can be read", PAINTED).await;
    stage.equal("numbers().length", 20).await;
    stage.click("part('composer-text')").await;
    stage.press("Hello").await;
    gate.open();
    stage.ready().await;
    stage.until("what was typed is there", "part('composer-text').value === 'Hello'").await;
    assert!(stage.host.asked("/api/html").is_empty(), "it was asked for what is there");
}

async fn what_was_pressed_is_done(stage: &Stage) {
    let gate = painted(stage, "html loading=eager").await;
    stage.click("within(within(reply(1), 'reply-actions'), 'button')").await;
    stage.click("within(within(reply(3), 'reply-actions'), 'button')").await;
    gate.open();
    stage.ready().await;
    stage.until("it is quoted", "/The first words/.test(part('composer-text').value)").await;
    stage.check("once", "part('composer-text').value.match(/#reply-1/g).length === 1").await;
    stage.check("and the other one", "part('composer-text').value.match(/#reply-3/g).length === 1").await;
}

async fn a_reaction_pressed_early_asks_for_a_name(stage: &Stage) {
    let gate = painted(stage, "html loading=eager").await;
    stage.click("within(reply(1), 'reaction-button')").await;
    gate.open();
    stage.ready().await;
    stage.until("a name is asked for", "!!part('composer-name')").await;
}

async fn what_was_typed_survives_leaving_and_changes(stage: &Stage) {
    put(stage);
    let mut other = thread("u", vec![reply(1, "Ada", "Another thread.")]);
    other.thread.features = vec![Feature::Reply, Feature::Html];
    stage.host.backend().put(other);
    let gate = stage.host.hold("afterword_bg.wasm");
    stage.open(&article("html loading=eager")).await;
    stage.until("it can be read", PAINTED).await;
    stage.click("part('composer-text')").await;
    stage.press("For thread t").await;
    stage.run("elements()[0].setAttribute('heading-level', '3')").await;
    stage.until("it can be read again", PAINTED).await;
    stage
        .run(
            "window.it = elements()[0]; window.place = it.parentNode; it.remove();
             setTimeout(() => { it.setAttribute('thread', 'u'); place.prepend(it); }, 50);",
        )
        .await;
    gate.open();
    stage
        .until("the other thread", "state() === 'ready' && text(part('reply-body')) === 'Another thread.'")
        .await;
    stage.check("nothing is written there", "!part('composer-text').value").await;
    stage.run("it.setAttribute('thread', 't')").await;
    stage.until("and where it belongs", "part('composer-text')?.value === 'For thread t'").await;
}

async fn what_was_typed_is_kept_where_nobody_may_write_any_more(stage: &Stage) {
    let gate = painted(stage, "html loading=eager").await;
    stage.click("part('composer-text')").await;
    stage.press("Too late").await;
    let mut page = thread("t", vec![reply(1, "Ada", "One.")]);
    page.thread.locked = true;
    stage.host.backend().put(page);
    gate.open();
    stage.ready().await;
    stage.until("it is kept", "Object.values(localStorage).some((it) => it.includes('Too late'))").await;
}

async fn somebody_busy_elsewhere_is_left_alone(stage: &Stage) {
    put(stage);
    let gate = stage.host.hold("/api/html");
    let body = format!("<input id=search>{}{SCRIPT}", element("t", "html"));
    stage.open_at("/articles/one.html#reply-15", &Article::with(&body)).await;
    gate.reached_by(1).await;
    stage.run("document.getElementById('search').focus()").await;
    gate.open();
    stage.until("it can be read", "shown(part('reply-body'))").await;
    stage.frames().await;
    stage
        .check("their field keeps the focus", "document.activeElement.id === 'search' && scrollY === 0")
        .await;
}

async fn who_has_moved_on_from_a_link_is_not_thrown_back(stage: &Stage) {
    put(stage);
    let gate = stage.host.hold("afterword_bg.wasm");
    stage.open_at("/articles/one.html#reply-15", &article("html")).await;
    stage.until("it can be read", PAINTED).await;
    stage.until("the reply is seen", "inView(reply(15))").await;
    stage.run("reply(3).scrollIntoView(); window.before = reply(3).getBoundingClientRect().top").await;
    gate.open();
    stage.ready().await;
    stage.frames().await;
    stage.frames().await;
    stage.check("they stay", "Math.abs(reply(3).getBoundingClientRect().top - window.before) < 1").await;
    stage.run("location.hash = '#reply-18'").await;
    stage.until("the next link is followed", "inView(reply(18)) && focused() === reply(18)").await;
}

async fn what_is_typed_is_not_heard_by_the_page(stage: &Stage) {
    let gate = painted(stage, "html loading=eager").await;
    stage.run("window.heard = []; addEventListener('keydown', (event) => heard.push(event.key))").await;
    stage.click("part('composer-text')").await;
    stage.press("js").await;
    stage.equal("part('composer-text').value", "js").await;
    stage.equal("heard.join()", "").await;
    gate.open();
    stage.ready().await;
}

async fn nothing_moves_in_a_narrow_column(stage: &Stage) {
    let server = Reference::start(LIGHTHOUSE, THREAD).await;
    let gate = stage.host.hold("afterword_bg.wasm");
    let element = format!(
        r#"<div style="width: 320px"><after-word api="{}/api" thread="{THREAD}" html loading="eager"></after-word></div>
        <p id=below>Below.</p>"#,
        server.origin
    );
    stage.open(&Article::with(&format!("{element}{SCRIPT}"))).await;
    stage.until("it can be read", "state() !== 'ready' && numbers().length === 17").await;
    let tops = "[...parts('reply'), document.getElementById('below')]
        .filter((it) => it.getClientRects().length).map((it) => Math.round(it.getBoundingClientRect().top)).join()";
    stage.frames().await;
    let before = stage.text(tops).await;
    gate.open();
    stage.ready().await;
    stage.until("it stands where it stood", &format!("{tops} === {before:?}")).await;
}

async fn what_stands_below_a_long_thread_stays(stage: &Stage) {
    put(stage);
    let gate = stage.host.hold("afterword_bg.wasm");
    stage.open(&article("html loading=eager page-size=8")).await;
    stage.until("it can be read", "state() !== 'ready' && numbers().length === 8").await;
    stage.run("document.getElementById('below').scrollIntoView({ block: 'end' })").await;
    stage.frames().await;
    stage.run("window.before = document.getElementById('below').getBoundingClientRect().top").await;
    gate.open();
    stage.ready().await;
    stage.frames().await;
    let moved = "document.getElementById('below').getBoundingClientRect().top - window.before";
    stage.check("the page below is where it was", &format!("Math.abs({moved}) < 1")).await;
}

async fn headings_are_of_the_wanted_level(stage: &Stage) {
    let gate = painted(stage, "html loading=eager heading-level=4").await;
    let levels = "[part('count').localName, part('reply-heading').localName].join()";
    stage.equal(levels, "h4,h5").await;
    gate.open();
    stage.ready().await;
    stage.equal(levels, "h4,h5").await;
}

async fn without_webassembly_pages_can_be_turned(stage: &Stage) {
    put(stage);
    stage.host.put_file("/lockdown.js", "text/javascript", "delete window.WebAssembly");
    stage.expect("WebAssembly");
    stage.open(&article("html page-size=8").head("<script src=/lockdown.js></script>")).await;
    stage.until("it says so", "/read and not answered/.test(text(one('[data-kind=error]')))").await;
    stage.until("the first page", "numbers().join() === '1,2,3,4,5,6,7,8'").await;
    stage.check("nothing to press in vain", "all('button').every((it) => it.closest('[data-end]'))").await;
    stage.click("one('[data-end=next] button')").await;
    stage.until("the next", "numbers().includes(9) && focused() === reply(9)").await;
}

async fn a_link_to_a_reply_is_honoured_before_the_module(stage: &Stage) {
    put(stage);
    let gate = stage.host.hold("afterword_bg.wasm");
    stage.open_at("/articles/one.html#reply-15", &article("html")).await;
    stage.until("it can be read", PAINTED).await;
    stage.until("the reply is seen", "inView(reply(15)) && focused() === reply(15)").await;
    let asked = stage.host.asked("/api/html");
    assert!(asked.iter().all(|it| it.target.contains("around=15")), "{asked:?}");
    stage.run("window.before = reply(15).getBoundingClientRect().top").await;
    gate.open();
    stage.ready().await;
    stage.frames().await;
    stage.check("it stays", "Math.abs(reply(15).getBoundingClientRect().top - window.before) < 1").await;
    stage.until("and has the focus", "focused() === reply(15)").await;
}

async fn quotes_lead_on_before_the_module(stage: &Stage) {
    let gate = painted(stage, "html loading=eager").await;
    stage.run("reply(2).scrollIntoView()").await;
    stage.click("within(reply(2), 'reply-link') ?? within(reply(2), 'quote-source')").await;
    stage.until("its source", "focused() === reply(1) && inView(reply(1))").await;
    stage.equal("location.hash", "#reply-1").await;
    gate.open();
    stage.ready().await;
}

async fn with_loading_interaction_nothing_else_is_fetched(stage: &Stage) {
    put(stage);
    stage.open(&article("html loading=interaction")).await;
    stage.until("it can be read", PAINTED).await;
    stage.equal("state()", "still").await;
    stage.check("nothing says that it waits", "!part('base').hasAttribute('aria-busy')").await;
    stage.frames().await;
    for file in ["afterword.js", "afterword_bg.wasm", "/api/replies", "/api/viewer"] {
        assert!(stage.host.asked(file).is_empty(), "{file} was fetched for nobody");
    }
    // By keyboard, as the pointer wakes it on its way.
    stage.run("within(within(reply(1), 'reply-actions'), 'button').focus(); within(within(reply(1), 'reply-actions'), 'button').click()").await;
    stage.ready().await;
    stage.until("what woke it is done", "/The first words/.test(part('composer-text').value)").await;
}

async fn markup_between_the_tags_needs_no_request(stage: &Stage) {
    put(stage);
    let drawn = stage.host.drawn("t");
    let body =
        format!(r#"<after-word api="{{api}}" thread="t" loading="interaction">{drawn}</after-word>{SCRIPT}"#);
    stage.open(&Article::with(&body)).await;
    stage.until("it can be read", PAINTED).await;
    stage.equal("numbers().length", 20).await;
    stage.frames().await;
    assert!(stage.host.asked("/api/").is_empty(), "the backend was asked");
    stage.check("shown once", "!shown(document.querySelector('after-word > section'))").await;
    stage.click("part('composer-text')").await;
    stage.ready().await;
    stage.check("and not a second time", "!shown(document.querySelector('after-word > section'))").await;
    stage.equal("numbers().length", 20).await;
}

async fn what_was_typed_into_given_markup_is_carried_over(stage: &Stage) {
    put(stage);
    let drawn = stage.host.drawn("t");
    let body = format!(r#"<after-word api="{{api}}" thread="t" loading="eager">{drawn}</after-word>"#);
    stage.open(&Article::with(&body)).await;
    stage.run("document.querySelector('textarea').focus()").await;
    stage.press("Precious words").await;
    stage.run("document.querySelector('textarea').setSelectionRange(8, 8)").await;
    let script = stage.host.filled_in("{assets}embed.js");
    stage
        .run(&format!(
            "document.head.append(Object.assign(document.createElement('script'), {{ src: {script:?} }}))"
        ))
        .await;
    stage.ready().await;
    stage.until("it is there", "part('composer-text').value === 'Precious words'").await;
    stage
        .until(
            "with its caret",
            "focused() === part('composer-text') && part('composer-text').selectionStart === 8",
        )
        .await;
}

async fn a_backend_that_draws_is_remembered(stage: &Stage) {
    put(stage);
    stage.open(&article("loading=eager")).await;
    stage.ready().await;
    assert!(stage.host.asked("/api/html").is_empty(), "nobody knows yet");
    let gate = stage.host.hold("afterword_bg.wasm");
    stage.reload().await;
    stage.until("the second visit", PAINTED).await;
    assert_eq!(stage.host.asked("/api/html").len(), 1);
    gate.open();
    stage.ready().await;
    let mut page = thread("t", vec![reply(1, "Ada", "One.")]);
    page.thread.features = vec![Feature::Viewer];
    stage.host.backend().put(page);
    stage.run("elements()[0].reload()").await;
    stage
        .until(
            "it draws no more",
            "!Object.keys(localStorage).some((it) => it.startsWith('afterword:html:'))",
        )
        .await;
}

async fn a_backend_that_does_not_draw_costs_nothing(stage: &Stage) {
    put(stage);
    for fault in [Fault::html(404), Fault::html(200), Fault::Dropped] {
        stage.host.fail("/api/html", fault);
        stage.allow("console.error", "/api/html");
        stage.allow("console.error", "Failed to load resource");
        stage.open(&article("html loading=eager")).await;
        stage.ready().await;
        stage.equal("numbers().length", 20).await;
        stage.host.heal();
    }
    let gate = stage.host.hold("/api/html");
    stage.open(&article("html loading=eager")).await;
    stage.ready().await;
    stage.equal("numbers().length", 20).await;
    gate.open();
    stage.frames().await;
    stage.equal("numbers().length", 20).await;
}

async fn nothing_but_what_is_allowed_is_copied(stage: &Stage) {
    put(stage);
    let hostile = r#"<!doctype html><main><script part="thread">window.harmed = 1</script><iframe part="thread" src="/x"></iframe>
        <link part="thread" rel="stylesheet" href="/x"><section part="thread" onclick="harm()" style="color:red">
        <h2 part="count" id="count">1 reply</h2>
        <script>window.harmed = 1</script><iframe src="/x"></iframe><object data="/x"></object>
        <svg onload="harm()"><a href="/x">svg</a></svg><math></math><style>*{display:none}</style><link rel=stylesheet href=/x>
        <form action="https://evil.example/"><button formaction="javascript:harm()">Go</button></form>
        <article part="reply" id="reply-1" tabindex="-1"><p part="reply-body">One.
        <a href="javascript:harm()">bad</a><a href=" jAvascript:harm()">bad</a><a href="data:text/html,x">bad</a>
        <a href="https://good.example/" target="_top" ping="/x">good</a>
        <img src="javascript:harm()" onerror="harm()" srcset="/x 1x"><img src="https://good.example/a.png" alt="">
        </p></article></section></main>"#;
    stage.host.put_file("/api/html", "text/html; charset=utf-8", hostile);
    let gate = stage.host.hold("afterword_bg.wasm");
    stage.allow("console.error", "good.example");
    stage.allow("console.error", "Failed to load resource");
    stage.open(&article("html loading=eager")).await;
    stage.until("it can be read", PAINTED).await;
    stage.equal("all('script,iframe,object,svg,math,style,link').length", 0).await;
    let names =
        "[...new Set(all('[part~=thread], [part~=thread] *').flatMap((it) => it.getAttributeNames()))]";
    for name in ["onclick", "onerror", "style", "action", "formaction", "ping", "srcset"] {
        stage.check(name, &format!("!{names}.includes({name:?})")).await;
    }
    stage.equal("all('a').map((it) => it.getAttribute('href')).join()", ",,,https://good.example/").await;
    stage.equal("all('img').map((it) => it.getAttribute('src')).join()", ",https://good.example/a.png").await;
    stage.check("nothing ran", "!window.harmed").await;
    gate.open();
    stage.ready().await;
}

async fn without_webassembly_all_is_readable(stage: &Stage) {
    put(stage);
    stage.host.put_file("/lockdown.js", "text/javascript", "delete window.WebAssembly");
    stage.expect("WebAssembly");
    // Nobody knows that the backend draws: it is asked now.
    stage.open(&article("").head("<script src=/lockdown.js></script>")).await;
    stage.until("it says so", "/WebAssembly/.test(text(one('[data-kind=error]')))").await;
    stage.until("it can be read", PAINTED).await;
    readable(stage).await;
}

/// All is there, but what would need the module.
async fn readable(stage: &Stage) {
    stage.until("all of it is drawn", "numbers().length === 20").await;
    stage
        .check(
            "the sentence stands above",
            "part('notice').getBoundingClientRect().top < reply(1).getBoundingClientRect().top",
        )
        .await;
    for part in ["composer-text", "reply-actions", "tools", "notice-action"] {
        stage.check(part, &format!("!shown(part({part:?}))")).await;
    }
    stage.axe("the first paint without the module").await;
    assert!(stage.host.asked("afterword_bg.wasm").is_empty(), "the module was fetched in vain");
}

async fn a_policy_without_webassembly_leaves_the_page_readable(stage: &Stage) {
    put(stage);
    stage.expect("Content-Security-Policy");
    stage.allow("policy", "wasm-eval");
    stage.allow("console.error", "WebAssembly");
    let policy = "default-src 'none'; script-src 'self' {other}; connect-src {other}; style-src 'none'";
    stage.open(&article("html loading=eager").policy(policy)).await;
    stage
        .until("it says so", "/read and not answered.*wasm-unsafe-eval/.test(text(one('[data-kind=error]')))")
        .await;
    readable(stage).await;
}

async fn a_module_that_never_comes_leaves_what_is_there(stage: &Stage) {
    put(stage);
    stage.host.fail("afterword.js", Fault::html(404));
    stage.expect("afterword.js");
    stage.open(&article("html loading=eager")).await;
    stage.until("it says so", "/afterword\\.js.*404/.test(text(one('[data-kind=error]')))").await;
    stage.until("it can be read", PAINTED).await;
    stage.click("part('composer-text')").await;
    stage.press("Still here").await;
    stage.host.heal();
    // The page may still be on its way to the field.
    stage.run("scrollTo(0, 0)").await;
    stage.frames().await;
    stage.click("part('notice-action')").await;
    stage.ready().await;
    stage.equal("part('composer-text').value", "Still here").await;
}

async fn replies_that_do_not_come_leave_what_is_there(stage: &Stage) {
    put(stage);
    stage.host.fail("/api/replies", Fault::html(502));
    stage.open(&article("html loading=eager")).await;
    stage.until("it says so", "state() === 'failed' && shown(one('[data-kind=error]'))").await;
    stage.until("it can be read", PAINTED).await;
    stage
        .check(
            "above what is there",
            "one('[data-kind=error]').getBoundingClientRect().top < reply(1).getBoundingClientRect().top",
        )
        .await;
    stage.run("window.before = reply(1)").await;
    stage.host.heal();
    stage.click("one('[data-kind=error] button')").await;
    stage.ready().await;
    stage.equal("parts('thread').length", 1).await;
    stage.equal("numbers().length", 20).await;
    stage.check("no notice is left", "!one('[data-kind=error]')").await;
    stage.check("what was there stays", "reply(1) === before").await;
    stage.check("the focus stays here", "!!root().activeElement").await;
}

async fn a_second_element_has_ids_of_its_own(stage: &Stage) {
    put(stage);
    let gate = stage.host.hold("afterword_bg.wasm");
    let two =
        format!("{}{}{SCRIPT}", element("t", "html loading=eager"), element("t", "html loading=eager id=b"));
    stage.open(&Article::with(&two)).await;
    for at in [0, 1] {
        stage.until("each can be read", &format!("numbers({at}).length === 20")).await;
    }
    stage.equal("reply(3, 1).id", "b-reply-3").await;
    stage.equal("within(reply(3, 1), 'reply-number').getAttribute('href')", "#b-reply-3").await;
    stage.check(
        "names lead to what is there",
        "all('[aria-labelledby]', 1).every((it) => it.getAttribute('aria-labelledby').split(' ').every((id) => root(1).getElementById(id)))",
    ).await;
    gate.open();
    for at in [0, 1] {
        stage.until("each is ready", &format!("state({at}) === 'ready'")).await;
    }
}

async fn the_plain_page_needs_no_script(stage: &Stage) {
    let server = Reference::start(LIGHTHOUSE, THREAD).await;
    stage.go(&format!("{}/threads/{THREAD}?limit=10", server.origin)).await;
    let here = "[...document.querySelectorAll('article')].map((it) => it.id)";
    stage.equal(&format!("{here}.length"), 10).await;
    stage.equal("document.scripts.length", 0).await;
    stage
        .check("styled", "getComputedStyle(document.querySelector('.reply-header')).display === 'flex'")
        .await;
    stage
        .check("nothing to press in vain", "!document.querySelector('button:not([type=submit]), textarea')")
        .await;
    stage.run("[...document.querySelectorAll('[data-end=next] a')][0].click()").await;
    stage.until("the next page", &format!("{here}[0] === 'reply-11'")).await;
}
