//! Refusals as RFC 9457 problem details: one shape for every error that leaves this server.
//!
//! A handler returns a [`Refusal`]; `gate` writes it out, because only there the request's id is known.

use afterword_contract::{FieldError, Problem};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// Why a request is not answered as asked.
#[derive(Clone, Debug)]
pub(crate) struct Refusal {
    status: StatusCode,
    name: &'static str,
    title: &'static str,
    detail: Option<String>,
    errors: Vec<FieldError>,
    allow: Option<&'static str>,
}

impl Refusal {
    fn new(status: StatusCode, name: &'static str, title: &'static str) -> Self {
        Self { status, name, title, detail: None, errors: Vec::new(), allow: None }
    }

    /// A parameter of the query is missing or wrong.
    pub(crate) fn parameter(name: &str, detail: impl Into<String>) -> Self {
        let detail = detail.into();
        Self {
            detail: Some(format!("`{name}`: {detail}")),
            errors: vec![FieldError { detail, pointer: name.to_owned() }],
            ..Self::new(StatusCode::BAD_REQUEST, "bad-parameter", "A parameter is wrong")
        }
    }

    /// `after` or `before` is no cursor of the thread in the order asked for.
    pub(crate) fn cursor(name: &str) -> Self {
        let detail = "it is no cursor of this thread in this order; take one from `previous` or `next`";
        Self { name: "bad-cursor", title: "The cursor is not known", ..Self::parameter(name, detail) }
    }

    /// Nothing is served under this address.
    pub(crate) fn unknown_route(path: &str) -> Self {
        // As it came, percent signs and all, and no longer than anybody reads.
        let path: String = path.chars().take(200).collect();
        Self::new(StatusCode::NOT_FOUND, "unknown-route", "There is nothing here")
            .advised(&format!("There is nothing at {path}."))
    }

    /// The address takes other methods.
    pub(crate) fn method_not_allowed(allow: &'static str) -> Self {
        Self {
            detail: Some(format!("This address takes {allow}.")),
            allow: Some(allow),
            ..Self::new(StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed", "Method not allowed")
        }
    }

    /// The address is longer than any that this server hands out.
    pub(crate) fn too_long(most: usize) -> Self {
        Self {
            detail: Some(format!("Addresses have at most {most} bytes here.")),
            ..Self::new(StatusCode::URI_TOO_LONG, "address-too-long", "The address is too long")
        }
    }

    /// The answer took longer than anybody waits.
    pub(crate) fn timed_out() -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "timed-out", "The server is too busy")
            .advised("Try again in a moment.")
    }

    /// Something that is nobody's fault but this server's; what it is stands in the log only.
    pub(crate) fn internal() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "Something went wrong on the server")
            .advised("Try again in a moment; the log tells more under the id of this request.")
    }

    /// The database does not answer.
    pub(crate) fn unavailable() -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", "The database does not answer")
    }

    /// This binary was built before the widget was.
    pub(crate) fn not_built() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not-built", "The widget is not inside this server").advised(
            "This binary was built without the widget: run `cargo xtask dist`, then build the server again.",
        )
    }

    fn advised(self, detail: &str) -> Self {
        Self { detail: Some(detail.to_owned()), ..self }
    }

    /// The answer, naming the request.
    pub(crate) fn write(self, request: &str) -> Response {
        let problem = Problem {
            kind: format!("urn:afterword:problem:{}", self.name),
            title: self.title.to_owned(),
            status: self.status.as_u16(),
            detail: self.detail,
            instance: Some(format!("urn:afterword:request:{request}")),
            errors: self.errors,
            current: None,
        };
        let body = serde_json::to_vec(&problem).unwrap_or_default();
        let mut response = (self.status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(allow) = self.allow {
            headers.insert(header::ALLOW, HeaderValue::from_static(allow));
        }
        if self.status == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
        }
        response
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl From<sqlx::Error> for Refusal {
    fn from(error: sqlx::Error) -> Self {
        tracing::error!(%error, "the database failed");
        Self::internal()
    }
}
