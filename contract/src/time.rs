//! Times on the wire: RFC 3339. Reads no clock.

use serde::Serialize;

use crate::json::Json;
use crate::read::{Reading, Wire, deserialize};

/// A moment as RFC 3339 text in UTC, kept as it came. Example: `"2019-06-25T19:03:00Z"`.
///
/// Offsets and fractions of a second are read too. Whatever cannot be read stays as text, has no
/// [`millis`](Self::millis), and is shown by the widget as no time at all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(extend("format" = "date-time")))]
#[serde(transparent)]
pub struct Timestamp(pub String);

impl Wire for Timestamp {
    fn fill(&mut self, json: Json, reading: &mut Reading) -> bool {
        self.0.fill(json, reading)
    }
}

deserialize!(Timestamp);

impl From<String> for Timestamp {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<&str> for Timestamp {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl Timestamp {
    /// The moment `millis` milliseconds after 1970-01-01T00:00:00Z, written in UTC to the second,
    /// or to the millisecond where it has any. Years outside 0 to 9999 are cut to that range.
    pub fn from_millis(millis: i64) -> Self {
        let millis = millis.clamp(-62_167_219_200_000, 253_402_300_799_999);
        let (day, in_day) = (millis.div_euclid(86_400_000), millis.rem_euclid(86_400_000));
        let (year, month, date) = civil(day);
        let (hour, minute, second) = (in_day / 3_600_000, in_day / 60_000 % 60, in_day / 1000 % 60);
        let fraction = in_day % 1000;
        let mut text = format!("{year:04}-{month:02}-{date:02}T{hour:02}:{minute:02}:{second:02}");
        if fraction != 0 {
            text.push_str(&format!(".{fraction:03}"));
        }
        text.push('Z');
        Self(text)
    }

    /// Milliseconds since 1970-01-01T00:00:00Z, or `None` where the text is no RFC 3339 date and time.
    ///
    /// A leap second counts as the second before it.
    pub fn millis(&self) -> Option<i64> {
        let mut rest = self.0.as_bytes();
        let year = digits(&mut rest, 4)?;
        let month = after(&mut rest, b"-").and_then(|()| digits(&mut rest, 2))?;
        let date = after(&mut rest, b"-").and_then(|()| digits(&mut rest, 2))?;
        after(&mut rest, b"Tt ")?;
        let hour = digits(&mut rest, 2)?;
        let minute = after(&mut rest, b":").and_then(|()| digits(&mut rest, 2))?;
        let second = after(&mut rest, b":").and_then(|()| digits(&mut rest, 2))?;
        if !(1..=12).contains(&month) || date < 1 || date > days_in(year, month) {
            return None;
        }
        if hour > 23 || minute > 59 || second > 60 {
            return None;
        }
        let fraction = fraction(&mut rest)?;
        let offset = offset(rest)?;
        let seconds = days(year, month, date) * 86_400 + hour * 3600 + minute * 60 + second.min(59);
        Some((seconds - offset) * 1000 + fraction)
    }
}

/// Takes exactly `count` decimal digits.
fn digits(rest: &mut &[u8], count: usize) -> Option<i64> {
    let (head, tail) = rest.split_at_checked(count)?;
    *rest = tail;
    head.iter().try_fold(0, |sum, byte| byte.is_ascii_digit().then(|| sum * 10 + i64::from(byte - b'0')))
}

/// Takes one byte out of `any`.
fn after(rest: &mut &[u8], any: &[u8]) -> Option<()> {
    let (first, tail) = rest.split_first()?;
    *rest = tail;
    any.contains(first).then_some(())
}

/// Takes `.` and digits, as milliseconds; nothing there is 0.
fn fraction(rest: &mut &[u8]) -> Option<i64> {
    let Some(tail) = rest.strip_prefix(b".") else { return Some(0) };
    let count = tail.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (head, tail) = tail.split_at_checked(count)?;
    *rest = tail;
    if head.is_empty() {
        return None;
    }
    let digit = |place: usize| head.get(place).map_or(0, |byte| i64::from(byte - b'0'));
    Some(digit(0) * 100 + digit(1) * 10 + digit(2))
}

/// The rest as an offset from UTC, in seconds.
fn offset(mut rest: &[u8]) -> Option<i64> {
    let sign = match rest.split_first()? {
        (b'Z' | b'z', []) => return Some(0),
        (b'+', tail) => (rest = tail, 1).1,
        (b'-', tail) => (rest = tail, -1).1,
        _ => return None,
    };
    let hours = digits(&mut rest, 2)?;
    let minutes = after(&mut rest, b":").and_then(|()| digits(&mut rest, 2))?;
    (rest.is_empty() && hours < 24 && minutes < 60).then_some(sign * (hours * 3600 + minutes * 60))
}

fn days_in(year: i64, month: i64) -> i64 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

/// Days from 1970-01-01 to a date of the proleptic Gregorian calendar. The year is counted from March,
/// so that the leap day is its last (H. Hinnant, "chrono-Compatible Low-Level Date Algorithms").
fn days(year: i64, month: i64, date: i64) -> i64 {
    let year = year - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + date - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// The inverse of [`days`]: year, month, date.
fn civil(day: i64) -> (i64, i64, i64) {
    let day = day + 719_468;
    let era = day.div_euclid(146_097);
    let of_era = day.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, of_year - (153 * shifted + 2) / 5 + 1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Timestamp;

    fn millis(text: &str) -> Option<i64> {
        Timestamp::from(text).millis()
    }

    #[test]
    fn rfc_3339_is_read_in_all_its_forms() {
        assert_eq!(millis("1970-01-01T00:00:00Z"), Some(0));
        assert_eq!(millis("2019-06-25T19:03:00Z"), Some(1_561_489_380_000));
        assert_eq!(millis("2019-06-25 21:03:00.25+02:00"), Some(1_561_489_380_250));
        assert_eq!(millis("2000-02-29T23:59:60z"), Some(951_868_799_000));
        assert_eq!(millis("0000-01-01T00:00:00Z"), Some(-62_167_219_200_000));
    }

    #[test]
    fn what_is_no_time_has_no_millis() {
        for text in [
            "",
            "yesterday",
            "2019-06-25",
            "2019-13-01T00:00:00Z",
            "2019-02-29T00:00:00Z",
            "2019-06-25T24:00:00Z",
            "2019-06-25T19:03:00",
            "2019-06-25T19:03:00.Z",
            "2019-06-25T19:03:00+2:00",
            "2019-06-25T19:03:00ZZ",
            "２019",
        ] {
            assert_eq!(millis(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn every_moment_survives_its_text(moment in -62_167_219_200_000i64..253_402_300_799_999) {
            prop_assert_eq!(Timestamp::from_millis(moment).millis(), Some(moment));
        }

        #[test]
        fn no_text_panics(text in ".{0,40}") {
            let _ = millis(&text);
        }
    }
}
