//! The wire types of Afterword's contract, version 1: what travels between the widget and any backend.
//!
//! Knows serde and nothing else: no HTTP, no clock, no storage. The prose is in `CONTRACT.md`.
//!
//! Decoding is lenient by rule, because any backend may answer: unknown fields are ignored, unknown values
//! are kept as they are (`Other`), `null` means "not given", and every optional field may be missing.
//! What is wrong in a message is told with its place, such as `replies[1].author.name: expected a text`.
//! Encoding is strict: what these types write is what the contract's schemas describe.

mod answers;
mod bounds;
mod documents;
mod id;
mod json;
mod live;
mod page;
mod person;
mod problem;
mod problem_type;
mod read;
mod reply;
mod time;
mod viewer;
mod words;
mod write;

#[cfg(feature = "schema")]
pub mod schema;

pub use answers::{Counts, History, People, Reactions};
pub use bounds::{
    CURSOR_CHARACTERS, ID_BYTES, PAGE_DEFAULT, PAGE_MOST, TAG_BYTES, THREAD_ID_BYTES, THREADS_MOST,
};
pub use documents::{OPENAPI, SCHEMAS};
pub use id::{Cursor, PersonId, ReplyId, Revision, Tag, ThreadId};
pub use json::Json;
pub use live::{LiveEvent, LiveKind};
pub use page::{Feature, Limits, Order, ReactionTag, Thread, ThreadPage};
pub use person::Person;
pub use problem::{FieldError, Problem};
pub use problem_type::ProblemType;
// For the widget, which reads into what it has at hand: smaller than one reader for each type.
#[doc(hidden)]
pub use read::{Wire, read_into};
pub use reply::{Format, Quote, Reaction, Reply, Status};
pub use time::Timestamp;
pub use viewer::{Permission, Viewer, ViewerReplies, ViewerReply};
pub use write::{
    EditReply, Guest, NewGuest, NewReply, PageReference, PastRevision, Report, ReportReason, named,
};

/// The contract's version that this crate speaks; the `version` field of a [`ThreadPage`].
pub const VERSION: u32 = 1;
