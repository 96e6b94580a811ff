//! Replies out of rows: one statement for the replies, one for each kind of thing that hangs on them.

use std::collections::HashMap;

use afterword_contract::{
    Format, Person, PersonId, Quote, Reaction, Reply, ReplyId, Revision, Status, Tag, Timestamp,
};
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row};

use super::{Connected, Db, Extent, Position};

/// What every statement that reads replies begins with; `reply_of` reads these columns.
pub(super) const SELECT: &str = "SELECT reply.pk, reply.id, reply.number, reply.status, reply.format, reply.body, \
     reply.revision, reply.published, reply.edited, reply.top_rank, \
     person.name, person.id, person.posts, person.role, person.avatar, person.url, person.erased \
     FROM reply LEFT JOIN person ON person.pk = reply.author WHERE ";

/// A reply and where it is kept.
pub(super) struct StoredReply {
    pub(super) pk: i64,
    pub(super) top_rank: i64,
    pub(super) reply: Reply,
}

impl StoredReply {
    /// Its place in every order; `None` while it has no number.
    pub(super) fn position(&self) -> Option<Position> {
        Some(Position { top_rank: self.top_rank, number: self.reply.number? })
    }
}

/// The reply in a row of [`SELECT`], without what hangs on it.
pub(super) fn reply_of(row: &SqliteRow) -> Result<StoredReply, sqlx::Error> {
    let moment =
        |column| Ok::<_, sqlx::Error>(row.try_get::<Option<i64>, _>(column)?.map(Timestamp::from_millis));
    let status = Status::from(row.try_get::<&str, _>(3)?);
    let name: Option<String> = row.try_get(10)?;
    let author = match name {
        Some(name) => Some(Person {
            name,
            id: row.try_get::<Option<String>, _>(11)?.map(PersonId),
            posts: row.try_get::<Option<i64>, _>(12)?.and_then(|posts| u64::try_from(posts).ok()),
            role: row.try_get(13)?,
            avatar: row.try_get(14)?,
            url: row.try_get(15)?,
            erased: row.try_get(16)?,
        }),
        None => None,
    };
    Ok(StoredReply {
        pk: row.try_get(0)?,
        top_rank: row.try_get(9)?,
        reply: Reply {
            id: ReplyId(row.try_get(1)?),
            number: row.try_get(2)?,
            author,
            published: moment(7)?,
            edited: moment(8)?,
            revision: Revision(row.try_get(6)?),
            status,
            format: Format::from(row.try_get::<&str, _>(4)?),
            body: row.try_get(5)?,
            ..Reply::default()
        },
    })
}

/// Hangs on `replies` of `thread` what belongs to them, and takes away what `extent` keeps from sight. Beside
/// one reaction tag stand at most `names` people; the count says how many there are.
pub(super) async fn complete(
    connection: &mut Connected,
    thread: i64,
    extent: Extent,
    names: usize,
    replies: &mut [StoredReply],
) -> Result<(), sqlx::Error> {
    if extent == Extent::Public {
        replies.iter_mut().for_each(|stored| conceal(&mut stored.reply));
    }
    let places: HashMap<i64, usize> = replies
        .iter()
        .enumerate()
        .filter(|(_, stored)| extent == Extent::Everything || stored.reply.status == Status::Published)
        .map(|(place, stored)| (stored.pk, place))
        .collect();
    // Far fewer than SQLite's bound on parameters, and few different statements to keep prepared.
    let keys: Vec<i64> =
        replies.iter().map(|stored| stored.pk).filter(|pk| places.contains_key(pk)).collect();
    for keys in keys.chunks(500) {
        mentions(connection, keys, &places, replies).await?;
        quotes(connection, keys, &places, replies).await?;
        reactions(connection, names, keys, &places, replies).await?;
    }
    quoted_by(connection, thread, replies).await
}

/// Of what is hidden or deleted, the number stays, and when it was.
fn conceal(reply: &mut Reply) {
    if reply.status != Status::Published {
        reply.body.clear();
        reply.author = None;
    }
}

fn push_keys(query: &mut QueryBuilder<Db>, keys: &[i64]) {
    let mut list = query.separated(", ");
    for key in keys {
        list.push_bind(*key);
    }
    list.push_unseparated(") ");
}

/// The reply that a row's first column names.
fn owner<'a>(
    row: &SqliteRow,
    places: &HashMap<i64, usize>,
    replies: &'a mut [StoredReply],
) -> Result<Option<&'a mut Reply>, sqlx::Error> {
    let pk: i64 = row.try_get(0)?;
    Ok(places.get(&pk).and_then(|place| replies.get_mut(*place)).map(|stored| &mut stored.reply))
}

async fn mentions(
    connection: &mut Connected,
    keys: &[i64],
    places: &HashMap<i64, usize>,
    replies: &mut [StoredReply],
) -> Result<(), sqlx::Error> {
    let mut query = QueryBuilder::<Db>::new("SELECT reply, person, name FROM mention WHERE reply IN (");
    push_keys(&mut query, keys);
    query.push("ORDER BY reply, position");
    for row in query.build().fetch_all(connection).await? {
        if let Some(reply) = owner(&row, places, replies)? {
            let id = row.try_get::<Option<String>, _>(1)?.map(PersonId);
            reply.mentions.push(Person { id, name: row.try_get(2)?, ..Person::default() });
        }
    }
    Ok(())
}

async fn quotes(
    connection: &mut Connected,
    keys: &[i64],
    places: &HashMap<i64, usize>,
    replies: &mut [StoredReply],
) -> Result<(), sqlx::Error> {
    let mut query = QueryBuilder::<Db>::new("SELECT reply, number, exact FROM quote WHERE reply IN (");
    push_keys(&mut query, keys);
    query.push("ORDER BY reply, position");
    for row in query.build().fetch_all(connection).await? {
        if let Some(reply) = owner(&row, places, replies)? {
            reply.quotes.push(Quote { number: row.try_get(1)?, exact: row.try_get(2)? });
        }
    }
    Ok(())
}

async fn reactions(
    connection: &mut Connected,
    names: usize,
    keys: &[i64],
    places: &HashMap<i64, usize>,
    replies: &mut [StoredReply],
) -> Result<(), sqlx::Error> {
    let mut query = QueryBuilder::<Db>::new(
        "SELECT reaction.reply, reaction.tag, reaction.unnamed, reaction_person.position, \
         person.id, person.name, person.erased FROM reaction \
         LEFT JOIN reaction_person ON reaction_person.reply = reaction.reply AND reaction_person.tag = reaction.tag \
         LEFT JOIN person ON person.pk = reaction_person.person WHERE reaction.reply IN (",
    );
    push_keys(&mut query, keys);
    query.push("ORDER BY reaction.reply, reaction.position, reaction_person.position");
    for row in query.build().fetch_all(connection).await? {
        let Some(reply) = owner(&row, places, replies)? else { continue };
        let tag: &str = row.try_get(1)?;
        if reply.reactions.last().is_none_or(|reaction| reaction.tag.as_str() != tag) {
            reply.reactions.push(Reaction {
                tag: Tag::from(tag),
                count: row.try_get(2)?,
                people: Vec::new(),
            });
        }
        let Some(reaction) = reply.reactions.last_mut() else { continue };
        if row.try_get::<Option<i64>, _>(3)?.is_none() {
            continue;
        }
        reaction.count += 1;
        if reaction.people.len() < names {
            reaction.people.push(Person {
                id: row.try_get::<Option<String>, _>(4)?.map(PersonId),
                name: row.try_get(5)?,
                erased: row.try_get(6)?,
                ..Person::default()
            });
        }
    }
    Ok(())
}

/// Who quotes `replies`, anywhere in the thread; only quotes that can be read count.
async fn quoted_by(
    connection: &mut Connected,
    thread: i64,
    replies: &mut [StoredReply],
) -> Result<(), sqlx::Error> {
    let places: HashMap<u32, usize> = replies
        .iter()
        .enumerate()
        .filter_map(|(place, stored)| Some((stored.reply.number?, place)))
        .collect();
    let numbers: Vec<i64> = replies.iter().filter_map(|stored| stored.reply.number).map(i64::from).collect();
    for numbers in numbers.chunks(500) {
        let mut query = QueryBuilder::<Db>::new(
            "SELECT DISTINCT quote.number, reply.number FROM quote JOIN reply ON reply.pk = quote.reply WHERE quote.thread = ",
        );
        query.push_bind(thread).push(" AND reply.status = 'published' AND quote.number IN (");
        push_keys(&mut query, numbers);
        query.push("ORDER BY quote.number, reply.number");
        for row in query.build().fetch_all(&mut *connection).await? {
            let quoted: u32 = row.try_get(0)?;
            if let Some(stored) = places.get(&quoted).and_then(|place| replies.get_mut(*place)) {
                stored.reply.quoted_by.push(row.try_get(1)?);
            }
        }
    }
    Ok(())
}
