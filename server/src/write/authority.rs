//! Who may do what to a reply. One place for all verbs: a rule that only some of them know is a hole.
//!
//! Pure: knows no database and reads no clock. Whether somebody may know of the reply at all has been asked
//! before ([`target`](super::target)), and whether they are banned, in `identity`.

use afterword_contract::Status;

use super::{millis, undo_window};
use crate::app::Writing;
use crate::identity::Identity;
use crate::problem::Refusal;
use crate::store::Target;

/// Only authors and moderators, while the reply is there, in an open thread, within the window.
pub(super) fn edit(writing: &Writing, who: &Identity, target: &Target, now: i64) -> Result<(), Refusal> {
    owns(who, target, "Only its author may change this reply.")?;
    present(target)?;
    open(target)?;
    in_window(writing, who, target, now, "The time in which this reply could be changed is over.")
}

/// Only authors and moderators, within the window; of what is hidden, moderators alone.
pub(super) fn delete(writing: &Writing, who: &Identity, target: &Target, now: i64) -> Result<(), Refusal> {
    owns(who, target, "Only its author may delete this reply.")?;
    if target.status == Status::Deleted {
        return Ok(());
    }
    if target.status == Status::Hidden && !who.moderator {
        return Err(Refusal::not_allowed("A moderator has taken this reply out of sight."));
    }
    in_window(writing, who, target, now, "The time in which this reply could be deleted is over.")
}

/// Those who deleted it themselves, for a while; moderators, as long as there is a text.
pub(super) fn restore(writing: &Writing, who: &Identity, target: &Target, now: i64) -> Result<(), Refusal> {
    owns(who, target, "Only its author may bring this reply back.")?;
    if matches!(target.status, Status::Published | Status::Pending) {
        return Ok(());
    }
    let over = || Refusal::edit_window_over("The time in which this reply could be brought back is over.");
    if who.moderator {
        return if target.body.is_empty() { Err(over()) } else { Ok(()) };
    }
    let Some(deleted) = target.deleted else {
        return Err(match target.status {
            Status::Hidden => Refusal::not_allowed("Only a moderator may bring this reply back."),
            _ => over(),
        });
    };
    if target.deleter != Some(who.pk) {
        return Err(Refusal::not_allowed("Only a moderator may bring this reply back."));
    }
    if now.saturating_sub(deleted) > undo_window(writing) { Err(over()) } else { Ok(()) }
}

/// Everybody, to what can be read, in an open thread.
pub(super) fn react(target: &Target) -> Result<(), Refusal> {
    if target.number.is_none() {
        return Err(Refusal::unknown_reply());
    }
    present(target)?;
    open(target)
}

fn owns(who: &Identity, target: &Target, otherwise: &str) -> Result<(), Refusal> {
    let owns = who.moderator || target.author == Some(who.pk);
    if owns { Ok(()) } else { Err(Refusal::not_allowed(otherwise)) }
}

fn present(target: &Target) -> Result<(), Refusal> {
    match target.status {
        Status::Hidden | Status::Deleted => Err(Refusal::reply_gone()),
        _ => Ok(()),
    }
}

fn open(target: &Target) -> Result<(), Refusal> {
    if target.locked { Err(Refusal::thread_locked()) } else { Ok(()) }
}

/// What waits for approval waits with its window.
fn in_window(
    writing: &Writing,
    who: &Identity,
    target: &Target,
    now: i64,
    otherwise: &str,
) -> Result<(), Refusal> {
    let Some(seconds) = writing.edit_seconds else { return Ok(()) };
    if who.moderator || target.status == Status::Pending {
        return Ok(());
    }
    // Nobody knows how long ago that was, and so not lately.
    let age = target.published.map_or(i64::MAX, |published| now.saturating_sub(published));
    if age > millis(seconds) { Err(Refusal::edit_window_over(otherwise)) } else { Ok(()) }
}
