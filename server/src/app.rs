//! Everything that the routes share, and the routes themselves.

use std::sync::Arc;
use std::time::Duration;

use afterword_contract::{ReactionTag, ThreadId};
use axum::handler::Handler;
use axum::routing::{self, MethodRouter};
use axum::{Router, middleware};

use crate::article::{article, style};
use crate::assets::{self, File};
use crate::cache::Cache;
use crate::clock::Clock;
use crate::counts::counts;
use crate::documents::{openapi, schema};
use crate::gate;
use crate::guests::{Guests, guests};
use crate::health::health;
use crate::hold::Hold;
use crate::html::{html, plain, sheet};
use crate::idempotency::InFlight;
use crate::jwt::SignIn;
use crate::limits::Limits;
use crate::live::{Hub, Listening, live};
use crate::pages::PageKey;
use crate::problem::Refusal;
use crate::proxies::Proxies;
use crate::replies::replies;
use crate::store::Store;
use crate::viewer::viewer;
use crate::{validate, write};

/// How the routes behave. The default is what `afterword-server serve` starts with.
#[derive(Clone, Debug)]
pub struct Settings {
    /// What stands at `/`.
    pub front: FrontPage,
    /// How much memory drawn pages may take, in bytes.
    pub cache_bytes: usize,
    /// After how long a request is given up with 503.
    pub request_timeout: Duration,
    /// Who may write under a name alone.
    pub guests: Guests,
    /// The site's own sign-in, where there is one.
    pub sign_in: Option<SignIn>,
    /// What readers may write.
    pub writing: Writing,
    /// How often anybody may do what.
    pub limits: Limits,
    /// Who may listen for what happens.
    pub live: Listening,
    /// What stands between this server and the readers.
    pub proxies: Proxies,
    /// Where the time comes from.
    pub clock: Clock,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            front: FrontPage::default(),
            cache_bytes: 32 << 20,
            request_timeout: Duration::from_secs(10),
            guests: Guests::default(),
            sign_in: None,
            writing: Writing::default(),
            limits: Limits::default(),
            live: Listening::default(),
            proxies: Proxies::default(),
            clock: Clock::default(),
        }
    }
}

/// What readers may write, and what of it is looked at first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Writing {
    /// Which replies are held for approval.
    pub hold: Hold,
    /// Replies with one of these words are held too.
    pub words: Vec<String>,
    /// The longest body, in bytes of UTF-8.
    pub body_bytes: usize,
    /// For how many seconds authors may edit and delete what they wrote; `None` for ever.
    pub edit_seconds: Option<u64>,
    /// Whether any client may name a new thread.
    pub open_threads: bool,
    /// Whether clients may send HTML.
    pub html: bool,
    /// The reactions of threads that have none of their own.
    pub reaction_tags: Vec<ReactionTag>,
}

impl Default for Writing {
    fn default() -> Self {
        let tag = |tag: &str, label: &str, symbol: &str| ReactionTag {
            tag: tag.into(),
            label: label.to_owned(),
            symbol: Some(symbol.to_owned()),
        };
        Self {
            hold: Hold::None,
            words: Vec::new(),
            body_bytes: validate::BODY_BYTES,
            edit_seconds: Some(900),
            open_threads: true,
            html: false,
            reaction_tags: vec![
                tag("like", "Like", "👍"),
                tag("insightful", "Insightful", "💡"),
                tag("thanks", "Thanks", "🙏"),
            ],
        }
    }
}

/// What stands at `/`.
#[derive(Clone, Debug, Default)]
pub enum FrontPage {
    /// The widget's own `index.html`, from inside the binary.
    #[default]
    Widget,
    /// An article with this thread under it.
    Article(ThreadId),
    /// This HTML, as it is.
    Html(String),
}

/// What the routes share; clones share it too.
#[derive(Clone)]
pub struct App(Arc<Shared>);

struct Shared {
    store: Store,
    pages: Cache<PageKey>,
    in_flight: InFlight,
    hub: Hub,
    settings: Settings,
    files: &'static [File],
}

impl App {
    /// The routes' common ground over `store`.
    pub fn new(store: Store, settings: Settings) -> Self {
        Self::with_files(store, settings, assets::embedded())
    }

    /// With other files than those inside the binary.
    pub(crate) fn with_files(store: Store, settings: Settings, files: &'static [File]) -> Self {
        let (pages, in_flight) = (Cache::new(settings.cache_bytes), InFlight::default());
        Self(Arc::new(Shared { store, pages, in_flight, hub: Hub::default(), settings, files }))
    }

    /// Whether the widget is inside this binary.
    pub fn has_widget(&self) -> bool {
        !self.files().is_empty()
    }

    /// The database.
    pub fn store(&self) -> &Store {
        &self.0.store
    }

    pub(crate) fn pages(&self) -> &Cache<PageKey> {
        &self.0.pages
    }

    pub(crate) fn in_flight(&self) -> &InFlight {
        &self.0.in_flight
    }

    pub(crate) fn hub(&self) -> &Hub {
        &self.0.hub
    }

    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub(crate) fn now(&self) -> i64 {
        self.settings().clock.now()
    }

    /// Does `work` to its end, also when whoever asked for it hangs up: a transaction is never cut in half.
    pub(crate) async fn see_through<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T, Refusal>> + Send + 'static,
    ) -> Result<T, Refusal> {
        tokio::spawn(work).await.unwrap_or_else(|error| {
            tracing::error!(%error, "a write broke off");
            Err(Refusal::internal())
        })
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.0.settings
    }

    /// Whether there is a way to become somebody who writes.
    pub(crate) fn lets_in(&self) -> bool {
        self.settings().guests.allowed || self.settings().sign_in.is_some()
    }

    pub(crate) fn files(&self) -> &'static [File] {
        self.0.files
    }
}

/// Every route: the contract under `/api` and its documents, threads to read without scripts, `/health`, the widget's
/// files, and the front page.
///
/// Routes of one's own are merged beside these.
pub fn router(app: App) -> Router {
    Router::new()
        .route("/api/replies", writing(routing::get(replies).post(write::post), "GET, HEAD, POST, OPTIONS"))
        .route(
            "/api/replies/{id}",
            writing(routing::patch(write::edit).delete(write::delete), "PATCH, DELETE, OPTIONS"),
        )
        .route("/api/replies/{id}/history", reading(write::history))
        .route("/api/replies/{id}/restore", writing(routing::post(write::restore), "POST, OPTIONS"))
        .route(
            "/api/replies/{id}/reactions/{tag}",
            writing(routing::put(write::choose).delete(write::take_back), "PUT, DELETE, OPTIONS"),
        )
        .route("/api/replies/{id}/reports", writing(routing::post(write::report), "POST, OPTIONS"))
        .route("/api/people", reading(write::people))
        .route("/api/counts", reading(counts))
        .route("/api/live", reading(live))
        .route("/api/html", reading(html))
        .route("/api/viewer", reading(viewer))
        .route("/api/guests", writing(routing::post(guests), "POST, OPTIONS"))
        .route("/openapi.json", reading(openapi))
        .route("/schemas/{name}", reading(schema))
        .route("/health", reading(health))
        .route("/threads", reading(plain))
        .route("/threads/{*id}", reading(plain))
        .route("/threads.css", reading(sheet))
        .route("/", reading(article))
        .route("/article.css", reading(style))
        .fallback(assets::assets)
        .layer(middleware::from_fn_with_state(app.clone(), gate::pass))
        .with_state(app)
}

/// A route that only reads.
fn reading<H, T>(handler: H) -> MethodRouter<App>
where
    H: Handler<T, App>,
    T: 'static,
{
    routing::get(handler)
        .options(gate::preflight)
        .fallback(async || Refusal::method_not_allowed(gate::READING))
}

/// A route that writes, with the methods that it takes.
fn writing(methods: MethodRouter<App>, allow: &'static str) -> MethodRouter<App> {
    methods
        .options(async move || gate::writing_preflight(allow))
        .fallback(async move || Refusal::method_not_allowed(allow))
}
