//! Who reacted to a reply, in words.

use super::author::author_name;
use super::element::{View, name, part, text};
use super::sentence::filled;
use crate::messages::Messages;
use crate::store::Store;
use afterword_contract::{Person, Reaction, Reply};

/// So many names are shown; the others are folded.
const SHOWN: usize = 6;

/// The reaction tags of a reply with the people who chose them.
pub(super) fn reactions(store: Store, reply: &Reply) -> Option<View> {
    let chosen = reply.reactions.iter().filter(|reaction| reaction.count > 0 || !reaction.people.is_empty());
    let tags: Vec<_> = chosen.map(|reaction| tag(store, reaction)).collect();
    if tags.is_empty() {
        return None;
    }
    let messages = store.messages();
    let author = reply.author.clone().map(|author| author_name(Some(author), &messages));
    let label = messages.reactions_label(reply.number.unwrap_or_default(), author.as_deref());
    Some(part("div", "reactions").attr("role", "group").attr("aria-label", &label).children(tags).view())
}

/// One tag: symbol, label, count and names. A tag that the thread does not list is shown by its own word.
fn tag(store: Store, reaction: &Reaction) -> View {
    let messages = store.messages();
    let known = store
        .peek(|thread| thread.info().reaction_tags.iter().find(|known| known.tag == reaction.tag).cloned());
    let (label, symbol) = match known {
        Some(known) if !known.label.is_empty() => (known.label, known.symbol),
        Some(known) => (known.tag.0, known.symbol),
        None => (reaction.tag.0.clone(), None),
    };
    let named = u32::try_from(reaction.people.len()).unwrap_or(u32::MAX);
    let symbol =
        symbol.map(|symbol| part("span", "reaction-symbol").attr("aria-hidden", "true").text(&symbol).view());
    part("div", "reaction")
        .attr("data-tag", reaction.tag.as_str())
        .maybe_child(symbol)
        .child(part("span", "reaction-label").text(&label).view())
        .child(part("span", "reaction-count").text(&messages.number(reaction.count.max(named))).view())
        .maybe_child(people(store, &reaction.people, reaction.count.saturating_sub(named)))
        .view()
}

/// The names as a list in words; beyond [`SHOWN`] they are folded behind "and 3 more". `unnamed` people are only
/// counted.
fn people(store: Store, people: &[Person], unnamed: u32) -> Option<View> {
    if people.is_empty() {
        return None;
    }
    let messages = store.messages();
    let names: Vec<String> =
        people.iter().map(|person| author_name(Some(person.clone()), &messages)).collect();
    // One name is not folded away: "and 1 more" would be as long as the name.
    let shown = if names.len() > SHOWN + 1 { SHOWN } else { names.len() };
    let (first, rest) = names.split_at_checked(shown)?;
    let hidden = u64::from(unnamed) + rest.len() as u64;
    let more = (hidden > 0).then(|| {
        let more = messages.and_more(hidden);
        if rest.is_empty() {
            return text(&more);
        }
        let mut folded = named(rest, unnamed > 0, &messages);
        if unnamed > 0 {
            folded.extend([text(" "), text(&messages.and_more(unnamed.into()))]);
        }
        part("details", "reaction-more")
            .child(part("summary", "reaction-more-summary").text(&more).view())
            .child(part("div", "reaction-more-people").children(folded).view())
            .view()
    });
    let mut shown = named(first, hidden > 0, &messages);
    shown.extend(more.into_iter().flat_map(|more| [text(" "), more]));
    Some(part("div", "reaction-people").children(shown).view())
}

/// Names in a list; an open list is followed by more.
fn named(names: &[String], open: bool, messages: &Messages) -> Vec<View> {
    let views = names.iter().map(|shown| name(shown)).collect();
    filled(messages.people(names, open), views)
}
