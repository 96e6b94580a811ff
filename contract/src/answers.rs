//! Answers that are a bare list or a bare map on the wire. They are types of their own so that they decode
//! as leniently as everything else and have a name in the schemas.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::lenient;
use crate::{PastRevision, Person, Reaction, ThreadId};

macro_rules! list_answer {
    ($(#[$doc:meta])* $name:ident of $item:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[serde(transparent)]
        pub struct $name(#[serde(deserialize_with = "lenient::list")] pub Vec<$item>);
    };
}

list_answer! {
    /// What `GET {api}/people` answers: the people whose names fit, the likeliest first.
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
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct Counts(#[serde(deserialize_with = "lenient::counts")] pub BTreeMap<ThreadId, u32>);
