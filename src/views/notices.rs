//! What is to be said about the thread as a whole: no network, a failure, a locked thread, an empty one.

use leptos::prelude::*;

use crate::store::Store;
use crate::thread::{Event, Load};

/// The notices that hold now, each with what can be done about it.
#[component]
pub(super) fn Notices(store: Store) -> impl IntoView {
    let load = store.load();
    let locked = store.select(|thread| thread.info().locked);
    let offline = store.select(|thread| thread.is_offline());
    let messages = store.messages();
    let failed = {
        let messages = messages.clone();
        move || match load.get() {
            Load::Failed { failure, .. } => Some(failed(&messages.failure(&failure), messages.try_again(), store)),
            _ => None,
        }
    };
    let said_locked = messages.locked();
    let said_offline = messages.offline();
    view! {
        {move || offline.get().then(|| notice("offline", "status", said_offline))}
        {failed}
        {move || locked.get().then(|| notice("locked", "note", said_locked))}
    }
    .into_any()
}

fn notice(kind: &'static str, role: &'static str, text: &'static str) -> AnyView {
    view! { <div part="notice" data-kind={kind} role={role}><p part="notice-text">{text}</p></div> }.into_any()
}

fn failed(text: &str, again: &'static str, store: Store) -> AnyView {
    view! {
        <div part="notice" data-kind={"error"} role="alert">
            <p part="notice-text">{text.to_owned()}</p>
            <button part="button notice-action" type="button" on:click=move |_| store.dispatch(Event::RetryPressed)>
                {again}
            </button>
        </div>
    }
    .into_any()
}

/// A thread in which nobody has written yet.
#[component]
pub(super) fn Empty(store: Store) -> impl IntoView {
    let empty = store.select(|thread| *thread.load() == Load::Ready && thread.shown().is_empty());
    let locked = store.select(|thread| thread.info().locked);
    let messages = store.messages();
    move || empty.get().then(|| view! { <p part="empty">{messages.empty(locked.get())}</p> }.into_any())
}
