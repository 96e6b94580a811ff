//! Markdown held against pulldown-cmark: both read generated documents, and the trees must be equal.
//! What differs on purpose is listed in `GRAMMAR.md` and is not generated here.

use proptest::prelude::*;
use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use crate::excerpt::inline_text;
use crate::picture::picture;
use crate::{Block, Document, Inline, Item, Names, Quote, parse_markdown};

/// The other parser's tree in our terms.
fn oracle(source: &str) -> Document {
    let mut tree = Tree { levels: vec![Level::default()] };
    for event in Parser::new_ext(source, Options::ENABLE_STRIKETHROUGH) {
        match event {
            Event::Start(tag) => tree.start(tag),
            Event::End(end) => tree.end(end),
            Event::Text(text) => tree.inline(Inline::Text(text.into_string())),
            Event::Code(code) => tree.inline(Inline::Code(code.into_string())),
            Event::SoftBreak => tree.inline(Inline::SoftBreak),
            Event::HardBreak => tree.inline(Inline::HardBreak),
            Event::Rule => tree.block(Block::Rule),
            other => panic!("not generated: {other:?}"),
        }
    }
    Document { blocks: tree.levels.pop().unwrap().finish() }
}

#[derive(Default)]
struct Level {
    blocks: Vec<Block>,
    inlines: Vec<Inline>,
    items: Vec<Item>,
    /// What the end of this level needs to know.
    note: String,
    link: bool,
    start: Option<u32>,
}

impl Level {
    fn finish(mut self) -> Vec<Block> {
        if !self.inlines.is_empty() {
            self.blocks.push(Block::Paragraph(self.inlines));
        }
        self.blocks
    }
}

struct Tree {
    levels: Vec<Level>,
}

impl Tree {
    fn top(&mut self) -> &mut Level {
        self.levels.last_mut().unwrap()
    }

    fn inline(&mut self, inline: Inline) {
        let inlines = &mut self.top().inlines;
        match (inlines.last_mut(), inline) {
            (Some(Inline::Text(before)), Inline::Text(text)) => before.push_str(&text),
            (_, inline) => inlines.push(inline),
        }
    }

    fn block(&mut self, block: Block) {
        let top = self.top();
        let inlines = std::mem::take(&mut top.inlines);
        if !inlines.is_empty() {
            top.blocks.push(Block::Paragraph(inlines));
        }
        top.blocks.push(block);
    }

    fn start(&mut self, tag: Tag<'_>) {
        let mut level =
            Level { link: matches!(tag, Tag::Link { .. } | Tag::Image { .. }), ..Level::default() };
        match tag {
            Tag::Paragraph
            | Tag::BlockQuote(_)
            | Tag::Item
            | Tag::List(_)
            | Tag::CodeBlock(_)
            | Tag::Heading { .. } => {
                let top = self.top();
                let inlines = std::mem::take(&mut top.inlines);
                if !inlines.is_empty() {
                    top.blocks.push(Block::Paragraph(inlines));
                }
                if matches!(tag, Tag::Paragraph) {
                    top.note = "loose".into();
                }
            }
            _ => {}
        }
        match tag {
            Tag::CodeBlock(CodeBlockKind::Fenced(info)) => {
                level.note = info.split_ascii_whitespace().next().unwrap_or_default().to_owned();
            }
            Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. } => level.note = dest_url.into_string(),
            Tag::List(start) => level.start = start.map(|start| start as u32),
            _ => {}
        }
        self.levels.push(level);
    }

    fn end(&mut self, end: TagEnd) {
        let mut level = self.levels.pop().unwrap();
        // Without anything to show, a link shows where it leads.
        let shown =
            if self.levels.iter().any(|level| level.link) { String::new() } else { level.note.clone() };
        match end {
            TagEnd::Paragraph => self.block(Block::Paragraph(level.inlines)),
            TagEnd::Heading(depth) => self.block(Block::Heading(depth_of(depth), level.inlines)),
            TagEnd::BlockQuote(_) => {
                self.block(Block::Quote(Quote { blocks: level.finish(), ..Quote::default() }))
            }
            TagEnd::CodeBlock => {
                let mut text = String::new();
                inline_text(&level.inlines, &mut text);
                let text = text.strip_suffix('\n').unwrap_or(&text).to_owned();
                let language = crate::marker::language(&level.note);
                self.block(Block::Code { language, text });
            }
            TagEnd::List(_) => self.block(Block::List { start: level.start, items: level.items }),
            TagEnd::Item => {
                let tight = level.note != "loose";
                let blocks = level.finish();
                self.top().items.push(Item { tight, blocks });
            }
            // Marks around nothing are not kept.
            TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough if level.inlines.is_empty() => {}
            TagEnd::Emphasis => self.inline(Inline::Emphasis(level.inlines)),
            TagEnd::Strong => self.inline(Inline::Strong(level.inlines)),
            TagEnd::Strikethrough => self.inline(Inline::Strike(level.inlines)),
            TagEnd::Link => {
                if level.inlines.is_empty() {
                    level.inlines.push(Inline::Text(shown));
                }
                let mut content = Vec::new();
                unlink(level.inlines, &mut content);
                self.inline(Inline::Link { href: level.note, content });
            }
            TagEnd::Image => {
                let mut text = String::new();
                inline_text(&level.inlines, &mut text);
                let text = text.replace('\n', " ");
                let text = if text.is_empty() { shown } else { text };
                let content = vec![Inline::Text(text)];
                self.inline(Inline::Link { href: level.note, content });
            }
            other => panic!("not generated: {other:?}"),
        }
    }
}

/// An address in angle brackets within a link is only text to us.
fn unlink(nodes: Vec<Inline>, content: &mut Vec<Inline>) {
    for node in nodes {
        let within = |inner| {
            let mut nodes = Vec::new();
            unlink(inner, &mut nodes);
            nodes
        };
        let node = match node {
            Inline::Link { content: inner, .. } => {
                unlink(inner, content);
                continue;
            }
            Inline::Emphasis(inner) => Inline::Emphasis(within(inner)),
            Inline::Strong(inner) => Inline::Strong(within(inner)),
            Inline::Strike(inner) => Inline::Strike(within(inner)),
            other => other,
        };
        match (content.last_mut(), node) {
            (Some(Inline::Text(before)), Inline::Text(text)) => before.push_str(&text),
            (_, node) => content.push(node),
        }
    }
}

fn depth_of(level: HeadingLevel) -> u8 {
    level as u8
}

/// Evens out what both may do: the tightness of items without a paragraph, white space on blank
/// lines of code blocks, and in code spans the white space at the start of a line, which the other keeps.
fn normal(blocks: &mut [Block]) {
    for block in blocks {
        match block {
            Block::Quote(quote) => normal(&mut quote.blocks),
            Block::Paragraph(content) | Block::Heading(_, content) => normal_inlines(content),
            Block::Code { text, .. } => {
                let lines = text.split('\n').map(|line| if line.trim().is_empty() { "" } else { line });
                *text = lines.collect::<Vec<_>>().join("\n");
            }
            Block::List { items, .. } => {
                // The other takes a blank line within a quote for one of the list around it.
                let quotes = items.iter().any(|item| holds_quote(&item.blocks));
                for item in items {
                    if quotes || !item.blocks.iter().any(|block| matches!(block, Block::Paragraph(_))) {
                        item.tight = true;
                    }
                    normal(&mut item.blocks);
                }
            }
            _ => {}
        }
    }
}

fn holds_quote(blocks: &[Block]) -> bool {
    blocks.iter().any(|block| match block {
        Block::Quote(_) => true,
        Block::List { items, .. } => items.iter().any(|item| holds_quote(&item.blocks)),
        _ => false,
    })
}

fn normal_inlines(nodes: &mut [Inline]) {
    for node in nodes {
        match node {
            Inline::Text(text) if text.trim().is_empty() => text.clear(),
            Inline::Code(code) => *code = crate::names::squeeze(code),
            Inline::Emphasis(inner) | Inline::Strong(inner) | Inline::Strike(inner) => normal_inlines(inner),
            Inline::Link { content, .. } => match content.as_mut_slice() {
                [Inline::Text(shown)] => *shown = crate::names::squeeze(shown),
                content => normal_inlines(content),
            },
            _ => {}
        }
    }
}

fn compare(source: &str) -> Result<(), TestCaseError> {
    let mut ours = parse_markdown(source, &Names::default());
    let mut theirs = oracle(source);
    normal(&mut ours.blocks);
    normal(&mut theirs.blocks);
    prop_assert_eq!(picture(&ours), picture(&theirs), "{}", source);
    Ok(())
}

/// Inline source without line breaks.
fn phrase() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "word",
        "two words",
        "a_b",
        "x",
        "é",
        "日本",
        "5",
        "\\*",
        "\\\\",
        "&amp;",
        "&#65;",
        "&copy;",
        "&nope;",
        "1 < 2",
        "(y)",
        "a.",
        "`code`",
        "`` a`b ``",
        "` `` `",
        "<mailto:a>",
        "https:",
        "\\`",
    ])
    .prop_map(str::to_owned);
    word.prop_recursive(3, 24, 4, |inner| {
        let several = prop::collection::vec(inner, 1..4).prop_map(|parts| parts.join(" "));
        (several, 0..10_u8).prop_map(|(text, kind)| match kind {
            0 => format!("*{text}*"),
            1 => format!("**{text}**"),
            2 => format!("_{text}_"),
            3 => format!("~~x {text} y~~"),
            4 => format!("[{text}](mailto:p_q)"),
            5 => format!("[{text}](<mailto:p> \"title\")"),
            6 => format!("[{text}][ref]"),
            7 => format!("***{text}***"),
            8 => "[ref]".to_owned(),
            _ => text,
        })
    })
}

/// Lines of one block and what it nests.
fn block() -> impl Strategy<Value = Vec<String>> {
    let line = phrase();
    let leaf = (prop::collection::vec(line, 1..4), 0..10_u8).prop_map(|(lines, kind)| match kind {
        0 => vec![format!("## {}", lines.join(" "))],
        1 => vec![lines.join(" "), "===".into()],
        2 => vec!["```rust".into(), lines.join(" "), String::new(), "    x".into(), "```".into()],
        3 => vec!["    code".into(), String::new(), "      more".into()],
        4 => vec!["***".into()],
        5 => vec![format!("{}  ", lines[0]), format!("{}\\", lines[0]), "end".into()],
        6 => vec!["~~~~".into(), "~~~".into(), "~~~~".into()],
        _ => lines,
    });
    leaf.prop_recursive(4, 32, 4, |inner| {
        (prop::collection::vec(inner, 1..4), 0..8_u8, any::<bool>()).prop_map(|(blocks, kind, loose)| {
            let part = |blocks: &[Vec<String>]| blocks.join(&String::new());
            match kind {
                0 => indent(&part(&blocks), "> ", "> "),
                1 => indent(&part(&blocks), ">", ">"),
                2 | 3 => items(&blocks, loose, |_| "- ".to_owned()),
                4 => items(&blocks, loose, |index| format!("{}. ", index + 1)),
                5 => items(&blocks, loose, |_| "+   ".to_owned()),
                6 => items(&blocks, loose, |index| format!("{}) ", index + 3)),
                _ => part(&blocks),
            }
        })
    })
}

/// The source of a whole document.
pub(crate) fn document() -> impl Strategy<Value = String> {
    prop::collection::vec(block(), 1..4)
        .prop_map(|blocks| blocks.join(&String::new()).join("\n") + "\n\n[ref]: mailto:r\n")
}

fn items(blocks: &[Vec<String>], loose: bool, marker: impl Fn(usize) -> String) -> Vec<String> {
    let mut lines = Vec::new();
    for (index, block) in blocks.iter().enumerate() {
        let marker = marker(index);
        lines.extend(indent(block, &marker, &" ".repeat(marker.len())));
        if loose {
            lines.push(String::new());
        }
    }
    lines
}

fn indent(lines: &[String], first: &str, others: &str) -> Vec<String> {
    let prefix = |index: usize| if index == 0 { first } else { others };
    lines
        .iter()
        .enumerate()
        .map(|(index, line)| format!("{}{line}", prefix(index)).trim_end_matches("> ").to_owned())
        .collect()
}

proptest! {
    #![proptest_config(crate::property::config(1_000))]

    #[test]
    fn generated_documents_are_read_as_the_oracle_reads_them(source in document()) {
        compare(&source)?;
    }

    #[test]
    fn marks_in_any_order_are_read_as_the_oracle_reads_them(parts in prop::collection::vec(prop::sample::select(INLINE.to_vec()), 1..24)) {
        compare(&format!("x{}\n\n[a]: mailto:r", parts.concat()))?;
    }

    #[test]
    fn lines_in_any_order_are_read_as_the_oracle_reads_them(
        lines in prop::collection::vec((prop::sample::select(PREFIX.to_vec()), prop::sample::select(PREFIX.to_vec()), prop::sample::select(LINE.to_vec())), 1..10),
    ) {
        compare(&lines.iter().map(|(a, b, line)| format!("{a}{b}{line}\n")).collect::<String>())?;
    }
}

const INLINE: &[&str] = &[
    "*",
    "**",
    "***",
    "_",
    "__",
    "a",
    "b c",
    " ",
    " ",
    "`",
    "``",
    "[",
    "]",
    "[a]",
    "](mailto:x)",
    "![",
    "\\*",
    "\\`",
    "&amp;",
    ".",
    "é",
    "“",
    "\n",
    "  \n",
    "<mailto:x>",
];

const PREFIX: &[&str] = &["", "", "", "> ", ">", "- ", "* ", "1. ", "  ", "    ", "10) ", "   "];

const LINE: &[&str] =
    &["a", "b", "", "", "# h", "---", "===", "```", "~~~", "***", "    c", "-", "text *em*"];
