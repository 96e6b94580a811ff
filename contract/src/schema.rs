//! JSON Schema and OpenAPI, drawn from the wire types, the route table and the fixtures. Native only.
//!
//! The committed `schemas/*.json` and `openapi.json` are what [`documents`] gives; a test keeps them equal.
//! The schemas say what a backend should *write*; reading is more tolerant (see `lenient`).

mod compatibility;
mod fixtures;
mod openapi;
mod parameters;
mod pretty;
mod route;
mod routes;

pub use compatibility::broken;
pub use fixtures::{BrokenFixture, Fixtures, HttpFixture, HttpKind, LenientFixture};
pub use openapi::openapi;
pub use route::{Answer, Bounds, Content, Header, Parameter, Place, Request, Route, Token};
pub use routes::{ANY_ROUTE, routes};

use pretty::pretty;
use schemars::generate::SchemaSettings;
use schemars::transform::{Transform, transform_subschemas};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::Value;

use crate::{
    Counts, EditReply, Guest, History, LiveEvent, NewGuest, NewReply, People, Problem, Reactions, Reply,
    Report, ThreadPage, Viewer,
};

/// Calls a macro with every message that travels by itself: its type and the name of its schema's file.
macro_rules! messages {
    ($call:ident) => {
        $call! {
            ThreadPage "thread-page", Viewer "viewer", Reply "reply", Reactions "reactions", History "history",
            People "people", Guest "guest", Counts "counts", LiveEvent "live-event", Problem "problem",
            NewReply "new-reply", EditReply "edit-reply", Report "report", NewGuest "new-guest",
        }
    };
}

/// The schema of each message, complete in itself: the name of its type, of its file, and the schema.
pub fn schemas() -> Vec<(&'static str, &'static str, Value)> {
    macro_rules! list {
        ($($type:ident $file:literal,)+) => {
            vec![$((stringify!($type), $file, root::<$type>($file)),)+]
        };
    }
    messages!(list)
}

/// Everything that is generated: the path in `contract/` and the text.
pub fn documents(fixtures: &Fixtures) -> Vec<(String, String)> {
    let mut documents: Vec<(String, String)> = schemas()
        .into_iter()
        .map(|(_, file, schema)| (format!("schemas/{file}.schema.json"), pretty(&schema)))
        .collect();
    documents.push(("openapi.json".to_owned(), pretty(&openapi(fixtures))));
    documents
}

/// Puts every message and what it is made of into `generator`, for OpenAPI's `components`.
fn all_messages(generator: &mut SchemaGenerator) {
    macro_rules! add {
        ($($type:ident $file:literal,)+) => {
            $(generator.subschema_for::<$type>();)+
        };
    }
    messages!(add);
}

fn settings() -> SchemaSettings {
    SchemaSettings::draft2020_12().with_transform(Plain)
}

fn root<T: JsonSchema>(file: &str) -> Value {
    let mut schema = settings().into_generator().into_root_schema_for::<T>();
    schema.insert("$id".to_owned(), format!("urn:afterword:schema:1:{file}").into());
    schema.to_value()
}

/// A word's schema: each known word with what it means, and any other one.
pub(crate) fn words(meaning: &str, known: &[(&str, &str)]) -> Schema {
    let mut any: Vec<Value> = known
        .iter()
        .map(|(word, meaning)| serde_json::json!({ "const": word, "description": meaning.trim() }))
        .collect();
    any.push(serde_json::json!({ "type": "string", "description": "A word of a later version, or of this backend alone." }));
    json_schema!({ "description": meaning.trim(), "anyOf": any })
}

/// Takes out what only Rust knows: widths of integers, and defaults that say "nothing".
#[derive(Clone)]
struct Plain;

impl Transform for Plain {
    fn transform(&mut self, schema: &mut Schema) {
        transform_subschemas(self, schema);
        let nothing = schema.get("default").is_some_and(|default| match default {
            Value::Null => true,
            Value::String(text) => text.is_empty(),
            Value::Array(items) => items.is_empty(),
            Value::Object(_) => true,
            Value::Number(number) => number.as_u64() == Some(0),
            Value::Bool(_) => false,
        });
        if nothing {
            schema.remove("default");
        }
        let width = schema.get("format").and_then(Value::as_str).unwrap_or_default().to_owned();
        let most = match width.as_str() {
            "uint16" => u64::from(u16::MAX),
            "uint32" => u64::from(u32::MAX),
            // What JavaScript counts exactly.
            "uint64" => (1 << 53) - 1,
            _ => return,
        };
        schema.remove("format");
        schema.insert("maximum".to_owned(), most.into());
    }
}
