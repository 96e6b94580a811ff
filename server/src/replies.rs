//! `GET replies`: a page of a thread, the one route that the contract requires.

use afterword_contract::ThreadId;
use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;

use crate::app::App;
use crate::conditional::Representation;
use crate::encoding::Encoding;
use crate::problem::Refusal;
use crate::query::Parameters;
use crate::store::{PageOrder, PageQuery, Place};
use crate::{cursor, offer, validate};

/// Public and the same for everybody: a cache may answer at once and look for news behind the reader's back.
pub(crate) const CACHE: &str = "public, max-age=10, stale-while-revalidate=60";
pub(crate) const JSON: &str = "application/json";

const LIMIT_DEFAULT: u32 = 50;
const LIMIT_MOST: u32 = 100;

/// What an answer depends on beside the thread's state.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct PageKey {
    thread: i64,
    query: PageQuery,
    encoding: Encoding,
}

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
    let page = match app.store().state(&thread).await? {
        // Kept nowhere: anybody can think of any number of threads that are not there.
        None => draw(&app, &thread, query, Encoding::Identity).await?,
        Some(state) => {
            let key = PageKey { thread: state.pk, query, encoding };
            app.pages().get(&key, state.change, draw(&app, &thread, query, encoding)).await?
        }
    };
    Ok(page.answer(&headers, JSON, CACHE))
}

async fn draw(
    app: &App,
    thread: &ThreadId,
    query: PageQuery,
    encoding: Encoding,
) -> Result<Representation, Refusal> {
    let (mut page, state) = app.store().page(thread, query).await?;
    offer::offer(app, &mut page.thread);
    let change = state.map_or(0, |state| state.change);
    page.thread.live = app.settings().live.offered().then(|| change.to_string().as_str().into());
    let json = serde_json::to_vec(&page).map_err(|error| {
        tracing::error!(%error, "a page could not be written");
        Refusal::internal()
    })?;
    if encoding == Encoding::Identity {
        return Ok(Representation::new(json, encoding));
    }
    // Milliseconds of work, kept away from the threads that wait for sockets.
    tokio::task::spawn_blocking(move || Representation::new(json, encoding)).await.map_err(|error| {
        tracing::error!(%error, "a page could not be compressed");
        Refusal::internal()
    })
}

/// The thread that the query names.
pub(crate) fn thread(parameters: &Parameters) -> Result<ThreadId, Refusal> {
    let id = parameters.one("thread")?.unwrap_or_default();
    match validate::thread_id(id) {
        Some(detail) => Err(Refusal::parameter("thread", detail)),
        None => Ok(id.into()),
    }
}

fn page_query(parameters: &Parameters, thread: &ThreadId) -> Result<PageQuery, Refusal> {
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
