//! Thin wrappers around what the browser offers. Everything here is total: whatever the browser refuses
//! is an absence, never a trap.

pub(crate) mod html;
pub(crate) mod intl;
pub(crate) mod json;
pub(crate) mod page;
pub(crate) mod selection;
pub(crate) mod storage;
