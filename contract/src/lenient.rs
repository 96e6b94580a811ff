//! How tolerant decoding is done, once: `null` for "not given", and scalars that backends write differently.
//!
//! Knows no wire type. What is *not* tolerated (a list for a string, a word for a number) stays an error,
//! because to guess there would show readers something that nobody wrote.

use core::fmt;
use core::marker::PhantomData;
use std::collections::BTreeMap;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Unexpected, Visitor};

/// Reads `null` as the type's default.
pub(crate) fn or_default<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(
    d: D,
) -> Result<T, D::Error> {
    Ok(Option::<T>::deserialize(d)?.unwrap_or_default())
}

/// Reads a string, a number (as its digits) or `null` (as the empty string).
pub(crate) fn text<'de, D: Deserializer<'de>>(decoder: D) -> Result<String, D::Error> {
    decoder.deserialize_any(Text)
}

/// Like [`text`], and the empty string is "not given": templates print `""` where they have nothing.
pub(crate) fn given<'de, D: Deserializer<'de>, T: From<String>>(decoder: D) -> Result<Option<T>, D::Error> {
    let text = text(decoder)?;
    Ok(if text.is_empty() { None } else { Some(T::from(text)) })
}

/// Reads a text that makes no sense without being there: `null` and the empty string are errors.
pub(crate) fn some_text<'de, D: Deserializer<'de>>(decoder: D) -> Result<String, D::Error> {
    given(decoder)?.ok_or_else(|| D::Error::invalid_value(Unexpected::Str(""), &Text))
}

/// Reads a whole number, also where it is written `13.0` or `"13"` (databases read through scripting
/// languages often come out so); `null` and `""` are 0.
pub(crate) fn number<'de, D: Deserializer<'de>, T: TryFrom<u64> + Default>(
    decoder: D,
) -> Result<T, D::Error> {
    Ok(maybe_number(decoder)?.unwrap_or_default())
}

/// Like [`number`]; `null` and `""` are "not given".
pub(crate) fn maybe_number<'de, D: Deserializer<'de>, T: TryFrom<u64>>(d: D) -> Result<Option<T>, D::Error> {
    match d.deserialize_any(Whole)? {
        None => Ok(None),
        Some(whole) => fit(whole).map(Some),
    }
}

/// Like [`maybe_number`], and 0 is "not given": replies are numbered from 1.
pub(crate) fn place<'de, D: Deserializer<'de>>(decoder: D) -> Result<Option<u32>, D::Error> {
    Ok(maybe_number(decoder)?.filter(|number| *number != 0))
}

/// A list of whole numbers; `null` is the empty list, and a `null` in the list is skipped.
pub(crate) fn numbers<'de, D: Deserializer<'de>>(decoder: D) -> Result<Vec<u32>, D::Error> {
    list::<D, AnyNumber>(decoder)?.into_iter().filter_map(|number| number.0).map(fit).collect()
}

/// Reads a boolean, also where it is written 0 or 1; `null` is "not given".
pub(crate) fn maybe_truth<'de, D: Deserializer<'de>>(decoder: D) -> Result<Option<bool>, D::Error> {
    decoder.deserialize_any(Truth)
}

/// Like [`maybe_truth`]; `null` is false.
pub(crate) fn truth<'de, D: Deserializer<'de>>(decoder: D) -> Result<bool, D::Error> {
    Ok(maybe_truth(decoder)?.unwrap_or_default())
}

/// Reads a list; `null` is the empty list, and a `null` in the list is skipped.
pub(crate) fn list<'de, D: Deserializer<'de>, T: Deserialize<'de>>(decoder: D) -> Result<Vec<T>, D::Error> {
    let items: Option<Vec<Option<T>>> = Option::deserialize(decoder)?;
    Ok(items.into_iter().flatten().flatten().collect())
}

/// Like [`list`]; `null` is "not given".
pub(crate) fn maybe_list<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    d: D,
) -> Result<Option<Vec<T>>, D::Error> {
    let items: Option<Vec<Option<T>>> = Option::deserialize(d)?;
    Ok(items.map(|items| items.into_iter().flatten().collect()))
}

/// Reads an object as a map; `null` is the empty map, so is `[]` (PHP writes an empty map that way),
/// and an entry that is `null` is skipped.
pub(crate) fn map<'de, D, K, V>(decoder: D) -> Result<BTreeMap<K, V>, D::Error>
where
    D: Deserializer<'de>,
    K: Deserialize<'de> + Ord,
    V: Deserialize<'de>,
{
    decoder.deserialize_any(Map(PhantomData))
}

/// Like [`map`], of whole numbers.
pub(crate) fn counts<'de, D: Deserializer<'de>, K: Deserialize<'de> + Ord>(
    d: D,
) -> Result<BTreeMap<K, u32>, D::Error> {
    let counts: BTreeMap<K, AnyNumber> = map(d)?;
    counts
        .into_iter()
        .filter_map(|(key, count)| Some((key, count.0?)))
        .map(|(key, count)| Ok((key, fit(count)?)))
        .collect()
}

fn fit<E: Error, T: TryFrom<u64>>(whole: u64) -> Result<T, E> {
    T::try_from(whole).map_err(|_| E::invalid_value(Unexpected::Unsigned(whole), &"a smaller number"))
}

struct Text;

impl Visitor<'_> for Text {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }

    fn visit_str<E>(self, text: &str) -> Result<String, E> {
        Ok(text.to_owned())
    }

    fn visit_string<E>(self, text: String) -> Result<String, E> {
        Ok(text)
    }

    fn visit_u64<E>(self, number: u64) -> Result<String, E> {
        Ok(number.to_string())
    }

    fn visit_i64<E>(self, number: i64) -> Result<String, E> {
        Ok(number.to_string())
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<String, E> {
        Ok(Whole.visit_f64(number)?.unwrap_or_default().to_string())
    }

    fn visit_unit<E>(self) -> Result<String, E> {
        Ok(String::new())
    }
}

struct Whole;

impl Visitor<'_> for Whole {
    type Value = Option<u64>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a whole number from 0")
    }

    fn visit_u64<E>(self, number: u64) -> Result<Option<u64>, E> {
        Ok(Some(number))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Option<u64>, E> {
        // Up to 2^53 every whole number is exact; beyond it nobody counts replies.
        if number.fract() == 0.0 && (0.0..=9_007_199_254_740_992.0).contains(&number) {
            Ok(Some(number as u64))
        } else {
            Err(E::invalid_value(Unexpected::Float(number), &self))
        }
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Option<u64>, E> {
        match text.parse() {
            Ok(number) => Ok(Some(number)),
            Err(_) if text.is_empty() => Ok(None),
            Err(_) => Err(E::invalid_value(Unexpected::Str(text), &self)),
        }
    }

    fn visit_unit<E>(self) -> Result<Option<u64>, E> {
        Ok(None)
    }
}

struct AnyNumber(Option<u64>);

impl<'de> Deserialize<'de> for AnyNumber {
    fn deserialize<D: Deserializer<'de>>(decoder: D) -> Result<Self, D::Error> {
        decoder.deserialize_any(Whole).map(Self)
    }
}

struct Truth;

impl Visitor<'_> for Truth {
    type Value = Option<bool>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("true or false")
    }

    fn visit_bool<E>(self, truth: bool) -> Result<Option<bool>, E> {
        Ok(Some(truth))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Option<bool>, E> {
        match number {
            0 => Ok(Some(false)),
            1 => Ok(Some(true)),
            _ => Err(E::invalid_value(Unexpected::Unsigned(number), &self)),
        }
    }

    fn visit_unit<E>(self) -> Result<Option<bool>, E> {
        Ok(None)
    }
}

struct Map<K, V>(PhantomData<(K, V)>);

impl<'de, K: Deserialize<'de> + Ord, V: Deserialize<'de>> Visitor<'de> for Map<K, V> {
    type Value = BTreeMap<K, V>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
        let mut map = BTreeMap::new();
        while let Some((key, value)) = entries.next_entry::<K, Option<V>>()? {
            if let Some(value) = value {
                map.insert(key, value);
            }
        }
        Ok(map)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        match items.next_element::<serde::de::IgnoredAny>()? {
            None => Ok(BTreeMap::new()),
            Some(_) => Err(A::Error::invalid_type(Unexpected::Seq, &self)),
        }
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(BTreeMap::new())
    }
}

/// A closed set of words on the wire with room for words that this version does not know; after `otherwise`
/// stands the word that `null` and a missing field mean.
macro_rules! words {
    (
        $(#[doc = $doc:literal])*
        pub enum $name:ident $(otherwise $default:ident)? { $($(#[doc = $vdoc:literal])* $variant:ident = $word:literal,)+ }
    ) => {
        $(#[doc = $doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $($(#[doc = $vdoc])* $variant,)+
            /// A word of a later version or of this backend alone; kept as it came.
            Other(String),
        }

        impl $name {
            /// Every word that this version knows.
            pub const KNOWN: &'static [&'static str] = &[$($word,)+];

            /// The word on the wire.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $word,)+
                    Self::Other(word) => word,
                }
            }
        }

        $(
            impl Default for $name {
                fn default() -> Self {
                    Self::$default
                }
            }
        )?

        impl From<&str> for $name {
            fn from(word: &str) -> Self {
                match word {
                    $($word => Self::$variant,)+
                    _ => Self::Other(word.to_owned()),
                }
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, encoder: S) -> Result<S::Ok, S::Error> {
                encoder.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(decoder: D) -> Result<Self, D::Error> {
                crate::lenient::text(decoder).map(|word| Self::from(word.as_str()))
            }
        }

        #[cfg(feature = "schema")]
        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                crate::schema::words(
                    concat!($($doc, "\n"),*),
                    &[$(($word, concat!($($vdoc, "\n"),*)),)+],
                )
            }
        }
    };
}

pub(crate) use words;
