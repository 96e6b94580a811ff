//! The committed schemas and the OpenAPI document are what the code gives.

use std::collections::BTreeSet;
use std::fs;

use afterword_contract::schema::{ANY_ROUTE, Content, HttpKind, documents, openapi, routes, schemas};
use afterword_contract::{Feature, OPENAPI, ProblemType, SCHEMAS};
use serde_json::Value;

use crate::{folder, index};

/// `UPDATE_SCHEMAS=1 cargo test -p afterword-contract` writes the files instead of comparing them.
#[test]
fn the_committed_documents_are_what_the_types_give() {
    let update = std::env::var_os("UPDATE_SCHEMAS").is_some();
    let documents = documents(&index());
    let mut stale = Vec::new();
    for (path, text) in &documents {
        let file = folder().join(path);
        if fs::read_to_string(&file).is_ok_and(|committed| committed == *text) {
            continue;
        }
        if update {
            fs::write(&file, text).expect("the document can be written");
        } else {
            stale.push(path.as_str());
        }
    }
    assert!(
        stale.is_empty(),
        "differ from the types, run UPDATE_SCHEMAS=1 cargo test -p afterword-contract: {stale:?}"
    );

    let wanted: BTreeSet<String> = documents.into_iter().map(|(path, _)| path).collect();
    for file in fs::read_dir(folder().join("schemas")).expect("schemas/ is there") {
        let name = file.expect("a folder's entry").file_name().into_string().expect("a plain name");
        assert!(wanted.contains(&format!("schemas/{name}")), "no message has the schema schemas/{name}");
    }
}

#[test]
fn the_documents_that_servers_hand_out_are_all_of_them() {
    if std::env::var_os("UPDATE_SCHEMAS").is_some() {
        // They are compiled in, and being written anew by the test above.
        return;
    }
    let mut handed_out: Vec<(String, String)> =
        SCHEMAS.iter().map(|(file, text)| (format!("schemas/{file}"), (*text).to_owned())).collect();
    handed_out.push(("openapi.json".to_owned(), OPENAPI.to_owned()));
    handed_out.sort();
    let mut drawn = documents(&index());
    drawn.sort();
    assert!(handed_out == drawn, "contract/src/documents.rs lists others than contract/schemas");
}

#[test]
fn every_schema_is_a_schema() {
    for (type_name, _, schema) in schemas() {
        assert!(jsonschema::meta::is_valid(&schema), "{type_name}");
        jsonschema::validator_for(&schema).unwrap_or_else(|error| panic!("{type_name}: {error}"));
    }
}

#[test]
fn every_reference_in_openapi_leads_somewhere() {
    fn references<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
        match value {
            Value::Object(fields) => {
                if let Some(Value::String(reference)) = fields.get("$ref") {
                    found.push(reference);
                }
                fields
                    .iter()
                    .filter(|(name, _)| *name != "examples")
                    .for_each(|(_, field)| references(field, found));
            }
            Value::Array(items) => items.iter().for_each(|item| references(item, found)),
            _ => {}
        }
    }
    let document = openapi(&index());
    let mut found = Vec::new();
    references(&document, &mut found);
    assert!(found.len() > 100, "only {} references", found.len());
    for reference in found {
        let pointer = reference.strip_prefix('#').expect("a reference into the document itself");
        assert!(document.pointer(pointer).is_some(), "{reference}");
    }
}

#[test]
fn every_body_in_openapi_has_an_example_and_every_required_parameter_too() {
    let document = openapi(&index());
    let mut without = Vec::new();
    let mut look = |place: String, part: &Value| {
        let examples = part.get("examples").and_then(Value::as_object);
        if examples.is_none_or(|examples| examples.is_empty()) {
            without.push(place);
        }
    };
    for route in routes() {
        let operation = &document["paths"][route.path][route.method.to_lowercase()];
        let answers = operation["responses"].as_object().expect("answers");
        let messages = answers.iter().map(|(status, answer)| (status.as_str(), answer));
        for (name, message) in messages.chain(operation.get("requestBody").map(|body| ("asked", body))) {
            for (kind, media) in message["content"].as_object().into_iter().flatten() {
                look(format!("{} {name} {kind}", route.name()), media);
            }
        }
        let parameters = operation["parameters"].as_array().expect("parameters");
        for parameter in parameters.iter().filter(|parameter| parameter["required"] == true) {
            look(format!("{} {}", route.name(), parameter["name"]), parameter);
        }
    }
    assert!(without.is_empty(), "no fixture is an example of {without:#?}");
}

#[test]
fn every_feature_has_a_route_and_every_route_a_known_feature() {
    let announced: BTreeSet<&str> = routes().iter().filter_map(|route| route.feature).collect();
    assert_eq!(announced, Feature::KNOWN.iter().copied().collect());
    assert_eq!(routes().iter().filter(|route| route.feature.is_none()).count(), 1, "one route is required");
}

#[test]
fn routes_and_problem_types_are_told_apart_by_their_names() {
    let names: BTreeSet<String> = routes().iter().map(|route| route.name()).collect();
    assert_eq!(names.len(), routes().len());
    let ids: BTreeSet<&str> = routes().iter().map(|route| route.id).collect();
    assert_eq!(ids.len(), routes().len());
    let uris: BTreeSet<&str> = ProblemType::ALL.iter().map(|kind| kind.uri).collect();
    assert_eq!(uris.len(), ProblemType::ALL.len());
}

#[test]
fn every_answer_and_every_problem_of_a_route_is_shown_by_a_fixture() {
    let index = index();
    let shown = |route: Option<&str>, status: u16| {
        index.http.iter().any(|fixture| {
            fixture.kind == HttpKind::Answer
                && fixture.route.as_deref() == route
                && fixture.status == Some(status)
        })
    };
    let asked = |route: &str| {
        index
            .http
            .iter()
            .any(|fixture| fixture.kind == HttpKind::Request && fixture.route.as_deref() == Some(route))
    };
    for route in routes() {
        let name = route.name();
        assert!(asked(&name), "no request for {name}");
        for answer in route.answers {
            // Said once, for the one required route: a 304 looks the same everywhere.
            if answer.status == 304 && route.feature.is_some() {
                continue;
            }
            assert!(shown(Some(&name), answer.status), "{name} answers {} in no fixture", answer.status);
        }
    }
    let has_problem = |route: Option<&str>, kind: &ProblemType| {
        index.http.iter().filter(|fixture| fixture.route.as_deref() == route).any(|fixture| {
            let file = fixture.file.as_deref();
            file.is_some_and(|file| index.text(file).contains(&format!("\"{}\"", kind.uri)))
        })
    };
    let mut missing = Vec::new();
    for route in routes() {
        let name = route.name();
        let wanted = route.problems.iter().filter(|kind| !has_problem(Some(&name), kind));
        missing.extend(wanted.map(|kind| (name.clone(), kind.uri)));
    }
    let any = ANY_ROUTE.iter().filter(|kind| !has_problem(None, kind));
    missing.extend(any.map(|kind| ("any route".to_owned(), kind.uri)));
    assert!(missing.is_empty(), "no fixture shows {missing:#?}");
    for kind in ProblemType::ALL {
        let mut given = routes().iter().flat_map(|route| route.problems).chain(ANY_ROUTE);
        assert!(given.any(|other| other == kind), "no route answers {}", kind.uri);
    }
}

#[test]
fn every_fixture_is_on_a_route_that_gives_such_an_answer() {
    for fixture in index().http {
        let Some(name) = &fixture.route else { continue };
        let route = routes().iter().find(|route| route.name() == *name);
        let route = route.unwrap_or_else(|| panic!("{}: there is no route {name}", fixture.case));
        match fixture.kind {
            HttpKind::Request => {
                let type_name = route.request.as_ref().map(|request| request.type_name);
                assert_eq!(fixture.type_name.as_deref(), type_name, "{}", fixture.case);
            }
            HttpKind::Answer if fixture.type_name.as_deref() == Some("Problem") => {
                let mut kinds = route.problems.iter().chain(ANY_ROUTE);
                assert!(kinds.any(|kind| Some(kind.status) == fixture.status), "{}", fixture.case);
            }
            HttpKind::Answer => {
                let answer = route.answers.iter().find(|answer| Some(answer.status) == fixture.status);
                let answer = answer.unwrap_or_else(|| panic!("{}: no such answer", fixture.case));
                let type_name = match answer.content {
                    Content::Json(name) | Content::Events(name) => Some(name),
                    Content::Html | Content::Nothing => None,
                };
                assert_eq!(fixture.type_name.as_deref(), type_name, "{}", fixture.case);
                assert_eq!(fixture.file.is_none(), answer.content == Content::Nothing, "{}", fixture.case);
            }
        }
    }
}
