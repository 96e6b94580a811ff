//! A thread that is one file behind a web server that knows nothing.

use afterword_conformance::options::Options;
use afterword_conformance::{Format, Report, run};
use afterword_server::Server;
use axum::Router;
use axum::http::{HeaderMap, HeaderValue};
use axum::routing::get;

use crate::backend::{Backend, Twist};

async fn asked(file: &'static str, for_others: bool) -> Report {
    let mut headers = HeaderMap::new();
    headers.insert("content-type", HeaderValue::from_static("text/plain"));
    if for_others {
        headers.insert("access-control-allow-origin", HeaderValue::from_static("*"));
    }
    let routes = Router::new().route("/thread.json", get(async move || (headers, file)));
    let server = Server::bind_router("127.0.0.1:0", routes).await.unwrap();
    let address = server.address();
    let serving = tokio::spawn(server.run(std::future::pending::<()>()));
    let report = run(&Options::of(&format!("http://{address}/thread.json"))).await.unwrap();
    serving.abort();
    report
}

fn found(report: &Report) -> Vec<String> {
    report.findings().map(|(entry, _)| entry.name()).collect()
}

#[tokio::test]
async fn files_of_every_size_are_good() {
    for file in [
        r#"{ "replies": [ { "body": "Hi" } ] }"#,
        include_str!("../../../contract/fixtures/threads/lighthouse.json"),
    ] {
        let report = asked(file, true).await;
        assert_eq!(report.counts(), (5, 0, 0), "{}", report.write(Format::Text));
    }
}

/// One of them once left out the `count` of a reaction: the widget fills it in, and the schema wants it.
#[tokio::test]
async fn the_files_that_the_contract_shows_are_good() {
    let contract = include_str!("../../../contract/CONTRACT.md");
    let (_, section) = contract.split_once("\n## Step 0.").unwrap();
    let (section, _) = section.split_once("\n## ").unwrap();
    let files: Vec<_> =
        section.split("```json\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
    assert!(files.len() >= 2, "{section}");
    for file in files {
        let report = asked(file, true).await;
        assert_eq!(report.counts(), (5, 0, 0), "{}", report.write(Format::Text));
    }
}

#[tokio::test]
async fn a_file_for_its_own_origin_is_no_fault() {
    let report = asked(r#"{ "replies": [ { "body": "Hi" } ] }"#, false).await;
    assert_eq!(report.counts(), (4, 0, 1));
}

#[tokio::test]
async fn a_run_that_asks_nothing_is_no_good_run() {
    let backend = Backend::open(Twist::None).await;
    let only = vec!["file".to_owned()];
    let nothing = run(&Options { only, ..Options::of(&backend.api) }).await;
    assert!(nothing.is_err_and(|why| why.contains("--only")));
}

/// Files with one fault each, and the check that finds it.
pub(crate) const FAULTS: &[(&str, &str)] = &[
    (r#"{ "replies": [ { "body": "Hi", "number": "1" } ] }"#, "file.shape"),
    (
        r#"{ "replies": [ { "body": "Hi", "number": 2, "id": "a" }, { "body": "Ho", "number": 1, "id": "b" } ] }"#,
        "file.whole-thread",
    ),
    (
        r#"{ "replies": [ { "body": "Hi", "number": 1, "id": "a", "status": "hidden" } ] }"#,
        "file.gone-is-empty",
    ),
    (r#"{ "replies": [ { "body": "Hi", "email_hash": "d41d8cd98f" } ] }"#, "file.private"),
    (r#"{ "replies": [ { "body": "Hi", "remote": "2001:db8::1" } ] }"#, "file.private"),
];

#[tokio::test]
async fn faults_in_files_are_found() {
    for (file, check) in FAULTS {
        assert_eq!(found(&asked(file, true).await), [*check], "{file}");
    }
}
