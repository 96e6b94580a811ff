//! Posting once: the key that a client sends with every attempt at the same reply.
//!
//! What was answered is kept in the same transaction as the reply itself, so that a server which is killed in
//! between leaves both or neither. Here is what goes before that: reading the key, and knowing which keys are
//! being worked on in this process.

use std::collections::HashSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use afterword_contract::NewReply;
use axum::http::HeaderMap;
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::app::App;
use crate::problem::Refusal;

/// For how long an answer is kept, in milliseconds.
pub(crate) const KEPT: i64 = 24 * 60 * 60 * 1000;

const NAME: &str = "Idempotency-Key";
const LONGEST: usize = 200;

/// A request that names itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Key {
    /// The text between the quotation marks.
    pub(crate) key: String,
    /// SHA-256 of the reply. Not of its page: that may have another title or address at the next attempt.
    pub(crate) request: Vec<u8>,
}

impl Key {
    /// The key in `headers` of a request with this reply; `None` where there is none.
    pub(crate) fn read(headers: &HeaderMap, new: &NewReply) -> Result<Option<Self>, Refusal> {
        let mut given = headers.get_all(NAME).iter();
        let Some(first) = given.next() else { return Ok(None) };
        let text = first.to_str().ok().filter(|_| given.next().is_none()).map(str::trim);
        let key = text.and_then(|text| text.strip_prefix('"')?.strip_suffix('"'));
        let is_sound = |key: &&str| {
            (1..=LONGEST).contains(&key.len())
                && !key.contains(['"', '\\'])
                && !key.contains(char::is_control)
        };
        let wrong = || {
            Refusal::parameter(
                NAME,
                format!("it is a text of 1 to {LONGEST} ASCII characters in quotation marks"),
            )
        };
        let key = key.filter(is_sound).ok_or_else(wrong)?.to_owned();
        let said = json!([new.thread, new.body, new.format, new.mentions]);
        Ok(Some(Self { key, request: Sha256::digest(said.to_string()).to_vec() }))
    }
}

/// The keys that are being worked on.
#[derive(Default)]
pub(crate) struct InFlight(Mutex<HashSet<(i64, String)>>);

impl InFlight {
    fn lock(&self) -> MutexGuard<'_, HashSet<(i64, String)>> {
        // A set is never half changed.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Keeps others with the same key away while it lives.
pub(crate) struct Flight {
    app: App,
    key: (i64, String),
}

impl Flight {
    /// Begins to work on `key` of `person`; `key-in-flight` where that is being done already.
    pub(crate) fn begin(app: &App, person: i64, key: &Key) -> Result<Self, Refusal> {
        let key = (person, key.key.clone());
        match app.in_flight().lock().insert(key.clone()) {
            true => Ok(Self { app: app.clone(), key }),
            false => Err(Refusal::key_in_flight()),
        }
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        self.app.in_flight().lock().remove(&self.key);
    }
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderValue};

    use super::{Flight, Key, LONGEST, NewReply};
    use crate::app::{App, Settings};
    use crate::store::Store;

    fn read(values: &[&str]) -> Result<Option<String>, ()> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(super::NAME, HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        Key::read(&headers, &NewReply::default()).map(|key| key.map(|key| key.key)).map_err(drop)
    }

    #[test]
    fn a_key_is_a_quoted_text() {
        assert_eq!(read(&[]), Ok(None));
        assert_eq!(read(&["\"0d1f\""]), Ok(Some("0d1f".to_owned())));
        let longest = format!("\"{}\"", "x".repeat(LONGEST));
        assert!(read(&[&longest]).is_ok());
        let longer = format!("\"{}\"", "x".repeat(LONGEST + 1));
        for wrong in ["0d1f", "\"\"", "\"", "\"a\"b\"", "\"a", "\"ä\"", "", longer.as_str()] {
            assert_eq!(read(&[wrong]), Err(()), "{wrong}");
        }
        assert_eq!(read(&["\"a\"", "\"b\""]), Err(()));
    }

    #[tokio::test]
    async fn a_key_is_worked_on_once_at_a_time_and_each_person_has_their_own() {
        let app = App::new(Store::temporary().await.unwrap(), Settings::default());
        let key = Key { key: "a".to_owned(), request: Vec::new() };
        let first = Flight::begin(&app, 1, &key).ok().unwrap();
        assert!(Flight::begin(&app, 1, &key).is_err());
        assert!(Flight::begin(&app, 2, &key).is_ok());
        drop(first);
        assert!(Flight::begin(&app, 1, &key).is_ok());
    }
}
