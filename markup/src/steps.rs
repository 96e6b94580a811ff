//! Counts what the parsers do, in tests only: how the promise of linear time is checked without a clock.

#[cfg(test)]
thread_local! {
    static STEPS: core::cell::Cell<usize> = const { core::cell::Cell::new(0) };
}

/// Notes that `count` characters were looked at or copied.
#[cfg(test)]
pub(crate) fn steps(count: usize) {
    STEPS.with(|steps| steps.set(steps.get() + count));
}

/// Notes nothing outside tests.
#[cfg(not(test))]
#[inline(always)]
pub(crate) fn steps(_count: usize) {}

/// How many steps `work` took.
#[cfg(test)]
pub(crate) fn counted(work: impl FnOnce()) -> usize {
    STEPS.with(|steps| steps.set(0));
    work();
    STEPS.with(core::cell::Cell::get)
}
