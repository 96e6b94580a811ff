//! One paragraph of HTML in the making: white space as a browser shows it, and marks that go on across
//! the end of a paragraph.

use crate::link::Target;
use crate::nest::{Builder, DEEPEST, Mark};
use crate::slice::trim;
use crate::{Inline, Names, text};

/// How many bytes of addresses are repeated, in all, where links go on across the ends of paragraphs.
const ALLOWANCE: usize = 16_384;

pub(crate) struct Line<'a> {
    builder: Builder,
    names: &'a Names,
    /// Nothing is shown on this line yet: white space is not either.
    starts: bool,
    /// White space was met and not shown yet.
    space: bool,
    /// How many had been shown before the cells of this line; more than all where it has none.
    row: usize,
    /// How many things were shown at all.
    shown: usize,
    allowance: usize,
}

impl<'a> Line<'a> {
    pub(crate) fn new(names: &'a Names) -> Self {
        Self {
            builder: Builder::default(),
            names,
            starts: true,
            space: false,
            row: usize::MAX,
            shown: 0,
            allowance: ALLOWANCE,
        }
    }

    pub(crate) fn text(&mut self, text: &str) {
        let mut shown = String::with_capacity(text.len());
        for c in text.chars() {
            if matches!(c, ' ' | '\t' | '\n' | '\r' | '\x0c') {
                self.space = !self.starts;
            } else {
                if self.space {
                    shown.push(' ');
                }
                (self.space, self.starts) = (false, false);
                shown.push(c);
            }
        }
        if shown.is_empty() {
            return;
        }
        self.shown += 1;
        if self.builder.in_code() {
            self.builder.add(Inline::Text(shown));
        } else {
            let mut nodes = Vec::new();
            text::run(&shown, self.names, &mut nodes);
            nodes.into_iter().for_each(|node| self.builder.node(node));
        }
    }

    /// Adds a node that is not plain text of the source.
    pub(crate) fn show(&mut self, node: Inline) {
        if matches!(&node, Inline::Text(text) if text.is_empty()) {
            return;
        }
        if core::mem::take(&mut self.space) {
            self.builder.add(Inline::Text(" ".to_owned()));
        }
        self.starts = false;
        self.shown += 1;
        self.builder.node(node);
    }

    pub(crate) fn line_break(&mut self) {
        if self.shown > 0 {
            self.builder.add(Inline::HardBreak);
        }
        (self.space, self.starts) = (false, true);
    }

    /// Whether a line break is the last that was added.
    pub(crate) fn is_after_break(&self) -> bool {
        self.starts && self.builder.ends_with_break()
    }

    /// Parts this cell of a table from the one before, which may be empty.
    pub(crate) fn cell(&mut self) {
        let first = self.row > self.shown;
        if first {
            // What stands before it on the line is the row's, too.
            self.row = self.shown.saturating_sub(usize::from(!self.starts));
        }
        if !(first && self.starts) {
            self.builder.add(Inline::Text(if self.starts { "| " } else { " | " }.to_owned()));
            (self.space, self.starts) = (false, true);
        }
    }

    pub(crate) fn in_link(&self) -> bool {
        self.builder.is_open(false)
    }

    /// How many things were shown so far.
    pub(crate) fn shown(&self) -> usize {
        self.shown
    }

    /// Opens a mark, unless too many are.
    pub(crate) fn open(&mut self, mark: Mark) -> bool {
        let room = self.builder.depth() < DEEPEST;
        if room {
            if core::mem::take(&mut self.space) {
                self.builder.add(Inline::Text(" ".to_owned()));
                self.starts = true;
            }
            self.builder.open(mark);
        }
        room
    }

    pub(crate) fn close(&mut self, goes_on: bool) {
        self.builder.close(goes_on);
    }

    /// Ends the paragraph and begins the next with the same marks.
    pub(crate) fn take(&mut self) -> Vec<Inline> {
        (self.space, self.starts) = (false, true);
        let empty = core::mem::replace(&mut self.row, usize::MAX) == self.shown;
        let mut marks = self.builder.marks();
        for mark in &mut marks {
            if let Mark::Link(Target::Address(href)) = mark {
                match self.allowance.checked_sub(href.len()) {
                    Some(left) => self.allowance = left,
                    None => *mark = Mark::Plain,
                }
            }
        }
        let mut nodes = core::mem::take(&mut self.builder).finish();
        marks.into_iter().for_each(|mark| self.builder.open(mark));
        let is_edge = |node: &Inline| {
            matches!(node, Inline::HardBreak) || matches!(node, Inline::Text(text) if trim(text).is_empty())
        };
        while nodes.last().is_some_and(is_edge) {
            nodes.pop();
        }
        let start = nodes.iter().take_while(|node| is_edge(node)).count();
        // A row of empty cells is none.
        nodes.split_off(if empty { nodes.len() } else { start })
    }
}
