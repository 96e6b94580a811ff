//! How often one address may ask, whatever it says of itself and however often the server starts.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use afterword_server::{
    Access, App, Clock, ForwardedHeader, Limits, Proxies, Rate, Server, Settings, Store, router,
};
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Method, Request};
use common::people::{JSON, connect};
use common::{Answer, Site, kind};
use http_body_util::BodyExt;
use serde_json::json;
use tower::ServiceExt;

/// Three guests an hour from one address, behind a proxy at 10.0.0.1, at a time that the test sets.
fn settings(clock: &Arc<AtomicI64>) -> Settings {
    let guest = Some(Rate { times: 3, seconds: 3600 });
    Settings {
        limits: Limits { guest, ..Limits::none() },
        proxies: Proxies::new(&["10.0.0.1".to_owned()], ForwardedHeader::XForwardedFor).unwrap(),
        clock: Clock::Held(Arc::clone(clock)),
        ..Settings::default()
    }
}

async fn ask(site: &Site, peer: &str, forwarded: &str, name: &str) -> Answer {
    let mut request = Request::builder()
        .method(Method::POST)
        .uri("/api/guests")
        .header(JSON.0, JSON.1)
        .header("x-forwarded-for", forwarded)
        .header("forwarded", format!("for={forwarded}"))
        .body(Body::from(json!({ "name": name }).to_string()))
        .unwrap();
    request.extensions_mut().insert(ConnectInfo(SocketAddr::new(peer.parse().unwrap(), 4711)));
    let (head, body) = site.router.clone().oneshot(request).await.unwrap().into_parts();
    let body = body.collect().await.unwrap().to_bytes().to_vec();
    Answer { status: head.status, headers: head.headers, body }
}

#[tokio::test]
async fn what_is_too_much_is_refused_with_the_time_to_wait_and_given_back_evenly() {
    let clock = Arc::new(AtomicI64::new(1_000_000));
    let site = Site::with(settings(&clock)).await;
    for _ in 0..3 {
        assert_eq!(ask(&site, "192.0.2.1", "", "Bram").await.status, 201);
    }
    let refused = ask(&site, "192.0.2.1", "", "Bram").await;
    let problem = refused.problem(429);
    assert_eq!(problem.kind, kind("too-many-requests"));
    assert_eq!(
        (refused.header("retry-after"), problem.detail.as_deref()),
        ("1200", Some("Try again in 20 minutes."))
    );
    // A name that cannot be is no attempt, and others are not held up.
    ask(&site, "192.0.2.1", "", "").await.problem(422);
    assert_eq!(ask(&site, "192.0.2.2", "", "Bram").await.status, 201);
    clock.fetch_add(1_199_001, Ordering::SeqCst);
    assert_eq!(ask(&site, "192.0.2.1", "", "Bram").await.header("retry-after"), "1");
    clock.fetch_add(999, Ordering::SeqCst);
    assert_eq!(ask(&site, "192.0.2.1", "", "Bram").await.status, 201);
    ask(&site, "192.0.2.1", "", "Bram").await.problem(429);
    clock.fetch_add(3_600_000, Ordering::SeqCst);
    for _ in 0..3 {
        assert_eq!(ask(&site, "192.0.2.1", "", "Bram").await.status, 201);
    }
    // Of whoever has waited long enough, nothing is kept.
    let kept: Vec<String> =
        sqlx::query_scalar("SELECT who FROM used").fetch_all(&mut connect(&site.store).await).await.unwrap();
    assert_eq!(kept, ["address 192.0.2.1"]);
    // A clock that ran ahead and was put right locks nobody out.
    clock.store(0, Ordering::SeqCst);
    assert_eq!(ask(&site, "192.0.2.1", "", "Bram").await.status, 201);
}

#[tokio::test]
async fn a_restart_forgives_nothing() {
    let clock = Arc::new(AtomicI64::new(1_000_000));
    let site = Site::with(settings(&clock)).await;
    for _ in 0..3 {
        assert_eq!(ask(&site, "192.0.2.1", "", "Bram").await.status, 201);
    }
    let store = Store::open(site.store.path(), Access::Existing).await.unwrap();
    let mut again = Site::empty().await;
    again.router = router(App::new(store, settings(&clock)));
    ask(&again, "192.0.2.1", "", "Bram").await.problem(429);
}

#[tokio::test]
async fn a_household_of_version_6_has_one_limit() {
    let site = Site::with(settings(&Arc::new(AtomicI64::new(0)))).await;
    for address in ["2001:db8:1:2::1", "2001:db8:1:2::2", "2001:db8:1:2:ffff::3"] {
        assert_eq!(ask(&site, address, "", "Bram").await.status, 201);
    }
    ask(&site, "2001:db8:1:2:abcd::4", "", "Bram").await.problem(429);
    assert_eq!(ask(&site, "2001:db8:1:3::1", "", "Bram").await.status, 201);
}

#[tokio::test]
async fn forwarded_addresses_are_a_proxys_to_say_and_no_strangers() {
    let site = Site::with(settings(&Arc::new(AtomicI64::new(0)))).await;
    for number in 0..3 {
        assert_eq!(ask(&site, "192.0.2.1", &format!("203.0.113.{number}"), "Bram").await.status, 201);
    }
    ask(&site, "192.0.2.1", "203.0.113.9", "Bram").await.problem(429);
    for number in 0..3 {
        let way = format!("203.0.113.{number}, 198.51.100.7");
        assert_eq!(ask(&site, "10.0.0.1", &way, "Bram").await.status, 201);
    }
    ask(&site, "10.0.0.1", "203.0.113.9, 198.51.100.7", "Bram").await.problem(429);
    assert_eq!(ask(&site, "10.0.0.1", "198.51.100.8", "Bram").await.status, 201);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_tells_where_it_comes_from() {
    let store = Store::temporary().await.unwrap();
    let app = App::new(store.clone(), settings(&Arc::new(AtomicI64::new(0))));
    let server = Server::bind("127.0.0.1:0", app).await.unwrap();
    let address = server.address();
    tokio::spawn(server.run(std::future::pending()));
    let answer = tokio::task::spawn_blocking(move || {
        let body = r#"{"name":"Bram"}"#;
        let mut stream = TcpStream::connect(address).unwrap();
        write!(
            stream,
            "POST /api/guests HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\nx-forwarded-for: 192.0.2.9\r\n\
             content-length: {}\r\nconnection: close\r\n\r\n{body}",
            body.len()
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    });
    assert!(answer.await.unwrap().starts_with("HTTP/1.1 201"));
    let who: Vec<String> =
        sqlx::query_scalar("SELECT who FROM used").fetch_all(&mut connect(&store).await).await.unwrap();
    assert_eq!(who, ["address 127.0.0.1"]);
}

#[tokio::test]
async fn every_route_that_writes_or_looks_for_people_has_its_limit() {
    let once = Some(Rate { times: 1, seconds: 3600 });
    let limits = Limits { guest: once, reply: once, edit: once, react: once, report: once, people: once };
    for (address, method) in [
        ("/api/guests", "POST"),
        ("/api/replies", "POST"),
        ("/api/replies/a", "PATCH"),
        ("/api/replies/a", "DELETE"),
        ("/api/replies/a/restore", "POST"),
        ("/api/replies/a/reactions/like", "PUT"),
        ("/api/replies/a/reactions/like", "DELETE"),
        ("/api/replies/a/reports", "POST"),
        ("/api/people?thread=t", "GET"),
    ] {
        let site = Site::with(Settings { limits: limits.clone(), ..Settings::default() }).await;
        site.person("ada", "Ada", "member").await;
        site.person("mod", "Mo Derator", "moderator").await;
        let body = Some(json!({ "name": "Inga", "thread": "t", "body": "Hello.", "reason": "spam" }));
        let ask = async |who| site.send((method, address), who, body.clone(), &[]).await.status;
        assert_ne!(ask("ada").await, 429, "{method} {address}");
        assert_eq!(ask("ada").await, 429, "{method} {address}");
        if !["/api/guests", "/api/people?thread=t"].contains(&address) {
            ask("mod").await;
            assert_ne!(ask("mod").await, 429, "{method} {address}: moderators are trusted");
        }
    }
}
