//! What stands where replies will be.

use leptos::prelude::*;

use crate::store::Store;
use crate::thread::Load;

/// Three grey replies while the first page is on the way. Invisible to assistive technology: the region is busy.
#[component]
pub(super) fn Skeleton(store: Store) -> impl IntoView {
    let waiting = store.select(|thread| {
        thread.shown().is_empty() && matches!(thread.load(), Load::Idle | Load::Loading { .. })
    });
    let messages = store.messages();
    move || {
        waiting.get().then(|| {
            let replies: Vec<_> = (0..3).map(|_| reply()).collect();
            view! {
                <p part="loading" role="status">{messages.loading()}</p>
                <div part="skeleton" aria-hidden="true">{replies}</div>
            }
            .into_any()
        })
    }
}

fn reply() -> AnyView {
    let line = || bone("skeleton-line");
    view! { <div part="skeleton-reply">{bone("skeleton-avatar")}{line()}{line()}{line()}</div> }.into_any()
}

fn bone(part: &'static str) -> AnyView {
    view! { <div part={part}></div> }.into_any()
}
