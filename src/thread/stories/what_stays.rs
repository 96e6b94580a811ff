//! Stories of what stays when pages come and go: the reader's place, held replies, what is known.

use afterword_contract::{Feature, Order, Quote, Reply, Status, ThreadPage, Viewer};
use expect_test::expect;

use super::{check, failed, jumped, loaded, mounted, page};
use crate::thread::{Command, Event, Failure, Position, Source, Thread};

fn held(id: &str, body: &str) -> Reply {
    Reply { id: id.into(), status: Status::Pending, body: body.to_owned(), ..Reply::default() }
}

fn viewer(pending: Vec<Reply>) -> Event {
    Event::ViewerLoaded(Box::new(Viewer { pending, ..Viewer::default() }))
}

#[test]
fn a_reload_in_the_middle_of_a_thread_stays_there() {
    check(
        [mounted(), loaded(1, page(4..=6, 9, Some("c4"), Some("c6"))), Event::ReloadRequested],
        expect![[r#"
            loading around #4 by 2
            [earlier: c4]
            #4 text 4
            #5 text 5
            #6 text 6
            [later: c6]
            > fetch oldest around #4 by 2
        "#]],
    );
}

#[test]
fn a_reload_brings_as_much_as_was_shown_up_to_a_page_of_a_hundred() {
    for (shown, limit) in [(3, 3), (9, 9), (250, 100)] {
        let mut thread = Thread::new(Order::Oldest, 3);
        thread.update(mounted());
        thread.update(loaded(1, page(1..=shown, 300, None, Some("more"))));
        let commands = thread.update(Event::ReloadRequested);
        let Some(Command::FetchPage { query, .. }) = commands.first() else { panic!("{commands:?}") };
        assert_eq!((query.limit, &query.position), (limit, &Position::Start));
    }
}

#[test]
fn held_replies_stand_where_they_will_be_once_that_end_is_shown() {
    let start = || loaded(1, page(1..=3, 6, None, Some("c3")));
    let mine = || viewer(vec![held("mine", "soon")]);
    check(
        [mounted(), start(), mine()],
        expect![[r#"
        ready
        #1 text 1
        #2 text 2
        #3 text 3
        [later: c3]
    "#]],
    );
    let rest = || loaded(2, page(4..=6, 6, Some("c4"), None));
    check(
        [mounted(), start(), mine(), Event::LaterRequested, rest()],
        expect![[r#"
        ready
        #1 text 1
        #2 text 2
        #3 text 3
        #4 text 4
        #5 text 5
        #6 text 6
        held soon
        > Announce(Added(3))
        > FocusPlace { place: 3 }
    "#]],
    );
    check(
        [
            mounted(),
            start(),
            mine(),
            Event::OrderChosen(Order::Newest),
            loaded(2, page([6, 5, 4], 6, None, Some("c4"))),
        ],
        expect![[r#"
            ready
            held soon
            #6 text 6
            #5 text 5
            #4 text 4
            [later: c4]
            > Announce(Reordered)
        "#]],
    );
}

#[test]
fn focus_finds_its_place_behind_held_replies() {
    check(
        [
            mounted(),
            loaded(1, page(1..=3, 6, None, Some("c3"))),
            viewer(vec![held("mine", "soon")]),
            Event::OrderChosen(Order::Newest),
            loaded(2, page([5, 4], 6, Some("c5"), None)),
            Event::EarlierRequested,
            loaded(3, page([6], 6, None, Some("c6"))),
        ],
        expect![[r#"
            ready
            held soon
            #6 text 6
            #5 text 5
            #4 text 4
            > Announce(Added(1))
            > FocusPlace { place: 1 }
        "#]],
    );
}

#[test]
fn a_held_reply_stands_once_and_not_beside_what_became_of_it() {
    let twice = || viewer(vec![held("mine", "soon"), held("mine", "soon")]);
    check(
        [mounted(), loaded(1, page(1..=2, 2, None, None)), twice()],
        expect![[r#"
        ready
        #1 text 1
        #2 text 2
        held soon
    "#]],
    );
    let mut approved = page(1..=1, 9, None, Some("c1"));
    approved.replies[0].id = "mine".into();
    check(
        [
            mounted(),
            loaded(1, approved),
            jumped(9, None),
            loaded(2, page(8..=9, 9, Some("c8"), None)),
            twice(),
        ],
        expect![[r#"
            ready
            [earlier: c8]
            #8 text 8
            #9 text 9 <-
        "#]],
    );
}

#[test]
fn held_replies_survive_a_reload_and_a_far_jump() {
    let start = || loaded(1, page(1..=3, 3, None, None));
    let mine = || viewer(vec![held("mine", "soon")]);
    check(
        [mounted(), start(), mine(), Event::ReloadRequested, loaded(2, page(1..=3, 3, None, None))],
        expect![[r#"
            ready
            #1 text 1
            #2 text 2
            #3 text 3
            held soon
        "#]],
    );
    check(
        [
            mounted(),
            loaded(1, page(1..=3, 9, None, Some("c3"))),
            mine(),
            jumped(9, None),
            loaded(2, page(7..=9, 9, Some("c7"), None)),
        ],
        expect![[r#"
            ready
            [earlier: c7]
            #7 text 7
            #8 text 8
            #9 text 9 <-
            held soon
            > ShowReply { number: 9 }
            > Announce(Moved(9))
        "#]],
    );
}

#[test]
fn a_held_reply_that_was_approved_is_a_reply_like_others() {
    let approved =
        || Reply { id: "mine".into(), number: Some(4), body: "soon".to_owned(), ..Reply::default() };
    let with_it = || {
        let mut all = page(1..=3, 4, None, None);
        all.replies.push(approved());
        all
    };
    let mine = || viewer(vec![held("mine", "soon")]);
    let picture = expect![[r#"
        ready
        #1 text 1
        #2 text 2
        #3 text 3
        #4 soon
    "#]];
    let mut told = Thread::new(Order::Oldest, 3);
    for event in [mounted(), loaded(1, page(1..=3, 3, None, None)), mine(), Event::ReloadRequested] {
        told.update(event);
    }
    told.update(loaded(2, with_it()));
    picture.assert_eq(&super::draw(&told, &[]));
    let mut overtaken = Thread::new(Order::Oldest, 3);
    for event in [mounted(), loaded(1, with_it()), mine()] {
        overtaken.update(event);
    }
    picture.assert_eq(&super::draw(&overtaken, &[]));
}

#[test]
fn a_reload_asks_again_who_is_looking() {
    let known = || ThreadPage {
        thread: afterword_contract::Thread {
            total: 1,
            features: vec![Feature::Viewer],
            ..afterword_contract::Thread::default()
        },
        ..page(1..=1, 1, None, None)
    };
    check(
        [mounted(), loaded(1, known()), Event::ReloadRequested],
        expect![[r#"
        loading the start by 2
        #1 text 1
        > fetch oldest the start by 2
        > FetchViewer
    "#]],
    );
}

#[test]
fn a_source_that_is_missing_stays_missing_while_pages_are_on_the_way() {
    let mut thread = Thread::new(Order::Oldest, 3);
    thread.update(mounted());
    thread.update(loaded(1, page(1..=3, 3, None, None)));
    thread.update(Event::ReloadRequested);
    assert_eq!(thread.source(10), Source::Missing);
    thread.update(failed(2, Failure::TimedOut));
    assert_eq!(thread.source(10), Source::Missing);
}

#[test]
fn a_number_that_the_thread_does_not_have_is_refused_also_while_something_failed() {
    check(
        [
            mounted(),
            loaded(1, page(1..=3, 3, None, None)),
            Event::ReloadRequested,
            failed(2, Failure::TimedOut),
            jumped(10, None),
        ],
        expect![[r#"
            failed: TimedOut
            #1 text 1
            #2 text 2
            #3 text 3
            no #10 among 3
            > Announce(Refused(NoSuchReply(10)))
        "#]],
    );
}

#[test]
fn who_quotes_a_reply_no_longer_is_no_longer_listed() {
    let quoting = |quoted: &[u32], by: Vec<u32>| {
        let mut page = page(1..=3, 20, None, Some("c3"));
        page.replies[2].quotes = quoted.iter().map(|&number| Quote { number, exact: None }).collect();
        page.replies[0].quoted_by = by;
        page
    };
    check(
        [
            mounted(),
            loaded(1, quoting(&[1, 2], vec![3, 12])),
            Event::ReloadRequested,
            loaded(2, quoting(&[2], vec![13])),
        ],
        expect![[r#"
            ready
            #1 text 1 (quoted by [13])
            #2 text 2 (quoted by [3])
            #3 text 3
            [later: c3]
        "#]],
    );
}
