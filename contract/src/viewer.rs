//! The only personal answer: who is looking, what they may do, what they have done.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::lenient::{self, words};
use crate::{Person, Reply, ReplyId, Tag, Timestamp};

/// What `GET {api}/viewer` answers. Never cached by anything shared.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct Viewer {
    /// Who is looking; null where nobody is signed in, or the token has gone stale.
    pub person: Option<Person>,
    /// What they may do in this thread.
    #[serde(deserialize_with = "lenient::list")]
    pub may: Vec<Permission>,
    /// What is theirs, by reply; replies with nothing of theirs are left out.
    #[serde(deserialize_with = "lenient::map")]
    pub replies: BTreeMap<ReplyId, ViewerReply>,
    /// Their own replies that are held for approval.
    #[serde(deserialize_with = "lenient::list")]
    pub pending: Vec<Reply>,
}

/// What one viewer has done to one reply, and may do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct ViewerReply {
    /// The tags they have chosen.
    #[serde(deserialize_with = "lenient::list")]
    pub reactions: Vec<Tag>,
    /// What they may do to this reply beyond what they may do to all.
    #[serde(deserialize_with = "lenient::list")]
    pub may: Vec<Permission>,
    /// Until when they may edit and delete it; null for no end.
    #[serde(deserialize_with = "lenient::given")]
    pub until: Option<Timestamp>,
}

words! {
    /// Something a viewer may do.
    pub enum Permission {
        /// Write replies.
        Reply = "reply",
        /// Choose reaction tags.
        React = "react",
        /// Change a reply's body.
        Edit = "edit",
        /// Turn a reply into a tombstone.
        Delete = "delete",
        /// Bring back a reply that they deleted.
        Restore = "restore",
        /// Report a reply to the moderators.
        Report = "report",
    }
}
