//! A document's text without its structure: for excerpts, lengths and the check of quotes.

use crate::slice::{part, trim};
use crate::{Block, Document, Inline, Quote};

/// All text of `document`, quotes included, one line for each block or line break.
pub fn plain_text(document: &Document) -> String {
    let mut text = String::new();
    collect(&document.blocks, &mut text);
    text
}

/// How many characters there are to read in `blocks`.
pub fn text_length(blocks: &[Block]) -> usize {
    let mut text = String::new();
    collect(blocks, &mut text);
    // Not by `count`, which is made for long texts and large.
    text.chars().fold(0, |length, _| length + 1)
}

/// The first `characters` characters of `blocks` on one line, with an ellipsis where something was cut.
pub fn excerpt(blocks: &[Block], characters: usize) -> String {
    let mut text = String::new();
    collect(blocks, &mut text);
    let text = crate::names::squeeze(&text);
    match text.char_indices().nth(characters) {
        None => text,
        Some((at, _)) => {
            let cut = part(&text, 0, at);
            // Not in the middle of a word, unless the word is very long.
            let end = cut.rfind(' ').filter(|end| end * 2 > at).unwrap_or(at);
            let mut short = trim(part(cut, 0, end)).to_owned();
            short.push('…');
            short
        }
    }
}

/// The outermost quotes that name the reply they quote, in reading order.
pub fn quotes(document: &Document) -> Vec<&Quote> {
    let mut found = Vec::new();
    gather(&document.blocks, &mut found);
    found
}

fn gather<'a>(blocks: &'a [Block], found: &mut Vec<&'a Quote>) {
    for block in blocks {
        match block {
            Block::Quote(quote) if quote.source.is_some() => found.push(quote),
            Block::Quote(quote) => gather(&quote.blocks, found),
            Block::List { items, .. } => items.iter().for_each(|item| gather(&item.blocks, found)),
            _ => {}
        }
    }
}

fn collect(blocks: &[Block], text: &mut String) {
    for block in blocks {
        if !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
        match block {
            Block::Paragraph(content) | Block::Heading(_, content) => inline_text(content, text),
            Block::Code { text: code, .. } => text.push_str(code),
            Block::List { items, .. } => items.iter().for_each(|item| {
                if !text.is_empty() && !text.ends_with('\n') {
                    text.push('\n');
                }
                collect(&item.blocks, text);
            }),
            Block::Quote(quote) => collect(&quote.blocks, text),
            Block::Rule => {}
        }
    }
}

/// Appends the characters of `content` to `text`.
pub(crate) fn inline_text(content: &[Inline], text: &mut String) {
    for inline in content {
        match inline {
            Inline::Text(part) | Inline::Code(part) => text.push_str(part),
            Inline::SoftBreak | Inline::HardBreak => text.push('\n'),
            Inline::Emphasis(inner) | Inline::Strong(inner) | Inline::Strike(inner) => {
                inline_text(inner, text)
            }
            Inline::Link { content: inner, .. } | Inline::ReplyLink { content: inner, .. } => {
                inline_text(inner, text)
            }
            Inline::Mention { name, .. } => {
                text.push('@');
                text.push_str(name);
            }
        }
    }
}
