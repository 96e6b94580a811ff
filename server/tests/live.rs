//! Live events, heard over real sockets: what changes, what was missed, and who may not listen.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use std::net::SocketAddr;
use std::time::Duration;

use afterword_server::{
    Access, App, Limits, Listening, Order, Server, Settings, Store, Writing, moderate, router,
};
use common::{Site, reply, thread};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// A site that is served, and how to stop it.
struct Served {
    site: Site,
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    running: JoinHandle<()>,
}

impl Served {
    async fn start(site: Site) -> Self {
        let server = Server::bind_router("127.0.0.1:0", site.router.clone()).await.unwrap();
        let address = server.address();
        let (stop, stopped) = oneshot::channel::<()>();
        let running = tokio::spawn(server.run(async { drop(stopped.await) }));
        Self { site, address, stop: Some(stop), running }
    }

    async fn writing() -> Self {
        Self::start(Site::writing(Writing::default()).await).await
    }

    async fn with(live: Listening) -> Self {
        Self::start(Site::with(Settings { live, limits: Limits::none(), ..Settings::default() }).await).await
    }

    /// Listens to thread `t` from its beginning, or as `how` says.
    async fn listen(&self, how: &str) -> Ear {
        self.listen_with(how, "").await
    }

    async fn listen_with(&self, how: &str, header: &str) -> Ear {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        let head = format!("GET /api/live?thread=t{how} HTTP/1.1\r\nhost: a\r\n{header}\r\n");
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut ear = Ear { stream, text: String::new(), head: String::new() };
        ear.head = ear.until("\r\n\r\n").await;
        ear
    }

    async fn done(
        &self,
        method: &str,
        path: &str,
        who: &str,
        body: Option<Value>,
        headers: &[(&str, &str)],
    ) -> Value {
        let answer = self.site.send((method, path), who, body, headers).await;
        assert!(answer.status.is_success(), "{}", answer.text());
        answer.json()
    }

    async fn moderated(&self, order: Order) {
        // As the command line does: another handle on the same file.
        let store = Store::open(self.site.store.path(), Access::Existing).await.unwrap();
        moderate(&store, order, common::BEGAN).await.unwrap();
        store.close().await;
    }
}

/// One open stream.
struct Ear {
    stream: TcpStream,
    head: String,
    text: String,
}

impl Ear {
    /// What came up to and with `end`.
    async fn until(&mut self, end: &str) -> String {
        let waited = tokio::time::timeout(Duration::from_secs(10), async {
            loop {
                if let Some(place) = self.text.find(end) {
                    let rest = self.text.split_off(place + end.len());
                    return std::mem::replace(&mut self.text, rest);
                }
                let mut buffer = [0; 4096];
                let count = self.stream.read(&mut buffer).await.unwrap();
                assert!(count > 0, "it ended, after {}", self.text);
                self.text.push_str(std::str::from_utf8(&buffer[..count]).unwrap());
            }
        });
        waited.await.unwrap_or_else(|_| panic!("no {end:?} in 10 s"))
    }

    /// The next event: its id, and its data.
    async fn event(&mut self) -> (i64, Value) {
        let before = self.until("\ndata: ").await;
        let field = |name: &str| before.rsplit(name).next().unwrap().lines().next().unwrap().to_owned();
        let data: Value = serde_json::from_str(self.until("\n").await.trim()).unwrap();
        assert_eq!(data["event"], field("event: ").as_str());
        (field("id: ").parse().unwrap(), data)
    }

    async fn ends(&mut self) {
        let mut rest = Vec::new();
        tokio::time::timeout(Duration::from_secs(5), self.stream.read_to_end(&mut rest))
            .await
            .unwrap()
            .unwrap();
    }
}

fn kind(data: &Value) -> &str {
    data["event"].as_str().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_changes_is_heard_as_a_page_would_show_it() {
    let served = Served::writing().await;
    let mut ear = served.listen("&since=0").await;
    served.site.post("ada", "Good evening.").await;
    let (first, data) = ear.event().await;
    assert_eq!((kind(&data), &data["total"], &data["locked"]), ("reply", &json!(1), &json!(false)));
    assert_eq!(data["reply"], served.site.get("/api/replies?thread=t").await.json()["replies"][0]);
    let id = data["reply"]["id"].as_str().unwrap().to_owned();

    served.done("PUT", &format!("/api/replies/{id}/reactions/like"), "bob", None, &[]).await;
    let (second, data) = ear.event().await;
    assert!(second > first);
    assert_eq!((kind(&data), &data["id"]), ("reactions", &json!(id)));
    assert_eq!(data["reactions"][0]["people"][0]["name"], "Old Bob");

    let path = format!("/api/replies/{id}");
    served
        .done("PATCH", &path, "ada", Some(json!({ "body": "Good morning." })), &[("if-match", "\"1\"")])
        .await;
    assert_eq!(ear.event().await.1["reply"]["body"], "Good morning.");
    served.done("DELETE", &path, "ada", None, &[]).await;
    let gone = ear.event().await.1;
    assert_eq!(
        (&gone["reply"]["status"], &gone["reply"]["body"], &gone["total"]),
        (&json!("deleted"), &json!(""), &json!(1))
    );
    served.done("POST", &format!("{path}/restore"), "ada", None, &[]).await;
    assert_eq!(ear.event().await.1["reply"]["body"], "Good morning.");

    served.moderated(Order::Hide(id.clone())).await;
    let hidden = ear.event().await.1;
    assert_eq!((&hidden["reply"]["status"], &hidden["reply"]["body"]), (&json!("hidden"), &json!("")));
    served.moderated(Order::Lock("t".to_owned())).await;
    let locked = ear.event().await.1;
    assert_eq!((kind(&locked), &locked["locked"]), ("thread", &json!(true)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_held_reply_is_heard_of_when_it_is_approved() {
    let writing = Writing { hold: afterword_server::Hold::All, ..Writing::default() };
    let served = Served::start(Site::writing(writing).await).await;
    let mut ear = served.listen("&since=0").await;
    let held = served.site.post("gil", "Not yet.").await;
    served.moderated(Order::Approve(held["id"].as_str().unwrap().to_owned())).await;
    let (_, data) = ear.event().await;
    assert_eq!((&data["reply"]["status"], &data["reply"]["number"]), (&json!("published"), &json!(1)));
    assert!(!ear.text.contains("pending"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_missed_comes_first_and_several_changes_of_one_reply_are_one() {
    let served = Served::writing().await;
    let id = served.site.post("ada", "One.").await["id"].as_str().unwrap().to_owned();
    let page = served.site.get("/api/replies?thread=t").await.json();
    let since = page["thread"]["live"].as_str().unwrap().to_owned();
    let path = format!("/api/replies/{id}");
    for revision in ["1", "2", "3"] {
        let (body, condition) = (json!({ "body": format!("After {revision}.") }), format!("\"{revision}\""));
        served.done("PATCH", &path, "ada", Some(body), &[("if-match", &condition)]).await;
    }
    served.site.post("bob", "Two.").await;
    let mut by_address = served.listen(&format!("&since={since}")).await;
    // A browser that was cut off sends the header beside the address that it began with.
    let mut by_header = served.listen_with("&since=0", &format!("last-event-id: {since}\r\n")).await;
    for ear in [&mut by_address, &mut by_header] {
        let (edited, data) = ear.event().await;
        assert_eq!(data["reply"]["body"], "After 3.");
        let (posted, data) = ear.event().await;
        assert_eq!((&data["reply"]["body"], &data["total"]), (&json!("Two."), &json!(2)));
        assert!(posted > edited);
    }
    served.site.post("bob", "Three.").await;
    assert_eq!(by_address.event().await.1["reply"]["body"], "Three.");
    let mut from_now = served.listen("").await;
    served.site.post("bob", "Four.").await;
    assert_eq!(
        from_now.event().await.1["reply"]["body"],
        "Four.",
        "who knows nothing begins with what happens next"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_too_long_ago_or_too_much_is_a_new_beginning() {
    let served = Served::writing().await;
    served.site.import(vec![thread("t", vec![reply("t", 1)])]).await;
    let mut ear = served.listen("&since=0").await;
    assert_eq!(kind(&ear.event().await.1), "reset", "an import is told as a whole");
    for since in ["99999", "-1", "nonsense"] {
        let mut ear = served.listen(&format!("&since={since}")).await;
        assert_eq!(kind(&ear.event().await.1), "reset", "{since}");
    }
    let (mut known, id) = (ear, reply("t", 1)["id"].as_str().unwrap().to_owned());
    let path = format!("/api/replies/{id}/reactions/like");
    for _ in 0..251 {
        served.done("PUT", &path, "ada", None, &[]).await;
        served.done("DELETE", &path, "ada", None, &[]).await;
    }
    assert_eq!(served.site.number("SELECT COUNT(*) FROM change").await, 500, "the log is bounded");
    let mut late = served.listen("&since=1").await;
    assert_eq!(kind(&late.event().await.1), "reset");
    assert_eq!(kind(&known.event().await.1), "reactions", "who listened missed nothing");
}

/// What the first listener of a thread was told used to be kept under no change at all, and told again to whoever was
/// the first after them.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_deleted_while_nobody_listened_is_told_to_nobody() {
    let served = Served::with(Listening { most: 1, ..Listening::default() }).await;
    served.site.person("ada", "Ada", "member").await;
    let id = served.site.post("ada", "Never mind.").await["id"].as_str().unwrap().to_owned();
    let mut ear = served.listen("&since=0").await;
    assert_eq!(ear.event().await.1["reply"]["body"], "Never mind.");
    drop(ear);
    served.done("DELETE", &format!("/api/replies/{id}"), "ada", None, &[]).await;
    let again = tokio::time::timeout(Duration::from_secs(10), async {
        loop {
            let ear = served.listen("&since=0").await;
            // There is one place: who gets it is the first listener again.
            if ear.head.starts_with("HTTP/1.1 200") {
                return ear;
            }
        }
    });
    let mut ear = again.await.expect("the place of whoever has gone is free");
    let (_, data) = ear.event().await;
    assert_eq!((&data["reply"]["status"], &data["reply"]["body"]), (&json!("deleted"), &json!("")));
}

#[tokio::test(flavor = "multi_thread")]
async fn more_than_can_be_told_at_once_is_a_new_beginning() {
    let served = Served::writing().await;
    for _ in 0..100 {
        served.site.post("ada", "Hello.").await;
    }
    let mut all = served.listen("&since=0").await;
    for number in 1..=100 {
        assert_eq!(all.event().await.1["reply"]["number"], number);
    }
    served.site.post("ada", "Hello.").await;
    assert_eq!(all.event().await.1["reply"]["number"], 101, "who listens hears each one");
    let mut late = served.listen("&since=0").await;
    assert_eq!(kind(&late.event().await.1), "reset", "too many");
    assert_eq!(kind(&served.listen("&since=1").await.event().await.1), "reply", "100 again");
    // As text of a body they take one byte each, and in JSON two.
    let long = "\"".repeat(60_000);
    for _ in 0..9 {
        served.site.post("ada", &long).await;
    }
    assert_eq!(kind(&served.listen("&since=102").await.event().await.1), "reply");
    assert_eq!(kind(&served.listen("&since=101").await.event().await.1), "reset", "too long");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_is_a_stream_to_everything_on_the_way() {
    let live = Listening { heartbeat: Duration::from_millis(20), ..Listening::default() };
    let served = Served::with(live).await;
    let mut stream = TcpStream::connect(served.address).await.unwrap();
    stream
        .write_all(b"GET /api/live?thread=nobody-yet HTTP/1.1\r\nhost: a\r\norigin: https://example.org\r\naccept-encoding: br, gzip\r\n\r\n")
        .await
        .unwrap();
    let mut ear = Ear { stream, text: String::new(), head: String::new() };
    let head = ear.until("\r\n\r\n").await.to_lowercase();
    for line in [
        "http/1.1 200 ok",
        "content-type: text/event-stream",
        "cache-control: no-store",
        "access-control-allow-origin: *",
        "x-accel-buffering: no",
    ] {
        assert!(head.contains(line), "no {line} in {head}");
    }
    assert!(!head.contains("content-encoding"), "{head}");
    ear.until("retry: ").await;
    ear.until(":\n\n").await;
    ear.until(":\n\n").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn enough_listeners_are_enough_and_who_goes_makes_room() {
    let heartbeat = Duration::from_millis(20);
    for live in [
        Listening { most: 2, most_by_address: 9, heartbeat },
        Listening { most: 9, most_by_address: 2, heartbeat },
    ] {
        let served = Served::with(live).await;
        let one = served.listen("").await;
        let _other = served.listen("").await;
        let mut refused = TcpStream::connect(served.address).await.unwrap();
        refused
            .write_all(b"GET /api/live?thread=t HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n")
            .await
            .unwrap();
        let mut answer = String::new();
        refused.read_to_string(&mut answer).await.unwrap();
        let answer = answer.to_lowercase();
        assert!(answer.starts_with("http/1.1 503"), "{answer}");
        assert!(answer.contains("retry-after: ") && answer.contains("application/problem+json"), "{answer}");
        drop(one);
        let freed = tokio::time::timeout(Duration::from_secs(10), async {
            loop {
                let mut stream = TcpStream::connect(served.address).await.unwrap();
                stream.write_all(b"GET /api/live?thread=t HTTP/1.1\r\nhost: a\r\n\r\n").await.unwrap();
                let mut status = [0; 12];
                stream.read_exact(&mut status).await.unwrap();
                if status.ends_with(b"200") {
                    return;
                }
            }
        });
        freed.await.expect("the place of whoever has gone is free");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_stops_ends_its_streams_at_once() {
    let mut served = Served::writing().await;
    let mut ear = served.listen("").await;
    let mut idle = served.listen("&since=0").await;
    drop(served.stop.take());
    ear.ends().await;
    idle.ends().await;
    tokio::time::timeout(Duration::from_secs(5), served.running).await.expect("it stops").unwrap();
}

#[tokio::test]
async fn live_is_announced_where_it_is_offered() {
    let offers = |page: &Value| page["thread"]["features"].as_array().unwrap().contains(&json!("live"));
    let site = Site::empty().await;
    let page = site.get("/api/replies?thread=t").await.json();
    assert!(offers(&page) && page["thread"]["live"] == "0", "{page}");
    site.get("/api/live").await.problem(400);
    let none = Listening { most: 0, ..Listening::default() };
    let store = Store::temporary().await.unwrap();
    let routes = router(App::new(store.clone(), Settings { live: none, ..Settings::default() }));
    let site = Site { store, router: routes, clock: std::sync::Arc::default() };
    let page = site.get("/api/replies?thread=t").await.json();
    assert!(!offers(&page) && page["thread"].get("live").is_none(), "{page}");
    site.get("/api/live?thread=t").await.problem(404);
}
