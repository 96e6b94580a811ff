//! A real thread, all the way: from a file through a backend's database into the reader's browser. The reference server
//! and the backend in Python have to tell the same stories, as far as they announce the same.

use afterword_tests::article::{Article, SCRIPT};
use afterword_tests::real::{Real, Which};
use afterword_tests::reference::Reference;
use afterword_tests::stage::Stage;
use afterword_tests::stories;
use serde_json::json;

use crate::quoting::select;

stories! { ON_REFERENCE = end_to_end about Which::Reference;
    the_lighthouse_is_read_as_it_was_meant,
    a_thread_is_read_page_by_page,
    an_address_leads_into_the_thread,
    a_guest_quotes_a_reply_that_quotes,
    a_guest_does_all_that_a_guest_may,
    a_guest_mentions_looks_back_and_reports,
}

stories! { ON_PYTHON = end_to_end_on_python about Which::Python;
    the_lighthouse_is_read_as_it_was_meant,
    a_thread_is_read_page_by_page,
    an_address_leads_into_the_thread,
    a_guest_quotes_a_reply_that_quotes,
    a_guest_does_all_that_a_guest_may,
}

stories! { end_to_end:
    the_servers_own_article_page_works,
    a_server_that_dies_in_the_middle_of_a_post_has_one_reply_at_the_end,
}

pub(crate) const LIGHTHOUSE: &str = include_str!("../../contract/fixtures/threads/lighthouse.json");
pub(crate) const THREAD: &str = "tarnay-head";

async fn open(stage: &Stage, which: Which, fragment: &str, attributes: &str) -> Real {
    let server = Real::start(which, stage, "contract/fixtures/threads/lighthouse.json", THREAD).await;
    read(stage, &server.api(), fragment, attributes).await;
    server
}

async fn read(stage: &Stage, api: &str, fragment: &str, attributes: &str) {
    let body = format!(r#"<after-word api="{api}" thread="{THREAD}" {attributes}></after-word>{SCRIPT}"#);
    stage.open_at(&format!("/articles/lighthouse.html{fragment}"), &Article::with(&body)).await;
    stage.ready().await;
}

async fn the_lighthouse_is_read_as_it_was_meant(stage: &Stage, which: Which) {
    let server = open(stage, which, "", "").await;
    stage.equal("text(part('count'))", "17 replies").await;
    stage.equal("numbers().join()", (1..=17).map(|n| n.to_string()).collect::<Vec<_>>().join(",")).await;
    stage.equal("text(within(reply(17), 'reply-number'))", "Reply 17 of 17").await;

    // Who writes, and who cannot be named.
    stage.equal("text(within(reply(4), 'reply-author'))", "佐藤 灯").await;
    stage
        .equal(
            "[3, 14, 13].map((n) => within(reply(n), 'reply-author').dataset.known)",
            json!(["unknown", "unknown", "erased"]),
        )
        .await;
    stage.equal("texts('reply-role')", json!(["Author", "Moderator", "Keeper"])).await;
    stage.equal("[6, 8].map((n) => reply(n).dataset.status)", json!(["hidden", "deleted"])).await;
    stage.equal("allWithin(reply(7), 'reply-edited').length", 1).await;
    stage.equal("parts('reply-edited').length", 1).await;
    stage.equal("getComputedStyle(within(reply(10), 'reply-body')).direction", "rtl").await;

    // Quotes: nested three deep, altered, of a tombstone, of a reply whose author is unknown, in HTML.
    stage.equal("allWithin(reply(15), 'quote').map((it) => it.dataset.depth)", json!(["1", "2", "3"])).await;
    stage
        .equal(
            "allWithin(reply(15), 'quote-source').map(text)",
            json!(["Marit Vale in reply 7", "harbour kate in reply 5", "Reply 3"]),
        )
        .await;
    stage.equal("within(reply(14), 'quote').dataset.state", "altered").await;
    stage.equal("within(reply(9), 'quote').dataset.state", "deleted").await;
    stage.equal("text(within(reply(5), 'quote-source'))", "Reply 3").await;
    stage.equal("text(within(reply(13), 'quote-source'))", "Idris Penhallow in reply 2").await;
    // The quote in 13 is one of HTML, in which the backend in Python looks for none.
    let of_two = if which == Which::Reference { "Quoted by 13, 14" } else { "Quoted by 14" };
    stage
        .equal(
            "[2, 16, 1].map((n) => text(within(reply(n), 'quoted-by')))",
            json!([of_two, "Quoted by 17", "Quoted by 17"]),
        )
        .await;

    // Mentions: names with a space, and in another script.
    stage.equal("allWithin(reply(7), 'mention').map(text)", json!(["@harbour kate", "@佐藤 灯"])).await;

    // Reactions: names, a count without names, a tag that nobody listed.
    stage.check("people are named", "/Olwen/.test(text(within(reply(5), 'reactions')))").await;
    stage.equal("parts('reaction').filter((it) => it.dataset.tag === 'gull').length", 1).await;
    stage
        .check("a count without names", "/Insightful\\s*3/.test(text(within(reply(16), 'reactions')))")
        .await;
    stage.check("the code is code", "/const CHARACTER/.test(text(within(reply(12), 'code')))").await;
    stage.check("the log keeps its lines", "/31 Oct/.test(text(within(reply(16), 'reply-body')))").await;

    // There and back again, once for real.
    stage.click("within(reply(17), 'quote-source')").await;
    stage.until("the log", "focused() === reply(16) && inView(reply(16))").await;
    stage.click("within(reply(16), 'back-button')").await;
    stage.until("and back", "focused() === reply(17) && inView(reply(17))").await;
    server.no_preflights();
}

async fn a_thread_is_read_page_by_page(stage: &Stage, which: Which) {
    let server = open(stage, which, "", "page-size=5 page-by-button").await;
    for (shown, first) in [(10, 6), (15, 11), (17, 16)] {
        stage.click("one('[data-end=next] button')").await;
        stage.until("the next page", &format!("numbers().length === {shown}")).await;
        // The page scrolls with the focus; a click before that is one into the void.
        stage.until("the focus came along", &format!("focused() === reply({first})")).await;
    }
    stage.check("all, in order", "numbers().every((it, at) => it === at + 1)").await;
    stage.check("no more", "!shown(one('[data-end=next]'))").await;
    server.no_preflights();
    let server = open(stage, which, "", "page-size=5 order=newest").await;
    stage.equal("numbers().join()", "17,16,15,14,13").await;
    stage.choose("part('order-select')", "top").await;
    stage.until("the best first", "numbers()[0] === 16").await;
    stage.click("one('[data-end=next] button')").await;
    stage.until("and on", "numbers().length === 10 && new Set(numbers()).size === 10").await;
    server.no_preflights();
}

async fn an_address_leads_into_the_thread(stage: &Stage, which: Which) {
    let server = open(stage, which, "#reply-12", "page-size=4").await;
    stage.until("the reply", "focused() === reply(12) && inView(reply(12))").await;
    stage.check("what it quotes is here or named", "/Dorte Lind in reply 11/.test(text(reply(12)))").await;
    stage.click("one('[data-end=previous] button')").await;
    stage
        .until(
            "earlier ones",
            "numbers()[0] < 9 && numbers().every((it, at, all) => !at || it === all[at - 1] + 1)",
        )
        .await;
    server.no_preflights();
}

async fn the_servers_own_article_page_works(stage: &Stage) {
    let server = Reference::start(LIGHTHOUSE, THREAD).await;
    stage.go(&server.origin).await;
    stage.ready().await;
    stage.check("an article stands above", "!!document.querySelector('article, main')").await;
    stage.equal("numbers().length", 17).await;
    stage.axe("the article page").await;
    assert_eq!(server.preflights(), 0);
}

/// Gives the name, and sends what is written.
async fn send_as(stage: &Stage, name: &str) {
    stage.click("part('composer-name')").await;
    stage.press(name).await;
    stage.click("part('composer-submit')").await;
}

async fn a_guest_quotes_a_reply_that_quotes(stage: &Stage, which: Which) {
    let server = open(stage, which, "", "").await;
    // From inside a quote to the words after it.
    select(stage, (7, "night boat"), (7, "the waving")).await;
    stage.until("the selection is offered", "shown(part('quote-selection'))").await;
    stage.click("part('quote-selection')").await;
    stage.until("it is quoted", "part('composer-text')?.value.startsWith('> [')").await;
    stage.until("the text has the focus", "focused() === part('composer-text')").await;
    stage.press("Indeed.").await;
    stage.until("it is written", "part('composer-text').value.endsWith('Indeed.')").await;
    send_as(stage, "Torvald Quist").await;
    stage.until("it stands in its place", "focused() === reply(18)").await;
    stage.equal("text(within(reply(18), 'reply-author'))", "Torvald Quist").await;
    stage.check("with its quote as it was", "within(reply(18), 'quote').dataset.state === 'ok'").await;
    stage.check("and the words", "/Indeed\\.$/.test(text(within(reply(18), 'reply-body')))").await;
    let page = format!("{}/replies?thread={THREAD}&around=18", server.api());
    let ask = format!("fetch('{page}').then((it) => it.json()).then((it) => done(it.replies.at(-1).quotes))");
    // Whoever reads Markdown simply says of such a quote that nobody has checked it.
    let exact = if which == Which::Reference { json!(true) } else { json!(null) };
    assert_eq!(stage.run_async(&ask).await, json!([{ "number": 7, "exact": exact }]));
    stage.reload().await;
    stage.ready().await;
    stage.check("it is named where it was quoted", "/18/.test(text(within(reply(7), 'quoted-by')))").await;
}

async fn a_server_that_dies_in_the_middle_of_a_post_has_one_reply_at_the_end(stage: &Stage) {
    stage.allow("console.error", "/api/replies");
    let server = Reference::start(LIGHTHOUSE, THREAD).await;
    read(stage, &format!("{}/api", server.origin), "", "").await;
    stage.click("part('composer-open')").await;
    stage.until("the text has the focus", "focused() === part('composer-text')").await;
    stage.press("Once.").await;
    server.die_with_the_next_reply();
    send_as(stage, "Torvald Quist").await;
    server.died().await;
    stage.until("it says so", "part('composer-status').dataset.kind === 'error'").await;
    stage.equal("part('composer-text').value", "Once.").await;
    // Nobody is there.
    stage.click("part('composer-submit')").await;
    stage.until("it says so again", "text(part('composer-submit')) === 'Send'").await;
    server.rise().await;
    stage.click("part('composer-submit')").await;
    stage.until("it stands in its place", "focused() === reply(18)").await;
    stage.reload().await;
    stage.ready().await;
    stage.equal("parts('reply-body').filter((it) => text(it) === 'Once.').length", 1).await;
    stage.equal("text(part('count'))", "18 replies").await;
}

/// Until a reader who hears the page has been told so.
async fn said(stage: &Stage, words: &str) {
    stage.until(words, &format!("text(part('announcer'))?.includes({words:?})")).await;
}

async fn a_guest_does_all_that_a_guest_may(stage: &Stage, which: Which) {
    let _server = open(stage, which, "", "").await;
    stage.click("part('composer-open')").await;
    stage.until("the text has the focus", "focused() === part('composer-text')").await;
    stage.press("Half right.").await;
    send_as(stage, "Torvald Quist").await;
    stage.until("it stands in its place", "focused() === reply(18)").await;

    let like = "within(reply(1), 'reaction-button')";
    stage.click(like).await;
    said(stage, "Reaction added.").await;
    stage.equal(&format!("{like}.getAttribute('aria-pressed')"), "true").await;

    stage.until("it may be changed", "within(reply(18), 'edit-button')").await;
    stage.click("within(reply(18), 'edit-button')").await;
    stage.until("the text is here", "focused() === part('composer-text')").await;
    stage.press(" Not half.").await;
    stage.click("part('composer-submit')").await;
    said(stage, "Reply changed.").await;
    stage.check("it is another", "/Not half/.test(text(within(reply(18), 'reply-body')))").await;

    stage.click("within(reply(18), 'delete-button')").await;
    said(stage, "Reply deleted.").await;
    stage.equal("text(part('count'))", "18 replies").await;
    stage.click("part('undo-button')").await;
    said(stage, "Reply restored.").await;
    stage.check("with its words", "/Not half/.test(text(within(reply(18), 'reply-body')))").await;

    stage.reload().await;
    stage.ready().await;
    stage
        .until("the server knows who reacted", &format!("{like}.getAttribute('aria-pressed') === 'true'"))
        .await;
    stage.check("and what was written", "/Not half/.test(text(within(reply(18), 'reply-body')))").await;
}

async fn a_guest_mentions_looks_back_and_reports(stage: &Stage, which: Which) {
    let _server = open(stage, which, "", "").await;
    stage.click("part('composer-open')").await;
    stage.until("the text has the focus", "focused() === part('composer-text')").await;
    stage.press("Half right, @har").await;
    stage.until("harbour kate is offered", "text(part('people-menu')) === 'harbour kate'").await;
    stage.press("\u{e007}").await;
    stage
        .until("she is mentioned", r#"part('composer-text').value === 'Half right, @"harbour kate" '"#)
        .await;
    send_as(stage, "Torvald Quist").await;
    stage.until("it stands in its place", "focused() === reply(18)").await;
    stage.equal("text(within(reply(18), 'mention'))", "@harbour kate").await;

    stage.until("it may be changed", "within(reply(18), 'edit-button')").await;
    stage.click("within(reply(18), 'edit-button')").await;
    stage.until("the text is here", "focused() === part('composer-text')").await;
    stage.press(" Not half.").await;
    stage.click("part('composer-submit')").await;
    said(stage, "Reply changed.").await;
    stage.equal("text(within(reply(18), 'mention'))", "@harbour kate").await;
    stage.click("within(reply(18), 'reply-edited')").await;
    stage.until("what it said before", "allWithin(reply(18), 'revision').length === 2").await;

    stage.click("within(reply(2), 'report-button')").await;
    stage.until("reasons are offered", "focused() === part('report-reason')").await;
    stage.click("part('report-reason')").await;
    said(stage, "Thank you").await;

    stage.reload().await;
    stage.ready().await;
    stage.equal("text(within(reply(18), 'mention'))", "@harbour kate").await;
}
