//! Stories of writers whom something overtakes: another tab, an answer, an input method. No word is lost by it, and no
//! reply is posted twice.

use afterword_contract::{Feature, Person, Problem, ProblemType, Reply, Revision};

use super::{loaded, mounted, page, reply};
use crate::thread::{Act, Command, Draft, Event, Failure, RequestId, Stage, Thread};
use afterword_contract::Order;

/// A thread of three in which these things happened.
fn after(features: &[Feature], events: impl IntoIterator<Item = Event>) -> Thread {
    let mut thread = Thread::new(Order::Oldest, 3);
    let mut page = page(1..=3, 3, None, None);
    page.thread.features = features.to_vec();
    thread.update(mounted());
    thread.update(loaded(1, page));
    for event in events {
        thread.update(event);
    }
    thread
}

fn writing(events: impl IntoIterator<Item = Event>) -> Thread {
    after(&[Feature::Reply, Feature::Edit], [Event::ComposerOpened].into_iter().chain(events))
}

fn typed(text: &str) -> Event {
    Event::TextTyped { text: text.to_owned(), caret: text.len() }
}

fn sent(key: &str) -> Event {
    Event::SendPressed { key: key.to_owned() }
}

fn found(text: &str, key: Option<&str>) -> Event {
    let key = key.map(str::to_owned);
    Event::DraftFound(Some(Draft { text: text.to_owned(), key, ..Draft::default() }))
}

fn posted(request: u32) -> Event {
    Event::Posted { request: RequestId(request), reply: Box::new(reply(4)) }
}

fn lost(request: u32) -> Event {
    Event::PostFailed { request: RequestId(request), failure: Failure::TimedOut }
}

fn edit(number: u32) -> Event {
    Event::EditPressed { id: reply(number).id }
}

fn acted(request: u32, outcome: Result<Vec<Reply>, Failure>) -> Event {
    Event::Acted { request: RequestId(request), outcome }
}

/// Somebody else changed the reply.
fn contradicted(request: u32) -> Event {
    let current = Reply { body: "theirs".to_owned(), revision: Revision("7".to_owned()), ..reply(2) };
    let problem = Problem { current: Some(Box::new(current)), ..ProblemType::REVISION_CHANGED.problem() };
    acted(request, Err(Failure::Refused { status: 412, wait: None, problem: problem.into() }))
}

fn keys(commands: &[Command]) -> Vec<&str> {
    let mut keys = vec![];
    for command in commands {
        if let Command::Post { key, .. } = command {
            keys.push(key.as_str());
        }
    }
    keys
}

fn drops(commands: &[Command]) -> bool {
    commands.iter().any(|command| matches!(command, Command::DropDraft(_)))
}

#[test]
fn a_text_that_another_tab_has_sent_has_its_key_here_too() {
    let mut thread = writing([typed("mine"), found("mine", Some("first"))]);
    assert_eq!(keys(&thread.update(sent("second"))), ["first"]);
}

#[test]
fn a_text_that_was_sent_here_keeps_its_key_whatever_another_tab_has() {
    let mut thread = writing([typed("mine"), sent("first"), lost(2), found("mine", Some("theirs"))]);
    assert_eq!(keys(&thread.update(sent("second"))), ["first"]);
}

#[test]
fn two_tabs_that_have_the_same_text_are_not_asked_which() {
    let thread = writing([typed("mine"), found("theirs", None), found("mine", None)]);
    assert_eq!(thread.composer().other(), None);
}

#[test]
fn what_another_tab_keeps_is_not_dropped_with_what_is_posted_or_thrown_away() {
    let asked = || writing([typed("mine"), found("theirs", None)]);
    let mut posting = asked();
    posting.update(sent("k"));
    let mut leaving = asked();
    leaving.update(Event::CancelPressed);
    for (thread, event) in [(&mut posting, posted(2)), (&mut leaving, Event::DiscardPressed)] {
        let commands = thread.update(event);
        assert!(!drops(&commands) && commands.contains(&Command::FindDraft(None)), "{commands:?}");
        thread.update(found("theirs", None));
        assert_eq!((thread.composer().stage(), thread.composer().text()), (&Stage::Writing, "theirs"));
    }
}

#[test]
fn what_another_tab_keeps_while_a_reply_is_on_its_way_is_not_dropped_with_it() {
    let mut thread = writing([typed("mine"), sent("k"), found("theirs", None)]);
    assert!(!drops(&thread.update(posted(2))));
    let mut thread = writing([typed("mine"), sent("k"), found("theirs", None), lost(2)]);
    assert_eq!((thread.composer().text(), thread.composer().other()), ("mine", Some("theirs")));
    assert_eq!(keys(&thread.update(sent("other"))), ["k"]);
}

#[test]
fn the_change_that_another_tab_keeps_is_not_dropped_with_the_one_made_here() {
    let mut thread = writing([edit(2), typed("mine"), found("theirs", Some("")), sent("k")]);
    assert!(!drops(&thread.update(acted(2, Ok(vec![reply(2)])))));
}

#[test]
fn of_two_texts_none_is_chosen_while_one_is_on_its_way() {
    let mut thread = writing([typed("mine"), found("theirs", None), sent("k")]);
    for event in [Event::TheirsTaken, Event::MineKept] {
        assert_eq!(thread.update(event), []);
        assert_eq!(thread.composer().stage(), &Stage::Sending { request: RequestId(2) });
    }
}

#[test]
fn what_an_input_method_ends_while_a_reply_is_on_its_way_makes_no_second_one() {
    for text in ["mine", "mine too"] {
        let mut thread = writing([typed("mine"), sent("first"), typed(text)]);
        thread.update(posted(2));
        assert_eq!((thread.composer().stage(), thread.composer().text()), (&Stage::Closed, ""));
    }
    let mut thread = writing([typed("mine"), sent("first"), lost(2), typed("mine")]);
    assert_eq!(keys(&thread.update(sent("second"))), ["first"]);
}

#[test]
fn a_reaction_that_wants_a_name_waits_for_the_one_that_is_asked_for() {
    let features = [Feature::Reply, Feature::React, Feature::Viewer, Feature::Guest];
    let named = || Event::NameTyped("Ada".to_owned());
    let nobody = || Event::ViewerLoaded(Box::default());
    let react =
        || Event::ActPressed { id: reply(2).id, act: Act::React { tag: "like".into(), chosen: true } };
    let mut thread = after(&features, [nobody(), typed("mine"), named(), sent("k"), react()]);
    let person = Box::new(Person { name: "Ada".to_owned(), ..Person::default() });
    let commands = thread.update(Event::GuestMade { request: RequestId(2), person });
    assert_eq!(keys(&commands), ["k"]);
    assert!(commands.iter().any(|command| matches!(command, Command::Act { .. })), "{commands:?}");
    let offline = [nobody(), typed("mine"), named(), Event::WentOffline, sent("k"), react()];
    assert_eq!(after(&features, offline).composer().stage(), &Stage::Waiting);
}

/// A reply waits for the network while another is being changed.
fn waiting_beside_a_change() -> Thread {
    writing([typed("mine"), Event::WentOffline, sent("k"), edit(2), typed("half")])
}

/// Whether the reader is led elsewhere.
fn moves(commands: &[Command]) -> bool {
    let moves =
        |command: &Command| matches!(command, Command::FocusComposer { .. } | Command::ShowReply { .. });
    commands.iter().any(moves)
}

#[test]
fn a_reply_that_waits_for_the_network_goes_while_another_is_being_changed() {
    let mut thread = waiting_beside_a_change();
    assert_eq!(keys(&thread.update(Event::WentOnline)), ["k"]);
    assert_eq!(keys(&thread.update(Event::WentOnline)), [""; 0], "it is on its way");
    let commands = thread.update(posted(2));
    assert!(commands.contains(&Command::DropDraft(None)), "{commands:?}");
    assert!(!moves(&commands), "{commands:?}");
    assert_eq!((thread.shown().count(), thread.news()), (4, 0));
    assert_eq!((thread.composer().text(), thread.composer().stage()), ("half", &Stage::Writing));
    thread.update(Event::DiscardPressed);
    assert_eq!((thread.composer().text(), thread.composer().stage()), ("", &Stage::Closed));
}

#[test]
fn what_another_tab_keeps_stays_out_of_a_change() {
    let rival = found("theirs", None);
    let mut thread =
        writing([typed("mine"), rival, Event::WentOffline, sent("k"), edit(2), Event::WentOnline]);
    let commands = thread.update(posted(2));
    let looks = |command: &Command| matches!(command, Command::FindDraft(_) | Command::DropDraft(_));
    assert!(!commands.iter().any(looks), "{commands:?}");
    assert!(
        thread.update(Event::DiscardPressed).contains(&Command::FindDraft(None)),
        "it is looked for then"
    );
}

#[test]
fn a_reply_that_is_sent_beside_a_change_takes_nobody_to_another_part_of_the_thread() {
    let mut thread = waiting_beside_a_change();
    thread.update(Event::WentOnline);
    let far = Event::Posted { request: RequestId(2), reply: Box::new(reply(9)) };
    let commands = thread.update(far);
    assert!(!commands.iter().any(|command| matches!(command, Command::FetchPage { .. })), "{commands:?}");
    assert_eq!((thread.shown().count(), thread.news()), (3, 6));
}

#[test]
fn what_keeps_a_reply_that_was_sent_beside_a_change_is_said_after_that() {
    let mut thread = waiting_beside_a_change();
    thread.update(Event::WentOnline);
    assert!(!moves(&thread.update(lost(2))));
    assert_eq!((thread.composer().text(), thread.composer().stage()), ("half", &Stage::Writing));
    thread.update(Event::DiscardPressed);
    assert_eq!(thread.composer().text(), "mine");
    assert!(matches!(thread.composer().stage(), Stage::Refused(_)), "{:?}", thread.composer());
    assert_eq!(keys(&thread.update(sent("other"))), ["k"]);
}

#[test]
fn a_reply_that_needs_a_name_is_sent_beside_a_change_as_well() {
    let features = [Feature::Reply, Feature::Edit, Feature::Viewer, Feature::Guest];
    let named = Event::NameTyped("Ada".to_owned());
    let nobody = Event::ViewerLoaded(Box::default());
    let waiting = [nobody, typed("mine"), named, Event::WentOffline, sent("k"), edit(2), Event::WentOnline];
    let mut thread = after(&features, waiting);
    let person = Box::new(Person { name: "Ada".to_owned(), ..Person::default() });
    assert_eq!(keys(&thread.update(Event::GuestMade { request: RequestId(2), person })), ["k"]);
    assert_eq!((thread.composer().text(), thread.composer().stage()), ("text 2", &Stage::Writing));
}

#[test]
fn a_change_may_be_done_before_the_reply_beside_it_has_arrived() {
    let mut thread = waiting_beside_a_change();
    thread.update(Event::WentOnline);
    thread.update(Event::DiscardPressed);
    assert_eq!(thread.composer().stage(), &Stage::Sending { request: RequestId(2) });
    let commands = thread.update(posted(2));
    assert!(commands.contains(&Command::ShowReply { number: 4 }), "{commands:?}");
    assert_eq!((thread.composer().text(), thread.composer().stage()), ("", &Stage::Closed));
}

#[test]
fn a_change_that_no_browser_keeps_is_not_left_for_another() {
    let mut thread = writing([edit(2), typed("half"), Event::DraftsRefused, edit(3)]);
    assert_eq!(thread.composer().text(), "half");
    thread.update(Event::DiscardPressed);
    thread.update(edit(3));
    assert_eq!(thread.composer().text(), "text 3");
}

#[test]
fn what_is_made_of_both_texts_is_kept_before_the_viewer_has_decided() {
    let mut thread = writing([edit(2), typed("mine"), sent("k"), contradicted(2)]);
    let commands = thread.update(typed("mine and theirs"));
    assert!(commands.iter().any(|command| matches!(command, Command::KeepDraft(Some(_), _))), "{commands:?}");
    assert_eq!(thread.composer().other(), Some("theirs"));
}
