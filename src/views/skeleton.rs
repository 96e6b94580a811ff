//! What stands where replies will be.

use super::element::{View, live_maybe, part};
use crate::store::Store;
use crate::thread::Load;

/// Three grey replies while the first page is on the way. Invisible to assistive technology: that is told once,
/// and the region is busy.
pub(super) fn skeleton(store: Store) -> Vec<View> {
    let waiting = store.is(|thread| {
        thread.shown().next().is_none() && matches!(thread.load(), Load::Idle | Load::Loading { .. })
    });
    let said = store.messages().loading();
    let loading =
        move || waiting.get().then(|| part("p", "loading").attr("role", "status").text(said).view());
    let bones = move || {
        let replies = || (0..3).map(|_| reply()).collect();
        waiting.get().then(|| part("div", "skeleton").attr("aria-hidden", "true").children(replies()).view())
    };
    vec![live_maybe(loading), live_maybe(bones)]
}

fn reply() -> View {
    let bone = |name| part("div", name).view();
    part("div", "skeleton-reply")
        .children(vec![
            bone("skeleton-avatar"),
            bone("skeleton-line"),
            bone("skeleton-line"),
            bone("skeleton-line"),
        ])
        .view()
}
