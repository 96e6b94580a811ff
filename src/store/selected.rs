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

use leptos::prelude::{GetValue, LocalStorage, Notify, StoredValue, Track};
use leptos::reactive::signal::ArcTrigger;

use super::State;

/// A part of a store's state as a signal that changes only when that part does. It belongs to the reactive owner in
/// which it was selected.
pub struct Selected<T>(StoredValue<Rc<Follower>, LocalStorage>, PhantomData<fn() -> T>);

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
        let Some(follower) = self.0.try_get_value() else { return T::default() };
        follower.changed.track();
        // The value is always of this type, by construction.
        follower.value.borrow().downcast_ref().cloned().unwrap_or_default()
    }
}

/// What can be selected.
pub trait Part: Clone + Default + PartialEq + 'static {}

impl<T: Clone + Default + PartialEq + 'static> Part for T {}

/// A part that is followed. Not generic, so that the module holds the code once and not for each type.
struct Follower {
    part: Box<dyn Takes>,
    value: RefCell<Box<dyn Any>>,
    changed: ArcTrigger,
}

/// A function that takes a part of the state, behind a pointer. Not `dyn Fn`, for the reason that `views/element.rs`
/// gives.
trait Takes {
    /// Takes it into `value`; whether that was another.
    fn take(&self, state: &State, value: &mut dyn Any) -> bool;
}

impl<F: Fn(&State, &mut dyn Any) -> bool> Takes for F {
    fn take(&self, state: &State, value: &mut dyn Any) -> bool {
        self(state, value)
    }
}

/// All parts of one store that anybody follows.
#[derive(Default)]
pub(super) struct Followed(RefCell<Vec<Weak<Follower>>>);

impl Followed {
    pub(super) fn add<T: Part>(&self, part: impl Fn(&State) -> T + 'static, state: &State) -> Selected<T> {
        let take = move |state: &State, value: &mut dyn Any| renew(value, part(state));
        Selected(self.add_boxed(Box::new(take), Box::new(T::default()), state), PhantomData)
    }

    /// `value` is what the part becomes, not yet taken: so what takes it is in the module once for each part.
    #[inline(never)]
    fn add_boxed(
        &self,
        part: Box<dyn Takes>,
        mut value: Box<dyn Any>,
        state: &State,
    ) -> StoredValue<Rc<Follower>, LocalStorage> {
        part.take(state, &mut *value);
        let follower = Rc::new(Follower { part, value: RefCell::new(value), changed: ArcTrigger::new() });
        self.0.borrow_mut().push(Rc::downgrade(&follower));
        StoredValue::new_local(follower)
    }

    /// Takes all parts anew, and when all are as they now are, tells those who follow the changed ones. What nobody
    /// follows any more is forgotten.
    pub(super) fn look(&self, state: &State) {
        let mut changed = Vec::new();
        self.0.borrow_mut().retain(|follower| {
            let Some(follower) = follower.upgrade() else { return false };
            if follower.part.take(state, &mut **follower.value.borrow_mut()) {
                changed.push(follower);
            }
            true
        });
        for follower in changed {
            follower.changed.notify();
        }
    }
}

/// Puts a part in the place of what it was. Whether that was another; what is equal is put there, too, because the
/// same pointer is found equal sooner the next time.
#[inline(never)]
fn renew<T: Part>(value: &mut dyn Any, new: T) -> bool {
    let Some(old) = value.downcast_mut::<T>() else { return false };
    let before = std::mem::replace(old, new);
    *old != before
}

#[cfg(test)]
mod tests {
    use leptos::prelude::Owner;

    use super::*;
    use crate::config::RawConfig;
    use crate::messages::Messages;
    use crate::store::{Nowhere, Store};
    use crate::text::PlainEnglish;
    use crate::thread::Event;

    #[test]
    fn what_belongs_to_a_view_that_is_gone_is_looked_at_no_more_and_does_no_harm() {
        let owner = Owner::new();
        owner.with(|| {
            let raw = RawConfig { api: Some("/".into()), thread: "t".into(), ..RawConfig::default() };
            let config = raw.resolve().expect("the configuration is right");
            let messages = Messages::new(std::sync::Arc::new(PlainEnglish));
            let store = Store::new(config, messages, 0, Box::new(Nowhere));
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
