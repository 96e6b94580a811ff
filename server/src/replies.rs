//! `GET replies`: a page of a thread, the one route that the contract requires.

use afterword_contract::{PAGE_DEFAULT, PAGE_MOST, ThreadId};
use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;

use crate::app::App;
use crate::encoding::Encoding;
use crate::pages::{self, Form};
use crate::problem::Refusal;
use crate::query::Parameters;
use crate::store::{PageOrder, PageQuery, Place};
use crate::{cursor, validate};

/// Public and the same for everybody: a cache may answer at once and look for news behind the reader's back.
pub(crate) const CACHE: &str = "public, max-age=10, stale-while-revalidate=60";
pub(crate) const JSON: &str = "application/json";

pub(crate) const LIMIT_DEFAULT: u32 = PAGE_DEFAULT as u32;
pub(crate) const LIMIT_MOST: u32 = PAGE_MOST as u32;

/// Answers the route.
pub(crate) async fn replies(
    State(app): State<App>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let parameters = Parameters::read(uri.query().unwrap_or_default())?;
    let thread = thread(&parameters)?;
    let query = page_query(&parameters, &thread)?;
    let encoding = Encoding::chosen(&headers, &[Encoding::Brotli, Encoding::Gzip, Encoding::Identity]);
    let page = pages::answer(&app, &thread, query, Form::Json, encoding).await?;
    Ok(page.answer(&headers, JSON, CACHE))
}

/// The thread that the query names.
pub(crate) fn thread(parameters: &Parameters) -> Result<ThreadId, Refusal> {
    let id = parameters.one("thread")?.unwrap_or_default();
    match validate::thread_id(id) {
        Some(detail) => Err(Refusal::parameter("thread", detail)),
        None => Ok(id.into()),
    }
}

/// The part of the thread that the query asks for.
pub(crate) fn page_query(parameters: &Parameters, thread: &ThreadId) -> Result<PageQuery, Refusal> {
    let order = match parameters.one("order")? {
        None | Some("oldest") => PageOrder::Oldest,
        Some("newest") => PageOrder::Newest,
        Some("top") => PageOrder::Top,
        Some(_) => return Err(Refusal::parameter("order", "it is one of oldest, newest, top")),
    };
    let limit = match parameters.one("limit")? {
        None => LIMIT_DEFAULT,
        Some(text) => number(text).filter(|limit| *limit <= LIMIT_MOST).ok_or_else(|| {
            Refusal::parameter("limit", format!("it is a whole number from 1 to {LIMIT_MOST}"))
        })?,
    };
    let position = |name, text| cursor::read(thread, order, text).ok_or_else(|| Refusal::cursor(name));
    let place = match (parameters.one("after")?, parameters.one("before")?, parameters.one("around")?) {
        (None, None, None) => Place::Start,
        (Some(after), None, None) => Place::After(position("after", after)?),
        (None, Some(before), None) => Place::Before(position("before", before)?),
        (None, None, Some(around)) => {
            let number = number(around).ok_or_else(|| {
                Refusal::parameter("around", "it is a reply's number, a whole number from 1")
            })?;
            Place::Around(number)
        }
        (_, Some(_), Some(_)) | (Some(_), _, Some(_)) => {
            return Err(Refusal::parameter("around", "it cannot be given together with `after` or `before`"));
        }
        (Some(_), Some(_), None) => {
            return Err(Refusal::parameter("before", "it cannot be given together with `after`"));
        }
    };
    Ok(PageQuery { order, limit, place })
}

/// A whole number from 1, in digits alone.
fn number(text: &str) -> Option<u32> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|number| digits && *number > 0)
}
