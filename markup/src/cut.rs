//! A part of a document: what a reader selected, with its structure.
//!
//! Places are counted in UTF-16 units, as browsers count, of the text as it is drawn: all that [`Inline::Text`],
//! [`Inline::Code`] and [`Block::Code`] say, `@` and the name of a mention, one for a soft break. A hard break, the
//! end of a block and whatever a view adds (attributions, numbers of items) count nothing. [`Text`] is that rule.

use crate::chars::{is_mark, is_punctuation, is_white, script};
use crate::slice::{after, part, trim, trim_end, trim_start};
use crate::{Block, Inline};

/// What of `blocks` stands from `from` up to `to`, with whole words; an ellipsis says where a paragraph was cut.
/// Code keeps whole lines, quotes their attribution, items of a list their numbers.
pub fn cut(mut blocks: Vec<Block>, from: usize, to: usize) -> Vec<Block> {
    Cutter { at: 0, from, to }.blocks(&mut blocks);
    blocks
}

struct Cutter {
    /// The place that is reached.
    at: usize,
    from: usize,
    to: usize,
}

impl Cutter {
    fn blocks(&mut self, blocks: &mut Vec<Block>) {
        blocks.retain_mut(|block| self.keeps(block));
    }

    /// Cuts out what of a block is kept; answers whether anything is.
    fn keeps(&mut self, block: &mut Block) -> bool {
        match block {
            Block::Paragraph(content) | Block::Heading(_, content) => self.line(content),
            Block::Code { text, .. } => {
                let mut lines = Text::default();
                lines.push(text);
                let Some((from, to)) = self.span(&lines) else { return false };
                let start = part(text, 0, from).rfind('\n').map_or(0, |at| at + 1);
                let end = after(text, to).find('\n').map_or(text.len(), |at| to + at);
                *text = part(text, start, end).to_owned();
                !text.is_empty()
            }
            Block::List { start, items } => {
                let mut kept = false;
                items.retain_mut(|item| {
                    self.blocks(&mut item.blocks);
                    let keeps = !item.blocks.is_empty();
                    kept |= keeps;
                    if let Some(start) = start.as_mut().filter(|_| !kept) {
                        *start = start.saturating_add(1);
                    }
                    keeps
                });
                kept
            }
            Block::Quote(quote) => {
                self.blocks(&mut quote.blocks);
                !quote.blocks.is_empty()
            }
            Block::Rule => self.from < self.at && self.at < self.to,
        }
    }

    /// The bytes of `text`, which stands here, that are within what is cut out; none if nothing is.
    fn span(&mut self, text: &Text) -> Option<(usize, usize)> {
        let start = self.at;
        self.at += text.units;
        let place = |place: usize, end| text.byte(place.saturating_sub(start), end);
        let span = (place(self.from, false), place(self.to, true));
        (self.from < self.to && span.0 < span.1).then_some(span)
    }

    fn line(&mut self, content: &mut Vec<Inline>) -> bool {
        let mut text = Text::default();
        text.collect(content);
        let Some((mut from, mut to)) = self.span(&text) else { return false };
        let text = text.bytes.as_str();
        while let Some(c) = last(text, from).filter(|_| within_word(text, from)) {
            from -= c.len_utf8();
        }
        while let Some(c) = after(text, to).chars().next().filter(|_| within_word(text, to)) {
            to += c.len_utf8();
        }
        let selected = part(text, from, to);
        from += selected.len() - trim_start(selected, is_white).len();
        to = from + trim_end(part(text, from, to), is_white).len();
        if from >= to {
            return false;
        }
        keep(content, &mut 0, from, to);
        let more = |text: &str| !trim(text).is_empty();
        if more(part(text, 0, from)) {
            match content.first_mut() {
                Some(Inline::Text(first)) => first.insert(0, '…'),
                _ => content.insert(0, Inline::Text("…".to_owned())),
            }
        }
        if more(after(text, to)) {
            match content.last_mut() {
                Some(Inline::Text(last)) => last.push('…'),
                _ => content.push(Inline::Text("…".to_owned())),
            }
        }
        true
    }
}

/// Text as it is drawn, to find places in.
#[derive(Default)]
struct Text {
    /// One character for each that is drawn, of the same width in units, except a hard break, which has none.
    bytes: String,
    units: usize,
}

/// A hard break in a [`Text`].
const BREAK: char = '\r';

impl Text {
    fn push(&mut self, text: &str) {
        self.bytes.push_str(text);
        for c in text.chars() {
            self.units += c.len_utf16();
        }
    }

    fn collect(&mut self, content: &[Inline]) {
        for node in content {
            match node {
                Inline::Text(text) | Inline::Code(text) => self.push(text),
                Inline::SoftBreak => self.push("\n"),
                Inline::HardBreak => self.bytes.push(BREAK),
                Inline::Emphasis(inner) | Inline::Strong(inner) | Inline::Strike(inner) => {
                    self.collect(inner)
                }
                Inline::Link { content, .. } | Inline::ReplyLink { content, .. } => self.collect(content),
                Inline::Mention { name, .. } => self.push(&whole(name)),
            }
        }
    }

    /// Where in the bytes a place is; within a character its start, or its `end`.
    fn byte(&self, place: usize, end: bool) -> usize {
        let mut units = 0;
        for (at, c) in self.bytes.char_indices() {
            let width = if c == BREAK { 0 } else { c.len_utf16() };
            if units >= place || (units + width > place && !end) {
                return at;
            }
            units += width;
        }
        self.bytes.len()
    }
}

/// A mention as one word: a person is quoted whole.
fn whole(name: &str) -> String {
    let mut word = "a".to_owned();
    for c in name.chars() {
        word.push(if c.len_utf16() > 1 { '\u{10000}' } else { 'a' });
    }
    word
}

/// Whether a word goes on at a place: letters of scripts written without spaces stand alone.
fn within_word(text: &str, at: usize) -> bool {
    let letter = |c: char| !is_white(c) && !is_punctuation(c) && script(c) == 0;
    match (last(text, at), after(text, at).chars().next()) {
        (Some(before), Some(behind)) => {
            (is_mark(behind) && !is_white(before))
                || before == '\u{200d}'
                || (letter(before) && letter(behind))
        }
        _ => false,
    }
}

fn last(text: &str, at: usize) -> Option<char> {
    part(text, 0, at).chars().next_back()
}

/// Keeps what of `nodes`, which begin `at`, stands `from` one place up to another.
fn keep(nodes: &mut Vec<Inline>, at: &mut usize, from: usize, to: usize) {
    nodes.retain_mut(|node| {
        let start = *at;
        match node {
            Inline::Text(text) | Inline::Code(text) => {
                *at += text.len();
                *text = part(
                    text,
                    from.saturating_sub(start).min(text.len()),
                    to.saturating_sub(start).min(text.len()),
                )
                .to_owned();
                !text.is_empty()
            }
            Inline::SoftBreak | Inline::HardBreak => {
                *at += 1;
                from <= start && start < to
            }
            Inline::Mention { name, .. } => {
                *at += whole(name).len();
                from < *at && start < to
            }
            // One without content is drawn with words of the view, which count nothing.
            Inline::ReplyLink { content, .. } if content.is_empty() => from <= start && start < to,
            Inline::Emphasis(content) | Inline::Strong(content) | Inline::Strike(content) => {
                keep(content, at, from, to);
                !content.is_empty()
            }
            Inline::Link { content, .. } | Inline::ReplyLink { content, .. } => {
                keep(content, at, from, to);
                !content.is_empty()
            }
        }
    });
}
