//! What stands on a page after anything has happened, and how much of it was drawn for that.
//!
//! There is no page here: a view is kept as the page keeps it, every place that follows something is drawn anew when
//! that has changed and only then, and what is kept says what a view drawn from nothing says.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use afterword_contract::{
    Feature, Order, Permission, Person, Quote, Reaction, ReactionTag, Reply, ReplyId, Status, ThreadPage,
    Timestamp, Viewer, ViewerReply,
};
use afterword_markup::{Document, Names};
use leptos::prelude::{
    GetUntracked, GetValue, LocalStorage, Memo, Owner, StoredValue, UpdateValue, WithValue, untrack,
};

use super::element::{Draw, Element, ForEachReply, Kind, LiveValue, Parts, View, element};
use super::thread_view;
use crate::config::RawConfig;
use crate::messages::Messages;
use crate::store::{Nowhere, Store, World};
use crate::text::PlainEnglish;
use crate::thread::stories::chance::{Dice, answer};
use crate::thread::{Act, Aside, Command, Event, Failure, Passage};

/// A view that is kept.
enum Kept {
    Nothing,
    Text(String),
    Element(Box<KeptElement>),
    Live(Place<Kept>),
}

struct KeptElement {
    /// What never changes, with nothing in it.
    tag: &'static str,
    attributes: Vec<(&'static str, String)>,
    props: Vec<(&'static str, String)>,
    live: Vec<(&'static str, Place<Option<String>>)>,
    children: Vec<Kept>,
    items: Option<Place<Vec<Item>>>,
}

/// What stands where something is followed; drawn when it is read and has changed.
type Place<T> = Memo<StoredValue<T, LocalStorage>>;

/// The view of one reply, which stays while its reply is shown.
type Item = Rc<(ReplyId, Owner, Kept)>;

/// Counts what is drawn.
type Counter = StoredValue<Rc<Cell<u32>>, LocalStorage>;

fn keep(view: View, drawn: Counter) -> Kept {
    match view.kind() {
        Kind::Nothing => Kept::Nothing,
        Kind::Text(text) => Kept::Text(text),
        Kind::Live(draw) => Kept::Live(keep_live(draw, drawn)),
        Kind::Element(Element(parts)) => {
            let Parts { tag, attributes, props, live, children, replies, .. } = *parts;
            Kept::Element(Box::new(KeptElement {
                tag,
                attributes,
                props,
                live: live.into_iter().map(|(name, value)| (name, keep_value(value, drawn))).collect(),
                children: children.into_iter().map(|child| keep(child, drawn)).collect(),
                items: replies.map(|replies| keep_items(replies, drawn)),
            }))
        }
    }
}

fn keep_live(draw: Draw, drawn: Counter) -> Place<Kept> {
    let draw = StoredValue::new_local(draw);
    Memo::new(move |_| {
        count(drawn);
        let view = draw.try_update_value(|draw| draw.give()).unwrap_or_default();
        StoredValue::new_local(keep(view, drawn))
    })
}

fn keep_value(value: LiveValue, drawn: Counter) -> Place<Option<String>> {
    let value = StoredValue::new_local(value);
    Memo::new(move |_| {
        count(drawn);
        StoredValue::new_local(value.try_update_value(|value| value.give()).flatten())
    })
}

fn keep_items(replies: ForEachReply, drawn: Counter) -> Place<Vec<Item>> {
    let around = Owner::current().expect("views are made within an owner");
    let replies = StoredValue::new_local(replies);
    let known = StoredValue::new_local(Vec::<Item>::new());
    Memo::new(move |_| {
        count(drawn);
        let ids = replies.try_update_value(|replies| replies.ids.give()).unwrap_or_default();
        let old = known.get_value();
        let item = |id: ReplyId| {
            old.iter().find(|item| item.0 == id).cloned().unwrap_or_else(|| {
                let owner = around.child();
                let draw = || replies.with_value(|replies| replies.draw.draw(id.clone()));
                let kept = owner.with(|| untrack(|| keep(draw(), drawn)));
                Rc::new((id, owner, kept))
            })
        };
        let items: Vec<Item> = ids.into_iter().map(item).collect();
        known.update_value(|known| known.clone_from(&items));
        StoredValue::new_local(items)
    })
}

fn count(drawn: Counter) {
    drawn.with_value(|drawn| drawn.set(drawn.get() + 1));
}

/// What is kept, as it stands now.
fn seen(kept: &Kept) -> View {
    match kept {
        Kept::Nothing => View::default(),
        Kept::Text(text) => Kind::Text(text.clone()).into(),
        Kept::Live(place) => place.get_untracked().with_value(seen),
        Kept::Element(kept) => {
            let mut shown = element(kept.tag);
            shown.0.attributes.clone_from(&kept.attributes);
            shown.0.props.clone_from(&kept.props);
            for (name, value) in &kept.live {
                shown = shown.maybe(name, value.get_untracked().get_value().as_deref());
            }
            let items = kept.items.map(|items| items.get_untracked().get_value()).unwrap_or_default();
            let items = items.iter().map(|item| seen(&item.2));
            shown.children(kept.children.iter().map(seen).chain(items).collect()).view()
        }
    }
}

/// A widget whose views are kept.
struct Widget {
    store: Store,
    asked: Rc<RefCell<Vec<Command>>>,
    kept: Kept,
    drawn: Rc<Cell<u32>>,
}

/// Remembers what is ordered.
struct Listening(Rc<RefCell<Vec<Command>>>);

impl World for Listening {
    fn run(&self, _: Store, command: Command) {
        self.0.borrow_mut().push(command);
    }

    fn fresh_key(&self) -> String {
        Nowhere.fresh_key()
    }

    fn selection(&self) -> std::ops::Range<usize> {
        Nowhere.selection()
    }

    fn parse_html(&self, source: &str, names: &Names) -> Document {
        Nowhere.parse_html(source, names)
    }
}

const HOUR: i64 = 3_600_000;
/// 2019-06-26, midnight.
const NOW: i64 = 1_561_507_200_000;

impl Widget {
    /// Within the current owner.
    fn new(page_size: &str) -> Self {
        let raw = RawConfig {
            api: Some("/".into()),
            thread: "t".into(),
            page_size: Some(page_size.into()),
            ..RawConfig::default()
        };
        let config = raw.resolve().expect("the configuration is right");
        let asked = Rc::default();
        let messages = Messages::new(std::sync::Arc::new(PlainEnglish));
        let store = Store::new(config, messages, NOW, Box::new(Listening(Rc::clone(&asked))));
        let drawn = Rc::default();
        let kept = keep(thread_view(store), StoredValue::new_local(Rc::clone(&drawn)));
        store.dispatch(Event::Mounted { target: None });
        Self { store, asked, kept, drawn }
    }

    fn html(&self) -> String {
        but_spoken(seen(&self.kept).to_html())
    }

    /// The last page that was asked for comes.
    fn answered(&self, total: u32) {
        let event = self.asked.borrow().iter().rev().find_map(|command| match command {
            Command::FetchPage { request, query } => {
                let page = Box::new(rich(answer(query, total), 0));
                Some(Event::PageLoaded { request: *request, page })
            }
            _ => None,
        });
        self.store.dispatch(event.expect("a page was asked for"));
    }

    /// How many places were drawn by what happens.
    fn draws(&self, happens: impl FnOnce()) -> u32 {
        let _ = self.html();
        self.drawn.set(0);
        happens();
        let _ = self.html();
        self.drawn.get()
    }
}

/// What was said is over, and nobody draws it again.
fn but_spoken(html: String) -> String {
    html.split(r#"<div part="announcer""#).next().unwrap_or_default().to_owned()
}

/// The replies of a page with something of everything in them, in their `version`.
fn rich(page: ThreadPage, version: u32) -> ThreadPage {
    let tag = |tag: &str| ReactionTag { tag: tag.into(), label: tag.to_owned(), symbol: None };
    let features = ["reply", "viewer", "react", "edit", "delete", "report", "history"].map(Feature::from);
    let thread = afterword_contract::Thread {
        features: features.into(),
        reaction_tags: vec![tag("like"), tag("thanks")],
        ..page.thread
    };
    let replies = page.replies.into_iter().map(|reply| written(reply.number.unwrap_or(1), version)).collect();
    ThreadPage { thread, replies, ..page }
}

fn person(number: u32) -> Person {
    let name = ["Ada", "avon b7", "sacto joe", "dysamoria"][number as usize % 4];
    Person { id: Some(name.into()), name: name.to_owned(), ..Person::default() }
}

/// A reply in one of its versions: what it says, whom it quotes and who reacts differ.
fn written(number: u32, version: u32) -> Reply {
    let quoted = number.saturating_sub(1 + version);
    let quote = format!("> [somebody](#reply-{quoted}) said:\n> Words.\n\n");
    let quotes = vec![Quote { number: quoted, exact: Some(version != 1) }];
    let likes = Reaction { tag: "like".into(), count: version, people: vec![person(version)] };
    Reply {
        id: format!("r{number}").as_str().into(),
        number: Some(number),
        author: Some(person(number)),
        published: Some(Timestamp::from(format!("2019-06-25T{:02}:03:00Z", number % 24).as_str())),
        edited: (version > 0).then(|| Timestamp::from("2019-06-25T23:30:00Z")),
        revision: version.to_string().as_str().into(),
        status: if version == 3 { Status::Deleted } else { Status::Published },
        body: format!("{}Version {version}, @avon b7.", if quoted > 0 { quote } else { String::new() }),
        quotes: if quoted > 0 { quotes } else { vec![] },
        reactions: if version > 0 { vec![likes] } else { vec![] },
        ..Reply::default()
    }
}

fn viewer(dice: &mut Dice) -> Viewer {
    let theirs = ViewerReply {
        may: vec![Permission::Edit, Permission::Delete],
        until: Some(Timestamp::from("2019-06-26T02:00:00Z")),
        reactions: vec!["like".into()],
    };
    let mut viewer = Viewer {
        person: (!dice.one_in(3)).then(|| person(1)),
        may: vec![Permission::Reply, Permission::React, Permission::Report],
        ..Viewer::default()
    };
    viewer.replies.insert(some_id(9, dice), theirs);
    let held = Reply { id: "held".into(), status: Status::Pending, number: None, ..written(1, 0) };
    viewer.pending.extend(dice.one_in(2).then_some(held));
    viewer
}

fn some_id(total: u32, dice: &mut Dice) -> ReplyId {
    format!("r{}", dice.below(total) + 1).as_str().into()
}

/// Answers, late and wrong ones, too, to anything that was asked for.
fn outcome(command: &Command, total: u32, dice: &mut Dice) -> Option<Event> {
    let failure = dice.one_in(5).then_some(Failure::Unreachable);
    let version = dice.below(4);
    Some(match (command, failure) {
        (Command::FetchPage { request, .. }, Some(failure)) => {
            Event::PageFailed { request: *request, failure }
        }
        (Command::FetchPage { request, query }, None) => {
            let mut page = rich(answer(query, total), version);
            page.thread.locked = dice.one_in(8);
            Event::PageLoaded { request: *request, page: Box::new(page) }
        }
        (Command::FetchViewer, _) => Event::ViewerLoaded(Box::new(viewer(dice))),
        (Command::Post { request, .. } | Command::MakeGuest { request, .. }, Some(failure)) => {
            Event::PostFailed { request: *request, failure }
        }
        (Command::Post { request, .. }, None) => {
            Event::Posted { request: *request, reply: Box::new(written(total + 1, 0)) }
        }
        (Command::MakeGuest { request, .. }, None) => {
            Event::GuestMade { request: *request, person: Box::new(person(2)) }
        }
        (Command::Act { request, id, act }, failure) => {
            let number = id.as_str().trim_start_matches('r').parse().unwrap_or(1);
            let answer =
                if matches!(**act, Act::Report { .. }) { vec![] } else { vec![written(number, version)] };
            Event::Acted { request: *request, outcome: failure.map_or(Ok(answer), Err) }
        }
        _ => return None,
    })
}

/// What readers, their page and others do. Cards are left out: which one is drawn is told by a number that each
/// drawing gives anew.
fn happening(total: u32, dice: &mut Dice) -> Event {
    let (id, number) = (some_id(total, dice), dice.below(total + 2));
    let pressed = |act| Event::ActPressed { id: id.clone(), act };
    match dice.below(30) {
        0 | 1 => Event::LaterRequested,
        2 => Event::EarlierRequested,
        3 => Event::OrderChosen([Order::Oldest, Order::Newest, Order::Top][dice.below(3) as usize].clone()),
        4 | 5 => Event::JumpRequested { number, from: Some(1) },
        6 => Event::AddressChanged { target: dice.one_in(2).then_some(number) },
        7 => Event::BackPressed,
        8 => Event::RetryPressed,
        9 => Event::ReloadRequested,
        10..13 => {
            let mut page = rich(ThreadPage::default(), 0);
            page.replies = vec![written(number.max(1), dice.below(4))];
            page.thread.total = total;
            page.thread.locked = dice.one_in(6);
            Event::NewsCame(Box::new(page))
        }
        13 => Event::NewsPressed,
        14 => Event::NewsWanted,
        15 => Event::TimePressed { id },
        16 | 17 => pressed(Act::React { tag: "like".into(), chosen: dice.one_in(2) }),
        18 => pressed(Act::Delete),
        19 => pressed(Act::Restore),
        20 => pressed(Act::Report { reason: "spam", detail: String::new() }),
        21 => pressed(Act::History),
        22 => Event::AsideChanged { id, aside: dice.one_in(2).then_some(Aside::Reporting(None)) },
        23 => Event::TextSelected(dice.one_in(2).then_some(Passage { number, from: 0, to: 4 })),
        24 => Event::QuoteRequested("> words\n".to_owned()),
        25 => Event::TextTyped { text: "typed".to_owned(), caret: 2 },
        26 => Event::SendPressed { key: "key".to_owned() },
        27 => Event::EditPressed { id },
        28 => [Event::CancelPressed, Event::DiscardPressed, Event::PreviewPressed][dice.below(3) as usize]
            .clone(),
        _ => {
            [Event::WentOffline, Event::WentOnline, Event::FocusSeen(number)][dice.below(3) as usize].clone()
        }
    }
}

#[test]
fn whatever_happens_what_is_kept_says_what_a_fresh_drawing_says() {
    for seed in 1..=60 {
        let owner = Owner::new();
        owner.with(|| {
            let mut dice = Dice::new(seed);
            let mut total = 9;
            let mut now = NOW;
            let widget = Widget::new("3");
            let mut story = vec![];
            for _ in 0..40 {
                total += u32::from(dice.one_in(10));
                let asked = widget.asked.borrow().len() as u32;
                let event = if dice.one_in(2) && asked > 0 {
                    let command = widget.asked.borrow()[dice.below(asked) as usize].clone();
                    outcome(&command, total, &mut dice)
                } else {
                    Some(happening(total, &mut dice))
                };
                story.push(event.clone());
                match event {
                    Some(event) => widget.store.dispatch(event),
                    None => {
                        now += i64::from(dice.below(3)) * HOUR;
                        widget.store.tick(now);
                    }
                }
                let fresh = Owner::new().with(|| but_spoken(thread_view(widget.store).to_html()));
                assert_eq!(widget.html(), fresh, "with seed {seed}, after {story:#?}");
            }
        });
    }
}

#[test]
fn what_concerns_one_reply_or_none_has_nothing_else_drawn() {
    let owner = Owner::new();
    owner.with(|| {
        let widget = Widget::new("50");
        let store = widget.store;
        let first = widget.draws(|| widget.answered(1_000));
        store.dispatch(Event::ViewerLoaded(Box::new(Viewer {
            person: Some(person(1)),
            may: vec![Permission::Reply, Permission::React],
            ..Viewer::default()
        })));
        for _ in 0..3 {
            let drawn = widget.draws(|| {
                store.dispatch(Event::LaterRequested);
                widget.answered(1_000);
            });
            // Beside what comes: the list, the pager's words, before and after, what was said.
            assert!(drawn <= first + 10, "of a page {drawn} places, of the first {first}");
        }
        assert_eq!(widget.html().matches("<article").count(), 200);

        let like = Act::React { tag: "like".into(), chosen: true };
        let dispatch = |event| widget.draws(|| store.dispatch(event));
        assert_eq!(dispatch(Event::ActPressed { id: "r7".into(), act: like }), 1, "its reactions");
        assert_eq!(dispatch(Event::TimePressed { id: "r7".into() }), 2, "its time, and that it is pressed");
        assert_eq!(dispatch(Event::TextTyped { text: "a".into(), caret: 1 }), 1, "the composer");
        assert_eq!(dispatch(Event::FocusSeen(8)), 0);
        assert_eq!(widget.draws(|| store.tick(NOW + 1)), 0, "no time says anything else");
        assert_eq!(widget.draws(|| store.tick(NOW + HOUR)), 200, "all times");
    });
}
