//! What is said while somebody writes: names of buttons and fields, and why a reply did not go.

use super::template::fill;
use super::{ComposerWords, Messages};
use crate::thread::{Complaint, Failure};
use afterword_contract::ProblemType;

impl Messages {
    /// What stands in the composer and needs no more than the words.
    pub fn composer(&self) -> &'static ComposerWords {
        &self.words.composer
    }

    /// Why a reply did not go, and what to do.
    pub fn complaint(&self, complaint: &Complaint) -> String {
        let words = &self.words.composer;
        match complaint {
            Complaint::Empty => words.nothing_written.to_owned(),
            Complaint::NoName => words.no_name.to_owned(),
            Complaint::TooLong(excess) => self.counted(self.words.too_long, (*excess).into(), &[]),
            Complaint::Failed(Failure::Refused { status: 401, .. }) => words.unsent_nobody.to_owned(),
            Complaint::Failed(Failure::Refused { status: 429, wait, .. }) => self.too_fast(*wait),
            // The first attempt is still being worked on.
            Complaint::Failed(Failure::Refused { problem, .. }) if ProblemType::KEY_IN_FLIGHT.is(problem) => {
                words.unsent_network.to_owned()
            }
            Complaint::Failed(Failure::Refused { status, problem, .. }) => {
                let sentence = match status {
                    400..=499 => words.unsent_not_allowed.to_owned(),
                    _ => fill(words.unsent, &[&status.to_string()]),
                };
                self.because(&sentence, problem)
            }
            // An answer that cannot be read says as little as none.
            Complaint::Failed(_) => words.unsent_network.to_owned(),
        }
    }

    /// How many bytes more a text may have, or how many it has too many.
    pub fn room(&self, excess: i64) -> String {
        let forms = if excess > 0 { self.words.too_long } else { self.words.bytes_left };
        self.counted(forms, excess.unsigned_abs(), &[])
    }
}
