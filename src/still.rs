//! A page of a thread as HTML, as the widget shows it first: drawn natively, by the widget's own views.
//!
//! Nobody in particular is looking and no time is now, so that the same HTML is good for everybody and for as long as
//! the thread stays as it is: what depends on the viewer is not there, and times are absolute.

use afterword_contract::{Order, ThreadPage};
use leptos::prelude::Owner;

use crate::config::{Config, Source};
use crate::messages::Messages;
use crate::store::{Nowhere, Store};
use crate::thread::{Event, RequestId};
use crate::views::{Elsewhere, plain_html, still_html};

/// How a page was asked for, and for whom it is drawn.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// In which order.
    pub order: Order,
    /// At most how many replies.
    pub limit: u16,
    /// The number of the reply that the page was asked for, which is marked.
    pub around: Option<u32>,
    /// The reader's language, as a BCP 47 tag.
    pub lang: String,
}

/// The one of all tags that are drawn as `tag` is: that of what people write there.
pub fn language(tag: &str) -> String {
    Messages::natively(tag).language().to_owned()
}

/// The thread's `section`, with everything that readers see of the mounted widget.
pub fn section(page: ThreadPage, reading: &Reading) -> String {
    drawn(page, reading, still_html)
}

/// The thread's `section` for readers without scripts: what would need one is a link or a form, or is left out.
pub fn plain_section(page: ThreadPage, reading: &Reading, elsewhere: &dyn Elsewhere) -> String {
    drawn(page, reading, |store| plain_html(store, elsewhere))
}

fn drawn(page: ThreadPage, reading: &Reading, draw: impl FnOnce(Store) -> String) -> String {
    let config = Config {
        source: Source::Api { base: String::new() },
        thread: page.thread.id.clone(),
        order: reading.order.clone(),
        page_size: reading.limit,
        heading_level: 2,
        lang: Some(reading.lang.clone()),
        anchor: String::new(),
    };
    // Whatever is made below belongs to it, and goes with it.
    let owner = Owner::new();
    owner.with(|| {
        let store = Store::new(config, Messages::natively(&reading.lang), None, Box::new(Nowhere));
        store.dispatch(Event::Mounted { target: reading.around });
        // The first question, of which this is the answer.
        store.dispatch(Event::PageLoaded { request: RequestId(1), page: Box::new(page.completed()) });
        draw(store)
    })
}
