//! People as public answers show them. No mail address, network address or hash of either ever stands here.

use serde::Serialize;

use crate::PersonId;
use crate::read::{Fields, Object, deserialize};

deserialize!(Person);

/// Somebody who writes, reacts or is mentioned.
///
/// Where a person is only named (a mention, a reaction), `id` and `name` are enough.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(extend("required" = ["name"])))]
#[serde(rename_all = "camelCase", default)]
pub struct Person {
    /// Stable across renames; missing for guests of some backends. Example: `"u2"`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<PersonId>,
    /// The display name, which may hold spaces and any script. Example: `"avon b7"`.
    pub name: String,
    /// How many replies this person has written anywhere on the backend. Example: `3430`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub posts: Option<u64>,
    /// What the person is here, shown beside the name except for `member` and `guest`.
    /// Examples: `"member"`, `"guest"`, `"moderator"`, `"author"`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// The address of a square picture, `https:` or `http:`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(extend("pattern" = "^https?://")))]
    pub avatar: Option<String>,
    /// The address of the person's page, `https:` or `http:`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(extend("pattern" = "^https?://")))]
    pub url: Option<String>,
    /// The person asked to be forgotten: the name is not to be shown, even if one came along.
    #[serde(skip_serializing_if = "core::ops::Not::not")]
    pub erased: bool,
}

impl Object for Person {
    fn read_fields(&mut self, fields: &mut Fields<'_>) {
        fields.read("id", &mut self.id);
        fields.read("name", &mut self.name);
        fields.read("posts", &mut self.posts);
        fields.read("role", &mut self.role);
        fields.read("avatar", &mut self.avatar);
        fields.read("url", &mut self.url);
        fields.read("erased", &mut self.erased);
    }
}
