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
                vec![]
            }
            Some(number) if self.target == Some(number) && self.awaited.is_none() => {
                vec![Command::ShowReply { number }]
            }
            Some(number) => self.refuse(number).unwrap_or_else(|| self.go_to(number, None)),
        }
    }

    pub(super) fn go_back(&mut self) -> Vec<Command> {
        let Some(step) = self.trail.pop() else { return vec![] };
        let mut commands = vec![Command::WriteAddress { number: step.from }];
        commands.extend(self.go_to(step.from, None));
        commands
    }

    fn go_to(&mut self, number: u32, from: Option<u32>) -> Vec<Command> {
        self.refusal = None;
        if self.replies.place(number).is_some() {
            self.call_off();
            return self.land(number, from);
        }
        self.await_reply(number, from)
    }

    /// The reader has gone elsewhere: the page of the last jump, if it is on the way, is not waited for.
    fn call_off(&mut self) {
        let jumping = self.awaited.take().is_some() && matches!(self.load, Load::Loading { .. });
        if jumping && !self.replies.shown().is_empty() {
            self.load = Load::Ready;
        }
    }

    /// Asks for the page that holds reply `number`.
    pub(super) fn await_reply(&mut self, number: u32, from: Option<u32>) -> Vec<Command> {
        self.awaited = Some(Awaited { number, from, patience: PATIENCE });
        self.fetch(Position::Around(number))
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
            return self.fetch_later();
        }
        self.report_unknown(awaited.number)
    }

    fn land(&mut self, number: u32, from: Option<u32>) -> Vec<Command> {
        self.awaited = None;
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
        let known = self.load == Load::Ready;
        (known && (number == 0 || number > self.info.total)).then(|| self.report_unknown(number))
    }

    fn report_unknown(&mut self, number: u32) -> Vec<Command> {
        self.refusal = Some(Refusal::NoSuchReply(number));
        vec![Command::Announce(Announcement::NoSuchReply { number, total: self.info.total })]
    }
}
