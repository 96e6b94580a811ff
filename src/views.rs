//! What a reader sees: one region of the page, one component, one file.
//!
//! The same views are mounted in the browser and drawn to HTML natively. They read the store, dispatch events,
//! and decide nothing.

mod announcer;
mod aside;
mod author;
mod card;
mod composer;
#[cfg(feature = "csr")]
mod drawn;
#[cfg(feature = "csr")]
mod drawn_replies;
mod element;
#[cfg(test)]
mod following_tests;
#[cfg(feature = "csr")]
mod found;
mod header;
mod heard;
#[cfg(feature = "ssr")]
mod html;
mod jump_form;
mod news;
mod notices;
mod pager;
mod people_menu;
#[cfg(feature = "ssr")]
mod plain;
mod quote;
mod quote_tools;
mod quoted_by;
mod reactions;
mod reply_item;
mod reply_link;
mod reply_list;
mod reply_text;
mod reply_time;
mod sentence;
mod skeleton;
#[cfg(test)]
mod snapshots;
mod thread_view;

#[cfg(feature = "csr")]
pub(crate) use drawn::Mounted;
pub use element::View;
#[cfg(feature = "ssr")]
pub use plain::{Elsewhere, plain_html, still_html};
#[cfg(feature = "csr")]
pub(crate) use quote_tools::quote;
pub use thread_view::thread_view;
