//! Parts of a store's state that views follow: after each change all of them are looked at, and those that are
//! another than before say so.
//!
//! Looking is comparing, a fraction of a microsecond a part, so nobody has to know which change concerns which part,
//! and none is forgotten. Why not a memo for each, as Leptos has them: those would all hang on one signal, and to be
//! run anew each leaves that and comes back, which for the thousand parts of 200 replies took longer than a frame.

use std::any::Any;
use std::cell::RefCell;
use std::marker::PhantomData;
use std::rc::{Rc, Weak};

use leptos::prelude::{LocalStorage, Notify, Track};
use leptos::reactive::owner::ArenaItem;
use leptos::reactive::signal::ArcTrigger;

use super::State;

/// A part of a store's state as a signal that changes only when that part does. It belongs to the reactive owner in
/// which it was selected.
pub struct Selected<T>(Followed, PhantomData<fn() -> T>);

/// Where a part that is followed belongs to its owner.
pub(super) type Followed = ArenaItem<Rc<Follower>, LocalStorage>;

impl<T> Clone for Selected<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Selected<T> {}

impl<T: Part> Selected<T> {
    /// The part as it is, followed by whatever reads it here; the default once its owner is gone. What has to be drawn
    /// anew is told at once and goes one after another, so that it may be its turn when the view around it has just
    /// been replaced.
    pub fn get(self) -> T {
        let Some(follower) = tracked(self.0) else { return T::default() };
        // The value is always of this type, by construction.
        follower.value.borrow().downcast_ref().cloned().unwrap_or_default()
    }

    /// The part that `followed` takes, which is one of these.
    pub(super) fn of(followed: Followed) -> Self {
        Self(followed, PhantomData)
    }
}

#[inline(never)]
fn tracked(followed: Followed) -> Option<Rc<Follower>> {
    let follower = followed.try_get_value()?;
    follower.changed.track();
    Some(follower)
}

/// What can be selected.
pub trait Part: Clone + Default + PartialEq + 'static {}

impl<T: Clone + Default + PartialEq + 'static> Part for T {}

/// A part that is followed. Not generic, so that the module holds the code once and not for each type.
pub(super) struct Follower {
    part: Box<dyn Takes>,
    value: RefCell<Box<dyn Any>>,
    changed: ArcTrigger,
}

/// A function that takes a part of the state, behind a pointer. Not `dyn Fn`, for the reason that `views/element.rs`
/// gives.
pub(super) trait Takes {
    /// Takes it into `value`; whether that was another.
    fn take(&self, state: &State, value: &mut Box<dyn Any>) -> bool;
}

impl<F: Fn(&State, &mut Box<dyn Any>) -> bool> Takes for F {
    fn take(&self, state: &State, value: &mut Box<dyn Any>) -> bool {
        self(state, value)
    }
}

/// What takes `part`.
pub(super) fn taking<T: Part>(part: impl Fn(&State) -> T + 'static) -> Box<dyn Takes> {
    Box::new(move |state: &State, value: &mut Box<dyn Any>| renew(value, part(state)))
}

/// All parts of one store that anybody follows.
#[derive(Default)]
pub(super) struct Followers(RefCell<Vec<Weak<Follower>>>);

impl Followers {
    pub(super) fn add(&self, part: Box<dyn Takes>, state: &State) -> Followed {
        let mut value: Box<dyn Any> = Box::new(());
        part.take(state, &mut value);
        let follower = Rc::new(Follower { part, value: RefCell::new(value), changed: ArcTrigger::new() });
        self.0.borrow_mut().push(Rc::downgrade(&follower));
        ArenaItem::new_local(follower)
    }

    /// Takes all parts anew, and when all are as they now are, tells those who follow the changed ones. What nobody
    /// follows any more is forgotten.
    pub(super) fn look(&self, state: &State) {
        let mut changed = Vec::new();
        self.0.borrow_mut().retain(|follower| {
            let Some(follower) = follower.upgrade() else { return false };
            if follower.part.take(state, &mut follower.value.borrow_mut()) {
                changed.push(follower);
            }
            true
        });
        for follower in changed {
            follower.changed.notify();
        }
    }
}

/// Puts a part in the place of what it was, or of nothing. Whether that was another; what is equal is put there, too,
/// because the same pointer is found equal sooner the next time.
#[inline(never)]
fn renew<T: Part>(value: &mut Box<dyn Any>, new: T) -> bool {
    let Some(old) = value.downcast_mut::<T>() else {
        *value = Box::new(new);
        return true;
    };
    let before = std::mem::replace(old, new);
    *old != before
}

#[cfg(test)]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};

    use leptos::prelude::{GetUntracked, GetValue, Memo, Owner};

    use crate::config::RawConfig;
    use crate::messages::Messages;
    use crate::store::{Nowhere, Store};
    use crate::text::PlainEnglish;
    use crate::thread::Event;

    /// Within the current owner.
    fn store() -> Store {
        let raw = RawConfig { api: Some("/".into()), thread: "t".into(), ..RawConfig::default() };
        let config = raw.resolve().expect("the configuration is right");
        let messages = Messages::new(std::sync::Arc::new(PlainEnglish));
        Store::new(config, messages, 0, Box::new(Nowhere))
    }

    #[test]
    fn what_is_being_drawn_changes_nothing() {
        Owner::new().with(|| {
            let store = store();
            let changing: [fn(Store); 3] = [
                |store| store.dispatch(Event::WentOffline),
                |store| store.tick(1),
                |store| store.speak(Messages::new(std::sync::Arc::new(PlainEnglish))),
            ];
            for change in changing {
                let drawn = Memo::new(move |_| change(store));
                assert!(catch_unwind(AssertUnwindSafe(|| drawn.get_untracked())).is_err());
                change(store);
            }
        });
    }

    #[test]
    fn what_belongs_to_a_view_that_is_gone_is_looked_at_no_more_and_does_no_harm() {
        let owner = Owner::new();
        owner.with(|| {
            let store = store();
            let view = Owner::new();
            let offline = view.with(|| store.is(|thread| thread.is_offline()));
            let followed = || store.0.get_value().followed.0.borrow().len();
            store.dispatch(Event::WentOffline);
            assert_eq!((offline.get(), followed()), (true, 1));
            drop(view);
            store.dispatch(Event::WentOnline);
            store.dispatch(Event::WentOffline);
            assert_eq!((offline.get(), followed()), (false, 0));
        });
    }
}
