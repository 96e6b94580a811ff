//! Faulty backends, each with one fault, and the checks that have to find it: those, and no other of its part.
//!
//! And the reverse: every check has a fault that it finds.

use std::collections::BTreeSet;

use afterword_conformance::GROUPS;
use serde_json::Value;
use tokio::task::LocalSet;

use crate::backend::{Backend, Got, Memory, Sent, Twist};
use crate::file::FAULTS;

mod listening;
mod reading;
mod writing;

/// A backend that does one thing wrong.
struct Fault {
    /// What it does.
    name: &'static str,
    /// The checks that find it.
    found_by: &'static [&'static str],
    twist: Twist,
}

const fn sent(name: &'static str, found_by: &'static [&'static str], twist: fn(&mut Sent, &Memory)) -> Fault {
    Fault { name, found_by, twist: Twist::Sent(twist) }
}

const fn got(
    name: &'static str,
    found_by: &'static [&'static str],
    twist: fn(&Sent, &mut Got, &Memory),
) -> Fault {
    Fault { name, found_by, twist: Twist::Got(twist) }
}

const fn heard(
    name: &'static str,
    found_by: &'static [&'static str],
    twist: fn(&Sent, String, &Memory) -> String,
) -> Fault {
    Fault { name, found_by, twist: Twist::Heard(twist) }
}

/// The replies on a page, to be changed.
fn replies(page: &mut Value) -> impl Iterator<Item = &mut Value> {
    page["replies"].as_array_mut().into_iter().flatten()
}

/// With another value of a parameter, or without it.
fn with_parameter(address: &str, name: &str, value: Option<&str>) -> String {
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    let mut pairs: Vec<String> = query
        .split('&')
        .filter(|pair| pair.split('=').next() != Some(name) && !pair.is_empty())
        .map(str::to_owned)
        .collect();
    pairs.extend(value.map(|value| format!("{name}={value}")));
    format!("{path}?{}", pairs.join("&"))
}

fn parameter<'a>(address: &'a str, name: &str) -> Option<&'a str> {
    let (_, query) = address.split_once('?')?;
    query
        .split('&')
        .find_map(|pair| pair.split_once('=').filter(|(known, _)| *known == name).map(|(_, value)| value))
}

async fn check(fault: &'static Fault, part: &'static [&'static str]) -> Result<(), String> {
    let backend = Backend::open(fault.twist).await;
    let its_own = fault.found_by.iter().filter_map(|name| name.split('.').next());
    let groups: Vec<&str> = its_own.chain(part.iter().copied()).collect();
    let report = backend.report(&groups).await;
    let found: BTreeSet<String> = report.findings().map(|(entry, _)| entry.name()).collect();
    let expected: BTreeSet<String> = fault.found_by.iter().map(|name| (*name).to_owned()).collect();
    if found == expected {
        return Ok(());
    }
    let told: String = report
        .findings()
        .map(|(entry, finding)| {
            format!("  {}: {}\n    {}\n", entry.name(), finding.wrong, finding.sent.lines().next().unwrap())
        })
        .collect();
    Err(format!("{}: expected {expected:?}, found {found:?}\n{told}", fault.name))
}

/// All of them at once, because most of the time they wait; each is asked the groups of its part and those that
/// have to find it.
async fn check_all(faults: &'static [Fault], part: &'static [&'static str]) {
    let together = LocalSet::new();
    let checks: Vec<_> = faults.iter().map(|fault| together.spawn_local(check(fault, part))).collect();
    together.await;
    let mut wrong = String::new();
    for check in checks {
        wrong += &check.await.unwrap().err().unwrap_or_default();
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[tokio::test]
async fn faults_in_reading_are_found() {
    check_all(reading::READING, &["read", "paging", "http"]).await;
}

#[tokio::test]
async fn faults_in_knowing_people_are_found() {
    check_all(writing::PEOPLE, &["read", "viewer", "guest"]).await;
}

#[tokio::test]
async fn faults_in_writing_are_found() {
    check_all(writing::REPLIES, &["read", "reply", "key"]).await;
}

#[tokio::test]
async fn faults_in_what_is_done_to_replies_are_found() {
    check_all(writing::ACTS, &["edit", "history", "delete", "react"]).await;
}

#[tokio::test]
async fn faults_in_the_rest_are_found() {
    check_all(listening::REST, &["mention", "report", "count", "html"]).await;
}

#[tokio::test]
async fn faults_in_streams_are_found() {
    check_all(listening::LIVE, &["live"]).await;
}

const ALL: &[&[Fault]] =
    &[reading::READING, writing::PEOPLE, writing::REPLIES, writing::ACTS, listening::REST, listening::LIVE];

#[test]
fn every_check_has_a_fault_that_it_finds() {
    let found = ALL.iter().copied().flatten().flat_map(|fault| fault.found_by).copied();
    // Whether another origin has to read a file nobody knows; what is held has tests of its own.
    let files = FAULTS.iter().map(|(_, check)| *check).chain(["file.other-origins", "reply.held"]);
    let found: BTreeSet<&str> = found.chain(files).collect();
    let names = GROUPS
        .iter()
        .flat_map(|group| group.checks.iter().map(|check| format!("{}.{}", group.name, check.id)));
    let unproved: Vec<String> = names.filter(|name| !found.contains(name.as_str())).collect();
    assert!(unproved.is_empty(), "{unproved:?}");
}
