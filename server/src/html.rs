//! Threads as HTML, drawn by the widget's own views.
//!
//! `GET html` is what the widget's script shows until the widget has come. `/threads/ID` is the same for readers without
//! scripts and for search engines: a document of its own, under a policy that allows no script at all.

use std::sync::LazyLock;

use afterword::config;
use afterword::still::{self, Reading};
use afterword::thread::Position;
use afterword::views::Elsewhere;
use afterword_contract::{Order, ThreadId, ThreadPage};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, Uri, header};
use axum::response::Response;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::app::App;
use crate::assets::{IMMUTABLE, STABLE};
use crate::conditional::Representation;
use crate::encoding::Encoding;
use crate::hash;
use crate::pages::{self, Form};
use crate::problem::Refusal;
use crate::query::Parameters;
use crate::replies::{self, CACHE, LIMIT_DEFAULT, LIMIT_MOST};
use crate::store::{PageOrder, PageQuery, Place};
use crate::template::{escape, fill};
use crate::validate;

const HTML: &str = "text/html; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";

const DOCUMENT: &str = include_str!("html/document.html");
/// The widget's sheets in their order, as `build.rs` has put them together, and what the document needs beside them.
const SHEET: &str =
    concat!(include_str!(concat!(env!("OUT_DIR"), "/style.css")), include_str!("html/document.css"));

/// No script, from nowhere. The one form asks for another page of the thread.
const POLICY: &str = "default-src 'none'; img-src https: http: data:; style-src 'self'; base-uri 'none'; \
    form-action 'self'; frame-ancestors 'none'";

/// The language of those who name none: the answer is the same for everybody, so no header is asked.
const LANGUAGE: &str = "en";

/// No tag that anybody speaks is longer.
const LANGUAGE_BYTES: usize = 100;

const ENCODINGS: [Encoding; 3] = [Encoding::Brotli, Encoding::Gzip, Encoding::Identity];

/// Names the content of the sheet.
static VERSION: LazyLock<String> = LazyLock::new(|| format!("{:016x}", hash::lasting(&[SHEET.as_bytes()])));
static SHEETS: LazyLock<[Representation; 3]> =
    LazyLock::new(|| ENCODINGS.map(|encoding| Representation::new(SHEET.into(), encoding)));

/// Answers `GET html`.
pub(crate) async fn html(State(app): State<App>, uri: Uri, headers: HeaderMap) -> Result<Response, Refusal> {
    let parameters = Parameters::read(uri.query().unwrap_or_default())?;
    let thread = replies::thread(&parameters)?;
    let query = replies::page_query(&parameters, &thread)?;
    let lang = still::language(&language(&parameters)?.unwrap_or_else(|| LANGUAGE.to_owned()));
    let encoding = Encoding::chosen(&headers, &ENCODINGS);
    let page = pages::answer(&app, &thread, query, Form::Html(lang), encoding).await?;
    Ok(page.answer(&headers, HTML, CACHE))
}

/// Answers `/threads/ID`, and `/threads?thread=ID` for ids that do not pass every proxy as a path: with slashes in them.
pub(crate) async fn plain(
    State(app): State<App>,
    id: Option<Path<String>>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let parameters = Parameters::read(uri.query().unwrap_or_default())?.given();
    let in_query = id.is_none();
    let thread = match id {
        Some(Path(id)) => match validate::thread_id(&id) {
            Some(detail) => return Err(Refusal::parameter("thread", detail)),
            None => ThreadId::from(id),
        },
        None => replies::thread(&parameters)?,
    };
    let query = replies::page_query(&parameters, &thread)?;
    // Up to where `/threads` stands, also behind a proxy that serves it below another path.
    let up = uri.path().matches('/').count().saturating_sub(1);
    let address = Address { up, in_query, lang: language(&parameters)? };
    let encoding = Encoding::chosen(&headers, &ENCODINGS);
    let page = pages::answer(&app, &thread, query, Form::Plain(address), encoding).await?;
    let mut response = page.answer(&headers, HTML, CACHE);
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    Ok(response)
}

/// Answers `/threads.css`.
pub(crate) async fn sheet(uri: Uri, headers: HeaderMap) -> Response {
    let [brotli, gzip, identity] = &*SHEETS;
    let sheet = match Encoding::chosen(&headers, &ENCODINGS) {
        Encoding::Brotli => brotli,
        Encoding::Gzip => gzip,
        Encoding::Identity => identity,
    };
    let versioned = uri.query().is_some_and(|query| query.strip_prefix("v=") == Some(&VERSION));
    sheet.answer(&headers, CSS, if versioned { IMMUTABLE } else { STABLE })
}

/// The language that the query names. Pages are read in whatever language: what is no tag names none.
fn language(parameters: &Parameters) -> Result<Option<String>, Refusal> {
    let lang = parameters.one("lang")?.and_then(config::tag);
    Ok(lang.filter(|tag| tag.len() <= LANGUAGE_BYTES))
}

/// How a document was asked for, as far as that makes another of it.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct Address {
    /// How many folders lie between the document and this server's root.
    up: usize,
    /// Whether the thread's id stands in the query.
    in_query: bool,
    /// The language asked for.
    lang: Option<String>,
}

/// What `GET html` answers with.
pub(crate) fn fragment(page: ThreadPage, query: PageQuery, lang: String) -> String {
    framed("class=\"afterword\" part=\"base\"", &still::section(page, &reading(query, lang)))
}

/// The first `limit` replies of a thread as the widget shows them first: what a site generator puts between the tags of
/// the element. A thread nobody has written in is an empty one.
pub async fn render(
    app: &App,
    thread: &ThreadId,
    order: &Order,
    limit: u32,
    lang: &str,
) -> Result<String, sqlx::Error> {
    let order = match order {
        Order::Oldest | Order::Other(_) => PageOrder::Oldest,
        Order::Newest => PageOrder::Newest,
        Order::Top => PageOrder::Top,
    };
    let query = PageQuery { order, limit: limit.clamp(1, LIMIT_MOST), place: Place::Start };
    let (page, _) = pages::page(app, thread, query).await?;
    Ok(still::section(page, &reading(query, lang.to_owned())))
}

/// The document for readers without scripts.
pub(crate) fn document(page: ThreadPage, is_known: bool, query: PageQuery, address: &Address) -> String {
    let lang = still::language(address.lang.as_deref().unwrap_or(LANGUAGE));
    let links = Links::new(&page, query, address);
    let thread = &page.thread;
    let title = thread.title.as_deref().filter(|title| !title.trim().is_empty());
    let title = escape(title.unwrap_or(thread.id.as_str()));
    let article = thread.url.as_deref().map(escape);
    let mut relations = String::new();
    if let Some(article) = &article {
        relations += &format!("<link rel=\"canonical\" href=\"{article}\">\n");
    }
    if !is_known {
        relations += "<meta name=\"robots\" content=\"noindex\">\n";
    }
    let heading = match &article {
        Some(article) => format!("<a href=\"{article}\">{title}</a>"),
        None => title.clone(),
    };
    // There is no shadow to look into, hence no parts.
    let section =
        framed("class=\"base\"", &still::plain_section(page, &reading(query, lang.clone()), &links));
    fill(DOCUMENT, |name| match name {
        "lang" => escape(&lang),
        "title" => title.clone(),
        "relations" => relations.clone(),
        "up" => "../".repeat(address.up),
        "version" => VERSION.clone(),
        "heading" => heading.clone(),
        "thread" => section.clone(),
        _ => String::new(),
    })
}

/// The element around a thread that the widget's sheets expect.
fn framed(named: &str, section: &str) -> String {
    ["<main ", named, " data-state=\"still\">", section, "</main>\n"].concat()
}

fn reading(query: PageQuery, lang: String) -> Reading {
    Reading {
        order: Order::from(query.order.as_str()),
        limit: u16::try_from(query.limit).unwrap_or(u16::MAX),
        around: match query.place {
            Place::Around(number) => Some(number),
            Place::Start | Place::After(_) | Place::Before(_) => None,
        },
        lang,
    }
}

/// The way from one page of a thread to another.
struct Links {
    order: PageOrder,
    /// What stands in every address: names and values.
    kept: Vec<(&'static str, String)>,
}

/// What may stand in a query as it is.
const SAFE: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

impl Links {
    fn new(page: &ThreadPage, query: PageQuery, address: &Address) -> Self {
        let mut kept = Vec::new();
        if address.in_query {
            kept.push(("thread", page.thread.id.as_str().to_owned()));
        }
        if query.limit != LIMIT_DEFAULT {
            kept.push(("limit", query.limit.to_string()));
        }
        kept.extend(address.lang.clone().map(|lang| ("lang", lang)));
        Self { order: query.order, kept }
    }
}

impl Elsewhere for Links {
    fn address(&self, position: &Position) -> String {
        let mut pairs = self.kept.clone();
        if self.order != PageOrder::Oldest {
            pairs.push(("order", self.order.as_str().to_owned()));
        }
        match position {
            Position::Start => {}
            Position::After(cursor) => pairs.push(("after", cursor.as_str().to_owned())),
            Position::Before(cursor) => pairs.push(("before", cursor.as_str().to_owned())),
            Position::Around(number) => pairs.push(("around", number.to_string())),
        }
        let pairs: Vec<String> = pairs
            .into_iter()
            .map(|(name, value)| format!("{name}={}", utf8_percent_encode(&value, SAFE)))
            .collect();
        format!("?{}", pairs.join("&"))
    }

    fn fields(&self) -> Vec<(&'static str, String)> {
        self.kept.clone()
    }
}
