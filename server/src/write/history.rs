//! `GET replies/{id}/history`: the texts that a reply has had. Public, as the reply is.

use afterword_contract::History;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;

use super::{Named, json};
use crate::app::App;
use crate::conditional::Representation;
use crate::encoding::Encoding;
use crate::problem::Refusal;
use crate::replies::{CACHE, JSON};

/// Answers the route.
pub(crate) async fn history(
    State(app): State<App>,
    id: Named<String>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let Path(id) = id.map_err(|_| Refusal::unknown_reply())?;
    let revisions = app.store().history(&id).await?.ok_or_else(Refusal::unknown_reply)?;
    let encoding = Encoding::chosen(&headers, &[Encoding::Identity]);
    Ok(Representation::new(json(&History(revisions))?, encoding).answer(&headers, JSON, CACHE))
}
