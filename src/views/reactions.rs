//! Who reacted to a reply, in words.

use std::sync::Arc;

use afterword_contract::{Person, Reaction, Reply};
use leptos::prelude::*;

use super::author::author_name;
use super::sentence::filled;
use crate::messages::Messages;
use crate::store::Store;

/// So many names are shown; the others are folded.
const SHOWN: usize = 6;

/// The reaction tags of a reply with the people who chose them.
#[component]
pub(super) fn Reactions(store: Store, reply: Arc<Reply>) -> impl IntoView {
    let reactions: Vec<_> = reply.reactions.iter().filter(|reaction| reaction.count > 0 || !reaction.people.is_empty()).cloned().collect();
    if reactions.is_empty() {
        return None;
    }
    let messages = store.messages();
    let author = reply.author.clone().map(|author| author_name(Some(author), &messages));
    let label = messages.reactions_label(reply.number.unwrap_or_default(), author.as_deref());
    let tags = reactions.into_iter().map(|reaction| tag(store, reaction)).collect::<Vec<_>>();
    Some(view! { <div part="reactions" role="group" aria-label={label}>{tags}</div> }.into_any())
}

/// One tag: symbol, label, count and names. A tag that the thread does not list is shown by its own word.
fn tag(store: Store, reaction: Reaction) -> AnyView {
    let messages = store.messages();
    let known = store.peek(|thread| {
        thread.info().reaction_tags.iter().find(|known| known.tag == reaction.tag).cloned()
    });
    let (label, symbol) = match known {
        Some(known) if !known.label.is_empty() => (known.label, known.symbol),
        Some(known) => (known.tag.0, known.symbol),
        None => (reaction.tag.0.clone(), None),
    };
    let named = u32::try_from(reaction.people.len()).unwrap_or(u32::MAX);
    let count = messages.number(reaction.count.max(named));
    let unnamed = reaction.count.saturating_sub(named);
    view! {
        <div part="reaction" data-tag={reaction.tag.0}>
            {symbol.map(|symbol| view! { <span part="reaction-symbol" aria-hidden="true">{symbol}</span> })}
            <span part="reaction-label">{label}</span>
            <span part="reaction-count">{count}</span>
            {people(store, reaction.people, unnamed)}
        </div>
    }
    .into_any()
}

/// The names as a list in words; beyond [`SHOWN`] they are folded behind "and 3 more". `unnamed` people are only
/// counted.
fn people(store: Store, people: Vec<Person>, unnamed: u32) -> Option<AnyView> {
    if people.is_empty() {
        return None;
    }
    let messages = store.messages();
    let names: Vec<String> = people.into_iter().map(|person| author_name(Some(person), &messages)).collect();
    // One name is not folded away: "and 1 more" would be as long as the name.
    let shown = if names.len() > SHOWN + 1 { SHOWN } else { names.len() };
    let (first, rest) = names.split_at_checked(shown)?;
    let hidden = u64::from(unnamed) + rest.len() as u64;
    let more = (hidden > 0).then(|| {
        let more = messages.and_more(hidden);
        if rest.is_empty() {
            return more.into_any();
        }
        view! {
            <details part="reaction-more">
                <summary part="reaction-more-summary">{more}</summary>
                <div part="reaction-more-people">
                    {named(rest, unnamed > 0, &messages)}
                    {(unnamed > 0).then(|| messages.and_more(unnamed.into()))}
                </div>
            </details>
        }
        .into_any()
    });
    Some(view! { <div part="reaction-people">{named(first, hidden > 0, &messages)} {more}</div> }.into_any())
}

/// Names in a list; an open list is followed by more.
fn named(names: &[String], open: bool, messages: &Messages) -> Vec<AnyView> {
    let views = names.iter().map(|name| view! { <bdi>{name.clone()}</bdi> }.into_any()).collect();
    filled(messages.people(names, open), views)
}
