//! Pages of backends that are newer or older than this widget, drawn.

use serde_json::{Value, json};

use super::{html, inside, loaded, mounted};

fn fixture(name: &str) -> String {
    let path = format!("{}/contract/fixtures/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(path).expect("the fixture is readable")
}

fn drawn(page: &str) -> String {
    html(vec![mounted(), loaded(page)])
}

/// Adds a field to every object, and a feature.
fn later(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.iter_mut().for_each(|(_, field)| later(field));
            fields.insert("notYetInvented".to_owned(), json!({ "name": "<b>", "replies": [null] }));
            if let Some(Value::Array(features)) = fields.get_mut("features") {
                features.push(json!("telepathy"));
            }
        }
        Value::Array(items) => items.iter_mut().for_each(later),
        _ => {}
    }
}

#[test]
fn what_a_later_version_adds_to_a_page_is_not_seen() {
    for name in ["threads/lighthouse.json", "threads/quiet.json", "replies-get-200-locked.json"] {
        let page = fixture(name);
        let mut newer: Value = serde_json::from_str(&page).expect("JSON");
        later(&mut newer);
        newer["version"] = json!(2);
        assert_eq!(drawn(&newer.to_string()), drawn(&page), "{name}");
    }
}

#[test]
fn words_of_a_later_version_are_shown_as_what_they_stand_for() {
    let html = drawn(&fixture("lenient/unknown.json"));
    // An unknown status is published, an unknown format plain text, and other words are shown as they are.
    assert!(inside(&html, "reply-body").contains("Hi"), "{html}");
    assert!(inside(&html, "reply-author").contains("Ada"), "{html}");
    for word in ["Archivist", "applause"] {
        assert!(html.contains(word), "{word}: {html}");
    }
    for word in ["telepathy", "asciidoc", "gold"] {
        assert!(!html.contains(word), "{word}: {html}");
    }
}

#[test]
fn the_pages_of_version_1_0_are_drawn_as_they_were_meant() {
    let document = format!("{}/contract/compatibility/1.0.json", env!("CARGO_MANIFEST_DIR"));
    let document = std::fs::read_to_string(document).expect("the document is readable");
    let document: Value = serde_json::from_str(&document).expect("JSON");
    let examples = document.pointer("/paths/~1replies/get/responses/200/content/application~1json/examples");
    let mut pages = 0;
    for (case, example) in examples.and_then(Value::as_object).into_iter().flatten() {
        let page = &example["value"];
        let html = drawn(&page.to_string());
        let replies = page["replies"].as_array().expect("a page has replies");
        assert_eq!(html.matches(r#"<article part="reply""#).count(), replies.len(), "{case}: {html}");
        pages += 1;
    }
    assert!(pages >= 10, "only {pages} pages");
}

#[test]
fn the_smallest_page_of_all_is_drawn() {
    let html = drawn(r#"{ "replies": [ { "body": "Hi" } ] }"#);
    assert!(inside(&html, "reply-body").contains("Hi"), "{html}");
    assert!(!html.contains(r#"part="composer"#), "nobody writes where nothing is announced: {html}");
}
