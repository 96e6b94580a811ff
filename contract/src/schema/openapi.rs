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
                `thread.features`. `contract/CONTRACT.md` is the page to read first.",
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
        "parameters": route.parameters.iter().map(|parameter| self::parameter(parameter)).collect::<Vec<_>>(),
        "responses": responses(route, fixtures),
    });
    if let Value::Object(operation) = &mut operation {
        match route.token {
            Token::Never => {}
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

fn parameter(parameter: &Parameter) -> Value {
    let place = match parameter.place {
        Place::Path => "path",
        Place::Query => "query",
        Place::Header => "header",
    };
    json!({
        "name": parameter.name,
        "in": place,
        "required": parameter.required,
        "description": parameter.meaning,
        "schema": bounds(&parameter.bounds),
    })
}

fn bounds(bounds: &Bounds) -> Value {
    match *bounds {
        Bounds::Text { least, most, pattern: None } => {
            json!({ "type": "string", "minLength": least, "maxLength": most })
        }
        Bounds::Text { least, most, pattern: Some(pattern) } => {
            json!({ "type": "string", "minLength": least, "maxLength": most, "pattern": pattern })
        }
        Bounds::Texts { most, times } => json!({
            "type": "array",
            "minItems": 1,
            "maxItems": times,
            "items": { "type": "string", "minLength": 1, "maxLength": most },
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
                let schema = json!({
                    "type": "string",
                    "contentMediaType": "text/event-stream",
                    "description": format!("Each event's `data` is a {name}, see components."),
                });
                Some(media("text/event-stream", &schema, drawn()))
            }
            Content::Html => Some(media("text/html", &json!({ "type": "string" }), drawn())),
        };
        responses
            .insert(answer.status.to_string(), response(answer.meaning.to_owned(), answer.headers, content));
    }
    for (status, kinds) in problems(route) {
        let meaning: Vec<String> = kinds
            .iter()
            .map(|kind| {
                format!("`{}`: {}", kind.uri.trim_start_matches("urn:afterword:problem:"), kind.meaning)
            })
            .collect();
        let drawn = examples(fixtures, HttpKind::Answer, route, Some(status));
        let content = media("application/problem+json", &reference("Problem"), drawn);
        responses.insert(
            status.to_string(),
            response(meaning.join("\n\n"), problem_headers(status), Some(content)),
        );
    }
    let other = media("application/problem+json", &reference("Problem"), Map::new());
    responses.insert("default".to_owned(), response("Any other problem".to_owned(), &[], Some(other)));
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

fn problem_headers(status: u16) -> &'static [Header] {
    match status {
        401 => &[Header::WwwAuthenticate],
        405 => &[Header::Allow],
        412 => &[Header::ETag],
        409 | 429 | 503 => &[Header::RetryAfter],
        _ => &[],
    }
}

fn response(meaning: String, headers: &[Header], content: Option<Value>) -> Value {
    let mut response = json!({ "description": meaning });
    if let Value::Object(response) = &mut response {
        if !headers.is_empty() {
            let headers: Map<String, Value> = headers
                .iter()
                .map(|header| {
                    let name = header_name(*header);
                    (name.to_owned(), json!({ "$ref": format!("#/components/headers/{name}") }))
                })
                .collect();
            response.insert("headers".to_owned(), headers.into());
        }
        if let Some(content) = content {
            response.insert("content".to_owned(), content);
        }
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
    fixtures
        .examples(kind, &route.name(), status)
        .map(|(case, summary, value)| (case.to_owned(), json!({ "summary": summary, "value": value })))
        .collect()
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

fn header_name(header: Header) -> &'static str {
    match header {
        Header::Allow => "Allow",
        Header::CacheControl => "Cache-Control",
        Header::ETag => "ETag",
        Header::Location => "Location",
        Header::RetryAfter => "Retry-After",
        Header::WwwAuthenticate => "WWW-Authenticate",
    }
}

fn headers() -> Value {
    let text = |meaning: &str, example: &str| json!({ "description": meaning, "schema": { "type": "string" }, "example": example });
    json!({
        "Allow": text("The methods that the path takes.", "GET, POST"),
        "Cache-Control": text("How long it may be kept, and by whom.", "public, max-age=10, stale-while-revalidate=60"),
        "ETag": text("Names this state of the answer; of a reply, its revision.", "\"2\""),
        "Location": text("Where the new reply can be read.", "/api/replies?thread=tarnay-head&around=18"),
        "Retry-After": {
            "description": "How many seconds to wait.",
            "schema": { "type": "integer", "minimum": 0 },
            "example": 30,
        },
        "WWW-Authenticate": text("`Bearer`: a token is wanted.", "Bearer"),
    })
}
