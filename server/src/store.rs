//! Threads in the database, and the only module that knows SQL.
//!
//! SQLite in WAL mode: any number of readers beside one writer. Every write goes through one connection and
//! begins with `BEGIN IMMEDIATE`, because a transaction that reads first and writes later is refused at once
//! when another process writes in between, however long the busy timeout is. Statements keep to what
//! PostgreSQL understands too (`$1`, `ON CONFLICT`, row values); pragmas are in [`open`] alone.
//!
//! Knows no HTTP and reads no clock.

mod change;
mod desk;
mod export;
mod history;
mod identity;
mod import;
mod keys;
mod limits;
mod live;
mod names;
mod open;
mod page;
mod people;
mod react;
mod report;
mod rows;
mod standing;
mod target;
mod text;
mod viewer;
mod write;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use afterword_contract::ThreadId;
use sqlx::pool::PoolConnection;
use sqlx::sqlite::SqliteRow;
use sqlx::{Connection, QueryBuilder, Row, Transaction};

pub(crate) use change::Change;
pub(crate) use desk::Waiting;
pub use export::{Extent, Snapshot};
pub(crate) use identity::{Holder, NameTaken};
pub use import::{ImportError, Imported};
pub(crate) use live::{Missed, Told};
pub use open::Access;
pub(crate) use page::{PageOrder, PageQuery, Place, Position};
pub(crate) use target::Target;
pub(crate) use text::{NewReply, Text};
pub(crate) use viewer::{Own, Traces};

/// The database that the statements are written for.
type Db = sqlx::Sqlite;
type Pool = sqlx::Pool<Db>;
type Connected = sqlx::SqliteConnection;

/// A handle on the database; clones share it.
#[derive(Clone)]
pub struct Store {
    readers: Pool,
    /// One connection: writers stand in line here rather than fight over the file's lock.
    writer: Pool,
    /// Wakes whoever tells listeners what changed.
    committed: Arc<tokio::sync::Notify>,
    path: PathBuf,
    _temporary: Option<Arc<open::Temporary>>,
}

/// Which state of a thread something cached belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ThreadState {
    /// The thread's row.
    pub(crate) pk: i64,
    /// How often the thread has changed.
    pub(crate) change: i64,
}

/// A thread in a list of threads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThreadSummary {
    /// Its id.
    pub id: ThreadId,
    /// The title of the page it belongs to.
    pub title: Option<String>,
    /// How many numbers are given out.
    pub total: u32,
}

impl Store {
    /// Whether the database answers.
    pub async fn check(&self) -> Result<(), sqlx::Error> {
        sqlx::query("SELECT 1 FROM fact LIMIT 1").fetch_optional(&self.readers).await.map(drop)
    }

    /// The state that the thread is in now; `None` for a thread nobody has written in.
    pub(crate) async fn state(&self, thread: &ThreadId) -> Result<Option<ThreadState>, sqlx::Error> {
        let row = sqlx::query("SELECT pk, change FROM thread WHERE id = $1")
            .bind(thread.as_str())
            .fetch_optional(&self.readers)
            .await?;
        row.map(|row| Ok(ThreadState { pk: row.try_get(0)?, change: row.try_get(1)? })).transpose()
    }

    /// How many numbers each of `threads` has given out; unknown threads are left out.
    pub(crate) async fn totals(&self, threads: &[ThreadId]) -> Result<Vec<(ThreadId, u32)>, sqlx::Error> {
        let mut query = QueryBuilder::<Db>::new("SELECT id, total FROM thread WHERE id IN (");
        let mut list = query.separated(", ");
        for thread in threads {
            list.push_bind(thread.as_str());
        }
        query.push(")");
        let rows = query.build().fetch_all(&self.readers).await?;
        rows.iter().map(|row| Ok((ThreadId(row.try_get(0)?), row.try_get(1)?))).collect()
    }

    /// One thread as it stands in a list; `None` where there is no such thread.
    pub(crate) async fn thread(&self, id: &ThreadId) -> Result<Option<ThreadSummary>, sqlx::Error> {
        let row = sqlx::query("SELECT id, title, total FROM thread WHERE id = $1")
            .bind(id.as_str())
            .fetch_optional(&self.readers)
            .await?;
        row.as_ref().map(summary).transpose()
    }

    /// Every thread by id, at most `limit` of them.
    pub async fn threads(&self, limit: u32) -> Result<Vec<ThreadSummary>, sqlx::Error> {
        threads(&mut *self.readers.acquire().await?, limit).await
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Lets what is going on end, and closes every connection.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }

    /// One unchanging view of the database for several reads.
    async fn read(&self) -> Result<Transaction<'static, Db>, sqlx::Error> {
        self.readers.begin().await
    }

    /// The writer's connection; begin with [`begin_immediate`].
    async fn write(&self) -> Result<PoolConnection<Db>, sqlx::Error> {
        self.writer.acquire().await
    }
}

/// Begins a transaction that holds the write lock from its start.
async fn begin_immediate(connection: &mut Connected) -> Result<Transaction<'_, Db>, sqlx::Error> {
    connection.begin_with("BEGIN IMMEDIATE").await
}

/// Every thread by id, at most `limit` of them.
async fn threads(connection: &mut Connected, limit: u32) -> Result<Vec<ThreadSummary>, sqlx::Error> {
    let rows = sqlx::query("SELECT id, title, total FROM thread ORDER BY id LIMIT $1")
        .bind(limit)
        .fetch_all(connection)
        .await?;
    rows.iter().map(summary).collect()
}

fn summary(row: &SqliteRow) -> Result<ThreadSummary, sqlx::Error> {
    Ok(ThreadSummary { id: ThreadId(row.try_get(0)?), title: row.try_get(1)?, total: row.try_get(2)? })
}
