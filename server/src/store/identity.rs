//! People who ask: whose token it is, new guests, and whose name looks like whose.

use afterword_contract::{Person, PersonId};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::{Change, Connected, Store, begin_immediate, people};
use crate::jwt::Once;
use crate::names::{SKELETON_VERSION, Skeleton};

/// Whom a token belongs to.
pub(crate) struct Holder {
    /// The person's row.
    pub(crate) pk: i64,
    pub(crate) person: Person,
    pub(crate) banned: bool,
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
    /// Whom the token with this hash belongs to.
    pub(crate) async fn holder(&self, hash: &[u8]) -> Result<Option<Holder>, sqlx::Error> {
        let row = sqlx::query(
            "SELECT person.pk, id, name, posts, role, avatar, url, erased, banned FROM token \
             JOIN person ON person.pk = token.person WHERE token.hash = $1",
        )
        .bind(hash)
        .fetch_optional(&self.readers)
        .await?;
        row.as_ref().map(holder).transpose()
    }

    /// Makes `person`, a guest, known, with the hash of their token, unless somebody else has the name.
    /// `before` is the row of a guest who asks for it again: they keep what they have written.
    pub(crate) async fn new_guest(
        &self,
        person: &Person,
        before: Option<i64>,
        hash: &[u8],
        now: i64,
    ) -> Result<Result<(), NameTaken>, sqlx::Error> {
        let mut connection = self.write().await?;
        let mut transaction = begin_immediate(&mut connection).await?;
        if let Some(taken) = taken(&mut transaction, &person.name, before).await? {
            return Ok(Err(taken));
        }
        let pk = people::insert(&mut transaction, person).await?;
        if before.is_some() {
            people::raise_changes(&mut transaction, pk).await?;
        }
        sqlx::query("INSERT INTO token (hash, person, created) VALUES ($1, $2, $3)")
            .bind(hash)
            .bind(pk)
            .bind(now)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(Ok(()))
    }

    /// Whoever has signed in as `person`, with what the sign-in says of them kept. Who is erased stays so.
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
            let kept = before.as_ref().map(|before| before.person.clone()).unwrap_or_default();
            let person = Person {
                posts: kept.posts,
                avatar: person.avatar.clone().or(kept.avatar),
                url: person.url.clone().or(kept.url),
                ..person.clone()
            };
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
    /// Whether all that `person` says is known already.
    fn says(&self, person: &Person) -> bool {
        let known = &self.person;
        known.name == person.name
            && known.role == person.role
            && person.avatar.as_ref().is_none_or(|avatar| known.avatar.as_ref() == Some(avatar))
            && person.url.as_ref().is_none_or(|url| known.url.as_ref() == Some(url))
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

/// Draws the skeleton of every name anew where those in the database are made by other rules, or not at all.
pub(super) async fn draw_skeletons(connection: &mut Connected) -> Result<(), sqlx::Error> {
    let drawn: Option<String> = sqlx::query_scalar("SELECT value FROM fact WHERE name = 'skeletons'")
        .fetch_optional(&mut *connection)
        .await?;
    if drawn.as_deref() == Some(SKELETON_VERSION) {
        return Ok(());
    }
    for row in sqlx::query("SELECT pk, name FROM person").fetch_all(&mut *connection).await? {
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
    let person = Person {
        id: row.try_get::<Option<String>, _>(1)?.map(PersonId),
        name: row.try_get(2)?,
        posts: row.try_get::<Option<i64>, _>(3)?.and_then(|posts| u64::try_from(posts).ok()),
        role: row.try_get(4)?,
        avatar: row.try_get(5)?,
        url: row.try_get(6)?,
        erased: row.try_get(7)?,
    };
    Ok(Holder { pk: row.try_get(0)?, person, banned: row.try_get(8)? })
}
