//! What lies on the moderators' desk, and what they do to people and threads.

use afterword_contract::ThreadId;
use sqlx::{QueryBuilder, Row};

use super::change::Change;
use super::live::About;
use super::{Db, Store};

/// A reply that waits for a decision.
pub(crate) struct Waiting {
    pub(crate) id: String,
    pub(crate) thread: String,
    /// Null while it is held.
    pub(crate) number: Option<u32>,
    /// Who wrote it, and under what id.
    pub(crate) author: Option<(String, Option<String>)>,
    pub(crate) body: String,
    pub(crate) revision: String,
    /// What it is reported for: a word, and what else somebody had to say.
    pub(crate) reports: Vec<(String, Option<String>)>,
}

impl Store {
    /// What is held, oldest first, and then what was reported and can still be read.
    pub(crate) async fn waiting(&self) -> Result<Vec<Waiting>, sqlx::Error> {
        self.laid_out(None).await
    }

    /// The reply with this id, in whatever state it is.
    pub(crate) async fn looked_up(&self, id: &str) -> Result<Option<Waiting>, sqlx::Error> {
        Ok(self.laid_out(Some(id)).await?.pop())
    }

    async fn laid_out(&self, id: Option<&str>) -> Result<Vec<Waiting>, sqlx::Error> {
        let mut view = self.read().await?;
        let mut query = QueryBuilder::<Db>::new(
            "SELECT reply.pk, reply.id, thread.id, reply.number, person.name, person.id, reply.body, reply.revision \
             FROM reply JOIN thread ON thread.pk = reply.thread LEFT JOIN person ON person.pk = reply.author WHERE ",
        );
        match id {
            Some(id) => query.push("reply.id = ").push_bind(id),
            None => query.push(
                "reply.status = 'pending' OR (reply.status = 'published' AND reply.pk IN (SELECT reply FROM report))",
            ),
        };
        query.push(" ORDER BY reply.number IS NOT NULL, reply.pk");
        let mut waiting = Vec::new();
        for row in query.build().fetch_all(&mut *view).await? {
            let reports = sqlx::query_as("SELECT reason, detail FROM report WHERE reply = $1 ORDER BY pk")
                .bind(row.try_get::<i64, _>(0)?)
                .fetch_all(&mut *view)
                .await?;
            let name: Option<String> = row.try_get(4)?;
            let id: Option<String> = row.try_get(5)?;
            waiting.push(Waiting {
                id: row.try_get(1)?,
                thread: row.try_get(2)?,
                number: row.try_get(3)?,
                author: name.map(|name| (name, id)),
                body: row.try_get(6)?,
                revision: row.try_get(7)?,
                reports,
            });
        }
        view.commit().await?;
        Ok(waiting)
    }
}

impl Change {
    /// Whether there is such a person; they are banned, or not any more.
    pub(crate) async fn ban(&mut self, person: &str, banned: bool) -> Result<bool, sqlx::Error> {
        let done = sqlx::query("UPDATE person SET banned = $2 WHERE id = $1")
            .bind(person)
            .bind(banned)
            .execute(self.connection())
            .await?;
        Ok(done.rows_affected() > 0)
    }

    /// Whether there is such a thread; it is locked, or not any more.
    pub(crate) async fn lock(&mut self, thread: &ThreadId, locked: bool) -> Result<bool, sqlx::Error> {
        let found = sqlx::query_scalar("UPDATE thread SET locked = $2 WHERE id = $1 RETURNING pk")
            .bind(thread.as_str())
            .bind(locked)
            .fetch_optional(self.connection())
            .await?;
        let Some(pk) = found else { return Ok(false) };
        self.touch(pk, About::Thread).await?;
        Ok(true)
    }

    /// Forgets what was reported of a reply: it has been looked at.
    pub(crate) async fn settle(&mut self, reply: i64) -> Result<(), sqlx::Error> {
        sqlx::query("DELETE FROM report WHERE reply = $1")
            .bind(reply)
            .execute(self.connection())
            .await
            .map(drop)
    }
}
