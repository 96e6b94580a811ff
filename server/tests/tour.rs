//! What CONTRACT.md shows is what happens: its lines are run by a shell against the binary, and its SQL by SQLite.
//!
//! Knows the page's own conventions alone: a `curl` line ends with the status and the message that it gets, and
//! below it may stand headers and a part of the answer, where `…` is anything.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, SqliteConnection};

fn contract() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../contract")
}

fn json(path: &str) -> Value {
    serde_json::from_str(&fs::read_to_string(contract().join(path)).unwrap()).unwrap()
}

/// A fenced block of the page.
struct Block {
    language: String,
    text: String,
    /// The line of its first line of text, from 1.
    line: usize,
}

fn blocks() -> Vec<Block> {
    let page = fs::read_to_string(contract().join("CONTRACT.md")).unwrap();
    let mut found: Vec<Block> = Vec::new();
    let mut open = false;
    for (place, line) in page.lines().enumerate() {
        match line.strip_prefix("```") {
            Some(language) if !open => {
                found.push(Block { language: language.to_owned(), text: String::new(), line: place + 2 });
                open = true;
            }
            Some(_) => open = false,
            None if open => {
                let text = &mut found.last_mut().unwrap().text;
                text.push_str(line);
                text.push('\n');
            }
            None => {}
        }
    }
    assert!(!open, "a block of CONTRACT.md has no end");
    found
}

/// A `curl` line of the page, and what it says of the answer.
struct Call {
    place: String,
    command: String,
    status: u16,
    /// A message, a problem, `html`, or nothing where there is no body.
    name: String,
}

impl Call {
    fn read(block: &Block) -> Vec<Self> {
        let (mut calls, mut command) = (Vec::new(), String::new());
        for (place, line) in block.text.lines().enumerate() {
            command.push_str(line);
            command.push('\n');
            let Some((_, claim)) = line.rsplit_once(" # ") else { continue };
            let (status, name) = claim.split_once(' ').unwrap_or((claim, ""));
            calls.push(Self {
                place: format!("CONTRACT.md, line {}: {}", block.line + place, command.trim()),
                status: status.parse().expect(line),
                name: name.to_owned(),
                command: std::mem::take(&mut command),
            });
        }
        assert!(command.is_empty(), "a line does not say what it gets: {command}");
        calls
    }

    fn method(&self) -> &str {
        self.command.split_once(" -X ").map_or("GET", |(_, rest)| rest.split_whitespace().next().unwrap())
    }

    /// The path below `{api}`, as it stands on the page.
    fn path(&self) -> &str {
        let (_, path) = self.command.split_once("\"$API").expect(&self.place);
        path.split(['?', '"']).next().unwrap()
    }

    /// The route as the OpenAPI document has it, and its path there.
    fn route<'a>(&self, openapi: &'a Value) -> Option<(&'a str, &'a Value)> {
        let fits = |template: &str| {
            let (one, other) = (template.split('/'), self.path().split('/'));
            one.clone().count() == other.clone().count()
                && one.zip(other).all(|(one, other)| one == other || one.starts_with('{'))
        };
        let (template, methods) = openapi["paths"].as_object().unwrap().iter().find(|path| fits(path.0))?;
        Some((template, methods.get(self.method().to_lowercase())?))
    }
}

struct Answer {
    status: u16,
    headers: BTreeMap<String, String>,
    body: String,
}

impl Answer {
    fn read(text: &str) -> Self {
        let (head, body) = text.split_once("\r\n\r\n").expect(text);
        let mut lines = head.lines();
        let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
        let headers = lines
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
            .collect();
        Self { status, headers, body: body.to_owned() }
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    fn json(&self, place: &str) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{place}\n{}\n{error}", self.body))
    }
}

/// The server with the demo threads, and a shell that knows what answers said.
struct Tour {
    folder: PathBuf,
    server: Child,
    variables: BTreeMap<&'static str, String>,
}

impl Tour {
    fn begin() -> Self {
        let folder = std::env::temp_dir().join(format!("afterword-tour-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        // What the page need not say: no proxy, an end, and the headers in front of the body.
        fs::write(folder.join(".curlrc"), "silent\nshow-error\ninclude\nmax-time = 60\nnoproxy = \"*\"\n")
            .unwrap();
        let server = |arguments: &[&str]| {
            let mut command = Command::new(env!("CARGO_BIN_EXE_afterword-server"));
            for (name, _) in std::env::vars_os() {
                if name.to_string_lossy().starts_with("AFTERWORD_") {
                    command.env_remove(name);
                }
            }
            command.args(arguments).args(["--database", "threads.sqlite"]).current_dir(&folder);
            command
        };
        for thread in ["lighthouse", "quiet"] {
            let file = contract().join(format!("fixtures/threads/{thread}.json"));
            let said = server(&["import", file.to_str().unwrap()]).output().unwrap();
            assert!(said.status.success(), "{said:?}");
        }
        let mut server = server(&["serve", "--listen", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(server.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("Listening on ").expect("an address");
        let variables = BTreeMap::from([("API", format!("{address}/api"))]);
        Self { folder, server, variables }
    }

    /// Runs the line as it stands; a stream is left after its first event.
    fn run(&self, call: &Call) -> Answer {
        let mut shell = Command::new("sh")
            .args(["-u", "-c", &format!("exec {}", call.command)])
            .envs(&self.variables)
            .env("CURL_HOME", &self.folder)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut output = BufReader::new(shell.stdout.take().unwrap());
        let mut text = String::new();
        while output.read_line(&mut text).unwrap() > 0 {
            if text.contains("\ndata:") && text.ends_with("\n\n") {
                shell.kill().unwrap();
                break;
            }
        }
        let mut said = String::new();
        shell.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        shell.wait().unwrap();
        assert!(said.is_empty(), "{}\n{said}", call.place);
        Answer::read(&text)
    }

    /// Keeps what the page calls `$AUTH`, `$ID`, `$NEXT`, `$LIVE` and `$ETAG`.
    fn learn(&mut self, call: &Call, answer: &Answer) {
        if !answer.header("etag").is_empty() {
            self.variables.insert("ETAG", answer.header("etag").to_owned());
        }
        let said: Value = serde_json::from_str(&answer.body).unwrap_or_default();
        let text = |pointer: &str| said.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
        match call.name.as_str() {
            "Guest" => {
                self.variables.insert("AUTH", format!("Authorization: Bearer {}", text("/token").unwrap()));
            }
            "Reply" if call.method() == "POST" => {
                self.variables.insert("ID", text("/id").unwrap());
            }
            "ThreadPage" => {
                text("/next").map(|next| self.variables.insert("NEXT", next));
                // Of the thread into which the tour writes, before it does.
                if said["thread"]["total"] == 0 {
                    self.variables.insert("LIVE", text("/thread/live").unwrap());
                }
            }
            _ => {}
        }
    }
}

impl Drop for Tour {
    fn drop(&mut self) {
        self.server.kill().unwrap();
        self.server.wait().unwrap();
        fs::remove_dir_all(&self.folder).unwrap();
    }
}

fn must_have_curl() {
    let wanted =
        "install curl 7.82 or later (`apt-get install curl`): the lines of CONTRACT.md are run with it";
    let said = Command::new("curl")
        .arg("--version")
        .output()
        .unwrap_or_else(|_| panic!("curl is missing; {wanted}"));
    let said = String::from_utf8_lossy(&said.stdout).into_owned();
    let mut numbers = said.split([' ', '.', '-']).skip(1).map_while(|part| part.parse::<u32>().ok());
    let version = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
    assert!(version >= (7, 82), "curl is too old, {said:?}; {wanted}");
}

/// Whether `text` is as the page shows it, where `…` is anything.
fn is_as_shown(shown: &str, text: &str) -> bool {
    let mut pieces = shown.split('…');
    let Some(mut rest) = pieces.next().and_then(|first| text.strip_prefix(first)) else { return false };
    let mut last = None;
    for piece in pieces {
        last = Some(piece);
        match rest.split_once(piece) {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    last.map_or(rest.is_empty(), |last| text.ends_with(last))
}

/// What the page shows and the answer has not: fields may be left out on the page, and things of a list.
fn missing(shown: &Value, came: &Value, place: &str) -> Option<String> {
    let wrong = || Some(format!("{place}: the page shows {shown}, and it is {came}"));
    match (shown, came) {
        (Value::Object(shown), Value::Object(came)) => {
            shown.iter().find_map(|(name, shown)| match came.get(name) {
                Some(came) => missing(shown, came, &format!("{place}/{name}")),
                None => Some(format!("{place}: there is no {name}")),
            })
        }
        (Value::Array(shown), Value::Array(came)) if !shown.is_empty() => {
            let mut rest = came.iter();
            shown.iter().find_map(|shown| match rest.any(|came| missing(shown, came, place).is_none()) {
                true => None,
                false => wrong(),
            })
        }
        (Value::String(shown), Value::String(came)) if is_as_shown(shown, came) => None,
        _ if shown == came => None,
        _ => wrong(),
    }
}

/// What of the lines of a stream does not come. Numbers are other ones each time, and data may be left out.
fn untold(shown: &str, came: &str) -> Option<String> {
    shown.lines().filter(|line| !line.is_empty()).find_map(|line| {
        let (name, shown) = line.split_once(": ").expect(line);
        let mut lines = came.lines().filter_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
        let Some(came) = lines.next() else { return Some(format!("there is no {name}")) };
        match name {
            "data" => {
                let shown = serde_json::from_str(&shown.replace(", …", "")).expect(line);
                missing(&shown, &serde_json::from_str(came).unwrap(), name)
            }
            "event" => (shown != came).then(|| format!("{name} is {came}")),
            _ => {
                let is_number = |text: &str| text.parse::<u64>().is_ok();
                (!is_number(shown) || !is_number(came)).then(|| format!("{name} is {came}"))
            }
        }
    })
}

fn keeps_schema(name: &str, said: &Value, place: &str) {
    let mut file = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !file.is_empty() {
            file.push('-');
        }
        file.extend(letter.to_lowercase());
    }
    let schema = json(&format!("schemas/{file}.schema.json"));
    let validator = jsonschema::validator_for(&schema).unwrap();
    let faults: Vec<String> =
        validator.iter_errors(said).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(faults.is_empty(), "{place}\n{}", faults.join("\n"));
}

/// Holds an answer against what its line says.
fn judge(call: &Call, answer: &Answer) {
    let place = &call.place;
    assert_eq!(answer.status, call.status, "{place}\n{}", answer.body);
    let kind = answer.header("content-type");
    match call.name.as_str() {
        "" => assert!(answer.body.is_empty(), "{place}\n{}", answer.body),
        "html" => {
            assert!(kind.starts_with("text/html"), "{place}: {kind}");
            assert!(answer.body.starts_with("<main class=\"afterword\" part=\"base\""), "{place}");
        }
        "LiveEvent" => {
            assert_eq!(kind, "text/event-stream", "{place}");
            let data = answer.body.lines().find_map(|line| line.strip_prefix("data: ")).expect(place);
            keeps_schema("LiveEvent", &serde_json::from_str(data).unwrap(), place);
        }
        message if message.starts_with(char::is_uppercase) => {
            assert_eq!(kind, "application/json", "{place}");
            keeps_schema(message, &answer.json(place), place);
        }
        problem => {
            assert_eq!(kind, "application/problem+json", "{place}");
            let said = answer.json(place);
            assert_eq!(said["type"], format!("urn:afterword:problem:{problem}"), "{place}");
            keeps_schema("Problem", &said, place);
        }
    }
}

#[test]
fn every_line_of_the_contract_gets_what_the_page_says() {
    must_have_curl();
    let openapi = json("openapi.json");
    let mut tour = Tour::begin();
    let mut seen = BTreeSet::new();
    // The answer that the blocks below it show.
    let mut last: Option<(Answer, String)> = None;
    let (mut bodies, mut heads, mut drawings, mut streams) = (0, 0, 0, 0);
    for block in blocks() {
        match (block.language.as_str(), &last) {
            ("sh", _) if block.text.contains("curl ") => {
                for call in Call::read(&block) {
                    let answer = tour.run(&call);
                    judge(&call, &answer);
                    if call.method() != "OPTIONS" {
                        let (path, route) = call.route(&openapi).expect(&call.place);
                        let answers = &route["responses"];
                        let told = answers.get(call.status.to_string()).is_some();
                        assert!(told, "{}: OpenAPI tells of no such answer", call.place);
                        if (200..300).contains(&call.status) {
                            seen.insert(format!("{} {path}", call.method().to_lowercase()));
                        }
                    }
                    tour.learn(&call, &answer);
                    last = Some((answer, call.place));
                }
            }
            ("http", Some((answer, place))) => {
                heads += 1;
                for line in block.text.lines() {
                    let (name, shown) = line.split_once(": ").expect(line);
                    let came = answer.header(&name.to_lowercase());
                    assert!(
                        !came.is_empty() && is_as_shown(shown, came),
                        "{place}\n{line}, and it is {came}"
                    );
                }
            }
            ("json", Some((answer, place))) => {
                bodies += 1;
                let shown = block.text.replace("$ID", tour.variables.get("ID").map_or("", String::as_str));
                let shown: Value = serde_json::from_str(&shown).expect(&block.text);
                let missing = missing(&shown, &answer.json(place), "");
                assert!(missing.is_none(), "{place}\n{missing:?}");
                last = None;
            }
            ("html", Some((answer, place))) => {
                drawings += 1;
                assert!(is_as_shown(block.text.trim(), answer.body.trim()), "{place}\n{}", answer.body);
                last = None;
            }
            ("", Some((answer, place))) if answer.header("content-type") == "text/event-stream" => {
                streams += 1;
                let missing = untold(&block.text, &answer.body);
                assert!(missing.is_none(), "{place}\n{missing:?}\n{}", answer.body);
                last = None;
            }
            ("http" | "json", None) => {}
            _ => last = None,
        }
    }
    let all: BTreeSet<String> = openapi["paths"]
        .as_object()
        .unwrap()
        .iter()
        .flat_map(|(path, methods)| {
            methods.as_object().unwrap().keys().map(move |method| format!("{method} {path}"))
        })
        .filter(|route| !route.starts_with("parameters "))
        .collect();
    assert_eq!(seen, all, "each route has a line that succeeds");
    assert!(heads >= 3 && bodies >= 15, "{heads} heads and {bodies} bodies were compared");
    assert!(drawings == 1 && streams == 1, "{drawings} drawings and {streams} streams were compared");
}

/// The numbers that a query of the page gives, with these values in it.
async fn numbers(database: &mut SqliteConnection, query: &str, values: &[(&str, &str)]) -> Vec<i64> {
    let query = values.iter().fold(query.to_owned(), |query, (name, value)| query.replace(name, value));
    assert!(!query.contains(':'), "{query}");
    // The columns of `reply` are all there, `number` among them.
    let query = format!("SELECT number FROM ({query})");
    sqlx::query_scalar(AssertSqlSafe(query)).fetch_all(database).await.unwrap()
}

#[tokio::test]
async fn the_tables_of_the_contract_can_be_made_and_its_queries_page() {
    let blocks = blocks();
    let of = |part: &str| {
        blocks.iter().find(|block| block.language == "sql" && block.text.contains(part)).unwrap()
    };
    let mut database = SqliteConnectOptions::new().filename(":memory:").connect().await.unwrap();
    sqlx::raw_sql(AssertSqlSafe(of("CREATE TABLE").text.clone())).execute(&mut database).await.unwrap();
    let mut rows = "INSERT INTO thread (id, total) VALUES ('t', 5);
                    INSERT INTO person (id, name) VALUES ('a', 'A'), ('b', 'B');"
        .to_owned();
    for number in ["1", "2", "3", "4", "5", "NULL"] {
        rows += &format!(
            "INSERT INTO reply (id, thread, number, body, published) VALUES ('r{number}', 't', {number}, '', '');"
        );
    }
    // One for the second, two for the fourth, and two for the fifth, which is a tombstone.
    for (reply, person) in [("r2", "a"), ("r4", "a"), ("r4", "b"), ("r5", "a"), ("r5", "b")] {
        rows += &format!("INSERT INTO reaction VALUES ('{reply}', 'like', '{person}', '');");
    }
    rows += "UPDATE reply SET status = 'deleted' WHERE id = 'r5';";
    sqlx::raw_sql(AssertSqlSafe(rows)).execute(&mut database).await.unwrap();
    let queries: Vec<&str> =
        of(":limit").text.split_inclusive(";\n").map(|query| query.trim().trim_end_matches(';')).collect();
    let [oldest, back, top] = queries[..] else { panic!("{queries:?}") };
    let page = [(":thread", "'t'"), (":limit", "3"), (":after", "1"), (":before", "5"), (":chosen", "1")];
    assert_eq!(numbers(&mut database, oldest, &page).await, [2, 3, 4, 5]);
    assert_eq!(numbers(&mut database, back, &page).await, [4, 3, 2, 1]);
    assert_eq!(numbers(&mut database, top, &page).await, [2, 1, 3, 5]);
}

#[test]
fn what_the_page_shows_is_told_from_what_it_does_not() {
    assert!(is_as_shown("a…c", "abbc") && is_as_shown("…", "") && is_as_shown("ab", "ab"));
    assert!(!is_as_shown("a…c", "abcd") && !is_as_shown("ab", "abc") && !is_as_shown("b…", "abc"));
    let came = serde_json::json!({ "a": [{ "n": 1, "t": "one" }, { "n": 2 }], "b": null, "c": [] });
    let is_there = |shown: Value| missing(&shown, &came, "").is_none();
    assert!(is_there(serde_json::json!({ "a": [{ "n": 2 }], "b": null, "c": [] })));
    assert!(is_there(serde_json::json!({ "a": [{ "t": "o…" }, {}] })));
    assert!(!is_there(serde_json::json!({ "a": [{ "n": 2 }, { "n": 1 }] })));
    assert!(!is_there(serde_json::json!({ "a": [] })));
    assert!(!is_there(serde_json::json!({ "b": "x" })));
    assert!(!is_there(serde_json::json!({ "d": null })));
    assert!(!is_there(serde_json::json!({ "c": {} })));
    let stream = "retry: 1\n\nid: 2\nevent: reply\ndata: {\"n\":1,\"t\":\"one\"}\n\n";
    assert_eq!(untold("retry: 7\n\nevent: reply\ndata: {\"n\":1, …}", stream), None);
    for other in ["retry: soon", "comment: 1", "event: reset", "data: {\"n\":2}", "data: {\"m\":1}"] {
        assert!(untold(other, stream).is_some(), "{other}");
    }
}
