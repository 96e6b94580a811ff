//! One reply as everybody may read it.

use serde::Serialize;

use crate::read::{Fields, Object, deserialize};
use crate::words::words;
use crate::{Person, ReplyId, Revision, Tag, Timestamp};

deserialize!(Reply, Quote, Reaction);

/// One reply of a thread.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(extend("required" = ["body"])))]
#[serde(rename_all = "camelCase", default)]
pub struct Reply {
    /// Unique within the backend. A page written by hand may leave it out. Example: `"r7"`.
    #[serde(skip_serializing_if = "ReplyId::is_empty")]
    pub id: ReplyId,
    /// The reply's place in the thread, from 1, without gaps, never reused, kept by tombstones;
    /// null while the reply is held for approval. Example: `7`.
    #[cfg_attr(feature = "schema", schemars(range(min = 1)))]
    pub number: Option<u32>,
    /// Who wrote it; null where that is not known.
    pub author: Option<Person>,
    /// When it was published; null where that is not known.
    pub published: Option<Timestamp>,
    /// When it was last edited; null where it never was.
    pub edited: Option<Timestamp>,
    /// Changed by every edit; what an edit names in `If-Match`. Example: `"1"`.
    pub revision: Revision,
    /// Whether it can be read.
    pub status: Status,
    /// How `body` is written.
    pub format: Format,
    /// The source text exactly as it was typed; empty in a tombstone and where it is hidden.
    pub body: String,
    /// The people that the body mentions, under the names by which it mentions them.
    pub mentions: Vec<Person>,
    /// The replies that the body quotes, outermost quotes only, in order of appearance.
    pub quotes: Vec<Quote>,
    /// The numbers of the replies that quote this one, ascending; a backend may leave it out,
    /// and the widget then lists those it has loaded. Example: `[7, 12]`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub quoted_by: Vec<u32>,
    /// Who reacted, by tag; tags nobody chose are left out.
    pub reactions: Vec<Reaction>,
}

impl Object for Reply {
    fn read_fields(&mut self, fields: &mut Fields<'_>) {
        fields.read("id", &mut self.id);
        fields.read("number", &mut self.number);
        // Replies are numbered from 1.
        self.number = self.number.filter(|number| *number != 0);
        fields.read("author", &mut self.author);
        fields.read("published", &mut self.published);
        fields.read("edited", &mut self.edited);
        fields.read("revision", &mut self.revision);
        fields.read("status", &mut self.status);
        fields.read("format", &mut self.format);
        fields.read("body", &mut self.body);
        fields.read("mentions", &mut self.mentions);
        fields.read("quotes", &mut self.quotes);
        fields.read("quotedBy", &mut self.quoted_by);
        fields.read("reactions", &mut self.reactions);
    }
}

impl Reply {
    /// Fills in what a reply written by hand leaves out: counts of reactions that name more people.
    /// What says nothing goes: quotes of no number, and reactions without a tag.
    pub(crate) fn complete(&mut self) {
        self.quotes.retain(|quote| quote.number != 0);
        self.reactions.retain(|reaction| !reaction.tag.is_empty());
        for reaction in &mut self.reactions {
            let named = u32::try_from(reaction.people.len()).unwrap_or(u32::MAX);
            reaction.count = reaction.count.max(named);
        }
    }
}

words! {
    /// Whether a reply can be read.
    pub enum Status otherwise Published {
        /// Everybody reads it.
        Published = "published",
        /// Held for approval: it has no number yet, and only its author sees it.
        Pending = "pending",
        /// Taken out of sight by a moderator; the number stays, the body does not travel.
        Hidden = "hidden",
        /// A tombstone: the number stays, the body is gone.
        Deleted = "deleted",
    }
}

words! {
    /// How a body is written. An unknown format is read as plain text.
    pub enum Format otherwise Markdown {
        /// Markdown as `markup/GRAMMAR.md` describes it.
        Markdown = "markdown",
        /// HTML, of which an allow-list is shown.
        Html = "html",
        /// Plain text; line breaks count.
        Text = "text",
    }
}

/// What the backend knows of one quote in a body.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(extend("required" = ["number"])))]
#[serde(rename_all = "camelCase", default)]
pub struct Quote {
    /// The quoted reply's number. Example: `6`.
    #[cfg_attr(feature = "schema", schemars(range(min = 1)))]
    pub number: u32,
    /// Whether the quoted words stand in that reply; null where nobody checked.
    pub exact: Option<bool>,
}

impl Object for Quote {
    fn read_fields(&mut self, fields: &mut Fields<'_>) {
        fields.read("number", &mut self.number);
        fields.read("exact", &mut self.exact);
    }
}

/// One reaction tag on one reply: how often and by whom. A state, never a delta.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(extend("required" = ["tag", "count"])))]
#[serde(rename_all = "camelCase", default)]
pub struct Reaction {
    /// Which tag; one that the thread does not list is shown by this word. Example: `"like"`.
    pub tag: Tag,
    /// How many people chose it. At least as many as `people` holds. Example: `5`.
    pub count: u32,
    /// Who chose it, earliest first; a backend may send fewer than `count`, or none.
    pub people: Vec<Person>,
}

impl Object for Reaction {
    fn read_fields(&mut self, fields: &mut Fields<'_>) {
        fields.read("tag", &mut self.tag);
        fields.read("count", &mut self.count);
        fields.read("people", &mut self.people);
    }
}
