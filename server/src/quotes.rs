//! Whether a quote says what its source says.
//!
//! A quote is exact where its own words stand in its source's own words, in order and as whole words, and where
//! what it quotes in turn stands in a quote of the source that names the same reply. Words that the source only
//! quotes are not its author's: quoted as if they were, they are not exact. Markup does not count, nor do the
//! quotation marks of a mention (`@"name"`), and all white space counts as one space. An ellipsis or another mark of
//! omission (`…`, `[…]`, `[...]`, and `...` at either end) stands for any words.
//!
//! Pure: knows no database. Takes time in proportion to the quote and its source.

use afterword_markup::{Block, Inline, Quote};

use crate::words::{find_whole, squeezed};

/// Stands where a quote stood among somebody's own words; no text holds it once it was read.
const QUOTED: char = '\u{1f}';
/// The longer ones first.
const OMISSIONS: [&str; 3] = ["[…]", "[...]", "…"];

/// Whether `quote` is exact, seen from its source.
pub(crate) fn is_exact(quote: &Quote, source: &Speech) -> bool {
    Speech::of(&quote.blocks).stands_in(source)
}

/// What somebody says, ready to be compared any number of times.
pub(crate) struct Speech {
    /// Their own words, as they are written and with all names out of their quotation marks.
    own: [Words; 2],
    /// What they quote, each with its source.
    quoted: Vec<(Option<u32>, Speech)>,
}

impl Speech {
    /// What is said in `blocks`.
    pub(crate) fn of(blocks: &[Block]) -> Self {
        let (mut text, mut quoted) = (String::new(), Vec::new());
        read(blocks, &mut text, &mut quoted);
        Self { own: [Words::of(&text), Words::of(&bare_names(&text))], quoted }
    }

    /// Each quote of the source is looked at once at most, so none is compared with all of them.
    fn stands_in(&self, source: &Self) -> bool {
        let mut rest = source.quoted.iter();
        let found = |(number, quote): &(Option<u32>, Self)| {
            rest.by_ref().any(|(there, said)| there == number && quote.stands_in(said))
        };
        self.own.iter().zip(&source.own).any(|(own, source)| own.stand_in(source))
            && self.quoted.iter().all(found)
    }
}

/// Somebody's own words.
struct Words {
    /// All of them, as if they quoted nobody: where others' words are looked for.
    all: String,
    /// The runs of words that have to stand in the source, one after the other.
    runs: Vec<String>,
}

impl Words {
    /// The words of `text`, in which a mark stands for each quote.
    fn of(text: &str) -> Self {
        let mut said = text.to_owned();
        for omission in OMISSIONS {
            said = said.replace(omission, "\u{1f}");
        }
        let runs = said.split(QUOTED).map(squeezed).map(|run| {
            let run = run.strip_prefix("...").unwrap_or(&run);
            run.strip_suffix("...").unwrap_or(run).trim().to_owned()
        });
        let runs = runs.filter(|run| !run.is_empty()).collect();
        // Words before a quote and words behind it are not said in one breath.
        Self { all: squeezed(text), runs }
    }

    fn stand_in(&self, source: &Self) -> bool {
        let mut from = 0;
        self.runs.iter().all(|run| match find_whole(&source.all, run, from) {
            Some(end) => {
                from = end;
                true
            }
            None => false,
        })
    }
}

/// Reads somebody's own words, with a mark where they quote, and what they quote.
fn read(blocks: &[Block], text: &mut String, quoted: &mut Vec<(Option<u32>, Speech)>) {
    for block in blocks {
        text.push('\n');
        match block {
            Block::Quote(quote) => {
                text.push(QUOTED);
                quoted.push((quote.source, Speech::of(&quote.blocks)));
            }
            Block::List { items, .. } => items.iter().for_each(|item| read(&item.blocks, text, quoted)),
            Block::Paragraph(content) | Block::Heading(_, content) => read_line(content, text),
            Block::Code { text: code, .. } => push(code, text),
            Block::Rule => {}
        }
    }
}

fn read_line(content: &[Inline], text: &mut String) {
    for inline in content {
        match inline {
            Inline::Text(part) | Inline::Code(part) => push(part, text),
            Inline::SoftBreak | Inline::HardBreak => text.push('\n'),
            Inline::Emphasis(inner) | Inline::Strong(inner) | Inline::Strike(inner) => read_line(inner, text),
            Inline::Link { content, .. } | Inline::ReplyLink { content, .. } => read_line(content, text),
            Inline::Mention { name, .. } => {
                text.push('@');
                push(name, text);
            }
        }
    }
}

fn push(part: &str, text: &mut String) {
    #[cfg(test)]
    READ.set(READ.get() + part.len());
    text.push_str(&part.replace(QUOTED, " "));
}

/// `text` with each `@"name"` as `@name`: the same name, for whoever reads it. A quote is written with marks around a
/// name with spaces, whether its source has them or not, and who bears it need not be known here.
fn bare_names(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once("@\"") {
        out.push_str(before);
        out.push('@');
        rest = match behind.split_once('"').filter(|(name, _)| !name.contains(['\n', QUOTED])) {
            Some((name, behind)) => {
                out.push_str(name);
                behind
            }
            None => {
                out.push('"');
                behind
            }
        };
    }
    out + rest
}

#[cfg(test)]
thread_local! {
    /// How many bytes of text were read: how the promise of time in proportion is checked without a clock.
    static READ: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

#[cfg(test)]
mod tests {
    use afterword_contract::Format;
    use afterword_markup::quotes;
    use proptest::prelude::*;

    use super::{READ, Speech, is_exact};
    use crate::said::parse;

    /// How much text `work` read, in bytes, and what it answers.
    fn counted<T>(work: impl FnOnce() -> T) -> (usize, T) {
        READ.set(0);
        let answer = work();
        (READ.get(), answer)
    }

    /// Whether a reply that quotes so quotes a reply with the body `source` exactly.
    fn exact(quoting: &str, source: &str) -> bool {
        let document = parse(quoting, &Format::Markdown, []);
        let source = parse(source, &Format::Markdown, []);
        let found = quotes(&document);
        assert_eq!(found.len(), 1, "{quoting}");
        is_exact(found[0], &Speech::of(&source.blocks))
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
    fn words_around_a_quote_were_not_said_in_one_breath() {
        let source = "She told me:\n\n> [ann](#reply-2) said:\n> I love dogs.\n\nI hate dogs.";
        assert!(!exact("> [joe](#reply-6) said:\n> She told me: I hate dogs.", source));
        assert!(exact("> [joe](#reply-6) said:\n> She told me: […] I hate dogs.", source));
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
    fn an_ellipsis_stands_for_words_left_out() {
        for quoted in [
            "> [](#reply-6)\n> I cannot … with that … But why?",
            "> [](#reply-6)\n> …agree… well known…",
            "> [](#reply-6)\n> …",
        ] {
            assert!(exact(quoted, SOURCE), "{quoted}");
        }
        for quoted in [
            "> [](#reply-6)\n> But why … I cannot",
            "> [](#reply-6)\n> I can… agree",
            "> [](#reply-6)\n> I cannot…ree",
        ] {
            assert!(!exact(quoted, SOURCE), "{quoted}");
        }
        for source in ["Well… I see […] it.", "Well ... I […] see… it"] {
            assert!(exact(&format!("> [](#reply-6)\n> {source}"), source), "{source}");
        }
        assert!(exact("> [](#reply-6)\n> Well… see", "Well… I see it."));
    }

    #[test]
    fn a_name_is_the_same_with_its_quotation_marks() {
        assert!(exact("> [](#reply-6)\n> Ask @\"avon b7\" or @joe", "Ask @avon b7 or @\"joe\"."));
        assert!(exact("> [](#reply-6)\n> Ask @avon-b7", "Ask @\"avon-b7\"."));
        assert!(exact("> [](#reply-6)\n> is a sign, \"at\"", "\"@\" is a sign, \"at\"."));
        assert!(!exact("> [](#reply-6)\n> Ask @\"avon b8\"", "Ask @avon b7."));
        assert!(!exact("> [](#reply-6)\n> Ask \"joe\"", "Ask joe."));
    }

    #[test]
    fn a_korean_word_is_the_same_whatever_is_behind_it() {
        assert!(exact("> [](#reply-6)\n> 광고…", "광고입니다"));
    }

    /// However many quotes there are, on one side or on both, each text is read once.
    #[test]
    fn many_quotes_are_read_once() {
        let quoted = "> > [](#reply-1)\n> > a b d\n>\n> x\n>\n";
        for (source, quoting) in [
            ("> [](#reply-1)\n> a b c\n\nx\n\n".repeat(200), quoted.repeat(200)),
            (
                "> [](#reply-1)\n> a\n\nx\n\n".repeat(200),
                format!("> > [](#reply-1)\n> > {}\n", "*a* ".repeat(2000)),
            ),
        ] {
            let quoting = format!("> [](#reply-6)\n{quoting}");
            let (read, is_exact) = counted(|| exact(&quoting, &source));
            assert!(!is_exact);
            assert!(read <= quoting.len() + source.len(), "{read} of {} and {}", quoting.len(), source.len());
        }
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
            let source = Speech::of(&parse(&source, &Format::Markdown, []).blocks);
            for quote in quotes(&document) {
                is_exact(quote, &source);
            }
        }
    }
}
