//! What the route tests share: a site over a database of its own, and threads to put into it.

#![allow(dead_code, unreachable_pub, missing_docs)]

pub mod people;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use afterword_contract::{Problem, ProblemType, ThreadPage};
use afterword_server::{
    Access, App, Clock, Extent, ImportError, Imported, Limits, Settings, Store, Writing, router,
};
use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::BodyExt;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use sqlx::{AssertSqlSafe, SqliteConnection};
use tower::ServiceExt;

pub struct Site {
    pub store: Store,
    pub router: Router,
    /// Moves the time of a [`Site::writing`].
    pub clock: Arc<AtomicI64>,
}

/// When the tests of writing begin.
pub const BEGAN: i64 = 1_700_000_000_000;

impl Site {
    /// An empty database behind the routes.
    pub async fn empty() -> Self {
        Self::with(Settings::default()).await
    }

    pub async fn with(settings: Settings) -> Self {
        let store = Store::temporary().await.unwrap();
        let router = router(App::new(store.clone(), settings));
        Self { store, router, clock: Arc::default() }
    }

    /// An empty database where these may write: `ada` and `bob` as members, `gil` as a guest, `mod` as a
    /// moderator, and `ban`, who is banned. Each one's id is their token too.
    pub async fn writing(writing: Writing) -> Self {
        let clock = Arc::new(AtomicI64::new(BEGAN));
        let (limits, held) = (Limits::none(), Clock::Held(Arc::clone(&clock)));
        let settings = Settings { writing, limits, clock: held, ..Settings::default() };
        let site = Self { clock, ..Self::with(settings).await };
        for (id, name, role) in [
            ("ada", "Ada", "member"),
            ("bob", "Old Bob", "member"),
            ("gil", "Gil", "guest"),
            ("mod", "Mo Derator", "moderator"),
            ("ban", "Banned", "member"),
        ] {
            site.person(id, name, role).await;
        }
        site.sql("UPDATE person SET banned = TRUE WHERE id = 'ban'").await;
        // Draws what their names look like, as for all that something else has written.
        Store::open(site.store.path(), Access::Existing).await.unwrap().close().await;
        site
    }

    /// Somebody who may write, with their id as their token.
    pub async fn person(&self, id: &str, name: &str, role: &str) {
        let mut connection = self.connection().await;
        let pk: i64 = sqlx::query_scalar(
            "INSERT INTO person (id, name, role, erased) VALUES ($1, $2, $3, FALSE) RETURNING pk",
        )
        .bind(id)
        .bind(name)
        .bind(role)
        .fetch_one(&mut connection)
        .await
        .unwrap();
        sqlx::query("INSERT INTO token (hash, person, created) VALUES ($1, $2, 0)")
            .bind(Sha256::digest(id.as_bytes()).to_vec())
            .bind(pk)
            .execute(&mut connection)
            .await
            .unwrap();
    }

    async fn connection(&self) -> SqliteConnection {
        people::connect(&self.store).await
    }

    pub async fn sql(&self, statement: &str) {
        people::run(&self.store, statement).await;
    }

    /// The first column of the first row.
    pub async fn number(&self, statement: &str) -> i64 {
        let mut connection = self.connection().await;
        sqlx::query_scalar(AssertSqlSafe(statement.to_owned())).fetch_one(&mut connection).await.unwrap()
    }

    pub fn pass(&self, seconds: i64) {
        self.clock.fetch_add(seconds * 1000, Ordering::Relaxed);
    }

    /// A request with a token, and with JSON where there is any.
    pub async fn send(
        &self,
        (method, address): (&str, &str),
        token: &str,
        body: Option<Value>,
        headers: &[(&str, &str)],
    ) -> Answer {
        let bearer = format!("Bearer {token}");
        let mut all = vec![("content-type", "application/json")];
        if !token.is_empty() {
            all.push(("authorization", &bearer));
        }
        all.extend(headers);
        let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
        self.request(Method::from_bytes(method.as_bytes()).unwrap(), address, &all, body).await
    }

    /// Posts into thread `t`; the reply.
    pub async fn post(&self, token: &str, body: &str) -> Value {
        let answer = self
            .send(("POST", "/api/replies"), token, Some(json!({ "thread": "t", "body": body })), &[])
            .await;
        assert!(answer.status.is_success(), "{}", answer.text());
        answer.json()
    }

    /// With these threads in it.
    pub async fn of(threads: Vec<Value>) -> Self {
        let site = Self::empty().await;
        site.import(threads).await;
        site
    }

    pub async fn import(&self, threads: Vec<Value>) {
        let pages = threads.into_iter().map(|page| serde_json::from_value(page).unwrap()).collect();
        self.store.import(pages).await.unwrap();
    }

    pub async fn get(&self, address: &str) -> Answer {
        self.ask(Method::GET, address, &[]).await
    }

    pub async fn ask(&self, method: Method, address: &str, headers: &[(&str, &str)]) -> Answer {
        self.request(method, address, headers, Body::empty()).await
    }

    pub async fn request(
        &self,
        method: Method,
        address: &str,
        headers: &[(&str, &str)],
        body: Body,
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(address);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(body).unwrap();
        let (head, body) = self.router.clone().oneshot(request).await.unwrap().into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        Answer { status: head.status, headers: head.headers, body: body.to_vec() }
    }

    /// A page that has to be there.
    pub async fn page(&self, query: &str) -> ThreadPage {
        let answer = self.get(&format!("/api/replies?{query}")).await;
        assert_eq!(answer.status, StatusCode::OK, "{query}: {}", answer.text());
        serde_json::from_slice(&answer.body).unwrap()
    }
}

pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// The problem; it has to be a sound one of this status, and of a kind that the contract knows.
    pub fn problem(&self, status: u16) -> Problem {
        assert_eq!(self.status, status, "{}", self.text());
        assert_eq!(self.header("content-type"), "application/problem+json");
        assert_eq!(self.header("cache-control"), "no-store");
        assert_eq!(self.header("access-control-allow-origin"), "*");
        let problem: Problem = serde_json::from_slice(&self.body).unwrap();
        assert_eq!(problem.status, status);
        let id = self.header("x-request-id");
        assert_eq!(problem.instance.as_deref(), Some(format!("urn:afterword:request:{id}").as_str()));
        assert!(!id.is_empty());
        let kind = ProblemType::ALL.iter().find(|kind| kind.is(&problem)).expect(&problem.kind);
        assert_eq!((problem.title.as_str(), problem.status), (kind.title, kind.status));
        problem
    }
}

pub fn kind(name: &str) -> String {
    format!("urn:afterword:problem:{name}")
}

pub fn escaped(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

/// A thread with these replies.
pub fn thread(id: &str, replies: Vec<Value>) -> Value {
    json!({ "thread": { "id": id, "title": format!("About {id}") }, "replies": replies })
}

/// A plain reply: its id is made of the thread's and its number.
pub fn reply(thread: &str, number: u32) -> Value {
    json!({
        "id": format!("{thread}-{number}"), "number": number, "body": format!("This is reply {number}."),
        "author": { "id": "u1", "name": "sacto joe", "posts": 895, "role": "member" },
        "published": "2019-06-25T13:42:00Z", "revision": "1",
    })
}

/// `total` plain replies.
pub fn replies(thread: &str, total: u32) -> Vec<Value> {
    (1..=total).map(|number| reply(thread, number)).collect()
}

/// Reactions of `count` people, none of them named.
pub fn likes(count: u32) -> Value {
    json!([{ "tag": "like", "count": count }])
}

pub fn numbers(page: &ThreadPage) -> Vec<u32> {
    page.replies.iter().filter_map(|reply| reply.number).collect()
}

/// Imports threads; the error is what is wrong with them.
pub async fn import(store: &Store, threads: Vec<Value>) -> Result<Vec<Imported>, String> {
    let pages: Vec<ThreadPage> =
        threads.into_iter().map(|page| serde_json::from_value(page).unwrap()).collect();
    store.import(pages).await.map_err(|error| match error {
        ImportError::Invalid(faults) => faults.join("; "),
        ImportError::Database(error) => panic!("{error}"),
    })
}

/// Every thread, a line each.
pub async fn exported(store: &Store, extent: Extent) -> String {
    let mut text = String::new();
    for thread in store.threads(100).await.unwrap() {
        let page = store.export(&thread.id, extent).await.unwrap().unwrap();
        text.push_str(&serde_json::to_string(&page).unwrap());
        text.push('\n');
    }
    text
}
