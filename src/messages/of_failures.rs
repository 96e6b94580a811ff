//! What is said when something does not work: what it was, and what to do next.

use afterword_contract::Problem;

use super::Messages;
use super::template::fill;
use crate::config::{ConfigError, Expected};
use crate::text::excerpt;
use crate::thread::{Failure, Garbled};

/// More of a backend's own words than this is not shown.
const REASON: usize = 300;

impl Messages {
    /// The button that asks again.
    pub fn try_again(&self) -> &'static str {
        self.words.try_again
    }

    /// Why the replies are not here, and what the reader may do.
    pub fn failure(&self, failure: &Failure) -> String {
        match failure {
            Failure::Offline => self.words.failed_offline.to_owned(),
            Failure::TimedOut => self.words.failed_slow.to_owned(),
            Failure::Unreachable => self.words.failed_unreachable.to_owned(),
            Failure::Refused { status, problem, .. } => self.because(&self.refused(*status), problem),
            Failure::BadAnswer { status, what: Garbled::NotJson } => {
                fill(self.words.failed_not_json, &[&status.to_string()])
            }
            Failure::BadAnswer { status, what: Garbled::WrongShape(place) } => {
                fill(self.words.failed_wrong_shape, &[&status.to_string(), &excerpt(place, REASON)])
            }
        }
    }

    /// A sentence of ours, followed by the backend's own words where it has any.
    pub(super) fn because(&self, sentence: &str, problem: &Problem) -> String {
        let field = problem.errors.first().map_or("", |error| error.detail.as_str());
        for reason in [field, problem.detail.as_deref().unwrap_or_default(), &problem.title] {
            let reason = excerpt(reason, REASON);
            if !reason.is_empty() {
                return fill(self.words.failed_because, &[sentence, &reason]);
            }
        }
        sentence.to_owned()
    }

    fn refused(&self, status: u16) -> String {
        let template = match status {
            401 | 403 => self.words.failed_forbidden,
            404 | 410 => self.words.failed_not_found,
            429 => self.words.failed_too_many,
            500.. => self.words.failed_server,
            _ => self.words.failed_refused,
        };
        fill(template, &[&status.to_string()])
    }

    /// Which attribute of the element is wrong, what it says and what was expected.
    pub fn config_error(&self, error: &ConfigError) -> String {
        let expected = self.expected(&error.expected);
        match &error.value {
            Some(value) => fill(self.words.attribute_wrong, &[error.attribute, value, &expected]),
            None => fill(self.words.attribute_missing, &[error.attribute, "", &expected]),
        }
    }

    fn expected(&self, expected: &Expected) -> String {
        match expected {
            Expected::Source => self.words.expected_source.to_owned(),
            Expected::NoSecondSource => self.words.expected_no_second_source.to_owned(),
            Expected::Base => self.words.expected_base.to_owned(),
            Expected::File => self.words.expected_file.to_owned(),
            Expected::Thread => self.words.expected_thread.to_owned(),
            Expected::OneOf(words) => fill(self.words.expected_one_of, &[&self.one_of(words)]),
            Expected::Number(least, most) => {
                fill(self.words.expected_number, &[&self.number(*least), &self.number(*most)])
            }
            Expected::Language => self.words.expected_language.to_owned(),
        }
    }

    fn one_of(&self, words: &[&str]) -> String {
        let mut list = String::new();
        for word in words {
            if !list.is_empty() {
                list.push_str(self.words.comma);
            }
            list.push_str(word);
        }
        list
    }
}
