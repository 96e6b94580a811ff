//! Errors as RFC 9457 problem details (`application/problem+json`).

use serde::{Deserialize, Serialize};

use crate::Reply;
use crate::lenient;

/// Why a request was refused. Clients decide by `type` and `status`, show `title` and `detail`, parse neither.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(extend("required" = ["type", "title", "status"])))]
#[serde(rename_all = "camelCase", default)]
pub struct Problem {
    /// A stable URI for this kind of problem, see [`ProblemType`](crate::ProblemType); `about:blank`, which is
    /// also what a missing one means, says no more than the status does.
    /// Example: `"urn:afterword:problem:unknown-reply"`.
    #[serde(rename = "type", deserialize_with = "blank")]
    pub kind: String,
    /// The kind of problem in a few words.
    #[serde(deserialize_with = "lenient::text")]
    pub title: String,
    /// The HTTP status. Example: `422`.
    #[serde(deserialize_with = "lenient::number")]
    pub status: u16,
    /// What happened this time and what to do, in a sentence for a reader.
    #[serde(deserialize_with = "lenient::given", skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// An id for this occurrence, for the logs.
    #[serde(deserialize_with = "lenient::given", skip_serializing_if = "Option::is_none")]
    pub instance: Option<String>,
    /// With 422: which fields are wrong.
    #[serde(deserialize_with = "lenient::list", skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
    /// With 412: the reply as it now is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub current: Option<Box<Reply>>,
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

fn blank<'de, D: serde::Deserializer<'de>>(decoder: D) -> Result<String, D::Error> {
    Ok(lenient::given(decoder)?.unwrap_or_else(|| BLANK.to_owned()))
}

/// One wrong field.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(extend("required" = ["detail", "pointer"])))]
#[serde(rename_all = "camelCase", default)]
pub struct FieldError {
    /// What is wrong with it, in a sentence for a reader.
    #[serde(deserialize_with = "lenient::text")]
    pub detail: String,
    /// A JSON Pointer into the request's body as a fragment; a query parameter by its name.
    /// Examples: `"#/body"`, `"limit"`.
    #[serde(deserialize_with = "lenient::text")]
    pub pointer: String,
}
