//! What the browser tests stand on: three engines over WebDriver, and a host page, a backend and every kind
//! of trouble on loopback. The stories themselves are in `stories/`; nothing here knows what they tell.
//!
//! ```text
//!   stories ──> Stage ──> Session ──> driver ──> browser
//!                 │                                 │ asks for
//!                 └────> Host: articles, dist/, Backend, faults; remembers every request
//! ```
//!
//! - [`tools`]: where browsers, drivers and the built widget are.
//! - [`undertaker`]: nothing that a run has started outlives it.
//! - [`engine`]: one driver and one session for each engine and worker, shared by the stories.
//! - [`host`], [`backend`], [`article`]: what the browser talks to.
//! - [`reference`]: the reference server, for the stories that go all the way.
//! - [`real`]: either, for the stories that are told against both.
//! - [`example`]: the backends in other languages, for the same stories, and for the conformance kit in `backends/`.
//! - [`isso`]: a real Isso; [`bridged`]: the bridge, which reads it.
//! - [`client`]: asks them without a browser.
//! - [`stage`]: what a story holds in its hands.
//! - [`story`]: a story's name, and the verdict over it.

// A test says what it expects by panicking.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

pub mod article;
pub mod backend;
pub mod bridged;
pub mod client;
pub mod command;
pub mod emulate;
pub mod engine;
pub mod example;
pub mod fault;
pub mod host;
pub mod isso;
pub mod real;
pub mod reference;
pub mod stage;
pub mod story;
pub mod tools;
pub mod undertaker;
pub mod watch;
