//! Every check, the required route first: one file for each subject.

mod count;
mod delete;
mod edit;
mod file;
mod guest;
mod history;
mod html;
mod http;
mod key;
mod live;
mod mention;
mod paging;
mod react;
mod read;
mod reply;
mod report;
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
    &mention::GROUP,
    &report::GROUP,
    &count::GROUP,
    &live::GROUP,
    &html::GROUP,
    &file::GROUP,
];
