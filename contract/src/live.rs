//! What `GET {api}/live` streams: server-sent events, public, each with an id to resume from.

use serde::Serialize;

use crate::read::{Fields, Object, deserialize};
use crate::words::words;
use crate::{Reaction, Reply, ReplyId};

deserialize!(LiveEvent);

words! {
    /// What a live event tells; the `event` field of the stream.
    pub enum LiveKind otherwise Thread {
        /// `data.reply` is new, or has another text or status.
        Reply = "reply",
        /// `data.reactions` of `data.id` are now these.
        Reactions = "reactions",
        /// Nothing but `data.total` or `data.locked` is another.
        Thread = "thread",
        /// More changed than can be told, or it was too long ago: read the pages anew.
        Reset = "reset",
    }
}

/// The `data` field of one server-sent event. What it says of the thread, every event says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(extend("required" = ["event", "total", "locked"])))]
#[serde(rename_all = "camelCase", default)]
pub struct LiveEvent {
    /// The same word as the stream's `event` field.
    pub event: LiveKind,
    /// How many numbers the thread has given out. Example: `14`.
    pub total: u32,
    /// Whether it takes no more replies, edits and reactions.
    pub locked: bool,
    /// With `reactions`: the reply whose they are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<ReplyId>,
    /// With `reply`: the reply as a page would show it now, a tombstone where it is hidden or deleted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply: Option<Reply>,
    /// With `reactions`: all reactions to the reply, as they now are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reactions: Option<Vec<Reaction>>,
}

impl Object for LiveEvent {
    fn read_fields(&mut self, fields: &mut Fields<'_>) {
        fields.read("event", &mut self.event);
        fields.read("total", &mut self.total);
        fields.read("locked", &mut self.locked);
        fields.read("id", &mut self.id);
        fields.read("reply", &mut self.reply);
        fields.read("reactions", &mut self.reactions);
    }
}
