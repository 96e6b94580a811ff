//! Refusals as RFC 9457 problem details, of the kinds that the contract lists.

use afterword_contract::{FieldError, Problem, ProblemType};
use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};

use crate::failure::Failure;

/// Why a request is not answered as asked.
#[derive(Debug)]
pub(crate) struct Refusal {
    problem: Box<Problem>,
    headers: Vec<(header::HeaderName, String)>,
}

impl Refusal {
    fn new(kind: &ProblemType, detail: String) -> Self {
        let problem = Box::new(Problem { detail: Some(detail), ..kind.problem() });
        Self { problem, headers: Vec::new() }
    }

    /// A parameter of the query is missing or wrong.
    pub(crate) fn parameter(name: &str, detail: &str) -> Self {
        Self::named(&ProblemType::BAD_PARAMETER, name, detail)
    }

    /// `after` or `before` is no cursor of the thread in the order asked for.
    pub(crate) fn cursor(name: &str) -> Self {
        let detail = "it is no cursor of this thread in this order; take one from `previous` or `next`";
        Self::named(&ProblemType::BAD_CURSOR, name, detail)
    }

    fn named(kind: &ProblemType, name: &str, detail: &str) -> Self {
        let mut refusal = Self::new(kind, format!("`{name}`: {detail}"));
        refusal.problem.errors = vec![FieldError { detail: detail.to_owned(), pointer: name.to_owned() }];
        refusal
    }

    /// Nothing is served under this address.
    pub(crate) fn unknown_route(path: &str) -> Self {
        let path: String = path.chars().take(200).collect();
        Self::new(&ProblemType::UNKNOWN_ROUTE, format!("There is nothing at {path}."))
    }

    /// The address takes other methods.
    pub(crate) fn method_not_allowed(allow: &str) -> Self {
        let mut refusal = Self::new(&ProblemType::METHOD_NOT_ALLOWED, format!("This address takes {allow}."));
        refusal.headers.push((header::ALLOW, allow.to_owned()));
        refusal
    }

    /// The address is longer than any that is read.
    pub(crate) fn too_long(most: usize) -> Self {
        Self::new(&ProblemType::ADDRESS_TOO_LONG, format!("Addresses have at most {most} bytes here."))
    }

    /// The answer. Nothing of a failure is kept by caches.
    pub(crate) fn answer(self) -> Response<Bytes> {
        let mut response = Response::new(serde_json::to_vec(&*self.problem).unwrap_or_default().into());
        let internal = StatusCode::INTERNAL_SERVER_ERROR;
        *response.status_mut() = StatusCode::from_u16(self.problem.status).unwrap_or(internal);
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        for (name, value) in self.headers {
            headers.extend(HeaderValue::from_str(&value).ok().map(|value| (name, value)));
        }
        response
    }
}

impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Self {
        let mut refusal = Self::new(&ProblemType::UNAVAILABLE, failure.detail().to_owned());
        refusal.headers.push((header::RETRY_AFTER, failure.retry_after().to_string()));
        refusal
    }
}
