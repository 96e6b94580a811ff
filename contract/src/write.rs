//! What clients send. Whatever else stands in a request is ignored: nobody sends their own number, role or time.

use serde::{Deserialize, Serialize};

use crate::lenient::{self, words};
use crate::{Format, Person, Revision, ThreadId, Timestamp};

/// The body of `POST {api}/replies`; only `thread` and `body` are required.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(extend("required" = ["thread", "body"])))]
#[serde(rename_all = "camelCase", default)]
pub struct NewReply {
    /// The thread to reply in.
    pub thread: ThreadId,
    /// The source text as typed. Example: `"> [sacto joe](#reply-6) said:\n> Wow!\n\nIndeed."`.
    #[serde(deserialize_with = "lenient::text")]
    pub body: String,
    /// How `body` is written.
    #[serde(deserialize_with = "lenient::or_default")]
    pub format: Format,
    /// The people mentioned, each with the id and the name under which the body mentions them.
    #[serde(deserialize_with = "lenient::list")]
    pub mentions: Vec<Person>,
    /// The page the thread belongs to; kept when the thread is new.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page: Option<PageReference>,
}

/// The page a thread belongs to. A backend never fetches it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct PageReference {
    /// Its title.
    #[serde(deserialize_with = "lenient::given")]
    pub title: Option<String>,
    /// Its address.
    #[serde(deserialize_with = "lenient::given")]
    #[cfg_attr(feature = "schema", schemars(extend("pattern" = "^https?://")))]
    pub url: Option<String>,
}

/// The body of `PATCH {api}/replies/{id}`, sent with the reply's revision in `If-Match`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(extend("required" = ["body"])))]
#[serde(rename_all = "camelCase", default)]
pub struct EditReply {
    /// The whole new source text.
    #[serde(deserialize_with = "lenient::text")]
    pub body: String,
    /// How `body` is written.
    #[serde(deserialize_with = "lenient::or_default")]
    pub format: Format,
    /// The people that the new text mentions.
    #[serde(deserialize_with = "lenient::list")]
    pub mentions: Vec<Person>,
}

/// One entry of `GET {api}/replies/{id}/history`, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(extend("required" = ["revision", "body"])))]
#[serde(rename_all = "camelCase", default)]
pub struct PastRevision {
    /// Which revision.
    pub revision: Revision,
    /// When the text became this.
    #[serde(deserialize_with = "lenient::given")]
    pub published: Option<Timestamp>,
    /// How `body` is written.
    #[serde(deserialize_with = "lenient::or_default")]
    pub format: Format,
    /// The text as it was.
    #[serde(deserialize_with = "lenient::text")]
    pub body: String,
}

/// The body of `POST {api}/replies/{id}/reports`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(extend("required" = ["reason"])))]
#[serde(rename_all = "camelCase", default)]
pub struct Report {
    /// What is wrong with the reply.
    #[serde(deserialize_with = "lenient::or_default")]
    pub reason: ReportReason,
    /// In the reporter's own words.
    #[serde(deserialize_with = "lenient::given", skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

words! {
    /// Why a reply is reported.
    pub enum ReportReason {
        /// Advertising, or the same thing over and over.
        Spam = "spam",
        /// Insult, threat or harassment.
        Abuse = "abuse",
        /// Nothing to do with the page.
        OffTopic = "off-topic",
    }
}

impl Default for ReportReason {
    fn default() -> Self {
        Self::Other("other".to_owned())
    }
}

/// The body of `POST {api}/guests`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(extend("required" = ["name"])))]
#[serde(rename_all = "camelCase", default)]
pub struct NewGuest {
    /// The name to write under.
    #[serde(deserialize_with = "lenient::text")]
    pub name: String,
}

/// What `POST {api}/guests` answers. The token is shown here and never again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(extend("required" = ["token", "person"])))]
#[serde(rename_all = "camelCase")]
pub struct Guest {
    /// The bearer token for `Authorization`, kept by the client, never put into an address.
    #[serde(deserialize_with = "lenient::some_text")]
    pub token: String,
    /// The guest as others see them.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub person: Person,
}
