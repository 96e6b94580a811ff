//! Addresses that stand in running text without any mark.

use crate::chars::{is_control, is_white, is_word};
use crate::slice::{after, part, trim_end};
use crate::steps::steps;

/// Whether a web address may begin with `rest`.
pub(crate) fn begins_address(rest: &str) -> bool {
    ["https://", "http://", "www."].iter().any(|prefix| begins_with(rest, prefix))
}

fn begins_with(rest: &str, prefix: &str) -> bool {
    part(rest, 0, prefix.len()).eq_ignore_ascii_case(prefix)
}

/// The length of the web address at the start of `rest` (which [`begins_address`]), or the error: how many
/// bytes were looked at in vain. `in_brackets` says that a `]` ends it.
pub(crate) fn web_address(rest: &str, in_brackets: bool) -> Result<usize, usize> {
    let bare = begins_with(rest, "www.");
    let host_start = if bare { 0 } else { rest.bytes().take_while(|byte| *byte != b'/').count() + 2 };
    let host = after(rest, host_start);
    let host_length = host.find(|c| !(is_word(c) || c == '-' || c == '.')).unwrap_or(host.len());
    steps(host_length);
    let host = part(host, 0, host_length);
    if !is_host(trim_end(host, |c| matches!(c, '.' | '_' | '-')), bare) {
        return Err(host_start + host_length);
    }
    let mut end = rest.find(|c| ends_address(c) || (in_brackets && c == ']')).unwrap_or(rest.len());
    steps(end);
    let address = |end: usize| part(rest, 0, end);
    // How many closing brackets have no opening one.
    let excess = |open: u8, close: u8| {
        address(end)
            .bytes()
            .fold(0_isize, |sum, byte| sum + isize::from(byte == close) - isize::from(byte == open))
    };
    let (mut round, mut square) = (excess(b'(', b')'), excess(b'[', b']'));
    while let Some(last) = address(end).chars().next_back() {
        steps(1);
        let drop = match last {
            '?' | '!' | '.' | ',' | ':' | '*' | '_' | '~' | '\'' | '…' => true,
            ';' => {
                end = before_entity(address(end));
                continue;
            }
            ')' => round > 0,
            ']' => square > 0,
            _ => false,
        };
        if !drop {
            break;
        }
        round -= isize::from(last == ')');
        square -= isize::from(last == ']');
        end -= last.len_utf8();
    }
    if end > host_start { Ok(end) } else { Err(host_start + host_length) }
}

/// `text` ends with a semicolon: where the character reference that it ends begins, or the semicolon.
fn before_entity(text: &str) -> usize {
    let body = trim_end(text, |c| c == ';');
    let name = trim_end(body, |c| c.is_ascii_alphanumeric());
    steps(body.len() - name.len());
    if body.len() + 1 == text.len() && name.len() < body.len() && name.ends_with('&') {
        name.len() - 1
    } else {
        body.len()
    }
}

/// Whether `host` has parts with dots between them; with `dotted` at least two. The last two hold no `_`.
fn is_host(host: &str, dotted: bool) -> bool {
    let mut dots = host.bytes().filter(|byte| *byte == b'.').count();
    let dotted = !dotted || dots > 0;
    // No part is empty, and the last two hold no underscore.
    let mut before = b'.';
    let parts = host.bytes().all(|byte| {
        let fine = match byte {
            b'.' => before != b'.',
            b'_' => dots > 1,
            _ => true,
        };
        dots -= usize::from(byte == b'.');
        before = byte;
        fine
    });
    dotted && parts && host.starts_with(is_word)
}

/// What no address in running text holds: white space, controls, quotation marks and the punctuation of
/// scripts that are written without spaces.
fn ends_address(c: char) -> bool {
    is_white(c)
        || is_control(c)
        || matches!(c, '<' | '>' | '"' | '`' | '‘'..='‟' | '«' | '»' | '‹' | '›' | '\u{fffc}')
        || matches!(c, '\u{3000}'..='\u{303f}' | '\u{ff01}'..='\u{ff0f}' | '\u{ff1a}'..='\u{ff20}' | '\u{ff3b}'..='\u{ff40}' | '\u{ff5b}'..='\u{ff65}')
}

/// The length of the e-mail address at the start of `rest`, or how many bytes were looked at in vain.
pub(crate) fn mail_address(rest: &str) -> Result<usize, usize> {
    let is_local = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b'+');
    let local = rest.bytes().take_while(|byte| is_local(byte)).count();
    steps(local);
    let Some(domain) = after(rest, local).strip_prefix('@').filter(|_| local > 0) else {
        return Err(local);
    };
    let is_domain = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    let length = domain.bytes().take_while(is_domain).count();
    steps(length);
    let whole = part(domain, 0, length);
    let domain = trim_end(whole, |c| c == '.');
    let parts = domain.split('.').all(|part| !part.is_empty());
    // A word that goes on in another script, or a - or _ at the end, is no domain.
    if !parts || !domain.contains('.') || domain.ends_with(['-', '_']) {
        return Err(local + 1 + length);
    }
    Ok(local + 1 + domain.len())
}
