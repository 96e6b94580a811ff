//! What clients send. Whatever else stands in a request is ignored: nobody sends their own number, role or time.

use serde::Serialize;

use crate::json::Json;
use crate::read::{Fields, Object, deserialize};
use crate::words::words;
use crate::{Format, Person, Revision, ThreadId, Timestamp};

deserialize!(NewReply, PageReference, EditReply, PastRevision, Report, NewGuest, Guest);

/// The body of `POST {api}/replies`; only `thread` and `body` are required.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(extend("required" = ["thread", "body"])))]
#[serde(rename_all = "camelCase", default)]
pub struct NewReply {
    /// The thread to reply in.
    #[cfg_attr(feature = "schema", schemars(extend("minLength" = 1, "pattern" = "^[^\\u0000-\\u001f\\u007f-\\u009f]*$")))]
    pub thread: ThreadId,
    /// The source text as typed. Example: `"> [sacto joe](#reply-6) said:\n> Wow!\n\nIndeed."`.
    #[cfg_attr(feature = "schema", schemars(extend("pattern" = "\\S")))]
    pub body: String,
    /// How `body` is written.
    pub format: Format,
    /// The people mentioned, each with the id and the name under which the body mentions them.
    pub mentions: Vec<Person>,
    /// The page the thread belongs to; kept when the thread is new.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page: Option<PageReference>,
}

impl Object for NewReply {
    fn read_fields(&mut self, fields: &mut Fields<'_>) {
        fields.read("thread", &mut self.thread);
        fields.read("body", &mut self.body);
        fields.read("format", &mut self.format);
        fields.read("mentions", &mut self.mentions);
        fields.read("page", &mut self.page);
    }
}

impl NewReply {
    /// As it is sent. Of the people mentioned only what a backend looks at: ids and names.
    pub fn to_json(&self) -> Json {
        let json = Json::object()
            .with_text("thread", self.thread.as_str())
            .with_text("body", &self.body)
            .with_text("format", self.format.as_str())
            .with("mentions", named(&self.mentions));
        let Some(page) = &self.page else { return json };
        let text = |given: &Option<String>| given.clone().map_or(Json::Null, Json::Text);
        json.with("page", Json::object().with("title", text(&page.title)).with("url", text(&page.url)))
    }
}

/// People by id and name.
pub fn named(people: &[Person]) -> Json {
    let mut list = Vec::new();
    for person in people {
        let json = Json::object().with_text("name", &person.name);
        list.push(match &person.id {
            Some(id) => json.with_text("id", id.as_str()),
            None => json,
        });
    }
    Json::List(list)
}

/// The page a thread belongs to. A backend never fetches it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct PageReference {
    /// Its title.
    pub title: Option<String>,
    /// Its address.
    #[cfg_attr(feature = "schema", schemars(extend("pattern" = "^https?://")))]
    pub url: Option<String>,
}

impl Object for PageReference {
    fn read_fields(&mut self, fields: &mut Fields<'_>) {
        fields.read("title", &mut self.title);
        fields.read("url", &mut self.url);
    }
}

/// The body of `PATCH {api}/replies/{id}`, sent with the reply's revision in `If-Match`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(extend("required" = ["body"])))]
#[serde(rename_all = "camelCase", default)]
pub struct EditReply {
    /// The whole new source text.
    #[cfg_attr(feature = "schema", schemars(extend("pattern" = "\\S")))]
    pub body: String,
    /// How `body` is written.
    pub format: Format,
    /// The people that the new text mentions.
    pub mentions: Vec<Person>,
}

impl Object for EditReply {
    fn read_fields(&mut self, fields: &mut Fields<'_>) {
        fields.read("body", &mut self.body);
        fields.read("format", &mut self.format);
        fields.read("mentions", &mut self.mentions);
    }
}

impl EditReply {
    /// As it is sent.
    pub fn to_json(&self) -> Json {
        Json::object()
            .with_text("body", &self.body)
            .with_text("format", self.format.as_str())
            .with("mentions", named(&self.mentions))
    }
}

/// One entry of `GET {api}/replies/{id}/history`, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(extend("required" = ["revision", "body"])))]
#[serde(rename_all = "camelCase", default)]
pub struct PastRevision {
    /// Which revision.
    pub revision: Revision,
    /// When the text became this.
    pub published: Option<Timestamp>,
    /// How `body` is written.
    pub format: Format,
    /// The text as it was.
    pub body: String,
}

impl Object for PastRevision {
    fn read_fields(&mut self, fields: &mut Fields<'_>) {
        fields.read("revision", &mut self.revision);
        fields.read("published", &mut self.published);
        fields.read("format", &mut self.format);
        fields.read("body", &mut self.body);
    }
}

/// The body of `POST {api}/replies/{id}/reports`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(extend("required" = ["reason"])))]
#[serde(rename_all = "camelCase", default)]
pub struct Report {
    /// What is wrong with the reply.
    pub reason: ReportReason,
    /// In the reporter's own words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

impl Object for Report {
    fn read_fields(&mut self, fields: &mut Fields<'_>) {
        fields.read("reason", &mut self.reason);
        fields.read("detail", &mut self.detail);
    }
}

impl Report {
    /// As it is sent.
    pub fn to_json(&self) -> Json {
        let json = Json::object().with_text("reason", self.reason.as_str());
        match &self.detail {
            Some(detail) => json.with_text("detail", detail),
            None => json,
        }
    }
}

words! {
    /// Why a reply is reported.
    pub enum ReportReason or "other" {
        /// Advertising, or the same thing over and over.
        Spam = "spam",
        /// Insult, threat or harassment.
        Abuse = "abuse",
        /// Nothing to do with the page.
        OffTopic = "off-topic",
    }
}

/// The body of `POST {api}/guests`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(extend("required" = ["name"])))]
#[serde(rename_all = "camelCase", default)]
pub struct NewGuest {
    /// The name to write under.
    #[cfg_attr(feature = "schema", schemars(extend("pattern" = "\\S")))]
    pub name: String,
}

impl Object for NewGuest {
    fn read_fields(&mut self, fields: &mut Fields<'_>) {
        fields.read("name", &mut self.name);
    }
}

impl NewGuest {
    /// As it is sent.
    pub fn to_json(&self) -> Json {
        Json::object().with_text("name", &self.name)
    }
}

/// What `POST {api}/guests` answers. The token is shown here and never again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(extend("required" = ["token", "person"])))]
#[serde(rename_all = "camelCase")]
pub struct Guest {
    /// The bearer token for `Authorization`, kept by the client, never put into an address.
    pub token: String,
    /// The guest as others see them.
    #[serde(default)]
    pub person: Person,
}

impl Object for Guest {
    fn read_fields(&mut self, fields: &mut Fields<'_>) {
        fields.read("token", &mut self.token);
        if self.token.is_empty() {
            fields.fail("expected a text that is not empty");
        }
        fields.read("person", &mut self.person);
    }
}

impl Guest {
    /// As it is kept.
    pub fn to_json(&self) -> Json {
        let person = Json::object().with_text("name", &self.person.name);
        Json::object().with_text("token", &self.token).with("person", person)
    }
}
