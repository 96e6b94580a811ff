//! Threads into the database: idempotent, all or nothing, and with an account of what was done.
//!
//! A reply is the same reply when its id is the same. What the database holds beyond the file stays. Replies
//! are compared as the contract shows them, so that an import which changes nothing writes nothing and leaves
//! every cache as it is.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt;

use afterword_contract::{Reply, ReplyId, Revision, Status, Thread, ThreadId, ThreadPage, Timestamp};
use sqlx::{QueryBuilder, Row};

use super::people::People;
use super::rows::StoredReply;
use super::{Connected, Db, Extent, Store, begin_immediate, export, page};
use crate::{hash, validate};

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
struct Plan {
    thread: Thread,
    heading_changed: bool,
    /// New and changed replies, with the row of those that are kept already.
    writes: Vec<(Option<i64>, Reply)>,
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
            write_thread(&mut transaction, &people, plan).await?;
        }
        transaction.commit().await?;
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
                known.next = page.next;
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

/// What is wrong with a thread, seen without the database; what it leaves out is filled in on the way.
fn faults_of(page: &mut ThreadPage) -> Vec<String> {
    let mut faults = Vec::new();
    let id = page.thread.id.clone();
    let mut ids = HashSet::new();
    // Before the gaps are filled: that would give a second id to whoever has another's.
    for reply in page.replies.iter().filter(|reply| !reply.id.is_empty()) {
        if !ids.insert(reply.id.clone()) {
            faults.push(format!("thread `{id}`, {}: its id `{}` stands there twice", name(reply), reply.id));
        }
    }
    *page = std::mem::take(page).completed();
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
        None => format!("the reply with the id `{}`", reply.id),
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
    let foreign = foreign(connection, pk, &replies).await?;
    let mut faults = Vec::new();
    let mut writes = Vec::new();
    let total = replies.len();
    let mut done =
        Imported { thread: thread.id.clone(), replies: total, new: 0, changed: 0, unchanged: 0, renamed: 0 };
    for reply in replies {
        let mut reply = settled(reply, people);
        let elsewhere = taken.get(&reply.id).is_some_and(|other| *other != thread.id);
        if !kept.contains_key(&reply.id) && (elsewhere || foreign.contains(&reply.id)) {
            // The same in every import, so that the second finds what the first has written.
            let suffix = hash::lasting(&[thread.id.as_str().as_bytes()]) >> 16;
            reply.id = ReplyId(format!("{}-{suffix:012x}", reply.id));
            done.renamed += 1;
        }
        taken.insert(reply.id.clone(), thread.id.clone());
        let stored = kept.remove(&reply.id);
        let number_before = stored.as_ref().and_then(|stored| stored.reply.number);
        if number_before.is_some() && number_before != reply.number {
            let before = number_before.unwrap_or_default();
            faults.push(format!(
                "thread `{}`: the reply with the id `{}` has the number {before} here, and numbers never change",
                thread.id, reply.id
            ));
        }
        if let Some(number) = reply.number
            && let Some(owner) = numbers.insert(number, reply.id.clone())
            && owner != reply.id
        {
            faults.push(format!(
                "thread `{}`, reply {number}: that number belongs to the reply with the id `{owner}` here",
                thread.id
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
        faults.push(format!("thread `{}`: reply {missing} is missing; numbers have no gaps", thread.id));
    } else if thread.total as usize > numbers.len() {
        faults.push(format!(
            "thread `{}`: it has {} replies, and the file holds only the first {}; import all of its pages at once",
            thread.id,
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
        thread.title = thread.title.or_else(|| before.title.clone());
        thread.url = thread.url.or_else(|| before.url.clone());
        heading_changed = thread != before;
    }
    Ok(Ok(Plan { thread, heading_changed, writes, done }))
}

/// Which ids of `replies` belong to replies of other threads.
async fn foreign(
    connection: &mut Connected,
    thread: Option<i64>,
    replies: &[Reply],
) -> Result<HashSet<ReplyId>, sqlx::Error> {
    let mut foreign = HashSet::new();
    for replies in replies.chunks(500) {
        let mut query = QueryBuilder::<Db>::new("SELECT id, thread FROM reply WHERE id IN (");
        let mut list = query.separated(", ");
        for reply in replies {
            list.push_bind(reply.id.as_str());
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

/// The reply as the database would hand it out.
fn settled(reply: Reply, people: &People) -> Reply {
    let moment = |text: Option<Timestamp>| text.and_then(|text| text.millis()).map(Timestamp::from_millis);
    let mut reactions = reply.reactions;
    reactions.retain(|reaction| reaction.count > 0);
    for reaction in &mut reactions {
        reaction.people =
            std::mem::take(&mut reaction.people).into_iter().map(|person| people.named(person)).collect();
    }
    let mentions = reply.mentions.into_iter().map(|person| afterword_contract::Person {
        id: person.id,
        name: person.name,
        ..Default::default()
    });
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

async fn write_thread(connection: &mut Connected, people: &People, plan: &Plan) -> Result<(), sqlx::Error> {
    let Plan { thread, heading_changed, writes, .. } = plan;
    if !heading_changed && writes.is_empty() {
        return Ok(());
    }
    let pk: i64 = sqlx::query_scalar(
        "INSERT INTO thread (id, title, url, locked, total, change) VALUES ($1, $2, $3, $4, $5, 1) \
         ON CONFLICT (id) DO UPDATE SET title = $2, url = $3, locked = $4, total = $5, change = thread.change + 1 \
         RETURNING pk",
    )
    .bind(thread.id.as_str())
    .bind(&thread.title)
    .bind(&thread.url)
    .bind(thread.locked)
    .bind(thread.total)
    .fetch_one(&mut *connection)
    .await?;
    if *heading_changed {
        sqlx::query("DELETE FROM reaction_tag WHERE thread = $1").bind(pk).execute(&mut *connection).await?;
        for (position, tag) in (0i64..).zip(&thread.reaction_tags) {
            sqlx::query(
                "INSERT INTO reaction_tag (thread, position, tag, label, symbol) VALUES ($1, $2, $3, $4, $5)",
            )
            .bind(pk)
            .bind(position)
            .bind(tag.tag.as_str())
            .bind(&tag.label)
            .bind(&tag.symbol)
            .execute(&mut *connection)
            .await?;
        }
    }
    for (kept, reply) in writes {
        write_reply(connection, people, pk, *kept, reply).await?;
    }
    Ok(())
}

async fn write_reply(
    connection: &mut Connected,
    people: &People,
    thread: i64,
    kept: Option<i64>,
    reply: &Reply,
) -> Result<(), sqlx::Error> {
    if let Some(pk) = kept {
        clear(connection, pk).await?;
    }
    let author = match &reply.author {
        Some(author) => Some(people.row(connection, author).await?),
        None => None,
    };
    let seen = if reply.status == Status::Published { &*reply.reactions } else { &[] };
    let top_rank = -seen.iter().map(|reaction| i64::from(reaction.count)).sum::<i64>();
    let millis = |moment: &Option<Timestamp>| moment.as_ref().and_then(Timestamp::millis);
    let pk: i64 = sqlx::query_scalar(
        "INSERT INTO reply (thread, id, number, author, status, format, body, revision, published, edited, top_rank) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) \
         ON CONFLICT (id) DO UPDATE SET number = $3, author = $4, status = $5, format = $6, body = $7, \
         revision = $8, published = $9, edited = $10, top_rank = $11 RETURNING pk",
    )
    .bind(thread)
    .bind(reply.id.as_str())
    .bind(reply.number)
    .bind(author)
    .bind(reply.status.as_str())
    .bind(reply.format.as_str())
    .bind(&reply.body)
    .bind(reply.revision.as_str())
    .bind(millis(&reply.published))
    .bind(millis(&reply.edited))
    .bind(top_rank)
    .fetch_one(&mut *connection)
    .await?;
    write_parts(connection, people, thread, pk, reply).await
}

/// Takes away what hangs on a reply, and those people who were known by this reply alone.
async fn clear(connection: &mut Connected, reply: i64) -> Result<(), sqlx::Error> {
    let nameless: Vec<i64> = sqlx::query_scalar(
        "SELECT person.pk FROM person JOIN reaction_person ON reaction_person.person = person.pk \
         WHERE reaction_person.reply = $1 AND person.id IS NULL UNION \
         SELECT person.pk FROM person JOIN reply ON reply.author = person.pk WHERE reply.pk = $1 AND person.id IS NULL",
    )
    .bind(reply)
    .fetch_all(&mut *connection)
    .await?;
    for statement in [
        "UPDATE reply SET author = NULL WHERE pk = $1",
        "DELETE FROM mention WHERE reply = $1",
        "DELETE FROM quote WHERE reply = $1",
        "DELETE FROM reaction WHERE reply = $1",
    ] {
        sqlx::query(statement).bind(reply).execute(&mut *connection).await?;
    }
    for person in nameless {
        sqlx::query("DELETE FROM person WHERE pk = $1").bind(person).execute(&mut *connection).await?;
    }
    Ok(())
}

async fn write_parts(
    connection: &mut Connected,
    people: &People,
    thread: i64,
    reply: i64,
    content: &Reply,
) -> Result<(), sqlx::Error> {
    for (position, person) in (0i64..).zip(&content.mentions) {
        sqlx::query("INSERT INTO mention (reply, position, person, name) VALUES ($1, $2, $3, $4)")
            .bind(reply)
            .bind(position)
            .bind(person.id.as_ref().map(|id| id.as_str()))
            .bind(&person.name)
            .execute(&mut *connection)
            .await?;
    }
    for (position, quote) in (0i64..).zip(&content.quotes) {
        sqlx::query("INSERT INTO quote (reply, position, thread, number, exact) VALUES ($1, $2, $3, $4, $5)")
            .bind(reply)
            .bind(position)
            .bind(thread)
            .bind(quote.number)
            .bind(quote.exact)
            .execute(&mut *connection)
            .await?;
    }
    for (position, reaction) in (0i64..).zip(&content.reactions) {
        let named = u32::try_from(reaction.people.len()).unwrap_or(u32::MAX);
        sqlx::query("INSERT INTO reaction (reply, position, tag, unnamed) VALUES ($1, $2, $3, $4)")
            .bind(reply)
            .bind(position)
            .bind(reaction.tag.as_str())
            .bind(reaction.count.saturating_sub(named))
            .execute(&mut *connection)
            .await?;
        for (position, person) in (0i64..).zip(&reaction.people) {
            let person = people.row(connection, person).await?;
            sqlx::query("INSERT INTO reaction_person (reply, tag, position, person) VALUES ($1, $2, $3, $4)")
                .bind(reply)
                .bind(reaction.tag.as_str())
                .bind(position)
                .bind(person)
                .execute(&mut *connection)
                .await?;
        }
    }
    Ok(())
}
