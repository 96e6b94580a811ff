//! Stands in for the crate `indexmap`, see `[patch.crates-io]` in the workspace's `Cargo.toml`.
//!
//! Leptos keeps with each signal who follows it, and with each follower what it follows, in sets that know their order.
//! In a widget those are a few each, sometimes one for each reply shown; hash tables for them were 2 KB of what readers
//! download. Here they are lists that are looked through, so that each step takes time in proportion to their length,
//! as taking out in order does there too. Nothing is hashed.
//!
//! It has what those use who depend on the crate, and means the same by it.

mod map;
pub mod set;

pub use map::IndexMap;
pub use set::IndexSet;
