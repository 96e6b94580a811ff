//! The form that every translation fills in: one template for each sentence.
//!
//! Gaps are written `{0}`, `{1}`; what goes into each stands at the field. Where a count decides the form of a
//! word, a message has several [`Forms`], and the count is always `{0}`.

use crate::text::Plural;

/// One message in the forms that a count may need. The last is taken where no other fits: CLDR's `other`.
pub(super) type Forms = &'static [(Plural, &'static str)];

/// Every sentence in one language.
pub(super) struct Catalogue {
    // The thread
    /// The heading over a thread whose count is not known, or which is empty.
    pub replies: &'static str,
    /// The count as a heading, and in other places.
    pub reply_count: Forms,
    /// One reply by its number, {0}.
    pub reply: &'static str,
    /// Reply {0} of {1}.
    pub reply_of: &'static str,
    /// The label of the choice of orders.
    pub order: &'static str,
    /// By number, ascending.
    pub oldest: &'static str,
    /// By number, descending.
    pub newest: &'static str,
    /// Most reactions first.
    pub top: &'static str,
    /// The label of the field for a number.
    pub jump: &'static str,
    /// The button beside it.
    pub jump_go: &'static str,
    /// What the field takes: a number from 1 to {0}.
    pub jump_hint: &'static str,
    /// There is no reply {1}, since the thread has {0}, which decides the form.
    pub no_such_reply: Forms,
    /// Reply {0} exists, but was not among the replies that came; or there are no replies at all.
    pub not_found: &'static str,
    /// Something is on its way.
    pub loading: &'static str,
    /// A button: replies with smaller numbers.
    pub show_earlier: &'static str,
    /// A button: replies with larger numbers.
    pub show_later: &'static str,
    /// A button: replies before these in an order that is not by number.
    pub show_before: &'static str,
    /// A button: replies after these in an order that is not by number.
    pub show_more: &'static str,
    /// The thread has no replies.
    pub empty: &'static str,
    /// The thread has no replies and takes none.
    pub empty_locked: &'static str,
    /// The thread takes no more replies.
    pub locked: &'static str,

    // Announcements
    /// {0} new replies wait: the button that shows them, and what is said of it.
    pub news: Forms,
    /// {0} replies were added to the list.
    pub added: Forms,
    /// More replies were asked for, and there are none.
    pub no_more: &'static str,
    /// The list is now in the order named {0}.
    pub reordered: &'static str,
    /// More replies could not be loaded.
    pub not_added: &'static str,
    /// The network is gone.
    pub offline: &'static str,
    /// The network is back.
    pub online: &'static str,

    // Failures
    /// A button.
    pub try_again: &'static str,
    /// There was no network. It stays when there is one again, so it does not say how things are.
    pub failed_offline: &'static str,
    /// No answer in time.
    pub failed_slow: &'static str,
    /// The request did not get through.
    pub failed_unreachable: &'static str,
    /// Nothing stands at the address (status 404, 410).
    pub failed_not_found: &'static str,
    /// The backend does not allow it (status 401, 403).
    pub failed_forbidden: &'static str,
    /// Too many requests (status 429).
    pub failed_too_many: &'static str,
    /// The backend has an error (status {0}, 500 and up).
    pub failed_server: &'static str,
    /// The backend refuses for another reason (status {0}).
    pub failed_refused: &'static str,
    /// The sentence {0}, followed by the backend's own words {1}.
    pub failed_because: &'static str,
    /// The answer (status {0}) is no JSON.
    pub failed_not_json: &'static str,
    /// The answer (status {0}) is JSON of another shape; {1} names the place in English.
    pub failed_wrong_shape: &'static str,

    // A reply
    /// Stands in place of a deleted reply.
    pub deleted: &'static str,
    /// Stands in place of a reply that a moderator took out of sight.
    pub hidden: &'static str,
    /// Stands with a reply that is held for approval; only its author sees it.
    pub pending: &'static str,
    /// Stands in place of the number of a reply that has none yet.
    pub no_number: &'static str,
    /// Stands in place of a name that nobody knows.
    pub unknown_author: &'static str,
    /// Stands in place of a name that was taken away on its owner's wish.
    pub erased_author: &'static str,
    /// A role.
    pub moderator: &'static str,
    /// A role.
    pub administrator: &'static str,
    /// The role of who wrote the article.
    pub author: &'static str,
    /// How many replies a person has written anywhere on the backend.
    pub posts: Forms,
    /// The mark of a reply that was edited.
    pub edited: &'static str,
    /// Edited on {0}, a date with a time.
    pub edited_at: &'static str,
    /// Explains the mark of a mention of the reader.
    pub mentions_viewer: &'static str,

    // Quotes
    /// Who is quoted, {0}, in reply {1}.
    pub quote_of_in: &'static str,
    /// Who is quoted, {0}.
    pub quote_of: &'static str,
    /// Nobody knows who is quoted.
    pub quote: &'static str,
    /// The mark of a quote that its source does not say.
    pub altered: &'static str,
    /// Explains that mark; the source is reply {0}.
    pub altered_from: &'static str,
    /// The mark of a quote whose source the thread does not have.
    pub source_missing: &'static str,
    /// The mark of a quote whose source was deleted or hidden.
    pub source_deleted: &'static str,
    /// Stands on the card of reply {0}, which is not loaded.
    pub card_elsewhere: &'static str,
    /// Unfolds a long quote.
    pub show_quote: &'static str,
    /// Unfolds a quote inside a quote.
    pub show_inner_quote: &'static str,
    /// Quoted by {0}, a list of numbers.
    pub quoted_by: &'static str,
    /// A button: quote the whole reply.
    pub quote_reply: &'static str,
    /// A button: quote what is selected.
    pub quote_selection: &'static str,
    /// Stands behind the author's name at the head of a quote that is being written; ends with a colon.
    pub said: &'static str,
    /// A button: back to reply {0}, where the reader came from.
    pub back_to: &'static str,
    /// Stands before the first reply that came since the reader's last visit.
    pub new_since: &'static str,

    // Reactions
    /// Names the reactions to reply {0}.
    pub reactions_to: &'static str,
    /// Names the reactions to reply {0} by {1}.
    pub reactions_to_by: &'static str,
    /// {0} more, after a list that was left open.
    pub and_more: Forms,
    /// Stands between the items of a list that is left open.
    pub comma: &'static str,

    // The composer
    /// What stands in it and needs no gaps filled.
    pub composer: ComposerWords,
    /// What is said of what the viewer does to a reply.
    pub acts: ActWords,
    /// Too many requests; after {0} seconds it works again.
    pub wait_seconds: Forms,
    /// The text has {0} bytes too many.
    pub too_long: Forms,
    /// The text may have {0} bytes more.
    pub bytes_left: Forms,
    /// {0} people are offered to be mentioned; Enter takes {1}.
    pub people_found: Forms,

    // Attributes
    /// The attribute {0} says {1}; expected is {2}.
    pub attribute_wrong: &'static str,
    /// The attribute {0} is missing; expected is {2}.
    pub attribute_missing: &'static str,
    /// Expected: a backend's or a file's address.
    pub expected_source: &'static str,
    /// Expected: only one of `api` and `src`.
    pub expected_no_second_source: &'static str,
    /// Expected: a backend's address.
    pub expected_base: &'static str,
    /// Expected: a file's address.
    pub expected_file: &'static str,
    /// Expected: a thread's id.
    pub expected_thread: &'static str,
    /// Expected: one of {0}, a list.
    pub expected_one_of: &'static str,
    /// Expected: a number from {0} to {1}.
    pub expected_number: &'static str,
    /// Expected: a language tag.
    pub expected_language: &'static str,
}

/// What stands in the composer: names of its buttons and fields, and sentences of one form.
#[derive(Clone, Copy)]
pub struct ComposerWords {
    /// A button: begin to write.
    pub composer_open: &'static str,
    /// Names the field for the text, and the form.
    pub composer_label: &'static str,
    /// Names the field for a guest's name.
    pub name_label: &'static str,
    /// A button.
    pub send: &'static str,
    /// Stands on the button while the reply is on its way.
    pub sending: &'static str,
    /// A button.
    pub cancel: &'static str,
    /// A button: writing needs a person.
    pub sign_in: &'static str,
    /// A button that stays pressed.
    pub preview: &'static str,
    /// Asked before what was written is thrown away.
    pub discard_question: &'static str,
    /// A button: yes.
    pub discard: &'static str,
    /// A button: no.
    pub go_on: &'static str,
    /// What was written is now reply {0}.
    pub posted: &'static str,
    /// What was written is held for approval.
    pub held: &'static str,
    /// The viewer is known and may not write.
    pub may_not_write: &'static str,
    /// It is sent when the network is back.
    pub unsent_offline: &'static str,
    /// Nobody knows whether it arrived.
    pub unsent_network: &'static str,
    /// The backend does not know the viewer (status 401).
    pub unsent_nobody: &'static str,
    /// The backend does not allow it (status 403).
    pub unsent_not_allowed: &'static str,
    /// Too many requests (status 429), and nobody says how long to wait.
    pub unsent_too_many: &'static str,
    /// Any other refusal (status {0}).
    pub unsent: &'static str,
    /// There is nothing to send.
    pub nothing_written: &'static str,
    /// A guest gave no name.
    pub no_name: &'static str,
    /// The browser keeps no drafts.
    pub unkept: &'static str,
    /// The text is another in another tab.
    pub changed_elsewhere: &'static str,
    /// A button: the text of the other tab.
    pub take_theirs: &'static str,
    /// A button: the text of this tab.
    pub keep_mine: &'static str,
    /// Names the row of buttons.
    pub toolbar: &'static str,
    /// A button.
    pub bold: &'static str,
    /// A button.
    pub italic: &'static str,
    /// A button.
    pub link: &'static str,
    /// A button.
    pub code: &'static str,
    /// A button.
    pub list: &'static str,
    /// A button: the lines as a quote.
    pub quote_lines: &'static str,
    /// A button: begins a mention.
    pub mention: &'static str,
    /// Names the list of those who may be mentioned.
    pub people: &'static str,
    /// Nobody else may be mentioned: ten are.
    pub people_full: &'static str,
}

/// What is said of what the viewer does to a reply.
#[derive(Clone, Copy)]
pub struct ActWords {
    /// A button.
    pub edit: &'static str,
    /// A button.
    pub delete: &'static str,
    /// A button: take the deletion back.
    pub undo: &'static str,
    /// A button.
    pub report: &'static str,
    /// Names the choice of reasons.
    pub report_reason: &'static str,
    /// Names the field for the reporter's own words.
    pub report_detail: &'static str,
    /// The reasons with the words of the contract.
    pub reasons: [(&'static str, &'static str); 4],
    /// The composer holds the text of reply {0}.
    pub editing: &'static str,
    /// A button: send the change.
    pub save: &'static str,
    /// Stands above what somebody else made of the reply.
    pub changed_meanwhile: &'static str,
    /// Names the list of revisions, and says that it is there.
    pub history: &'static str,
    /// Done: a tag was chosen.
    pub reacted: &'static str,
    /// Done: a tag was taken back.
    pub unreacted: &'static str,
    /// Done.
    pub edited: &'static str,
    /// Done.
    pub deleted: &'static str,
    /// Done: the deletion was taken back.
    pub restored: &'static str,
    /// Done.
    pub reported: &'static str,
    /// Not done; the backend does not know the viewer (status 401).
    pub nobody: &'static str,
    /// Not done; the backend says why.
    pub refused: &'static str,
    /// Nobody knows whether it was done.
    pub no_answer: &'static str,
}
