//! Which addresses a link may have. Not: how links are written in a source.

use crate::slice::{after, number, part, trim_both};
use crate::steps::steps;

/// How deep parentheses may nest in an address without angle brackets.
const DEEPEST_PARENTHESES: usize = 32;

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
    let address = trim_both(address, |c| matches!(c, ' ' | '\t' | '\n' | '\r' | '\x0c'));
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
    number(digits, 10).filter(|number| *number > 0)
}

/// A link's destination at the start of `text`, as written, and the length that it takes.
pub(crate) fn destination(text: &str) -> Option<(&str, usize)> {
    if let Some(body) = text.strip_prefix('<') {
        let mut escaped = false;
        for (at, byte) in body.bytes().enumerate() {
            steps(1);
            match byte {
                b'>' if !escaped => return Some((part(body, 0, at), at + 2)),
                b'<' if !escaped => return None,
                b'\n' => return None,
                _ => escaped = byte == b'\\' && !escaped,
            }
        }
        return None;
    }
    let (mut depth, mut escaped) = (0_usize, false);
    let mut end = text.len();
    for (at, byte) in text.bytes().enumerate() {
        steps(1);
        match byte {
            0..=b' ' | 0x7f => {
                end = at;
                break;
            }
            b'(' if !escaped => depth += 1,
            b')' if !escaped && depth == 0 => {
                end = at;
                break;
            }
            b')' if !escaped => depth -= 1,
            _ => {}
        }
        escaped = byte == b'\\' && !escaped;
        if depth > DEEPEST_PARENTHESES {
            return None;
        }
    }
    (end > 0 && depth == 0).then(|| (part(text, 0, end), end))
}

/// The length of the title at the start of `text`, its quotation marks included.
pub(crate) fn title(text: &str) -> Option<usize> {
    let open = *text.as_bytes().first()?;
    let close = match open {
        b'"' | b'\'' => open,
        b'(' => b')',
        _ => return None,
    };
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        steps(1);
        match byte {
            _ if escaped => escaped = false,
            _ if byte == close => return Some(at + 1),
            b'(' if open == b'(' => return None,
            _ => escaped = byte == b'\\',
        }
    }
    None
}

/// The target of a link written in line, `(address "title")` at the start of `text`, and its length.
pub(crate) fn inline_target(text: &str) -> Option<(Target, usize)> {
    text.strip_prefix('(')?;
    let start = gap(text, 1);
    let (address, length) = destination(after(text, start))?;
    let mut end = start + length;
    let next = gap(text, end);
    if next > end
        && let Some(length) = title(after(text, next))
    {
        end = next + length;
    }
    end = gap(text, end);
    after(text, end).strip_prefix(')')?;
    Some((target(&crate::entity::decode(address, true))?, end + 1))
}

/// Where the text after `at` goes on behind white space with at most one line break.
pub(crate) fn gap(text: &str, at: usize) -> usize {
    let mut breaks = 0;
    let rest = after(text, at);
    let length = rest.find(|c: char| {
        breaks += usize::from(c == '\n');
        !crate::chars::is_white(c) || breaks > 1
    });
    at + length.unwrap_or(rest.len())
}
