//! A part of a document: what a reader selected, with its structure.
//!
//! Places are counted in UTF-16 units, as browsers count, of the text as it is drawn: all that [`Inline::Text`],
//! [`Inline::Code`] and [`Block::Code`] say, `@` and the name of a mention, one for a soft break. A hard break, the
//! end of a block and whatever a view adds (attributions, numbers of items) count nothing. [`Text`] is that rule.

use crate::chars::{is_mark, is_punctuation, is_white, script};
use crate::slice::{after, part};
use crate::{Block, Inline, Item, Quote};

/// What of `blocks` stands from `from` up to `to`, with whole words; an ellipsis says where a paragraph was cut.
/// Code keeps whole lines, quotes their attribution, items of a list their numbers.
pub fn cut(blocks: &[Block], from: usize, to: usize) -> Vec<Block> {
    Cutter { at: 0, from, to }.blocks(blocks)
}

struct Cutter {
    /// The place that is reached.
    at: usize,
    from: usize,
    to: usize,
}

impl Cutter {
    fn blocks(&mut self, blocks: &[Block]) -> Vec<Block> {
        let mut kept = Vec::new();
        for block in blocks {
            kept.extend(self.block(block));
        }
        kept
    }

    fn block(&mut self, block: &Block) -> Option<Block> {
        Some(match block {
            Block::Paragraph(content) => Block::Paragraph(self.line(content)?),
            Block::Heading(level, content) => Block::Heading(*level, self.line(content)?),
            Block::Code { language, text } => {
                let mut lines = Text::default();
                lines.push(text);
                let (from, to) = self.span(&lines)?;
                let start = part(text, 0, from).rfind('\n').map_or(0, |at| at + 1);
                let end = after(text, to).find('\n').map_or(text.len(), |at| to + at);
                let text = part(text, start, end).trim_matches('\n');
                (!text.is_empty())
                    .then(|| Block::Code { language: language.clone(), text: text.to_owned() })?
            }
            Block::List { start, items } => {
                let (mut kept, mut skipped) = (Vec::new(), 0);
                for item in items {
                    let blocks = self.blocks(&item.blocks);
                    if !blocks.is_empty() {
                        kept.push(Item { tight: item.tight, blocks });
                    } else if kept.is_empty() {
                        skipped += 1;
                    }
                }
                let start = start.map(|start| start.saturating_add(skipped));
                (!kept.is_empty()).then_some(Block::List { start, items: kept })?
            }
            Block::Quote(quote) => {
                let blocks = self.blocks(&quote.blocks);
                let (source, author) = (quote.source, quote.author.clone());
                (!blocks.is_empty()).then_some(Block::Quote(Quote { source, author, blocks }))?
            }
            Block::Rule => (self.from < self.at && self.at < self.to).then_some(Block::Rule)?,
        })
    }

    /// The bytes of `text`, which stands here, that are within what is cut out; none if nothing is.
    fn span(&mut self, text: &Text) -> Option<(usize, usize)> {
        let start = self.at;
        self.at += text.units;
        let place = |place: usize, end| text.byte(place.saturating_sub(start), end);
        let span = (place(self.from, false), place(self.to, true));
        (self.from < self.to && span.0 < span.1).then_some(span)
    }

    fn line(&mut self, content: &[Inline]) -> Option<Vec<Inline>> {
        let mut text = Text::default();
        text.collect(content);
        let (mut from, mut to) = self.span(&text)?;
        let text = text.bytes.as_str();
        while let Some(c) = last(text, from).filter(|_| within_word(text, from)) {
            from -= c.len_utf8();
        }
        while let Some(c) = after(text, to).chars().next().filter(|_| within_word(text, to)) {
            to += c.len_utf8();
        }
        let selected = part(text, from, to);
        from += selected.len() - selected.trim_start_matches(is_white).len();
        to = from + part(text, from, to).trim_end_matches(is_white).len();
        if from >= to {
            return None;
        }
        let more = |text: &str| text.chars().any(|c| !is_white(c));
        let mut kept = Vec::new();
        if more(part(text, 0, from)) {
            add("…", &mut kept);
        }
        keep(content, &mut 0, (from, to), &mut kept);
        if more(after(text, to)) {
            add("…", &mut kept);
        }
        Some(kept)
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
        self.units += text.chars().map(char::len_utf16).sum::<usize>();
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
    let letter = |c: char| if c.len_utf16() > 1 { '\u{10000}' } else { 'a' };
    ['@'].into_iter().chain(name.chars()).map(letter).collect()
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

/// Keeps what of `nodes`, which begin `at`, stands within the span.
fn keep(nodes: &[Inline], at: &mut usize, span: (usize, usize), kept: &mut Vec<Inline>) {
    for node in nodes {
        let start = *at;
        let inside = |length: usize| (span.0.max(start), span.1.min(start + length));
        let mut inner = |content: &[Inline]| {
            let mut inner = Vec::new();
            keep(content, at, span, &mut inner);
            inner
        };
        let piece = |text: &str| {
            let (from, to) = inside(text.len());
            part(text, from.saturating_sub(start), to.saturating_sub(start)).to_owned()
        };
        let whole_node = |length: usize| {
            let (from, to) = inside(length);
            if from < to { vec![node.clone()] } else { Vec::new() }
        };
        // Marks without content are none.
        let marked = |content: Vec<Inline>, mark: fn(Vec<Inline>) -> Inline| {
            if content.is_empty() { Vec::new() } else { vec![mark(content)] }
        };
        let found =
            match node {
                Inline::Text(text) => {
                    add(&piece(text), kept);
                    *at += text.len();
                    continue;
                }
                Inline::Code(text) => {
                    let piece = piece(text);
                    *at += text.len();
                    if piece.is_empty() { Vec::new() } else { vec![Inline::Code(piece)] }
                }
                Inline::SoftBreak | Inline::HardBreak => {
                    *at += 1;
                    whole_node(1)
                }
                Inline::Mention { name, .. } => {
                    let length = whole(name).len();
                    *at += length;
                    whole_node(length)
                }
                Inline::Emphasis(content) => marked(inner(content), Inline::Emphasis),
                Inline::Strong(content) => marked(inner(content), Inline::Strong),
                Inline::Strike(content) => marked(inner(content), Inline::Strike),
                Inline::Link { href, content } => match inner(content) {
                    content if content.is_empty() => Vec::new(),
                    content => vec![Inline::Link { href: href.clone(), content }],
                },
                // One without content is drawn with words of the view, which count nothing.
                Inline::ReplyLink { content, .. } if content.is_empty() => {
                    if span.0 <= start && start < span.1 { vec![node.clone()] } else { Vec::new() }
                }
                Inline::ReplyLink { number, content } => match inner(content) {
                    content if content.is_empty() => Vec::new(),
                    content => vec![Inline::ReplyLink { number: *number, content }],
                },
            };
        kept.extend(found);
    }
}

/// Adds text; text joins text.
fn add(text: &str, nodes: &mut Vec<Inline>) {
    match nodes.last_mut() {
        _ if text.is_empty() => {}
        Some(Inline::Text(before)) => before.push_str(text),
        _ => nodes.push(Inline::Text(text.to_owned())),
    }
}
