//! What the viewer is writing, from the first letter to the reply that stands in its place.
//!
//! Nothing that was typed goes away unless the viewer says so: it is kept while they type, through refusals, a lost
//! network and signing in. A reply has one key for all attempts to post it, so that none is posted twice.

use std::ops::Range;
use std::sync::Arc;

use afterword_contract::{EditReply, Feature, NewReply, Person, Reply, ReplyId, Status};

use super::formatting::format;
use super::mention_list::MentionList;
use super::{Access, Act, Announcement, Command, Event, Failure, Format, HostEvent, RequestId, Slot, Thread};
use crate::text::{concat, trim, trim_end, trim_start};

/// A text as it is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft {
    /// As typed.
    pub text: String,
    /// Under which key it was last sent, if it was: sent again, it is still one reply. Of the change to a reply, the
    /// revision that it changes.
    pub key: Option<String>,
    /// Who was chosen to be mentioned in it, by the names that stand there.
    pub mentions: Vec<Person>,
}

impl Draft {
    /// The text of a reply, to be changed.
    fn of(reply: &Reply) -> Self {
        let key = Some(reply.revision.0.clone());
        Self { text: reply.body.clone(), key, mentions: reply.mentions.clone() }
    }
}

/// What the viewer is writing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Composer {
    pub(super) draft: Draft,
    /// The reply that the text will change; none for a new one.
    editing: Option<Arc<Reply>>,
    /// The name to write under, where one is needed.
    name: String,
    /// Where the next block goes, in bytes; at the end, where the caret never was.
    pub(super) caret: Option<usize>,
    stage: Stage,
    /// Who may be meant by the `@` at the caret.
    pub(super) list: MentionList,
    preview: bool,
    /// Whether something was typed here since the text was last taken over from elsewhere.
    touched: bool,
    /// The text of another tab, or of whoever changed the reply meanwhile, which the viewer has to decide about.
    other: Option<Draft>,
    /// Whether the browser keeps no drafts.
    unkept: bool,
}

/// How far a reply has come.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Stage {
    /// Nothing is being written.
    #[default]
    Closed,
    /// The last reply is held for approval, and nothing is being written.
    Held,
    /// Writing.
    Writing,
    /// Writing, and asked whether to throw it away.
    Leaving,
    /// The backend is asked for a name to write under.
    Naming {
        /// The question.
        request: RequestId,
        /// Whether the reply is sent once there is a name; else that was asked for something else.
        sends: bool,
    },
    /// It is on its way.
    Sending {
        /// The question.
        request: RequestId,
    },
    /// It goes on its way as soon as there is a network.
    Waiting,
    /// It cannot go as it is.
    Refused(Complaint),
}

/// Why a reply did not go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Complaint {
    /// There is nothing in it.
    Empty,
    /// It has so many bytes more than the backend takes.
    TooLong(u32),
    /// There is no name to write under.
    NoName,
    /// The backend refused it, or it did not get through.
    Failed(Failure),
}

/// A field of the composer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// The button that opens it.
    Opener,
    /// The text.
    Text,
    /// The name.
    Name,
}

impl Composer {
    /// What was typed.
    pub fn text(&self) -> &str {
        &self.draft.text
    }

    /// Whether anything in it is the viewer's own work since it was last taken over from elsewhere.
    pub fn is_touched(&self) -> bool {
        self.touched
    }

    /// Who was chosen to be mentioned.
    pub fn mentions(&self) -> &[Person] {
        &self.draft.mentions
    }

    /// Who may be meant by the `@` at the caret.
    pub fn list(&self) -> &MentionList {
        &self.list
    }

    /// The name to write under.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How far it has come.
    pub fn stage(&self) -> &Stage {
        &self.stage
    }

    /// Whether the reply is shown as it will be.
    pub fn is_previewed(&self) -> bool {
        self.preview
    }

    /// The reply that the text will change, as it was when the viewer began; none for a new one.
    pub fn editing(&self) -> Option<&Arc<Reply>> {
        self.editing.as_ref()
    }

    /// The text of another tab, or of whoever changed the reply meanwhile.
    pub fn other(&self) -> Option<&str> {
        self.other.as_ref().map(|other| other.text.as_str())
    }

    /// Whether the browser keeps no drafts.
    pub fn is_unkept(&self) -> bool {
        self.unkept
    }

    /// Whether it is open.
    pub fn is_open(&self) -> bool {
        !matches!(self.stage, Stage::Closed | Stage::Held)
    }

    /// Whether an answer is awaited, or a network.
    pub fn is_under_way(&self) -> bool {
        matches!(self.stage, Stage::Naming { .. } | Stage::Sending { .. })
    }

    /// Whether this answer is awaited.
    fn awaits(&self, request: RequestId) -> bool {
        match self.stage {
            Stage::Naming { request: asked, .. } | Stage::Sending { request: asked } => asked == request,
            _ => false,
        }
    }

    /// Whether there is something to lose.
    fn is_dirty(&self) -> bool {
        let known = self.editing.as_ref().map_or("", |reply| reply.body.as_str());
        trim(&self.draft.text) != trim(known)
    }

    /// Whether the complaint is about the name.
    pub fn is_name_wrong(&self) -> bool {
        match &self.stage {
            Stage::Refused(Complaint::NoName) => true,
            Stage::Refused(Complaint::Failed(Failure::Refused { problem, .. })) => {
                problem.errors.first().is_some_and(|error| error.pointer == "#/name")
            }
            _ => false,
        }
    }

    /// Puts a block of its own at the caret, and opens the composer; the caret goes behind it.
    pub fn insert_block(&mut self, block: &str) {
        let text = &mut self.draft.text;
        let at = self.caret.filter(|&at| text.is_char_boundary(at)).unwrap_or(text.len());
        let (before, after) = text.split_at(at);
        let (before, after) = (trim_end(before, |c| c == '\n'), trim_start(after, |c| c == '\n'));
        let gap = if before.is_empty() { "" } else { "\n\n" };
        let whole = concat(&[before, gap, trim_end(block, |c| c == '\n'), "\n\n"]);
        self.caret = Some(whole.len());
        *text = whole + after;
        self.changed();
    }

    /// The text is another now: it is written again, and what was sent before was another reply.
    pub(super) fn changed(&mut self) {
        if self.editing.is_none() {
            self.draft.key = None;
        }
        self.touched = true;
        self.stage = Stage::Writing;
    }

    /// What is selected afterwards, in the browser's units.
    pub(super) fn units(&self, range: Range<usize>) -> Range<usize> {
        units_at(&self.draft.text, range.start)..units_at(&self.draft.text, range.end)
    }

    fn bytes(&self, range: Range<usize>) -> Range<usize> {
        let start = byte_at(&self.draft.text, range.start);
        start..byte_at(&self.draft.text, range.end).max(start)
    }
}

/// Browsers count text in units of UTF-16.
fn byte_at(text: &str, units: usize) -> usize {
    let mut passed = 0;
    for (byte, character) in text.char_indices() {
        if passed >= units {
            return byte;
        }
        passed += character.len_utf16();
    }
    text.len()
}

fn units_at(text: &str, byte: usize) -> usize {
    text.get(..byte).unwrap_or(text).encode_utf16().count()
}

impl Thread {
    /// What the viewer is writing.
    pub fn composer(&self) -> &Arc<Composer> {
        &self.composer
    }

    /// By how many bytes the text is too long; below 0, how many more it may have.
    pub fn excess(&self) -> Option<i64> {
        let most = self.info.limits.body_bytes?;
        Some(self.composer.text().len() as i64 - i64::from(most))
    }

    pub(super) fn open_composer(&mut self) -> Vec<Command> {
        let composer = self.write();
        composer.stage = Stage::Writing;
        // The text is not seen beside its preview, and could not have the focus.
        composer.preview = false;
        vec![focus(Field::Text, None)]
    }

    pub(super) fn take_text(&mut self, text: String, caret: usize) -> Vec<Command> {
        if self.composer.is_under_way() {
            // The field takes nothing now but what an input method ends in it.
            return vec![];
        }
        let composer = self.write();
        composer.caret = Some(byte_at(&text, caret));
        if text != composer.draft.text {
            composer.draft.text = text;
            composer.changed();
        }
        let mut commands = self.keep();
        commands.extend(self.look_for_people());
        commands
    }

    pub(super) fn take_name(&mut self, name: String) -> Vec<Command> {
        let composer = self.write();
        composer.name = name;
        if composer.is_name_wrong() {
            composer.stage = Stage::Writing;
        }
        vec![]
    }

    pub(super) fn leave_caret(&mut self, caret: usize) -> Vec<Command> {
        let composer = self.write();
        composer.caret = Some(byte_at(&composer.draft.text, caret));
        composer.list.close();
        vec![]
    }

    pub(super) fn format_text(&mut self, format_: Format, selection: Range<usize>) -> Vec<Command> {
        if self.composer.is_under_way() {
            return vec![];
        }
        let composer = self.write();
        composer.preview = false;
        let chosen = composer.bytes(selection);
        let chosen = format(&mut composer.draft.text, chosen, format_);
        composer.caret = Some(chosen.end);
        composer.changed();
        let selection = composer.units(chosen);
        let mut commands = self.keep();
        commands.push(focus(Field::Text, Some(selection)));
        commands.extend(self.look_for_people());
        commands
    }

    /// A quote goes where the caret was, the caret behind it. While a reply is on its way nothing is put into it.
    pub(super) fn take_quote(&mut self, quote: &str) -> Vec<Command> {
        if self.composer.is_under_way() {
            return vec![focus(Field::Text, None)];
        }
        let composer = self.write();
        composer.preview = false;
        composer.insert_block(quote);
        let caret = composer.caret.unwrap_or_default();
        let selection = composer.units(caret..caret);
        let mut commands = self.keep();
        commands.push(focus(Field::Text, Some(selection)));
        commands
    }

    pub(super) fn toggle_preview(&mut self) -> Vec<Command> {
        let composer = self.write();
        composer.preview = !composer.preview;
        composer.list.close();
        vec![]
    }

    /// Sends what is written, or says what it lacks.
    pub(super) fn press_send(&mut self, key: String) -> Vec<Command> {
        if self.composer.is_under_way() || !self.composer.is_open() {
            return vec![];
        }
        let access = self.may_write();
        if matches!(access, Access::Closed | Access::Forbidden) {
            return vec![];
        }
        // A name alone is enough for what waits for one.
        let empty = trim(self.composer.text()).is_empty();
        if empty && (access != Access::AfterName || self.wanted.is_empty()) {
            return self.complain(Complaint::Empty);
        }
        if let Some(excess @ 1..) = self.excess() {
            return self.complain(Complaint::TooLong(excess as u32));
        }
        if access == Access::AfterSignIn {
            return vec![Command::AskSignIn];
        }
        if access == Access::AfterName && trim(&self.composer.name).is_empty() {
            return self.complain(Complaint::NoName);
        }
        let composer = self.write();
        composer.preview = false;
        composer.draft.key.get_or_insert(key);
        if access == Access::AfterName && !self.offline {
            // What was being written may be half a sentence where the name was asked for something else.
            let sends = self.wanted.is_empty() || self.composer.text() != self.wanted_beside;
            return self.ask_for_guest(sends);
        }
        self.send_reply()
    }

    fn ask_for_guest(&mut self, sends: bool) -> Vec<Command> {
        let request = self.new_request();
        let composer = self.write();
        composer.stage = Stage::Naming { request, sends };
        vec![Command::MakeGuest { request, name: trim(&composer.name).to_owned() }]
    }

    fn send_reply(&mut self) -> Vec<Command> {
        if self.offline {
            self.write().stage = Stage::Waiting;
            return self.keep();
        }
        if self.may_write() == Access::AfterName {
            return self.ask_for_guest(true);
        }
        let request = self.new_request();
        let Some(key) = self.composer.draft.key.clone() else { return vec![] };
        let composer = self.write();
        composer.list.close();
        composer.stage = Stage::Sending { request };
        let draft = &self.composer.draft;
        let (body, mentions) = (draft.text.clone(), draft.mentioned());
        if let Some(reply) = self.composer.editing.clone() {
            let edit = EditReply { body, format: reply.format.clone(), mentions };
            let mut commands = self.keep();
            commands.extend(self.await_act(
                request,
                reply.id.clone(),
                Arc::new(Act::Edit { revision: key, edit }),
            ));
            return commands;
        }
        let reply = NewReply { body, mentions, ..NewReply::default() };
        // With its key, so that it is one reply even if the page goes before the answer comes.
        let mut commands = self.keep();
        commands.push(Command::Post { request, key, reply: Box::new(reply) });
        commands
    }

    /// The network is back: what waited for it, or was lost in it, goes on its way. It has its key, so it is posted
    /// once.
    pub(super) fn send_again(&mut self) -> Vec<Command> {
        match &self.composer.stage {
            Stage::Waiting => self.send_reply(),
            Stage::Refused(Complaint::Failed(failure)) if failure.is_of_the_network() => self.send_reply(),
            _ => vec![],
        }
    }

    /// What happens to the new reply that waits while the viewer edits one.
    pub(super) fn update_parked(&mut self, event: Event) -> Vec<Command> {
        self.swap_parked();
        let commands = self.update(event);
        self.swap_parked();
        commands
    }

    /// Whether what happens is happening to that: it leads the viewer nowhere.
    fn is_aside(&self) -> bool {
        self.parked.is_some() && self.composer.editing.is_none()
    }

    /// The new reply in the place of the one that the viewer edits, and back.
    pub(super) fn swap_parked(&mut self) {
        if let Some(parked) = &mut self.parked {
            core::mem::swap(parked, &mut self.composer);
        }
    }

    /// Whether this answer is awaited for the new reply while the viewer edits one.
    pub(super) fn parks(&self, request: RequestId) -> bool {
        self.parked.as_ref().is_some_and(|parked| parked.awaits(request))
    }

    /// Whether this request asks for the viewer's name: then, whether what is written is sent with it.
    fn names(&self, request: RequestId) -> Option<bool> {
        match self.composer.stage {
            Stage::Naming { request: asked, sends } if asked == request => Some(sends),
            _ => None,
        }
    }

    pub(super) fn take_guest(&mut self, request: RequestId, person: Person) -> Vec<Command> {
        let Some(sends) = self.names(request) else { return vec![] };
        let asked = self.meet_guest(person);
        let wanted = core::mem::take(&mut self.wanted);
        let last = wanted.last().map(|(id, _)| id.clone());
        let empty = trim(self.composer.text()).is_empty();
        let mut commands = if empty {
            self.discard()
        } else if sends {
            self.send_reply()
        } else {
            self.write().stage = Stage::Writing;
            vec![focus(Field::Text, None)]
        };
        commands.extend(asked);
        commands.extend(self.press_all(wanted));
        if let Some(id) = last.filter(|_| empty) {
            commands.push(self.focus_in(&id, ""));
        }
        commands
    }

    pub(super) fn take_posted(&mut self, request: RequestId, reply: Reply) -> Vec<Command> {
        if self.composer.stage != (Stage::Sending { request }) {
            return vec![];
        }
        let held = reply.status == Status::Pending;
        let host =
            HostEvent::OfReply { name: "afterword-reply-posted", id: reply.id.clone(), number: reply.number };
        let mut commands: Vec<_> =
            self.forget(if held { Stage::Held } else { Stage::Closed }).into_iter().collect();
        commands.push(Command::TellHost(host));
        // What they may do to it, the backend says.
        commands.extend(self.ask_for_viewer());
        match reply.number.filter(|_| !held) {
            Some(number) => commands.extend(self.show_posted(number, reply)),
            None => {
                self.replies.hold_more(reply);
                commands.push(Command::Announce(Announcement::Held));
                commands.push(focus(Field::Opener, None));
            }
        }
        commands
    }

    /// The new reply joins the list where that ends with the thread; else the page around it is fetched, which also
    /// brings what others wrote meanwhile.
    fn show_posted(&mut self, number: u32, reply: Reply) -> Vec<Command> {
        if number > self.info.total {
            Arc::make_mut(&mut self.info).total = number;
        }
        let mut commands = self.count(self.info.total);
        self.replies.change(reply);
        let here = self.show_new(number) && self.replies.place(number).is_some();
        if self.is_aside() {
            commands.push(Command::Announce(Announcement::Posted(number)));
            return commands;
        }
        if !here {
            commands.extend(self.go_to(number, None));
            return commands;
        }
        self.target = Some(number);
        self.refusal = None;
        commands.push(Command::ShowReply { number });
        commands.push(Command::Announce(Announcement::Posted(number)));
        commands
    }

    pub(super) fn take_refusal(&mut self, request: RequestId, failure: Failure) -> Vec<Command> {
        if !self.composer.awaits(request) {
            return vec![];
        }
        if let Some(current) = self.current(&failure) {
            return self.contradict(current);
        }
        if failure == Failure::Offline {
            self.write().stage = Stage::Waiting;
            return vec![];
        }
        if failure.is_of_nobody() {
            self.lose_viewer();
        }
        self.complain(Complaint::Failed(failure))
    }

    /// The sentence at the field is an alert, so nothing else is announced.
    fn complain(&mut self, complaint: Complaint) -> Vec<Command> {
        let nobody = matches!(&complaint, Complaint::Failed(failure) if failure.is_of_nobody());
        let composer = self.write();
        composer.preview = false;
        composer.stage = Stage::Refused(complaint);
        let name = composer.is_name_wrong();
        if self.is_aside() {
            return vec![];
        }
        let name = name || (nobody && self.offers(&Feature::Guest));
        vec![focus(if name { Field::Name } else { Field::Text }, None)]
    }

    pub(super) fn press_cancel(&mut self) -> Vec<Command> {
        if self.composer.is_under_way() || !self.composer.is_open() {
            return vec![];
        }
        if !self.composer.is_dirty() {
            return self.discard();
        }
        let composer = self.write();
        if composer.stage == Stage::Leaving {
            // Pressed again, the key takes the question back.
            return self.open_composer();
        }
        composer.stage = Stage::Leaving;
        vec![]
    }

    pub(super) fn discard(&mut self) -> Vec<Command> {
        self.wanted.clear();
        if let Some(reply) = self.composer.editing.clone() {
            let mut commands = self.close_editor();
            commands.push(self.focus_in(&reply.id, "edit-button"));
            return commands;
        }
        let field = if self.is_rivalled() { Field::Text } else { Field::Opener };
        let mut commands: Vec<_> = self.forget(Stage::Closed).into_iter().collect();
        commands.push(focus(field, None));
        commands
    }

    /// Opens the text of a reply as it was typed. What is written anew waits.
    pub(super) fn open_editor(&mut self, id: &ReplyId) -> Vec<Command> {
        let editing = self.composer.editing.as_ref().is_some_and(|reply| reply.id == *id);
        let composer = &self.composer;
        let Some(reply) = self.replies.get(id).filter(|_| !editing && !composer.is_under_way()) else {
            return vec![focus(Field::Text, None)];
        };
        if composer.editing.is_some() && composer.is_dirty() && (composer.unkept || self.is_rivalled()) {
            // The change to another reply would be kept nowhere.
            let mut commands = self.open_composer();
            commands.extend(self.press_cancel());
            return commands;
        }
        let draft = Draft::of(reply);
        let Composer { name, unkept, .. } = &*self.composer;
        let editor = Composer {
            draft,
            editing: Some(Arc::clone(reply)),
            name: name.clone(),
            unkept: *unkept,
            stage: Stage::Writing,
            ..Composer::default()
        };
        let mut before = core::mem::replace(&mut self.composer, Arc::new(editor));
        if before.editing.is_none() {
            // Answers to what was asked for its list go by.
            Arc::make_mut(&mut before).list = MentionList::default();
            self.parked = Some(before);
        }
        // What was kept may be longer: browsers take this for the end, whatever that is.
        let end = u32::MAX as usize;
        vec![Command::FindDraft(self.slot()), focus(Field::Text, Some(end..end))]
    }

    /// The change is made or given up: what was being written before is there again.
    pub(super) fn close_editor(&mut self) -> Vec<Command> {
        let mut commands = Vec::new();
        if !self.is_rivalled() {
            commands.push(Command::DropDraft(self.slot()));
        }
        self.composer = self.parked.take().unwrap_or_default();
        // Another tab may have changed it meanwhile.
        commands.push(Command::FindDraft(None));
        commands
    }

    /// Where the text is kept.
    pub(super) fn slot(&self) -> Slot {
        self.composer.editing.as_ref().map(|reply| reply.id.clone())
    }

    /// The reply as it now is, where that is why a change to it was refused.
    fn current(&self, failure: &Failure) -> Option<Reply> {
        let Failure::Refused { problem, .. } = failure else { return None };
        self.composer.editing.as_ref()?;
        problem.current.as_deref().cloned()
    }

    /// Somebody changed the reply meanwhile: both texts stay until the viewer has decided.
    fn contradict(&mut self, current: Reply) -> Vec<Command> {
        if current.body == self.composer.text() {
            // It arrived before, and the answer was lost.
            return self.take_edited(current);
        }
        let composer = self.write();
        composer.stage = Stage::Writing;
        composer.other = Some(Draft::of(&current));
        self.replies.change(current);
        vec![focus(Field::Text, None)]
    }

    /// The composer asks for a name, since what the viewer wants to do needs one.
    pub(super) fn ask_for_name(&mut self) -> Vec<Command> {
        if self.composer.is_under_way() || self.composer.stage == Stage::Waiting {
            // The name may be what is asked for already.
            return vec![focus(Field::Name, None)];
        }
        self.complain(Complaint::NoName)
    }

    /// Whoever is known is not asked any more who they are.
    pub(super) fn stop_asking(&mut self) -> Vec<Command> {
        if !self.composer.is_open() || self.viewer().is_none() {
            return vec![];
        }
        let asked = match &self.composer.stage {
            Stage::Refused(Complaint::NoName) => true,
            Stage::Refused(Complaint::Failed(failure)) => failure.is_of_nobody(),
            _ => false,
        };
        if asked {
            self.write().stage = Stage::Writing;
        }
        vec![Command::LeaveName]
    }

    pub(super) fn take_draft(&mut self, draft: Option<Draft>) -> Vec<Command> {
        if draft.as_ref().map_or("", |draft| &draft.text) == self.composer.text() {
            if let Some(draft) = draft.filter(|_| self.composer.editing.is_none()) {
                // What that tab has sent, this one sends as the same reply.
                let composer = self.write();
                composer.draft.key = composer.draft.key.take().or(draft.key);
                composer.other = None;
            }
            return vec![];
        }
        if self.composer.touched || self.composer.is_under_way() {
            // Another text, which was posted or thrown away: this one is here all the same, and has to be found again.
            let rival_is_gone = draft.is_none() && self.is_rivalled();
            self.write().other = draft;
            return if rival_is_gone { self.keep() } else { vec![] };
        }
        match draft {
            Some(draft) => self.take_over(draft),
            None if self.composer.editing.is_some() => {}
            None => self.clear(Stage::Closed),
        }
        vec![]
    }

    pub(super) fn take_theirs(&mut self) -> Vec<Command> {
        if self.composer.is_under_way() {
            return vec![];
        }
        let published = self.composer.editing.is_some() && !self.is_rivalled();
        if let Some(draft) = self.write().other.take() {
            self.take_over(draft);
        }
        // What was kept of the change was the text that is given up.
        let mut commands: Vec<_> = published.then(|| Command::DropDraft(self.slot())).into_iter().collect();
        commands.push(focus(Field::Text, None));
        commands
    }

    pub(super) fn keep_mine(&mut self) -> Vec<Command> {
        if self.composer.is_under_way() {
            return vec![];
        }
        let composer = self.write();
        composer.preview = false;
        let other = composer.other.take();
        let revision = other.and_then(|other| other.key);
        if composer.editing.is_some() && revision.is_some() && revision != composer.draft.key {
            // Sent again, it changes what the other made of it.
            composer.draft.key = revision;
            return self.send_reply();
        }
        let mut commands = self.keep();
        commands.push(focus(Field::Text, None));
        commands
    }

    pub(super) fn lose_drafts(&mut self) -> Vec<Command> {
        self.write().unkept = true;
        vec![]
    }

    fn take_over(&mut self, draft: Draft) {
        let composer = self.write();
        composer.draft = draft;
        composer.caret = None;
        composer.list.close();
        composer.preview = false;
        composer.touched = false;
        composer.stage = Stage::Writing;
    }

    /// Nothing new is written any more, nor kept; what another tab keeps comes in its place, once that is seen.
    fn forget(&mut self, stage: Stage) -> Option<Command> {
        let theirs = self.is_rivalled();
        self.clear(stage);
        if theirs {
            (!self.is_aside()).then_some(Command::FindDraft(None))
        } else {
            Some(Command::DropDraft(None))
        }
    }

    /// Nothing is written any more.
    fn clear(&mut self, stage: Stage) {
        let Composer { name, unkept, .. } = &*self.composer;
        let emptied = Composer { name: name.clone(), unkept: *unkept, stage, ..Composer::default() };
        self.composer = Arc::new(emptied);
    }

    /// Keeps the text for another day; not while another tab has another, about which the viewer is asked.
    pub(super) fn keep(&self) -> Vec<Command> {
        if self.is_rivalled() {
            return vec![];
        }
        vec![Command::KeepDraft(self.slot(), self.composer.draft.clone())]
    }

    /// Whether what is kept is another tab's; the text of whoever changed the reply meanwhile is kept by the backend.
    pub(crate) fn is_rivalled(&self) -> bool {
        let published = self.composer.editing.as_ref().and_then(|reply| self.replies.get(&reply.id));
        self.composer.other().is_some_and(|other| published.is_none_or(|reply| reply.body != other))
    }

    pub(super) fn write(&mut self) -> &mut Composer {
        Arc::make_mut(&mut self.composer)
    }
}

pub(super) fn focus(field: Field, selection: Option<Range<usize>>) -> Command {
    Command::FocusComposer { field, selection }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_stands_between_blank_lines_with_the_caret_after_it() {
        for (text, caret, whole) in [
            ("", None, "> q\n\n|"),
            ("So.", None, "So.\n\n> q\n\n|"),
            ("So.\n\n\nThen.", Some(4), "So.\n\n> q\n\n|Then."),
            ("é", Some(1), "é\n\n> q\n\n|"),
        ] {
            let draft = Draft { text: text.to_owned(), key: Some("used".to_owned()), ..Draft::default() };
            let mut composer = Composer { draft, caret, ..Composer::default() };
            composer.insert_block("> q\n");
            let mut drawn = composer.draft.text.clone();
            drawn.insert(composer.caret.unwrap_or_default(), '|');
            assert_eq!(drawn, whole);
            assert!(composer.is_open() && composer.draft.key.is_none());
        }
    }

    #[test]
    fn places_are_counted_as_browsers_count_them() {
        let text = "aé🙂b";
        for (units, byte) in [(0, 0), (1, 1), (2, 3), (4, 7), (5, 8), (99, 8)] {
            assert_eq!(byte_at(text, units), byte);
            assert_eq!(units_at(text, byte), units.min(5));
        }
        assert_eq!(byte_at(text, 3), 7, "half a character is none");
    }
}
