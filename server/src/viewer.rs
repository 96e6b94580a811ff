//! `GET viewer`: who is looking and what is theirs, the only personal answer. Never a refusal for a token that
//! has gone stale: reading must not end because a session did.

use afterword_contract::{Permission, ThreadId, Timestamp, Viewer, ViewerReply};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Uri, header};
use axum::response::{IntoResponse, Response};

use crate::app::App;
use crate::identity::{self, Asking};
use crate::problem::Refusal;
use crate::query::Parameters;
use crate::replies::{self, JSON};
use crate::store::{Own, Traces};
use crate::write;

/// Answers the route.
pub(crate) async fn viewer(
    State(app): State<App>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let thread = replies::thread(&Parameters::read(uri.query().unwrap_or_default())?)?;
    let asking = identity::asking(&app, &headers).await?;
    let viewer = look(&app, &thread, asking).await?;
    let json = serde_json::to_vec(&viewer).map_err(|_| Refusal::internal())?;
    let mut response = json.into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(JSON));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

async fn look(app: &App, thread: &ThreadId, asking: Asking) -> Result<Viewer, Refusal> {
    let (identity, banned) = match asking {
        Asking::Nobody => {
            return Ok(Viewer { may: vec![Permission::Report], ..Viewer::default() });
        }
        Asking::Banned(identity) => (identity, true),
        Asking::Somebody(identity) => (identity, false),
    };
    let writing = &app.settings().writing;
    let (window, undo) = (writing.edit_seconds.map(write::millis), write::undo_window(writing));
    let now = app.now();
    let since = |window: i64| now.saturating_sub(window);
    let Traces { locked, reactions, own, pending } =
        app.store().traces(thread, identity.pk, window.map(since), since(undo)).await?;
    let mut viewer = Viewer { person: Some(identity.person), pending, ..Viewer::default() };
    for (id, reactions) in reactions {
        viewer.replies.insert(id, ViewerReply { reactions, ..ViewerReply::default() });
    }
    if banned {
        return Ok(viewer);
    }
    viewer.may.push(Permission::Report);
    if !locked {
        viewer.may.extend([Permission::Reply, Permission::React]);
    }
    if identity.moderator {
        viewer.may.extend([Permission::Edit, Permission::Delete, Permission::Restore]);
    }
    for Own { id, deleted, since } in own {
        let mut reply = viewer.replies.get(&id).cloned().unwrap_or_default();
        reply.may = match (deleted, locked) {
            (true, _) => vec![Permission::Restore],
            (false, true) => vec![Permission::Delete],
            (false, false) => vec![Permission::Edit, Permission::Delete],
        };
        let window = if deleted { Some(undo) } else { window };
        reply.until =
            window.zip(since).map(|(window, since)| Timestamp::from_millis(since.saturating_add(window)));
        viewer.replies.insert(id, reply);
    }
    Ok(viewer)
}
