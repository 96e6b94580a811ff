//! The browser tests: what a reader and a host page meet, told once and played in three engines.
//!
//! Run them with `cargo test -p afterword-tests --test browsers`; a part of a name after `--` picks some.

// A test says what it expects by panicking.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::process::ExitCode;

mod accessibility;
mod acting;
mod bridge;
mod chance;
mod deep_links;
mod element;
mod end_to_end;
mod everywhere;
mod failures;
mod files;
mod first_paint;
mod harness;
mod host_page;
mod live;
mod long_threads;
mod look;
mod mentioning;
mod paging;
mod quotes;
mod quoting;
mod reading;
mod replies;
mod security;
mod versions;
mod writing;

fn main() -> ExitCode {
    let themes = [
        harness::STORIES,
        end_to_end::STORIES,
        end_to_end::ON_REFERENCE,
        end_to_end::ON_PYTHON,
        everywhere::STORIES,
        bridge::STORIES,
        reading::STORIES,
        replies::STORIES,
        quotes::STORIES,
        quoting::STORIES,
        paging::STORIES,
        long_threads::STORIES,
        deep_links::STORIES,
        element::STORIES,
        host_page::STORIES,
        failures::STORIES,
        versions::STORIES,
        files::STORIES,
        first_paint::STORIES,
        security::STORIES,
        writing::STORIES,
        acting::STORIES,
        mentioning::STORIES,
        live::STORIES,
        chance::STORIES,
        accessibility::STORIES,
        look::STORIES,
    ];
    afterword_tests::story::tell_all(&themes.concat())
}
