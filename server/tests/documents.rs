//! The contract for machines, as the server hands it out.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use afterword_contract::{OPENAPI, SCHEMAS};
use axum::http::Method;
use common::{Site, kind};
use serde_json::{Value, json};

#[tokio::test]
async fn the_openapi_document_is_the_contracts_with_this_servers_address() {
    let site = Site::empty().await;
    let answer = site.get("/openapi.json").await;
    assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, "application/json"));
    assert_eq!(answer.header("access-control-allow-origin"), "*");
    let mut served = answer.json();
    assert_eq!(served["servers"], json!([{ "url": "api", "description": "This server." }]));
    let mut committed: Value = serde_json::from_str(OPENAPI).unwrap();
    for document in [&mut served, &mut committed] {
        document.as_object_mut().unwrap().remove("servers");
    }
    assert_eq!(served, committed);
}

#[tokio::test]
async fn every_schema_is_served_under_the_name_of_its_file() {
    let site = Site::empty().await;
    for (file, text) in SCHEMAS {
        let answer = site.get(&format!("/schemas/{file}")).await;
        assert_eq!((answer.status.as_u16(), answer.text().as_str()), (200, *text), "{file}");
        assert_eq!(answer.header("content-type"), "application/schema+json");
        assert_eq!(answer.header("access-control-allow-origin"), "*");
        let id = answer.json()["$id"].as_str().unwrap().to_owned();
        let name = file.strip_suffix(".schema.json").unwrap();
        assert_eq!(id, format!("urn:afterword:schema:1:{name}"));
    }
}

#[tokio::test]
async fn documents_are_kept_by_their_tag_and_come_as_the_client_likes() {
    let site = Site::empty().await;
    for path in ["/openapi.json", "/schemas/reply.schema.json"] {
        let plain = site.get(path).await;
        let brotli = site.ask(Method::GET, path, &[("accept-encoding", "br")]).await;
        assert_eq!((brotli.header("content-encoding"), plain.header("content-encoding")), ("br", ""));
        assert!(brotli.body.len() < plain.body.len() / 2, "{path}");
        for answer in [&plain, &brotli] {
            assert_eq!(answer.header("cache-control"), "public, max-age=60, must-revalidate");
        }
        let kept = [("if-none-match", plain.header("etag"))];
        let again = site.ask(Method::GET, path, &kept).await;
        assert_eq!((again.status.as_u16(), again.body.len()), (304, 0), "{path}");
        let head = site.ask(Method::HEAD, path, &[]).await;
        assert_eq!((head.status.as_u16(), head.header("etag")), (200, plain.header("etag")));
        site.ask(Method::POST, path, &[]).await.problem(405);
    }
}

#[tokio::test]
async fn what_is_no_schema_is_not_there() {
    let site = Site::empty().await;
    for path in ["/schemas/", "/schemas/reply", "/schemas/..%2fopenapi.json", "/schemas/a/b", "/schemas/%ff"]
    {
        assert_eq!(site.get(path).await.problem(404).kind, kind("unknown-route"), "{path}");
    }
}
