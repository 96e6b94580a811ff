//! `GET counts`: how many replies several threads have, for a page that lists articles.

use std::collections::BTreeMap;

use afterword_contract::{THREADS_MOST, ThreadId};
use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;

use crate::app::App;
use crate::conditional::Representation;
use crate::encoding::Encoding;
use crate::problem::Refusal;
use crate::query::Parameters;
use crate::replies::{CACHE, JSON};
use crate::validate;

/// Answers the route; a thread nobody has written in has no replies.
pub(crate) async fn counts(
    State(app): State<App>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let parameters = Parameters::read(uri.query().unwrap_or_default())?;
    // As often as it is given, also where it says the same again: the bound is on what is asked.
    if parameters.all("thread").count() > usize::from(THREADS_MOST) {
        return Err(Refusal::parameter(
            "thread",
            format!("at most {THREADS_MOST} threads are counted at once"),
        ));
    }
    let mut counts: BTreeMap<ThreadId, u32> = BTreeMap::new();
    for id in parameters.all("thread") {
        if let Some(detail) = validate::thread_id(id) {
            return Err(Refusal::parameter("thread", detail));
        }
        counts.insert(id.into(), 0);
    }
    if counts.is_empty() {
        return Err(Refusal::parameter("thread", "it is missing; give it once for each thread"));
    }
    let threads: Vec<ThreadId> = counts.keys().cloned().collect();
    counts.extend(app.store().totals(&threads).await?);
    let json = serde_json::to_vec(&counts).map_err(|_| Refusal::internal())?;
    let encoding = Encoding::chosen(&headers, &[Encoding::Identity]);
    Ok(Representation::new(json, encoding).answer(&headers, JSON, CACHE))
}
