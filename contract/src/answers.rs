//! Answers that are a bare list or a bare map on the wire. They are types of their own so that they decode
//! as leniently as everything else and have a name in the schemas.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::json::Json;
use crate::read::{Entries, Reading, Wire, deserialize};
use crate::{PastRevision, Person, Reaction, ThreadId};

deserialize!(People, Reactions, History, Counts);

macro_rules! list_answer {
    ($(#[$doc:meta])* $name:ident of $item:ident) => {
        #[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        $(#[$doc])*
        #[serde(transparent)]
        pub struct $name(pub Vec<$item>);

        impl Wire for $name {
            fn fill(&mut self, json: Json, reading: &mut Reading) -> bool {
                self.0.fill(json, reading)
            }
        }
    };
}

list_answer! {
    /// What `GET {api}/people` answers: the people whose names fit, the likeliest first.
    #[cfg_attr(feature = "schema", schemars(extend("maxItems" = 20)))]
    People of Person
}
list_answer! {
    /// What `PUT` and `DELETE {api}/replies/{id}/reactions/{tag}` answer: all reactions to that reply,
    /// as they now are.
    Reactions of Reaction
}
list_answer! {
    /// What `GET {api}/replies/{id}/history` answers: the text as it was, oldest first, the present one last.
    History of PastRevision
}

/// What `GET {api}/counts` answers: the total of every thread asked for, 0 where it is unknown.
/// Example: `{"soft-cell": 13, "tarnay-head": 17}`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct Counts(pub BTreeMap<ThreadId, u32>);

impl Wire for Counts {
    fn fill(&mut self, json: Json, reading: &mut Reading) -> bool {
        reading.entries(json, self)
    }
}

impl Entries for Counts {
    fn add(&mut self, thread: String, json: Json, reading: &mut Reading) {
        let mut count = 0;
        if count.fill(json, reading) {
            self.0.insert(ThreadId(thread), count);
        }
    }
}
