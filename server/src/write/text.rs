//! What is written, on its way in: checked by the rules that imports know too, people looked up, quotes compared
//! with what they quote.

use std::collections::HashMap;

use afterword_contract::{Format, Person, PersonId, Quote};
use afterword_markup::{Document, quotes};

use crate::app::Writing;
use crate::problem::Refusal;
use crate::quotes::{Speech, is_exact};
use crate::store::{Change, Text};
use crate::{said, validate, words};

/// How many sources are compared; what a body quotes beyond them, nobody has checked.
const COMPARED: usize = 50;

/// Refuses a text that breaks a rule.
pub(super) fn check(
    writing: &Writing,
    body: &str,
    format: &Format,
    mentions: &[Person],
) -> Result<(), Refusal> {
    let faults = validate::written(body, format, mentions, writing.body_bytes, writing.html);
    if faults.is_empty() { Ok(()) } else { Err(Refusal::invalid(faults)) }
}

/// The text as it is to be kept, and its tree. Whoever is mentioned is so under the name that they have, or under
/// the one that the text before, which mentions `before`, was written with.
pub(super) async fn read(
    change: &mut Change,
    thread: i64,
    body: String,
    format: Format,
    mentions: &[Person],
    before: &[Person],
) -> Result<(Text, Document), Refusal> {
    let ids: Vec<&PersonId> = mentions.iter().filter_map(|person| person.id.as_ref()).collect();
    // Whatever the client calls them.
    let mut known = if ids.is_empty() { Vec::new() } else { change.known(&ids).await? };
    let renamed = |old: &&Person| known.iter().any(|now| now.id == old.id && now.name != old.name);
    let old: Vec<Person> = before.iter().filter(renamed).cloned().collect();
    known.extend(old);
    let tree = said::parse(&body, &format, &known);
    let mentions = mentioned(&known, &tree);
    let found = quotes(&tree);
    let faults = validate::quotes(found.len());
    if !faults.is_empty() {
        return Err(Refusal::invalid(faults));
    }
    let mut numbers: Vec<u32> = Vec::new();
    for number in found.iter().filter_map(|quote| quote.source) {
        if numbers.len() < COMPARED && !numbers.contains(&number) {
            numbers.push(number);
        }
    }
    let mut sources = HashMap::new();
    if !numbers.is_empty() {
        for (number, source) in change.sources(thread, &numbers).await? {
            // With the same people, so that one name is read in one way on both sides.
            let source = said::parse(&source.body, &source.format, &known);
            sources.insert(number, Speech::of(&source.blocks));
        }
    }
    let compared = |quote: &&afterword_markup::Quote| {
        let number = quote.source.filter(|number| *number > 0)?;
        let exact = sources.get(&number).map(|source| is_exact(quote, source));
        Some(Quote { number, exact })
    };
    let quotes = found.iter().filter_map(compared).collect();
    Ok((Text { body, format, mentions, quotes }, tree))
}

/// Those of `known` whom the text mentions, under the names by which it does; HTML can mention by the id alone.
fn mentioned(known: &[Person], text: &Document) -> Vec<Person> {
    let found = said::mentioned(text);
    let by_name = |person: &Person| {
        let name = words::plain(&person.name);
        let is_theirs = |id: &str| person.id.as_ref().is_some_and(|own| own.as_str() == id);
        found.iter().any(|(id, written)| is_theirs(id) && words::plain(written) == name)
    };
    let by_id = |person: &Person| {
        let Some(own) = &person.id else { return false };
        found.iter().any(|(id, _)| *id == own.as_str())
            && !known.iter().any(|other| other.id == person.id && by_name(other))
            && known.iter().find(|other| other.id == person.id) == Some(person)
    };
    known.iter().filter(|person| by_name(person) || by_id(person)).cloned().collect()
}
