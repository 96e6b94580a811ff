//! The conformance kit, asked of each bridge.

use afterword_bridge::System;
use afterword_conformance::Format;
use afterword_conformance::options::Options;

use crate::fake::{self, Fake, Said};

/// What can only be asked where something can be written, and a thread that only the kit can open.
const NEEDS_WRITING: [&str; 4] = ["bodies", "inserts", "etag-changes", "preflight"];

async fn keeps_the_contract(system: System, fake: impl Fn(&str) -> Said + Send + 'static, thread: &str) {
    let fake = Fake::start(fake).await;
    let api = fake.bridged(system).await;
    let options = Options { thread: Some(thread.to_owned()), ..Options::of(&api) };
    let report = afterword_conformance::run(&options).await.unwrap();
    let (good, wrong, _) = report.counts();
    assert!(wrong == 0 && good >= 25, "{}", report.write(Format::Text));
    let skipped = |entry: &&afterword_conformance::Entry| entry.verdict.is_err();
    let skipped: Vec<_> = report.entries.iter().filter(skipped).map(|entry| entry.check.id).collect();
    assert_eq!(skipped, NEEDS_WRITING, "{}", report.write(Format::Text));
}

#[tokio::test]
async fn before_discourse_the_kit_finds_nothing() {
    keeps_the_contract(System::Discourse, fake::discourse(), "12").await;
}

#[tokio::test]
async fn before_isso_the_kit_finds_nothing() {
    keeps_the_contract(System::Isso, fake::isso(), "/plums").await;
}

#[tokio::test]
async fn before_vanilla_the_kit_finds_nothing() {
    keeps_the_contract(System::Vanilla, fake::vanilla(), "900").await;
}
