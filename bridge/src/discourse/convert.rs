//! Discourse's topic and posts, as the contract has them. Pure: JSON in, replies out.

use afterword_contract::{
    Format, Person, PersonId, Reaction, Reply, ReplyId, Revision, Status, Thread, Timestamp,
};
use serde_json::Value;

use super::post_number;
use crate::body::{Act, Element, Rules, escaped, rewritten};
use crate::emoji;
use crate::json::{count, list, number, text, truth, whole};
use crate::people::{People, answers, picture};
use crate::system::Found;
use crate::tags::{Tags, each_once};
use crate::upstream::Base;

/// Kinds of posts that are no replies of people: what was done to the topic.
const SMALL_ACTION: u64 = 3;
/// The kind of action that is a like.
const LIKE: u64 = 2;
/// How large pictures of people are asked for, in pixels.
const PICTURE: &str = "96";

/// What is true of a topic, but for its id and its total.
pub(crate) fn thread(topic: &Value, base: &Base) -> Thread {
    let url = whole(topic, "id").map(|id| match text(topic, "slug").filter(|slug| is_plain(slug)) {
        Some(slug) => base.address(&format!("/t/{slug}/{id}")),
        None => base.address(&format!("/t/{id}")),
    });
    Thread {
        title: text(topic, "title").map(str::to_owned),
        url,
        locked: truth(topic, "closed") || truth(topic, "archived"),
        ..Thread::default()
    }
}

/// The replies with these numbers; where there is no post, a tombstone.
pub(crate) fn replies(
    topic: &Value,
    id: u64,
    posts: &[(u32, Option<&Value>)],
    total: u32,
    base: &Base,
) -> Found {
    let known = known(topic, posts.iter().filter_map(|(_, post)| *post), base);
    let page = Page { id, total, base, people: People::new(&known) };
    let mut tags = Tags::default();
    let replies = posts.iter().map(|(number, post)| match post {
        Some(post) => page.reply(post, *number, &mut tags),
        None => Reply {
            id: ReplyId(format!("t{id}.{number}")),
            number: Some(*number),
            status: Status::Deleted,
            ..Reply::default()
        },
    });
    Found { replies: replies.collect(), tags: tags.chosen() }
}

/// How many reactions a post has.
pub(crate) fn reacted(post: &Value) -> u64 {
    match status(post) {
        Status::Published => {
            reactions(post, &mut Tags::default()).iter().map(|one| u64::from(one.count)).sum()
        }
        _ => 0,
    }
}

/// Everybody of whom an id is told: who wrote these posts, is mentioned in them, or wrote most in the topic.
fn known<'a>(topic: &Value, posts: impl Iterator<Item = &'a Value> + Clone, base: &Base) -> Vec<Person> {
    let users = |user: &Value| {
        let id = whole(user, "id").map(|id| PersonId(id.to_string()));
        Some(Person { id, name: text(user, "username")?.to_owned(), ..Person::default() })
    };
    let authors = posts.clone().map(|post| author(post, base));
    let mentioned = posts.flat_map(|post| list(post, "mentioned_users")).filter_map(users);
    let details = topic.get("details").map(|details| list(details, "participants")).unwrap_or_default();
    authors.chain(mentioned).chain(details.iter().filter_map(users)).collect()
}

/// Who wrote a post. The name is the one by which others mention and quote; whose account is gone has none.
fn author(post: &Value, base: &Base) -> Person {
    let Some(name) = text(post, "username") else {
        return Person { erased: true, ..Person::default() };
    };
    let avatar = text(post, "avatar_template").map(|template| template.replace("{size}", PICTURE));
    let role = match () {
        () if truth(post, "admin") => Some("admin"),
        () if truth(post, "moderator") || truth(post, "group_moderator") => Some("moderator"),
        () => None,
    };
    Person {
        id: whole(post, "user_id").map(|id| PersonId(id.to_string())),
        name: name.to_owned(),
        role: role.map(str::to_owned),
        avatar: picture(avatar.and_then(|avatar| base.absolute(&avatar))),
        url: is_plain(name).then(|| base.address(&format!("/u/{name}"))),
        ..Person::default()
    }
}

/// Whether a name can stand in an address as it is.
fn is_plain(name: &str) -> bool {
    name.chars().all(|c| c.is_ascii_alphanumeric() || "-._".contains(c))
}

fn status(post: &Value) -> Status {
    match () {
        () if text(post, "deleted_at").is_some() => Status::Deleted,
        // By its author: for a day a sentence of Discourse's stands in place of the text.
        () if truth(post, "user_deleted") => Status::Deleted,
        () if truth(post, "hidden") => Status::Hidden,
        () => Status::Published,
    }
}

/// What the replies of one page share.
struct Page<'a> {
    id: u64,
    total: u32,
    base: &'a Base,
    people: People,
}

impl Page<'_> {
    fn reply(&self, post: &Value, number: u32, tags: &mut Tags) -> Reply {
        let version = whole(post, "version").unwrap_or(1);
        let id = whole(post, "id").map_or_else(|| format!("t{}.{number}", self.id), |id| id.to_string());
        let mut reply = Reply {
            id: ReplyId(id),
            number: Some(number),
            author: Some(author(post, self.base)),
            published: time(post, "created_at"),
            edited: time(post, "updated_at").filter(|_| version > 1),
            revision: Revision(version.to_string()),
            status: status(post),
            format: Format::Html,
            ..Reply::default()
        };
        if reply.status == Status::Published {
            let body = self.body(post);
            (reply.quotes, reply.mentions) = self.people.in_body(&body, number, self.total);
            let answered = self::number(post, "reply_to_post_number").filter(|answered| {
                // What stands right above, or is quoted, needs no line of its own.
                answered.saturating_add(1) < number
                    && reply.quotes.iter().all(|quote| quote.number != *answered)
            });
            reply.body = answered.map(answers).unwrap_or_default() + &body;
            reply.reactions = reactions(post, tags);
        }
        reply
    }

    fn body(&self, post: &Value) -> String {
        let reply = |address: &str| post_number(self.base, self.id, address);
        let element = |element: &Element<'_>| self.element(element);
        let absolute = |address: &str| self.base.absolute(address);
        let rules = Rules { absolute: &absolute, reply: &reply, element: &element };
        let body = rewritten(text(post, "cooked").unwrap_or_default(), &rules);
        match text(post, "action_code").filter(|_| whole(post, "post_type") == Some(SMALL_ACTION)) {
            Some(code) => format!("<p><em>{}</em></p>{body}", escaped(&done(code))),
            None => body,
        }
    }

    fn element(&self, element: &Element<'_>) -> Act {
        let other_topic =
            || element.attribute("data-topic").is_some_and(|topic| topic != self.id.to_string());
        match element.name() {
            // What is quoted from another topic has a number there and not here.
            "aside" if element.has_class("quote") && other_topic() => Act::Without("data-post"),
            // The size of a picture, below it.
            "div" if element.has_class("meta") => Act::Drop,
            // The name of a site and its picture, above a card that has a link to it.
            "header" if element.has_class("source") => Act::Drop,
            "img"
                if element.has_class("thumbnail")
                    || element.has_class("site-icon")
                    || element.has_class("avatar") =>
            {
                Act::Drop
            }
            _ => Act::AsOthers,
        }
    }
}

/// What was done to the topic, in words.
fn done(code: &str) -> String {
    let said = match code {
        "closed.enabled" | "autoclosed.enabled" => "closed this topic",
        "closed.disabled" | "autoclosed.disabled" => "opened this topic",
        "archived.enabled" => "archived this topic",
        "archived.disabled" => "took this topic out of the archive",
        "pinned.enabled" | "pinned_globally.enabled" => "pinned this topic",
        "pinned.disabled" | "pinned_globally.disabled" => "unpinned this topic",
        "visible.enabled" => "listed this topic",
        "visible.disabled" => "unlisted this topic",
        "split_topic" => "split this topic",
        other => return other.replace(['.', '_'], " "),
    };
    said.to_owned()
}

/// Those of the plugin where it is there, else likes.
fn reactions(post: &Value, tags: &mut Tags) -> Vec<Reaction> {
    let chosen = list(post, "reactions");
    if !chosen.is_empty() {
        let read = |reaction: &Value| {
            let id = text(reaction, "id")?;
            let safe = match id {
                "+1" => "thumbsup",
                "-1" => "thumbsdown",
                other => other,
            };
            tags.reaction(safe, &id.replace('_', " "), emoji::character(id), count(reaction, "count"))
        };
        return each_once(chosen.iter().filter_map(read));
    }
    let likes = list(post, "actions_summary").iter().find(|action| whole(action, "id") == Some(LIKE));
    let likes = likes.map_or(0, |likes| count(likes, "count"));
    tags.reaction("like", "Like", Some("❤️"), likes).into_iter().collect()
}

fn time(post: &Value, name: &str) -> Option<Timestamp> {
    Timestamp::from(text(post, name)?).millis().map(Timestamp::from_millis)
}
