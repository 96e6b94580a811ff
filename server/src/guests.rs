//! `POST guests`: a token for whoever gives a name, and nothing else.

use afterword_contract::{Guest, NewGuest, Person, PersonId};
use axum::body::Body;
use axum::extract::State;
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::app::App;
use crate::identity::{self, Asking, Identity};
use crate::limits::{self, Action};
use crate::names::{self, Skeleton};
use crate::problem::Refusal;
use crate::replies::JSON;
use crate::store::NameTaken;
use crate::{body, random};

/// A name, and room for what later versions may send beside it.
const BODY_BYTES: usize = 4096;

/// Who may write under a name alone.
#[derive(Clone, Debug)]
pub struct Guests {
    /// Whether anybody may.
    pub allowed: bool,
    /// Names that no guest may have, nor any that looks like one of them.
    pub reserved: Vec<String>,
}

impl Default for Guests {
    fn default() -> Self {
        let reserved = ["admin", "administrator", "moderator", "staff"].map(str::to_owned).to_vec();
        Self { allowed: true, reserved }
    }
}

/// Answers the route. A guest who asks again under a name that looks like their own stays the same person.
pub(crate) async fn guests(State(app): State<App>, request: Parts, body: Body) -> Result<Response, Refusal> {
    if !app.settings().guests.allowed {
        return Err(Refusal::unknown_route("/api/guests"));
    }
    let body = body::read(&request.headers, body, BODY_BYTES).await?;
    let NewGuest { name } = body::parse(&body)?;
    let name = names::chosen(&name).map_err(Refusal::name)?;
    if is_reserved(&app, &name) {
        return Err(Refusal::name("This name is kept for those who run this place. Choose another one."));
    }
    // Only now: who is still looking for a name that may stand there has used up nothing.
    limits::allow(&app, Action::Guest, None, &request).await?;
    let before = match identity::asking(&app, &request.headers).await? {
        Asking::Banned(_) => return Err(Refusal::not_allowed("You are not allowed to write here any more.")),
        Asking::Somebody(known) if is_theirs(&known, &name) => Some(known.pk),
        Asking::Somebody(_) | Asking::Nobody => None,
    };
    let person = Person {
        id: Some(PersonId(format!("guest-{}", random::letters(20)?))),
        name,
        role: Some(identity::GUEST.to_owned()),
        ..Person::default()
    };
    let token = identity::new_token()?;
    let work = {
        let (app, hash) = (app.clone(), identity::hash(&token));
        async move { Ok(app.store().new_guest(&person, before, &hash, app.now()).await?) }
    };
    let person = app.see_through(work).await?.map_err(|taken| {
        Refusal::name(match taken {
            NameTaken::Member => "A member has this name. Choose another one, or sign in.",
            NameTaken::Guest => "Somebody else writes under this name. Choose another one.",
        })
    })?;
    let json = serde_json::to_vec(&Guest { token, person }).map_err(|_| Refusal::internal())?;
    let mut response = (StatusCode::CREATED, json).into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(JSON));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

fn is_reserved(app: &App, name: &str) -> bool {
    let skeleton = Skeleton::of(name);
    let looks_like = |reserved: &String| {
        skeleton
            .as_ref()
            .zip(Skeleton::of(reserved))
            .is_some_and(|(name, reserved)| name.looks_like(&reserved))
    };
    app.settings().guests.reserved.iter().any(looks_like)
}

fn is_theirs(known: &Identity, name: &str) -> bool {
    let alike = Skeleton::of(&known.person.name)
        .zip(Skeleton::of(name))
        .is_some_and(|(before, now)| before.looks_like(&now));
    known.guest && alike
}
