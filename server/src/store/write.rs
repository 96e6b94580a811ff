//! A thread and its replies into rows. Decides nothing: what is to be written has been planned and checked.

use afterword_contract::{Person, Quote, Reply, Status, Timestamp};

use super::Connected;
use super::import::Plan;
use super::live::{About, note};
use super::people::People;

/// Writes what the plan says, and raises the thread's change counter if that is anything.
pub(super) async fn thread(
    connection: &mut Connected,
    people: &People,
    plan: &Plan,
) -> Result<(), sqlx::Error> {
    let Plan { thread, heading_changed, writes, .. } = plan;
    if !heading_changed && writes.is_empty() {
        return Ok(());
    }
    let pk: i64 = sqlx::query_scalar(
        "INSERT INTO thread (id, title, url, locked, total, change) VALUES ($1, $2, $3, $4, $5, 0) \
         ON CONFLICT (id) DO UPDATE SET title = $2, url = $3, locked = $4, total = $5 RETURNING pk",
    )
    .bind(thread.id.as_str())
    .bind(&thread.title)
    .bind(&thread.url)
    .bind(thread.locked)
    .bind(thread.total)
    .fetch_one(&mut *connection)
    .await?;
    note(connection, pk, About::More).await?;
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
    for (kept, content) in writes {
        reply(connection, people, pk, *kept, content).await?;
    }
    Ok(())
}

async fn reply(
    connection: &mut Connected,
    people: &People,
    thread: i64,
    kept: Option<i64>,
    content: &Reply,
) -> Result<(), sqlx::Error> {
    if let Some(pk) = kept {
        clear(connection, pk).await?;
    }
    let author = match &content.author {
        Some(author) => Some(people.row(connection, author).await?),
        None => None,
    };
    let seen = if content.status == Status::Published { &*content.reactions } else { &[] };
    let top_rank = -seen.iter().map(|reaction| i64::from(reaction.count)).sum::<i64>();
    let millis = |moment: &Option<Timestamp>| moment.as_ref().and_then(Timestamp::millis);
    let pk: i64 = sqlx::query_scalar(
        "INSERT INTO reply (thread, id, number, author, status, format, body, revision, published, edited, top_rank) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) \
         ON CONFLICT (id) DO UPDATE SET number = $3, author = $4, status = $5, format = $6, body = $7, \
         revision = $8, published = $9, edited = $10, top_rank = $11, \
         deleted = CASE WHEN $5 = 'deleted' THEN reply.deleted END, \
         deleter = CASE WHEN $5 = 'deleted' THEN reply.deleter END RETURNING pk",
    )
    .bind(thread)
    .bind(content.id.as_str())
    .bind(content.number)
    .bind(author)
    .bind(content.status.as_str())
    .bind(content.format.as_str())
    .bind(&content.body)
    .bind(content.revision.as_str())
    .bind(millis(&content.published))
    .bind(millis(&content.edited))
    .bind(top_rank)
    .fetch_one(&mut *connection)
    .await?;
    parts(connection, people, thread, pk, content).await
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

async fn parts(
    connection: &mut Connected,
    people: &People,
    thread: i64,
    reply: i64,
    content: &Reply,
) -> Result<(), sqlx::Error> {
    mentions(connection, reply, &content.mentions).await?;
    quotes(connection, thread, reply, &content.quotes).await?;
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

/// Writes whom a reply mentions.
pub(super) async fn mentions(
    connection: &mut Connected,
    reply: i64,
    people: &[Person],
) -> Result<(), sqlx::Error> {
    for (position, person) in (0i64..).zip(people) {
        sqlx::query("INSERT INTO mention (reply, position, person, name) VALUES ($1, $2, $3, $4)")
            .bind(reply)
            .bind(position)
            .bind(person.id.as_ref().map(|id| id.as_str()))
            .bind(&person.name)
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

/// Writes what a reply quotes.
pub(super) async fn quotes(
    connection: &mut Connected,
    thread: i64,
    reply: i64,
    quotes: &[Quote],
) -> Result<(), sqlx::Error> {
    for (position, quote) in (0i64..).zip(quotes) {
        sqlx::query("INSERT INTO quote (reply, position, thread, number, exact) VALUES ($1, $2, $3, $4, $5)")
            .bind(reply)
            .bind(position)
            .bind(thread)
            .bind(quote.number)
            .bind(quote.exact)
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}
