//! What the viewer does to one reply: react, edit, delete and undo that, report, look at what it said before.
//!
//! Reactions and deletions are shown at once and put back where they are refused. A backend hears one thing about a
//! reply's reactions at a time, the last wish after the last answer, so that repeats and races change nothing.

use std::sync::Arc;

use afterword_contract::{EditReply, Person, Reaction, Reply, ReplyId, Status, Tag};

use super::{Access, Announcement, Command, Failure, RequestId, Thread};

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
    /// It was deleted, and can be brought back.
    Undo,
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
    request: RequestId,
    id: ReplyId,
    act: Arc<Act>,
    /// The reply as it was, with the reactions that the backend told last.
    before: Arc<Reply>,
    /// The viewer's tags as the backend has them.
    confirmed: Vec<Tag>,
    /// The viewer's tags as they want them.
    wish: Vec<Tag>,
    /// Whether a deletion is to be undone as soon as it is answered.
    undone: bool,
}

impl Thread {
    /// What stands at a reply because of something the viewer did.
    pub fn aside(&self, id: &ReplyId) -> Option<&Arc<Aside>> {
        self.asides.iter().find(|known| known.0 == *id)?.1.as_ref()
    }

    /// The tags that the viewer has chosen for a reply, with what they wish and nobody has confirmed yet.
    pub fn chosen(&self, id: &ReplyId) -> &[Tag] {
        match self.acts.iter().find(|pending| pending.is_reaction_to(id)) {
            Some(pending) => &pending.wish,
            None => self.theirs(id).map_or(&[], |theirs| &theirs.reactions),
        }
    }

    pub(super) fn press_act(&mut self, id: ReplyId, act: Arc<Act>) -> Vec<Command> {
        let Some(reply) = self.replies.get(&id).cloned() else { return vec![] };
        if let Act::React { tag, chosen } = &*act {
            return match self.may_react() {
                Access::Open => self.react(&reply, tag, *chosen, &act),
                Access::AfterName if self.may_write() == Access::AfterName => {
                    self.wanted = Some((id, act));
                    self.ask_for_name()
                }
                Access::AfterName | Access::AfterSignIn => vec![Command::AskSignIn],
                Access::Closed | Access::Forbidden => vec![],
            };
        }
        if let Some(known) = self.acts.iter_mut().find(|known| known.id == id && !known.is_reaction_to(&id)) {
            known.undone |= matches!((&*known.act, &*act), (Act::Delete, Act::Restore));
            return vec![];
        }
        let recalled = self.aside(&id).is_some_and(|aside| matches!(**aside, Aside::History(_)));
        self.set_aside(&id, None);
        match &*act {
            // Pressed again, the button takes them away.
            Act::History if recalled => return vec![],
            Act::Delete => {
                self.set_status(&id, Status::Deleted);
                self.set_aside(&id, Some(Aside::Undo));
            }
            Act::Restore => self.set_aside(&id, Some(Aside::Undo)),
            Act::Report { .. } => self.set_aside(&id, Some(Aside::Reporting(None))),
            _ => {}
        }
        let deleting = matches!(*act, Act::Delete);
        let request = self.new_request();
        let mut commands = self.await_act(request, &reply, act);
        if deleting {
            commands.push(self.focus_in(&id, "undo-button"));
        }
        commands
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
        part.map(|part| self.focus_in(id, part)).into_iter().collect()
    }

    pub(super) fn take_acted(
        &mut self,
        request: RequestId,
        outcome: Result<Vec<Reply>, Failure>,
    ) -> Vec<Command> {
        let Some(place) = self.acts.iter().position(|pending| pending.request == request) else {
            return vec![];
        };
        let done = self.acts.swap_remove(place);
        match outcome {
            Ok(answer) => self.finish(done, answer),
            Err(failure) => self.put_back(done, failure),
        }
    }

    /// The backend did it.
    fn finish(&mut self, mut done: Pending, mut answer: Vec<Reply>) -> Vec<Command> {
        let act = Arc::clone(&done.act);
        if let Act::React { tag, chosen } = &*act {
            choose(&mut done.confirmed, tag, *chosen);
            Arc::make_mut(&mut done.before).reactions = answer.pop().unwrap_or_default().reactions;
            self.show_wish(&done);
            if let Some((tag, chosen)) = difference(&done.wish, &done.confirmed) {
                // The viewer wishes something else by now: that is the next thing the backend hears.
                done.act = Arc::new(Act::React { tag, chosen });
                done.request = self.new_request();
                return self.expect(done);
            }
            return vec![said(if *chosen { Deed::Reacted } else { Deed::Unreacted })];
        }
        let (deed, part) = match &*act {
            Act::Delete if done.undone => {
                let request = self.new_request();
                return self.await_act(request, &done.before, Arc::new(Act::Restore));
            }
            Act::Delete | Act::React { .. } => (Deed::Deleted, None),
            Act::Edit { .. } => return answer.pop().map_or_else(Vec::new, |reply| self.take_edited(reply)),
            Act::Restore => (Deed::Restored, Some("")),
            Act::Report { .. } => (Deed::Reported, Some("report-button")),
            Act::History => (Deed::Recalled, None),
        };
        let id = &done.id;
        match deed {
            Deed::Restored => self.set_aside(id, None),
            Deed::Reported => self.set_aside(id, Some(Aside::Reported)),
            Deed::Recalled => {
                let revisions = answer.drain(..).map(Arc::new).collect();
                self.set_aside(id, Some(Aside::History(revisions)));
            }
            Deed::Deleted | Deed::Edited | Deed::Reacted | Deed::Unreacted => {}
        }
        answer.into_iter().for_each(|reply| self.replies.change(reply));
        let mut commands: Vec<_> = part.map(|part| self.focus_in(id, part)).into_iter().collect();
        commands.push(said(deed));
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
        commands.push(said(Deed::Edited));
        self.replies.change(reply);
        commands
    }

    /// The backend did not do it: things stand as they stood, and it is said why.
    fn put_back(&mut self, mut done: Pending, failure: Failure) -> Vec<Command> {
        let act = Arc::clone(&done.act);
        let (part, aside) = match &*act {
            Act::Edit { .. } => return self.take_refusal(done.request, failure),
            Act::Report { .. } => (None, Some(Aside::Reporting(Some(failure.clone())))),
            // It was to be there, and is.
            Act::Delete if done.undone => (Some(""), None),
            Act::Delete | Act::Restore => (Some(""), Some(Aside::Refused(failure.clone()))),
            Act::React { .. } | Act::History => (None, Some(Aside::Refused(failure.clone()))),
        };
        if failure.is_of_nobody() {
            self.lose_viewer();
        }
        match &*act {
            Act::React { .. } => {
                done.wish = done.confirmed.clone();
                self.show_wish(&done);
            }
            Act::Delete => self.set_status(&done.id, Status::Published),
            _ => {}
        }
        self.set_aside(&done.id, aside);
        part.map(|part| self.focus_in(&done.id, part)).into_iter().collect()
    }

    /// Orders it, and awaits the answer.
    pub(super) fn await_act(
        &mut self,
        request: RequestId,
        reply: &Arc<Reply>,
        act: Arc<Act>,
    ) -> Vec<Command> {
        let own = self.chosen(&reply.id).to_vec();
        self.expect(Pending {
            request,
            id: reply.id.clone(),
            act,
            before: Arc::clone(reply),
            confirmed: own.clone(),
            wish: own,
            undone: false,
        })
    }

    fn expect(&mut self, pending: Pending) -> Vec<Command> {
        let act = Arc::clone(&pending.act);
        let command = Command::Act { request: pending.request, id: pending.id.clone(), act };
        self.acts.push(pending);
        vec![command]
    }

    fn react(&mut self, reply: &Arc<Reply>, tag: &Tag, chosen: bool, act: &Arc<Act>) -> Vec<Command> {
        self.set_aside(&reply.id, None);
        let mut commands = vec![];
        if !self.acts.iter().any(|pending| pending.is_reaction_to(&reply.id)) {
            let request = self.new_request();
            commands = self.await_act(request, reply, Arc::clone(act));
        }
        if let Some(pending) = self.acts.iter_mut().find(|pending| pending.is_reaction_to(&reply.id)) {
            choose(&mut pending.wish, tag, chosen);
            let pending = pending.clone();
            self.show_wish(&pending);
        }
        commands
    }

    /// Shows the reactions as they will be once the backend has heard everything.
    fn show_wish(&mut self, pending: &Pending) {
        self.own(&pending.id, pending.confirmed.clone());
        let me = self.viewer().cloned();
        let mut reactions = pending.before.reactions.clone();
        let mut confirmed = pending.confirmed.clone();
        while let Some((tag, chosen)) = difference(&pending.wish, &confirmed) {
            choose(&mut confirmed, &tag, chosen);
            count(&mut reactions, tag, chosen, me.as_deref());
        }
        if let Some(reply) = self.replies.get_mut(&pending.id) {
            reply.reactions = reactions;
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

fn said(deed: Deed) -> Command {
    Command::Announce(Announcement::Acted(deed))
}

/// A tag about which the viewer and the backend differ, and what the viewer wants.
fn difference(wish: &[Tag], confirmed: &[Tag]) -> Option<(Tag, bool)> {
    for (tags, others, chosen) in [(wish, confirmed, true), (confirmed, wish, false)] {
        for tag in tags {
            if !others.contains(tag) {
                return Some((tag.clone(), chosen));
            }
        }
    }
    None
}

fn choose(tags: &mut Vec<Tag>, tag: &Tag, chosen: bool) {
    match tags.iter().position(|known| known == tag) {
        Some(place) if !chosen => drop(tags.swap_remove(place)),
        None if chosen => tags.push(tag.clone()),
        _ => {}
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
