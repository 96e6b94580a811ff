//! One page of a thread, by keyset: a page begins at a place in the order, never at a count of rows, so that
//! replies which arrive meanwhile neither repeat nor hide any.

use afterword_contract::{ReactionTag, Tag, Thread, ThreadId, ThreadPage};
use sqlx::{QueryBuilder, Row};

use super::rows::{self, StoredReply};
use super::{Connected, Db, Extent, Store, ThreadState};
use crate::cursor;

/// How many names a page holds beside one reaction tag; the count says how many there are.
pub(super) const NAMES: usize = 100;

/// The order of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum PageOrder {
    /// By number, ascending.
    Oldest,
    /// By number, descending.
    Newest,
    /// Most reactions first, then by number.
    Top,
}

impl PageOrder {
    /// The word on the wire.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Oldest => "oldest",
            Self::Newest => "newest",
            Self::Top => "top",
        }
    }
}

/// Where a reply stands in any order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Position {
    /// Minus the number of its reactions.
    pub(crate) top_rank: i64,
    /// Its number.
    pub(crate) number: u32,
}

impl Position {
    /// The place just beyond this one, so that the way back begins with whatever stands here; `None` where
    /// nothing can be beyond.
    fn beside(self, order: PageOrder, direction: Direction) -> Option<Self> {
        let number =
            if ascending(order, direction) { self.number.checked_add(1) } else { self.number.checked_sub(1) };
        Some(Self { number: number?, ..self })
    }
}

/// Which part of the thread a page shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Place {
    /// The first replies.
    Start,
    /// Those that follow.
    After(Position),
    /// Those that precede, in the thread's order.
    Before(Position),
    /// The reply with this number and its neighbours; where there is no such number, the last one's.
    Around(u32),
}

/// What page is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct PageQuery {
    pub(crate) order: PageOrder,
    /// At most so many replies; at least 1.
    pub(crate) limit: u32,
    pub(crate) place: Place,
}

/// Where reading begins, seen from a position.
#[derive(Clone, Copy)]
enum Edge {
    Open,
    Beyond(Position),
    From(Position),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Direction {
    Forward,
    Backward,
}

impl Store {
    /// The page, and the state of the thread that it shows; a thread nobody has written in is an empty one.
    pub(crate) async fn page(
        &self,
        thread: &ThreadId,
        query: PageQuery,
    ) -> Result<(ThreadPage, Option<ThreadState>), sqlx::Error> {
        let mut view = self.read().await?;
        let Some((state, heading)) = heading(&mut view, thread).await? else {
            return Ok((
                ThreadPage {
                    thread: Thread { id: thread.clone(), ..Thread::default() },
                    ..ThreadPage::default()
                },
                None,
            ));
        };
        let (pk, order) = (state.pk, query.order);
        let mut replies = select(&mut view, pk, query, heading.total).await?;
        let edge = |stored: Option<&StoredReply>| stored.and_then(StoredReply::position);
        let (first, last) = match query.place {
            // Nothing here, and yet no end of the thread: the way back leads from where the reader stood.
            Place::After(position) if replies.is_empty() => {
                (position.beside(order, Direction::Forward), None)
            }
            Place::Before(position) if replies.is_empty() => {
                (None, position.beside(order, Direction::Backward))
            }
            _ => (edge(replies.first()), edge(replies.last())),
        };
        let mut page = ThreadPage { thread: heading, ..ThreadPage::default() };
        if let Some(first) = first
            && exists(&mut view, pk, order, first, Direction::Backward).await?
        {
            page.previous = Some(cursor::write(thread, order, first));
        }
        if let Some(last) = last
            && exists(&mut view, pk, order, last, Direction::Forward).await?
        {
            page.next = Some(cursor::write(thread, order, last));
        }
        rows::complete(&mut view, pk, Extent::Public, NAMES, &mut replies).await?;
        page.replies = replies.into_iter().map(|stored| stored.reply).collect();
        view.commit().await?;
        Ok((page, Some(state)))
    }
}

/// The thread as a whole.
pub(super) async fn heading(
    connection: &mut Connected,
    thread: &ThreadId,
) -> Result<Option<(ThreadState, Thread)>, sqlx::Error> {
    let row = sqlx::query("SELECT pk, change, title, url, locked, total FROM thread WHERE id = $1")
        .bind(thread.as_str())
        .fetch_optional(&mut *connection)
        .await?;
    let Some(row) = row else { return Ok(None) };
    let state = ThreadState { pk: row.try_get(0)?, change: row.try_get(1)? };
    let tags = sqlx::query("SELECT tag, label, symbol FROM reaction_tag WHERE thread = $1 ORDER BY position")
        .bind(state.pk)
        .fetch_all(connection)
        .await?;
    let reaction_tags = tags
        .iter()
        .map(|row| {
            Ok(ReactionTag { tag: Tag(row.try_get(0)?), label: row.try_get(1)?, symbol: row.try_get(2)? })
        })
        .collect::<Result<_, sqlx::Error>>()?;
    let thread = Thread {
        id: thread.clone(),
        title: row.try_get(2)?,
        url: row.try_get(3)?,
        locked: row.try_get(4)?,
        total: row.try_get(5)?,
        reaction_tags,
        ..Thread::default()
    };
    Ok(Some((state, thread)))
}

async fn select(
    connection: &mut Connected,
    thread: i64,
    query: PageQuery,
    total: u32,
) -> Result<Vec<StoredReply>, sqlx::Error> {
    let PageQuery { order, limit, place } = query;
    match place {
        Place::Start => walk(connection, thread, order, Edge::Open, Direction::Forward, limit).await,
        Place::After(position) => {
            walk(connection, thread, order, Edge::Beyond(position), Direction::Forward, limit).await
        }
        Place::Before(position) => {
            walk(connection, thread, order, Edge::Beyond(position), Direction::Backward, limit).await
        }
        Place::Around(number) => around(connection, thread, order, number.min(total), limit).await,
    }
}

/// The reply in the middle, and where the thread ends on one side, more from the other.
async fn around(
    connection: &mut Connected,
    thread: i64,
    order: PageOrder,
    number: u32,
    limit: u32,
) -> Result<Vec<StoredReply>, sqlx::Error> {
    let top_rank = sqlx::query_scalar("SELECT top_rank FROM reply WHERE thread = $1 AND number = $2")
        .bind(thread)
        .bind(number)
        .fetch_optional(&mut *connection)
        .await?;
    let Some(top_rank) = top_rank else { return Ok(Vec::new()) };
    let middle = Position { top_rank, number };
    let mut before =
        walk(connection, thread, order, Edge::Beyond(middle), Direction::Backward, limit.saturating_sub(1))
            .await?;
    let mut after = walk(connection, thread, order, Edge::From(middle), Direction::Forward, limit).await?;
    let limit = limit as usize;
    after.truncate(limit - before.len().min((limit - 1) / 2));
    let surplus = (before.len() + after.len()).saturating_sub(limit);
    before.drain(..surplus);
    before.append(&mut after);
    Ok(before)
}

/// Up to `limit` replies from `edge` on in `direction`, always in the order's own sequence.
async fn walk(
    connection: &mut Connected,
    thread: i64,
    order: PageOrder,
    edge: Edge,
    direction: Direction,
    limit: u32,
) -> Result<Vec<StoredReply>, sqlx::Error> {
    let mut query = QueryBuilder::<Db>::new(rows::SELECT);
    push_range(&mut query, thread, order, edge, direction);
    push_order(&mut query, order, direction);
    query.push(" LIMIT ").push_bind(limit);
    let found = query.build().fetch_all(connection).await?;
    let mut replies = found.iter().map(rows::reply_of).collect::<Result<Vec<_>, _>>()?;
    if direction == Direction::Backward {
        replies.reverse();
    }
    Ok(replies)
}

/// Whether anything lies beyond `position`.
async fn exists(
    connection: &mut Connected,
    thread: i64,
    order: PageOrder,
    position: Position,
    direction: Direction,
) -> Result<bool, sqlx::Error> {
    let mut query = QueryBuilder::<Db>::new("SELECT 1 FROM reply WHERE ");
    push_range(&mut query, thread, order, Edge::Beyond(position), direction);
    query.push(" LIMIT 1");
    Ok(query.build().fetch_optional(connection).await?.is_some())
}

/// Whether numbers grow in `direction`, among replies with equally many reactions.
fn ascending(order: PageOrder, direction: Direction) -> bool {
    (order != PageOrder::Newest) == (direction == Direction::Forward)
}

/// The condition "in `thread`, with a number, and on this side of `edge`", such that an index answers it.
fn push_range(query: &mut QueryBuilder<Db>, thread: i64, order: PageOrder, edge: Edge, direction: Direction) {
    // Said always: a pair compares as greater where its first half does, whether or not there is a second one, and
    // so what is held would follow every reply with a reaction.
    query.push("reply.thread = ").push_bind(thread).push(" AND reply.number IS NOT NULL");
    let (position, inclusive) = match edge {
        Edge::Open => return,
        Edge::Beyond(position) => (position, false),
        Edge::From(position) => (position, true),
    };
    let comparison = match (ascending(order, direction), inclusive) {
        (true, false) => " > ",
        (true, true) => " >= ",
        (false, false) => " < ",
        (false, true) => " <= ",
    };
    if order == PageOrder::Top {
        query.push(" AND (reply.top_rank, reply.number)").push(comparison).push("(");
        query.push_bind(position.top_rank).push(", ").push_bind(position.number).push(")");
    } else {
        query.push(" AND reply.number").push(comparison).push_bind(position.number);
    }
}

/// The sequence in which replies are met on the way in `direction`.
fn push_order(query: &mut QueryBuilder<Db>, order: PageOrder, direction: Direction) {
    query.push(" ORDER BY ").push(match (order, direction) {
        (PageOrder::Oldest, Direction::Forward) | (PageOrder::Newest, Direction::Backward) => "reply.number",
        (PageOrder::Oldest, Direction::Backward) | (PageOrder::Newest, Direction::Forward) => {
            "reply.number DESC"
        }
        (PageOrder::Top, Direction::Forward) => "reply.top_rank, reply.number",
        (PageOrder::Top, Direction::Backward) => "reply.top_rank DESC, reply.number DESC",
    });
}

#[cfg(test)]
mod tests {
    use sqlx::{QueryBuilder, Row};

    use super::{Db, Direction, Edge, PageOrder, Position, push_order, push_range, rows};
    use crate::store::Store;

    #[tokio::test]
    async fn every_way_through_a_thread_is_one_look_into_an_index() {
        let store = Store::temporary().await.unwrap();
        let position = Position { top_rank: -3, number: 1 };
        for order in [PageOrder::Oldest, PageOrder::Newest, PageOrder::Top] {
            for direction in [Direction::Forward, Direction::Backward] {
                for edge in [Edge::Open, Edge::Beyond(position), Edge::From(position)] {
                    let mut query = QueryBuilder::<Db>::new(format!("EXPLAIN QUERY PLAN {}", rows::SELECT));
                    push_range(&mut query, 1, order, edge, direction);
                    push_order(&mut query, order, direction);
                    let plan = query.build().fetch_all(&store.readers).await.unwrap();
                    let steps: Vec<String> = plan.iter().map(|row| row.get("detail")).collect();
                    let bounds = match (order, edge) {
                        (PageOrder::Top, Edge::Open) => "(thread=?)",
                        (PageOrder::Top, _) => "(thread=? AND (top_rank,number)",
                        _ => "(thread=? AND number",
                    };
                    assert!(steps[0].starts_with("SEARCH reply USING INDEX"), "{order:?}: {steps:?}");
                    assert!(steps[0].contains(bounds), "{order:?}: {steps:?}");
                    assert!(!steps.iter().any(|step| step.contains("TEMP B-TREE")), "{order:?}: {steps:?}");
                }
            }
        }
    }
}
