//! What the widget writes by itself is what serde writes.

use afterword_contract::{EditReply, Guest, Json, NewGuest, NewReply, PageReference, Person, Report};
use serde::Serialize;

fn check(message: &impl Serialize, json: &Json) {
    let text = json.text();
    let told: serde_json::Value = serde_json::from_str(&text).expect("it is JSON");
    assert_eq!(told, serde_json::to_value(message).expect("it can be written"), "{text}");
}

/// Everything that JSON escapes, and some that it does not.
const AWKWARD: &str = "\"quoted\" \\ \n\r\t\u{8}\u{c}\u{0}\u{1f} \u{7f}\u{2028} ŝ 🙂 </script>";

#[test]
fn requests_are_written_as_serde_writes_them() {
    let people = vec![
        Person { id: Some("u2".into()), name: "avon b7".to_owned(), ..Person::default() },
        Person { name: AWKWARD.to_owned(), ..Person::default() },
    ];
    let plain = NewReply { thread: "t".into(), body: AWKWARD.to_owned(), ..NewReply::default() };
    check(&plain, &plain.to_json());
    let page = PageReference { title: Some(AWKWARD.to_owned()), url: None };
    let full = NewReply { mentions: people.clone(), page: Some(page), ..plain };
    check(&full, &full.to_json());
    let edit = EditReply { body: AWKWARD.to_owned(), mentions: people, ..EditReply::default() };
    check(&edit, &edit.to_json());
    let report = Report { detail: Some(AWKWARD.to_owned()), ..Report::default() };
    check(&report, &report.to_json());
    check(&Report::default(), &Report::default().to_json());
    let guest = NewGuest { name: AWKWARD.to_owned() };
    check(&guest, &guest.to_json());
    let person = Person { name: AWKWARD.to_owned(), ..Person::default() };
    let kept = Guest { token: AWKWARD.to_owned(), person };
    check(&kept, &kept.to_json());
}

#[test]
fn every_kind_of_json_comes_back_as_it_was_written() {
    let items = vec![Json::Text(String::new()), Json::List(vec![]), Json::object()];
    let json = Json::object()
        .with("nothing", Json::Null)
        .with("no", Json::Bool(false))
        .with("yes", Json::Bool(true))
        .with("number", Json::Whole(13))
        .with(AWKWARD, Json::List(items));
    assert_eq!(serde_json::from_str::<Json>(&json.text()).expect("it is JSON"), json);
}
