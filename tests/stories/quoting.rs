//! Quoting: whole replies, and what is selected in them.

use afterword_contract::{Feature, Format, Reply, ThreadPage};
use afterword_tests::backend::{reply, thread};
use afterword_tests::stage::Stage;
use afterword_tests::stories;
use fantoccini::actions::{InputSource, MOUSE_BUTTON_LEFT, MouseActions, PointerAction};

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
async fn select(stage: &Stage, from: (u32, &str), to: (u32, &str)) {
    let at = async |(number, words): (u32, &str), end: u8| {
        let place = stage.eval(&format!("{WORDS}({number}, {words:?}, {end})")).await;
        (place[0].as_f64().expect("the words are there"), place[1].as_f64().unwrap_or_default())
    };
    let (from, to) = (at(from, 0).await, at(to, 1).await);
    let pointer = MouseActions::new("pointer".to_owned())
        .then(PointerAction::MoveTo { duration: None, x: from.0 as i64 as f64, y: from.1 })
        .then(PointerAction::Down { button: MOUSE_BUTTON_LEFT })
        .then(PointerAction::MoveTo { duration: None, x: (from.0 + to.0) / 2.0, y: to.1 })
        .then(PointerAction::MoveTo { duration: None, x: to.0, y: to.1 })
        .then(PointerAction::Up { button: MOUSE_BUTTON_LEFT });
    stage.client.perform_actions(pointer).await.expect("the pointer selects");
}
