//! What the checks say of the contract stands there, and nothing has two names.

use std::collections::BTreeSet;

use afterword_conformance::GROUPS;

const CONTRACT: &str = include_str!("../../../contract/CONTRACT.md");

#[test]
fn every_section_that_a_check_names_is_there() {
    for group in GROUPS {
        for check in group.checks {
            let (heading, rule) = check.section.split_once(": ").unwrap_or((check.section, ""));
            let name = format!("{}.{}: {}", group.name, check.id, check.section);
            assert!(CONTRACT.contains(&format!("\n## {heading}\n")), "{name}");
            assert!(rule.is_empty() || CONTRACT.contains(&format!("\n**{rule}.**\n")), "{name}");
        }
    }
}

#[test]
fn every_check_has_a_name_of_its_own_and_sentences() {
    let mut names = BTreeSet::new();
    for group in GROUPS {
        for check in group.checks {
            assert!(names.insert((group.name, check.id)), "{}.{} stands twice", group.name, check.id);
            assert!(check.says.ends_with('.') && check.mend.ends_with('.'), "{}.{}", group.name, check.id);
        }
    }
}

#[test]
fn every_group_is_described_in_the_readme() {
    let readme = include_str!("../../README.md");
    for group in GROUPS {
        assert!(readme.contains(&format!("| `{}` |", group.name)), "{}", group.name);
    }
}
