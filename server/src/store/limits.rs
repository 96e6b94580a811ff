//! How much of a limit is used up.

use super::{Store, begin_immediate};

impl Store {
    /// Uses up one more of what `who` may do, at the moment `now`: it is given back after `one`, and `all` of it
    /// may be used at once. All in milliseconds; the error is how long to wait.
    pub(crate) async fn use_up(
        &self,
        action: &str,
        who: &str,
        one: i64,
        all: i64,
        now: i64,
    ) -> Result<Result<(), i64>, sqlx::Error> {
        let mut connection = self.write().await?;
        let mut transaction = begin_immediate(&mut connection).await?;
        // What is given back, and what a clock that ran ahead has left: neither says anything any more.
        sqlx::query("DELETE FROM used WHERE free <= $1 OR (action = $2 AND who = $3 AND free > $4)")
            .bind(now)
            .bind(action)
            .bind(who)
            .bind(now + all)
            .execute(&mut *transaction)
            .await?;
        let free: Option<i64> = sqlx::query_scalar("SELECT free FROM used WHERE action = $1 AND who = $2")
            .bind(action)
            .bind(who)
            .fetch_optional(&mut *transaction)
            .await?;
        let free = free.unwrap_or(now) + one;
        if free > now + all {
            return Ok(Err(free - now - all));
        }
        sqlx::query(
            "INSERT INTO used (action, who, free) VALUES ($1, $2, $3) \
             ON CONFLICT (action, who) DO UPDATE SET free = $3",
        )
        .bind(action)
        .bind(who)
        .bind(free)
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(Ok(()))
    }
}
