//! Vanilla's discussion and comments, as the contract has them. Pure: JSON in, replies out.

use std::collections::HashMap;

use afterword_contract::{
    Format, Person, PersonId, Reaction, Reply, ReplyId, Revision, Status, Thread, Timestamp,
};
use serde_json::Value;

use crate::body::{Act, Element, Rules, escaped, rewritten};
use crate::json::{count, list, text, truth, whole};
use crate::people::{People, answers, picture};
use crate::system::Found;
use crate::tags::{Tags, each_once};
use crate::upstream::Base;

/// So deep do quotes hold quotes. What is deeper is a link.
const DEEPEST: u32 = 3;

/// What is true of a discussion, but for its id and its total.
pub(crate) fn thread(discussion: &Value, base: &Base) -> Thread {
    let url = text(discussion, "canonicalUrl").or(text(discussion, "url"));
    Thread {
        title: text(discussion, "name").map(str::to_owned),
        url: url.and_then(|url| base.absolute(url)),
        locked: truth(discussion, "closed"),
        ..Thread::default()
    }
}

/// The replies with these numbers; where there is no record, a tombstone. `records` are the discussion and comments, ascending, each with its number.
pub(crate) fn replies(records: &[(&Value, u32)], id: u64, numbers: &[u32], total: u32, base: &Base) -> Found {
    let authors: Vec<_> = records.iter().filter_map(|(record, _)| author(record, base)).collect();
    let ids = records.iter().filter_map(|(record, number)| Some((whole(record, "commentID")?, *number)));
    let page = Page { id, total, base, numbers: ids.collect(), people: People::new(&authors) };
    let mut tags = Tags::default();
    let record = |wanted: &u32| {
        let place = records.binary_search_by_key(wanted, |(_, number)| *number).ok()?;
        records.get(place)
    };
    let replies = numbers.iter().map(|number| match record(number) {
        Some((record, _)) => page.reply(record, *number, &mut tags),
        None => Reply {
            id: ReplyId(format!("d{id}.{number}")),
            number: Some(*number),
            status: Status::Deleted,
            ..Reply::default()
        },
    });
    Found { replies: replies.collect(), tags: tags.chosen() }
}

/// How many reactions a record has.
pub(crate) fn reacted(record: &Value) -> u64 {
    list(record, "reactions").iter().map(|reaction| u64::from(count(reaction, "count"))).sum()
}

/// Who wrote it; null where Vanilla does not say.
fn author(record: &Value, base: &Base) -> Option<Person> {
    let user = record.get("insertUser")?;
    let id = whole(user, "userID")?;
    if id == 0 {
        // In place of somebody who is not there any more.
        return Some(Person { erased: true, ..Person::default() });
    }
    Some(Person {
        id: Some(PersonId(id.to_string())),
        name: text(user, "name")?.to_owned(),
        // A rank; some sites have HTML in it.
        role: text(user, "label").filter(|label| !label.contains(['<', '&'])).map(str::to_owned),
        avatar: picture(text(user, "photoUrl").and_then(|photo| base.absolute(photo))),
        url: text(user, "url").and_then(|url| base.absolute(url)),
        ..Person::default()
    })
}

/// What the replies of one page share.
struct Page<'a> {
    id: u64,
    total: u32,
    base: &'a Base,
    /// The numbers of comments, by their ids.
    numbers: HashMap<u64, u32>,
    people: People,
}

impl Page<'_> {
    fn reply(&self, record: &Value, number: u32, tags: &mut Tags) -> Reply {
        let id = match whole(record, "commentID") {
            Some(id) => format!("c{id}"),
            None => format!("d{}", self.id),
        };
        let edited = time(record, "dateUpdated");
        let body = self.body(text(record, "body").unwrap_or_default(), 0);
        let (quotes, mentions) = self.people.in_body(&body, number, self.total);
        let parent = whole(record, "parentCommentID").and_then(|parent| self.numbers.get(&parent));
        let answered = parent.filter(|parent| quotes.iter().all(|quote| quote.number != **parent));
        Reply {
            id: ReplyId(id),
            number: Some(number),
            author: author(record, self.base),
            published: time(record, "dateInserted").map(Timestamp::from_millis),
            edited: edited.map(Timestamp::from_millis),
            revision: Revision(edited.map_or_else(|| "1".to_owned(), |edited| edited.to_string())),
            status: Status::Published,
            format: Format::Html,
            body: answered.copied().map(answers).unwrap_or_default() + &body,
            quotes,
            mentions,
            reactions: reactions(record, tags),
            ..Reply::default()
        }
    }

    fn body(&self, html: &str, depth: u32) -> String {
        let reply = |address: &str| self.number(address);
        let element = |element: &Element<'_>| match embed(element) {
            Some(embed) => Act::Instead(self.embedded(&embed, depth)),
            None => Act::AsOthers,
        };
        let absolute = |address: &str| self.base.absolute(address);
        rewritten(html, &Rules { absolute: &absolute, reply: &reply, element: &element })
    }

    /// The number of the record to which an address leads.
    fn number(&self, address: &str) -> Option<u32> {
        let address = self.base.absolute(address)?;
        let path = self.base.within(&address)?.strip_prefix("/discussion/")?;
        let first = |path: &str| path.split(['/', '?', '#']).next().and_then(|id| id.parse::<u64>().ok());
        if let Some(comment) = path.strip_prefix("comment/") {
            return self.numbers.get(&first(comment)?).copied();
        }
        if let Some((_, comment)) = path.split_once("#Comment_") {
            return self.numbers.get(&comment.parse().ok()?).copied();
        }
        (first(path)? == self.id).then_some(1)
    }

    /// What is embedded in a body: a quote of another record, or something on the web.
    fn embedded(&self, embed: &Value, depth: u32) -> String {
        let url = text(embed, "url").and_then(|url| self.base.absolute(url)).map(|url| escaped(&url));
        if text(embed, "embedType") != Some("quote") || depth >= DEEPEST {
            let shown = text(embed, "name").map(escaped).or(url.clone()).unwrap_or_default();
            return url.map(|url| format!("<p><a href=\"{url}\">{shown}</a></p>")).unwrap_or_default();
        }
        let record = whole(embed, "recordID").unwrap_or_default();
        let source = match text(embed, "recordType") {
            Some("comment") => self.numbers.get(&record).copied(),
            Some("discussion") => (record == self.id).then_some(1),
            _ => None,
        };
        let cite = source.map(|number| format!(" cite=\"#reply-{number}\"")).unwrap_or_default();
        let author = embed.get("insertUser").and_then(|user| text(user, "name")).map(escaped);
        let author =
            author.map(|name| format!("<div class=\"QuoteAuthor\"><a>{name}</a></div>")).unwrap_or_default();
        let quoted = self.body(text(embed, "body").unwrap_or_default(), depth + 1);
        format!(
            "<blockquote class=\"UserQuote\"{cite}>{author}<div class=\"QuoteText\">{quoted}</div></blockquote>"
        )
    }
}

/// What an element embeds, as Vanilla writes it beside it.
fn embed(element: &Element<'_>) -> Option<Value> {
    if !element.has_class("js-embed") {
        return None;
    }
    // The name of an attribute has no capital letters once it is read.
    serde_json::from_str(element.attribute("data-embedjson")?).ok()
}

fn reactions(record: &Value, tags: &mut Tags) -> Vec<Reaction> {
    let read = |reaction: &Value| {
        let id = text(reaction, "urlcode").or(text(reaction, "urlCode")).or(text(reaction, "name"))?;
        let label = text(reaction, "name").unwrap_or(id);
        tags.reaction(&id.to_lowercase(), label, None, count(reaction, "count"))
    };
    each_once(list(record, "reactions").iter().filter_map(read))
}

/// In milliseconds since 1970-01-01T00:00:00Z.
fn time(record: &Value, name: &str) -> Option<i64> {
    Timestamp::from(text(record, name)?).millis()
}
