//! The Markdown of a quote: whose words, in which reply, then the words.
//!
//! What is quoted arrives as a tree; knows no reply, no selection and no sentence.

use afterword_markup::{Block, Inline, Item, Quote, to_markdown};

/// So many quotes stand in each other, this one counted; deeper ones are folded.
const DEEPEST: usize = 2;

/// Stands for a quote that is folded.
const FOLDED: &str = "[…]";

/// A quote of reply `number` by `author`, with a blank line behind it. `said` follows the author's name: ` said:`.
pub fn quote_source(number: u32, author: Option<&str>, blocks: &[Block], said: &str) -> String {
    let (blocks, _) = folded(blocks, 1);
    let quote = Quote { source: Some(number), author: author.map(str::to_owned), blocks };
    to_markdown(&[Block::Quote(quote)], said) + "\n\n"
}

/// The same of a whole reply in Markdown, whose `source` is `blocks`: quoted line by line as it was written, unless
/// it quotes too deep.
pub fn quote_lines(number: u32, author: Option<&str>, blocks: &[Block], source: &str, said: &str) -> String {
    if folded(blocks, 1).1 {
        return quote_source(number, author, blocks, said);
    }
    let mut text = quote_source(number, author, &[], said).trim_end().to_owned();
    let source = source.trim_end().trim_start_matches(['\n', '\r']);
    // Only running text can follow in the next line; a definition of a link could not.
    if !matches!(blocks.first(), Some(Block::Paragraph(_))) || source.starts_with('[') {
        text.push_str("\n>");
    }
    for line in source.lines() {
        text.push_str(if line.is_empty() { "\n>" } else { "\n> " });
        text.push_str(line);
    }
    text + "\n\n"
}

/// The blocks with quotes folded that stand in `depth` others and are too deep, and whether there are any.
fn folded(blocks: &[Block], depth: usize) -> (Vec<Block>, bool) {
    let (mut kept, mut any) = (Vec::new(), false);
    for block in blocks {
        let mut within = |blocks: &[Block], depth| {
            let (blocks, folds) = folded(blocks, depth);
            any |= folds;
            blocks
        };
        kept.push(match block {
            Block::Quote(_) if depth >= DEEPEST => {
                any = true;
                Block::Paragraph(vec![Inline::Text(FOLDED.to_owned())])
            }
            Block::Quote(quote) => {
                Block::Quote(Quote { blocks: within(&quote.blocks, depth + 1), ..quote.clone() })
            }
            Block::List { start, items } => {
                let mut kept = Vec::new();
                for item in items {
                    kept.push(Item { tight: item.tight, blocks: within(&item.blocks, depth) });
                }
                Block::List { start: *start, items: kept }
            }
            other => other.clone(),
        });
    }
    (kept, any)
}

#[cfg(test)]
mod tests {
    use afterword_markup::{Names, parse_html, parse_markdown};
    use expect_test::{Expect, expect};

    use super::*;

    fn check(author: Option<&str>, source: &str, expected: Expect) {
        let blocks = parse_markdown(source, &Names::default()).blocks;
        let quoted = quote_lines(6, author, &blocks, source, " said:");
        expected.assert_eq(&quoted);
        let again = parse_markdown(&quoted, &Names::default());
        let [Block::Quote(quote)] = again.blocks.as_slice() else { panic!("no quote alone: {quoted}") };
        assert_eq!((quote.source, quote.author.as_deref()), (Some(6), author), "{quoted}");
        assert_eq!(quote.blocks, folded(&blocks, 1).0, "{quoted}");
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
        check(
            Some("a"),
            "[b]: https://x.org\n\n[b]",
            expect!["> [a](#reply-6) said:\n>\n> [b]: https://x.org\n>\n> [b]\n\n"],
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
            quote_source(4, Some("a"), &blocks, " said:"),
            "> [a](#reply-4) said:\n> 1 \\* 2 **is**\\\n> two\n>\n> 3. x\n\n"
        );
    }
}
