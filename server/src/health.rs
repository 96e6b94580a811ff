//! `GET /health`: whether this server can do its work, for whatever starts, stops and watches it.

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};

use crate::app::App;
use crate::problem::Refusal;

/// Answers the route: 200 while the database answers, 503 otherwise.
pub(crate) async fn health(State(app): State<App>) -> Result<Response, Refusal> {
    if let Err(error) = app.store().check().await {
        tracing::error!(%error, "the database does not answer");
        return Err(Refusal::unavailable());
    }
    let mut response =
        format!("{{\"status\":\"ok\",\"version\":\"{}\"}}", env!("CARGO_PKG_VERSION")).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}
