//! A change to the database, from `BEGIN IMMEDIATE` to its commit: what is not committed never was.
//!
//! Here is what all changes share; what each does stands beside its kind. Decides nothing about who may.

use std::sync::Arc;

use afterword_contract::{PageReference, Reply, Status, ThreadId};
use sqlx::{QueryBuilder, Row, Transaction};
use tokio::sync::Notify;

use super::live::{self, About};
use super::page::NAMES;
use super::{Connected, Db, Extent, Store, rows};
use crate::idempotency;

/// A change under way. It holds the write lock.
pub(crate) struct Change {
    transaction: Transaction<'static, Db>,
    committed: Arc<Notify>,
}

/// A thread as far as writing into it needs to know it.
pub(crate) struct OpenThread {
    pub(crate) pk: i64,
    pub(crate) locked: bool,
}

impl Store {
    /// Begins a change; waits for others that are under way.
    pub(crate) async fn change(&self) -> Result<Change, sqlx::Error> {
        let transaction = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        Ok(Change { transaction, committed: Arc::clone(self.committed()) })
    }
}

impl Change {
    /// Makes it so.
    pub(crate) async fn commit(self) -> Result<(), sqlx::Error> {
        self.transaction.commit().await?;
        self.committed.notify_one();
        Ok(())
    }

    pub(super) fn connection(&mut self) -> &mut Connected {
        &mut self.transaction
    }

    /// Forgets what need not be kept any longer: the texts of replies deleted before `deleted_before`, also in
    /// answers that are kept, and answers older than a day.
    pub(crate) async fn forget(&mut self, now: i64, deleted_before: i64) -> Result<(), sqlx::Error> {
        let gone: Vec<i64> = sqlx::query_scalar("SELECT pk FROM reply WHERE deleted < $1")
            .bind(deleted_before)
            .fetch_all(self.connection())
            .await?;
        for pk in gone {
            let tombstone = self.shown(pk).await?;
            let answer =
                serde_json::to_string(&tombstone).map_err(|error| sqlx::Error::Encode(error.into()))?;
            sqlx::query("UPDATE idempotency_key SET answer = $2 WHERE reply = $1")
                .bind(pk)
                .bind(answer)
                .execute(self.connection())
                .await?;
            for statement in [
                // What was deleted while it was held never had a place in the thread.
                "DELETE FROM reply WHERE pk = $1 AND number IS NULL",
                "DELETE FROM mention WHERE reply = $1",
                "DELETE FROM quote WHERE reply = $1",
                "DELETE FROM reaction WHERE reply = $1",
                "DELETE FROM revision WHERE reply = $1",
                "UPDATE reply SET body = '', deleted = NULL, deleter = NULL WHERE pk = $1",
            ] {
                sqlx::query(statement).bind(pk).execute(self.connection()).await?;
            }
        }
        sqlx::query("DELETE FROM idempotency_key WHERE created < $1")
            .bind(now - idempotency::KEPT)
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// The thread with this id; `None` where nobody has written in it.
    pub(crate) async fn thread(&mut self, id: &ThreadId) -> Result<Option<OpenThread>, sqlx::Error> {
        let row = sqlx::query("SELECT pk, locked FROM thread WHERE id = $1")
            .bind(id.as_str())
            .fetch_optional(self.connection())
            .await?;
        row.map(|row| Ok(OpenThread { pk: row.try_get(0)?, locked: row.try_get(1)? })).transpose()
    }

    /// Opens a thread.
    pub(crate) async fn open_thread(&mut self, id: &ThreadId) -> Result<OpenThread, sqlx::Error> {
        let pk = sqlx::query_scalar(
            "INSERT INTO thread (id, locked, total, change) VALUES ($1, FALSE, 0, 0) RETURNING pk",
        )
        .bind(id.as_str())
        .fetch_one(self.connection())
        .await?;
        Ok(OpenThread { pk, locked: false })
    }

    /// Says which page the thread belongs to, where nobody has yet.
    pub(crate) async fn introduce(&mut self, thread: i64, page: &PageReference) -> Result<(), sqlx::Error> {
        sqlx::query("UPDATE thread SET title = $2, url = $3 WHERE pk = $1 AND title IS NULL AND url IS NULL")
            .bind(thread)
            .bind(&page.title)
            .bind(&page.url)
            .execute(self.connection())
            .await
            .map(drop)
    }

    /// Gives out the thread's next number.
    pub(super) async fn next_number(&mut self, thread: i64) -> Result<u32, sqlx::Error> {
        sqlx::query_scalar("UPDATE thread SET total = total + 1 WHERE pk = $1 RETURNING total")
            .bind(thread)
            .fetch_one(self.connection())
            .await
    }

    /// Makes every cached page of the thread stale, and lets those who listen know.
    pub(super) async fn touch(&mut self, thread: i64, about: About) -> Result<(), sqlx::Error> {
        live::note(self.connection(), thread, about).await
    }

    /// The reply as whoever wrote it may see it: held ones whole, hidden and deleted ones without their text.
    pub(crate) async fn shown(&mut self, pk: i64) -> Result<Reply, sqlx::Error> {
        let mut query = QueryBuilder::<Db>::new(rows::SELECT);
        query.push("reply.pk = ").push_bind(pk);
        let row = query.build().fetch_one(self.connection()).await?;
        let thread: i64 = sqlx::query_scalar("SELECT thread FROM reply WHERE pk = $1")
            .bind(pk)
            .fetch_one(self.connection())
            .await?;
        let stored = rows::reply_of(&row)?;
        let is_held = stored.reply.status == Status::Pending;
        let extent = if is_held { Extent::Everything } else { Extent::Public };
        let mut replies = [stored];
        rows::complete(self.connection(), thread, extent, NAMES, &mut replies).await?;
        let [stored] = replies;
        Ok(stored.reply)
    }
}
