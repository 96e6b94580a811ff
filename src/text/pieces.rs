//! Texts cut at their ends and put together. One function each that is never inlined: of std's there is one in the
//! wasm for each kind of pattern, and its `concat` is for anything and large.

/// All of `parts` as one text.
#[inline(never)]
pub fn concat(parts: &[&str]) -> String {
    let mut whole = String::new();
    for part in parts {
        whole.push_str(part);
    }
    whole
}

/// `text` without white space at its ends.
#[inline(never)]
pub fn trim(text: &str) -> &str {
    trim_start(trim_end(text, char::is_whitespace), char::is_whitespace)
}

/// `text` without the characters at its start that `goes` names.
#[inline(never)]
pub fn trim_start(text: &str, goes: fn(char) -> bool) -> &str {
    let mut chars = text.chars();
    loop {
        let rest = chars.as_str();
        if !chars.next().is_some_and(goes) {
            return rest;
        }
    }
}

/// `text` without the characters at its end that `goes` names.
#[inline(never)]
pub fn trim_end(text: &str, goes: fn(char) -> bool) -> &str {
    let mut chars = text.chars();
    loop {
        let rest = chars.as_str();
        if !chars.next_back().is_some_and(goes) {
            return rest;
        }
    }
}
