//! The blocks of Markdown: line by line, with a stack of open containers. What stands within a paragraph
//! or heading is left as one raw text node, for `inline` to read once all link definitions are known.

use crate::line::Line;
use crate::reference::References;
use crate::slice::{after, next_line, part, trim_end};
use crate::steps::steps;
use crate::{Block, Document, Inline, Item, Quote, marker};

/// How many containers may stand in each other (an item and its list count apart). What is deeper stays
/// text of the deepest one.
const DEEPEST: usize = 32;

/// An open container with what it holds so far.
struct Container {
    kind: Kind,
    blocks: Vec<Block>,
}

enum Kind {
    Document,
    Quote,
    List {
        mark: u8,
        start: Option<u32>,
        loose: bool,
        items: Vec<Item>,
    },
    /// An item's text begins this many columns to the right of where its list does.
    Item {
        indent: usize,
    },
}

/// The open block that holds lines.
enum Leaf {
    None,
    Paragraph(String),
    Indented(String),
    Fenced { fence: marker::Fence, text: String },
}

struct Parser<'r> {
    stack: Vec<Container>,
    leaf: Leaf,
    /// After a blank line: the innermost quote that saw it (0 for none), as an index into the stack.
    /// Containers further out did not see a blank line.
    blank: Option<usize>,
    references: &'r mut References,
}

/// Reads the blocks of `source` and gathers its link definitions.
pub(crate) fn blocks(source: &str, references: &mut References) -> Document {
    let document = Container { kind: Kind::Document, blocks: Vec::new() };
    let mut parser = Parser { stack: vec![document], leaf: Leaf::None, blank: None, references };
    let mut rest = source;
    while !rest.is_empty() {
        let text = next_line(&mut rest);
        steps(text.len() + 1);
        parser.line(Line::new(text));
    }
    parser.close(1);
    Document { blocks: parser.stack.pop().map(|container| container.blocks).unwrap_or_default() }
}

impl Parser<'_> {
    fn line(&mut self, mut line: Line<'_>) {
        let mut matched = self.continued(&mut line);
        if matched == self.stack.len() && self.continue_code(&mut line) {
            return;
        }
        let blank = self.blank.take();
        let mut opened = false;
        while !line.is_blank() {
            let text = line.rest();
            let whole = matched == self.stack.len();
            let in_paragraph = matches!(self.leaf, Leaf::Paragraph(_));
            if line.indent() >= 4 {
                if in_paragraph {
                    break;
                }
                self.begin(matched, blank);
                line.skip_columns(4);
                let mut code = String::new();
                line.append_to(&mut code);
                self.leaf = Leaf::Indented(code + "\n");
                return;
            }
            if let Some(level) = marker::underline(text).filter(|_| whole && in_paragraph)
                && self.underlined(level)
            {
                return;
            }
            if let Some((level, title)) = marker::heading(text) {
                self.begin(matched, blank);
                self.add(Block::Heading(level, raw(title)));
                return;
            }
            if let Some(mut fence) = marker::fence(text) {
                self.begin(matched, blank);
                fence.indent = line.indent();
                self.leaf = Leaf::Fenced { fence, text: String::new() };
                return;
            }
            if marker::is_rule(text) {
                self.begin(matched, blank);
                self.add(Block::Rule);
                return;
            }
            if text.starts_with('>') && matched <= DEEPEST {
                self.begin(matched, blank);
                line.skip(1);
                line.skip_columns(1);
                self.stack.push(Container { kind: Kind::Quote, blocks: Vec::new() });
            } else if let Some(bullet) =
                marker::bullet(text, whole && in_paragraph).filter(|_| matched < DEEPEST)
            {
                self.begin_item(&mut line, bullet, matched, blank);
            } else {
                break;
            }
            matched = self.stack.len();
            opened = true;
        }
        self.text(&line, matched, opened, blank);
    }

    /// Counts the open containers that the line continues and reads their marks.
    fn continued(&self, line: &mut Line<'_>) -> usize {
        let mut matched = 1;
        let last = self.stack.len() - 1;
        for (index, container) in self.stack.iter().enumerate().skip(1) {
            steps(1);
            let continues = match container.kind {
                Kind::Document | Kind::List { .. } => true,
                Kind::Quote => {
                    let marked = line.indent() < 4 && line.rest().starts_with('>');
                    if marked {
                        line.skip(1);
                        line.skip_columns(1);
                    }
                    marked
                }
                // An item may begin with one blank line, not with two.
                Kind::Item { .. } if line.is_blank() => {
                    line.skip_columns(line.indent());
                    index < last || !container.blocks.is_empty() || !matches!(self.leaf, Leaf::None)
                }
                Kind::Item { indent } => {
                    let inside = line.indent() >= indent;
                    if inside {
                        line.skip_columns(indent);
                    }
                    inside
                }
            };
            if !continues {
                break;
            }
            matched += 1;
        }
        matched
    }

    /// Takes the line as one of an open code block, if it is that.
    fn continue_code(&mut self, line: &mut Line<'_>) -> bool {
        match &mut self.leaf {
            Leaf::Fenced { fence, text } => {
                self.blank = None;
                if line.indent() < 4 && fence.is_closed_by(line.rest()) {
                    self.finish_leaf();
                } else {
                    line.skip_columns(fence.indent);
                    line.append_to(text);
                    text.push('\n');
                }
                true
            }
            Leaf::Indented(text) if line.indent() >= 4 || line.is_blank() => {
                line.skip_columns(4);
                line.append_to(text);
                text.push('\n');
                self.blank = line.is_blank().then(|| self.innermost_quote(self.stack.len()));
                true
            }
            Leaf::Indented(_) => {
                self.finish_leaf();
                false
            }
            _ => false,
        }
    }

    /// Turns the open paragraph into a heading, if anything of it is left after its link definitions.
    fn underlined(&mut self, level: u8) -> bool {
        let Leaf::Paragraph(text) = core::mem::replace(&mut self.leaf, Leaf::None) else { return false };
        let left = self.references.take_definitions(&text);
        if left.is_empty() {
            return false;
        }
        let heading = Block::Heading(level, raw(left));
        self.add(heading);
        true
    }

    fn begin_item(
        &mut self,
        line: &mut Line<'_>,
        bullet: marker::Bullet,
        matched: usize,
        blank: Option<usize>,
    ) {
        let offset = line.indent();
        line.skip(bullet.width);
        let gap = line.indent();
        // Five columns or more are one of gap and the rest of indented code.
        let gap = if gap >= 5 || gap == 0 || line.is_blank() { 1 } else { gap };
        line.skip_columns(gap);
        self.close(matched);
        let top = self.stack.last().map(|top| &top.kind);
        let same = matches!(top, Some(Kind::List { mark, .. }) if *mark == bullet.mark);
        if !same {
            self.begin(self.stack.len(), blank);
            let kind = Kind::List { mark: bullet.mark, start: bullet.start, loose: false, items: Vec::new() };
            self.stack.push(Container { kind, blocks: Vec::new() });
        }
        let index = self.stack.len() - 1;
        if let Some(Container { kind: Kind::List { loose, items, .. }, .. }) = self.stack.last_mut() {
            *loose |= !items.is_empty() && blank.is_some_and(|quote| index >= quote);
        }
        self.stack
            .push(Container { kind: Kind::Item { indent: offset + bullet.width + gap }, blocks: Vec::new() });
    }

    /// What is left of a line once its markers are read: text, or nothing.
    fn text(&mut self, line: &Line<'_>, matched: usize, opened: bool, blank: Option<usize>) {
        if line.is_blank() {
            self.close(matched);
            self.finish_leaf();
            if !opened {
                self.blank = Some(self.innermost_quote(matched));
            }
            return;
        }
        let whole = matched == self.stack.len();
        match &mut self.leaf {
            // Also without the marks of the containers that it stands in.
            Leaf::Paragraph(text) if whole || !opened => {
                text.push('\n');
                text.push_str(line.rest());
            }
            _ => {
                self.begin(matched, blank);
                self.leaf = Leaf::Paragraph(line.rest().to_owned());
            }
        }
    }

    fn innermost_quote(&self, matched: usize) -> usize {
        let open = self.stack.get(..matched).unwrap_or_default();
        open.iter().rposition(|container| matches!(container.kind, Kind::Quote)).unwrap_or(0)
    }

    /// Makes room for a new block in the innermost of the first `matched` containers that can hold it.
    fn begin(&mut self, matched: usize, blank: Option<usize>) {
        self.close(matched);
        self.finish_leaf();
        if matches!(self.stack.last().map(|top| &top.kind), Some(Kind::List { .. })) {
            self.close(self.stack.len() - 1);
        }
        let index = self.stack.len() - 1;
        let follows = self
            .stack
            .last()
            .is_some_and(|top| matches!(top.kind, Kind::Item { .. }) && !top.blocks.is_empty());
        if follows
            && blank.is_some_and(|quote| index >= quote)
            && let Some(Container { kind: Kind::List { loose, .. }, .. }) = self.stack.get_mut(index - 1)
        {
            *loose = true;
        }
    }

    /// Closes all containers but the first `keep`, and with them the leaf.
    fn close(&mut self, keep: usize) {
        while self.stack.len() > keep.max(1) {
            self.finish_leaf();
            let Some(container) = self.stack.pop() else { return };
            let blocks = container.blocks;
            match container.kind {
                Kind::Document => {}
                Kind::Quote => self.add(Block::Quote(Quote { blocks, ..Quote::default() })),
                Kind::Item { .. } => {
                    if let Some(Container { kind: Kind::List { items, .. }, .. }) = self.stack.last_mut() {
                        items.push(Item { tight: true, blocks });
                    }
                }
                Kind::List { start, loose, mut items, .. } => {
                    items.iter_mut().for_each(|item| item.tight = !loose);
                    self.add(Block::List { start, items });
                }
            }
        }
        if keep == 1 {
            self.finish_leaf();
        }
    }

    fn finish_leaf(&mut self) {
        match core::mem::replace(&mut self.leaf, Leaf::None) {
            Leaf::None => {}
            Leaf::Paragraph(text) => {
                let left = self.references.take_definitions(&text);
                if !left.is_empty() {
                    let paragraph = Block::Paragraph(raw(left));
                    self.add(paragraph);
                }
            }
            Leaf::Indented(text) => {
                let lines = trim_end(&text, |c| matches!(c, ' ' | '\t' | '\n'));
                let end = after(&text, lines.len()).bytes().position(|byte| byte == b'\n').unwrap_or(0);
                let text = part(&text, 0, lines.len() + end).to_owned();
                self.add(Block::Code { language: None, text });
            }
            Leaf::Fenced { fence, mut text } => {
                text.pop();
                self.add(Block::Code { language: fence.language, text });
            }
        }
    }

    fn add(&mut self, block: Block) {
        if let Some(top) = self.stack.last_mut() {
            top.blocks.push(block);
        }
    }
}

/// Inline source, kept as it is for the second pass.
fn raw(text: &str) -> Vec<Inline> {
    vec![Inline::Text(text.to_owned())]
}
