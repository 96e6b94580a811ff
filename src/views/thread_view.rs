//! The whole widget.

use super::announcer::announcer;
use super::composer::composer;
use super::element::{View, element, live, part};
use super::header::header;
use super::jump_form::Typed;
use super::news::news;
use super::notices::{empty, notices};
use super::pager::pager;
use super::reply_list::reply_list;
use super::skeleton::skeleton;
use crate::store::{Side, Store};
use crate::text::{concat, trim};
use crate::thread::Load;

/// The thread with everything around it. Drawn anew when the language changes; nothing is loaded again.
pub fn thread_view(store: Store) -> View {
    let language = store.language();
    let typed = Typed::default();
    live(move || {
        let _ = language.get();
        let messages = store.messages();
        let busy = store.is(|thread| matches!(thread.load(), Load::Loading { .. }));
        // Several threads of as many replies are told apart by their titles; the page's first needs none.
        let several = !store.config().anchor.is_empty();
        let labels =
            if several { concat(&[&count_id(store), " ", &title_id(store)]) } else { count_id(store) };
        part("section", "thread")
            .attr("lang", messages.locale().tag())
            .attr("aria-labelledby", &labels)
            .live("aria-busy", move || Some(busy.get().to_string()))
            .maybe_child(several.then(|| title(store)))
            .child(header(store, &typed))
            .children(notices(store))
            .children(skeleton(store))
            .child(empty(store))
            .child(news(store, Side::Earlier))
            .child(pager(store, Side::Earlier))
            .child(reply_list(store))
            .child(pager(store, Side::Later))
            .child(news(store, Side::Later))
            .child(composer(store))
            .child(announcer(store))
            .view()
    })
}

/// What the thread is about, for the region's name alone: the page shows its titles itself.
fn title(store: Store) -> View {
    let outline = store.outline();
    let title = move || match outline.get().info.title.clone() {
        Some(title) if !trim(&title).is_empty() => title,
        _ => store.config().thread.as_str().to_owned(),
    };
    element("span").attr("id", &title_id(store)).attr("hidden", "").live_text(title).view()
}

fn title_id(store: Store) -> String {
    store.config().anchor.clone() + "title"
}

/// The id of the heading that names the thread's region.
pub(super) fn count_id(store: Store) -> String {
    store.config().anchor.clone() + "count"
}

/// The id of a reply's article, which is also what its permalink names: `reply-4`.
pub(super) fn reply_id(store: Store, number: u32) -> String {
    concat(&[&store.config().anchor, "reply-", &number.to_string()])
}
