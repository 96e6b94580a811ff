//! A thread to which anything happens in any order, with answers that are late, repeated, wrong or missing: what
//! holds whatever happens.

use std::sync::Arc;

use afterword_contract::{Feature, Order, ProblemType, Reply, Status, ThreadPage, Viewer};

use super::{failed, jumped, page, reply};
use crate::thread::{Command, End, Event, Failure, Load, Position, Query, RequestId, Thread};

/// Numbers that look like chance and are the same every time.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15))
    }

    pub(crate) fn below(&mut self, sides: u32) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 32) as u32 % sides
    }

    pub(crate) fn one_in(&mut self, sides: u32) -> bool {
        self.below(sides) == 0
    }
}

/// A backend that pages as it should.
pub(crate) fn answer(query: &Query, total: u32) -> ThreadPage {
    let mut numbers: Vec<u32> = (1..=total).collect();
    if query.order == Order::Newest {
        numbers.reverse();
    }
    let limit = usize::from(query.limit);
    let cursor = |cursor: &afterword_contract::Cursor| cursor.as_str().parse().unwrap_or(0);
    let (first, end) = match &query.position {
        Position::Start => (0, limit),
        Position::After(after) => (cursor(after), cursor(after) + limit),
        Position::Before(before) => (cursor(before).saturating_sub(limit), cursor(before)),
        Position::Around(number) => {
            let place = numbers.iter().position(|known| known == number).unwrap_or(numbers.len());
            (place.saturating_sub(1), place.saturating_sub(1) + limit)
        }
    };
    let (first, end) = (first.min(numbers.len()), end.min(numbers.len()));
    let previous = (first > 0).then(|| first.to_string());
    let next = (end < numbers.len()).then(|| end.to_string());
    page(numbers[first..end].iter().copied(), total, previous.as_deref(), next.as_deref())
}

/// What comes back, more often right than not.
fn outcome(request: RequestId, query: &Query, total: u32, dice: &mut Dice) -> Event {
    let wrong = Query { position: Position::Around(dice.below(total + 2)), ..query.clone() };
    let bad_cursor = Failure::refused(&ProblemType::BAD_CURSOR);
    let page = match dice.below(10) {
        0 => return failed(request.0, Failure::Unreachable),
        1 => return failed(request.0, bad_cursor),
        2 => page([], total, None, None),
        3 => answer(&wrong, total),
        4 => answer(&Query { position: Position::Start, ..query.clone() }, total),
        _ => answer(query, total),
    };
    Event::PageLoaded { request, page: Box::new(page) }
}

/// What readers, browsers and host pages do.
fn happening(total: u32, dice: &mut Dice) -> Event {
    let number = dice.below(total + 3);
    let from = dice.one_in(2).then(|| dice.below(total + 1));
    match dice.below(17) {
        0 => Event::RetryPressed,
        1 => Event::ReloadRequested,
        2 => Event::OrderChosen(Order::Newest),
        3 => Event::OrderChosen(Order::Oldest),
        4 | 5 => Event::EarlierRequested,
        6 | 7 => Event::LaterRequested,
        8 | 9 => jumped(number, from),
        10 => Event::AddressChanged { target: dice.one_in(2).then_some(number) },
        11 => Event::BackPressed,
        13 => Event::NewsWanted,
        14 => Event::NewsPressed,
        15 => {
            let told = (1..=total).contains(&number).then_some(number);
            let mut news = page(told, total, None, None);
            if dice.one_in(4) {
                // What was held is approved, in the middle of anything.
                news.replies.push(Reply { id: "held".into(), ..reply(total + 1) });
            }
            Event::NewsCame(Box::new(news))
        }
        12 if dice.one_in(2) => Event::WentOffline,
        12 => Event::WentOnline,
        _ => {
            let held = Reply { id: "held".into(), status: Status::Pending, ..Reply::default() };
            Event::ViewerLoaded(Box::new(Viewer { pending: vec![held], ..Viewer::default() }))
        }
    }
}

fn check(thread: &Thread, commands: &[Command]) {
    let shown: Vec<_> = thread.shown().collect();
    for (place, id) in shown.iter().enumerate() {
        assert!(!shown[..place].contains(id), "{id:?} is shown twice");
        assert!(thread.reply(id).is_some(), "{id:?} is shown and not there");
    }
    if *thread.load() == Load::Ready {
        assert_eq!(thread.order(), thread.listed(), "what is shown is what was chosen");
        let searching = matches!(thread.later(), End::Loading { .. });
        assert!(thread.awaited.is_none() || searching, "somebody waits for what nobody brings");
    } else if matches!(thread.load(), Load::Loading { .. }) {
        let idle = |end: &End| !matches!(end, End::Loading { .. });
        assert!(idle(thread.earlier()) && idle(thread.later()), "the list grows while it is replaced");
    }
    for command in commands {
        match command {
            Command::FocusPlace { place } => assert!(*place < shown.len(), "nothing stands at {place}"),
            Command::ShowReply { number } => {
                let is_shown =
                    shown.iter().any(|id| thread.reply(id).is_some_and(|r| r.number == Some(*number)));
                assert!(is_shown, "reply {number} is not there to be shown");
            }
            Command::FetchPage { request, .. } => {
                let awaited = thread.load().awaits(*request)
                    || thread.earlier().awaits(*request)
                    || thread.later().awaits(*request)
                    || thread.asked_for_news.contains(request);
                assert!(awaited, "nobody waits for the answer to {request:?}");
            }
            _ => {}
        }
    }
}

#[test]
fn whatever_happens_the_list_stays_a_list_and_nobody_waits_in_vain() {
    for seed in 1..=3_000 {
        let mut dice = Dice::new(seed);
        let mut total = dice.below(13);
        let mut thread = Thread::new(Order::Oldest, 3);
        let mut asked: Vec<(RequestId, Query)> = vec![];
        let mut story = vec![];
        let target = dice.one_in(3).then(|| dice.below(total + 2));
        let mut event = Event::Mounted { target };
        for _ in 0..40 {
            story.push(event.clone());
            let known = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                let commands = thread.update(event);
                check(&thread, &commands);
                commands
            }));
            let Ok(commands) = known else { panic!("with seed {seed}, after {story:#?}: {thread:#?}") };
            asked.extend(commands.into_iter().filter_map(|command| match command {
                Command::FetchPage { request, query } => Some((request, query)),
                _ => None,
            }));
            total += u32::from(dice.one_in(20));
            event = if dice.one_in(2) {
                let (request, query) = &asked[dice.below(asked.len() as u32) as usize];
                outcome(*request, query, total, &mut dice)
            } else {
                happening(total, &mut dice)
            };
        }
    }
}

/// The store looks at nothing else then.
#[test]
fn typing_and_moving_the_focus_change_nothing_that_is_seen_but_what_is_written() {
    // Nobody sees the numbers of questions, nor of where the focus is.
    let but_writing = |thread: &Thread| {
        let blank = Thread { composer: Arc::default(), requests: 0, focused: 0, ..thread.clone() };
        format!("{blank:?}")
    };
    for seed in 1..=100 {
        let mut dice = Dice::new(seed);
        let mut thread = Thread::new(Order::Oldest, 3);
        let first = thread.update(Event::Mounted { target: None });
        for command in first {
            if let Command::FetchPage { request, query } = command {
                let mut page = answer(&query, 9);
                page.thread.features = vec![Feature::Reply, Feature::Mention];
                thread.update(Event::PageLoaded { request, page: Box::new(page) });
            }
        }
        for _ in 0..dice.below(10) {
            thread.update(happening(9, &mut dice));
        }
        if dice.one_in(2) {
            thread.update(Event::ComposerOpened);
        }
        let text = ["", "words", "@", "@a", "so @An"][dice.below(5) as usize].to_owned();
        let caret = text.len();
        for event in [
            Event::TextTyped { text, caret },
            Event::NameTyped("Ada".into()),
            Event::CaretLeft { caret: 0 },
            Event::FocusSeen(2),
        ] {
            let mut typed = thread.clone();
            assert!(event.is_slight());
            typed.update(event);
            assert_eq!(but_writing(&typed), but_writing(&thread), "with seed {seed}");
        }
    }
}

#[test]
fn when_all_is_answered_nothing_is_awaited() {
    for seed in 1..=1_000 {
        let mut dice = Dice::new(seed);
        let total = dice.below(13);
        let mut thread = Thread::new(Order::Oldest, 3);
        let target = dice.one_in(2).then(|| dice.below(total + 2));
        let mut commands = thread.update(Event::Mounted { target });
        for _ in 0..10 {
            commands.extend(thread.update(happening(total, &mut dice)));
        }
        let mut answers = 0;
        while let Some(command) = commands.pop() {
            if let Command::FetchPage { request, query } = command {
                answers += 1;
                assert!(answers < 500, "with seed {seed} it asks for ever: {thread:#?}");
                commands.extend(thread.update(outcome(request, &query, total, &mut dice)));
            }
        }
        let settled = !matches!(thread.load(), Load::Loading { .. })
            && [thread.earlier(), thread.later()].iter().all(|end| !matches!(end, End::Loading { .. }));
        assert!(settled, "with seed {seed}: {thread:#?}");
    }
}
