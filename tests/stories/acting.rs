//! What a reader does to replies: reacts, edits, deletes and takes that back, reports, looks at what was said before.

use afterword_contract::{Feature, ProblemType, Reply, ThreadPage};
use afterword_tests::article::Article;
use afterword_tests::backend::{reaction, reply, thread};
use afterword_tests::fault::Fault;
use afterword_tests::stage::Stage;
use afterword_tests::stories;
use serde_json::json;

stories! { acting:
    a_reaction_is_chosen_and_taken_back,
    a_reaction_that_is_refused_is_taken_back_and_it_is_said_why,
    many_presses_end_as_the_last_one_says,
    what_was_pressed_is_sent_though_the_widget_goes_at_once,
    a_guest_gives_a_name_and_the_reaction_follows,
    a_reply_is_edited_and_what_was_being_written_comes_back,
    a_revision_that_no_header_can_say_holds_nobody_fast,
    of_two_changes_neither_is_lost,
    a_deleted_reply_can_be_brought_back,
    the_time_to_undo_ends_and_not_while_it_is_looked_at,
    a_reply_is_reported,
    what_a_reply_said_before_can_be_read,
    everything_goes_by_keyboard_alone,
    axe_finds_nothing_in_what_is_done_to_replies,
}

const ALL: &[Feature] = &[
    Feature::Viewer,
    Feature::Reply,
    Feature::React,
    Feature::Edit,
    Feature::Delete,
    Feature::Report,
    Feature::History,
];

/// A page's own sign-in: everybody is whom `window.token` says.
const SIGN_IN: &str = "<script nonce='c2VjcmV0'>window.token = \"ada's\";
  addEventListener('DOMContentLoaded', () => {
  document.querySelector('after-word').getToken = async () => window.token; });</script>";

fn open_thread() -> ThreadPage {
    let reactions = vec![reaction("like", &["Bo"]), reaction("gull", &["Cleo"])];
    let replies = vec![
        Reply { reactions, ..reply(1, "Bo", "One.") },
        reply(2, "Ada", "**Two**."),
        reply(3, "Cleo", "Three."),
    ];
    let mut page = thread("t", replies);
    page.thread.features = ALL.to_vec();
    page
}

/// Opens an article in which Ada wrote the second reply, and is known.
async fn as_ada(stage: &Stage, attributes: &str) {
    stage.host.backend().put(open_thread());
    stage.host.backend().know("ada's", "Ada");
    stage.open(&Article::with_thread(attributes).head(SIGN_IN)).await;
    stage.ready().await;
    stage.until("it is known who looks", "part('edit-button')").await;
}

fn tag(number: u32, tag: &str) -> String {
    format!("reply({number}).querySelector('[data-tag={tag}] button')")
}

async fn announced(stage: &Stage, words: &str) {
    stage.until("it is said", &format!("text(part('announcer')) === {words:?}")).await;
}

async fn refused(stage: &Stage, words: &str) {
    let said = format!("text(part('reply-notice'))?.includes({words:?})");
    stage.until("it says why", &said).await;
    stage.equal("part('reply-notice').getAttribute('role')", "alert").await;
}

/// The host page heard these, each of reply 2.
async fn hears(stage: &Stage, names: &[&str]) {
    let heard =
        "window.__events.filter((it) => /-reply-|reaction/.test(it.type)).map((it) => [it.type, it.detail])";
    let told: Vec<_> =
        names.iter().map(|name| json!([name, { "thread": "t", "id": "r2", "number": 2 }])).collect();
    stage.equal(heard, json!(told)).await;
}

async fn a_reaction_is_chosen_and_taken_back(stage: &Stage) {
    as_ada(stage, "").await;
    stage.equal("within(reply(1), 'reaction-button').getAttribute('aria-pressed')", "false").await;
    stage.click(&tag(2, "like")).await;
    announced(stage, "Reaction added.").await;
    hears(stage, &["afterword-reaction-changed"]).await;
    stage.check("a tag that the thread does not offer is no button", &format!("!{}", tag(1, "gull"))).await;
    let like = tag(1, "like");
    stage.click(&like).await;
    stage.until("it is pressed", &format!("{like}.getAttribute('aria-pressed') === 'true'")).await;
    stage.equal(&format!("text({like})"), "👍 Like 2").await;
    stage.check("Ada is named", "/Bo and Ada/.test(text(within(reply(1), 'reaction-people')))").await;
    stage.check("the button keeps the focus", &format!("focused() === {like}")).await;
    announced(stage, "Reaction added.").await;
    stage.click(&like).await;
    announced(stage, "Reaction removed.").await;
    stage.equal(&format!("text({like})"), "👍 Like 1").await;
    // One that nobody chose before stays where it is, too.
    let disagree = tag(1, "disagree");
    stage.click(&disagree).await;
    announced(stage, "Reaction added.").await;
    stage.equal(&format!("text({disagree})"), "👎 Disagree 1").await;
    stage.check("the button keeps the focus", &format!("focused() === {disagree}")).await;
    stage.reload().await;
    stage.ready().await;
    stage.until("it is kept", &format!("{disagree}?.getAttribute('aria-pressed') === 'true'")).await;
}

async fn a_reaction_that_is_refused_is_taken_back_and_it_is_said_why(stage: &Stage) {
    stage.allow("console.error", "403");
    stage.allow("console.error", "429");
    as_ada(stage, "").await;
    stage.host.fail("PUT ", Fault::problem(403, "No", "Not on Sundays."));
    let like = tag(1, "like");
    stage.click(&like).await;
    refused(stage, "Not on Sundays.").await;
    stage
        .equal(&format!("[text({like}), {like}.getAttribute('aria-pressed')]"), json!(["👍 Like 1", "false"]))
        .await;
    stage.host.heal();
    stage.host.fail("PUT ", Fault::Busy(7));
    stage.click(&like).await;
    refused(stage, "wait 7 seconds").await;
    stage.host.heal();
    stage.click(&like).await;
    announced(stage, "Reaction added.").await;
    stage.check("nothing is complained about any more", "!part('reply-notice')").await;
}

async fn many_presses_end_as_the_last_one_says(stage: &Stage) {
    as_ada(stage, "").await;
    let gate = stage.host.hold("/reactions/");
    stage.run(&format!("for (let press = 0; press < 51; press += 1) {}.click();", tag(1, "like"))).await;
    gate.open();
    announced(stage, "Reaction added.").await;
    let asked = stage.host.asked("/reactions/like");
    let sent: Vec<_> =
        asked.iter().filter(|it| it.method != "OPTIONS").map(|it| it.method.as_str()).collect();
    assert_eq!(sent, ["PUT"], "what changes nothing is not sent");
}

async fn what_was_pressed_is_sent_though_the_widget_goes_at_once(stage: &Stage) {
    as_ada(stage, "").await;
    let press = tag(1, "like");
    stage.run(&format!("{press}.click(); document.querySelector('after-word').remove();")).await;
    let was_put = || stage.host.asked("/reactions/like").iter().any(|it| it.method == "PUT");
    for _ in 0..200 {
        if was_put() {
            return;
        }
        // A turn of the page, in which it can send.
        stage.until("the page goes on", "true").await;
    }
    panic!("the reaction was not sent");
}

async fn a_guest_gives_a_name_and_the_reaction_follows(stage: &Stage) {
    let mut page = open_thread();
    page.thread.features.push(Feature::Guest);
    stage.read(page).await;
    stage.until("there are buttons", &tag(1, "like")).await;
    stage.click(&tag(1, "like")).await;
    stage.until("the name has the focus", "focused() === part('composer-name')").await;
    stage.until("it says why", "/give a name/.test(text(part('composer-status')))").await;
    stage.press("Bram").await;
    stage.click("part('composer-submit')").await;
    announced(stage, "Reaction added.").await;
    stage.check("Bram is named", "/Bram/.test(text(within(reply(1), 'reaction-people')))").await;
    stage.check("the composer is closed", "!part('composer')").await;
    stage.until("the reply has the focus", "focused() === reply(1)").await;
}

async fn edit(stage: &Stage, text: &str) {
    stage.click("part('edit-button')").await;
    stage.until("the text has the focus", "focused() === part('composer-text')").await;
    stage.until("it is as it was typed", "part('composer-text').value === '**Two**.'").await;
    stage.press(text).await;
}

async fn a_reply_is_edited_and_what_was_being_written_comes_back(stage: &Stage) {
    as_ada(stage, "").await;
    stage.click("part('composer-open')").await;
    stage.until("the text has the focus", "focused() === part('composer-text')").await;
    stage.press("Later").await;
    edit(stage, " And more").await;
    stage.equal("text(part('composer-title'))", "Editing reply 2").await;
    stage.click("part('composer-submit')").await;
    announced(stage, "Reply changed.").await;
    stage.equal("text(within(reply(2), 'reply-body'))", "Two. And more").await;
    stage.until("the reply has the focus", "focused() === reply(2)").await;
    hears(stage, &["afterword-reply-edited"]).await;
    stage.equal("part('composer-text').value", "Later").await;
    // Cancelled, it leads back to the button.
    stage.click("part('edit-button')").await;
    stage.until("the text is here", "part('composer-text').value === '**Two**. And more'").await;
    stage.click("part('composer-cancel')").await;
    stage.until("the button has the focus", "focused() === part('edit-button')").await;
    stage.equal("part('composer-text').value", "Later").await;
    stage.equal("Object.keys(localStorage).filter((key) => /edit-/.test(key))", json!([])).await;
}

async fn a_revision_that_no_header_can_say_holds_nobody_fast(stage: &Stage) {
    let mut page = open_thread();
    page.replies[1].revision = "v1\u{2192}2".into();
    stage.host.backend().put(page);
    stage.host.backend().know("ada's", "Ada");
    stage.open(&Article::with_thread("").head(SIGN_IN)).await;
    stage.ready().await;
    stage.until("it is known who looks", "part('edit-button')").await;
    edit(stage, "Better.").await;
    stage.click("part('composer-submit')").await;
    stage.until("it says so", "text(part('composer-status'))").await;
    stage.check("it can be written on", "!part('composer-text').readOnly").await;
}

async fn of_two_changes_neither_is_lost(stage: &Stage) {
    stage.allow("console.error", "412");
    as_ada(stage, "").await;
    stage.host.backend().change("t", 2, "Theirs.");
    edit(stage, " Mine").await;
    stage.click("part('composer-submit')").await;
    stage.until("both are shown", "text(part('composer-theirs')) === 'Theirs.'").await;
    stage.equal("part('composer-text').value", "**Two**. Mine").await;
    stage.click("[...part('composer-question').querySelectorAll('button')].at(-1)").await;
    announced(stage, "Reply changed.").await;
    stage.equal("text(within(reply(2), 'reply-body'))", "Two. Mine").await;
    assert_eq!(stage.host.backend().bodies("t")[1], "**Two**. Mine");
}

async fn a_deleted_reply_can_be_brought_back(stage: &Stage) {
    as_ada(stage, "").await;
    stage.click("part('delete-button')").await;
    stage.until("the way back has the focus", "focused() === part('undo-button')").await;
    stage.check("there is a tombstone", "within(reply(2), 'reply-tombstone')").await;
    announced(stage, "Reply deleted.").await;
    stage.equal("text(part('count'))", "3 replies").await;
    stage.click("part('undo-button')").await;
    stage.until("it is back", "text(within(reply(2), 'reply-body')) === 'Two.'").await;
    stage.until("and has the focus", "focused() === reply(2)").await;
    announced(stage, "Reply restored.").await;
    hears(stage, &["afterword-reply-deleted", "afterword-reply-restored"]).await;
}

async fn the_time_to_undo_ends_and_not_while_it_is_looked_at(stage: &Stage) {
    as_ada(stage, "").await;
    stage.click("part('delete-button')").await;
    announced(stage, "Reply deleted.").await;
    stage.until("it waits", "part('undo-button').getAnimations()[0]?.playState === 'paused'").await;
    stage.run("part('undo-button').blur(); part('undo-button').getAnimations()[0].currentTime = 9990;").await;
    stage.run("window.scrollTo(0, 0)").await;
    stage.click("part('count')").await;
    stage.until("it is over", "!part('undo-button')").await;
    stage.check("the tombstone stays", "within(reply(2), 'reply-tombstone')").await;
}

async fn a_reply_is_reported(stage: &Stage) {
    stage.allow("console.error", "429");
    as_ada(stage, "").await;
    let report = "within(reply(3), 'report-button')";
    stage.click(report).await;
    stage.until("a reason has the focus", "focused() === part('report-reason')").await;
    stage.press("\u{e00c}").await;
    stage.until("the button has the focus", &format!("!part('report-form') && focused() === {report}")).await;
    stage.click(report).await;
    stage.click("part('report-detail')").await;
    stage.press("So rude").await;
    stage.host.fail("/reports", Fault::Busy(3));
    stage.click("parts('report-reason')[1]").await;
    refused(stage, "wait 3 seconds").await;
    stage.host.heal();
    stage.equal("part('report-detail').value", "So rude").await;
    stage.click("parts('report-reason')[1]").await;
    announced(stage, "Reported. Thank you.").await;
    stage.until("the button has the focus", &format!("focused() === {report}")).await;
    let reports = stage.host.backend().reports();
    assert_eq!(reports.len(), 1);
    assert_eq!((reports[0].reason.as_str(), reports[0].detail.as_deref()), ("abuse", Some("So rude")));
    // What was reported is not said again; what was only begun is still there, and seen.
    stage.click(report).await;
    stage.until("the form is empty", "part('report-detail')?.value === ''").await;
    stage.click("part('report-detail')").await;
    stage.press("Well").await;
    stage.click("part('report-cancel')").await;
    stage.until("it is closed", "!part('report-form')").await;
    stage.click(report).await;
    stage.until("it is here again", "part('report-detail')?.value === 'Well'").await;
}

async fn what_a_reply_said_before_can_be_read(stage: &Stage) {
    as_ada(stage, "").await;
    edit(stage, " And more").await;
    stage.click("part('composer-submit')").await;
    announced(stage, "Reply changed.").await;
    stage.click("part('reply-edited')").await;
    stage.until("both are here", "texts('revision-body').join() === 'Two.,Two. And more'").await;
    stage.click("part('reply-edited')").await;
    stage.until("and gone again", "!part('history')").await;
}

async fn everything_goes_by_keyboard_alone(stage: &Stage) {
    as_ada(stage, "").await;
    stage.focus(&tag(2, "like")).await;
    stage.press(" ").await;
    announced(stage, "Reaction added.").await;
    // Past the two other tags and "Quote" to "Edit".
    stage.press("\u{e004}\u{e004}\u{e004}\u{e004}").await;
    stage.until("Edit has the focus", "focused() === part('edit-button')").await;
    stage.press("\u{e007}").await;
    stage.until("the text has the focus", "focused() === part('composer-text')").await;
    stage.press("!").await;
    stage
        .run(
            "part('composer-text').dispatchEvent(new KeyboardEvent('keydown',
               { key: 'Enter', ctrlKey: true, bubbles: true, composed: true, cancelable: true }))",
        )
        .await;
    announced(stage, "Reply changed.").await;
    stage.until("the reply has the focus", "focused() === reply(2)").await;
    stage.focus("part('delete-button')").await;
    stage.press("\u{e007}").await;
    stage.until("the way back has the focus", "focused() === part('undo-button')").await;
    stage.press("\u{e007}").await;
    announced(stage, "Reply restored.").await;
    stage.until("the reply has the focus", "focused() === reply(2)").await;
}

async fn axe_finds_nothing_in_what_is_done_to_replies(stage: &Stage) {
    stage.allow("console.error", "403");
    stage.allow("console.error", "412");
    as_ada(stage, "theme=light").await;
    stage.axe("buttons").await;
    stage.click(&tag(1, "like")).await;
    announced(stage, "Reaction added.").await;
    stage.axe("a reaction").await;
    stage.host.fail("DELETE ", Fault::problem(403, ProblemType::EDIT_WINDOW_OVER.title, "Too late."));
    stage.click("part('delete-button')").await;
    refused(stage, "Too late.").await;
    stage.axe("refused").await;
    stage.host.heal();
    stage.click("within(reply(3), 'report-button')").await;
    stage.until("the form is here", "part('report-form')").await;
    stage.axe("a report").await;
    stage.host.backend().change("t", 2, "Theirs.");
    edit(stage, " Mine").await;
    stage.click("part('composer-submit')").await;
    stage.until("both are shown", "part('composer-theirs')").await;
    stage.axe("two changes").await;
    stage.click("[...part('composer-question').querySelectorAll('button')].at(-1)").await;
    announced(stage, "Reply changed.").await;
    stage.click("part('reply-edited')").await;
    stage.until("its history is here", "part('history')").await;
    stage.axe("history").await;
    stage.click("part('delete-button')").await;
    announced(stage, "Reply deleted.").await;
    stage.axe("undo").await;
}
