//! How long ago something was, in the words of a locale.
//!
//! The clock is not read here: the present comes as an argument, in milliseconds since 1970 in UTC.

#[cfg(doc)]
use super::Locale;
use super::Unit;

const SECOND: u64 = 1000;
const MINUTE: u64 = 60 * SECOND;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// How far `millis` lies from `now`, rounded down to one unit, and what is past below 0: what a [`Locale`] says as
/// `now`, `5 minutes ago`, `7 years ago`.
///
/// Less than a minute either way is `now`, so that clocks that differ a little do not date replies into the
/// future. An anniversary is never missed: from the third of March 2019 on the third of March 2026 it is
/// 7 years, although in some years this begins a day early.
pub fn distance(millis: i64, now: i64) -> (i64, Unit) {
    let (count, unit) = rounded(now.abs_diff(millis));
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    (if millis > now { count } else { -count }, unit)
}

/// The largest unit that fits, and how often.
fn rounded(millis: u64) -> (u64, Unit) {
    match millis {
        ..MINUTE => (0, Unit::Second),
        MINUTE..HOUR => (millis / MINUTE, Unit::Minute),
        HOUR..DAY => (millis / HOUR, Unit::Hour),
        _ => days(millis / DAY),
    }
}

/// Years have 365.25 days here, and a year counts as full three quarters of a day before it is: that is how
/// much the calendar's years are shorter at worst.
fn days(days: u64) -> (u64, Unit) {
    match days {
        ..7 => (days, Unit::Day),
        7..31 => (days / 7, Unit::Week),
        31..365 => (days * 400 / 12_175, Unit::Month),
        _ => ((days * 100 + 75) / 36_525, Unit::Year),
    }
}

#[cfg(test)]
mod tests {
    use afterword_contract::Timestamp;
    use expect_test::expect;

    use super::*;
    use crate::text::{Locale, PlainEnglish};

    fn said(millis: i64, now: i64) -> String {
        let (count, unit) = distance(millis, now);
        PlainEnglish.relative(count, unit)
    }

    fn at(text: &str) -> i64 {
        Timestamp::from(text).millis().expect("a test's time is a time")
    }

    fn seen(written: &str, read: &str) -> String {
        said(at(written), at(read))
    }

    #[test]
    fn the_unit_grows_with_the_distance() {
        let lines: String = [0, 59, 60, 119, 3599, 3600, 86_399, 86_400, 2 * 86_400]
            .into_iter()
            .chain([6, 7, 13, 14, 30, 31, 60, 61, 364, 365, 729, 730, 2557, 36_525].map(|days| days * 86_400))
            .map(|seconds| format!("{seconds}: {}\n", said(0, seconds * 1000)))
            .collect();
        expect![[r#"
            0: now
            59: now
            60: 1 minute ago
            119: 1 minute ago
            3599: 59 minutes ago
            3600: 1 hour ago
            86399: 23 hours ago
            86400: 1 day ago
            172800: 2 days ago
            518400: 6 days ago
            604800: 1 week ago
            1123200: 1 week ago
            1209600: 2 weeks ago
            2592000: 4 weeks ago
            2678400: 1 month ago
            5184000: 1 month ago
            5270400: 2 months ago
            31449600: 11 months ago
            31536000: 1 year ago
            62985600: 1 year ago
            63072000: 2 years ago
            220924800: 7 years ago
            3155760000: 100 years ago
        "#]]
        .assert_eq(&lines);
    }

    #[test]
    fn anniversaries_are_not_missed() {
        for first in
            ["2019-06-25T14:10:00Z", "2020-02-28T00:00:00Z", "2020-03-01T00:00:00Z", "2000-12-31T23:59:59Z"]
        {
            for years in 1..=60 {
                let year: u32 = first[..4].parse().unwrap();
                let then = format!("{}{}", year + years, &first[4..]);
                let plural = if years == 1 { "" } else { "s" };
                assert_eq!(seen(first, &then), format!("{years} year{plural} ago"), "{first} to {then}");
            }
        }
    }

    #[test]
    fn a_year_never_begins_more_than_a_day_early() {
        assert_eq!(seen("2019-06-25T00:00:00Z", "2020-06-23T00:00:00Z"), "11 months ago");
        assert_eq!(seen("2019-06-25T00:00:00Z", "2026-06-23T00:00:00Z"), "6 years ago");
        assert_eq!(seen("2000-01-01T00:00:00Z", "2099-12-30T00:00:00Z"), "99 years ago");
    }

    #[test]
    fn a_leap_day_is_a_day_like_any_other() {
        assert_eq!(seen("2020-02-28T12:00:00Z", "2020-03-01T12:00:00Z"), "2 days ago");
        assert_eq!(seen("2020-02-29T12:00:00Z", "2021-02-28T12:00:00Z"), "1 year ago");
    }

    #[test]
    fn a_clock_that_is_a_little_behind_does_not_see_the_future() {
        assert_eq!(seen("2026-01-01T00:00:59Z", "2026-01-01T00:00:00Z"), "now");
        assert_eq!(seen("2026-01-01T00:05:00Z", "2026-01-01T00:00:00Z"), "in 5 minutes");
        assert_eq!(seen("2027-01-02T00:00:00Z", "2026-01-01T00:00:00Z"), "in 1 year");
    }

    #[test]
    fn the_ends_of_time_have_words_too() {
        expect!["584,542,046 years ago"].assert_eq(&said(i64::MIN, i64::MAX));
        expect!["in 584,542,046 years"].assert_eq(&said(i64::MAX, i64::MIN));
    }
}
