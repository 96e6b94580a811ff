//! What the viewer does to one reply: react, edit, delete and undo that, report, look at what it said before.
//!
//! Reactions and deletions are shown at once and put back where they are refused. A backend hears one thing about a
//! reply at a time, the last wish after the last answer, so that repeats and races change nothing.

use std::sync::Arc;

use afterword_contract::{EditReply, Person, Reaction, Reply, ReplyId, Report, Status, Tag};

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
        edit: Box<EditReply>,
    },
    /// Turn it into a tombstone.
    Delete,
    /// Bring it back.
    Restore,
    /// Report it.
    Report(Report),
    /// Ask for its revisions.
    History,
}

/// What stands at a reply besides its text because of something the viewer did.
#[derive(Clone, Debug, PartialEq)]
pub enum Aside {
    /// It was deleted, and can be brought back as it was.
    Undo(Arc<Reply>),
    /// It is about to be reported.
    Reporting {
        /// What is reported.
        report: Report,
        /// Why it did not go, if it did not.
        failure: Option<Failure>,
    },
    /// It was reported.
    Reported,
    /// Something was refused.
    Refused(Failure),
    /// Its revisions, oldest first.
    History(Arc<Vec<Arc<Reply>>>),
}

/// An act whose answer is awaited.
#[derive(Clone, Debug)]
pub(super) struct Pending {
    request: RequestId,
    id: ReplyId,
    act: Act,
    /// The reply as the backend has it, as far as is known.
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
    pub fn aside(&self, id: &ReplyId) -> Option<&Aside> {
        self.asides.iter().find(|known| known.0 == *id).map(|known| &known.1)
    }

    /// The tags that the viewer has chosen for a reply, with what they wish and nobody has confirmed yet.
    pub fn chosen(&self, id: &ReplyId) -> &[Tag] {
        match self.acts.iter().find(|pending| pending.is_reaction_to(id)) {
            Some(pending) => &pending.wish,
            None => self.theirs(id).map_or(&[], |theirs| &theirs.reactions),
        }
    }

    pub(super) fn press_act(&mut self, id: ReplyId, act: Act) -> Vec<Command> {
        let Some(reply) = self.replies.get(&id).cloned() else { return vec![] };
        if let Act::React { tag, chosen } = &act {
            match self.may_react() {
                Access::Open => return self.react(&reply, tag, *chosen),
                Access::AfterName if self.may_write() == Access::AfterName => {
                    self.wanted = Some((id, act));
                    return self.ask_for_name();
                }
                Access::AfterName | Access::AfterSignIn => return vec![Command::AskSignIn],
                Access::Closed | Access::Forbidden => return vec![],
            }
        }
        let under_way = self.acts.iter_mut().find(|known| known.id == id && !known.is_reaction_to(&id));
        let shown = match (&act, self.asides.iter().find(|known| known.0 == id)) {
            (Act::Delete, _) => Arc::new(Reply {
                status: Status::Deleted,
                body: String::new(),
                quotes: Vec::new(),
                reactions: Vec::new(),
                ..(*reply).clone()
            }),
            (Act::Restore, Some((_, Aside::Undo(deleted)))) => Arc::clone(deleted),
            _ => Arc::clone(&reply),
        };
        let mut commands = match under_way {
            Some(deletion) if deletion.act == Act::Delete && act == Act::Restore => {
                deletion.undone = true;
                vec![]
            }
            Some(_) => return vec![],
            None => self.run(&reply, act.clone()),
        };
        match &act {
            Act::Delete => {
                self.acts.retain(|pending| !pending.is_reaction_to(&id));
                self.set_aside(&id, Some(Aside::Undo(reply)));
                commands.push(self.focus_in(&id, "undo-button"));
            }
            Act::Restore => {
                self.set_aside(&id, None);
                commands.push(self.focus_in(&id, ""));
            }
            _ => {}
        }
        self.replies.change((*shown).clone());
        commands
    }

    /// Something else stands at a reply, or nothing any more.
    pub(super) fn change_aside(&mut self, id: &ReplyId, aside: Option<Aside>) -> Vec<Command> {
        let was = matches!(self.aside(id), Some(Aside::Reporting { .. }));
        let is = matches!(aside, Some(Aside::Reporting { .. }));
        self.set_aside(id, aside);
        match (was, is) {
            (false, true) => vec![self.focus_in(id, "report-reason")],
            (true, false) => vec![self.focus_in(id, "report-button")],
            _ => vec![],
        }
    }

    pub(super) fn take_acted(
        &mut self,
        request: RequestId,
        outcome: Result<Vec<Reply>, Failure>,
    ) -> Vec<Command> {
        let Some(place) = self.acts.iter().position(|pending| pending.request == request) else {
            return vec![];
        };
        let done = self.acts.remove(place);
        match outcome {
            Ok(answer) => self.finish(done, answer),
            Err(failure) => self.put_back(done, failure),
        }
    }

    /// The backend did it.
    fn finish(&mut self, done: Pending, mut answer: Vec<Reply>) -> Vec<Command> {
        let id = done.id.clone();
        let mut commands = vec![];
        match &done.act {
            Act::React { .. } => {
                let Some(answer) = answer.pop() else { return vec![] };
                if let Some(command) = self.settle(&done, answer.reactions) {
                    return vec![command];
                }
            }
            Act::Edit { .. } => {
                commands = self.close_editor();
                commands.push(self.focus_in(&id, ""));
                if let Some(reply) = answer.pop() {
                    let reactions = self.replies.get(&id).map(|known| known.reactions.clone());
                    self.replies.change(Reply { reactions: reactions.unwrap_or_default(), ..reply });
                }
            }
            Act::Delete if done.undone => return self.run(&done.before, Act::Restore),
            Act::Delete | Act::Restore => answer.into_iter().for_each(|reply| self.replies.change(reply)),
            Act::Report(_) => {
                self.set_aside(&id, Some(Aside::Reported));
                commands.push(self.focus_in(&id, "report-button"));
            }
            Act::History => {
                let revisions = answer.into_iter().map(Arc::new).collect();
                self.set_aside(&id, Some(Aside::History(Arc::new(revisions))));
            }
        }
        commands.push(Command::Announce(Announcement::Acted(done.act)));
        commands
    }

    /// The backend did not do it: things stand as they stood, and it is said why.
    fn put_back(&mut self, done: Pending, failure: Failure) -> Vec<Command> {
        if matches!(done.act, Act::Edit { .. }) {
            return self.take_refusal(done.request, failure);
        }
        if failure.is_of_nobody() {
            self.lose_viewer();
        }
        let mut commands = vec![];
        let aside = match done.act {
            Act::React { .. } => {
                self.own(&done.id, done.confirmed);
                self.show_reactions(&done.id, done.before.reactions.clone());
                Some(Aside::Refused(failure))
            }
            // It was to be there, and is.
            Act::Delete if done.undone => None,
            Act::Report(report) => Some(Aside::Reporting { report, failure: Some(failure) }),
            act => {
                if act != Act::History {
                    self.replies.change((*done.before).clone());
                    commands.push(self.focus_in(&done.id, ""));
                }
                Some(Aside::Refused(failure))
            }
        };
        self.set_aside(&done.id, aside);
        commands
    }

    fn run(&mut self, reply: &Arc<Reply>, act: Act) -> Vec<Command> {
        let request = self.new_request();
        self.await_act(request, reply, act)
    }

    /// Orders it, and awaits the answer.
    pub(super) fn await_act(&mut self, request: RequestId, reply: &Arc<Reply>, act: Act) -> Vec<Command> {
        let own = self.chosen(&reply.id).to_vec();
        self.acts.push(Pending {
            request,
            id: reply.id.clone(),
            act: act.clone(),
            before: Arc::clone(reply),
            confirmed: own.clone(),
            wish: own,
            undone: false,
        });
        vec![Command::Act { request, id: reply.id.clone(), act }]
    }

    fn react(&mut self, reply: &Arc<Reply>, tag: &Tag, chosen: bool) -> Vec<Command> {
        self.set_aside(&reply.id, None);
        let mut commands = vec![];
        if !self.acts.iter().any(|pending| pending.is_reaction_to(&reply.id)) {
            commands = self.run(reply, Act::React { tag: tag.clone(), chosen });
        }
        let Some(pending) = self.acts.iter_mut().find(|pending| pending.is_reaction_to(&reply.id)) else {
            return commands;
        };
        choose(&mut pending.wish, tag, chosen);
        let pending = pending.clone();
        self.show_wish(&pending);
        commands
    }

    /// The backend has these reactions now. If the viewer wishes something else meanwhile, that is the next thing it
    /// hears.
    fn settle(&mut self, done: &Pending, reactions: Vec<Reaction>) -> Option<Command> {
        let Act::React { tag, chosen } = &done.act else { return None };
        let mut next = done.clone();
        choose(&mut next.confirmed, tag, *chosen);
        if let Some(reply) = self.replies.get(&done.id) {
            next.before = Arc::new(Reply { reactions, ..(**reply).clone() });
        }
        self.own(&done.id, next.confirmed.clone());
        self.show_wish(&next);
        let (tag, chosen) = next.difference()?;
        next.act = Act::React { tag, chosen };
        next.request = self.new_request();
        let command = Command::Act { request: next.request, id: next.id.clone(), act: next.act.clone() };
        self.acts.push(next);
        Some(command)
    }

    /// Shows the reactions as they will be once the backend has heard everything.
    fn show_wish(&mut self, pending: &Pending) {
        let me = self.viewer().cloned();
        let mut reactions = pending.before.reactions.clone();
        for tag in &pending.wish {
            if !pending.confirmed.contains(tag) {
                join(&mut reactions, tag, me.as_deref());
            }
        }
        for tag in &pending.confirmed {
            if !pending.wish.contains(tag) {
                leave(&mut reactions, tag, me.as_deref());
            }
        }
        self.show_reactions(&pending.id, reactions);
    }

    fn show_reactions(&mut self, id: &ReplyId, reactions: Vec<Reaction>) {
        if let Some(reply) = self.replies.get(id).filter(|reply| reply.status != Status::Deleted) {
            let reply = Reply { reactions, ..(**reply).clone() };
            self.replies.change(reply);
        }
    }

    pub(super) fn set_aside(&mut self, id: &ReplyId, aside: Option<Aside>) {
        self.asides.retain(|known| known.0 != *id);
        if let Some(aside) = aside {
            self.asides.push((id.clone(), aside));
        }
    }

    pub(super) fn focus_in(&self, id: &ReplyId, part: &'static str) -> Command {
        let number = self.replies.get(id).and_then(|reply| reply.number).unwrap_or_default();
        Command::FocusIn { number, part }
    }
}

impl Pending {
    fn is_reaction_to(&self, id: &ReplyId) -> bool {
        self.id == *id && matches!(self.act, Act::React { .. })
    }

    /// A tag about which the backend and the viewer differ, and what the viewer wants.
    fn difference(&self) -> Option<(Tag, bool)> {
        let missing = self.wish.iter().find(|tag| !self.confirmed.contains(tag)).map(|tag| (tag, true));
        let surplus = || self.confirmed.iter().find(|tag| !self.wish.contains(tag)).map(|tag| (tag, false));
        missing.or_else(surplus).map(|(tag, chosen)| (tag.clone(), chosen))
    }
}

fn choose(tags: &mut Vec<Tag>, tag: &Tag, chosen: bool) {
    tags.retain(|known| known != tag);
    if chosen {
        tags.push(tag.clone());
    }
}

fn join(reactions: &mut Vec<Reaction>, tag: &Tag, me: Option<&Person>) {
    if !reactions.iter().any(|reaction| reaction.tag == *tag) {
        reactions.push(Reaction { tag: tag.clone(), count: 0, people: Vec::new() });
    }
    for reaction in reactions {
        if reaction.tag == *tag {
            reaction.count = reaction.count.saturating_add(1);
            reaction.people.extend(me.cloned());
        }
    }
}

fn leave(reactions: &mut Vec<Reaction>, tag: &Tag, me: Option<&Person>) {
    for reaction in reactions.iter_mut() {
        if reaction.tag == *tag {
            reaction.count = reaction.count.saturating_sub(1);
            reaction.people.retain(|person| me.is_none_or(|me| me.id != person.id || me.id.is_none()));
        }
    }
    reactions.retain(|reaction| reaction.count > 0);
}
