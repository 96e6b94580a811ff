//! Pages of threads in the forms in which they are sent, each drawn once for each state of its thread.

use afterword_contract::{ThreadId, ThreadPage};
use tokio::sync::Semaphore;

use crate::app::App;
use crate::conditional::Representation;
use crate::encoding::Encoding;
use crate::html::{self, Address};
use crate::offer;
use crate::problem::Refusal;
use crate::store::PageQuery;

/// One page is packed at a time: answering needs the other processors.
static PACKING: Semaphore = Semaphore::const_new(1);

/// What an answer depends on beside the thread's state.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct PageKey {
    thread: i64,
    query: PageQuery,
    form: Form,
    encoding: Encoding,
}

/// What a page is sent as.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) enum Form {
    /// The contract's JSON.
    Json,
    /// What the widget shows first, in this language.
    Html(String),
    /// A document for readers without scripts.
    Plain(Address),
}

/// The page that `query` asks for, ready to be sent.
pub(crate) async fn answer(
    app: &App,
    thread: &ThreadId,
    query: PageQuery,
    form: Form,
    encoding: Encoding,
) -> Result<Representation, Refusal> {
    match app.store().state(thread).await? {
        // Kept nowhere: anybody can think of any number of threads that are not there.
        None => draw(app, thread, query, form, Encoding::Identity).await,
        Some(state) => {
            let key = PageKey { thread: state.pk, query, form: form.clone(), encoding };
            let mut is_new = false;
            let drawing = async {
                is_new = true;
                draw(app, thread, query, form, encoding).await
            };
            let page = app.pages().get(&key, state.change, drawing).await?;
            if !is_new {
                pack(&page);
            }
            Ok(page)
        }
    }
}

/// Makes a page that was asked for again smaller for all who ask after that; nobody waits for it.
fn pack(page: &Representation) {
    if !page.can_be_packed() {
        return;
    }
    // Else it is done when the page is asked for once more.
    if let Ok(turn) = PACKING.try_acquire() {
        let page = page.clone();
        tokio::task::spawn_blocking(move || {
            page.pack();
            drop(turn);
        });
    }
}

async fn draw(
    app: &App,
    thread: &ThreadId,
    query: PageQuery,
    form: Form,
    encoding: Encoding,
) -> Result<Representation, Refusal> {
    let (page, is_known) = page(app, thread, query).await?;
    let light = form == Form::Json && encoding == Encoding::Identity;
    let write = move || {
        let body = match form {
            Form::Json => serde_json::to_vec(&page).map_err(|error| {
                tracing::error!(%error, "a page could not be written");
                Refusal::internal()
            })?,
            Form::Html(lang) => html::fragment(page, query, lang).into_bytes(),
            Form::Plain(address) => html::document(page, is_known, query, &address).into_bytes(),
        };
        Ok(Representation::new(body, encoding))
    };
    if light {
        return write();
    }
    // Milliseconds of work, kept away from the threads that wait for sockets.
    tokio::task::spawn_blocking(write).await.map_err(|error| {
        tracing::error!(%error, "a page could not be drawn or compressed");
        Refusal::internal()
    })?
}

/// The page as everybody may read it, and whether anybody has written in its thread.
pub(crate) async fn page(
    app: &App,
    thread: &ThreadId,
    query: PageQuery,
) -> Result<(ThreadPage, bool), sqlx::Error> {
    let (mut page, state) = app.store().page(thread, query).await?;
    offer::offer(app, &mut page.thread);
    let change = state.map_or(0, |state| state.change);
    page.thread.live = app.settings().live.offered().then(|| change.to_string().as_str().into());
    Ok((page, state.is_some()))
}
