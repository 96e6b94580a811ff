//! A page of a thread: the answer of the one required route, or a static file.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::lenient::{self, words};
use crate::{Cursor, Reply, ReplyId, Tag, ThreadId};

/// What `GET {api}/replies` answers. The same for everybody, so it can sit in any cache.
///
/// `replies` is the one field that must be there: a document without it is something else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ThreadPage {
    /// The contract's version: 1.
    #[serde(default = "this_version", deserialize_with = "version")]
    pub version: u32,
    /// The thread, of which this is a page.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub thread: Thread,
    /// The replies in the order asked for.
    #[serde(deserialize_with = "lenient::list")]
    pub replies: Vec<Reply>,
    /// Hand it back as `before` for the page before this one; null where this one is the first.
    #[serde(default, deserialize_with = "lenient::given")]
    pub previous: Option<Cursor>,
    /// Hand it back as `after` for the page after this one; null where this one is the last.
    #[serde(default, deserialize_with = "lenient::given")]
    pub next: Option<Cursor>,
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

fn this_version() -> u32 {
    crate::VERSION
}

fn version<'de, D: serde::Deserializer<'de>>(decoder: D) -> Result<u32, D::Error> {
    Ok(lenient::maybe_number(decoder)?.unwrap_or(crate::VERSION))
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
        if self.is_whole() && self.replies.iter().all(|reply| reply.number.is_none()) {
            let numbered = self.replies.iter_mut().filter(|reply| reply.status != crate::Status::Pending);
            for (number, reply) in (1..).zip(numbered) {
                reply.number = Some(number);
            }
        }
        self.replies = self.replies.into_iter().map(Reply::completed).collect();
        self.name_the_nameless();
        let largest = self.replies.iter().filter_map(|reply| reply.number).max().unwrap_or(0);
        self.thread.total = self.thread.total.max(largest);
        self.thread.reaction_tags.retain(|tag| !tag.tag.is_empty());
        for tag in &mut self.thread.reaction_tags {
            if tag.label.is_empty() {
                tag.label.clone_from(&tag.tag.0);
            }
        }
        self
    }

    /// Gives an id to every reply that has none, or whose id an earlier reply has.
    fn name_the_nameless(&mut self) {
        let mut taken = BTreeSet::new();
        for (place, reply) in self.replies.iter_mut().enumerate() {
            if let (true, Some(number)) = (reply.id.is_empty(), reply.number) {
                reply.id = ReplyId(format!("number-{number}"));
            }
            let mut attempt = place;
            while reply.id.is_empty() || taken.contains(&reply.id) {
                reply.id = ReplyId(format!("place-{attempt}"));
                attempt += 1;
            }
            taken.insert(reply.id.clone());
        }
    }
}

/// What is true of a thread as a whole.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct Thread {
    /// The thread's id, as it was asked for.
    pub id: ThreadId,
    /// The title of the page it belongs to.
    #[serde(deserialize_with = "lenient::given")]
    pub title: Option<String>,
    /// The address of the page it belongs to.
    #[serde(deserialize_with = "lenient::given")]
    #[cfg_attr(feature = "schema", schemars(extend("pattern" = "^https?://")))]
    pub url: Option<String>,
    /// How many numbers are given out: tombstones count, held replies do not. Example: `13`.
    #[serde(deserialize_with = "lenient::number")]
    pub total: u32,
    /// Whether it takes no more replies, edits and reactions.
    #[serde(deserialize_with = "lenient::truth")]
    pub locked: bool,
    /// What the backend offers beyond reading.
    #[serde(deserialize_with = "lenient::list")]
    pub features: Vec<Feature>,
    /// The tags that readers may choose from, in the order to show them.
    #[serde(deserialize_with = "lenient::list")]
    pub reaction_tags: Vec<ReactionTag>,
    /// Bounds on what is sent.
    #[serde(deserialize_with = "lenient::or_default")]
    pub limits: Limits,
}

words! {
    /// Something a backend offers beyond the one required route; each names its routes in `CONTRACT.md`.
    pub enum Feature {
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
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(extend("required" = ["tag", "label"])))]
#[serde(rename_all = "camelCase", default)]
pub struct ReactionTag {
    /// Its id. Example: `"like"`.
    pub tag: Tag,
    /// Its name in words. Example: `"Like"`.
    #[serde(deserialize_with = "lenient::text")]
    pub label: String,
    /// One symbol to stand beside the name, often an emoji. Example: `"👍"`.
    #[serde(deserialize_with = "lenient::given", skip_serializing_if = "Option::is_none")]
    pub symbol: Option<String>,
}

/// Bounds on what a client sends; null where there is none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct Limits {
    /// The longest body, in bytes of UTF-8. Example: `65536`.
    #[serde(deserialize_with = "lenient::maybe_number")]
    pub body_bytes: Option<u32>,
    /// For how many seconds after publishing an author may edit and delete. Example: `900`.
    #[serde(deserialize_with = "lenient::maybe_number")]
    pub edit_seconds: Option<u32>,
}
