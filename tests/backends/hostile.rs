//! What no client of ours sends: nonsense, too much of it, half a request; and a power cut in the middle of posting.
//!
//! Spoken over plain sockets, because no HTTP client can be brought to say such things.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

use afterword_tests::example::{Example, Running};
use libtest_mimic::Failed;
use serde_json::{Value, json};

use crate::World;

/// An answer that takes longer is none.
const PATIENCE: Duration = Duration::from_secs(30);

/// Sends bytes, says that no more will come, and reads what is answered until the end.
pub(crate) fn exchange(address: &str, sent: &[u8]) -> Result<String, String> {
    let mut stream = TcpStream::connect(address).map_err(|error| format!("nobody listens: {error}"))?;
    stream.set_read_timeout(Some(PATIENCE)).map_err(|error| error.to_string())?;
    // Who is refused early is not heard out.
    let _ = stream.write_all(sent).and_then(|()| stream.shutdown(Shutdown::Write));
    let mut answer = Vec::new();
    match stream.read_to_end(&mut answer) {
        Err(error) if answer.is_empty() && error.kind() == std::io::ErrorKind::WouldBlock => {
            Err(format!("no answer in {} s", PATIENCE.as_secs()))
        }
        _ => Ok(String::from_utf8_lossy(&answer).into_owned()),
    }
}

pub(crate) fn request(method: &str, target: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let head = format!(
        "{method} {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: {length}\r\n{headers}\r\n"
    );
    [head.as_bytes(), body].concat()
}

pub(crate) fn status(answer: &str) -> u16 {
    answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0)
}

pub(crate) const JSON: &str = "Content-Type: application/json\r\n";

/// Sound HTTP that says something else than the contract: the target, the body, and what it may be answered.
fn bodies() -> Vec<(&'static str, Vec<u8>, &'static [u16])> {
    let guests = "/guests";
    let refused: &[u16] = &[400, 422];
    vec![
        (guests, Vec::new(), refused),
        (guests, b"[]".to_vec(), refused),
        (guests, b"null".to_vec(), refused),
        (guests, b"7".to_vec(), refused),
        (guests, b"{\"name\":\"Ada\"".to_vec(), refused),
        (guests, b"{\"name\":NaN}".to_vec(), refused),
        (guests, b"{\"name\":{}}".to_vec(), refused),
        (guests, b"{\"name\":\"\xff\xfe\"}".to_vec(), refused),
        (guests, b"{\"name\":\"a\\u0000b\"}".to_vec(), refused),
        (guests, b"{\"name\":\"half \\ud83d\"}".to_vec(), refused),
        (guests, "[".repeat(100_000).into_bytes(), &[400, 413, 422]),
        (guests, format!("{{\"name\":\"{}\"}}", "a".repeat(5000)).into_bytes(), refused),
        (guests, vec![b'x'; 3_000_000], &[413]),
        ("/replies", b"{\"thread\":\"t\",\"body\":\"Nobody wrote this.\"}".to_vec(), &[401]),
        ("/replies/__proto__/restore", b"{}".to_vec(), &[401, 404]),
        ("/no/such/route", b"{".to_vec(), &[404]),
    ]
}

/// Questions, and what they may be answered; 404 also where a small backend does not offer the route.
const QUESTIONS: [(&str, &[u16]); 14] = [
    ("/replies", &[400]),
    ("/replies?thread=", &[400]),
    ("/replies?thread=t&order=__proto__", &[200, 400]),
    ("/replies?thread=t&order=constructor&after=constructor_1", &[400]),
    ("/replies?thread=t&limit=1e9", &[200, 400]),
    ("/replies?thread=t&limit=%D9%A5", &[200, 400]),
    ("/replies?thread=t&around=99999999999999999999", &[200, 400]),
    ("/replies?thread=t&after='%20OR%201=1%20--", &[400]),
    ("/replies/__proto__/history", &[404]),
    ("/replies/..%2f..%2fetc%2fpasswd/history", &[404]),
    ("/../../etc/passwd", &[400, 404]),
    ("/people?thread=t&q=%25%5C%27", &[200, 404]),
    ("/counts?thread=__proto__&thread=a", &[200, 404]),
    ("/viewer?thread=t", &[200]),
];

/// What is no sound HTTP, or hardly.
fn broken() -> Vec<Vec<u8>> {
    let mut all: Vec<Vec<u8>> = [
        "\r\n\r\n",
        "\u{16}\u{3}\u{1} this is no HTTP\r\n\r\n",
        "GET /replies?thread=t HTTP/9.9\r\n\r\n",
        "get /replies?thread=t HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        "BREW /replies?thread=t HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        "POST /guests HTTP/1.1\r\nHost: localhost\r\nContent-Length: -5\r\n\r\n{}",
        "POST /guests HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
        "POST /guests HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{",
        "POST /guests HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ]
    .map(|text| text.as_bytes().to_vec())
    .to_vec();
    all.push(format!("GET /{} HTTP/1.1\r\nHost: localhost\r\n\r\n", "a".repeat(100_000)).into_bytes());
    all.push(format!("GET / HTTP/1.1\r\nHost: localhost\r\nX: {}\r\n\r\n", "a".repeat(200_000)).into_bytes());
    all.push(format!("GET / HTTP/1.1\r\nHost: localhost\r\n{}\r\n", "X: y\r\n".repeat(2000)).into_bytes());
    all
}

/// A finding for a request that is not answered as it may be.
fn sound(sent: &str, answer: &str, expected: &[u16]) -> Result<(), Failed> {
    let status = status(answer);
    let problem = answer.contains("application/problem+json") && answer.contains("urn:afterword:problem:");
    if expected.contains(&status) && (status < 400 || problem) {
        return Ok(());
    }
    let (sent, answer) = (excerpt(sent), excerpt(answer));
    Err(format!("{sent}\nmay be answered by {expected:?}, soundly, and was answered\n{answer}").into())
}

fn excerpt(text: &str) -> String {
    text.chars().take(600).collect()
}

/// Every answer is one of the contract's, in time, says nothing of the inside, and readers are served afterwards.
pub(crate) fn answers_whatever_comes(world: &World, example: Example) -> Result<(), Failed> {
    let running = world.runtime.block_on(example.start(&world.undertaker))?;
    for (target, body, expected) in bodies() {
        let sent = request("POST", target, JSON, &body);
        let answer = exchange(&running.address, &sent)?;
        sound(&String::from_utf8_lossy(&sent), &answer, expected)?;
    }
    // Somebody who is known gets further: with lists in lists, as deep as they fit.
    let token = format!("{JSON}{}", signed_in(&running.address)?);
    for depth in [2_000, 90_000] {
        let (open, closed) = ("[".repeat(depth), "]".repeat(depth));
        let body = format!(r#"{{"thread":"t","body":"Deep.","mentions":{open}{closed}}}"#);
        let answer = exchange(&running.address, &request("POST", "/replies", &token, body.as_bytes()))?;
        sound("lists in lists", &answer, &[201, 400, 413, 422])?;
    }
    // A key without anything in it is none, and no two replies have it.
    for body in ["One.", "Another."] {
        let body = json!({ "thread": "t", "body": body }).to_string();
        let headers = format!("{token}Idempotency-Key: \r\n");
        let answer = exchange(&running.address, &request("POST", "/replies", &headers, body.as_bytes()))?;
        sound("an empty key", &answer, &[201, 400])?;
    }
    for (target, expected) in QUESTIONS {
        for headers in ["", "Authorization: Bearer \u{e9}\r\nIf-None-Match: \"\r\n"] {
            let answer = exchange(&running.address, &request("GET", target, headers, b""))?;
            sound(target, &answer, expected)?;
        }
    }
    for sent in broken() {
        // The server itself refuses, or hangs up; whichever, it does not fail.
        let answer = exchange(&running.address, &sent)?;
        if status(&answer) >= 500 && status(&answer) != 501 && status(&answer) != 505 {
            return Err(format!(
                "{}\nwas answered\n{}",
                excerpt(&String::from_utf8_lossy(&sent)),
                excerpt(&answer)
            )
            .into());
        }
    }
    let answer = exchange(&running.address, &request("GET", "/replies?thread=t", "", b""))?;
    sound("/replies?thread=t", &answer, &[200])?;
    let log = running.log();
    let failed = ["Traceback", "Stack trace", "\n    at "].iter().any(|sign| log.contains(sign));
    if failed { Err(log.into()) } else { Ok(()) }
}

/// Posts as a client of ours does; nothing, where there is no answer that it was stored.
pub(crate) fn post(address: &str, target: &str, token: &str, body: &Value) -> Option<Value> {
    let sent = request("POST", target, &format!("{JSON}{token}"), body.to_string().as_bytes());
    let answer = exchange(address, &sent).ok().filter(|answer| status(answer) == 201)?;
    serde_json::from_str(answer.split_once("\r\n\r\n")?.1).ok()
}

/// What is refused because the disk is full is not there, what was taken is, and the log tells why.
pub(crate) fn tells_of_a_full_disk(world: &World, example: Example) -> Result<(), Failed> {
    let mut running = world.runtime.block_on(example.start_cramped(&world.undertaker))?;
    let token = signed_in(&running.address)?;
    let body = json!({ "thread": "full", "body": "much ".repeat(3000) }).to_string();
    let sent = request("POST", "/replies", &format!("{JSON}{token}"), body.as_bytes());
    let mut taken = 0;
    let refused = loop {
        let answer = exchange(&running.address, &sent)?;
        match status(&answer) {
            201 if taken < 100 => taken += 1,
            _ => break answer,
        }
    };
    sound("a reply for which there is no room", &refused, &[500])?;
    let problem: Value = serde_json::from_str(refused.split_once("\r\n\r\n").unwrap_or_default().1)?;
    let (instance, log) = (problem["instance"].as_str().unwrap_or_default(), running.log());
    if instance.is_empty() || !log.contains(instance) {
        return Err(format!("the log has nothing of {problem}:\n{log}").into());
    }
    let there = |running: &Running| -> Result<u64, Failed> {
        let answer = exchange(&running.address, &request("GET", "/replies?thread=full&limit=1", "", b""))?;
        let page: Value = serde_json::from_str(answer.split_once("\r\n\r\n").unwrap_or_default().1)?;
        Ok(page["thread"]["total"].as_u64().unwrap_or(0))
    };
    let before = there(&running)?;
    running.kill();
    world.runtime.block_on(running.rise(&world.undertaker))?;
    match (before, there(&running)?) {
        (before, after) if before == taken && after == taken && taken > 0 => Ok(()),
        (before, after) => {
            Err(format!("{taken} replies were taken; {before} are there, later {after}").into())
        }
    }
}

/// The header of a new guest.
pub(crate) fn signed_in(address: &str) -> Result<String, Failed> {
    let guest = post(address, "/guests", "", &json!({ "name": "Somebody" })).ok_or("no guests are taken")?;
    Ok(format!("Authorization: Bearer {}\r\n", guest["token"].as_str().unwrap_or_default()))
}

/// How many replies are taken before the power goes.
const BEFORE: usize = 60;

/// Four people write as fast as they can, and it is killed. What was answered is there afterwards, under its number.
pub(crate) fn loses_nothing(world: &World, example: Example) -> Result<(), Failed> {
    let mut running = world.runtime.block_on(example.start(&world.undertaker))?;
    let token = signed_in(&running.address)?;
    let (answered, answers) = std::sync::mpsc::channel();
    let mut stored = Vec::new();
    std::thread::scope(|scope| {
        for writer in 0..4 {
            let (address, token, answered) = (running.address.clone(), &token, answered.clone());
            scope.spawn(move || {
                // The end is when nobody answers any more; the bound is for a backend that cannot be killed.
                for place in 0..100 * BEFORE {
                    let new = json!({ "thread": "cut", "body": format!("{writer}, {place}") });
                    match post(&address, "/replies", token, &new) {
                        Some(reply) if answered.send(said(&reply)).is_ok() => {}
                        _ => return,
                    }
                }
            });
        }
        drop(answered);
        stored.extend(answers.iter().take(BEFORE));
        running.kill();
        stored.extend(answers.iter());
    });
    if stored.len() < BEFORE {
        return Err(format!("only {} replies were taken", stored.len()).into());
    }
    world.runtime.block_on(running.rise(&world.undertaker))?;
    let mut found = Vec::new();
    // More pages than replies are wrong.
    for _ in 0..stored.len() {
        let first = found.len() + 1;
        let target = format!("/replies?thread=cut&limit=100&around={}", first + 50);
        let answer = exchange(&running.address, &request("GET", &target, "", b""))?;
        let page: Value = serde_json::from_str(answer.split_once("\r\n\r\n").unwrap_or_default().1)?;
        let total = page["thread"]["total"].as_u64().unwrap_or(0) as usize;
        let replies = page["replies"].as_array().cloned().unwrap_or_default();
        found.extend(replies.iter().map(said).filter(|(number, _)| *number >= first as u64));
        if found.len() >= total {
            break;
        }
    }
    let numbers: Vec<u64> = found.iter().map(|(number, _)| *number).collect();
    if numbers != (1..=found.len() as u64).collect::<Vec<_>>() {
        return Err(format!("afterwards the numbers are {numbers:?}").into());
    }
    match stored.iter().find(|reply| !found.contains(reply)) {
        Some(lost) => Err(format!("{lost:?} was answered with 201, and is not there").into()),
        None => Ok(()),
    }
}

fn said(reply: &Value) -> (u64, String) {
    (reply["number"].as_u64().unwrap_or(0), reply["body"].as_str().unwrap_or_default().to_owned())
}
