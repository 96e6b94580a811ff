//! Whole threads out of the database, each as one page of the contract.

use std::collections::HashSet;

use afterword_contract::{Reply, ThreadId, ThreadPage};
use sqlx::{QueryBuilder, Transaction};

use super::rows::{self, StoredReply};
use super::{Connected, Db, Store, ThreadSummary, page};

/// How much of a thread is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// What everybody may read: fit to be published as a static file.
    Public,
    /// Also what is held, hidden or deleted: fit to move a thread to another server.
    Everything,
}

/// One moment of the database, that of the first look: whatever is written meanwhile, all that is read through
/// this belongs together.
pub struct Snapshot(Transaction<'static, Db>);

impl Store {
    /// The database at one moment.
    pub async fn snapshot(&self) -> Result<Snapshot, sqlx::Error> {
        self.read().await.map(Snapshot)
    }

    /// The thread with all its replies; `None` where there is no such thread.
    pub async fn export(&self, thread: &ThreadId, extent: Extent) -> Result<Option<ThreadPage>, sqlx::Error> {
        self.snapshot().await?.export(thread, extent).await
    }
}

impl Snapshot {
    /// Every thread by id.
    pub async fn threads(&mut self) -> Result<Vec<ThreadSummary>, sqlx::Error> {
        super::threads(&mut self.0, u32::MAX).await
    }

    /// The thread with all its replies; `None` where there is no such thread.
    pub async fn export(
        &mut self,
        thread: &ThreadId,
        extent: Extent,
    ) -> Result<Option<ThreadPage>, sqlx::Error> {
        let Some((state, heading)) = page::heading(&mut self.0, thread).await? else { return Ok(None) };
        let replies = all(&mut self.0, state.pk, extent).await?;
        let dropped = deleted_here(&mut self.0, state.pk).await?;
        let replies = replies.into_iter().filter_map(|stored| {
            if !dropped.contains(&stored.pk) {
                return Some(stored.reply);
            }
            // Kept for whoever takes the deletion back, and for nobody else.
            let conceal = |reply: Reply| Reply {
                body: String::new(),
                author: None,
                mentions: Vec::new(),
                quotes: Vec::new(),
                reactions: Vec::new(),
                ..reply
            };
            stored.reply.number.is_some().then(|| conceal(stored.reply))
        });
        let replies = replies.collect();
        Ok(Some(ThreadPage { thread: heading, replies, ..ThreadPage::default() }))
    }
}

/// The rows of those replies whose text is kept only until their deletion cannot be taken back any more.
async fn deleted_here(connection: &mut Connected, thread: i64) -> Result<HashSet<i64>, sqlx::Error> {
    let rows = sqlx::query_scalar("SELECT pk FROM reply WHERE thread = $1 AND deleted IS NOT NULL")
        .bind(thread)
        .fetch_all(connection)
        .await?;
    Ok(rows.into_iter().collect())
}

/// Every reply of a thread by number, those held for approval last.
pub(super) async fn all(
    connection: &mut Connected,
    thread: i64,
    extent: Extent,
) -> Result<Vec<StoredReply>, sqlx::Error> {
    let mut query = QueryBuilder::<Db>::new(rows::SELECT);
    query.push("reply.thread = ").push_bind(thread);
    if extent == Extent::Public {
        query.push(" AND reply.number IS NOT NULL");
    }
    query.push(" ORDER BY reply.number IS NULL, reply.number, reply.pk");
    let found = query.build().fetch_all(&mut *connection).await?;
    let mut replies = found.iter().map(rows::reply_of).collect::<Result<Vec<_>, _>>()?;
    // All names: a file that leaves some out would take them from the database that it came from.
    rows::complete(connection, thread, extent, usize::MAX, &mut replies).await?;
    Ok(replies)
}
