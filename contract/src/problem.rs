//! Errors as RFC 9457 problem details (`application/problem+json`).

use serde::Serialize;

use crate::Reply;
use crate::read::{Fields, Object, deserialize};

deserialize!(Problem, FieldError);

/// Why a request was refused. Clients decide by `type` and `status`, show `title` and `detail`, parse neither.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(extend("required" = ["type", "title", "status"])))]
#[serde(rename_all = "camelCase", default)]
pub struct Problem {
    /// A stable URI for this kind of problem, see [`ProblemType`](crate::ProblemType); `about:blank`, which is
    /// also what a missing one means, says no more than the status does.
    /// Example: `"urn:afterword:problem:unknown-reply"`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The kind of problem in a few words.
    pub title: String,
    /// The HTTP status. Example: `422`.
    pub status: u16,
    /// What happened this time and what to do, in a sentence for a reader.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// An id for this occurrence, for the logs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instance: Option<String>,
    /// With 422: which fields are wrong.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
    /// With 412: the reply as it now is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub current: Option<Box<Reply>>,
}

impl Object for Problem {
    fn read_fields(&mut self, fields: &mut Fields<'_>) {
        fields.read("type", &mut self.kind);
        fields.read("title", &mut self.title);
        fields.read("status", &mut self.status);
        fields.read("detail", &mut self.detail);
        fields.read("instance", &mut self.instance);
        fields.read("errors", &mut self.errors);
        fields.read("current", &mut self.current);
    }
}

impl Default for Problem {
    fn default() -> Self {
        Self {
            kind: BLANK.to_owned(),
            title: String::new(),
            status: 0,
            detail: None,
            instance: None,
            errors: Vec::new(),
            current: None,
        }
    }
}

const BLANK: &str = "about:blank";

/// One wrong field.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(extend("required" = ["detail", "pointer"])))]
#[serde(rename_all = "camelCase", default)]
pub struct FieldError {
    /// What is wrong with it, in a sentence for a reader.
    pub detail: String,
    /// A JSON Pointer into the request's body as a fragment; a query parameter by its name.
    /// Examples: `"#/body"`, `"limit"`.
    pub pointer: String,
}

impl Object for FieldError {
    fn read_fields(&mut self, fields: &mut Fields<'_>) {
        fields.read("detail", &mut self.detail);
        fields.read("pointer", &mut self.pointer);
    }
}
