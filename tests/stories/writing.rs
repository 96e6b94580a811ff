//! Writing: what a reader meets from the button to the reply in its place, and what may come between.

use afterword_contract::{Feature, ThreadPage};
use afterword_tests::article::{Article, SCRIPT, element};
use afterword_tests::backend::{long_thread, reply, thread};
use afterword_tests::fault::Fault;
use afterword_tests::stage::Stage;
use afterword_tests::stories;
use serde_json::json;

stories! { writing:
    a_guest_writes_a_reply,
    a_name_given_in_another_tab_is_known_here,
    a_name_that_is_taken_is_said_at_the_name,
    nobody_writes_where_the_backend_takes_nothing,
    a_draft_survives_a_reload,
    nothing_that_storage_or_page_say_wrongly_keeps_a_reply_back,
    a_page_that_comes_late_takes_nobody_from_writing,
    an_answer_that_is_lost_leads_to_one_reply,
    offline_it_waits_and_is_posted_once,
    a_thread_that_was_locked_meanwhile_keeps_the_text,
    too_fast_says_how_long,
    a_token_that_went_stale_keeps_the_text,
    a_sign_in_that_never_answers_is_not_waited_for,
    a_token_of_the_page_that_is_refused_takes_no_guest_away,
    the_page_signs_readers_in,
    two_tabs_do_not_overwrite_each_other,
    two_widgets_of_a_thread_do_not_overwrite_each_other,
    a_browser_that_keeps_nothing_says_so,
    keys_that_are_typed_are_not_the_pages,
    a_held_reply_is_thanked_for,
    the_toolbar_marks_what_is_selected,
    what_the_widget_adds_is_undone_as_what_was_typed,
    a_long_reply_is_quoted_without_waiting,
    a_long_word_makes_the_composer_no_wider,
    the_preview_is_drawn_as_the_reply_will_be,
    a_text_is_thrown_away_only_after_a_question,
    axe_finds_nothing_while_somebody_writes,
}

const GUESTS: &[Feature] = &[Feature::Reply, Feature::Viewer, Feature::Guest];
const MEMBERS: &[Feature] = &[Feature::Reply, Feature::Viewer];

fn open_thread(features: &[Feature]) -> ThreadPage {
    let mut page = thread("t", vec![reply(1, "Ada", "One."), reply(2, "Bo", "Two.")]);
    page.thread.features = features.to_vec();
    page.thread.limits.body_bytes = Some(1000);
    page
}

/// A page's own sign-in: everybody is whom `window.token` says.
const SIGN_IN: &str = "<script nonce='c2VjcmV0'>addEventListener('DOMContentLoaded', () => {
  document.querySelector('after-word').getToken = async () => window.token; });</script>";

/// Opens an article to which Ada, a member, may reply.
async fn as_member(stage: &Stage) {
    stage.host.backend().put(open_thread(MEMBERS));
    stage.host.backend().know("ada's", "Ada");
    let head = format!("{SIGN_IN}<script nonce='c2VjcmV0'>window.token = \"ada's\"</script>");
    stage.open(&Article::with_thread("").head(&head)).await;
    stage.ready().await;
}

async fn write(stage: &Stage, text: &str) {
    stage.click("part('composer-open')").await;
    stage.until("the text has the focus", "focused() === part('composer-text')").await;
    stage.press(text).await;
    stage.until("it is there", &format!("part('composer-text').value === {text:?}")).await;
}

async fn send(stage: &Stage) {
    stage.click("part('composer-submit')").await;
}

async fn is_posted(stage: &Stage, number: u32, body: &str) {
    stage
        .until(
            "the reply stands in its place and has the focus",
            &format!(
                "focused() === reply({number}) && text(within(reply({number}), 'reply-body')) === {body:?}"
            ),
        )
        .await;
    stage.check("the composer is closed", "!part('composer') && part('composer-open')").await;
}

async fn says(stage: &Stage, words: &str) {
    stage.until("it says why", &format!("text(part('composer-status'))?.includes({words:?})")).await;
}

async fn a_name_given_in_another_tab_is_known_here(stage: &Stage) {
    stage.read(open_thread(GUESTS)).await;
    write(stage, "Three.").await;
    send(stage).await;
    stage.until("a name is asked for", "!!part('composer-name')").await;
    stage
        .run_async(
            "const { api } = elements()[0];
             fetch(`${api}/guests`, {
               method: 'POST', body: JSON.stringify({ name: 'Bram' }), headers: { 'Content-Type': 'application/json' },
             }).then((it) => it.json()).then((guest) => {
               const other = document.body.appendChild(document.createElement('iframe'));
               other.contentWindow.localStorage.setItem(`afterword:guest:${api}`, JSON.stringify(guest));
               done();
             });",
        )
        .await;
    stage.until("no longer", "!part('composer-name')").await;
    send(stage).await;
    is_posted(stage, 3, "Three.").await;
    assert_eq!(stage.host.asked("/api/guests").iter().filter(|it| it.method == "POST").count(), 1);
}

async fn a_guest_writes_a_reply(stage: &Stage) {
    stage.read(open_thread(GUESTS)).await;
    write(stage, "Three.").await;
    send(stage).await;
    says(stage, "give a name").await;
    stage.until("the name has the focus", "focused() === part('composer-name')").await;
    stage.press("Bram").await;
    send(stage).await;
    is_posted(stage, 3, "Three.").await;
    stage.until("it is said once", "text(part('announcer')) === 'Posted as reply 3.'").await;
    stage.equal("text(part('count'))", "3 replies").await;
    stage
        .equal(
            "window.__events.filter((it) => it.type === 'afterword-reply-posted').map((it) => it.detail)",
            json!([{ "thread": "t", "id": "r3", "number": 3 }]),
        )
        .await;
    // Known from now on, also after a reload.
    stage.reload().await;
    stage.ready().await;
    write(stage, "Four.").await;
    stage.until("no name is asked for", "!part('composer-name')").await;
    send(stage).await;
    is_posted(stage, 4, "Four.").await;
    assert_eq!(stage.host.asked("/api/guests").iter().filter(|it| it.method == "POST").count(), 1);
}

async fn a_name_that_is_taken_is_said_at_the_name(stage: &Stage) {
    stage.allow("console.error", "422");
    stage.read(open_thread(GUESTS)).await;
    write(stage, "Three.").await;
    stage.click("part('composer-name')").await;
    stage.press("Taken").await;
    send(stage).await;
    says(stage, "This name belongs to a member.").await;
    stage.until("the name is marked", "part('composer-name').getAttribute('aria-invalid') === 'true'").await;
    stage.equal("part('composer-text').value", "Three.").await;
}

async fn nobody_writes_where_the_backend_takes_nothing(stage: &Stage) {
    stage.read(open_thread(&[Feature::Viewer])).await;
    stage.check("there is no composer", "!part('composer-open') && !part('composer')").await;
}

async fn a_draft_survives_a_reload(stage: &Stage) {
    stage.read(open_thread(GUESTS)).await;
    write(stage, "Half a thought").await;
    stage.reload().await;
    stage.ready().await;
    stage.until("the text is back", "part('composer-text')?.value === 'Half a thought'").await;
    stage.check("the focus is not taken", "focused() === document.body").await;
}

async fn nothing_that_storage_or_page_say_wrongly_keeps_a_reply_back(stage: &Stage) {
    as_member(stage).await;
    write(stage, "Three.").await;
    // A key that no header can say, and an article whose form is `document.title`.
    stage
        .run(
            "for (const key of Object.keys(localStorage).filter((it) => it.startsWith('afterword:draft:')))
                localStorage.setItem(key, JSON.stringify({ ...JSON.parse(localStorage[key]), key: '→' }))",
        )
        .await;
    stage.reload().await;
    stage.ready().await;
    stage.until("the text is back", "part('composer-text')?.value === 'Three.'").await;
    stage.run("document.body.insertAdjacentHTML('beforeend', '<form name=title><input></form>')").await;
    stage.equal("document.title.localName", "form").await;
    send(stage).await;
    is_posted(stage, 3, "Three.").await;
}

async fn a_page_that_comes_late_takes_nobody_from_writing(stage: &Stage) {
    let mut page = long_thread("t", 200);
    page.thread.features = GUESTS.to_vec();
    stage.host.backend().put(page);
    stage.open(&Article::with_thread("page-size=20")).await;
    stage.ready().await;
    let gate = stage.host.hold("around=150");
    stage.run("elements()[0].goTo(150)").await;
    gate.reached_by(1).await;
    write(stage, "While it loads").await;
    gate.open();
    stage.until("the page is there", "reply(150)?.hasAttribute('data-target')").await;
    stage.frames().await;
    stage.check("one goes on writing", "focused() === part('composer-text')").await;
}

async fn an_answer_that_is_lost_leads_to_one_reply(stage: &Stage) {
    as_member(stage).await;
    write(stage, "Once.").await;
    stage.host.fail("POST /api/replies", Fault::Lost);
    send(stage).await;
    says(stage, "may not have arrived").await;
    // The page goes, too: the key is kept with the draft.
    stage.reload().await;
    stage.ready().await;
    stage.host.heal();
    stage.until("the text is back", "part('composer-text')?.value === 'Once.'").await;
    send(stage).await;
    is_posted(stage, 3, "Once.").await;
    assert_eq!(stage.host.backend().bodies("t"), ["One.", "Two.", "Once."]);
    assert!(stage.host.asked("/api/replies").iter().filter(|it| it.method == "POST").count() >= 2);
}

/// What the browser says of the network, by a page that says it in its place.
async fn network(stage: &Stage, online: bool) {
    let event = if online { "online" } else { "offline" };
    stage
        .run(&format!(
            "Object.defineProperty(navigator, 'onLine', {{ value: {online}, configurable: true }});
             dispatchEvent(new Event('{event}'));"
        ))
        .await;
}

async fn offline_it_waits_and_is_posted_once(stage: &Stage) {
    as_member(stage).await;
    write(stage, "Later.").await;
    network(stage, false).await;
    send(stage).await;
    says(stage, "sent as soon as you are online").await;
    stage.axe("waiting for the network").await;
    assert_eq!(stage.host.backend().bodies("t").len(), 2);
    network(stage, true).await;
    is_posted(stage, 3, "Later.").await;
    network(stage, true).await;
    assert_eq!(stage.host.backend().bodies("t"), ["One.", "Two.", "Later."]);
}

async fn a_thread_that_was_locked_meanwhile_keeps_the_text(stage: &Stage) {
    stage.read_with(open_thread(GUESTS), "theme=light").await;
    write(stage, "Words").await;
    let mut page = open_thread(GUESTS);
    page.thread.locked = true;
    stage.host.backend().put(page);
    stage.run("elements()[0].reload()").await;
    stage.until("it says so", "!!one('[data-kind=locked]')").await;
    stage.equal("part('composer-text').value", "Words").await;
    stage.check("it is sent no more", "!shown(part('composer-submit'))").await;
    stage.axe("locked").await;
}

async fn too_fast_says_how_long(stage: &Stage) {
    stage.allow("console.error", "429");
    as_member(stage).await;
    write(stage, "Quick.").await;
    stage.host.fail("POST /api/replies", Fault::Busy(7));
    send(stage).await;
    says(stage, "wait 7 seconds").await;
    stage.axe("writing too fast").await;
    stage.host.heal();
    send(stage).await;
    is_posted(stage, 3, "Quick.").await;
}

async fn a_token_that_went_stale_keeps_the_text(stage: &Stage) {
    stage.allow("console.error", "401");
    stage.read(open_thread(GUESTS)).await;
    write(stage, "Three.").await;
    stage.click("part('composer-name')").await;
    stage.press("Bram").await;
    send(stage).await;
    is_posted(stage, 3, "Three.").await;
    write(stage, "Four.").await;
    stage.host.backend().forget_all();
    send(stage).await;
    says(stage, "say who you are").await;
    stage.equal("part('composer-text').value", "Four.").await;
    stage.until("a name is asked for", "focused() === part('composer-name')").await;
    stage.axe("signed out").await;
    send(stage).await;
    is_posted(stage, 4, "Four.").await;
}

async fn a_token_of_the_page_that_is_refused_takes_no_guest_away(stage: &Stage) {
    stage.allow("console.error", "401");
    stage.host.backend().put(open_thread(GUESTS));
    stage.open(&Article::with_thread("").head(SIGN_IN)).await;
    stage.ready().await;
    write(stage, "Three.").await;
    stage.click("part('composer-name')").await;
    stage.press("Bram").await;
    send(stage).await;
    is_posted(stage, 3, "Three.").await;
    stage.run("window.token = 'stale'").await;
    write(stage, "Four.").await;
    send(stage).await;
    says(stage, "say who you are").await;
    // Signed out of the page, they are whom they were.
    stage.run("window.token = null; elements()[0].reload()").await;
    stage.until("no name is asked for", "part('composer') && !part('composer-name')").await;
    send(stage).await;
    is_posted(stage, 4, "Four.").await;
}

async fn a_sign_in_that_never_answers_is_not_waited_for(stage: &Stage) {
    stage.host.backend().put(open_thread(MEMBERS));
    stage.host.backend().know("ada's", "Ada");
    let head =
        format!("{}{SIGN_IN}<script nonce='c2VjcmV0'>window.token = \"ada's\"</script>", stage.clock());
    stage.open(&Article::with_thread("").head(&head)).await;
    stage.ready().await;
    write(stage, "Three.").await;
    stage.run("elements()[0].getToken = () => new Promise(() => {})").await;
    send(stage).await;
    stage.until("it is on its way", "text(part('composer-submit')) === 'Sending…'").await;
    stage.run("pass(1)").await;
    says(stage, "say who you are").await;
    stage.equal("part('composer-text').value", "Three.").await;
}

async fn the_page_signs_readers_in(stage: &Stage) {
    stage.host.backend().put(open_thread(MEMBERS));
    stage.host.backend().know("ada's", "Ada");
    stage.open(&Article::with_thread("").head(SIGN_IN)).await;
    stage.ready().await;
    write(stage, "Mine.").await;
    stage.click("part('composer-sign-in')").await;
    stage
        .until("the page hears", "window.__events.some((it) => it.type === 'afterword-sign-in-requested')")
        .await;
    stage.run("window.token = \"ada's\"; elements()[0].reload()").await;
    stage.until("the reply can be sent", "part('composer-submit')").await;
    stage.equal("part('composer-text').value", "Mine.").await;
    send(stage).await;
    is_posted(stage, 3, "Mine.").await;
}

/// Another tab keeps this as its draft: this one hears of it by an event.
async fn elsewhere(stage: &Stage, text: &str) {
    stage
        .run(&format!(
            "const key = Object.keys(localStorage).find((key) => key.startsWith('afterword:draft:'));
             localStorage.setItem(key, JSON.stringify({{ text: {text:?} }}));
             dispatchEvent(new StorageEvent('storage', {{ key, storageArea: localStorage }}));"
        ))
        .await;
}

async fn two_tabs_do_not_overwrite_each_other(stage: &Stage) {
    stage.read(open_thread(GUESTS)).await;
    write(stage, "mine").await;
    elsewhere(stage, "theirs").await;
    stage.until("it asks", "part('composer-question')").await;
    stage.equal("part('composer-text').value", "mine").await;
    stage.click("within(part('composer-question'), 'button')").await;
    stage.until("the other text is here", "part('composer-text').value === 'theirs'").await;
    stage.check("nothing is asked any more", "!part('composer-question')").await;
    // Nothing was typed here since, so this tab follows.
    elsewhere(stage, "theirs again").await;
    stage.until("it follows", "part('composer-text').value === 'theirs again'").await;
}

async fn two_widgets_of_a_thread_do_not_overwrite_each_other(stage: &Stage) {
    stage.host.backend().put(open_thread(GUESTS));
    stage.open(&Article::with(&format!("{}{}{SCRIPT}", element("t", ""), element("t", "id=second")))).await;
    for at in 0..2 {
        stage.until("it is ready", &format!("state({at}) === 'ready'")).await;
    }
    for (at, text) in [(0, "first"), (1, "second")] {
        let field = format!("part('composer-text', {at})");
        stage.until("it can be written in", &field).await;
        stage.click(&field).await;
        stage.run(&format!("{field}.select()")).await;
        stage.press(text).await;
        stage.until("it is there", &format!("{field}.value === {text:?}")).await;
    }
    stage.until("the first asks", "part('composer-question', 0)").await;
    stage.equal("part('composer-text', 0).value", "first").await;
    stage.click("part('composer-name', 1)").await;
    stage.press("Bram").await;
    stage.click("part('composer-submit', 1)").await;
    stage.until("it is posted", "text(within(reply(3, 1), 'reply-body')) === 'second'").await;
    stage.until("the first is known by that name", "!part('composer-name', 0)").await;
    stage.equal("part('composer-text', 0).value", "first").await;
    stage.reload().await;
    stage.until("it was kept", "part('composer-text', 0)?.value === 'first'").await;
}

async fn a_browser_that_keeps_nothing_says_so(stage: &Stage) {
    stage.host.backend().put(open_thread(GUESTS));
    let full = "<script nonce='c2VjcmV0'>Storage.prototype.setItem = () => { throw new Error('full'); };
      localStorage['afterword:draft:{api}:t:new'] = '{\"text\":[}';</script>";
    // A second widget is told nothing either, and nobody goes on telling.
    let body = format!("{}{}{SCRIPT}", element("t", ""), element("u", ""));
    stage.host.backend().put(thread("u", vec![]));
    stage.open(&Article::with(&body).head(full)).await;
    stage.ready().await;
    stage.until("so is the second", "state(1) === 'ready'").await;
    write(stage, "Fleeting.").await;
    says(stage, "keeps no drafts").await;
    stage.click("part('composer-name')").await;
    stage.press("Bram").await;
    send(stage).await;
    is_posted(stage, 3, "Fleeting.").await;
}

async fn keys_that_are_typed_are_not_the_pages(stage: &Stage) {
    stage.read(open_thread(GUESTS)).await;
    stage
        .run(
            "window.heard = [];
             for (const type of ['keydown', 'keyup', 'keypress'])
               document.addEventListener(type, (event) => window.heard.push(event.key));",
        )
        .await;
    write(stage, "jk/ ?").await;
    stage.equal("window.heard.filter((key) => key.length === 1)", json!([])).await;
    stage.click("part('composer-name')").await;
    stage.press("jk").await;
    stage.equal("window.heard.filter((key) => key.length === 1)", json!([])).await;
    // A sign that some keyboards write with the Alt key.
    stage
        .run(
            "for (const ctrlKey of [true, false])
               part('composer-text').dispatchEvent(new KeyboardEvent('keydown',
                 { key: '[', altKey: true, ctrlKey, bubbles: true, composed: true, cancelable: true }))",
        )
        .await;
    stage.equal("window.heard.filter((key) => key.length === 1)", json!([])).await;
}

async fn a_held_reply_is_thanked_for(stage: &Stage) {
    as_member(stage).await;
    stage.host.backend().hold_replies();
    write(stage, "Wait for me.").await;
    send(stage).await;
    says(stage, "waiting for approval").await;
    stage.until("the closed text has the focus", "focused() === part('composer-open')").await;
    stage.equal("texts('reply-body')", json!(["One.", "Two.", "Wait for me."])).await;
    stage.equal("text(part('count'))", "2 replies").await;
    stage.axe("held").await;
}

async fn the_toolbar_marks_what_is_selected(stage: &Stage) {
    stage.read(open_thread(GUESTS)).await;
    write(stage, "so very good").await;
    stage.run("part('composer-text').setSelectionRange(3, 7)").await;
    stage.click("part('composer-tool')").await;
    stage.until("it is bold", "part('composer-text').value === 'so **very** good'").await;
    stage
        .until(
            "the word is selected and the text has the focus",
            "focused() === part('composer-text') && part('composer-text').selectionStart === 5
             && part('composer-text').selectionEnd === 9",
        )
        .await;
    stage
        .run(
            "part('composer-text').dispatchEvent(new KeyboardEvent('keydown',
               { key: 'b', ctrlKey: true, bubbles: true, composed: true, cancelable: true }))",
        )
        .await;
    stage.until("and no longer", "part('composer-text').value === 'so very good'").await;
}

async fn what_the_widget_adds_is_undone_as_what_was_typed(stage: &Stage) {
    stage.read(open_thread(GUESTS)).await;
    write(stage, "so good").await;
    let value = |text: &str| format!("part('composer-text').value === {text:?}");
    let undo = "document.execCommand('undo')";
    stage.run("part('composer-text').setSelectionRange(3, 7)").await;
    stage.click("part('composer-tool')").await;
    stage.until("it is bold", &value("so **good**")).await;
    stage.frames().await;
    stage.run(undo).await;
    stage.until("and no longer", &value("so good")).await;
    stage.until("as the widget knows", "/\"so good\"/.test(Object.values(localStorage).join())").await;
    stage.run("document.execCommand('redo')").await;
    stage.until("again", &value("so **good**")).await;
    stage.run(undo).await;
    stage.click("[...within(reply(1), 'reply-actions').children].at(-1)").await;
    let quoted = "so good\n\n> [Ada](#reply-1) said:\n> One.\n\n";
    stage.until("it is quoted", &value(quoted)).await;
    stage.frames().await;
    stage.check("the focus is there", "focused() === part('composer-text')").await;
    stage.run(undo).await;
    stage.until("the quote is gone, and nothing else", &value("so good")).await;
    // What was sent is not undone into the next reply.
    stage.click("part('composer-name')").await;
    stage.press("Bram").await;
    send(stage).await;
    is_posted(stage, 3, "so good").await;
    write(stage, "next").await;
    for _ in 0..9 {
        stage.run(undo).await;
    }
    stage.check("nothing of it", "!/good/.test(part('composer-text').value)").await;
    // Beside its preview, too.
    stage.run("part('composer-text').focus()").await;
    stage.press("seen").await;
    stage.click("part('composer-preview-button')").await;
    stage.until("it is drawn", "part('composer-preview')").await;
    stage.click("part('composer-tool')").await;
    stage.until("it is written on", "shown(part('composer-text'))").await;
    stage.until("with marks", "part('composer-text').value.includes('**')").await;
    stage.frames().await;
    stage.run(undo).await;
    stage.check("which can be undone", "!part('composer-text').value.includes('**')").await;
}

async fn a_long_reply_is_quoted_without_waiting(stage: &Stage) {
    let mut page = open_thread(GUESTS);
    page.replies[0].body = "line\n".repeat(900);
    page.thread.limits.body_bytes = Some(100_000);
    stage.read(page).await;
    write(stage, "before").await;
    stage.click("[...within(reply(1), 'reply-actions').children].at(-1)").await;
    stage.until("it is quoted", "part('composer-text').value.split('\\n> line').length > 800").await;
    stage.until("the focus is there", "focused() === part('composer-text')").await;
    stage.frames().await;
    stage.press("answer").await;
    for act in ["undo", "undo", "undo", "redo", "redo", "redo"] {
        stage.run(&format!("document.execCommand('{act}')")).await;
    }
    stage.check("nothing is mixed into it", "part('composer-text').value.split('before').length === 2").await;
}

async fn a_long_word_makes_the_composer_no_wider(stage: &Stage) {
    stage.read(open_thread(GUESTS)).await;
    write(stage, &"word".repeat(40)).await;
    let width =
        "part('composer-text').getBoundingClientRect().right <= part('thread').getBoundingClientRect().right";
    for width_of_page in [900, 320] {
        stage.resize(width_of_page, 700).await;
        stage.until("it stays in its column", width).await;
    }
    stage.resize(900, 700).await;
}

async fn the_preview_is_drawn_as_the_reply_will_be(stage: &Stage) {
    stage.read(open_thread(GUESTS)).await;
    write(stage, "*so*").await;
    stage.click("part('composer-preview-button')").await;
    stage.until("it is drawn", "part('composer-preview')?.querySelector('em')?.textContent === 'so'").await;
    stage.check("the text makes room", "!shown(part('composer-text'))").await;
    stage.click("part('composer-preview-button')").await;
    stage.until("the text is back", "shown(part('composer-text')) && !part('composer-preview')").await;
    stage.equal("part('composer-text').value", "*so*").await;
}

async fn a_text_is_thrown_away_only_after_a_question(stage: &Stage) {
    stage.read(open_thread(GUESTS)).await;
    write(stage, "Words").await;
    stage.press("\u{e00c}").await;
    stage.until("it asks", "part('composer-question')").await;
    stage.equal("part('composer-text').value", "Words").await;
    stage.click("within(part('composer-question'), 'button')").await;
    stage.until("it is closed and has the focus", "focused() === part('composer-open')").await;
    stage.equal("Object.keys(localStorage).filter((key) => /draft/.test(key)).length", 0).await;
}

async fn axe_finds_nothing_while_somebody_writes(stage: &Stage) {
    stage.read_with(open_thread(GUESTS), "theme=light").await;
    stage.axe("closed").await;
    write(stage, "Words").await;
    stage.axe("writing").await;
    send(stage).await;
    says(stage, "give a name").await;
    stage.axe("refused").await;
    elsewhere(stage, "others").await;
    stage.until("it asks", "part('composer-question')").await;
    stage.axe("asked").await;
    stage.click("part('composer-preview-button')").await;
    stage.until("it is drawn", "part('composer-preview')").await;
    stage.axe("preview").await;
}
