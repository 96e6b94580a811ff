//! Plain text with line breaks, and the runs of plain text within HTML.

use crate::chars::is_white;
use crate::mention::Finder;
use crate::slice::{next_line, part, trim, trim_end};
use crate::steps::steps;
use crate::{Block, Document, Inline, Names};

/// Reads plain text: blank lines part paragraphs and every other line break is kept. Mentions and bare
/// addresses are found; nothing else means anything.
pub fn parse_text(source: &str, names: &Names) -> Document {
    let mut blocks = Vec::new();
    let mut content: Vec<Inline> = Vec::new();
    let mut rest = source;
    while !rest.is_empty() {
        let line = next_line(&mut rest);
        steps(line.len() + 1);
        if trim(line).is_empty() {
            if !content.is_empty() {
                blocks.push(Block::Paragraph(core::mem::take(&mut content)));
            }
        } else {
            if !content.is_empty() {
                content.push(Inline::HardBreak);
            }
            run(trim_end(line, is_white), names, &mut content);
        }
    }
    if !content.is_empty() {
        blocks.push(Block::Paragraph(content));
    }
    Document { blocks }
}

/// Appends the nodes of `text`, which holds no line break, to `nodes`.
pub(crate) fn run(text: &str, names: &Names, nodes: &mut Vec<Inline>) {
    let mut finder = Finder::new(text, names, false);
    let (mut at, mut from, mut in_word) = (0, 0, false);
    while let Some(&byte) = text.as_bytes().get(at) {
        steps(1);
        let letter = byte.is_ascii_alphanumeric();
        let begins = byte == b'@' || (letter && !in_word);
        in_word = letter;
        match if begins { finder.find(at, false) } else { None } {
            Some((node, length)) => {
                if from < at {
                    nodes.push(Inline::Text(part(text, from, at).to_owned()));
                }
                nodes.push(node);
                at += length;
                from = at;
            }
            None => at += 1,
        }
    }
    if from < at {
        nodes.push(Inline::Text(part(text, from, at).to_owned()));
    }
}
