//! Going to a reply by its number, and back: links, quotes, the page's address, the jump field.

use super::{Announcement, Command, End, Load, Position, Thread};

/// A jump that the reader can undo.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// The reply that held the link.
    pub from: u32,
    /// The reply that it led to.
    pub to: u32,
}

/// Why the reader was not taken to a reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// What they typed is no number.
    Garbled,
    /// The thread has no reply of this number.
    NoSuchReply(u32),
    /// The thread has one, but no page that came holds it.
    NotFound(u32),
}

/// A reply that was asked for and whose page is on the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Awaited {
    number: u32,
    from: Option<u32>,
    /// How many more pages may be asked for to find it.
    patience: u8,
}

/// A backend may ignore `around`; then the pages after its answer are read, but not for ever.
const PATIENCE: u8 = 40;

impl Thread {
    /// The reader follows a link or the jump field: the address changes with it.
    pub(super) fn jump(&mut self, number: u32, from: Option<u32>) -> Vec<Command> {
        // Whoever sees the reply needs no card of it.
        self.card = None;
        if let Some(refusal) = self.refuse(number) {
            return refusal;
        }
        let mut commands = vec![Command::WriteAddress { number }];
        commands.extend(self.go_to(number, from));
        commands
    }

    /// The address changed by itself: it is followed, not written.
    pub(super) fn follow_address(&mut self, target: Option<u32>) -> Vec<Command> {
        match target {
            None => {
                self.call_off();
                self.target = None;
                self.refusal = None;
                vec![]
            }
            Some(number) if self.target == Some(number) && self.is_at(number) => {
                vec![Command::ShowReply { number }]
            }
            Some(number) => self.refuse(number).unwrap_or_else(|| self.go_to(number, None)),
        }
    }

    /// Whether reply `number` is shown and the reader is on the way to no other.
    fn is_at(&self, number: u32) -> bool {
        self.awaited.is_none() && self.replies.place(number).is_some()
    }

    pub(super) fn go_back(&mut self) -> Vec<Command> {
        let Some(step) = self.trail.pop() else { return vec![] };
        let mut commands = vec![Command::WriteAddress { number: step.from }];
        commands.extend(self.go_to(step.from, None));
        commands
    }

    pub(super) fn go_to(&mut self, number: u32, from: Option<u32>) -> Vec<Command> {
        self.refusal = None;
        if self.replies.place(number).is_some() {
            self.call_off();
            return self.land(number, from);
        }
        self.await_reply(number, from)
    }

    /// The reader has gone elsewhere: the page of the last jump, if it is on the way, is not waited for, and what
    /// failed is not tried again. The list stays as it stands, so that is its order, too.
    pub(super) fn call_off(&mut self) {
        let jumping = self.awaited.take().is_some();
        let left = match self.load {
            Load::Loading { .. } => jumping,
            Load::Failed { .. } => true,
            Load::Idle | Load::Ready => false,
        };
        if left && !self.replies.shown().is_empty() {
            self.load = Load::Ready;
            self.order = self.listed.clone();
        }
    }

    /// Asks for the page that holds reply `number`.
    pub(super) fn await_reply(&mut self, number: u32, from: Option<u32>) -> Vec<Command> {
        self.awaited = Some(Awaited { number, from, patience: PATIENCE });
        self.fetch(Position::Around(number))
    }

    /// The number of the reply that is waited for.
    pub(super) fn awaited(&self) -> Option<u32> {
        self.awaited.map(|awaited| awaited.number)
    }

    /// A page came: goes to the reply that was waited for, if it is there now.
    pub(super) fn arrive(&mut self) -> Vec<Command> {
        let Some(awaited) = self.awaited.take() else { return vec![] };
        if self.replies.place(awaited.number).is_some() {
            return self.land(awaited.number, awaited.from);
        }
        let may_follow = awaited.number <= self.info.total && awaited.patience > 0;
        if may_follow && matches!(self.later, End::More(_)) {
            self.awaited = Some(Awaited { patience: awaited.patience - 1, ..awaited });
            return self.fetch_later(false);
        }
        self.report_absent(awaited.number)
    }

    fn land(&mut self, number: u32, from: Option<u32>) -> Vec<Command> {
        self.awaited = None;
        self.retried = false;
        self.refusal = None;
        self.target = Some(number);
        match from {
            Some(from) if from != number => self.trail.push(Step { from, to: number }),
            _ => {}
        }
        vec![Command::ShowReply { number }, Command::Announce(Announcement::Moved(number))]
    }

    /// What was typed is no number: said where it was typed.
    pub(super) fn refuse_garbled(&mut self) -> Vec<Command> {
        self.refusal = Some(Refusal::Garbled);
        vec![]
    }

    /// A number that the thread does not have needs no request once the total is known.
    fn refuse(&mut self, number: u32) -> Option<Vec<Command>> {
        if !self.is_known() || self.has_number(number) {
            return None;
        }
        if self.awaited.is_some() {
            // The reader no longer wants to be taken to the reply before this one.
            self.call_off();
        }
        Some(self.report_absent(number))
    }

    /// Whether the thread has given out this number.
    pub(super) fn has_number(&self, number: u32) -> bool {
        (1..=self.info.total).contains(&number)
    }

    fn report_absent(&mut self, number: u32) -> Vec<Command> {
        let refusal = match self.has_number(number) {
            true => Refusal::NotFound(number),
            false => Refusal::NoSuchReply(number),
        };
        self.refusal = Some(refusal);
        vec![Command::Announce(Announcement::Refused(refusal))]
    }
}
