//! What files say about themselves and each other.

use super::source::{Source, numbered};
use super::{Finding, Project};

/// The first line says what the module is.
pub(super) fn opening(project: &Project) -> Vec<Finding> {
    let unopened = |source: &&Source| source.is_rust() && !source.text.starts_with("//! ");
    project
        .sources
        .iter()
        .filter(unopened)
        .map(|source| {
            Finding::new(source, 1, "open with `//!`: what this is, and what it deliberately does not know")
        })
        .collect()
}

/// Links in Markdown lead to files and headings that exist. Addresses on the web are not asked.
pub(super) fn links(project: &Project) -> Vec<Finding> {
    let mut findings = Vec::new();
    for source in project.sources.iter().filter(|source| source.is_markdown()) {
        for (number, line) in numbered(&without_code(&source.text)) {
            for target in targets(line) {
                if let Some(message) = broken(project, source, target) {
                    findings.push(Finding::new(source, number, message));
                }
            }
        }
    }
    findings
}

fn broken(project: &Project, source: &Source, target: &str) -> Option<String> {
    let has_scheme =
        target.split_once(':').is_some_and(|(scheme, _)| scheme.chars().all(char::is_alphanumeric));
    if has_scheme || target.starts_with("//") {
        return None;
    }
    let (file, heading) =
        target.split_once('#').map_or((target, None), |(file, heading)| (file, Some(heading)));
    let path = if file.is_empty() { source.path.clone() } else { joined(&source.path, file) };
    if !path.is_empty() && !project.paths.contains(&path) {
        return Some(format!("`{target}` leads nowhere: there is no {path}"));
    }
    let document = project.sources.iter().find(|source| source.path == path && source.is_markdown())?;
    let heading = heading?;
    let exists = headings(&document.text).any(|known| known == heading)
        || document.text.contains(&format!("id=\"{heading}\""))
        || document.text.contains(&format!("name=\"{heading}\""));
    (!exists).then(|| format!("`{target}` leads nowhere: {path} has no such heading"))
}

/// What links and pictures in a line point at: `](target)`, `[name]: target`, `src="target"`.
fn targets(line: &str) -> Vec<&str> {
    let mut found = Vec::new();
    for (start, _) in line.match_indices("](") {
        let inside = line.get(start + 2..).and_then(|rest| rest.split(')').next()).unwrap_or_default();
        found.extend(inside.split_whitespace().next());
    }
    if let Some((label, target)) = line.trim_start().strip_prefix('[').and_then(|rest| rest.split_once("]:"))
        && !label.contains(']')
    {
        found.extend(target.split_whitespace().next());
    }
    for attribute in [" src=\"", " href=\"", " srcset=\""] {
        for (start, _) in line.match_indices(attribute) {
            found.extend(line.get(start + attribute.len()..).and_then(|rest| rest.split('"').next()));
        }
    }
    found
        .into_iter()
        .map(|target| target.trim_matches(['<', '>']))
        .filter(|target| !target.is_empty())
        .collect()
}

/// A path relative to the folder of another file.
fn joined(from: &str, to: &str) -> String {
    let mut parts: Vec<&str> = if to.starts_with('/') { Vec::new() } else { from.split('/').collect() };
    parts.pop();
    for part in to.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// The names that GitHub gives to headings.
fn headings(text: &str) -> impl Iterator<Item = String> {
    text.lines().filter(|line| line.starts_with('#')).map(|line| {
        let words = line.trim_start_matches('#').trim().to_lowercase();
        words
            .chars()
            .filter(|c| c.is_alphanumeric() || *c == ' ' || *c == '-' || *c == '_')
            .map(|c| if c == ' ' { '-' } else { c })
            .collect()
    })
}

/// Markdown with its code blanked: what looks like a link there is an example.
fn without_code(text: &str) -> String {
    let mut fence: Option<&str> = None;
    let mut lines = Vec::new();
    for line in text.lines() {
        let mark = ["```", "~~~"].into_iter().find(|mark| line.trim_start().starts_with(mark));
        match (fence, mark) {
            (None, Some(mark)) => {
                fence = Some(mark);
                lines.push(String::new());
            }
            (Some(open), mark) => {
                if mark == Some(open) {
                    fence = None;
                }
                lines.push(String::new());
            }
            (None, None) => lines.push(line.split('`').step_by(2).collect::<Vec<_>>().join("` `")),
        }
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(check: super::super::Check, files: &[(&str, &str)]) -> Vec<(usize, String)> {
        check(&Project::of(files)).into_iter().map(|finding| (finding.line, finding.message)).collect()
    }

    #[test]
    fn every_rust_file_opens_by_saying_what_it_is() {
        assert_eq!(found(opening, &[("src/a.rs", "use b;\n")]).len(), 1);
        assert_eq!(found(opening, &[("build.rs", "\n//! Late.\n")]).len(), 1);
        assert!(found(opening, &[("src/a.rs", "//! A.\n"), ("a.js", "a")]).is_empty());
    }

    #[test]
    fn links_lead_to_files_and_headings() {
        let guide = (
            "docs/guide.md",
            "# The *one* tag, and `more`\n[up](../README.md) [self](#the-one-tag-and-more)",
        );
        let readme = (
            "README.md",
            "[guide](docs/guide.md#the-one-tag-and-more) [web](https://example.org/x) [folder](docs) \
             [mail](mailto:a@b.c)\n```\n[no](link.md)\n```\n`[no](link.md)`\n\
             [gone](docs/gone.md) [gone](docs/guide.md#gone)\n[ref]: docs/gone.md\n<img src=\"gone.png\">",
        );
        let mut project = Project::of(&[guide, readme]);
        project.paths.push("docs".into());
        let lines: Vec<_> = links(&project).into_iter().map(|finding| (finding.path, finding.line)).collect();
        assert_eq!(lines, [6, 6, 7, 8].map(|line| ("README.md".to_owned(), line)));
    }

    #[test]
    fn paths_are_joined_like_links() {
        assert_eq!(joined("docs/guide.md", "../style/THEMING.md"), "style/THEMING.md");
        assert_eq!(joined("docs/guide.md", "./a/"), "docs/a");
        assert_eq!(joined("README.md", "docs/guide.md"), "docs/guide.md");
        assert_eq!(joined("docs/guide.md", "/LICENSE-MIT"), "LICENSE-MIT");
    }
}
