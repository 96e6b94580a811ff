//! Rules of the style sheets.

use super::source::{line_of, numbered};
use super::{Finding, Project};

/// `rem` is the host page's size of letters, not that of the article: many pages set it to 10px.
pub(super) fn rem(project: &Project) -> Vec<Finding> {
    let mut findings = Vec::new();
    for source in project.within(&["style"]).filter(|source| source.is_style()) {
        for (number, line) in numbered(&source.code) {
            let uses = line.match_indices("rem").any(|(start, _)| {
                let before = line.get(..start).and_then(|before| before.chars().next_back());
                let after = line.get(start + 3..).and_then(|after| after.chars().next());
                before.is_some_and(|c| c.is_ascii_digit() || c == '.')
                    && !after.is_some_and(|c| c.is_alphanumeric() || c == '-' || c == '_')
            });
            if uses {
                findings.push(Finding::new(source, number, "`rem`: all sizes are in em"));
            }
        }
    }
    findings
}

/// A public token that we declared ourselves would win over what the page says.
pub(super) fn tokens(project: &Project) -> Vec<Finding> {
    let mut findings = Vec::new();
    for source in project.within(&["style"]).filter(|source| source.is_style()) {
        for (start, _) in source.code.match_indices("--afterword-") {
            let after = source.code.get(start..).unwrap_or_default();
            let name_end = after.find(|c: char| !(c.is_alphanumeric() || c == '-')).unwrap_or(after.len());
            if after.get(name_end..).is_some_and(|rest| rest.trim_start().starts_with(':')) {
                let name = after.get(..name_end).unwrap_or_default();
                let message =
                    format!("declares `{name}`: public tokens are the page's; declare a private `--_…`");
                findings.push(Finding::new(source, line_of(&source.code, start), message));
            }
        }
    }
    findings
}

/// A part that is named by what stands before it has others styled anew when a reply comes or goes. In a theme that finds
/// parts by attribute all replies are: of attributes browsers remember the name alone.
pub(super) fn siblings(project: &Project) -> Vec<Finding> {
    let mut findings = Vec::new();
    for source in project.within(&["style"]).filter(|source| source.is_style()) {
        for (number, line) in numbered(&source.code) {
            let named = ["+ .", "~ .", "+ [", "~ [", "+ &", "~ &", "+ *", "~ *"]
                .iter()
                .any(|before| line.contains(before));
            if named {
                let message = "a part by its sibling: say `:not(:first-child)`, or name the parent";
                findings.push(Finding::new(source, number, message));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(check: super::super::Check, text: &str) -> Vec<usize> {
        check(&Project::of(&[("style/reply.css", text)])).into_iter().map(|finding| finding.line).collect()
    }

    #[test]
    fn rem_is_refused_and_em_is_not() {
        assert_eq!(found(rem, "a { margin: 1rem }\nb { margin: .5rem 2em }"), [1, 2]);
        assert!(found(rem, "/* never 1rem */ .remark1rem2 { margin: 1em }").is_empty());
    }

    #[test]
    fn parts_by_their_siblings_are_refused_and_tags_are_not() {
        assert_eq!(
            found(
                siblings,
                "[part~=\"item\"] + [part~=\"item\"] {}\na:hover + & {}\n:active ~ * b {}\nli ~ .item {}"
            ),
            [1, 2, 3, 4]
        );
        assert!(found(siblings, "li + li {}\n/* + [part] */ a { width: calc(1em + 2px) }").is_empty());
    }

    #[test]
    fn public_tokens_are_read_and_never_declared() {
        assert_eq!(found(tokens, ":host {\n  --afterword-space : 1em }"), [2]);
        assert!(
            found(tokens, "[part] { --_space: var(--afterword-space, 1em) } /* --afterword-space: 1 */")
                .is_empty()
        );
    }
}
