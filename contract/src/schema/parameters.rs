//! Every parameter of version 1, with what it may be.

use super::route::{Bounds, Parameter, Place};
use crate::{CURSOR_CHARACTERS, ID_BYTES, PAGE_DEFAULT, PAGE_MOST, TAG_BYTES, THREAD_ID_BYTES, THREADS_MOST};

const MOST_THREAD: u32 = THREAD_ID_BYTES as u32;
/// Control characters are refused: they stand in no address, and break lines in logs.
const THREAD_PATTERN: &str = "^[^\\u0000-\\u001f\\u007f-\\u009f]+$";

pub(super) const THREAD: Parameter = Parameter {
    name: "thread",
    place: Place::Query,
    required: true,
    meaning: "The thread's id: any line of text, often a page's address; at most 2000 bytes.",
    bounds: Bounds::Text { least: 1, most: MOST_THREAD, pattern: Some(THREAD_PATTERN) },
};

pub(super) const THREADS: Parameter = Parameter {
    name: "thread",
    place: Place::Query,
    required: true,
    meaning: "The thread's id; once for each thread.",
    bounds: Bounds::Texts { most: MOST_THREAD, pattern: THREAD_PATTERN, times: THREADS_MOST as u32 },
};

pub(super) const ORDER: Parameter = Parameter {
    name: "order",
    place: Place::Query,
    required: false,
    meaning: "By number, ascending or descending; or most reactions first, and by number among equals.",
    bounds: Bounds::Words(crate::Order::KNOWN),
};

pub(super) const LIMIT: Parameter = Parameter {
    name: "limit",
    place: Place::Query,
    required: false,
    meaning: "The most replies on the page.",
    bounds: Bounds::Whole { least: 1, most: PAGE_MOST as u32, default: Some(PAGE_DEFAULT as u32) },
};

const CURSOR: Bounds = Bounds::Text { least: 1, most: CURSOR_CHARACTERS as u32, pattern: None };

pub(super) const AFTER: Parameter = Parameter {
    name: "after",
    place: Place::Query,
    required: false,
    meaning: "A page's `next`: the page after it, with the same `order`. Excludes `before` and `around`.",
    bounds: CURSOR,
};

pub(super) const BEFORE: Parameter = Parameter {
    name: "before",
    place: Place::Query,
    required: false,
    meaning: "A page's `previous`: the page before it, with the same `order`. Excludes `after` and `around`.",
    bounds: CURSOR,
};

pub(super) const AROUND: Parameter = Parameter {
    name: "around",
    place: Place::Query,
    required: false,
    meaning: "A reply's number: the page that holds it, roughly in the middle. A number beyond the end gives the page \
        with the greatest number. Excludes `after` and `before`.",
    bounds: Bounds::Whole { least: 1, most: u32::MAX, default: None },
};

pub(super) const LANG: Parameter = Parameter {
    name: "lang",
    place: Place::Query,
    required: false,
    meaning: "The reader's language, as a BCP 47 tag. Where the backend does not speak it, or it is no tag, the answer is \
        in another language, and says so in `lang`.",
    bounds: Bounds::Any,
};

pub(super) const Q: Parameter = Parameter {
    name: "q",
    place: Place::Query,
    required: false,
    meaning: "The beginning of a word of the name; nothing, or no `q`, for the thread's people.",
    bounds: Bounds::Text { least: 0, most: 100, pattern: None },
};

const URL_SAFE: Option<&str> = Some("^[A-Za-z0-9._~-]+$");

pub(super) const REPLY_ID: Parameter = Parameter {
    name: "id",
    place: Place::Path,
    required: true,
    meaning: "The reply's id.",
    bounds: Bounds::Text { least: 1, most: ID_BYTES as u32, pattern: URL_SAFE },
};

pub(super) const TAG: Parameter = Parameter {
    name: "tag",
    place: Place::Path,
    required: true,
    meaning: "The reaction tag's id.",
    bounds: Bounds::Text { least: 1, most: TAG_BYTES as u32, pattern: URL_SAFE },
};

pub(super) const IF_NONE_MATCH: Parameter = Parameter {
    name: "If-None-Match",
    place: Place::Header,
    required: false,
    meaning: "The `ETag` of an answer that the client still has. Browsers send it by themselves.",
    bounds: Bounds::Any,
};

pub(super) const IF_MATCH: Parameter = Parameter {
    name: "If-Match",
    place: Place::Header,
    required: true,
    meaning: "The revision that was changed, in quotation marks.",
    bounds: Bounds::Text { least: 3, most: 202, pattern: Some("^\"[!#-~]+\"$") },
};

pub(super) const IF_MATCH_OR_NOT: Parameter = Parameter { required: false, ..IF_MATCH };

pub(super) const IDEMPOTENCY_KEY: Parameter = Parameter {
    name: "Idempotency-Key",
    place: Place::Header,
    required: false,
    meaning: "A random text of ASCII characters in quotation marks, without spaces, quotation marks, brackets and backslashes in it; the \
        same for every attempt at one reply, kept for a day at least.",
    bounds: Bounds::Text { least: 3, most: 202, pattern: Some("^\"[!#-Z^-~]+\"$") },
};

pub(super) const LAST_EVENT_ID: Parameter = Parameter {
    name: "Last-Event-ID",
    place: Place::Header,
    required: false,
    meaning: "The id of the last event that was received. Browsers send it by themselves.",
    bounds: Bounds::Any,
};

pub(super) const SINCE: Parameter = Parameter {
    name: "since",
    place: Place::Query,
    required: false,
    meaning: "A page's `thread.live`, or the id of an event: what happened after it comes first; `reset`, where the \
        backend cannot tell. `Last-Event-ID` goes before it.",
    bounds: Bounds::Any,
};
