//! The body of a request: bounded before it is read, and taken as JSON only where it says that it is.

use afterword_contract::FieldError;
use axum::body::Body;
use axum::http::{HeaderMap, header};
use bytes::Bytes;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::de::DeserializeOwned;

use crate::problem::Refusal;

/// The body as it came; `most` bytes of it are read at the most.
pub(crate) async fn read(headers: &HeaderMap, body: Body, most: usize) -> Result<Bytes, Refusal> {
    if !is_json(headers) {
        return Err(Refusal::not_json());
    }
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    if announced.is_some_and(|length: u64| length > most as u64) {
        return Err(Refusal::body_too_large(most));
    }
    match Limited::new(body, most).collect().await {
        Ok(read) => Ok(read.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(Refusal::body_too_large(most)),
        Err(_) => Err(Refusal::bad_body("The request broke off.", Vec::new())),
    }
}

/// The message in `bytes`.
pub(crate) fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Refusal> {
    serde_json::from_slice(bytes).map_err(|error| {
        let said = error.to_string();
        let said = said.split(" at line ").next().unwrap_or_default();
        match said.split_once(": ") {
            Some((place, detail)) if error.is_data() => {
                let field = FieldError { detail: detail.to_owned(), pointer: pointer(place) };
                Refusal::bad_body(&format!("{place}: {detail}."), vec![field])
            }
            _ if error.is_eof() => Refusal::bad_body("The request ends too early.", Vec::new()),
            _ => Refusal::bad_body("The request is no JSON that can be read.", Vec::new()),
        }
    })
}

/// Only this type: others are sent by forms of any page, without asking.
fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    kind.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
}

/// The JSON Pointer of a place like `mentions[0].id`.
fn pointer(place: &str) -> String {
    format!("#/{}", place.replace(['.', '['], "/").replace(']', ""))
}

#[cfg(test)]
mod tests {
    use super::pointer;

    #[test]
    fn a_place_becomes_a_pointer() {
        assert_eq!(pointer("body"), "#/body");
        assert_eq!(pointer("mentions[0].id"), "#/mentions/0/id");
    }
}
