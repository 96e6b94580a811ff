//! Replies taken out of sight and brought back. Their reactions, mentions and quotes stay where they are, and
//! are shown again when the reply is.

use afterword_contract::{Revision, Status};

use super::change::Change;
use super::live::About;
use super::target::Target;

impl Change {
    /// Makes `target` a tombstone; `deleter` may take that back.
    pub(crate) async fn delete(
        &mut self,
        target: &Target,
        deleter: Option<i64>,
        now: i64,
    ) -> Result<(), sqlx::Error> {
        self.stand(target, Status::Deleted, (Some(now), deleter), now).await
    }

    /// Makes the deletion of `target` that of `deleter`, so that nobody else but moderators takes it back.
    pub(crate) async fn take_over(
        &mut self,
        target: &Target,
        deleter: Option<i64>,
    ) -> Result<(), sqlx::Error> {
        sqlx::query("UPDATE reply SET deleter = $2 WHERE pk = $1")
            .bind(target.pk)
            .bind(deleter)
            .execute(self.connection())
            .await
            .map(drop)
    }

    /// Takes `target` out of sight, number and all that hangs on it staying.
    pub(crate) async fn hide(&mut self, target: &Target, now: i64) -> Result<(), sqlx::Error> {
        self.stand(target, Status::Hidden, (None, None), now).await
    }

    /// Brings `target` back: into the thread, or among those that are held.
    pub(crate) async fn restore(&mut self, target: &Target, now: i64) -> Result<(), sqlx::Error> {
        let status = if target.number.is_some() { Status::Published } else { Status::Pending };
        self.stand(target, status, (None, None), now).await
    }

    /// Publishes a held reply under the thread's next number; returns that.
    pub(crate) async fn approve(&mut self, target: &Target, now: i64) -> Result<u32, sqlx::Error> {
        if let Some(author) = target.author {
            self.count_post(author).await?;
        }
        let number = self.next_number(target.thread).await?;
        // What was changed before, nobody has seen otherwise.
        sqlx::query(
            "UPDATE reply SET number = $2, status = 'published', published = $3, edited = NULL WHERE pk = $1",
        )
        .bind(target.pk)
        .bind(number)
        .bind(now)
        .execute(self.connection())
        .await?;
        self.touch(target.thread, About::Reply(target.pk)).await?;
        Ok(number)
    }

    async fn stand(
        &mut self,
        target: &Target,
        status: Status,
        (deleted, deleter): (Option<i64>, Option<i64>),
        now: i64,
    ) -> Result<(), sqlx::Error> {
        let Revision(revision) = target.next_revision(now);
        sqlx::query("UPDATE reply SET status = $2, deleted = $3, deleter = $4, revision = $5 WHERE pk = $1")
            .bind(target.pk)
            .bind(status.as_str())
            .bind(deleted)
            .bind(deleter)
            .bind(revision)
            .execute(self.connection())
            .await?;
        self.rank(target.pk).await?;
        self.touch(target.thread, About::Reply(target.pk)).await
    }

    /// Puts the reply where its visible reactions place it in the order "top".
    pub(super) async fn rank(&mut self, pk: i64) -> Result<(), sqlx::Error> {
        sqlx::query(
            "UPDATE reply SET top_rank = CASE WHEN status = 'published' THEN \
             - (SELECT COALESCE(SUM(unnamed), 0) FROM reaction WHERE reply = $1) \
             - (SELECT COUNT(*) FROM reaction_person WHERE reply = $1) ELSE 0 END WHERE pk = $1",
        )
        .bind(pk)
        .execute(self.connection())
        .await
        .map(drop)
    }
}
