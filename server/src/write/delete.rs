//! `DELETE replies/{id}`: a tombstone in its place.

use afterword_contract::{Reply, Status};
use axum::extract::State;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;

use super::{Named, admitted, answer, authority, begin, json, matches, target};
use crate::app::App;
use crate::identity::Identity;
use crate::problem::Refusal;

/// Answers the route.
pub(crate) async fn delete(
    State(app): State<App>,
    id: Named<String>,
    request: Parts,
) -> Result<Response, Refusal> {
    let (who, id) = admitted(&app, id, &request).await?;
    let work = {
        let app = app.clone();
        async move { take_away(&app, &who, &id, &request.headers).await }
    };
    let reply = app.see_through(work).await?;
    Ok(answer(StatusCode::OK, json(&reply)?, Some(&reply.revision)))
}

async fn take_away(app: &App, who: &Identity, id: &str, headers: &HeaderMap) -> Result<Reply, Refusal> {
    let now = app.now();
    let mut change = begin(app, now).await?;
    let target = target(&mut change, id, who).await?;
    authority::delete(&app.settings().writing, who, &target, now)?;
    if target.status == Status::Deleted {
        // Whoever lost the answer and asks again is told the same; but what a moderator takes away, its author does
        // not bring back, whoever came first.
        if who.moderator && target.author != Some(who.pk) && target.deleted.is_some() {
            change.take_over(&target, Some(who.pk)).await?;
        }
    } else {
        if headers.contains_key(header::IF_MATCH) {
            matches(&mut change, headers, &target).await?;
        }
        change.delete(&target, Some(who.pk), now).await?;
    }
    let reply = change.shown(target.pk).await?;
    change.commit().await?;
    Ok(reply)
}
