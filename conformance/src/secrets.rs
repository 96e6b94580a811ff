//! What stands in no report: tokens, those that were sent and those that a backend gave away.
//!
//! Backends say in errors what they were sent, and a new guest's answer is a token: reports are published, so both
//! are masked wherever a text comes from outside.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use serde_json::Value;

use crate::json::walk;

/// Shorter ones may be a part of any word, and are only masked as a whole one.
const SHORT: usize = 8;
/// In what is no JSON so many letters in a row may be a token.
const LONG: usize = 16;

/// The tokens of one run, and how they are spelled within JSON.
#[derive(Default)]
pub(crate) struct Secrets(Mutex<BTreeSet<String>>);

impl Secrets {
    /// From now on nobody sees this one.
    pub(crate) fn keep(&self, token: &str) {
        let within_json = Value::from(token).to_string();
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for spelled in [token, within_json.trim_matches('"')] {
            if !spelled.is_empty() {
                known.insert(spelled.to_ascii_lowercase());
            }
        }
    }

    /// Keeps what may be a token in the answer to a new guest, whatever is wrong with it.
    pub(crate) fn keep_given(&self, answer: &str) {
        match serde_json::from_str(answer) {
            Ok(guest) => walk(&guest, "", &mut |path, said| {
                let name = path.rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
                if let Some(said) = said.filter(|_| name.contains("token")) {
                    self.keep(said);
                }
            }),
            Err(_) => {
                let apart = |letter: char| !letter.is_ascii_alphanumeric() && !"-._~+/=".contains(letter);
                answer.split(apart).filter(|word| word.len() >= LONG).for_each(|word| self.keep(word));
            }
        }
    }

    /// The text without any of them, in whatever case.
    pub(crate) fn masked(&self, text: &str) -> String {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut shown = text.to_owned();
        // The longest first: one token may begin with another.
        let mut tokens: Vec<&String> = known.iter().collect();
        tokens.sort_by_key(|token| std::cmp::Reverse(token.len()));
        for token in tokens {
            shown = without(&shown, token);
        }
        shown
    }
}

/// `text` with `…` for each `token`, which is in lower case.
fn without(text: &str, token: &str) -> String {
    let lower = text.to_ascii_lowercase();
    let (mut shown, mut done, mut from) = (String::new(), 0, 0);
    while let Some(at) = lower.get(from..).and_then(|rest| rest.find(token)) {
        let (start, end) = (from + at, from + at + token.len());
        let goes_on = |letter: Option<char>| letter.is_some_and(char::is_alphanumeric);
        let before = text.get(..start).and_then(|text| text.chars().next_back());
        let after = text.get(end..).and_then(|text| text.chars().next());
        if token.len() >= SHORT || !(goes_on(before) || goes_on(after)) {
            shown += text.get(done..start).unwrap_or_default();
            shown.push('…');
            done = end;
        }
        from = end;
    }
    shown + text.get(done..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::Secrets;

    #[test]
    fn tokens_are_masked_however_they_are_spelled() {
        let secrets = Secrets::default();
        secrets.keep("abc\"d-0123456789");
        secrets.keep("ada");
        let masked = secrets.masked(
            "Bearer abc\"d-0123456789, bearer ABC\"D-0123456789xyz, {\"t\":\"abc\\\"d-0123456789\"} ada Adam",
        );
        assert_eq!(masked, "Bearer …, bearer …xyz, {\"t\":\"…\"} … Adam");
        secrets.keep("");
        assert_eq!(secrets.masked("ä ada ö"), "ä … ö");
    }

    #[test]
    fn what_a_guest_is_given_is_masked_in_every_shape() {
        for answer in [
            r#"{"token":"0123456789abcdef","person":{"id":"u1"}}"#,
            r#"{"guest":{"accessToken":["0123456789abcdef"]},"person":{"id":"u1"}}"#,
            r#"{"token":"0123456789abcdef","person":{"id":"u1"},}"#,
            "<p>0123456789abcdef for u1</p>",
        ] {
            let secrets = Secrets::default();
            secrets.keep_given(answer);
            let masked = secrets.masked(answer);
            assert!(!masked.contains("0123456789abcdef") && masked.contains("u1"), "{masked}");
        }
    }
}
