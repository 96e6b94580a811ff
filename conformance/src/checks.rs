//! Every check, the required route first: one file for each subject.

mod http;
mod paging;
mod read;

use crate::check::Group;

/// Every group of checks, in the order in which they are asked.
pub const GROUPS: &[&Group] = &[&read::GROUP, &paging::GROUP, &http::GROUP];
