//! The generated documents as texts: OpenAPI and the JSON Schemas, for whoever serves them. They are what
//! `contract/` holds; nothing is drawn here.

/// `openapi.json`; its server is an example.
pub const OPENAPI: &str = include_str!("../openapi.json");

macro_rules! schemas {
    ($($name:literal,)+) => {
        /// Every schema: the name of its file, such as `thread-page.schema.json`, and its text.
        pub const SCHEMAS: &[(&str, &str)] = &[$((
            concat!($name, ".schema.json"),
            include_str!(concat!("../schemas/", $name, ".schema.json")),
        ),)+];
    };
}

schemas! {
    "counts", "edit-reply", "guest", "history", "live-event", "new-guest", "new-reply", "people", "problem",
    "reactions", "reply", "report", "thread-page", "viewer",
}
