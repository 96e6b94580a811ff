//! People who ask: whose token it is, new guests, and whose name looks like whose.

use afterword_contract::{Person, PersonId};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::{Change, Connected, Store, begin_immediate, people};
use crate::jwt::Once;
use crate::names::{SKELETON_VERSION, Skeleton};

const DAY: i64 = 24 * 60 * 60 * 1000;
/// After so long without use, in milliseconds, a guest's token is good for nothing.
const UNUSED: i64 = 366 * DAY;

/// Whom a token belongs to.
pub(crate) struct Holder {
    /// The person's row.
    pub(crate) pk: i64,
    pub(crate) person: Person,
    pub(crate) banned: bool,
    /// Whether it is time to write down that the token is used: once a day.
    pub(crate) due: bool,
}

/// Why somebody cannot have a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NameTaken {
    /// A member's looks like it.
    Member,
    /// Another guest has written under one that looks like it.
    Guest,
}

impl Store {
    /// Whom the token with this hash belongs to, if it has been used within [`UNUSED`] before `now`.
    pub(crate) async fn holder(&self, hash: &[u8], now: i64) -> Result<Option<Holder>, sqlx::Error> {
        let row = sqlx::query(
            "SELECT person.pk, id, name, posts, role, avatar, url, erased, banned, used FROM token \
             JOIN person ON person.pk = token.person WHERE token.hash = $1 AND (used IS NULL OR used >= $2)",
        )
        .bind(hash)
        .bind(now.saturating_sub(UNUSED))
        .fetch_optional(&self.readers)
        .await?;
        let Some(row) = row else { return Ok(None) };
        let used: Option<i64> = row.try_get(9)?;
        let due = used.is_none_or(|used| now.saturating_sub(used) >= DAY);
        Ok(Some(Holder { due, ..holder(&row)? }))
    }

    /// Keeps the token for longer, and none that nobody has used for so long.
    pub(crate) async fn renew(&self, hash: &[u8], now: i64) -> Result<(), sqlx::Error> {
        let mut connection = self.write().await?;
        let mut transaction = begin_immediate(&mut connection).await?;
        sqlx::query("UPDATE token SET used = $2 WHERE hash = $1")
            .bind(hash)
            .bind(now)
            .execute(&mut *transaction)
            .await?;
        sqlx::query("DELETE FROM token WHERE used < $1")
            .bind(now.saturating_sub(UNUSED))
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await
    }

    /// Makes `person`, a guest, known, with the hash of their token, unless somebody else has the name; returns
    /// who they are now. `before` is the row of a guest who asks for their name again: that stays theirs, with all
    /// that they have written, unless they are erased meanwhile.
    pub(crate) async fn new_guest(
        &self,
        person: &Person,
        before: Option<i64>,
        hash: &[u8],
        now: i64,
    ) -> Result<Result<Person, NameTaken>, sqlx::Error> {
        let mut connection = self.write().await?;
        let mut transaction = begin_immediate(&mut connection).await?;
        if let Some(taken) = taken(&mut transaction, &person.name, before).await? {
            return Ok(Err(taken));
        }
        let renamed = match before {
            Some(pk) => people::rename(&mut transaction, pk, &person.name).await?,
            None => None,
        };
        let holder = match renamed.as_ref() {
            Some(row) => {
                let holder = holder(row)?;
                people::raise_changes(&mut transaction, holder.pk).await?;
                holder
            }
            None => {
                let pk = people::insert(&mut transaction, person).await?;
                Holder { pk, person: person.clone(), banned: false, due: false }
            }
        };
        sqlx::query("INSERT INTO token (hash, person, created, used) VALUES ($1, $2, $3, $3)")
            .bind(hash)
            .bind(holder.pk)
            .bind(now)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(Ok(holder.person))
    }

    /// Whoever has signed in as `person`, who are from now on what the sign-in says of them: what it does not say, is
    /// no more. How much they wrote it does not know. Who is erased stays so.
    pub(crate) async fn signed_in(&self, person: &Person) -> Result<Holder, sqlx::Error> {
        let Some(id) = &person.id else { return Err(sqlx::Error::RowNotFound) };
        let known = by_id(&mut *self.readers.acquire().await?, id).await?;
        if let Some(holder) = known.filter(|known| known.person.erased || known.says(person)) {
            return Ok(holder);
        }
        let mut connection = self.write().await?;
        let mut transaction = begin_immediate(&mut connection).await?;
        // Once more: somebody may have been erased since.
        let before = by_id(&mut transaction, id).await?;
        if before.as_ref().is_none_or(|before| !before.person.erased) {
            let posts = before.as_ref().and_then(|before| before.person.posts);
            let person = Person { posts, ..person.clone() };
            let pk = people::insert(&mut transaction, &person).await?;
            if before.is_some() {
                people::raise_changes(&mut transaction, pk).await?;
            }
        }
        let now = by_id(&mut transaction, id).await?.ok_or(sqlx::Error::RowNotFound)?;
        transaction.commit().await?;
        Ok(now)
    }

    /// Spends a sign-in token that is good for one use; `false` where it is spent already. It is remembered until
    /// it is no good for its age.
    pub(crate) async fn spend(&self, once: &Once, now: i64) -> Result<bool, sqlx::Error> {
        let mut connection = self.write().await?;
        let mut transaction = begin_immediate(&mut connection).await?;
        sqlx::query("DELETE FROM spent WHERE until <= $1").bind(now).execute(&mut *transaction).await?;
        let spent = sqlx::query(
            "INSERT INTO spent (issuer, jti, until) VALUES ($1, $2, $3) ON CONFLICT (issuer, jti) DO NOTHING",
        )
        .bind(&once.issuer)
        .bind(&once.jti)
        .bind(once.until)
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(spent.rows_affected() == 1)
    }
}

impl Change {
    /// Whether somebody else than the guest in row `guest` has a name that looks like `name` by now.
    pub(crate) async fn has_lost_name(&mut self, guest: i64, name: &str) -> Result<bool, sqlx::Error> {
        Ok(taken(self.connection(), name, Some(guest)).await?.is_some())
    }
}

impl Holder {
    /// Whether they are known as `person` says, how much they wrote aside.
    fn says(&self, person: &Person) -> bool {
        let known = &self.person;
        (&known.name, &known.role, &known.avatar, &known.url)
            == (&person.name, &person.role, &person.avatar, &person.url)
    }
}

async fn by_id(connection: &mut Connected, id: &PersonId) -> Result<Option<Holder>, sqlx::Error> {
    let row = sqlx::query(
        "SELECT pk, id, name, posts, role, avatar, url, erased, banned FROM person WHERE id = $1",
    )
    .bind(id.as_str())
    .fetch_optional(connection)
    .await?;
    row.as_ref().map(holder).transpose()
}

/// Whether somebody else than `except` has a name that looks like `name`. A guest who has written nothing keeps
/// nobody from theirs; somebody of old, known by name alone, does where they wrote.
async fn taken(
    connection: &mut Connected,
    name: &str,
    except: Option<i64>,
) -> Result<Option<NameTaken>, sqlx::Error> {
    let Some(skeleton) = Skeleton::of(name) else { return Ok(None) };
    let guest: Option<bool> = sqlx::query_scalar(
        "SELECT id IS NULL OR role IS 'guest' AS guest FROM person \
         WHERE (skeleton = $1 OR skeleton_small = $2) AND NOT erased AND pk IS NOT $3 AND \
         (NOT (id IS NULL OR role IS 'guest') OR EXISTS (SELECT 1 FROM reply WHERE reply.author = person.pk)) \
         ORDER BY guest LIMIT 1",
    )
    .bind(&skeleton.written)
    .bind(&skeleton.small)
    .bind(except)
    .fetch_optional(connection)
    .await?;
    Ok(guest.map(|guest| if guest { NameTaken::Guest } else { NameTaken::Member }))
}

/// Draws the skeleton of every name anew where those in the database are made by other rules; else of those that
/// have none, because something else has written them.
pub(super) async fn draw_skeletons(connection: &mut Connected) -> Result<(), sqlx::Error> {
    let drawn: Option<String> = sqlx::query_scalar("SELECT value FROM fact WHERE name = 'skeletons'")
        .fetch_optional(&mut *connection)
        .await?;
    let wanting = match drawn.as_deref() == Some(SKELETON_VERSION) {
        true => "SELECT pk, name FROM person WHERE skeleton IS NULL AND name <> ''",
        false => "SELECT pk, name FROM person",
    };
    for row in sqlx::query(wanting).fetch_all(&mut *connection).await? {
        let skeleton = Skeleton::of(row.try_get(1)?);
        sqlx::query("UPDATE person SET skeleton = $2, skeleton_small = $3 WHERE pk = $1")
            .bind(row.try_get::<i64, _>(0)?)
            .bind(skeleton.as_ref().map(|skeleton| &skeleton.written))
            .bind(skeleton.as_ref().map(|skeleton| &skeleton.small))
            .execute(&mut *connection)
            .await?;
    }
    sqlx::query(
        "INSERT INTO fact (name, value) VALUES ('skeletons', $1) ON CONFLICT (name) DO UPDATE SET value = $1",
    )
    .bind(SKELETON_VERSION)
    .execute(connection)
    .await
    .map(drop)
}

fn holder(row: &SqliteRow) -> Result<Holder, sqlx::Error> {
    Ok(Holder { pk: row.try_get(0)?, person: people::person(row)?, banned: row.try_get(8)?, due: false })
}

#[cfg(test)]
mod tests {
    use afterword_contract::{Person, PersonId};

    use super::{DAY, UNUSED};
    use crate::store::Store;

    fn guest(id: &str) -> Person {
        let (id, role) = (Some(PersonId(id.to_owned())), Some("guest".to_owned()));
        Person { id, role, name: "Inga".to_owned(), ..Person::default() }
    }

    async fn run(store: &Store, statement: &'static str) {
        sqlx::query(statement).execute(&store.writer).await.unwrap();
    }

    #[tokio::test]
    async fn a_guest_who_asks_again_keeps_what_came_to_them_meanwhile_and_nothing_once_erased() {
        let store = Store::temporary().await.unwrap();
        store.new_guest(&guest("g1"), None, b"1", 0).await.unwrap().unwrap();
        let pk = store.holder(b"1", 0).await.unwrap().unwrap().pk;
        run(&store, "UPDATE person SET posts = 5").await;
        let again = store.new_guest(&guest("g2"), Some(pk), b"2", 0).await.unwrap().unwrap();
        assert_eq!((again.id, again.posts), (Some(PersonId("g1".to_owned())), Some(5)));
        run(&store, "UPDATE person SET erased = TRUE, name = ''").await;
        let other = store.new_guest(&guest("g3"), Some(pk), b"3", 0).await.unwrap().unwrap();
        assert_eq!((other.id, other.posts), (Some(PersonId("g3".to_owned())), None));
        assert!(store.holder(b"1", 0).await.unwrap().unwrap().person.name.is_empty());
    }

    #[tokio::test]
    async fn a_token_lasts_as_long_as_it_is_used_and_a_year() {
        let store = Store::temporary().await.unwrap();
        store.new_guest(&guest("g1"), None, b"1", 0).await.unwrap().unwrap();
        store.new_guest(&guest("g2"), None, b"2", 0).await.unwrap().unwrap();
        let is_good = async |hash: &[u8], now| match store.holder(hash, now).await.unwrap() {
            Some(holder) if holder.due => {
                store.renew(hash, now).await.unwrap();
                true
            }
            holder => holder.is_some(),
        };
        assert!(is_good(b"1", DAY - 1).await, "not written down");
        assert!(is_good(b"1", UNUSED).await);
        assert!(is_good(b"1", 2 * UNUSED).await && !is_good(b"2", 2 * UNUSED).await);
        let kept: i64 =
            sqlx::query_scalar("SELECT COUNT(*) FROM token").fetch_one(&store.readers).await.unwrap();
        assert_eq!(kept, 1);
        assert!(!is_good(b"1", 3 * UNUSED + 1).await);
    }
}
