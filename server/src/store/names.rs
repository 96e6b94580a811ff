//! People by name: who is in a thread, and who else there is.

use afterword_contract::{Person, PersonId, ThreadId};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::Store;

/// How many people beyond the thread's own are looked through for one question.
const LOOKED_THROUGH: i64 = 20_000;

impl Store {
    /// Up to `most` people who fit: those who wrote in the thread first, lately first, then others, those who
    /// wrote most first. Of guests, those alone of whom something is published: any name can be a guest's.
    pub(crate) async fn people(
        &self,
        thread: &ThreadId,
        most: usize,
        fits: impl Fn(&str) -> bool,
    ) -> Result<Vec<Person>, sqlx::Error> {
        let mut view = self.read().await?;
        let mut found: Vec<Person> = Vec::new();
        let here = sqlx::query(
            "SELECT person.id, person.name, person.posts, person.role, person.avatar, person.url FROM person \
             JOIN (SELECT reply.author, MAX(reply.number) AS latest FROM reply JOIN thread ON thread.pk = reply.thread \
             WHERE thread.id = $1 AND reply.status = 'published' GROUP BY reply.author) AS wrote \
             ON wrote.author = person.pk WHERE person.id IS NOT NULL AND NOT person.erased AND NOT person.banned \
             ORDER BY wrote.latest DESC",
        )
        .bind(thread.as_str())
        .fetch_all(&mut *view)
        .await?;
        let others = "SELECT id, name, posts, role, avatar, url FROM person \
             WHERE id IS NOT NULL AND NOT erased AND NOT banned AND (role IS NOT 'guest' OR EXISTS \
             (SELECT 1 FROM reply WHERE reply.author = person.pk AND reply.status = 'published')) ORDER BY COALESCE(posts, 0) DESC, pk LIMIT $1";
        for row in here {
            if found.len() < most && fits(row.try_get(1)?) {
                found.push(person(&row)?);
            }
        }
        if found.len() < most {
            for row in sqlx::query(others).bind(LOOKED_THROUGH).fetch_all(&mut *view).await? {
                let id: Option<&str> = row.try_get(0)?;
                let is_new = |known: &Person| known.id.as_ref().map(PersonId::as_str) != id;
                if found.len() < most && fits(row.try_get(1)?) && found.iter().all(is_new) {
                    found.push(person(&row)?);
                }
            }
        }
        view.commit().await?;
        Ok(found)
    }
}

/// The person in a row of id, name, posts, role, avatar, url.
fn person(row: &SqliteRow) -> Result<Person, sqlx::Error> {
    Ok(Person {
        id: row.try_get::<Option<String>, _>(0)?.map(PersonId),
        name: row.try_get(1)?,
        posts: row.try_get::<Option<i64>, _>(2)?.and_then(|posts| u64::try_from(posts).ok()),
        role: row.try_get(3)?,
        avatar: row.try_get(4)?,
        url: row.try_get(5)?,
        erased: false,
    })
}
