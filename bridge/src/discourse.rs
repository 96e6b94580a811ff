//! Discourse by its topic JSON: which questions lead to a topic's posts. Numbers are Discourse's own.
//!
//! A topic tells the ids of all its posts in order, and shows some; the others are asked for by id, in groups
//! that are always the same, so that what is kept serves everybody. Numbers have gaps and ids do not tell them,
//! so a number is looked for between the groups.

pub(crate) mod convert;

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use afterword_contract::Thread;
use futures_util::stream::{self, StreamExt, TryStreamExt};
use serde_json::Value;

use crate::cursor::Position;
use crate::failure::Failure;
use crate::json::{list, number, whole};
use crate::system::Found;
use crate::upstream::{Base, FOR_ONE_PAGE, Upstream};

/// So many posts are asked for at once: what Discourse's own pages ask for.
const GROUP: usize = 20;

/// Longer topics are not sorted by reactions. That are twenty questions; Discourse as it comes takes fifty in ten
/// seconds from one address, and then none.
pub(crate) const MOST_SORTED: u32 = 400;

/// A topic that was found.
pub(crate) struct Topic {
    json: Arc<Value>,
    id: u64,
    base: Base,
    /// The ids of all posts, ascending by number.
    stream: Vec<u64>,
    total: u32,
    /// Posts that were asked for.
    posts: Vec<Post>,
}

/// A post in the answer that it came with.
#[derive(Clone)]
struct Post {
    answer: Arc<Value>,
    place: usize,
}

impl Post {
    fn json(&self) -> Option<&Value> {
        posts(&self.answer).get(self.place)
    }

    fn number(&self) -> Option<u32> {
        number(self.json()?, "post_number")
    }
}

/// The posts that an answer shows.
fn posts(answer: &Value) -> &[Value] {
    answer.get("post_stream").map(|posts| list(posts, "posts")).unwrap_or_default()
}

/// What is wrong with an answer that should show posts.
fn without_posts(answer: &Value) -> Option<&'static str> {
    match answer.pointer("/post_stream/posts") {
        Some(Value::Array(_)) => None,
        _ => Some("an answer without `post_stream.posts`"),
    }
}

/// Finds the topic that `thread` names: by its id, or by its address.
pub(crate) async fn open(upstream: &Upstream, thread: &str) -> Result<Option<Topic>, Failure> {
    let base = upstream.base().clone();
    let Some(id) = topic_id(&base, thread) else { return Ok(None) };
    let Some(json) = upstream.get(&format!("/t/{id}.json"), without_posts).await? else { return Ok(None) };
    let Some(stream) = json.pointer("/post_stream/stream").and_then(Value::as_array) else {
        // What Discourse leaves out of a topic with more than ten thousand posts.
        return Err(Failure::TooLong);
    };
    let stream: Vec<u64> = stream.iter().filter_map(Value::as_u64).collect();
    let greatest = posts(&json).iter().filter_map(|post| number(post, "post_number")).max();
    let least = u32::try_from(stream.len()).unwrap_or(u32::MAX).max(greatest.unwrap_or(0));
    let total = number(&json, "highest_post_number").unwrap_or(0).max(least);
    Ok(Some(Topic { json, id, base, stream, total, posts: Vec::new() }))
}

/// The topic's id out of `12`, `{base}/t/12`, `{base}/t/12/3`, `{base}/t/some-words/12` and
/// `{base}/t/some-words/12/3`.
fn topic_id(base: &Base, thread: &str) -> Option<u64> {
    let digits = |text: &str| -> Option<u64> {
        let plain = (1..=15).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse().ok().filter(|id| plain && *id > 0)
    };
    if let Some(id) = digits(thread) {
        return Some(id);
    }
    let path = base.within(thread)?.split(['?', '#']).next()?.strip_prefix("/t/")?;
    let mut parts = path.trim_end_matches('/').split('/');
    let first = parts.next()?;
    // Words may be a number as well, but two numbers are a topic and its post, as for Discourse itself.
    match (parts.next(), parts.next(), parts.next()) {
        (None, ..) => digits(first),
        (Some(second), None, _) => digits(first).or_else(|| digits(second)),
        (Some(id), Some(post), None) => digits(post).and(digits(id)),
        _ => None,
    }
}

/// The number of the post of topic `topic` to which an address on one of Discourse's pages leads.
fn post_number(base: &Base, topic: u64, address: &str) -> Option<u32> {
    let address = base.absolute(address)?;
    if topic_id(base, &address)? != topic {
        return None;
    }
    let path = address.split(['?', '#']).next()?.trim_end_matches('/');
    let mut parts = path.rsplit('/');
    let (last, before) = (parts.next()?, parts.next()?);
    if before == topic.to_string() {
        return last.parse().ok().filter(|number| *number > 0);
    }
    Some(1)
}

impl Topic {
    /// What is true of the whole topic.
    pub(crate) fn thread(&self) -> Thread {
        Thread { total: self.total, ..convert::thread(&self.json, &self.base) }
    }

    /// Asks for the posts with these numbers.
    pub(crate) async fn load(&mut self, upstream: &Upstream, numbers: Range<u32>) -> Result<(), Failure> {
        if numbers.is_empty() {
            return Ok(());
        }
        if let Some(first) = self.first_group(upstream, numbers.start).await? {
            // The first of them may begin in the middle of its group.
            let more = numbers.len().div_ceil(GROUP);
            let last = (first + more).min(self.groups() - 1);
            let groups = stream::iter((first..=last).map(|group| self.group(upstream, group)));
            self.posts = groups.buffered(FOR_ONE_PAGE).try_concat().await?;
        }
        Ok(())
    }

    /// The posts that were loaded, by number.
    fn by_number(&self) -> HashMap<u32, &Value> {
        self.posts.iter().filter_map(|post| Some((post.number()?, post.json()?))).collect()
    }

    /// All of these numbers: where there is no post, there was one. And how many reactions each has.
    pub(crate) fn positions(&self, numbers: Range<u32>) -> Vec<Position> {
        let posts = self.by_number();
        let reactions = |number: &u32| posts.get(number).map_or(0, |post| convert::reacted(post));
        numbers.map(|number| Position { reactions: reactions(&number), number }).collect()
    }

    /// The replies with these numbers.
    pub(crate) fn replies(&self, numbers: &[u32]) -> Found {
        let posts = self.by_number();
        let asked: Vec<_> = numbers.iter().map(|number| (*number, posts.get(number).copied())).collect();
        convert::replies(&self.json, self.id, &asked, self.total, &self.base)
    }

    fn groups(&self) -> usize {
        self.stream.len().div_ceil(GROUP)
    }

    /// The group with the first post that has at least this number.
    async fn first_group(&self, upstream: &Upstream, from: u32) -> Result<Option<usize>, Failure> {
        let gaps = (self.total as usize).saturating_sub(self.stream.len());
        let greatest = (from as usize).saturating_sub(1);
        let Some(last) = self.groups().checked_sub(1) else { return Ok(None) };
        let mut low = (greatest.saturating_sub(gaps) / GROUP).min(last);
        let mut high = (greatest / GROUP).min(last);
        while low < high {
            let middle = low + (high - low) / 2;
            let posts = self.group(upstream, middle).await?;
            let ends = posts.iter().filter_map(Post::number).max();
            if ends.is_some_and(|ends| ends >= from) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        Ok(Some(low))
    }

    /// The posts of one group, which may be fewer than there were when the topic was asked for.
    async fn group(&self, upstream: &Upstream, group: usize) -> Result<Vec<Post>, Failure> {
        let Some(ids) = self.stream.chunks(GROUP).nth(group) else { return Ok(Vec::new()) };
        let of_group = |answer: &Arc<Value>| -> Vec<Post> {
            let there = |post: &Value| whole(post, "id").is_some_and(|id| ids.contains(&id));
            let places = posts(answer).iter().enumerate().filter(|(_, post)| there(post));
            places.map(|(place, _)| Post { answer: Arc::clone(answer), place }).collect()
        };
        let shown = of_group(&self.json);
        if shown.len() == ids.len() {
            return Ok(shown);
        }
        let ids: Vec<String> = ids.iter().map(|id| format!("post_ids%5B%5D={id}")).collect();
        let path = format!("/t/{}/posts.json?{}", self.id, ids.join("&"));
        let answer = upstream.get(&path, without_posts).await?;
        Ok(answer.as_ref().map(of_group).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::{Base, post_number, topic_id};

    #[test]
    fn a_thread_is_a_topics_id_or_address_and_nothing_else() {
        let base = Base::read("https://forum.example").unwrap();
        for thread in [
            "12",
            "https://forum.example/t/12",
            "https://forum.example/t/12/3",
            "https://forum.example/t/some-words/12",
            "https://forum.example/t/some-words/12/",
            "https://forum.example/t/99/12/3?u=sam#x",
        ] {
            assert_eq!(topic_id(&base, thread), Some(12), "{thread}");
        }
        for thread in [
            "0",
            "12.json",
            "-12",
            "+12",
            "../admin/12",
            "https://forum.example/t/../admin",
            "https://forum.example/t/12/../../admin/13/1",
            "https://forum.example.evil.example/t/12",
            "https://elsewhere.example/t/12",
            "https://forum.example/u/12",
            "1234567890123456",
            "",
        ] {
            assert_eq!(topic_id(&base, thread), None, "{thread}");
        }
    }

    #[test]
    fn links_to_posts_are_known() {
        let base = Base::read("https://forum.example/f").unwrap();
        for (address, number) in [
            ("/f/t/words/12/3", Some(3)),
            ("https://forum.example/f/t/words/12/3?u=sam", Some(3)),
            ("/f/t/words/12", Some(1)),
            ("/f/t/words/13/3", None),
            ("/f/t/12", Some(1)),
            ("/f/t/12/7", Some(7)),
            ("/f/t/12/12", Some(12)),
            ("/f/t/7/12", None),
            ("/u/sam", None),
        ] {
            assert_eq!(post_number(&base, 12, address), number, "{address}");
        }
    }
}
