//! What stands in a body: its text as a tree, and the people and addresses in it.
//!
//! Pure: knows no database and no rule of what may be said.

use std::collections::BTreeSet;

use afterword_contract::{Format, Person};
use afterword_markup::{Block, Document, Inline, Names, parse_html, parse_markdown, parse_text};

/// The tree of `body`, in which `people` are those who may be mentioned.
pub(crate) fn parse<'a>(
    body: &str,
    format: &Format,
    people: impl IntoIterator<Item = &'a Person>,
) -> Document {
    let names: Vec<(&str, Option<&str>)> = people
        .into_iter()
        .map(|person| (person.name.as_str(), person.id.as_ref().map(|id| id.as_str())))
        .collect();
    let names = Names::new(&names);
    match format {
        Format::Markdown => parse_markdown(body, &names),
        Format::Html => parse_html(body, &names),
        Format::Text | Format::Other(_) => parse_text(body, &names),
    }
}

/// The ids of those whom the text mentions, each with the name as it is written there.
pub(crate) fn mentioned(document: &Document) -> BTreeSet<(&str, &str)> {
    let mut people = BTreeSet::new();
    document.each_inline(|inline| {
        if let Inline::Mention { person: Some(id), name } = inline {
            people.insert((id.as_str(), name.as_str()));
        }
    });
    people
}

/// The addresses that the text links to.
pub(crate) fn links(document: &Document) -> BTreeSet<&str> {
    let mut links = BTreeSet::new();
    document.each_inline(|inline| {
        if let Inline::Link { href, .. } = inline {
            links.insert(href.as_str());
        }
    });
    links
}

/// The names under which the text quotes others, however deep the quotes stand: whatever a writer gives as one is read
/// above the quote, and is no part of its text.
pub(crate) fn attributions(document: &Document) -> Vec<&str> {
    let mut names = Vec::new();
    let mut rest: Vec<&[Block]> = vec![&document.blocks];
    while let Some(blocks) = rest.pop() {
        for block in blocks {
            match block {
                Block::Quote(quote) => {
                    names.extend(quote.author.as_deref());
                    rest.push(&quote.blocks);
                }
                Block::List { items, .. } => rest.extend(items.iter().map(|item| &*item.blocks)),
                Block::Paragraph(_) | Block::Heading(..) | Block::Code { .. } | Block::Rule => {}
            }
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use afterword_contract::{Format, Person};

    use super::{links, mentioned, parse};

    #[test]
    fn people_and_addresses_are_found_wherever_they_stand() {
        let avon =
            Person { id: Some("u2".to_owned().into()), name: "avon b7".to_owned(), ..Person::default() };
        let body = "- **@avon b7**, see [this](https://example.org/a)\n\n> http://example.org/b\n\n`@avon b7 http://c.org`";
        let document = parse(body, &Format::Markdown, [&avon]);
        assert_eq!(mentioned(&document).into_iter().collect::<Vec<_>>(), [("u2", "avon b7")]);
        assert_eq!(
            links(&document).into_iter().collect::<Vec<_>>(),
            ["http://example.org/b", "https://example.org/a"]
        );
        let document = parse("<a href='https://example.org/c'>c</a>", &Format::Html, []);
        assert_eq!(links(&document).len(), 1);
    }
}
