//! `POST replies`: a new reply, once, however often it is sent.

use afterword_contract::{NewReply, Reply, ReplyId, ThreadId};
use axum::body::Body;
use axum::extract::State;
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::{answer, begin, json, request_bytes, text};
use crate::app::App;
use crate::idempotency::{Flight, Key};
use crate::identity::{self, Identity};
use crate::limits::{self, Action};
use crate::problem::Refusal;
use crate::store::{self, Change};
use crate::{body, hold, random, tolerate, validate};

/// A hundred random bits.
const ID_LETTERS: usize = 20;

/// Answers the route.
pub(crate) async fn post(State(app): State<App>, request: Parts, body: Body) -> Result<Response, Refusal> {
    let who = identity::required(&app, &request.headers).await?;
    limits::allow(&app, Action::Reply, Some(&who), &request).await?;
    let writing = &app.settings().writing;
    let bytes = body::read(&request.headers, body, request_bytes(writing)).await?;
    let new: NewReply = body::parse(&bytes)?;
    let key = Key::read(&request.headers, &new)?;
    if let Some(detail) = validate::thread_id(new.thread.as_str()) {
        return Err(Refusal::invalid(vec![validate::fault("#/thread", detail)]));
    }
    text::check(writing, &new.body, &new.format, &new.mentions)?;
    let flight = key.as_ref().map(|key| Flight::begin(&app, who.pk, key)).transpose()?;
    let thread = new.thread.clone();
    let work = {
        let app = app.clone();
        async move {
            let _flight = flight;
            store_once(&app, &who, key.as_ref(), new).await
        }
    };
    let (status, reply) = app.see_through(work).await?;
    tell(status, &thread, &reply)
}

/// Stores the reply, or finds the one that was stored under the key.
async fn store_once(
    app: &App,
    who: &Identity,
    key: Option<&Key>,
    new: NewReply,
) -> Result<(u16, Reply), Refusal> {
    let now = app.now();
    let mut change = begin(app, now).await?;
    if let Some(key) = key
        && let Some(kept) = change.kept(who.pk, key).await?
    {
        if kept.request != key.request {
            return Err(Refusal::key_reused());
        }
        // As it is shown by now: whatever was taken out of sight since is not told once more.
        if let Some(pk) = kept.reply {
            let reply = change.shown(pk).await?;
            return Ok((status(&reply), reply));
        }
        let reply = serde_json::from_str(&kept.answer).map_err(|error| {
            tracing::error!(%error, "a kept answer cannot be read");
            Refusal::internal()
        })?;
        return Ok((kept.status, reply));
    }
    let pk = store_new(app, who, &mut change, new, now).await?;
    let reply = change.shown(pk).await?;
    let status = status(&reply);
    if let Some(key) = key {
        let kept = String::from_utf8(json(&reply)?).map_err(|_| Refusal::internal())?;
        change.keep(who.pk, key, (status, &kept, pk), now).await?;
    }
    change.commit().await?;
    Ok((status, reply))
}

/// Published, or taken and held.
fn status(reply: &Reply) -> u16 {
    if reply.number.is_some() { 201 } else { 202 }
}

async fn store_new(
    app: &App,
    who: &Identity,
    change: &mut Change,
    new: NewReply,
    now: i64,
) -> Result<i64, Refusal> {
    let writing = &app.settings().writing;
    let thread = match change.thread(&new.thread).await? {
        Some(thread) => thread,
        None if writing.open_threads => change.open_thread(&new.thread).await?,
        None => return Err(Refusal::not_allowed("There is no thread with this id to reply in.")),
    };
    if thread.locked {
        return Err(Refusal::thread_locked());
    }
    let (text, tree) = text::read(change, thread.pk, new.body, new.format, &new.mentions, &[]).await?;
    let is_first = !change.has_published(who.pk).await?;
    // A guest who has written nothing keeps nobody from their name; the first who writes under it has it.
    if who.guest && is_first && change.has_lost_name(who.pk, &who.person.name).await? {
        return Err(Refusal::sign_in_required(
            "Somebody else writes under your name by now. Choose another one.",
        ));
    }
    let held = !who.moderator && hold::is_held(writing, &tree, is_first);
    // A title is read by everybody, and so it waits too.
    if let Some(page) = new.page.filter(|_| !held).map(tolerate::page)
        && validate::is_page_of(new.thread.as_str(), page.url.as_deref())
        && (who.moderator || hold::may_introduce(writing, &page))
    {
        change.introduce(thread.pk, &page).await?;
    }
    let id = ReplyId(random::letters(ID_LETTERS)?);
    let reply = store::NewReply { thread: thread.pk, id, author: who.pk, held, now };
    Ok(change.store(&reply, &text).await?)
}

fn tell(status: u16, thread: &ThreadId, reply: &Reply) -> Result<Response, Refusal> {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::CREATED);
    let mut response = answer(status, json(reply)?, Some(&reply.revision));
    if let Some(number) = reply.number {
        let thread = utf8_percent_encode(thread.as_str(), NON_ALPHANUMERIC);
        // Relative to what was asked, wherever a proxy has put that.
        let location = format!("replies?thread={thread}&around={number}");
        if let Ok(location) = HeaderValue::from_str(&location) {
            response.headers_mut().insert(header::LOCATION, location);
        }
    }
    Ok(response)
}
