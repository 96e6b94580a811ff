//! What the contract tolerates, put as the database keeps it: unknown words become the ones that they stand
//! for, and what says nothing goes. What is wrong beyond that is for [`validate`](crate::validate) to refuse.
//!
//! Pure: knows no database and no clock. For files alone; whoever writes through a route is told.

use afterword_contract::{Format, PageReference, Person, Reply, Status, Thread};

use crate::{validate, words};

/// A thread as a whole, its replies aside.
pub(crate) fn thread(thread: &mut Thread) {
    address(&mut thread.url);
}

/// One reply.
pub(crate) fn reply(reply: &mut Reply) {
    if let Status::Other(_) = reply.status {
        reply.status = Status::Published;
    }
    if let Format::Other(word) = &reply.format
        && !validate::is_word(word)
    {
        reply.format = Format::Text;
    }
    for moment in [&mut reply.published, &mut reply.edited] {
        moment.take_if(|moment| moment.millis().is_none());
    }
    reply.author = reply.author.take().filter(is_somebody);
    reply.author.iter_mut().for_each(person);
    let reacted = reply.reactions.iter_mut().map(|reaction| &mut reaction.people);
    for people in reacted.chain([&mut reply.mentions]) {
        people.retain(is_somebody);
        people.iter_mut().for_each(person);
    }
}

/// The page that a new thread belongs to, as its own script tells of it. Nobody who writes there is to blame for
/// a title that is too long: what cannot be kept is left out.
pub(crate) fn page(page: PageReference) -> PageReference {
    let title = page.title.map(|title| {
        let visible: String = title.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        let title = words::squeezed(&visible);
        let end = (0..=title.len().min(validate::TITLE_BYTES)).rfind(|end| title.is_char_boundary(*end));
        title.get(..end.unwrap_or_default()).unwrap_or_default().to_owned()
    });
    let is_sound = |url: &String| {
        validate::is_web_address(url) && url.len() <= validate::URL_BYTES && !url.contains(char::is_control)
    };
    PageReference { title: title.filter(|title| !title.is_empty()), url: page.url.filter(is_sound) }
}

/// Whether there is a name, or a reason why there is none.
fn is_somebody(person: &Person) -> bool {
    person.erased || !person.name.trim().is_empty()
}

fn person(person: &mut Person) {
    address(&mut person.avatar);
    address(&mut person.url);
}

fn address(url: &mut Option<String>) {
    url.take_if(|url| !validate::is_web_address(url));
}

#[cfg(test)]
mod tests {
    use afterword_contract::{Reply, Thread};
    use serde_json::json;

    #[test]
    fn unknown_words_become_the_ones_that_they_stand_for() {
        let told = |status: &str, format: &str| {
            let mut reply: Reply =
                serde_json::from_value(json!({ "status": status, "format": format })).unwrap();
            super::reply(&mut reply);
            (reply.status.as_str().to_owned(), reply.format.as_str().to_owned())
        };
        let expected = |status: &str, format: &str| (status.to_owned(), format.to_owned());
        assert_eq!(
            told("featured", "asciidoc"),
            expected("published", "asciidoc"),
            "drawn as text by readers"
        );
        assert_eq!(told("", "a\nb"), expected("published", "text"));
        assert_eq!(told("hidden", "html"), expected("hidden", "html"));
    }

    #[test]
    fn what_says_nothing_goes_and_the_rest_stays() {
        let mut reply: Reply = serde_json::from_value(json!({
            "author": { "id": "u1", "name": "Ada", "avatar": "data:image/png,x", "url": "https://example.org" },
            "published": "yesterday", "edited": "2020-01-01T00:00:00Z",
            "mentions": [{ "id": "u2" }, { "name": "Old Tom" }, { "erased": true }],
            "reactions": [{ "tag": "like", "count": 2, "people": [{ "name": " " }, { "name": "Old Tom" }] }],
        }))
        .unwrap();
        super::reply(&mut reply);
        let author = reply.author.as_ref().unwrap();
        assert_eq!((author.avatar.as_deref(), author.url.as_deref()), (None, Some("https://example.org")));
        assert_eq!((reply.published.is_some(), reply.edited.is_some()), (false, true));
        assert_eq!(
            (reply.mentions.len(), reply.reactions[0].people.len(), reply.reactions[0].count),
            (2, 1, 2)
        );
        reply.author.as_mut().unwrap().name.clear();
        super::reply(&mut reply);
        assert_eq!(reply.author, None);
        let mut thread = Thread { url: Some("javascript:alert(1)".to_owned()), ..Thread::default() };
        super::thread(&mut thread);
        assert_eq!(thread.url, None);
    }
}
