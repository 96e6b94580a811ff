//! `POST replies/{id}/restore`: a deletion taken back.

use afterword_contract::{Reply, Status};
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::Response;

use super::{Named, admitted, answer, authority, begin, json, target};
use crate::app::App;
use crate::identity::Identity;
use crate::problem::Refusal;

/// Answers the route.
pub(crate) async fn restore(
    State(app): State<App>,
    id: Named<String>,
    request: Parts,
) -> Result<Response, Refusal> {
    let (who, id) = admitted(&app, id, &request).await?;
    let work = {
        let app = app.clone();
        async move { bring_back(&app, &who, &id).await }
    };
    let reply = app.see_through(work).await?;
    Ok(answer(StatusCode::OK, json(&reply)?, Some(&reply.revision)))
}

async fn bring_back(app: &App, who: &Identity, id: &str) -> Result<Reply, Refusal> {
    let now = app.now();
    let mut change = begin(app, now).await?;
    let target = target(&mut change, id, who).await?;
    authority::restore(&app.settings().writing, who, &target, now)?;
    if matches!(target.status, Status::Deleted | Status::Hidden) {
        change.restore(&target, now).await?;
    }
    let reply = change.shown(target.pk).await?;
    change.commit().await?;
    Ok(reply)
}
