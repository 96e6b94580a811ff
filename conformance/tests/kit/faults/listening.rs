//! What can be wrong with people to mention, reports, counts, streams and what is drawn.

use serde_json::{Value, json};

use super::{Fault, got, heard, parameter, sent, with_parameter};

pub(super) const REST: &[Fault] = &[
    got("people come under a name", &["mention.shape"], |sent, got, _| {
        if sent.is("GET", "/people") && sent.address.ends_with("q=a") && got.status == 200 {
            got.change(|people| *people = json!({ "people": people.take() }));
        }
    }),
    got("there are more people than anybody reads", &["mention.shape"], |sent, got, _| {
        if sent.is("GET", "/people") && sent.address.ends_with("q=") {
            got.change(|people| *people = json!(vec![json!({ "id": "u1", "name": "Ann" }); 21]));
        }
    }),
    got("people are found in small letters alone", &["mention.found"], |sent, got, _| {
        if parameter(&sent.address, "q").is_some_and(|q| q.chars().all(|letter| letter.is_ascii_uppercase()))
        {
            got.change(|people| *people = json!([]));
        }
    }),
    sent("everybody is found", &["mention.not-found"], |sent, _| {
        if parameter(&sent.address, "q") == Some("xqzwvk") {
            sent.address = with_parameter(&sent.address, "q", Some(""));
        }
    }),
    sent("people need no thread", &["mention.thread-missing"], |sent, _| {
        if sent.is("GET", "/people") && parameter(&sent.address, "thread").is_none() {
            sent.address = with_parameter(&sent.address, "thread", Some("any"));
        }
    }),
    got(
        "a report is answered with 200",
        &["report.received", "report.twice", "report.any-word", "report.nobody"],
        |sent, got, _| {
            if sent.is("POST", "/replies/*/reports") && got.status == 204 {
                got.status = 200;
            }
        },
    ),
    got("a second report is an error", &["report.twice"], |sent, got, memory| {
        if sent.is("POST", "/replies/*/reports") && got.status == 204 {
            let before = memory.lock().unwrap().insert(sent.address.clone(), String::new());
            if before.is_some() {
                got.status = 409;
            }
        }
    }),
    got("who may not report is told that nobody knows the reply", &["report.nobody"], |sent, got, _| {
        if sent.is("POST", "/replies/*/reports") && sent.header("authorization").is_empty() {
            got.status = 404;
        }
    }),
    got("anything may be reported", &["report.unknown"], |sent, got, _| {
        if sent.is("POST", "/replies/*/reports") && got.status == 404 {
            (got.status, got.body) = (204, Vec::new());
        }
    }),
    got("only known words are reasons", &["report.any-word"], |sent, got, _| {
        if sent.is("POST", "/replies/*/reports") && sent.json()["reason"] == "of-a-later-version" {
            got.status = 422;
        }
    }),
    got("counts are texts", &["count.shape", "count.unknown", "count.agrees"], |sent, got, _| {
        if sent.is("GET", "/counts") && got.status == 200 {
            got.change(|counts| {
                for count in counts.as_object_mut().unwrap().values_mut() {
                    *count = json!(count.to_string());
                }
            });
        }
    }),
    got("what is unknown is left out", &["count.unknown"], |sent, got, _| {
        if sent.is("GET", "/counts") && got.status == 200 {
            got.change(|counts| counts.as_object_mut().unwrap().retain(|_, count| *count != json!(0)));
        }
    }),
    got("tombstones do not count", &["count.agrees"], |sent, got, _| {
        if sent.is("GET", "/counts") && got.status == 200 {
            got.change(|counts| {
                for count in counts.as_object_mut().unwrap().values_mut().filter(|count| **count == json!(2))
                {
                    *count = json!(1);
                }
            });
        }
    }),
    got("counts have no tag", &["count.etag"], |sent, got, _| {
        if sent.is("GET", "/counts") {
            got.headers.remove("etag");
        }
    }),
    sent("counts need no thread", &["count.thread-missing"], |sent, _| {
        if sent.is("GET", "/counts") && parameter(&sent.address, "thread").is_none() {
            sent.address = with_parameter(&sent.address, "thread", Some("any"));
        }
    }),
    got("what is drawn is a document", &["html.shape"], |sent, got, _| {
        if sent.is("GET", "/html") && got.status == 200 {
            got.body = [b"<!doctype html><title>Thread</title>".as_slice(), &got.body].concat();
        }
    }),
    got("replies have other ids", &["html.replies", "html.around"], |sent, got, _| {
        if sent.is("GET", "/html") {
            got.body =
                String::from_utf8_lossy(&got.body).replace("id=\"reply-", "id=\"comment-").into_bytes();
        }
    }),
    got("bodies are drawn as they were written", &["html.hostile"], |sent, got, _| {
        if sent.is("GET", "/html") {
            got.body = String::from_utf8_lossy(&got.body).replace("&lt;", "<").into_bytes();
        }
    }),
    got("names are drawn as they were written", &["html.hostile"], |sent, got, _| {
        if sent.is("GET", "/html") && sent.address.contains("hostile") {
            let drawn = String::from_utf8_lossy(&got.body).replace("&lt;img src=n", "<img src=n");
            got.body = drawn.into_bytes();
        }
    }),
    got("links lead anywhere", &["html.hostile"], |sent, got, _| {
        if sent.is("GET", "/html") && sent.address.contains("hostile") {
            let link = "<a href=\"JavaScript:alert(1)\">click</a></main>";
            got.body = String::from_utf8_lossy(&got.body).replace("</main>", link).into_bytes();
        }
    }),
    got("what was deleted is still drawn", &["html.gone"], |sent, got, _| {
        if sent.is("GET", "/html") && sent.address.contains("html-gone") {
            got.body =
                String::from_utf8_lossy(&got.body).replace("</main>", "Nobodyreadsthis.</main>").into_bytes();
        }
    }),
    sent("nobody is led to a reply", &["html.around"], |sent, _| {
        if sent.is("GET", "/html") {
            sent.address = with_parameter(&sent.address, "around", None);
        }
    }),
    got("every order has the same tag", &["html.etag"], |sent, got, _| {
        if sent.is("GET", "/html") && !sent.header("if-none-match").is_empty() {
            (got.status, got.body) = (304, Vec::new());
        }
    }),
    sent("a drawing needs no thread", &["html.thread-missing"], |sent, _| {
        if sent.is("GET", "/html") && parameter(&sent.address, "thread").is_none() {
            sent.address = with_parameter(&sent.address, "thread", Some("any"));
        }
    }),
];

/// With the data of its events changed.
fn told(piece: &str, change: impl Fn(&mut Value)) -> String {
    let line = |line: &str| match line.strip_prefix("data: ") {
        None => line.to_owned(),
        Some(data) => {
            let mut data: Value = serde_json::from_str(data).unwrap();
            change(&mut data);
            format!("data: {data}")
        }
    };
    piece.split('\n').map(line).collect::<Vec<_>>().join("\n")
}

/// Without its events of one kind; each stands in a piece with others, between empty lines.
fn untold(piece: &str, is_told: impl Fn(&str) -> bool) -> String {
    piece
        .split("\n\n")
        .filter(|event| !event.contains("data: ") || is_told(event))
        .collect::<Vec<_>>()
        .join("\n\n")
}

pub(super) const LIVE: &[Fault] = &[
    got("a stream may be kept by caches", &["live.headers"], |sent, got, _| {
        if sent.is("GET", "/live") {
            got.headers.remove("cache-control");
        }
    }),
    heard("everybody comes back at once", &["live.retry"], |_, piece, _| {
        piece.split('\n').filter(|line| !line.starts_with("retry")).collect::<Vec<_>>().join("\n")
    }),
    heard("events have no ids", &["live.shape"], |sent, piece, _| {
        if !sent.address.contains("live-shape") {
            return piece;
        }
        piece.split('\n').filter(|line| !line.starts_with("id:")).collect::<Vec<_>>().join("\n")
    }),
    heard("events say nothing of the thread", &["live.shape"], |_, piece, _| {
        told(&piece, |data| drop(data.as_object_mut().unwrap().remove("total")))
    }),
    heard("an event has the reply as it was sent", &["live.reply"], |sent, piece, _| {
        if !sent.address.contains("live-reply") {
            return piece;
        }
        told(&piece, |data| data["reply"]["body"] = json!("<p>Hello.</p>"))
    }),
    heard("edits are not told", &["live.edit"], |_, piece, _| {
        untold(&piece, |event| !event.contains("\"edited\":\""))
    }),
    heard("deletions come with the text", &["live.deletion"], |_, piece, _| {
        told(&piece, |data| {
            if data["reply"]["status"] == "deleted" {
                data["reply"]["body"] = json!("This goes.");
            }
        })
    }),
    heard("what is restored is not told", &["live.restored"], |sent, piece, _| match sent.address {
        _ if !sent.address.contains("live-restored") => piece,
        _ => untold(&piece, |event| !event.contains("\"status\":\"published\"")),
    }),
    heard("events come with mail addresses", &["live.private"], |_, piece, _| {
        told(&piece, |data| {
            if data["reply"]["author"].is_object() {
                data["reply"]["author"]["email"] = json!("a@b.example");
            }
        })
    }),
    heard("reactions are not told", &["live.reactions"], |_, piece, _| {
        untold(&piece, |event| !event.contains("event: reactions"))
    }),
    sent("a stream begins with everything that ever happened", &["live.next"], |sent, _| {
        if sent.is("GET", "/live")
            && sent.header("last-event-id").is_empty()
            && parameter(&sent.address, "since").is_none()
        {
            sent.address = with_parameter(&sent.address, "since", Some("0"));
        }
    }),
    heard("ids are everybody's", &["live.grows"], |sent, piece, _| {
        if !sent.address.contains("live-grows") {
            return piece;
        }
        let line = |line: &str| if line.starts_with("id:") { "id: 1".to_owned() } else { line.to_owned() };
        piece.split('\n').map(line).collect::<Vec<_>>().join("\n")
    }),
    sent("what was missed is lost", &["live.resumed"], |sent, _| {
        sent.headers.remove("last-event-id");
    }),
    got("a page does not say how far it goes", &["live.since-page"], |sent, got, _| {
        if sent.is("GET", "/replies") {
            got.change(|page| {
                page["thread"].as_object_mut().into_iter().for_each(|thread| drop(thread.remove("live")));
            });
        }
    }),
    sent("a stream needs no thread", &["live.thread-missing"], |sent, _| {
        if sent.is("GET", "/live") && parameter(&sent.address, "thread").is_none() {
            sent.address = with_parameter(&sent.address, "thread", Some("any"));
        }
    }),
];
