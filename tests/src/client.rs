//! Asks a server for JSON without a browser.

use axum::body::{Body, to_bytes};
use http::{HeaderMap, Method, Request, header};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use serde_json::Value;

/// What a server answered.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body; null where it is no JSON.
    pub json: Value,
}

/// Reads `address`.
pub async fn read(address: &str) -> Result<Value, String> {
    let answer = ask(Method::GET, address, &[], &Value::Null).await?;
    match answer.status {
        200 => Ok(answer.json),
        status => Err(format!("{address} answered {status}: {}", answer.json)),
    }
}

/// Sends `json` to `address`.
pub async fn ask(
    method: Method,
    address: &str,
    headers: &[(&str, &str)],
    json: &Value,
) -> Result<Answer, String> {
    let request =
        Request::builder().method(method).uri(address).header(header::CONTENT_TYPE, "application/json");
    let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    let body = if json.is_null() { Body::empty() } else { Body::from(json.to_string()) };
    let failed = |error: &dyn std::fmt::Display| format!("{address}: {error}");
    let request = request.body(body).map_err(|error| failed(&error))?;
    let client = Client::builder(TokioExecutor::new()).build_http();
    let answer = client.request(request).await.map_err(|error| failed(&error))?;
    let (head, body) = answer.into_parts();
    let body = to_bytes(Body::new(body), 16 << 20).await.map_err(|error| failed(&error))?;
    let json = serde_json::from_slice(&body).unwrap_or_default();
    Ok(Answer { status: head.status.as_u16(), headers: head.headers, json })
}

/// `text` as it stands in a query.
pub fn escaped(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}
