//! A page of a thread: the answer of the one required route, or a static file.

use serde::Serialize;

use crate::read::{Fields, Object, deserialize};
use crate::words::words;
use crate::{Cursor, Reply, ReplyId, Tag, ThreadId};

deserialize!(ThreadPage, Thread, ReactionTag, Limits);

/// What `GET {api}/replies` answers. The same for everybody, so it can sit in any cache.
///
/// `replies` is the one field that must be there: a document without it is something else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ThreadPage {
    /// The contract's version: 1.
    #[cfg_attr(feature = "schema", schemars(default = "this_version"))]
    pub version: u32,
    /// The thread, of which this is a page.
    #[serde(default)]
    pub thread: Thread,
    /// The replies in the order asked for.
    pub replies: Vec<Reply>,
    /// Hand it back as `before` for the page before this one; null where this one is the first.
    #[serde(default)]
    pub previous: Option<Cursor>,
    /// Hand it back as `after` for the page after this one; null where this one is the last.
    #[serde(default)]
    pub next: Option<Cursor>,
}

impl Object for ThreadPage {
    fn read_fields(&mut self, fields: &mut Fields<'_>) {
        fields.read("version", &mut self.version);
        fields.read("thread", &mut self.thread);
        if !fields.read("replies", &mut self.replies) {
            fields.fail("is missing");
        }
        fields.read("previous", &mut self.previous);
        fields.read("next", &mut self.next);
    }
}

impl Default for ThreadPage {
    fn default() -> Self {
        Self {
            version: crate::VERSION,
            thread: Thread::default(),
            replies: Vec::new(),
            previous: None,
            next: None,
        }
    }
}

#[cfg(feature = "schema")]
fn this_version() -> u32 {
    crate::VERSION
}

impl ThreadPage {
    /// Whether this page is the whole thread; then a client may put it into another order itself.
    pub fn is_whole(&self) -> bool {
        self.previous.is_none() && self.next.is_none()
    }

    /// Fills in what a page written by hand leaves out: numbers by position where the page is the whole
    /// thread and no reply has one, ids (from numbers) that are missing or stand twice, a total that is at
    /// least the largest number, labels of
    /// tags, and counts of reactions that name more people. What says nothing goes.
    ///
    /// A page that says everything comes back unchanged.
    pub fn completed(mut self) -> Self {
        self.complete();
        self
    }

    /// Does what [`completed`](Self::completed) does, in place.
    pub fn complete(&mut self) {
        if self.is_whole() && self.replies.iter().all(|reply| reply.number.is_none()) {
            let numbered = self.replies.iter_mut().filter(|reply| reply.status != crate::Status::Pending);
            for (number, reply) in (1..).zip(numbered) {
                reply.number = Some(number);
            }
        }
        self.replies.iter_mut().for_each(Reply::complete);
        self.name_the_nameless();
        let largest = self.replies.iter().filter_map(|reply| reply.number).max().unwrap_or(0);
        self.thread.total = self.thread.total.max(largest);
        self.thread.reaction_tags.retain(|tag| !tag.tag.is_empty());
        for tag in &mut self.thread.reaction_tags {
            if tag.label.is_empty() {
                tag.label.clone_from(&tag.tag.0);
            }
        }
    }

    /// Gives an id to every reply that has none, or whose id an earlier reply has.
    fn name_the_nameless(&mut self) {
        // Sorted. A set would be quicker for thousands of replies, and is several times the code.
        let mut taken: Vec<ReplyId> = Vec::with_capacity(self.replies.len());
        for (place, reply) in self.replies.iter_mut().enumerate() {
            if let (true, Some(number)) = (reply.id.is_empty(), reply.number) {
                reply.id = ReplyId("number-".to_owned() + &number.to_string());
            }
            let mut attempt = place;
            loop {
                match taken.binary_search(&reply.id) {
                    Err(rank) if !reply.id.is_empty() => break taken.insert(rank, reply.id.clone()),
                    _ => reply.id = ReplyId("place-".to_owned() + &attempt.to_string()),
                }
                attempt += 1;
            }
        }
    }
}

/// What is true of a thread as a whole.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct Thread {
    /// The thread's id, as it was asked for.
    pub id: ThreadId,
    /// The title of the page it belongs to.
    pub title: Option<String>,
    /// The address of the page it belongs to.
    #[cfg_attr(feature = "schema", schemars(extend("pattern" = "^https?://")))]
    pub url: Option<String>,
    /// How many numbers are given out: tombstones count, held replies do not. Example: `13`.
    pub total: u32,
    /// Whether it takes no more replies, edits and reactions.
    pub locked: bool,
    /// What the backend offers beyond reading.
    pub features: Vec<Feature>,
    /// The tags that readers may choose from, in the order to show them.
    pub reaction_tags: Vec<ReactionTag>,
    /// Bounds on what is sent.
    pub limits: Limits,
    /// Where `GET live` goes on from what this page shows: hand it back as `since`. Example: `"4711"`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub live: Option<Cursor>,
}

impl Object for Thread {
    fn read_fields(&mut self, fields: &mut Fields<'_>) {
        fields.read("id", &mut self.id);
        fields.read("title", &mut self.title);
        fields.read("url", &mut self.url);
        fields.read("total", &mut self.total);
        fields.read("locked", &mut self.locked);
        fields.read("features", &mut self.features);
        fields.read("reactionTags", &mut self.reaction_tags);
        fields.read("limits", &mut self.limits);
        fields.read("live", &mut self.live);
    }
}

words! {
    /// Something a backend offers beyond the one required route; each names its routes in `CONTRACT.md`.
    pub enum Feature or "" {
        /// `GET viewer`: who is looking, and what they may do.
        Viewer = "viewer",
        /// `POST replies`.
        Reply = "reply",
        /// `PATCH replies/{id}`.
        Edit = "edit",
        /// `GET replies/{id}/history`.
        History = "history",
        /// `DELETE replies/{id}` and `POST replies/{id}/restore`.
        Delete = "delete",
        /// `PUT` and `DELETE replies/{id}/reactions/{tag}`.
        React = "react",
        /// `GET people`.
        Mention = "mention",
        /// `POST replies/{id}/reports`.
        Report = "report",
        /// `POST guests`.
        Guest = "guest",
        /// `GET counts`.
        Count = "count",
        /// `GET live`.
        Live = "live",
        /// `GET html`.
        Html = "html",
    }
}

words! {
    /// The order of a page.
    pub enum Order otherwise Oldest {
        /// By number, ascending.
        Oldest = "oldest",
        /// By number, descending.
        Newest = "newest",
        /// Most reactions first, then by number.
        Top = "top",
    }
}

/// A reaction that readers may choose.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(extend("required" = ["tag", "label"])))]
#[serde(rename_all = "camelCase", default)]
pub struct ReactionTag {
    /// Its id. Example: `"like"`.
    pub tag: Tag,
    /// Its name in words. Example: `"Like"`.
    pub label: String,
    /// One symbol to stand beside the name, often an emoji. Example: `"👍"`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub symbol: Option<String>,
}

impl Object for ReactionTag {
    fn read_fields(&mut self, fields: &mut Fields<'_>) {
        fields.read("tag", &mut self.tag);
        fields.read("label", &mut self.label);
        fields.read("symbol", &mut self.symbol);
    }
}

/// Bounds on what a client sends; null where there is none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct Limits {
    /// The longest body, in bytes of UTF-8. Example: `65536`.
    pub body_bytes: Option<u32>,
    /// For how many seconds after publishing an author may edit and delete. Example: `900`.
    pub edit_seconds: Option<u32>,
}

impl Object for Limits {
    fn read_fields(&mut self, fields: &mut Fields<'_>) {
        fields.read("bodyBytes", &mut self.body_bytes);
        fields.read("editSeconds", &mut self.edit_seconds);
    }
}
