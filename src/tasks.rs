//! Work that sleeps until something has happened: Leptos' effects, each of which waits for what it follows.
//!
//! wasm-bindgen has the like, but with promises and their errors, for which nobody here waits.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Wake, Waker};

use send_wrapper::SendWrapper;

/// What is to be done until it says that it is ready.
pub(crate) type Work = Pin<Box<dyn Future<Output = ()>>>;

/// Work that is awake, in the order in which it woke.
pub(crate) struct Tasks {
    awake: RefCell<VecDeque<Arc<Task>>>,
    is_called: Cell<bool>,
    call: Box<dyn Fn(Rc<Self>)>,
}

impl Tasks {
    /// `call` sees to it that [`run`](Self::run) is called soon, and not before it returns.
    pub(crate) fn new(call: impl Fn(Rc<Self>) + 'static) -> Rc<Self> {
        Rc::new(Self { awake: RefCell::default(), is_called: Cell::new(false), call: Box::new(call) })
    }

    /// Begins with some work, soon.
    pub(crate) fn add(self: &Rc<Self>, work: Work) {
        let work = RefCell::new(Some(work));
        let task =
            Task(SendWrapper::new(Sleeper { work, is_awake: Cell::new(false), tasks: Rc::clone(self) }));
        Arc::new(task).wake();
    }

    /// Does what is awake by now. What wakes meanwhile has its turn after everything else that the browser has to do
    /// soon. If an exception of the page's ends it early, the rest is done as soon as anything wakes.
    pub(crate) fn run(&self) {
        self.is_called.set(false);
        let count = self.awake.borrow().len();
        for _ in 0..count {
            let Some(task) = self.awake.borrow_mut().pop_front() else { return };
            task.run();
        }
    }

    fn call_soon(self: &Rc<Self>) {
        if !self.is_called.replace(true) {
            (self.call)(Rc::clone(self));
        }
    }
}

/// A waker has to be at home on all threads, though the page has but one.
struct Task(SendWrapper<Sleeper>);

struct Sleeper {
    /// Nothing when it is ready. Borrowed while it is being done, and for ever if it did not come back from that: an
    /// exception of the page's does not unwind. To be done once more is a panic then, which is reported, and not a view
    /// that is silently never drawn again.
    work: RefCell<Option<Work>>,
    is_awake: Cell<bool>,
    tasks: Rc<Tasks>,
}

impl Task {
    fn run(self: Arc<Self>) {
        let mut work = self.0.work.borrow_mut();
        let Some(asleep) = work.as_mut() else { return };
        // From here on it can be woken for another time.
        self.0.is_awake.set(false);
        let waker = Waker::from(Arc::clone(&self));
        if asleep.as_mut().poll(&mut Context::from_waker(&waker)).is_ready() {
            *work = None;
        }
    }
}

impl Wake for Task {
    fn wake(self: Arc<Self>) {
        let tasks = Rc::clone(&self.0.tasks);
        if !self.0.is_awake.replace(true) {
            tasks.awake.borrow_mut().push_back(self);
        }
        tasks.call_soon();
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::task::Poll;

    use super::*;

    /// How often tasks have called, what work has said, and its wakers by what it says.
    #[derive(Default)]
    struct Scene {
        calls: Cell<usize>,
        said: RefCell<Vec<&'static str>>,
        wakers: RefCell<Vec<(&'static str, Waker)>>,
    }

    impl Scene {
        fn new() -> (Rc<Self>, Rc<Tasks>) {
            let scene = Rc::new(Self::default());
            let called = Rc::clone(&scene);
            (scene, Tasks::new(move |_| called.calls.set(called.calls.get() + 1)))
        }

        /// Work that says something and does something so many times, and is ready then.
        fn work(self: &Rc<Self>, say: &'static str, times: usize, act: impl Fn(&Rc<Self>) + 'static) -> Work {
            let scene = Rc::clone(self);
            let mut left = times;
            Box::pin(poll_fn(move |context| {
                scene.said.borrow_mut().push(say);
                scene.wakers.borrow_mut().push((say, context.waker().clone()));
                act(&scene);
                left -= 1;
                if left == 0 { Poll::Ready(()) } else { Poll::Pending }
            }))
        }

        fn wake(&self, name: &str) {
            let known = self.wakers.borrow().iter().find(|(known, _)| *known == name).cloned();
            known.expect("work that has begun").1.wake();
        }

        /// What was said since this was asked last, and how often they have called.
        fn told(&self) -> (String, usize) {
            (self.said.take().join(" "), self.calls.get())
        }
    }

    fn told(said: &str, calls: usize) -> (String, usize) {
        (said.to_owned(), calls)
    }

    #[test]
    fn work_is_done_in_its_order_and_called_for_once() {
        let (scene, tasks) = Scene::new();
        for name in ["a", "b", "c"] {
            tasks.add(scene.work(name, 9, |_| ()));
        }
        assert_eq!(scene.told(), told("", 1));
        tasks.run();
        assert_eq!(scene.told(), told("a b c", 1));
        for name in ["c", "a", "b"] {
            scene.wake(name);
        }
        assert_eq!(scene.told(), told("", 2));
        tasks.run();
        assert_eq!(scene.told(), told("c a b", 2));
        tasks.run();
        assert_eq!(scene.told(), told("", 2));
    }

    #[test]
    fn what_wakes_meanwhile_is_done_the_next_time() {
        let (scene, tasks) = Scene::new();
        tasks.add(scene.work("a", 9, |_| ()));
        tasks.run();
        let more = Rc::clone(&tasks);
        tasks.add(scene.work("b", 9, move |scene| {
            scene.wake("a");
            more.add(scene.work("c", 9, |_| ()));
        }));
        tasks.add(scene.work("d", 9, |_| ()));
        assert_eq!(scene.told(), told("a", 2));
        tasks.run();
        assert_eq!(scene.told(), told("b d", 3));
        tasks.run();
        assert_eq!(scene.told(), told("a c", 3));
    }

    #[test]
    fn woken_often_it_is_done_once() {
        let (scene, tasks) = Scene::new();
        tasks.add(scene.work("a", 9, |_| ()));
        tasks.run();
        for _ in 0..3 {
            scene.wake("a");
        }
        tasks.run();
        tasks.run();
        assert_eq!(scene.told(), told("a a", 2));
    }

    #[test]
    fn woken_while_it_is_done_it_is_done_once_more() {
        let (scene, tasks) = Scene::new();
        tasks.add(scene.work("a", 2, |scene| {
            scene.wake("a");
            scene.wake("a");
        }));
        tasks.run();
        assert_eq!(scene.told(), told("a", 2));
        tasks.run();
        // Ready, though it was woken again.
        assert_eq!(scene.told(), told("a", 3));
        tasks.run();
        assert_eq!(scene.told(), told("", 3));
    }

    #[test]
    fn what_is_ready_is_dropped_and_never_done_again() {
        let (scene, tasks) = Scene::new();
        let held = Rc::new(());
        let holds = Rc::clone(&held);
        tasks.add(scene.work("a", 1, move |_| drop(Rc::clone(&holds))));
        tasks.run();
        assert_eq!(scene.told(), told("a", 1));
        assert_eq!(Rc::strong_count(&held), 1);
        scene.wake("a");
        tasks.run();
        assert_eq!(scene.told().0, "");
    }

    #[test]
    fn what_is_never_woken_again_goes_with_its_waker() {
        let (scene, tasks) = Scene::new();
        let held = Rc::new(());
        let holds = Rc::clone(&held);
        tasks.add(scene.work("a", 2, move |_| drop(Rc::clone(&holds))));
        tasks.run();
        assert_eq!(Rc::strong_count(&held), 2);
        scene.wakers.take();
        assert_eq!(Rc::strong_count(&held), 1);
    }

    #[test]
    fn an_exception_ends_one_work_and_no_other() {
        let (scene, tasks) = Scene::new();
        tasks.add(scene.work("b", 9, |_| ()));
        tasks.run();
        tasks.add(scene.work("a", 9, |_| panic!("a page's exception")));
        scene.wake("b");
        assert_eq!(scene.told(), told("b", 2));
        assert!(catch_unwind(AssertUnwindSafe(|| tasks.run())).is_err());
        assert_eq!(scene.told(), told("a", 2));
        // It is awake already, and nobody has called since.
        scene.wake("b");
        assert_eq!(scene.told(), told("", 3));
        tasks.run();
        assert_eq!(scene.told(), told("b", 3));
    }
}
