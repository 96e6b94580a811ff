//! Stories of somebody who does something to a reply: reacts, edits, deletes and undoes it, reports; what is refused,
//! and what happens out of turn.

use afterword_contract::{
    Feature, Permission, Person, Problem, ProblemType, Reaction, Reply, ReplyId, Revision, Status, Tag,
    Viewer, ViewerReply,
};
use expect_test::{Expect, expect};

use super::{loaded, mounted, page};
use crate::thread::{Act, Aside, Command, Draft, Event, Failure, RequestId, Stage, Thread};
use afterword_contract::Order;

const ALL: &[Feature] = &[
    Feature::Viewer,
    Feature::Reply,
    Feature::React,
    Feature::Edit,
    Feature::Delete,
    Feature::Report,
    Feature::History,
    Feature::Guest,
];

fn me() -> Person {
    Person { id: Some("me".into()), name: "Ada".to_owned(), ..Person::default() }
}

/// A thread of three; whoever looks wrote the second.
fn started(person: Option<Person>) -> Thread {
    let mut thread = Thread::new(Order::Oldest, 3);
    let mut page = page(1..=3, 3, None, None);
    page.thread.features = ALL.to_vec();
    for reply in &mut page.replies {
        reply.revision = Revision("1".to_owned());
    }
    thread.update(mounted());
    thread.update(loaded(1, page));
    let mut viewer = Viewer {
        may: vec![Permission::Reply, Permission::React, Permission::Report],
        person,
        ..Viewer::default()
    };
    let may = vec![Permission::Edit, Permission::Delete];
    viewer.replies.insert(r(2), ViewerReply { may, ..ViewerReply::default() });
    thread.update(Event::ViewerLoaded(Box::new(viewer)));
    thread
}

fn r(number: u32) -> ReplyId {
    format!("r{number}").as_str().into()
}

fn pressed(number: u32, act: Act) -> Event {
    Event::ActPressed { id: r(number), act }
}

fn reacted(tag: &str, chosen: bool) -> Event {
    pressed(2, Act::React { tag: tag.into(), chosen })
}

fn done(request: u32, answer: Vec<Reply>) -> Event {
    Event::Acted { request: RequestId(request), outcome: Ok(answer) }
}

fn refused(request: u32, kind: &ProblemType) -> Event {
    Event::Acted { request: RequestId(request), outcome: Err(Failure::refused(kind)) }
}

/// The backend's answer to a reaction: so many chose each.
fn reactions(request: u32, tags: &[(&str, u32)]) -> Event {
    let reaction = |(tag, count): &(&str, u32)| Reaction {
        tag: Tag((*tag).to_owned()),
        count: *count,
        people: Vec::new(),
    };
    done(request, vec![Reply { reactions: tags.iter().map(reaction).collect(), ..Reply::default() }])
}

fn reply(number: u32, body: &str, revision: &str) -> Reply {
    Reply { body: body.to_owned(), revision: Revision(revision.to_owned()), ..super::reply(number) }
}

fn tombstone() -> Reply {
    Reply { status: Status::Deleted, ..reply(2, "", "1") }
}

/// The second reply with what stands at it, and the commands of the last of these events.
fn check(thread: &mut Thread, events: impl IntoIterator<Item = Event>, picture: &Expect) {
    let mut commands = vec![];
    for event in events {
        commands = thread.update(event);
    }
    let shown = thread.reply(&r(2)).expect("it is there");
    let tags: Vec<_> = shown
        .reactions
        .iter()
        .map(|it| {
            let people: Vec<_> = it.people.iter().map(|person| person.name.as_str()).collect();
            format!("{} {} {people:?}", it.tag.as_str(), it.count)
        })
        .collect();
    let own: Vec<_> = thread.chosen(&r(2)).iter().map(Tag::as_str).collect();
    let mut lines = vec![format!("{} {:?} {tags:?} mine: {own:?}", shown.status.as_str(), shown.body)];
    lines.extend(thread.aside(&r(2)).map(|aside| match &**aside {
        Aside::Undo(None) => "may be undone".to_owned(),
        Aside::Undo(Some(failure)) => format!("may be undone, after {failure:?}"),
        Aside::Refused(failure) => format!("refused: {}", kind(failure)),
        Aside::Reporting(failure) => format!("reporting {:?}", failure.as_ref().map(kind)),
        Aside::Reported => "reported".to_owned(),
        Aside::History(revisions) => format!("{} revisions", revisions.len()),
    }));
    let composer = thread.composer();
    if composer.is_open() {
        let editing = composer.editing().and_then(|reply| reply.number);
        lines.push(format!(
            "[{editing:?} {:?} {:?} other: {:?}]",
            composer.stage(),
            composer.text(),
            composer.other()
        ));
    }
    lines.extend(commands.iter().map(|command| format!("> {command:?}")));
    picture.assert_eq(&(lines.join("\n") + "\n"));
}

fn kind(failure: &Failure) -> String {
    match failure {
        Failure::Refused { problem, .. } => problem.title.clone(),
        other => format!("{other:?}"),
    }
}

#[test]
fn a_reaction_is_shown_at_once_and_then_as_the_backend_has_it() {
    let mut thread = started(Some(me()));
    check(
        &mut thread,
        [reacted("like", true)],
        &expect![[r#"
        published "text 2" ["like 1 [\"Ada\"]"] mine: ["like"]
        > Act { request: RequestId(2), id: ReplyId("r2"), act: React { tag: Tag("like"), chosen: true } }
    "#]],
    );
    check(
        &mut thread,
        [reactions(2, &[("like", 5)])],
        &expect![[r#"
            published "text 2" ["like 5 []"] mine: ["like"]
            > Announce(Acted(Reacted))
            > TellHost(OfReply { name: "afterword-reaction-changed", id: ReplyId("r2"), number: Some(2) })
        "#]],
    );
    check(
        &mut thread,
        [reacted("like", false)],
        &expect![[r#"
        published "text 2" ["like 4 []"] mine: []
        > Act { request: RequestId(3), id: ReplyId("r2"), act: React { tag: Tag("like"), chosen: false } }
    "#]],
    );
    check(
        &mut thread,
        [reactions(3, &[])],
        &expect![[r#"
            published "text 2" [] mine: []
            > Announce(Acted(Unreacted))
            > TellHost(OfReply { name: "afterword-reaction-changed", id: ReplyId("r2"), number: Some(2) })
        "#]],
    );
}

#[test]
fn a_reaction_that_is_refused_is_taken_back_and_it_is_said_why() {
    let mut thread = started(Some(me()));
    thread.update(reacted("like", true));
    check(
        &mut thread,
        [refused(2, &ProblemType::THREAD_LOCKED)],
        &expect![[r#"
            published "text 2" ["like 0 []"] mine: []
            refused: The thread is locked
        "#]],
    );
    // The next attempt takes the sentence away.
    check(
        &mut thread,
        [reacted("like", true)],
        &expect![[r#"
        published "text 2" ["like 1 [\"Ada\"]"] mine: ["like"]
        > Act { request: RequestId(3), id: ReplyId("r2"), act: React { tag: Tag("like"), chosen: true } }
    "#]],
    );
}

#[test]
fn of_many_presses_the_last_wish_is_what_the_backend_hears_last() {
    let mut thread = started(Some(me()));
    let mut sent = vec![];
    for press in 0..50 {
        sent.extend(thread.update(reacted("like", press % 2 == 0)));
    }
    assert_eq!(sent.len(), 1, "one request at a time: {sent:?}");
    check(
        &mut thread,
        [reactions(2, &[("like", 1)])],
        &expect![[r#"
            published "text 2" ["like 0 []"] mine: []
            > Act { request: RequestId(3), id: ReplyId("r2"), act: React { tag: Tag("like"), chosen: false } }
        "#]],
    );
    check(
        &mut thread,
        [reactions(3, &[])],
        &expect![[r#"
            published "text 2" [] mine: []
            > Announce(Acted(Unreacted))
            > TellHost(OfReply { name: "afterword-reaction-changed", id: ReplyId("r2"), number: Some(2) })
        "#]],
    );
    // An answer that nobody awaits any more changes nothing.
    check(
        &mut thread,
        [reactions(2, &[("like", 9)])],
        &expect![[r#"
        published "text 2" [] mine: []
    "#]],
    );
}

/// Whatever is pressed in whatever order, and whenever the answers come: in the end reader and backend agree.
#[test]
fn after_any_number_of_presses_the_backend_has_what_the_viewer_sees() {
    let tags = ["like", "agree", "laugh"];
    for seed in 1..=500_u32 {
        let mut chance = seed;
        let mut roll = |sides: u32| {
            chance = chance.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (chance >> 16) % sides
        };
        let mut thread = started(Some(me()));
        let mut backend: Vec<(&str, u32)> = vec![];
        let mut asked = vec![];
        for step in 0..200 {
            let commands = if step < 150 && (roll(3) > 0 || asked.is_empty()) {
                let tag = tags[roll(3) as usize];
                let chosen = !thread.chosen(&r(2)).iter().any(|known| known.as_str() == tag);
                thread.update(reacted(tag, chosen))
            } else {
                let Some(Command::Act { request, act, .. }) = asked.pop() else { continue };
                let Act::React { tag, chosen } = &*act else { continue };
                if roll(8) == 0 {
                    thread.update(refused(request.0, &ProblemType::INTERNAL))
                } else {
                    let tag = tags.into_iter().find(|known| *known == tag.as_str()).expect("one of ours");
                    backend.retain(|known| known.0 != tag);
                    backend.extend(chosen.then_some((tag, 1)));
                    thread.update(reactions(request.0, &backend))
                }
            };
            asked.extend(commands.into_iter().filter(|command| matches!(command, Command::Act { .. })));
            assert!(asked.len() < 2, "with seed {seed} it asks two things at once");
        }
        let shown = thread.reply(&r(2)).map(|reply| reply.reactions.clone()).unwrap_or_default();
        let mut shown: Vec<_> = shown.iter().filter(|it| it.count > 0).map(|it| it.tag.as_str()).collect();
        let mut own: Vec<_> = thread.chosen(&r(2)).iter().map(Tag::as_str).collect();
        let mut kept: Vec<_> = backend.iter().map(|known| known.0).collect();
        for list in [&mut shown, &mut own, &mut kept] {
            list.sort_unstable();
        }
        assert_eq!((&shown, &own), (&kept, &kept), "with seed {seed}");
    }
}

#[test]
fn another_tag_pressed_meanwhile_is_sent_next_and_the_answer_before_it_hides_nothing() {
    let mut thread = started(Some(me()));
    check(
        &mut thread,
        [reacted("like", true), reacted("agree", true), reactions(2, &[("like", 3)])],
        &expect![[r#"
            published "text 2" ["like 1 [\"Ada\"]", "agree 1 [\"Ada\"]"] mine: ["like", "agree"]
            > Act { request: RequestId(3), id: ReplyId("r2"), act: React { tag: Tag("agree"), chosen: true } }
        "#]],
    );
    check(
        &mut thread,
        [reactions(3, &[("like", 3), ("agree", 1)])],
        &expect![[r#"
            published "text 2" ["like 3 []", "agree 1 []"] mine: ["like", "agree"]
            > Announce(Acted(Reacted))
            > TellHost(OfReply { name: "afterword-reaction-changed", id: ReplyId("r2"), number: Some(2) })
        "#]],
    );
}

#[test]
fn who_the_viewer_is_may_be_told_while_a_reaction_is_on_its_way() {
    let mut thread = started(Some(me()));
    thread.update(reacted("like", true));
    let may = vec![Permission::React];
    thread.update(Event::ViewerLoaded(Box::new(Viewer { person: Some(me()), may, ..Viewer::default() })));
    check(
        &mut thread,
        [reactions(2, &[("like", 1)])],
        &expect![[r#"
            published "text 2" ["like 1 []"] mine: ["like"]
            > Announce(Acted(Reacted))
            > TellHost(OfReply { name: "afterword-reaction-changed", id: ReplyId("r2"), number: Some(2) })
        "#]],
    );
}

#[test]
fn a_guest_gives_a_name_and_the_reaction_follows() {
    let mut thread = started(None);
    check(
        &mut thread,
        [reacted("like", true)],
        &expect![[r#"
        published "text 2" [] mine: []
        [None Refused(NoName) "" other: None]
        > FocusComposer { field: Name, selection: None }
    "#]],
    );
    let named = [Event::NameTyped("Ada".to_owned()), Event::SendPressed { key: "k".to_owned() }];
    check(
        &mut thread,
        named,
        &expect![[r#"
        published "text 2" [] mine: []
        [None Naming { request: RequestId(2), sends: false } "" other: None]
        > MakeGuest { request: RequestId(2), name: "Ada" }
    "#]],
    );
    let person = Box::new(me());
    check(
        &mut thread,
        [Event::GuestMade { request: RequestId(2), person }],
        &expect![[r#"
        published "text 2" ["like 1 [\"Ada\"]"] mine: ["like"]
        > DropDraft(None)
        > FocusComposer { field: Opener, selection: None }
        > FetchViewer
        > Act { request: RequestId(3), id: ReplyId("r2"), act: React { tag: Tag("like"), chosen: true } }
        > FocusIn { number: 2, part: "" }
    "#]],
    );
}

#[test]
fn where_nobody_can_be_a_guest_the_page_is_asked_to_sign_them_in() {
    let mut thread = started(None);
    let mut page = page(1..=3, 3, None, None);
    page.thread.features = vec![Feature::React, Feature::Viewer];
    thread.update(Event::ReloadRequested);
    thread.update(loaded(2, page));
    check(
        &mut thread,
        [reacted("like", true)],
        &expect![[r#"
        published "text 2" [] mine: []
        > AskSignIn
    "#]],
    );
}

#[test]
fn a_reply_is_edited_and_what_was_being_written_is_there_again() {
    let mut thread = started(Some(me()));
    thread.update(Event::ComposerOpened);
    thread.update(typed("something new"));
    check(
        &mut thread,
        [Event::EditPressed { id: r(2) }],
        &expect![[r#"
            published "text 2" [] mine: []
            [Some(2) Writing "text 2" other: None]
            > FindDraft(Some(ReplyId("r2")))
            > FocusComposer { field: Text, selection: Some(4294967295..4294967295) }
        "#]],
    );
    check(
        &mut thread,
        [typed("better")],
        &expect![[r#"
            published "text 2" [] mine: []
            [Some(2) Writing "better" other: None]
            > KeepDraft(Some(ReplyId("r2")), Draft { text: "better", key: Some("1"), mentions: [] })
        "#]],
    );
    check(
        &mut thread,
        [sent()],
        &expect![[r#"
            published "text 2" [] mine: []
            [Some(2) Sending { request: RequestId(2) } "better" other: None]
            > KeepDraft(Some(ReplyId("r2")), Draft { text: "better", key: Some("1"), mentions: [] })
            > Act { request: RequestId(2), id: ReplyId("r2"), act: Edit { revision: "1", edit: EditReply { body: "better", format: Markdown, mentions: [] } } }
        "#]],
    );
    let answer = Reply { edited: Some("2025-09-01T10:00:00Z".into()), ..reply(2, "better", "2") };
    check(
        &mut thread,
        [done(2, vec![answer])],
        &expect![[r#"
            published "better" [] mine: []
            [None Writing "something new" other: None]
            > DropDraft(Some(ReplyId("r2")))
            > FindDraft(None)
            > FocusIn { number: 2, part: "" }
            > Announce(Acted(Edited))
            > TellHost(OfReply { name: "afterword-reply-edited", id: ReplyId("r2"), number: Some(2) })
        "#]],
    );
}

fn typed(text: &str) -> Event {
    Event::TextTyped { text: text.to_owned(), caret: text.len() }
}

fn sent() -> Event {
    Event::SendPressed { key: "k".to_owned() }
}

/// The answer to a change: somebody else was faster.
fn changed(request: u32) -> Event {
    let current = Some(Box::new(reply(2, "theirs", "7")));
    let problem = Problem { current, ..ProblemType::REVISION_CHANGED.problem() };
    let failure = Failure::Refused { status: 412, wait: None, problem: problem.into() };
    Event::Acted { request: RequestId(request), outcome: Err(failure) }
}

/// An edit that meets what somebody else made of the reply.
fn contradicted() -> Thread {
    let mut thread = started(Some(me()));
    for event in [Event::EditPressed { id: r(2) }, typed("mine"), sent()] {
        thread.update(event);
    }
    thread.update(changed(2));
    thread
}

#[test]
fn of_two_changes_both_are_shown_and_the_viewer_decides() {
    check(
        &mut contradicted(),
        [],
        &expect![[r#"
        published "theirs" [] mine: []
        [Some(2) Writing "mine" other: Some("theirs")]
    "#]],
    );
    check(
        &mut contradicted(),
        [Event::TheirsTaken],
        &expect![[r#"
            published "theirs" [] mine: []
            [Some(2) Writing "theirs" other: None]
            > DropDraft(Some(ReplyId("r2")))
            > FocusComposer { field: Text, selection: None }
        "#]],
    );
    let mut thread = contradicted();
    check(
        &mut thread,
        [Event::MineKept],
        &expect![[r#"
            published "theirs" [] mine: []
            [Some(2) Sending { request: RequestId(3) } "mine" other: None]
            > KeepDraft(Some(ReplyId("r2")), Draft { text: "mine", key: Some("7"), mentions: [] })
            > Act { request: RequestId(3), id: ReplyId("r2"), act: Edit { revision: "7", edit: EditReply { body: "mine", format: Markdown, mentions: [] } } }
        "#]],
    );
    check(
        &mut thread,
        [done(3, vec![reply(2, "mine", "8")])],
        &expect![[r#"
            published "mine" [] mine: []
            > DropDraft(Some(ReplyId("r2")))
            > FindDraft(None)
            > FocusIn { number: 2, part: "" }
            > Announce(Acted(Edited))
            > TellHost(OfReply { name: "afterword-reply-edited", id: ReplyId("r2"), number: Some(2) })
        "#]],
    );
}

#[test]
fn a_change_that_arrived_although_its_answer_was_lost_is_made() {
    let mut thread = started(Some(me()));
    for event in [Event::EditPressed { id: r(2) }, typed("theirs"), sent()] {
        thread.update(event);
    }
    let lost = Event::Acted { request: RequestId(2), outcome: Err(Failure::TimedOut) };
    for event in [lost, Event::WentOnline] {
        thread.update(event);
    }
    check(
        &mut thread,
        [changed(3)],
        &expect![[r#"
            published "theirs" [] mine: []
            > DropDraft(Some(ReplyId("r2")))
            > FindDraft(None)
            > FocusIn { number: 2, part: "" }
            > Announce(Acted(Edited))
            > TellHost(OfReply { name: "afterword-reply-edited", id: ReplyId("r2"), number: Some(2) })
        "#]],
    );
}

#[test]
fn an_edit_that_is_refused_keeps_the_text_and_says_why() {
    let mut thread = started(Some(me()));
    thread.update(Event::EditPressed { id: r(2) });
    thread.update(typed("late"));
    thread.update(sent());
    check(
        &mut thread,
        [refused(2, &ProblemType::EDIT_WINDOW_OVER)],
        &expect![[r#"
        published "text 2" [] mine: []
        [Some(2) Refused(Failed(Refused { status: 403, wait: None, problem: Problem { kind: "urn:afterword:problem:edit-window-over", title: "The time to change it is over", status: 403, detail: None, instance: None, errors: [], current: None } })) "late" other: None]
        > FocusComposer { field: Text, selection: None }
    "#]],
    );
}

#[test]
fn an_edit_is_given_up_without_a_question_only_where_nothing_was_changed() {
    let mut thread = started(Some(me()));
    check(
        &mut thread,
        [Event::EditPressed { id: r(2) }, Event::CancelPressed],
        &expect![[r#"
        published "text 2" [] mine: []
        > DropDraft(Some(ReplyId("r2")))
        > FindDraft(None)
        > FocusIn { number: 2, part: "edit-button" }
    "#]],
    );
    let edit = Event::EditPressed { id: r(2) };
    check(
        &mut thread,
        [edit, typed("other"), Event::CancelPressed],
        &expect![[r#"
        published "text 2" [] mine: []
        [Some(2) Leaving "other" other: None]
    "#]],
    );
    assert_eq!(*thread.composer().stage(), Stage::Leaving);
    check(
        &mut thread,
        [Event::DiscardPressed],
        &expect![[r#"
        published "text 2" [] mine: []
        > DropDraft(Some(ReplyId("r2")))
        > FindDraft(None)
        > FocusIn { number: 2, part: "edit-button" }
    "#]],
    );
}

#[test]
fn a_change_that_was_kept_is_found_again_with_the_revision_that_it_changes() {
    let mut thread = started(Some(me()));
    thread.update(Event::EditPressed { id: r(2) });
    let draft = Draft { text: "half".to_owned(), key: Some("0".to_owned()), mentions: vec![] };
    thread.update(Event::DraftFound(Some(draft)));
    check(
        &mut thread,
        [sent()],
        &expect![[r#"
            published "text 2" [] mine: []
            [Some(2) Sending { request: RequestId(2) } "half" other: None]
            > KeepDraft(Some(ReplyId("r2")), Draft { text: "half", key: Some("0"), mentions: [] })
            > Act { request: RequestId(2), id: ReplyId("r2"), act: Edit { revision: "0", edit: EditReply { body: "half", format: Markdown, mentions: [] } } }
        "#]],
    );
}

#[test]
fn a_deleted_reply_leaves_a_tombstone_and_can_be_brought_back() {
    let mut thread = started(Some(me()));
    check(
        &mut thread,
        [pressed(2, Act::Delete)],
        &expect![[r#"
            deleted "text 2" [] mine: []
            may be undone
            > Act { request: RequestId(2), id: ReplyId("r2"), act: Delete }
            > FocusIn { number: 2, part: "undo-button" }
        "#]],
    );
    check(
        &mut thread,
        [done(2, vec![tombstone()])],
        &expect![[r#"
            deleted "" [] mine: []
            may be undone
            > Announce(Acted(Deleted))
            > TellHost(OfReply { name: "afterword-reply-deleted", id: ReplyId("r2"), number: Some(2) })
        "#]],
    );
    assert_eq!(thread.info().total, 3);
    check(
        &mut thread,
        [pressed(2, Act::Restore)],
        &expect![[r#"
            deleted "" [] mine: []
            may be undone
            > Act { request: RequestId(3), id: ReplyId("r2"), act: Restore }
        "#]],
    );
    check(
        &mut thread,
        [done(3, vec![reply(2, "text 2", "1")])],
        &expect![[r#"
            published "text 2" [] mine: []
            > FocusIn { number: 2, part: "" }
            > Announce(Acted(Restored))
            > TellHost(OfReply { name: "afterword-reply-restored", id: ReplyId("r2"), number: Some(2) })
        "#]],
    );
}

#[test]
fn a_reaction_that_is_refused_after_the_reply_was_deleted_does_not_take_the_way_back() {
    let mut thread = started(Some(me()));
    thread.update(reacted("like", true));
    thread.update(pressed(2, Act::Delete));
    check(
        &mut thread,
        [refused(2, &ProblemType::REPLY_GONE)],
        &expect![[r#"
            deleted "text 2" ["like 0 []"] mine: []
            may be undone
        "#]],
    );
}

#[test]
fn a_reply_is_deleted_also_while_its_revisions_are_on_their_way() {
    let mut thread = started(Some(me()));
    thread.update(pressed(2, Act::History));
    check(
        &mut thread,
        [pressed(2, Act::Delete), done(2, vec![reply(2, "first", "1")])],
        &expect![[r#"
        deleted "text 2" [] mine: []
        may be undone
        > Announce(Acted(Recalled))
    "#]],
    );
}

#[test]
fn the_time_to_undo_ends() {
    let mut thread = started(Some(me()));
    for event in [pressed(2, Act::Delete), done(2, vec![tombstone()])] {
        thread.update(event);
    }
    check(
        &mut thread,
        [Event::AsideChanged { id: r(2), aside: None }],
        &expect![[r#"
        deleted "" [] mine: []
    "#]],
    );
}

#[test]
fn a_deletion_undone_before_it_is_answered_is_undone_after_the_answer() {
    let mut thread = started(Some(me()));
    check(
        &mut thread,
        [pressed(2, Act::Delete), pressed(2, Act::Restore)],
        &expect![[r#"
            deleted "text 2" [] mine: []
            may be undone
        "#]],
    );
    check(
        &mut thread,
        [done(2, vec![tombstone()])],
        &expect![[r#"
            deleted "text 2" [] mine: []
            may be undone
            > Act { request: RequestId(3), id: ReplyId("r2"), act: Restore }
        "#]],
    );
}

#[test]
fn an_undoing_that_was_lost_on_its_way_can_be_tried_again() {
    let mut thread = started(Some(me()));
    for event in [pressed(2, Act::Delete), done(2, vec![tombstone()]), pressed(2, Act::Restore)] {
        thread.update(event);
    }
    check(
        &mut thread,
        [Event::Acted { request: RequestId(3), outcome: Err(Failure::TimedOut) }],
        &expect![[r#"
            deleted "" [] mine: []
            may be undone, after TimedOut
            > FocusIn { number: 2, part: "undo-button" }
        "#]],
    );
    check(
        &mut thread,
        [pressed(2, Act::Restore), done(4, vec![reply(2, "text 2", "1")])],
        &expect![[r#"
            published "text 2" [] mine: []
            > FocusIn { number: 2, part: "" }
            > Announce(Acted(Restored))
            > TellHost(OfReply { name: "afterword-reply-restored", id: ReplyId("r2"), number: Some(2) })
        "#]],
    );
}

#[test]
fn a_report_that_is_being_written_stays_whatever_else_is_answered() {
    let mut thread = started(Some(me()));
    for event in [
        reacted("like", true),
        Event::AsideChanged { id: r(2), aside: Some(Aside::Reporting(None)) },
        refused(2, &ProblemType::TOO_MANY_REQUESTS),
    ] {
        thread.update(event);
    }
    let aside = thread.aside(&r(2)).map(|aside| (**aside).clone());
    let failure = Failure::refused(&ProblemType::TOO_MANY_REQUESTS);
    assert_eq!(aside, Some(Aside::Reporting(Some(failure))), "the reaction's failure is told there");
    assert_eq!(thread.chosen(&r(2)).len(), 0);
}

/// A thread of which the backend has not said who is looking.
fn unknown() -> Thread {
    let mut thread = Thread::new(Order::Oldest, 3);
    let mut page = page(1..=3, 3, None, None);
    page.thread.features = ALL.to_vec();
    thread.update(mounted());
    thread.update(loaded(1, page));
    thread
}

fn acts(commands: Vec<Command>) -> Vec<ReplyId> {
    let act = |command| match command {
        Command::Act { id, .. } => Some(id),
        _ => None,
    };
    commands.into_iter().filter_map(act).collect()
}

#[test]
fn all_that_is_pressed_before_the_viewer_is_known_is_done() {
    let mut thread = unknown();
    for number in [1, 2, 2] {
        let tag = "like".into();
        assert_eq!(thread.update(pressed(number, Act::React { tag, chosen: true })), vec![]);
    }
    let may = vec![Permission::React];
    let viewer = Viewer { person: Some(me()), may, ..Viewer::default() };
    assert_eq!(acts(thread.update(Event::ViewerLoaded(Box::new(viewer)))), [r(1), r(2)]);
}

#[test]
fn where_nobody_says_who_is_looking_it_is_tried() {
    let mut thread = unknown();
    thread.update(reacted("like", true));
    assert_eq!(acts(thread.update(Event::ViewerFailed)), [r(2)]);
    assert_eq!(acts(thread.update(pressed(1, Act::React { tag: "like".into(), chosen: true }))), [r(1)]);
}

#[test]
fn a_reaction_is_taken_back_also_where_the_viewer_was_told_anew() {
    let mut thread = started(Some(me()));
    thread.update(reacted("like", true));
    let may = vec![Permission::React];
    thread.update(Event::ViewerLoaded(Box::new(Viewer { person: Some(me()), may, ..Viewer::default() })));
    assert_eq!(thread.chosen(&r(2)).len(), 1, "it is pressed meanwhile");
    check(
        &mut thread,
        [refused(2, &ProblemType::TOO_MANY_REQUESTS)],
        &expect![[r#"
        published "text 2" ["like 0 []"] mine: []
        refused: Too much at once
    "#]],
    );
}

#[test]
fn a_name_that_a_reaction_needs_sends_nothing_that_is_being_written() {
    let mut thread = started(None);
    for event in [typed("half a"), reacted("like", true), Event::NameTyped("Bo".to_owned()), sent()] {
        thread.update(event);
    }
    let commands = thread.update(Event::GuestMade { request: RequestId(2), person: Box::new(me()) });
    assert!(!commands.iter().any(|command| matches!(command, Command::Post { .. })), "{commands:?}");
    assert_eq!(acts(commands), [r(2)]);
    assert_eq!((thread.composer().text(), thread.composer().stage()), ("half a", &Stage::Writing));
    let commands = thread.update(sent());
    assert!(commands.iter().any(|command| matches!(command, Command::Post { .. })), "{commands:?}");
    // What was written for the name's sake, or since, is meant to go.
    let mut thread = started(None);
    for event in [reacted("like", true), typed("whole"), Event::NameTyped("Bo".to_owned()), sent()] {
        thread.update(event);
    }
    let commands = thread.update(Event::GuestMade { request: RequestId(2), person: Box::new(me()) });
    assert!(commands.iter().any(|command| matches!(command, Command::Post { .. })), "{commands:?}");
    assert_eq!(acts(commands), [r(2)]);
}

#[test]
fn a_reaction_that_waited_for_a_name_is_done_when_another_tab_has_given_one() {
    let mut thread = started(None);
    thread.update(reacted("like", true));
    let may = vec![Permission::React];
    let viewer = Viewer { person: Some(me()), may, ..Viewer::default() };
    assert_eq!(acts(thread.update(Event::ViewerLoaded(Box::new(viewer)))), [r(2)]);
}

#[test]
fn a_deletion_or_its_undoing_that_is_refused_leaves_things_as_they_were() {
    let mut thread = started(Some(me()));
    thread.update(pressed(2, Act::Delete));
    check(
        &mut thread,
        [refused(2, &ProblemType::EDIT_WINDOW_OVER)],
        &expect![[r#"
        published "text 2" [] mine: []
        refused: The time to change it is over
        > FocusIn { number: 2, part: "" }
    "#]],
    );
    thread.update(pressed(2, Act::Delete));
    thread.update(done(3, vec![tombstone()]));
    thread.update(pressed(2, Act::Restore));
    check(
        &mut thread,
        [refused(4, &ProblemType::EDIT_WINDOW_OVER)],
        &expect![[r#"
        deleted "" [] mine: []
        refused: The time to change it is over
        > FocusIn { number: 2, part: "" }
    "#]],
    );
}

#[test]
fn somebody_who_is_not_known_any_more_is_told_so() {
    let mut thread = started(Some(me()));
    thread.update(pressed(2, Act::Delete));
    check(
        &mut thread,
        [refused(2, &ProblemType::SIGN_IN_REQUIRED)],
        &expect![[r#"
        published "text 2" [] mine: []
        refused: Sign in first
        > FocusIn { number: 2, part: "" }
    "#]],
    );
    assert_eq!(thread.viewer(), None);
}

#[test]
fn a_report_is_written_sent_and_thanked_for() {
    let mut thread = started(Some(me()));
    let report = || Act::Report { reason: "spam", detail: String::new() };
    let opened = || Event::AsideChanged { id: r(2), aside: Some(Aside::Reporting(None)) };
    check(
        &mut thread,
        [opened()],
        &expect![[r#"
            published "text 2" [] mine: []
            reporting None
            > FocusIn { number: 2, part: "report-reason" }
        "#]],
    );
    check(
        &mut thread,
        [Event::AsideChanged { id: r(2), aside: None }],
        &expect![[r#"
        published "text 2" [] mine: []
        > FocusIn { number: 2, part: "report-button" }
    "#]],
    );
    check(
        &mut thread,
        [opened(), pressed(2, report())],
        &expect![[r#"
            published "text 2" [] mine: []
            reporting None
            > Act { request: RequestId(2), id: ReplyId("r2"), act: Report { reason: "spam", detail: "" } }
        "#]],
    );
    check(
        &mut thread,
        [refused(2, &ProblemType::TOO_MANY_REQUESTS)],
        &expect![[r#"
            published "text 2" [] mine: []
            reporting Some("Too much at once")
        "#]],
    );
    let again = [pressed(2, report()), pressed(2, report()), done(3, vec![])];
    check(
        &mut thread,
        again,
        &expect![[r#"
            published "text 2" [] mine: []
            reported
            > FocusIn { number: 2, part: "report-button" }
            > Announce(Acted(Reported))
        "#]],
    );
}

#[test]
fn what_a_reply_said_before_is_shown_when_it_comes() {
    let mut thread = started(Some(me()));
    check(
        &mut thread,
        [pressed(2, Act::History)],
        &expect![[r#"
        published "text 2" [] mine: []
        > Act { request: RequestId(2), id: ReplyId("r2"), act: History }
    "#]],
    );
    check(
        &mut thread,
        [done(2, vec![reply(2, "first", "1"), reply(2, "second", "2")])],
        &expect![[r#"
            published "text 2" [] mine: []
            2 revisions
            > Announce(Acted(Recalled))
        "#]],
    );
}

#[test]
fn only_what_the_backend_allows_may_be_changed_and_only_until_then() {
    let mut thread = started(Some(me()));
    let may = |thread: &Thread, number, now| {
        let reply = thread.reply(&r(number)).expect("it is there");
        thread.may_to(reply, &Feature::Edit, &Permission::Edit, now)
    };
    assert!(may(&thread, 2, i64::MAX) && !may(&thread, 1, 0));
    let theirs = ViewerReply {
        may: vec![Permission::Edit],
        until: Some("1970-01-01T00:00:10Z".into()),
        ..ViewerReply::default()
    };
    let mut viewer = Viewer { person: Some(me()), ..Viewer::default() };
    viewer.replies.insert(r(2), theirs);
    thread.update(Event::ViewerLoaded(Box::new(viewer.clone())));
    assert!(may(&thread, 2, 9_999) && !may(&thread, 2, 10_000));
    viewer.may = vec![Permission::Edit];
    thread.update(Event::ViewerLoaded(Box::new(viewer)));
    assert!(may(&thread, 1, 0), "a moderator may change any");
}

#[test]
fn an_act_on_a_reply_that_is_not_there_is_none() {
    let mut thread = started(Some(me()));
    for act in [Act::Delete, Act::Restore, Act::History] {
        assert_eq!(thread.update(pressed(9, act)), Vec::<Command>::new());
    }
}

#[test]
fn what_is_typed_after_two_changes_met_is_kept() {
    let commands = contradicted().update(typed("mine, and theirs"));
    assert!(
        matches!(commands.as_slice(), [Command::KeepDraft(Some(_), draft)] if draft.text == "mine, and theirs")
    );
}

#[test]
fn a_change_that_no_browser_keeps_is_not_left_for_another_without_a_question() {
    let mut thread = started(Some(me()));
    for event in [Event::EditPressed { id: r(1) }, Event::DraftsRefused, Event::EditPressed { id: r(2) }] {
        thread.update(event);
    }
    assert_eq!(thread.composer().text(), "text 2", "nothing was written");
    thread.update(typed("mine"));
    thread.update(Event::EditPressed { id: r(1) });
    assert_eq!((thread.composer().text(), thread.composer().stage()), ("mine", &Stage::Leaving));
}

#[test]
fn a_reaction_that_needs_a_name_does_not_disturb_a_reply_on_its_way() {
    let mut thread = started(None);
    for event in [
        typed("mine"),
        Event::NameTyped("Bo".to_owned()),
        sent(),
        reacted("like", true),
        Event::GuestMade { request: RequestId(2), person: Box::new(me()) },
    ] {
        thread.update(event);
    }
    assert!(matches!(thread.composer().stage(), Stage::Sending { .. }), "{:?}", thread.composer());
    assert_eq!(thread.chosen(&r(2)).len(), 1, "it follows with the name");
}
