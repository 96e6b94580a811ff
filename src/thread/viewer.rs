//! Who is looking, and what they may do in this thread.
//!
//! Knows no token: whether one is there, the world knows; what it is worth, the backend says.

use std::sync::Arc;

use afterword_contract::{
    Feature, Permission, Person, Reply, ReplyId, Tag, Timestamp, Viewer, ViewerReplies, ViewerReply,
};

use super::{Act, Command, Thread};

/// Who is looking.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Who {
    /// Nobody has told yet, or nobody can.
    #[default]
    Unknown,
    /// Nobody whom the backend knows.
    Nobody,
    /// Somebody.
    Known(Arc<Person>),
}

/// The viewer, as far as the backend told.
#[derive(Clone, Debug, Default)]
pub(super) struct Viewing {
    who: Who,
    /// Whether it was asked in vain who that is.
    missed: bool,
    /// What they may do everywhere in this thread; unknown where nobody told.
    may: Option<Vec<Permission>>,
    /// What is theirs, by reply.
    replies: ViewerReplies,
}

/// Whether the viewer may write, and what is needed first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Access {
    /// Nobody may write here, or nothing is known yet.
    #[default]
    Closed,
    /// They may not.
    Forbidden,
    /// They may, as soon as they have signed in.
    AfterSignIn,
    /// They may, as soon as they have given a name.
    AfterName,
    /// They may.
    Open,
}

impl Thread {
    /// Who is looking; `None` where nobody is signed in or the backend knows nobody.
    pub fn viewer(&self) -> Option<&Arc<Person>> {
        match &self.viewing.who {
            Who::Known(person) => Some(person),
            Who::Unknown | Who::Nobody => None,
        }
    }

    /// Whether the backend offers this.
    pub fn offers(&self, feature: &Feature) -> bool {
        self.info.features.contains(feature)
    }

    /// Whether the viewer may do this to any reply. A backend that does not say what viewers may do is asked by
    /// trying.
    pub fn may(&self, permission: &Permission) -> bool {
        self.viewing.may.as_ref().is_none_or(|may| may.contains(permission))
    }

    /// What is the viewer's of this reply.
    pub fn theirs(&self, id: &ReplyId) -> Option<&ViewerReply> {
        self.viewing.replies.get(id)
    }

    /// Whether the viewer may write a reply, or go on with the change to one.
    pub fn may_write(&self) -> Access {
        match self.composer.editing() {
            None => self.access(&Feature::Reply, Some(&Permission::Reply)),
            Some(_) => self.access(&Feature::Edit, None),
        }
    }

    /// Whether the viewer may choose reaction tags.
    pub fn may_react(&self) -> Access {
        self.access(&Feature::React, Some(&Permission::React))
    }

    /// Whether the viewer may do this to a reply, at a moment in milliseconds since 1970. Only where the backend says
    /// so: it depends on who wrote it.
    pub fn may_to(&self, reply: &Reply, feature: &Feature, permission: &Permission, now: i64) -> bool {
        let everywhere = || self.viewing.may.as_ref().is_some_and(|may| may.contains(permission));
        let theirs = || {
            self.theirs(&reply.id).is_some_and(|theirs| {
                let until = theirs.until.as_ref().and_then(Timestamp::millis);
                theirs.may.contains(permission) && until.is_none_or(|until| until > now)
            })
        };
        self.offers(feature) && (everywhere() || theirs())
    }

    /// Whether the viewer may report a reply. That depends on nobody's authorship, so it is offered until the backend
    /// says otherwise, and what stands below a reply does not move once it has.
    pub fn may_report(&self, reply: &Reply, now: i64) -> bool {
        let unknown = self.viewing.may.is_none() && self.offers(&Feature::Report);
        unknown || self.may_to(reply, &Feature::Report, &Permission::Report, now)
    }

    /// Notes that the viewer has chosen a tag or not. Whether that is news.
    pub(super) fn own(&mut self, id: &ReplyId, tag: &Tag, chosen: bool) -> bool {
        let mut theirs = self.theirs(id).cloned().unwrap_or_default();
        match theirs.reactions.iter().position(|known| known == tag) {
            Some(place) if !chosen => drop(theirs.reactions.swap_remove(place)),
            None if chosen => theirs.reactions.push(tag.clone()),
            _ => return false,
        }
        self.viewing.replies.insert(id.clone(), theirs);
        true
    }

    fn access(&self, feature: &Feature, permission: Option<&Permission>) -> Access {
        if !self.is_known() || self.info.locked || !self.offers(feature) {
            return Access::Closed;
        }
        match &self.viewing.who {
            Who::Nobody if self.offers(&Feature::Guest) => Access::AfterName,
            Who::Nobody => Access::AfterSignIn,
            Who::Known(_) if permission.is_some_and(|permission| !self.may(permission)) => Access::Forbidden,
            Who::Known(_) | Who::Unknown => Access::Open,
        }
    }

    /// The viewer comes with what they may do, and with their replies that are held for approval.
    pub(super) fn meet(&mut self, viewer: Viewer) -> Vec<Command> {
        let early = if viewer.person.is_some() { core::mem::take(&mut self.wanted) } else { self.early() };
        self.viewing = Viewing {
            missed: false,
            who: viewer.person.map_or(Who::Nobody, |person| Who::Known(Arc::new(person))),
            may: Some(viewer.may),
            replies: viewer.replies,
        };
        self.mark_pending();
        self.replies.hold(viewer.pending);
        let mut commands = self.stop_asking();
        commands.extend(self.press_all(early));
        commands
    }

    /// Nobody says who is looking: what they may do is told by trying.
    pub(super) fn miss_viewer(&mut self) -> Vec<Command> {
        let early = self.early();
        self.viewing.missed = true;
        self.press_all(early)
    }

    /// What was pressed before it was known who is looking.
    fn early(&mut self) -> Vec<(ReplyId, Arc<Act>)> {
        if self.awaits_viewer() { core::mem::take(&mut self.wanted) } else { Vec::new() }
    }

    pub(super) fn press_all(&mut self, acts: Vec<(ReplyId, Arc<Act>)>) -> Vec<Command> {
        let mut commands = Vec::new();
        for (id, act) in acts {
            commands.extend(self.press_act(id, act));
        }
        commands
    }

    /// Whether the backend will still say who is looking, for the first time.
    pub(super) fn awaits_viewer(&self) -> bool {
        matches!(self.viewing.who, Who::Unknown) && !self.viewing.missed && self.offers(&Feature::Viewer)
    }

    /// The backend has given the viewer a name; what they may do under it is asked for.
    pub(super) fn meet_guest(&mut self, person: Person) -> Option<Command> {
        self.viewing = Viewing { who: Who::Known(Arc::new(person)), ..Viewing::default() };
        self.ask_for_viewer()
    }

    /// The backend does not know the viewer, or no longer.
    pub(super) fn lose_viewer(&mut self) {
        self.viewing = Viewing { who: Who::Nobody, ..Viewing::default() };
    }

    /// Who is looking is asked only where the backend can tell.
    pub(super) fn ask_for_viewer(&self) -> Option<Command> {
        self.offers(&Feature::Viewer).then_some(Command::FetchViewer)
    }
}
