//! The people of an import: one record each, whatever the file says of them in how many places.
//!
//! Every place adds what it says. Where two differ, an author's place wins over one that only names somebody,
//! and among equals the later one. What is not given stays as it is kept. Who is erased in one place is erased
//! in all of them and stays so: no import brings a name back, and mentions under it are forgotten.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use afterword_contract::{Person, PersonId, Reply};
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row};

use super::live::note_all;
use super::{Connected, Db};
use crate::identity::GUEST;
use crate::names::Skeleton;

/// What a person is after the import.
struct Known {
    /// Null until written, for somebody new.
    pk: Option<i64>,
    person: Person,
    changed: bool,
}

/// Everybody with an id whom an import names.
pub(super) struct People(BTreeMap<PersonId, Known>);

impl People {
    /// Gathers everybody in `replies`, over what the database knows of them.
    pub(super) async fn gather<'a>(
        connection: &mut Connected,
        replies: impl Iterator<Item = &'a Reply> + Clone,
    ) -> Result<Self, sqlx::Error> {
        let mut given = BTreeMap::new();
        let named = replies.clone().flat_map(|reply| &reply.reactions).flat_map(|reaction| &reaction.people);
        let mentioned = || replies.clone().flat_map(|reply| &reply.mentions);
        for person in named.chain(mentioned().filter(|person| person.erased)) {
            let Person { id, name, erased, .. } = person.clone();
            add(&mut given, Person { id, name, erased, ..Person::default() });
        }
        for person in replies.clone().filter_map(|reply| reply.author.as_ref()) {
            add(&mut given, person.clone());
        }
        // Being mentioned makes nobody known, and does not rename: only whether they are erased is asked.
        let ids: BTreeSet<&PersonId> =
            given.keys().chain(mentioned().filter_map(|person| person.id.as_ref())).collect();
        let mut kept = load(connection, &ids.into_iter().collect::<Vec<_>>()).await?;
        let mut known: BTreeMap<PersonId, Known> = given
            .into_iter()
            .map(|(id, given)| {
                let (pk, before) = kept.remove(&id).unzip();
                let mut person = merged(before.as_ref(), given);
                // Whoever has a token here has no more rights by what a file says of them.
                if let Some(before) = before.as_ref().filter(|before| before.role.as_deref() == Some(GUEST)) {
                    person.role.clone_from(&before.role);
                }
                let changed = before.as_ref() != Some(&person);
                (id, Known { pk, person, changed })
            })
            .collect();
        known.extend(
            kept.into_iter().map(|(id, (pk, person))| (id, Known { pk: Some(pk), person, changed: false })),
        );
        Ok(Self(known))
    }

    /// The author as the database will know them.
    pub(super) fn author(&self, person: Person) -> Person {
        match person.id.as_ref().and_then(|id| self.0.get(id)) {
            Some(known) => known.person.clone(),
            None => merged(None, person),
        }
    }

    /// Somebody who is only named, as the database will know them.
    pub(super) fn named(&self, person: Person) -> Person {
        let Person { id, name, erased, .. } = self.author(person);
        Person { id, name, erased, ..Person::default() }
    }

    /// The mention as the database will know it: under the name in the body, unless the person is erased.
    pub(super) fn mentioned(&self, person: Person) -> Option<Person> {
        let Person { id, name, erased, .. } = person;
        let known = id.as_ref().and_then(|id| self.0.get(id));
        let erased = erased || known.is_some_and(|known| known.person.erased);
        (!erased).then(|| Person { id, name, ..Person::default() })
    }

    /// Writes whoever is new or changed, and raises the change counter of every thread that shows them.
    pub(super) async fn write(&mut self, connection: &mut Connected) -> Result<(), sqlx::Error> {
        for known in self.0.values_mut().filter(|known| known.changed) {
            let pk = insert(connection, &known.person).await?;
            if known.pk.replace(pk).is_some() {
                raise_changes(connection, pk).await?;
            }
            if known.person.erased {
                forget_mentions(connection, &known.person).await?;
            }
        }
        Ok(())
    }

    /// The row of `person`; somebody without an id gets a new one.
    pub(super) async fn row(&self, connection: &mut Connected, person: &Person) -> Result<i64, sqlx::Error> {
        match person.id.as_ref().and_then(|id| self.0.get(id)).and_then(|known| known.pk) {
            Some(pk) => Ok(pk),
            None => insert(connection, person).await,
        }
    }
}

/// Adds what a place says to what others have said of the same person.
fn add(given: &mut BTreeMap<PersonId, Person>, person: Person) {
    if let Some(id) = person.id.clone() {
        let before = given.remove(&id);
        given.insert(id, merged(before.as_ref(), person));
    }
}

fn merged(before: Option<&Person>, given: Person) -> Person {
    if given.erased || before.is_some_and(|before| before.erased) {
        return Person { id: given.id, erased: true, ..Person::default() };
    }
    let Some(before) = before.cloned() else { return given };
    Person {
        id: given.id,
        name: given.name,
        posts: given.posts.or(before.posts),
        role: given.role.or(before.role),
        avatar: given.avatar.or(before.avatar),
        url: given.url.or(before.url),
        erased: false,
    }
}

/// Takes away the names by which bodies mention `person`, wherever that is.
async fn forget_mentions(connection: &mut Connected, person: &Person) -> Result<(), sqlx::Error> {
    let id = person.id.as_ref().map(PersonId::as_str);
    let threads: Vec<i64> = sqlx::query_scalar(
        "SELECT DISTINCT reply.thread FROM reply JOIN mention ON mention.reply = reply.pk WHERE mention.person = $1",
    )
    .bind(id)
    .fetch_all(&mut *connection)
    .await?;
    note_all(connection, &threads).await?;
    sqlx::query("DELETE FROM mention WHERE person = $1").bind(id).execute(connection).await.map(drop)
}

/// A person of the columns `id, name, posts, role, avatar, url, erased`, after one that is the caller's.
pub(super) fn person(row: &SqliteRow) -> Result<Person, sqlx::Error> {
    Ok(Person {
        id: row.try_get::<Option<String>, _>(1)?.map(PersonId),
        name: row.try_get(2)?,
        posts: row.try_get::<Option<i64>, _>(3)?.and_then(|posts| u64::try_from(posts).ok()),
        role: row.try_get(4)?,
        avatar: row.try_get(5)?,
        url: row.try_get(6)?,
        erased: row.try_get(7)?,
    })
}

async fn load(
    connection: &mut Connected,
    ids: &[&PersonId],
) -> Result<HashMap<PersonId, (i64, Person)>, sqlx::Error> {
    let mut people = HashMap::new();
    for ids in ids.chunks(500) {
        let mut query = QueryBuilder::<Db>::new(
            "SELECT pk, id, name, posts, role, avatar, url, erased FROM person WHERE id IN (",
        );
        let mut list = query.separated(", ");
        for id in ids {
            list.push_bind(id.as_str());
        }
        query.push(")");
        for row in query.build().fetch_all(&mut *connection).await? {
            people.insert(PersonId(row.try_get(1)?), (row.try_get(0)?, person(&row)?));
        }
    }
    Ok(people)
}

/// Raises the change counter of every thread that shows the person.
pub(super) async fn raise_changes(connection: &mut Connected, person: i64) -> Result<(), sqlx::Error> {
    let threads: Vec<i64> = sqlx::query_scalar(
        "SELECT thread FROM reply WHERE author = $1 UNION SELECT reply.thread FROM reply \
         JOIN reaction_person ON reaction_person.reply = reply.pk WHERE reaction_person.person = $1",
    )
    .bind(person)
    .fetch_all(&mut *connection)
    .await?;
    note_all(connection, &threads).await
}

/// Writes the person as given, over what is kept under the same id.
pub(super) async fn insert(connection: &mut Connected, person: &Person) -> Result<i64, sqlx::Error> {
    let skeleton = Skeleton::of(&person.name);
    sqlx::query_scalar(
        "INSERT INTO person (id, name, posts, role, avatar, url, erased, skeleton, skeleton_small) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) \
         ON CONFLICT (id) DO UPDATE SET name = $2, posts = $3, role = $4, avatar = $5, url = $6, erased = $7, \
         skeleton = $8, skeleton_small = $9 RETURNING pk",
    )
    .bind(person.id.as_ref().map(PersonId::as_str))
    .bind(&person.name)
    .bind(person.posts.and_then(|posts| i64::try_from(posts).ok()))
    .bind(&person.role)
    .bind(&person.avatar)
    .bind(&person.url)
    .bind(person.erased)
    .bind(skeleton.as_ref().map(|skeleton| &skeleton.written))
    .bind(skeleton.as_ref().map(|skeleton| &skeleton.small))
    .fetch_one(connection)
    .await
}

/// Gives the person in row `pk` another name; the columns of a holder, or nothing where they are erased.
pub(super) async fn rename(
    connection: &mut Connected,
    pk: i64,
    name: &str,
) -> Result<Option<SqliteRow>, sqlx::Error> {
    let skeleton = Skeleton::of(name);
    sqlx::query(
        "UPDATE person SET name = $2, skeleton = $3, skeleton_small = $4 WHERE pk = $1 AND NOT erased \
         RETURNING pk, id, name, posts, role, avatar, url, erased, banned",
    )
    .bind(pk)
    .bind(name)
    .bind(skeleton.as_ref().map(|skeleton| &skeleton.written))
    .bind(skeleton.as_ref().map(|skeleton| &skeleton.small))
    .fetch_optional(connection)
    .await
}
