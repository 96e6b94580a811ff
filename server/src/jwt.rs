//! The site's own sign-in: JSON Web Tokens, signed by keys that the owner of this server has named.
//!
//! Written on the signature algorithms themselves: the crates that read any token bring RSA or a C library
//! along, and here a token is good for one algorithm alone, the one of its key, whatever it says of itself.
//! Knows no database; that a token is used once is for [`identity`](crate::identity) to see.

use std::fmt;

use afterword_contract::{Person, PersonId};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use p256::ecdsa::signature::Verifier;
use serde::Deserialize;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use crate::identity::MODERATOR;
use crate::{names, validate};

/// The shortest secret, in bytes: as long as what it signs with.
pub(crate) const SECRET_BYTES: usize = 32;
/// How far clocks may be apart, in seconds.
const LEEWAY: f64 = 60.0;
const MEMBER: &str = "member";
const TEXT_BYTES: usize = 2000;

/// Which sign-in tokens are good, and what they say of people.
#[derive(Clone)]
pub struct SignIn {
    keys: Vec<Key>,
    /// Who has to have made a token; `None` where the key says enough.
    pub issuer: Option<String>,
    /// For whom it has to be made; where `None`, it must not be made for anybody in particular.
    pub audience: Option<String>,
    /// The claims that hold what a person is, a word or a list of them.
    pub role_claims: Vec<String>,
    /// The words among those that make a moderator.
    pub moderators: Vec<String>,
}

/// A key, and the one algorithm that it is for.
#[derive(Clone)]
struct Key {
    id: Option<String>,
    material: Material,
}

#[derive(Clone)]
enum Material {
    Hs256(Vec<u8>),
    EdDsa(ed25519_dalek::VerifyingKey),
    Es256(p256::ecdsa::VerifyingKey),
}

/// A token that is good.
#[derive(Clone, Debug)]
pub(crate) struct SignedIn {
    pub(crate) person: Person,
    /// Set where the token is good for one use alone.
    pub(crate) once: Option<Once>,
}

/// What a token of one use is known by.
#[derive(Clone, Debug)]
pub(crate) struct Once {
    pub(crate) issuer: String,
    pub(crate) jti: String,
    /// From when on it is no good for its age, in milliseconds.
    pub(crate) until: i64,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    /// Extensions that must be understood; none is.
    crit: Option<Value>,
}

/// The public keys of a JWKS file, as far as they are read.
#[derive(Deserialize)]
struct KeySet {
    keys: Vec<PublicKey>,
}

#[derive(Deserialize)]
struct PublicKey {
    kty: String,
    crv: Option<String>,
    kid: Option<String>,
    alg: Option<String>,
    #[serde(rename = "use")]
    purpose: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

impl SignIn {
    /// Tokens signed with this secret, or by the keys in this JWKS document, or either. The error is what is
    /// wrong with them, as the end of a sentence.
    pub fn new(secret: Option<&str>, jwks: Option<&str>) -> Result<Self, String> {
        let mut keys = Vec::new();
        if let Some(secret) = secret {
            if secret.trim_start().starts_with("-----BEGIN") {
                return Err("the secret is a key in PEM form; put public keys into a JWKS file".to_owned());
            }
            if secret.len() < SECRET_BYTES {
                let length = secret.len();
                return Err(format!(
                    "the secret has {length} bytes; it needs {SECRET_BYTES}, drawn at random"
                ));
            }
            keys.push(Key { id: None, material: Material::Hs256(secret.as_bytes().to_vec()) });
        }
        if let Some(jwks) = jwks {
            let set: KeySet =
                serde_json::from_str(jwks).map_err(|error| format!("it is no JWKS: {error}"))?;
            let before = keys.len();
            for key in set.keys {
                keys.extend(key.read()?);
            }
            if keys.len() == before {
                return Err("it holds no key for EdDSA (OKP, Ed25519) or ES256 (EC, P-256)".to_owned());
            }
        }
        if keys.is_empty() {
            return Err("there is neither a secret nor a JWKS file".to_owned());
        }
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        Ok(Self {
            keys,
            issuer: None,
            audience: None,
            role_claims: words(&["role", "roles"]),
            moderators: words(&[MODERATOR, "admin"]),
        })
    }

    /// Who the token says is asking, at the moment `now` in milliseconds; the error is why it is not good, for
    /// the log.
    pub(crate) fn read(&self, token: &str, now: i64) -> Result<SignedIn, &'static str> {
        let (signed, signature) = token.rsplit_once('.').ok_or("it has no signature")?;
        let (header, payload) = signed.split_once('.').ok_or("it has no payload")?;
        let header: Header = json(header).ok_or("its header cannot be read")?;
        if header.crit.is_some() {
            return Err("it asks for an extension");
        }
        let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| "its signature cannot be read")?;
        let mut keys = self.keys.iter().filter(|key| key.fits(&header)).peekable();
        if keys.peek().is_none() {
            return Err("no key here is for its algorithm and key id");
        }
        if !keys.any(|key| key.material.has_signed(signed.as_bytes(), &signature)) {
            return Err("its signature is wrong");
        }
        let claims: Map<String, Value> = json(payload).ok_or("its payload cannot be read")?;
        self.check(&Claims(&claims), now)
    }

    fn check(&self, claims: &Claims<'_>, now: i64) -> Result<SignedIn, &'static str> {
        let seconds = now as f64 / 1000.0;
        let expiry = claims.number("exp")?.ok_or("it never expires")?;
        // The first whole moment that is too late: until then it is good, and remembered where it is spent.
        let until = ((expiry + LEEWAY) * 1000.0).ceil() as i64;
        if now >= until {
            return Err("it has expired");
        }
        if claims.number("nbf")?.is_some_and(|begin| seconds + LEEWAY < begin) {
            return Err("it is not good yet");
        }
        let issuer = claims.text("iss");
        if self.issuer.is_some() && issuer != self.issuer.as_deref() {
            return Err("somebody else has made it");
        }
        match (&self.audience, claims.words("aud")) {
            (None, None) => {}
            (Some(wanted), Some(given)) if given.contains(&wanted.as_str()) => {}
            _ => return Err("it is made for somebody else"),
        }
        let subject = claims.text("sub").ok_or("it names no subject")?;
        let once = match claims.text("use") {
            None => None,
            Some("exchange") => Some(Once {
                issuer: issuer.unwrap_or_default().to_owned(),
                jti: claims.text("jti").ok_or("it is for one use, and has no jti")?.to_owned(),
                until,
            }),
            Some(_) => return Err("it is made for another use"),
        };
        let person = self.person(claims, issuer.unwrap_or_default(), subject)?;
        Ok(SignedIn { person, once })
    }

    fn person(&self, claims: &Claims<'_>, issuer: &str, subject: &str) -> Result<Person, &'static str> {
        // A mail address is shown to nobody, also where a provider sends it as the name.
        let name = ["name", "preferred_username", "nickname"]
            .iter()
            .filter_map(|claim| claims.text(claim))
            .filter(|name| !is_mail_address(name))
            .find_map(names::given)
            .ok_or("it gives no name")?;
        let roles = self.role_claims.iter().filter_map(|claim| claims.words(claim)).flatten();
        let moderator = roles.into_iter().any(|role| self.moderators.iter().any(|word| word == role));
        let address = |claim| claims.text(claim).filter(|url| is_address(url)).map(str::to_owned);
        Ok(Person {
            id: Some(person_id(issuer, subject)),
            name,
            role: Some(if moderator { MODERATOR } else { MEMBER }.to_owned()),
            avatar: address("picture"),
            url: address("profile"),
            ..Person::default()
        })
    }
}

/// Neither keys nor secrets get into a log.
impl fmt::Debug for SignIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignIn")
            .field("keys", &self.keys.len())
            .field("issuer", &self.issuer)
            .field("audience", &self.audience)
            .finish_non_exhaustive()
    }
}

impl Key {
    /// Whether a token with this header may be signed by the key: its algorithm is the key's, and where both
    /// have an id, it is the same.
    fn fits(&self, header: &Header) -> bool {
        let same = self.id.is_none() || header.kid.is_none() || self.id == header.kid;
        self.material.is_called(&header.alg) && same
    }
}

impl Material {
    fn algorithm(&self) -> &'static str {
        match self {
            Self::Hs256(_) => "HS256",
            Self::EdDsa(_) => "EdDSA",
            Self::Es256(_) => "ES256",
        }
    }

    /// Whether `name` is its algorithm's; RFC 9864 gives the same signatures a second one.
    fn is_called(&self, name: &str) -> bool {
        self.algorithm() == name || (name == "Ed25519" && self.algorithm() == "EdDSA")
    }

    fn has_signed(&self, message: &[u8], signature: &[u8]) -> bool {
        match self {
            // Compares in constant time.
            Self::Hs256(secret) => Hmac::<Sha256>::new_from_slice(secret)
                .is_ok_and(|mac| mac.chain_update(message).verify_slice(signature).is_ok()),
            Self::EdDsa(key) => ed25519_dalek::Signature::from_slice(signature)
                .is_ok_and(|signature| key.verify_strict(message, &signature).is_ok()),
            Self::Es256(key) => p256::ecdsa::Signature::from_slice(signature)
                .is_ok_and(|signature| key.verify(message, &signature).is_ok()),
        }
    }
}

impl PublicKey {
    /// The key, where it is for signatures of a kind that is known here; others may stand in the same file.
    fn read(self) -> Result<Option<Key>, String> {
        let name = self.kid.clone().unwrap_or_else(|| "without a kid".to_owned());
        let broken = || format!("the key `{}` cannot be read", name.escape_debug());
        let part = |text: &Option<String>| {
            text.as_ref().and_then(|text| URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok())
        };
        if self.purpose.as_deref().is_some_and(|purpose| purpose != "sig") {
            return Ok(None);
        }
        let material = match (self.kty.as_str(), self.crv.as_deref()) {
            ("OKP", Some("Ed25519")) => {
                let x: [u8; 32] = part(&self.x).ok_or_else(broken)?;
                Material::EdDsa(ed25519_dalek::VerifyingKey::from_bytes(&x).map_err(|_| broken())?)
            }
            ("EC", Some("P-256")) => {
                let x: [u8; 32] = part(&self.x).ok_or_else(broken)?;
                let y: [u8; 32] = part(&self.y).ok_or_else(broken)?;
                let point = [&[4][..], &x, &y].concat();
                Material::Es256(p256::ecdsa::VerifyingKey::from_sec1_bytes(&point).map_err(|_| broken())?)
            }
            _ => return Ok(None),
        };
        match self.alg {
            Some(alg) if !material.is_called(&alg) => {
                Err(format!("the key `{}` says that it is for `{}`", name.escape_debug(), alg.escape_debug()))
            }
            _ => Ok(Some(Key { id: self.kid, material })),
        }
    }
}

struct Claims<'a>(&'a Map<String, Value>);

impl<'a> Claims<'a> {
    fn text(&self, name: &str) -> Option<&'a str> {
        self.0.get(name)?.as_str().filter(|text| !text.is_empty())
    }

    /// A moment in seconds; one that is no number makes the token no good.
    fn number(&self, name: &str) -> Result<Option<f64>, &'static str> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => value.as_f64().map(Some).ok_or("its times are no numbers"),
        }
    }

    /// A word or a list of them; `None` where there is nothing of the name.
    fn words(&self, name: &str) -> Option<Vec<&'a str>> {
        match self.0.get(name)? {
            Value::Null => None,
            Value::Array(words) => Some(words.iter().filter_map(Value::as_str).collect()),
            value => Some(value.as_str().into_iter().collect()),
        }
    }
}

/// A part of a token.
fn json<T: serde::de::DeserializeOwned>(part: &str) -> Option<T> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok()
}

/// The same for the same subject of the same issuer, and nothing that they are known by elsewhere.
fn person_id(issuer: &str, subject: &str) -> PersonId {
    // The length keeps apart what the seam would join.
    let digest = Sha256::digest(format!("{}:{issuer}{subject}", issuer.len()));
    let short: Vec<u8> = digest.into_iter().take(18).collect();
    PersonId(format!("member-{}", URL_SAFE_NO_PAD.encode(short)))
}

fn is_mail_address(name: &str) -> bool {
    name.split_once('@')
        .is_some_and(|(who, domain)| !who.is_empty() && domain.contains('.') && !name.contains(' '))
}

fn is_address(url: &str) -> bool {
    validate::is_web_address(url) && url.len() <= TEXT_BYTES && !url.chars().any(char::is_control)
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use hmac::{Hmac, KeyInit, Mac};
    use proptest::prelude::*;
    use sha2::Sha256;

    use super::SignIn;

    const SECRET: &str = "0123456789abcdef0123456789abcdef";

    const HEADER: &str = r#"{"alg":"HS256"}"#;

    fn signed(header: &str, payload: &str) -> String {
        let message = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(payload));
        let mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap().chain_update(&message);
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
    }

    proptest! {
        #[test]
        fn a_token_with_one_letter_changed_is_good_for_nothing(place in any::<prop::sample::Index>(), letter in "[A-Za-z0-9._=-]") {
            let sign_in = SignIn::new(Some(SECRET), None).unwrap();
            let good = signed(HEADER, r#"{"sub":"ada","name":"Ada","exp":9}"#);
            prop_assert!(sign_in.read(&good, 0).is_ok());
            let at = place.index(good.len());
            let mut altered = good.clone();
            altered.replace_range(at..at + 1, &letter);
            prop_assert!(altered == good || sign_in.read(&altered, 0).is_err());
        }

        #[test]
        fn no_token_is_too_strange_to_be_refused(noise in "\\PC{0,40}(\\.\\PC{0,40}){0,4}", header in "\\PC{0,60}", payload in "\\PC{0,60}") {
            let sign_in = SignIn::new(Some(SECRET), None).unwrap();
            prop_assert!(sign_in.read(&noise, 0).is_err());
            prop_assert!(sign_in.read(&signed(&header, &payload), 0).is_err());
            prop_assert!(sign_in.read(&signed(HEADER, &payload), 0).is_err());
        }

        #[test]
        fn a_token_of_one_use_is_remembered_for_as_long_as_it_is_good(thousandths in 0u32..10_000, tenths in 0u32..10) {
            let sign_in = SignIn::new(Some(SECRET), None).unwrap();
            let expiry = f64::from(thousandths * 10 + tenths) / 10_000.0;
            let payload = serde_json::json!({ "sub": "ada", "name": "Ada", "exp": expiry, "use": "exchange", "jti": "one" });
            let token = signed(HEADER, &payload.to_string());
            let until = sign_in.read(&token, 0).unwrap().once.unwrap().until;
            prop_assert!(sign_in.read(&token, until).is_err(), "forgotten and still good at {}", until);
        }

        #[test]
        fn no_claims_are_too_strange_to_be_read(times in any::<f64>(), text in any::<String>()) {
            let sign_in = SignIn::new(Some(SECRET), None).unwrap();
            let payload = serde_json::json!({ "sub": text, "name": text, "exp": times, "nbf": times, "use": "exchange",
                "jti": text, "role": text, "picture": text });
            let read = sign_in.read(&signed(HEADER, &payload.to_string()), 0);
            prop_assert!(read.is_err() || times > -60.0);
        }
    }
}
