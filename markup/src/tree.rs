//! What a reply's text can be. A view draws every node of this tree and there is nothing that it could not
//! draw safely: no raw markup, no attribute a writer chose, no address outside `http`, `https` and `mailto`.

/// The text of one reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Document {
    /// Its blocks in reading order.
    pub blocks: Vec<Block>,
}

impl Document {
    /// Shows `see` everything that stands within a line, in reading order, whatever it is in; what holds others before
    /// what it holds.
    pub fn each_inline<'a>(&'a self, mut see: impl FnMut(&'a Inline)) {
        in_blocks(&self.blocks, &mut see);
    }
}

fn in_blocks<'a>(blocks: &'a [Block], see: &mut impl FnMut(&'a Inline)) {
    for block in blocks {
        match block {
            Block::Paragraph(content) | Block::Heading(_, content) => in_lines(content, see),
            Block::List { items, .. } => items.iter().for_each(|item| in_blocks(&item.blocks, see)),
            Block::Quote(quote) => in_blocks(&quote.blocks, see),
            Block::Code { .. } | Block::Rule => {}
        }
    }
}

fn in_lines<'a>(content: &'a [Inline], see: &mut impl FnMut(&'a Inline)) {
    for inline in content {
        see(inline);
        match inline {
            Inline::Emphasis(inner) | Inline::Strong(inner) | Inline::Strike(inner) => in_lines(inner, see),
            Inline::Link { content, .. } | Inline::ReplyLink { content, .. } => in_lines(content, see),
            Inline::Text(_)
            | Inline::Code(_)
            | Inline::Mention { .. }
            | Inline::SoftBreak
            | Inline::HardBreak => {}
        }
    }
}

/// Something that stands on lines of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// Running text.
    Paragraph(Vec<Inline>),
    /// A heading within the reply, level 1 to 6; never a heading of the page.
    Heading(u8, Vec<Inline>),
    /// Preformatted text.
    Code {
        /// The word after the fence, if it is a plain one (`[A-Za-z0-9_+#.-]{1,32}`).
        language: Option<String>,
        /// The text with its line breaks, without the last one.
        text: String,
    },
    /// A list.
    List {
        /// The first number of an ordered list; `None` for bullets.
        start: Option<u32>,
        /// The items in order.
        items: Vec<Item>,
    },
    /// A quotation.
    Quote(Quote),
    /// A thematic break.
    Rule,
}

/// One item of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Item {
    /// A tight item holds one paragraph that is drawn without a paragraph's spacing.
    pub tight: bool,
    /// Its blocks.
    pub blocks: Vec<Block>,
}

/// A quotation, with its source where the text names one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Quote {
    /// The number of the quoted reply (`#reply-6` is 6).
    pub source: Option<u32>,
    /// The quoted person's name as the text gives it.
    pub author: Option<String>,
    /// What is quoted, without the line of attribution.
    pub blocks: Vec<Block>,
}

/// Something within a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Inline {
    /// Characters as they are to be read; holds no line break.
    Text(String),
    /// A line break in the source that is only a space to the reader.
    SoftBreak,
    /// A line break that the writer asked for.
    HardBreak,
    /// Emphasis.
    Emphasis(Vec<Inline>),
    /// Strong emphasis.
    Strong(Vec<Inline>),
    /// Text struck through.
    Strike(Vec<Inline>),
    /// Code within a line.
    Code(String),
    /// A link; holds no other link.
    Link {
        /// An absolute address: `http:`, `https:` or `mailto:`.
        href: String,
        /// What is shown.
        content: Vec<Inline>,
    },
    /// A link to another reply of this thread (`#reply-6`).
    ReplyLink {
        /// The reply's number.
        number: u32,
        /// What is shown; empty where the writer left it empty.
        content: Vec<Inline>,
    },
    /// A person mentioned.
    Mention {
        /// The name as written, without the `@` and the quotation marks.
        name: String,
        /// The person's id, where one is known.
        person: Option<String>,
    },
}
