//! A tree as Markdown that is read as the same tree again: what a quote of a reply in any format is written with.
//!
//! `GRAMMAR.md` lists what is lost. Escapes stand only where a character would mean something, because people go
//! on to edit what is written here.

use crate::chars::{is_mark, is_punctuation, is_white, is_word};
use crate::entity::entity;
use crate::link::{Target, target};
use crate::slice::{after, next_line, part, trim, trim_end};
use crate::{Block, Inline, Item, Quote, autolink};

/// What a node stands in.
#[derive(Clone, Copy, Default)]
struct Around {
    /// The character of the innermost mark.
    within: Option<char>,
    /// How many marks.
    depth: u8,
    heading: bool,
}

/// Markdown of `blocks`. `said` stands between a quote's attribution and its text, in the writer's language: ` said:`.
pub fn to_markdown(blocks: &[Block], said: &str) -> String {
    write_blocks(blocks, "\n\n", said)
}

fn write_blocks(blocks: &[Block], between: &str, said: &str) -> String {
    let mut out = String::new();
    // Lists of one kind side by side are told apart by their marks.
    let (mut before, mut other) = (None, false);
    for block in blocks {
        let kind = match block {
            Block::List { start, .. } => Some(start.is_some()),
            _ => None,
        };
        other = kind.is_some() && kind == before && !other;
        before = kind;
        let text = write_block(block, other, said);
        if !text.is_empty() {
            if !out.is_empty() {
                out.push_str(between);
            }
            out.push_str(&text);
        }
    }
    out
}

fn write_block(block: &Block, other: bool, said: &str) -> String {
    match block {
        Block::Paragraph(content) => line(content, Around::default()),
        Block::Heading(level, content) => {
            let mut out = part("######", 0, usize::from(*level)).to_owned();
            out.push(' ');
            out.push_str(&line(content, Around { heading: true, ..Around::default() }));
            out
        }
        Block::Code { language, text } => {
            let fence = ticks(text, 3);
            concat(&[&fence, language.as_deref().unwrap_or_default(), "\n", text, "\n", &fence])
        }
        Block::List { start, items } => list(*start, items, other, said),
        Block::Quote(quote) => {
            let mut inner = attribution(quote, said);
            let quoted = write_blocks(&quote.blocks, "\n\n", said);
            if !inner.is_empty() && !quoted.is_empty() {
                inner.push('\n');
                // Behind the line of attribution a paragraph goes on, and anything else may not.
                if !matches!(quote.blocks.first(), Some(Block::Paragraph(_))) {
                    inner.push('\n');
                }
            }
            inner.push_str(&quoted);
            prefixed(&inner, "> ", "> ")
        }
        Block::Rule => "***".to_owned(),
    }
}

fn list(start: Option<u32>, items: &[Item], other: bool, said: &str) -> String {
    let mut out = String::new();
    for (item, count) in items.iter().zip(0..) {
        let mark = match start {
            // Markdown has numbers of nine digits at most.
            Some(start) => {
                start.saturating_add(count).min(999_999_999).to_string() + if other { ") " } else { ". " }
            }
            None => if other { "+ " } else { "- " }.to_owned(),
        };
        let between = |tight| if tight { "\n" } else { "\n\n" };
        if !out.is_empty() {
            out.push_str(between(item.tight));
        }
        let gap = part("           ", 0, mark.len());
        let inner = write_blocks(&item.blocks, between(item.tight && !flows(&item.blocks)), said);
        out.push_str(&prefixed(&inner, &mark, gap));
    }
    out
}

/// Whether one of the blocks would go on in the next, without a blank line between them: a quote or a list in a
/// paragraph, a quote in another, a paragraph in a list that does not begin with 1.
fn flows(blocks: &[Block]) -> bool {
    blocks.windows(2).any(|pair| match pair {
        [_, Block::Paragraph(_)] | [Block::Quote(_), Block::Quote(_)] => true,
        [Block::Paragraph(_), Block::List { start: Some(start), .. }] => *start != 1,
        _ => false,
    })
}

/// `text` as lines of a quote.
pub fn quote_lines(text: &str) -> String {
    prefixed(text, "> ", "> ")
}

/// `text` with something before its first line and each other; nothing of it trails on empty lines.
fn prefixed(text: &str, first: &str, others: &str) -> String {
    let (mut out, mut prefix, mut rest) = (String::new(), first, text);
    loop {
        let line = next_line(&mut rest);
        out.push_str(if line.is_empty() { trim_end(prefix, is_white) } else { prefix });
        out.push_str(line);
        if rest.is_empty() {
            return out;
        }
        out.push('\n');
        prefix = others;
    }
}

/// Appends all of `parts`.
#[inline(never)]
fn push(out: &mut String, parts: &[&str]) {
    for part in parts {
        out.push_str(part);
    }
}

/// All of `parts` as one text.
#[inline(never)]
fn concat(parts: &[&str]) -> String {
    let mut out = String::new();
    push(&mut out, parts);
    out
}

fn attribution(quote: &Quote, said: &str) -> String {
    let author = quote.author.as_deref();
    match (quote.source, author) {
        (Some(number), author) => {
            let mut out = "[".to_owned();
            escape(author.unwrap_or_default(), true, Around::default(), &mut out);
            push(&mut out, &["](#reply-", &number.to_string(), ")", said]);
            out
        }
        (None, Some(author)) => name(author, true) + ":",
        (None, None) => String::new(),
    }
}

/// A mention of that name as it is written: `@name`, or `@"name with spaces"`.
pub fn mention(person: &str) -> String {
    name(person, false)
}

fn name(name: &str, quoted: bool) -> String {
    let mut out = "@".to_owned();
    if !quoted && !name.is_empty() && name.chars().all(is_word) {
        out.push_str(name);
        return out;
    }
    out.push('"');
    for c in name.chars() {
        if matches!(c, '"' | '\\' | '&') {
            out.push('\\');
        }
        out.push(c);
    }
    out.push('"');
    out
}

/// Backticks, at least `least`, more than stand together anywhere in `text`: marks of code that holds some.
pub fn ticks(text: &str, least: usize) -> String {
    let (mut longest, mut run) = (least, 0);
    for byte in text.bytes() {
        run = if byte == b'`' { run + 1 } else { 0 };
        longest = longest.max(if run > 0 { run + 1 } else { 0 });
    }
    let mut fence = String::new();
    for _ in 0..longest {
        fence.push('`');
    }
    fence
}

fn line(content: &[Inline], around: Around) -> String {
    let mut out = String::new();
    inlines(content, ' ', around, &mut out);
    // White space at the ends of a paragraph is nothing, and a break there would be a character.
    loop {
        let kept = trim_end(&out, is_white).len();
        let broken = after(&out, kept).starts_with('\n') && part(&out, 0, kept).ends_with('\\');
        out.truncate(kept - usize::from(broken));
        if !broken {
            break;
        }
    }
    out
}

/// Writes `nodes`; `next` is what will follow them.
fn inlines(nodes: &[Inline], next: char, around: Around, out: &mut String) {
    for (at, node) in nodes.iter().enumerate() {
        let next = nodes.get(at + 1).map_or(next, begins);
        match node {
            Inline::Text(text) => escape(text, false, around, out),
            Inline::SoftBreak | Inline::HardBreak => {
                while matches!(out.as_bytes().last(), Some(b' ' | b'\t')) {
                    out.pop();
                }
                out.push_str(match node {
                    _ if around.heading => " ",
                    Inline::HardBreak => "\\\n",
                    _ => "\n",
                });
            }
            Inline::Emphasis(inner) => marked(["*", "_"], inner, next, around, out),
            Inline::Strong(inner) => marked(["**", "__"], inner, next, around, out),
            Inline::Strike(inner) => marked(["~~", "~~"], inner, next, around, out),
            Inline::Code(text) => code(text, out),
            Inline::Link { href, content } => link(href, content, next, around, out),
            Inline::ReplyLink { number, content } => {
                bracketed(content, around, out);
                push(out, &["(#reply-", &number.to_string(), ")"]);
            }
            Inline::Mention { name: shown, .. } => {
                let glued = match nodes.get(at + 1) {
                    Some(Inline::Text(text)) => goes_on(text),
                    _ => false,
                };
                out.push_str(&name(shown, glued));
            }
        }
    }
}

/// Whether a name would not end before `text`.
fn goes_on(text: &str) -> bool {
    let mut chars = text.chars();
    match chars.next() {
        Some('-' | '.' | '@') => chars.next().is_some_and(is_word),
        Some(c) => is_word(c) || is_mark(c),
        None => false,
    }
}

/// What kind of character a node begins with, to whoever stands before it.
fn begins(node: &Inline) -> char {
    match node {
        Inline::Text(text) => text.chars().next().unwrap_or(' '),
        Inline::SoftBreak | Inline::HardBreak => ' ',
        _ => '*',
    }
}

/// One of two marks around `inner`; or only what stands in them, where they would not be read as marks.
fn marked(marks: [&str; 2], inner: &[Inline], next: char, around: Around, out: &mut String) {
    // Two characters tell two levels apart, and no more.
    if around.depth > 1 {
        return inlines(inner, next, around, out);
    }
    let start = out.len();
    let before = out.chars().next_back().unwrap_or(' ');
    let free = |outside: char| is_white(outside) || is_punctuation(outside);
    // Stars beside stars could be paired otherwise; underscores mean nothing within words.
    let [mark, other] = marks;
    let beside = around.within == Some('*') || before == '*';
    let mark = if beside && free(before) && free(next) { other } else { mark };
    out.push_str(mark);
    inlines(inner, '*', Around { within: mark.chars().next(), depth: around.depth + 1, ..around }, out);
    let text = after(out, start + mark.len());
    let (first, last) = (text.chars().next().unwrap_or(' '), text.chars().next_back().unwrap_or(' '));
    let edge = |inside: char, outside: char| {
        !is_white(inside) && (free(outside) || !(is_punctuation(inside) || mark.starts_with('_')))
    };
    // Runs of tildes flow together, and mean something in pairs only.
    let flows = mark == "~~" && [before, first, last, next].contains(&'~');
    if edge(first, before) && edge(last, next) && !flows {
        out.push_str(mark);
    } else {
        // Written anew: what stood behind a mark may stand at the beginning of a line now.
        out.truncate(start);
        inlines(inner, next, Around { depth: around.depth + 1, ..around }, out);
    }
}

fn code(text: &str, out: &mut String) {
    if text.is_empty() {
        return;
    }
    // Two runs of backticks would be one.
    if out.ends_with('`') {
        out.push(' ');
    }
    let fence = ticks(text, 1);
    let spaces = text.starts_with(' ') && text.ends_with(' ') && !trim(text).is_empty();
    let gap = if spaces || text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    push(out, &[fence.as_str(), gap, text, gap, fence.as_str()]);
}

fn link(href: &str, content: &[Inline], next: char, around: Around, out: &mut String) {
    if let [Inline::Text(shown)] = content {
        let mail = autolink::mail_address(shown) == Ok(shown.len());
        let shown_as_is = match target(&concat(&[if mail { "mailto:" } else { "" }, shown])) {
            Some(Target::Address(address)) => address == href,
            _ => false,
        };
        let special = |c| c <= ' ' || matches!(c, '<' | '>') || crate::chars::is_bidi(c);
        if shown_as_is && !shown.contains(special) {
            // As people write it, where nothing around can become part of it; else in angle brackets.
            let alone = out.chars().next_back().is_none_or(is_white) && is_white(next);
            let plain = !shown.contains(['&', '\\', '*', '_', '`', '[', ']'])
                && (mail
                    || (autolink::begins_address(shown)
                        && autolink::web_address(shown, false) == Ok(shown.len())));
            match alone && plain {
                true => out.push_str(shown),
                false => push(out, &["<", shown, ">"]),
            }
            return;
        }
    }
    bracketed(content, around, out);
    out.push_str("(<");
    for (at, c) in href.char_indices() {
        if matches!(c, '<' | '>' | '\\') || entity(after(href, at)).is_some() {
            out.push('\\');
        }
        out.push(c);
    }
    out.push_str(">)");
}

fn bracketed(content: &[Inline], around: Around, out: &mut String) {
    // `![` would begin a picture.
    if out.ends_with('!') {
        out.pop();
        out.push_str("\\!");
    }
    out.push('[');
    inlines(content, '*', around, out);
    out.push(']');
}

/// Writes text so that nothing in it means anything. A `name` stands in brackets and begins no line.
fn escape(text: &str, name: bool, around: Around, out: &mut String) {
    let mut starts = !name && (out.is_empty() || out.ends_with('\n'));
    // Whether nothing but digits stands on the line so far: a number of a list.
    let mut counts = starts;
    let mut before = None;
    let mut omits = false;
    for (at, c) in text.char_indices() {
        // Breaks are nodes of their own, and white space before text is nothing.
        let c = if matches!(c, '\n' | '\r') { ' ' } else { c };
        if starts && matches!(c, ' ' | '\t') {
            continue;
        }
        let rest = after(text, at + c.len_utf8());
        let next = rest.chars().next();
        let ends = next.is_none_or(is_white);
        let letter = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
        let means = match c {
            // What stands for words that were left out is no link, unless it looks like one.
            '[' if rest.starts_with("…]") => {
                omits = !matches!(rest.as_bytes().get(4), Some(b'(' | b'[' | b':'));
                !omits
            }
            ']' if core::mem::take(&mut omits) => false,
            '*' | '`' | '[' | ']' => true,
            // Within a word it means nothing.
            '_' => !(letter(before) && letter(next)),
            '~' => before.is_none_or(|c| c == '~') || next.is_none_or(|c| c == '~'),
            '\\' => next.is_none_or(|next| next.is_ascii_punctuation()),
            '<' => letter(next),
            '&' => entity(after(text, at)).is_some(),
            '@' => !ends,
            // Addresses that are no links.
            ':' => rest.starts_with("//"),
            '.' if part(text, at.saturating_sub(3), at).eq_ignore_ascii_case("www") => !ends,
            '#' => starts || around.heading,
            '>' => starts,
            '-' | '+' | '=' => starts && (ends || next == Some(c)),
            '.' | ')' => counts && !starts && ends,
            _ => false,
        };
        if means {
            out.push('\\');
        }
        out.push(c);
        counts = counts && c.is_ascii_digit();
        starts = false;
        before = Some(c);
    }
}
