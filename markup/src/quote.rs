//! Whom a quote quotes, read from its first line. Knows no source syntax: it works on the tree.

use crate::chars::{is_mark, is_word};
use crate::excerpt::inline_text;
use crate::mention::quoted_name;
use crate::names::squeeze;
use crate::slice::{after, part, trim, trim_start};
use crate::{Block, Inline, Quote};

/// What stands behind the link (" said:", in any language) is not longer than this many characters.
const LONGEST_BEHIND_LINK: usize = 80;
/// Likewise behind a name that is no link, where a colon must end it.
const LONGEST_BEHIND_NAME: usize = 24;

/// Moves the attribution from the quote's text to its fields: a first line that begins with a link to a
/// reply, or with `@name` and ends with a colon.
pub(crate) fn take_attribution(quote: &mut Quote) {
    let more = quote.blocks.len() > 1;
    let Some(Block::Paragraph(content)) = quote.blocks.first_mut() else { return };
    let is_break = |inline: &Inline| matches!(inline, Inline::SoftBreak | Inline::HardBreak);
    let end = content.iter().position(is_break).unwrap_or(content.len());
    let more = more || end < content.len();
    let mut behind = String::new();
    inline_text(content.get(1..end).unwrap_or_default(), &mut behind);
    let taken = match content.first() {
        Some(Inline::ReplyLink { number, content: shown }) => {
            let mut author = String::new();
            inline_text(shown, &mut author);
            quote.source = Some(*number);
            quote.author = Some(squeeze(&author)).filter(|author| !author.is_empty());
            // A line that is all there is, or a long one, is the quoted text itself.
            let attribution = if more { fits(&behind, LONGEST_BEHIND_LINK) } else { is_said(&behind) };
            if attribution { end } else { 1 }
        }
        Some(Inline::Mention { name, .. }) if more && names_speaker(&behind) => {
            quote.author = Some(name.clone());
            end
        }
        Some(Inline::Text(text)) if more => {
            let Some((name, length)) = written_name(text) else { return };
            let behind = after(text, length).to_owned() + &behind;
            if !names_speaker(&behind) {
                return;
            }
            quote.author = Some(name);
            end
        }
        _ => return,
    };
    // The line break goes with the line.
    let rest = content.split_off(content.len().min(if taken == end { end + 1 } else { taken }));
    *content = rest;
    if let Some(Inline::Text(text)) = content.first_mut() {
        *text = trim_start(text, |c| matches!(c, ' ' | '\t' | '\u{a0}')).to_owned();
    }
    if content.is_empty() {
        quote.blocks.remove(0);
    }
}

fn fits(text: &str, characters: usize) -> bool {
    text.chars().nth(characters).is_none()
}

/// Whether `behind` is nothing, or ends as a line does that announces speech.
fn is_said(behind: &str) -> bool {
    let behind = trim(behind);
    fits(behind, LONGEST_BEHIND_LINK) && (behind.is_empty() || behind.ends_with([':', '：']))
}

fn names_speaker(behind: &str) -> bool {
    let behind = trim(behind);
    fits(behind, LONGEST_BEHIND_NAME) && behind.ends_with([':', '：'])
}

/// The name after `@` at the start of `text`, in quotation marks or one word, and the length of the whole.
fn written_name(text: &str) -> Option<(String, usize)> {
    if let Some((name, length)) = quoted_name(text) {
        return Some((squeeze(name), length));
    }
    let body = text.strip_prefix('@')?;
    let length = body.find(|c| !(is_word(c) || is_mark(c) || c == '-')).unwrap_or(body.len());
    (length > 0).then(|| (part(body, 0, length).to_owned(), length + 1))
}
