//! Stories of somebody who mentions people: from the `@` to the reply that carries the ids.

use afterword_contract::{Feature, Order, Person, PersonId, ThreadPage};
use expect_test::{Expect, expect};

use super::{loaded, mounted, page};
use crate::thread::{Announcement, Command, Draft, Event, Format, RequestId, Thread};

fn person(name: &str, id: &str) -> Person {
    Person { id: Some(PersonId(id.to_owned())), name: name.to_owned(), ..Person::default() }
}

fn thread_of(people: &[Person], features: &[Feature]) -> ThreadPage {
    let count = people.len() as u32;
    let mut open = page(1..=count, count, None, None);
    for (reply, author) in open.replies.iter_mut().zip(people) {
        reply.author = Some(author.clone());
    }
    open.thread.features = features.to_vec();
    open
}

/// A thread in which three write, and the backend knows more people, if it says so.
fn started(features: &[Feature]) -> Thread {
    let people = [person("Ada", "u1"), person("avon b7", "u2"), person("دينا نور", "u3")];
    let mut thread = Thread::new(Order::Oldest, 50);
    thread.update(mounted());
    thread.update(loaded(1, thread_of(&people, features)));
    thread.update(Event::ComposerOpened);
    thread
}

const ALONE: &[Feature] = &[Feature::Reply];
const WITH_PEOPLE: &[Feature] = &[Feature::Reply, Feature::Mention];

/// The text is now this; the caret stands at `|`, else at the end.
fn typed(text: &str) -> Event {
    let plain = text.replace('|', "");
    let caret = text.split('|').next().unwrap_or_default().encode_utf16().count();
    Event::TextTyped { text: plain, caret }
}

fn found(request: u32, people: &[Person]) -> Event {
    Event::PeopleFound { request: RequestId(request), people: people.to_vec() }
}

fn offered(thread: &Thread) -> Vec<&str> {
    thread.composer().list().people().iter().map(|person| person.name.as_str()).collect()
}

/// The text, who is offered and the commands of the last of these events.
fn check(thread: &mut Thread, events: impl IntoIterator<Item = Event>, picture: &Expect) {
    let mut commands = vec![];
    for event in events {
        commands = thread.update(event);
    }
    let list = thread.composer().list();
    let mut lines = vec![format!("{:?}", thread.composer().text())];
    lines.extend(list.people().iter().enumerate().map(|(place, person)| {
        let mark = if list.place().unwrap_or_default() == place { '*' } else { '-' };
        format!("{mark} {} {:?}", person.name, person.id.as_ref().map(PersonId::as_str))
    }));
    lines.extend(commands.iter().map(|command| match command {
        Command::KeepDraft(_, draft) => format!("> keep {:?} {}", draft.text, names(&draft.mentions)),
        Command::Post { reply, .. } => format!("> post {:?} {}", reply.body, names(&reply.mentions)),
        other => format!("> {other:?}"),
    }));
    picture.assert_eq(&(lines.join("\n") + "\n"));
}

fn names(people: &[Person]) -> String {
    let named = people.iter().map(|person| {
        format!("{}={}", person.name, person.id.as_ref().map(PersonId::as_str).unwrap_or_default())
    });
    format!("[{}]", named.collect::<Vec<_>>().join(", "))
}

#[test]
fn a_name_with_a_space_is_mentioned_by_keyboard_and_its_id_goes_along() {
    let mut thread = started(ALONE);
    check(
        &mut thread,
        [typed("so @a")],
        &expect![[r#"
            "so @a"
            * Ada Some("u1")
            - avon b7 Some("u2")
            > keep "so @a" []
            > Announce(People(2, "Ada"))
            > ShowPeople
        "#]],
    );
    check(
        &mut thread,
        [Event::PeopleMoved { back: false }],
        &expect![[r#"
            "so @a"
            - Ada Some("u1")
            * avon b7 Some("u2")
            > ShowPeople
        "#]],
    );
    check(
        &mut thread,
        [Event::PersonChosen(None)],
        &expect![[r#"
        "so @\"avon b7\" "
        > keep "so @\"avon b7\" " [avon b7=u2]
        > FocusComposer { field: Text, selection: Some(14..14) }
    "#]],
    );
    check(
        &mut thread,
        [Event::SendPressed { key: "k".to_owned() }],
        &expect![[r#"
        "so @\"avon b7\" "
        > keep "so @\"avon b7\" " [avon b7=u2]
        > post "so @\"avon b7\" " [avon b7=u2]
    "#]],
    );
}

#[test]
fn the_list_follows_the_letters_over_spaces_and_by_any_word() {
    let mut thread = started(ALONE);
    for (text, people) in [
        ("@", &["Ada", "avon b7", "دينا نور"][..]),
        ("@AV", &["avon b7"]),
        ("@avon b", &["avon b7"]),
        ("@b7", &["avon b7"]),
        ("@نو", &["دينا نور"]),
        ("@zz", &[]),
        ("me@ad", &[]),
        ("`@ad", &[]),
        ("@a| ad", &["Ada", "avon b7"]),
    ] {
        thread.update(typed(text));
        assert_eq!(offered(&thread), people, "{text}");
    }
}

#[test]
fn what_is_typed_of_a_name_is_replaced_and_the_caret_stands_behind_it() {
    let mut thread = started(ALONE);
    check(
        &mut thread,
        [typed("🙂 @ن| so"), Event::PersonChosen(Some(0))],
        &expect![[r#"
        "🙂 @\"دينا نور\" so"
        > keep "🙂 @\"دينا نور\" so" [دينا نور=u3]
        > FocusComposer { field: Text, selection: Some(15..15) }
    "#]],
    );
    check(
        &mut thread,
        [typed("(@ad|)"), Event::PersonChosen(None)],
        &expect![[r#"
        "(@Ada )"
        > keep "(@Ada )" [دينا نور=u3, Ada=u1]
        > FocusComposer { field: Text, selection: Some(6..6) }
    "#]],
    );
}

#[test]
fn arrows_go_round() {
    let mut thread = started(ALONE);
    thread.update(typed("@"));
    let mut places = vec![];
    for back in [true, false, false, false, false] {
        thread.update(Event::PeopleMoved { back });
        places.push(thread.composer().list().place());
    }
    assert_eq!(places, [2, 0, 1, 2, 0].map(Some));
    thread.update(typed("@a"));
    assert_eq!(thread.composer().list().place(), None, "another list begins at its beginning");
    thread.update(typed("zz"));
    assert!(thread.update(Event::PersonChosen(None)).is_empty(), "nobody is offered");
    thread.update(Event::PeopleMoved { back: true });
    assert_eq!(thread.composer().list().place(), None);
}

#[test]
fn a_list_that_was_left_or_chosen_from_stays_away_until_another_begins() {
    let mut thread = started(ALONE);
    for event in [typed("@a"), Event::PeopleLeft] {
        thread.update(event);
    }
    assert_eq!(thread.composer().text(), "@a");
    thread.update(typed("@ad"));
    assert!(offered(&thread).is_empty());
    thread.update(typed("@ad @a"));
    assert_eq!(offered(&thread), ["Ada", "avon b7"]);
    thread.update(typed("@ad"));
    thread.update(typed(""));
    thread.update(typed("@ad"));
    assert_eq!(offered(&thread), ["Ada"]);
    thread.update(Event::CaretLeft { caret: 3 });
    assert!(offered(&thread).is_empty(), "the focus is elsewhere");
    thread.update(typed("@ada"));
    assert_eq!(offered(&thread), ["Ada"]);
    thread.update(Event::PreviewPressed);
    assert!(offered(&thread).is_empty(), "nobody can see the text");
}

#[test]
fn the_button_begins_a_mention() {
    let mut thread = started(ALONE);
    let press = Event::FormatPressed { format: Format::Mention, selection: 2..2 };
    check(
        &mut thread,
        [typed("so"), Event::CaretLeft { caret: 2 }, press],
        &expect![[r#"
            "so @"
            * Ada Some("u1")
            - avon b7 Some("u2")
            - دينا نور Some("u3")
            > keep "so @" []
            > FocusComposer { field: Text, selection: Some(4..4) }
            > Announce(People(3, "Ada"))
            > ShowPeople
        "#]],
    );
}

#[test]
fn whom_the_backend_finds_stands_behind_the_people_of_the_thread_each_once() {
    let mut thread = started(WITH_PEOPLE);
    check(
        &mut thread,
        [typed("@a")],
        &expect![[r#"
            "@a"
            * Ada Some("u1")
            - avon b7 Some("u2")
            > keep "@a" []
            > Announce(People(2, "Ada"))
            > ShowPeople
            > FindPeople { request: RequestId(2), name: "a" }
        "#]],
    );
    let others = [person("Avon B7 (old name)", "u2"), person("Aristide", "u9"), person(" ", "u0")];
    check(
        &mut thread,
        [found(2, &others)],
        &expect![[r#"
            "@a"
            * Ada Some("u1")
            - avon b7 Some("u2")
            - Aristide Some("u9")
            > Announce(People(3, "Ada"))
            > ShowPeople
        "#]],
    );
    check(
        &mut thread,
        [typed("@ari"), found(2, &[]), Event::PersonChosen(None)],
        &expect![[r#"
        "@Aristide "
        > keep "@Aristide " [Aristide=u9]
        > FocusComposer { field: Text, selection: Some(10..10) }
    "#]],
    );
}

#[test]
fn one_question_is_on_the_way_and_only_the_last_name_is_asked_for() {
    let mut thread = started(WITH_PEOPLE);
    let asked = |commands: Vec<Command>| {
        commands.into_iter().find_map(|command| match command {
            Command::FindPeople { request, name } => Some((request.0, name)),
            _ => None,
        })
    };
    assert_eq!(asked(thread.update(typed("@"))), None, "everybody is no answer");
    assert_eq!(asked(thread.update(typed("@x"))), Some((2, "x".to_owned())));
    assert_eq!(asked(thread.update(typed("@xy"))), None);
    assert_eq!(asked(thread.update(typed("@xyz"))), None);
    assert_eq!(asked(thread.update(found(1, &[person("Xyz", "u8")]))), None, "another question's answer");
    assert_eq!(asked(thread.update(found(2, &[person("Xu", "u7")]))), Some((3, "xyz".to_owned())));
    assert!(offered(&thread).is_empty(), "what was found fits no longer");
    assert_eq!(asked(thread.update(found(3, &[]))), None);
    assert_eq!(asked(thread.update(typed("@xyz is nobody"))), None, "more letters find no more");
    assert_eq!(asked(thread.update(typed("@q"))), Some((4, "q".to_owned())));
    thread.update(Event::PeopleLeft);
    assert!(thread.update(found(4, &[person("Quine", "u5")])).is_empty());
    assert!(offered(&thread).is_empty());
    thread.update(typed("@q then @qu"));
    assert_eq!(offered(&thread), ["Quine"]);
}

#[test]
fn a_mention_that_was_taken_out_of_the_text_does_not_go_along() {
    let mut thread = started(ALONE);
    for event in [typed("@ad"), Event::PersonChosen(None)] {
        thread.update(event);
    }
    check(
        &mut thread,
        [typed("nobody"), Event::SendPressed { key: "k".to_owned() }],
        &expect![[r#"
        "nobody"
        > keep "nobody" [Ada=u1]
        > post "nobody" []
    "#]],
    );
}

#[test]
fn a_draft_brings_its_mentions_back() {
    let mut thread = started(ALONE);
    let (text, mentions) = ("@Ada".to_owned(), vec![person("Ada", "u1")]);
    let draft = Draft { text, mentions, ..Draft::default() };
    let send = Event::SendPressed { key: "k".to_owned() };
    check(
        &mut thread,
        [Event::DraftFound(Some(draft)), send],
        &expect![[r#"
        "@Ada"
        > keep "@Ada" [Ada=u1]
        > post "@Ada" [Ada=u1]
    "#]],
    );
}

#[test]
fn ten_people_are_mentioned_and_for_an_eleventh_the_list_says_so() {
    let people: Vec<Person> = (0..11).map(|n| person(&format!("P{n:02}"), &format!("u{n}"))).collect();
    let mut thread = Thread::new(Order::Oldest, 50);
    thread.update(mounted());
    thread.update(loaded(1, thread_of(&people, WITH_PEOPLE)));
    let mut text = String::new();
    for n in 0..10 {
        thread.update(typed(&format!("{text}@p{n:02}")));
        thread.update(Event::PersonChosen(None));
        text = thread.composer().text().to_owned();
    }
    let commands = thread.update(typed(&format!("{text}@p10")));
    assert!(commands.contains(&Command::Announce(Announcement::People(0, "P10".to_owned()))));
    assert!(thread.composer().list().is_full() && offered(&thread).is_empty());
    assert!(thread.update(Event::PersonChosen(None)).is_empty());
    thread.update(typed(&format!("{text}@nobody like that")));
    assert!(!thread.composer().list().is_full(), "there is nothing to say it of");
    thread.update(typed(&format!("{}@p10", text.replace("@P03", ""))));
    assert_eq!(offered(&thread), ["P10"]);
}
