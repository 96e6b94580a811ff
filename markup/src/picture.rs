//! A document as a few lines of text, for tests: one line a block, indented as it nests.

use crate::{Block, Document, Inline};

/// Draws `document`.
pub(crate) fn picture(document: &Document) -> String {
    let mut lines = String::new();
    blocks(&document.blocks, 0, &mut lines);
    // What reorders text is shown, so that it can stand in a test's source.
    lines
        .chars()
        .map(|c| if crate::chars::is_bidi(c) { c.escape_unicode().to_string() } else { c.to_string() })
        .collect()
}

fn blocks(blocks_: &[Block], depth: usize, lines: &mut String) {
    for block in blocks_ {
        let indent = "  ".repeat(depth);
        match block {
            Block::Paragraph(content) => *lines += &format!("{indent}p {}\n", inlines(content)),
            Block::Heading(level, content) => *lines += &format!("{indent}h{level} {}\n", inlines(content)),
            Block::Code { language, text } => {
                *lines += &format!("{indent}code {} {text:?}\n", language.as_deref().unwrap_or("-"));
            }
            Block::Rule => *lines += &format!("{indent}rule\n"),
            Block::Quote(quote) => {
                let author = quote.author.as_deref().unwrap_or("-");
                let source = quote.source.map_or("-".to_owned(), |n| format!("#{n}"));
                *lines += &format!("{indent}quote {source} {author}\n");
                blocks(&quote.blocks, depth + 1, lines);
            }
            Block::List { start, items } => {
                *lines += &format!("{indent}list {}\n", start.map_or("-".to_owned(), |n| n.to_string()));
                for item in items {
                    *lines += &format!("{indent}  {}\n", if item.tight { "tight" } else { "loose" });
                    blocks(&item.blocks, depth + 2, lines);
                }
            }
        }
    }
}

fn inlines(content: &[Inline]) -> String {
    content
        .iter()
        .map(|inline| match inline {
            Inline::Text(text) => text.clone(),
            Inline::SoftBreak => "⏎".to_owned(),
            Inline::HardBreak => "↵".to_owned(),
            Inline::Emphasis(inner) => format!("em({})", inlines(inner)),
            Inline::Strong(inner) => format!("strong({})", inlines(inner)),
            Inline::Strike(inner) => format!("del({})", inlines(inner)),
            Inline::Code(code) => format!("code({code})"),
            Inline::Link { href, content } => format!("link({href} {})", inlines(content)),
            Inline::ReplyLink { number, content } => format!("reply({number} {})", inlines(content)),
            Inline::Mention { name, person } => format!("@({name} {})", person.as_deref().unwrap_or("-")),
        })
        .collect()
}
