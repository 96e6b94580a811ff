//! What `GET {api}/live` streams: server-sent events, public, each with an id to resume from.

use serde::Serialize;

use crate::read::{Fields, Object, deserialize};
use crate::words::words;
use crate::{Reaction, Reply, ReplyId};

deserialize!(LiveEvent);

words! {
    /// What a live event tells; the `event` field of the stream.
    pub enum LiveKind otherwise Changed {
        /// `data.reply` is new.
        Published = "reply-published",
        /// `data.reply` has a new text or status.
        Changed = "reply-changed",
        /// `data.reactions` of `data.id` are now these.
        Reacted = "reactions-changed",
    }
}

/// The `data` field of one server-sent event.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(extend("required" = ["event", "id", "total"])))]
#[serde(rename_all = "camelCase", default)]
pub struct LiveEvent {
    /// The same word as the stream's `event` field.
    pub event: LiveKind,
    /// The reply that it is about.
    pub id: ReplyId,
    /// How many numbers the thread has given out since.
    pub total: u32,
    /// The reply as it now is, when it was published or changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply: Option<Reply>,
    /// The reply's reactions as they now are, when they changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reactions: Option<Vec<Reaction>>,
}

impl Object for LiveEvent {
    fn read_fields(&mut self, fields: &mut Fields<'_>) {
        fields.read("event", &mut self.event);
        fields.read("id", &mut self.id);
        fields.read("total", &mut self.total);
        fields.read("reply", &mut self.reply);
        fields.read("reactions", &mut self.reactions);
    }
}
