//! Many writers at once against a running server, and the proof that nothing was lost, doubled or skipped.
//!
//! `cargo run --release -p afterword-server --example writers -- 127.0.0.1:8080 FILE 50 60`: fifty writers for
//! sixty seconds; FILE is the server's database, in which they get their tokens. Every fifth request is cut off
//! before its answer and sent again with the same key, as from a tunnel. The server runs with
//! `AFTERWORD_LIMITS_REPLY=none`, or it lets each write ten times a minute.

use std::collections::BTreeMap;
use std::error::Error;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

use afterword_contract::{Cursor, Reply, ThreadPage};
use sha2::{Digest, Sha256};
use sqlx::ConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// What one writer has seen.
#[derive(Default)]
struct Seen {
    /// Bodies that were acknowledged, with the number that each got.
    stored: BTreeMap<String, u32>,
    statuses: BTreeMap<u16, u64>,
    /// Of answered requests.
    took: Vec<Duration>,
}

fn main() -> Outcome<()> {
    let mut arguments = std::env::args().skip(1);
    let address = arguments.next().ok_or("give the server's address")?;
    let database = arguments.next().ok_or("give the server's database")?;
    let writers: u64 = arguments.next().map_or(Ok(50), |text| text.parse())?;
    let seconds: u64 = arguments.next().map_or(Ok(60), |text| text.parse())?;
    let run = format!("writers-{}", std::process::id());
    admit(&database, &run, writers)?;
    let end = Instant::now() + Duration::from_secs(seconds);
    let all: Vec<_> = (0..writers)
        .map(|writer| {
            let (address, run) = (address.clone(), run.clone());
            thread::spawn(move || write(&address, &run, writer, end))
        })
        .collect();
    let mut seen = Seen::default();
    for writer in all {
        let one = writer.join().map_err(|_| "a writer broke off")??;
        seen.stored.extend(one.stored);
        seen.took.extend(one.took);
        for (status, count) in one.statuses {
            *seen.statuses.entry(status).or_default() += count;
        }
    }
    report(&address, &run, seen, seconds)
}

/// Gives every writer a token.
fn admit(database: &str, run: &str, writers: u64) -> Outcome<()> {
    tokio::runtime::Runtime::new()?.block_on(async {
        let options = SqliteConnectOptions::new().filename(database).busy_timeout(Duration::from_secs(30));
        let mut connection = options.connect().await?;
        for writer in 0..writers {
            let token = format!("{run}-{writer}");
            let person: i64 = sqlx::query_scalar(
                "INSERT INTO person (id, name, role, erased) VALUES ($1, $1, 'member', FALSE) RETURNING pk",
            )
            .bind(&token)
            .fetch_one(&mut connection)
            .await?;
            sqlx::query("INSERT INTO token (hash, person, created) VALUES ($1, $2, 0)")
                .bind(Sha256::digest(token.as_bytes()).to_vec())
                .bind(person)
                .execute(&mut connection)
                .await?;
        }
        Ok(())
    })
}

fn write(address: &str, run: &str, writer: u64, end: Instant) -> Outcome<Seen> {
    let mut seen = Seen::default();
    let mut line = Line::open(address)?;
    for count in 0u64.. {
        if Instant::now() > end {
            break;
        }
        let body = format!("{run}-{writer} says {count}");
        let message = format!("{{\"thread\":\"{run}\",\"body\":\"{body}\"}}");
        let request = format!(
            "POST /api/replies HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {run}-{writer}\r\n\
             Idempotency-Key: \"{count}\"\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{message}",
            message.len()
        );
        if (writer + count).is_multiple_of(5) {
            line.send(&request)?;
            line = Line::open(address)?;
        }
        loop {
            let began = Instant::now();
            let (status, answer) = line.ask(&request)?;
            seen.took.push(began.elapsed());
            *seen.statuses.entry(status).or_default() += 1;
            if status == 201 {
                let reply: Reply = serde_json::from_slice(&answer)?;
                seen.stored.insert(body, reply.number.ok_or("a reply without a number")?);
                break;
            }
            if status >= 500 || Instant::now() > end + Duration::from_secs(30) {
                break;
            }
            thread::sleep(Duration::from_millis(20));
        }
    }
    Ok(seen)
}

/// Reads the thread back and compares it with what was acknowledged.
fn report(address: &str, run: &str, mut seen: Seen, seconds: u64) -> Outcome<()> {
    let mut line = Line::open(address)?;
    let mut kept: BTreeMap<String, Vec<u32>> = BTreeMap::new();
    let mut numbers = Vec::new();
    let mut cursor: Option<Cursor> = None;
    loop {
        let after = cursor.map(|cursor| format!("&after={cursor}")).unwrap_or_default();
        let (_, answer) = line.ask(&format!(
            "GET /api/replies?thread={run}&limit=100{after} HTTP/1.1\r\nHost: {address}\r\n\r\n"
        ))?;
        let page: ThreadPage = serde_json::from_slice(&answer)?;
        for reply in page.replies {
            let number = reply.number.ok_or("a reply without a number")?;
            numbers.push(number);
            kept.entry(reply.body).or_default().push(number);
        }
        match page.next {
            Some(next) => cursor = Some(next),
            None => break,
        }
    }
    let lost = seen.stored.iter().filter(|(body, number)| kept.get(*body) != Some(&vec![**number])).count();
    let doubled = kept.values().filter(|numbers| numbers.len() > 1).count();
    let gaps = (1..).zip(&numbers).filter(|(expected, number)| expected != *number).count();
    let failed: u64 = seen.statuses.range(500..).map(|(_, count)| count).sum();
    seen.took.sort();
    let at = |part: usize| seen.took.get(seen.took.len() * part / 1000).copied().unwrap_or_default();
    println!(
        "{} replies acknowledged, {} kept, {} a second",
        seen.stored.len(),
        numbers.len(),
        numbers.len() as u64 / seconds.max(1)
    );
    println!("answers by status: {:?}", seen.statuses);
    println!(
        "half within {:?}, 99 % within {:?}, all within {:?}",
        at(500),
        at(990),
        seen.took.last().copied().unwrap_or_default()
    );
    println!("5xx {failed}, lost {lost}, doubled {doubled}, out of sequence {gaps}");
    if failed + (lost + doubled + gaps) as u64 > 0 { Err("the server has failed".into()) } else { Ok(()) }
}

/// One connection.
struct Line(BufReader<TcpStream>);

impl Line {
    fn open(address: &str) -> Outcome<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        Ok(Self(BufReader::new(stream)))
    }

    fn send(&mut self, request: &str) -> Outcome<()> {
        Ok(self.0.get_mut().write_all(request.as_bytes())?)
    }

    /// The status and the body of the answer.
    fn ask(&mut self, request: &str) -> Outcome<(u16, Vec<u8>)> {
        self.send(request)?;
        let (mut status, mut length) = (0, 0);
        loop {
            let mut head = String::new();
            if self.0.read_line(&mut head)? == 0 {
                return Err("the server hung up".into());
            }
            let head = head.trim_end().to_ascii_lowercase();
            if let Some(rest) = head.strip_prefix("http/1.1 ") {
                status = rest.get(..3).unwrap_or_default().parse()?;
            } else if let Some(rest) = head.strip_prefix("content-length: ") {
                length = rest.parse()?;
            } else if head.is_empty() {
                break;
            }
        }
        let mut body = vec![0; length];
        self.0.read_exact(&mut body)?;
        Ok((status, body))
    }
}
