//! Isso's comments, as the contract has them. Pure: JSON in, replies out.

use std::collections::{HashMap, HashSet};

use afterword_contract::{Format, Person, Reaction, Reply, ReplyId, Revision, Status, Timestamp};
use serde_json::Value;

use super::{absolute, comment_id, uri};
use crate::body::{Act, Rules, rewritten};
use crate::cursor::Position;
use crate::json::{count, list, text, whole};
use crate::people::{People, answers};
use crate::system::Found;
use crate::tags::Tags;
use crate::upstream::Base;

/// Everybody reads it.
const PUBLISHED: u64 = 1;
/// Deleted, and still there because others answer it.
const DELETED: u64 = 4;

/// All comments by time: the first has number 1.
pub(crate) struct Comments<'a> {
    all: Vec<Comment<'a>>,
    /// Numbers by ids.
    numbers: HashMap<u64, u32>,
}

impl<'a> Comments<'a> {
    /// Those of an answer to the question for a page's comments.
    pub(crate) fn read(answer: &'a Value) -> Self {
        let comments = list(answer, "replies");
        let nested = comments.iter().flat_map(|comment| list(comment, "replies"));
        let mut all: Vec<_> = comments.iter().chain(nested).filter_map(Comment::read).collect();
        all.sort_by_key(|comment| (comment.created, comment.id));
        let mut seen = HashSet::new();
        all.retain(|comment| seen.insert(comment.id));
        let numbers = all.iter().map(|comment| comment.id).zip(1..).collect();
        Self { all, numbers }
    }

    /// How many numbers there are.
    pub(crate) fn total(&self) -> u32 {
        u32::try_from(self.all.len()).unwrap_or(u32::MAX)
    }

    /// Every number, and how many reactions its comment has.
    pub(crate) fn positions(&self) -> impl Iterator<Item = Position> {
        self.all.iter().zip(1..).map(|(comment, number)| {
            let shown = comment.status == Status::Published;
            let counted = KINDS.iter().map(|(.., field)| u64::from(count(comment.json, field)));
            Position { reactions: counted.sum::<u64>() * u64::from(shown), number }
        })
    }

    /// The replies with these numbers, of the page that `thread` names.
    pub(crate) fn replies(&self, numbers: &[u32], thread: &str, base: &Base) -> Found {
        let mut tags = Tags::default();
        let comment =
            |number: u32| Some((number, self.all.get(usize::try_from(number).ok()?.checked_sub(1)?)?));
        let asked = numbers.iter().filter_map(|number| comment(*number));
        let replies = asked.map(|(number, comment)| comment.reply(number, self, thread, base, &mut tags));
        Found { replies: replies.collect(), tags: tags.chosen() }
    }
}

/// Tag, label and symbol of a reaction, and the field that counts it.
const KINDS: [(&str, &str, &str, &str); 2] =
    [("like", "Like", "👍", "likes"), ("dislike", "Dislike", "👎", "dislikes")];

/// A comment that can be shown, or of which it can be shown that it was there.
struct Comment<'a> {
    json: &'a Value,
    id: u64,
    /// In milliseconds since 1970-01-01T00:00:00Z.
    created: i64,
    status: Status,
}

impl<'a> Comment<'a> {
    fn read(json: &'a Value) -> Option<Self> {
        let status = match whole(json, "mode").unwrap_or(PUBLISHED) {
            PUBLISHED => Status::Published,
            DELETED => Status::Deleted,
            // One that is held has no place among the others yet.
            _ => return None,
        };
        Some(Self { json, id: whole(json, "id")?, created: millis(json, "created").unwrap_or(0), status })
    }

    fn reply(
        &self,
        number: u32,
        comments: &Comments<'_>,
        thread: &str,
        base: &Base,
        tags: &mut Tags,
    ) -> Reply {
        let Comments { numbers, .. } = comments;
        let modified = millis(self.json, "modified");
        let mut reply = Reply {
            id: ReplyId(self.id.to_string()),
            number: Some(number),
            published: millis(self.json, "created").map(Timestamp::from_millis),
            status: self.status.clone(),
            format: Format::Html,
            ..Reply::default()
        };
        if self.status == Status::Deleted {
            return reply;
        }
        let target = |address: &str| numbers.get(&comment_id(uri(thread), address)?).copied();
        let absolute = |address: &str| absolute(thread, base, address);
        let rules = Rules { absolute: &absolute, reply: &target, element: &|_| Act::AsOthers };
        let body = rewritten(text(self.json, "text").unwrap_or_default(), &rules);
        (reply.quotes, reply.mentions) = People::new([]).in_body(&body, number, comments.total());
        let parent = whole(self.json, "parent").and_then(|parent| numbers.get(&parent));
        // What is answered stands in the order of time anywhere above, and Isso's own page shows it by its place.
        let answered = parent.filter(|parent| reply.quotes.iter().all(|quote| quote.number != **parent));
        reply.body = answered.copied().map(answers).unwrap_or_default() + &body;
        reply.author = author(self.json);
        reply.edited = modified.map(Timestamp::from_millis);
        reply.revision = Revision(modified.map_or_else(|| "1".to_owned(), |modified| modified.to_string()));
        reply.reactions = reactions(self.json, tags);
        reply
    }
}

/// Who wrote it, by the name and the website given. What Isso makes from a mail address (`hash`,
/// `gravatar_image`) goes no further.
fn author(comment: &Value) -> Option<Person> {
    let url =
        text(comment, "website").filter(|url| url.starts_with("https://") || url.starts_with("http://"));
    let name = text(comment, "author")?.to_owned();
    Some(Person { name, url: url.map(str::to_owned), ..Person::default() })
}

fn reactions(comment: &Value, tags: &mut Tags) -> Vec<Reaction> {
    let read = |(tag, label, symbol, field)| tags.reaction(tag, label, Some(symbol), count(comment, field));
    KINDS.into_iter().filter_map(read).collect()
}

/// A time in seconds since 1970 with a fraction, in milliseconds.
fn millis(comment: &Value, name: &str) -> Option<i64> {
    let seconds = comment.get(name)?.as_f64().filter(|seconds| seconds.is_finite())?;
    Some((seconds * 1000.0).round() as i64)
}
