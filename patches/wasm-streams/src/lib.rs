//! Stands in for the crate `wasm-streams`, see `[patch.crates-io]` in the workspace's `Cargo.toml`.
//!
//! Leptos brings server functions along, and these stream bodies through that crate. A comment widget has no
//! server functions, but exports to JavaScript stay in a module whether or not they are called, with everything
//! behind them: 4 KB of the download, and a third of the glue's classes. Here is what server functions have to be
//! compiled against, and no exports. A stream from here has nothing in it.

use core::pin::Pin;
use core::task::{Context, Poll};

use futures_core::Stream;
use wasm_bindgen::JsValue;

/// A stream of the browser's.
#[derive(Debug)]
pub struct ReadableStream(web_sys::ReadableStream);

/// A stream that has ended.
#[derive(Debug)]
pub struct Ended;

impl ReadableStream {
    /// Wraps a stream of the browser's.
    pub fn from_raw(raw: web_sys::ReadableStream) -> Self {
        Self(raw)
    }

    /// A stream of the browser's with nothing in it, whatever `stream` holds.
    ///
    /// # Panics
    /// Where the browser has no streams.
    #[allow(clippy::expect_used, reason = "the signature of the crate that this stands in for")]
    pub fn from_stream<S: Stream<Item = Result<JsValue, JsValue>> + 'static>(stream: S) -> Self {
        drop(stream);
        Self(web_sys::ReadableStream::new().expect("the browser has streams"))
    }

    /// The browser's stream.
    pub fn into_raw(self) -> web_sys::ReadableStream {
        self.0
    }

    /// A stream that has ended.
    pub fn into_stream(self) -> Ended {
        Ended
    }
}

impl Stream for Ended {
    type Item = Result<JsValue, JsValue>;

    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(None)
    }
}
