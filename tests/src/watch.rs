//! The scripts that run on the page: one that watches it from its first moment, one that finds its way
//! around the widget.

/// Loaded by every host page before anything else: keeps what goes wrong in `window.__log`, and what the
/// widget tells its host in `window.__events`.
pub const WATCH: &str = include_str!("watch.js");

/// Put in front of every script that a story runs: queries into shadow roots.
pub const PROBE: &str = include_str!("probe.js");
