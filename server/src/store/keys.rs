//! Answers that were given to requests with a key, kept for whoever lost them on the way.

use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::change::Change;
use crate::idempotency::Key;

/// An answer that was given before.
pub(crate) struct Kept {
    /// SHA-256 of the request's body.
    pub(crate) request: Vec<u8>,
    /// The row of the reply that was stored; none once that is gone, as held ones go that were deleted.
    pub(crate) reply: Option<i64>,
    pub(crate) status: u16,
    /// The reply, as JSON.
    pub(crate) answer: String,
}

impl Change {
    /// What was answered to this person's request with this key.
    pub(crate) async fn kept(&mut self, person: i64, key: &Key) -> Result<Option<Kept>, sqlx::Error> {
        let row = sqlx::query(
            "SELECT request, status, answer, reply FROM idempotency_key WHERE person = $1 AND key = $2",
        )
        .bind(person)
        .bind(&key.key)
        .fetch_optional(self.connection())
        .await?;
        let kept = |row: SqliteRow| {
            Ok(Kept {
                request: row.try_get(0)?,
                status: row.try_get(1)?,
                answer: row.try_get(2)?,
                reply: row.try_get(3)?,
            })
        };
        row.map(kept).transpose()
    }

    /// Keeps an answer, which shows the reply in row `reply`.
    pub(crate) async fn keep(
        &mut self,
        person: i64,
        key: &Key,
        (status, answer, reply): (u16, &str, i64),
        now: i64,
    ) -> Result<(), sqlx::Error> {
        sqlx::query(
            "INSERT INTO idempotency_key (person, key, request, status, answer, created, reply) \
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(person)
        .bind(&key.key)
        .bind(&key.request)
        .bind(status)
        .bind(answer)
        .bind(now)
        .bind(reply)
        .execute(self.connection())
        .await
        .map(drop)
    }
}
