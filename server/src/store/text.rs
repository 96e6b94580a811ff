//! The text of a reply: written, replaced, and what it refers to.

use std::collections::HashMap;

use afterword_contract::{Format, Person, PersonId, Quote, ReplyId, Revision, Status};
use sqlx::{QueryBuilder, Row};

use super::change::Change;
use super::live::About;
use super::target::Target;
use super::{Db, write};

/// A text that has been checked, with what stands in it.
pub(crate) struct Text {
    pub(crate) body: String,
    pub(crate) format: Format,
    pub(crate) mentions: Vec<Person>,
    pub(crate) quotes: Vec<Quote>,
}

/// A reply that is quoted.
pub(crate) struct Source {
    pub(crate) body: String,
    pub(crate) format: Format,
}

/// A reply to be stored.
pub(crate) struct NewReply {
    pub(crate) thread: i64,
    pub(crate) id: ReplyId,
    pub(crate) author: i64,
    /// Whether it waits for approval, and its number with it.
    pub(crate) held: bool,
    pub(crate) now: i64,
}

impl Change {
    /// Those of `ids` whom the database knows by name, as they are called now.
    pub(crate) async fn known(&mut self, ids: &[&PersonId]) -> Result<Vec<Person>, sqlx::Error> {
        let mut query = QueryBuilder::<Db>::new("SELECT id, name FROM person WHERE NOT erased AND id IN (");
        let mut list = query.separated(", ");
        for id in ids {
            list.push_bind(id.as_str());
        }
        query.push(") ORDER BY pk");
        let rows = query.build().fetch_all(self.connection()).await?;
        let person = |row: &sqlx::sqlite::SqliteRow| {
            Ok(Person { id: Some(PersonId(row.try_get(0)?)), name: row.try_get(1)?, ..Person::default() })
        };
        rows.iter().map(person).collect()
    }

    /// Those of the thread's replies with these numbers that can be read.
    pub(crate) async fn sources(
        &mut self,
        thread: i64,
        numbers: &[u32],
    ) -> Result<HashMap<u32, Source>, sqlx::Error> {
        let mut query = QueryBuilder::<Db>::new("SELECT number, body, format FROM reply WHERE thread = ");
        query.push_bind(thread).push(" AND status = 'published' AND number IN (");
        let mut list = query.separated(", ");
        for number in numbers {
            list.push_bind(*number);
        }
        query.push(")");
        let rows = query.build().fetch_all(self.connection()).await?;
        let source = |row: &sqlx::sqlite::SqliteRow| {
            let format = Format::from(row.try_get::<&str, _>(2)?);
            Ok((row.try_get(0)?, Source { body: row.try_get(1)?, format }))
        };
        rows.iter().map(source).collect()
    }

    /// Whether a reply of this person has been published, in any thread.
    pub(crate) async fn has_published(&mut self, person: i64) -> Result<bool, sqlx::Error> {
        let found = sqlx::query("SELECT 1 FROM reply WHERE author = $1 AND status = 'published' LIMIT 1")
            .bind(person)
            .fetch_optional(self.connection())
            .await?;
        Ok(found.is_some())
    }

    /// Stores a new reply; returns its row.
    pub(crate) async fn store(&mut self, reply: &NewReply, text: &Text) -> Result<i64, sqlx::Error> {
        let (number, status) = if reply.held {
            (None, Status::Pending)
        } else {
            self.count_post(reply.author).await?;
            (Some(self.next_number(reply.thread).await?), Status::Published)
        };
        let pk = sqlx::query_scalar(
            "INSERT INTO reply (thread, id, number, author, status, format, body, revision, published, top_rank) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, '1', $8, 0) RETURNING pk",
        )
        .bind(reply.thread)
        .bind(reply.id.as_str())
        .bind(number)
        .bind(reply.author)
        .bind(status.as_str())
        .bind(text.format.as_str())
        .bind(&text.body)
        .bind(reply.now)
        .fetch_one(self.connection())
        .await?;
        write::mentions(self.connection(), pk, &text.mentions).await?;
        write::quotes(self.connection(), reply.thread, pk, &text.quotes).await?;
        self.touch(reply.thread, About::Reply(pk)).await?;
        Ok(pk)
    }

    /// Counts a reply for its author. Other threads show the new count when they change for another reason:
    /// it is not worth every cached page with that person on it.
    pub(super) async fn count_post(&mut self, author: i64) -> Result<(), sqlx::Error> {
        sqlx::query(
            "UPDATE person SET posts = 1 + COALESCE(posts, \
             (SELECT COUNT(*) FROM reply WHERE author = $1 AND number IS NOT NULL)) WHERE pk = $1",
        )
        .bind(author)
        .execute(self.connection())
        .await
        .map(drop)
    }

    /// Replaces the text of `target`, and keeps the one before where it could be read: what was never approved is
    /// in no history.
    pub(crate) async fn rewrite(
        &mut self,
        target: &Target,
        text: &Text,
        now: i64,
    ) -> Result<(), sqlx::Error> {
        if target.status == Status::Published {
            sqlx::query(
                "INSERT INTO revision (reply, position, revision, published, format, body) VALUES ($1, \
                 (SELECT COALESCE(MAX(position) + 1, 0) FROM revision WHERE reply = $1), $2, $3, $4, $5)",
            )
            .bind(target.pk)
            .bind(target.revision.as_str())
            .bind(target.edited.or(target.published))
            .bind(target.format.as_str())
            .bind(&target.body)
            .execute(self.connection())
            .await?;
        }
        let Revision(revision) = target.next_revision(now);
        sqlx::query("UPDATE reply SET body = $2, format = $3, revision = $4, edited = $5 WHERE pk = $1")
            .bind(target.pk)
            .bind(&text.body)
            .bind(text.format.as_str())
            .bind(revision)
            .bind(now)
            .execute(self.connection())
            .await?;
        for statement in ["DELETE FROM mention WHERE reply = $1", "DELETE FROM quote WHERE reply = $1"] {
            sqlx::query(statement).bind(target.pk).execute(self.connection()).await?;
        }
        write::mentions(self.connection(), target.pk, &text.mentions).await?;
        write::quotes(self.connection(), target.thread, target.pk, &text.quotes).await?;
        self.touch(target.thread, About::Reply(target.pk)).await
    }
}
