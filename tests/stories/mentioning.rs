//! Mentioning: the list below the text, by keyboard and by pointer, and the ids that go along.

use afterword_contract::{Feature, ThreadPage};
use afterword_tests::article::Article;
use afterword_tests::backend::{reply, thread};
use afterword_tests::stage::Stage;
use afterword_tests::stories;
use serde_json::json;

stories! { mentioning:
    a_name_with_a_space_is_mentioned_by_keyboard_alone,
    a_person_is_mentioned_by_pointer,
    escape_takes_the_list_away_and_leaves_the_text,
    a_name_from_right_to_left_is_mentioned,
    the_backend_s_people_stand_behind_the_thread_s,
    an_eleventh_person_is_not_offered,
    what_an_input_method_composes_is_its_own,
    who_types_on_at_once_is_not_taken_back,
    axe_finds_nothing_while_people_are_offered,
}

const UP: &str = "\u{e013}";
const DOWN: &str = "\u{e015}";
const ENTER: &str = "\u{e007}";
const ESCAPE: &str = "\u{e00c}";
const TAB: &str = "\u{e004}";

/// A page that signs Ada in.
const SIGNED_IN: &str = "<script nonce='c2VjcmV0'>addEventListener('DOMContentLoaded', () => {
  document.querySelector('after-word').getToken = async () => \"ada's\"; });</script>";

fn people() -> ThreadPage {
    let replies = vec![reply(1, "avon b7", "One."), reply(2, "دينا نور", "Two."), reply(3, "Bo", "Three.")];
    let mut page = thread("t", replies);
    page.thread.features = vec![Feature::Reply, Feature::Viewer, Feature::Mention];
    page
}

/// Opens a thread to which Ada may reply, and its composer.
async fn writing(stage: &Stage, page: ThreadPage, attributes: &str) {
    stage.host.backend().put(page);
    stage.host.backend().know("ada's", "Ada");
    stage.open(&Article::with_thread(attributes).head(SIGNED_IN)).await;
    stage.ready().await;
    stage.click("part('composer-open')").await;
    stage.until("the text has the focus", "focused() === part('composer-text')").await;
}

async fn offers(stage: &Stage, names: &[&str]) {
    let names = json!(names);
    let same = format!("JSON.stringify(texts('people-option')) === JSON.stringify({names})");
    stage.until("these are offered", &same).await;
}

async fn holds(stage: &Stage, text: &str) {
    let same = format!(
        "part('composer-text').value === {text:?} && part('composer-text').selectionStart === {}",
        text.encode_utf16().count()
    );
    stage.until("the text has it, and the caret stands behind it", &same).await;
    stage.check("the text has the focus", "focused() === part('composer-text')").await;
}

/// Sends the reply and tells the ids of those whom it mentions.
async fn sent(stage: &Stage) -> Vec<String> {
    stage.click("part('composer-submit')").await;
    stage.until("it is posted", "reply(4)").await;
    let mentions = stage.host.backend().mentions().pop().expect("a reply was posted");
    mentions.into_iter().filter_map(|person| person.id).map(|id| id.0).collect()
}

async fn a_name_with_a_space_is_mentioned_by_keyboard_alone(stage: &Stage) {
    writing(stage, people(), "").await;
    stage.press("Well, @").await;
    offers(stage, &["Bo", "avon b7", "دينا نور"]).await;
    stage
        .until("all of it is seen", "part('people-menu').getBoundingClientRect().bottom < innerHeight + 1")
        .await;
    stage.until("it is said", "text(part('announcer')) === '3 people. Press Enter to mention Bo.'").await;
    stage.check("no option is active", "!part('composer-text').hasAttribute('aria-activedescendant')").await;
    stage.press(DOWN).await;
    stage
        .until(
            "the second is active",
            "one('#' + part('composer-text').getAttribute('aria-activedescendant'))?.ariaSelected === 'true'
             && text(one('[aria-selected=true]')) === 'avon b7'",
        )
        .await;
    stage.press("av").await;
    offers(stage, &["avon b7"]).await;
    stage.press(ENTER).await;
    holds(stage, "Well, @\"avon b7\" ").await;
    stage.check("the list is gone", "!part('people-menu')").await;
    stage.press("so.").await;
    holds(stage, "Well, @\"avon b7\" so.").await;
    stage.click("part('composer-preview-button')").await;
    stage.until("it is drawn", "text(within(part('composer-preview'), 'mention')) === '@avon b7'").await;
    assert_eq!(sent(stage).await, ["avon-b7"]);
    stage.until("it is a mention", "text(within(reply(4), 'mention')) === '@avon b7'").await;
}

async fn a_person_is_mentioned_by_pointer(stage: &Stage) {
    writing(stage, people(), "").await;
    stage.press("Hi").await;
    stage.until("it is there", "part('composer-text').value === 'Hi'").await;
    stage.click("parts('composer-tool').at(-1)").await;
    offers(stage, &["Bo", "avon b7", "دينا نور"]).await;
    stage.click("part('people-option')").await;
    holds(stage, "Hi @Bo ").await;
    stage.press("!").await;
    assert_eq!(sent(stage).await, ["Bo"]);
}

async fn escape_takes_the_list_away_and_leaves_the_text(stage: &Stage) {
    writing(stage, people(), "").await;
    stage.press("@a").await;
    offers(stage, &["avon b7"]).await;
    stage.press(ESCAPE).await;
    stage.until("the list is gone", "!part('people-menu')").await;
    stage.check("nothing is asked", "part('composer') && !part('composer-question')").await;
    stage.press("v").await;
    holds(stage, "@av").await;
    stage.check("it stays away", "!part('people-menu')").await;
    stage.press(" @b").await;
    offers(stage, &["Bo", "avon b7"]).await;
    stage.press(UP).await;
    stage.until("the last is marked", "text(one('[aria-selected=true]')) === 'avon b7'").await;
    stage.focus("part('composer-submit')").await;
    stage.until("a list is only there while one writes", "!part('people-menu')").await;
    stage.focus("part('composer-text')").await;
    stage.press(ESCAPE).await;
    stage.until("now it asks", "part('composer-question')").await;
}

async fn a_name_from_right_to_left_is_mentioned(stage: &Stage) {
    writing(stage, people(), "").await;
    stage.press("@نو").await;
    offers(stage, &["دينا نور"]).await;
    stage.press(TAB).await;
    holds(stage, "@\"دينا نور\" ").await;
    assert_eq!(sent(stage).await.len(), 1);
    stage.until("it is a mention", "text(within(reply(4), 'mention')) === '@دينا نور'").await;
}

async fn the_backend_s_people_stand_behind_the_thread_s(stage: &Stage) {
    for name in ["Aristide du Lac", "avon b7", "Zoë"] {
        stage.host.backend().meet(name);
    }
    writing(stage, people(), "").await;
    stage.press("@").await;
    offers(stage, &["Bo", "avon b7", "دينا نور"]).await;
    stage.press("a").await;
    offers(stage, &["avon b7", "Aristide du Lac"]).await;
    stage.press(&[UP, ENTER].concat()).await;
    holds(stage, "@\"Aristide du Lac\" ").await;
    assert_eq!(stage.host.asked("/api/people").len(), 1, "everybody is never asked for");
    assert_eq!(sent(stage).await, ["Aristide-du-Lac"]);
}

async fn an_eleventh_person_is_not_offered(stage: &Stage) {
    let mut page = people();
    page.replies = (1..=11).map(|n| reply(n, &format!("P{n:02}"), "Here.")).collect();
    page.thread.total = 11;
    writing(stage, page, "").await;
    for n in 1..=10 {
        stage.press(&format!("@p{n:02}")).await;
        offers(stage, &[&format!("P{n:02}")]).await;
        stage.press(ENTER).await;
        stage
            .until("the mention is there", &format!("part('composer-text').value.endsWith('@P{n:02} ')"))
            .await;
    }
    stage.press("@p11").await;
    stage
        .until(
            "it says why",
            "text(part('people-menu')) === 'A reply can mention ten people, and this one does.'",
        )
        .await;
    stage.until("aloud, too", "text(part('announcer')) === text(part('people-menu'))").await;
    stage.press(ENTER).await;
    stage.until("Enter is a new line", "part('composer-text').value.endsWith('@p11\\n')").await;
    stage.check("and the list is gone", "!part('people-menu')").await;
}

async fn what_an_input_method_composes_is_its_own(stage: &Stage) {
    writing(stage, people(), "").await;
    stage.press("@a").await;
    offers(stage, &["avon b7"]).await;
    for of_the_method in ["isComposing: true", "keyCode: 229"] {
        let kept = format!(
            "part('composer-text').dispatchEvent(new KeyboardEvent('keydown',
               {{ key: 'Enter', bubbles: true, composed: true, cancelable: true, {of_the_method} }}))"
        );
        stage.check("the key is the input method's", &kept).await;
    }
    stage.equal("part('composer-text').value", "@a").await;
}

/// The caret is set once the page is drawn; letters that come before that pushed it, and were then behind it.
async fn who_types_on_at_once_is_not_taken_back(stage: &Stage) {
    writing(stage, people(), "").await;
    stage.press("@a").await;
    offers(stage, &["avon b7"]).await;
    stage
        .run_async(
            "const field = part('composer-text');
             field.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, composed: true, cancelable: true }));
             const typed = () => {
               if (field.value === '@a') return queueMicrotask(typed);
               field.setRangeText('!', field.value.length, field.value.length, 'end');
               field.dispatchEvent(new InputEvent('input', { bubbles: true, composed: true }));
               requestAnimationFrame(() => requestAnimationFrame(() => done(1)));
             };
             typed();",
        )
        .await;
    holds(stage, "@\"avon b7\" !").await;
}

async fn axe_finds_nothing_while_people_are_offered(stage: &Stage) {
    writing(stage, people(), "theme=light").await;
    stage.press("@").await;
    offers(stage, &["Bo", "avon b7", "دينا نور"]).await;
    stage.axe("offered").await;
    stage.press(DOWN).await;
    stage.until("one is active", "part('composer-text').hasAttribute('aria-activedescendant')").await;
    stage.axe("active").await;
}
