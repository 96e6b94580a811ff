//! The only personal answer: who is looking, what they may do, what they have done.

use serde::{Serialize, Serializer};

use crate::json::Json;
use crate::read::{Entries, Fields, Object, Reading, Wire, deserialize};
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
    pub replies: ViewerReplies,
    /// Their own replies that are held for approval.
    pub pending: Vec<Reply>,
}

impl Object for Viewer {
    fn read_fields(&mut self, fields: &mut Fields<'_>) {
        fields.read("person", &mut self.person);
        fields.read("may", &mut self.may);
        fields.read("replies", &mut self.replies);
        fields.read("pending", &mut self.pending);
    }
}

/// What one viewer has done, by reply; a map on the wire.
///
/// A sorted list in memory: the standard library's tree would be a kilobyte of the widget's module.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ViewerReplies(Vec<(ReplyId, ViewerReply)>);

impl ViewerReplies {
    /// What is the viewer's of this reply.
    pub fn get(&self, id: &ReplyId) -> Option<&ViewerReply> {
        self.place(id).ok().and_then(|place| self.0.get(place)).map(|known| &known.1)
    }

    /// Puts a reply in, in place of what was known of it.
    pub fn insert(&mut self, id: ReplyId, reply: ViewerReply) {
        match self.place(&id) {
            Ok(place) => self.0.get_mut(place).into_iter().for_each(|known| known.1 = reply.clone()),
            Err(place) => self.0.insert(place, (id, reply)),
        }
    }

    /// All of them, by id.
    pub fn iter(&self) -> impl Iterator<Item = (&ReplyId, &ViewerReply)> {
        self.0.iter().map(|known| (&known.0, &known.1))
    }

    fn place(&self, id: &ReplyId) -> Result<usize, usize> {
        self.0.binary_search_by(|known| known.0.cmp(id))
    }
}

impl Wire for ViewerReplies {
    fn fill(&mut self, json: Json, reading: &mut Reading) -> bool {
        reading.entries(json, self)
    }
}

impl Entries for ViewerReplies {
    fn add(&mut self, id: String, json: Json, reading: &mut Reading) {
        let mut reply = ViewerReply::default();
        reply.fill(json, reading);
        self.insert(ReplyId(id), reply);
    }
}

impl Serialize for ViewerReplies {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for ViewerReplies {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "ViewerReplies".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        std::collections::BTreeMap::<ReplyId, ViewerReply>::json_schema(generator)
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
    fn read_fields(&mut self, fields: &mut Fields<'_>) {
        fields.read("reactions", &mut self.reactions);
        fields.read("may", &mut self.may);
        fields.read("until", &mut self.until);
    }
}

words! {
    /// Something a viewer may do.
    pub enum Permission or "" {
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
