//! What a line of Markdown may begin with. Each function is given the text after the indentation.

use crate::chars::is_space_or_tab;
use crate::entity::decode;
use crate::slice::{after, number, part, trim_both, trim_end};
use crate::steps::steps;

/// How a fenced code block was opened.
pub(crate) struct Fence {
    byte: u8,
    length: usize,
    /// How many columns its lines may be indented by without it being part of the code.
    pub(crate) indent: usize,
    /// The first word after the fence, if it is a plain one.
    pub(crate) language: Option<String>,
}

impl Fence {
    /// Whether `text` closes this fence.
    pub(crate) fn is_closed_by(&self, text: &str) -> bool {
        let length = run(text, self.byte);
        length >= self.length && is_blank(after(text, length))
    }
}

/// The beginning of a list's item.
pub(crate) struct Bullet {
    /// What must be equal within a list: the bullet, or what stands behind the number.
    pub(crate) mark: u8,
    /// The number of an ordered list.
    pub(crate) start: Option<u32>,
    /// Its length.
    pub(crate) width: usize,
}

/// Opens a fenced code block.
pub(crate) fn fence(text: &str) -> Option<Fence> {
    let byte = *text.as_bytes().first().filter(|byte| matches!(byte, b'`' | b'~'))?;
    let length = run(text, byte);
    let info = after(text, length);
    if length < 3 || (byte == b'`' && info.contains('`')) {
        return None;
    }
    let word = decode(info.split_ascii_whitespace().next().unwrap_or_default(), true);
    Some(Fence { byte, length, indent: 0, language: language(&word) })
}

/// A code block's language, if `word` is a plain one.
pub(crate) fn language(word: &str) -> Option<String> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'+' | b'#' | b'.' | b'-');
    ((1..=32).contains(&word.len()) && word.bytes().all(plain)).then(|| word.to_owned())
}

/// A heading that begins with `#`: its level and text.
pub(crate) fn heading(text: &str) -> Option<(u8, &str)> {
    let level = run(text, b'#');
    let title = after(text, level);
    if !(1..=6).contains(&level) || !(title.is_empty() || title.starts_with(is_space_or_tab)) {
        return None;
    }
    let title = trim_both(title, is_space_or_tab);
    let open = trim_end(title, |c| c == '#');
    // A closing run of # must stand alone.
    let title = if open.is_empty() || open.ends_with(is_space_or_tab) {
        trim_end(open, is_space_or_tab)
    } else {
        title
    };
    Some((level as u8, title))
}

/// The line below a heading: the heading's level.
pub(crate) fn underline(text: &str) -> Option<u8> {
    let byte = *text.as_bytes().first()?;
    let level = match byte {
        b'=' => 1,
        b'-' => 2,
        _ => return None,
    };
    is_blank(after(text, run(text, byte))).then_some(level)
}

/// Whether `text` is a thematic break.
pub(crate) fn is_rule(text: &str) -> bool {
    let Some(byte) = text.bytes().next().filter(|byte| matches!(byte, b'*' | b'-' | b'_')) else {
        return false;
    };
    let mut count = 0;
    for other in text.bytes() {
        steps(1);
        match other {
            b' ' | b'\t' => {}
            _ if other == byte => count += 1,
            _ => return false,
        }
    }
    count >= 3
}

/// The beginning of an item. One that would cut a paragraph in two must have text, and number 1.
pub(crate) fn bullet(text: &str, in_paragraph: bool) -> Option<Bullet> {
    let digits = text.bytes().take(10).take_while(u8::is_ascii_digit).count();
    let mark = *text.as_bytes().get(digits)?;
    let start = match (digits, mark) {
        (0, b'-' | b'+' | b'*') => None,
        (1..=9, b'.' | b')') => Some(number(part(text, 0, digits), 10)?),
        _ => return None,
    };
    let rest = after(text, digits + 1);
    let parted = rest.is_empty() || rest.starts_with([' ', '\t']);
    let interrupts = !in_paragraph || (start.is_none_or(|start| start == 1) && !is_blank(rest));
    (parted && interrupts).then_some(Bullet { mark, start, width: digits + 1 })
}

/// How many times `byte` stands at the start of `text`.
pub(crate) fn run(text: &str, byte: u8) -> usize {
    let length = text.bytes().take_while(|other| *other == byte).count();
    steps(length);
    length
}

fn is_blank(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' ' | b'\t'))
}
