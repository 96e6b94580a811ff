//! Which addresses a link may have. Not: how links are written in a source.

/// Where a link leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// An absolute address with an allowed scheme.
    Address(String),
    /// Another reply of this thread.
    Reply(u32),
}

/// The target that `address` (decoded, as a browser would read it) names, if it is an allowed one:
/// `http://`, `https://`, `mailto:` or `#reply-N`.
pub(crate) fn target(address: &str) -> Option<Target> {
    let address = address.trim_matches([' ', '\t', '\n', '\r', '\x0c']);
    if let Some(number) = address.strip_prefix("#reply-") {
        return reply_number(number).map(Target::Reply);
    }
    if address.chars().any(char::is_control) {
        return None;
    }
    let (scheme, rest) = address.split_once(':')?;
    let scheme = scheme.to_ascii_lowercase();
    let allowed = match scheme.as_str() {
        // Without both slashes a browser reads the rest as relative to the page.
        "http" | "https" => rest
            .strip_prefix("//")
            .is_some_and(|host| !host.is_empty() && !host.starts_with(['/', '\\', '?', '#'])),
        "mailto" => !rest.is_empty(),
        _ => false,
    };
    allowed.then(|| Target::Address(scheme + ":" + &rest.replace(' ', "%20")))
}

/// A reply's number: digits only, at least 1.
pub(crate) fn reply_number(digits: &str) -> Option<u32> {
    digits.bytes().all(|b| b.is_ascii_digit()).then(|| digits.parse().ok()).flatten().filter(|n| *n > 0)
}

/// `text` without the backslashes that escape ASCII punctuation.
pub(crate) fn unescape(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match chars.peek() {
            Some(next) if c == '\\' && next.is_ascii_punctuation() => {
                plain.push(*next);
                chars.next();
            }
            _ => plain.push(c),
        }
    }
    plain
}
