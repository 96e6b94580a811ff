//! Who wrote a reply.

use super::element::{OUTWARD, View, name, part};
use crate::messages::Messages;
use crate::store::Store;
use crate::text::{hue, initials, trim};
use afterword_contract::{Person, PersonId};

/// Whether a reply's author can be named.
enum Known<'a> {
    Yes(&'a Person),
    Unknown,
    Erased,
}

fn known(author: Option<&Person>) -> Known<'_> {
    match author {
        Some(person) if person.erased => Known::Erased,
        Some(person) if !trim(&person.name).is_empty() => Known::Yes(person),
        _ => Known::Unknown,
    }
}

/// The name as a reader sees it, also where there is none.
pub(super) fn author_name<'a>(author: Option<&'a Person>, messages: &Messages) -> &'a str {
    match known(author) {
        Known::Yes(person) => &person.name,
        Known::Unknown => messages.unknown_author(),
        Known::Erased => messages.erased_author(),
    }
}

/// A picture, or initials on a colour that belongs to the person. Decoration: the name stands beside it.
pub(super) fn avatar(author: Option<&Person>) -> View {
    match known(author) {
        Known::Yes(Person { avatar: Some(address), .. }) if is_web(address) => part("img", "avatar")
            // The address last: some browsers begin to load as soon as they have it.
            .attrs(&[
                ("alt", ""),
                ("width", "40"),
                ("height", "40"),
                ("loading", "lazy"),
                ("decoding", "async"),
                ("referrerpolicy", "no-referrer"),
            ])
            .attr("src", address)
            .view(),
        Known::Yes(person) => {
            let key = person.id.as_ref().map_or(&*person.name, PersonId::as_str);
            letters(&initials(&person.name), Some(&hue(key).to_string()))
        }
        Known::Unknown | Known::Erased => letters("?", None),
    }
}

fn letters(text: &str, hue: Option<&str>) -> View {
    part("span", "avatar").attr("aria-hidden", "true").maybe("data-hue", hue).text(text).view()
}

/// Name, role and number of posts.
pub(super) fn author(store: Store, author: Option<&Person>) -> Vec<View> {
    let messages = store.messages();
    let shown = author_name(author, &messages);
    let person = match known(author) {
        Known::Yes(person) => person,
        Known::Unknown => {
            return vec![part("span", "reply-author").attr("data-known", "unknown").text(shown).view()];
        }
        Known::Erased => {
            return vec![part("span", "reply-author").attr("data-known", "erased").text(shown).view()];
        }
    };
    let named = match person.url.as_deref().filter(|address| is_web(address)) {
        Some(address) => part("a", "reply-author").attr("href", address).attrs(OUTWARD),
        None => part("span", "reply-author"),
    };
    let mut views = vec![named.attr("data-known", "yes").child(name(shown)).view()];
    let role = person.role.as_deref().and_then(|role| messages.role(role));
    views.extend(role.map(|role| part("span", "reply-role").text(&role).view()));
    views.extend(person.posts.map(|posts| part("span", "reply-posts").text(&messages.posts(posts)).view()));
    views
}

/// Only addresses of the web are linked or loaded, whatever the backend sends.
fn is_web(address: &str) -> bool {
    let starts =
        |scheme: &str| address.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme));
    starts("https://") || starts("http://")
}

#[cfg(test)]
mod tests {
    use super::is_web;

    #[test]
    fn only_web_addresses_are_linked() {
        assert!(is_web("https://example.org/"));
        assert!(is_web("HTTP://example.org"));
        for address in
            ["javascript:alert(1)", " https://x", "data:text/html,x", "//example.org", "", "https:"]
        {
            assert!(!is_web(address), "{address}");
        }
    }
}
