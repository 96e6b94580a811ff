//! What the reader quotes: the words they selected, and the quote that they asked for.

use afterword_contract::Feature;

use super::{Command, Thread};

/// A part of one reply's text that the reader selected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passage {
    /// The reply's number.
    pub number: u32,
    /// Where it begins in the text as drawn, in UTF-16 units ([`afterword_markup::cut`]).
    pub from: usize,
    /// Where it ends.
    pub to: usize,
}

impl Thread {
    /// Whether the thread takes replies, so that there is something to quote for.
    pub fn takes_replies(&self) -> bool {
        self.info.features.contains(&Feature::Reply) && !self.info.locked
    }

    /// What the reader selected, where it can be quoted.
    pub fn passage(&self) -> Option<&Passage> {
        self.passage.as_ref().filter(|_| self.takes_replies())
    }

    pub(super) fn select(&mut self, passage: Option<Passage>) -> Vec<Command> {
        self.passage = passage;
        vec![]
    }

    pub(super) fn quote(&mut self, quote: &str) -> Vec<Command> {
        // It is quoted; the buttons that offered it have done their work.
        self.passage = None;
        self.take_quote(quote)
    }
}
