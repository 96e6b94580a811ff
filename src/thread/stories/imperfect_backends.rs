//! Stories of backends that forget, repeat themselves or say less than they should.

use afterword_contract::{Order, ProblemType};
use expect_test::expect;

use super::{check, failed, jumped, loaded, mounted, page};
use crate::thread::{Event, Failure};

fn bad_cursor(request: u32) -> Event {
    failed(request, Failure::refused(&ProblemType::BAD_CURSOR))
}

fn start() -> Event {
    loaded(1, page(1..=3, 9, None, Some("c3")))
}

#[test]
fn a_cursor_that_the_backend_forgot_begins_the_list_again() {
    check(
        [mounted(), start(), Event::LaterRequested, bad_cursor(2)],
        expect![[r#"
        loading the start by 3
        #1 text 1
        #2 text 2
        #3 text 3
        [later: c3]
        > fetch oldest the start by 3
    "#]],
    );
    check(
        [
            mounted(),
            start(),
            Event::LaterRequested,
            bad_cursor(2),
            loaded(3, page(1..=3, 9, None, Some("d3"))),
        ],
        expect![[r#"
            ready
            #1 text 1
            #2 text 2
            #3 text 3
            [later: d3]
            > FocusPlace { place: 0 }
        "#]],
    );
}

#[test]
fn a_list_that_begins_again_does_not_go_on_with_a_jump_that_failed() {
    check(
        [
            mounted(),
            start(),
            jumped(8, None),
            failed(2, Failure::TimedOut),
            Event::LaterRequested,
            bad_cursor(3),
            loaded(4, page(1..=3, 9, None, Some("d3"))),
        ],
        expect![[r#"
            ready
            #1 text 1
            #2 text 2
            #3 text 3
            [later: d3]
            > FocusPlace { place: 0 }
        "#]],
    );
}

#[test]
fn a_backend_that_understands_nothing_is_not_asked_for_ever() {
    check(
        [mounted(), bad_cursor(1)],
        expect![[r#"
            failed: Refused { status: 400, wait: None, problem: Problem { kind: "urn:afterword:problem:bad-cursor", title: "The cursor is not known", status: 400, detail: None, instance: None, errors: [], current: None } }
            > TellHost(Failed(Refused { status: 400, wait: None, problem: Problem { kind: "urn:afterword:problem:bad-cursor", title: "The cursor is not known", status: 400, detail: None, instance: None, errors: [], current: None } }))
        "#]],
    );
    check(
        [Event::Mounted { target: Some(5) }, bad_cursor(1), bad_cursor(2)],
        expect![[r#"
            failed: Refused { status: 400, wait: None, problem: Problem { kind: "urn:afterword:problem:bad-cursor", title: "The cursor is not known", status: 400, detail: None, instance: None, errors: [], current: None } }
            > TellHost(Failed(Refused { status: 400, wait: None, problem: Problem { kind: "urn:afterword:problem:bad-cursor", title: "The cursor is not known", status: 400, detail: None, instance: None, errors: [], current: None } }))
        "#]],
    );
    check(
        [Event::Mounted { target: Some(5) }, start(), bad_cursor(2)],
        expect![[r#"
            ready
            #1 text 1
            #2 text 2
            #3 text 3
            [later: Refused { status: 400, wait: None, problem: Problem { kind: "urn:afterword:problem:bad-cursor", title: "The cursor is not known", status: 400, detail: None, instance: None, errors: [], current: None } }]
            > Announce(NotAdded)
        "#]],
    );
}

#[test]
fn a_page_without_ends_is_not_taken_for_the_whole_thread() {
    check(
        [mounted(), loaded(1, page([], 9, None, None)), Event::OrderChosen(Order::Newest)],
        expect![[r#"
        loading the start by 2
        > fetch newest the start by 2
    "#]],
    );
    check(
        [
            mounted(),
            start(),
            Event::LaterRequested,
            loaded(2, page([], 9, None, None)),
            Event::OrderChosen(Order::Newest),
        ],
        expect![[r#"
            loading the start by 3
            #1 text 1
            #2 text 2
            #3 text 3
            > fetch newest the start by 3
        "#]],
    );
}

#[test]
fn a_file_with_gaps_is_put_in_order_all_the_same() {
    check(
        [
            mounted(),
            loaded(1, page([1, 5], 5, None, None)),
            Event::OrderChosen(Order::Newest),
            loaded(2, page([1, 5], 5, None, None)),
        ],
        expect![[r#"
            ready
            #5 text 5
            #1 text 1
            > Announce(Reordered)
        "#]],
    );
}

#[test]
fn a_reply_that_exists_and_does_not_come_is_not_said_to_be_none() {
    check(
        [Event::Mounted { target: Some(5) }, loaded(1, page(1..=3, 9, None, None))],
        expect![[r#"
        ready
        #1 text 1
        #2 text 2
        #3 text 3
        #5 not found
        > TellHost(Ready { total: 9 })
        > Announce(Refused(NotFound(5)))
    "#]],
    );
}

#[test]
fn a_page_that_adds_nothing_ends_the_list_and_keeps_the_focus_in_it() {
    let middle = || loaded(1, page(4..=6, 9, Some("c4"), Some("c6")));
    check(
        [mounted(), middle(), Event::EarlierRequested, loaded(2, page(4..=6, 9, Some("c4"), None))],
        expect![[r#"
            ready
            #4 text 4
            #5 text 5
            #6 text 6
            [later: c6]
            > Announce(NoMore)
            > FocusPlace { place: 0 }
        "#]],
    );
    check(
        [mounted(), middle(), Event::LaterRequested, loaded(2, page([], 9, None, Some("c6")))],
        expect![[r#"
            ready
            [earlier: c4]
            #4 text 4
            #5 text 5
            #6 text 6
            > Announce(NoMore)
            > FocusPlace { place: 2 }
        "#]],
    );
}
