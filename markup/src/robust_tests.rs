//! What holds for any input whatever: no panic, bounded depth and size, linear time, no text lost, no
//! address but an allowed one.

use proptest::prelude::*;

use crate::steps::counted;
use crate::{Block, Document, Inline, Names, parse_markdown, parse_text, plain_text};

const NAMES: &[(&str, Option<&str>)] = &[("avon b7", Some("u2")), ("a", Some("u1")), ("watto_cobra", None)];

pub(crate) fn names() -> Names {
    Names::new(NAMES)
}

/// Checks the tree and returns its depth.
pub(crate) fn depth(document: &Document) -> usize {
    fn blocks(blocks_: &[Block]) -> usize {
        let deepest = blocks_.iter().map(|block| match block {
            Block::Paragraph(content) | Block::Heading(_, content) => inlines(content),
            Block::Quote(quote) => blocks(&quote.blocks),
            Block::List { items, .. } => items.iter().map(|item| 1 + blocks(&item.blocks)).max().unwrap_or(0),
            Block::Code { .. } | Block::Rule => 0,
        });
        1 + deepest.max().unwrap_or(0)
    }
    fn inlines(content: &[Inline]) -> usize {
        let deepest = content.iter().map(|inline| match inline {
            Inline::Emphasis(inner) | Inline::Strong(inner) | Inline::Strike(inner) => inlines(inner),
            Inline::Link { href, content } => {
                assert!(is_allowed(href), "{href:?}");
                assert!(content.iter().all(|node| !holds_link(node)), "a link in a link");
                inlines(content)
            }
            Inline::ReplyLink { number, content } => {
                assert!(*number > 0);
                assert!(content.iter().all(|node| !holds_link(node)), "a link in a link");
                inlines(content)
            }
            Inline::Text(text) => {
                assert!(!text.is_empty());
                0
            }
            _ => 0,
        });
        1 + deepest.max().unwrap_or(0)
    }
    blocks(&document.blocks)
}

fn holds_link(node: &Inline) -> bool {
    match node {
        Inline::Link { .. } | Inline::ReplyLink { .. } | Inline::Mention { .. } => true,
        Inline::Emphasis(inner) | Inline::Strong(inner) | Inline::Strike(inner) => {
            inner.iter().any(holds_link)
        }
        _ => false,
    }
}

fn is_allowed(href: &str) -> bool {
    let web = href.starts_with("https://") || href.starts_with("http://");
    (web || href.starts_with("mailto:")) && !href.chars().any(|c| c.is_control() || c == ' ')
}

/// The letters and digits of a text, which no parser may lose.
pub(crate) fn letters(text: &str) -> Vec<char> {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

pub(crate) const PARTS: &[&str] = &[
    "a",
    "b7",
    "é",
    "@",
    "@a",
    "@avon b7",
    "@\"",
    "\"",
    "*",
    "**",
    "_",
    "~~",
    "`",
    "```\n",
    "[",
    "]",
    "](",
    "(",
    ")",
    "![",
    "<",
    ">",
    "> ",
    "- ",
    "1. ",
    "#",
    "# ",
    "\n",
    "\n\n",
    "    ",
    "\t",
    "\\",
    "&",
    "&amp;",
    "&#",
    ";",
    "http://",
    "https://x.org",
    "www.",
    "x@y.org",
    "javascript:",
    "#reply-6",
    "[a]: https://x.org\n",
    ":",
    "=",
    "---",
    " ",
    "\u{202e}",
    "\u{0}",
    "日",
    "😀",
    "\r",
];

proptest! {
    #![proptest_config(crate::property::config(3_000))]

    #[test]
    fn any_markup_is_read_in_bounded_depth(parts in prop::collection::vec(prop::sample::select(PARTS.to_vec()), 0..60)) {
        let source = parts.concat();
        prop_assert!(depth(&parse_markdown(&source, &names())) < 60);
        prop_assert!(depth(&parse_text(&source, &names())) < 5);
    }

    #[test]
    fn any_characters_are_read(source in "\\PC{0,200}|(?s:.{0,80})") {
        depth(&parse_markdown(&source, &names()));
        prop_assert_eq!(letters(&plain_text(&parse_text(&source, &names()))), letters(&source));
    }

    #[test]
    fn no_letter_is_lost_in_markdown(parts in prop::collection::vec(prop::sample::select(KEPT.to_vec()), 0..60)) {
        let source = parts.concat();
        prop_assert_eq!(letters(&plain_text(&parse_markdown(&source, &names()))), letters(&source), "{:?}", source);
    }
}

/// Markup that stands for nothing itself; every letter among it is text. (`1.` is none: a list's number.)
const KEPT: &[&str] = &[
    "a",
    "b7",
    "é",
    "@",
    "@a",
    "@avon b7",
    "@\"",
    "*",
    "**",
    "_",
    "~~ ",
    "a~~",
    "[",
    "]",
    "(",
    ")",
    "![",
    "<",
    ">",
    "> ",
    "- ",
    "+   ",
    "# ",
    "#x",
    "\n",
    "\n\n",
    "    ",
    "\t",
    "\\",
    "&",
    ";",
    "http://",
    "https://x.org",
    "www.",
    "x@y.org",
    "javascript:",
    "=",
    "---",
    " ",
    "日",
    "` ",
    "``a",
];

/// Inputs that made Markdown parsers slow or overflow their stacks: each is repeated to the length asked for.
const HARD: &[(&str, &str, &str)] = &[
    ("brackets", "[", ""),
    ("nested brackets", "[", "]"),
    ("nested links", "[", "](https://x.org)"),
    ("link starts", "[a](", ""),
    ("link starts with an angle", "[a](<b", ""),
    ("link starts with a title", "[a](b \"", ""),
    ("link starts with text", "[a](https://b.org 'c", ""),
    ("pictures", "![[]()", ""),
    ("nested pictures", "![", "](https://x.org)"),
    ("links", "[a](https://x.org)", ""),
    ("links after brackets", "[[a](https://x.org)", ""),
    ("references", "[a][b]", ""),
    ("definitions", "[a]: b\n", ""),
    ("allowed definitions", "[a]: https://b.org\n\n", ""),
    ("open definitions", "[a]: https://b.org \"\n", ""),
    ("emphasis", "*a **a ", ""),
    ("closers", "a** ", ""),
    ("openers", "*a ", ""),
    ("mixed delimiters", "*a_ ", ""),
    ("mixed closers", "a**b_c* ", ""),
    ("underscores", "_", ""),
    ("nested emphasis", "*a ", " b*"),
    ("nested strong", "**a ", " b**"),
    ("threes", "a***b**c*", ""),
    ("strikes", "~~a ", ""),
    ("backticks", "`a``b```", ""),
    ("backtick run", "`", ""),
    ("escaped backticks", "\\```", ""),
    ("angles", "<", ""),
    ("angle addresses", "<https://", ""),
    ("tags", "<a href=\"", ""),
    ("entities", "&", ""),
    ("long entities", "&aaaaaaaa", ""),
    ("numeric entities", "&#1;", ""),
    ("quotes", ">", ""),
    ("quotes with spaces", "> ", ""),
    ("quote lines", ">>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>a\n", ""),
    ("lists", "- ", ""),
    ("numbers", "1. ", ""),
    ("quotes and lists", "> - ", ""),
    ("list lines", "- a\n", ""),
    ("spaces", " ", ""),
    ("tabs", "\t", ""),
    ("blank lines", "\n", ""),
    ("hard breaks", "a  \n", ""),
    ("fences", "```\n", ""),
    ("headings", "# a #\n", ""),
    ("hashes", "#", ""),
    ("rules", "* * *", ""),
    ("underlines", "a\n-\n", ""),
    ("web addresses", "www.", ""),
    ("addresses", "https://a_b.c_d/", ""),
    ("hosts", "http://a.", ""),
    ("brackets after an address", ")", "https://x.org/"),
    ("semicolons", ";", ""),
    ("mail", "a.", ""),
    ("mails", "a@b.", ""),
    ("at signs", "@", ""),
    ("quoted names", "@\"", ""),
    ("names", "@avon ", ""),
    ("backslashes", "\\", ""),
];

fn hard(part: &str, end: &str, length: usize) -> String {
    let count = length / (part.len() + end.len());
    if end == "https://x.org/" {
        return end.to_owned() + &part.repeat(count);
    }
    part.repeat(count) + &end.repeat(count)
}

#[test]
fn time_grows_no_faster_than_the_input() {
    let names = names();
    for (what, part, end) in HARD {
        let steps = |length| {
            let source = hard(part, end, length);
            [counted(|| drop(parse_markdown(&source, &names))), counted(|| drop(parse_text(&source, &names)))]
        };
        for (once, twice) in steps(16_384).into_iter().zip(steps(32_768)) {
            assert!(twice * 2 <= once * 5, "{what}: {once} steps, and {twice} for twice as much");
            assert!(twice < 32_768 * 40, "{what}: {twice} steps for 32 KiB");
        }
    }
}

#[test]
fn hard_inputs_make_small_trees() {
    for (what, part, end) in HARD {
        let source = hard(part, end, 65_536);
        for document in [parse_markdown(&source, &names()), parse_text(&source, &names())] {
            assert!(depth(&document) < 60, "{what}");
            assert!(plain_text(&document).len() <= source.len() * 3 + 100, "{what}");
        }
    }
}

#[test]
fn references_to_a_long_address_yield_a_bounded_tree() {
    let source = format!("[a]: https://x.org/{}\n\n{}", "b".repeat(30_000), "[a] ".repeat(10_000));
    let mut addresses = 0;
    for block in parse_markdown(&source, &Names::default()).blocks {
        if let Block::Paragraph(content) = block {
            for inline in content {
                if let Inline::Link { href, .. } = inline {
                    addresses += href.len();
                }
            }
        }
    }
    assert!(addresses > 0 && addresses <= source.len() + 65_536, "{addresses}");
}

/// Addresses that ran, or led astray, somewhere once. None may become a link.
pub(crate) const HOSTILE: &[&str] = &[
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    " javascript:alert(1)",
    "\u{e}javascript:alert(1)",
    "java\tscript:alert(1)",
    "java\nscript:alert(1)",
    "javascript&colon;alert(1)",
    "&#x6A&#x61;vascript:alert(1)",
    "&#106;avascript:alert(1)",
    "j&#97;vascript&#58;alert(1)",
    "javascript\\:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "Data:text/html;base64,PHN2Zz4=",
    "vbscript:msgbox(1)",
    "blob:https://x.org/1",
    "file:///etc/passwd",
    "//evil.org",
    "/\\evil.org",
    "\\\\evil.org",
    "https:evil.org",
    "https:/evil.org",
    "https:///evil.org",
    "http:\\\\evil.org",
    "/path",
    "path",
    "?q",
    "#top",
    "#reply-0",
    "#reply-1x",
    "#reply--1",
    "#reply-99999999999",
    "",
    "ftp://x.org",
    "ws://x.org",
    "view-source:https://x.org",
    "about:blank",
    "feed:javascript:alert(1)",
    "h\u{0}ttps://x.org",
    "https\u{200b}://x.org",
    "ｊavascript:alert(1)",
    "mailto:",
    "https://",
    "https://a\u{7f}b",
    "https://a\u{85}b",
    "intent://x#Intent;end",
];

pub(crate) fn has_link(document: &Document) -> bool {
    fn blocks(blocks_: &[Block]) -> bool {
        blocks_.iter().any(|block| match block {
            Block::Paragraph(content) | Block::Heading(_, content) => content.iter().any(holds_link),
            Block::Quote(quote) => blocks(&quote.blocks),
            Block::List { items, .. } => items.iter().any(|item| blocks(&item.blocks)),
            _ => false,
        })
    }
    blocks(&document.blocks)
}

#[test]
fn no_hostile_address_becomes_a_link() {
    // What follows a scheme that is refused may itself be an address in running text; so none is given one.
    for address in HOSTILE {
        let bare = address.contains("://x.org") || address.starts_with("https://a");
        for source in [
            format!("[a]({address})"),
            format!("[a](<{address}>)"),
            format!("![a]({address})"),
            format!("<{address}>"),
            format!("[a]: {address}\n\n[a] [b][a] ![a]"),
            format!("[a]: <{address}>\n\n[a]"),
        ] {
            let document = parse_markdown(&source, &Names::default());
            depth(&document);
            assert!(bare || !has_link(&document), "{source:?}: {document:?}");
        }
    }
}
