//! `PUT` and `DELETE replies/{id}/reactions/{tag}`: a choice as a state, so that repeats and races change nothing.

use afterword_contract::{Reaction, Reactions};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::Response;

use super::{Named, answer, authority, begin, json, target};
use crate::app::App;
use crate::identity::{self, Identity};
use crate::limits::{self, Action};
use crate::problem::Refusal;

/// Answers `PUT`.
pub(crate) async fn choose(
    State(app): State<App>,
    path: Named<(String, String)>,
    request: Parts,
) -> Result<Response, Refusal> {
    set(app, path, request, true).await
}

/// Answers `DELETE`.
pub(crate) async fn take_back(
    State(app): State<App>,
    path: Named<(String, String)>,
    request: Parts,
) -> Result<Response, Refusal> {
    set(app, path, request, false).await
}

async fn set(
    app: App,
    path: Named<(String, String)>,
    request: Parts,
    chosen: bool,
) -> Result<Response, Refusal> {
    let who = identity::required(&app, &request.headers).await?;
    limits::allow(&app, Action::React, Some(&who), &request).await?;
    let Path((id, tag)) = path.map_err(|_| Refusal::unknown_reply())?;
    let work = {
        let app = app.clone();
        async move { store(&app, &who, &id, &tag, chosen).await }
    };
    let reactions = app.see_through(work).await?;
    Ok(answer(StatusCode::OK, json(&Reactions(reactions))?, None))
}

async fn store(
    app: &App,
    who: &Identity,
    id: &str,
    tag: &str,
    chosen: bool,
) -> Result<Vec<Reaction>, Refusal> {
    let mut change = begin(app, app.now()).await?;
    let target = target(&mut change, id, who).await?;
    authority::react(&target)?;
    let (is_listed, has_list) = change.lists(target.thread, tag).await?;
    let defaults = &app.settings().writing.reaction_tags;
    let is_offered = is_listed || (!has_list && defaults.iter().any(|known| known.tag.as_str() == tag));
    if chosen {
        if !is_offered {
            return Err(Refusal::unknown_tag());
        }
        change.choose(&target, tag, who.pk).await?;
    } else {
        // What was chosen while the thread offered it can be taken back for ever.
        if !is_offered && !change.carries(&target, tag).await? {
            return Err(Refusal::unknown_tag());
        }
        change.take_back(&target, tag, who.pk).await?;
    }
    let reply = change.shown(target.pk).await?;
    change.commit().await?;
    Ok(reply.reactions)
}
