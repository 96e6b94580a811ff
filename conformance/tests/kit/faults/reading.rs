//! What can be wrong with pages, and with HTTP in general.

use serde_json::{Value, json};

use super::{Fault, got, parameter, replies, sent, with_parameter};

pub(super) const READING: &[Fault] = &[
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
    got("a thread's id that is too long breaks the server", &["read.thread-too-long"], |sent, got, _| {
        let thread = parameter(&sent.address, "thread").unwrap_or_default();
        if sent.is("GET", "/replies") && thread.len() > 2000 && thread.ends_with("xxx") {
            got.status = 500;
        }
    }),
    got("a thread's id that is too long is not named", &["read.thread-too-long"], |sent, got, _| {
        let thread = parameter(&sent.address, "thread").unwrap_or_default();
        if sent.is("GET", "/replies") && thread.len() > 2000 && got.status == 400 {
            got.change(|problem| problem["errors"] = json!([]));
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
        if ["x-of-a-later-version", "x-after-write"].iter().any(|name| sent.address.contains(name)) {
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
    got("bodies come back escaped", &["read.bodies", "reply.byte-for-byte"], |sent, got, _| {
        if sent.is("GET", "/replies") {
            got.change(|page| {
                replies(page).for_each(|reply| {
                    reply["body"] = json!(reply["body"].as_str().unwrap().replace('>', "&gt;"));
                });
            });
        }
    }),
    got("a tombstone keeps its text", &["read.gone-is-empty", "delete.tombstone"], |sent, got, memory| {
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
    got("people come with their mail addresses", &["read.private"], |sent, got, _| {
        if sent.is("GET", "/people") {
            got.change(|people| {
                for person in people.as_array_mut().into_iter().flatten() {
                    person["e-mail"] = json!("a@b.example");
                }
            });
        }
    }),
    got("what is drawn holds the token of whoever wrote", &["read.private"], |sent, got, memory| {
        let mut memory = memory.lock().unwrap();
        if sent.is("POST", "/guests") {
            memory.insert("token".to_owned(), got.json()["token"].as_str().unwrap_or_default().to_owned());
        }
        if sent.is("GET", "/html") {
            let told = format!("<!-- {} --></main>", memory["token"]);
            got.body = String::from_utf8_lossy(&got.body).replace("</main>", &told).into_bytes();
        }
    }),
    got("pictures are found by mail addresses", &["read.private"], |sent, got, _| {
        if sent.is("GET", "/replies") {
            let avatar = json!("https://www.gravatar.com/avatar/0bc83cb571cd1c50ba6f3e8a78ef1346");
            got.change(|page| {
                replies(page).filter(|reply| reply["author"].is_object()).for_each(|reply| {
                    reply["author"]["avatar"] = avatar.clone();
                });
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
            got.change(|page| drop(page["replies"].as_array_mut().and_then(Vec::pop)));
        }
    }),
    got("pages before come in the reverse order", &["paging.backward", "paging.around"], |sent, got, _| {
        if sent.is("GET", "/replies") && parameter(&sent.address, "before").is_some() {
            got.change(|page| {
                page["replies"].as_array_mut().into_iter().for_each(|replies| replies.reverse())
            });
        }
    }),
    got("a page before another one has no cursor back to it", &["paging.backward"], |sent, got, _| {
        if sent.is("GET", "/replies") && parameter(&sent.address, "before").is_some() {
            got.change(|page| page["next"] = Value::Null);
        }
    }),
    got("the first page, if it is before another one, is the last", &["paging.backward"], |sent, got, _| {
        if sent.is("GET", "/replies") && parameter(&sent.address, "before").is_some() {
            got.change(|page| {
                if page["previous"].is_null() {
                    page["next"] = Value::Null;
                }
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
    sent(
        "newest is oldest",
        &["paging.order-newest", "paging.around", "paging.other-order", "paging.inserts"],
        |sent, _| {
            if sent.is("GET", "/replies") && parameter(&sent.address, "order") == Some("newest") {
                sent.address = with_parameter(&sent.address, "order", Some("oldest"));
            }
        },
    ),
    sent("top is oldest", &["paging.order-top", "paging.other-order"], |sent, _| {
        if parameter(&sent.address, "order") == Some("top") {
            sent.address = with_parameter(&sent.address, "order", Some("oldest"));
        }
    }),
    sent("around begins the page", &["paging.around"], |sent, _| {
        if let Some(number) = parameter(&sent.address, "around").and_then(|number| number.parse::<u64>().ok())
            && sent.is("GET", "/replies")
            && number < 7
        {
            sent.address = with_parameter(&sent.address, "around", Some(&(number + 1).to_string()));
        }
    }),
    got("a page around a number has no cursors", &["paging.around"], |sent, got, _| {
        if sent.is("GET", "/replies") && parameter(&sent.address, "around").is_some() {
            got.change(|page| (page["previous"], page["next"]) = (Value::Null, Value::Null));
        }
    }),
    got("a page around a number leads back to where it leads on", &["paging.around"], |sent, got, _| {
        if sent.is("GET", "/replies") && parameter(&sent.address, "around").is_some() {
            got.change(|page| {
                if page["previous"].is_string() && page["next"].is_string() {
                    page["previous"] = page["next"].clone();
                }
            });
        }
    }),
    sent("by reactions, around a number is the first page", &["paging.around"], |sent, _| {
        if sent.is("GET", "/replies") && parameter(&sent.address, "order") == Some("top") {
            sent.address = with_parameter(&sent.address, "around", None);
        }
    }),
    got("around what is not there is empty", &["paging.around-beyond"], |sent, got, _| {
        if parameter(&sent.address, "around") == Some("1007") {
            got.change(|page| page["replies"] = json!([]));
        }
    }),
    sent("of two cursors one is taken", &["paging.exclusive"], |sent, _| {
        if parameter(&sent.address, "after").is_some() {
            sent.address = with_parameter(&sent.address, "around", None);
        }
    }),
    got(
        "a cursor that is not understood begins again",
        &["paging.bad-cursor", "paging.other-order"],
        |sent, got, _| {
            if sent.is("GET", "/replies")
                && got.status == 400
                && got.json()["type"] == "urn:afterword:problem:bad-cursor"
            {
                got.status = 200;
            }
        },
    ),
    got("a cursor is good in every order", &["paging.other-order"], |sent, got, memory| {
        let mut memory = memory.lock().unwrap();
        if let Some(next) = got.json()["next"].as_str() {
            memory.insert(next.to_owned(), String::new());
        }
        let cursors = ["after", "before"].map(|name| parameter(&sent.address, name));
        let known = cursors.into_iter().flatten().any(|cursor| memory.contains_key(cursor));
        if sent.is("GET", "/replies") && known && got.json()["type"] == "urn:afterword:problem:bad-cursor" {
            got.status = 200;
            got.set("content-type", "application/json");
            got.body = b"{\"replies\":[]}".to_vec();
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
    got("a page's tag is made from how many replies it has", &["http.etag-changes"], |sent, got, _| {
        if sent.is("GET", "/replies") && sent.address.contains("changes") {
            let tag = format!("\"{}\"", got.json()["replies"].as_array().map_or(0, Vec::len));
            got.set("etag", &tag);
            if got.status == 200 && sent.header("if-none-match") == tag {
                (got.status, got.body) = (304, Vec::new());
            }
        }
    }),
    got("a page of another origin is refused", &["http.no-preflight"], |sent, got, _| {
        if sent.is("GET", "/replies") && !sent.header("origin").is_empty() && got.status == 200 {
            got.status = 403;
            got.set("cache-control", "no-store");
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
