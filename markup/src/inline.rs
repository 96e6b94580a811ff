//! What stands within a paragraph of Markdown: one pass over the text into tokens, emphasis resolved with a
//! stack of delimiters, then one pass over the tokens that builds the tree.

use crate::chars::{is_bidi, is_punctuation, is_space_or_tab, is_white};
use crate::emphasis::{Delimiters, Run};
use crate::entity::entity;
use crate::link::{Target, inline_target, target};
use crate::mention::Finder;
use crate::nest::{Builder, Mark};
use crate::reference::{References, label};
use crate::slice::{after, one_line, part, trim_end, trim_start};
use crate::steps::steps;
use crate::ticks::Ticks;
use crate::{Inline, Names};

/// A part of the text, in order.
pub(crate) enum Token {
    /// A finished node.
    Node(Inline),
    /// A run of `*`, `_` or `~` and what of it became emphasis.
    Run(Run),
    /// A link or picture begins.
    Open(Mark),
    /// The innermost link or picture ends.
    Close,
}

/// A `[` or `![` that may begin a link.
struct Bracket {
    /// Where its token stands.
    token: usize,
    /// Where the text behind it begins.
    start: usize,
    /// How many delimiters stood before it.
    delimiters: usize,
    image: bool,
    /// Whether another bracket was opened behind it: then its text is no label.
    nests: bool,
}

struct Scanner<'a> {
    text: &'a str,
    at: usize,
    references: &'a References,
    finder: Finder<'a>,
    tokens: Vec<Token>,
    /// Characters not yet in a token.
    pending: String,
    delimiters: Delimiters,
    brackets: Vec<Bracket>,
    /// Brackets below this index begin no link, because a link would stand in it.
    linked: usize,
    /// The backtick runs of the text; found when the first is met.
    ticks: Option<Ticks>,
}

/// Reads the inline nodes of `text`.
pub(crate) fn inlines(text: &str, names: &Names, references: &References) -> Vec<Inline> {
    let mut scanner = Scanner {
        text,
        at: 0,
        references,
        finder: Finder::new(text, names, true),
        tokens: Vec::new(),
        pending: String::new(),
        delimiters: Delimiters::default(),
        brackets: Vec::new(),
        linked: 0,
        ticks: None,
    };
    scanner.scan();
    scanner.flush();
    scanner.delimiters.resolve(0, &mut scanner.tokens);
    Builder::build(scanner.tokens)
}

impl<'a> Scanner<'a> {
    fn rest(&self) -> &'a str {
        after(self.text, self.at)
    }

    fn scan(&mut self) {
        let mut in_word = false;
        while let Some(&byte) = self.text.as_bytes().get(self.at) {
            steps(1);
            let letter = byte.is_ascii_alphanumeric();
            let starts_word = letter && !in_word;
            in_word = letter;
            match byte {
                b'\\' => self.backslash(),
                b'\n' => self.line_break(2),
                b'`' => self.code(),
                b'*' | b'_' | b'~' => self.run(byte),
                b'[' => self.open_bracket(1),
                b'!' if self.rest().starts_with("![") => self.open_bracket(2),
                b']' => self.close_bracket(),
                b'<' => self.angle(),
                b'&' => {
                    let (c, length) = entity(self.rest()).unwrap_or(('&', 1));
                    self.pending.push(c);
                    self.at += length;
                }
                _ => {
                    let in_brackets = !self.brackets.is_empty();
                    let found = if starts_word || byte == b'@' {
                        self.finder.find(self.at, in_brackets)
                    } else {
                        None
                    };
                    match found {
                        Some((node, length)) => self.push(node, length),
                        None => self.plain(),
                    }
                }
            }
        }
    }

    /// Takes one character as it is.
    fn plain(&mut self) {
        if let Some(c) = self.rest().chars().next() {
            self.pending.push(c);
            self.at += c.len_utf8();
        }
    }

    fn flush(&mut self) {
        if !self.pending.is_empty() {
            self.tokens.push(Token::Node(Inline::Text(core::mem::take(&mut self.pending))));
        }
    }

    fn push(&mut self, node: Inline, length: usize) {
        self.flush();
        self.tokens.push(Token::Node(node));
        self.at += length;
    }

    fn backslash(&mut self) {
        match self.text.as_bytes().get(self.at + 1) {
            Some(b'\n') => {
                self.at += 1;
                self.line_break(0);
            }
            Some(next) if next.is_ascii_punctuation() => {
                self.at += 1;
                self.plain();
            }
            _ => self.plain(),
        }
    }

    /// Reads a line break, hard if at least `spaces` spaces stand before it.
    fn line_break(&mut self, spaces: usize) {
        let kept = trim_end(&self.pending, |c| c == ' ').len();
        let hard = self.pending.len() - kept >= spaces;
        self.pending.truncate(kept);
        self.push(if hard { Inline::HardBreak } else { Inline::SoftBreak }, 1);
        let rest = self.rest();
        self.at += rest.len() - trim_start(rest, is_space_or_tab).len();
    }

    fn code(&mut self) {
        let text = self.text;
        let length = crate::marker::run(self.rest(), b'`');
        let start = self.at + length;
        let ticks = self.ticks.get_or_insert_with(|| Ticks::new(text));
        let Some(end) = ticks.next(length, start) else {
            self.pending.push_str(part(text, self.at, start));
            self.at = start;
            return;
        };
        let code = one_line(part(text, start, end));
        steps(code.len());
        let stripped = code.strip_prefix(' ').and_then(|code| code.strip_suffix(' '));
        let code = match stripped {
            Some(inner) if code.bytes().any(|byte| byte != b' ') => inner.to_owned(),
            _ => code,
        };
        self.push(Inline::Code(code), end + length - self.at);
    }

    fn run(&mut self, byte: u8) {
        let count = crate::marker::run(self.rest(), byte);
        let before = part(self.text, 0, self.at).chars().next_back().unwrap_or('\n');
        self.at += count;
        if byte == b'~' && count != 2 {
            (0..count).for_each(|_| self.pending.push('~'));
            return;
        }
        let behind = self.rest().chars().next().unwrap_or('\n');
        // A run opens where text follows it and closes where text precedes it.
        let edge = |inner: char, outer: char| {
            !is_white(inner) && (!is_punctuation(inner) || is_white(outer) || is_punctuation(outer))
        };
        let (left, right) = (edge(behind, before), edge(before, behind));
        let (mut opens, mut closes) = (left, right);
        if byte == b'_' {
            opens = left && (!right || is_punctuation(before));
            closes = right && (!left || is_punctuation(behind));
        }
        self.flush();
        self.delimiters.push(self.tokens.len(), byte, count, opens, closes);
        self.tokens.push(Token::Run(Run::new(byte, count)));
    }

    fn open_bracket(&mut self, length: usize) {
        if let Some(outer) = self.brackets.last_mut() {
            outer.nests = true;
        }
        let written = part(self.rest(), 0, length).to_owned();
        self.push(Inline::Text(written), length);
        self.brackets.push(Bracket {
            token: self.tokens.len() - 1,
            start: self.at,
            delimiters: self.delimiters.len(),
            image: length == 2,
            nests: false,
        });
    }

    fn close_bracket(&mut self) {
        let Some(bracket) = self.brackets.pop() else { return self.plain() };
        let linked = self.linked;
        self.linked = linked.min(self.brackets.len());
        if !bracket.image && self.brackets.len() < linked {
            return self.plain();
        }
        let behind = after(self.text, self.at + 1);
        let found = inline_target(behind).or_else(|| self.referenced(&bracket, behind));
        let Some((target, length)) =
            found.filter(|(target, _)| !bracket.image || matches!(target, Target::Address(_)))
        else {
            return self.plain();
        };
        self.flush();
        self.delimiters.resolve(bracket.delimiters, &mut self.tokens);
        if let Some(token) = self.tokens.get_mut(bracket.token) {
            *token = Token::Open(if bracket.image { Mark::Image(Some(target)) } else { Mark::Link(target) });
        }
        self.tokens.push(Token::Close);
        self.at += 1 + length;
        if !bracket.image {
            self.linked = self.brackets.len();
        }
    }

    /// The target of a link by reference: `[text][label]`, `[label][]` or `[label]`.
    fn referenced(&self, bracket: &Bracket, behind: &str) -> Option<(Target, usize)> {
        let own = || self.text.get(bracket.start..self.at).filter(|_| !bracket.nests);
        match label(behind) {
            Some("") => Some((self.references.get(own()?)?, 2)),
            Some(other) if !other.chars().all(is_white) => {
                Some((self.references.get(other)?, other.len() + 2))
            }
            _ => Some((self.references.get(own()?)?, 0)),
        }
    }

    /// An address in angle brackets.
    fn angle(&mut self) {
        let body = after(self.text, self.at + 1);
        let length = body.find(|c: char| c <= ' ' || matches!(c, '<' | '>')).unwrap_or(body.len());
        steps(length);
        let address = part(body, 0, length);
        let mail = crate::autolink::mail_address(address) == Ok(length);
        let target = if address.contains(is_bidi) {
            None
        } else if mail {
            target(&("mailto:".to_owned() + address))
        } else {
            target(address)
        };
        match target {
            Some(Target::Address(href)) if after(body, length).starts_with('>') => {
                let content = vec![Inline::Text(address.to_owned())];
                self.push(Inline::Link { href, content }, length + 2);
            }
            _ => self.plain(),
        }
    }
}
