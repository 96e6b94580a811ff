//! What changed in a thread: noted in the transaction that changes it, and told to those who listen.
//!
//! An entry names what changed and not how: what is told is true when it is told, held replies are never part of it,
//! and ten edits of one reply are one event for somebody who missed all ten.

use std::sync::Arc;

use afterword_contract::{LiveEvent, LiveKind, Status, ThreadId};
use sqlx::{QueryBuilder, Row};

use super::page::NAMES;
use super::{Connected, Db, Extent, Store, rows};

/// So many changes of a thread are remembered: whoever missed more reads the page anew.
pub(crate) const KEPT: i64 = 500;

/// So many events are told at once, and so many bytes of them: whoever missed more reads the page anew, which is
/// bounded too, and shared by everybody.
const TOLD: usize = 100;
const TOLD_BYTES: usize = 1 << 20;

/// What somebody missed who knows the thread as it was at some change.
#[derive(Clone, Debug, Default)]
pub(crate) struct Missed {
    /// The change that they know afterwards.
    pub(crate) until: i64,
    /// Oldest first.
    pub(crate) events: Vec<Told>,
}

/// One event.
#[derive(Clone, Debug)]
pub(crate) struct Told {
    pub(crate) id: i64,
    pub(crate) kind: LiveKind,
    /// The event as JSON.
    pub(crate) data: String,
}

impl Told {
    fn of(id: i64, event: &LiveEvent) -> Result<Self, sqlx::Error> {
        let data = serde_json::to_string(event).map_err(|error| sqlx::Error::Encode(error.into()))?;
        Ok(Self { id, kind: event.event.clone(), data })
    }
}

/// What a change is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum About {
    Reply(i64),
    Reactions(i64),
    Thread,
    More,
}

/// Makes every cached page of the thread stale, and notes why.
pub(super) async fn note(connection: &mut Connected, thread: i64, about: About) -> Result<(), sqlx::Error> {
    let (kind, reply) = match about {
        About::Reply(reply) => (LiveKind::Reply, Some(reply)),
        About::Reactions(reply) => (LiveKind::Reactions, Some(reply)),
        About::Thread => (LiveKind::Thread, None),
        About::More => (LiveKind::Reset, None),
    };
    let id: i64 = sqlx::query_scalar("UPDATE thread SET change = change + 1 WHERE pk = $1 RETURNING change")
        .bind(thread)
        .fetch_one(&mut *connection)
        .await?;
    sqlx::query("INSERT INTO change (thread, id, kind, reply) VALUES ($1, $2, $3, $4)")
        .bind(thread)
        .bind(id)
        .bind(kind.as_str())
        .bind(reply)
        .execute(&mut *connection)
        .await?;
    sqlx::query("DELETE FROM change WHERE thread = $1 AND id <= $2")
        .bind(thread)
        .bind(id - KEPT)
        .execute(connection)
        .await
        .map(drop)
}

/// The same for each of these threads.
pub(super) async fn note_all(connection: &mut Connected, threads: &[i64]) -> Result<(), sqlx::Error> {
    for thread in threads {
        note(connection, *thread, About::More).await?;
    }
    Ok(())
}

impl Store {
    /// What has been committed from here since somebody waited last; another process is not heard.
    pub(crate) fn committed(&self) -> &Arc<tokio::sync::Notify> {
        &self.committed
    }

    /// At which change each of these threads is; 0 where nobody has written in it.
    pub(crate) async fn changes(&self, threads: &[ThreadId]) -> Result<Vec<(ThreadId, i64)>, sqlx::Error> {
        let mut query = QueryBuilder::<Db>::new("SELECT id, change FROM thread WHERE id IN (");
        let mut list = query.separated(", ");
        for thread in threads {
            list.push_bind(thread.as_str());
        }
        query.push(")");
        let rows = query.build().fetch_all(&self.readers).await?;
        rows.iter().map(|row| Ok((ThreadId(row.try_get(0)?), row.try_get(1)?))).collect()
    }

    /// What somebody missed who knows `thread` as it was at `since`.
    pub(crate) async fn missed(&self, thread: &ThreadId, since: i64) -> Result<Missed, sqlx::Error> {
        let mut view = self.read().await?;
        let row = sqlx::query("SELECT pk, change, total, locked FROM thread WHERE id = $1")
            .bind(thread.as_str())
            .fetch_optional(&mut *view)
            .await?;
        let Some(row) = row else { return Ok(Missed::default()) };
        let (pk, until): (i64, i64) = (row.try_get(0)?, row.try_get(1)?);
        let says = LiveEvent { total: row.try_get(2)?, locked: row.try_get(3)?, ..LiveEvent::default() };
        let mut missed = Missed { until, events: Vec::new() };
        if since == until {
            return Ok(missed);
        }
        let reset = LiveEvent { event: LiveKind::Reset, ..says.clone() };
        let rows = sqlx::query(
            "SELECT MAX(id), kind, reply FROM change WHERE thread = $1 AND id > $2 GROUP BY kind, reply ORDER BY MAX(id)",
        )
        .bind(pk)
        .bind(since)
        .fetch_all(&mut *view)
        .await?;
        let first: Option<i64> = sqlx::query_scalar("SELECT MIN(id) FROM change WHERE thread = $1")
            .bind(pk)
            .fetch_one(&mut *view)
            .await?;
        // A restored backup may be younger than what a client has seen of the one before.
        let whole = since < until && first.is_some_and(|first| first <= since + 1);
        let told = rows.iter().any(|row| row.try_get::<&str, _>(1).is_ok_and(|kind| kind == "reset"));
        if !whole || told || rows.len() > TOLD {
            missed.events.push(Told::of(until, &reset)?);
            return Ok(missed);
        }
        let mut bytes = 0;
        for row in rows {
            let mut event = LiveEvent { event: LiveKind::from(row.try_get::<&str, _>(1)?), ..says.clone() };
            if let Some(reply) = row.try_get::<Option<i64>, _>(2)? {
                let Some(reply) = public(&mut view, pk, reply).await? else { continue };
                match event.event {
                    LiveKind::Reply => event.reply = Some(reply),
                    _ if reply.status == Status::Published => {
                        event.id = Some(reply.id);
                        event.reactions = Some(reply.reactions);
                    }
                    _ => continue,
                }
            }
            let told = Told::of(row.try_get(0)?, &event)?;
            bytes += told.data.len();
            if bytes > TOLD_BYTES {
                missed.events = vec![Told::of(until, &reset)?];
                break;
            }
            missed.events.push(told);
        }
        view.commit().await?;
        Ok(missed)
    }
}

/// The reply as a page shows it; `None` for one that stands on none.
async fn public(
    connection: &mut Connected,
    thread: i64,
    pk: i64,
) -> Result<Option<afterword_contract::Reply>, sqlx::Error> {
    let mut query = QueryBuilder::<Db>::new(rows::SELECT);
    query.push("reply.number IS NOT NULL AND reply.pk = ").push_bind(pk);
    let Some(row) = query.build().fetch_optional(&mut *connection).await? else { return Ok(None) };
    let mut replies = [rows::reply_of(&row)?];
    rows::complete(connection, thread, Extent::Public, NAMES, &mut replies).await?;
    let [stored] = replies;
    Ok(Some(stored.reply))
}
