//! As much of Waline's API as its client asks for while somebody reads: comments in pages, with their HTML rendered.
//! Its own server needs a database service; what is measured here is the client.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};

use afterword_bench::thread::{Said, name, said};
use serde_json::{Value, json};

/// Threads by their length: making one anew for each answer would count against the client.
static THREADS: LazyLock<Mutex<HashMap<u32, Vec<Said>>>> = LazyLock::new(Mutex::default);

/// The answer to `GET path?query`.
pub(crate) fn answer(path: &str, query: &str) -> String {
    let data = if path.ends_with("/api/comment") { comments(query) } else { json!([]) };
    json!({ "errno": 0, "errmsg": "", "data": data }).to_string()
}

fn comments(query: &str) -> Value {
    let parameter = |wanted: &str| {
        let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        pairs.find(|(key, _)| *key == wanted).map(|(_, value)| value)
    };
    let number = |key: &str, default: usize| {
        parameter(key).and_then(|text| text.parse().ok()).filter(|number| *number > 0).unwrap_or(default)
    };
    let total = parameter("path").and_then(|path| path.rsplit('-').next()).and_then(|text| text.parse().ok());
    let (total, page, size) = (total.unwrap_or(13), number("page", 1), number("pageSize", 10));
    let mut threads = THREADS.lock().unwrap_or_else(PoisonError::into_inner);
    let thread = threads.entry(total).or_insert_with(|| said(total));
    let data: Vec<_> = thread.iter().skip((page - 1) * size).take(size).map(comment).collect();
    json!({
        "page": page, "totalPages": thread.len().div_ceil(size), "pageSize": size, "count": thread.len(),
        "data": data,
    })
}

fn comment(said: &Said) -> Value {
    json!({
        "objectId": said.number, "nick": name(said.author), "mail": "", "link": "",
        "avatar": "data:,", "type": "guest", "level": 0, "user_id": null, "status": "approved",
        "comment": said.html(), "orig": said.markdown(), "time": said.published(),
        "like": said.liked_by.len(), "sticky": false, "children": [],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_cut_as_the_client_asks() {
        let asked =
            |query: &str| -> Value { serde_json::from_str(&answer("/waline/api/comment", query)).unwrap() };
        let third = asked("path=many-103&pageSize=50&page=3");
        assert_eq!(third["data"]["count"], 103);
        assert_eq!(third["data"]["totalPages"], 3);
        assert_eq!(third["data"]["data"].as_array().unwrap().len(), 3);
        assert_eq!(third["data"]["data"][0]["objectId"], 101);
        assert_eq!(asked("")["data"]["data"].as_array().unwrap().len(), 10);
    }
}
