//! Stands in for the crate `send_wrapper`, see `[patch.crates-io]` in the workspace's `Cargo.toml`.
//!
//! Leptos puts what belongs to one thread into that crate's wrapper, which asks at each look whether this is the thread.
//! A page's WebAssembly has one thread, but to ask std for its number brings std's threads into the module: their
//! names, how each is begun, what happens when one cannot be. Here nobody asks where there is but one. Everywhere else
//! the same is checked as there.

#![allow(unsafe_code, reason = "who vouches that a value stays with its thread has to say so")]

use core::fmt::{self, Debug, Formatter};
#[cfg(feature = "futures")]
use core::future::Future;
use core::mem::{ManuallyDrop, needs_drop};
use core::ops::{Deref, DerefMut};
#[cfg(feature = "futures")]
use core::pin::Pin;
#[cfg(feature = "futures")]
use core::task::{Context, Poll};

#[cfg(feature = "futures")]
use futures_core::Stream;

#[cfg(all(target_family = "wasm", target_os = "unknown", not(target_feature = "atomics")))]
mod home {
    /// The only thread.
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub(super) struct Home;

    /// Where this is.
    pub(super) fn here() -> Home {
        Home
    }

    /// Whether something has gone wrong already. What goes wrong here is the end.
    pub(super) fn is_panicking() -> bool {
        false
    }
}

#[cfg(not(all(target_family = "wasm", target_os = "unknown", not(target_feature = "atomics"))))]
mod home {
    /// A thread.
    pub(super) type Home = std::thread::ThreadId;

    /// Where this is.
    pub(super) fn here() -> Home {
        std::thread::current().id()
    }

    /// Whether something has gone wrong already.
    pub(super) fn is_panicking() -> bool {
        std::thread::panicking()
    }
}

/// A value that may be taken anywhere, and touched only in the thread in which it was wrapped.
pub struct SendWrapper<T> {
    value: ManuallyDrop<T>,
    home: home::Home,
}

// SAFETY: whatever reaches the value, by reference, by moving it out or by dropping it, makes sure first that this is
// the thread that has wrapped it. Only a value that nothing is done for when it goes is given up elsewhere.
unsafe impl<T> Send for SendWrapper<T> {}
// SAFETY: as above; a shared reference gives no other way to the value.
unsafe impl<T> Sync for SendWrapper<T> {}

impl<T> SendWrapper<T> {
    /// Wraps a value, whose thread is this one.
    pub fn new(data: T) -> Self {
        Self { value: ManuallyDrop::new(data), home: home::here() }
    }

    /// Whether this is the value's thread.
    pub fn valid(&self) -> bool {
        self.home == home::here()
    }

    /// The value, without its wrapper.
    ///
    /// # Panics
    /// In another thread than the value's.
    #[track_caller]
    pub fn take(self) -> T {
        self.check("taken");
        let mut unwrapped = ManuallyDrop::new(self);
        // SAFETY: it is never dropped any more, so nobody sees the value a second time.
        unsafe { ManuallyDrop::take(&mut unwrapped.value) }
    }

    #[track_caller]
    fn check(&self, done: &'static str) {
        if !self.valid() {
            elsewhere(done);
        }
    }
}

#[cold]
#[inline(never)]
#[track_caller]
#[allow(clippy::panic, reason = "the signatures of the crate that this stands in for")]
fn elsewhere(done: &'static str) -> ! {
    panic!("what a `SendWrapper` holds was {done} in a thread that has not wrapped it");
}

impl<T> Deref for SendWrapper<T> {
    type Target = T;

    /// The value.
    ///
    /// # Panics
    /// In another thread than the value's.
    #[track_caller]
    fn deref(&self) -> &T {
        self.check("read");
        &self.value
    }
}

impl<T> DerefMut for SendWrapper<T> {
    /// The value, to be changed.
    ///
    /// # Panics
    /// In another thread than the value's.
    #[track_caller]
    fn deref_mut(&mut self) -> &mut T {
        self.check("changed");
        &mut self.value
    }
}

impl<T> Drop for SendWrapper<T> {
    /// Drops the value. In another thread, a value for which nothing is to be done is forgotten.
    ///
    /// # Panics
    /// In another thread than the value's, unless that panics already: then the value is never dropped.
    #[track_caller]
    fn drop(&mut self) {
        if !needs_drop::<T>() {
            return;
        }
        if self.valid() {
            // SAFETY: this is the value's thread, and the wrapper, which goes now, still has it: `take` lets none go.
            unsafe { ManuallyDrop::drop(&mut self.value) };
        } else if !home::is_panicking() {
            elsewhere("dropped");
        }
    }
}

impl<T: Clone> Clone for SendWrapper<T> {
    /// A copy.
    ///
    /// # Panics
    /// In another thread than the value's.
    #[track_caller]
    fn clone(&self) -> Self {
        Self::new(T::clone(self))
    }
}

impl<T: Debug> Debug for SendWrapper<T> {
    /// The value and its thread.
    ///
    /// # Panics
    /// In another thread than the value's.
    #[track_caller]
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("SendWrapper").field("data", &**self).field("thread_id", &self.home).finish()
    }
}

#[cfg(feature = "futures")]
impl<T> SendWrapper<T> {
    #[track_caller]
    fn pinned(self: Pin<&mut Self>) -> Pin<&mut T> {
        self.check("polled");
        // SAFETY: the value lies in its wrapper, and nothing moves it while that is pinned: `take` needs it unpinned.
        unsafe { self.map_unchecked_mut(|wrapper| &mut *wrapper.value) }
    }
}

#[cfg(feature = "futures")]
impl<F: Future> Future for SendWrapper<F> {
    type Output = F::Output;

    /// Polls the future.
    ///
    /// # Panics
    /// In another thread than the future's.
    #[track_caller]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        self.pinned().poll(cx)
    }
}

#[cfg(feature = "futures")]
impl<S: Stream> Stream for SendWrapper<S> {
    type Item = S::Item;

    /// Polls the stream.
    ///
    /// # Panics
    /// In another thread than the stream's.
    #[track_caller]
    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<S::Item>> {
        self.pinned().poll_next(cx)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        S::size_hint(self)
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::rc::Rc;
    use std::thread;

    use super::*;

    /// What a thread says that ends in a panic.
    fn panics(work: impl FnOnce() + Send + 'static) -> String {
        let panic = thread::spawn(work).join().expect_err("a panic");
        panic.downcast_ref::<String>().cloned().unwrap_or_default()
    }

    fn wrapped() -> SendWrapper<Rc<Cell<u8>>> {
        SendWrapper::new(Rc::new(Cell::new(4)))
    }

    #[test]
    fn at_home_it_is_like_the_value() {
        let mut wrapped = wrapped();
        assert!(wrapped.valid());
        wrapped.set(5);
        let copy = wrapped.clone();
        assert_eq!(Rc::strong_count(&copy), 2);
        *wrapped = Rc::new(Cell::new(6));
        assert!(
            format!("{wrapped:?}").starts_with("SendWrapper { data: Cell { value: 6 }, thread_id: ThreadId(")
        );
        assert_eq!((wrapped.take().get(), copy.get()), (6, 5));
        assert_eq!(Rc::strong_count(&copy), 1);
    }

    #[test]
    fn dropped_at_home_it_drops_the_value() {
        let value = Rc::new(());
        drop(SendWrapper::new(Rc::clone(&value)));
        assert_eq!(Rc::strong_count(&value), 1);
    }

    #[test]
    fn it_comes_home_unharmed() {
        let away = wrapped();
        let (is_home, back) = thread::spawn(move || (away.valid(), away)).join().expect("no panic");
        assert!(!is_home);
        assert!(back.valid());
        assert_eq!(back.take().get(), 4);
    }

    #[test]
    fn elsewhere_nobody_touches_the_value() {
        let panics_of =
            |done: &str| format!("what a `SendWrapper` holds was {done} in a thread that has not wrapped it");
        let read = wrapped();
        assert_eq!(panics(move || assert_eq!(read.get(), 4)), panics_of("read"));
        let mut changed = wrapped();
        assert_eq!(panics(move || *changed = Rc::default()), panics_of("changed"));
        let copied = wrapped();
        assert_eq!(panics(move || drop(copied.clone())), panics_of("read"));
        let printed = wrapped();
        assert_eq!(panics(move || assert_eq!(format!("{printed:?}"), "")), panics_of("read"));
        let taken = wrapped();
        assert_eq!(panics(move || drop(taken.take())), panics_of("taken"));
        let dropped = wrapped();
        assert_eq!(panics(move || drop(dropped)), panics_of("dropped"));
    }

    #[test]
    fn a_value_that_needs_no_end_may_end_anywhere() {
        let plain = SendWrapper::new(4);
        assert!(thread::spawn(move || drop(plain)).join().is_ok());
    }

    #[cfg(feature = "futures")]
    #[test]
    fn futures_and_streams_are_polled_at_home_alone() {
        use futures::executor::block_on;
        use futures::{StreamExt, future, stream};

        let numbers = || SendWrapper::new(stream::iter([4, 5]));
        assert_eq!(block_on(SendWrapper::new(future::ready(4))), 4);
        assert_eq!(numbers().size_hint(), (2, Some(2)));
        assert_eq!(block_on(numbers().collect::<Vec<_>>()), [4, 5]);

        let polled = "what a `SendWrapper` holds was polled in a thread that has not wrapped it";
        let future = SendWrapper::new(future::ready(4));
        assert_eq!(panics(move || assert_eq!(block_on(future), 4)), polled);
        let mut stream = numbers();
        assert_eq!(panics(move || assert_eq!(block_on(stream.next()), None)), polled);
    }
}
