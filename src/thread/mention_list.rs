//! Who may be meant by the `@` at the caret: what the composer offers while a name is typed.
//!
//! People of the thread stand first, then those whom the backend finds; it is asked one question at a time. Knows no
//! view and no caret but where the text ends that it is given.

use afterword_contract::{Feature, Person, PersonId};
use afterword_markup::{begins_name, begun_mention, mention};

use super::composer::{Draft, focus};
use super::{Announcement, Command, Field, RequestId, Thread};
use crate::text::{concat, trim};

/// So many people are offered.
const SHOWN: usize = 8;
/// So many people a reply may mention.
const MOST: usize = 10;

/// The list, open or not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MentionList {
    /// Where the `@` stands, in bytes, while the list is open.
    at: Option<usize>,
    /// Where the one stands whose list was left, or chosen from: it is not offered again.
    left: Option<usize>,
    /// What is typed of the name.
    typed: String,
    /// Who is offered.
    people: Vec<Person>,
    /// Where the viewer went in the list.
    place: Option<usize>,
    /// Whether the reply mentions as many people as it may.
    full: bool,
    /// What was announced of it last.
    told: Option<(usize, String)>,
    /// The question that the backend has not answered yet.
    asked: Option<RequestId>,
    /// What it was asked last.
    asked_for: String,
    /// Whom it found.
    found: Vec<Person>,
}

impl MentionList {
    /// Who is offered; nobody where the list is not open, or nobody else may be mentioned.
    pub fn people(&self) -> &[Person] {
        if self.at.is_none() || self.full { &[] } else { &self.people }
    }

    /// Where the viewer went in the list; before that the first of it is meant.
    pub fn place(&self) -> Option<usize> {
        self.place
    }

    /// Whether somebody would be offered, and nobody else may be mentioned.
    pub fn is_full(&self) -> bool {
        self.at.is_some() && self.full && !self.people.is_empty()
    }

    /// Whether there is something to see.
    pub fn is_open(&self) -> bool {
        self.at.is_some() && !self.people.is_empty()
    }

    /// Closes it; at the next letter it may open again.
    pub(super) fn close(&mut self) {
        self.at = None;
        self.told = None;
        self.people.clear();
    }

    /// Opens, changes or closes it: `text` now stands before the caret.
    fn follow(&mut self, text: &str) {
        let begun = begun_mention(text);
        if begun.is_none() {
            self.left = None;
        }
        self.at = None;
        self.place = None;
        if let Some((at, typed)) = begun
            && (typed.is_empty() || self.left != Some(at))
        {
            self.at = Some(at);
            self.left = None;
            typed.clone_into(&mut self.typed);
        }
    }

    fn fill(&mut self, authors: &[(String, Option<String>)]) {
        if self.at.is_none() {
            self.close();
            return;
        }
        self.people.clear();
        for (name, id) in authors {
            if begins_name(&self.typed, name) {
                self.offer(name, id.as_deref());
            }
        }
        let found = std::mem::take(&mut self.found);
        for person in &found {
            // The backend may know other ways in which a name fits.
            if self.asked_for == self.typed || begins_name(&self.typed, &person.name) {
                self.offer(&person.name, person.id.as_ref().map(PersonId::as_str));
            }
        }
        self.found = found;
    }

    fn offer(&mut self, name: &str, id: Option<&str>) {
        let known = self.people.iter().any(|known| match (&known.id, id) {
            (Some(known), Some(id)) => known.as_str() == id,
            _ => known.name == name,
        });
        if !known && self.people.len() < SHOWN && !trim(name).is_empty() {
            let id = id.map(|id| PersonId(id.to_owned()));
            self.people.push(Person { id, name: name.to_owned(), ..Person::default() });
        }
    }

    /// What is worth a question: not what was asked already, nor more letters where fewer found nobody.
    fn question(&self) -> Option<&str> {
        let nobody = self.found.is_empty() && !self.asked_for.is_empty();
        let answered = self.asked_for == self.typed || (nobody && self.typed.starts_with(&self.asked_for));
        let wanted = self.at.is_some() && !self.full && self.people.len() < SHOWN && !self.typed.is_empty();
        (wanted && !answered && self.asked.is_none()).then_some(&self.typed)
    }
}

impl Draft {
    /// Those of the people chosen from the list whom the text still mentions.
    pub(super) fn mentioned(&self) -> Vec<Person> {
        let mut mentioned = Vec::new();
        for person in &self.mentions {
            if mentioned.len() < MOST && mentions(&self.text, &person.name) {
                mentioned.push(person.clone());
            }
        }
        mentioned
    }
}

/// Whether a text may mention that name, by an `@` and one of the ways in which it is written; whether it does, the
/// backend decides.
fn mentions(text: &str, name: &str) -> bool {
    let written = mention(name);
    let mut rest = text;
    while let Some(at) = rest.find('@') {
        let (_, mention) = rest.split_at(at);
        rest = mention.get(1..).unwrap_or_default();
        if mention.starts_with(&written) || rest.starts_with(name) {
            return true;
        }
    }
    false
}

impl Thread {
    /// The text before the caret is another.
    pub(super) fn look_for_people(&mut self) -> Vec<Command> {
        let composer = self.write();
        let full = composer.draft.mentioned().len() == MOST;
        let before = composer.draft.text.get(..composer.caret.unwrap_or_default()).unwrap_or_default();
        composer.list.follow(before);
        composer.list.full = full;
        self.offer_people()
    }

    /// Shows who fits, says so where it is news, and asks the backend who else does.
    fn offer_people(&mut self) -> Vec<Command> {
        let authors = self.authors().clone();
        let list = &mut self.write().list;
        list.fill(&authors);
        let mut commands = vec![];
        if let Some(first) = list.people.first() {
            let people = if list.full { 0 } else { list.people.len() };
            if list.told.as_ref().is_none_or(|told| told.0 != people || told.1 != first.name) {
                list.told = Some((people, first.name.clone()));
                commands.push(Command::Announce(Announcement::People(people, first.name.clone())));
                commands.push(Command::ShowPeople);
            }
        } else {
            list.told = None;
        }
        if let Some(name) = list.question().map(str::to_owned)
            && self.offers(&Feature::Mention)
        {
            let request = self.new_request();
            let list = &mut self.write().list;
            list.asked = Some(request);
            list.asked_for.clone_from(&name);
            commands.push(Command::FindPeople { request, name });
        }
        commands
    }

    pub(super) fn take_people(&mut self, request: RequestId, people: Vec<Person>) -> Vec<Command> {
        if self.composer().list.asked != Some(request) {
            return vec![];
        }
        let list = &mut self.write().list;
        list.asked = None;
        list.found = people;
        self.offer_people()
    }

    /// Round and round.
    pub(super) fn move_in_list(&mut self, back: bool) -> Vec<Command> {
        let list = &mut self.write().list;
        let step = if back { list.people.len().saturating_sub(1) } else { 1 };
        list.place = (list.place.unwrap_or_default() + step).checked_rem(list.people.len());
        vec![Command::ShowPeople]
    }

    pub(super) fn leave_list(&mut self) -> Vec<Command> {
        let list = &mut self.write().list;
        list.left = list.at;
        list.close();
        vec![]
    }

    /// Writes the mention of somebody in place of what was typed of it.
    pub(super) fn mention_person(&mut self, place: Option<usize>) -> Vec<Command> {
        let list = &self.composer().list;
        let place = place.or(list.place).unwrap_or_default();
        let (Some(at), Some(person)) = (list.at, list.people().get(place).cloned()) else { return vec![] };
        if self.composer().is_under_way() {
            return vec![];
        }
        self.leave_list();
        let composer = self.write();
        let text = &composer.draft.text;
        let after = text.get(composer.caret.unwrap_or_default()..).unwrap_or_default();
        let before = concat(&[text.get(..at).unwrap_or_default(), &mention(&person.name), " "]);
        let text = concat(&[&before, after.strip_prefix(' ').unwrap_or(after)]);
        composer.caret = Some(before.len());
        composer.draft.text = text;
        // Whoever has no id is found by the name.
        if person.id.is_some() {
            let mentions = &mut composer.draft.mentions;
            match mentions.iter_mut().find(|known| known.name == person.name) {
                Some(known) => *known = person,
                None => mentions.push(person),
            }
        }
        composer.changed();
        let selection = composer.units(before.len()..before.len());
        let mut commands = self.keep();
        commands.push(focus(Field::Text, Some(selection)));
        commands
    }
}
