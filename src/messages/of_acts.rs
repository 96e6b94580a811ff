//! What is said of what the viewer does to a reply: names of buttons, what was done, and why it was not.

use super::catalogue::ActWords;
use super::{ComposerWords, Messages};
use crate::thread::{Deed, Failure};

impl Messages {
    /// What needs no more than the words.
    pub fn acts(&self) -> &'static ActWords {
        &self.words.acts
    }

    /// The composer's title while it holds the text of reply `number`.
    pub fn editing(&self, number: u32) -> String {
        self.numbered(self.words.acts.editing, number)
    }

    /// It is done.
    pub(super) fn acted(&self, deed: Deed) -> &'static str {
        let words = &self.words.acts;
        match deed {
            Deed::Reacted => words.reacted,
            Deed::Unreacted => words.unreacted,
            Deed::Edited => words.edited,
            Deed::Deleted => words.deleted,
            Deed::Restored => words.restored,
            Deed::Reported => words.reported,
            Deed::Recalled => words.history,
        }
    }

    /// Why it was not done, and what to do.
    pub fn act_refused(&self, failure: &Failure) -> String {
        let words = &self.words.acts;
        match failure {
            Failure::Offline => self.words.failed_offline.to_owned(),
            Failure::Refused { status: 401, .. } => words.nobody.to_owned(),
            Failure::Refused { status: 429, wait, .. } => self.too_fast(*wait),
            Failure::Refused { problem, .. } => self.because(words.refused, problem),
            _ => words.no_answer.to_owned(),
        }
    }

    /// Too many requests; it works again after so many seconds, where that is known.
    pub(super) fn too_fast(&self, wait: Option<u32>) -> String {
        let ComposerWords { unsent_too_many, .. } = self.words.composer;
        match wait {
            Some(seconds) => self.counted(self.words.wait_seconds, seconds.into(), &[]),
            None => unsent_too_many.to_owned(),
        }
    }
}
