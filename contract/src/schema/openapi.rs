//! The OpenAPI 3.1 document, drawn from the route table, the types and the fixtures.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::fixtures::{Fixtures, HttpKind};
use super::route::{Bounds, Content, Header, Parameter, Place, Route, Token};
use super::routes::{ANY_ROUTE, routes};
use crate::ProblemType;

/// The whole document.
pub fn openapi(fixtures: &Fixtures) -> Value {
    let mut paths: Map<String, Value> = Map::new();
    for route in routes() {
        let item = paths.entry(route.path).or_insert_with(|| json!({}));
        if let Value::Object(item) = item {
            item.insert(route.method.to_lowercase(), operation(route, fixtures));
        }
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Afterword",
            "version": "1",
            "summary": "The conversation after an article: what travels between the widget and any backend",
            "description": "Only `GET /replies` is required. Everything else is announced by the backend in \
                `thread.features`. `contract/CONTRACT.md` is the page to read first.\n\n\
                Every path takes `OPTIONS` for preflights too, and what takes `GET` takes `HEAD`. What is refused with \
                another status than those listed, such as by a proxy, is understood by its status alone.",
            "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" },
        },
        "servers": [{
            "url": "{api}",
            "description": "The base address is the backend's to choose.",
            "variables": { "api": { "default": "https://example.org/api" } },
        }],
        "tags": tags(),
        "paths": paths,
        "components": { "schemas": schemas(), "headers": headers(), "securitySchemes": {
            "token": {
                "type": "http",
                "scheme": "bearer",
                "description": "Given by `POST /guests`, or by the page's own sign-in. Never a cookie.",
            },
        } },
    })
}

fn tags() -> Value {
    let mut tags = vec![json!({ "name": "required", "description": "What every backend offers." })];
    for feature in crate::Feature::KNOWN {
        tags.push(json!({ "name": feature, "description": format!("Offered where `thread.features` holds `{feature}`.") }));
    }
    tags.into()
}

fn schemas() -> Value {
    let mut settings = super::settings();
    settings.definitions_path = "/components/schemas".into();
    settings.meta_schema = None;
    let mut generator = settings.into_generator();
    super::all_messages(&mut generator);
    Value::Object(generator.take_definitions(true))
}

fn operation(route: &Route, fixtures: &Fixtures) -> Value {
    let mut operation = json!({
        "operationId": route.id,
        "tags": [route.feature.unwrap_or("required")],
        "summary": route.summary,
        "description": route.description,
        "parameters": route.parameters.iter().map(|of| parameter(route, of, fixtures)).collect::<Vec<_>>(),
        "responses": responses(route, fixtures),
    });
    if let Value::Object(operation) = &mut operation {
        match route.token {
            Token::Never => drop(operation.insert("security".to_owned(), json!([]))),
            Token::Welcome => drop(operation.insert("security".to_owned(), json!([{}, { "token": [] }]))),
            Token::Required => drop(operation.insert("security".to_owned(), json!([{ "token": [] }]))),
        }
        if let Some(request) = &route.request {
            let content = media(
                "application/json",
                &reference(request.type_name),
                examples(fixtures, HttpKind::Request, route, None),
            );
            operation.insert("requestBody".to_owned(), json!({ "required": true, "content": content }));
        }
    }
    operation
}

fn parameter(route: &Route, parameter: &Parameter, fixtures: &Fixtures) -> Value {
    let place = match parameter.place {
        Place::Path => "path",
        Place::Query => "query",
        Place::Header => "header",
    };
    let mut drawn = json!({
        "name": parameter.name,
        "in": place,
        "required": parameter.required,
        "description": parameter.meaning,
        "schema": bounds(&parameter.bounds),
    });
    let examples = named(fixtures.values(route, parameter));
    if let (Value::Object(drawn), false) = (&mut drawn, examples.is_empty()) {
        drawn.insert("examples".to_owned(), examples.into());
    }
    drawn
}

fn bounds(bounds: &Bounds) -> Value {
    match *bounds {
        Bounds::Any => json!({ "type": "string" }),
        Bounds::Text { least, most, pattern: None } => {
            json!({ "type": "string", "minLength": least, "maxLength": most })
        }
        Bounds::Text { least, most, pattern: Some(pattern) } => {
            json!({ "type": "string", "minLength": least, "maxLength": most, "pattern": pattern })
        }
        Bounds::Texts { most, pattern, times } => json!({
            "type": "array",
            "minItems": 1,
            "maxItems": times,
            "items": { "type": "string", "minLength": 1, "maxLength": most, "pattern": pattern },
        }),
        Bounds::Whole { least, most, default: None } => {
            json!({ "type": "integer", "minimum": least, "maximum": most })
        }
        Bounds::Whole { least, most, default: Some(default) } => {
            json!({ "type": "integer", "minimum": least, "maximum": most, "default": default })
        }
        Bounds::Words(words) => json!({ "type": "string", "enum": words, "default": words.first() }),
    }
}

fn responses(route: &Route, fixtures: &Fixtures) -> Value {
    let mut responses = Map::new();
    for answer in route.answers {
        let drawn = || examples(fixtures, HttpKind::Answer, route, Some(answer.status));
        let content = match answer.content {
            Content::Nothing => None,
            Content::Json(name) => Some(media("application/json", &reference(name), drawn())),
            Content::Events(name) => {
                let data = json!({
                    "type": "string",
                    "contentMediaType": "application/json",
                    "contentSchema": reference(name),
                });
                // OpenAPI 3.1 has no word for streams: readers take the schema for the text, or for each event of it.
                let schema = json!({
                    "type": ["string", "object"],
                    "description": "The stream; or, for readers that take it apart, one event of it.",
                    "properties": { "id": { "type": "string" }, "event": { "type": "string" }, "data": data },
                    "required": ["id", "event", "data"],
                });
                Some(media("text/event-stream", &schema, drawn()))
            }
            Content::Html => Some(media("text/html", &json!({ "type": "string" }), drawn())),
        };
        let mut drawn = response(answer.meaning.to_owned(), answer.headers, content);
        if let (Value::Object(drawn), Content::Json("Reply")) = (&mut drawn, answer.content) {
            drawn.insert("links".to_owned(), links());
        }
        responses.insert(answer.status.to_string(), drawn);
    }
    for (status, kinds) in problems(route) {
        let name = |kind: &ProblemType| kind.uri.trim_start_matches("urn:afterword:problem:");
        let meaning: Vec<String> =
            kinds.iter().map(|kind| format!("`{}`: {}", name(kind), kind.meaning)).collect();
        let drawn = examples(fixtures, HttpKind::Answer, route, Some(status));
        let content = media("application/problem+json", &reference("Problem"), drawn);
        let mut drawn = response(meaning.join("\n\n"), &problem_headers(&kinds), Some(content));
        if let Value::Object(drawn) = &mut drawn {
            let types = kinds.iter().map(|kind| kind.uri.into()).collect::<Vec<Value>>();
            drawn.insert("x-problem-types".to_owned(), types.into());
        }
        responses.insert(status.to_string(), drawn);
    }
    // Written by what reads requests, before anything knows of routes: it has neither a body nor our headers.
    let too_large =
        "The request's head is larger than the backend, or what stands in front of it, reads at all.";
    responses.insert("431".to_owned(), json!({ "description": too_large }));
    responses.into()
}

/// The kinds of problem by status: the route's own, and those that any route may answer.
fn problems(route: &Route) -> BTreeMap<u16, Vec<ProblemType>> {
    let mut by_status: BTreeMap<u16, Vec<ProblemType>> = BTreeMap::new();
    for kind in route.problems.iter().chain(ANY_ROUTE) {
        by_status.entry(kind.status).or_default().push(*kind);
    }
    by_status
}

fn problem_headers(kinds: &[ProblemType]) -> Vec<Header> {
    let mut headers = vec![Header::NoStore];
    let special = kinds.iter().filter_map(|kind| match kind.status {
        401 => Some(Header::WwwAuthenticate),
        405 => Some(Header::Allow),
        409 if *kind == ProblemType::KEY_IN_FLIGHT => Some(Header::RetryAfterOrNot),
        412 => Some(Header::ETag),
        415 => Some(Header::Accept),
        429 | 503 => Some(Header::RetryAfter),
        _ => None,
    });
    for header in special {
        if !headers.contains(&header) {
            headers.push(header);
        }
    }
    headers
}

/// What can be done next to a reply that just came: every route that names one reply, and nothing more than that.
fn links() -> Value {
    let next = routes().iter().filter(|route| route.path.starts_with("/replies/{id}"));
    let next = next.filter(|route| route.parameters.iter().all(|parameter| parameter.name != "tag"));
    let links: Map<String, Value> = next
        .map(|route| {
            let mut parameters = Map::new();
            for parameter in route.parameters {
                match parameter.name {
                    "id" => drop(parameters.insert("id".to_owned(), "$response.body#/id".into())),
                    "If-Match" => {
                        drop(parameters.insert("If-Match".to_owned(), "$response.header.ETag".into()))
                    }
                    _ => {}
                }
            }
            let link = json!({
                "operationId": route.id,
                "description": route.summary,
                "parameters": parameters,
            });
            (route.id.to_owned(), link)
        })
        .collect();
    links.into()
}

fn response(meaning: String, headers: &[Header], content: Option<Value>) -> Value {
    let everywhere = [Header::AllowOrigin, Header::ExposeHeaders];
    let headers: Map<String, Value> = headers
        .iter()
        .chain(&everywhere)
        .map(|header| {
            let (name, component) = header_names(*header);
            (name.to_owned(), json!({ "$ref": format!("#/components/headers/{component}") }))
        })
        .collect();
    let mut response = json!({ "description": meaning, "headers": headers });
    if let (Value::Object(response), Some(content)) = (&mut response, content) {
        response.insert("content".to_owned(), content);
    }
    response
}

fn media(media_type: &str, schema: &Value, examples: Map<String, Value>) -> Value {
    if examples.is_empty() {
        json!({ media_type: { "schema": schema } })
    } else {
        json!({ media_type: { "schema": schema, "examples": examples } })
    }
}

fn examples(fixtures: &Fixtures, kind: HttpKind, route: &Route, status: Option<u16>) -> Map<String, Value> {
    named(fixtures.examples(kind, &route.name(), status))
}

fn named<'a>(values: impl IntoIterator<Item = (&'a str, &'a str, Value)>) -> Map<String, Value> {
    let example = |summary: &str, value: Value| json!({ "summary": summary, "value": value });
    values.into_iter().map(|(case, summary, value)| (case.to_owned(), example(summary, value))).collect()
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

/// A header's name, and that of its component.
fn header_names(header: Header) -> (&'static str, &'static str) {
    match header {
        Header::Accept => ("Accept", "Accept"),
        Header::Allow => ("Allow", "Allow"),
        Header::AllowOrigin => ("Access-Control-Allow-Origin", "Access-Control-Allow-Origin"),
        Header::CacheControl => ("Cache-Control", "Cache-Control"),
        Header::ETag => ("ETag", "ETag"),
        Header::ExposeHeaders => ("Access-Control-Expose-Headers", "Access-Control-Expose-Headers"),
        Header::Location => ("Location", "Location"),
        Header::NoStore => ("Cache-Control", "No-Store"),
        Header::RetryAfter => ("Retry-After", "Retry-After"),
        Header::RetryAfterOrNot => ("Retry-After", "Retry-After-Or-Not"),
        Header::WwwAuthenticate => ("WWW-Authenticate", "WWW-Authenticate"),
    }
}

fn headers() -> Value {
    let text = |required: bool, meaning: &str, example: &str| json!({ "description": meaning, "required": required, "schema": { "type": "string" }, "example": example });
    let fits = |meaning: &str, pattern: &str, example: &str| {
        let schema = json!({ "type": "string", "pattern": pattern });
        json!({ "description": meaning, "required": true, "schema": schema, "example": example })
    };
    let seconds = |required: bool| {
        json!({
            "description": "How many seconds to wait.",
            "required": required,
            "schema": { "type": "integer", "minimum": 0 },
            "example": 30,
        })
    };
    json!({
        "Accept": text(false, "What the route takes instead.", "application/json"),
        "Access-Control-Allow-Origin": fits(
            "Any page may read it: there are no cookies.", "^\\*$", "*",
        ),
        "Access-Control-Expose-Headers": text(
            true, "The headers that a page on another origin may read.", "ETag, Location, Retry-After",
        ),
        "Allow": text(true, "The methods that the path takes.", "GET, POST"),
        "Cache-Control": text(
            true, "How long it may be kept: the same for everybody.", "public, max-age=10, stale-while-revalidate=60",
        ),
        "ETag": fits(
            "Names this state of the answer; of a reply, its revision.", "^(W/)?\"[!#-~\\u0080-\\u00ff]*\"$", "\"2\"",
        ),
        "Location": {
            "description": "Where the new reply can be read.",
            "required": true,
            "schema": { "type": "string", "format": "uri-reference" },
            "example": "/api/replies?thread=tarnay-head&around=18",
        },
        "No-Store": fits("It is kept by nobody.", "(^|[ ,])no-store($|[ ,])", "no-store"),
        "Retry-After": seconds(true),
        "Retry-After-Or-Not": seconds(false),
        "WWW-Authenticate": fits("A token is wanted.", "^Bearer", "Bearer"),
    })
}
