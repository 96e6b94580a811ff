//! `GET people`: who may be meant by the beginning of a name.

use afterword_contract::People;
use axum::extract::State;
use axum::http::request::Parts;
use axum::response::Response;

use super::json;
use crate::app::App;
use crate::conditional::Representation;
use crate::encoding::Encoding;
use crate::limits::{self, Action};
use crate::problem::Refusal;
use crate::query::Parameters;
use crate::replies::{CACHE, JSON};
use crate::{validate, words};

const MOST: usize = 20;
/// The longest beginning of a name, in characters.
const LONGEST: usize = 100;

/// Answers the route.
pub(crate) async fn people(State(app): State<App>, request: Parts) -> Result<Response, Refusal> {
    limits::allow(&app, Action::People, None, &request).await?;
    let parameters = Parameters::read(request.uri.query().unwrap_or_default())?;
    let thread = parameters.one("thread")?.unwrap_or_default();
    if let Some(detail) = validate::thread_id(thread) {
        return Err(Refusal::parameter("thread", detail));
    }
    let beginning = parameters.one("q")?.unwrap_or_default();
    if beginning.chars().count() > LONGEST {
        return Err(Refusal::parameter("q", format!("it has at most {LONGEST} characters")));
    }
    let beginning = words::bare(beginning);
    let fits = |name: &str| beginning.is_empty() || words::has_prefix(&words::bare(name), &beginning);
    let people = app.store().people(&thread.into(), MOST, fits).await?;
    let encoding = Encoding::chosen(&request.headers, &[Encoding::Identity]);
    Ok(Representation::new(json(&People(people))?, encoding).answer(&request.headers, JSON, CACHE))
}
