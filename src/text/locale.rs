//! What a language and a time zone know, behind a trait: the browser's `Intl` in the widget, plain English and
//! UTC natively.
//!
//! Whoever draws asks a [`Locale`] and does not know which of the two answers.

use afterword_contract::Timestamp;

/// What the reader's language and time zone know.
pub trait Locale: Send + Sync {
    /// The language as a BCP 47 tag, for `lang` attributes and to choose the messages. Example: `en-GB`.
    fn tag(&self) -> &str;

    /// A count with its digits grouped. Example: `20,404`.
    fn number(&self, count: u64) -> String;

    /// Which form of a word goes with a count.
    fn plural(&self, count: u64) -> Plural;

    /// A distance in time from now, always counted (`1 day ago`, not `yesterday`), because it is measured in
    /// elapsed time and not by the calendar. Negative is past; 0 seconds is `now`.
    fn relative(&self, amount: i64, unit: Unit) -> String;

    /// A moment, in milliseconds since 1970 in UTC, as a long date with a short time in the reader's time zone.
    /// Example: `June 25, 2019 at 7:03 PM`.
    fn absolute(&self, millis: i64) -> String;

    /// How to join items in a sentence: which comes where, and what stands between. Example: `a, b and c`.
    fn list(&self, items: &[String]) -> Vec<ListPart>;
}

/// The plural categories of Unicode CLDR.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plural {
    /// Arabic 0.
    Zero,
    /// English 1; Russian 1, 21, 31.
    One,
    /// Arabic 2.
    Two,
    /// Polish 2 to 4.
    Few,
    /// Russian 5 to 20.
    Many,
    /// Everything else, and the only category of languages without plurals.
    Other,
}

impl Plural {
    /// The category of this CLDR name; an unknown name is [`Plural::Other`].
    pub fn named(name: &str) -> Self {
        match name {
            "zero" => Self::Zero,
            "one" => Self::One,
            "two" => Self::Two,
            "few" => Self::Few,
            "many" => Self::Many,
            _ => Self::Other,
        }
    }
}

/// A unit of elapsed time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Only as 0: now.
    Second,
    /// 60 seconds.
    Minute,
    /// 60 minutes.
    Hour,
    /// 24 hours.
    Day,
    /// 7 days.
    Week,
    /// A twelfth of a year.
    Month,
    /// 365 or 366 days.
    Year,
}

impl Unit {
    /// Its English name in the singular, which is also the name that `Intl.RelativeTimeFormat` knows.
    pub fn name(self) -> &'static str {
        match self {
            Self::Second => "second",
            Self::Minute => "minute",
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Year => "year",
        }
    }
}

/// A piece of a joined list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ListPart {
    /// The item at this index.
    Item(usize),
    /// What stands between two items, spaces included.
    Separator(String),
}

/// English and UTC, from no source but this file: for native drawing and tests, and for browsers whose `Intl`
/// fails.
#[derive(Clone, Copy, Debug, Default)]
pub struct PlainEnglish;

impl Locale for PlainEnglish {
    fn tag(&self) -> &str {
        "en"
    }

    fn number(&self, count: u64) -> String {
        let digits = count.to_string();
        let mut grouped = String::new();
        for (place, digit) in digits.chars().enumerate() {
            if place > 0 && (digits.len() - place).is_multiple_of(3) {
                grouped.push(',');
            }
            grouped.push(digit);
        }
        grouped
    }

    fn plural(&self, count: u64) -> Plural {
        if count == 1 { Plural::One } else { Plural::Other }
    }

    fn relative(&self, amount: i64, unit: Unit) -> String {
        if amount == 0 && unit == Unit::Second {
            return "now".to_owned();
        }
        let count = amount.unsigned_abs();
        let (before, after) = if amount > 0 { ("in ", "") } else { ("", " ago") };
        let plural = if count == 1 { "" } else { "s" };
        [before, &self.number(count), " ", unit.name(), plural, after].concat()
    }

    fn absolute(&self, millis: i64) -> String {
        // The wire form has fixed places for years 0 to 9999, and other years are cut to that range.
        let text = Timestamp::from_millis(millis).0;
        let (year, month) = (text.get(..4), text.get(5..7));
        let (day, time) = (text.get(8..10), text.get(11..16));
        let month = month
            .and_then(|digits| digits.parse::<usize>().ok())
            .and_then(|month| MONTHS.get(month.checked_sub(1)?));
        match (day, month, year, time) {
            (Some(day), Some(month), Some(year), Some(time)) => {
                let [day, year] = [day, year].map(|digits| digits.trim_start_matches('0'));
                let year = if year.is_empty() { "0" } else { year };
                [month, " ", day, ", ", year, " at ", time, " UTC"].concat()
            }
            _ => text,
        }
    }

    fn list(&self, items: &[String]) -> Vec<ListPart> {
        let mut parts = Vec::new();
        for index in 0..items.len() {
            if index > 0 {
                let last = index + 1 == items.len();
                let separator = match items.len() {
                    2 => " and ",
                    _ if last => ", and ",
                    _ => ", ",
                };
                parts.push(ListPart::Separator(separator.to_owned()));
            }
            parts.push(ListPart::Item(index));
        }
        parts
    }
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn joined(names: &[&str]) -> String {
        let items: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
        PlainEnglish
            .list(&items)
            .into_iter()
            .map(|part| match part {
                ListPart::Item(index) => items[index].clone(),
                ListPart::Separator(text) => text,
            })
            .collect()
    }

    #[test]
    fn digits_are_grouped_by_three() {
        let numbers = [0, 21, 895, 1000, 20_404, 1_234_567, u64::MAX].map(|count| PlainEnglish.number(count));
        assert_eq!(numbers, ["0", "21", "895", "1,000", "20,404", "1,234,567", "18,446,744,073,709,551,615"]);
    }

    #[test]
    fn only_one_is_singular_in_english() {
        let categories = [0, 1, 2, 21].map(|count| PlainEnglish.plural(count));
        assert_eq!(categories, [Plural::Other, Plural::One, Plural::Other, Plural::Other]);
    }

    #[test]
    fn every_cldr_category_has_its_name_and_unknown_ones_are_other() {
        let names = ["zero", "one", "two", "few", "many", "other", "", "lots"];
        assert_eq!(
            names.map(Plural::named),
            [
                Plural::Zero,
                Plural::One,
                Plural::Two,
                Plural::Few,
                Plural::Many,
                Plural::Other,
                Plural::Other,
                Plural::Other
            ]
        );
    }

    #[test]
    fn distances_are_counted() {
        assert_eq!(PlainEnglish.relative(0, Unit::Second), "now");
        assert_eq!(PlainEnglish.relative(-1, Unit::Day), "1 day ago");
        assert_eq!(PlainEnglish.relative(-7, Unit::Year), "7 years ago");
        assert_eq!(PlainEnglish.relative(2, Unit::Hour), "in 2 hours");
        assert_eq!(PlainEnglish.relative(i64::MIN, Unit::Week), "9,223,372,036,854,775,808 weeks ago");
    }

    #[test]
    fn moments_are_written_in_utc_and_say_so() {
        assert_eq!(PlainEnglish.absolute(1_561_489_380_000), "June 25, 2019 at 19:03 UTC");
        assert_eq!(PlainEnglish.absolute(951_782_400_000), "February 29, 2000 at 00:00 UTC");
        assert_eq!(PlainEnglish.absolute(i64::MIN), "January 1, 0 at 00:00 UTC");
        assert_eq!(PlainEnglish.absolute(i64::MAX), "December 31, 9999 at 23:59 UTC");
    }

    #[test]
    fn lists_join_as_in_a_sentence() {
        assert_eq!(joined(&[]), "");
        assert_eq!(joined(&["ols"]), "ols");
        assert_eq!(joined(&["avon b7", "Ciprol"]), "avon b7 and Ciprol");
        assert_eq!(joined(&["magman1979", "ols", "cat52"]), "magman1979, ols, and cat52");
    }
}
