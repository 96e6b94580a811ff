//! What the checks say of the contract stands there, and nothing has two names.

use std::collections::BTreeSet;

use afterword_conformance::GROUPS;

const CONTRACT: &str = include_str!("../../../contract/CONTRACT.md");

/// What stands under a heading of the contract; none where it has no such heading.
fn section(heading: &str) -> Option<&'static str> {
    let (_, below) = CONTRACT.split_once(&format!("\n## {heading}\n"))?;
    below.split("\n## ").next()
}

#[test]
fn every_section_that_a_check_names_is_there() {
    for group in GROUPS {
        for check in group.checks {
            let (heading, rule) = check.section.split_once(": ").unwrap_or((check.section, ""));
            let name = format!("{}.{}: {}", group.name, check.id, check.section);
            let section = section(heading).expect(&name);
            assert!(rule.is_empty() || section.contains(&format!("\n**{rule}.**\n")), "{name}");
        }
    }
}

#[test]
fn the_contract_says_how_each_step_is_checked() {
    let steps: Vec<&str> = CONTRACT.lines().filter_map(|line| line.strip_prefix("## Step ")).collect();
    assert_eq!(steps.len(), 10);
    let mut named = BTreeSet::from(["file"]);
    for step in steps {
        let section = section(&format!("Step {step}")).expect(step);
        let (_, command) = section.split_once("\n**Check:** `afterword-conformance ").expect(step);
        let (command, _) = command.split_once('`').expect(step);
        let groups = command.split_once("--only ").map_or("", |(_, groups)| groups);
        named.extend(groups.split([',', ' ']).take_while(|word| !word.starts_with('-')));
    }
    named.remove("");
    let groups: BTreeSet<&str> = GROUPS.iter().map(|group| group.name).collect();
    assert_eq!(named, groups);
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
