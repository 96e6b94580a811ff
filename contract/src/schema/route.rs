//! What a route of the contract consists of. Pure data, so that servers, documents and tests can be
//! compared with it.

use crate::ProblemType;

/// One route of version 1.
#[derive(Debug)]
pub struct Route {
    /// Short and unique; OpenAPI's `operationId`. Example: `"getReplies"`.
    pub id: &'static str,
    /// Example: `"GET"`.
    pub method: &'static str,
    /// Below `{api}`, with `{id}` and `{tag}` in it. Example: `"/replies/{id}"`.
    pub path: &'static str,
    /// The word in `thread.features` that announces it; `None` for the one required route.
    pub feature: Option<&'static str>,
    /// What it does, in a few words.
    pub summary: &'static str,
    /// What else there is to know.
    pub description: &'static str,
    /// Whether it wants to know who asks.
    pub token: Token,
    /// In path, query and headers; the `Authorization` header is [`Self::token`].
    pub parameters: &'static [&'static Parameter],
    /// The request's body, if it has one.
    pub request: Option<Request>,
    /// The answers when all goes well.
    pub answers: &'static [Answer],
    /// The answers when it does not, beside those that any route may give.
    pub problems: &'static [ProblemType],
}

impl Route {
    /// Method and path. Example: `"GET /replies"`.
    pub fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }
}

/// Whether a route wants to know who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Token {
    /// It answers everybody the same, and is asked without a token.
    Never,
    /// It answers better with one, and never fails for the lack of one.
    Welcome,
    /// It answers 401 without one.
    Required,
}

/// One parameter.
#[derive(Debug)]
pub struct Parameter {
    /// Its name.
    pub name: &'static str,
    /// Where it stands.
    pub place: Place,
    /// Whether the request makes no sense without it.
    pub required: bool,
    /// What it means.
    pub meaning: &'static str,
    /// What it may be.
    pub bounds: Bounds,
}

/// Where a parameter stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In the path.
    Path,
    /// In the query.
    Query,
    /// In a header.
    Header,
}

/// What a parameter may be.
#[derive(Debug)]
pub enum Bounds {
    /// Any text: what makes no sense is ignored.
    Any,
    /// A text of so many characters.
    Text {
        /// The fewest.
        least: u32,
        /// The most.
        most: u32,
        /// A regular expression that it fits.
        pattern: Option<&'static str>,
    },
    /// Such a text, repeated as `name=a&name=b`, at least once and at most so often.
    Texts {
        /// The most characters of each.
        most: u32,
        /// A regular expression that each fits.
        pattern: &'static str,
        /// The most repetitions.
        times: u32,
    },
    /// A whole number.
    Whole {
        /// The least.
        least: u32,
        /// The greatest.
        most: u32,
        /// What its absence means.
        default: Option<u32>,
    },
    /// One of these words; the first is what its absence means.
    Words(&'static [&'static str]),
}

/// A request's body: JSON.
#[derive(Clone, Copy, Debug)]
pub struct Request {
    /// The name of its type.
    pub type_name: &'static str,
}

/// An answer when all goes well.
#[derive(Debug)]
pub struct Answer {
    /// Its status.
    pub status: u16,
    /// When it comes.
    pub meaning: &'static str,
    /// Its body.
    pub content: Content,
    /// Its headers beside `Content-Type`.
    pub headers: &'static [Header],
}

/// The body of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// There is none.
    Nothing,
    /// JSON of the type with this name.
    Json(&'static str),
    /// Server-sent events; the `data` of each is JSON of the type with this name.
    Events(&'static str),
    /// A fragment of HTML.
    Html,
}

/// A header of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Header {
    /// What the route takes instead.
    Accept,
    /// The methods that a path takes.
    Allow,
    /// Which pages may read it.
    AllowOrigin,
    /// It may be kept for a while, by anybody.
    CacheControl,
    /// It is kept by nobody.
    NoStore,
    /// Names this state of the answer.
    ETag,
    /// Which headers those pages may read.
    ExposeHeaders,
    /// Where what was made can be read.
    Location,
    /// How many seconds to wait.
    RetryAfter,
    /// The same, where only one of the reasons for the status has a time.
    RetryAfterOrNot,
    /// How to sign in.
    WwwAuthenticate,
}
