//! The Markdown of a quote: whose words, in which reply, then the words.
//!
//! What is quoted arrives as a tree; knows no reply, no selection and no sentence.

use afterword_markup::{Block, Inline, Quote, quote_lines, to_markdown};

use super::{trim, trim_end, trim_start};

/// So many quotes stand in each other, this one counted; deeper ones are folded.
const DEEPEST: usize = 2;

/// Stands for a quote that is folded.
const FOLDED: &str = "[…]";

/// A quote of `blocks` in reply `number` by `author`, with a blank line behind it. `said` follows the author's name:
/// ` said:`. Of a whole reply in Markdown the `source` is quoted as it was written, unless it quotes too deep or may define
/// links.
pub fn quote_source(
    number: u32,
    author: Option<&str>,
    mut blocks: Vec<Block>,
    source: Option<&str>,
    said: &str,
) -> String {
    let folds = fold(&mut blocks, 1);
    let mut quote = Quote { source: Some(number), author: author.map(str::to_owned), blocks };
    // Definitions of links would be those of the whole new reply.
    let source = source.filter(|source| !folds && !source.as_bytes().windows(2).any(|pair| pair == b"]:"));
    // Only running text can follow in the next line; above `==` or `--` the line would be a heading.
    let follows = matches!(quote.blocks.first(), Some(Block::Paragraph(_)));
    if source.is_some() {
        quote.blocks.clear();
    }
    let mut text = to_markdown(&[Block::Quote(quote)], said);
    if let Some(source) = source {
        let source = trim_start(trim_end(source, char::is_whitespace), |c| matches!(c, '\n' | '\r'));
        let underlines = matches!(trim(source).as_bytes().first(), Some(b'=' | b'-'));
        let gap = if follows && !underlines { "\n" } else { "\n>\n" };
        text.push_str(gap);
        text.push_str(&quote_lines(source));
    }
    text.push_str("\n\n");
    text
}

/// Folds quotes that stand in `depth` others and are too deep; answers whether there are any.
fn fold(blocks: &mut [Block], depth: usize) -> bool {
    let mut any = false;
    for block in blocks {
        any |= match block {
            Block::Quote(_) if depth >= DEEPEST => {
                *block = Block::Paragraph(vec![Inline::Text(FOLDED.to_owned())]);
                true
            }
            Block::Quote(quote) => fold(&mut quote.blocks, depth + 1),
            Block::List { items, .. } => {
                let mut any = false;
                for item in items {
                    any |= fold(&mut item.blocks, depth);
                }
                any
            }
            _ => false,
        };
    }
    any
}

#[cfg(test)]
mod tests {
    use afterword_markup::{Names, parse_html, parse_markdown};
    use expect_test::{Expect, expect};

    use super::*;

    fn check(author: Option<&str>, source: &str, expected: Expect) {
        let mut blocks = parse_markdown(source, &Names::default()).blocks;
        let quoted = quote_source(6, author, blocks.clone(), Some(source), " said:");
        expected.assert_eq(&quoted);
        let again = parse_markdown(&quoted, &Names::default());
        let [Block::Quote(quote)] = again.blocks.as_slice() else { panic!("no quote alone: {quoted}") };
        assert_eq!((quote.source, quote.author.as_deref()), (Some(6), author), "{quoted}");
        fold(&mut blocks, 1);
        assert_eq!(quote.blocks, blocks, "{quoted}");
    }

    #[test]
    fn a_reply_is_quoted_as_it_was_written() {
        check(
            Some("sacto joe"),
            "Wow! *Really*?\n\n- a\n- b\n",
            expect![[r#"
                > [sacto joe](#reply-6) said:
                > Wow! *Really*?
                >
                > - a
                > - b

            "#]],
        );
    }

    #[test]
    fn an_author_may_be_unknown_or_have_a_name_that_means_something() {
        check(None, "Wow!", expect!["> [](#reply-6) said:\n> Wow!\n\n"]);
        check(Some("_[x]*"), "Wow!", expect!["> [\\_\\[x\\]\\*](#reply-6) said:\n> Wow!\n\n"]);
    }

    #[test]
    fn what_cannot_follow_in_the_next_line_has_one_of_its_own() {
        check(Some("a"), "---\nx", expect!["> [a](#reply-6) said:\n>\n> ---\n> x\n\n"]);
        check(Some("a"), "3. x", expect!["> [a](#reply-6) said:\n>\n> 3. x\n\n"]);
        check(Some("a"), "\n    x", expect!["> [a](#reply-6) said:\n>\n>     x\n\n"]);
        check(Some("a"), "===\nx", expect!["> [a](#reply-6) said:\n>\n> ===\n> x\n\n"]);
        check(Some("a"), "--\nx", expect!["> [a](#reply-6) said:\n>\n> --\n> x\n\n"]);
        check(Some("a"), "  =\nx", expect!["> [a](#reply-6) said:\n>\n>   =\n> x\n\n"]);
    }

    /// A quote once brought its own `[1]` along, and the links of whoever quoted led there.
    #[test]
    fn definitions_of_links_stay_behind() {
        check(
            Some("a"),
            "See [1].\n\n[1]: https://theirs.org",
            expect!["> [a](#reply-6) said:\n> See [1](<https://theirs.org>).\n\n"],
        );
        check(
            Some("a"),
            "[b]: https://x.org\n\n[b]",
            expect!["> [a](#reply-6) said:\n> [b](<https://x.org>)\n\n"],
        );
    }

    #[test]
    fn a_link_may_follow_in_the_next_line() {
        check(
            Some("a"),
            "[b](https://x.org) c",
            expect!["> [a](#reply-6) said:\n> [b](https://x.org) c\n\n"],
        );
    }

    #[test]
    fn a_fence_left_open_ends_with_the_quote() {
        check(Some("a"), "x\n```\ncode", expect!["> [a](#reply-6) said:\n> x\n> ```\n> code\n\n"]);
    }

    #[test]
    fn quotes_in_a_quoted_quote_are_folded() {
        check(
            Some("c"),
            "> [b](#reply-2) said:\n> > [a](#reply-1) said:\n> > Deep.\n>\n> Outer.\n\nYes.",
            expect![[r#"
                > [c](#reply-6) said:
                >
                > > [b](#reply-2) said:
                > > […]
                > >
                > > Outer.
                >
                > Yes.

            "#]],
        );
        check(
            Some("c"),
            "> [b](#reply-2) said:\n> Outer.\n\nYes.",
            expect!["> [c](#reply-6) said:\n>\n> > [b](#reply-2) said:\n> > Outer.\n>\n> Yes.\n\n"],
        );
    }

    #[test]
    fn html_is_quoted_in_markdown() {
        let blocks =
            parse_html("<p>1 * 2 <b>is</b><br>two</p><ol start=3><li>x</ol>", &Names::default()).blocks;
        assert_eq!(
            quote_source(4, Some("a"), blocks, None, " said:"),
            "> [a](#reply-4) said:\n> 1 \\* 2 **is**\\\n> two\n>\n> 3. x\n\n"
        );
    }
}
