//! The site's own sign-in: which tokens are good, and who comes in with them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use afterword_server::{Clock, Settings, SignIn};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use common::people::{ask_for, connect, run, viewer};
use common::{Site, reply, thread};
use ed25519_dalek::Signer as _;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

const SECRET: &str = "0123456789abcdef0123456789abcdef";
const NOW: i64 = 1_762_804_800;

fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn with_secret(secret: &[u8], message: &str) -> Vec<u8> {
    Hmac::<Sha256>::new_from_slice(secret).unwrap().chain_update(message).finalize().into_bytes().to_vec()
}

fn ed_key(seed: u8) -> ed25519_dalek::SigningKey {
    ed25519_dalek::SigningKey::from_bytes(&[seed; 32])
}

fn ec_key(seed: u8) -> p256::ecdsa::SigningKey {
    p256::ecdsa::SigningKey::from_slice(&[seed; 32]).unwrap()
}

/// The public point without the byte that says how it is written.
fn ec_point(seed: u8) -> Vec<u8> {
    ec_key(seed).verifying_key().to_sec1_point(false).as_bytes()[1..].to_vec()
}

/// A token with this header and these claims, signed by `sign`.
fn token(header: Value, claims: &Value, sign: impl FnOnce(&str) -> Vec<u8>) -> String {
    let message = format!("{}.{}", encode(header.to_string()), encode(claims.to_string()));
    let signature = encode(sign(&message));
    format!("{message}.{signature}")
}

fn hs256(claims: &Value) -> String {
    token(json!({ "alg": "HS256", "typ": "JWT" }), claims, |message| with_secret(SECRET.as_bytes(), message))
}

fn ed(kid: &str, seed: u8, claims: &Value) -> String {
    token(json!({ "alg": "EdDSA", "kid": kid }), claims, |m| ed_key(seed).sign(m.as_bytes()).to_vec())
}

fn ec(kid: &str, seed: u8, claims: &Value) -> String {
    let sign = |message: &str| {
        let signature: p256::ecdsa::Signature = ec_key(seed).sign(message.as_bytes());
        signature.to_bytes().to_vec()
    };
    token(json!({ "alg": "ES256", "kid": kid }), claims, sign)
}

fn jwks() -> String {
    let point = ec_point(2);
    json!({ "keys": [
        { "kty": "RSA", "kid": "other", "n": "AQAB", "e": "AQAB", "alg": "RS256" },
        { "kty": "OKP", "crv": "Ed25519", "kid": "ed", "x": encode(ed_key(1).verifying_key().as_bytes()), "use": "sig" },
        { "kty": "EC", "crv": "P-256", "kid": "ec", "x": encode(&point[..32]), "y": encode(&point[32..]), "alg": "ES256" },
    ] })
    .to_string()
}

/// What a good token says, changed by `change`.
fn claims(change: Value) -> Value {
    let mut claims = json!({
        "iss": "https://example.org", "aud": "afterword", "sub": "ada", "name": "Ada", "exp": NOW + 600,
    });
    for (name, value) in change.as_object().unwrap() {
        claims[name] = value.clone();
    }
    claims
}

async fn site(secret: Option<&str>, jwks: Option<&str>) -> Site {
    let mut sign_in = SignIn::new(secret, jwks).unwrap();
    sign_in.issuer = Some("https://example.org".to_owned());
    sign_in.audience = Some("afterword".to_owned());
    with(sign_in, &Arc::new(AtomicI64::new(NOW * 1000))).await
}

async fn with(sign_in: SignIn, clock: &Arc<AtomicI64>) -> Site {
    let clock = Clock::Held(Arc::clone(clock));
    let site = Site::with(Settings { sign_in: Some(sign_in), clock, ..Settings::default() }).await;
    site.import(vec![thread("t", vec![reply("t", 1)])]).await;
    site
}

async fn person(site: &Site, token: &str) -> Value {
    viewer(site, "t", token).await["person"].clone()
}

#[tokio::test]
async fn whoever_the_site_has_signed_in_is_the_same_person_each_time() {
    let site = site(Some(SECRET), Some(&jwks())).await;
    let full = claims(json!({
        "picture": "https://example.org/ada.png", "profile": "javascript:alert(1)", "email": "ada@example.org",
    }));
    let ada = person(&site, &hs256(&full)).await;
    let id = ada["id"].as_str().unwrap();
    assert_eq!(
        ada,
        json!({ "id": id, "name": "Ada", "role": "member", "avatar": "https://example.org/ada.png" })
    );
    let safe = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    assert!(id.len() > 22 && id.bytes().all(safe), "{id}");
    assert_eq!(person(&site, &ed("ed", 1, &full)).await, ada, "whichever key has signed");
    assert_eq!(person(&site, &ec("ec", 2, &full)).await, ada);
    assert_ne!(person(&site, &hs256(&claims(json!({ "sub": "other" })))).await["id"], id);
    let renamed = person(&site, &hs256(&claims(json!({ "name": "  Ada\u{202e} L.\u{200b} " })))).await;
    assert_eq!((&renamed["id"], &renamed["name"]), (&json!(id), &json!("Ada L.")));
    assert_eq!(renamed.get("avatar"), None, "what was taken away at the sign-in is gone here");
    let stored: i64 = sqlx::query_scalar("SELECT count(*) FROM person WHERE name LIKE '%example.org%'")
        .fetch_one(&mut connect(&site.store).await)
        .await
        .unwrap();
    assert_eq!(stored, 0);
    ask_for(&site, "Ada L.").await.problem(422);
}

#[tokio::test]
async fn a_picture_and_a_page_follow_the_token_of_whoever_signs_in_and_stay_for_others() {
    let site = site(Some(SECRET), None).await;
    let both = json!({ "picture": "https://example.org/ada.png", "profile": "https://example.org/ada" });
    let ada = person(&site, &hs256(&claims(both))).await;
    assert_eq!(ada["url"], "https://example.org/ada");
    let id = ada["id"].as_str().unwrap();
    let mut imported = reply("t", 2);
    imported["author"] = json!({ "id": id, "name": "Ada", "posts": 7, "role": "member" });
    let mut other = reply("t", 3);
    other["author"] = json!({ "id": "u2", "name": "Old Tom", "avatar": "https://example.org/tom.png" });
    site.import(vec![thread("t", vec![imported, other])]).await;
    let shown = async |place: usize| site.page("thread=t").await.replies[place].author.clone().unwrap();
    assert!(shown(1).await.avatar.is_some(), "a file that does not say takes nothing away");
    let without = person(&site, &hs256(&claims(json!({ "profile": "https://example.org/a" })))).await;
    assert_eq!(
        without,
        json!({ "id": id, "name": "Ada", "role": "member", "posts": 7, "url": "https://example.org/a" })
    );
    assert_eq!((shown(1).await.avatar, shown(1).await.url.as_deref()), (None, Some("https://example.org/a")));
    assert_eq!(person(&site, &hs256(&claims(json!({})))).await.get("url"), None);
    assert!(shown(2).await.avatar.is_some());
}

#[tokio::test]
async fn a_token_is_good_for_its_keys_algorithm_its_time_and_its_reader_alone() {
    let both = site(Some(SECRET), Some(&jwks())).await;
    let public = site(None, Some(&jwks())).await;
    let good = claims(json!({}));
    let hmac = |header: Value, secret: &[u8]| token(header, &good, |message| with_secret(secret, message));
    let pem = format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", encode(ec_point(2)));
    let wrong: Vec<(&str, String)> = vec![
        ("no algorithm", token(json!({ "alg": "none" }), &good, |_| Vec::new())),
        ("no algorithm, shouted", token(json!({ "alg": "NONE" }), &good, |_| Vec::new())),
        ("no algorithm, with a key", token(json!({ "alg": "none", "kid": "ed" }), &good, |_| Vec::new())),
        ("no signature", format!("{}.", hs256(&good).rsplit_once('.').unwrap().0)),
        ("another algorithm", hmac(json!({ "alg": "HS384" }), SECRET.as_bytes())),
        ("an algorithm in small letters", hmac(json!({ "alg": "hs256" }), SECRET.as_bytes())),
        ("an algorithm that is no text", hmac(json!({ "alg": 5 }), SECRET.as_bytes())),
        ("another secret", hmac(json!({ "alg": "HS256" }), b"another secret of 32 bytes, or so")),
        ("the public point as a secret", hmac(json!({ "alg": "HS256", "kid": "ec" }), &ec_point(2))),
        ("the public key as a secret", hmac(json!({ "alg": "HS256" }), ed_key(1).verifying_key().as_bytes())),
        ("the public key's PEM as a secret", hmac(json!({ "alg": "HS256" }), pem.as_bytes())),
        (
            "a key that asks for an extension",
            hmac(json!({ "alg": "HS256", "crit": ["b64"] }), SECRET.as_bytes()),
        ),
        ("another key of the same kind", ed("ed", 9, &good)),
        ("another key of the other kind", ec("ec", 9, &good)),
        ("an unknown kid", ed("nobody", 1, &good)),
        ("the other key's kid", ec("ed", 2, &good)),
        (
            "a key's kid with another algorithm",
            token(json!({ "alg": "HS256", "kid": "ed" }), &good, |m| ed_key(1).sign(m.as_bytes()).to_vec()),
        ),
        ("altered claims", {
            let real = hs256(&good);
            let parts: Vec<&str> = real.split('.').collect();
            format!("{}.{}.{}", parts[0], encode(claims(json!({ "sub": "eve" })).to_string()), parts[2])
        }),
        ("a part too many", format!("{}.x", hs256(&good))),
        ("padding", format!("{}=", hs256(&good))),
        ("expired", hs256(&claims(json!({ "exp": NOW - 60 })))),
        ("no expiry", hs256(&claims(json!({ "exp": null })))),
        ("an expiry in words", hs256(&claims(json!({ "exp": "never" })))),
        ("not yet", hs256(&claims(json!({ "nbf": NOW + 61 })))),
        ("another issuer", hs256(&claims(json!({ "iss": "https://example.com" })))),
        ("no issuer", hs256(&claims(json!({ "iss": null })))),
        ("another audience", hs256(&claims(json!({ "aud": "elsewhere" })))),
        ("other audiences", hs256(&claims(json!({ "aud": ["elsewhere", "afterword "] })))),
        ("no audience", hs256(&claims(json!({ "aud": null })))),
        ("no subject", hs256(&claims(json!({ "sub": "" })))),
        ("no name", hs256(&claims(json!({ "name": "\u{200b} " })))),
        ("a mail address for a name", hs256(&claims(json!({ "name": "ada@example.org" })))),
        ("another use", hs256(&claims(json!({ "use": "reset" })))),
        ("one use without a jti", hs256(&claims(json!({ "use": "exchange" })))),
        (
            "claims that are none",
            token(json!({ "alg": "HS256" }), &json!([]), |m| with_secret(SECRET.as_bytes(), m)),
        ),
        ("nothing", "..".to_owned()),
        ("noise", "a.b.c".to_owned()),
    ];
    for (what, token) in &wrong {
        assert_eq!(person(&both, token).await, Value::Null, "{what}");
        assert_eq!(person(&public, token).await, Value::Null, "{what}");
    }
    assert_eq!(person(&public, &hs256(&good)).await, Value::Null, "no secret, no HS256");
    for (what, token) in [
        ("as it is", hs256(&good)),
        ("just not expired, clocks being apart", hs256(&claims(json!({ "exp": NOW - 59 })))),
        ("just begun, clocks being apart", hs256(&claims(json!({ "nbf": NOW + 60 })))),
        ("one audience of several", hs256(&claims(json!({ "aud": ["elsewhere", "afterword"] })))),
        ("without a kid", token(json!({ "alg": "EdDSA" }), &good, |m| ed_key(1).sign(m.as_bytes()).to_vec())),
        (
            "a kid that a secret has no use for",
            hmac(json!({ "alg": "HS256", "kid": "x" }), SECRET.as_bytes()),
        ),
        (
            "named otherwise",
            hs256(&claims(json!({ "name": "ada@example.org", "preferred_username": "Ada" }))),
        ),
    ] {
        assert_eq!(person(&both, &token).await["name"], "Ada", "{what}");
    }
    let stranger = claims(json!({ "aud": "elsewhere" }));
    let open = with(SignIn::new(Some(SECRET), None).unwrap(), &Arc::new(AtomicI64::new(NOW * 1000))).await;
    assert_eq!(person(&open, &hs256(&stranger)).await, Value::Null, "made for somebody, and that is not us");
    assert_eq!(person(&open, &hs256(&claims(json!({ "aud": null, "iss": null })))).await["name"], "Ada");
}

#[tokio::test]
async fn a_key_that_its_set_names_by_the_newer_algorithm_is_good_for_tokens_that_do() {
    let jwks = json!({ "keys": [{ "kty": "OKP", "crv": "Ed25519", "kid": "ed", "alg": "Ed25519",
                                   "x": encode(ed_key(1).verifying_key().as_bytes()) }] });
    let site = site(Some(SECRET), Some(&jwks.to_string())).await;
    for alg in ["Ed25519", "EdDSA"] {
        let good = token(json!({ "alg": alg, "kid": "ed" }), &claims(json!({})), |message| {
            ed_key(1).sign(message.as_bytes()).to_vec()
        });
        assert_eq!(person(&site, &good).await["name"], "Ada", "{alg}");
    }
    let wrong = token(json!({ "alg": "Ed25519", "kid": "ed" }), &claims(json!({})), |message| {
        with_secret(SECRET.as_bytes(), message)
    });
    assert_eq!(person(&site, &wrong).await, Value::Null);
}

#[tokio::test]
async fn a_token_of_one_use_is_used_once() {
    let clock = Arc::new(AtomicI64::new(NOW * 1000));
    let mut sign_in = SignIn::new(Some(SECRET), None).unwrap();
    sign_in.audience = Some("afterword".to_owned());
    let site = with(sign_in, &clock).await;
    let once =
        |jti: &str, issuer: &str| hs256(&claims(json!({ "use": "exchange", "jti": jti, "iss": issuer })));
    let first = once("one", "https://example.org");
    assert_eq!(person(&site, &first).await["name"], "Ada");
    assert_eq!(person(&site, &first).await, Value::Null);
    let resigned = hs256(&claims(json!({ "use": "exchange", "jti": "one", "name": "Eve" })));
    assert_eq!(person(&site, &resigned).await, Value::Null, "the same jti in another token");
    assert_eq!(person(&site, &once("one", "https://example.com")).await["name"], "Ada", "another issuer's");
    let many = once("many", "https://example.org");
    let (a, b, c) = tokio::join!(person(&site, &many), person(&site, &many), person(&site, &many));
    assert_eq!([a, b, c].iter().filter(|person| !person.is_null()).count(), 1, "also at the same moment");
    // What is no good for its age need not be remembered.
    clock.fetch_add(660_000, Ordering::SeqCst);
    assert_eq!(person(&site, &first).await, Value::Null);
    let fresh = hs256(&claims(json!({ "use": "exchange", "jti": "two", "exp": NOW + 1000 })));
    assert_eq!(person(&site, &fresh).await["name"], "Ada");
    let kept: Vec<String> =
        sqlx::query_scalar("SELECT jti FROM spent").fetch_all(&mut connect(&site.store).await).await.unwrap();
    assert_eq!(kept, ["two"]);
    // Tokens without that word are good as long as they last.
    let lasting = hs256(&claims(json!({ "jti": "three", "exp": NOW + 1000 })));
    assert_eq!(person(&site, &lasting).await, person(&site, &lasting).await);
}

#[tokio::test]
async fn who_moderates_is_for_the_configured_claims_to_say_each_time() {
    let clock = Arc::new(AtomicI64::new(NOW * 1000));
    let mut sign_in = SignIn::new(Some(SECRET), None).unwrap();
    sign_in.audience = Some("afterword".to_owned());
    let usual = with(sign_in.clone(), &clock).await;
    sign_in.role_claims = vec!["https://example.org/groups".to_owned()];
    sign_in.moderators = vec!["editors".to_owned()];
    let special = with(sign_in, &clock).await;
    let role = async |site: &Site, change: Value| person(site, &hs256(&claims(change))).await["role"].clone();
    assert_eq!(role(&usual, json!({})).await, "member");
    assert_eq!(role(&usual, json!({ "role": "moderator" })).await, "moderator");
    assert_eq!(role(&usual, json!({ "roles": ["author", "admin"] })).await, "moderator");
    assert_eq!(role(&usual, json!({ "role": "moderators" })).await, "member", "and not any more");
    assert_eq!(role(&usual, json!({ "role": { "moderator": true } })).await, "member");
    assert_eq!(role(&special, json!({ "role": "moderator" })).await, "member");
    assert_eq!(role(&special, json!({ "https://example.org/groups": ["editors"] })).await, "moderator");
    let may =
        viewer(&special, "t", &hs256(&claims(json!({ "https://example.org/groups": "editors" })))).await;
    assert!(may["may"].as_array().unwrap().contains(&json!("restore")));
}

#[tokio::test]
async fn a_sign_in_brings_back_nobody_who_was_forgotten_or_banned() {
    let site = site(Some(SECRET), None).await;
    let good = hs256(&claims(json!({})));
    let id = person(&site, &good).await["id"].as_str().unwrap().to_owned();
    run(&site.store, &format!("UPDATE person SET banned = TRUE WHERE id = '{id}'")).await;
    let banned = viewer(&site, "t", &hs256(&claims(json!({ "name": "Ada L." })))).await;
    assert_eq!((&banned["person"]["name"], &banned["may"]), (&json!("Ada L."), &json!([])));
    run(&site.store, &format!("UPDATE person SET erased = TRUE, name = '' WHERE id = '{id}'")).await;
    assert_eq!(person(&site, &good).await, Value::Null);
    let name: String = sqlx::query_scalar("SELECT name FROM person WHERE erased")
        .fetch_one(&mut connect(&site.store).await)
        .await
        .unwrap();
    assert_eq!(name, "");
}

#[test]
fn keys_that_cannot_be_used_are_told_at_the_start() {
    let refused = |secret, jwks: Option<Value>| {
        SignIn::new(secret, jwks.map(|jwks| jwks.to_string()).as_deref()).unwrap_err()
    };
    let key = |change: Value| {
        let mut key = json!({ "kty": "OKP", "crv": "Ed25519", "kid": "ed", "x": encode(ed_key(1).verifying_key().as_bytes()) });
        for (name, value) in change.as_object().unwrap() {
            key[name] = value.clone();
        }
        Some(json!({ "keys": [key] }))
    };
    assert!(SignIn::new(None, key(json!({})).map(|keys| keys.to_string()).as_deref()).is_ok());
    for (secret, jwks, expected) in [
        (None, None, "neither a secret nor a JWKS file"),
        (Some(""), None, "the secret has 0 bytes; it needs 32"),
        (Some("0123456789abcdef0123456789abcde"), None, "the secret has 31 bytes"),
        (Some("-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA"), None, "PEM"),
        (None, Some(json!({})), "no JWKS"),
        (None, Some(json!({ "keys": [] })), "it holds no key"),
        (None, key(json!({ "kty": "oct", "k": "AAAA" })), "it holds no key"),
        (None, key(json!({ "use": "enc" })), "it holds no key"),
        (None, key(json!({ "alg": "HS256" })), "the key `ed` says that it is for `HS256`"),
        (None, key(json!({ "x": "AAAA" })), "the key `ed` cannot be read"),
        (None, key(json!({ "kty": "EC", "crv": "P-256", "y": "AAAA" })), "the key `ed` cannot be read"),
    ] {
        let said = refused(secret, jwks);
        assert!(said.contains(expected), "{said}");
    }
    let shown = format!("{:?}", SignIn::new(Some(SECRET), None).unwrap());
    assert!(!shown.contains(SECRET) && !shown.contains("48, 49"), "{shown}");
}
