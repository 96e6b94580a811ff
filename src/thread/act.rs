//! What the viewer does to one reply: react, edit, delete and undo that, report, look at what it said before.
//!
//! Reactions and deletions are shown at once and put back where they are refused. A backend hears one thing about a
//! reply's reactions at a time, the last wish after the last answer, so that repeats and races change nothing.

use std::mem::discriminant;
use std::sync::Arc;

use afterword_contract::{EditReply, Person, Reaction, Reply, ReplyId, Status, Tag};

use super::{Access, Announcement, Command, Failure, HostEvent, RequestId, Thread};

/// Something done to one reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// Choose a reaction tag, or take it back.
    React {
        /// Which.
        tag: Tag,
        /// Whether it is to be chosen afterwards.
        chosen: bool,
    },
    /// Give it another text.
    Edit {
        /// The revision that the viewer changed.
        revision: String,
        /// The text.
        edit: EditReply,
    },
    /// Turn it into a tombstone.
    Delete,
    /// Bring it back.
    Restore,
    /// Report it.
    Report {
        /// Why, in the contract's word.
        reason: &'static str,
        /// In the viewer's own words.
        detail: String,
    },
    /// Ask for its revisions.
    History,
}

/// What was done, to be said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// A tag was chosen.
    Reacted,
    /// A tag was taken back.
    Unreacted,
    /// The reply has another text.
    Edited,
    /// It is a tombstone.
    Deleted,
    /// It is back.
    Restored,
    /// It was reported.
    Reported,
    /// Its revisions are shown.
    Recalled,
}

/// What stands at a reply besides its text because of something the viewer did.
#[derive(Clone, Debug, PartialEq)]
pub enum Aside {
    /// It was deleted, and can be brought back; if that failed, why.
    Undo(Option<Failure>),
    /// It is about to be reported; if that was refused, why.
    Reporting(Option<Failure>),
    /// It was reported.
    Reported,
    /// Something was refused.
    Refused(Failure),
    /// Its revisions, oldest first.
    History(Vec<Arc<Reply>>),
}

/// An act whose answer is awaited.
#[derive(Clone, Debug)]
pub(super) struct Pending {
    /// `None` while another reaction to the same reply is under way.
    request: Option<RequestId>,
    pub(super) id: ReplyId,
    act: Arc<Act>,
    /// Whether the viewer wants the contrary by now: the tag as it was, the deletion undone.
    turned: bool,
}

impl Thread {
    /// What stands at a reply because of something the viewer did.
    pub fn aside(&self, id: &ReplyId) -> Option<&Arc<Aside>> {
        self.asides.iter().find(|known| known.0 == *id)?.1.as_ref()
    }

    /// The tags that the viewer has chosen for a reply, confirmed or not.
    pub fn chosen(&self, id: &ReplyId) -> &[Tag] {
        self.theirs(id).map_or(&[], |theirs| &theirs.reactions)
    }

    pub(super) fn press_act(&mut self, id: ReplyId, act: Arc<Act>) -> Vec<Command> {
        if self.replies.get(&id).is_none() {
            return vec![];
        }
        if let Act::React { tag, chosen } = &*act {
            // Whether that needs a name is known once the backend has said who is looking.
            if self.awaits_viewer() {
                self.want(id, act);
                return vec![];
            }
            return match self.may_react() {
                Access::Open => self.react(id, tag, *chosen),
                Access::AfterName if self.may_write() == Access::AfterName => {
                    self.want(id, act);
                    self.ask_for_name()
                }
                Access::AfterName | Access::AfterSignIn => vec![Command::AskSignIn],
                Access::Closed | Access::Forbidden => vec![],
            };
        }
        let excludes = |known: &&mut Pending| {
            let undoing = matches!((&*known.act, &*act), (Act::Delete, Act::Restore));
            known.id == id && (undoing || discriminant(&*known.act) == discriminant(&*act))
        };
        if let Some(known) = self.acts.iter_mut().find(excludes) {
            known.turned |= matches!(*act, Act::Restore);
            return vec![];
        }
        let recalled = self.aside(&id).is_some_and(|aside| matches!(**aside, Aside::History(_)));
        self.set_aside(&id, None);
        match &*act {
            // Pressed again, the button takes them away.
            Act::History if recalled => return vec![],
            Act::Delete => {
                self.set_status(&id, Status::Deleted);
                self.set_aside(&id, Some(Aside::Undo(None)));
            }
            Act::Restore => self.set_aside(&id, Some(Aside::Undo(None))),
            Act::Report { .. } => self.set_aside(&id, Some(Aside::Reporting(None))),
            _ => {}
        }
        let deleting = matches!(*act, Act::Delete);
        let request = self.new_request();
        let mut commands = self.await_act(request, id.clone(), act);
        if deleting {
            commands.push(self.focus_in(&id, "undo-button"));
        }
        commands
    }

    /// It is done once the viewer is known, or has a name.
    fn want(&mut self, id: ReplyId, act: Arc<Act>) {
        if self.wanted.is_empty() {
            self.wanted_beside = self.composer.text().to_owned();
        }
        if !self.wanted.iter().any(|known| known.0 == id && known.1 == act) {
            self.wanted.push((id, act));
        }
    }

    /// Reactions that are under way stand where the viewer's are told anew.
    pub(super) fn mark_pending(&mut self) {
        for pending in self.acts.clone() {
            if let Act::React { tag, chosen } = &*pending.act {
                self.own(&pending.id, tag, *chosen != pending.turned);
            }
        }
    }

    /// A report is begun or given up, or the time to undo is over.
    pub(super) fn change_aside(&mut self, id: &ReplyId, aside: Option<Aside>) -> Vec<Command> {
        let reporting = self.aside(id).is_some_and(|aside| matches!(**aside, Aside::Reporting(_)));
        let part = match &aside {
            Some(_) => Some("report-reason"),
            None if reporting => Some("report-button"),
            None => None,
        };
        self.set_aside(id, aside);
        self.focus_at(id, part)
    }

    pub(super) fn take_acted(
        &mut self,
        request: RequestId,
        outcome: Result<Vec<Reply>, Failure>,
    ) -> Vec<Command> {
        let Some(place) = self.acts.iter().position(|pending| pending.request == Some(request)) else {
            return vec![];
        };
        let done = self.acts.swap_remove(place);
        let id = done.id.clone();
        // Whatever became of something before them, the way back stays, and so does a report that is being written.
        let stays = self.aside(&id).filter(|aside| match ***aside {
            Aside::Undo(_) => !matches!(*done.act, Act::Delete | Act::Restore),
            Aside::Reporting(_) => !matches!(*done.act, Act::Report { .. }),
            _ => false,
        });
        let stays = stays.cloned();
        let commands = match outcome {
            Ok(answer) => self.finish(done, answer),
            Err(failure) => self.put_back(request, done, failure),
        };
        if let Some(stays) = stays {
            let refused = self.aside(&id).map(|aside| (**aside).clone());
            self.set_aside(
                &id,
                Some(match ((*stays).clone(), refused) {
                    (Aside::Reporting(_), Some(Aside::Refused(failure))) => Aside::Reporting(Some(failure)),
                    (stays, _) => stays,
                }),
            );
        }
        commands
    }

    /// The backend did it.
    fn finish(&mut self, done: Pending, mut answer: Vec<Reply>) -> Vec<Command> {
        let act = Arc::clone(&done.act);
        let id = &done.id;
        if let Act::React { tag, chosen } = &*act {
            if done.turned {
                self.queue(id, tag, !chosen);
            } else {
                // Who is looking may have been told anew meanwhile.
                self.mark(id, tag, *chosen);
            }
            let commands = self.send_next(id);
            if commands.is_empty() {
                if let (Some(reply), Some(answer)) = (self.replies.get_mut(id), answer.pop()) {
                    reply.reactions = answer.reactions;
                }
                return self.said(if *chosen { Deed::Reacted } else { Deed::Unreacted }, id);
            }
            return commands;
        }
        let (deed, part) = match &*act {
            Act::Delete if done.turned => {
                let request = self.new_request();
                return self.await_act(request, done.id, Arc::new(Act::Restore));
            }
            Act::Delete | Act::React { .. } => (Deed::Deleted, None),
            Act::Edit { .. } => return answer.pop().map_or_else(Vec::new, |reply| self.take_edited(reply)),
            Act::Restore => (Deed::Restored, Some("")),
            Act::Report { .. } => (Deed::Reported, Some("report-button")),
            Act::History => (Deed::Recalled, None),
        };
        match deed {
            Deed::Restored => self.set_aside(id, None),
            Deed::Reported => self.set_aside(id, Some(Aside::Reported)),
            Deed::Recalled => {
                let mut revisions = Vec::new();
                for revision in std::mem::take(&mut answer) {
                    revisions.push(Arc::new(revision));
                }
                self.set_aside(id, Some(Aside::History(revisions)));
            }
            Deed::Deleted | Deed::Edited | Deed::Reacted | Deed::Unreacted => {}
        }
        answer.into_iter().for_each(|reply| self.replies.change(reply));
        let mut commands = self.focus_at(id, part);
        commands.extend(self.said(deed, id));
        commands
    }

    /// The reply has the viewer's text.
    pub(super) fn take_edited(&mut self, mut reply: Reply) -> Vec<Command> {
        let mut commands = self.close_editor();
        if let Some(known) = self.replies.get(&reply.id) {
            // A change leaves them as they are, and here they may be newer.
            reply.reactions = known.reactions.clone();
        }
        commands.push(self.focus_in(&reply.id, ""));
        commands.extend(self.said(Deed::Edited, &reply.id));
        self.replies.change(reply);
        commands
    }

    /// The backend did not do it: things stand as they stood, and it is said why.
    fn put_back(&mut self, request: RequestId, done: Pending, failure: Failure) -> Vec<Command> {
        let act = Arc::clone(&done.act);
        let (part, aside) = match &*act {
            Act::Edit { .. } => return self.take_refusal(request, failure),
            Act::Report { .. } => (None, Some(Aside::Reporting(Some(failure.clone())))),
            // It was to be there, and is.
            Act::Delete if done.turned => (Some(""), None),
            // Nothing else brings it back.
            Act::Restore if failure.may_pass() => {
                (Some("undo-button"), Some(Aside::Undo(Some(failure.clone()))))
            }
            Act::Delete | Act::Restore => (Some(""), Some(Aside::Refused(failure.clone()))),
            Act::React { .. } | Act::History => (None, Some(Aside::Refused(failure.clone()))),
        };
        match &*act {
            Act::React { .. } => self.take_back(&done),
            Act::Delete => self.set_status(&done.id, Status::Published),
            _ => {}
        }
        if failure.is_of_nobody() {
            self.lose_viewer();
        }
        self.set_aside(&done.id, aside);
        self.focus_at(&done.id, part)
    }

    /// Orders it, and awaits the answer.
    pub(super) fn await_act(&mut self, request: RequestId, id: ReplyId, act: Arc<Act>) -> Vec<Command> {
        let command = Command::Act { request, id: id.clone(), act: Arc::clone(&act) };
        self.acts.push(Pending { request: Some(request), id, act, turned: false });
        vec![command]
    }

    /// Whether the viewer is changing a reply, and whether they are reacting to it.
    pub(super) fn is_acting(&self, id: &ReplyId) -> (bool, bool) {
        let mut doing = (false, false);
        for known in self.acts.iter().filter(|known| known.id == *id) {
            match *known.act {
                Act::Edit { .. } | Act::Delete | Act::Restore => doing.0 = true,
                Act::React { .. } => doing.1 = true,
                Act::Report { .. } | Act::History => {}
            }
        }
        doing
    }

    fn react(&mut self, id: ReplyId, tag: &Tag, chosen: bool) -> Vec<Command> {
        self.set_aside(&id, None);
        self.mark(&id, tag, chosen);
        let same = |known: &&mut Pending| {
            known.id == id && matches!(&*known.act, Act::React { tag: other, .. } if other == tag)
        };
        match self.acts.iter_mut().find(same) {
            Some(known) => {
                known.turned = !matches!(*known.act, Act::React { chosen: was, .. } if was == chosen);
            }
            None => self.queue(&id, tag, chosen),
        }
        self.send_next(&id)
    }

    /// A reaction goes on its way as soon as no other to the same reply is.
    fn queue(&mut self, id: &ReplyId, tag: &Tag, chosen: bool) {
        let act = Arc::new(Act::React { tag: tag.clone(), chosen });
        self.acts.push(Pending { request: None, id: id.clone(), act, turned: false });
    }

    fn send_next(&mut self, id: &ReplyId) -> Vec<Command> {
        loop {
            let mut next = None;
            for (place, known) in self.acts.iter().enumerate() {
                if known.is_reaction_to(id) {
                    if known.request.is_some() {
                        return vec![];
                    }
                    next = next.or(Some(place));
                }
            }
            let Some(place) = next else { return vec![] };
            let next = self.acts.swap_remove(place);
            // One that was taken back before it was sent is none.
            if !next.turned {
                let request = self.new_request();
                return self.await_act(request, next.id, next.act);
            }
        }
    }

    /// The reaction that was refused, and those that waited for it, are as before.
    fn take_back(&mut self, done: &Pending) {
        let mut next = Some(done.clone());
        while let Some(refused) = next {
            if let (Act::React { tag, chosen }, false) = (&*refused.act, refused.turned) {
                self.mark(&refused.id, tag, !chosen);
            }
            let place = self.acts.iter().position(|known| known.is_reaction_to(&done.id));
            next = place.map(|place| self.acts.swap_remove(place));
        }
    }

    /// Shows that the viewer has chosen a tag or not, if that is not shown already.
    fn mark(&mut self, id: &ReplyId, tag: &Tag, chosen: bool) {
        if !self.own(id, tag, chosen) {
            return;
        }
        let me = self.viewer().cloned();
        if let Some(reply) = self.replies.get_mut(id) {
            count(&mut reply.reactions, tag.clone(), chosen, me.as_deref());
        }
    }

    fn set_status(&mut self, id: &ReplyId, status: Status) {
        if let Some(reply) = self.replies.get_mut(id) {
            reply.status = status;
        }
    }

    fn set_aside(&mut self, id: &ReplyId, aside: Option<Aside>) {
        let aside = aside.map(Arc::new);
        match self.asides.iter_mut().find(|known| known.0 == *id) {
            Some(known) => known.1 = aside,
            None => self.asides.push((id.clone(), aside)),
        }
    }

    /// The reader hears of it, and the host page of what changed a reply.
    fn said(&self, deed: Deed, id: &ReplyId) -> Vec<Command> {
        let mut commands = vec![Command::Announce(Announcement::Acted(deed))];
        let name = match deed {
            Deed::Reacted | Deed::Unreacted => "afterword-reaction-changed",
            Deed::Edited => "afterword-reply-edited",
            Deed::Deleted => "afterword-reply-deleted",
            Deed::Restored => "afterword-reply-restored",
            Deed::Reported | Deed::Recalled => return commands,
        };
        let number = self.replies.get(id).and_then(|reply| reply.number);
        commands.push(Command::TellHost(HostEvent::OfReply { name, id: id.clone(), number }));
        commands
    }

    /// Leads the focus to this part of a reply, if there is to be one.
    fn focus_at(&self, id: &ReplyId, part: Option<&'static str>) -> Vec<Command> {
        match part {
            Some(part) => vec![self.focus_in(id, part)],
            None => vec![],
        }
    }

    pub(super) fn focus_in(&self, id: &ReplyId, part: &'static str) -> Command {
        let number = self.replies.get(id).and_then(|reply| reply.number).unwrap_or_default();
        Command::FocusIn { number, part }
    }
}

impl Pending {
    fn is_reaction_to(&self, id: &ReplyId) -> bool {
        self.id == *id && matches!(*self.act, Act::React { .. })
    }
}

/// Counts the viewer in or out.
fn count(reactions: &mut Vec<Reaction>, tag: Tag, chosen: bool, me: Option<&Person>) {
    let place = reactions.iter().position(|reaction| reaction.tag == tag).unwrap_or_else(|| {
        reactions.push(Reaction { tag, count: 0, people: Vec::new() });
        reactions.len() - 1
    });
    let Some(reaction) = reactions.get_mut(place) else { return };
    if chosen {
        reaction.count = reaction.count.saturating_add(1);
        reaction.people.extend(me.cloned());
        return;
    }
    reaction.count = reaction.count.saturating_sub(1);
    let mine = |person: &Person| me.is_some_and(|me| me.id.is_some() && me.id == person.id);
    if let Some(place) = reaction.people.iter().position(mine) {
        reaction.people.remove(place);
    }
}
