//! Builds the tree of inline nodes from marks that open and close in order, to a bounded depth.

use crate::Inline;
use crate::emphasis::Run;
use crate::excerpt::inline_text;
use crate::inline::Token;
use crate::link::Target;
use crate::slice::one_line;

/// How many marks may stand in each other; those beyond are left as they were written.
pub(crate) const DEEPEST: usize = 16;

/// What inline nodes may stand in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Mark {
    Emphasis,
    Strong,
    Strike,
    Link(Target),
    /// Code within a line; only its text is kept.
    Code,
    /// Nothing: what stands in it stands in what it stands in.
    Plain,
    /// A picture: a link to it that shows its description. Within a link (`None`) only the description.
    Image(Option<Target>),
}

/// The tree as far as it is built.
#[derive(Default)]
pub(crate) struct Builder {
    /// The nodes of the outermost level.
    nodes: Vec<Inline>,
    /// The open marks, each with the nodes within it.
    open: Vec<(Mark, Vec<Inline>)>,
    /// Marks open beyond the depth.
    too_deep: usize,
    /// Links and pictures open within a picture: nothing of them is kept but their text.
    in_image: usize,
}

impl Builder {
    /// Builds the tree of `tokens`.
    pub(crate) fn build(tokens: Vec<Token>) -> Vec<Inline> {
        let mut builder = Self::default();
        for token in tokens {
            match token {
                Token::Node(node) => builder.node(node),
                Token::Run(run) => builder.run(run),
                Token::Open(_) if builder.is_open(true) => builder.in_image += 1,
                Token::Open(mark) => builder.open(mark),
                Token::Close if builder.in_image > 0 => builder.in_image -= 1,
                Token::Close => {
                    // Without anything to show, a link shows where it leads.
                    if let Some((Mark::Link(Target::Address(href)), content)) = builder.open.last_mut()
                        && content.is_empty()
                    {
                        content.push(Inline::Text(href.clone()));
                    }
                    builder.close(false);
                }
            }
        }
        builder.finish()
    }

    /// The finished tree.
    pub(crate) fn finish(mut self) -> Vec<Inline> {
        while !self.open.is_empty() {
            self.close(true);
        }
        self.nodes
    }

    /// How many marks are open.
    pub(crate) fn depth(&self) -> usize {
        self.open.len()
    }

    /// The open marks, the outermost first.
    pub(crate) fn marks(&self) -> Vec<Mark> {
        self.open.iter().map(|(mark, _)| mark.clone()).collect()
    }

    /// Whether code is open.
    pub(crate) fn in_code(&self) -> bool {
        self.open.iter().any(|(mark, _)| *mark == Mark::Code)
    }

    /// Whether the last node is a line break.
    pub(crate) fn ends_with_break(&self) -> bool {
        let nodes = self.open.last().map_or(&self.nodes, |(_, nodes)| nodes);
        matches!(nodes.last(), Some(Inline::HardBreak))
    }

    fn run(&mut self, run: Run) {
        for width in run.closes {
            if self.too_deep > 0 {
                self.too_deep -= 1;
                self.delimiters(run.byte, width.into());
            } else {
                self.close(false);
            }
        }
        self.delimiters(run.byte, run.left);
        for width in run.opens.into_iter().rev() {
            if self.open.len() < DEEPEST && self.too_deep == 0 {
                self.open(match width {
                    _ if run.byte == b'~' => Mark::Strike,
                    1 => Mark::Emphasis,
                    _ => Mark::Strong,
                });
            } else {
                self.too_deep += 1;
                self.delimiters(run.byte, width.into());
            }
        }
    }

    fn delimiters(&mut self, byte: u8, count: usize) {
        self.node(Inline::Text((0..count).map(|_| char::from(byte)).collect()));
    }

    /// Whether a picture is open, or (with `only_image` false) a link.
    pub(crate) fn is_open(&self, only_image: bool) -> bool {
        self.open.iter().any(|(mark, _)| match mark {
            Mark::Image(_) => true,
            Mark::Link(_) => !only_image,
            _ => false,
        })
    }

    pub(crate) fn open(&mut self, mark: Mark) {
        let mark = match mark {
            Mark::Image(_) if self.is_open(false) => Mark::Image(None),
            mark => mark,
        };
        self.open.push((mark, Vec::new()));
    }

    /// Closes the innermost mark; `goes_on` says that it stands on the other side of a paragraph's end, too.
    pub(crate) fn close(&mut self, goes_on: bool) {
        let Some((mark, content)) = self.open.pop() else { return };
        let node = match mark {
            Mark::Plain => return content.into_iter().for_each(|node| self.add(node)),
            // What goes on may be empty on either side; a link to a reply alone has words of its own.
            Mark::Link(_) if goes_on && content.is_empty() => return,
            Mark::Emphasis | Mark::Strong | Mark::Strike | Mark::Code | Mark::Link(Target::Address(_))
                if content.is_empty() =>
            {
                return;
            }
            Mark::Code => {
                let mut text = String::new();
                inline_text(&content, &mut text);
                Inline::Code(one_line(&text))
            }
            Mark::Emphasis => Inline::Emphasis(content),
            Mark::Strong => Inline::Strong(content),
            Mark::Strike => Inline::Strike(content),
            Mark::Link(Target::Address(href)) => Inline::Link { href, content },
            Mark::Link(Target::Reply(number)) => Inline::ReplyLink { number, content },
            Mark::Image(target) => {
                let mut shown = String::new();
                inline_text(&content, &mut shown);
                let shown = one_line(&shown);
                match target {
                    Some(Target::Address(href)) => link_to(href, shown),
                    _ => Inline::Text(shown),
                }
            }
        };
        self.add(node);
    }

    /// Adds a node; within a link, mentions and addresses are only text.
    pub(crate) fn node(&mut self, node: Inline) {
        if matches!(node, Inline::Mention { .. } | Inline::Link { .. }) && self.is_open(false) {
            let mut text = String::new();
            inline_text(&[node], &mut text);
            self.add(Inline::Text(text));
        } else {
            self.add(node);
        }
    }

    /// Adds a node where the text stands; text joins text.
    pub(crate) fn add(&mut self, node: Inline) {
        let nodes = self.open.last_mut().map_or(&mut self.nodes, |(_, nodes)| nodes);
        match (nodes.last_mut(), node) {
            (Some(Inline::Text(before)), Inline::Text(text)) => before.push_str(&text),
            (_, Inline::Text(text)) if text.is_empty() => {}
            (_, node) => nodes.push(node),
        }
    }
}

/// A link that shows `shown`, or else its address.
pub(crate) fn link_to(href: String, shown: String) -> Inline {
    let shown = if shown.is_empty() { href.clone() } else { shown };
    Inline::Link { href, content: vec![Inline::Text(shown)] }
}
