//! Words on the wire: closed sets that stay open to later versions.

/// A closed set of words on the wire with room for words that this version does not know; after `otherwise`
/// stands the word that `null` and a missing field mean, or after `or` one that is none of them.
macro_rules! words {
    (
        $(#[doc = $doc:literal])*
        pub enum $name:ident $(otherwise $default:ident)? $(or $word_default:literal)? { $($(#[doc = $vdoc:literal])* $variant:ident = $word:literal,)+ }
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

        $(
            impl Default for $name {
                fn default() -> Self {
                    Self::Other($word_default.to_owned())
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

        impl crate::read::Wire for $name {
            fn fill(&mut self, json: crate::json::Json, reading: &mut crate::read::Reading) -> bool {
                let mut word = String::new();
                let given = word.fill(json, reading);
                if given {
                    *self = Self::from(word.as_str());
                }
                given
            }
        }

        crate::read::deserialize!($name);

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
