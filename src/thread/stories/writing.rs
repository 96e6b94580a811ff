//! Stories of somebody who writes: from the first letter to the reply in its place, and what may come between.

use afterword_contract::{Feature, FieldError, Person, ProblemType, Reply, Status, ThreadPage, Viewer};
use expect_test::{Expect, expect};

use super::{draw, failed, loaded, mounted, page};
use crate::thread::{Command, Draft, Event, Failure, Format, RequestId, Stage, Thread};
use afterword_contract::Order;

/// A thread of three that may be replied to.
fn open_page(features: &[Feature]) -> ThreadPage {
    let mut open = page(1..=3, 3, None, None);
    open.thread.features = features.to_vec();
    open.thread.limits.body_bytes = Some(20);
    open
}

fn started(features: &[Feature]) -> Thread {
    let mut thread = Thread::new(Order::Oldest, 3);
    thread.update(mounted());
    thread.update(loaded(1, open_page(features)));
    thread
}

fn typed(text: &str) -> Event {
    Event::TextTyped { text: text.to_owned(), caret: text.len() }
}

fn sent(key: &str) -> Event {
    Event::SendPressed { key: key.to_owned() }
}

fn posted(request: u32, number: u32) -> Event {
    let reply = Reply { body: "mine".to_owned(), ..super::reply(number) };
    Event::Posted { request: RequestId(request), reply: Box::new(reply) }
}

fn lost(request: u32, failure: Failure) -> Event {
    Event::PostFailed { request: RequestId(request), failure }
}

fn found(text: &str) -> Event {
    Event::DraftFound(Some(Draft { text: text.to_owned(), key: None, ..Draft::default() }))
}

fn key_of(commands: &[Command]) -> Option<&str> {
    commands.iter().find_map(|command| match command {
        Command::Post { key, .. } => Some(key.as_str()),
        _ => None,
    })
}

/// What the composer looks like after these events, and the commands of the last.
fn check(thread: &mut Thread, events: impl IntoIterator<Item = Event>, picture: &Expect) {
    let mut commands = vec![];
    for event in events {
        commands = thread.update(event);
    }
    let composer = thread.composer();
    let mut lines = vec![format!("{:?}: {:?} {:?}", thread.may_write(), composer.stage(), composer.text())];
    lines.extend(commands.iter().map(|command| match command {
        Command::KeepDraft(_, draft) => format!("> keep {:?} {:?}", draft.text, draft.key),
        Command::Post { request, key, reply } => format!("> post {:?} as {key} by {}", reply.body, request.0),
        other => format!("> {other:?}"),
    }));
    picture.assert_eq(&(lines.join("\n") + "\n"));
}

#[test]
fn a_reply_is_written_sent_and_stands_in_its_place() {
    let mut thread = started(&[Feature::Reply]);
    check(
        &mut thread,
        [Event::ComposerOpened],
        &expect![[r#"
        Open: Writing ""
        > FocusComposer { field: Text, selection: None }
    "#]],
    );
    check(
        &mut thread,
        [typed("mine")],
        &expect![[r#"
        Open: Writing "mine"
        > keep "mine" None
    "#]],
    );
    check(
        &mut thread,
        [sent("k")],
        &expect![[r#"
        Open: Sending { request: RequestId(2) } "mine"
        > keep "mine" Some("k")
        > post "mine" as k by 2
    "#]],
    );
    let commands = thread.update(posted(2, 4));
    expect![[r#"
        ready
        #1 text 1
        #2 text 2
        #3 text 3
        #4 mine <-
        > DropDraft(None)
        > TellHost(OfReply { name: "afterword-reply-posted", id: ReplyId("r4"), number: Some(4) })
        > TellHost(CountChanged { total: 4 })
        > ShowReply { number: 4 }
        > Announce(Posted(4))
    "#]]
    .assert_eq(&draw(&thread, &commands));
    assert_eq!((thread.composer().stage(), thread.composer().text()), (&Stage::Closed, ""));
}

#[test]
fn it_is_sent_once_however_often_the_button_is_pressed_and_a_late_answer_changes_nothing() {
    let mut thread = started(&[Feature::Reply]);
    for event in [Event::ComposerOpened, typed("mine"), sent("k")] {
        thread.update(event);
    }
    assert!(thread.update(sent("other")).is_empty());
    assert!(thread.update(Event::CancelPressed).is_empty());
    thread.update(posted(2, 4));
    assert!(thread.update(posted(2, 4)).is_empty());
    assert!(thread.update(lost(2, Failure::TimedOut)).is_empty());
    assert!(thread.update(sent("later")).is_empty(), "nothing is open");
}

#[test]
fn every_attempt_has_the_same_key_until_the_text_is_another() {
    let mut thread = started(&[Feature::Reply]);
    for event in [Event::ComposerOpened, typed("mine")] {
        thread.update(event);
    }
    assert_eq!(key_of(&thread.update(sent("first"))), Some("first"));
    thread.update(lost(2, Failure::TimedOut));
    assert_eq!(key_of(&thread.update(sent("second"))), Some("first"));
    thread.update(lost(3, Failure::Unreachable));
    thread.update(typed("mine!"));
    assert_eq!(key_of(&thread.update(sent("third"))), Some("third"));
    thread.update(posted(4, 4));
    thread.update(Event::ComposerOpened);
    thread.update(typed("more"));
    assert_eq!(key_of(&thread.update(sent("fourth"))), Some("fourth"));
}

#[test]
fn a_key_that_the_backend_knows_from_another_request_is_not_changed_for_the_same_text() {
    let mut thread = started(&[Feature::Reply]);
    for event in [typed("mine"), sent("k"), lost(2, Failure::TimedOut), sent("k2")] {
        thread.update(event);
    }
    thread.update(lost(3, Failure::refused(&ProblemType::KEY_REUSED)));
    assert_eq!(key_of(&thread.update(sent("k3"))), Some("k"), "what was posted may be this text");
    thread.update(lost(4, Failure::refused(&ProblemType::KEY_REUSED)));
    thread.update(typed("mine!"));
    assert_eq!(key_of(&thread.update(sent("k4"))), Some("k4"));
}

#[test]
fn a_key_survives_with_its_draft() {
    let mut thread = started(&[Feature::Reply]);
    let draft = Draft { text: "mine".to_owned(), key: Some("first".to_owned()), ..Draft::default() };
    thread.update(Event::DraftFound(Some(draft)));
    assert_eq!(key_of(&thread.update(sent("second"))), Some("first"));
}

#[test]
fn what_cannot_go_says_why_before_anything_is_sent() {
    let mut thread = started(&[Feature::Reply]);
    check(
        &mut thread,
        [Event::ComposerOpened, typed("  \n"), sent("k")],
        &expect![[r#"
        Open: Refused(Empty) "  \n"
        > FocusComposer { field: Text, selection: None }
    "#]],
    );
    check(
        &mut thread,
        [typed("123456789012345678901é"), sent("k")],
        &expect![[r#"
        Open: Refused(TooLong(3)) "123456789012345678901é"
        > FocusComposer { field: Text, selection: None }
    "#]],
    );
    check(
        &mut thread,
        [typed("short")],
        &expect![[r#"
        Open: Writing "short"
        > keep "short" None
    "#]],
    );
}

#[test]
fn offline_it_waits_and_goes_once_the_network_is_back() {
    let mut thread = started(&[Feature::Reply]);
    let events = [Event::ComposerOpened, typed("mine"), Event::WentOffline, sent("k")];
    check(
        &mut thread,
        events,
        &expect![[r#"
        Open: Waiting "mine"
        > keep "mine" Some("k")
    "#]],
    );
    check(
        &mut thread,
        [Event::WentOnline],
        &expect![[r#"
        Open: Sending { request: RequestId(2) } "mine"
        > Announce(Online)
        > keep "mine" Some("k")
        > post "mine" as k by 2
    "#]],
    );
    assert!(thread.update(Event::WentOnline).iter().all(|command| !matches!(command, Command::Post { .. })));
    check(
        &mut thread,
        [lost(2, Failure::Offline)],
        &expect![[r#"
        Open: Waiting "mine"
    "#]],
    );
    check(
        &mut thread,
        [Event::WentOnline],
        &expect![[r#"
        Open: Sending { request: RequestId(3) } "mine"
        > Announce(Online)
        > keep "mine" Some("k")
        > post "mine" as k by 3
    "#]],
    );
    // An answer that was lost on its way back is asked for again, too.
    check(
        &mut thread,
        [lost(3, Failure::Unreachable), Event::WentOnline],
        &expect![[r#"
        Open: Sending { request: RequestId(4) } "mine"
        > Announce(Online)
        > keep "mine" Some("k")
        > post "mine" as k by 4
    "#]],
    );
}

#[test]
fn a_guest_gives_a_name_and_then_the_reply_goes() {
    let mut thread = started(&[Feature::Reply, Feature::Viewer, Feature::Guest]);
    thread.update(Event::ViewerLoaded(Box::default()));
    check(
        &mut thread,
        [Event::ComposerOpened, typed("mine"), sent("k")],
        &expect![[r#"
        AfterName: Refused(NoName) "mine"
        > FocusComposer { field: Name, selection: None }
    "#]],
    );
    check(
        &mut thread,
        [Event::NameTyped(" Bram ".to_owned()), sent("k")],
        &expect![[r#"
        AfterName: Naming { request: RequestId(2), sends: true } "mine"
        > MakeGuest { request: RequestId(2), name: "Bram" }
    "#]],
    );
    let mut problem = ProblemType::INVALID_FIELDS.problem();
    problem.errors = vec![FieldError { pointer: "#/name".to_owned(), detail: "Taken.".to_owned() }];
    let taken = Failure::Refused { status: 422, wait: None, problem: std::sync::Arc::new(problem) };
    thread.update(lost(2, taken));
    assert!(thread.composer().is_name_wrong());
    thread.update(Event::NameTyped("Bram II".to_owned()));
    assert!(!thread.composer().is_name_wrong());
    thread.update(sent("k"));
    let person = Box::new(Person { name: "Bram II".to_owned(), ..Person::default() });
    check(
        &mut thread,
        [Event::GuestMade { request: RequestId(3), person }],
        &expect![[r#"
        Open: Sending { request: RequestId(4) } "mine"
        > keep "mine" Some("k")
        > post "mine" as k by 4
        > FetchViewer
    "#]],
    );
}

#[test]
fn somebody_who_is_signed_out_meanwhile_keeps_the_text_and_the_key() {
    let mut thread = started(&[Feature::Reply, Feature::Viewer]);
    let person = Person { name: "Ada".to_owned(), ..Person::default() };
    let may = vec![afterword_contract::Permission::Reply];
    let viewer = Viewer { person: Some(person), may, ..Viewer::default() };
    thread.update(Event::ViewerLoaded(Box::new(viewer.clone())));
    for event in [Event::ComposerOpened, typed("mine"), sent("first")] {
        thread.update(event);
    }
    check(
        &mut thread,
        [lost(2, Failure::refused(&ProblemType::SIGN_IN_REQUIRED))],
        &expect![[r#"
            AfterSignIn: Refused(Failed(Refused { status: 401, wait: None, problem: Problem { kind: "urn:afterword:problem:sign-in-required", title: "Sign in first", status: 401, detail: None, instance: None, errors: [], current: None } })) "mine"
            > FocusComposer { field: Text, selection: None }
        "#]],
    );
    check(
        &mut thread,
        [Event::SignInPressed],
        &expect![[r#"
        AfterSignIn: Refused(Failed(Refused { status: 401, wait: None, problem: Problem { kind: "urn:afterword:problem:sign-in-required", title: "Sign in first", status: 401, detail: None, instance: None, errors: [], current: None } })) "mine"
        > AskSignIn
    "#]],
    );
    thread.update(Event::ViewerLoaded(Box::new(viewer)));
    assert_eq!(key_of(&thread.update(sent("second"))), Some("first"));
}

#[test]
fn a_held_reply_is_thanked_for_and_stands_last() {
    let mut thread = started(&[Feature::Reply]);
    for event in [Event::ComposerOpened, typed("mine"), sent("k")] {
        thread.update(event);
    }
    let reply =
        Reply { id: "p".into(), status: Status::Pending, body: "mine".to_owned(), ..Reply::default() };
    let commands = thread.update(Event::Posted { request: RequestId(2), reply: Box::new(reply) });
    expect![[r#"
        ready
        #1 text 1
        #2 text 2
        #3 text 3
        held mine
        > DropDraft(None)
        > TellHost(OfReply { name: "afterword-reply-posted", id: ReplyId("p"), number: None })
        > Announce(Held)
        > FocusComposer { field: Opener, selection: None }
    "#]]
    .assert_eq(&draw(&thread, &commands));
    assert_eq!(thread.composer().stage(), &Stage::Held);
}

#[test]
fn what_others_wrote_meanwhile_comes_with_the_page_of_the_new_reply() {
    let mut thread = started(&[Feature::Reply]);
    for event in [Event::ComposerOpened, typed("mine"), sent("k")] {
        thread.update(event);
    }
    let commands = thread.update(posted(2, 6));
    expect![[r#"
        loading around #6 by 3
        #1 text 1
        #2 text 2
        #3 text 3
        [3 new]
        > DropDraft(None)
        > TellHost(OfReply { name: "afterword-reply-posted", id: ReplyId("r6"), number: Some(6) })
        > TellHost(CountChanged { total: 6 })
        > fetch oldest around #6 by 3
    "#]]
    .assert_eq(&draw(&thread, &commands));
    let commands = thread.update(loaded(3, page(4..=6, 6, Some("c4"), None)));
    expect![[r#"
        ready
        [earlier: c4]
        #4 text 4
        #5 text 5
        #6 text 6 <-
        > ShowReply { number: 6 }
        > Announce(Moved(6))
    "#]]
    .assert_eq(&draw(&thread, &commands));
}

#[test]
fn a_text_is_thrown_away_only_after_a_question() {
    let mut thread = started(&[Feature::Reply]);
    check(
        &mut thread,
        [Event::ComposerOpened, Event::CancelPressed],
        &expect![[r#"
            Open: Closed ""
            > DropDraft(None)
            > FocusComposer { field: Opener, selection: None }
        "#]],
    );
    check(
        &mut thread,
        [Event::ComposerOpened, typed("mine"), Event::CancelPressed],
        &expect![[r#"
        Open: Leaving "mine"
    "#]],
    );
    check(
        &mut thread,
        [Event::CancelPressed],
        &expect![[r#"
        Open: Writing "mine"
        > FocusComposer { field: Text, selection: None }
    "#]],
    );
    check(
        &mut thread,
        [Event::CancelPressed, Event::DiscardPressed],
        &expect![[r#"
            Open: Closed ""
            > DropDraft(None)
            > FocusComposer { field: Opener, selection: None }
        "#]],
    );
}

#[test]
fn a_draft_is_taken_up_and_another_tabs_text_is_asked_about() {
    let mut thread = started(&[Feature::Reply]);
    check(
        &mut thread,
        [found("old")],
        &expect![[r#"
        Open: Writing "old"
    "#]],
    );
    // Nothing was typed here yet, so this tab follows the other one.
    check(
        &mut thread,
        [Event::DraftChanged, found("theirs")],
        &expect![[r#"
        Open: Writing "theirs"
    "#]],
    );
    check(
        &mut thread,
        [typed("mine"), found("theirs too")],
        &expect![[r#"
        Open: Writing "mine"
    "#]],
    );
    assert!(thread.composer().other().is_some());
    assert!(thread.update(typed("mine!")).is_empty(), "neither text is written over the other");
    let mut other = thread.clone();
    check(
        &mut thread,
        [Event::MineKept],
        &expect![[r#"
        Open: Writing "mine!"
        > keep "mine!" None
        > FocusComposer { field: Text, selection: None }
    "#]],
    );
    check(
        &mut other,
        [Event::TheirsTaken],
        &expect![[r#"
        Open: Writing "theirs too"
        > FocusComposer { field: Text, selection: None }
    "#]],
    );
    // Posted elsewhere: gone here, where nothing was typed; kept where something was.
    check(
        &mut other,
        [Event::DraftFound(None)],
        &expect![[r#"
        Open: Closed ""
    "#]],
    );
    check(
        &mut thread,
        [Event::DraftFound(None)],
        &expect![[r#"
            Open: Writing "mine!"
        "#]],
    );
    // Another text in its place is gone: this one has to be found again.
    check(
        &mut thread,
        [found("their last"), Event::DraftFound(None)],
        &expect![[r#"
            Open: Writing "mine!"
            > keep "mine!" None
        "#]],
    );
}

#[test]
fn a_browser_without_drafts_loses_nothing_else() {
    let mut thread = started(&[Feature::Reply]);
    for event in [Event::ComposerOpened, typed("mine"), Event::DraftsRefused] {
        thread.update(event);
    }
    assert!(thread.composer().is_unkept());
    assert_eq!(key_of(&thread.update(sent("k"))), Some("k"));
}

#[test]
fn the_toolbar_changes_the_text_and_selects_in_units_of_the_browser() {
    let mut thread = started(&[Feature::Reply]);
    let bold = Event::FormatPressed { format: Format::Bold, selection: 3..5 };
    check(
        &mut thread,
        [Event::ComposerOpened, typed("🙂 ab"), bold],
        &expect![[r#"
        Open: Writing "🙂 **ab**"
        > keep "🙂 **ab**" None
        > FocusComposer { field: Text, selection: Some(5..7) }
    "#]],
    );
}

#[test]
fn nobody_writes_where_nobody_may() {
    let mut silent = started(&[Feature::Viewer]);
    check(
        &mut silent,
        [found("old")],
        &expect![[r#"
        Closed: Writing "old"
    "#]],
    );
    let mut thread = Thread::new(Order::Oldest, 3);
    thread.update(mounted());
    let mut locked = open_page(&[Feature::Reply]);
    locked.thread.locked = true;
    check(
        &mut thread,
        [loaded(1, locked)],
        &expect![[r#"
        Closed: Closed ""
        > TellHost(Ready { total: 3 })
    "#]],
    );
    thread.update(found("old"));
    assert!(thread.update(sent("k")).is_empty(), "a text that is still there cannot go");
    let mut banned = started(&[Feature::Reply, Feature::Viewer]);
    let viewer = Viewer { person: Some(Person::default()), ..Viewer::default() };
    for event in [Event::ViewerLoaded(Box::new(viewer)), found("old")] {
        banned.update(event);
    }
    assert!(banned.update(sent("k")).is_empty(), "nor where the viewer may write nothing");
    assert_eq!(banned.composer().text(), "old");
    let mut unknown = Thread::new(Order::Oldest, 3);
    check(
        &mut unknown,
        [mounted(), failed(1, Failure::TimedOut)],
        &expect![[r#"
        Closed: Closed ""
        > TellHost(Failed(TimedOut))
    "#]],
    );
}

#[test]
fn what_an_input_method_adds_to_a_reply_on_its_way_posts_it_no_second_time() {
    let mut thread = started(&[Feature::Reply]);
    for event in [typed("mine"), sent("k"), typed("mine!"), posted(2, 4)] {
        thread.update(event);
    }
    assert_eq!((thread.composer().stage(), thread.composer().text()), (&Stage::Closed, ""));
    assert!(thread.numbered(4).is_some());
}

#[test]
fn a_reply_that_another_tab_began_to_send_is_sent_from_here_under_its_key() {
    let mut thread = started(&[Feature::Reply]);
    let began = Draft { text: "ours".to_owned(), key: Some("theirs".to_owned()), ..Draft::default() };
    for event in [found("ours"), Event::DraftChanged, Event::DraftFound(Some(began))] {
        thread.update(event);
    }
    assert_eq!(key_of(&thread.update(sent("k"))), Some("theirs"));
}

#[test]
fn what_another_tab_has_kept_outlives_what_is_posted_or_thrown_away_here() {
    let mut thread = started(&[Feature::Reply]);
    for event in [typed("mine"), found("theirs"), sent("k")] {
        thread.update(event);
    }
    let mut late = started(&[Feature::Reply]);
    for event in [typed("mine"), sent("k"), found("theirs")] {
        late.update(event);
    }
    for mut thread in [thread, late] {
        assert_eq!(thread.update(Event::TheirsTaken), [], "mine is on its way");
        let commands = thread.update(posted(2, 4));
        assert!(!commands.contains(&Command::DropDraft(None)), "{commands:?}");
        assert!(commands.contains(&Command::FindDraft(None)), "{commands:?}");
    }
    let mut thread = started(&[Feature::Reply]);
    check(
        &mut thread,
        [typed("mine"), found("theirs"), Event::CancelPressed, Event::DiscardPressed],
        &expect![[r#"
            Open: Closed ""
            > FindDraft(None)
            > FocusComposer { field: Text, selection: None }
        "#]],
    );
}

#[test]
fn the_focus_finds_the_text_again_where_a_preview_hid_it() {
    for events in [
        [typed("mine"), Event::PreviewPressed, Event::CancelPressed, Event::ComposerOpened],
        [typed("mine"), found("theirs"), Event::PreviewPressed, Event::TheirsTaken],
        [typed("mine"), found("theirs"), Event::PreviewPressed, Event::MineKept],
        [typed("far too many words"), typed("and more than twenty bytes"), Event::PreviewPressed, sent("k")],
    ] {
        let mut thread = started(&[Feature::Reply]);
        let mut commands = vec![];
        for event in events {
            commands = thread.update(event);
        }
        assert!(commands.iter().any(|command| matches!(command, Command::FocusComposer { .. })));
        assert!(!thread.composer().is_previewed());
    }
}

#[test]
fn whoever_is_known_meanwhile_is_not_asked_for_a_name_any_more() {
    let known = || {
        let may = vec![afterword_contract::Permission::Reply];
        Event::ViewerLoaded(Box::new(Viewer { person: Some(Person::default()), may, ..Viewer::default() }))
    };
    let features = [Feature::Reply, Feature::Viewer, Feature::Guest];
    // Their token has expired, and they sign in elsewhere.
    let mut member = started(&features);
    for event in
        [known(), typed("mine"), sent("k"), lost(2, Failure::refused(&ProblemType::SIGN_IN_REQUIRED))]
    {
        member.update(event);
    }
    assert!(matches!(member.composer().stage(), Stage::Refused(_)), "{:?}", member.composer());
    check(
        &mut member,
        [known()],
        &expect![[r#"
            Open: Writing "mine"
            > LeaveName
        "#]],
    );
    assert_eq!(key_of(&member.update(sent("other"))), Some("k"));
    // They have made up no name, or half of one, and another tab has made a guest of them.
    for named in [vec![sent("k")], vec![sent("k"), Event::NameTyped("Br".to_owned())]] {
        let mut guest = started(&features);
        let nobody = Event::ViewerLoaded(Box::default());
        for event in [nobody, typed("mine")].into_iter().chain(named) {
            guest.update(event);
        }
        check(
            &mut guest,
            [known()],
            &expect![[r#"
                Open: Writing "mine"
                > LeaveName
            "#]],
        );
    }
    let mut reading = started(&features);
    reading.update(Event::ViewerLoaded(Box::default()));
    assert_eq!(reading.update(known()), [], "nothing is being written");
}
