//! How often one person, or one address, may do something. Kept in the database, so that a restart forgives
//! nothing.
//!
//! A limit is a bucket that holds so many times and fills evenly: all at once and then one after the other, or
//! spread, as one likes. Knows no route; each says what it is about to do. Moderators are trusted.

use std::net::{IpAddr, Ipv6Addr};

use axum::http::request::Parts as RequestParts;

use crate::app::App;
use crate::identity::Identity;
use crate::problem::Refusal;

/// What is limited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    Guest,
    Reply,
    Edit,
    React,
    Report,
    People,
}

/// So many times in so many seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// How many times at once.
    pub times: u32,
    /// In how many seconds all of them are given back.
    pub seconds: u32,
}

impl Rate {
    /// Reads `5 per minute`; the inner `None` is `none`, no bound, and the outer one is no rate.
    pub(crate) fn read(text: &str) -> Option<Option<Self>> {
        if text.trim() == "none" {
            return Some(None);
        }
        let (times, unit) = text.split_once(" per ")?;
        let seconds = match unit.trim() {
            "second" => 1,
            "minute" => 60,
            "hour" => 3600,
            "day" => 86_400,
            _ => return None,
        };
        let times = times.trim().parse().ok().filter(|times| (1..=1_000_000).contains(times))?;
        Some(Some(Self { times, seconds }))
    }

    /// In milliseconds: how long it takes until one time is given back, and until all are.
    fn spans(self) -> (i64, i64) {
        let times = i64::from(self.times.max(1));
        // A millisecond at least, or the highest rates would be none.
        let one = (i64::from(self.seconds) * 1000 / times).max(1);
        (one, one * times)
    }
}

/// The limits; `None` is no bound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// New guests, by address.
    pub guest: Option<Rate>,
    /// New replies, by person.
    pub reply: Option<Rate>,
    /// Edits, deletions and their undoing, by person.
    pub edit: Option<Rate>,
    /// Reactions chosen and taken back, by person.
    pub react: Option<Rate>,
    /// Reports, by person, or by address where nobody is signed in.
    pub report: Option<Rate>,
    /// Looks for people to mention, by address.
    pub people: Option<Rate>,
}

impl Default for Limits {
    fn default() -> Self {
        let rate = |times, seconds| Some(Rate { times, seconds });
        Self {
            guest: rate(10, 3600),
            reply: rate(10, 60),
            edit: rate(30, 60),
            react: rate(60, 60),
            report: rate(10, 3600),
            people: rate(120, 60),
        }
    }
}

impl Limits {
    /// No limits at all.
    pub fn none() -> Self {
        Self { guest: None, reply: None, edit: None, react: None, report: None, people: None }
    }

    fn of(&self, action: Action) -> (&'static str, Option<Rate>) {
        match action {
            Action::Guest => ("guest", self.guest),
            Action::Reply => ("reply", self.reply),
            Action::Edit => ("edit", self.edit),
            Action::React => ("react", self.react),
            Action::Report => ("report", self.report),
            Action::People => ("people", self.people),
        }
    }
}

/// Counts one more `action` of whoever asks; `too-many-requests` where that is one too many.
pub(crate) async fn allow(
    app: &App,
    action: Action,
    who: Option<&Identity>,
    request: &RequestParts,
) -> Result<(), Refusal> {
    let (word, Some(rate)) = app.settings().limits.of(action) else { return Ok(()) };
    let who = match who {
        Some(identity) if identity.moderator => return Ok(()),
        Some(identity) => format!("person {}", identity.pk),
        None => match app.settings().proxies.address(request) {
            Some(address) => format!("address {}", network(address)),
            // Mounted in a router that does not say: then they all share.
            None => "anybody".to_owned(),
        },
    };
    let (one, all) = rate.spans();
    match app.store().use_up(word, &who, one, all, app.now()).await? {
        Ok(()) => Ok(()),
        Err(wait) => {
            let seconds = u64::try_from(wait).unwrap_or_default().div_ceil(1000);
            Err(Refusal::too_many_requests(u32::try_from(seconds).unwrap_or(u32::MAX)))
        }
    }
}

/// What one household or one machine has: an address of version 4, or a /64 of version 6.
pub(crate) fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX))),
        address => address,
    }
}

#[cfg(test)]
mod tests {
    use super::{Rate, network};

    #[test]
    fn a_rate_is_read_as_people_say_it() {
        let rate = |times, seconds| Some(Some(Rate { times, seconds }));
        assert_eq!(Rate::read("5 per minute"), rate(5, 60));
        assert_eq!(Rate::read(" 1 per  day "), rate(1, 86_400));
        assert_eq!(Rate::read("none"), Some(None));
        for text in
            ["", "5", "0 per hour", "-1 per hour", "5 per week", "5/hour", "1.5 per hour", "many per day"]
        {
            assert_eq!(Rate::read(text), None, "{text}");
        }
    }

    #[test]
    fn a_bucket_gives_back_evenly_what_it_holds() {
        assert_eq!(Rate { times: 5, seconds: 60 }.spans(), (12_000, 60_000));
        assert_eq!(Rate { times: 1_000_000, seconds: 1 }.spans(), (1, 1_000_000));
    }

    #[test]
    fn a_household_is_one_whatever_its_machines_are_called() {
        let same = |one: &str, other: &str| network(one.parse().unwrap()) == network(other.parse().unwrap());
        assert!(same("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff"));
        assert!(!same("2001:db8:1:2::1", "2001:db8:1:3::1"));
        assert!(same("::ffff:192.0.2.1", "192.0.2.1"));
        assert!(!same("192.0.2.1", "192.0.2.2"));
        assert!(!same("::ffff:192.0.2.1", "::ffff:192.0.2.2"));
    }
}
