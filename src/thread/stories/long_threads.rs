//! Threads that are longer than what is shown of them: pages come by themselves and go again.

use afterword_contract::Order;

use super::chance::{Dice, answer};
use super::{failed, jumped, loaded, mounted, page};
use crate::thread::window::{HELD, WINDOW};
use crate::thread::{Aside, Command, End, Event, Failure, Load, Passage, Position, Query, RequestId, Thread};

/// A thread of 10,000 replies that are asked for by fifty, and a backend that answers as it should.
struct Long {
    thread: Thread,
    total: u32,
    asked: Vec<(RequestId, Query)>,
    /// All that was ordered besides pages.
    orders: Vec<Command>,
}

impl Long {
    fn new(target: Option<u32>) -> Self {
        let mut long =
            Self { thread: Thread::new(Order::Oldest, 50), total: 10_000, asked: vec![], orders: vec![] };
        long.tell(Event::Mounted { target });
        long.answer();
        long.orders.clear();
        long
    }

    fn tell(&mut self, event: Event) {
        for command in self.thread.update(event) {
            match command {
                Command::FetchPage { request, query } => self.asked.push((request, query)),
                other => self.orders.push(other),
            }
        }
    }

    /// Answers everything that was asked.
    fn answer(&mut self) {
        while !self.asked.is_empty() {
            let (request, query) = self.asked.remove(0);
            self.tell(Event::PageLoaded { request, page: Box::new(answer(&query, self.total)) });
        }
    }

    fn near(&mut self, later: bool) {
        self.tell(Event::EndNeared { later });
        self.answer();
    }

    fn numbers(&self) -> Vec<u32> {
        self.thread.shown().filter_map(|id| self.thread.reply(id)?.number).collect()
    }

    /// The first and the last number that is shown; whatever is between must be there.
    fn run(&self) -> (u32, u32) {
        let numbers = self.numbers();
        let step = if *self.thread.listed() == Order::Newest { -1 } else { 1 };
        for pair in numbers.windows(2) {
            assert_eq!(i64::from(pair[1]) - i64::from(pair[0]), step, "{numbers:?}");
        }
        (numbers[0], numbers[numbers.len() - 1])
    }
}

fn editing(long: &mut Long, number: u32) {
    let id = long.thread.numbered(number).expect("it is shown").id.clone();
    long.tell(Event::AsideChanged { id, aside: Some(Aside::Reporting(None)) });
}

#[test]
fn pages_come_by_themselves_and_those_far_behind_go() {
    let mut long = Long::new(None);
    assert_eq!(long.run(), (1, 50));
    for _ in 0..3 {
        long.near(true);
    }
    assert_eq!(long.run(), (1, 200));
    long.near(true);
    assert_eq!(long.run(), (51, 250));
    assert_eq!(long.thread.earlier(), &End::More("50".into()));
    for _ in 0..20 {
        long.near(true);
    }
    assert_eq!(long.run(), (1_051, 1_250));
    for _ in 0..30 {
        long.near(false);
    }
    assert_eq!(long.run(), (1, 200));
    assert_eq!(long.thread.earlier(), &End::Complete);
    assert_eq!(long.thread.later(), &End::More("200".into()));
}

#[test]
fn what_comes_by_itself_moves_no_focus_and_says_nothing() {
    let mut long = Long::new(None);
    long.near(true);
    assert_eq!(long.orders, []);
    long.tell(Event::LaterRequested);
    long.answer();
    assert_eq!(long.orders.len(), 2, "{:?}", long.orders);
    assert_eq!(long.orders[1], Command::FocusPlace { place: 100 });
}

#[test]
fn whoever_presses_the_button_meanwhile_has_asked_for_it() {
    let mut long = Long::new(None);
    long.tell(Event::EndNeared { later: true });
    long.tell(Event::LaterRequested);
    assert_eq!(long.asked.len(), 1);
    long.answer();
    assert_eq!(long.orders.last(), Some(&Command::FocusPlace { place: 50 }));
}

#[test]
fn the_focus_goes_to_the_first_new_reply_when_others_went() {
    let mut long = Long::new(None);
    for _ in 0..3 {
        long.near(true);
    }
    long.tell(Event::LaterRequested);
    long.answer();
    assert_eq!(long.orders.last(), Some(&Command::FocusPlace { place: 150 }));
    assert_eq!(long.numbers()[150], 201);
}

#[test]
fn what_failed_is_asked_for_again_by_the_reader_alone() {
    let mut long = Long::new(None);
    long.tell(Event::EndNeared { later: true });
    let (request, _) = long.asked.remove(0);
    long.tell(failed(request.0, Failure::Unreachable));
    long.near(true);
    assert_eq!(long.run(), (1, 50));
    long.tell(Event::LaterRequested);
    long.answer();
    assert_eq!(long.run(), (1, 100));
}

#[test]
fn what_the_reader_is_at_does_not_go() {
    let mut passage = Long::new(None);
    passage.tell(Event::TextSelected(Some(Passage { number: 20, from: 0, to: 3 })));
    let mut focus = Long::new(None);
    focus.tell(Event::FocusSeen(20));
    let mut work = Long::new(None);
    editing(&mut work, 20);
    for (mut long, pages) in [(passage, 7), (focus, 7), (work, 10)] {
        for _ in 0..pages {
            long.near(true);
        }
        assert_eq!(long.run(), (1, 50 + 50 * pages));
        long.tell(Event::TextSelected(None));
        long.tell(Event::FocusSeen(0));
        let id = long.thread.numbered(20).expect("it is shown").id.clone();
        long.tell(Event::AsideChanged { id, aside: None });
        long.near(true);
        let last = 100 + 50 * pages;
        assert_eq!(long.run(), (last - 199, last));
    }
}

#[test]
fn what_was_left_behind_with_the_focus_goes_at_last() {
    let mut long = Long::new(None);
    long.tell(Event::FocusSeen(20));
    for _ in 0..10 {
        long.near(true);
    }
    assert_eq!(long.run(), (351, 550));
    assert!(matches!(long.thread.earlier(), End::More(_)), "they can be had again");
}

#[test]
fn a_page_in_the_middle_that_is_at_work_stops_what_goes() {
    let mut long = Long::new(None);
    long.near(true);
    editing(&mut long, 70);
    for _ in 0..5 {
        long.near(true);
    }
    assert_eq!(long.run(), (51, 350));
}

#[test]
fn a_far_place_is_fetched_in_any_order() {
    let mut long = Long::new(None);
    long.tell(Event::PlaceNeared(4_999));
    assert_eq!(long.asked[0].1.position, Position::Around(5_000));
    long.answer();
    let (first, last) = long.run();
    assert!(first <= 5_000 && last >= 5_000, "{first} to {last}");
    assert_eq!(long.orders, [], "nobody is moved or told");
    long.tell(Event::OrderChosen(Order::Newest));
    long.answer();
    assert_eq!(long.run(), (10_000, 9_951));
    long.tell(Event::PlaceNeared(9_999));
    long.answer();
    assert_eq!(long.run().1, 1);
}

#[test]
fn nothing_is_replaced_while_the_viewer_writes_in_it() {
    let mut long = Long::new(None);
    editing(&mut long, 20);
    long.tell(Event::PlaceNeared(4_999));
    assert!(long.asked.is_empty());
}

#[test]
fn a_jump_and_the_way_back_while_a_page_comes() {
    let mut long = Long::new(None);
    long.tell(Event::EndNeared { later: true });
    long.tell(jumped(5_000, Some(7)));
    long.answer();
    let (first, last) = long.run();
    assert!(
        first <= 5_000 && last >= 5_000 && last - first < 60,
        "a page of another list came: {first} to {last}"
    );
    assert_eq!(long.thread.came_from(5_000), Some(7));
    long.near(true);
    long.near(false);
    long.tell(Event::BackPressed);
    long.answer();
    assert_eq!(long.thread.target(), Some(7));
    let (first, last) = long.run();
    assert!(first <= 7 && last >= 7, "{first} to {last}");
}

#[test]
fn a_deep_link_grows_both_ways() {
    let mut long = Long::new(Some(5_000));
    let (first, last) = long.run();
    long.near(false);
    long.near(true);
    assert_eq!(long.run(), (first - 50, last + 50));
}

#[test]
fn an_answer_for_an_end_that_went_is_stale() {
    let mut long = Long::new(Some(5_000));
    for _ in 0..3 {
        long.near(true);
    }
    long.tell(Event::EndNeared { later: false });
    let earlier = long.asked.remove(0);
    long.near(true);
    let run = long.run();
    long.asked.push(earlier);
    long.answer();
    assert_eq!(long.run(), run);
}

#[test]
fn a_backend_that_does_not_say_how_to_go_back_keeps_what_it_gave() {
    let mut thread = Thread::new(Order::Oldest, 50);
    thread.update(mounted());
    thread.update(loaded(1, page(1..=50, 400, None, Some("50"))));
    for request in 2..=8 {
        thread.update(Event::EndNeared { later: true });
        let first = (request - 1) * 50 + 1;
        let next = (first + 49).to_string();
        thread.update(loaded(
            request,
            page(first..first + 50, 400, None, Some(&next).filter(|_| request < 8).map(|x| x.as_str())),
        ));
    }
    assert_eq!(thread.shown().count(), 400);
}

#[test]
fn memory_is_bounded_too() {
    let mut long = Long::new(None);
    for _ in 0..60 {
        long.near(true);
    }
    assert!(long.thread.replies.count() <= 3 * WINDOW, "{}", long.thread.replies.count());
    assert!(long.thread.numbered(1).is_none());
    for place in 0..60 {
        long.tell(Event::PlaceNeared(place * 150));
        long.answer();
    }
    assert!(long.thread.replies.count() <= 3 * WINDOW, "{}", long.thread.replies.count());
    for id in long.thread.shown() {
        assert!(long.thread.reply(id).is_some());
    }
}

/// Whatever happens in whatever order, answers late and out of order included.
#[test]
fn the_run_stays_contiguous_and_bounded() {
    for seed in 1..=300 {
        let mut dice = Dice::new(seed);
        let mut long = Long::new(dice.one_in(2).then(|| 1 + dice.below(1_000)));
        long.total = 1_000;
        long.tell(Event::ReloadRequested);
        long.answer();
        for _ in 0..120 {
            match dice.below(14) {
                12 => long.tell(Event::FocusSeen(dice.below(1_000))),
                13 => {
                    let number = 1 + dice.below(1_000);
                    long.tell(Event::TextSelected(Some(Passage { number, from: 0, to: 3 })));
                }
                0 => long.tell(jumped(1 + dice.below(1_000), None)),
                1 => long.tell(Event::PlaceNeared(dice.below(1_000))),
                2 => long.tell(Event::OrderChosen(Order::Newest)),
                3 => long.tell(Event::OrderChosen(Order::Oldest)),
                4..=6 => long.tell(Event::EndNeared { later: true }),
                7 | 8 => long.tell(Event::EndNeared { later: false }),
                9 => long.tell(Event::BackPressed),
                _ if long.asked.is_empty() => long.tell(Event::LaterRequested),
                _ => {
                    let (request, query) = long.asked.remove(dice.below(long.asked.len() as u32) as usize);
                    long.tell(Event::PageLoaded { request, page: Box::new(answer(&query, long.total)) });
                }
            }
            long.run();
            let shown = long.thread.shown().count();
            assert!(shown <= HELD, "with seed {seed} {shown} are shown");
            assert!(long.thread.replies.count() <= 2 * HELD, "with seed {seed}");
        }
        long.answer();
        assert_eq!(long.thread.load(), &Load::Ready, "with seed {seed}");
    }
}
