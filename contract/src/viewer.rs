//! The only personal answer: who is looking, what they may do, what they have done.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::read::{Fields, Object, deserialize};
use crate::words::words;
use crate::{Person, Reply, ReplyId, Tag, Timestamp};

deserialize!(Viewer, ViewerReply);

/// What `GET {api}/viewer` answers. Never cached by anything shared.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct Viewer {
    /// Who is looking; null where nobody is signed in, or the token has gone stale.
    pub person: Option<Person>,
    /// What they may do in this thread.
    pub may: Vec<Permission>,
    /// What is theirs, by reply; replies with nothing of theirs are left out.
    pub replies: BTreeMap<ReplyId, ViewerReply>,
    /// Their own replies that are held for approval.
    pub pending: Vec<Reply>,
}

impl Object for Viewer {
    fn read_fields(fields: &mut Fields<'_>) -> Self {
        let mut replies = BTreeMap::new();
        fields.map("replies", |id, reply| {
            replies.insert(ReplyId(id), reply);
        });
        Self {
            person: fields.maybe("person"),
            may: fields.list("may"),
            replies,
            pending: fields.list("pending"),
        }
    }
}

/// What one viewer has done to one reply, and may do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct ViewerReply {
    /// The tags they have chosen.
    pub reactions: Vec<Tag>,
    /// What they may do to this reply beyond what they may do to all.
    pub may: Vec<Permission>,
    /// Until when they may edit and delete it; null for no end.
    pub until: Option<Timestamp>,
}

impl Object for ViewerReply {
    fn read_fields(fields: &mut Fields<'_>) -> Self {
        Self {
            reactions: fields.list("reactions"),
            may: fields.list("may"),
            until: fields.given("until").map(Timestamp),
        }
    }
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
