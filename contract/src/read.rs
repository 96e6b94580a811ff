//! How a wire type is read out of JSON, and how tolerant that is: `null` for "not given", and scalars that
//! backends write differently.
//!
//! Knows no wire type. What is *not* tolerated (a list for a string, a word for a number) is an error that
//! names its place, because to guess there would show readers something that nobody wrote.
//!
//! Reading goes on after an error and gives defaults, and the error is looked at once, in the end: a way out
//! after each field would be most of the code.

use crate::json::Json;

/// What can be filled from JSON: every type of the contract.
///
/// Filled in place and through a pointer, so that the code for a field is one call: a value that is made, wrapped,
/// looked at and moved to its place is seven times the code, at each field again.
pub trait Wire {
    /// Takes in what `json` says and tells whether it says anything; if not, what stood here stays. What is wrong
    /// is told to `reading`.
    fn fill(&mut self, json: Json, reading: &mut Reading) -> bool;
}

/// What is an object on the wire.
pub(crate) trait Object {
    /// Reads each field.
    fn read_fields(&mut self, fields: &mut Fields<'_>);
}

impl<T: Object> Wire for T {
    fn fill(&mut self, json: Json, reading: &mut Reading) -> bool {
        if matches!(json, Json::Null) {
            reading.expect_something();
            return false;
        }
        let mut fields = Fields::open(json, reading);
        self.read_fields(&mut fields);
        fields.close();
        true
    }
}

/// What takes in the items of a list, one after the other.
pub(crate) trait Items {
    /// Takes in one that is not `null`.
    fn add(&mut self, item: Json, reading: &mut Reading);
}

/// What takes in the entries of a map, one after the other.
pub(crate) trait Entries {
    /// Takes in one that is not `null`.
    fn add(&mut self, key: String, value: Json, reading: &mut Reading);
}

/// Implements reading out of [`Json`], and with it `Deserialize`, for types that are [`Wire`].
macro_rules! deserialize {
    ($($name:ty),+ $(,)?) => {
        $(
            impl TryFrom<crate::Json> for $name {
                /// The place, such as `replies[1].author.name`, and what was expected there.
                type Error = String;

                fn try_from(json: crate::Json) -> Result<Self, String> {
                    crate::read::whole(json)
                }
            }

            impl<'de> serde::Deserialize<'de> for $name {
                fn deserialize<D: serde::Deserializer<'de>>(decoder: D) -> Result<Self, D::Error> {
                    crate::read::whole(serde::Deserialize::deserialize(decoder)?)
                        .map_err(serde::de::Error::custom)
                }
            }
        )+
    };
}

pub(crate) use deserialize;

/// Reads a whole message. The error is that of [`read_into`].
pub(crate) fn whole<T: Wire + Default>(json: Json) -> Result<T, String> {
    let mut message = T::default();
    read_into(&mut message, json)?;
    Ok(message)
}

/// Reads a whole message into one that says nothing yet. Not generic, so that it is compiled once.
///
/// # Errors
/// A text: the place, such as `replies[1].author.name`, and what was expected there. What was read of the message until
/// then is worth nothing.
pub fn read_into(message: &mut dyn Wire, json: Json) -> Result<(), String> {
    let mut reading = Reading::default();
    message.fill(json, &mut reading);
    reading.wrong.map_or(Ok(()), Err)
}

/// Where reading has come to, and the first thing that was wrong.
#[derive(Default)]
pub struct Reading {
    at: Vec<Step>,
    wrong: Option<String>,
}

/// One step from the whole message to a place in it.
enum Step {
    /// Into an object that the contract describes.
    Field(&'static str),
    /// Into a map.
    Key(String),
    /// Into a list.
    Item(usize),
}

impl Reading {
    /// Remembers what is wrong here, unless something was wrong before.
    fn fail(&mut self, what: &str) {
        if self.wrong.is_none() {
            let mut text = String::new();
            for step in &self.at {
                let name = match step {
                    Step::Field(name) => name,
                    Step::Key(key) => key.as_str(),
                    Step::Item(item) => {
                        text.push('[');
                        text.push_str(&item.to_string());
                        text.push(']');
                        continue;
                    }
                };
                if !text.is_empty() {
                    text.push('.');
                }
                text.push_str(name);
            }
            if !text.is_empty() {
                text.push_str(": ");
            }
            text.push_str(what);
            self.wrong = Some(text);
        }
    }

    /// Goes on to the next field, entry or item of the innermost container.
    fn go_to(&mut self, step: Step) {
        if let Some(last) = self.at.last_mut() {
            *last = step;
        }
    }

    /// `null` is no object where the object is the whole message.
    fn expect_something(&mut self) {
        if self.at.is_empty() {
            self.fail("expected an object");
        }
    }

    /// A string, or a number (as its digits); `null` is the empty string.
    pub(crate) fn text(&mut self, json: Json) -> String {
        match json {
            Json::Text(text) => return text,
            Json::Whole(number) => return number.to_string(),
            Json::Null => {}
            _ => self.fail("expected a text"),
        }
        String::new()
    }

    /// A whole number from 0 to `most`, also where it is written `13.0` or `"13"` (databases read through
    /// scripting languages often come out so); `null` and `""` are "not given".
    fn whole(&mut self, json: Json, most: u64) -> Option<u64> {
        let number = match json {
            Json::Null => return None,
            Json::Whole(number) | Json::Large(number) => Some(number),
            Json::Text(text) if text.is_empty() => return None,
            Json::Text(text) => text.parse().ok(),
            _ => None,
        };
        let fitting = number.filter(|number| *number <= most);
        if fitting.is_none() {
            self.fail(if number.is_some() {
                "expected a smaller number"
            } else {
                "expected a whole number from 0"
            });
        }
        fitting
    }

    /// Reads a list into `list`; a `null` in it is skipped. False where none was given.
    fn items(&mut self, json: Json, list: &mut dyn Items) -> bool {
        match json {
            Json::List(items) => {
                self.at.push(Step::Item(0));
                for (place, item) in items.into_iter().enumerate() {
                    if !matches!(item, Json::Null) {
                        self.go_to(Step::Item(place));
                        list.add(item, self);
                    }
                }
                self.at.pop();
                return true;
            }
            Json::Null => {}
            _ => self.fail("expected a list"),
        }
        false
    }

    /// The fields of an object; `[]` is an empty one (PHP writes it that way).
    fn fields(&mut self, json: Json) -> Vec<(String, Json)> {
        match json {
            Json::Object(fields) => return fields,
            Json::List(items) if items.is_empty() => {}
            _ => self.fail("expected an object"),
        }
        Vec::new()
    }

    /// Reads an object as a map into `map`; an entry that is `null` is skipped. False where none was given.
    pub(crate) fn entries(&mut self, json: Json, map: &mut dyn Entries) -> bool {
        if matches!(json, Json::Null) {
            return false;
        }
        let entries = self.fields(json);
        self.at.push(Step::Item(0));
        for (key, value) in entries {
            if !matches!(value, Json::Null) {
                self.go_to(Step::Key(key.clone()));
                map.add(key, value, self);
            }
        }
        self.at.pop();
        true
    }
}

impl Wire for String {
    /// The empty string is "not given": templates print `""` where they have nothing.
    fn fill(&mut self, json: Json, reading: &mut Reading) -> bool {
        let text = reading.text(json);
        let given = !text.is_empty();
        if given {
            *self = text;
        }
        given
    }
}

impl Wire for u64 {
    fn fill(&mut self, json: Json, reading: &mut Reading) -> bool {
        let number = reading.whole(json, Self::MAX);
        *self = number.unwrap_or(*self);
        number.is_some()
    }
}

impl Wire for u32 {
    fn fill(&mut self, json: Json, reading: &mut Reading) -> bool {
        let number = reading.whole(json, Self::MAX.into());
        *self = number.map_or(*self, |number| number as Self);
        number.is_some()
    }
}

impl Wire for u16 {
    fn fill(&mut self, json: Json, reading: &mut Reading) -> bool {
        let number = reading.whole(json, Self::MAX.into());
        *self = number.map_or(*self, |number| number as Self);
        number.is_some()
    }
}

impl Wire for bool {
    /// Also where it is written 0 or 1.
    fn fill(&mut self, json: Json, reading: &mut Reading) -> bool {
        *self = match json {
            Json::Bool(truth) => truth,
            Json::Whole(number @ 0..=1) => number == 1,
            Json::Null => return false,
            _ => {
                reading.fail("expected true or false");
                return false;
            }
        };
        true
    }
}

impl<T: Wire + Default> Wire for Option<T> {
    fn fill(&mut self, json: Json, reading: &mut Reading) -> bool {
        let mut value = T::default();
        let given = value.fill(json, reading);
        *self = given.then_some(value);
        given
    }
}

impl<T: Object> Object for Box<T> {
    fn read_fields(&mut self, fields: &mut Fields<'_>) {
        (**self).read_fields(fields);
    }
}

impl<T: Wire + Default> Wire for Vec<T> {
    fn fill(&mut self, json: Json, reading: &mut Reading) -> bool {
        reading.items(json, self)
    }
}

impl<T: Wire + Default> Items for Vec<T> {
    /// An item that says nothing is skipped.
    fn add(&mut self, item: Json, reading: &mut Reading) {
        let mut value = T::default();
        if value.fill(item, reading) {
            self.push(value);
        }
    }
}

/// An object that is being read. Every field is taken once, and fields that nobody takes are ignored.
pub(crate) struct Fields<'a> {
    fields: Vec<(String, Json)>,
    reading: &'a mut Reading,
}

impl<'a> Fields<'a> {
    fn open(json: Json, reading: &'a mut Reading) -> Self {
        let fields = reading.fields(json);
        reading.at.push(Step::Item(0));
        Self { fields, reading }
    }

    fn close(self) {
        self.reading.at.pop();
    }

    /// The field called `name`, where it is there.
    fn find(&mut self, name: &'static str) -> Option<Json> {
        self.reading.go_to(Step::Field(name));
        let mut found = None;
        for (key, value) in &mut self.fields {
            if key == name {
                if found.is_some() {
                    self.reading.fail("stands twice");
                }
                found = Some(core::mem::take(value));
            }
        }
        found
    }

    /// Fills `value` from the field called `name`, and tells whether that stands there at all.
    pub(crate) fn read(&mut self, name: &'static str, value: &mut dyn Wire) -> bool {
        let found = self.find(name);
        let there = found.is_some();
        value.fill(found.unwrap_or_default(), self.reading);
        there
    }

    /// What is wrong with the field that was read last.
    pub(crate) fn fail(&mut self, what: &str) {
        self.reading.fail(what);
    }
}

#[cfg(test)]
mod tests {
    use crate::{Counts, Problem, ThreadPage, Viewer};

    /// What decoding `json` as a `T` complains about.
    fn told<T: serde::de::DeserializeOwned + std::fmt::Debug>(json: &str) -> String {
        let error = serde_json::from_str::<T>(json).expect_err("it should not be read");
        assert!(error.is_data(), "{error}");
        error.to_string()
    }

    #[test]
    fn a_wrong_value_is_named_by_its_path() {
        assert_eq!(
            told::<ThreadPage>(r#"{"replies":[{"body":"a"},null,{"body":["b"]}]}"#),
            "replies[2].body: expected a text"
        );
        assert_eq!(
            told::<ThreadPage>(r#"{"replies":[{"number":1,"reactions":[{"tag":"like","count":-2}]}]}"#),
            "replies[0].reactions[0].count: expected a whole number from 0"
        );
        assert_eq!(
            told::<ThreadPage>(r#"{"thread":{"total":"ten"},"replies":[]}"#),
            "thread.total: expected a whole number from 0"
        );
        assert_eq!(told::<Problem>(r#"{"status":65536}"#), "status: expected a smaller number");
        assert_eq!(
            told::<Viewer>(r#"{"replies":{"r1":{},"r7":{"may":["edit",{}]}}}"#),
            "replies.r7.may[1]: expected a text"
        );
        assert_eq!(told::<Counts>(r#"{"soft-cell":1.5}"#), "soft-cell: expected a whole number from 0");
    }

    #[test]
    fn a_place_before_the_wrong_one_leaves_nothing_behind() {
        assert_eq!(
            told::<ThreadPage>(
                r#"{"thread":{"limits":{},"features":["live"]},"replies":[{"author":{}}],"next":true}"#
            ),
            "next: expected a text"
        );
    }

    #[test]
    fn a_container_of_the_wrong_kind_is_named_itself() {
        assert_eq!(told::<ThreadPage>("[1]"), "expected an object");
        assert_eq!(told::<ThreadPage>("null"), "expected an object");
        assert_eq!(told::<ThreadPage>(r#"{"replies":{"0":{}}}"#), "replies: expected a list");
        assert_eq!(told::<ThreadPage>(r#"{"replies":[["r1"]]}"#), "replies[0]: expected an object");
    }

    #[test]
    fn what_is_missing_and_what_stands_twice_is_named() {
        assert_eq!(told::<ThreadPage>("{}"), "replies: is missing");
        assert_eq!(told::<ThreadPage>("[]"), "replies: is missing");
        assert_eq!(
            told::<ThreadPage>(r#"{"replies":[{"id":"a","number":1,"id":"b"}]}"#),
            "replies[0].id: stands twice"
        );
    }

    #[test]
    fn a_field_that_nobody_knows_may_stand_twice_and_be_anything() {
        let page =
            serde_json::from_str::<ThreadPage>(r#"{"later":1e300,"replies":[],"later":[{"body":[]}]}"#);
        assert_eq!(page.ok(), Some(ThreadPage::default()));
    }

    #[test]
    fn numbers_are_whole_and_exact() {
        let total = |number: &str| {
            let json = format!(r#"{{"status":{number}}}"#);
            serde_json::from_str::<Problem>(&json).map(|problem| problem.status).ok()
        };
        assert_eq!(
            (total("404"), total("404.0"), total("4.04e2"), total(r#""404""#)),
            (Some(404), Some(404), Some(404), Some(404))
        );
        assert_eq!((total("-0.0"), total("null"), total(r#""""#)), (Some(0), Some(0), Some(0)));
        for wrong in ["404.5", "-404", "-404.0", "1e300", "-1e300", r#"" 404""#, r#""-1""#, "true", "[]"] {
            assert_eq!(total(wrong), None, "{wrong}");
        }
    }
}
