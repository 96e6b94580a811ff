//! Who is asking.

use afterword_contract::Person;
use axum::http::{HeaderMap, header};
use sha2::{Digest, Sha256};

use crate::app::App;
use crate::problem::Refusal;

/// Who is asking.
#[derive(Clone, Debug)]
#[allow(dead_code, reason = "the viewer and the limits read the rest")]
pub(crate) struct Identity {
    pub(crate) pk: i64,
    pub(crate) person: Person,
    pub(crate) moderator: bool,
    pub(crate) guest: bool,
}

/// The person of the request's token; `sign-in-required` where there is none or it is not good any more;
/// `not-allowed` for the banned.
pub(crate) async fn required(app: &App, headers: &HeaderMap) -> Result<Identity, Refusal> {
    let (identity, banned) = found(app, headers).await?.ok_or_else(Refusal::sign_in_required)?;
    if banned {
        return Err(Refusal::not_allowed("You may not write here any more."));
    }
    Ok(identity)
}

/// The same, and nobody instead of a refusal.
pub(crate) async fn welcome(app: &App, headers: &HeaderMap) -> Option<Identity> {
    required(app, headers).await.ok()
}

async fn found(app: &App, headers: &HeaderMap) -> Result<Option<(Identity, bool)>, Refusal> {
    let Some(token) = bearer(headers) else { return Ok(None) };
    let hash = Sha256::digest(token.as_bytes());
    let Some((pk, person, banned)) = app.store().holder(&hash).await? else { return Ok(None) };
    let role = person.role.as_deref();
    let (moderator, guest) = (role == Some("moderator"), role == Some("guest"));
    Ok(Some((Identity { pk, person, moderator, guest }, banned)))
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim()).filter(|token| !token.is_empty())
}
