//! The page at `/`: an article with a thread under it, so that a fresh clone shows a conversation where it
//! belongs. It is a host page like any other and uses nothing but the one script tag, under a strict policy.

use afterword_contract::ThreadId;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Uri, header};
use axum::response::Response;

use crate::app::{App, FrontPage};
use crate::assets::{self, text};
use crate::problem::Refusal;
use crate::query::Parameters;
use crate::store::ThreadSummary;
use crate::template::{escape, fill};
use crate::validate;

const PAGE: &str = include_str!("article/page.html");
const STYLE: &str = include_str!("article/page.css");

/// What the README tells a host to allow, and nothing else.
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; \
    img-src https: http: data:; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
    require-trusted-types-for 'script'; trusted-types afterword";

/// More threads than anybody looks through on one page.
const THREADS_LISTED: u32 = 50;

/// Answers `/`.
pub(crate) async fn article(
    State(app): State<App>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    match &app.settings().front {
        FrontPage::Html(html) => Ok(text("text/html; charset=utf-8", html.clone())),
        FrontPage::Widget => match assets::find(app.files(), "index.html") {
            Some(page) => Ok(page.answer(&headers, "no-cache")),
            None => Err(Refusal::not_built()),
        },
        FrontPage::Article(thread) => demo(&app, thread, uri.query().unwrap_or_default()).await,
    }
}

/// Answers `/article.css`.
pub(crate) async fn style() -> Response {
    text("text/css; charset=utf-8", STYLE)
}

/// The article with the thread that the query names, or `first`.
async fn demo(app: &App, first: &ThreadId, query: &str) -> Result<Response, Refusal> {
    let parameters = Parameters::read(query)?;
    let shown = match parameters.one("thread")? {
        Some(id) => match validate::thread_id(id) {
            Some(detail) => return Err(Refusal::parameter("thread", detail)),
            None => ThreadId::from(id),
        },
        None => first.clone(),
    };
    let mut threads = app.store().threads(THREADS_LISTED).await?;
    if threads.iter().all(|thread| thread.id != shown) {
        threads.extend(app.store().thread(&shown).await?);
    }
    let mut response = text("text/html; charset=utf-8", page(&shown, &threads));
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    Ok(response)
}

fn page(shown: &ThreadId, threads: &[ThreadSummary]) -> String {
    let title =
        threads.iter().find(|thread| thread.id == *shown).map_or("An article without a title", heading);
    let links: String =
        threads.iter().filter(|_| threads.len() > 1).map(|thread| link(thread, shown)).collect();
    let links = if links.is_empty() {
        links
    } else {
        format!("<nav aria-label=\"Other threads\"><ul>{links}</ul></nav>")
    };
    fill(PAGE, |name| match name {
        "title" => escape(title),
        "thread" => escape(shown.as_str()),
        "address" => query(shown),
        "threads" => links.clone(),
        _ => String::new(),
    })
}

fn heading(thread: &ThreadSummary) -> &str {
    thread.title.as_deref().filter(|title| !title.trim().is_empty()).unwrap_or(thread.id.as_str())
}

/// A thread's id for an address.
fn query(thread: &ThreadId) -> String {
    percent_encoding::utf8_percent_encode(thread.as_str(), percent_encoding::NON_ALPHANUMERIC).to_string()
}

fn link(thread: &ThreadSummary, shown: &ThreadId) -> String {
    let current = if thread.id == *shown { " aria-current=\"page\"" } else { "" };
    let query = query(&thread.id);
    let title = escape(heading(thread));
    format!("<li><a href=\"/?thread={query}\"{current}>{title}</a> <span>{}</span></li>", thread.total)
}

#[cfg(test)]
mod tests {
    use super::{ThreadSummary, page};

    fn summary(id: &str, title: &str) -> ThreadSummary {
        ThreadSummary { id: id.into(), title: Some(title.to_owned()), total: 3 }
    }

    #[test]
    fn titles_and_ids_cannot_leave_their_place() {
        let hostile = r#"</title><script>alert(1)</script>"'&{{thread}}"#;
        let html = page(&hostile.into(), &[summary(hostile, hostile), summary("b", hostile)]);
        assert!(!html.contains("<script>alert"), "{html}");
        assert!(!html.contains("\"'&{{"), "{html}");
        assert!(
            html.contains("&lt;/title&gt;&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;{{thread}}")
        );
        assert_eq!(html.matches("<script").count(), 1);
    }

    #[test]
    fn the_script_tag_names_the_thread() {
        let html = page(&"soft-cell".into(), &[summary("soft-cell", "Operation Soft Cell")]);
        assert!(
            html.contains(
                r#"<script async src="/embed.js" data-api="/api" data-thread="soft-cell"></script>"#
            )
        );
        assert!(html.contains("<title>Operation Soft Cell</title>"));
        assert!(!html.contains("{{"));
        assert!(!html.contains("<nav"), "one thread needs no list");
    }

    #[test]
    fn other_threads_are_a_link_away() {
        let html =
            page(&"a".into(), &[summary("a", "First"), summary("https://example.org/?b=1&c", "Second")]);
        assert!(html.contains(r#"<a href="/?thread=https%3A%2F%2Fexample%2Eorg%2F%3Fb%3D1%26c">Second</a>"#));
        assert!(html.contains(r#"<a href="/?thread=a" aria-current="page">First</a>"#));
    }
}
