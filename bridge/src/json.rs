//! Fields of somebody else's JSON, read as leniently as they are written: what is missing, null or of another
//! type is nothing. Knows no system.

use serde_json::Value;

/// A text that says something.
pub(crate) fn text<'a>(value: &'a Value, name: &str) -> Option<&'a str> {
    value.get(name)?.as_str().filter(|text| !text.trim().is_empty())
}

/// A whole number from 0, also where it came as a text.
pub(crate) fn whole(value: &Value, name: &str) -> Option<u64> {
    let value = value.get(name)?;
    value.as_u64().or_else(|| value.as_str()?.parse().ok())
}

/// A number from 1 that fits a reply's.
pub(crate) fn number(value: &Value, name: &str) -> Option<u32> {
    whole(value, name).and_then(|number| u32::try_from(number).ok()).filter(|number| *number > 0)
}

/// How many there are; no more than the contract can say.
pub(crate) fn count(value: &Value, name: &str) -> u32 {
    whole(value, name).map_or(0, |count| u32::try_from(count).unwrap_or(u32::MAX))
}

/// Whether the field is `true`, or 1 as PHP has it.
pub(crate) fn truth(value: &Value, name: &str) -> bool {
    let value = value.get(name);
    value.and_then(Value::as_bool).unwrap_or_else(|| value.and_then(Value::as_u64) == Some(1))
}

/// The items of a list; none where there is no list.
pub(crate) fn list<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value.get(name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}
