//! What a thread and a reply must be to be kept, whichever way they come in. One function for all ways:
//! a rule that only some of them know is a hole.
//!
//! Pure: knows no database and no clock. Rules that need the thread's other replies (numbers without gaps)
//! are where those are known.

use std::collections::HashSet;

use afterword_contract::{
    FieldError, Format, ID_BYTES, Person, Quote, Reaction, Reply, Report, Status, TAG_BYTES, THREAD_ID_BYTES,
    Thread,
};

use crate::names::NAME_CHARACTERS;
use crate::words::is_invisible;

/// The longest body, in bytes of UTF-8.
pub(crate) const BODY_BYTES: usize = 65_536;
/// How many people one text may mention.
const MENTIONS: usize = 10;
/// The longest explanation of a report.
const DETAIL_CHARACTERS: usize = 1000;
/// The longest name that a guest may choose, in whatever script.
const NAME_BYTES: usize = 4 * NAME_CHARACTERS;
/// The longest tag, and the longest word of other kinds.
const WORD_BYTES: usize = TAG_BYTES;
pub(crate) const TITLE_BYTES: usize = 1000;
pub(crate) const URL_BYTES: usize = 2000;
const LABEL_BYTES: usize = 100;
const ENTRIES: usize = 200;
const PEOPLE: usize = 100_000;

/// What is wrong with a thread as a whole, its replies aside.
pub(crate) fn thread(thread: &Thread) -> Vec<FieldError> {
    let mut faults = Faults::default();
    faults.thread_id("#/thread/id", thread.id.as_str());
    faults.line("#/thread/title", thread.title.as_deref(), TITLE_BYTES);
    faults.address("#/thread/url", thread.url.as_deref());
    faults.entries("#/thread/reactionTags", thread.reaction_tags.len(), ENTRIES);
    let mut seen = HashSet::new();
    for (place, tag) in thread.reaction_tags.iter().enumerate() {
        let at = format!("#/thread/reactionTags/{place}");
        faults.token(&format!("{at}/tag"), tag.tag.as_str(), WORD_BYTES);
        if !seen.insert(&tag.tag) {
            faults.add(
                &format!("{at}/tag"),
                format!("the tag `{}` is listed twice", tag.tag.as_str().escape_debug()),
            );
        }
        faults.name(&format!("{at}/label"), &tag.label, LABEL_BYTES);
        faults.line(&format!("{at}/symbol"), tag.symbol.as_deref(), WORD_BYTES);
    }
    faults.0
}

/// What is wrong with a thread's id alone.
pub(crate) fn thread_id(id: &str) -> Option<String> {
    let mut faults = Faults::default();
    faults.thread_id("thread", id);
    faults.0.pop().map(|fault| fault.detail)
}

/// What is wrong with one reply, seen by itself.
pub(crate) fn reply(reply: &Reply) -> Vec<FieldError> {
    let mut faults = Faults::default();
    faults.token("#/id", reply.id.as_str(), ID_BYTES);
    match (&reply.status, reply.number) {
        (Status::Other(word), _) => {
            faults.add("#/status", format!("`{}` is no status of a reply", word.escape_debug()))
        }
        (Status::Pending, Some(_)) => faults.add("#/number", "a reply held for approval has no number yet"),
        (Status::Published | Status::Hidden | Status::Deleted, None) => {
            faults.add("#/number", "the number is missing")
        }
        (_, Some(0)) => faults.add("#/number", "numbers begin at 1"),
        _ => {}
    }
    if let Format::Other(word) = &reply.format {
        faults.token("#/format", word, WORD_BYTES);
    }
    faults.body(&reply.body, BODY_BYTES);
    faults.revision("#/revision", reply.revision.as_str());
    for (at, moment) in [("#/published", &reply.published), ("#/edited", &reply.edited)] {
        if let Some(moment) = moment
            && moment.millis().is_none()
        {
            let shown = moment.0.escape_debug();
            faults.add(at, format!("`{shown}` is no RFC 3339 date and time, like `2019-06-25T19:03:00Z`"));
        }
    }
    if let Some(author) = &reply.author {
        faults.person("#/author", author);
    }
    faults.entries("#/mentions", reply.mentions.len(), ENTRIES);
    for (place, person) in reply.mentions.iter().enumerate() {
        faults.person(&format!("#/mentions/{place}"), person);
    }
    faults.quotes(&reply.quotes);
    faults.reactions(&reply.reactions);
    faults.0
}

/// What is wrong with a text that somebody writes here, over what [`reply`] asks of any: that it says something,
/// in a form that this server takes, and to few.
pub(crate) fn written(
    body: &str,
    format: &Format,
    mentions: &[Person],
    most_bytes: usize,
    html: bool,
) -> Vec<FieldError> {
    let mut faults = Faults::default();
    if body.chars().all(is_invisible) {
        faults.add("#/body", "it holds no text");
    }
    faults.body(body, most_bytes.min(BODY_BYTES));
    match format {
        Format::Markdown | Format::Text => {}
        Format::Html if html => {}
        _ => faults.add("#/format", "only markdown and text are taken here"),
    }
    faults.entries("#/mentions", mentions.len(), MENTIONS);
    faults.0
}

/// What is wrong with how much one text quotes.
pub(crate) fn quotes(count: usize) -> Vec<FieldError> {
    let mut faults = Faults::default();
    if count > ENTRIES {
        faults.add("#/body", format!("it quotes {count} times; at most {ENTRIES} are allowed"));
    }
    faults.0
}

/// What is wrong with a report.
pub(crate) fn report(report: &Report) -> Vec<FieldError> {
    let mut faults = Faults::default();
    faults.name("#/reason", report.reason.as_str(), WORD_BYTES);
    let detail = report.detail.as_deref().unwrap_or_default();
    let characters = detail.chars().count();
    if characters > DETAIL_CHARACTERS {
        faults.add("#/detail", format!("{characters} characters; at most {DETAIL_CHARACTERS} are allowed"));
    }
    if detail.contains('\0') {
        faults.add("#/detail", "it holds a NUL character");
    }
    faults.0
}

/// One thing that is wrong.
pub(crate) fn fault(pointer: &str, detail: impl Into<String>) -> FieldError {
    FieldError { detail: detail.into(), pointer: pointer.to_owned() }
}

/// Whether `word` may be kept as the name of a format that this version does not know.
pub(crate) fn is_word(word: &str) -> bool {
    is_token(word) && word.len() <= WORD_BYTES
}

/// Whether `url` is an address that a page may link to.
pub(crate) fn is_web_address(url: &str) -> bool {
    ["https://", "http://"].iter().any(|scheme| {
        url.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme))
            && url.len() > scheme.len()
    })
}

/// Whether a page at `url` may say that the thread is its own: where the thread's id is an address itself, pages of the
/// same origin alone, and none without an address. Of another id nobody can tell.
pub(crate) fn is_page_of(thread: &str, url: Option<&str>) -> bool {
    let Some(own) = origin(thread) else { return true };
    url.and_then(origin).is_some_and(|origin| origin == own)
}

/// Scheme, host and port of an address of the web, to be compared and for nothing else: whoever disguises one has
/// another.
fn origin(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://").filter(|_| is_web_address(url))?;
    let scheme = scheme.to_ascii_lowercase();
    let authority = rest.split(['/', '?', '#']).next()?.to_ascii_lowercase();
    let usual = if scheme == "https" { ":443" } else { ":80" };
    Some(format!("{scheme}://{}", authority.strip_suffix(usual).unwrap_or(&authority)))
}

/// Whether `id` is made of what may stand in an address as it is.
fn is_token(id: &str) -> bool {
    let safe = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    !id.is_empty() && id.bytes().all(safe)
}

/// What is wrong, in sentences that quote what came only escaped: they go to terminals and logs.
#[derive(Default)]
struct Faults(Vec<FieldError>);

impl Faults {
    fn add(&mut self, pointer: &str, detail: impl Into<String>) {
        self.0.push(fault(pointer, detail));
    }

    fn entries(&mut self, pointer: &str, count: usize, most: usize) {
        if count > most {
            self.add(pointer, format!("{count} entries; at most {most} are allowed"));
        }
    }

    fn length(&mut self, pointer: &str, text: &str, most: usize) {
        if text.len() > most {
            self.add(pointer, format!("{} bytes; at most {most} are allowed", text.len()));
        }
    }

    fn body(&mut self, body: &str, most: usize) {
        if body.len() > most {
            self.add("#/body", format!("the body has {} bytes; at most {most} are allowed", body.len()));
        }
        if body.contains('\0') {
            self.add("#/body", "the body holds a NUL character");
        }
    }

    fn thread_id(&mut self, pointer: &str, id: &str) {
        if id.is_empty() {
            self.add(pointer, "the thread's id is missing");
        }
        self.line(pointer, Some(id), THREAD_ID_BYTES);
    }

    /// One line of text, if there is any.
    fn line(&mut self, pointer: &str, text: Option<&str>, most: usize) {
        let Some(text) = text else { return };
        self.length(pointer, text, most);
        if text.chars().any(char::is_control) {
            self.add(pointer, "control characters and line breaks are not allowed");
        }
    }

    fn name(&mut self, pointer: &str, name: &str, most: usize) {
        if name.trim().is_empty() {
            self.add(pointer, "it is empty");
        }
        self.line(pointer, Some(name), most);
    }

    /// An id that may stand in an address as it is.
    fn token(&mut self, pointer: &str, id: &str, most: usize) {
        if !is_token(id) {
            self.add(pointer, format!("`{}` is not made of A-Z a-z 0-9 - _ . ~ alone", id.escape_debug()));
        }
        // Browsers take these out of an address before they send it.
        if matches!(id, "." | "..") {
            self.add(pointer, format!("`{id}` cannot stand in an address"));
        }
        self.length(pointer, id, most);
    }

    /// Fit to stand between the quotation marks of an `ETag`.
    fn revision(&mut self, pointer: &str, revision: &str) {
        if revision.is_empty() || !revision.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"') {
            self.add(pointer, "a revision is made of ASCII characters without spaces and quotation marks");
        }
        self.length(pointer, revision, ID_BYTES);
    }

    fn address(&mut self, pointer: &str, url: Option<&str>) {
        let Some(url) = url else { return };
        self.line(pointer, Some(url), URL_BYTES);
        if !is_web_address(url) {
            self.add(pointer, "only addresses that begin with https:// or http:// are allowed");
        }
    }

    fn person(&mut self, pointer: &str, person: &Person) {
        if let Some(id) = &person.id {
            self.name(&format!("{pointer}/id"), id.as_str(), ID_BYTES);
        }
        if person.erased {
            return;
        }
        self.name(&format!("{pointer}/name"), &person.name, NAME_BYTES);
        self.line(&format!("{pointer}/role"), person.role.as_deref(), WORD_BYTES);
        self.address(&format!("{pointer}/avatar"), person.avatar.as_deref());
        self.address(&format!("{pointer}/url"), person.url.as_deref());
        if person.posts.is_some_and(|posts| i64::try_from(posts).is_err()) {
            self.add(&format!("{pointer}/posts"), "that is more than anybody wrote");
        }
    }

    fn quotes(&mut self, quotes: &[Quote]) {
        self.entries("#/quotes", quotes.len(), ENTRIES);
        for (place, quote) in quotes.iter().enumerate() {
            if quote.number == 0 {
                self.add(&format!("#/quotes/{place}/number"), "numbers begin at 1");
            }
        }
    }

    fn reactions(&mut self, reactions: &[Reaction]) {
        self.entries("#/reactions", reactions.len(), ENTRIES);
        let mut tags = HashSet::new();
        for (place, reaction) in reactions.iter().enumerate() {
            let at = format!("#/reactions/{place}");
            self.token(&format!("{at}/tag"), reaction.tag.as_str(), WORD_BYTES);
            if !tags.insert(&reaction.tag) {
                self.add(
                    &format!("{at}/tag"),
                    format!("the tag `{}` stands there twice", reaction.tag.as_str().escape_debug()),
                );
            }
            self.entries(&format!("{at}/people"), reaction.people.len(), PEOPLE);
            if (reaction.count as usize) < reaction.people.len() {
                let people = reaction.people.len();
                self.add(
                    &format!("{at}/count"),
                    format!("the count is {}, and {people} people are named", reaction.count),
                );
            }
            let mut people = HashSet::new();
            for (number, person) in reaction.people.iter().enumerate() {
                let at = format!("{at}/people/{number}");
                self.person(&at, person);
                if let Some(id) = &person.id
                    && !people.insert(id)
                {
                    self.add(&at, format!("the person `{}` stands there twice", id.as_str().escape_debug()));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use afterword_contract::{Reply, Thread};
    use serde_json::{Value, json};

    use super::BODY_BYTES;

    /// The pointers of all that is wrong with a sound reply after `change`.
    fn wrong(change: impl FnOnce(&mut Value)) -> Vec<String> {
        let mut value = json!({
            "id": "r7", "number": 7, "status": "published", "revision": "1", "body": "Wow!",
            "author": { "id": "u5", "name": "dysamoria", "role": "member", "posts": 3430 },
            "published": "2019-06-25T19:03:00Z",
            "mentions": [{ "id": "u2", "name": "avon b7" }],
            "quotes": [{ "number": 6, "exact": true }],
            "reactions": [{ "tag": "like", "count": 2, "people": [{ "id": "u9", "name": "ols" }] }],
        });
        change(&mut value);
        let reply: Reply = serde_json::from_value(value).unwrap();
        super::reply(&reply).into_iter().map(|fault| fault.pointer).collect()
    }

    fn set(pointer: &'static str, to: Value) -> impl FnOnce(&mut Value) {
        move |reply| *reply.pointer_mut(pointer).unwrap() = to
    }

    #[test]
    fn a_sound_reply_has_no_faults() {
        assert!(wrong(|_| {}).is_empty());
        assert!(wrong(set("/author", Value::Null)).is_empty());
        assert!(wrong(set("/author", json!({ "erased": true }))).is_empty());
        assert!(wrong(set("/body", json!("x".repeat(BODY_BYTES)))).is_empty());
        assert!(wrong(set("/body", json!("two\n\tlines"))).is_empty());
    }

    #[test]
    fn each_fault_is_named_by_its_place() {
        let cases = [
            ("/id", json!(""), "#/id"),
            ("/id", json!("a b"), "#/id"),
            ("/id", json!("ä"), "#/id"),
            ("/id", json!(".."), "#/id"),
            ("/id", json!("x".repeat(201)), "#/id"),
            ("/number", json!(0), "#/number"),
            ("/number", Value::Null, "#/number"),
            ("/status", json!("pending"), "#/number"),
            ("/status", json!("pinned"), "#/status"),
            ("/body", json!("x".repeat(BODY_BYTES + 1)), "#/body"),
            ("/body", json!("a\0b"), "#/body"),
            ("/revision", json!("1\r\nX:y"), "#/revision"),
            ("/revision", json!("a b"), "#/revision"),
            ("/revision", json!("a\"b"), "#/revision"),
            ("/revision", json!(""), "#/revision"),
            ("/published", json!("yesterday"), "#/published"),
            ("/author/name", json!(" "), "#/author/name"),
            ("/author/name", json!("a\nb"), "#/author/name"),
            ("/author/name", json!("x".repeat(257)), "#/author/name"),
            ("/author/role", json!("x".repeat(61)), "#/author/role"),
            ("/author/posts", json!(u64::MAX), "#/author/posts"),
            ("/mentions/0/name", json!(""), "#/mentions/0/name"),
            ("/mentions", json!(vec![json!({ "name": "a" }); 201]), "#/mentions"),
            ("/quotes/0/number", json!(0), "#/quotes/0/number"),
            ("/reactions/0/count", json!(0), "#/reactions/0/count"),
            ("/reactions/0/tag", json!("li/ke"), "#/reactions/0/tag"),
        ];
        for (at, to, expected) in cases {
            assert_eq!(wrong(set(at, to.clone())), [expected], "{at} = {to}");
        }
    }

    #[test]
    fn only_web_addresses_are_kept() {
        for url in [
            "javascript:alert(1)",
            "\u{e}javascript:alert(1)",
            "data:text/html,x",
            "//example.org",
            "https://",
            "x",
        ] {
            for field in ["avatar", "url"] {
                let faults = wrong(|reply| reply["author"][field] = json!(url));
                assert!(faults.contains(&format!("#/author/{field}")), "{url:?}");
            }
        }
        assert!(wrong(|reply| reply["author"]["url"] = json!("HTTPS://example.org/a?b#c")).is_empty());
    }

    #[test]
    fn nobody_reacts_twice_with_one_tag() {
        let twice = json!([{ "id": "u9", "name": "ols" }, { "id": "u9", "name": "Ols" }]);
        assert_eq!(wrong(set("/reactions/0/people", twice)), ["#/reactions/0/people/1"]);
        let tag = json!({ "tag": "like", "count": 1 });
        assert_eq!(wrong(set("/reactions", json!([tag, tag]))), ["#/reactions/1/tag"]);
    }

    #[test]
    fn a_threads_own_faults_are_named() {
        let wrong = |value: Value| {
            let thread: Thread = serde_json::from_value(value).unwrap();
            super::thread(&thread).into_iter().map(|fault| fault.pointer).collect::<Vec<_>>()
        };
        assert!(wrong(json!({ "id": "https://example.org/ä b?c=1", "reactionTags": [{ "tag": "like", "label": "Like" }] })).is_empty());
        assert_eq!(wrong(json!({})), ["#/thread/id"]);
        assert_eq!(wrong(json!({ "id": "x".repeat(2001) })), ["#/thread/id"]);
        assert_eq!(wrong(json!({ "id": "a", "url": "javascript:1" })), ["#/thread/url"]);
        assert_eq!(
            wrong(json!({ "id": "a", "reactionTags": [{ "tag": "like" }] })),
            ["#/thread/reactionTags/0/label"]
        );
        let tag = json!({ "tag": "like", "label": "Like" });
        assert_eq!(wrong(json!({ "id": "a", "reactionTags": [tag, tag] })), ["#/thread/reactionTags/1/tag"]);
    }
}
