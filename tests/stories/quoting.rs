//! Quoting: whole replies, and what is selected in them.

use afterword_contract::{Feature, Format, Reply, ThreadPage};
use afterword_tests::article::Article;
use afterword_tests::backend::{reply, thread};
use afterword_tests::stage::Stage;
use afterword_tests::stories;
use fantoccini::actions::{InputSource, MOUSE_BUTTON_LEFT, MouseActions, PointerAction};
use serde_json::json;

stories! { quoting:
    a_reply_is_quoted_only_where_the_thread_takes_replies,
    what_is_selected_is_offered_and_goes_with_the_selection,
    the_button_stands_beside_what_is_selected,
    escape_takes_the_offer_away,
    the_view_s_own_words_are_not_counted,
    a_selection_over_two_replies_is_of_the_first,
    any_script_can_be_selected,
    a_strict_policy_is_no_hindrance,
}

fn open(replies: Vec<Reply>) -> ThreadPage {
    let mut page = thread("t", replies);
    page.thread.features = vec![Feature::Reply];
    page
}

/// Where on the page the words of a reply begin (`end` is 0) or end (1).
const WORDS: &str = r#"((number, words, end) => {
  const walker = document.createTreeWalker(within(reply(number), "reply-body"), NodeFilter.SHOW_TEXT);
  for (let node; (node = walker.nextNode()); ) {
    const at = node.data.indexOf(words);
    if (at < 0 || !node.parentElement.checkVisibility()) continue;
    const range = document.createRange();
    range.setStart(node, at);
    range.setEnd(node, at + words.length);
    const rects = [...range.getClientRects()];
    const box = end ? rects.at(-1) : rects[0];
    const forward = getComputedStyle(node.parentElement).direction === "ltr" ? end : 1 - end;
    return [forward ? Math.floor(box.right) : Math.ceil(box.left), Math.round((box.top + box.bottom) / 2)];
  }
})"#;

/// Selects, with a pointer, from the first words in one reply to the last in another.
pub(crate) async fn select(stage: &Stage, from: (u32, &str), to: (u32, &str)) {
    stage.run(&format!("reply({}).scrollIntoView({{ block: 'center', behavior: 'instant' }})", from.0)).await;
    let at = async |(number, words): (u32, &str), end: u8| {
        let place = stage.eval(&format!("{WORDS}({number}, {words:?}, {end})")).await;
        (place[0].as_f64().expect("the words are there"), place[1].as_f64().unwrap_or_default())
    };
    let (from, to) = (at(from, 0).await, at(to, 1).await);
    let pointer = MouseActions::new("pointer".to_owned())
        .then(PointerAction::MoveTo { duration: None, x: from.0, y: from.1 })
        .then(PointerAction::Down { button: MOUSE_BUTTON_LEFT })
        .then(PointerAction::MoveTo { duration: None, x: (from.0 + to.0) / 2.0, y: to.1 })
        .then(PointerAction::MoveTo { duration: None, x: to.0, y: to.1 })
        .then(PointerAction::Up { button: MOUSE_BUTTON_LEFT });
    stage.client.perform_actions(pointer).await.expect("the pointer selects");
    // It came over fewer words on its way, of which the browser tells a moment later.
    stage.frames().await;
}

/// What stands in the composer, which is then emptied.
async fn quoted(stage: &Stage) -> String {
    let behind = "focused() === part('composer-text') && focused().selectionStart === focused().value.length";
    stage.until("one goes on writing behind it", behind).await;
    let quoted = stage.text("part('composer-text').value").await;
    stage
        .run("const field = part('composer-text'); field.value = ''; field.dispatchEvent(new Event('input'))")
        .await;
    quoted
}

/// Presses the button beside the selection and tells what is quoted.
async fn quote(stage: &Stage) -> String {
    stage.until("the selection is offered", "shown(part('quote-selection'))").await;
    stage.click("part('quote-selection')").await;
    stage.until("it is quoted", "!part('quote-selection') && !!part('composer-text')?.value").await;
    quoted(stage).await
}

async fn a_reply_is_quoted_only_where_the_thread_takes_replies(stage: &Stage) {
    let body = "One *two*.\n\n- a\n- b";
    stage.read(open(vec![reply(1, "Ada", body)])).await;
    stage.click("within(reply(1), 'reply-actions').lastElementChild").await;
    stage.until("it is quoted", "!!part('composer-text')?.value").await;
    assert_eq!(quoted(stage).await, "> [Ada](#reply-1) said:\n> One *two*.\n>\n> - a\n> - b\n\n");
    // A program may ask for it, too.
    stage.run("elements()[0].quote(1); elements()[0].quote(7)").await;
    stage.until("it is quoted", "!!part('composer-text')?.value").await;
    assert_eq!(quoted(stage).await, "> [Ada](#reply-1) said:\n> One *two*.\n>\n> - a\n> - b\n\n");
    stage.read(thread("t", vec![reply(1, "Ada", body)])).await;
    stage.run("elements()[0].quote(1)").await;
    stage.check("nobody can reply", "!part('reply-actions')").await;
    select(stage, (1, "One"), (1, "two")).await;
    stage.check("nothing is offered", "!part('quote-selection')").await;
}

async fn what_is_selected_is_offered_and_goes_with_the_selection(stage: &Stage) {
    let body = "One *two **three** four*, [five six](https://x.org/) and `seven eight` nine.\n\nTen eleven.";
    stage.read(open(vec![reply(1, "Ada", body)])).await;
    stage.check("nothing is offered yet", "!part('quote-selection')").await;
    select(stage, (1, "three"), (1, "seven")).await;
    assert_eq!(
        quote(stage).await,
        "> [Ada](#reply-1) said:\n> …*__three__ four*, [five six](<https://x.org/>) and `seven`…\n\n"
    );
    select(stage, (1, "nine"), (1, "Ten")).await;
    assert_eq!(quote(stage).await, "> [Ada](#reply-1) said:\n> …nine.\n>\n> Ten…\n\n");
    // Elsewhere: to press on what is selected is to drag it.
    select(stage, (1, "two"), (1, "three")).await;
    stage.until("it is offered", "shown(part('quote-selection'))").await;
    stage
        .equal("allWithin(part('reply-actions'), 'button').map(text)", json!(["Quote selection", "Quote"]))
        .await;
    stage.click("part('count')").await;
    stage.until("nothing is selected any more", "!part('quote-selection')").await;
}

async fn the_button_stands_beside_what_is_selected(stage: &Stage) {
    let replies = (1..9).map(|n| reply(n, "Ada", "One two three.\n\nFour five six.")).collect();
    stage.read(open(replies)).await;
    select(stage, (6, "two"), (6, "three")).await;
    stage.until("it is offered", "shown(part('quote-selection'))").await;
    let beside = "(() => { const [x, y] = WORDS(6, 'two', 0); const box = part('quote-selection').getBoundingClientRect(); return box.top > y && box.top < y + 40 && Math.abs(box.left - x) < 3 })()";
    stage.until("it stands below", &beside.replace("WORDS", WORDS)).await;
    stage.check("within the page", "document.documentElement.scrollWidth <= innerWidth").await;
}

async fn escape_takes_the_offer_away(stage: &Stage) {
    stage.read(open(vec![reply(1, "Ada", "One two three.")])).await;
    select(stage, (1, "two"), (1, "two")).await;
    stage.until("it is offered", "shown(part('quote-selection'))").await;
    stage.press("\u{e00c}").await;
    stage.until("the offer is gone", "!part('quote-selection')").await;
    select(stage, (1, "One"), (1, "two")).await;
    stage.until("it is offered again", "shown(part('quote-selection'))").await;
    stage.run("elements()[0].setAttribute('no-keys', '')").await;
    stage.press("q").await;
    stage.check("not by a key, if there are none", "shown(part('quote-selection'))").await;
    stage.run("elements()[0].removeAttribute('no-keys')").await;
    stage.press("q").await;
    stage.until("a key quotes", "!part('quote-selection') && !!part('composer-text')?.value").await;
    assert_eq!(quoted(stage).await, "> [Ada](#reply-1) said:\n> One two…\n\n");
}

async fn the_view_s_own_words_are_not_counted(stage: &Stage) {
    let body = "> [Bo](#reply-2) said:\n> > [Ada](#reply-1) said:\n> > Deep words here.\n>\n> Outer words.\n\nSee [](#reply-1), my own words @\"avon b7\".";
    let html =
        "<blockquote cite=\"#reply-1\"><p>Quoted <b>words</b> here</p></blockquote><p>Own<br>words 1*2*3</p>";
    let replies = vec![
        reply(1, "Ada", "Deep words here."),
        reply(2, "Bo", "Outer words."),
        reply(3, "Cleo", body),
        Reply { format: Format::Html, ..reply(4, "Di", html) },
    ];
    stage.read(open(replies)).await;
    select(stage, (3, "Outer"), (3, ", my own")).await;
    assert_eq!(
        quote(stage).await,
        "> [Cleo](#reply-3) said:\n>\n> > [Bo](#reply-2) said:\n> > Outer words.\n>\n> See [](#reply-1), my own…\n\n"
    );
    select(stage, (3, "Deep"), (3, "Outer")).await;
    assert_eq!(
        quote(stage).await,
        "> [Cleo](#reply-3) said:\n>\n> > [Bo](#reply-2) said:\n> > […]\n> >\n> > Outer…\n\n"
    );
    select(stage, (4, "words"), (4, "words 1")).await;
    assert_eq!(
        quote(stage).await,
        "> [Di](#reply-4) said:\n>\n> > [](#reply-1) said:\n> > …**words** here\n>\n> Own\\\n> words 1…\n\n"
    );
}

async fn a_selection_over_two_replies_is_of_the_first(stage: &Stage) {
    stage.read(open(vec![reply(1, "Ada", "One two."), reply(2, "Bo", "Three four.")])).await;
    select(stage, (1, "two"), (2, "Three")).await;
    assert_eq!(quote(stage).await, "> [Ada](#reply-1) said:\n> …two.\n\n");
}

async fn any_script_can_be_selected(stage: &Stage) {
    let replies = vec![
        reply(1, "דנה", "שלום עולם טוב מאוד."),
        reply(2, "太郎", "今日は良い天気です。明日も。"),
        reply(3, "Zoë", "😀 Ça va 👍🏽 bien."),
    ];
    stage.read(open(replies)).await;
    select(stage, (1, "עולם"), (1, "טוב")).await;
    assert_eq!(quote(stage).await, "> [דנה](#reply-1) said:\n> …עולם טוב…\n\n");
    select(stage, (2, "良い"), (2, "天気")).await;
    assert_eq!(quote(stage).await, "> [太郎](#reply-2) said:\n> …良い天気…\n\n");
    select(stage, (3, "va"), (3, "👍🏽")).await;
    assert_eq!(quote(stage).await, "> [Zoë](#reply-3) said:\n> …va 👍🏽…\n\n");
}

async fn a_strict_policy_is_no_hindrance(stage: &Stage) {
    let policy = "default-src 'none'; script-src 'self' {other} 'wasm-unsafe-eval'; connect-src {other}";
    let page = open(vec![reply(1, "Ada", "One two three.")]);
    stage.host.backend().put(page);
    stage.open(&Article::with_thread("").policy(policy)).await;
    stage.ready().await;
    select(stage, (1, "two"), (1, "two")).await;
    stage.until("it stands somewhere", "shown(part('quote-selection')) && reply(1).style.length === 2").await;
    assert_eq!(quote(stage).await, "> [Ada](#reply-1) said:\n> …two…\n\n");
}
