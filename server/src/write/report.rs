//! `POST replies/{id}/reports`: something for the moderators to look at.

use afterword_contract::{Report, Status};
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::{Named, begin, request_bytes};
use crate::app::App;
use crate::limits::{self, Action};
use crate::problem::Refusal;
use crate::{body, identity, validate};

/// Answers the route.
pub(crate) async fn report(
    State(app): State<App>,
    id: Named<String>,
    request: Parts,
    body: Body,
) -> Result<Response, Refusal> {
    let who = identity::welcome(&app, &request.headers).await;
    limits::allow(&app, Action::Report, who.as_ref(), &request).await?;
    let who = who.map(|who| who.pk);
    let Path(id) = id.map_err(|_| Refusal::unknown_reply())?;
    let bytes = body::read(&request.headers, body, request_bytes(&app.settings().writing)).await?;
    let report: Report = body::parse(&bytes)?;
    let faults = validate::report(&report);
    if !faults.is_empty() {
        return Err(Refusal::invalid(faults));
    }
    let work = {
        let app = app.clone();
        async move { keep(&app, who, &id, &report).await }
    };
    app.see_through(work).await?;
    let no_store = [(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))];
    Ok((StatusCode::NO_CONTENT, no_store).into_response())
}

async fn keep(app: &App, who: Option<i64>, id: &str, report: &Report) -> Result<(), Refusal> {
    let now = app.now();
    let mut change = begin(app, now).await?;
    let target = change.target(id).await?.filter(|target| target.number.is_some());
    let target = target.ok_or_else(Refusal::unknown_reply)?;
    // What has been taken away already needs nobody to look at it.
    if target.status == Status::Published {
        change.report(target.pk, who, (report.reason.as_str(), report.detail.as_deref()), now).await?;
    }
    change.commit().await?;
    Ok(())
}
