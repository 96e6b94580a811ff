//! Identifiers. Each is an opaque string on the wire with a type of its own here, so that none can be
//! passed for another. Backends that count in integers may send numbers: they are read as their digits.

use serde::Serialize;

use crate::json::Json;
use crate::read::{Reading, Wire, deserialize};

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        #[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        $(#[$doc])*
        #[serde(transparent)]
        pub struct $name(pub String);

        impl $name {
            /// The id as it stands on the wire.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// Whether no id was given.
            pub fn is_empty(&self) -> bool {
                self.0.is_empty()
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(text)
            }
        }

        impl core::fmt::Display for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl Wire for $name {
            fn fill(&mut self, json: Json, reading: &mut Reading) -> bool {
                self.0.fill(json, reading)
            }
        }

        deserialize!($name);
    };
}

id! {
    /// A thread's id: any string, often a page's address, so it travels in the query or the body only.
    /// At most 2000 bytes, without control characters. Example: `"https://example.org/articles/soft-cell"`.
    #[cfg_attr(feature = "schema", schemars(extend("maxLength" = crate::THREAD_ID_BYTES)))]
    ThreadId
}
id! {
    /// A reply's id: URL-safe (`A-Z a-z 0-9 - _ . ~`), unique within the backend. Example: `"r7"`.
    #[cfg_attr(feature = "schema", schemars(extend("pattern" = "^[A-Za-z0-9._~-]+$", "maxLength" = crate::ID_BYTES)))]
    ReplyId
}
id! {
    /// A person's id, stable across renames. Example: `"u5"`.
    PersonId
}
id! {
    /// A reaction tag's id: URL-safe. Example: `"like"`.
    #[cfg_attr(feature = "schema", schemars(extend("pattern" = "^[A-Za-z0-9._~-]+$", "maxLength" = crate::TAG_BYTES)))]
    Tag
}
id! {
    /// Where a page begins or ends; opaque to the client, handed back as `after` or `before`.
    #[cfg_attr(feature = "schema", schemars(extend("minLength" = 1, "maxLength" = crate::CURSOR_CHARACTERS)))]
    Cursor
}
id! {
    /// A reply's revision, changed by every edit; sent back in `If-Match`. ASCII without spaces and quotation
    /// marks. Example: `"1"`.
    #[cfg_attr(feature = "schema", schemars(extend("pattern" = "^[!#-~]*$", "maxLength" = crate::ID_BYTES)))]
    Revision
}
