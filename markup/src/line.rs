//! One line of Markdown and how far it has been read, in bytes and in columns: a tab reaches to the next
//! multiple of four, and a container may take only a part of it.

use crate::slice::after;

/// A position in a line.
#[derive(Clone)]
pub(crate) struct Line<'a> {
    text: &'a str,
    /// Bytes read. A tab read in part is still ahead.
    at: usize,
    /// Columns read.
    column: usize,
    /// Where the next character that is neither space nor tab stands: bytes and columns.
    next: (usize, usize),
}

impl<'a> Line<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        let mut line = Self { text, at: 0, column: 0, next: (0, 0) };
        line.find_next();
        line
    }

    fn find_next(&mut self) {
        if self.at < self.next.0 {
            return;
        }
        let (mut at, mut column) = (self.at, self.column);
        for byte in after(self.text, at).as_bytes() {
            match byte {
                b' ' => column += 1,
                b'\t' => column += 4 - column % 4,
                _ => break,
            }
            at += 1;
            crate::steps::steps(1);
        }
        self.next = (at, column);
    }

    /// Columns of white space ahead.
    pub(crate) fn indent(&self) -> usize {
        self.next.1 - self.column
    }

    /// The text after the white space ahead.
    pub(crate) fn rest(&self) -> &'a str {
        after(self.text, self.next.0)
    }

    /// Whether only white space is ahead.
    pub(crate) fn is_blank(&self) -> bool {
        self.next.0 >= self.text.len()
    }

    /// Reads the white space ahead and `bytes` more (no tabs among them).
    pub(crate) fn skip(&mut self, bytes: usize) {
        self.at = self.next.0 + bytes;
        self.column = self.next.1 + bytes;
        self.find_next();
    }

    /// Reads up to `columns` columns of white space.
    pub(crate) fn skip_columns(&mut self, columns: usize) {
        let goal = self.column + columns.min(self.indent());
        while self.column < goal {
            let width =
                if self.text.as_bytes().get(self.at) == Some(&b'\t') { 4 - self.column % 4 } else { 1 };
            if self.column + width > goal {
                self.column = goal;
            } else {
                self.column += width;
                self.at += 1;
            }
        }
    }

    /// Appends what is ahead, white space included, to `text`.
    pub(crate) fn append_to(&self, text: &mut String) {
        let mut at = self.at;
        if self.text.as_bytes().get(at) == Some(&b'\t') && !self.column.is_multiple_of(4) {
            (self.column % 4..4).for_each(|_| text.push(' '));
            at += 1;
        }
        text.push_str(after(self.text, at));
    }
}
