//! Whether a quote says what its source says.
//!
//! A quote is exact where its own words stand in its source's own words, in order and as whole words, and where
//! what it quotes in turn stands in a quote of the source that names the same reply. Words that the source only
//! quotes are not its author's: quoted as if they were, they are not exact. Markup does not count, and all white
//! space counts as one space. A mark of omission (`[…]` or `[...]`, and an ellipsis at either end) stands for
//! any words.
//!
//! Pure: knows no database. Takes time in proportion to the quote and its source.

use afterword_markup::{Block, Document, Quote, plain_text};

use crate::words::{find_whole, squeezed};

/// Stands where a quote stood among somebody's own words; no text holds it after [`squeezed`] white space.
const QUOTED: char = '\u{1f}';
const OMISSIONS: [&str; 2] = ["[…]", "[...]"];

/// Whether `quote` is exact, seen from its source.
pub(crate) fn is_exact(quote: &Quote, source: &Document) -> bool {
    stands_in(&quote.blocks, &source.blocks)
}

fn stands_in(quote: &[Block], source: &[Block]) -> bool {
    let (said, quoted) = parted(quote);
    let (written, quoted_there) = parted(source);
    let written = squeezed(&written.replace(QUOTED, " "));
    let mut from = 0;
    for piece in pieces(&said) {
        match find_whole(&written, &piece, from) {
            Some(end) => from = end,
            None => return false,
        }
    }
    let mut rest = quoted_there.into_iter();
    quoted.into_iter().all(|quote| {
        rest.by_ref().any(|there| there.source == quote.source && stands_in(&quote.blocks, &there.blocks))
    })
}

/// The runs of words that have to stand in the source, one after the other.
fn pieces(said: &str) -> Vec<String> {
    let mut said = said.to_owned();
    for omission in OMISSIONS {
        said = said.replace(omission, "\u{1f}");
    }
    let runs = said.split(QUOTED).map(squeezed).map(|run| {
        let run = run.strip_prefix('…').or(run.strip_prefix("...")).unwrap_or(&run);
        run.strip_suffix('…').or(run.strip_suffix("...")).unwrap_or(run).trim().to_owned()
    });
    runs.filter(|run| !run.is_empty()).collect()
}

/// Somebody's own words, with a mark where they quote, and what they quote.
fn parted(blocks: &[Block]) -> (String, Vec<&Quote>) {
    let (mut text, mut quotes) = (String::new(), Vec::new());
    part(blocks, &mut text, &mut quotes);
    (text, quotes)
}

fn part<'a>(blocks: &'a [Block], text: &mut String, quotes: &mut Vec<&'a Quote>) {
    for block in blocks {
        text.push('\n');
        match block {
            Block::Quote(quote) => {
                text.push(QUOTED);
                quotes.push(quote);
            }
            Block::List { items, .. } => items.iter().for_each(|item| part(&item.blocks, text, quotes)),
            Block::Paragraph(_) | Block::Heading(..) | Block::Code { .. } | Block::Rule => {
                let own = plain_text(&Document { blocks: vec![block.clone()] });
                text.push_str(&own.replace(QUOTED, " "));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use afterword_contract::Format;
    use afterword_markup::quotes;
    use proptest::prelude::*;

    use super::is_exact;
    use crate::said::parse;

    /// Whether a reply that quotes so quotes a reply with the body `source` exactly.
    fn exact(quoting: &str, source: &str) -> bool {
        let document = parse(quoting, &Format::Markdown, []);
        let source = parse(source, &Format::Markdown, []);
        let found = quotes(&document);
        assert_eq!(found.len(), 1, "{quoting}");
        is_exact(found[0], &source)
    }

    const SOURCE: &str = "I cannot **agree** with `that`.\nIt is [well known](https://example.org).\n\n- one\n- two\n\nBut *why*?";

    #[test]
    fn words_of_the_source_are_exact_whatever_their_markup() {
        for quoted in [
            "> [joe](#reply-6) said:\n> I cannot agree with that.",
            "> [](#reply-6)\n> I cannot **agree** with `that`.   It is\n> well known.",
            "> [joe](#reply-6):\n> agree with",
            "> [joe](#reply-6) said:\n> - one\n> - two\n>\n> But",
            "> [joe](#reply-6) said:\n> I cannot […] But why?",
            "> [joe](#reply-6) said:\n> … It is well [...] known.",
            "> [joe](#reply-6) said:\n> well known…\n\nI see.",
        ] {
            assert!(exact(quoted, SOURCE), "{quoted}");
        }
    }

    #[test]
    fn words_that_are_not_there_are_not_exact() {
        for quoted in [
            "> [joe](#reply-6) said:\n> I can agree with that.",
            "> [joe](#reply-6) said:\n> not agree with that.",
            "> [joe](#reply-6) said:\n> But why? […] I cannot",
            "> [joe](#reply-6) said:\n> i cannot agree",
            "> [joe](#reply-6) said:\n> I cannot agree […] ever.",
            "> [joe](#reply-6) said:\n> > [ann](#reply-2) said:\n> > I cannot agree",
        ] {
            assert!(!exact(quoted, SOURCE), "{quoted}");
        }
    }

    #[test]
    fn a_quote_within_keeps_its_own_attribution() {
        let source = "> [ann](#reply-2) said:\n> The sky is green.\n\nNo, it is blue.";
        let nested =
            "> [joe](#reply-6) said:\n> > [ann](#reply-2) said:\n> > The sky is green.\n>\n> No, it is blue.";
        assert!(exact(nested, source));
        assert!(exact("> [joe](#reply-6) said:\n> No, it is blue.", source));
        assert!(!exact("> [joe](#reply-6) said:\n> The sky is green.", source), "joe never said that");
        assert!(!exact(&nested.replace("green", "red"), source));
        assert!(!exact(&nested.replace("#reply-2", "#reply-3"), source));
    }

    #[test]
    fn scripts_without_spaces_are_cut_anywhere() {
        assert!(exact("> [太郎](#reply-6)\n> 広告です", "これは広告ですね"));
        assert!(!exact("> [太郎](#reply-6)\n> 広告でした", "これは広告ですね"));
    }

    #[test]
    fn many_quotes_take_no_time() {
        let source = "> [](#reply-1)\n> a b c\n\nx\n\n".repeat(2000);
        let quoting = format!("> [](#reply-6)\n{}", "> > [](#reply-1)\n> > a b d\n>\n> x\n>\n".repeat(2000));
        let began = std::time::Instant::now();
        assert!(!exact(&quoting, &source));
        assert!(began.elapsed().as_secs() < 5, "{:?}", began.elapsed());
    }

    proptest! {
        #[test]
        fn a_reply_quoted_whole_is_exact(words in proptest::collection::vec("[a-zäß広]{1,6}", 1..20)) {
            let source = words.join(" ");
            let quoting = format!("> [joe](#reply-6) said:\n> {source}");
            prop_assert!(exact(&quoting, &source));
        }

        #[test]
        fn nothing_breaks_it(quoting in "([a>\\[\\]… .\n-]|#reply-1){0,60}", source in "([a> .\n-]|\u{1f}){0,60}") {
            let document = parse(&quoting, &Format::Markdown, []);
            let source = parse(&source, &Format::Markdown, []);
            for quote in quotes(&document) {
                is_exact(quote, &source);
            }
        }
    }
}
