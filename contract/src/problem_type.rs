//! The kinds of problem that version 1 knows, each with its URI, status and title. A backend may add its own.
//!
//! The URIs are names and lead nowhere: the project owns no domain that it could promise to keep.

use crate::Problem;

/// One kind of problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProblemType {
    /// The `type` member: `urn:afterword:problem:<name>`.
    pub uri: &'static str,
    /// The HTTP status that it comes with.
    pub status: u16,
    /// The `title` member, in English.
    pub title: &'static str,
    /// When a backend answers so, and what goes along.
    pub meaning: &'static str,
}

impl ProblemType {
    /// A problem of this kind, with nothing said about this occurrence yet.
    pub fn problem(&self) -> Problem {
        Problem { kind: self.uri.into(), title: self.title.into(), status: self.status, ..Problem::default() }
    }

    /// A problem of this kind, with what happened this time in a sentence for a reader.
    pub fn because(&self, detail: impl Into<String>) -> Problem {
        Problem { detail: Some(detail.into()), ..self.problem() }
    }

    /// Whether `problem` is of this kind.
    pub fn is(&self, problem: &Problem) -> bool {
        problem.kind == self.uri
    }
}

macro_rules! problem_types {
    ($($name:ident = $uri:literal, $status:literal, $title:literal, $meaning:literal;)+) => {
        impl ProblemType {
            $(
                #[doc = $meaning]
                pub const $name: Self = Self { uri: $uri, status: $status, title: $title, meaning: $meaning };
            )+

            /// Every kind of problem that version 1 knows, by status.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];
        }
    };
}

problem_types! {
    BAD_PARAMETER = "urn:afterword:problem:bad-parameter", 400, "A parameter is wrong",
        "A query parameter or a header is missing, malformed or out of bounds. `errors` names it.";
    BAD_CURSOR = "urn:afterword:problem:bad-cursor", 400, "The cursor is not known",
        "`before` or `after` is no cursor of this thread and order. The client begins again at the first page.";
    BAD_BODY = "urn:afterword:problem:bad-body", 400, "The body is not understood",
        "The request's body is no JSON, or a field of it has the wrong type. `errors` names the field where it can.";
    SIGN_IN_REQUIRED = "urn:afterword:problem:sign-in-required", 401, "Sign in first",
        "The route needs a token, and none came, or one that is not valid any more.";
    NOT_ALLOWED = "urn:afterword:problem:not-allowed", 403, "You may not do this",
        "The viewer is known and may not do it.";
    THREAD_LOCKED = "urn:afterword:problem:thread-locked", 403, "The thread is locked",
        "No more replies, edits and reactions are taken.";
    EDIT_WINDOW_OVER = "urn:afterword:problem:edit-window-over", 403, "The time to change it is over",
        "More than `limits.editSeconds` have gone since the reply was published or, for a restore, deleted.";
    UNKNOWN_ROUTE = "urn:afterword:problem:unknown-route", 404, "There is nothing here",
        "No route of the contract has this path, or this backend does not offer it.";
    UNKNOWN_REPLY = "urn:afterword:problem:unknown-reply", 404, "There is no such reply",
        "No reply has this id, or the viewer must not know of it.";
    UNKNOWN_TAG = "urn:afterword:problem:unknown-tag", 404, "There is no such reaction",
        "The thread does not offer this reaction tag.";
    METHOD_NOT_ALLOWED = "urn:afterword:problem:method-not-allowed", 405, "Method not allowed",
        "The path is known, the method is not. `Allow` names those that are.";
    KEY_IN_FLIGHT = "urn:afterword:problem:key-in-flight", 409, "The same request is still being worked on",
        "A request with this `Idempotency-Key` has not been answered yet. Try again after `Retry-After`.";
    REPLY_GONE = "urn:afterword:problem:reply-gone", 409, "The reply was deleted",
        "The reply is a tombstone, or hidden: it takes no edits and no reactions.";
    REVISION_CHANGED = "urn:afterword:problem:revision-changed", 412, "The reply has changed meanwhile",
        "`If-Match` names another revision than the present one. `current` is the reply as it now is.";
    BODY_TOO_LARGE = "urn:afterword:problem:body-too-large", 413, "The request is too large",
        "The request is larger than this backend reads at all.";
    ADDRESS_TOO_LONG = "urn:afterword:problem:address-too-long", 414, "The address is too long",
        "The request's address is longer than this backend reads at all.";
    NOT_JSON = "urn:afterword:problem:not-json", 415, "Send JSON",
        "The request's `Content-Type` is not `application/json`.";
    INVALID_FIELDS = "urn:afterword:problem:invalid-fields", 422, "Something needs to be put right",
        "The request was understood, and fields of it break a rule. `errors` names each.";
    KEY_REUSED = "urn:afterword:problem:key-reused", 422, "This key belongs to another request",
        "The `Idempotency-Key` came before with another body.";
    REVISION_REQUIRED = "urn:afterword:problem:revision-required", 428, "Say which revision you changed",
        "An edit came without `If-Match`.";
    TOO_MANY_REQUESTS = "urn:afterword:problem:too-many-requests", 429, "Too much at once",
        "Try again after `Retry-After`.";
    INTERNAL = "urn:afterword:problem:internal", 500, "Something went wrong on the server",
        "The backend failed; nothing was changed. `instance` finds it in the logs.";
    TIMED_OUT = "urn:afterword:problem:timed-out", 503, "The server is too busy",
        "The answer took longer than anybody waits. Try again after `Retry-After`.";
    UNAVAILABLE = "urn:afterword:problem:unavailable", 503, "Not available at the moment",
        "Try again after `Retry-After`.";
}
