//! JSON as a tree: the one thing that is decoded, through serde or by whoever has a parser of their own (a browser
//! does). The wire types are read out of it.
//!
//! Knows no wire type. A derived decoder for each type would be faster, and several times as large in
//! WebAssembly: serde writes every struct and every list out anew for each place where it stands. Every kind
//! of value is accepted here, so that serde's own error messages (and with them the printing of floating-point
//! numbers) are never linked; what belongs where is for [`read`](crate::read) to say.

use core::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

/// Any JSON.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Json {
    /// `null`, and what is missing.
    #[default]
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number from 0, also where it is written `13.0`.
    Whole(u64),
    /// A whole number beyond 2^53 from a parser that knows only doubles: it can still be a count, and no id, because
    /// its neighbours would look the same.
    Large(u64),
    /// A number that counts nothing.
    Fraction,
    /// A string. A whole number below 0 stands here too, as its digits: it can be an id and nothing else.
    Text(String),
    /// An array.
    List(Vec<Json>),
    /// An object, with its fields as they came, also those that stand twice.
    Object(Vec<(String, Json)>),
}

impl From<f64> for Json {
    /// Up to 2^53 every whole number is exact. Beyond the range of `u64` it is that range's end.
    fn from(number: f64) -> Self {
        let whole = number.abs() as u64;
        match whole as f64 == number.abs() || whole == u64::MAX {
            false => Self::Fraction,
            true if whole > 1 << 53 && number < 0.0 => Self::Fraction,
            true if whole > 1 << 53 => Self::Large(whole),
            true if number < 0.0 => Self::Text("-".to_owned() + &whole.to_string()),
            true => Self::Whole(whole),
        }
    }
}

impl Json {
    /// An object without fields.
    pub fn object() -> Self {
        Self::Object(Vec::new())
    }

    /// An object with one more field that is a string.
    #[must_use]
    pub fn with_text(self, name: &str, value: &str) -> Self {
        self.with(name, Self::Text(value.to_owned()))
    }

    /// An object with one more field.
    #[must_use]
    pub fn with(mut self, name: &str, value: Self) -> Self {
        if let Self::Object(fields) = &mut self {
            fields.push((name.to_owned(), value));
        }
        self
    }

    /// The JSON as it is sent. A number that counts nothing was never written by us, and is null.
    pub fn text(&self) -> String {
        let mut text = String::new();
        self.write(&mut text);
        text
    }

    fn write(&self, out: &mut String) {
        match self {
            Self::Null | Self::Fraction => out.push_str("null"),
            Self::Bool(true) => out.push_str("true"),
            Self::Bool(false) => out.push_str("false"),
            Self::Whole(number) | Self::Large(number) => out.push_str(&number.to_string()),
            Self::Text(text) => write_text(text, out),
            Self::List(items) => {
                out.push('[');
                for (place, item) in items.iter().enumerate() {
                    if place > 0 {
                        out.push(',');
                    }
                    item.write(out);
                }
                out.push(']');
            }
            Self::Object(fields) => {
                out.push('{');
                for (place, (name, value)) in fields.iter().enumerate() {
                    if place > 0 {
                        out.push(',');
                    }
                    write_text(name, out);
                    out.push(':');
                    value.write(out);
                }
                out.push('}');
            }
        }
    }
}

fn write_text(text: &str, out: &mut String) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\0'..='\x1f' => {
                let code = character as u8;
                let digit = |half: u8| char::from_digit(half.into(), 16).unwrap_or('0');
                out.push_str("\\u00");
                out.push(digit(code >> 4));
                out.push(digit(code & 15));
            }
            other => out.push(other),
        }
    }
    out.push('"');
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(decoder: D) -> Result<Self, D::Error> {
        decoder.deserialize_any(Anything)
    }
}

struct Anything;

impl<'de> Visitor<'de> for Anything {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, truth: bool) -> Result<Json, E> {
        Ok(Json::Bool(truth))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Json, E> {
        Ok(Json::Whole(number))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Json, E> {
        Ok(u64::try_from(number).map_or_else(|_| Json::Text(number.to_string()), Json::Whole))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Json, E> {
        Ok(Json::from(number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Json, E> {
        Ok(Json::Text(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Json, E> {
        Ok(Json::Text(text))
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_none<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, decoder: D) -> Result<Json, D::Error> {
        Json::deserialize(decoder)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, decoder: D) -> Result<Json, D::Error> {
        Json::deserialize(decoder)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Json, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = access.next_element()? {
            items.push(item);
        }
        Ok(Json::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Json, A::Error> {
        let mut fields = Vec::new();
        while let Some(field) = access.next_entry()? {
            fields.push(field);
        }
        Ok(Json::Object(fields))
    }
}

#[cfg(test)]
mod tests {
    use super::Json;

    #[test]
    fn doubles_are_what_they_can_be_told_apart_as() {
        for (number, json) in [
            (0.0, Json::Whole(0)),
            (13.0, Json::Whole(13)),
            (9_007_199_254_740_992.0, Json::Whole(1 << 53)),
            (9_007_199_254_740_994.0, Json::Large((1 << 53) + 2)),
            (1e300, Json::Large(u64::MAX)),
            (-1.0, Json::Text("-1".to_owned())),
            (-1e300, Json::Fraction),
            (0.5, Json::Fraction),
            (f64::NAN, Json::Fraction),
        ] {
            assert_eq!(Json::from(number), json, "{number}");
        }
    }

    #[test]
    fn a_large_number_is_a_count_and_no_id() {
        let page = |field: &str| {
            let person = Json::Object(vec![
                ("name".to_owned(), Json::Text("Ada".to_owned())),
                (field.to_owned(), Json::Large(1 << 60)),
            ]);
            crate::Person::try_from(person)
        };
        assert_eq!(page("posts").map(|person| person.posts), Ok(Some(1 << 60)));
        assert_eq!(page("id"), Err("id: expected a text".to_owned()));
    }
}
