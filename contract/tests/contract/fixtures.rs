//! Every fixture decodes, survives a round trip, and is what its schema describes.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use afterword_contract::schema::{HttpFixture, HttpKind, schemas};
use afterword_contract::{LiveEvent, LiveKind, Problem, ProblemType, ThreadPage};
use jsonschema::Validator;
use serde_json::Value;

use crate::{folder, index, rewrite};

/// Validators by the name of the type.
struct Schemas(Vec<(&'static str, Validator)>);

impl Schemas {
    fn compile() -> Self {
        let compile = |schema: &Value| {
            let options = jsonschema::options().should_validate_formats(true);
            options.build(schema).expect("a schema")
        };
        Self(schemas().iter().map(|(type_name, _, schema)| (*type_name, compile(schema))).collect())
    }

    /// Fails where `value` is not what the schema of `type_name` describes.
    fn check(&self, what: &str, type_name: &str, value: &Value) {
        let (_, validator) = self.0.iter().find(|(name, _)| *name == type_name).expect("a message's type");
        let errors: Vec<String> =
            validator.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect();
        assert!(errors.is_empty(), "{what} is no {type_name}: {errors:#?}");
    }
}

/// The JSON texts that a fixture holds: one, or the data of each event of a stream.
fn bodies(fixture: &HttpFixture, text: &str) -> Vec<String> {
    match &fixture.type_name {
        Some(name) if name == "LiveEvent" => {
            text.lines().filter_map(|line| line.strip_prefix("data: ")).map(str::to_owned).collect()
        }
        Some(_) => vec![text.to_owned()],
        None => Vec::new(),
    }
}

#[test]
fn every_http_fixture_survives_a_round_trip_and_fits_its_schema() {
    let (index, schemas) = (index(), Schemas::compile());
    let mut checked = 0;
    for fixture in &index.http {
        let (Some(file), Some(type_name)) = (&fixture.file, &fixture.type_name) else { continue };
        for body in bodies(fixture, &index.text(file)) {
            let written: Value =
                serde_json::from_str(&body).unwrap_or_else(|error| panic!("{file}: {error}"));
            schemas.check(file, type_name, &written);
            let rewritten = rewrite(type_name, &body).unwrap_or_else(|error| panic!("{file}: {error:?}"));
            schemas.check(&format!("{file}, rewritten,"), type_name, &rewritten);
            assert_eq!(lost(&written, &rewritten), None, "{file}: decoding loses what stands there");
            checked += 1;
        }
    }
    assert!(checked > 80, "only {checked} bodies");
}

/// A value that `written` has and `rewritten` has not. Rewriting may add what was left out.
fn lost(written: &Value, rewritten: &Value) -> Option<Value> {
    match (written, rewritten) {
        (Value::Object(written), Value::Object(rewritten)) => {
            written.iter().find_map(|(name, value)| match rewritten.get(name) {
                Some(kept) => lost(value, kept),
                None if value.is_null() || *value == Value::Array(Vec::new()) => None,
                None => Some(value.clone()),
            })
        }
        (Value::Array(written), Value::Array(rewritten)) if written.len() == rewritten.len() => {
            written.iter().zip(rewritten).find_map(|(written, rewritten)| lost(written, rewritten))
        }
        _ => (written != rewritten).then(|| written.clone()),
    }
}

#[test]
fn every_lenient_fixture_is_read_and_rewritten_as_its_schema_describes() {
    let (index, schemas) = (index(), Schemas::compile());
    for fixture in &index.lenient {
        let text = index.text(&fixture.file);
        let rewritten = rewrite(&fixture.type_name, &text)
            .unwrap_or_else(|error| panic!("{} ({}): {error:?}", fixture.file, fixture.shows));
        let completed = match fixture.type_name.as_str() {
            "ThreadPage" => {
                let page: ThreadPage = serde_json::from_str(&text).expect("it was just read");
                serde_json::to_value(page.completed()).expect("a page encodes")
            }
            _ => rewritten,
        };
        schemas.check(&format!("{}, rewritten,", fixture.file), &fixture.type_name, &completed);
    }
}

#[test]
fn every_broken_fixture_is_refused_at_the_place_that_the_index_names() {
    let index = index();
    for fixture in &index.broken {
        match rewrite(&fixture.type_name, &index.text(&fixture.file)) {
            Ok(value) => panic!("{} ({}) was read as {value}", fixture.file, fixture.why),
            Err((place, message)) => assert_eq!(place, fixture.place, "{}: {message}", fixture.file),
        }
    }
}

#[test]
fn the_index_lists_every_file_and_every_file_is_there() {
    let index = index();
    let mut listed: BTreeSet<String> = BTreeSet::new();
    listed.extend(index.http.iter().filter_map(|fixture| fixture.file.clone()));
    listed.extend(index.lenient.iter().map(|fixture| fixture.file.clone()));
    listed.extend(index.broken.iter().map(|fixture| fixture.file.clone()));
    listed.insert("index.json".to_owned());
    listed.extend(["lighthouse", "quiet"].map(|name| format!("threads/{name}.json")));

    let mut there = BTreeSet::new();
    let root = folder().join("fixtures");
    for folder in ["", "lenient", "broken", "threads"] {
        for entry in fs::read_dir(root.join(folder)).expect("a folder of fixtures") {
            let entry = entry.expect("a folder's entry");
            if entry.file_type().is_ok_and(|kind| kind.is_file()) {
                let name = entry.file_name().into_string().expect("a plain name");
                there.insert(Path::new(folder).join(name).to_str().expect("a plain path").to_owned());
            }
        }
    }
    assert_eq!(listed, there);

    let cases: BTreeSet<&str> = index.http.iter().map(|fixture| fixture.case.as_str()).collect();
    assert_eq!(cases.len(), index.http.len(), "two cases have one name");
    for fixture in &index.http {
        let known = fixture.to.as_deref().is_none_or(|to| cases.contains(to));
        assert!(known, "{} answers a request that is not there", fixture.case);
        let targeted = fixture.target.as_deref().is_none_or(|target| target.starts_with('/'));
        assert!(
            targeted && fixture.target.is_some() == (fixture.kind == HttpKind::Request),
            "{}",
            fixture.case
        );
    }
}

#[test]
fn problems_say_what_their_kind_says() {
    let index = index();
    for fixture in index.http.iter().filter(|fixture| fixture.type_name.as_deref() == Some("Problem")) {
        let text = index.text(fixture.file.as_deref().expect("a problem has a body"));
        let problem: Problem = serde_json::from_str(&text).expect("a problem");
        let kind = ProblemType::ALL.iter().find(|kind| kind.is(&problem)).expect("a known kind");
        assert_eq!((problem.status, problem.title.as_str()), (kind.status, kind.title), "{}", fixture.case);
        assert_eq!(fixture.status, Some(kind.status), "{}", fixture.case);
        assert_eq!(fixture.headers.get("Content-Type").map(String::as_str), Some("application/problem+json"));
        let header = match kind.status {
            401 => Some("WWW-Authenticate"),
            405 => Some("Allow"),
            412 => Some("ETag"),
            429 | 503 => Some("Retry-After"),
            _ => None,
        };
        assert!(
            header.is_none_or(|name| fixture.headers.contains_key(name)),
            "{} lacks {header:?}",
            fixture.case
        );
        assert_eq!(problem.current.is_some(), kind.status == 412, "{}", fixture.case);
    }
}

#[test]
fn the_live_fixture_is_an_event_stream_whose_ids_grow() {
    let index = index();
    let text = index.text("live-get-200.txt");
    let (mut last, mut events) = (0, 0);
    for block in text.split("\n\n").filter(|block| block.contains("data: ")) {
        let field = |name: &str| {
            block
                .lines()
                .find_map(|line| line.strip_prefix(name))
                .unwrap_or_else(|| panic!("no {name} in {block}"))
        };
        let id: u64 = field("id: ").parse().expect("a number");
        assert!(id > last, "{id} after {last}");
        let data: LiveEvent = serde_json::from_str(field("data: ")).expect("an event");
        assert_eq!(data.event.as_str(), field("event: "));
        assert_eq!(data.reply.is_some(), data.event == LiveKind::Reply);
        assert_eq!(data.reactions.is_some(), data.event == LiveKind::Reactions);
        assert_eq!(data.id.is_some(), data.reactions.is_some());
        (last, events) = (id, events + 1);
    }
    assert_eq!(events, 6);
}

#[test]
fn the_demo_threads_fit_the_schema_and_are_complete() {
    let (index, schemas) = (index(), Schemas::compile());
    for file in ["threads/lighthouse.json", "threads/quiet.json"] {
        let text = index.text(file);
        schemas.check(file, "ThreadPage", &serde_json::from_str(&text).expect("JSON"));
        let page: ThreadPage = serde_json::from_str(&text).expect("a page");
        assert_eq!(page.clone().completed(), page, "{file} leaves something out");
        let numbers: Vec<Option<u32>> = page.replies.iter().map(|reply| reply.number).collect();
        assert_eq!(numbers, (1..=page.thread.total).map(Some).collect::<Vec<_>>(), "{file}");
        for reply in &page.replies {
            let quoting: Vec<u32> = page
                .replies
                .iter()
                .filter(|other| other.quotes.iter().any(|quote| Some(quote.number) == reply.number))
                .filter_map(|other| other.number)
                .collect();
            assert_eq!(reply.quoted_by, quoting, "{file}, {:?}", reply.number);
        }
    }
}
