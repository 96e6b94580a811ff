//! Who reacted to a reply, in words.

use std::sync::Arc;

use super::author::author_name;
use super::element::{View, live_maybe, name, part, text};
use super::sentence::filled;
use crate::messages::Messages;
use crate::store::{Reactions, Store};
use crate::thread::{Act, Event};
use afterword_contract::{Person, Reaction, ReactionTag, Reply, ReplyId, Status, Tag};

/// So many names are shown; the others are folded.
const SHOWN: usize = 6;

/// The reaction tags of a reply with the people who chose them; where the viewer may choose, all of the thread's as
/// buttons, in its order, so that a button stays where it is when it is pressed.
pub(super) fn reactions(store: Store, id: &ReplyId) -> View {
    let reactions = store.reactions(id.clone());
    live_maybe(move || {
        let Reactions { reply, chosen } = reactions.get();
        if reply.status == Status::Deleted {
            return None;
        }
        let messages = store.messages();
        let choosing = chosen.is_some();
        let info = store.peek(|thread| Arc::clone(thread.info()));
        let known = &info.reaction_tags;
        let mut tags = Vec::new();
        if choosing {
            for offered in known {
                let given = reply.reactions.iter().find(|reaction| reaction.tag == offered.tag).cloned();
                let none = || Reaction { tag: offered.tag.clone(), count: 0, people: Vec::new() };
                tags.push(tag(store, &reply, &given.unwrap_or_else(none), Some(offered), chosen.as_deref()));
            }
        }
        for reaction in &reply.reactions {
            let offered = known.iter().find(|known| known.tag == reaction.tag);
            let shown = choosing && offered.is_some();
            if !shown && (reaction.count > 0 || !reaction.people.is_empty()) {
                let mine = chosen.as_deref().filter(|chosen| chosen.contains(&reaction.tag));
                tags.push(tag(store, &reply, reaction, offered, mine));
            }
        }
        if tags.is_empty() {
            return None;
        }
        let author = reply.author.as_ref().map(|author| author_name(Some(author), &messages));
        let label = messages.reactions_label(reply.number.unwrap_or_default(), author);
        Some(part("div", "reactions").attr("role", "group").attr("aria-label", &label).children(tags).view())
    })
}

/// One tag: symbol, label, count and names; a button where the viewer may choose it. A tag that the thread does not
/// list is shown by its own word.
fn tag(
    store: Store,
    reply: &Reply,
    reaction: &Reaction,
    known: Option<&ReactionTag>,
    chosen: Option<&[Tag]>,
) -> View {
    let messages = store.messages();
    let label = known.map(|known| known.label.as_str()).filter(|label| !label.is_empty());
    let shown_by = known.and_then(|known| known.symbol.as_deref());
    let named = u32::try_from(reaction.people.len()).unwrap_or(u32::MAX);
    let count = reaction.count.max(named);
    let count_shown = || part("span", "reaction-count").text(&messages.number(count)).view();
    let symbol = |symbol| part("span", "reaction-symbol").attr("aria-hidden", "true").text(symbol).view();
    // Blanks part them, for eyes and ears alike.
    let blank = |shown: bool| if shown { text(" ") } else { View::default() };
    let words = vec![
        shown_by.map(symbol).unwrap_or_default(),
        blank(shown_by.is_some()),
        part("span", "reaction-label").text(label.unwrap_or(reaction.tag.as_str())).view(),
        blank(count > 0),
        if count > 0 { count_shown() } else { View::default() },
    ];
    let words = match chosen {
        Some(chosen) => {
            let pressed = chosen.contains(&reaction.tag);
            let (id, tag) = (reply.id.clone(), reaction.tag.clone());
            let press = move |_| {
                let act = Act::React { tag: tag.clone(), chosen: !pressed };
                store.dispatch(Event::ActPressed { id: id.clone(), act });
            };
            let button = part("button", "reaction-button")
                .attr("type", "button")
                .attr("aria-pressed", if pressed { "true" } else { "false" })
                .on("click", press);
            vec![button.children(words).view()]
        }
        None => words,
    };
    part("div", "reaction")
        .attr("data-tag", reaction.tag.as_str())
        .maybe("data-quiet", (count == 0).then_some(""))
        .children(words)
        .child(blank(named > 0))
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
    let mut names = Vec::new();
    for person in people {
        names.push(author_name(Some(person), &messages).to_owned());
    }
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
            .text(" ")
            .child(part("div", "reaction-more-people").children(folded).view())
            .view()
    });
    let mut shown = named(first, hidden > 0, &messages);
    shown.extend(more.into_iter().flat_map(|more| [text(" "), more]));
    Some(part("div", "reaction-people").children(shown).view())
}

/// Names in a list; an open list is followed by more.
fn named(names: &[String], open: bool, messages: &Messages) -> Vec<View> {
    let mut views = Vec::new();
    for shown in names {
        views.push(name(shown));
    }
    filled(messages.people(names, open), views)
}
