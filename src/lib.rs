//! Afterword, the conversation after an article: the widget.
//!
//! ```text
//! script tag > config > embed > views --thread::Event--> store --> Thread::update (pure)
//!                                 ^                        |            |
//!                                 '------ Selected <-------'     thread::Command
//!                                                                       |
//!            contract types <-- api <-- World (embed::world) <-- store -'
//!                  '-- the answer is the next thread::Event
//! ```
//!
//! The modules in reading order. The same views are drawn by the browser (feature `csr`) and natively to HTML
//! (feature `ssr`: the server, and the tests); everything that needs a browser stands behind `csr`.

#![recursion_limit = "256"]

#[cfg(all(feature = "csr", feature = "ssr"))]
compile_error!(
    "features `csr` and `ssr` exclude each other: build the wasm with `--no-default-features --features csr`"
);

pub mod config;
pub mod thread;

#[cfg(feature = "csr")]
mod api;

pub mod store;

pub mod views;

pub mod text;

pub mod messages;

#[cfg(feature = "ssr")]
pub mod still;

#[cfg(any(feature = "csr", test))]
mod tasks;

#[cfg(feature = "csr")]
mod browser;

#[cfg(feature = "csr")]
mod embed;

/// The standard library's allocator is three times as large, in the module and over the wire.
#[cfg(feature = "csr")]
#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();
