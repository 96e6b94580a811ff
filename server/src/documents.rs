//! `GET /openapi.json` and `GET /schemas/NAME.schema.json`: the contract for machines, from the server that keeps it.
//!
//! Knows nothing of what stands in them, but for where this server's own routes begin.

use std::sync::LazyLock;

use afterword_contract::{OPENAPI, SCHEMAS};
use axum::extract::Path;
use axum::extract::rejection::PathRejection;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use serde_json::{Value, json};

use crate::assets::STABLE;
use crate::conditional::Representation;
use crate::encoding::Encoding;
use crate::problem::Refusal;
use crate::replies::JSON;

/// The media type that JSON Schema has registered.
const SCHEMA: &str = "application/schema+json";

const ENCODINGS: [Encoding; 3] = [Encoding::Brotli, Encoding::Gzip, Encoding::Identity];

static DOCUMENT: LazyLock<[Representation; 3]> =
    LazyLock::new(|| ENCODINGS.map(|encoding| Representation::new(document().into_bytes(), encoding)));

/// The document with the address of this server's routes, relative to its own: it holds behind any proxy.
fn document() -> String {
    let Ok(mut document) = serde_json::from_str::<Value>(OPENAPI) else { return OPENAPI.to_owned() };
    if let Some(servers) = document.get_mut("servers") {
        *servers = json!([{ "url": "api", "description": "This server." }]);
    }
    document.to_string()
}

/// Answers `/openapi.json`.
pub(crate) async fn openapi(headers: HeaderMap) -> Response {
    let [brotli, gzip, identity] = &*DOCUMENT;
    let document = match Encoding::chosen(&headers, &ENCODINGS) {
        Encoding::Brotli => brotli,
        Encoding::Gzip => gzip,
        Encoding::Identity => identity,
    };
    document.answer(&headers, JSON, STABLE)
}

/// Answers `/schemas/NAME.schema.json`.
pub(crate) async fn schema(
    name: Result<Path<String>, PathRejection>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let named = |name: Path<String>| SCHEMAS.iter().find(|(file, _)| *file == name.0);
    let (_, text) = name.ok().and_then(named).ok_or_else(|| Refusal::unknown_route(uri.path()))?;
    let encoding = Encoding::chosen(&headers, &ENCODINGS);
    Ok(Representation::new(text.as_bytes().to_vec(), encoding).answer(&headers, SCHEMA, STABLE))
}
