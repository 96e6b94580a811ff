//! What can be done to a reply, and what stands there afterwards, drawn.

use std::sync::Arc;

use afterword_contract::{Permission, Problem, ProblemType, Reply, Status, ViewerReply};

use super::*;
use crate::thread::{Act, Aside, Draft};

/// Two replies, of which the viewer wrote the second.
const PAGE: &str = r#"{"thread":{"id":"soft","features":["viewer","reply","react","edit","delete","report","history"],
    "reactionTags":[{"tag":"like","label":"Like","symbol":"+"},{"tag":"agree","label":"Agree"}]},
    "replies":[{"id":"r1","body":"One.","edited":"2026-11-23T11:00:00Z",
      "reactions":[{"tag":"like","count":2,"people":[{"name":"Bo"},{"id":"me","name":"Ada"}]},{"tag":"gull","count":1}]},
      {"id":"r2","body":"*Two*.","revision":"1"}]}"#;

fn viewer() -> Event {
    let mut viewer = Viewer {
        person: Some(Person { id: Some("me".into()), name: "Ada".to_owned(), ..Person::default() }),
        may: vec![Permission::Reply, Permission::React, Permission::Report],
        ..Viewer::default()
    };
    let reactions = vec!["like".into()];
    viewer.replies.insert("r1".into(), ViewerReply { reactions, ..ViewerReply::default() });
    let may = vec![Permission::Edit, Permission::Delete];
    viewer.replies.insert("r2".into(), ViewerReply { may, ..ViewerReply::default() });
    Event::ViewerLoaded(Box::new(viewer))
}

fn known(more: Vec<Event>) -> String {
    html([vec![mounted(), loaded(PAGE), viewer()], more].concat())
}

fn pressed(id: &str, act: Act) -> Event {
    Event::ActPressed { id: id.into(), act }
}

fn acted(outcome: Result<Vec<Reply>, Failure>) -> Event {
    Event::Acted { request: RequestId(2), outcome }
}

#[test]
fn reaction_tags_are_buttons_where_the_viewer_may_choose() {
    expect![[r#"
        <div part="reactions" role="group" aria-label="Reactions to reply 1">
        <div part="reaction" data-tag="like">
        <button part="reaction-button" type="button" aria-pressed="true">
        <span part="reaction-symbol" aria-hidden="true">+</span> <span part="reaction-label">Like</span> <span part="reaction-count">2</span>
        </button> <div part="reaction-people">
        <bdi>Bo</bdi> and <bdi>Ada</bdi>
        </div>
        </div>
        <div part="reaction" data-tag="agree" data-quiet="">
        <button part="reaction-button" type="button" aria-pressed="false">
        <span part="reaction-label">Agree</span>
        </button>
        </div>
        <div part="reaction" data-tag="gull">
        <span part="reaction-label">gull</span> <span part="reaction-count">1</span>
        </div>
        </div>
    "#]]
    .assert_eq(&inside(&known(vec![]), "reactions"));
}

#[test]
fn reaction_tags_are_no_buttons_in_a_locked_thread() {
    let locked = PAGE.replace(r#""id":"soft","#, r#""id":"soft","locked":true,"#);
    let html = html(vec![mounted(), loaded(&locked), viewer()]);
    assert!(!html.contains("reaction-button") && !html.contains("data-quiet"), "{html}");
    assert!(html.contains("reaction-label"), "{html}");
}

#[test]
fn a_reply_has_a_button_for_everything_that_may_be_done_to_it() {
    let html = known(vec![pressed("r1", Act::Delete)]);
    expect![[r#"
        <div part="reply-actions">
        <button part="button" type="button">Quote</button>
        <button part="button edit-button" type="button">Edit</button>
        <button part="button delete-button" type="button">Delete</button>
        <button part="button report-button" type="button">Report</button>
        </div>
    "#]]
    .assert_eq(&inside(&html, "reply-actions"));
}

#[test]
fn what_was_deleted_may_come_back_as_long_as_the_backend_says() {
    let gone = PAGE.replace(r#""id":"r2","#, r#""id":"r2","status":"deleted","#);
    let mut viewer = Viewer { may: vec![Permission::Edit, Permission::Delete], ..Viewer::default() };
    assert!(
        !html(vec![mounted(), loaded(&gone), Event::ViewerLoaded(Box::new(viewer.clone()))])
            .contains("restore-button")
    );
    let may = vec![Permission::Restore];
    viewer.replies.insert("r2".into(), ViewerReply { may, ..ViewerReply::default() });
    let html = html(vec![mounted(), loaded(&gone), Event::ViewerLoaded(Box::new(viewer))]);
    let actions = html.rsplit_once(r#"<div part="reply-actions""#).map(|(_, rest)| rest.to_owned());
    assert_eq!(html.matches("restore-button").count(), 1, "{html}");
    assert!(!actions.is_some_and(|actions| actions.contains("edit-button")), "{html}");
}

#[test]
fn why_an_undoing_failed_stands_before_the_button_that_tries_again() {
    let lost = [
        pressed("r2", Act::Delete),
        acted(Ok(vec![Reply {
            id: "r2".into(),
            number: Some(2),
            status: Status::Deleted,
            ..Reply::default()
        }])),
        pressed("r2", Act::Restore),
        Event::Acted { request: RequestId(3), outcome: Err(Failure::TimedOut) },
    ];
    let html = known(lost.to_vec());
    let notice = html.find("There was no answer").expect("it says why");
    assert!(html.find("undo-button").is_some_and(|button| button > notice), "{html}");
}

#[test]
fn nobody_in_particular_may_only_react_and_report() {
    let nobody = Viewer { may: vec![Permission::Report], ..Viewer::default() };
    let html = html(vec![mounted(), loaded(PAGE), Event::ViewerLoaded(Box::new(nobody))]);
    assert!(html.contains("report-button") && html.contains("reaction-button"), "{html}");
    assert!(!html.contains("edit-button") && !html.contains("delete-button"), "{html}");
}

#[test]
fn a_tombstone_offers_the_way_back() {
    expect![[r#"
        <footer part="reply-footer">
        <button part="button undo-button" type="button">Undo</button>
        </footer>
    "#]]
    .assert_eq(&inside(&known(vec![pressed("r1", Act::Delete)]), "reply-footer"));
}

#[test]
fn a_refusal_is_said_at_the_reply() {
    let failure = Failure::refused(&ProblemType::EDIT_WINDOW_OVER);
    let html = known(vec![pressed("r1", Act::Delete), acted(Err(failure))]);
    expect![[r#"
        <p part="reply-notice" role="alert" data-kind="error">That did not work. The reason given was: “The time to change it is over”</p>
    "#]].assert_eq(&inside(&html, "reply-notice"));
}

#[test]
fn a_report_asks_for_a_reason_and_says_why_it_was_refused() {
    let id = || "r1".into();
    let wait = Failure::Refused { status: 429, wait: Some(1), problem: Arc::default() };
    let report = Act::Report { reason: "spam", detail: String::new() };
    let opened = Event::AsideChanged { id: id(), aside: Some(Aside::Reporting(None)) };
    let html = known(vec![opened, pressed("r1", report), acted(Err(wait))]);
    expect![[r#"
        <div part="report-form" role="group" aria-label="What is wrong with it?">
        <p part="report-question">What is wrong with it?</p>
        <input part="report-detail" type="text" maxlength="1000" dir="auto" aria-label="Details (optional)" placeholder="Details (optional)">
        <button part="button report-reason" type="button">Spam</button>
        <button part="button report-reason" type="button">Abuse</button>
        <button part="button report-reason" type="button">Off topic</button>
        <button part="button report-reason" type="button">Something else</button>
        <button part="button report-cancel" type="button">Cancel</button>
        <p part="reply-notice" role="alert" data-kind="error">That was a little fast. Please wait 1 second, then try again.</p>
        </div>
    "#]].assert_eq(&inside(&html, "report-form"));
}

#[test]
fn the_edited_mark_shows_what_was_said_before() {
    let revision = |body: &str, published: &str| Reply {
        body: body.to_owned(),
        published: Some(published.into()),
        ..Reply::default()
    };
    let revisions =
        vec![revision("*First*.", "2026-11-23T10:00:00Z"), revision("One.", "2026-11-23T11:00:00Z")];
    let html = known(vec![pressed("r1", Act::History), acted(Ok(revisions))]);
    expect![[r#"
        <button part="reply-edited" type="button" title="Edited November 23, 2026 at 11:00 UTC">edited</button>
    "#]].assert_eq(&inside(&html, "reply-edited"));
    expect![[r#"
        <ol part="history" role="list" aria-label="Versions of this reply">
        <li part="revision">
        <p part="revision-time">November 23, 2026 at 10:00 UTC</p>
        <div part="revision-body reply-body" dir="auto">
        <p>
        <em>First</em>.</p>
        </div>
        </li>
        <li part="revision">
        <p part="revision-time">November 23, 2026 at 11:00 UTC</p>
        <div part="revision-body reply-body" dir="auto">
        <p>One.</p>
        </div>
        </li>
        </ol>
    "#]]
    .assert_eq(&inside(&html, "history"));
}

#[test]
fn the_composer_says_what_it_changes_and_shows_what_somebody_else_made_of_it() {
    let current = Reply { body: "**Theirs**.".to_owned(), ..Reply::default() };
    let current = Some(Box::new(Reply { id: "r2".into(), number: Some(2), ..current }));
    let problem = Problem { current, ..ProblemType::REVISION_CHANGED.problem() };
    let failure = Failure::Refused { status: 412, wait: None, problem: problem.into() };
    let html = known(vec![
        Event::EditPressed { id: "r2".into() },
        Event::SendPressed { key: "k".to_owned() },
        acted(Err(failure)),
    ]);
    expect![[r#"
        <p part="composer-title">Editing reply 2</p>
    "#]]
    .assert_eq(&inside(&html, "composer-title"));
    expect![[r#"
        <div part="composer-question">
        <p part="composer-question-text" role="alert">This reply was changed meanwhile. It now says:</p>
        <p part="composer-theirs" dir="auto">**Theirs**.</p>
        <button part="button" type="button">Use that text</button>
        <button part="button" type="button">Keep this text</button>
        </div>
    "#]]
    .assert_eq(&inside(&html, "composer-question"));
    expect![[r#"
        <div part="composer-actions">
        <button part="button composer-submit" type="submit">Save</button>
        <button part="button composer-cancel" type="button">Cancel</button>
        </div>
    "#]]
    .assert_eq(&inside(&html, "composer-actions"));
    let html = known(vec![
        Event::EditPressed { id: "r2".into() },
        Event::TextTyped { text: "Mine".to_owned(), caret: 4 },
        Event::DraftFound(Some(Draft { text: "My other tab's".to_owned(), ..Draft::default() })),
    ]);
    expect![[r#"
        <div part="composer-question">
        <p part="composer-question-text" role="alert">You have written something else in another tab.</p>
        <p part="composer-theirs" dir="auto">My other tab's</p>
        <button part="button" type="button">Use that text</button>
        <button part="button" type="button">Keep this text</button>
        </div>
    "#]]
    .assert_eq(&inside(&html, "composer-question"));
}
