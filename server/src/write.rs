//! The routes that change something, one file each, and what they share: how they answer.
//!
//! Each reads the same way: who is asking, what they send, then one change to the database in which everything
//! is looked up, judged by [`authority`] and done, or nothing is.

mod authority;
mod delete;
mod edit;
mod history;
mod people;
mod post;
mod react;
mod report;
mod restore;
mod text;

use afterword_contract::Revision;
use axum::body::Body;
use axum::extract::Path;
use axum::extract::rejection::PathRejection;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use serde::Serialize;

use crate::app::{App, Writing};
use crate::identity::{self, Identity};
use crate::limits::{self, Action};
use crate::problem::Refusal;
use crate::store::{Change, Target};

pub(crate) use delete::delete;
pub(crate) use edit::edit;
pub(crate) use history::history;
pub(crate) use people::people;
pub(crate) use post::post;
pub(crate) use react::{choose, take_back};
pub(crate) use report::report;
pub(crate) use restore::restore;

/// What a path names; what is not UTF-8 names nothing.
type Named<T> = Result<Path<T>, PathRejection>;

/// For how long a deletion can be taken back where authors may change their replies for ever, in seconds.
const UNDO: u64 = 900;

/// For how long a deletion can be taken back, in milliseconds.
pub(crate) fn undo_window(writing: &Writing) -> i64 {
    millis(writing.edit_seconds.unwrap_or(UNDO))
}

pub(crate) fn millis(seconds: u64) -> i64 {
    i64::try_from(seconds).unwrap_or(i64::MAX).saturating_mul(1000)
}

/// The most that a request may have: a body in which every character is escaped, and something around it.
fn request_bytes(writing: &Writing) -> usize {
    writing.body_bytes.saturating_mul(2).saturating_add(64 << 10)
}

/// Who changes which reply, once the token and the limits have let them in.
async fn admitted(app: &App, id: Named<String>, request: &Parts) -> Result<(Identity, String), Refusal> {
    let who = identity::required(app, &request.headers).await?;
    limits::allow(app, Action::Edit, Some(&who), request).await?;
    let Path(id) = id.map_err(|_| Refusal::unknown_reply())?;
    Ok((who, id))
}

/// Begins a change, and lets go of what has been kept long enough.
async fn begin(app: &App, now: i64) -> Result<Change, Refusal> {
    let mut change = app.store().change().await?;
    change.forget(now, now.saturating_sub(undo_window(&app.settings().writing))).await?;
    Ok(change)
}

/// The reply with this id, as far as `who` may know of it.
async fn target(change: &mut Change, id: &str, who: &Identity) -> Result<Target, Refusal> {
    let target = change.target(id).await?.ok_or_else(Refusal::unknown_reply)?;
    let is_known = target.number.is_some() || who.moderator || target.author == Some(who.pk);
    if is_known { Ok(target) } else { Err(Refusal::unknown_reply()) }
}

/// Refuses where `If-Match` names another revision than the present one. Tags are compared as a cache on the
/// way may have left them: it makes strong ones weak when it compresses.
async fn matches(change: &mut Change, headers: &HeaderMap, target: &Target) -> Result<(), Refusal> {
    let lines = headers.get_all(header::IF_MATCH).iter().filter_map(|line| line.to_str().ok());
    let present = format!("\"{}\"", target.revision);
    let mut tags = lines.flat_map(|line| line.split(',')).map(str::trim);
    if tags.any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == present) {
        return Ok(());
    }
    Err(Refusal::revision_changed(change.shown(target.pk).await?))
}

/// An answer for whoever asked and nobody else.
fn answer(status: StatusCode, body: Vec<u8>, revision: Option<&Revision>) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    let etag = revision.and_then(|revision| HeaderValue::from_str(&format!("\"{revision}\"")).ok());
    if let Some(etag) = etag {
        headers.insert(header::ETAG, etag);
    }
    response
}

fn json(message: &impl Serialize) -> Result<Vec<u8>, Refusal> {
    serde_json::to_vec(message).map_err(|error| {
        tracing::error!(%error, "an answer could not be written");
        Refusal::internal()
    })
}
