//! Plain text with line breaks.

use crate::{Block, Document, Inline, Names};

/// Reads plain text: blank lines part paragraphs, every other line break is kept.
pub fn parse_text(source: &str, _names: &Names) -> Document {
    let mut blocks = Vec::new();
    let mut inlines: Vec<Inline> = Vec::new();
    for line in source.lines() {
        if line.trim().is_empty() {
            if !inlines.is_empty() {
                blocks.push(Block::Paragraph(core::mem::take(&mut inlines)));
            }
        } else {
            if !inlines.is_empty() {
                inlines.push(Inline::HardBreak);
            }
            inlines.push(Inline::Text(line.to_owned()));
        }
    }
    if !inlines.is_empty() {
        blocks.push(Block::Paragraph(inlines));
    }
    Document { blocks }
}
