//! Reactions as states: chosen or not.

use super::change::Change;
use super::live::About;
use super::target::Target;

impl Change {
    /// Whether the thread lists this tag, and whether it lists any.
    pub(crate) async fn lists(&mut self, thread: i64, tag: &str) -> Result<(bool, bool), sqlx::Error> {
        let listed: Vec<String> = sqlx::query_scalar("SELECT tag FROM reaction_tag WHERE thread = $1")
            .bind(thread)
            .fetch_all(self.connection())
            .await?;
        Ok((listed.iter().any(|listed| listed == tag), !listed.is_empty()))
    }

    /// Whether somebody has chosen this tag for this reply.
    pub(crate) async fn carries(&mut self, target: &Target, tag: &str) -> Result<bool, sqlx::Error> {
        let found = sqlx::query("SELECT 1 FROM reaction WHERE reply = $1 AND tag = $2")
            .bind(target.pk)
            .bind(tag)
            .fetch_optional(self.connection())
            .await?;
        Ok(found.is_some())
    }

    /// `person` chooses `tag`; whether that is new.
    pub(crate) async fn choose(
        &mut self,
        target: &Target,
        tag: &str,
        person: i64,
    ) -> Result<bool, sqlx::Error> {
        sqlx::query(
            "INSERT INTO reaction (reply, position, tag, unnamed) VALUES ($1, \
             (SELECT COALESCE(MAX(position) + 1, 0) FROM reaction WHERE reply = $1), $2, 0) ON CONFLICT DO NOTHING",
        )
        .bind(target.pk)
        .bind(tag)
        .execute(self.connection())
        .await?;
        let chosen = sqlx::query(
            "INSERT INTO reaction_person (reply, tag, position, person) VALUES ($1, $2, \
             (SELECT COALESCE(MAX(position) + 1, 0) FROM reaction_person WHERE reply = $1 AND tag = $2), $3) \
             ON CONFLICT DO NOTHING",
        )
        .bind(target.pk)
        .bind(tag)
        .bind(person)
        .execute(self.connection())
        .await?;
        self.reacted(target, chosen.rows_affected() > 0).await
    }

    /// `person` does not choose `tag` any more; whether that is new.
    pub(crate) async fn take_back(
        &mut self,
        target: &Target,
        tag: &str,
        person: i64,
    ) -> Result<bool, sqlx::Error> {
        let taken = sqlx::query("DELETE FROM reaction_person WHERE reply = $1 AND tag = $2 AND person = $3")
            .bind(target.pk)
            .bind(tag)
            .bind(person)
            .execute(self.connection())
            .await?;
        sqlx::query(
            "DELETE FROM reaction WHERE reply = $1 AND tag = $2 AND unnamed = 0 \
             AND NOT EXISTS (SELECT 1 FROM reaction_person WHERE reply = $1 AND tag = $2)",
        )
        .bind(target.pk)
        .bind(tag)
        .execute(self.connection())
        .await?;
        self.reacted(target, taken.rows_affected() > 0).await
    }

    async fn reacted(&mut self, target: &Target, changed: bool) -> Result<bool, sqlx::Error> {
        if changed {
            self.rank(target.pk).await?;
            self.touch(target.thread, About::Reactions(target.pk)).await?;
        }
        Ok(changed)
    }
}
