//! Who wrote a reply.

use afterword_contract::Person;
use leptos::prelude::*;

use crate::messages::Messages;
use crate::store::Store;
use crate::text::{hue, initials};

/// Whether a reply's author can be named.
enum Known {
    Yes(Person),
    Unknown,
    Erased,
}

fn known(author: Option<Person>) -> Known {
    match author {
        Some(person) if person.erased => Known::Erased,
        Some(person) if !person.name.trim().is_empty() => Known::Yes(person),
        _ => Known::Unknown,
    }
}

/// The name as a reader sees it, also where there is none.
pub(super) fn author_name(author: Option<Person>, messages: &Messages) -> String {
    match known(author) {
        Known::Yes(person) => person.name,
        Known::Unknown => messages.unknown_author().to_owned(),
        Known::Erased => messages.erased_author().to_owned(),
    }
}

/// A picture, or initials on a colour that belongs to the person. Decoration: the name stands beside it.
#[component]
pub(super) fn Avatar(author: Option<Person>) -> impl IntoView {
    match known(author) {
        Known::Yes(Person { avatar: Some(address), .. }) if is_web(&address) => view! {
            <img
                part="avatar"
                alt=""
                src={address}
                width="40"
                height="40"
                loading="lazy"
                decoding="async"
                referrerpolicy="no-referrer"
            />
        }
        .into_any(),
        Known::Yes(person) => {
            let key = person.id.map_or_else(|| person.name.clone(), |id| id.0);
            letters(initials(&person.name), Some(hue(&key).to_string()))
        }
        Known::Unknown | Known::Erased => letters("?".to_owned(), None),
    }
}

fn letters(text: String, hue: Option<String>) -> AnyView {
    view! { <span part="avatar" aria-hidden="true" data-hue={hue}>{text}</span> }.into_any()
}

/// Name, role and number of posts.
#[component]
pub(super) fn Author(store: Store, author: Option<Person>) -> impl IntoView {
    let messages = store.messages();
    let name = author_name(author.clone(), &messages);
    match known(author) {
        Known::Yes(person) => {
            let role = person.role.as_deref().and_then(|role| messages.role(role));
            let posts = person.posts.map(|posts| messages.posts(posts));
            view! {
                {named(name, person.url.filter(|address| is_web(address)))}
                {role.map(|role| view! { <span part="reply-role">{role}</span> })}
                {posts.map(|posts| view! { <span part="reply-posts">{posts}</span> })}
            }
            .into_any()
        }
        Known::Unknown => view! { <span part="reply-author" data-known={"unknown"}>{name}</span> }.into_any(),
        Known::Erased => view! { <span part="reply-author" data-known={"erased"}>{name}</span> }.into_any(),
    }
}

fn named(name: String, address: Option<String>) -> AnyView {
    // The name may be written in any direction; it must not reorder what stands beside it.
    let name = view! { <bdi>{name}</bdi> };
    match address {
        Some(address) => view! {
            <a
                part="reply-author"
                data-known={"yes"}
                href={address}
                rel="ugc nofollow noopener noreferrer"
                target="_blank"
            >
                {name}
            </a>
        }
        .into_any(),
        None => view! { <span part="reply-author" data-known={"yes"}>{name}</span> }.into_any(),
    }
}

/// Only addresses of the web are linked or loaded, whatever the backend sends.
fn is_web(address: &str) -> bool {
    let starts = |scheme: &str| address.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme));
    starts("https://") || starts("http://")
}

#[cfg(test)]
mod tests {
    use super::is_web;

    #[test]
    fn only_web_addresses_are_linked() {
        assert!(is_web("https://example.org/"));
        assert!(is_web("HTTP://example.org"));
        for address in ["javascript:alert(1)", " https://x", "data:text/html,x", "//example.org", "", "https:"] {
            assert!(!is_web(address), "{address}");
        }
    }
}
