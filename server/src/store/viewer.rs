//! What one person has done in a thread.

use std::collections::BTreeMap;

use afterword_contract::{Reply, ReplyId, Tag, ThreadId};
use sqlx::Row;

use super::{Extent, Store, page, rows};

/// Everything in a thread that is one person's.
#[derive(Debug, Default)]
pub(crate) struct Traces {
    /// Whether the thread takes no replies any more.
    pub(crate) locked: bool,
    /// Which tags they chose, by reply.
    pub(crate) reactions: BTreeMap<ReplyId, Vec<Tag>>,
    /// Their own replies that stand in the thread, and those that they have deleted themselves.
    pub(crate) own: Vec<Own>,
    /// Their own replies that are held, in the order of writing.
    pub(crate) pending: Vec<Reply>,
}

/// A reply as far as its author's rights depend on it.
#[derive(Debug)]
pub(crate) struct Own {
    pub(crate) id: ReplyId,
    pub(crate) deleted: bool,
    /// From when on the author's time runs, in milliseconds, where that is known.
    pub(crate) since: Option<i64>,
}

impl Store {
    /// What `person` has done in `thread`; of their own replies those published at `since` or later, or
    /// all where there is no bound, and those that they deleted at `deleted_since` or later.
    pub(crate) async fn traces(
        &self,
        thread: &ThreadId,
        person: i64,
        since: Option<i64>,
        deleted_since: i64,
    ) -> Result<Traces, sqlx::Error> {
        let mut view = self.read().await?;
        let Some((state, heading)) = page::heading(&mut view, thread).await? else {
            return Ok(Traces::default());
        };
        let mut traces = Traces { locked: heading.locked, ..Traces::default() };
        let chosen = sqlx::query(
            "SELECT reply.id, reaction_person.tag FROM reaction_person \
             JOIN reply ON reply.pk = reaction_person.reply \
             JOIN reaction ON reaction.reply = reaction_person.reply AND reaction.tag = reaction_person.tag \
             WHERE reaction_person.person = $1 AND reply.thread = $2 AND reply.status = 'published' \
             ORDER BY reply.id, reaction.position",
        )
        .bind(person)
        .bind(state.pk)
        .fetch_all(&mut *view)
        .await?;
        for row in &chosen {
            traces.reactions.entry(ReplyId(row.try_get(0)?)).or_default().push(Tag(row.try_get(1)?));
        }
        let own = sqlx::query(
            "SELECT id, deleted, published FROM reply WHERE author = $1 AND thread = $2 AND \
             (status = 'published' AND ($3 IS NULL OR published >= $3) \
             OR status = 'deleted' AND deleter = author AND deleted >= $4)",
        )
        .bind(person)
        .bind(state.pk)
        .bind(since)
        .bind(deleted_since)
        .fetch_all(&mut *view)
        .await?;
        for row in &own {
            let deleted: Option<i64> = row.try_get(1)?;
            let since = deleted.or(row.try_get(2)?);
            traces.own.push(Own { id: ReplyId(row.try_get(0)?), deleted: deleted.is_some(), since });
        }
        let query = [
            rows::SELECT,
            "reply.author = $1 AND reply.thread = $2 AND reply.status = 'pending' ORDER BY reply.pk",
        ];
        let pending = sqlx::query(sqlx::AssertSqlSafe(query.concat()))
            .bind(person)
            .bind(state.pk)
            .fetch_all(&mut *view)
            .await?;
        let mut pending = pending.iter().map(rows::reply_of).collect::<Result<Vec<_>, _>>()?;
        rows::complete(&mut view, state.pk, Extent::Everything, 0, &mut pending).await?;
        traces.pending = pending.into_iter().map(|stored| stored.reply).collect();
        Ok(traces)
    }
}
