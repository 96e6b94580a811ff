//! Refusals as RFC 9457 problem details, of the kinds that the contract lists.
//!
//! A handler returns a [`Refusal`]; `gate` writes it out, because only there the request's id is known. What
//! is no HTTP at all, or has too large a head, never comes so far: hyper answers 400 or 431 without a body.

use afterword_contract::{FieldError, Problem, ProblemType, Reply};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// This server's own, beside those of the contract: nobody else has a widget to miss.
const NOT_BUILT: ProblemType = ProblemType {
    uri: "urn:afterword-server:problem:not-built",
    status: 404,
    title: "The widget is not inside this server",
    meaning: "A file of the widget was asked for, and the binary was built without it.",
};

/// Why a request is not answered as asked.
#[derive(Clone, Debug)]
pub(crate) struct Refusal {
    kind: &'static ProblemType,
    detail: Option<String>,
    errors: Vec<FieldError>,
    allow: Option<&'static str>,
    /// In seconds.
    retry_after: Option<u32>,
    current: Option<Box<Reply>>,
}

impl Refusal {
    fn new(kind: &'static ProblemType) -> Self {
        Self { kind, detail: None, errors: Vec::new(), allow: None, retry_after: None, current: None }
    }

    /// A parameter of the query is missing or wrong.
    pub(crate) fn parameter(name: &str, detail: impl Into<String>) -> Self {
        let detail = detail.into();
        Self {
            detail: Some(format!("`{name}`: {detail}")),
            errors: vec![FieldError { detail, pointer: name.to_owned() }],
            ..Self::new(&ProblemType::BAD_PARAMETER)
        }
    }

    /// `after` or `before` is no cursor of the thread in the order asked for.
    pub(crate) fn cursor(name: &str) -> Self {
        let detail = "it is no cursor of this thread in this order; take one from `previous` or `next`";
        Self { kind: &ProblemType::BAD_CURSOR, ..Self::parameter(name, detail) }
    }

    /// Nothing is served under this address.
    pub(crate) fn unknown_route(path: &str) -> Self {
        // As it came, percent signs and all, and no longer than anybody reads.
        let path: String = path.chars().take(200).collect();
        Self::new(&ProblemType::UNKNOWN_ROUTE).advised(&format!("There is nothing at {path}."))
    }

    /// The address takes other methods.
    pub(crate) fn method_not_allowed(allow: &'static str) -> Self {
        Self {
            detail: Some(format!("This address takes {allow}.")),
            allow: Some(allow),
            ..Self::new(&ProblemType::METHOD_NOT_ALLOWED)
        }
    }

    /// The address is longer than any that this server hands out.
    pub(crate) fn too_long(most: usize) -> Self {
        Self {
            detail: Some(format!("Addresses have at most {most} bytes here.")),
            ..Self::new(&ProblemType::ADDRESS_TOO_LONG)
        }
    }

    /// The answer took longer than anybody waits.
    pub(crate) fn timed_out() -> Self {
        Self::new(&ProblemType::TIMED_OUT).advised("Try again in a moment.")
    }

    /// Something that is nobody's fault but this server's; what it is stands in the log only.
    pub(crate) fn internal() -> Self {
        Self::new(&ProblemType::INTERNAL)
            .advised("Try again in a moment; the log tells more under the id of this request.")
    }

    /// The database does not answer.
    pub(crate) fn unavailable() -> Self {
        Self::new(&ProblemType::UNAVAILABLE).advised("The database does not answer.")
    }

    /// Enough clients listen for what happens.
    pub(crate) fn too_many_listeners() -> Self {
        let refusal =
            Self::new(&ProblemType::UNAVAILABLE).advised("Enough are listening; ask for pages instead.");
        Self { retry_after: Some(60), ..refusal }
    }

    /// This binary was built before the widget was.
    pub(crate) fn not_built() -> Self {
        Self::new(&NOT_BUILT).advised(
            "This binary was built without the widget: run `cargo xtask dist`, then build the server again.",
        )
    }

    /// The request's body is not what it should be; `errors` name the field where that is known.
    pub(crate) fn bad_body(detail: &str, errors: Vec<FieldError>) -> Self {
        Self { errors, ..Self::new(&ProblemType::BAD_BODY).advised(detail) }
    }

    /// The route needs a token, and none came that is good.
    pub(crate) fn sign_in_required(detail: &str) -> Self {
        Self::new(&ProblemType::SIGN_IN_REQUIRED).advised(detail)
    }

    /// Whoever asks is known and may not do this.
    pub(crate) fn not_allowed(detail: &str) -> Self {
        Self::new(&ProblemType::NOT_ALLOWED).advised(detail)
    }

    /// The thread takes nothing more.
    pub(crate) fn thread_locked() -> Self {
        Self::new(&ProblemType::THREAD_LOCKED)
            .advised("This thread takes no more replies, edits and reactions.")
    }

    /// It is too late to change the reply.
    pub(crate) fn edit_window_over(detail: &str) -> Self {
        Self::new(&ProblemType::EDIT_WINDOW_OVER).advised(detail)
    }

    /// There is no reply with this id, as far as whoever asks may know.
    pub(crate) fn unknown_reply() -> Self {
        Self::new(&ProblemType::UNKNOWN_REPLY).advised("There is no reply with this id.")
    }

    /// The thread does not offer this reaction.
    pub(crate) fn unknown_tag() -> Self {
        Self::new(&ProblemType::UNKNOWN_TAG).advised("This thread does not offer that reaction.")
    }

    /// A request with the same key is being worked on.
    pub(crate) fn key_in_flight() -> Self {
        Self {
            retry_after: Some(1),
            ..Self::new(&ProblemType::KEY_IN_FLIGHT).advised("This reply is already being stored.")
        }
    }

    /// The key came before with another body.
    pub(crate) fn key_reused() -> Self {
        Self::new(&ProblemType::KEY_REUSED).advised("This Idempotency-Key was used for another reply.")
    }

    /// The reply is deleted or hidden.
    pub(crate) fn reply_gone() -> Self {
        Self::new(&ProblemType::REPLY_GONE).advised("This reply was taken away.")
    }

    /// An edit that does not say what it changes.
    pub(crate) fn revision_required() -> Self {
        Self::new(&ProblemType::REVISION_REQUIRED).advised("Name the revision that you changed in If-Match.")
    }

    /// The reply is not any more what the client has seen of it.
    pub(crate) fn revision_changed(current: Reply) -> Self {
        Self {
            current: Some(Box::new(current)),
            ..Self::new(&ProblemType::REVISION_CHANGED).advised("This reply was changed meanwhile.")
        }
    }

    /// The request is larger than any that is read.
    pub(crate) fn body_too_large(most: usize) -> Self {
        Self::new(&ProblemType::BODY_TOO_LARGE).advised(&format!("A request may have {most} bytes."))
    }

    /// The request says that its body is something else.
    pub(crate) fn not_json() -> Self {
        Self::new(&ProblemType::NOT_JSON).advised("Send application/json.")
    }

    /// Fields break a rule.
    pub(crate) fn invalid(errors: Vec<FieldError>) -> Self {
        let detail = errors.first().map(|first| format!("{}: {}.", first.pointer, first.detail));
        Self { detail, errors, ..Self::new(&ProblemType::INVALID_FIELDS) }
    }

    /// The name that somebody asks for cannot be theirs, for the reason `fault`.
    pub(crate) fn name(fault: &str) -> Self {
        let field = FieldError { detail: fault.to_owned(), pointer: "#/name".to_owned() };
        Self { errors: vec![field], ..Self::new(&ProblemType::INVALID_FIELDS).advised(fault) }
    }

    /// More than the limits allow; another attempt makes sense after so many seconds.
    pub(crate) fn too_many_requests(seconds: u32) -> Self {
        let wait = match seconds {
            0..=1 => "a second".to_owned(),
            2..=90 => format!("{seconds} seconds"),
            91..=5400 => format!("{} minutes", seconds.div_ceil(60)),
            _ => format!("{} hours", seconds.div_ceil(3600)),
        };
        let refusal = Self::new(&ProblemType::TOO_MANY_REQUESTS).advised(&format!("Try again in {wait}."));
        Self { retry_after: Some(seconds.max(1)), ..refusal }
    }

    fn advised(self, detail: &str) -> Self {
        Self { detail: Some(detail.to_owned()), ..self }
    }

    /// The answer, naming the request.
    pub(crate) fn write(self, request: &str) -> Response {
        let problem = Problem {
            detail: self.detail,
            instance: Some(format!("urn:afterword:request:{request}")),
            errors: self.errors,
            current: self.current,
            ..self.kind.problem()
        };
        let etag = problem.current.as_ref().map(|reply| format!("\"{}\"", reply.revision));
        let body = serde_json::to_vec(&problem).unwrap_or_default();
        let mut response = (status(self.kind), body).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(allow) = self.allow {
            headers.insert(header::ALLOW, HeaderValue::from_static(allow));
        }
        if self.kind.status == 415 {
            headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
        }
        if self.kind.status == 401 {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(etag) = etag.and_then(|etag| HeaderValue::from_str(&etag).ok()) {
            headers.insert(header::ETAG, etag);
        }
        let unavailable = (self.kind.status == 503).then_some(5);
        if let Some(seconds) = self.retry_after.or(unavailable) {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        response
    }
}

fn status(kind: &ProblemType) -> StatusCode {
    StatusCode::from_u16(kind.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = status(self.kind).into_response();
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

#[cfg(test)]
mod tests {
    use afterword_contract::ProblemType;

    use super::NOT_BUILT;

    #[test]
    fn what_is_this_servers_own_has_no_name_of_the_contracts() {
        let ours = |uri: &str| uri.starts_with("urn:afterword:problem:");
        assert!(ProblemType::ALL.iter().all(|kind| ours(kind.uri)) && !ours(NOT_BUILT.uri));
    }
}
