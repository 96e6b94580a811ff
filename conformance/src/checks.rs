//! Every check, the required route first: one file for each subject.

mod delete;
mod edit;
mod guest;
mod history;
mod http;
mod key;
mod paging;
mod react;
mod read;
mod reply;
mod viewer;

use crate::check::Group;

/// Every group of checks, in the order in which they are asked.
pub const GROUPS: &[&Group] = &[
    &read::GROUP,
    &paging::GROUP,
    &http::GROUP,
    &viewer::GROUP,
    &guest::GROUP,
    &reply::GROUP,
    &key::GROUP,
    &edit::GROUP,
    &history::GROUP,
    &delete::GROUP,
    &react::GROUP,
];
