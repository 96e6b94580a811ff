//! The route table of version 1: one list, from which OpenAPI is drawn and with which servers are compared.

use super::parameters::{
    AFTER, AROUND, BEFORE, IDEMPOTENCY_KEY, IF_MATCH, IF_MATCH_OR_NOT, IF_NONE_MATCH, LANG, LAST_EVENT_ID,
    LIMIT, ORDER, Q, REPLY_ID, SINCE, TAG, THREAD, THREADS,
};
use super::route::{Answer, Content, Header, Request, Route, Token};
use crate::ProblemType as P;

/// Every route of version 1, the required one first.
pub fn routes() -> &'static [Route] {
    ROUTES
}

/// The problems that any route may answer with, beside its own.
pub const ANY_ROUTE: &[P] = &[
    P::UNKNOWN_ROUTE,
    P::METHOD_NOT_ALLOWED,
    P::ADDRESS_TOO_LONG,
    P::TOO_MANY_REQUESTS,
    P::INTERNAL,
    P::TIMED_OUT,
    P::UNAVAILABLE,
];

const ROUTES: &[Route] = &[
    Route {
        id: "getReplies",
        method: "GET",
        path: "/replies",
        feature: None,
        summary: "A page of a thread",
        description: "The one required route. The same for everybody: it may sit in any cache, and a request \
            without a header of its own needs no preflight. An unknown thread is an empty one. A backend may \
            ignore every parameter but `thread`, and then answers with the whole thread.",
        token: Token::Never,
        parameters: &[&THREAD, &ORDER, &LIMIT, &AFTER, &BEFORE, &AROUND, &IF_NONE_MATCH],
        request: None,
        answers: &[
            Answer {
                status: 200,
                meaning: "The page",
                content: Content::Json("ThreadPage"),
                headers: &[Header::ETag, Header::CacheControl],
            },
            UNCHANGED,
        ],
        problems: &[P::BAD_PARAMETER, P::BAD_CURSOR],
    },
    Route {
        id: "getViewer",
        method: "GET",
        path: "/viewer",
        feature: Some("viewer"),
        summary: "Who is looking, and what they may do",
        description: "The only personal answer. Without a token, or with one that has gone stale, nobody is looking \
            (`person` is null): that is a 200, never a 401.",
        token: Token::Welcome,
        parameters: &[&THREAD],
        request: None,
        answers: &[Answer {
            status: 200,
            meaning: "The viewer",
            content: Content::Json("Viewer"),
            headers: &[Header::NoStore],
        }],
        problems: &[P::BAD_PARAMETER],
    },
    Route {
        id: "postReply",
        method: "POST",
        path: "/replies",
        feature: Some("reply"),
        summary: "Write a reply",
        description: "The first reply makes the thread. What a client sends beyond the fields described is ignored: \
            number, author, time and status are the backend's to give.",
        token: Token::Required,
        parameters: &[&IDEMPOTENCY_KEY],
        request: Some(Request { type_name: "NewReply" }),
        answers: &[
            Answer {
                status: 201,
                meaning: "Published, with its number",
                content: Content::Json("Reply"),
                headers: &[Header::ETag, Header::Location, Header::NoStore],
            },
            Answer {
                status: 202,
                meaning: "Held for approval, without a number",
                content: Content::Json("Reply"),
                headers: &[Header::ETag, Header::NoStore],
            },
        ],
        problems: &[
            P::BAD_PARAMETER,
            P::BAD_BODY,
            P::SIGN_IN_REQUIRED,
            P::NOT_ALLOWED,
            P::THREAD_LOCKED,
            P::KEY_IN_FLIGHT,
            P::BODY_TOO_LARGE,
            P::NOT_JSON,
            P::INVALID_FIELDS,
            P::KEY_REUSED,
        ],
    },
    Route {
        id: "patchReply",
        method: "PATCH",
        path: "/replies/{id}",
        feature: Some("edit"),
        summary: "Change a reply's text",
        description: "`If-Match` names the revision that was changed. When it is not the present one the answer is \
            412, and the reply as it now is comes along.",
        token: Token::Required,
        parameters: &[&REPLY_ID, &IF_MATCH],
        request: Some(Request { type_name: "EditReply" }),
        answers: &[Answer {
            status: 200,
            meaning: "The reply as it now is",
            content: Content::Json("Reply"),
            headers: &[Header::ETag, Header::NoStore],
        }],
        problems: &[
            P::BAD_BODY,
            P::SIGN_IN_REQUIRED,
            P::NOT_ALLOWED,
            P::THREAD_LOCKED,
            P::EDIT_WINDOW_OVER,
            P::UNKNOWN_REPLY,
            P::REPLY_GONE,
            P::REVISION_CHANGED,
            P::BODY_TOO_LARGE,
            P::NOT_JSON,
            P::INVALID_FIELDS,
            P::REVISION_REQUIRED,
        ],
    },
    Route {
        id: "getHistory",
        method: "GET",
        path: "/replies/{id}/history",
        feature: Some("history"),
        summary: "A reply's revisions",
        description: "Public, oldest first, the present text last. Empty for what was deleted or is hidden.",
        token: Token::Never,
        parameters: &[&REPLY_ID, &IF_NONE_MATCH],
        request: None,
        answers: &[
            Answer {
                status: 200,
                meaning: "The revisions",
                content: Content::Json("History"),
                headers: &[Header::ETag, Header::CacheControl],
            },
            UNCHANGED,
        ],
        problems: &[P::UNKNOWN_REPLY],
    },
    Route {
        id: "deleteReply",
        method: "DELETE",
        path: "/replies/{id}",
        feature: Some("delete"),
        summary: "Turn a reply into a tombstone",
        description: "The number stays, the text goes. With `If-Match` only that revision is deleted. Deleting a \
            tombstone answers with the tombstone.",
        token: Token::Required,
        parameters: &[&REPLY_ID, &IF_MATCH_OR_NOT],
        request: None,
        answers: &[Answer {
            status: 200,
            meaning: "The tombstone",
            content: Content::Json("Reply"),
            headers: &[Header::ETag, Header::NoStore],
        }],
        problems: &[
            P::SIGN_IN_REQUIRED,
            P::NOT_ALLOWED,
            P::EDIT_WINDOW_OVER,
            P::UNKNOWN_REPLY,
            P::REVISION_CHANGED,
        ],
    },
    Route {
        id: "restoreReply",
        method: "POST",
        path: "/replies/{id}/restore",
        feature: Some("delete"),
        summary: "Bring back a reply that its author deleted",
        description: "Within the time for edits, counted from the deletion. Restoring what is not deleted answers with \
            the reply as it is.",
        token: Token::Required,
        parameters: &[&REPLY_ID],
        request: None,
        answers: &[Answer {
            status: 200,
            meaning: "The reply, under its old number",
            content: Content::Json("Reply"),
            headers: &[Header::ETag, Header::NoStore],
        }],
        problems: &[P::SIGN_IN_REQUIRED, P::NOT_ALLOWED, P::EDIT_WINDOW_OVER, P::UNKNOWN_REPLY],
    },
    Route {
        id: "putReaction",
        method: "PUT",
        path: "/replies/{id}/reactions/{tag}",
        feature: Some("react"),
        summary: "Choose a reaction tag",
        description: "A state: to choose what is chosen changes nothing and is no error.",
        token: Token::Required,
        parameters: &[&REPLY_ID, &TAG],
        request: None,
        answers: &[REACTIONS],
        problems: &[
            P::SIGN_IN_REQUIRED,
            P::NOT_ALLOWED,
            P::THREAD_LOCKED,
            P::UNKNOWN_REPLY,
            P::UNKNOWN_TAG,
            P::REPLY_GONE,
        ],
    },
    Route {
        id: "deleteReaction",
        method: "DELETE",
        path: "/replies/{id}/reactions/{tag}",
        feature: Some("react"),
        summary: "Take a reaction tag back",
        description: "A state: to take back what is not chosen changes nothing and is no error.",
        token: Token::Required,
        parameters: &[&REPLY_ID, &TAG],
        request: None,
        answers: &[REACTIONS],
        problems: &[
            P::SIGN_IN_REQUIRED,
            P::NOT_ALLOWED,
            P::THREAD_LOCKED,
            P::UNKNOWN_REPLY,
            P::UNKNOWN_TAG,
            P::REPLY_GONE,
        ],
    },
    Route {
        id: "getPeople",
        method: "GET",
        path: "/people",
        feature: Some("mention"),
        summary: "Who can be mentioned",
        description: "The people with a word in their name that begins with `q`, upper and lower case alike, the \
            thread's own first. At most 20. Never by mail address.",
        token: Token::Never,
        parameters: &[&THREAD, &Q, &IF_NONE_MATCH],
        request: None,
        answers: &[
            Answer {
                status: 200,
                meaning: "The people",
                content: Content::Json("People"),
                headers: &[Header::ETag, Header::CacheControl],
            },
            UNCHANGED,
        ],
        problems: &[P::BAD_PARAMETER],
    },
    Route {
        id: "postReport",
        method: "POST",
        path: "/replies/{id}/reports",
        feature: Some("report"),
        summary: "Report a reply to the moderators",
        description: "A person's second report of a reply changes nothing and is no error. Whether somebody without a \
            token may report is the backend's to decide: `viewer.may` says so.",
        token: Token::Welcome,
        parameters: &[&REPLY_ID],
        request: Some(Request { type_name: "Report" }),
        answers: &[Answer {
            status: 204,
            meaning: "Received",
            content: Content::Nothing,
            headers: &[Header::NoStore],
        }],
        problems: &[
            P::BAD_BODY,
            P::SIGN_IN_REQUIRED,
            P::NOT_ALLOWED,
            P::UNKNOWN_REPLY,
            P::BODY_TOO_LARGE,
            P::NOT_JSON,
            P::INVALID_FIELDS,
        ],
    },
    Route {
        id: "postGuest",
        method: "POST",
        path: "/guests",
        feature: Some("guest"),
        summary: "Become a guest",
        description: "Gives a token to somebody who only gives a name. It allows what `viewer.may` says, and edits of \
            the guest's own replies.",
        token: Token::Never,
        parameters: &[],
        request: Some(Request { type_name: "NewGuest" }),
        answers: &[Answer {
            status: 201,
            meaning: "The guest, and the token, shown this once",
            content: Content::Json("Guest"),
            headers: &[Header::NoStore],
        }],
        problems: &[P::BAD_BODY, P::NOT_ALLOWED, P::BODY_TOO_LARGE, P::NOT_JSON, P::INVALID_FIELDS],
    },
    Route {
        id: "getCounts",
        method: "GET",
        path: "/counts",
        feature: Some("count"),
        summary: "How many replies threads have",
        description: "For front pages: one request for all articles on it. 0 for a thread that is unknown.",
        token: Token::Never,
        parameters: &[&THREADS, &IF_NONE_MATCH],
        request: None,
        answers: &[
            Answer {
                status: 200,
                meaning: "The totals",
                content: Content::Json("Counts"),
                headers: &[Header::ETag, Header::CacheControl],
            },
            UNCHANGED,
        ],
        problems: &[P::BAD_PARAMETER],
    },
    Route {
        id: "getLive",
        method: "GET",
        path: "/live",
        feature: Some("live"),
        summary: "What happens in a thread, as it happens",
        description: "Server-sent events, public. Each has an id; a client that comes back with it gets what it \
            missed, or `reset` where that is too long ago. A comment line every 15 seconds keeps proxies from \
            closing it.",
        token: Token::Never,
        parameters: &[&THREAD, &SINCE, &LAST_EVENT_ID],
        request: None,
        answers: &[Answer {
            status: 200,
            meaning: "The stream",
            content: Content::Events("LiveEvent"),
            headers: &[Header::NoStore],
        }],
        problems: &[P::BAD_PARAMETER],
    },
    Route {
        id: "getHtml",
        method: "GET",
        path: "/html",
        feature: Some("html"),
        summary: "A page of a thread, drawn",
        description: "A fragment with the widget's parts, as the mounted widget shows the page before anything is known of \
            the viewer; times are absolute. It is readable before the widget arrives, and holds no script and no style. \
            The same for everybody, like a page.",
        token: Token::Never,
        parameters: &[&THREAD, &LANG, &ORDER, &LIMIT, &AFTER, &BEFORE, &AROUND, &IF_NONE_MATCH],
        request: None,
        answers: &[
            Answer {
                status: 200,
                meaning: "The fragment",
                content: Content::Html,
                headers: &[Header::ETag, Header::CacheControl],
            },
            UNCHANGED,
        ],
        problems: &[P::BAD_PARAMETER, P::BAD_CURSOR],
    },
];

const UNCHANGED: Answer = Answer {
    status: 304,
    meaning: "Unchanged since the answer with this `ETag`",
    content: Content::Nothing,
    headers: &[Header::ETag, Header::CacheControl],
};

const REACTIONS: Answer = Answer {
    status: 200,
    meaning: "All reactions to that reply, as they now are",
    content: Content::Json("Reactions"),
    headers: &[Header::NoStore],
};
