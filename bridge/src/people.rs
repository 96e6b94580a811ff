//! Whom and what a body names: quotes by number, and people who are known by an id.

use afterword_contract::{Person, PersonId, Quote};
use afterword_markup::{Document, Inline, Names, parse_html, quotes};

/// Everybody of whom a page knows an id.
pub(crate) struct People(Names);

impl People {
    /// The first of those with the same name is meant by it.
    pub(crate) fn new<'a>(people: impl IntoIterator<Item = &'a Person>) -> Self {
        let known = people.into_iter().filter(|person| !person.erased);
        let names: Vec<_> = known
            .filter_map(|person| Some((person.name.as_str(), Some(person.id.as_ref()?.as_str()))))
            .collect();
        Self(Names::new(&names))
    }

    /// What the HTML of reply `number` of a thread with `total` numbers quotes, outermost quotes only, and whom it
    /// mentions, each once. Nobody checks whether the words are the source's.
    pub(crate) fn in_body(&self, html: &str, number: u32, total: u32) -> (Vec<Quote>, Vec<Person>) {
        let document = parse_html(html, &self.0);
        let there = |source: &u32| (1..=total).contains(source) && *source != number;
        let sources = quotes(&document).into_iter().filter_map(|quote| quote.source);
        let quoted = sources.filter(there).map(|number| Quote { number, exact: None }).collect();
        // An id that the markup tells is older than a name, which may be another's by now.
        let mut people = mentioned(&parse_html(html, &Names::default()));
        for person in mentioned(&document) {
            if people.iter().all(|known| known.name != person.name) {
                people.push(person);
            }
        }
        (quoted, people)
    }
}

fn mentioned(document: &Document) -> Vec<Person> {
    let mut people: Vec<Person> = Vec::new();
    document.each_inline(|inline| {
        if let Inline::Mention { name, person: Some(id) } = inline
            && people.iter().all(|known| known.name != *name)
        {
            let id = Some(PersonId(id.clone()));
            people.push(Person { id, name: name.clone(), ..Person::default() });
        }
    });
    people
}

/// They draw people without a picture, from the hash of a mail address: Vanilla's own among them.
const HASHED: [&str; 3] = ["gravatar.com", "vanillicon.com", "libravatar.org"];

/// The address of a picture, if it may travel: not where it is made from the hash of a mail address.
pub(crate) fn picture(address: Option<String>) -> Option<String> {
    address.filter(|address| {
        let address = address.to_ascii_lowercase();
        HASHED.iter().all(|host| !address.contains(host))
    })
}

/// A line that leads to the reply which this one answers. The widget puts its own words there.
pub(crate) fn answers(number: u32) -> String {
    format!("<p>↪ <a href=\"#reply-{number}\"></a></p>")
}

#[cfg(test)]
mod tests {
    use afterword_contract::{Person, PersonId};

    use super::{People, picture};

    #[test]
    fn whom_the_markup_names_by_an_id_is_meant_whoever_has_that_name_now() {
        let now = Person { id: Some(PersonId("9".to_owned())), name: "joe".to_owned(), ..Person::default() };
        let body = "<a class=atMention data-username=joe data-userid=4>@joe</a>";
        let (_, mentions) = People::new([&now]).in_body(body, 2, 9);
        let ids: Vec<_> = mentions.iter().map(|person| person.id.as_ref().unwrap().as_str()).collect();
        assert_eq!(ids, ["4"]);
        let (_, mentions) = People::new([&now]).in_body("<a class=mention>@joe</a>", 2, 9);
        assert_eq!(mentions, [now]);
    }

    #[test]
    fn pictures_made_from_mail_addresses_do_not_travel() {
        for address in [
            "https://secure.gravatar.com/avatar/0bc83cb571cd1c50",
            "https://w0.vanillicon.com/v2/0bc83cb571cd1c50.svg",
            "https://seccdn.LibrAvatar.org/avatar/0bc83cb571cd1c50",
            "https://forum.example/proxy?url=https://www.gravatar.com/avatar/0bc83cb571cd1c50",
        ] {
            assert_eq!(picture(Some(address.to_owned())), None, "{address}");
        }
        assert!(picture(Some("https://forum.example/uploads/2.png".to_owned())).is_some());
    }
}
