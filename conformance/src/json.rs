//! Looking into JSON by JSON Pointer, where what is missing is nothing and no error.

use serde_json::Value;

/// The text there; empty where there is none.
pub(crate) fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

/// The whole number there.
pub(crate) fn whole(value: &Value, pointer: &str) -> Option<u64> {
    value.pointer(pointer).and_then(Value::as_u64)
}

/// The list there; empty where there is none.
pub(crate) fn list<'a>(value: &'a Value, pointer: &str) -> &'a [Value] {
    value.pointer(pointer).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// The texts in the list there.
pub(crate) fn texts(value: &Value, pointer: &str) -> Vec<String> {
    list(value, pointer).iter().filter_map(|word| word.as_str().map(str::to_owned)).collect()
}

/// The numbers of the replies on a page, in its order.
pub(crate) fn numbers(page: &Value) -> Vec<u64> {
    list(page, "/replies").iter().filter_map(|reply| whole(reply, "/number")).collect()
}

/// The reply with this id.
pub(crate) fn reply<'a>(page: &'a Value, id: &str) -> Option<&'a Value> {
    list(page, "/replies").iter().find(|reply| text(reply, "/id") == id)
}

/// The reaction with this tag: how many chose it, 0 where it is left out.
pub(crate) fn count(reactions: &Value, tag: &str) -> u64 {
    let mut chosen = reactions.as_array().into_iter().flatten();
    chosen.find(|reaction| text(reaction, "/tag") == tag).and_then(|one| whole(one, "/count")).unwrap_or(0)
}

/// Every text in `value` with the path of names that leads there, and every name.
pub(crate) fn walk(value: &Value, path: &str, visit: &mut impl FnMut(&str, Option<&str>)) {
    match value {
        Value::String(text) => visit(path, Some(text)),
        Value::Array(items) => items.iter().for_each(|item| walk(item, path, visit)),
        Value::Object(fields) => {
            for (name, inner) in fields {
                let path = format!("{path}/{name}");
                visit(&path, None);
                walk(inner, &path, visit);
            }
        }
        _ => {}
    }
}
