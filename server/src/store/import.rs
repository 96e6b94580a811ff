//! Threads into the database: idempotent, all or nothing, and with an account of what was done.
//!
//! A reply is the same reply when its id is the same. What the database holds beyond the file stays. Replies
//! are compared as the contract shows them, so that an import which changes nothing writes nothing and leaves
//! every cache as it is.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt;

use afterword_contract::{
    ID_BYTES, Reply, ReplyId, Revision, Status, Thread, ThreadId, ThreadPage, Timestamp,
};
use sqlx::{QueryBuilder, Row};

use super::people::People;
use super::rows::StoredReply;
use super::{Connected, Db, Extent, Store, begin_immediate, export, page, write};
use crate::{hash, tolerate, validate};

/// What an import did to one thread.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Imported {
    /// The thread.
    pub thread: ThreadId,
    /// How many replies of it the file held.
    pub replies: usize,
    /// How many of them the database did not know.
    pub new: usize,
    /// How many were kept with other content.
    pub changed: usize,
    /// How many were kept as they are.
    pub unchanged: usize,
    /// How many go by another id here, because a reply of another thread has theirs.
    pub renamed: usize,
}

impl fmt::Display for Imported {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { thread, replies, new, changed, unchanged, renamed } = self;
        let word = if *replies == 1 { "reply" } else { "replies" };
        write!(f, "{thread}: {replies} {word}: {new} new, {changed} changed, {unchanged} unchanged")?;
        match renamed {
            0 => Ok(()),
            count => write!(f, " ({count} under a new id: theirs belongs to a reply of another thread)"),
        }
    }
}

/// Why nothing was imported.
#[derive(Debug)]
pub enum ImportError {
    /// What is wrong with the threads, a sentence each, at least one.
    Invalid(Vec<String>),
    /// The database refused.
    Database(sqlx::Error),
}

impl From<sqlx::Error> for ImportError {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error)
    }
}

impl fmt::Display for ImportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SHOWN: usize = 5;
        match self {
            Self::Invalid(faults) => {
                let (shown, rest) = faults.split_at(faults.len().min(SHOWN));
                f.write_str(&shown.join("; "))?;
                if rest.is_empty() { Ok(()) } else { write!(f, "; and {} more", rest.len()) }
            }
            Self::Database(error) => write!(f, "the database refused: {error}"),
        }
    }
}

impl std::error::Error for ImportError {}

/// What is to be written of one thread.
pub(super) struct Plan {
    pub(super) thread: Thread,
    pub(super) heading_changed: bool,
    /// New and changed replies, with the row of those that are kept already.
    pub(super) writes: Vec<(Option<i64>, Reply)>,
    done: Imported,
}

impl Store {
    /// Imports threads; several pages of one thread become one. Returns what was done, by thread.
    pub async fn import(&self, pages: Vec<ThreadPage>) -> Result<Vec<Imported>, ImportError> {
        let threads = joined(pages)?;
        let mut connection = self.write().await?;
        let mut transaction = begin_immediate(&mut connection).await?;
        let replies = threads.iter().flat_map(|page| &page.replies);
        let mut people = People::gather(&mut transaction, replies).await?;
        let mut taken = HashMap::new();
        let mut plans = Vec::new();
        let mut faults = Vec::new();
        for page in threads {
            match plan(&mut transaction, &people, &mut taken, page).await? {
                Ok(plan) => plans.push(plan),
                Err(found) => faults.extend(found),
            }
        }
        if !faults.is_empty() {
            return Err(ImportError::Invalid(faults));
        }
        people.write(&mut transaction).await?;
        for plan in &plans {
            write::thread(&mut transaction, &people, plan).await?;
        }
        transaction.commit().await?;
        self.committed().notify_one();
        Ok(plans.into_iter().map(|plan| plan.done).collect())
    }
}

/// One page for each thread, checked for everything that can be seen without the database.
fn joined(pages: Vec<ThreadPage>) -> Result<Vec<ThreadPage>, ImportError> {
    let mut threads: Vec<ThreadPage> = Vec::new();
    let mut places: BTreeMap<ThreadId, usize> = BTreeMap::new();
    for page in pages {
        match places.get(&page.thread.id).and_then(|place| threads.get_mut(*place)) {
            Some(known) => {
                known.thread.total = known.thread.total.max(page.thread.total);
                fill(&mut known.thread, page.thread);
                // An end of the thread that one of its pages has reached, they all have reached together.
                known.previous = known.previous.take().and(page.previous);
                known.next = known.next.take().and(page.next);
                known.replies.extend(page.replies);
            }
            None => {
                places.insert(page.thread.id.clone(), threads.len());
                threads.push(page);
            }
        }
    }
    let faults: Vec<String> = threads.iter_mut().flat_map(faults_of).collect();
    if faults.is_empty() { Ok(threads) } else { Err(ImportError::Invalid(faults)) }
}

/// Gives `thread` what it does not say and `other` does. Read from a file, "not locked" is the same as nothing
/// said, so it says nothing.
fn fill(thread: &mut Thread, other: Thread) {
    thread.title = thread.title.take().or(other.title);
    thread.url = thread.url.take().or(other.url);
    thread.locked |= other.locked;
    if thread.reaction_tags.is_empty() {
        thread.reaction_tags = other.reaction_tags;
    }
}

/// What is wrong with a thread, seen without the database; what it leaves out is filled in on the way.
fn faults_of(page: &mut ThreadPage) -> Vec<String> {
    let mut faults = Vec::new();
    let id = page.thread.id.as_str().escape_debug().to_string();
    let mut ids = HashSet::new();
    // Before the gaps are filled: that would give a second id to whoever has another's.
    for reply in page.replies.iter().filter(|reply| !reply.id.is_empty()) {
        if !ids.insert(reply.id.clone()) {
            let shown = reply.id.as_str().escape_debug();
            faults.push(format!("thread `{id}`, {}: its id `{shown}` stands there twice", name(reply)));
        }
    }
    for (cursor, goes_on) in [(&page.previous, "begins before"), (&page.next, "goes on after")] {
        if cursor.is_some() {
            faults.push(format!(
                "thread `{id}`: it {goes_on} what the file holds of it; import all of its pages at once"
            ));
        }
    }
    *page = std::mem::take(page).completed();
    tolerate::thread(&mut page.thread);
    page.replies.iter_mut().for_each(tolerate::reply);
    let readable = |pointer: &str| pointer.trim_start_matches("#/").to_owned();
    faults.extend(
        validate::thread(&page.thread)
            .iter()
            .map(|fault| format!("thread `{id}`: {}: {}", readable(&fault.pointer), fault.detail)),
    );
    let mut numbers = HashSet::new();
    for reply in &mut page.replies {
        if reply.revision.is_empty() {
            reply.revision = Revision::from("1");
        }
        let name = name(reply);
        faults.extend(
            validate::reply(reply).iter().map(|fault| {
                format!("thread `{id}`, {name}: {}: {}", readable(&fault.pointer), fault.detail)
            }),
        );
        if let Some(number) = reply.number
            && !numbers.insert(number)
        {
            faults.push(format!("thread `{id}`, {name}: its number stands there twice"));
        }
    }
    faults
}

fn name(reply: &Reply) -> String {
    match reply.number {
        Some(number) => format!("reply {number}"),
        None => format!("the reply with the id `{}`", reply.id.as_str().escape_debug()),
    }
}

/// What has to be written so that the database holds `page`; or what is wrong with it.
async fn plan(
    connection: &mut Connected,
    people: &People,
    taken: &mut HashMap<ReplyId, ThreadId>,
    page: ThreadPage,
) -> Result<Result<Plan, Vec<String>>, sqlx::Error> {
    let ThreadPage { mut thread, replies, .. } = page;
    let before = page::heading(connection, &thread.id).await?;
    let pk = before.as_ref().map(|(state, _)| state.pk);
    let kept = match pk {
        Some(pk) => export::all(connection, pk, Extent::Everything).await?,
        None => Vec::new(),
    };
    let mut numbers: BTreeMap<u32, ReplyId> =
        kept.iter().filter_map(|stored| Some((stored.reply.number?, stored.reply.id.clone()))).collect();
    let mut kept: HashMap<ReplyId, StoredReply> =
        kept.into_iter().map(|stored| (stored.reply.id.clone(), stored)).collect();
    let shown = thread.id.as_str().escape_debug();
    let mut faults = Vec::new();
    let mut writes = Vec::new();
    let total = replies.len();
    let mut done =
        Imported { thread: thread.id.clone(), replies: total, new: 0, changed: 0, unchanged: 0, renamed: 0 };
    let given: Vec<ReplyId> = replies.iter().map(|reply| reply.id.clone()).collect();
    let foreign_given = foreign(connection, pk, &given).await?;
    let ids: Vec<ReplyId> = given
        .iter()
        .map(|id| {
            let elsewhere = taken.get(id).is_some_and(|other| *other != thread.id);
            let is_taken = !kept.contains_key(id) && (elsewhere || foreign_given.contains(id));
            if is_taken { renamed(id, &thread.id) } else { id.clone() }
        })
        .collect();
    let foreign = foreign(connection, pk, &ids).await?;
    for ((mut reply, given), id) in replies.into_iter().zip(given).zip(ids) {
        if id != given {
            done.renamed += 1;
        }
        if foreign.contains(&id) || taken.insert(id.clone(), thread.id.clone()).is_some() {
            faults.push(format!(
                "thread `{shown}`, {}: its id `{given}` belongs to another reply, and so does `{id}`, which it would \
                 get instead; give it another id",
                name(&reply)
            ));
        }
        reply.id = id;
        let stored = kept.remove(&reply.id);
        let reply = settled(restored(reply, stored.as_ref()), people);
        let number_before = stored.as_ref().and_then(|stored| stored.reply.number);
        if number_before.is_some() && number_before != reply.number {
            let before = number_before.unwrap_or_default();
            faults.push(format!(
                "thread `{shown}`: the reply with the id `{}` has the number {before} here, and numbers never change",
                reply.id
            ));
        }
        if let Some(number) = reply.number
            && let Some(owner) = numbers.insert(number, reply.id.clone())
            && owner != reply.id
        {
            faults.push(format!(
                "thread `{shown}`, reply {number}: that number belongs to the reply with the id `{owner}` here",
            ));
        }
        match &stored {
            None => done.new += 1,
            Some(stored) if same(&stored.reply, &reply) => {
                done.unchanged += 1;
                continue;
            }
            Some(_) => done.changed += 1,
        }
        writes.push((stored.map(|stored| stored.pk), reply));
    }
    if let Some((missing, _)) = (1..).zip(numbers.keys()).find(|(expected, number)| expected != *number) {
        faults.push(format!("thread `{shown}`: reply {missing} is missing; numbers have no gaps"));
    } else if thread.total as usize > numbers.len() {
        faults.push(format!(
            "thread `{shown}`: it has {} replies, and the file holds only the first {}; import all of its pages at once",
            thread.total,
            numbers.len()
        ));
    }
    if !faults.is_empty() {
        return Ok(Err(faults));
    }
    thread.total = u32::try_from(numbers.len()).unwrap_or(u32::MAX);
    thread.features.clear();
    thread.limits = Default::default();
    let mut heading_changed = true;
    if let Some((_, before)) = before {
        fill(&mut thread, before.clone());
        heading_changed = thread != before;
    }
    Ok(Ok(Plan { thread, heading_changed, writes, done }))
}

/// The id of a reply in `thread` whose own belongs to a reply of another thread: the same in every import, so
/// that the second finds what the first has written.
fn renamed(id: &ReplyId, thread: &ThreadId) -> ReplyId {
    let suffix = format!("-{:012x}", hash::lasting(&[thread.as_str().as_bytes()]) >> 16);
    let base: String = id.as_str().chars().take(ID_BYTES - suffix.len()).collect();
    ReplyId(base + &suffix)
}

/// Which of `ids` belong to replies of other threads.
async fn foreign(
    connection: &mut Connected,
    thread: Option<i64>,
    ids: &[ReplyId],
) -> Result<HashSet<ReplyId>, sqlx::Error> {
    let mut foreign = HashSet::new();
    for ids in ids.chunks(500) {
        let mut query = QueryBuilder::<Db>::new("SELECT id, thread FROM reply WHERE id IN (");
        let mut list = query.separated(", ");
        for id in ids {
            list.push_bind(id.as_str());
        }
        query.push(")");
        for row in query.build().fetch_all(&mut *connection).await? {
            if Some(row.try_get(1)?) != thread {
                foreign.insert(ReplyId(row.try_get(0)?));
            }
        }
    }
    Ok(foreign)
}

/// A public file tells of a hidden or deleted reply that there is one, and no more: what it keeps back is not
/// lost here. Only a deletion that is new takes with it what was.
fn restored(reply: Reply, stored: Option<&StoredReply>) -> Reply {
    let Some(StoredReply { reply: stored, .. }) = stored else { return reply };
    let concealed = reply.status != Status::Published && reply.body.is_empty() && reply.author.is_none();
    if !concealed || (reply.status == Status::Deleted && stored.status != Status::Deleted) {
        return reply;
    }
    Reply {
        author: stored.author.clone(),
        body: stored.body.clone(),
        mentions: stored.mentions.clone(),
        quotes: stored.quotes.clone(),
        reactions: stored.reactions.clone(),
        ..reply
    }
}

/// The reply as the database would hand it out.
fn settled(reply: Reply, people: &People) -> Reply {
    let moment = |text: Option<Timestamp>| text.and_then(|text| text.millis()).map(Timestamp::from_millis);
    let mut reactions = reply.reactions;
    reactions.retain(|reaction| reaction.count > 0);
    for reaction in &mut reactions {
        reaction.people =
            std::mem::take(&mut reaction.people).into_iter().map(|person| people.named(person)).collect();
    }
    let mentions = reply.mentions.into_iter().filter_map(|person| people.mentioned(person));
    Reply {
        author: reply.author.map(|person| people.author(person)),
        published: moment(reply.published),
        edited: moment(reply.edited),
        mentions: mentions.collect(),
        quoted_by: Vec::new(),
        reactions,
        ..reply
    }
}

/// Whether nothing would change. Who quotes a reply is told by the others.
fn same(stored: &Reply, settled: &Reply) -> bool {
    let quoted_by = settled.quoted_by.clone();
    Reply { quoted_by, ..stored.clone() } == *settled
}
