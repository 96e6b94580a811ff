//! `fixtures/index.json`, read: which fixture is what. Reads files; only generators and tests use it.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::Value;

use super::route::{Bounds, Parameter, Place, Route};

/// All fixtures, by what they stand for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fixtures {
    /// Requests and answers over HTTP, as a careful client and backend write them.
    pub http: Vec<HttpFixture>,
    /// What a careless one writes, and is understood all the same.
    pub lenient: Vec<LenientFixture>,
    /// What is refused.
    pub broken: Vec<BrokenFixture>,
    /// The folder they are in.
    #[serde(skip)]
    folder: PathBuf,
}

/// One request or answer.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HttpFixture {
    /// Its name: `<route>-<status>-<case>`, or `<route>-request-<case>`.
    pub case: String,
    /// Whether it is asked or answered.
    pub kind: HttpKind,
    /// Method and path of the route as in [`routes`](super::routes); null where it may be any.
    pub route: Option<String>,
    /// What it shows, in a few words.
    pub summary: String,
    /// Of a request: path and query below `{api}`.
    pub target: Option<String>,
    /// Of an answer: its status.
    pub status: Option<u16>,
    /// Of an answer: the case of the request that it answers.
    pub to: Option<String>,
    /// The name of the body's type.
    #[serde(rename = "type")]
    pub type_name: Option<String>,
    /// The headers that matter.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// The body's file; null where there is no body.
    pub file: Option<String>,
}

/// Whether a fixture is asked or answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum HttpKind {
    /// From client to backend.
    Request,
    /// From backend to client.
    Answer,
}

/// A careless text that is understood.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LenientFixture {
    /// Its file.
    pub file: String,
    /// The name of its type.
    #[serde(rename = "type")]
    pub type_name: String,
    /// What it shows.
    pub shows: String,
}

/// A text that is refused.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BrokenFixture {
    /// Its file.
    pub file: String,
    /// The name of the type that was expected.
    #[serde(rename = "type")]
    pub type_name: String,
    /// The place that the error names; empty for the whole text, and where it is no JSON at all.
    pub place: String,
    /// What is wrong with it.
    pub why: String,
}

impl Fixtures {
    /// Reads `index.json` in `folder`.
    ///
    /// # Errors
    /// Where it cannot be read, or is not as described here.
    pub fn read(folder: &Path) -> io::Result<Self> {
        let index = std::fs::read(folder.join("index.json"))?;
        let mut fixtures: Self = serde_json::from_slice(&index)?;
        fixtures.folder = folder.to_owned();
        Ok(fixtures)
    }

    /// The text of one file. The files are as the index names them, so a missing one is empty here and
    /// found by the test that compares index and folder.
    pub fn text(&self, file: &str) -> String {
        std::fs::read_to_string(self.folder.join(file)).unwrap_or_default()
    }

    /// The bodies of the cases of `kind` on `route` with `status`: name, summary and value, JSON as such
    /// and everything else as a text.
    pub(super) fn examples(
        &self,
        kind: HttpKind,
        route: &str,
        status: Option<u16>,
    ) -> impl Iterator<Item = (&str, &str, Value)> {
        let wanted = move |fixture: &&HttpFixture| {
            fixture.kind == kind
                && fixture.status == status
                && fixture.route.as_deref().is_none_or(|named| named == route)
        };
        self.http.iter().filter(wanted).filter_map(|fixture| {
            let text = self.text(fixture.file.as_deref()?);
            let value = serde_json::from_str(&text).unwrap_or(Value::String(text));
            Some((fixture.case.as_str(), fixture.summary.as_str(), value))
        })
    }

    /// The values that requests on `route` which are answered well give `parameter`: name, summary and value,
    /// each value once.
    pub(super) fn values(&self, route: &Route, parameter: &Parameter) -> Vec<(&str, &str, Value)> {
        let name = route.name();
        let refused = |case: &str| {
            let mut answers =
                self.http.iter().filter(|fixture| fixture.to.as_deref() == Some(case)).peekable();
            answers.peek().is_some()
                && answers.all(|answer| answer.status.is_some_and(|status| status >= 400))
        };
        let mut values: Vec<(&str, &str, Value)> = Vec::new();
        for fixture in self.http.iter().filter(|fixture| fixture.kind == HttpKind::Request) {
            if fixture.route.as_deref() != Some(&name) || refused(&fixture.case) {
                continue;
            }
            let Some(value) = fixture.value(route, parameter) else { continue };
            if values.iter().all(|(_, _, known)| *known != value) {
                values.push((&fixture.case, &fixture.summary, value));
            }
        }
        values
    }
}

impl HttpFixture {
    /// What this request gives `parameter`, as JSON of its type.
    fn value(&self, route: &Route, parameter: &Parameter) -> Option<Value> {
        let (path, query) = self.target.as_deref()?.split_once('?').unwrap_or((self.target.as_deref()?, ""));
        let texts: Vec<String> = match parameter.place {
            Place::Header => self.headers.get(parameter.name).cloned().into_iter().collect(),
            Place::Path => {
                let wanted = format!("{{{}}}", parameter.name);
                let mut places = route.path.split('/').zip(path.split('/'));
                places
                    .find(|(name, _)| *name == wanted)
                    .map(|(_, value)| decoded(value))
                    .into_iter()
                    .collect()
            }
            Place::Query => {
                let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
                pairs.filter(|(name, _)| *name == parameter.name).map(|(_, value)| decoded(value)).collect()
            }
        };
        let first = texts.first()?;
        Some(match parameter.bounds {
            Bounds::Texts { .. } => texts.into(),
            Bounds::Whole { .. } => first.parse::<u32>().ok()?.into(),
            Bounds::Any | Bounds::Text { .. } | Bounds::Words(_) => first.as_str().into(),
        })
    }
}

/// Without percent signs.
fn decoded(text: &str) -> String {
    let mut parts = text.split('%');
    let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        let (digits, rest) = part.split_at_checked(2).unwrap_or((part, ""));
        bytes.extend(u8::from_str_radix(digits, 16));
        bytes.extend(rest.as_bytes());
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
