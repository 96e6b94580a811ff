//! Markdown, in two passes: blocks first, so that every link definition is known, then what stands in them.

use crate::reference::References;
use crate::{Block, Document, Inline, Names, block, inline, quote};

/// Reads Markdown as people write it in replies.
pub fn parse_markdown(source: &str, names: &Names) -> Document {
    let mut references = References::default();
    let mut document = if source.contains('\0') {
        block::blocks(&source.replace('\0', "\u{fffd}"), &mut references)
    } else {
        block::blocks(source, &mut references)
    };
    references.seal(source.len());
    fill(&mut document.blocks, names, &references);
    document
}

/// Reads the raw text that the first pass left in paragraphs and headings.
fn fill(blocks: &mut [Block], names: &Names, references: &References) {
    for block in blocks {
        match block {
            Block::Paragraph(content) | Block::Heading(_, content) => {
                if let [Inline::Text(raw)] = content.as_slice() {
                    *content = inline::inlines(raw, names, references);
                }
            }
            Block::List { items, .. } => {
                items.iter_mut().for_each(|item| fill(&mut item.blocks, names, references));
            }
            Block::Quote(quote) => {
                fill(&mut quote.blocks, names, references);
                quote::take_attribution(quote);
            }
            Block::Code { .. } | Block::Rule => {}
        }
    }
}
