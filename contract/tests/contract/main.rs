//! The contract against its fixtures, its schemas and its own promises.

// A test that cannot go on says so by panicking; clippy knows that only inside `#[test]` functions.
#![allow(clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod compatibility;
mod documents;
mod fixtures;
mod lenience;
mod page;
mod shapes;
mod writing;

use std::path::Path;

use afterword_contract::schema::Fixtures;
use afterword_contract::{
    Counts, EditReply, Guest, History, LiveEvent, NewGuest, NewReply, People, Problem, Reactions, Reply,
    Report, ThreadPage, Viewer,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// The crate's folder.
fn folder() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The fixtures, as their index has them.
fn index() -> Fixtures {
    Fixtures::read(&folder().join("fixtures")).expect("fixtures/index.json is readable")
}

/// Decodes `text` as the type called `type_name`, and gives back what encoding it writes.
/// An error gives the place that it names, and its message.
fn rewrite(type_name: &str, text: &str) -> Result<Value, (String, String)> {
    fn as_type<T: DeserializeOwned + Serialize + PartialEq + std::fmt::Debug>(
        text: &str,
    ) -> Result<Value, (String, String)> {
        let decoded: T = serde_json::from_str(text).map_err(|error| {
            let told = error.to_string();
            let place = told.rsplit_once(": ").filter(|_| error.is_data()).map_or("", |(place, _)| place);
            (place.to_owned(), told)
        })?;
        let encoded = serde_json::to_value(&decoded).expect("wire types encode");
        let again: T = serde_json::from_value(encoded.clone()).expect("what is written is read");
        assert_eq!(again, decoded, "what was written is read as something else");
        Ok(encoded)
    }
    let decode = match type_name {
        "ThreadPage" => as_type::<ThreadPage>,
        "Viewer" => as_type::<Viewer>,
        "Reply" => as_type::<Reply>,
        "Reactions" => as_type::<Reactions>,
        "History" => as_type::<History>,
        "People" => as_type::<People>,
        "Guest" => as_type::<Guest>,
        "Counts" => as_type::<Counts>,
        "LiveEvent" => as_type::<LiveEvent>,
        "Problem" => as_type::<Problem>,
        "NewReply" => as_type::<NewReply>,
        "EditReply" => as_type::<EditReply>,
        "Report" => as_type::<Report>,
        "NewGuest" => as_type::<NewGuest>,
        other => panic!("no message is called {other}"),
    };
    decode(text)
}
