//! What others build on is written down: parts, public tokens, attributes and events stand in the
//! documents for people and in `custom-elements.json` for editors, and nothing stands there that
//! is gone.
//!
//! Found are names written as literals. A part that is put together at run time is not seen; the
//! style sheet that styles it usually is.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::source::{Source, has_hyphenated, line_of, positions};
use super::{Finding, Project};

pub(super) const MANIFEST: &str = "src/embed/custom-elements.json";
pub(super) const SCRIPT: &str = "src/embed/embed.js";
/// Lists in `embed.js` that together are the element's attributes.
pub(super) const ATTRIBUTE_LISTS: [&str; 2] = ["FOR_MODULE", "FOR_LOADER"];

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Part,
    Token,
    Attribute,
    Event,
}

impl Kind {
    const ALL: [Self; 4] = [Self::Part, Self::Token, Self::Attribute, Self::Event];

    fn noun(self) -> &'static str {
        match self {
            Self::Part => "part",
            Self::Token => "token",
            Self::Attribute => "attribute",
            Self::Event => "event",
        }
    }

    /// Its list in `custom-elements.json`.
    fn manifest_key(self) -> &'static str {
        match self {
            Self::Part => "cssParts",
            Self::Token => "cssProperties",
            Self::Attribute => "attributes",
            Self::Event => "events",
        }
    }

    /// Where people look for it.
    fn documents(self) -> &'static [&'static str] {
        match self {
            Self::Part | Self::Token => &["style/THEMING.md"],
            Self::Attribute | Self::Event => &["README.md", "docs", "contract"],
        }
    }
}

/// Everything that is used is listed.
pub(super) fn surface(project: &Project) -> Vec<Finding> {
    let manifest = manifest(project);
    let mut findings = Vec::new();
    for ((kind, name), (source, line)) in used(project) {
        let noun = kind.noun();
        let spans = project.within(kind.documents()).filter(|source| source.is_markdown());
        if !spans.flat_map(code_spans).any(|span| has_hyphenated(span, &name)) {
            let places = kind.documents().join(" or ");
            findings.push(Finding::new(
                source,
                line,
                format!("{noun} `{name}` is not described in {places}"),
            ));
        }
        if !manifest.contains(&(kind, name.clone())) {
            findings.push(Finding::new(source, line, format!("{noun} `{name}` is not listed in {MANIFEST}")));
        }
    }
    let Some(script) = project.sources.iter().find(|source| source.path == SCRIPT) else { return findings };
    for list in ATTRIBUTE_LISTS.into_iter().filter(|list| array(script, list).is_none()) {
        findings.push(Finding::new(
            script,
            0,
            format!("the attributes are no longer found: there is no list {list}"),
        ));
    }
    findings
}

/// Everything that is listed is used.
pub(super) fn stale_surface(project: &Project) -> Vec<Finding> {
    let used = used(project);
    let Some(source) = project.sources.iter().find(|source| source.path == MANIFEST) else {
        return Vec::new();
    };
    let mentioned = |name: &str| {
        project
            .within(&["src", "style"])
            .filter(|source| source.is_rust() || source.is_script() || source.is_style())
            .any(|source| has_hyphenated(&source.uncommented, name))
    };
    manifest(project)
        .into_iter()
        .filter(|(kind, name)| match kind {
            // Parts and events can be put together by a helper: their name stands somewhere.
            Kind::Part | Kind::Event => !mentioned(name),
            Kind::Token | Kind::Attribute => !used.contains_key(&(*kind, name.clone())),
        })
        .map(|(kind, name)| {
            let line =
                source.text.find(&format!("\"{name}\"")).map_or(0, |start| line_of(&source.text, start));
            Finding::new(source, line, format!("{} `{name}` is listed and used nowhere", kind.noun()))
        })
        .collect()
}

/// Every name in use, with the first place where it is used.
fn used(project: &Project) -> BTreeMap<(Kind, String), (&Source, usize)> {
    let mut names = BTreeMap::new();
    for source in project.within(&["src", "style"]) {
        let text = &source.uncommented;
        let mut add = |kind, name: &str, position| {
            names.entry((kind, name.to_owned())).or_insert((source, line_of(text, position)));
        };
        if source.is_rust() || source.is_script() || source.is_style() {
            for (position, value) in part_values(text) {
                value.split_whitespace().for_each(|name| add(Kind::Part, name, position));
            }
            if source.is_style() {
                classes(text).for_each(|(position, name)| add(Kind::Part, name, position));
            }
            for (position, name) in named(text, "--afterword-") {
                add(Kind::Token, name, position);
            }
        }
        if source.is_rust() || source.is_script() {
            for (position, name) in named(text, "\"afterword-") {
                // A whole literal, and not the beginning of an id.
                let whole = text.get(position + name.len()..).is_some_and(|rest| rest.starts_with('"'));
                let name = name.trim_start_matches('"');
                if whole && !name.ends_with('-') && !name.contains(|c: char| c.is_ascii_digit()) {
                    add(Kind::Event, name, position);
                }
            }
        }
        if source.path == SCRIPT {
            for list in ATTRIBUTE_LISTS {
                for name in array(source, list).into_iter().flatten() {
                    add(Kind::Attribute, &name, 0);
                }
            }
        }
    }
    names
}

/// What stands after `part` in quotes, whatever the language: `part="a b"`, `[part~="a"]`,
/// `.attr("part", "a")`; and `::part(a)`.
fn part_values(text: &str) -> Vec<(usize, &str)> {
    let mut values = Vec::new();
    for start in positions(text, "part", |c| c.is_alphanumeric() || c == '_' || c == '-') {
        let after = text.get(start + "part".len()..).unwrap_or_default();
        if after.starts_with('(') && text.get(..start).is_some_and(|before| before.ends_with("::")) {
            values.extend(after.get(1..).and_then(|rest| rest.split(')').next()).map(|name| (start, name)));
            continue;
        }
        let between = after.trim_start_matches(|c: char| "\"', =~^|*".contains(c));
        let skipped = after.len() - between.len();
        let skipped = after.get(..skipped).unwrap_or_default();
        let quoted = text.get(..start).is_some_and(|before| before.ends_with('"'));
        let argument = quoted && skipped.starts_with("\",");
        let opened =
            skipped.ends_with('"') && (argument || skipped.contains('=')) && !skipped.contains("\"\"");
        if opened {
            let value = between.split('"').next().unwrap_or_default();
            if value.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == ' ') {
                values.push((start, value));
            }
        }
    }
    values
}

/// The classes that a style sheet names: each is a part's name.
fn classes(text: &str) -> impl Iterator<Item = (usize, &str)> {
    named(text, ".").filter_map(|(start, name)| {
        let name = name.trim_start_matches('.');
        name.starts_with(|c: char| c.is_ascii_lowercase()).then_some((start, name))
    })
}

/// Names that begin with a prefix; the prefix alone is none.
fn named<'a>(text: &'a str, prefix: &'a str) -> impl Iterator<Item = (usize, &'a str)> {
    text.match_indices(prefix).filter_map(move |(start, _)| {
        let rest = text.get(start..)?;
        let length = rest
            .get(prefix.len()..)?
            .find(|c: char| !(c.is_ascii_alphanumeric() || c == '-'))
            .map_or(rest.len(), |length| prefix.len() + length);
        let name = rest.get(..length)?;
        (length > prefix.len()).then_some((start, name))
    })
}

/// The strings of `const NAME = ["a", "b"]`.
pub(super) fn array(script: &Source, name: &str) -> Option<Vec<String>> {
    let text = &script.uncommented;
    let start = text.find(&format!("const {name} = ["))?;
    let list = text.get(start..)?.split_once('[')?.1.split(']').next()?;
    Some(list.split('"').skip(1).step_by(2).map(str::to_owned).collect())
}

/// All names in `custom-elements.json`, wherever in it their lists stand.
fn manifest(project: &Project) -> BTreeSet<(Kind, String)> {
    let mut names = BTreeSet::new();
    let source = project.sources.iter().find(|source| source.path == MANIFEST);
    if let Some(all) = source.and_then(|source| serde_json::from_str::<Value>(&source.text).ok()) {
        collect(&all, &mut names);
    }
    names
}

fn collect(value: &Value, names: &mut BTreeSet<(Kind, String)>) {
    match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                let kind = Kind::ALL.into_iter().find(|kind| kind.manifest_key() == key);
                for item in kind.and(value.as_array()).into_iter().flatten() {
                    let name = item.get("name").and_then(Value::as_str);
                    names.extend(kind.zip(name.map(str::to_owned)));
                }
                collect(value, names);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, names)),
        _ => {}
    }
}

/// What Markdown shows as code: names are written so.
fn code_spans(source: &Source) -> impl Iterator<Item = &str> {
    source.text.split('`').skip(1).step_by(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    const VIEW: (&str, &str) = ("src/views/reply.rs", "view! { <p part=\"reply-body\"/> }");
    const SHEET: (&str, &str) =
        ("style/reply.css", "[part~=\"reply\"]::part(mention) { gap: var(--afterword-space, 1em) }");
    const EMBED: (&str, &str) = (
        SCRIPT,
        "const FOR_MODULE = [\"api\", \"page-size\"];\nconst FOR_LOADER = [\"theme\"];\n\
         el.dispatchEvent(new CustomEvent(\"afterword-ready\"));\nid = `afterword-${n}-`; other = \"afterword-2-\";",
    );
    const THEMING: (&str, &str) =
        ("style/THEMING.md", "`reply-body`, `::part(reply)`, `mention` and `--afterword-space`");
    const README: (&str, &str) = ("README.md", "`api`, `page-size=\"50\"`, `theme`; `afterword-ready`");
    const LISTED: (&str, &str) = (
        MANIFEST,
        r#"{"modules": [{"declarations": [{
            "cssParts": [{"name": "reply-body"}, {"name": "reply"}, {"name": "mention"}],
            "cssProperties": [{"name": "--afterword-space"}],
            "attributes": [{"name": "api"}, {"name": "page-size"}, {"name": "theme"}],
            "events": [{"name": "afterword-ready"}]}]}]}"#,
    );

    fn messages(check: super::super::Check, files: &[(&str, &str)]) -> Vec<String> {
        check(&Project::of(files)).into_iter().map(|finding| finding.message).collect()
    }

    #[test]
    fn a_surface_that_is_described_and_listed_is_fine() {
        let all = [VIEW, SHEET, EMBED, THEMING, README, LISTED];
        assert_eq!(messages(surface, &all), Vec::<String>::new());
        assert_eq!(messages(stale_surface, &all), Vec::<String>::new());
    }

    #[test]
    fn each_kind_of_name_has_to_be_described() {
        let found = messages(surface, &[VIEW, SHEET, EMBED, LISTED]);
        for expected in [
            "part `reply-body` is not described in style/THEMING.md",
            "part `reply` is not described in style/THEMING.md",
            "part `mention` is not described in style/THEMING.md",
            "token `--afterword-space` is not described in style/THEMING.md",
            "attribute `page-size` is not described in README.md or docs or contract",
            "event `afterword-ready` is not described in README.md or docs or contract",
        ] {
            assert!(found.iter().any(|message| message == expected), "{expected}: {found:#?}");
        }
    }

    #[test]
    fn each_kind_of_name_has_to_be_listed() {
        let found = messages(surface, &[VIEW, SHEET, EMBED, THEMING, README, (MANIFEST, "{}")]);
        for expected in
            ["part `mention`", "token `--afterword-space`", "attribute `theme`", "event `afterword-ready`"]
        {
            let expected = format!("{expected} is not listed in {MANIFEST}");
            assert!(found.contains(&expected), "{expected}: {found:#?}");
        }
    }

    #[test]
    fn what_is_gone_may_not_stay_listed() {
        let found = messages(stale_surface, &[LISTED, ("src/views/reply.rs", "part=\"reply\" \"mention\"")]);
        assert_eq!(
            found,
            [
                "part `reply-body` is listed and used nowhere",
                "token `--afterword-space` is listed and used nowhere",
                "attribute `api` is listed and used nowhere",
                "attribute `page-size` is listed and used nowhere",
                "attribute `theme` is listed and used nowhere",
                "event `afterword-ready` is listed and used nowhere",
            ]
        );
    }

    #[test]
    fn attributes_that_can_no_longer_be_found_are_noticed() {
        let found = messages(surface, &[(SCRIPT, "const ATTRIBUTES = [\"api\"];")]);
        assert_eq!(found.len(), 2, "{found:#?}");
    }

    #[test]
    fn parts_are_found_in_every_language() {
        let names = |text| part_values(text).into_iter().map(|(_, name)| name).collect::<Vec<_>>();
        assert_eq!(names("view! { <p part=\"button jump-go\"> }"), ["button jump-go"]);
        assert_eq!(names(".attr(\"part\", \"reply-heading\")"), ["reply-heading"]);
        assert_eq!(names("[part~=\"reply\"] a[part=\"link\"]"), ["reply", "link"]);
        assert_eq!(names("after-word::part(reply-number) {}"), ["reply-number"]);
        let sheet = "span.avatar > .a-b:not(.c, .d) { gap: .5em 1.5em; top: 0.2em }";
        assert_eq!(classes(sheet).map(|(_, name)| name).collect::<Vec<_>>(), ["avatar", "a-b", "c", "d"]);
        assert_eq!(
            names("let part = name; html.find(\"part=\\\"{part}\\\"\"); node.part"),
            Vec::<&str>::new()
        );
    }
}
