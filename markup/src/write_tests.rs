//! What is written is read as the tree that it was written from.

use expect_test::{Expect, expect};
use proptest::prelude::*;

use crate::picture::picture;
use crate::robust_tests::{PARTS, depth, letters, names};
use crate::{Block, Document, Inline, Names, parse_markdown, parse_text, plain_text, to_markdown};

fn written(document: &Document) -> String {
    to_markdown(&document.blocks, " said:")
}

/// What is written of `source`.
fn check(source: &str, expected: Expect) {
    let document = parse_markdown(source, &names());
    let markdown = written(&document);
    expected.assert_eq(&(markdown.clone() + "\n"));
    assert_eq!(picture(&parse_markdown(&markdown, &names())), picture(&document), "{markdown}");
}

#[test]
fn running_text_is_written_as_people_write_it() {
    check(
        "Wow! It's *really*, **really** good: a_b, 5 < 6, C:\\dir & co. (see https://x.org and me@x.org)\nNext - line\\\nlast ~5 @a.",
        expect![[r#"
            Wow! It's *really*, **really** good: a_b, 5 < 6, C:\dir & co. (see https://x.org and <me@x.org>)
            Next - line\
            last ~5 @a.
        "#]],
    );
}

#[test]
fn what_would_mean_something_is_escaped() {
    check(
        "\\*a\\* \\`b\\` \\[c\\](https\\://x.org) \\<b> &amp;amp; www\\.x.org \\@a \\~~x~~ me\\@x.org ![\\!](https://x.org)",
        expect![[r#"
            \*a\* \`b\` \[c\](https\://x.org) \<b> \&amp; www\.x.org \@a \~\~x\~\~ me\@x.org [!](<https://x.org>)
        "#]],
    );
    check(
        "\\# a\n\\- b\n\\+ c\n\\> d\n\\=\n1\\. e\n2\\) f\n-5\n\\---",
        expect![[r#"
            \# a
            \- b
            \+ c
            \> d
            \=
            1\. e
            2\) f
            -5
            \---
        "#]],
    );
}

#[test]
fn words_left_out_are_no_link() {
    check(
        "a […] b, \\[…\\](https://x.org) \\[…\\][c]\n\n\\[…\\]: https://x.org\n\n[d \\[…\\](e) f](https://x.org) […\\](g)](https://x.org)",
        expect![[r#"
            a […] b, \[…\](<https://x.org>) \[…\]\[c\]

            \[…\]: https://x.org

            [d \[…\](e) f](<https://x.org>) […\](g)](<https://x.org>)
        "#]],
    );
}

#[test]
fn mentions_links_and_code_keep_their_form() {
    check(
        "@avon b7, @\"a\"x [b *c*](https://x.org/a_b(c)) !\\[ !<https://x.org>x [](#reply-4) [d](#reply-5) `` a`b `` `` ` `` `c`",
        expect![[r#"
            @"avon b7", @"a"x [b *c*](<https://x.org/a_b(c)>) !\[ !<https://x.org>x [](#reply-4) [d](#reply-5) ``a`b`` `` ` `` `c`
        "#]],
    );
}

#[test]
fn marks_stand_in_marks() {
    check(
        "***a*** **_b_** *__c__* **d *e*** *f **g*** x*h*y *i*_j_ ~~k~~",
        expect![[r#"
            *__a__* **_b_** *__c__* **d _e_** *f __g__* x*h*y *i*_j_ ~~k~~
        "#]],
    );
}

#[test]
fn blocks_keep_their_form() {
    check(
        "# a #\n\n- b\n- c\n  1. d\n\n+ e\n\n  f\n+ g\n\n```rust\n``\n```\n\n    code\n\n***\n\n> h\n\n> i\n",
        expect![[r#"
            # a

            - b
            - c
              1. d

            + e

              f

            + g

            ```rust
            ``
            ```

            ```
            code
            ```

            ***

            > h

            > i
        "#]],
    );
}

#[test]
fn quotes_keep_their_attribution() {
    check(
        "> [a \\[b\\]](#reply-6) said:\n> > [](#reply-4) wrote:\n> > Inner.\n>\n> Outer.\n\n> @\"avon b7\" said:\n> x\n\n> [c](#reply-3) said:\n> - d",
        expect![[r#"
            > [a \[b\]](#reply-6) said:
            >
            > > [](#reply-4) said:
            > > Inner.
            >
            > Outer.

            > @"avon b7":
            > x

            > [c](#reply-3) said:
            >
            > - d
        "#]],
    );
}

#[test]
fn what_markdown_cannot_mark_is_written_without_its_marks() {
    let strong = |text: &str| Inline::Strong(vec![Inline::Text(text.to_owned())]);
    let text = |text: &str| Inline::Text(text.to_owned());
    let blocks = [
        Block::Paragraph(vec![strong("「太郎」"), text("は")]),
        Block::Paragraph(vec![strong("a "), text("b"), Inline::HardBreak]),
        Block::Paragraph(vec![text("a"), Inline::HardBreak, Inline::HardBreak]),
    ];
    assert_eq!(to_markdown(&blocks, ""), "「太郎」は\n\na b\n\na");
}

/// Evens out what `GRAMMAR.md` says is lost: white space at the ends of lines, how far items stand apart, breaks in
/// headings, tabs in code.
fn normal(blocks: &mut [Block]) {
    for block in blocks {
        match block {
            Block::Paragraph(content) => normal_inlines(content),
            Block::Heading(_, content) => {
                let mut text = String::new();
                crate::excerpt::inline_text(content, &mut text);
                *content = vec![Inline::Text(crate::names::squeeze(&text))];
            }
            Block::Code { text, .. } => *text = text.replace('\t', " "),
            Block::List { items, .. } => {
                for item in items {
                    item.tight = true;
                    normal(&mut item.blocks);
                }
            }
            Block::Quote(quote) => normal(&mut quote.blocks),
            Block::Rule => {}
        }
    }
}

fn normal_inlines(nodes: &mut Vec<Inline>) {
    let mut flat = Vec::new();
    flatten(core::mem::take(nodes), 0, &mut flat);
    *nodes = flat;
    squeeze_texts(nodes);
}

fn squeeze_texts(nodes: &mut [Inline]) {
    for node in nodes {
        match node {
            Inline::Text(text) => *text = crate::names::squeeze(text),
            Inline::Emphasis(inner) | Inline::Strong(inner) | Inline::Strike(inner) => squeeze_texts(inner),
            Inline::Link { content, .. } | Inline::ReplyLink { content, .. } => squeeze_texts(content),
            _ => {}
        }
    }
}

/// The nodes without marks in two other marks, which are not written.
fn flatten(nodes: Vec<Inline>, depth: usize, flat: &mut Vec<Inline>) {
    for node in nodes {
        let within = |inner, depth| {
            let mut nodes = Vec::new();
            flatten(inner, depth, &mut nodes);
            nodes
        };
        let node = match node {
            Inline::Emphasis(inner) | Inline::Strong(inner) | Inline::Strike(inner) if depth > 1 => {
                flatten(inner, depth, flat);
                continue;
            }
            Inline::Emphasis(inner) => Inline::Emphasis(within(inner, depth + 1)),
            Inline::Strong(inner) => Inline::Strong(within(inner, depth + 1)),
            Inline::Strike(inner) => Inline::Strike(within(inner, depth + 1)),
            Inline::Link { href, content } => Inline::Link { href, content: within(content, depth) },
            Inline::ReplyLink { number, content } => {
                Inline::ReplyLink { number, content: within(content, depth) }
            }
            other => other,
        };
        match (flat.last_mut(), node) {
            (Some(Inline::Text(before)), Inline::Text(text)) => before.push_str(&text),
            (_, node) => flat.push(node),
        }
    }
}

fn same(document: &Document, names: &Names) -> Result<(), TestCaseError> {
    let markdown = written(document);
    let (mut again, mut document) = (parse_markdown(&markdown, names), document.clone());
    normal(&mut again.blocks);
    normal(&mut document.blocks);
    prop_assert_eq!(picture(&again), picture(&document), "{}", markdown);
    Ok(())
}

proptest! {
    #![proptest_config(crate::property::config(1_000))]

    #[test]
    fn generated_documents_are_read_as_they_were_written(source in crate::oracle_tests::document()) {
        // Only a reference lets marks stand around punctuation within a word, and none are written.
        let source = source.replace("&#65;", "A").replace("&copy;", "c");
        same(&parse_markdown(&source, &names()), &names())?;
    }

    #[test]
    fn plain_text_is_read_as_it_was_written(source in "[-a-z*_~`\\[\\]()<>&#@:.!\\\\+=1 \n]{0,40}") {
        same(&parse_text(&source, &names()), &names())?;
    }

    #[test]
    fn no_letter_is_lost_in_writing(parts in prop::collection::vec(prop::sample::select(PARTS.to_vec()), 0..60)) {
        let document = parse_markdown(&parts.concat(), &names());
        let again = parse_markdown(&written(&document), &names());
        depth(&again);
        prop_assert_eq!(letters(&plain_text(&again)), letters(&plain_text(&document)), "{:?}", written(&document));
    }
}
