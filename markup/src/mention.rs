//! Mentions and bare addresses: what is found in running text, in Markdown and in plain text alike.

use crate::autolink::{begins_address, mail_address, web_address};
use crate::chars::{is_word, script};
use crate::entity::decode;
use crate::link::{Target, target};
use crate::names::squeeze;
use crate::slice::{after, part, trim_end};
use crate::steps::steps;
use crate::{Inline, Names};

/// A quoted name is not looked for further than this.
const LONGEST_QUOTED: usize = 256;

/// Finds mentions and addresses in one text.
pub(crate) struct Finder<'a> {
    text: &'a str,
    names: &'a Names,
    /// Whether the text is Markdown: backslashes escape, character references stand for characters.
    markdown: bool,
    /// Up to here no address begins: it was looked for already.
    no_address: usize,
}

impl<'a> Finder<'a> {
    pub(crate) fn new(text: &'a str, names: &'a Names, markdown: bool) -> Self {
        Self { text, names, markdown, no_address: 0 }
    }

    /// What begins at `at`, where the letter of a word or an `@` stands, and its length.
    pub(crate) fn find(&mut self, at: usize, in_brackets: bool) -> Option<(Inline, usize)> {
        let before = part(self.text, 0, at).chars().next_back();
        let rest = after(self.text, at);
        steps(1);
        if rest.starts_with('@') {
            let glued = glued(part(self.text, 0, at));
            return if glued { None } else { mention(rest, self.names, self.markdown) };
        }
        // In the middle of a word nothing begins, except where a script without spaces goes before.
        if at < self.no_address || before.is_some_and(|c| is_word(c) && c != '_' && script(c) == 0) {
            return None;
        }
        if begins_address(rest) && before != Some('.') {
            match web_address(rest, in_brackets) {
                Ok(length) => return self.link(part(rest, 0, length), true).map(|link| (link, length)),
                Err(looked) => self.no_address = at + looked,
            }
        } else {
            match mail_address(rest) {
                Ok(length) => return self.link(part(rest, 0, length), false).map(|link| (link, length)),
                Err(looked) => self.no_address = at + looked,
            }
        }
        None
    }

    fn link(&self, written: &str, web: bool) -> Option<Inline> {
        let shown = if self.markdown { decode(written, false) } else { written.to_owned() };
        let prefix = match written.as_bytes() {
            _ if !web => "mailto:",
            [b'w' | b'W', ..] => "http://",
            _ => "",
        };
        let Target::Address(href) = target(&(prefix.to_owned() + &shown))? else { return None };
        Some(Inline::Link { href, content: vec![Inline::Text(shown)] })
    }
}

/// Whether an `@` behind `before` belongs to what stands there, a word or an address.
pub(crate) fn glued(before: &str) -> bool {
    // An underscore may be emphasis that begins here.
    let last = trim_end(before, |c| c == '_').chars().next_back();
    last.is_some_and(|c| (is_word(c) && script(c) == 0) || matches!(c, '@' | '/'))
}

/// The mention that `text` (which begins with `@`) begins with, and its length.
fn mention(text: &str, names: &Names, markdown: bool) -> Option<(Inline, usize)> {
    if let Some((written, length)) = quoted_name(text) {
        let name = squeeze(&if markdown { decode(written, true) } else { written.to_owned() });
        let person = names.get(&name)?;
        return Some((Inline::Mention { name, person }, length));
    }
    let found = names.longest(after(text, 1), markdown)?;
    Some((Inline::Mention { name: found.name, person: found.person }, found.length + 1))
}

/// The name in `@"name"` at the start of `text`, as written, and the length of the whole.
pub(crate) fn quoted_name(text: &str) -> Option<(&str, usize)> {
    let body = text.strip_prefix("@\"")?;
    let mut escaped = false;
    for (at, byte) in body.bytes().enumerate().take(LONGEST_QUOTED) {
        steps(1);
        match byte {
            b'\n' => return None,
            b'"' if !escaped => return (at > 0).then(|| (part(body, 0, at), at + 3)),
            _ => escaped = byte == b'\\' && !escaped,
        }
    }
    None
}
