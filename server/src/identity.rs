//! Who is asking: the person behind a request's `Authorization: Bearer`.
//!
//! A token is this server's own, given to a guest and kept here as a hash, or it is signed by the site's own
//! sign-in. Knows no route; what somebody may do is for each route to say.

use afterword_contract::Person;
use axum::http::{HeaderMap, header};
use sha2::{Digest, Sha256};

use crate::app::App;
use crate::jwt::{SignIn, SignedIn};
use crate::problem::Refusal;
use crate::random;
use crate::store::Holder;

/// The role under which guests write.
pub(crate) const GUEST: &str = "guest";
/// The role of those who may do everything in every thread.
pub(crate) const MODERATOR: &str = "moderator";

/// Who is asking.
#[derive(Clone, Debug)]
pub(crate) struct Identity {
    /// The person's row.
    pub(crate) pk: i64,
    pub(crate) person: Person,
    pub(crate) moderator: bool,
    pub(crate) guest: bool,
}

/// What the request says of who is asking.
#[derive(Clone, Debug)]
pub(crate) enum Asking {
    /// Nothing, or a token that is not good, or not any more.
    Nobody,
    /// A person who may read and nothing else.
    Banned(Identity),
    /// A person.
    Somebody(Identity),
}

/// The person of the request's token; `sign-in-required` where there is none or it is not good any more;
/// `not-allowed` for the banned.
pub(crate) async fn required(app: &App, headers: &HeaderMap) -> Result<Identity, Refusal> {
    match asking(app, headers).await? {
        Asking::Somebody(identity) => Ok(identity),
        Asking::Banned(_) => Err(Refusal::not_allowed("You are not allowed to write here any more.")),
        Asking::Nobody if headers.contains_key(header::AUTHORIZATION) => {
            Err(Refusal::sign_in_required("Your sign-in is not valid any more; sign in again."))
        }
        Asking::Nobody => Err(Refusal::sign_in_required("Sign in, or give a name, to do this.")),
    }
}

/// The same, and nobody instead of a refusal.
pub(crate) async fn welcome(app: &App, headers: &HeaderMap) -> Option<Identity> {
    match asking(app, headers).await {
        Ok(Asking::Somebody(identity)) => Some(identity),
        // What failed stands in the log already.
        Ok(Asking::Banned(_) | Asking::Nobody) | Err(_) => None,
    }
}

/// Who is asking, with the banned told from nobody.
pub(crate) async fn asking(app: &App, headers: &HeaderMap) -> Result<Asking, Refusal> {
    let Some(token) = bearer(headers) else { return Ok(Asking::Nobody) };
    // This server's own tokens hold no full stop, and signed ones hold two.
    let holder = match &app.settings().sign_in {
        Some(sign_in) if token.contains('.') => signed_in(app, sign_in, token).await?,
        _ => kept(app, hash(token)).await?,
    };
    Ok(match holder {
        // Where a name is not enough any more, neither is the token that somebody got for theirs.
        Some(holder) if holder.person.role.as_deref() == Some(GUEST) && !app.settings().guests.allowed => {
            Asking::Nobody
        }
        // Who was forgotten has no name to write under, and gets none back by an old token.
        Some(holder) if !holder.person.erased => {
            let role = holder.person.role.as_deref();
            let (moderator, guest) = (role == Some(MODERATOR), role == Some(GUEST));
            let identity = Identity { pk: holder.pk, person: holder.person, moderator, guest };
            if holder.banned { Asking::Banned(identity) } else { Asking::Somebody(identity) }
        }
        _ => Asking::Nobody,
    })
}

/// Whom a token of this server belongs to. That it is in use is written down behind the reader's back: nobody waits
/// for that, and nothing fails by it.
async fn kept(app: &App, hash: Vec<u8>) -> Result<Option<Holder>, Refusal> {
    let now = app.now();
    let holder = app.store().holder(&hash, now).await?;
    if holder.as_ref().is_some_and(|holder| holder.due) {
        let app = app.clone();
        tokio::spawn(async move {
            if let Err(error) = app.store().renew(&hash, now).await {
                tracing::warn!(%error, "a token in use was not renewed");
            }
        });
    }
    Ok(holder)
}

/// Whom the site's own sign-in names, once for those of its tokens that are good for one use.
async fn signed_in(app: &App, sign_in: &SignIn, token: &str) -> Result<Option<Holder>, Refusal> {
    let now = app.now();
    let SignedIn { person, once } = match sign_in.read(token, now) {
        Ok(signed_in) => signed_in,
        Err(reason) => {
            tracing::debug!(reason, "a sign-in token is not good");
            return Ok(None);
        }
    };
    if let Some(once) = once
        && !app.store().spend(&once, now).await?
    {
        tracing::debug!(reason = "it is spent", "a sign-in token is not good");
        return Ok(None);
    }
    Ok(Some(app.store().signed_in(&person).await?))
}

/// A new token: 260 random bits, behind a word by which a leaked one can be recognised.
pub(crate) fn new_token() -> Result<String, Refusal> {
    Ok(format!("afterword_{}", random::letters(52)?))
}

/// What is kept of a token. It is random enough for a plain hash: nobody guesses 260 bits.
pub(crate) fn hash(token: &str) -> Vec<u8> {
    Sha256::digest(token).to_vec()
}

/// The request's one token.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let mut lines = headers.get_all(header::AUTHORIZATION).iter();
    let (line, None) = (lines.next()?, lines.next()) else { return None };
    let (scheme, token) = line.to_str().ok()?.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderValue, header};

    use super::{bearer, new_token};

    fn read(lines: &[&'static str]) -> Option<String> {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(header::AUTHORIZATION, HeaderValue::from_static(line));
        }
        bearer(&headers).map(str::to_owned)
    }

    #[test]
    fn one_bearer_token_is_read_and_nothing_else() {
        assert_eq!(read(&["Bearer abc"]).as_deref(), Some("abc"));
        assert_eq!(read(&["bearer  abc "]).as_deref(), Some("abc"));
        for lines in [&[][..], &["Bearer"], &["Bearer "], &["Basic abc"], &["abc"], &["Bearer a", "Bearer b"]]
        {
            assert_eq!(read(lines), None, "{lines:?}");
        }
    }

    #[test]
    fn tokens_hold_260_bits_and_never_repeat() {
        let (one, other) = (new_token().unwrap(), new_token().unwrap());
        assert_ne!(one, other);
        assert_eq!(one.len(), "afterword_".len() + 52);
    }
}
