//! `PATCH replies/{id}`: another text in the place of the one that the client has seen.

use afterword_contract::{EditReply, Reply, Status};
use axum::body::Body;
use axum::extract::State;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;

use super::{Named, admitted, answer, authority, begin, json, matches, request_bytes, target, text};
use crate::app::App;
use crate::identity::Identity;
use crate::problem::Refusal;
use crate::{body, hold, said, validate};

/// Answers the route.
pub(crate) async fn edit(
    State(app): State<App>,
    id: Named<String>,
    request: Parts,
    body: Body,
) -> Result<Response, Refusal> {
    let (who, id) = admitted(&app, id, &request).await?;
    let bytes = body::read(&request.headers, body, request_bytes(&app.settings().writing)).await?;
    let new: EditReply = body::parse(&bytes)?;
    let work = {
        let app = app.clone();
        async move { change_text(&app, &who, &id, &request.headers, new).await }
    };
    let reply = app.see_through(work).await?;
    Ok(answer(StatusCode::OK, json(&reply)?, Some(&reply.revision)))
}

async fn change_text(
    app: &App,
    who: &Identity,
    id: &str,
    headers: &HeaderMap,
    new: EditReply,
) -> Result<Reply, Refusal> {
    let (now, writing) = (app.now(), &app.settings().writing);
    let mut change = begin(app, now).await?;
    let target = target(&mut change, id, who).await?;
    authority::edit(writing, who, &target, now)?;
    if !headers.contains_key(header::IF_MATCH) {
        return Err(Refusal::revision_required());
    }
    matches(&mut change, headers, &target).await?;
    text::check(writing, &new.body, &new.format, &new.mentions)?;
    let EditReply { body, format, mentions } = new;
    let (text, tree) =
        text::read(&mut change, target.thread, body, format, &mentions, &target.mentions).await?;
    let before = said::parse(&target.body, &target.format, &target.mentions);
    if target.status == Status::Published && !who.moderator && hold::is_smuggled(writing, &before, &tree) {
        let detail = "a moderator looks at this before others read it, so it cannot be added to a published reply; \
                      write a new one";
        return Err(Refusal::invalid(vec![validate::fault("#/body", detail)]));
    }
    let is_new =
        (&text.body, &text.format, &text.mentions) != (&target.body, &target.format, &target.mentions);
    if is_new {
        change.rewrite(&target, &text, now).await?;
    }
    let reply = change.shown(target.pk).await?;
    change.commit().await?;
    Ok(reply)
}
