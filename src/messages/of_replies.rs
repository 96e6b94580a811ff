//! What is said of one reply: its author, its times, its state, its quotes.

use super::template::{fill, parts};
use super::{Messages, Part};

impl Messages {
    /// Stands in place of the name of an author whom nobody knows.
    pub fn unknown_author(&self) -> &'static str {
        self.words.unknown_author
    }

    /// Stands in place of the name of an author who asked to be forgotten.
    pub fn erased_author(&self) -> &'static str {
        self.words.erased_author
    }

    /// What a person is here, or nothing for members and guests, who are the rule. A role that this version
    /// does not know is shown by its own word.
    pub fn role(&self, role: &str) -> Option<String> {
        match role {
            "" | "member" | "guest" => None,
            "moderator" => Some(self.words.moderator.to_owned()),
            "admin" | "administrator" => Some(self.words.administrator.to_owned()),
            "author" => Some(self.words.author.to_owned()),
            other => Some(title_case(other)),
        }
    }

    /// How many replies a person has written anywhere on the backend: `895 posts`.
    pub fn posts(&self, count: u64) -> String {
        self.counted(self.words.posts, count, &[])
    }

    /// The mark of a reply that was edited.
    pub fn edited(&self) -> &'static str {
        self.words.edited
    }

    /// When it was edited, in milliseconds since 1970.
    pub fn edited_at(&self, millis: i64) -> String {
        fill(self.words.edited_at, &[&self.locale.absolute(millis)])
    }

    /// Stands in place of the number of a reply that has none yet.
    pub fn no_number(&self) -> &'static str {
        self.words.no_number
    }

    /// Stands in place of a deleted reply.
    pub fn tombstone(&self) -> &'static str {
        self.words.deleted
    }

    /// Stands in place of a reply that a moderator took out of sight.
    pub fn hidden(&self) -> &'static str {
        self.words.hidden
    }

    /// Stands with a reply that is held for approval.
    pub fn pending(&self) -> &'static str {
        self.words.pending
    }

    /// Explains the mark of a mention of the reader.
    pub fn mentions_viewer(&self) -> &'static str {
        self.words.mentions_viewer
    }

    /// Stands on the card of a reply that is not loaded.
    pub fn card_elsewhere(&self, number: u32) -> String {
        self.numbered(self.words.card_elsewhere, number)
    }

    /// Who is quoted and where; slot 0 is the author's name and appears only if `author` is known.
    ///
    /// `{author} in reply 6`, `{author} wrote`, `Reply 6`, `Quote`.
    pub fn quote_attribution(&self, author: bool, number: Option<u32>) -> Vec<Part> {
        match (author, number) {
            (true, Some(number)) => {
                let number = self.number(number);
                // A name is put in by the view, the number here: so the gap of the name fills itself again.
                parts(&fill(self.words.quote_of_in, &["{0}", &number]))
            }
            (true, None) => parts(self.words.quote_of),
            (false, Some(number)) => vec![Part::Text(self.reply(number))],
            (false, None) => parts(self.words.quote),
        }
    }

    /// The mark of a quote that its source does not say.
    pub fn quote_altered(&self) -> &'static str {
        self.words.altered
    }

    /// Explains that mark; the source is reply `number`.
    pub fn quote_altered_title(&self, number: u32) -> String {
        self.numbered(self.words.altered_from, number)
    }

    /// The mark of a quote whose source the thread does not have.
    pub fn quote_source_missing(&self) -> &'static str {
        self.words.source_missing
    }

    /// The mark of a quote whose source was deleted or hidden.
    pub fn quote_source_deleted(&self) -> &'static str {
        self.words.source_deleted
    }

    /// Unfolds a long quote.
    pub fn show_whole_quote(&self) -> &'static str {
        self.words.show_quote
    }

    /// Unfolds a quote inside a quote.
    pub fn show_inner_quote(&self) -> &'static str {
        self.words.show_inner_quote
    }

    /// Which replies quote this one; slots are indices into a list of `count` numbers.
    pub fn quoted_by(&self, count: usize) -> Vec<Part> {
        let mut sentence = Vec::new();
        for part in parts(self.words.quoted_by) {
            match part {
                Part::Slot(_) => sentence.extend(self.open_list(count)),
                text @ Part::Text(_) => sentence.push(text),
            }
        }
        sentence
    }

    /// Numbers alone; slots are indices into a list of `count`.
    pub fn numbers(&self, count: usize) -> Vec<Part> {
        self.open_list(count)
    }

    /// The button that quotes the whole reply.
    pub fn quote_reply(&self) -> &'static str {
        self.words.quote_reply
    }

    /// The button that quotes what is selected.
    pub fn quote_selection(&self) -> &'static str {
        self.words.quote_selection
    }

    /// Stands behind the author's name at the head of a quote that is being written.
    pub fn said(&self) -> &'static str {
        self.words.said
    }

    /// The button that leads back to where the reader came from.
    pub fn back_to_reply(&self, number: u32) -> String {
        self.numbered(self.words.back_to, number)
    }

    /// Stands before the first reply that came since the reader's last visit.
    pub fn new_since(&self) -> &'static str {
        self.words.new_since
    }

    /// Slots with commas between, to which more may be added.
    pub(super) fn open_list(&self, count: usize) -> Vec<Part> {
        let mut list = Vec::new();
        for index in 0..count {
            if index > 0 {
                list.push(Part::Text(self.words.comma.to_owned()));
            }
            list.push(Part::Slot(index));
        }
        list
    }
}

/// `team-lead` becomes `Team lead`. Only ASCII letters are capitalised: roles are words of a backend's code.
fn title_case(word: &str) -> String {
    let mut title = word.replace(['-', '_'], " ");
    if let Some(first) = title.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    title
}
