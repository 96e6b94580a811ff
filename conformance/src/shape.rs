//! Whether an answer is the message that it should be: by the published schemas, and as the widget reads it.
//!
//! Both are asked. The schemas are strict and see the JSON as it came; the widget is tolerant, but sees what a
//! schema cannot, such as a field that stands twice. A finding says which of the two it is.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use afterword_contract::{
    Counts, Guest, History, LiveEvent, People, Problem, Reactions, Reply, ThreadPage, Viewer,
};
use jsonschema::Validator;
use serde_json::Value;

use crate::check::Verdict;
use crate::client::Answer;
use crate::json::{list, text};

/// A message of the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Shape {
    Counts,
    Guest,
    History,
    LiveEvent,
    People,
    Problem,
    Reactions,
    Reply,
    ThreadPage,
    Viewer,
}

impl Shape {
    const ALL: [Self; 10] = [
        Self::Counts,
        Self::Guest,
        Self::History,
        Self::LiveEvent,
        Self::People,
        Self::Problem,
        Self::Reactions,
        Self::Reply,
        Self::ThreadPage,
        Self::Viewer,
    ];

    /// Its published schema.
    fn schema(self) -> &'static str {
        match self {
            Self::Counts => include_str!("../../contract/schemas/counts.schema.json"),
            Self::Guest => include_str!("../../contract/schemas/guest.schema.json"),
            Self::History => include_str!("../../contract/schemas/history.schema.json"),
            Self::LiveEvent => include_str!("../../contract/schemas/live-event.schema.json"),
            Self::People => include_str!("../../contract/schemas/people.schema.json"),
            Self::Problem => include_str!("../../contract/schemas/problem.schema.json"),
            Self::Reactions => include_str!("../../contract/schemas/reactions.schema.json"),
            Self::Reply => include_str!("../../contract/schemas/reply.schema.json"),
            Self::ThreadPage => include_str!("../../contract/schemas/thread-page.schema.json"),
            Self::Viewer => include_str!("../../contract/schemas/viewer.schema.json"),
        }
    }

    /// What the widget says to it.
    fn read(self, text: &str) -> Result<(), String> {
        let read = match self {
            Self::Counts => serde_json::from_str::<Counts>(text).err(),
            Self::Guest => serde_json::from_str::<Guest>(text).err(),
            Self::History => serde_json::from_str::<History>(text).err(),
            Self::LiveEvent => serde_json::from_str::<LiveEvent>(text).err(),
            Self::People => serde_json::from_str::<People>(text).err(),
            Self::Problem => serde_json::from_str::<Problem>(text).err(),
            Self::Reactions => serde_json::from_str::<Reactions>(text).err(),
            Self::Reply => serde_json::from_str::<Reply>(text).err(),
            Self::ThreadPage => serde_json::from_str::<ThreadPage>(text).err(),
            Self::Viewer => serde_json::from_str::<Viewer>(text).err(),
        };
        read.map_or(Ok(()), |error| Err(error.to_string()))
    }

    /// The message in `text`, or what is wrong with it.
    pub(crate) fn check(self, text: &str) -> Result<Value, String> {
        let value: Value =
            serde_json::from_str(text).map_err(|error| format!("it is no JSON that can be read: {error}"))?;
        let read = self.read(text);
        let mut wrong = Vec::new();
        if let Some(validator) = validators().get(&self) {
            for error in validator.iter_errors(&value).take(3) {
                wrong.push(format!("{}: {error}", place(&error.instance_path().to_string())));
            }
        }
        match (read, wrong.is_empty()) {
            (Ok(()), true) => Ok(value),
            (Ok(()), false) => Err(format!(
                "it is not what the schema of {self:?} describes, although the widget takes it: {}",
                wrong.join("; ")
            )),
            (Err(error), true) => Err(format!("the widget refuses it as {self:?}: {error}")),
            (Err(error), false) => {
                Err(format!("the widget refuses it as {self:?}: {error} ({})", wrong.join("; ")))
            }
        }
    }
}

fn place(pointer: &str) -> &str {
    if pointer.is_empty() { "/" } else { pointer }
}

fn validators() -> &'static BTreeMap<Shape, Validator> {
    static VALIDATORS: OnceLock<BTreeMap<Shape, Validator>> = OnceLock::new();
    VALIDATORS.get_or_init(|| {
        let compile = |shape: Shape| {
            let schema: Value = serde_json::from_str(shape.schema()).ok()?;
            let validator = jsonschema::options().should_validate_formats(true).build(&schema).ok()?;
            Some((shape, validator))
        };
        Shape::ALL.into_iter().filter_map(compile).collect()
    })
}

impl Answer {
    /// The message in an answer of this status.
    pub(crate) fn message(&self, status: u16, shape: Shape) -> Verdict<Value> {
        self.status(status)?;
        let kind = self.kind();
        self.ensure(kind == "application/json", format!("it is `{kind}`, and JSON is `application/json`"))?;
        shape.check(&self.text()).map_err(|wrong| self.wrong(wrong))
    }

    /// The JSON in an answer of this status, whatever shape it has: one check looks at that, and the others at what
    /// they are about.
    pub(crate) fn json(&self, status: u16) -> Verdict<Value> {
        self.status(status)?;
        let read = serde_json::from_slice(&self.body);
        read.map_err(|error| self.wrong(format!("it is no JSON that can be read: {error}")))
    }

    /// The problem, which has to be of this status and one of these names; none means any name.
    pub(crate) fn problem(&self, status: u16, names: &[&str]) -> Verdict<Value> {
        self.status(status)?;
        let kind = self.kind();
        let media = "application/problem+json";
        self.ensure(kind == media, format!("it is `{kind}`, and a problem is `{media}`"))?;
        let problem = Shape::Problem.check(&self.text()).map_err(|wrong| self.wrong(wrong))?;
        let said = problem.get("status").and_then(Value::as_u64);
        self.ensure(
            said == Some(u64::from(status)),
            format!("`status` says something else than the status, {status}"),
        )?;
        let said = problem.get("type").and_then(Value::as_str).unwrap_or_default();
        let name = said.strip_prefix("urn:afterword:problem:").unwrap_or(said);
        self.ensure(
            names.is_empty() || names.contains(&name),
            format!(
                "its `type` is `{said}`, and `urn:afterword:problem:{}` is expected",
                names.join("` or `…")
            ),
        )?;
        Ok(problem)
    }
}

impl Answer {
    /// The problem `invalid-fields`, which has to name the field at `pointer`.
    pub(crate) fn invalid(&self, pointer: &str) -> Verdict {
        let problem = self.problem(422, &["invalid-fields"])?;
        let named = list(&problem, "/errors").iter().any(|error| text(error, "/pointer") == pointer);
        self.ensure(named, format!("`errors` does not name `{pointer}`"))
    }

    /// Refused because nobody is signed in.
    pub(crate) fn signed_out(&self) -> Verdict {
        self.problem(401, &["sign-in-required"])?;
        let scheme = self.header("www-authenticate").to_ascii_lowercase();
        self.ensure(
            scheme.starts_with("bearer"),
            format!("`WWW-Authenticate` is `{scheme}` and not `Bearer`"),
        )
    }

    /// What depends on a token stays out of every cache.
    pub(crate) fn personal(&self) -> Verdict {
        let control = self.header("cache-control");
        self.ensure(self.lists("cache-control", "no-store"), format!("`Cache-Control` is `{control}`"))
    }

    /// The `ETag` of a reply is its revision.
    pub(crate) fn tagged(&self, reply: &Value) -> Verdict {
        let (tag, revision) = (self.header("etag"), text(reply, "/revision"));
        self.ensure(
            tag == format!("\"{revision}\""),
            format!("`ETag` is `{tag}`, and the revision is `{revision}`"),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::{Shape, validators};

    #[test]
    fn every_schema_compiles() {
        assert_eq!(validators().len(), Shape::ALL.len());
    }

    #[test]
    fn what_only_the_widget_forgives_is_told_from_what_it_refuses() {
        let said = |text: &str| Shape::ThreadPage.check(text).unwrap_err();
        assert!(Shape::ThreadPage.check(r#"{"replies":[{"body":"Hi"}]}"#).is_ok());
        assert!(said(r#"{"replies":[{"body":"Hi","number":"1"}]}"#).contains("although the widget takes it"));
        assert!(said(r#"{"replies":{"body":"Hi"}}"#).contains("the widget refuses it"));
        assert!(said(r#"{"replies":[],"replies":[]}"#).contains("the widget refuses it"));
        assert!(said("<html>").contains("no JSON"));
        assert!(said("{\"replies\":[{\"body\":\"\\ud83d\"}]}").contains("no JSON"));
    }
}
