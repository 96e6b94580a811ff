//! The allow-list for HTML bodies, over any parsed tree: the browser's own or a native parser's.
//! What is not listed here does not come through; of an unknown element only its text does.

use crate::chars::is_white;
use crate::html_line::Line;
use crate::html_people as people;
use crate::link::{Target, reply_number, target};
use crate::marker::language;
use crate::names::squeeze;
use crate::nest::{Mark, link_to};
use crate::quote::take_attribution;
use crate::slice::{is_one_of, number, trim};
use crate::steps::steps;
use crate::{Block, Document, Inline, Item, Names, Quote};

/// How many containers may stand in each other. What is deeper becomes content of the deepest one.
const DEEPEST: usize = 32;

/// A node of a parsed HTML document, from whichever parser.
pub trait Node: Sized {
    /// The characters of a text node; `None` for every other node.
    fn text(&self) -> Option<String>;
    /// The name of an element in lower case, of any namespace; `None` for every other node.
    fn name(&self) -> Option<String>;
    /// The value of an element's attribute.
    fn attribute(&self, name: &str) -> Option<String>;
    /// The children in order; those of a `template` element are not needed.
    fn children(&self) -> Vec<Self>;
}

/// Reads the children of `root`: a body, a fragment or a whole document.
pub fn document<N: Node>(root: &N, names: &Names) -> Document {
    let mut reader = Reader {
        line: Line::new(names),
        open: Vec::new(),
        blocks: Vec::new(),
        heading: None,
        code: None,
        names,
    };
    // A stack of its own instead of recursion: a body may nest deeper than the call stack reaches.
    let mut steps_left: Vec<Step<N>> = Vec::new();
    enter_all(root, &mut steps_left);
    while let Some(step) = steps_left.pop() {
        steps(1);
        match step {
            Step::Leave(end) => reader.leave(end),
            Step::Enter(node) => {
                if let Some(text) = node.text() {
                    reader.text(&text);
                } else if let Some(name) = node.name()
                    && let Some(end) = reader.enter(&node, &name)
                {
                    steps_left.push(Step::Leave(end));
                    enter_all(&node, &mut steps_left);
                }
            }
        }
    }
    reader.flush();
    Document { blocks: reader.blocks }
}

fn enter_all<N: Node>(node: &N, steps: &mut Vec<Step<N>>) {
    steps.extend(node.children().into_iter().rev().map(Step::Enter));
}

enum Step<N> {
    Enter(N),
    Leave(End),
}

/// What ends with an element.
enum End {
    Nothing,
    /// A line of its own.
    Line,
    Heading(Option<u8>),
    Code,
    Container,
    Mark,
    /// A link: how much had been shown before it, and what to show if nothing was.
    Link(usize, String),
    Quotation,
}

struct Container {
    kind: Kind,
    blocks: Vec<Block>,
}

enum Kind {
    /// A quote; `wraps` while the element that holds its text is still to come.
    Quote {
        quote: Quote,
        wraps: bool,
    },
    List {
        start: Option<u32>,
        items: Vec<Item>,
    },
    Item,
}

struct Reader<'a> {
    line: Line<'a>,
    /// The blocks that stand in no container.
    blocks: Vec<Block>,
    open: Vec<Container>,
    /// The level of the heading that is open.
    heading: Option<u8>,
    /// The language and text of the preformatted block that is open.
    code: Option<(Option<String>, String)>,
    names: &'a Names,
}

impl Reader<'_> {
    fn text(&mut self, text: &str) {
        steps(text.len());
        match &mut self.code {
            Some((_, code)) => code.push_str(text),
            None => self.line.text(text),
        }
    }

    /// Begins an element. Returns what ends with it, or nothing if its content is not wanted.
    fn enter<N: Node>(&mut self, node: &N, name: &str) -> Option<End> {
        let class = node.attribute("class").unwrap_or_default();
        let has = |wanted: &str| class.split(is_white).any(|word| word == wanted);
        if is_one_of(name, DROPPED) {
            return None;
        }
        if self.code.is_some() {
            if let Some((language, code)) = &mut self.code {
                if name == "code" && language.is_none() {
                    *language = language_of(&class);
                }
                let line_of_its_own = name == "br" || is_line(name);
                if line_of_its_own && (name == "br" || !(code.is_empty() || code.ends_with('\n'))) {
                    code.push('\n');
                }
            }
            return Some(End::Nothing);
        }
        if has("QuoteAuthor") && self.attribute_quote(node) {
            return None;
        }
        match name {
            "br" => self.line_break(),
            "hr" => {
                self.flush();
                self.add(Block::Rule);
            }
            "img" => self.image(node),
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                self.flush();
                let before = self.heading;
                self.heading = name.bytes().last().map(|digit| digit - b'0');
                return Some(End::Heading(before));
            }
            "pre" => {
                self.flush();
                self.code = Some((language_of(&class), String::new()));
                return Some(End::Code);
            }
            "ul" | "ol" | "menu" | "dir" => {
                let number = node.attribute("start").and_then(|start| number(trim(&start), 10)).unwrap_or(1);
                let start = (name == "ol").then_some(number);
                return Some(self.begin(Kind::List { start, items: Vec::new() }));
            }
            "li" if matches!(self.open.last(), Some(Container { kind: Kind::List { .. }, .. })) => {
                return Some(self.begin(Kind::Item));
            }
            "blockquote" => return Some(self.begin_blockquote(node, has("Quote") || has("UserQuote"))),
            "aside" if has("quote") => {
                let attribute = |name: &str| node.attribute(name).filter(|value| !trim(value).is_empty());
                let quote = Quote {
                    source: attribute("data-post").and_then(|post| reply_number(trim(&post))),
                    author: attribute("data-username").map(|name| squeeze(&name)),
                    blocks: Vec::new(),
                };
                return Some(self.begin(Kind::Quote { quote, wraps: true }));
            }
            // The line with picture and name above a quote that told the name already.
            "div"
                if has("title")
                    && matches!(
                        self.open.last(),
                        Some(Container { kind: Kind::Quote { wraps: true, .. }, .. })
                    ) =>
            {
                return None;
            }
            "td" | "th" => self.line.cell(),
            "a" | "span" if (has("atMention") || has("mention")) && self.mention(node) => return None,
            "a" => {
                let target = node.attribute("href").and_then(|href| target(&href));
                if let Some(target) = target.filter(|_| !self.line.in_link()) {
                    let shown = match &target {
                        Target::Address(href) => href.clone(),
                        Target::Reply(_) => String::new(),
                    };
                    return Some(if self.line.open(Mark::Link(target)) {
                        End::Link(self.line.shown(), shown)
                    } else {
                        End::Nothing
                    });
                }
            }
            "q" => {
                self.line.text("“");
                return Some(End::Quotation);
            }
            _ => {
                if let Some(mark) = mark(name) {
                    return Some(if self.line.open(mark) { End::Mark } else { End::Nothing });
                }
                if is_line(name) {
                    self.flush();
                    return Some(End::Line);
                }
            }
        }
        Some(End::Nothing)
    }

    fn leave(&mut self, end: End) {
        match end {
            End::Nothing => {}
            End::Line => self.end_line(),
            End::Heading(before) => {
                self.flush();
                self.heading = before;
            }
            End::Code => {
                if let Some((language, text)) = self.code.take() {
                    let text = text.strip_suffix('\n').unwrap_or(&text).to_owned();
                    self.add(Block::Code { language, text });
                }
            }
            End::Container => self.end_container(),
            End::Mark => self.line.close(false),
            End::Link(before, shown) => {
                let goes_on = self.line.shown() > before;
                if !goes_on {
                    self.line.show(Inline::Text(shown));
                }
                self.line.close(goes_on);
            }
            End::Quotation => self.line.text("”"),
        }
    }

    fn end_line(&mut self) {
        if self.code.is_none() {
            self.flush();
        }
    }

    /// Ends the paragraph.
    fn flush(&mut self) {
        let content = self.line.take();
        if !content.is_empty() {
            self.add(match self.heading {
                Some(level) => Block::Heading(level, content),
                None => Block::Paragraph(content),
            });
        }
    }

    /// Two line breaks one after the other part paragraphs.
    fn line_break(&mut self) {
        if self.line.is_after_break() {
            self.flush();
        } else {
            self.line.line_break();
        }
    }

    fn add(&mut self, block: Block) {
        match self.open.last_mut() {
            None => self.blocks.push(block),
            // What stands in a list outside its items belongs to the item before.
            Some(Container { kind: Kind::List { items, .. }, .. }) => {
                if items.is_empty() {
                    items.push(Item { tight: true, blocks: Vec::new() });
                }
                if let Some(item) = items.last_mut() {
                    item.blocks.push(block);
                }
            }
            Some(container) => container.blocks.push(block),
        }
    }

    fn begin(&mut self, kind: Kind) -> End {
        self.flush();
        if self.open.len() >= DEEPEST {
            return End::Line;
        }
        self.open.push(Container { kind, blocks: Vec::new() });
        End::Container
    }

    fn end_container(&mut self) {
        self.flush();
        let Some(Container { kind, blocks }) = self.open.pop() else { return };
        match kind {
            Kind::Quote { mut quote, .. } => {
                quote.blocks = blocks;
                take_attribution(&mut quote);
                self.add(Block::Quote(quote));
            }
            Kind::List { start, items } => self.add(Block::List { start, items }),
            Kind::Item => {
                let tight = blocks.iter().filter(|block| matches!(block, Block::Paragraph(_))).count() < 2;
                if let Some(Container { kind: Kind::List { items, .. }, .. }) = self.open.last_mut() {
                    items.push(Item { tight, blocks });
                }
            }
        }
    }

    fn begin_blockquote<N: Node>(&mut self, node: &N, named: bool) -> End {
        if let Some(Container { kind: Kind::Quote { wraps, .. }, .. }) = self.open.last_mut()
            && core::mem::take(wraps)
        {
            self.flush();
            return End::Line;
        }
        let source = match node.attribute("cite").and_then(|cite| target(&cite)) {
            Some(Target::Reply(number)) => Some(number),
            _ => None,
        };
        let author = node.attribute("rel").filter(|_| named).map(|name| squeeze(&name));
        let author = author.filter(|name| !name.is_empty() && name.len() <= people::LONGEST_NAME);
        self.begin(Kind::Quote { quote: Quote { source, author, blocks: Vec::new() }, wraps: false })
    }

    /// Takes the author, and the source if there is a link to it, of the quote that is open.
    fn attribute_quote<N: Node>(&mut self, node: &N) -> bool {
        let Some(Container { kind: Kind::Quote { quote, .. }, .. }) = self.open.last_mut() else {
            return false;
        };
        people::attribute(node, quote);
        true
    }

    /// Adds the mention that other systems mark with a class, if a name can be read from it.
    fn mention<N: Node>(&mut self, node: &N) -> bool {
        let Some((name, person)) = people::mentioned(node, self.names) else { return false };
        self.line.show(Inline::Mention { name, person });
        true
    }

    fn image<N: Node>(&mut self, node: &N) {
        let shown = squeeze(&node.attribute("alt").unwrap_or_default());
        match node.attribute("src").and_then(|source| target(&source)) {
            Some(Target::Address(href)) if !self.line.in_link() => self.line.show(link_to(href, shown)),
            _ => self.line.show(Inline::Text(shown)),
        }
    }
}

/// Elements of which nothing is kept: those that run, load or ask something, and foreign languages.
const DROPPED: &str = "script style template svg math head title iframe frame frameset noframes noscript object \
    embed applet canvas audio video map select datalist textarea input button progress meter";

/// Elements that stand on lines of their own and mean nothing else.
const LINES: &str = "p div body html section article main header footer nav aside address center figure figcaption \
    fieldset legend form details summary dialog dl dt dd hgroup table caption thead tbody tfoot tr li search";

/// Whether an element stands on lines of its own.
fn is_line(name: &str) -> bool {
    is_one_of(name, LINES)
}

fn mark(name: &str) -> Option<Mark> {
    Some(match name {
        "em" | "i" => Mark::Emphasis,
        "strong" | "b" => Mark::Strong,
        "del" | "s" | "strike" => Mark::Strike,
        "code" | "kbd" | "samp" | "tt" => Mark::Code,
        _ => return None,
    })
}

fn language_of(class: &str) -> Option<String> {
    class
        .split(is_white)
        .find_map(|word| word.strip_prefix("language-").or(word.strip_prefix("lang-")))
        .and_then(language)
}
