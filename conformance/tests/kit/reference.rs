//! The reference server keeps the contract.

use std::time::{Duration, Instant};

use afterword_conformance::options::Options;
use afterword_conformance::{Entry, Format, Report, run};
use afterword_contract::Status;
use afterword_server::{Extent, Guests, Hold, Limits, Rate, Server, Settings, Writing, read_pages};
use axum::Router;
use axum::http::HeaderName;
use axum::routing::get;
use serde_json::{Value, json};

use crate::backend::{Backend, Got, Memory, Sent, Twist};

#[tokio::test]
async fn the_reference_server_is_good_in_everything() {
    let backend = Backend::open(Twist::None).await;
    let report = backend.report(&[]).await;
    assert!(report.is_good(), "{}", report.write(Format::Text));
    assert!(left_out(&report).is_empty(), "{}", report.write(Format::Text));
}

fn left_out(report: &Report) -> Vec<String> {
    report.entries.iter().filter(|entry| entry.skipped().is_some()).map(Entry::name).collect()
}

fn holding() -> Settings {
    let writing = Writing { hold: Hold::All, ..Writing::default() };
    Settings { writing, limits: Limits::none(), ..Settings::default() }
}

#[tokio::test]
async fn a_thread_that_is_there_is_paged_through_without_being_written_to() {
    let guests = Guests { allowed: false, ..Guests::default() };
    let settings = Settings { guests, limits: Limits::none(), ..Settings::default() };
    let backend = Backend::start(settings, Twist::None).await;
    let file = include_str!("../../../contract/fixtures/threads/lighthouse.json");
    backend.store.import(read_pages(file).unwrap()).await.unwrap();
    let threads = backend.store.snapshot().await.unwrap().threads().await.unwrap();
    let thread = Some(threads[0].id.0.clone());
    let only = vec!["read".to_owned(), "paging".to_owned(), "http".to_owned()];
    let report = run(&Options { thread, only, ..Options::of(&backend.api) }).await.unwrap();
    assert!(report.is_good(), "{}", report.write(Format::Text));
    let left_out = left_out(&report);
    assert_eq!(left_out, ["read.bodies", "paging.inserts", "http.etag-changes"]);
    assert_eq!(backend.store.snapshot().await.unwrap().threads().await.unwrap().len(), 1);
}

#[tokio::test]
async fn where_replies_are_held_that_is_asked() {
    let backend = Backend::start(holding(), Twist::None).await;
    let report = backend.report(&[]).await;
    assert!(report.is_good(), "{}", report.write(Format::Text));
    assert!(report.entries.iter().any(|entry| entry.name() == "reply.held" && entry.verdict.is_ok()));
    assert!(left_out(&report).contains(&"reply.shape".to_owned()));
}

#[tokio::test]
async fn a_held_reply_that_everybody_sees_is_found() {
    let twist = Twist::Got(|sent, got, _| {
        if sent.is("GET", "/replies") && sent.address.ends_with("-held&limit=100") {
            got.change(|page| page["thread"]["total"] = json!(1));
        }
    });
    let report = Backend::start(holding(), twist).await.report(&["read", "reply", "viewer"]).await;
    let found: Vec<String> = report.findings().map(|(entry, _)| entry.name()).collect();
    assert_eq!(found, ["reply.held"]);
}

#[tokio::test]
async fn a_held_reply_that_somebody_else_sees_is_found() {
    let of_everybody = Twist::Got(|sent, got, memory| {
        if sent.is("GET", "/viewer") && sent.address.ends_with("-held") {
            let mut memory = memory.lock().unwrap();
            let pending = memory.entry("pending".to_owned()).or_insert(got.json()["pending"].to_string());
            got.change(|viewer| viewer["pending"] = serde_json::from_str(pending).unwrap());
        }
    });
    let counted = Twist::Got(|sent, got, _| {
        if sent.is("GET", "/counts") {
            got.body = String::from_utf8_lossy(&got.body).replace(":0", ":1").into_bytes();
        }
    });
    let drawn = Twist::Got(|sent, got, _| {
        if sent.is("GET", "/html") {
            got.body = String::from_utf8_lossy(&got.body)
                .replace("</main>", "Look at this first.</main>")
                .into_bytes();
        }
    });
    for (twist, said) in
        [(of_everybody, "somebody else sees it"), (counted, "it counts"), (drawn, "everybody can read it")]
    {
        let report = Backend::start(holding(), twist).await.report(&["reply"]).await;
        let found: Vec<_> =
            report.findings().map(|(entry, finding)| (entry.name(), &finding.wrong)).collect();
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].0 == "reply.held" && found[0].1.contains(said), "{found:?}");
    }
}

#[tokio::test]
async fn where_nobody_may_open_a_thread_what_needs_one_is_left_out() {
    let writing = Writing { open_threads: false, ..Writing::default() };
    let settings = Settings { writing, limits: Limits::none(), ..Settings::default() };
    let report = Backend::start(settings, Twist::None).await.report(&[]).await;
    assert!(report.is_good(), "{}", report.write(Format::Text));
    assert!(left_out(&report).contains(&"reply.shape".to_owned()));
}

#[tokio::test]
async fn where_nobody_may_write_the_rest_is_asked_all_the_same() {
    let guests = Guests { allowed: false, ..Guests::default() };
    let settings = Settings { guests, limits: Limits::none(), ..Settings::default() };
    let backend = Backend::start(settings, Twist::None).await;
    let report = backend.report(&[]).await;
    let (good, wrong, left_out) = report.counts();
    assert!(wrong == 0 && left_out > 0 && good > 0, "{}", report.write(Format::Text));
    assert!(
        report.entries.iter().any(|entry| entry.name() == "read.unknown-thread" && entry.verdict.is_ok())
    );
}

/// What another answer is made by.
type Change = fn(&Sent, &mut Got, &Memory);

/// Nobody was made, everything was left out because "nobody may write", and all was well.
#[tokio::test]
async fn guests_who_are_refused_are_told_of() {
    let cases: [(Change, &str); 4] = [
        (
            |sent, got, _| {
                if sent.is("POST", "/guests") {
                    got.status = 429;
                    got.set("retry-after", "3600");
                }
            },
            "`POST guests` was refused: 429, no more of this for 3600 s; raise its limits, or give --token",
        ),
        (
            |sent, got, _| {
                if sent.is("POST", "/guests") {
                    got.status = 500;
                }
            },
            "`POST guests` was refused: 500; give --token",
        ),
        (
            |sent, got, _| {
                if sent.is("POST", "/guests") {
                    got.body = b"[".to_vec();
                }
            },
            "`POST guests` was answered with 201 and no token; give --token",
        ),
        (
            |sent, got, _| {
                if sent.is("POST", "/guests") {
                    got.body = b"{\"token\": 7}".to_vec();
                }
            },
            "`POST guests` was answered with 201 and no token; give --token",
        ),
    ];
    for (twist, said) in cases {
        let backend = Backend::open(Twist::Got(twist)).await;
        let report = backend.report(&["read", "reply"]).await;
        assert_eq!(report.missing.as_deref(), Some(said));
        let why = report.entries.iter().find(|entry| entry.name() == "reply.shape").unwrap().skipped();
        assert_eq!(why, Some(said));
        assert!(report.is_good(), "{}", report.write(Format::Text));
        let text = report.write(Format::Text);
        assert!(text.ends_with(&format!("somebody to write as is missing: {said}\n")), "{text}");
        let json: Value = serde_json::from_str(&report.write(Format::Json)).unwrap();
        assert_eq!(json["missing"], said);
        // Whoever brings somebody needs no guest but for what takes two people.
        let (token, only) = (Some("0123456789abcdef".to_owned()), vec!["viewer".to_owned()]);
        let report = run(&Options { token, only, ..Options::of(&backend.api) }).await.unwrap();
        let second = said.replace("--token", "--second-token");
        assert_eq!(report.missing.as_deref(), Some(second.as_str()));
    }
}

/// What a cache does that keeps what may be kept, for as long as the kit runs.
fn cache(sent: &Sent, got: &mut Got, memory: &Memory) {
    if sent.method != "GET" {
        return;
    }
    let mut memory = memory.lock().unwrap();
    let public =
        got.headers.get("cache-control").is_some_and(|control| control.as_bytes().starts_with(b"public"));
    if got.status == 200 && public && !memory.contains_key(&sent.address) {
        let headers: Vec<_> = ["content-type", "cache-control", "etag"]
            .into_iter()
            .filter_map(|name| Some((name, got.headers.get(name)?.to_str().unwrap().to_owned())))
            .collect();
        let kept = json!({ "headers": headers, "body": String::from_utf8_lossy(&got.body) });
        memory.insert(sent.address.clone(), kept.to_string());
    }
    let Some(kept) = memory.get(&sent.address) else { return };
    let kept: Value = serde_json::from_str(kept).unwrap();
    for header in kept["headers"].as_array().unwrap() {
        let name: HeaderName = header[0].as_str().unwrap().parse().unwrap();
        got.headers.insert(name, header[1].as_str().unwrap().parse().unwrap());
    }
    let tag = got.headers["etag"].to_str().unwrap();
    let known = sent.header("if-none-match").split(',').any(|one| one.trim().trim_start_matches("W/") == tag);
    got.status = if known { 304 } else { 200 };
    got.body = if known { Vec::new() } else { kept["body"].as_str().unwrap().as_bytes().to_vec() };
}

/// Every read after a write was ten seconds old, and a good backend was wrong in a dozen things.
#[tokio::test]
async fn the_reference_server_behind_a_cache_is_good_in_everything() {
    let report = Backend::open(Twist::Got(cache)).await.report(&[]).await;
    assert!(report.is_good(), "{}", report.write(Format::Text));
    assert!(left_out(&report).is_empty(), "{}", report.write(Format::Text));
}

#[tokio::test]
async fn a_backend_that_is_busy_is_waited_for() {
    let reply = Some(Rate { times: 3, seconds: 3 });
    let settings = Settings { limits: Limits { reply, ..Limits::none() }, ..Settings::default() };
    let backend = Backend::start(settings, Twist::None).await;
    let report = backend.report(&["read"]).await;
    assert!(report.is_good() && left_out(&report).is_empty(), "{}", report.write(Format::Text));
}

#[tokio::test]
async fn a_backend_that_hangs_is_not_waited_for_each_time() {
    let page = json!({ "replies": [], "thread": { "features": ["reply"] } }).to_string();
    let kind = [("content-type", "application/json")];
    let hang = std::future::pending::<()>;
    let routes = Router::new().route("/replies", get(async move || (kind, page)).post(hang));
    let server = Server::bind_router("127.0.0.1:0", routes).await.unwrap();
    let url = format!("http://{}", server.address());
    let serving = tokio::spawn(server.run(std::future::pending::<()>()));
    let (began, patience) = (Instant::now(), Duration::from_secs(1));
    let (token, only) = (Some("0123456789abcdef".to_owned()), vec!["reply".to_owned()]);
    let report = run(&Options { token, only, patience, ..Options::of(&url) }).await.unwrap();
    serving.abort();
    let late =
        report.findings().filter(|(_, finding)| finding.wrong.starts_with("no answer came in")).count();
    assert!(late > 12, "{}", report.write(Format::Text));
    // Each once, a second or a tenth of it; and no more than that on a busy machine.
    assert!(began.elapsed() < patience * 10, "{:?}", began.elapsed());
}

#[tokio::test]
async fn what_a_backend_takes_too_seldom_is_left_out() {
    let reply = Some(Rate { times: 2, seconds: 3600 });
    let settings = Settings { limits: Limits { reply, ..Limits::none() }, ..Settings::default() };
    let backend = Backend::start(settings, Twist::None).await;
    let report = backend.report(&["read"]).await;
    assert!(report.is_good(), "{}", report.write(Format::Text));
    assert!(left_out(&report).contains(&"read.bodies".to_owned()));
}

#[tokio::test]
async fn what_was_written_is_deleted_at_the_end() {
    let backend = Backend::open(Twist::None).await;
    assert!(backend.report(&["read"]).await.is_good());
    let mut threads = backend.store.snapshot().await.unwrap();
    let mut written = 0;
    for thread in threads.threads().await.unwrap() {
        let page = threads.export(&thread.id, Extent::Public).await.unwrap().unwrap();
        written += page.replies.len();
        let left: Vec<_> = page.replies.iter().filter(|reply| reply.status != Status::Deleted).collect();
        assert!(left.is_empty(), "{left:#?}");
        assert!(thread.id.as_str().starts_with("afterword-conformance-"));
    }
    assert!(written > 7);
}
