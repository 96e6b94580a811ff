//! The bridge from outside: in front of systems that this test plays on loopback.

// A test says what it expects by panicking.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod command;
mod failures;
mod fake;
mod kept;
mod kit;
mod pages;
