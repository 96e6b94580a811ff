//! Faulty backends, each with one fault, and the checks that have to find it: those, and no other.
//!
//! And the reverse: every check has a fault that it finds.

use std::collections::BTreeSet;

use afterword_conformance::GROUPS;
use serde_json::{Value, json};
use tokio::task::LocalSet;

use crate::backend::{Backend, Twist};

/// A backend that does one thing wrong.
struct Fault {
    /// What it does.
    name: &'static str,
    /// The checks that find it.
    found_by: &'static [&'static str],
    twist: Twist,
}

const fn sent(
    name: &'static str,
    found_by: &'static [&'static str],
    twist: fn(&mut crate::backend::Sent, &crate::backend::Memory),
) -> Fault {
    Fault { name, found_by, twist: Twist::Sent(twist) }
}

const fn got(
    name: &'static str,
    found_by: &'static [&'static str],
    twist: fn(&crate::backend::Sent, &mut crate::backend::Got, &crate::backend::Memory),
) -> Fault {
    Fault { name, found_by, twist: Twist::Got(twist) }
}

/// The replies on a page, to be changed.
fn replies(page: &mut Value) -> impl Iterator<Item = &mut Value> {
    page["replies"].as_array_mut().into_iter().flatten()
}

/// With another value of a parameter, or without it.
fn with_parameter(address: &str, name: &str, value: Option<&str>) -> String {
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    let mut pairs: Vec<String> = query
        .split('&')
        .filter(|pair| pair.split('=').next() != Some(name) && !pair.is_empty())
        .map(str::to_owned)
        .collect();
    pairs.extend(value.map(|value| format!("{name}={value}")));
    format!("{path}?{}", pairs.join("&"))
}

fn parameter<'a>(address: &'a str, name: &str) -> Option<&'a str> {
    let (_, query) = address.split_once('?')?;
    query
        .split('&')
        .find_map(|pair| pair.split_once('=').filter(|(known, _)| *known == name).map(|(_, value)| value))
}

const READING: &[Fault] = &[
    got("it says that it is another version", &["read.shape"], |sent, got, _| {
        if sent.is("GET", "/replies") {
            got.change(|page| page["version"] = json!(2));
        }
    }),
    got("its JSON is text/html", &["read.shape"], |sent, got, _| {
        if sent.is("GET", "/replies") && got.status == 200 {
            got.set("content-type", "text/html");
        }
    }),
    got("an unknown thread has a total", &["read.unknown-thread"], |sent, got, _| {
        if sent.is("GET", "/replies") {
            got.change(|page| {
                if page["replies"] == json!([]) {
                    page["thread"]["total"] = json!(1);
                }
            });
        }
    }),
    sent("a missing thread is taken for some thread", &["read.thread-missing"], |sent, _| {
        if sent.is("GET", "/replies") && parameter(&sent.address, "thread").is_none() {
            sent.address = with_parameter(&sent.address, "thread", Some("any"));
        }
    }),
    got("thread ids come back in lower case", &["read.thread-id"], |sent, got, _| {
        if sent.is("GET", "/replies") {
            got.change(|page| {
                if let Some(id) = page["thread"]["id"].as_str() {
                    page["thread"]["id"] = json!(id.to_lowercase());
                }
            });
        }
    }),
    got("unknown parameters are refused", &["read.unknown-parameter"], |sent, got, _| {
        if sent.address.contains("x-of-a-later-version") {
            got.status = 400;
        }
    }),
    got("ids of replies are only unique within one author", &["read.whole-thread"], |sent, got, _| {
        if sent.is("GET", "/replies") {
            got.change(|page| {
                let ids: Vec<Value> = replies(page).map(|reply| reply["id"].clone()).collect();
                if ids.len() == 7 {
                    page["replies"][3]["id"] = ids[1].clone();
                }
            });
        }
    }),
    got("bodies come back escaped", &["read.bodies"], |sent, got, _| {
        if sent.is("GET", "/replies") {
            got.change(|page| {
                replies(page).for_each(|reply| {
                    reply["body"] = json!(reply["body"].as_str().unwrap().replace('>', "&gt;"));
                });
            });
        }
    }),
    got("a tombstone keeps its text", &["read.gone-is-empty"], |sent, got, memory| {
        let mut memory = memory.lock().unwrap();
        if sent.is("POST", "/replies") {
            let reply = got.json();
            memory.insert(reply["id"].to_string(), reply["body"].as_str().unwrap_or_default().to_owned());
        }
        if sent.is("GET", "/replies") {
            got.change(|page| {
                replies(page).filter(|reply| reply["status"] == "deleted").for_each(|reply| {
                    reply["body"] = json!(memory[&reply["id"].to_string()]);
                });
            });
        }
    }),
    got("authors come with their mail addresses", &["read.private"], |sent, got, _| {
        if sent.is("GET", "/replies") {
            got.change(|page| {
                replies(page).for_each(|reply| reply["author"]["email"] = json!("a@b.example"))
            });
        }
    }),
    got("replies carry the address that they came from", &["read.private"], |sent, got, _| {
        if sent.is("GET", "/replies") {
            got.change(|page| replies(page).for_each(|reply| reply["from"] = json!("192.0.2.7")));
        }
    }),
    sent("the limit is one less", &["paging.limit"], |sent, _| {
        if let Some("5") = parameter(&sent.address, "limit") {
            sent.address = with_parameter(&sent.address, "limit", Some("4"));
        }
    }),
    got("a page leaves its last reply to nobody", &["paging.forward"], |sent, got, _| {
        let pages =
            parameter(&sent.address, "limit") == Some("2") && parameter(&sent.address, "after").is_some();
        if sent.is("GET", "/replies") && pages && parameter(&sent.address, "order") == Some("top") {
            got.change(|page| drop(page["replies"].as_array_mut().unwrap().pop()));
        }
    }),
    got("pages before come in the reverse order", &["paging.backward"], |sent, got, _| {
        if sent.is("GET", "/replies") && parameter(&sent.address, "before").is_some() {
            got.change(|page| {
                page["replies"].as_array_mut().into_iter().for_each(|replies| replies.reverse())
            });
        }
    }),
    got("the first page has a cursor to what is before it", &["paging.ends"], |sent, got, _| {
        let first = ["before", "after", "around"].iter().all(|name| parameter(&sent.address, name).is_none());
        if sent.is("GET", "/replies") && first {
            got.change(|page| {
                if page["next"].is_string() {
                    page["previous"] = page["next"].clone();
                }
            });
        }
    }),
    sent("newest is oldest", &["paging.order-newest", "paging.around", "paging.inserts"], |sent, _| {
        if parameter(&sent.address, "order") == Some("newest") {
            sent.address = with_parameter(&sent.address, "order", Some("oldest"));
        }
    }),
    sent("top is oldest", &["paging.order-top"], |sent, _| {
        if parameter(&sent.address, "order") == Some("top") {
            sent.address = with_parameter(&sent.address, "order", Some("oldest"));
        }
    }),
    sent("around begins the page", &["paging.around"], |sent, _| {
        if let Some(number) = parameter(&sent.address, "around").and_then(|number| number.parse::<u64>().ok())
            && parameter(&sent.address, "limit") == Some("3")
            && number < 7
        {
            sent.address = with_parameter(&sent.address, "around", Some(&(number + 1).to_string()));
        }
    }),
    got("around what is not there is empty", &["paging.around-beyond"], |sent, got, _| {
        if parameter(&sent.address, "around") == Some("1000") {
            got.change(|page| page["replies"] = json!([]));
        }
    }),
    sent("of two cursors one is taken", &["paging.exclusive"], |sent, _| {
        if parameter(&sent.address, "after").is_some() {
            sent.address = with_parameter(&sent.address, "around", None);
        }
    }),
    got("a cursor that is not understood begins again", &["paging.bad-cursor"], |sent, got, _| {
        if sent.is("GET", "/replies")
            && got.status == 400
            && got.json()["type"] == "urn:afterword:problem:bad-cursor"
        {
            got.status = 200;
        }
    }),
    got("a limit that is no number breaks the server", &["paging.bounds"], |sent, got, _| {
        if parameter(&sent.address, "limit") == Some("many") {
            got.status = 500;
        }
    }),
    sent("pages are offsets", &["paging.inserts"], |sent, _| {
        // What an offset does after an insert: the page begins one reply earlier.
        let newest = parameter(&sent.address, "order") == Some("newest");
        if newest && sent.address.contains("inserts") && parameter(&sent.address, "after").is_some() {
            sent.address = with_parameter(&sent.address, "after", None);
        }
    }),
    got("nothing is ever 304", &["http.etag", "http.etag-list"], |sent, got, _| {
        if sent.is("GET", "/replies") && got.status == 304 {
            got.status = 200;
        }
    }),
    sent("a list of tags is taken for one", &["http.etag-list"], |sent, _| {
        if sent.header("if-none-match").contains(',') {
            sent.headers.insert("if-none-match", "\"a list\"".parse().unwrap());
        }
    }),
    got(
        "tags are made from the time",
        &["http.etag", "http.etag-list", "http.etag-steady"],
        |sent, got, memory| {
            let mut memory = memory.lock().unwrap();
            let time = memory.len().to_string();
            memory.insert(time.clone(), String::new());
            if sent.is("GET", "/replies") {
                got.set("etag", &format!("\"{time}\""));
            }
        },
    ),
    got("a page has the tag of its thread", &["http.etag-changes"], |sent, got, _| {
        if sent.is("GET", "/replies") && sent.address.contains("changes") {
            let tag = "\"the-thread\"";
            got.set("etag", tag);
            if sent.header("if-none-match") == tag {
                (got.status, got.body) = (304, Vec::new());
            }
        }
    }),
    got("pages may not be kept", &["http.cached"], |sent, got, _| {
        if sent.is("GET", "/replies") && got.status == 200 {
            got.set("cache-control", "no-store");
        }
    }),
    got("a total is a text", &["read.shape"], |sent, got, _| {
        if sent.is("GET", "/replies") {
            got.change(|page| page["thread"]["total"] = json!(page["thread"]["total"].to_string()));
        }
    }),
    got("a reader gets a cookie", &["http.cached"], |sent, got, _| {
        if sent.is("GET", "/replies") && got.status == 200 {
            got.set("set-cookie", "session=1");
        }
    }),
    got("errors are for their own origin", &["http.origins"], |_, got, _| {
        if got.status >= 400 {
            got.headers.remove("access-control-allow-origin");
        }
    }),
    got("headers are not exposed", &["http.exposed"], |_, got, _| {
        got.headers.remove("access-control-expose-headers");
    }),
    got("a preflight allows no key", &["http.preflight"], |sent, got, _| {
        if sent.method == "OPTIONS" {
            got.set("access-control-allow-headers", "Authorization, Content-Type");
        }
    }),
    got("a preflight needs a token", &["http.preflight"], |sent, got, _| {
        if sent.method == "OPTIONS" {
            got.status = 401;
        }
    }),
    got("types may be guessed", &["http.nosniff"], |_, got, _| {
        got.headers.remove("x-content-type-options");
    }),
    got("an unknown route is a page of the framework", &["http.unknown-route"], |sent, got, _| {
        if sent.path() == "/api/no-such-route" {
            got.set("content-type", "text/html");
            got.body = b"<h1>Not Found</h1>".to_vec();
        }
    }),
    got("a wrong method does not say which are right", &["http.method"], |_, got, _| {
        got.headers.remove("allow");
    }),
    got("errors may be kept", &["http.errors-stay-out"], |_, got, _| {
        if got.status >= 400 {
            got.set("cache-control", "public, max-age=60");
        }
    }),
];

async fn check(fault: &'static Fault) -> Result<(), String> {
    let backend = Backend::open(fault.twist).await;
    let report = backend.report(&[]).await;
    let found: BTreeSet<String> = report.findings().map(|(entry, _)| entry.name()).collect();
    let expected: BTreeSet<String> = fault.found_by.iter().map(|name| (*name).to_owned()).collect();
    if found == expected {
        return Ok(());
    }
    let told: String = report
        .findings()
        .map(|(entry, finding)| {
            format!("  {}: {}\n    {}\n", entry.name(), finding.wrong, finding.sent.lines().next().unwrap())
        })
        .collect();
    Err(format!("{}: expected {expected:?}, found {found:?}\n{told}", fault.name))
}

/// All of them at once: most of the time they wait.
async fn check_all(faults: &'static [Fault]) {
    let together = LocalSet::new();
    let checks: Vec<_> = faults.iter().map(|fault| together.spawn_local(check(fault))).collect();
    together.await;
    let mut wrong = String::new();
    for check in checks {
        wrong += &check.await.unwrap().err().unwrap_or_default();
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[tokio::test]
async fn faults_in_reading_are_found() {
    check_all(READING).await;
}

#[test]
fn every_check_has_a_fault_that_it_finds() {
    let found: BTreeSet<&str> = READING.iter().flat_map(|fault| fault.found_by).copied().collect();
    let names = GROUPS
        .iter()
        .flat_map(|group| group.checks.iter().map(|check| format!("{}.{}", group.name, check.id)));
    let unproved: Vec<String> = names.filter(|name| !found.contains(name.as_str())).collect();
    assert!(unproved.is_empty(), "{unproved:?}");
}
