//! What can be wrong with people, with what they write, and with what they do to replies.

use serde_json::{Value, json};

use super::{Fault, got, parameter, replies, sent, with_parameter};
use crate::backend::{Got, Memory, Sent};

/// The id in `/api/replies/{id}/…`.
fn id(sent: &Sent) -> String {
    sent.path().split('/').nth(3).unwrap_or_default().to_owned()
}

fn kind(got: &Got) -> String {
    let problem = got.json();
    problem["type"].as_str().unwrap_or_default().rsplit(':').next().unwrap_or_default().to_owned()
}

/// Remembers a text.
fn keep(memory: &Memory, name: String, value: String) {
    memory.lock().unwrap().insert(name, value);
}

fn kept(memory: &Memory, name: &str) -> Option<String> {
    memory.lock().unwrap().get(name).cloned()
}

fn success(got: &mut Got, status: u16, body: Value) {
    got.status = status;
    got.set("content-type", "application/json");
    got.body = body.to_string().into_bytes();
}

/// Whether it is one that the server gave away: those that the kit invents are short.
fn is_token(bearer: &str) -> bool {
    bearer.len() > 40
}

/// The token that came first is everybody's: nobody is told from anybody.
fn as_the_first(sent: &mut Sent, memory: &Memory) {
    let bearer = sent.header("authorization").to_owned();
    if !is_token(&bearer) {
        return;
    }
    // The first that writes is the first person, of whom all that is changed is.
    let first = memory.lock().unwrap().entry("first".to_owned()).or_insert(bearer).clone();
    sent.headers.insert("authorization", first.parse().unwrap());
}

/// Remembers the first token that posts, so that later acts can be made theirs.
fn remember_first(sent: &Sent, memory: &Memory) {
    if sent.is("POST", "/replies") && is_token(sent.header("authorization")) {
        let bearer = sent.header("authorization").to_owned();
        memory.lock().unwrap().entry("first".to_owned()).or_insert(bearer);
    }
}

pub(super) const PEOPLE: &[Fault] = &[
    got("a viewer has no list of replies but a number", &["viewer.shape"], |sent, got, _| {
        if sent.is("GET", "/viewer") {
            got.change(|viewer| viewer["pending"] = json!(0));
        }
    }),
    got("nobody is somebody", &["viewer.nobody"], |sent, got, _| {
        if sent.is("GET", "/viewer") && sent.header("authorization").is_empty() {
            got.change(|viewer| viewer["person"] = json!({ "name": "Somebody" }));
        }
    }),
    got("a stale token is 401", &["viewer.stale-token"], |sent, got, _| {
        if sent.is("GET", "/viewer")
            && !sent.header("authorization").is_empty()
            && got.json()["person"].is_null()
        {
            got.status = 401;
        }
    }),
    got("the viewer is somebody else", &["viewer.somebody"], |sent, got, _| {
        if sent.is("GET", "/viewer") {
            got.change(|viewer| {
                if viewer["person"].is_object() {
                    viewer["person"]["id"] = json!("somebody-else");
                }
            });
        }
    }),
    got("viewers are kept by caches", &["viewer.no-store"], |sent, got, _| {
        if sent.is("GET", "/viewer") {
            got.set("cache-control", "public, max-age=60");
        }
    }),
    got("authors are not told what they may do", &["viewer.own", "viewer.own-tombstone"], |sent, got, _| {
        if sent.is("GET", "/viewer") {
            got.change(|viewer| {
                for reply in
                    viewer["replies"].as_object_mut().into_iter().flat_map(|replies| replies.values_mut())
                {
                    reply["may"] = json!([]);
                }
            });
        }
    }),
    got("nobody is told what they may restore", &["viewer.own-tombstone"], |sent, got, _| {
        if sent.is("GET", "/viewer") {
            got.change(|viewer| {
                for reply in
                    viewer["replies"].as_object_mut().into_iter().flat_map(|replies| replies.values_mut())
                {
                    let may = reply["may"].as_array_mut().into_iter();
                    may.for_each(|may| may.retain(|word| word != "restore"));
                }
            });
        }
    }),
    got("everybody is told that they may restore it", &["viewer.own-tombstone"], |sent, got, memory| {
        if sent.is("DELETE", "/replies/*") && got.status == 200 {
            keep(memory, "deleted".to_owned(), id(sent));
        }
        if sent.is("GET", "/viewer")
            && let Some(id) = kept(memory, "deleted")
        {
            got.change(|viewer| viewer["replies"][id] = json!({ "reactions": [], "may": ["restore"] }));
        }
    }),
    got("chosen tags are not told", &["viewer.chosen"], |sent, got, _| {
        if sent.is("GET", "/viewer") {
            got.change(|viewer| {
                for reply in
                    viewer["replies"].as_object_mut().into_iter().flat_map(|replies| replies.values_mut())
                {
                    reply["reactions"] = json!([]);
                }
            });
        }
    }),
    got("a guest's person is a text", &["guest.shape"], |sent, got, memory| {
        // Those of the set-up are sound.
        let asked = kept(memory, "guests").unwrap_or_default() + "x";
        if sent.is("POST", "/guests") && got.status == 201 {
            keep(memory, "guests".to_owned(), asked.clone());
            if asked.len() == 3 {
                got.change(|guest| guest["person"] = guest["person"]["name"].clone());
            }
        }
    }),
    got("tokens are numbers", &["guest.tokens"], |sent, got, memory| {
        // Those of the set-up are sound.
        let asked = kept(memory, "guests").unwrap_or_default() + "x";
        if sent.is("POST", "/guests") && got.status == 201 {
            keep(memory, "guests".to_owned(), asked.clone());
            if asked.len() > 2 {
                got.change(|guest| {
                    guest["token"] = json!(format!("the-token-of-guest-number-{}", asked.len()))
                });
            }
        }
    }),
    got("tokens are counted", &["guest.tokens"], |sent, got, memory| {
        let asked = kept(memory, "guests").unwrap_or_default() + "x";
        if sent.is("POST", "/guests") && got.status == 201 {
            keep(memory, "guests".to_owned(), asked.clone());
            if asked.len() > 2 {
                got.change(|guest| guest["token"] = json!(asked.len().to_string()));
            }
        }
    }),
    sent("names are of one script", &["guest.any-script"], |sent, _| {
        if sent.is("POST", "/guests") {
            sent.change(|guest| {
                if let Some(name) = guest["name"].as_str() {
                    guest["name"] = json!(name.replace(|letter: char| !letter.is_ascii(), "?"));
                }
            });
        }
    }),
    sent("a viewer needs no thread", &["viewer.thread-missing"], |sent, _| {
        if sent.is("GET", "/viewer") && parameter(&sent.address, "thread").is_none() {
            sent.address = with_parameter(&sent.address, "thread", Some("any"));
        }
    }),
    got("a guest's token may be kept by caches", &["guest.no-store"], |sent, got, _| {
        if sent.is("POST", "/guests") && got.status == 201 {
            got.headers.remove("cache-control");
        }
    }),
    sent("guests need no name", &["guest.name-empty"], |sent, memory| {
        if sent.is("POST", "/guests")
            && sent.json()["name"].as_str().is_some_and(|name| name.trim().is_empty())
        {
            let place = memory.lock().unwrap().len();
            keep(memory, place.to_string(), String::new());
            sent.change(|guest| guest["name"] = json!(format!("Anonymous {}", ["Ann", "Ben", "Cy"][place])));
        }
    }),
    sent("any form may become a guest", &["guest.not-json"], |sent, _| {
        if sent.is("POST", "/guests") {
            sent.headers.insert("content-type", "application/json".parse().unwrap());
        }
    }),
];

pub(super) const REPLIES: &[Fault] = &[
    got("a new reply comes with its number as a text", &["reply.shape"], |sent, got, _| {
        if sent.is("POST", "/replies") && sent.json()["body"] == "Hello." {
            got.change(|reply| reply["number"] = json!("1"));
        }
    }),
    got("a new reply has no tag", &["reply.headers"], |sent, got, _| {
        if sent.is("POST", "/replies") && got.status == 201 {
            got.headers.remove("etag");
        }
    }),
    got("a new reply has no location", &["reply.headers"], |sent, got, _| {
        if sent.is("POST", "/replies") && got.status == 201 {
            got.headers.remove("location");
        }
    }),
    got("numbers begin at 0", &["reply.numbers"], |sent, got, _| {
        if sent.is("POST", "/replies") && sent.json()["body"] == "Counted." && got.status == 201 {
            got.change(|reply| reply["number"] = json!(reply["number"].as_u64().unwrap() - 1));
        }
    }),
    got("at once two replies get one number", &["reply.at-once"], |sent, got, _| {
        if sent.is("GET", "/replies") && sent.address.contains("-at-once") {
            got.change(|page| {
                if page["replies"][0]["body"].as_str().is_some_and(|body| body.contains("At once")) {
                    replies(page).nth(3).into_iter().for_each(|reply| reply["number"] = json!(3));
                }
            });
        }
    }),
    sent("bodies are trimmed", &["reply.byte-for-byte"], |sent, _| {
        if sent.is("POST", "/replies") {
            sent.change(|new| {
                if let Some(body) = new["body"].as_str() {
                    new["body"] = json!(body.trim());
                }
            });
        }
    }),
    sent("bodies hold no more than three bytes of a character", &["reply.byte-for-byte"], |sent, _| {
        if sent.is("POST", "/replies") {
            sent.change(|new| {
                if let Some(body) = new["body"].as_str() {
                    new["body"] = json!(body.replace(|letter: char| letter.len_utf8() > 3, "?"));
                }
            });
        }
    }),
    sent("threads are alike in upper and lower case", &["reply.threads-apart"], |sent, _| {
        if sent.is("POST", "/replies") {
            sent.change(|new| {
                if let Some(thread) = new["thread"].as_str() {
                    new["thread"] = json!(thread.to_lowercase());
                }
            });
        }
        let escapes_kept = sent.address.split('%').enumerate().map(|(place, part)| {
            if place == 0 || part.len() < 2 {
                part.to_lowercase()
            } else {
                part[..2].to_uppercase() + &part[2..].to_lowercase()
            }
        });
        if sent.is("GET", "/replies") {
            let query: Vec<String> = escapes_kept.collect();
            sent.address = query.join("%");
        }
    }),
    sent(
        "threads are told apart by 255 letters",
        &["reply.threads-apart", "reply.thread-missing"],
        |sent, _| {
            if let Some(thread) = parameter(&sent.address, "thread").filter(|thread| thread.len() > 1000) {
                sent.address = with_parameter(&sent.address, "thread", Some(&thread[..255]));
            }
            if sent.is("POST", "/replies") {
                sent.change(|new| {
                    if let Some(thread) = new["thread"].as_str().filter(|thread| thread.len() > 1000) {
                        new["thread"] = json!(thread[..255]);
                    }
                });
            }
        },
    ),
    sent(
        "everybody is one",
        &[
            "viewer.somebody",
            "viewer.own",
            "viewer.own-tombstone",
            "viewer.chosen",
            "reply.author",
            "key.other-person",
            "edit.not-theirs",
            "delete.not-theirs",
            "delete.restore-not-theirs",
            "react.two-people",
            "react.at-once",
        ],
        as_the_first,
    ),
    got("the client says who wrote it", &["reply.ignored"], |sent, got, _| {
        let claimed = sent.json()["author"].clone();
        if sent.is("POST", "/replies") && claimed.is_object() {
            got.change(|reply| reply["author"] = claimed);
        }
    }),
    got("the client gives the number", &["reply.ignored"], |sent, got, _| {
        let claimed = sent.json()["number"].clone();
        if sent.is("POST", "/replies") && claimed.is_number() {
            got.change(|reply| reply["number"] = claimed);
        }
    }),
    got("null is no text and therefore wrong", &["reply.nulls"], |sent, got, _| {
        let new = sent.json();
        if sent.is("POST", "/replies") && new.get("format").is_some_and(Value::is_null) {
            got.status = 400;
        }
    }),
    got(
        "who is not signed in is told nothing",
        &["reply.sign-in", "edit.sign-in", "delete.sign-in", "react.sign-in"],
        |_, got, _| {
            if got.status == 401 {
                got.headers.remove("www-authenticate");
            }
        },
    ),
    sent("anybody may write", &["reply.sign-in"], |sent, memory| {
        remember_first(sent, memory);
        if sent.is("POST", "/replies")
            && sent.json()["body"] == "Nobody wrote this."
            && let Some(first) = kept(memory, "first")
        {
            sent.headers.insert("authorization", first.parse().unwrap());
        }
    }),
    sent("a reply without a thread stands somewhere", &["reply.thread-missing"], |sent, _| {
        if sent.is("POST", "/replies") && sent.json().is_object() {
            sent.change(|new| {
                if new["thread"].as_str().unwrap_or_default().is_empty() {
                    new["thread"] = json!("any");
                }
            });
        }
    }),
    got("what is wrong with a thread is not said", &["reply.thread-missing"], |sent, got, _| {
        if sent.is("POST", "/replies") && got.status == 422 {
            got.change(|problem| {
                let errors = problem.get_mut("errors").and_then(Value::as_array_mut).into_iter();
                errors.for_each(|errors| errors.retain(|error| error["pointer"] != "#/thread"));
            });
        }
    }),
    got("a thread's id that is too long breaks the database", &["reply.thread-missing"], |sent, got, _| {
        let long = sent.json()["thread"].as_str().is_some_and(|thread| thread.len() > 2000);
        if sent.is("POST", "/replies") && long {
            got.status = 500;
        }
    }),
    sent("an empty reply is a reply", &["reply.empty"], |sent, _| {
        if sent.is("POST", "/replies") && sent.json()["body"] == "" {
            sent.change(|new| new["body"] = json!("(empty)"));
        }
    }),
    got("a body may have half of what is announced", &["reply.too-long"], |_, got, _| {
        got.change(|page| {
            if let Some(limit) = page["thread"]["limits"]["bodyBytes"].as_u64() {
                page["thread"]["limits"]["bodyBytes"] = json!(limit * 2);
            }
        });
    }),
    sent("what is too long is cut off", &["reply.too-long"], |sent, _| {
        if sent.is("POST", "/replies") {
            sent.change(|new| {
                if let Some(body) = new["body"].as_str().filter(|body| body.len() > 65_536) {
                    new["body"] = json!(body[..65_536]);
                }
            });
        }
    }),
    got("what is no JSON breaks the server", &["reply.bad-body"], |sent, got, _| {
        if sent.is("POST", "/replies") && sent.json().is_null() && got.status == 400 && sent.body.len() < 40 {
            got.status = 500;
        }
    }),
    got("half a character breaks the server", &["reply.hostile"], |sent, got, _| {
        if sent.is("POST", "/replies") && String::from_utf8_lossy(&sent.body).contains("\\ud83d") {
            got.status = 500;
        }
    }),
    sent("any form may write", &["reply.not-json"], |sent, _| {
        if sent.is("POST", "/replies") {
            sent.headers.insert("content-type", "application/json".parse().unwrap());
        }
    }),
    got("every quote is exact", &["reply.quotes"], |sent, got, _| {
        if sent.is("POST", "/replies") && got.status == 201 {
            got.change(|reply| {
                for quote in reply["quotes"].as_array_mut().into_iter().flatten() {
                    quote["exact"] = json!(true);
                }
            });
        }
    }),
    got("quotes within quotes are listed", &["reply.quotes"], |sent, got, _| {
        if sent.is("POST", "/replies") && got.status == 201 {
            got.change(|reply| {
                if let Some(quotes) = reply["quotes"].as_array_mut().filter(|quotes| quotes.len() > 1) {
                    quotes.push(json!({ "number": 7, "exact": false }));
                }
            });
        }
    }),
    got("mentions are what the client says", &["reply.mentions"], |sent, got, _| {
        let mentions = sent.json()["mentions"].clone();
        if sent.is("POST", "/replies") && got.status == 201 && mentions[0].is_object() {
            got.change(|reply| reply["mentions"] = mentions);
        }
    }),
    sent(
        "a key is good for one reply in another's place",
        &["key.replay", "key.in-flight", "key.replay-page", "key.replay-gone"],
        |sent, memory| {
            // What it was sent with again is stored again, what is reused is refused.
            if let Some(before) = kept(memory, sent.header("idempotency-key")) {
                if before == sent.json()["body"].as_str().unwrap_or_default() {
                    sent.headers.remove("idempotency-key");
                }
            } else if !sent.header("idempotency-key").is_empty() {
                let body = sent.json()["body"].as_str().unwrap_or_default().to_owned();
                keep(memory, sent.header("idempotency-key").to_owned(), body);
            }
        },
    ),
    got("the page's title is a part of the reply", &["key.replay-page"], |sent, got, _| {
        if sent.is("POST", "/replies") && sent.json()["page"]["title"] == "Another title" {
            got.status = 422;
        }
    }),
    sent("a key that is reused gets the first answer", &["key.reused"], |sent, memory| {
        let key = sent.header("idempotency-key").to_owned();
        if key.is_empty() || !sent.is("POST", "/replies") {
            return;
        }
        match kept(memory, &format!("{key} {}", sent.header("authorization"))) {
            Some(before) => sent.body = before.into_bytes(),
            None => {
                let name = format!("{key} {}", sent.header("authorization"));
                keep(memory, name, String::from_utf8_lossy(&sent.body).into_owned());
            }
        }
        sent.headers.remove("content-length");
    }),
    sent("a key that is being worked on is not known yet", &["key.in-flight"], |sent, memory| {
        if sent.json()["thread"].as_str().is_some_and(|thread| thread.ends_with("in-flight")) {
            let place = memory.lock().unwrap().len();
            keep(memory, place.to_string(), String::new());
            sent.headers.insert("idempotency-key", format!("\"in-flight-{place}\"").parse().unwrap());
        }
    }),
    got("who is told to come back is not told when", &["key.in-flight"], |sent, got, memory| {
        if sent.json()["thread"].as_str().is_some_and(|thread| thread.ends_with("in-flight")) {
            match kept(memory, "stored") {
                None => keep(memory, "stored".to_owned(), String::new()),
                Some(_) => {
                    let kind = "urn:afterword:problem:key-in-flight";
                    success(got, 409, json!({ "type": kind, "title": "Wait", "status": 409 }));
                    got.set("content-type", "application/problem+json");
                }
            }
        }
    }),
    got("a kept answer tells what was deleted", &["key.replay-gone"], |sent, got, memory| {
        let key = format!("{} {}", sent.header("authorization"), sent.header("idempotency-key"));
        if sent.is("POST", "/replies") && got.status == 201 && !sent.header("idempotency-key").is_empty() {
            match kept(memory, &key) {
                Some(before) => got.body = before.into_bytes(),
                None => keep(memory, key, String::from_utf8_lossy(&got.body).into_owned()),
            }
        }
    }),
    got("what was deleted is posted again under its key", &["key.replay-gone"], |sent, got, memory| {
        if sent.is("POST", "/replies") && got.status == 201 && got.json()["status"] == "deleted" {
            let place = memory.lock().unwrap().len();
            keep(memory, place.to_string(), String::new());
            got.change(|reply| {
                reply["id"] = json!(format!("again-{place}"));
                reply["status"] = json!("published");
            });
        }
    }),
    got("a key is everybody's", &["key.other-person"], |sent, got, memory| {
        let key = sent.header("idempotency-key").to_owned();
        if sent.is("POST", "/replies") && sent.json()["body"] == "Both say this." {
            match kept(memory, &key) {
                Some(before) => got.body = before.into_bytes(),
                None => keep(memory, key, String::from_utf8_lossy(&got.body).into_owned()),
            }
        }
    }),
];

pub(super) const ACTS: &[Fault] = &[
    got("an edit answers with nothing", &["edit.shape", "edit.changes", "edit.headers"], |sent, got, _| {
        if sent.is("PATCH", "/replies/*") && got.status == 200 {
            success(got, 200, json!({}));
        }
    }),
    got("an edit keeps its revision", &["edit.changes"], |sent, got, memory| {
        if sent.is("POST", "/replies") && got.status == 201 {
            let reply = got.json();
            keep(
                memory,
                reply["id"].as_str().unwrap().to_owned(),
                reply["revision"].as_str().unwrap().to_owned(),
            );
        }
        if sent.is("PATCH", "/replies/*") && got.status == 200 && sent.json()["body"] == "As it is." {
            let revision = kept(memory, &id(sent)).unwrap();
            got.set("etag", &format!("\"{revision}\""));
            got.change(|reply| reply["revision"] = json!(revision));
        }
    }),
    got("an edit keeps the quotes of the old text", &["edit.changes"], |sent, got, memory| {
        let reply = got.json();
        let has_quotes = reply["quotes"].as_array().is_some_and(|quotes| !quotes.is_empty());
        if sent.is("POST", "/replies") && has_quotes {
            keep(memory, reply["id"].as_str().unwrap().to_owned(), reply["quotes"].to_string());
        }
        if sent.is("PATCH", "/replies/*")
            && let Some(quotes) = kept(memory, &id(sent))
        {
            got.change(|reply| reply["quotes"] = serde_json::from_str(&quotes).unwrap());
        }
    }),
    got("a page shows the quotes of an edit before", &["edit.changes"], |sent, got, _| {
        if sent.is("GET", "/replies") {
            got.change(|page| {
                for reply in replies(page).filter(|reply| reply["edited"].is_string()) {
                    reply["quotes"] = json!([{ "number": 1, "exact": true }]);
                }
            });
        }
    }),
    got("an edit's tag is weak", &["edit.headers", "edit.revision-changed"], |sent, got, _| {
        if sent.is("PATCH", "/replies/*") {
            let tag = got.headers.get("etag").map(|tag| format!("W/{}", tag.to_str().unwrap()));
            tag.into_iter().for_each(|tag| got.set("etag", &tag));
        }
    }),
    got("an edit needs no revision", &["edit.revision-required"], |sent, got, _| {
        if sent.is("PATCH", "/replies/*") && got.status == 428 {
            success(got, 200, json!({ "body": "Over what?" }));
        }
    }),
    got("whoever is slower is told nothing", &["edit.revision-changed"], |_, got, _| {
        if got.status == 412 {
            got.change(|problem| drop(problem.as_object_mut().unwrap().remove("current")));
        }
    }),
    got("the last edit wins", &["edit.at-once"], |sent, got, _| {
        if sent.is("PATCH", "/replies/*")
            && got.status == 412
            && sent.json()["body"].as_str().unwrap().starts_with("At once")
        {
            success(got, 200, json!({ "body": "At once." }));
        }
    }),
    got("an edit without a token is 403", &["edit.sign-in"], |sent, got, _| {
        if sent.is("PATCH", "/replies/*") && got.status == 401 {
            got.status = 403;
        }
    }),
    sent("anybody may edit", &["edit.not-theirs"], |sent, memory| {
        remember_first(sent, memory);
        if sent.is("PATCH", "/replies/*") && sent.json()["body"] == "Not mine." {
            sent.headers.insert("authorization", kept(memory, "first").unwrap().parse().unwrap());
        }
    }),
    got("an unknown reply is not allowed", &["edit.unknown"], |sent, got, _| {
        if sent.is("PATCH", "/replies/*") && got.status == 404 {
            got.status = 403;
        }
    }),
    sent("an edit may be empty", &["edit.empty"], |sent, _| {
        if sent.is("PATCH", "/replies/*") && sent.json()["body"] == "" {
            sent.change(|edit| edit["body"] = json!("(empty)"));
        }
    }),
    got("a tombstone takes edits", &["edit.gone"], |sent, got, _| {
        if sent.is("PATCH", "/replies/*") && kind(got) == "reply-gone" {
            success(got, 200, json!({ "body": "Back again." }));
        }
    }),
    got("a history is an object", &["history.shape", "history.order"], |sent, got, _| {
        if sent.is("GET", "/replies/*/history") && got.status == 200 {
            got.change(|history| *history = json!({ "revisions": history.take() }));
        }
    }),
    got("a history begins with the present", &["history.order"], |sent, got, _| {
        if sent.is("GET", "/replies/*/history") {
            got.change(|history| history.as_array_mut().into_iter().for_each(|list| list.reverse()));
        }
    }),
    got("a history has no tag", &["history.etag"], |sent, got, _| {
        if sent.is("GET", "/replies/*/history") {
            got.headers.remove("etag");
        }
    }),
    got("an unknown reply has an empty history", &["history.unknown"], |sent, got, _| {
        if sent.is("GET", "/replies/*/history") && got.status == 404 {
            success(got, 200, json!([]));
        }
    }),
    got("a history tells what was deleted", &["history.gone"], |sent, got, _| {
        if sent.is("GET", "/replies/*/history") && got.json() == json!([]) {
            got.body = json!([{ "revision": "1", "body": "One." }]).to_string().into_bytes();
        }
    }),
    got("a deletion answers with nothing", &["delete.shape", "delete.tombstone"], |sent, got, _| {
        if sent.is("DELETE", "/replies/*") && got.status == 200 {
            got.status = 204;
            got.body.clear();
        }
    }),
    got("what is deleted is removed", &["delete.tombstone", "delete.number-stays"], |sent, got, _| {
        if sent.is("GET", "/replies") {
            got.change(|page| {
                let list = page["replies"].as_array_mut().into_iter();
                list.for_each(|list| list.retain(|reply| reply["status"] != "deleted"));
            });
        }
    }),
    got("a number is used again", &["delete.number-stays"], |sent, got, _| {
        if sent.is("GET", "/replies") && sent.address.contains("delete-number") {
            got.change(|page| replies(page).for_each(|reply| reply["number"] = json!(1)));
        }
    }),
    got("a tombstone cannot be deleted", &["delete.twice"], |sent, got, memory| {
        if sent.is("DELETE", "/replies/*") && got.status == 200 {
            match kept(memory, &id(sent)) {
                Some(_) => got.status = 409,
                None => keep(memory, id(sent), String::new()),
            }
        }
    }),
    sent("anybody may delete without a token", &["delete.sign-in"], |sent, memory| {
        remember_first(sent, memory);
        if sent.is("DELETE", "/replies/*") && sent.header("authorization").is_empty() {
            sent.headers.insert("authorization", kept(memory, "first").unwrap().parse().unwrap());
        }
    }),
    sent("anybody may delete", &["delete.not-theirs"], |sent, memory| {
        remember_first(sent, memory);
        if sent.is("DELETE", "/replies/*")
            && let Some(first) = kept(memory, "first")
            && !sent.header("authorization").is_empty()
            && kept(memory, &format!("author {}", id(sent))).is_none()
        {
            // The sample has replies of both; those stay their authors'.
            sent.headers.insert("authorization", first.parse().unwrap());
        }
    }),
    got("an unknown reply is deleted", &["delete.unknown"], |sent, got, _| {
        if sent.is("DELETE", "/replies/*") && got.status == 404 {
            success(got, 200, json!({ "body": "", "status": "deleted" }));
        }
    }),
    sent("a deletion looks at no revision", &["delete.revision-changed"], |sent, _| {
        if sent.is("DELETE", "/replies/*") {
            sent.headers.remove("if-match");
        }
    }),
    got("what is restored has lost its text", &["delete.restore"], |sent, got, _| {
        if sent.is("POST", "/replies/*/restore")
            && got.json()["number"] == 1
            && !sent.address.contains("whole")
        {
            got.change(|reply| {
                if reply["edited"].is_null() && reply["revision"] != "1" {
                    reply["body"] = json!("");
                }
            });
        }
    }),
    got("what is not deleted cannot be restored", &["delete.restore-whole"], |sent, got, memory| {
        if sent.is("DELETE", "/replies/*") {
            keep(memory, id(sent), String::new());
        }
        if sent.is("POST", "/replies/*/restore") && got.status == 200 && kept(memory, &id(sent)).is_none() {
            got.status = 409;
        }
    }),
    sent("anybody may restore without a token", &["delete.sign-in"], |sent, memory| {
        remember_first(sent, memory);
        if sent.is("POST", "/replies/*/restore") && sent.header("authorization").is_empty() {
            sent.headers.insert("authorization", kept(memory, "first").unwrap().parse().unwrap());
        }
    }),
    got("who restores without a token is refused too late", &["delete.sign-in"], |sent, got, memory| {
        if sent.is("POST", "/replies/*/restore") && got.status == 401 {
            keep(memory, id(sent), String::new());
        }
        if sent.is("GET", "/replies") {
            got.change(|page| {
                for reply in replies(page) {
                    if kept(memory, reply["id"].as_str().unwrap()).is_some() {
                        reply["status"] = json!("published");
                    }
                }
            });
        }
    }),
    sent("anybody may restore", &["delete.sign-in", "delete.restore-not-theirs"], |sent, memory| {
        remember_first(sent, memory);
        if sent.is("POST", "/replies/*/restore") {
            sent.headers.insert("authorization", kept(memory, "first").unwrap().parse().unwrap());
        }
    }),
    got(
        "reactions come as a difference",
        &["react.shape", "react.twice", "react.two-people", "react.at-once", "react.page-agrees"],
        |sent, got, _| {
            if sent.is("PUT", "/replies/*/reactions/*") && got.status == 200 {
                success(got, 200, json!({ "added": 1 }));
            }
        },
    ),
    got("there is nothing to choose", &["react.tags"], |sent, got, _| {
        if sent.is("GET", "/replies") && sent.address.contains("limit=100") && sent.address.contains("nobody")
        {
            got.change(|page| page["thread"]["reactionTags"] = json!([]));
        }
    }),
    got("who chose twice is named twice", &["react.twice"], |sent, got, memory| {
        if sent.is("PUT", "/replies/*/reactions/*") && got.status == 200 {
            let name = format!("{} {}", id(sent), sent.header("authorization"));
            if kept(memory, &name).is_some() {
                got.change(|reactions| {
                    let people = reactions[0]["people"].as_array_mut().unwrap();
                    people.extend(people.last().cloned());
                });
            }
            keep(memory, name, String::new());
        }
    }),
    got("a count is a counter", &["react.twice", "react.at-once"], |sent, got, memory| {
        if sent.is("PUT", "/replies/*/reactions/*") && got.status == 200 {
            let name = format!("{} {}", id(sent), sent.header("authorization"));
            let again = kept(memory, &name).is_some();
            keep(memory, name, String::new());
            got.change(|list| {
                if again {
                    list[0]["count"] = json!(list[0]["count"].as_u64().unwrap_or(0) + 1);
                }
            });
        }
    }),
    got("a tag that nobody chose counts 0", &["react.taken-back"], |sent, got, _| {
        if sent.is("DELETE", "/replies/*/reactions/*") {
            got.change(|list| {
                if *list == json!([]) {
                    *list = json!([{ "tag": "like", "count": 0 }]);
                }
            });
        }
    }),
    got("the latest stands first", &["react.two-people"], |sent, got, _| {
        if sent.is("PUT", "/replies/*/reactions/*") && got.status == 200 {
            got.change(|list| list[0]["people"].as_array_mut().unwrap().reverse());
        }
    }),
    got("the page lags behind", &["react.page-agrees"], |sent, got, _| {
        if sent.is("GET", "/replies") && sent.address.contains("react-page") {
            got.change(|page| replies(page).for_each(|reply| reply["reactions"] = json!([])));
        }
    }),
    got("a reaction without a token is 403", &["react.sign-in"], |sent, got, _| {
        if sent.path().contains("/reactions/") && got.status == 401 {
            got.status = 403;
        }
    }),
    got("every tag may be chosen", &["react.unknown-tag"], |_, got, _| {
        if kind(got) == "unknown-tag" {
            success(got, 200, json!([]));
        }
    }),
    got("everything may be reacted to", &["react.unknown"], |sent, got, _| {
        if sent.path().contains("/reactions/") && kind(got) == "unknown-reply" {
            success(got, 200, json!([]));
        }
    }),
    got("a tombstone may be reacted to", &["react.gone"], |sent, got, _| {
        if sent.path().contains("/reactions/") && kind(got) == "reply-gone" {
            success(got, 200, json!([]));
        }
    }),
];
