//! Old and new get on: what version 1.0 promised holds, its pages are read by today's types, and today's requests are
//! ones that its backends take.
//!
//! `compatibility/1.0.json` is the OpenAPI document of that version, pages and all. It is never written again; a later
//! 1.x is a file beside it, copied from `openapi.json` when it is published.

use std::collections::BTreeMap;
use std::fs;

use afterword_contract::schema::{broken, openapi, routes};
use afterword_contract::{EditReply, NewGuest, NewReply, PageReference, Person, Report, ReportReason};
use jsonschema::Validator;
use serde_json::{Map, Value, json};

use crate::{folder, index, rewrite};

/// The document of every published version, by its name.
fn published() -> BTreeMap<String, Value> {
    let files = fs::read_dir(folder().join("compatibility")).expect("compatibility/ is there");
    let read = |path: std::path::PathBuf| {
        let text = fs::read_to_string(&path).expect("readable");
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        (name, serde_json::from_str(&text).expect("JSON"))
    };
    files.map(|file| read(file.expect("a folder's entry").path())).collect()
}

fn today() -> Value {
    openapi(&index())
}

#[test]
fn nothing_of_a_published_version_is_broken() {
    let published = published();
    assert!(published.contains_key("1.0"));
    for (version, document) in published {
        let broken = broken(&document, &today());
        assert!(broken.is_empty(), "what {version} says does not hold any more: {broken:#?}");
    }
}

/// What happens to a document.
type Change = fn(&mut Value);

fn object<'a>(document: &'a mut Value, pointer: &str) -> &'a mut Map<String, Value> {
    let place = document.pointer_mut(pointer).and_then(Value::as_object_mut);
    place.unwrap_or_else(|| panic!("no object at {pointer}"))
}

fn array<'a>(document: &'a mut Value, pointer: &str) -> &'a mut Vec<Value> {
    let place = document.pointer_mut(pointer).and_then(Value::as_array_mut);
    place.unwrap_or_else(|| panic!("no list at {pointer}"))
}

/// Every rule, with a document that breaks it and what is said of that.
const BREAKING: &[(&str, Change)] = &[
    ("count: the feature is gone", |it| array(it, "/tags").retain(|tag| tag["name"] != "count")),
    ("GET /counts: the route is gone", |it| drop(object(it, "/paths/~1counts").remove("get"))),
    ("DELETE /replies/{id}: the route is gone", |it| {
        drop(object(it, "/paths/~1replies~1{id}").remove("delete"));
    }),
    ("GET /people: it has another name", |it| it["paths"]["/people"]["get"]["operationId"] = json!("people")),
    ("GET /live: it wants a token", |it| it["paths"]["/live"]["get"]["security"] = json!([{ "token": [] }])),
    ("GET /viewer: it wants a token", |it| {
        it["paths"]["/viewer"]["get"]["security"] = json!([{ "token": [] }])
    }),
    ("GET /replies around: the parameter is gone", |it| {
        array(it, "/paths/~1replies/get/parameters").retain(|parameter| parameter["name"] != "around");
    }),
    ("GET /people q: the parameter is required", |it| {
        it["paths"]["/people"]["get"]["parameters"][1]["required"] = json!(true);
    }),
    ("GET /viewer page: the parameter is new and required", |it| {
        array(it, "/paths/~1viewer/get/parameters").push(json!({
            "name": "page", "in": "query", "required": true, "schema": { "type": "string" },
        }));
    }),
    ("GET /replies order: the word top is gone", |it| {
        array(it, "/paths/~1replies/get/parameters/1/schema/enum").retain(|word| word != "top");
    }),
    ("GET /replies limit: `maximum` is another", |it| {
        it["paths"]["/replies"]["get"]["parameters"][2]["schema"]["maximum"] = json!(50);
    }),
    ("GET /replies limit: `default` is another", |it| {
        it["paths"]["/replies"]["get"]["parameters"][2]["schema"]["default"] = json!(20);
    }),
    ("GET /people q: `pattern` is another", |it| {
        it["paths"]["/people"]["get"]["parameters"][1]["schema"]["pattern"] = json!("^a");
    }),
    ("POST /replies/{id}/restore: it wants a body", |it| {
        it["paths"]["/replies/{id}/restore"]["post"]["requestBody"] =
            json!({ "required": true, "content": {} });
    }),
    ("POST /guests: it takes no body any more", |it| {
        drop(object(it, "/paths/~1guests/post").remove("requestBody"));
    }),
    ("POST /guests: application/json is gone", |it| {
        it["paths"]["/guests"]["post"]["requestBody"]["content"] = json!({ "text/plain": {} });
    }),
    ("NewReply.format: the field is required", |it| {
        array(it, "/components/schemas/NewReply/required").push(json!("format"));
    }),
    ("NewReply.page: the field is gone", |it| {
        drop(object(it, "/components/schemas/NewReply/properties").remove("page"));
    }),
    ("NewReply.body: string is not taken any more", |it| {
        it["components"]["schemas"]["NewReply"]["properties"]["body"]["type"] = json!("object");
    }),
    ("NewGuest: unknown fields are refused", |it| {
        it["components"]["schemas"]["NewGuest"]["additionalProperties"] = json!(false);
    }),
    ("GET /replies 304: the answer is gone", |it| {
        drop(object(it, "/paths/~1replies/get/responses").remove("304"));
    }),
    ("GET /viewer 206: the answer is new, and no client knows it", |it| {
        it["paths"]["/viewer"]["get"]["responses"]["206"] = json!({ "description": "A part" });
    }),
    ("GET /html 200: text/html is gone", |it| {
        it["paths"]["/html"]["get"]["responses"]["200"]["content"] = json!({ "application/json": {} });
    }),
    ("POST /replies 422: the problem type urn:afterword:problem:key-reused is gone", |it| {
        array(it, "/paths/~1replies/post/responses/422/x-problem-types")
            .retain(|it| it != "urn:afterword:problem:key-reused");
    }),
    ("POST /replies 201 Location: the header is gone", |it| {
        drop(object(it, "/paths/~1replies/post/responses/201/headers").remove("Location"));
    }),
    ("GET /replies 200 ETag: the header may be missing", |it| {
        it["components"]["headers"]["ETag"]["required"] = json!(false);
    }),
    ("Guest.token: the field may be missing", |it| {
        array(it, "/components/schemas/Guest/required").retain(|name| name != "token");
    }),
    ("Reply.quotedBy: the field is gone", |it| {
        drop(object(it, "/components/schemas/Reply/properties").remove("quotedBy"));
    }),
    ("Reply.number: string may come now", |it| {
        it["components"]["schemas"]["Reply"]["properties"]["number"]["type"] =
            json!(["integer", "null", "string"]);
    }),
    ("ReplyId: `maxLength` is another", |it| {
        it["components"]["schemas"]["ReplyId"]["maxLength"] = json!(400);
    }),
    ("ReplyId: `pattern` is another", |it| drop(object(it, "/components/schemas/ReplyId").remove("pattern"))),
    ("Timestamp: `format` is another", |it| {
        it["components"]["schemas"]["Timestamp"]["format"] = json!("date");
    }),
    ("Status: the word hidden is gone", |it| {
        array(it, "/components/schemas/Status/anyOf").retain(|word| word["const"] != "hidden");
    }),
    ("ViewerReply.until: the field is gone", |it| {
        drop(object(it, "/components/schemas/ViewerReply/properties").remove("until"));
    }),
    ("GET /counts 200: what it is is not said any more", |it| {
        drop(object(it, "/paths/~1counts/get/responses/200/content/application~1json").remove("schema"));
    }),
    ("History[]: what it is is not said any more", |it| {
        drop(object(it, "/components/schemas/History").remove("items"));
    }),
    ("NewReply.page[]: what was free is not any more", |it| {
        it["components"]["schemas"]["NewReply"]["properties"]["page"]["additionalProperties"] =
            json!({ "type": "string" });
    }),
    ("Reply.author: #/components/schemas/Reaction may come now", |it| {
        array(it, "/components/schemas/Reply/properties/author/anyOf")
            .push(json!({ "$ref": "#/components/schemas/Reaction" }));
    }),
    ("Viewer.replies.^[A-Za-z0-9._~-]+$: the fields are gone", |it| {
        drop(object(it, "/components/schemas/Viewer/properties/replies").remove("patternProperties"));
    }),
    ("LiveKind: the word reset is gone", |it| {
        array(it, "/components/schemas/LiveKind/anyOf").retain(|word| word["const"] != "reset");
    }),
    ("Reply.author: #/components/schemas/Person is gone", |it| {
        it["components"]["schemas"]["Reply"]["properties"]["author"]["anyOf"][0] =
            json!({ "type": "string" });
    }),
];

#[test]
fn every_rule_finds_what_breaks_it() {
    for (sentence, change) in BREAKING {
        let mut later = today();
        change(&mut later);
        let found = broken(&today(), &later);
        assert!(found.iter().any(|found| found == sentence), "{sentence}: {found:?}");
    }
}

#[test]
fn a_list_of_words_that_is_closed_in_an_answer_stays_closed() {
    let document = |words: Value| {
        let schema = json!({ "type": "string", "enum": words });
        let content = json!({ "application/json": { "schema": schema } });
        json!({ "paths": { "/mood": { "get": { "responses": { "200": { "content": content } } } } } })
    };
    let (fewer, more) = (document(json!(["good"])), document(json!(["good", "bad"])));
    assert_eq!(broken(&fewer, &more), ["GET /mood 200: a word may come that nobody knows"]);
    assert_eq!(broken(&more, &fewer), ["GET /mood 200: the word bad is gone"]);
    assert_eq!(broken(&more, &more), [""; 0]);
}

#[test]
fn a_body_that_may_be_left_out_may_be_left_out_later() {
    let document = |required: bool| {
        let body = json!({ "required": required, "content": {} });
        json!({ "paths": { "/mood": { "put": { "requestBody": body, "responses": {} } } } })
    };
    assert_eq!(broken(&document(false), &document(true)), ["PUT /mood: it wants a body"]);
    assert_eq!(broken(&document(true), &document(false)), [""; 0]);
}

/// What a later version may do.
const LAWFUL: &[Change] = &[
    |it| {
        it["paths"]["/moods"] = json!({ "get": { "operationId": "getMoods", "responses": {} } });
        array(it, "/tags").push(json!({ "name": "mood" }));
    },
    |it| {
        array(it, "/paths/~1replies/get/parameters").push(json!({
            "name": "mood", "in": "query", "required": false, "schema": { "type": "string" },
        }));
    },
    |it| it["components"]["schemas"]["Reply"]["properties"]["mood"] = json!({ "type": "string" }),
    |it| it["components"]["schemas"]["NewReply"]["properties"]["mood"] = json!({ "type": "string" }),
    |it| array(it, "/components/schemas/Status/anyOf").insert(0, json!({ "const": "featured" })),
    |it| array(it, "/paths/~1replies/get/parameters/1/schema/enum").push(json!("boldest")),
    |it| it["paths"]["/replies"]["get"]["parameters"][2]["schema"]["maximum"] = json!(200),
    |it| {
        let kinds = array(it, "/paths/~1replies/post/responses/403/x-problem-types");
        kinds.push(json!("urn:afterword:problem:moody"));
    },
    |it| {
        let problem = it["paths"]["/replies"]["post"]["responses"]["403"].clone();
        it["paths"]["/replies"]["post"]["responses"]["451"] = problem;
    },
    |it| array(it, "/components/schemas/Reply/required").push(json!("id")),
    |it| it["paths"]["/replies"]["get"]["summary"] = json!("Other words"),
];

#[test]
fn what_a_later_version_may_do_breaks_nothing() {
    for (place, change) in LAWFUL.iter().enumerate() {
        let mut later = today();
        change(&mut later);
        assert_ne!(later, today(), "{place} changes nothing");
        assert_eq!(broken(&today(), &later), [""; 0], "{place}");
    }
}

/// Every JSON example of a document: where it stands, the name of its type, and its text.
fn examples(document: &Value) -> Vec<(String, String, Value)> {
    let mut found = Vec::new();
    let operations = document["paths"].as_object().into_iter().flatten();
    for (path, operation) in operations.flat_map(|(path, item)| {
        item.as_object()
            .into_iter()
            .flatten()
            .map(move |(method, operation)| (format!("{method} {path}"), operation))
    }) {
        let answers = operation["responses"].as_object().into_iter().flatten().map(|(_, answer)| answer);
        for message in answers.chain(operation.get("requestBody")) {
            for (_, media) in message["content"].as_object().into_iter().flatten() {
                let name = media.pointer("/schema/$ref").and_then(Value::as_str);
                let Some(name) = name.and_then(|name| name.rsplit('/').next()) else { continue };
                for (case, example) in media["examples"].as_object().into_iter().flatten() {
                    found.push((format!("{path} {case}"), name.to_owned(), example["value"].clone()));
                }
            }
        }
    }
    found
}

/// A validator of the component `name` of `document`.
fn validator(document: &Value, name: &str) -> Validator {
    let schema =
        json!({ "$ref": format!("#/components/schemas/{name}"), "components": document["components"] });
    jsonschema::options().build(&schema).expect("a schema")
}

#[test]
fn what_an_older_backend_writes_is_read() {
    for (version, document) in published() {
        let examples = examples(&document);
        assert!(examples.len() > 100, "{version} has only {} examples", examples.len());
        for (place, type_name, value) in examples {
            let read = rewrite(&type_name, &value.to_string());
            assert!(read.is_ok(), "{version}, {place}: {read:?}");
        }
    }
}

#[test]
fn what_is_written_today_fits_the_schemas_of_older_versions() {
    for (version, document) in published() {
        for (place, type_name, value) in examples(&today()) {
            let errors: Vec<String> =
                validator(&document, &type_name).iter_errors(&value).map(|error| error.to_string()).collect();
            assert!(errors.is_empty(), "{version}, {place}: {errors:?}");
        }
    }
}

#[test]
fn what_the_widget_sends_is_what_an_older_backend_takes() {
    let ada = Person { id: Some("u1".into()), name: "Ada".to_owned(), posts: Some(7), ..Person::default() };
    let page =
        PageReference { title: Some("Plums".to_owned()), url: Some("https://example.org/".to_owned()) };
    let mentions = vec![ada];
    let body = "@Ada".to_owned();
    let plain = NewReply { thread: "plums".into(), body: body.clone(), ..NewReply::default() };
    let report = Report { reason: ReportReason::Spam, detail: Some("Lamps.".to_owned()) };
    let sent = [
        ("NewReply", plain.to_json()),
        ("NewReply", NewReply { mentions: mentions.clone(), page: Some(page), ..plain }.to_json()),
        ("EditReply", EditReply { body, mentions, ..EditReply::default() }.to_json()),
        ("Report", Report { detail: None, ..report.clone() }.to_json()),
        ("Report", report.to_json()),
        ("NewGuest", NewGuest { name: "Bram".to_owned() }.to_json()),
    ];
    let bodies: Vec<&str> =
        routes().iter().filter_map(|route| Some(route.request.as_ref()?.type_name)).collect();
    assert!(
        bodies.iter().all(|name| sent.iter().any(|(sent, _)| sent == name)),
        "{bodies:?} are not all sent"
    );
    for (version, document) in published() {
        for (type_name, json) in &sent {
            let value: Value = serde_json::from_str(&json.text()).expect("JSON");
            let validator = validator(&document, type_name);
            let errors: Vec<String> = validator.iter_errors(&value).map(|error| error.to_string()).collect();
            assert!(errors.is_empty(), "{version}, {type_name}: {errors:?}");
        }
    }
}

/// What a later version might add: a field in every object that has fields, a word in every list of words.
fn later(value: &mut Value, name: &str) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields.iter_mut() {
                later(field, name);
            }
            // By reply id, and not by name.
            if name != "replies" {
                fields.insert("notYetInvented".to_owned(), json!({ "deep": [1, { "id": null }] }));
            }
        }
        Value::Array(items) => {
            items.iter_mut().for_each(|item| later(item, ""));
            if ["features", "may"].contains(&name) {
                items.push(json!("telepathy"));
            }
        }
        _ => {}
    }
}

/// Takes the words out again that [`later`] has put in: they are kept, as every word is.
fn without_words(value: &mut Value) {
    match value {
        Value::Object(fields) => fields.iter_mut().for_each(|(_, field)| without_words(field)),
        Value::Array(items) => {
            items.retain(|item| item != "telepathy");
            items.iter_mut().for_each(without_words);
        }
        _ => {}
    }
}

#[test]
fn what_a_newer_backend_adds_changes_nothing_of_what_is_read() {
    for (place, type_name, mut value) in examples(&today()) {
        // Its names are threads.
        if type_name == "Counts" {
            continue;
        }
        let read = rewrite(&type_name, &value.to_string());
        later(&mut value, "");
        let mut read_later = rewrite(&type_name, &value.to_string());
        if let Ok(read) = &mut read_later {
            without_words(read);
        }
        assert_eq!(read_later, read, "{place}");
    }
}
