//! The kit against the reference server, which keeps the contract, and against backends with one fault each.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod backend;
mod command;
mod documents;
mod faults;
mod file;
mod reference;
