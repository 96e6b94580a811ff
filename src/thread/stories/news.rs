//! Stories of what others do meanwhile: changes appear in place, new replies wait, and the viewer's own acts go first.

use std::sync::Arc;

use afterword_contract::{Feature, Order, Person, Reaction, Reply, Status, ThreadPage, Viewer};
use expect_test::expect;

use super::{check, draw, failed, jumped, loaded, mounted, page, reply};
use crate::thread::{
    Act, Announcement, Command, Event, Failure, HostEvent, Load, Position, RequestId, Stage, Thread,
};

/// A reply is new or another, in a thread of so many.
fn heard(reply: Reply, total: u32) -> Event {
    let news = ThreadPage { replies: vec![reply], ..page([], total, None, None) };
    Event::NewsCame(Box::new(news))
}

fn reacted(number: u32, count: u32) -> Event {
    heard(Reply { id: reply(number).id, reactions: vec![like(count)], ..Reply::default() }, 3)
}

fn like(count: u32) -> Reaction {
    Reaction { tag: "like".into(), count, people: vec![] }
}

fn edited(number: u32, revision: &str, body: &str) -> Reply {
    Reply { body: body.to_owned(), revision: revision.into(), ..reply(number) }
}

fn whole() -> Event {
    loaded(1, page(1..=3, 3, None, None))
}

/// A thread of three, in which the viewer may do everything.
fn taking_part() -> Thread {
    let mut three = page(1..=3, 3, None, None);
    three.thread.features =
        vec![Feature::Viewer, Feature::Reply, Feature::Edit, Feature::Delete, Feature::React];
    let mut thread = Thread::new(Order::Oldest, 3);
    thread.update(mounted());
    thread.update(loaded(1, three));
    let may = ["reply", "react", "edit", "delete"].map(Into::into).to_vec();
    let viewer = Viewer { person: Some(me()), may, ..Viewer::default() };
    thread.update(Event::ViewerLoaded(Box::new(viewer)));
    thread
}

fn me() -> Person {
    Person { id: Some("u1".into()), name: "Me".to_owned(), ..Person::default() }
}

fn mine(number: u32) -> Reply {
    Reply { author: Some(me()), ..reply(number) }
}

fn send(thread: &mut Thread) -> RequestId {
    thread.update(Event::ComposerOpened);
    thread.update(Event::TextTyped { text: "Hello".to_owned(), caret: 5 });
    let commands = thread.update(Event::SendPressed { key: "key".to_owned() });
    let sent = commands.iter().find_map(|command| match command {
        Command::Post { request, .. } => Some(*request),
        _ => None,
    });
    sent.unwrap_or_else(|| panic!("nothing was sent: {commands:?}"))
}

fn act(thread: &mut Thread, number: u32, act: Act) -> RequestId {
    let commands = thread.update(Event::ActPressed { id: reply(number).id, act });
    let sent = commands.iter().find_map(|command| match command {
        Command::Act { request, .. } => Some(*request),
        _ => None,
    });
    sent.unwrap_or_else(|| panic!("nothing was done: {commands:?}"))
}

#[test]
fn a_new_reply_waits_behind_a_button_and_the_count_follows_at_once() {
    check(
        [mounted(), whole(), heard(reply(4), 4)],
        expect![[r#"
        ready
        #1 text 1
        #2 text 2
        #3 text 3
        [1 new]
        > TellHost(CountChanged { total: 4 })
        > Announce(News(1))
    "#]],
    );
}

#[test]
fn it_is_said_once_however_many_follow() {
    check(
        [mounted(), whole(), heard(reply(4), 4), heard(reply(5), 5)],
        expect![[r#"
        ready
        #1 text 1
        #2 text 2
        #3 text 3
        [2 new]
        > TellHost(CountChanged { total: 5 })
    "#]],
    );
}

#[test]
fn new_replies_are_added_to_the_end_and_the_first_has_the_focus() {
    check(
        [mounted(), whole(), heard(reply(4), 4), heard(reply(5), 5), Event::NewsPressed],
        expect![[r#"
        ready
        #1 text 1
        #2 text 2
        #3 text 3
        #4 text 4
        #5 text 5
        > Announce(Added(2))
        > FocusIn { number: 4, part: "" }
    "#]],
    );
}

#[test]
fn with_the_newest_first_they_stand_on_top() {
    check(
        [
            mounted(),
            whole(),
            Event::OrderChosen(Order::Newest),
            heard(reply(4), 4),
            heard(reply(5), 5),
            Event::NewsPressed,
        ],
        expect![[r#"
            ready
            #5 text 5
            #4 text 4
            #3 text 3
            #2 text 2
            #1 text 1
            > Announce(Added(2))
            > FocusIn { number: 5, part: "" }
        "#]],
    );
}

#[test]
fn in_the_middle_of_a_long_thread_the_button_leads_to_them() {
    let middle =
        || [mounted(), loaded(1, page(1..=3, 9, None, Some("c3"))), heard(reply(10), 10), Event::NewsPressed];
    check(
        middle(),
        expect![[r#"
        loading around #10 by 2
        #1 text 1
        #2 text 2
        #3 text 3
        [later: c3]
        [1 new]
        > fetch oldest around #10 by 2
    "#]],
    );
    let [mounted, loaded_first, heard, pressed] = middle();
    check(
        [mounted, loaded_first, heard, pressed, loaded(2, page(8..=10, 10, Some("c8"), None))],
        expect![[r#"
            ready
            [earlier: c8]
            #8 text 8
            #9 text 9
            #10 text 10 <-
            > ShowReply { number: 10 }
            > Announce(Moved(10))
        "#]],
    );
}

#[test]
fn what_was_missed_in_between_is_fetched() {
    check(
        [mounted(), whole(), heard(reply(5), 5), Event::NewsPressed],
        expect![[r#"
        loading around #4 by 2
        #1 text 1
        #2 text 2
        #3 text 3
        [2 new]
        > fetch oldest around #4 by 2
    "#]],
    );
}

#[test]
fn a_button_that_finds_no_network_leaves_the_list_and_the_news() {
    check(
        [mounted(), whole(), heard(reply(5), 5), Event::NewsPressed, failed(2, Failure::Unreachable)],
        expect![[r#"
            failed: Unreachable
            #1 text 1
            #2 text 2
            #3 text 3
            [2 new]
            > TellHost(Failed(Unreachable))
            > ShowNotice
        "#]],
    );
}

#[test]
fn who_goes_elsewhere_still_has_news() {
    let far =
        || [mounted(), loaded(1, page(1..=3, 9, None, Some("c3"))), heard(reply(10), 10), jumped(5, None)];
    let [one, two, three, four] = far();
    check(
        [one, two, three, four, loaded(2, page(4..=6, 10, Some("c4"), Some("c6")))],
        expect![[r#"
        ready
        [earlier: c4]
        #4 text 4
        #5 text 5 <-
        #6 text 6
        [later: c6]
        [1 new]
        > ShowReply { number: 5 }
        > Announce(Moved(5))
    "#]],
    );
}

#[test]
fn who_pages_to_the_end_has_none_left() {
    check(
        [
            mounted(),
            loaded(1, page(1..=3, 5, None, Some("c3"))),
            heard(reply(6), 6),
            Event::LaterRequested,
            loaded(2, page(4..=6, 6, Some("c4"), None)),
        ],
        expect![[r#"
            ready
            #1 text 1
            #2 text 2
            #3 text 3
            #4 text 4
            #5 text 5
            #6 text 6
            > Announce(Added(3))
            > FocusPlace { place: 3 }
        "#]],
    );
}

#[test]
fn an_edit_and_a_deletion_appear_in_place() {
    let gone = Reply { status: Status::Deleted, revision: "3".into(), body: String::new(), ..reply(3) };
    check(
        [mounted(), whole(), heard(edited(2, "2", "better"), 3), heard(gone, 3)],
        expect![[r#"
        ready
        #1 text 1
        #2 better
        #3 
    "#]],
    );
}

#[test]
fn an_older_revision_does_not_come_back() {
    let stale = || page(1..=3, 3, None, None);
    let mut old = stale();
    old.replies[1].revision = "1".into();
    check(
        [mounted(), whole(), heard(edited(2, "10", "newest"), 3), heard(edited(2, "9", "older"), 3)],
        expect![[r#"
            ready
            #1 text 1
            #2 newest
            #3 text 3
        "#]],
    );
    check(
        [mounted(), whole(), heard(edited(2, "10", "newest"), 3), Event::ReloadRequested, loaded(2, old)],
        expect![[r#"
            ready
            #1 text 1
            #2 newest
            #3 text 3
        "#]],
    );
}

#[test]
fn a_reply_that_is_not_loaded_is_no_news() {
    check(
        [mounted(), loaded(1, page(1..=3, 9, None, Some("c3"))), heard(edited(7, "2", "far away"), 9)],
        expect![[r#"
            ready
            #1 text 1
            #2 text 2
            #3 text 3
            [later: c3]
        "#]],
    );
}

#[test]
fn reactions_appear_in_place_but_not_over_the_viewers_own() {
    let mut thread = taking_part();
    thread.update(reacted(2, 5));
    assert_eq!(thread.numbered(2).unwrap().reactions, vec![like(5)]);
    act(&mut thread, 2, Act::React { tag: "like".into(), chosen: true });
    thread.update(reacted(2, 1));
    assert_eq!(thread.numbered(2).unwrap().reactions[0].count, 6, "what the viewer chose is on its way");
    let mut other = edited(2, "2", "another text");
    other.reactions = vec![like(1)];
    thread.update(heard(other, 3));
    assert_eq!(thread.numbered(2).unwrap().body, "another text");
    assert_eq!(thread.numbered(2).unwrap().reactions[0].count, 6);
    thread.update(reacted(1, 2));
    assert_eq!(thread.numbered(1).unwrap().reactions, vec![like(2)], "another reply is not concerned");
}

#[test]
fn a_deletion_under_way_is_not_undone_by_what_was_heard() {
    let mut thread = taking_part();
    let request = act(&mut thread, 2, Act::Delete);
    thread.update(heard(edited(2, "2", "better"), 3));
    assert_eq!(thread.numbered(2).unwrap().status, Status::Deleted);
    let tombstone = Reply { status: Status::Deleted, revision: "3".into(), body: String::new(), ..reply(2) };
    thread.update(Event::Acted { request, outcome: Ok(vec![tombstone]) });
    assert_eq!(thread.numbered(2).unwrap().body, "");
}

#[test]
fn the_viewers_own_reply_is_not_news_whichever_comes_first() {
    let mut thread = taking_part();
    let request = send(&mut thread);
    let commands = thread.update(heard(mine(4), 4));
    assert_eq!((thread.news(), commands), (0, vec![]), "it is heard before it is answered");
    let commands = thread.update(Event::Posted { request, reply: Box::new(mine(4)) });
    assert!(commands.contains(&Command::Announce(Announcement::Posted(4))), "{commands:?}");
    assert!(commands.contains(&Command::TellHost(HostEvent::CountChanged { total: 4 })), "{commands:?}");
    assert_eq!(thread.update(heard(mine(4), 4)), vec![], "and after");
    assert_eq!((thread.news(), thread.shown().count()), (0, 4));
}

#[test]
fn what_others_wrote_while_the_viewer_did_stands_before_it() {
    let mut thread = taking_part();
    let request = send(&mut thread);
    thread.update(heard(reply(4), 4));
    assert_eq!(thread.news(), 1);
    let commands = thread.update(Event::Posted { request, reply: Box::new(mine(5)) });
    assert!(commands.contains(&Command::ShowReply { number: 5 }), "{commands:?}");
    let numbers: Vec<_> = thread.shown().filter_map(|id| thread.reply(id)?.number).collect();
    assert_eq!((numbers, thread.news()), (vec![1, 2, 3, 4, 5], 0));
}

#[test]
fn a_lock_appears_in_place_and_what_is_written_stays() {
    let mut thread = taking_part();
    thread.update(Event::ComposerOpened);
    thread.update(Event::TextTyped { text: "Hello".to_owned(), caret: 5 });
    let mut locked = page([], 3, None, None);
    locked.thread.locked = true;
    assert_eq!(thread.update(Event::NewsCame(Box::new(locked))), vec![]);
    assert!(thread.info().locked);
    assert_eq!((thread.composer().text(), thread.composer().stage()), ("Hello", &Stage::Writing));
}

#[test]
fn a_held_reply_of_the_viewers_that_is_approved_joins_the_list_once() {
    let mut thread = taking_part();
    let pending = Reply { number: None, status: Status::Pending, ..mine(4) };
    let viewer = Viewer { person: Some(me()), pending: vec![pending], ..Viewer::default() };
    thread.update(Event::ViewerLoaded(Box::new(viewer)));
    thread.update(heard(mine(4), 4));
    thread.update(Event::NewsPressed);
    assert_eq!((thread.shown().count(), thread.news()), (4, 0));
}

#[test]
fn without_a_stream_what_is_shown_is_asked_for_anew_and_looked_through() {
    check(
        [mounted(), whole(), Event::NewsWanted],
        expect![[r#"
            ready
            #1 text 1
            #2 text 2
            #3 text 3
            > fetch oldest the start by 2
        "#]],
    );
    let mut newer = page(2..=4, 4, None, None);
    newer.replies[0].body = "edited".to_owned();
    check(
        [mounted(), whole(), Event::NewsWanted, loaded(2, newer)],
        expect![[r#"
        ready
        #1 text 1
        #2 edited
        #3 text 3
        [1 new]
        > TellHost(CountChanged { total: 4 })
        > Announce(News(1))
    "#]],
    );
    check(
        [mounted(), whole(), Event::NewsWanted, failed(2, Failure::Unreachable)],
        expect![[r#"
        ready
        #1 text 1
        #2 text 2
        #3 text 3
    "#]],
    );
}

/// The questions that are asked, by what they are to bring.
fn asked(commands: Vec<Command>) -> Vec<(RequestId, Position)> {
    let mut asked = Vec::new();
    for command in commands {
        if let Command::FetchPage { request, query } = command {
            assert_eq!(query.limit, 100);
            asked.push((request, query.position));
        }
    }
    asked
}

#[test]
fn of_a_long_list_every_piece_is_asked_for_anew() {
    let mut thread = Thread::new(Order::Oldest, 100);
    thread.update(mounted());
    thread.update(loaded(1, page(401..=500, 900, Some("b"), Some("c"))));
    thread.update(Event::LaterRequested);
    thread.update(loaded(2, page(501..=600, 900, Some("d"), Some("e"))));
    let asked = asked(thread.update(Event::NewsWanted));
    let around = |number| Position::Around(number);
    assert_eq!(asked, [(RequestId(3), around(451)), (RequestId(4), around(551))]);
    // Each is looked through, in whatever order they come.
    for (request, number) in [(4, 600), (3, 401)] {
        let mut newer = page(number..=number, 900, None, None);
        newer.replies[0].body = "edited".to_owned();
        thread.update(loaded(request, newer));
        assert_eq!(thread.numbered(number).map(|reply| reply.body.as_str()), Some("edited"));
    }
    assert!(!thread.wants_news());
}

#[test]
fn news_that_could_not_be_had_are_still_wanted() {
    let mut thread = Thread::new(Order::Oldest, 3);
    thread.update(mounted());
    assert_eq!(thread.update(Event::NewsWanted), vec![]);
    thread.update(whole());
    assert!(!thread.wants_news());
    thread.update(Event::NewsWanted);
    assert!(!thread.wants_news(), "the answer is on its way");
    thread.update(failed(2, Failure::Unreachable));
    assert!(thread.wants_news());
    thread.update(Event::WentOffline);
    assert!(!thread.wants_news(), "nobody can be asked");
    thread.update(Event::WentOnline);
    // Each failure doubles the rest before the next question.
    for (request, rests) in [(3, 0), (4, 1), (5, 3)] {
        for _ in 0..rests {
            assert_eq!(thread.update(Event::TimePassed), vec![]);
        }
        let commands = thread.update(Event::TimePassed);
        assert!(
            matches!(&commands[..], [Command::FetchPage { request: asked, .. }] if *asked == RequestId(request)),
            "{commands:?}"
        );
        thread.update(failed(request, Failure::Unreachable));
    }
    // Asked for once more, the questions before are of no importance.
    thread.update(Event::NewsWanted);
    thread.update(loaded(5, page(1..=3, 3, None, None)));
    thread.update(loaded(6, page(1..=3, 3, None, None)));
    assert_eq!(thread.update(Event::TimePassed), vec![]);
    assert!(!thread.wants_news());
}

#[test]
fn what_others_did_is_seen_beside_a_reply_of_the_viewers_that_is_on_its_way() {
    let mut thread = taking_part();
    send(&mut thread);
    let news = ThreadPage { replies: vec![mine(4), edited(1, "2", "edited")], ..page([], 4, None, None) };
    thread.update(Event::NewsCame(Box::new(news)));
    assert_eq!((thread.news(), thread.numbered(4)), (0, None));
    assert_eq!(thread.numbered(1).map(|reply| reply.body.as_str()), Some("edited"));
}

#[test]
fn a_late_answer_takes_nothing_back() {
    check(
        [mounted(), whole(), Event::NewsWanted, heard(reply(4), 4), loaded(2, page(1..=3, 3, None, None))],
        expect![[r#"
            ready
            #1 text 1
            #2 text 2
            #3 text 3
            [1 new]
        "#]],
    );
}

#[test]
fn nothing_is_heard_before_the_first_page_and_nothing_asked_while_another_is_on_the_way() {
    let mut thread = Thread::new(Order::Oldest, 3);
    assert_eq!(thread.update(heard(reply(4), 4)), vec![]);
    thread.update(mounted());
    assert_eq!(thread.update(Event::NewsWanted), vec![]);
    assert_eq!(thread.update(Event::NewsPressed), vec![]);
    assert!(matches!(thread.load(), Load::Loading { query, .. } if query.position == Position::Start));
    assert_eq!(draw(&thread, &[]), "loading the start by 1\n");
    assert_eq!(Arc::strong_count(thread.info()), 1);
}

/// The viewer is told anew: this is held for approval, and nothing else.
fn holding(pending: Vec<Reply>) -> Event {
    let may = ["reply", "react"].map(Into::into).to_vec();
    Event::ViewerLoaded(Box::new(Viewer { person: Some(me()), may, pending, ..Viewer::default() }))
}

fn pending(number: u32) -> Reply {
    Reply { number: None, status: Status::Pending, ..mine(number) }
}

/// A thread of three and a reply of the viewer's that is held, after these events.
fn holding_one(events: impl IntoIterator<Item = Event>) -> Thread {
    let mut thread = taking_part();
    for event in [holding(vec![pending(4)])].into_iter().chain(events) {
        thread.update(event);
    }
    thread
}

/// The numbers that are shown, 0 for a reply without one.
fn numbers(thread: &Thread) -> Vec<u32> {
    thread.shown().filter_map(|id| Some(thread.reply(id)?.number.unwrap_or_default())).collect()
}

#[test]
fn a_held_reply_that_is_approved_is_no_news_and_stays() {
    let mut thread = holding_one([]);
    let commands = thread.update(heard(mine(4), 4));
    // What they may do to it, the backend says.
    assert_eq!(commands, [Command::TellHost(HostEvent::CountChanged { total: 4 }), Command::FetchViewer]);
    assert_eq!((numbers(&thread), thread.news()), (vec![1, 2, 3, 4], 0));
    thread.update(holding(vec![pending(5)]));
    assert_eq!((numbers(&thread), thread.news()), (vec![1, 2, 3, 4, 0], 0));
}

#[test]
fn a_reply_that_was_said_not_to_be_held_any_more_before_its_approval_was_heard_is_no_news_either() {
    let thread = holding_one([holding(vec![]), heard(mine(4), 4)]);
    assert_eq!((numbers(&thread), thread.news()), (vec![1, 2, 3, 4], 0));
}

#[test]
fn an_approved_reply_moves_nothing_and_what_others_wrote_before_it_is_still_news() {
    let approved = Reply { id: pending(4).id, ..mine(5) };
    let mut thread = holding_one([heard(Reply { id: "other".into(), ..reply(4) }, 4), heard(approved, 5)]);
    assert_eq!((numbers(&thread), thread.news()), (vec![1, 2, 3, 5], 1));
    let commands = thread.update(Event::NewsPressed);
    assert!(commands.contains(&Command::Announce(Announcement::Added(1))), "{commands:?}");
    assert_eq!((numbers(&thread), thread.news()), (vec![1, 2, 3, 4, 5], 0));
}

#[test]
fn several_that_are_approved_join_in_their_order_however_they_are_heard() {
    let both = ThreadPage { replies: vec![mine(5), mine(4)], ..page([], 5, None, None) };
    let mut thread = holding_one([holding(vec![pending(5), pending(4)])]);
    thread.update(Event::NewsCame(Box::new(both)));
    assert_eq!((numbers(&thread), thread.news()), (vec![1, 2, 3, 4, 5], 0));
}

#[test]
fn while_a_reply_is_held_it_is_asked_once_a_minute_what_became_of_it() {
    // The clock tells of each half.
    let asked = |thread: &mut Thread| {
        let mut asked = 0;
        for _ in 0..4 {
            asked += usize::from(thread.update(Event::TimePassed).contains(&Command::FetchViewer));
        }
        asked
    };
    let mut thread = holding_one([]);
    assert_eq!(asked(&mut thread), 2);
    thread.update(Event::WentOffline);
    assert_eq!(asked(&mut thread), 0, "nobody can be asked");
    thread.update(Event::WentOnline);
    thread.update(holding(vec![]));
    assert_eq!(asked(&mut thread), 0, "it was turned away");
}

#[test]
fn with_the_newest_first_the_button_leads_to_the_newest_of_more_than_were_told() {
    check(
        [
            mounted(),
            whole(),
            Event::OrderChosen(Order::Newest),
            heard(reply(50), 50),
            Event::NewsPressed,
            loaded(2, page([50, 49, 48], 50, None, Some("c48"))),
        ],
        expect![[r#"
            ready
            #50 text 50 <-
            #49 text 49
            #48 text 48
            [later: c48]
            > ShowReply { number: 50 }
            > Announce(Moved(50))
        "#]],
    );
}

#[test]
fn in_an_empty_thread_the_first_replies_are_shown_at_once() {
    let empty = || loaded(1, page([], 0, None, None));
    check(
        [mounted(), empty(), heard(reply(1), 1)],
        expect![[r#"
        ready
        #1 text 1
        > TellHost(CountChanged { total: 1 })
        > Announce(News(1))
    "#]],
    );
    check(
        [mounted(), empty(), heard(reply(1), 1), heard(reply(2), 2)],
        expect![[r#"
        ready
        #1 text 1
        [1 new]
        > TellHost(CountChanged { total: 2 })
        > Announce(News(1))
    "#]],
    );
}
