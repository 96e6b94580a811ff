//! Texts put together: std's `concat` is for anything, and large.

/// All of `parts` as one text.
#[inline(never)]
pub fn concat(parts: &[&str]) -> String {
    let mut whole = String::new();
    for part in parts {
        whole.push_str(part);
    }
    whole
}
