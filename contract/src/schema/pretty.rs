//! JSON as people like to read it: what a thing is called before what it consists of. The order of fields
//! does not depend on the features with which serde_json happens to be built.

use serde_json::{Map, Value};

/// Fields that come first, in this order; all others follow by the alphabet.
const FIRST: &[&str] = &[
    "openapi",
    "$schema",
    "$id",
    "$ref",
    "operationId",
    "info",
    "servers",
    "tags",
    "paths",
    "version",
    "thread",
    "id",
    "event",
    "tag",
    "label",
    "symbol",
    "number",
    "name",
    "in",
    "const",
    "type",
    "title",
    "status",
    "total",
    "summary",
    "detail",
    "pointer",
    "description",
    "security",
    "author",
    "person",
    "published",
    "edited",
    "revision",
    "format",
    "body",
    "mentions",
    "quotes",
    "exact",
    "quotedBy",
    "count",
    "people",
    "reactions",
    "may",
    "replies",
    "previous",
    "next",
    "parameters",
    "requestBody",
    "responses",
    "headers",
    "content",
    "schema",
    "anyOf",
    "properties",
    "items",
    "required",
    "value",
    "components",
    "$defs",
];

/// The text of `value`, indented, with a line break at its end.
pub(super) fn pretty(value: &Value) -> String {
    let mut text = String::new();
    write(value, 0, &mut text);
    text.push('\n');
    text
}

fn write(value: &Value, depth: usize, text: &mut String) {
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            text.push('{');
            for (place, (name, field)) in ordered(fields).into_iter().enumerate() {
                line(place, depth + 1, text);
                text.push_str(&Value::from(name).to_string());
                text.push_str(": ");
                write(field, depth + 1, text);
            }
            end(depth, '}', text);
        }
        Value::Array(items) if !items.is_empty() => {
            text.push('[');
            for (place, item) in items.iter().enumerate() {
                line(place, depth + 1, text);
                write(item, depth + 1, text);
            }
            end(depth, ']', text);
        }
        simple => text.push_str(&simple.to_string()),
    }
}

fn ordered(fields: &Map<String, Value>) -> Vec<(&str, &Value)> {
    let mut fields: Vec<(&str, &Value)> = fields.iter().map(|(name, field)| (name.as_str(), field)).collect();
    let rank = |name: &str| FIRST.iter().position(|first| *first == name).unwrap_or(FIRST.len());
    fields.sort_by_key(|(name, _)| (rank(name), *name));
    fields
}

fn line(place: usize, depth: usize, text: &mut String) {
    text.push_str(if place == 0 { "\n" } else { ",\n" });
    text.push_str(&"  ".repeat(depth));
}

fn end(depth: usize, bracket: char, text: &mut String) {
    text.push('\n');
    text.push_str(&"  ".repeat(depth));
    text.push(bracket);
}
