//! What the browser keeps for this page's origin. It may refuse (a setting, a private window, no room), at any time.

use web_sys::Storage;

fn storage() -> Option<Storage> {
    web_sys::window()?.local_storage().ok().flatten()
}

/// What is kept under a key.
pub(crate) fn find(key: &str) -> Option<String> {
    storage()?.get_item(key).ok().flatten()
}

/// Keeps something; false where that is refused.
pub(crate) fn keep(key: &str, value: &str) -> bool {
    storage().is_some_and(|storage| storage.set_item(key, value).is_ok())
}

/// Forgets what is kept under a key.
pub(crate) fn drop(key: &str) {
    if let Some(storage) = storage() {
        let _ = storage.remove_item(key);
    }
}
