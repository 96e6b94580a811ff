//! The texts that a reply has had.

use afterword_contract::{Format, PastRevision, Revision, Status, Timestamp};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::Store;

impl Store {
    /// Every text of the reply, oldest first, the present one last; none of what is hidden or deleted. `None`
    /// where nobody may know of such a reply.
    pub(crate) async fn history(&self, id: &str) -> Result<Option<Vec<PastRevision>>, sqlx::Error> {
        let mut view = self.read().await?;
        let present = sqlx::query(
            "SELECT revision, COALESCE(edited, published), format, body, pk, status FROM reply \
             WHERE id = $1 AND number IS NOT NULL",
        )
        .bind(id)
        .fetch_optional(&mut *view)
        .await?;
        let Some(present) = present else { return Ok(None) };
        if Status::from(present.try_get::<&str, _>(5)?) != Status::Published {
            return Ok(Some(Vec::new()));
        }
        let past = sqlx::query(
            "SELECT revision, published, format, body FROM revision WHERE reply = $1 ORDER BY position",
        )
        .bind(present.try_get::<i64, _>(4)?)
        .fetch_all(&mut *view)
        .await?;
        view.commit().await?;
        past.iter().chain([&present]).map(revision).collect::<Result<_, _>>().map(Some)
    }
}

fn revision(row: &SqliteRow) -> Result<PastRevision, sqlx::Error> {
    Ok(PastRevision {
        revision: Revision(row.try_get(0)?),
        published: row.try_get::<Option<i64>, _>(1)?.map(Timestamp::from_millis),
        format: Format::from(row.try_get::<&str, _>(2)?),
        body: row.try_get(3)?,
    })
}
