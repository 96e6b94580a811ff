//! People by name: who is in a thread, and who else there is.

use std::collections::HashSet;

use afterword_contract::{Person, PersonId, ThreadId};
use futures_util::TryStreamExt;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::Store;

/// How many of the thread's replies are looked through for one question, the latest first.
const REPLIES: i64 = 2000;
/// How many people are looked through beyond those who wrote these.
const OTHERS: i64 = 4000;

/// Whoever wrote in the thread, once for each reply. Not grouped, so that it can end as soon as enough are found.
const HERE: &str = "SELECT person.id, person.name, person.posts, person.role, person.avatar, person.url, TRUE FROM \
     (SELECT author, number FROM reply WHERE thread = (SELECT pk FROM thread WHERE id = $1) \
     AND number IS NOT NULL AND status = 'published' ORDER BY number DESC LIMIT $2) AS wrote \
     JOIN person ON person.pk = wrote.author \
     WHERE person.id IS NOT NULL AND NOT person.erased AND NOT person.banned ORDER BY wrote.number DESC";

/// Everybody, in the sequence of the index `person_by_posts`. Guests without a published reply are not offered, and
/// told here: a condition would go on behind the bound, through as many of them as there are.
const ANYWHERE: &str = "SELECT id, name, posts, role, avatar, url, role IS NOT 'guest' OR EXISTS \
     (SELECT 1 FROM reply WHERE reply.author = person.pk AND reply.status = 'published') \
     FROM person WHERE id IS NOT NULL AND NOT erased AND NOT banned \
     ORDER BY COALESCE(posts, 0) DESC, role IS 'guest', pk LIMIT $1";

impl Store {
    /// Up to `most` people who fit: those who wrote in the thread first, lately first, then others, those who
    /// wrote most first. Of guests, those alone of whom something is published: any name can be a guest's.
    /// Rows come as they are asked for, so that a question which most people fit is soon answered.
    pub(crate) async fn people(
        &self,
        thread: &ThreadId,
        most: usize,
        fits: impl Fn(&str) -> bool,
    ) -> Result<Vec<Person>, sqlx::Error> {
        let mut view = self.read().await?;
        let mut found: Vec<Person> = Vec::new();
        let mut seen: HashSet<String> = HashSet::new();
        let here = sqlx::query(HERE).bind(thread.as_str()).bind(REPLIES);
        let anywhere = sqlx::query(ANYWHERE).bind(OTHERS);
        for query in [here, anywhere] {
            let mut rows = query.fetch(&mut *view);
            while found.len() < most
                && let Some(row) = rows.try_next().await?
            {
                let is_offered: bool = row.try_get(6)?;
                if is_offered && seen.insert(row.try_get(0)?) && fits(row.try_get(1)?) {
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

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use sqlx::{AssertSqlSafe, Row};

    use super::{ANYWHERE, HERE};
    use crate::store::Store;

    /// A database with the people `u1` to `u9000`, each with as many posts, of whom `u1` to `u3001` wrote in thread `t`.
    async fn crowded() -> Store {
        let store = Store::temporary().await.unwrap();
        for statement in [
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9000) \
             INSERT INTO person (id, name, posts, erased) SELECT 'u' || i, 'Name ' || i, i, FALSE FROM n",
            "INSERT INTO thread (id, locked, total, change) VALUES ('t', FALSE, 6000, 0)",
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 6000) \
             INSERT INTO reply (thread, id, number, author, status, format, body, revision, top_rank) \
             SELECT 1, 'r' || i, i, (SELECT pk FROM person WHERE id = 'u' || (1 + i / 2)), 'published', 'text', 'a', '1', 0 FROM n",
        ] {
            sqlx::query(statement).execute(&store.writer).await.unwrap();
        }
        store
    }

    #[tokio::test]
    async fn no_more_people_are_looked_at_than_are_needed() {
        let store = crowded().await;
        let looked = Cell::new(0);
        let find = async |fits: fn(&str) -> bool| {
            looked.set(0);
            let count = |name: &str| {
                looked.set(looked.get() + 1);
                fits(name)
            };
            let found = store.people(&"t".into(), 20, count).await.unwrap();
            found.into_iter().map(|person| person.name).collect::<Vec<_>>()
        };
        let all = find(|_| true).await;
        assert_eq!((&*all[0], &*all[19], looked.get()), ("Name 3001", "Name 2982", 20), "lately first");
        assert_eq!(find(|name| name == "Name 8999").await, ["Name 8999"]);
        assert_eq!(find(|name| name.ends_with("99")).await[0], "Name 2999");
        assert!(looked.get() < 2500, "{}", looked.get());
        assert!(find(|_| false).await.is_empty());
        assert!(looked.get() <= 6000, "{}", looked.get());
    }

    #[tokio::test]
    async fn nobody_is_sorted_and_rows_come_in_the_sequence_of_an_index() {
        let store = Store::temporary().await.unwrap();
        for (statement, index) in
            [(HERE, "INDEX sqlite_autoindex_reply_"), (ANYWHERE, "INDEX person_by_posts")]
        {
            let explained = AssertSqlSafe(format!("EXPLAIN QUERY PLAN {statement}"));
            let plan = sqlx::query(explained).fetch_all(&store.readers).await.unwrap();
            let steps: Vec<String> = plan.iter().map(|row| row.get("detail")).collect();
            assert!(steps.iter().any(|step| step.contains(index)), "{steps:?}");
            assert!(!steps.iter().any(|step| step.contains("TEMP B-TREE")), "{steps:?}");
        }
    }
}
