//! Host pages: an article, and whatever a story puts around and below it.
//!
//! Addresses are written as `{page}`, `{assets}`, `{api}` (see [`crate::host::Host`]) and filled in when the
//! page is served.

/// The script tag as the README shows it, from another origin than the page's.
pub const SCRIPT: &str = r#"<script async src="{assets}embed.js"></script>"#;

/// The nonce of a page's own scripts, for policies that ask for one.
pub const NONCE: &str = "c2VjcmV0";

/// One host page.
#[derive(Clone, Debug)]
pub struct Article {
    /// Attributes of `<html>`.
    pub root: String,
    /// What stands in the head, after the script that watches the page.
    pub head: String,
    /// What stands below the article's text.
    pub body: String,
    /// Headers of the answer.
    pub headers: Vec<(String, String)>,
}

impl Article {
    /// An article in English with this below it.
    pub fn with(body: &str) -> Self {
        Self {
            root: r#"lang="en""#.to_owned(),
            head: String::new(),
            body: body.to_owned(),
            headers: Vec::new(),
        }
    }

    /// An article with one element for the thread `t` below it, and the script.
    pub fn with_thread(attributes: &str) -> Self {
        Self::with(&format!("{}{SCRIPT}", element("t", attributes)))
    }

    /// Other attributes of `<html>`.
    pub fn root(mut self, attributes: &str) -> Self {
        self.root = attributes.to_owned();
        self
    }

    /// More in the head.
    pub fn head(mut self, html: &str) -> Self {
        self.head.push_str(html);
        self
    }

    /// A header of the answer.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// A security policy.
    pub fn policy(self, policy: &str) -> Self {
        self.header("content-security-policy", policy)
    }

    pub(crate) fn html(&self) -> String {
        let Self { root, head, body, .. } = self;
        format!(
            r#"<!doctype html><html {root}><head><meta charset="utf-8"><title>An article</title>
<meta name="viewport" content="width=device-width"><script src="/watch.js" nonce="{NONCE}"></script>{head}</head>
<body><main><article><h1>An article</h1><p id="prose">What people will talk about.</p></article>
{body}</main></body></html>"#
        )
    }
}

/// One element that reads the thread from the backend in memory.
pub fn element(thread: &str, attributes: &str) -> String {
    format!(r#"<after-word api="{{api}}" thread="{thread}" {attributes}></after-word>"#)
}
