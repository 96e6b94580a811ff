//! People at a site: guests, tokens, and what each is told.

use afterword_server::Store;
use axum::body::Body;
use axum::http::Method;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, SqliteConnection};

use super::{Answer, Site};

pub async fn send(
    site: &Site,
    method: Method,
    address: &str,
    headers: &[(&str, &str)],
    body: impl Into<Body>,
) -> Answer {
    site.request(method, address, headers, body.into()).await
}

pub const JSON: (&str, &str) = ("content-type", "application/json");

pub async fn ask_for(site: &Site, name: &str) -> Answer {
    send(site, Method::POST, "/api/guests", &[JSON], json!({ "name": name }).to_string()).await
}

/// A guest's token and person.
pub async fn guest(site: &Site, name: &str) -> (String, Value) {
    let answer = ask_for(site, name).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    assert_eq!(answer.header("cache-control"), "no-store");
    let answer = answer.json();
    (answer["token"].as_str().unwrap().to_owned(), answer["person"].clone())
}

pub async fn viewer(site: &Site, thread: &str, token: &str) -> Value {
    let answer = send(
        site,
        Method::GET,
        &format!("/api/viewer?thread={thread}"),
        &[("authorization", &format!("Bearer {token}"))],
        Body::empty(),
    )
    .await;
    assert_eq!(
        (answer.status.as_u16(), answer.header("cache-control")),
        (200, "no-store"),
        "{}",
        answer.text()
    );
    answer.json()
}

pub async fn connect(store: &Store) -> SqliteConnection {
    SqliteConnectOptions::new().filename(store.path()).connect().await.unwrap()
}

pub async fn run(store: &Store, sql: &str) {
    sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut connect(store).await).await.unwrap();
}

/// A token of somebody who is in the database already.
pub async fn token_of(store: &Store, person: &str) -> String {
    let token = format!("token-of-{person}");
    sqlx::query("INSERT INTO token (hash, person, created) SELECT $1, pk, 0 FROM person WHERE id = $2")
        .bind(Sha256::digest(&token).to_vec())
        .bind(person)
        .execute(&mut connect(store).await)
        .await
        .unwrap();
    token
}
