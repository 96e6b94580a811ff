//! How a wire type is read out of JSON, and how tolerant that is: `null` for "not given", and scalars that
//! backends write differently.
//!
//! Knows no wire type. What is *not* tolerated (a list for a string, a word for a number) is an error that
//! names its place, because to guess there would show readers something that nobody wrote.
//!
//! Reading goes on after an error and gives defaults, and the error is looked at once, in the end: a way out
//! after each field would be most of the code.

use crate::json::Json;

/// What can be read out of JSON.
pub(crate) trait Wire: Sized {
    /// Reads `json`; what is wrong with it is told to `reading`.
    fn read(json: Json, reading: &mut Reading) -> Self;
}

/// What is an object on the wire.
pub(crate) trait Object: Sized {
    /// Reads each field.
    fn read_fields(fields: &mut Fields<'_>) -> Self;
}

impl<T: Object> Wire for T {
    fn read(json: Json, reading: &mut Reading) -> Self {
        let mut fields = Fields::open(json, reading);
        let object = T::read_fields(&mut fields);
        fields.close();
        object
    }
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

/// Reads a whole message. The error is a text: the place, such as `replies[1].author.name`, and what
/// was expected there.
pub(crate) fn whole<T: Wire>(json: Json) -> Result<T, String> {
    let mut reading = Reading::default();
    let message = T::read(json, &mut reading);
    match reading.wrong {
        None => Ok(message),
        Some(wrong) => Err(wrong),
    }
}

/// Where reading has come to, and the first thing that was wrong.
#[derive(Default)]
pub(crate) struct Reading {
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
                        text.push_str(&["[", &item.to_string(), "]"].concat());
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

    /// A string, a number (as its digits) or `null` (as the empty string).
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
    fn maybe_whole(&mut self, json: Json, most: u64) -> Option<u64> {
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

    /// A boolean, also where it is written 0 or 1; `null` is "not given".
    fn maybe_truth(&mut self, json: Json) -> Option<bool> {
        match json {
            Json::Bool(truth) => return Some(truth),
            Json::Whole(number @ 0..=1) => return Some(number == 1),
            Json::Null => {}
            _ => self.fail("expected true or false"),
        }
        None
    }

    /// A list of anything; `null` is "not given".
    fn items(&mut self, json: Json) -> Option<Vec<Json>> {
        match json {
            Json::List(items) => return Some(items),
            Json::Null => {}
            _ => self.fail("expected a list"),
        }
        None
    }

    /// A list; `null` is "not given", and a `null` in the list is skipped.
    pub(crate) fn maybe_list<T: Wire>(&mut self, json: Json) -> Option<Vec<T>> {
        let items = self.items(json)?;
        let mut list = Vec::with_capacity(items.len());
        self.at.push(Step::Item(0));
        for (place, item) in items.into_iter().enumerate() {
            if !matches!(item, Json::Null) {
                self.go_to(Step::Item(place));
                list.push(T::read(item, self));
            }
        }
        self.at.pop();
        Some(list)
    }

    /// Like [`Self::maybe_list`]; `null` is the empty list.
    pub(crate) fn list<T: Wire>(&mut self, json: Json) -> Vec<T> {
        self.maybe_list(json).unwrap_or_default()
    }

    /// The fields of an object; `[]` is an empty one (PHP writes it that way).
    fn entries(&mut self, json: Json) -> Vec<(String, Json)> {
        match json {
            Json::Object(entries) => return entries,
            Json::List(items) if items.is_empty() => {}
            _ => self.fail("expected an object"),
        }
        Vec::new()
    }

    /// An object as a map; `null` is the empty map, and an entry that is `null` is skipped.
    pub(crate) fn map<T: Wire>(&mut self, json: Json, mut take: impl FnMut(String, T)) {
        if matches!(json, Json::Null) {
            return;
        }
        let entries = self.entries(json);
        self.at.push(Step::Item(0));
        for (key, value) in entries {
            if !matches!(value, Json::Null) {
                self.go_to(Step::Key(key.clone()));
                take(key, T::read(value, self));
            }
        }
        self.at.pop();
    }
}

impl Wire for Option<u32> {
    fn read(json: Json, reading: &mut Reading) -> Self {
        reading.maybe_whole(json, u32::MAX.into()).map(|number| number as u32)
    }
}

/// An object that is being read. Every field is taken once, and fields that nobody takes are ignored.
pub(crate) struct Fields<'a> {
    fields: Vec<(String, Json)>,
    reading: &'a mut Reading,
}

impl<'a> Fields<'a> {
    fn open(json: Json, reading: &'a mut Reading) -> Self {
        let fields = reading.entries(json);
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

    /// The field called `name`; null where it is missing.
    fn take(&mut self, name: &'static str) -> Json {
        self.find(name).unwrap_or_default()
    }

    /// A text; see [`Reading::text`].
    pub(crate) fn text(&mut self, name: &'static str) -> String {
        let json = self.take(name);
        self.reading.text(json)
    }

    /// Like [`Self::text`], and the empty string is "not given": templates print `""` where they have nothing.
    pub(crate) fn given(&mut self, name: &'static str) -> Option<String> {
        Some(self.text(name)).filter(|text| !text.is_empty())
    }

    /// A text that makes no sense without being there: missing, `null` and the empty string are errors.
    pub(crate) fn some_text(&mut self, name: &'static str) -> String {
        let text = self.text(name);
        if text.is_empty() {
            self.reading.fail("expected a text that is not empty");
        }
        text
    }

    /// A whole number to `most`, see [`Reading::maybe_whole`].
    pub(crate) fn maybe_whole(&mut self, name: &'static str, most: u64) -> Option<u64> {
        let json = self.take(name);
        self.reading.maybe_whole(json, most)
    }

    /// A whole number; `null` and `""` are "not given".
    pub(crate) fn maybe_number(&mut self, name: &'static str) -> Option<u32> {
        let json = self.take(name);
        Wire::read(json, self.reading)
    }

    /// A whole number; `null` and `""` are 0.
    pub(crate) fn number(&mut self, name: &'static str) -> u32 {
        self.maybe_number(name).unwrap_or_default()
    }

    /// Like [`Self::maybe_number`], and 0 is "not given": replies are numbered from 1.
    pub(crate) fn place(&mut self, name: &'static str) -> Option<u32> {
        self.maybe_number(name).filter(|number| *number != 0)
    }

    /// A boolean, see [`Reading::maybe_truth`].
    pub(crate) fn maybe_truth(&mut self, name: &'static str) -> Option<bool> {
        let json = self.take(name);
        self.reading.maybe_truth(json)
    }

    /// Like [`Self::maybe_truth`]; `null` is false.
    pub(crate) fn truth(&mut self, name: &'static str) -> bool {
        self.maybe_truth(name).unwrap_or_default()
    }

    /// Anything else; `null` is "not given".
    pub(crate) fn maybe<T: Wire>(&mut self, name: &'static str) -> Option<T> {
        match self.take(name) {
            Json::Null => None,
            json => Some(T::read(json, self.reading)),
        }
    }

    /// Like [`Self::maybe`]; `null` is the default.
    pub(crate) fn or_default<T: Wire + Default>(&mut self, name: &'static str) -> T {
        self.maybe(name).unwrap_or_default()
    }

    /// A list, see [`Reading::maybe_list`]; `null` is the empty list.
    pub(crate) fn list<T: Wire>(&mut self, name: &'static str) -> Vec<T> {
        let json = self.take(name);
        self.reading.list(json)
    }

    /// Whole numbers; in the list `""` is skipped like `null`.
    pub(crate) fn numbers(&mut self, name: &'static str) -> Vec<u32> {
        self.list::<Option<u32>>(name).into_iter().flatten().collect()
    }

    /// Like [`Self::list`]; `null` is "not given".
    pub(crate) fn maybe_list<T: Wire>(&mut self, name: &'static str) -> Option<Vec<T>> {
        let json = self.take(name);
        self.reading.maybe_list(json)
    }

    /// Like [`Self::list`], and it must be there, if only as `null`.
    pub(crate) fn some_list<T: Wire>(&mut self, name: &'static str) -> Vec<T> {
        let json = self.find(name);
        if json.is_none() {
            self.reading.fail("is missing");
        }
        self.reading.list(json.unwrap_or_default())
    }

    /// An object as a map, see [`Reading::map`].
    pub(crate) fn map<T: Wire>(&mut self, name: &'static str, take: impl FnMut(String, T)) {
        let json = self.take(name);
        self.reading.map(json, take);
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
