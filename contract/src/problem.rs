//! Errors as RFC 9457 problem details (`application/problem+json`).

use serde::{Deserialize, Serialize};

use crate::lenient;
use crate::Reply;

/// Why a request was refused. Clients decide by `type` and `status`, show `title` and `detail`, parse neither.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct Problem {
    /// A stable URI for this kind of problem; `about:blank` says no more than the status does.
    #[serde(rename = "type", deserialize_with = "lenient::text")]
    pub kind: String,
    /// The kind of problem in a few words.
    #[serde(deserialize_with = "lenient::text")]
    pub title: String,
    /// The HTTP status. Example: `422`.
    #[serde(deserialize_with = "lenient::or_default")]
    pub status: u16,
    /// What happened this time and what to do, in a sentence for a reader.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// An id for this occurrence, for the logs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instance: Option<String>,
    /// With 422: which fields are wrong.
    #[serde(deserialize_with = "lenient::or_default", skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
    /// With 412: the reply as it now is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub current: Option<Box<Reply>>,
}

/// One wrong field.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
