//! Random damage to good fixtures: what is missing, null or unknown is never an error.

use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Value, json};

use crate::{index, rewrite};

/// What may happen to one field of a message.
#[derive(Clone, Debug)]
enum Damage {
    /// It is left out.
    Remove,
    /// It is null.
    Null,
    /// A field that nobody knows stands beside it.
    Insert(Value),
    /// A list holds its first item once more, and a null.
    Lengthen,
    /// A number comes as its digits.
    Digits,
}

fn damage() -> impl Strategy<Value = Damage> {
    let unknown = prop_oneof![
        Just(json!(null)),
        Just(json!("later")),
        Just(json!(-1.5e300)),
        Just(json!([[], {"id": {}}])),
        Just(json!({"body": ["x"]})),
    ];
    prop_oneof![
        Just(Damage::Remove),
        Just(Damage::Null),
        unknown.prop_map(Damage::Insert),
        Just(Damage::Lengthen),
        Just(Damage::Digits),
    ]
}

/// The places of all fields, as JSON pointers of the object and names of the field.
fn fields(value: &Value, pointer: &str, found: &mut Vec<(String, String)>) {
    match value {
        Value::Object(fields_here) => {
            for (name, field) in fields_here {
                found.push((pointer.to_owned(), name.clone()));
                let escaped = name.replace('~', "~0").replace('/', "~1");
                fields(field, &format!("{pointer}/{escaped}"), found);
            }
        }
        Value::Array(items) => {
            for (place, item) in items.iter().enumerate() {
                fields(item, &format!("{pointer}/{place}"), found);
            }
        }
        _ => {}
    }
}

fn apply(value: &mut Value, damage: &Damage, at: Index, spared: &[&str]) {
    let mut found = Vec::new();
    fields(value, "", &mut found);
    if found.is_empty() {
        return;
    }
    let (pointer, name) = &found[at.index(found.len())];
    let Some(Value::Object(object)) = value.pointer_mut(pointer) else { return };
    match damage {
        Damage::Remove | Damage::Null if pointer.is_empty() && spared.contains(&name.as_str()) => {}
        Damage::Remove => drop(object.remove(name)),
        Damage::Null => drop(object.insert(name.clone(), Value::Null)),
        Damage::Insert(unknown) => {
            // A map takes any key, so an unknown one is only put where fields are known.
            if !["/replies"].contains(&pointer.as_str()) {
                object.insert("notYetInvented".to_owned(), unknown.clone());
            }
        }
        Damage::Lengthen => {
            if let Some(Value::Array(items)) = object.get_mut(name) {
                items.extend(items.first().cloned());
                items.push(Value::Null);
            }
        }
        Damage::Digits => {
            if let Some(field @ Value::Number(_)) = object.get_mut(name) {
                *field = Value::String(field.to_string());
            }
        }
    }
}

/// The documented exceptions: fields without which the message is something else.
fn spared(type_name: &str) -> &'static [&'static str] {
    match type_name {
        "ThreadPage" => &["replies"],
        "Guest" => &["token"],
        _ => &[],
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, ..ProptestConfig::default() })]

    #[test]
    fn damaged_messages_are_read(
        which in any::<Index>(),
        damages in prop::collection::vec((damage(), any::<Index>()), 1..8),
    ) {
        let (type_name, message) = &MESSAGES.with(|messages| which.get(messages).clone());
        let mut damaged = message.clone();
        for (damage, at) in &damages {
            apply(&mut damaged, damage, *at, spared(type_name));
        }
        let read = rewrite(type_name, &damaged.to_string());
        prop_assert!(read.is_ok(), "{type_name} {damaged}: {read:?}");
    }
}

thread_local! {
    /// Every JSON message of the HTTP fixtures but counts, whose keys are all data.
    static MESSAGES: Vec<(String, Value)> = {
        let index = index();
        index.http.iter().filter_map(|fixture| {
            let type_name = fixture.type_name.clone()?;
            let value = serde_json::from_str(&index.text(fixture.file.as_deref()?)).ok()?;
            (type_name != "Counts").then_some((type_name, value))
        }).collect()
    };
}
