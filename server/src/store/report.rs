//! What readers told the moderators of a reply.

use super::change::Change;

/// What somebody who is not signed in may add to what others have said; beyond it, moderators know.
const ANONYMOUS_MOST: i64 = 20;

impl Change {
    /// Keeps a report; the second of one person about one reply says nothing new.
    pub(crate) async fn report(
        &mut self,
        reply: i64,
        person: Option<i64>,
        (reason, detail): (&str, Option<&str>),
        now: i64,
    ) -> Result<(), sqlx::Error> {
        if person.is_none() {
            let count: i64 =
                sqlx::query_scalar("SELECT COUNT(*) FROM report WHERE reply = $1 AND person IS NULL")
                    .bind(reply)
                    .fetch_one(self.connection())
                    .await?;
            if count >= ANONYMOUS_MOST {
                return Ok(());
            }
        }
        sqlx::query(
            "INSERT INTO report (reply, person, reason, detail, created) VALUES ($1, $2, $3, $4, $5) \
             ON CONFLICT DO NOTHING",
        )
        .bind(reply)
        .bind(person)
        .bind(reason)
        .bind(detail)
        .bind(now)
        .execute(self.connection())
        .await
        .map(drop)
    }
}
