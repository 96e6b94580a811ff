//! The binary from outside: what it says, how it ends, what a connection may do.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use sha2::{Digest, Sha256};
use sqlx::ConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;

const LIGHTHOUSE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../contract/fixtures/threads/lighthouse.json");

/// A folder of its own for a test, with the binary at hand.
struct Place(PathBuf);

impl Place {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("afterword-command-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_afterword-server"));
        command.args(arguments).current_dir(&self.0).env("AFTERWORD_DATABASE", "threads.sqlite");
        for name in [
            "AFTERWORD_LISTEN",
            "AFTERWORD_LOG",
            "AFTERWORD_LOG_FORMAT",
            "AFTERWORD_DEMO",
            "AFTERWORD_ARTICLE",
            "AFTERWORD_CONFIG",
        ] {
            command.env_remove(name);
        }
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// What a command that has to fail says, as one sentence on standard error.
    fn refusal(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        assert!(output.stdout.is_empty());
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(said.lines().count(), 1, "{said}");
        said
    }

    fn says(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).unwrap();
    }
}

/// A server that runs until it is told to stop.
struct Running {
    child: Child,
    address: String,
}

impl Running {
    fn start(place: &Place, arguments: &[&str]) -> Self {
        let mut all = vec!["serve", "--listen", "127.0.0.1:0"];
        all.extend(arguments);
        let mut child = place.command(&all).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("Listening on http://").expect("an address").to_owned();
        Self { child, address }
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        stream
    }

    /// Sends `request` and reads until the server closes.
    fn ask(&self, request: &str) -> String {
        let mut stream = self.connect();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = Vec::new();
        // A server that refuses may close before it has read all, which ends the reading with an error.
        let _ = stream.read_to_end(&mut answer);
        String::from_utf8_lossy(&answer).into_owned()
    }

    fn get(&self, path: &str) -> String {
        self.ask(&format!("GET {path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n"))
    }

    fn signal(&self, name: &str) {
        let told = Command::new("kill").args([name, &self.child.id().to_string()]).status().unwrap();
        assert!(told.success());
    }

    /// Ends it in the middle of whatever it does.
    fn killed(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// What was logged, once the server has ended well.
    fn ended(mut self) -> String {
        let mut log = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut log).unwrap();
        assert_eq!(self.child.wait().unwrap().code(), Some(0), "{log}");
        log
    }
}

#[test]
fn a_thread_goes_in_is_served_and_comes_out() {
    let place = Place::new("whole");
    let first = place.says(&["import", LIGHTHOUSE]);
    assert_eq!(first, "tarnay-head: 17 replies: 17 new, 0 changed, 0 unchanged\n");
    let out = place.says(&["export"]);
    std::fs::write(place.0.join("out.json"), &out).unwrap();
    assert_eq!(
        place.says(&["import", "out.json"]),
        "tarnay-head: 17 replies: 0 new, 0 changed, 17 unchanged\n"
    );
    assert_eq!(place.says(&["export", "tarnay-head"]), out);
    assert_eq!(place.says(&["export", "tarnay-head", "--output", "again.json"]), "");
    assert_eq!(std::fs::read_to_string(place.0.join("again.json")).unwrap(), out);
    let mut child = place
        .command(&["import", "-", "--thread", "another"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(out.as_bytes()).unwrap();
    let said = String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap();
    assert!(said.starts_with("another: 17 replies: 17 new"), "{said}");
    let server = Running::start(&place, &["--demo", "tarnay-head"]);
    assert!(server.get("/api/replies?thread=tarnay-head").contains("\"total\":17"));
    assert!(server.get("/").contains("data-thread=\"tarnay-head\""));
    assert!(server.get("/health").starts_with("HTTP/1.1 200 OK"));
    server.signal("-TERM");
    server.ended();
}

#[test]
fn a_thread_is_written_as_the_server_draws_it() {
    let place = Place::new("render");
    place.says(&["import", LIGHTHOUSE]);
    let html = place.says(&["render", "tarnay-head", "--lang", "en-GB", "--limit", "5", "--order", "newest"]);
    assert!(html.starts_with(r#"<section part="thread" lang="en""#), "{html}");
    assert!(html.ends_with("</section>\n"), "{html}");
    assert_eq!(html.matches("<article").count(), 5);
    assert!(html.contains(r#"part="composer-closed""#), "{html}");
    let server = Running::start(&place, &[]);
    assert!(server.get("/api/html?thread=tarnay-head&limit=5&order=newest").contains(html.trim_end()));
    server.signal("-TERM");
    server.ended();
    place.says(&["render", "tarnay-head", "--output", "thread.html"]);
    assert!(std::fs::read_to_string(place.0.join("thread.html")).unwrap().starts_with("<section"));
    std::fs::write(place.0.join("quiet.toml"), "guests.allowed = false").unwrap();
    let silent = place.says(&["render", "tarnay-head", "--config", "quiet.toml"]);
    assert!(!silent.contains("composer"), "the file says what is offered: {silent}");
    std::fs::write(place.0.join("all.toml"), "database = \"threads.sqlite\"").unwrap();
    let mut command = place.command(&["render", "tarnay-head", "--config", "all.toml"]);
    let output = command.env_remove("AFTERWORD_DATABASE").output().unwrap();
    assert!(
        output.status.success(),
        "the file names the database: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    // Every article begins with a thread that nobody has written in.
    let empty = place.says(&["render", "nowhere"]);
    assert!(empty.contains("No replies yet."), "{empty}");
    let said = place.refusal(&["render", "tarnay-head", "--lang", "not a tag"]);
    assert!(said.contains("give a language tag such as `en`"), "{said}");
}

#[test]
fn every_failure_is_one_sentence_with_a_remedy() {
    let place = Place::new("refusals");
    let write = |name: &str, text: &[u8]| std::fs::write(place.0.join(name), text).unwrap();
    write("broken.json", b"{\n  \"replies\": [,]\n}");
    write("other.json", br#"{"comments": []}"#);
    write("latin.json", b"{\"replies\": [\"\xe4\"]}");
    write("two.json", br#"[{"thread":{"id":"a"},"replies":[]},{"thread":{"id":"b"},"replies":[]}]"#);
    write("wrong.json", br#"{"thread":{"id":"a"},"replies":[{"body":"x","author":{"name":"y\u001b"}}]}"#);
    write("letter.txt", "Dear reader, this is a letter. ".repeat(100).as_bytes());
    write("lisen.toml", b"lisen = 'x'");
    write("both.toml", b"demo = 'a'\narticle = 'b'");
    write("keys.toml", b"sign-in.jwks = 'none.jwks'");
    write("secret.toml", b"[sign-in]\nsecret = 'short'");
    for (arguments, expected, remedy) in [
        (
            vec!["import", "none.json"],
            "none.json cannot be read: No such file or directory",
            "check the path",
        ),
        (
            vec!["import", "broken.json"],
            "it is not JSON: expected value at line 2 column 15.",
            "put broken.json right and import it again",
        ),
        (
            vec!["import", "other.json"],
            "it is JSON, but no thread in the contract's form, {\"thread\": …, \"replies\": […]}: replies: is missing",
            "put other.json right and import it again",
        ),
        (vec!["import", "latin.json"], "latin.json is not UTF-8 (byte 14)", "save it as UTF-8"),
        (
            vec!["import", "two.json", "--thread", "c"],
            "holds several threads",
            "leave --thread out, or split the file",
        ),
        (
            vec!["import", "wrong.json"],
            ": thread `a`, reply 1: author/name: control characters",
            "put wrong.json right and import it again",
        ),
        (
            vec!["import", "two.json", "--database", "no/folder.sqlite"],
            "no/folder.sqlite cannot be opened",
            "make sure that it is a file in a folder that exists",
        ),
        (
            vec!["import", "two.json", "--database", "letter.txt"],
            "is not a sound SQLite database",
            "restore a backup",
        ),
        (
            vec!["export", "--database", "none.sqlite"],
            "There is no database at none.sqlite",
            "make one with `afterword-server import`",
        ),
        (vec!["serve", "--config", "none.toml"], "none.toml cannot be read", "check the path"),
        (
            vec!["serve", "--config", "lisen.toml"],
            "lisen.toml has no use for `lisen`",
            "the nearest key is `listen`",
        ),
        (vec!["serve", "--config", "keys.toml"], "none.jwks cannot be read", "check the path"),
        (
            vec!["serve", "--config", "secret.toml"],
            "`sign-in.secret` in secret.toml cannot be used: the secret has 5 bytes",
            "it needs 32, drawn at random",
        ),
        (
            vec!["serve", "--config", "both.toml"],
            "`demo` in both.toml cannot be used",
            "leave one of them out",
        ),
        (vec!["serve", "--article", "none.html"], "none.html cannot be read", "check the path"),
        (vec!["serve", "--log", "a=b=c"], "--log does not understand", "give a level like info"),
        (
            vec!["serve", "--listen", "nonsense"],
            "not possible to listen",
            "give --listen an address like 127.0.0.1:8080",
        ),
        (
            vec!["serve", "--listen", "192.0.2.1:0"],
            "has no address 192.0.2.1:0",
            "give one of its own with --listen",
        ),
    ] {
        let said = place.refusal(&arguments);
        assert!(said.starts_with("afterword-server: "), "{said}");
        assert!(said.contains(expected) && said.contains(remedy), "{arguments:?}: {said}");
    }
    place.says(&["import", "two.json"]);
    let said = place.refusal(&["export", "c"]);
    assert!(
        said.contains("There is no thread `c` in the database; give one that it holds, like `a`, `b`."),
        "{said}"
    );
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let said = place.refusal(&["serve", "--listen", &address]);
    assert!(
        said.contains(&format!("Another program listens on {address} already; stop it, or give")),
        "{said}"
    );
}

#[test]
fn a_file_configures_the_server_and_what_is_given_by_hand_wins() {
    let place = Place::new("configured");
    place.says(&["import", LIGHTHOUSE]);
    let file =
        "database = 'threads.sqlite'\nlisten = 'nonsense'\ndemo = 'tarnay-head'\n[guests]\nallowed = false\n";
    std::fs::write(place.0.join("a.toml"), file).unwrap();
    let server = Running::start(&place, &["--config", "a.toml"]);
    assert!(server.get("/").contains("data-thread=\"tarnay-head\""));
    let page = server.get("/api/replies?thread=tarnay-head");
    assert!(page.contains("\"viewer\"") && !page.contains("\"viewer\",\"guest\""), "{page}");
    server.signal("-TERM");
    server.ended();
}

#[test]
fn a_request_under_way_is_answered_before_the_end() {
    let place = Place::new("drain");
    place.says(&["import", LIGHTHOUSE]);
    let server = Running::start(&place, &[]);
    let mut under_way = server.connect();
    under_way.write_all(b"GET /api/replies?thread=tarnay-head HTTP/1.1\r\nhost: a\r\n").unwrap();
    let idle = server.connect();
    // Answered means that the connections above have been accepted.
    server.get("/health");
    server.signal("-INT");
    let address = server.address.clone();
    let began = Instant::now();
    while TcpStream::connect(&address).is_ok() {
        assert!(began.elapsed() < Duration::from_secs(20), "still taking connections");
        std::thread::sleep(Duration::from_millis(20));
    }
    under_way.write_all(b"\r\n").unwrap();
    let mut answer = String::new();
    under_way.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK") && answer.contains("\"total\":17"), "{answer}");
    drop(idle);
    let log = server.ended();
    assert!(log.contains("stopping") && !log.contains("cut off"), "{log}");
    assert!(began.elapsed() < Duration::from_secs(10), "nothing to wait for");
}

/// Somebody who may write, with `token`.
fn admit(place: &Place, token: &str) {
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let file = place.0.join("threads.sqlite");
        let mut connection = SqliteConnectOptions::new().filename(file).connect().await.unwrap();
        sqlx::query("INSERT INTO person (pk, id, name, erased) VALUES (9999, 'ada', 'Ada', FALSE)")
            .execute(&mut connection)
            .await
            .unwrap();
        sqlx::query("INSERT INTO token (hash, person, created) VALUES ($1, 9999, 0)")
            .bind(Sha256::digest(token.as_bytes()).to_vec())
            .execute(&mut connection)
            .await
            .unwrap();
    });
}

/// A request that posts a reply into `thread`, the same one each time.
fn posting(thread: &str) -> String {
    let body = format!("{{\"thread\":\"{thread}\",\"body\":\"Once.\"}}");
    format!(
        "POST /api/replies HTTP/1.1\r\nhost: a\r\nauthorization: Bearer token\r\nidempotency-key: \"{thread}\"\r\n\
         content-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    )
}

#[test]
fn a_server_killed_in_the_middle_of_a_post_leaves_one_reply_at_the_end() {
    let place = Place::new("killed");
    place.says(&["import", LIGHTHOUSE]);
    admit(&place, "token");
    for (attempt, wait) in [0, 1, 2, 4, 8, 16].into_iter().enumerate() {
        let thread = format!("t{attempt}");
        let server = Running::start(&place, &[]);
        let mut line = server.connect();
        line.write_all(posting(&thread).as_bytes()).unwrap();
        // Before, while or after it is stored: whenever the kill comes, the end is the same.
        std::thread::sleep(Duration::from_millis(wait));
        server.killed();
        let server = Running::start(&place, &[]);
        let answer = server.ask(&posting(&thread));
        assert!(answer.starts_with("HTTP/1.1 201 ") && answer.contains("\"number\":1,"), "{answer}");
        let page = server.get(&format!("/api/replies?thread={thread}"));
        assert!(page.contains("\"total\":1,") && page.matches("Once.").count() == 1, "{page}");
        server.signal("-TERM");
        server.ended();
    }
}

#[test]
fn moderators_work_beside_a_running_server() {
    let place = Place::new("moderate");
    place.says(&["import", LIGHTHOUSE]);
    admit(&place, "token");
    let server = Running::start(&place, &[]);
    assert_eq!(place.says(&["moderate", "lock", "tarnay-head"]), "tarnay-head takes nothing more.\n");
    assert!(server.ask(&posting("tarnay-head")).contains("urn:afterword:problem:thread-locked"));
    place.says(&["moderate", "unlock", "tarnay-head"]);
    assert!(server.ask(&posting("tarnay-head")).starts_with("HTTP/1.1 201 "));
    assert_eq!(place.says(&["moderate", "ban", "ada"]), "ada may not write any more.\n");
    assert!(server.ask(&posting("other")).starts_with("HTTP/1.1 403 "));
    let said = place.refusal(&["moderate", "approve", "none"]);
    assert!(said.contains("There is no reply with the id none; `moderate list` tells"), "{said}");
    server.signal("-TERM");
    server.ended();
}

#[test]
fn oversized_and_broken_requests_end_their_own_connection_alone() {
    let place = Place::new("bounds");
    let server = Running::start(&place, &[]);
    let many: String = (0..2000).map(|number| format!("x-{number}: {number}\r\n")).collect();
    let large = format!("GET /health HTTP/1.1\r\nhost: a\r\nx: {}\r\n\r\n", "x".repeat(100_000));
    for request in [format!("GET /health HTTP/1.1\r\nhost: a\r\n{many}\r\n"), large] {
        assert!(server.ask(&request).starts_with("HTTP/1.1 431 "));
    }
    assert!(server.ask("hello\r\n\r\n").starts_with("HTTP/1.1 400 "));
    assert!(server.get(&format!("/health?{}", "x".repeat(20_000))).starts_with("HTTP/1.1 414 "));
    assert!(server.get("/health").starts_with("HTTP/1.1 200 OK"), "others are served on");
    server.signal("-TERM");
    server.ended();
}

#[test]
fn the_log_is_json_on_request_and_holds_no_query_and_no_token() {
    let place = Place::new("log");
    let server = Running::start(&place, &["--log-format", "json"]);
    server.ask(
        "GET /api/replies?thread=secret-thread HTTP/1.1\r\nhost: a\r\nauthorization: Bearer secret-token\r\n\
         x-request-id: given-7\r\nconnection: close\r\n\r\n",
    );
    server.signal("-TERM");
    let log = server.ended();
    assert!(!log.contains("secret"), "{log}");
    let lines: Vec<serde_json::Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let request = lines.iter().find(|line| line["target"] == "afterword::request").unwrap();
    let fields = &request["fields"];
    assert_eq!((&fields["method"], &fields["path"]), (&"GET".into(), &"/api/replies".into()));
    assert_eq!((&fields["status"], &fields["id"]), (&200.into(), &"given-7".into()));
    assert!(fields["milliseconds"].is_number() && fields["bytes"].is_number());
}
