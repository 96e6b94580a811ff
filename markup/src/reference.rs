//! Link definitions (`[label]: address "title"`) and where links find them.

use core::cell::Cell;

use crate::chars::fold;
use crate::entity::decode;
use crate::link::{Target, destination, gap, target, title};
use crate::slice::{after, part, trim, trim_both};
use crate::steps::steps;

/// Labels longer than this many bytes are none.
const LONGEST_LABEL: usize = 999;
/// How many bytes of addresses all references of a text may yield, beyond the text's own length: a long
/// address that is referred to again and again must not make a small reply large.
const ALLOWANCE: usize = 65_536;

/// The link definitions of one text.
#[derive(Default)]
pub(crate) struct References {
    /// Labels as they are compared, each with its target; sorted once all are known.
    entries: Vec<(String, Target)>,
    left: Cell<usize>,
}

impl References {
    /// Reads the definitions that `paragraph` begins with and returns what follows them, trimmed.
    pub(crate) fn take_definitions<'a>(&mut self, paragraph: &'a str) -> &'a str {
        let mut rest = paragraph;
        while let Some(length) = self.take_definition(rest) {
            rest = after(rest, length);
        }
        trim_both(rest, |c| matches!(c, ' ' | '\t' | '\n'))
    }

    fn take_definition(&mut self, text: &str) -> Option<usize> {
        let start = gap(text, 0);
        let name = label(after(text, start))?;
        let at = start + name.len() + 2;
        after(text, at).strip_prefix(':')?;
        let at = gap(text, at + 1);
        let (address, length) = destination(after(text, at))?;
        // An address that is not allowed makes it no definition: it stays readable text.
        let target = target(&decode(address, true))?;
        let plain = at + length;
        let line_end = |at: usize| at + after(text, at).bytes().take_while(|byte| *byte != b'\n').count();
        let is_end = |at: usize| trim(part(text, at, line_end(at))).is_empty();
        let next = gap(text, plain);
        let titled = (next > plain).then(|| title(after(text, next))).flatten().map(|length| next + length);
        let end = match titled {
            Some(end) if is_end(end) => end,
            _ if is_end(plain) => plain,
            _ => return None,
        };
        if let Some(key) = key(name) {
            self.entries.push((key, target));
        } else {
            return None;
        }
        Some((line_end(end) + 1).min(text.len()))
    }

    /// Makes ready to be asked, for a text of `length` bytes.
    pub(crate) fn seal(&mut self, length: usize) {
        // Of equal labels the first definition stays first.
        self.entries = crate::order::sorted(core::mem::take(&mut self.entries), |entry| &entry.0);
        self.left.set(ALLOWANCE + length);
    }

    /// Where `label` leads.
    pub(crate) fn get(&self, label: &str) -> Option<Target> {
        if self.entries.is_empty() {
            return None;
        }
        let key = key(label)?;
        let at = self.entries.partition_point(|entry| entry.0 < key);
        let (_, target) = self.entries.get(at).filter(|entry| entry.0 == key)?;
        let cost = if let Target::Address(address) = target { address.len() } else { 0 };
        self.left.set(self.left.get().checked_sub(cost)?);
        Some(target.clone())
    }
}

/// The label at the start of `text`, between its brackets.
pub(crate) fn label(text: &str) -> Option<&str> {
    let body = text.strip_prefix('[')?;
    let mut escaped = false;
    for (at, byte) in body.bytes().enumerate().take(LONGEST_LABEL + 1) {
        steps(1);
        match byte {
            b']' if !escaped => return Some(part(body, 0, at)),
            b'[' if !escaped => return None,
            _ => escaped = byte == b'\\' && !escaped,
        }
    }
    None
}

/// How `label` is compared: gaps as one space, lower case.
fn key(label: &str) -> Option<String> {
    let label = crate::names::squeeze(label);
    steps(label.len());
    (!label.is_empty() && label.len() <= LONGEST_LABEL).then(|| label.chars().map(fold).collect())
}
