//! A reply that somebody wants to change, with all that the rules about that ask for.

use afterword_contract::{Format, Person, PersonId, Revision, Status};
use sqlx::Row;

use super::change::Change;

/// The reply and where it stands.
pub(crate) struct Target {
    pub(crate) pk: i64,
    pub(crate) thread: i64,
    /// Whether its thread takes nothing more.
    pub(crate) locked: bool,
    pub(crate) number: Option<u32>,
    pub(crate) author: Option<i64>,
    pub(crate) status: Status,
    pub(crate) format: Format,
    pub(crate) body: String,
    pub(crate) mentions: Vec<Person>,
    pub(crate) revision: Revision,
    /// In milliseconds, like all moments here.
    pub(crate) published: Option<i64>,
    pub(crate) edited: Option<i64>,
    /// When it was deleted here, while its text is kept for that.
    pub(crate) deleted: Option<i64>,
    pub(crate) deleter: Option<i64>,
}

impl Target {
    /// The revision after this one.
    pub(crate) fn next_revision(&self, now: i64) -> Revision {
        // Revisions from elsewhere need not be numbers; then the moment is one that none of them was.
        let next = self.revision.as_str().parse().map_or(now, |number: i64| number.saturating_add(1));
        Revision(next.to_string())
    }
}

impl Change {
    /// The reply with this id, whatever its state.
    pub(crate) async fn target(&mut self, id: &str) -> Result<Option<Target>, sqlx::Error> {
        let row = sqlx::query(
            "SELECT reply.pk, reply.thread, thread.locked, reply.number, reply.author, reply.status, reply.format, \
             reply.body, reply.revision, reply.published, reply.edited, reply.deleted, reply.deleter \
             FROM reply JOIN thread ON thread.pk = reply.thread WHERE reply.id = $1",
        )
        .bind(id)
        .fetch_optional(self.connection())
        .await?;
        let Some(row) = row else { return Ok(None) };
        let pk = row.try_get(0)?;
        let mentions = sqlx::query("SELECT person, name FROM mention WHERE reply = $1 ORDER BY position")
            .bind(pk)
            .fetch_all(self.connection())
            .await?;
        let person = |row: &sqlx::sqlite::SqliteRow| {
            let id = row.try_get::<Option<String>, _>(0)?.map(PersonId);
            Ok(Person { id, name: row.try_get(1)?, ..Person::default() })
        };
        Ok(Some(Target {
            pk,
            thread: row.try_get(1)?,
            locked: row.try_get(2)?,
            number: row.try_get(3)?,
            author: row.try_get(4)?,
            status: Status::from(row.try_get::<&str, _>(5)?),
            format: Format::from(row.try_get::<&str, _>(6)?),
            body: row.try_get(7)?,
            mentions: mentions.iter().map(person).collect::<Result<_, sqlx::Error>>()?,
            revision: Revision(row.try_get(8)?),
            published: row.try_get(9)?,
            edited: row.try_get(10)?,
            deleted: row.try_get(11)?,
            deleter: row.try_get(12)?,
        }))
    }
}
