//! What all benches share. `cargo xtask bench` runs them; `bench/README.md` has what came out.
//!
//! - [`thread`]: threads of any length, the same ones each time, in the forms of all who are measured.
//! - [`numbers`]: medians, percentiles and tables.

pub mod numbers;
pub mod thread;
