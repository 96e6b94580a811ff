//! What moderators do from the command line, beside a running server or without one.
//!
//! What it says is made of what strangers wrote: nothing of that reaches a terminal but as visible characters.

use afterword_contract::{Status, ThreadId};

use crate::Failure;
use crate::store::{Change, Store, Target};
use crate::words::{is_invisible, squeezed};

/// How much of a body is shown, in characters.
const SHOWN: usize = 100;

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Order {
    /// Tell what waits for a decision: held replies, then reported ones.
    List,
    /// Publish the held reply with this id.
    Approve(String),
    /// Take the reply with this id out of sight; one that is held is turned away.
    Hide(String),
    /// Bring back the reply with this id.
    Restore(String),
    /// Let the person with this id write no more.
    Ban(String),
    /// Let them write again.
    Unban(String),
    /// Let the thread with this id take nothing more.
    Lock(String),
    /// Let it take replies again.
    Unlock(String),
}

/// Does it, and says what was done, a line each.
pub async fn moderate(store: &Store, order: Order, now: i64) -> Result<Vec<String>, Failure> {
    if order == Order::List {
        return list(store).await;
    }
    let mut change = store.change().await.map_err(refused)?;
    let done = decide(&mut change, order, now).await?;
    change.commit().await.map_err(refused)?;
    Ok(vec![done])
}

async fn list(store: &Store) -> Result<Vec<String>, Failure> {
    let waiting = store.waiting().await.map_err(refused)?;
    Ok(waiting
        .into_iter()
        .map(|waiting| {
            let place = match waiting.number {
                Some(number) => format!("reply {number}"),
                None => "held".to_owned(),
            };
            let author = match waiting.author {
                Some((name, Some(id))) => format!("{} ({})", shown(&name), shown(&id)),
                Some((name, None)) => shown(&name),
                None => "somebody".to_owned(),
            };
            let reported = match waiting.reasons.len() {
                0 => String::new(),
                count => format!(", reported {count}: {}", shown(&waiting.reasons.join(" "))),
            };
            format!(
                "{}  {place} of {} by {author}{reported}: {}",
                shown(&waiting.id),
                shown(&waiting.thread),
                shown(&waiting.body)
            )
        })
        .collect())
}

async fn decide(change: &mut Change, order: Order, now: i64) -> Result<String, Failure> {
    match order {
        Order::List => Ok(String::new()),
        Order::Approve(id) => {
            let target = find(change, &id).await?;
            if target.status != Status::Pending {
                return Err(Failure::new(format!(
                    "The reply {} is not held, it is {}; `moderate list` tells which are.",
                    shown(&id),
                    target.status.as_str()
                )));
            }
            let number = change.approve(&target, now).await.map_err(refused)?;
            Ok(format!("{} is reply {number} now.", shown(&id)))
        }
        Order::Hide(id) => {
            let target = find(change, &id).await?;
            match target.status {
                Status::Published => change.hide(&target, now).await.map_err(refused)?,
                Status::Pending => change.delete(&target, None, now).await.map_err(refused)?,
                // Its author does not bring it back now.
                Status::Deleted if target.deleted.is_some() => {
                    change.take_over(&target, None).await.map_err(refused)?;
                }
                _ => {}
            }
            change.settle(target.pk).await.map_err(refused)?;
            Ok(format!("{} is out of sight.", shown(&id)))
        }
        Order::Restore(id) => {
            let target = find(change, &id).await?;
            if matches!(target.status, Status::Hidden | Status::Deleted) {
                if target.body.is_empty() {
                    return Err(Failure::new(format!(
                        "The text of the reply {} is gone for good, since it was deleted too long ago; restore a backup.",
                        shown(&id)
                    )));
                }
                change.restore(&target, now).await.map_err(refused)?;
            }
            change.settle(target.pk).await.map_err(refused)?;
            Ok(format!("{} is there as it was.", shown(&id)))
        }
        Order::Ban(id) => ban(change, &id, true).await,
        Order::Unban(id) => ban(change, &id, false).await,
        Order::Lock(id) => lock(change, &id, true).await,
        Order::Unlock(id) => lock(change, &id, false).await,
    }
}

async fn find(change: &mut Change, id: &str) -> Result<Target, Failure> {
    change.target(id).await.map_err(refused)?.ok_or_else(|| {
        Failure::new(format!(
            "There is no reply with the id {}; `moderate list` tells which wait, and a page of a thread has all ids.",
            shown(id)
        ))
    })
}

async fn ban(change: &mut Change, id: &str, banned: bool) -> Result<String, Failure> {
    if !change.ban(id, banned).await.map_err(refused)? {
        return Err(Failure::new(format!(
            "There is no person with the id {}; give an author's id, as a page of a thread has it.",
            shown(id)
        )));
    }
    let word = if banned { "may not write any more" } else { "may write again" };
    Ok(format!("{} {word}.", shown(id)))
}

async fn lock(change: &mut Change, id: &str, locked: bool) -> Result<String, Failure> {
    if !change.lock(&ThreadId::from(id), locked).await.map_err(refused)? {
        return Err(Failure::new(format!(
            "There is no thread {}; `export` tells which the database holds.",
            shown(id)
        )));
    }
    let word = if locked { "takes nothing more" } else { "takes replies again" };
    Ok(format!("{} {word}.", shown(id)))
}

fn refused(error: sqlx::Error) -> Failure {
    Failure::new(format!(
        "Nothing was changed, because the database refused: {error}; try again, or restore a backup."
    ))
}

/// `text` on one line, without anything that steers a terminal or turns the reading direction, and not too long.
fn shown(text: &str) -> String {
    let visible: String = squeezed(text)
        .chars()
        .map(|c| if c != ' ' && is_invisible(c) { char::REPLACEMENT_CHARACTER } else { c })
        .collect();
    match visible.char_indices().nth(SHOWN) {
        Some((at, _)) => format!("{}…", visible.get(..at).unwrap_or_default()),
        None => visible,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::shown;

    #[test]
    fn nothing_steers_the_terminal() {
        assert_eq!(shown("a\u{1b}[2J\n\tb\u{202e}c\u{9b}1m"), "a\u{fffd}[2J b\u{fffd}c\u{fffd}1m");
        assert_eq!(shown(&"x".repeat(500)).chars().count(), 101);
    }

    proptest! {
        #[test]
        fn only_visible_characters_are_shown(text in "\\PC{0,20}|.{0,40}") {
            prop_assert!(shown(&text).chars().all(|c| c == ' ' || !crate::words::is_invisible(c)));
        }
    }
}
