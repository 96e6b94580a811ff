//! What moderators do from the command line, beside a running server or without one.
//!
//! What it says is made of what strangers wrote: nothing of that reaches a terminal but as visible characters.

use afterword_contract::{Status, ThreadId};

use crate::Failure;
use crate::store::{Change, Store, Target, Waiting};
use crate::words::{is_invisible, squeezed};

/// How much of a body is shown, in characters.
const SHOWN: usize = 100;

/// What is to be done. A reply is named by its id, or by `ID@REVISION`, as the list has it: then nothing is done to
/// it where its author has changed it since.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Order {
    /// Tell what waits for a decision: held replies, then reported ones.
    List,
    /// Tell all that the reply with this id says, and all that was reported of it.
    Show(String),
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
    match &order {
        Order::List => return list(store).await,
        Order::Show(id) => return show(store, id).await,
        _ => {}
    }
    let mut change = store.change().await.map_err(refused)?;
    let done = decide(&mut change, order, now).await?;
    change.commit().await.map_err(refused)?;
    Ok(vec![done])
}

async fn list(store: &Store) -> Result<Vec<String>, Failure> {
    let waiting = store.waiting().await.map_err(refused)?;
    Ok(waiting.iter().map(|waiting| format!("{}: {}", heading(waiting), shown(&waiting.body))).collect())
}

async fn show(store: &Store, name: &str) -> Result<Vec<String>, Failure> {
    let (id, _) = named(name);
    let waiting = store.looked_up(id).await.map_err(refused)?.ok_or_else(|| unknown(id))?;
    let mut lines = vec![heading(&waiting)];
    for (reason, detail) in &waiting.reports {
        if let Some(detail) = detail {
            lines.push(format!("  {}: {}", shown(reason), harmless(&squeezed(detail))));
        }
    }
    lines.extend(waiting.body.lines().map(|line| format!("> {}", harmless(line))));
    Ok(lines)
}

/// Which reply it is, whose, and what is said of it.
fn heading(waiting: &Waiting) -> String {
    let place = match waiting.number {
        Some(number) => format!("reply {number}"),
        None => "held".to_owned(),
    };
    let author = match &waiting.author {
        Some((name, Some(id))) => format!("{} ({})", shown(name), shown(id)),
        Some((name, None)) => shown(name),
        None => "somebody".to_owned(),
    };
    let reasons: Vec<&str> = waiting.reports.iter().map(|(reason, _)| reason.as_str()).collect();
    let reported = match reasons.len() {
        0 => String::new(),
        count => format!(", reported {count}: {}", shown(&reasons.join(" "))),
    };
    let (id, revision, thread) = (&waiting.id, &waiting.revision, &waiting.thread);
    format!("{}@{}  {place} of {} by {author}{reported}", shown(id), shown(revision), shown(thread))
}

async fn decide(change: &mut Change, order: Order, now: i64) -> Result<String, Failure> {
    match order {
        Order::List | Order::Show(_) => Ok(String::new()),
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
            Ok(format!("{} is reply {number} now.", shown(named(&id).0)))
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
            Ok(format!("{} is out of sight.", shown(named(&id).0)))
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
            Ok(format!("{} is there as it was.", shown(named(&id).0)))
        }
        Order::Ban(id) => ban(change, &id, true).await,
        Order::Unban(id) => ban(change, &id, false).await,
        Order::Lock(id) => lock(change, &id, true).await,
        Order::Unlock(id) => lock(change, &id, false).await,
    }
}

async fn find(change: &mut Change, name: &str) -> Result<Target, Failure> {
    let (id, revision) = named(name);
    let target = change.target(id).await.map_err(refused)?.ok_or_else(|| unknown(id))?;
    if revision.is_some_and(|revision| revision != target.revision.as_str()) {
        let id = shown(id);
        return Err(Failure::new(format!(
            "The reply {id} is not any more what you have seen; `moderate show {id}` tells what it says now."
        )));
    }
    Ok(target)
}

/// The id and, where one is given, the revision. No id holds an `@`.
fn named(name: &str) -> (&str, Option<&str>) {
    name.split_once('@').map_or((name, None), |(id, revision)| (id, Some(revision)))
}

fn unknown(id: &str) -> Failure {
    Failure::new(format!(
        "There is no reply with the id {}; `moderate list` tells which wait, and a page of a thread has all ids.",
        shown(id)
    ))
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
    let visible = harmless(&squeezed(text));
    match visible.char_indices().nth(SHOWN) {
        Some((at, _)) => format!("{}…", visible.get(..at).unwrap_or_default()),
        None => visible,
    }
}

/// `line` with every gap as spaces, and a mark for each character that nobody sees.
fn harmless(line: &str) -> String {
    let visible = |c: char| match c {
        '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => char::REPLACEMENT_CHARACTER,
        c if c.is_whitespace() => ' ',
        c if is_invisible(c) => char::REPLACEMENT_CHARACTER,
        c => c,
    };
    line.chars().map(visible).collect()
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
            for shown in [shown(&text), super::harmless(&text)] {
                prop_assert!(shown.chars().all(|c| c == ' ' || !crate::words::is_invisible(c)));
            }
        }
    }
}
