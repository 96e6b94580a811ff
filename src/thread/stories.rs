//! The thread's stories: events in, the thread as a text picture and the commands out.

mod acting;
pub(crate) mod chance;
mod imperfect_backends;
mod long_threads;
mod losing_nothing;
mod mentioning;
mod news;
mod quoting;
mod second_thoughts;
mod what_stays;
mod writing;

use afterword_contract::{
    Cursor, Feature, Order, Person, Quote, Reaction, Reply, Status, ThreadPage, Viewer,
};
use expect_test::{Expect, expect};

use super::{Command, End, Event, Failure, Load, Position, Refusal, RequestId, Source, Thread};

/// Lets the events happen one after another and compares what comes of it; commands are those of the last event.
fn check<const N: usize>(events: [Event; N], picture: Expect) {
    let mut thread = Thread::new(Order::Oldest, 3);
    let mut commands = vec![];
    for event in events {
        commands = thread.update(event);
    }
    picture.assert_eq(&draw(&thread, &commands));
}

fn draw(thread: &Thread, commands: &[Command]) -> String {
    let mut lines =
        vec![format!("{}{}", draw_load(thread.load()), if thread.is_offline() { ", offline" } else { "" })];
    lines.extend(draw_end("earlier", thread.earlier()));
    for id in thread.shown() {
        let Some(reply) = thread.reply(id) else { continue };
        let number = reply.number.map_or("held".to_owned(), |number| format!("#{number}"));
        let mut line = format!("{number} {}", reply.body);
        let quoted_by = reply.number.map(|number| thread.quoted_by(number)).unwrap_or_default();
        if !quoted_by.is_empty() {
            line.push_str(&format!(" (quoted by {quoted_by:?})"));
        }
        if reply.number.is_some() && thread.target() == reply.number {
            line.push_str(" <-");
        }
        if let Some(from) = reply.number.and_then(|number| thread.came_from(number)) {
            line.push_str(&format!(" back to #{from}"));
        }
        lines.push(line);
    }
    lines.extend(draw_end("later", thread.later()));
    lines.extend((thread.news() > 0).then(|| format!("[{} new]", thread.news())));
    lines.extend(thread.refusal().map(|refusal| match refusal {
        Refusal::Garbled => "no number".to_owned(),
        Refusal::NoSuchReply(number) => format!("no #{number} among {}", thread.info().total),
        Refusal::NotFound(number) => format!("#{number} not found"),
    }));
    lines
        .extend(thread.passage().map(|it| format!("[selected: {} to {} of #{}]", it.from, it.to, it.number)));
    lines.extend(commands.iter().map(|command| format!("> {}", draw_command(command))));
    lines.join("\n") + "\n"
}

fn draw_load(load: &Load) -> String {
    match load {
        Load::Idle => "idle".to_owned(),
        Load::Loading { request, query } => {
            format!("loading {} by {}", draw_position(&query.position), request.0)
        }
        Load::Ready => "ready".to_owned(),
        Load::Failed { failure, .. } => format!("failed: {failure:?}"),
    }
}

fn draw_end(side: &str, end: &End) -> Option<String> {
    match end {
        End::Complete => None,
        End::More(cursor) => Some(format!("[{side}: {cursor}]")),
        End::Loading { request, .. } => Some(format!("[{side}: loading by {}]", request.0)),
        End::Failed { failure, .. } => Some(format!("[{side}: {failure:?}]")),
    }
}

fn draw_position(position: &Position) -> String {
    match position {
        Position::Start => "the start".to_owned(),
        Position::After(cursor) => format!("after {cursor}"),
        Position::Before(cursor) => format!("before {cursor}"),
        Position::Around(number) => format!("around #{number}"),
    }
}

fn draw_command(command: &Command) -> String {
    match command {
        Command::FetchPage { request, query } => {
            format!("fetch {} {} by {}", query.order.as_str(), draw_position(&query.position), request.0)
        }
        other => format!("{other:?}"),
    }
}

fn reply(number: u32) -> Reply {
    Reply {
        id: format!("r{number}").as_str().into(),
        number: Some(number),
        body: format!("text {number}"),
        ..Reply::default()
    }
}

fn page(
    replies: impl IntoIterator<Item = u32>,
    total: u32,
    previous: Option<&str>,
    next: Option<&str>,
) -> ThreadPage {
    ThreadPage {
        thread: afterword_contract::Thread { id: "soft".into(), total, ..Default::default() },
        replies: replies.into_iter().map(reply).collect(),
        previous: previous.map(Cursor::from),
        next: next.map(Cursor::from),
        ..ThreadPage::default()
    }
}

fn mounted() -> Event {
    Event::Mounted { target: None }
}

fn loaded(request: u32, page: ThreadPage) -> Event {
    Event::PageLoaded { request: RequestId(request), page: Box::new(page) }
}

fn failed(request: u32, failure: Failure) -> Event {
    Event::PageFailed { request: RequestId(request), failure }
}

fn jumped(number: u32, from: Option<u32>) -> Event {
    Event::JumpRequested { number, from }
}

#[test]
fn the_first_page_is_asked_for_and_shown() {
    check(
        [mounted()],
        expect![[r#"
            loading the start by 1
            > fetch oldest the start by 1
            > FindDraft(None)
        "#]],
    );
    check(
        [mounted(), loaded(1, page(1..=3, 9, None, Some("c3")))],
        expect![[r#"
        ready
        #1 text 1
        #2 text 2
        #3 text 3
        [later: c3]
        > TellHost(Ready { total: 9 })
    "#]],
    );
}

#[test]
fn a_thread_without_replies_is_ready_and_empty() {
    check(
        [mounted(), loaded(1, page([], 0, None, None))],
        expect![[r#"
        ready
        > TellHost(Ready { total: 0 })
    "#]],
    );
}

#[test]
fn a_failure_is_told_and_retried_with_the_same_question() {
    check(
        [mounted(), failed(1, Failure::TimedOut)],
        expect![[r#"
        failed: TimedOut
        > TellHost(Failed(TimedOut))
    "#]],
    );
    check(
        [mounted(), failed(1, Failure::TimedOut), Event::RetryPressed],
        expect![[r#"
        loading the start by 2
        > fetch oldest the start by 2
    "#]],
    );
}

#[test]
fn what_failed_for_want_of_a_network_is_tried_again_when_it_is_back() {
    check(
        [mounted(), Event::WentOffline, failed(1, Failure::Offline), Event::WentOnline],
        expect![[r#"
        loading the start by 2
        > Announce(Online)
        > fetch oldest the start by 2
    "#]],
    );
    let refused = Failure::refused(&afterword_contract::ProblemType::INTERNAL);
    check(
        [mounted(), Event::WentOffline, failed(1, refused), Event::WentOnline],
        expect![[r#"
            failed: Refused { status: 500, wait: None, problem: Problem { kind: "urn:afterword:problem:internal", title: "Something went wrong on the server", status: 500, detail: None, instance: None, errors: [], current: None } }
            > Announce(Online)
        "#]],
    );
}

#[test]
fn stale_answers_are_dropped() {
    check(
        [
            mounted(),
            loaded(1, page(1..=3, 9, None, Some("c3"))),
            Event::OrderChosen(Order::Newest),
            Event::OrderChosen(Order::Top),
            loaded(2, page([9, 8, 7], 9, None, Some("newest"))),
        ],
        expect![[r#"
            loading the start by 3
            #1 text 1
            #2 text 2
            #3 text 3
            [later: c3]
        "#]],
    );
    check(
        [mounted(), failed(7, Failure::Offline)],
        expect![[r#"
        loading the start by 1
    "#]],
    );
}

#[test]
fn pages_are_added_at_both_ends_and_focus_goes_to_the_first_new_reply() {
    let middle = || loaded(1, page(4..=6, 9, Some("c4"), Some("c6")));
    check(
        [mounted(), middle(), Event::LaterRequested, loaded(2, page(7..=9, 9, Some("c7"), None))],
        expect![[r#"
        ready
        [earlier: c4]
        #4 text 4
        #5 text 5
        #6 text 6
        #7 text 7
        #8 text 8
        #9 text 9
        > Announce(Added(3))
        > FocusPlace { place: 3 }
    "#]],
    );
    check(
        [mounted(), middle(), Event::EarlierRequested, loaded(2, page(1..=3, 9, None, Some("c3")))],
        expect![[r#"
        ready
        #1 text 1
        #2 text 2
        #3 text 3
        #4 text 4
        #5 text 5
        #6 text 6
        [later: c6]
        > Announce(Added(3))
        > FocusPlace { place: 2 }
    "#]],
    );
}

#[test]
fn a_page_is_asked_for_once_however_often_the_button_is_pressed() {
    check(
        [
            mounted(),
            loaded(1, page(1..=3, 9, None, Some("c3"))),
            Event::LaterRequested,
            Event::LaterRequested,
        ],
        expect![[r#"
            ready
            #1 text 1
            #2 text 2
            #3 text 3
            [later: loading by 2]
        "#]],
    );
}

#[test]
fn a_page_that_did_not_come_can_be_asked_for_again() {
    check(
        [
            mounted(),
            loaded(1, page(1..=3, 9, None, Some("c3"))),
            Event::LaterRequested,
            failed(2, Failure::Unreachable),
            Event::LaterRequested,
        ],
        expect![[r#"
            ready
            #1 text 1
            #2 text 2
            #3 text 3
            [later: loading by 3]
            > fetch oldest after c3 by 3
        "#]],
    );
}

#[test]
fn a_backend_that_repeats_itself_is_not_asked_for_ever() {
    check(
        [
            mounted(),
            loaded(1, page(1..=3, 9, None, Some("c3"))),
            Event::LaterRequested,
            loaded(2, page(1..=3, 9, None, Some("c3"))),
        ],
        expect![[r#"
            ready
            #1 text 1
            #2 text 2
            #3 text 3
            > Announce(NoMore)
            > FocusPlace { place: 2 }
        "#]],
    );
}

#[test]
fn a_whole_thread_is_put_in_order_without_a_request() {
    let mut popular = page(1..=3, 3, None, None);
    popular.replies[1].reactions = vec![Reaction { tag: "like".into(), count: 2, people: vec![] }];
    check(
        [mounted(), loaded(1, popular.clone()), Event::OrderChosen(Order::Newest)],
        expect![[r#"
        ready
        #3 text 3
        #2 text 2
        #1 text 1
        > Announce(Reordered)
    "#]],
    );
    check(
        [mounted(), loaded(1, popular), Event::OrderChosen(Order::Top)],
        expect![[r#"
        ready
        #2 text 2
        #1 text 1
        #3 text 3
        > Announce(Reordered)
    "#]],
    );
}

#[test]
fn a_deep_link_asks_for_the_page_around_it_and_goes_there() {
    check(
        [Event::Mounted { target: Some(5) }],
        expect![[r#"
            loading around #5 by 1
            > fetch oldest around #5 by 1
            > FindDraft(None)
        "#]],
    );
    check(
        [Event::Mounted { target: Some(5) }, loaded(1, page(4..=6, 9, Some("c4"), Some("c6")))],
        expect![[r#"
        ready
        [earlier: c4]
        #4 text 4
        #5 text 5 <-
        #6 text 6
        [later: c6]
        > TellHost(Ready { total: 9 })
        > ShowReply { number: 5 }
        > Announce(Moved(5))
    "#]],
    );
}

#[test]
fn a_deep_link_survives_a_failure() {
    check(
        [
            Event::Mounted { target: Some(2) },
            failed(1, Failure::TimedOut),
            Event::RetryPressed,
            loaded(2, page(1..=3, 3, None, None)),
        ],
        expect![[r#"
            ready
            #1 text 1
            #2 text 2 <-
            #3 text 3
            > TellHost(Ready { total: 3 })
            > ShowReply { number: 2 }
            > Announce(Moved(2))
        "#]],
    );
}

#[test]
fn a_deep_link_beyond_the_end_is_said() {
    check(
        [Event::Mounted { target: Some(99) }, loaded(1, page(1..=3, 3, None, None))],
        expect![[r#"
            ready
            #1 text 1
            #2 text 2
            #3 text 3
            no #99 among 3
            > TellHost(Ready { total: 3 })
            > Announce(Refused(NoSuchReply(99)))
        "#]],
    );
}

#[test]
fn a_backend_that_ignores_around_is_read_until_the_reply_is_there() {
    check(
        [Event::Mounted { target: Some(5) }, loaded(1, page(1..=3, 6, None, Some("c3")))],
        expect![[r#"
        ready
        #1 text 1
        #2 text 2
        #3 text 3
        [later: loading by 2]
        > TellHost(Ready { total: 6 })
        > fetch oldest after c3 by 2
    "#]],
    );
    check(
        [
            Event::Mounted { target: Some(5) },
            loaded(1, page(1..=3, 6, None, Some("c3"))),
            loaded(2, page(4..=6, 6, Some("c4"), None)),
        ],
        expect![[r#"
            ready
            #1 text 1
            #2 text 2
            #3 text 3
            #4 text 4
            #5 text 5 <-
            #6 text 6
            > ShowReply { number: 5 }
            > Announce(Moved(5))
        "#]],
    );
}

#[test]
fn a_jump_to_a_shown_reply_needs_no_request_and_can_be_undone() {
    let start = || loaded(1, page(1..=3, 3, None, None));
    check(
        [mounted(), start(), jumped(1, Some(3))],
        expect![[r#"
        ready
        #1 text 1 <- back to #3
        #2 text 2
        #3 text 3
        > WriteAddress { number: 1 }
        > ShowReply { number: 1 }
        > Announce(Moved(1))
    "#]],
    );
    check(
        [mounted(), start(), jumped(1, Some(3)), Event::BackPressed],
        expect![[r#"
        ready
        #1 text 1
        #2 text 2
        #3 text 3 <-
        > WriteAddress { number: 3 }
        > ShowReply { number: 3 }
        > Announce(Moved(3))
    "#]],
    );
}

#[test]
fn a_jump_to_a_far_reply_fetches_its_page_and_remembers_where_it_came_from() {
    check(
        [
            mounted(),
            loaded(1, page(1..=3, 99, None, Some("c3"))),
            jumped(50, Some(2)),
            loaded(2, page(49..=51, 99, Some("c49"), Some("c51"))),
        ],
        expect![[r#"
            ready
            [earlier: c49]
            #49 text 49
            #50 text 50 <- back to #2
            #51 text 51
            [later: c51]
            > ShowReply { number: 50 }
            > Announce(Moved(50))
        "#]],
    );
}

#[test]
fn a_number_that_the_thread_does_not_have_is_refused_without_a_request() {
    let start = || loaded(1, page(1..=3, 9, None, Some("c3")));
    for number in [0, 10] {
        let mut thread = Thread::new(Order::Oldest, 3);
        thread.update(mounted());
        thread.update(start());
        let commands = thread.update(jumped(number, None));
        assert_eq!(commands.len(), 1, "{commands:?}");
        assert_eq!(thread.refusal(), Some(Refusal::NoSuchReply(number)));
    }
    check(
        [mounted(), start(), jumped(10, None), jumped(2, None)],
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
}

#[test]
fn the_back_button_is_followed_without_writing_the_address_again() {
    check(
        [
            mounted(),
            loaded(1, page(1..=3, 3, None, None)),
            jumped(1, Some(3)),
            Event::AddressChanged { target: Some(2) },
        ],
        expect![[r#"
            ready
            #1 text 1 back to #3
            #2 text 2 <-
            #3 text 3
            > ShowReply { number: 2 }
            > Announce(Moved(2))
        "#]],
    );
    check(
        [
            mounted(),
            loaded(1, page(1..=3, 3, None, None)),
            jumped(1, None),
            Event::AddressChanged { target: None },
        ],
        expect![[r#"
            ready
            #1 text 1
            #2 text 2
            #3 text 3
        "#]],
    );
}

#[test]
fn a_reload_comes_back_to_where_the_reader_is() {
    check(
        [mounted(), loaded(1, page(1..=3, 3, None, None)), jumped(2, None), Event::ReloadRequested],
        expect![[r#"
        loading around #2 by 2
        #1 text 1
        #2 text 2 <-
        #3 text 3
        > fetch oldest around #2 by 2
    "#]],
    );
    check(
        [
            mounted(),
            loaded(1, page(1..=3, 3, None, None)),
            Event::ReloadRequested,
            loaded(2, page(1..=4, 4, None, None)),
        ],
        expect![[r#"
            ready
            #1 text 1
            #2 text 2
            #3 text 3
            #4 text 4
            > TellHost(CountChanged { total: 4 })
        "#]],
    );
}

#[test]
fn who_quotes_whom_is_known_from_what_is_loaded_and_from_what_the_backend_says() {
    let mut quoting = page(1..=3, 20, None, Some("c3"));
    quoting.replies[2].quotes = vec![Quote { number: 1, exact: Some(true) }];
    quoting.replies[0].quoted_by = vec![12];
    check(
        [mounted(), loaded(1, quoting)],
        expect![[r#"
        ready
        #1 text 1 (quoted by [3, 12])
        #2 text 2
        #3 text 3
        [later: c3]
        > TellHost(Ready { total: 20 })
    "#]],
    );
}

#[test]
fn a_quotes_source_is_there_or_elsewhere_or_gone_or_was_never_there() {
    let mut thread = Thread::new(Order::Oldest, 3);
    assert_eq!(thread.source(99), Source::Elsewhere, "before the first page nothing is known to be missing");
    thread.update(mounted());
    let mut first = page(1..=3, 9, None, Some("c3"));
    first.replies[0].author = Some(Person { name: "avon b7".to_owned(), ..Person::default() });
    first.replies[1].status = Status::Deleted;
    thread.update(loaded(1, first));
    assert_eq!(thread.source(1), Source::Loaded { author: Some("avon b7".to_owned()) });
    assert_eq!(thread.source(2), Source::Gone);
    assert_eq!(thread.source(3), Source::Loaded { author: None });
    assert_eq!(thread.source(9), Source::Elsewhere);
    assert_eq!(thread.source(10), Source::Missing);
    assert_eq!(thread.source(0), Source::Missing);
}

#[test]
fn the_viewer_is_asked_for_only_where_the_backend_knows_them_and_their_held_replies_stand_last() {
    let mut first = page(1..=2, 2, None, None);
    first.thread.features = vec![Feature::Viewer];
    let pending =
        Reply { id: "mine".into(), status: Status::Pending, body: "soon".to_owned(), ..Reply::default() };
    let viewer = Viewer {
        person: Some(Person { id: Some("u2".into()), name: "avon b7".to_owned(), ..Person::default() }),
        pending: vec![pending],
        ..Viewer::default()
    };
    check(
        [mounted(), loaded(1, first.clone())],
        expect![[r#"
        ready
        #1 text 1
        #2 text 2
        > TellHost(Ready { total: 2 })
        > FetchViewer
    "#]],
    );
    check(
        [
            mounted(),
            loaded(1, first),
            Event::ViewerLoaded(Box::new(viewer)),
            Event::OrderChosen(Order::Newest),
        ],
        expect![[r#"
            ready
            held soon
            #2 text 2
            #1 text 1
            > Announce(Reordered)
        "#]],
    );
}

#[test]
fn an_unchanged_reply_keeps_its_identity_so_that_it_is_not_drawn_again() {
    let mut thread = Thread::new(Order::Oldest, 3);
    thread.update(mounted());
    thread.update(loaded(1, page(1..=3, 3, None, None)));
    let before = thread.reply(&"r2".into()).cloned().expect("it is loaded");
    thread.update(Event::ReloadRequested);
    let mut again = page(1..=3, 3, None, None);
    again.replies[0].body = "edited".to_owned();
    thread.update(loaded(2, again));
    let after = thread.reply(&"r2".into()).cloned().expect("it is loaded");
    assert!(std::sync::Arc::ptr_eq(&before, &after));
    assert_eq!(thread.reply(&"r1".into()).map(|reply| reply.body.as_str()), Some("edited"));
}

#[test]
fn a_jump_that_the_reader_left_does_not_pull_them_back() {
    let start = || loaded(1, page(1..=3, 99, None, Some("c3")));
    let late = || loaded(2, page(49..=51, 99, Some("c49"), Some("c51")));
    check(
        [mounted(), start(), jumped(50, None), jumped(2, None), late()],
        expect![[r#"
        ready
        #1 text 1
        #2 text 2 <-
        #3 text 3
        [later: c3]
    "#]],
    );
    check(
        [mounted(), start(), jumped(50, None), Event::AddressChanged { target: None }, late()],
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
fn a_later_page_that_comes_during_a_jump_is_stale() {
    let start = || loaded(1, page(4..=6, 9, Some("c4"), Some("c6")));
    check(
        [
            mounted(),
            start(),
            Event::LaterRequested,
            jumped(2, None),
            loaded(2, page(7..=9, 9, Some("c7"), None)),
            loaded(3, page(1..=3, 9, None, Some("c3"))),
        ],
        expect![[r#"
            ready
            #1 text 1
            #2 text 2 <-
            #3 text 3
            [later: c3]
            > ShowReply { number: 2 }
            > Announce(Moved(2))
        "#]],
    );
}

#[test]
fn after_a_failed_reload_the_list_still_grows_in_the_order_it_stands_in() {
    check(
        [
            mounted(),
            loaded(1, page(1..=3, 9, None, Some("c3"))),
            Event::OrderChosen(Order::Newest),
            failed(2, Failure::TimedOut),
            Event::LaterRequested,
        ],
        expect![[r#"
            failed: TimedOut
            #1 text 1
            #2 text 2
            #3 text 3
            [later: loading by 3]
            > fetch oldest after c3 by 3
        "#]],
    );
}

#[test]
fn focus_goes_to_the_replies_when_the_button_that_asked_again_goes() {
    check(
        [mounted(), failed(1, Failure::TimedOut), Event::RetryPressed, loaded(2, page(1..=1, 1, None, None))],
        expect![[r#"
            ready
            #1 text 1
            > TellHost(Ready { total: 1 })
            > FocusPlace { place: 0 }
        "#]],
    );
}
