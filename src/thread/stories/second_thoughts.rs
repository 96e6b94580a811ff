//! Stories of readers who change their minds: what they left, or what failed, does not come after them.

use afterword_contract::Order;
use expect_test::expect;

use super::{check, failed, jumped, loaded, mounted, page};
use crate::thread::{Command, Event, Failure, Load, RequestId, Thread};

fn start() -> Event {
    loaded(1, page(1..=3, 99, None, Some("c3")))
}

fn lost(request: u32) -> Event {
    failed(request, Failure::Unreachable)
}

#[test]
fn a_jump_that_failed_is_left_by_going_elsewhere() {
    check(
        [mounted(), start(), jumped(50, None), lost(2), jumped(2, None)],
        expect![[r#"
        ready
        #1 text 1
        #2 text 2 <-
        #3 text 3
        [later: c3]
        > WriteAddress { number: 2 }
        > ShowReply { number: 2 }
        > Announce(Moved(2))
    "#]],
    );
    check(
        [mounted(), start(), jumped(50, None), lost(2), Event::AddressChanged { target: None }],
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
fn a_jump_that_failed_waits_for_the_reader_and_for_nothing_else() {
    let more = || loaded(3, page(4..=6, 99, Some("c4"), Some("c6")));
    check(
        [mounted(), start(), jumped(50, None), lost(2), Event::WentOnline],
        expect![[r#"
        failed: Unreachable
        #1 text 1
        #2 text 2
        #3 text 3
        [later: c3]
        > Announce(Online)
    "#]],
    );
    check(
        [mounted(), start(), jumped(50, None), lost(2), Event::LaterRequested, more()],
        expect![[r#"
        failed: Unreachable
        #1 text 1
        #2 text 2
        #3 text 3
        #4 text 4
        #5 text 5
        #6 text 6
        [later: c6]
        > Announce(Added(3))
        > FocusPlace { place: 3 }
    "#]],
    );
    check(
        [
            mounted(),
            start(),
            jumped(50, None),
            lost(2),
            Event::LaterRequested,
            more(),
            Event::RetryPressed,
            loaded(4, page(49..=51, 99, Some("c49"), Some("c51"))),
        ],
        expect![[r#"
            ready
            [earlier: c49]
            #49 text 49
            #50 text 50 <-
            #51 text 51
            [later: c51]
            > ShowReply { number: 50 }
            > Announce(Moved(50))
        "#]],
    );
}

#[test]
fn what_fails_while_there_is_something_to_read_is_brought_into_view() {
    for asked in [jumped(50, None), Event::OrderChosen(Order::Newest), Event::ReloadRequested] {
        let mut thread = Thread::new(Order::Oldest, 3);
        for event in [mounted(), start(), asked] {
            thread.update(event);
        }
        let commands = thread.update(lost(2));
        assert!(commands.contains(&Command::ShowNotice), "{commands:?}");
    }
    let mut thread = Thread::new(Order::Oldest, 3);
    thread.update(mounted());
    assert!(!thread.update(lost(1)).contains(&Command::ShowNotice), "the notice is all there is");
}

#[test]
fn an_order_that_was_given_up_is_not_shown_as_chosen() {
    let mut thread = Thread::new(Order::Oldest, 3);
    for event in [mounted(), start(), Event::OrderChosen(Order::Newest), jumped(50, None), jumped(2, None)] {
        thread.update(event);
    }
    assert_eq!((thread.load(), thread.order()), (&Load::Ready, &Order::Oldest));
    thread.update(Event::OrderChosen(Order::Newest));
    assert!(matches!(thread.load(), Load::Loading { .. }), "it can be chosen again");
}

#[test]
fn the_list_is_known_by_its_own_order_while_another_is_on_the_way() {
    let mut thread = Thread::new(Order::Oldest, 3);
    for event in [mounted(), start(), Event::OrderChosen(Order::Newest)] {
        thread.update(event);
    }
    assert_eq!((thread.order(), thread.listed()), (&Order::Newest, &Order::Oldest));
}

#[test]
fn an_attempt_that_the_reader_left_does_not_take_the_focus_when_it_succeeds() {
    let failing = || [mounted(), start(), Event::ReloadRequested, lost(2), Event::RetryPressed];
    let takes_focus = |then: Event, request: u32| {
        let mut thread = Thread::new(Order::Oldest, 3);
        for event in failing().into_iter().chain([then]) {
            thread.update(event);
        }
        let answer = loaded(request, page([99, 98, 97], 99, None, Some("c97")));
        thread.update(answer).iter().any(|command| matches!(command, Command::FocusPlace { .. }))
    };
    assert!(takes_focus(Event::WentOffline, 3), "the button is gone, the reader is not");
    assert!(!takes_focus(Event::OrderChosen(Order::Newest), 4));
    assert!(!takes_focus(jumped(2, None), 3));
}

#[test]
fn an_attempt_by_itself_does_not_take_the_focus() {
    check(
        [
            mounted(),
            failed(1, Failure::Offline),
            Event::RetryPressed,
            failed(2, Failure::Offline),
            Event::WentOnline,
            loaded(3, page(1..=1, 1, None, None)),
        ],
        expect![[r#"
            ready
            #1 text 1
            > TellHost(Ready { total: 1 })
        "#]],
    );
}

#[test]
fn a_reload_does_not_forget_where_the_reader_is_going() {
    check(
        [Event::Mounted { target: Some(50) }, Event::ReloadRequested],
        expect![[r#"
        loading around #50 by 2
        > fetch oldest around #50 by 2
    "#]],
    );
    check(
        [
            Event::Mounted { target: Some(50) },
            Event::ReloadRequested,
            loaded(2, page(49..=51, 99, Some("c49"), Some("c51"))),
        ],
        expect![[r#"
            ready
            [earlier: c49]
            #49 text 49
            #50 text 50 <-
            #51 text 51
            [later: c51]
            > TellHost(Ready { total: 99 })
            > ShowReply { number: 50 }
            > Announce(Moved(50))
        "#]],
    );
}

#[test]
fn a_refused_number_ends_the_jump_before_it() {
    let mut thread = Thread::new(Order::Oldest, 3);
    for event in [mounted(), start(), jumped(50, None), jumped(100, None)] {
        thread.update(event);
    }
    let late = thread.update(Event::PageLoaded {
        request: RequestId(2),
        page: Box::new(page(49..=51, 99, Some("c49"), Some("c51"))),
    });
    assert_eq!(late, []);
    assert!(thread.refusal().is_some());
}

#[test]
fn a_complaint_goes_when_it_is_no_longer_true_or_the_reader_has_left() {
    let refused = || {
        let mut thread = Thread::new(Order::Oldest, 3);
        for event in [mounted(), start(), jumped(100, None)] {
            thread.update(event);
        }
        assert!(thread.refusal().is_some());
        thread
    };
    let mut thread = refused();
    thread.update(Event::LaterRequested);
    thread.update(loaded(2, page(4..=6, 100, Some("c4"), Some("c6"))));
    assert_eq!(thread.refusal(), None, "somebody has written it");
    let mut thread = refused();
    thread.update(Event::AddressChanged { target: None });
    assert_eq!(thread.refusal(), None);
}

#[test]
fn the_address_of_a_reply_that_is_no_longer_listed_is_fetched_again() {
    check(
        [
            mounted(),
            start(),
            jumped(2, None),
            Event::OrderChosen(Order::Newest),
            loaded(2, page([99, 98, 97], 99, None, Some("c97"))),
            Event::AddressChanged { target: Some(2) },
        ],
        expect![[r#"
            loading around #2 by 3
            #99 text 99
            #98 text 98
            #97 text 97
            [later: c97]
            > fetch newest around #2 by 3
        "#]],
    );
}
