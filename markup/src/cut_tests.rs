//! What a selection becomes.

use expect_test::{Expect, expect};
use proptest::prelude::*;

use crate::robust_tests::{PARTS, depth, letters, names};
use crate::{Block, Document, cut, parse_markdown, plain_text, to_markdown};

/// The Markdown of what is selected: from the first `⟨` to the last `⟩` of `source`.
fn check(source: &str, expected: Expect) {
    let blocks = parse_markdown(&source.replace(['⟨', '⟩'], ""), &names()).blocks;
    let marked = parse_markdown(source, &names()).blocks;
    let drawn = drawn(&marked).replace('\u{1}', "");
    let units = |text: &str| text.encode_utf16().count();
    let from = units(&drawn[..drawn.find('⟨').unwrap()]);
    let to = units(&drawn[..drawn.rfind('⟩').unwrap()]) - 1;
    expected.assert_eq(&(to_markdown(&cut(blocks, from, to), " said:") + "\n"));
}

/// The text as a browser draws it: blocks and hard breaks add nothing.
fn drawn(blocks: &[Block]) -> String {
    fn inlines(content: &[crate::Inline]) -> String {
        content
            .iter()
            .map(|node| match node {
                crate::Inline::HardBreak => String::new(),
                other => {
                    let mut text = String::new();
                    match other {
                        crate::Inline::Emphasis(inner)
                        | crate::Inline::Strong(inner)
                        | crate::Inline::Strike(inner)
                        | crate::Inline::Link { content: inner, .. }
                        | crate::Inline::ReplyLink { content: inner, .. } => text = inlines(inner),
                        leaf => crate::excerpt::inline_text(std::slice::from_ref(leaf), &mut text),
                    }
                    text
                }
            })
            .collect()
    }
    blocks
        .iter()
        .map(|block| match block {
            Block::Paragraph(content) | Block::Heading(_, content) => inlines(content),
            Block::Code { text, .. } => text.clone(),
            Block::List { items, .. } => items.iter().map(|item| drawn(&item.blocks)).collect(),
            Block::Quote(quote) => drawn(&quote.blocks),
            Block::Rule => String::new(),
        })
        .collect()
}

#[test]
fn whole_words_are_cut_out_and_omissions_are_marked() {
    check("One two th⟨ree four f⟩ive six.", expect!["…three four five…\n"]);
    check("⟨One two⟩ three.", expect!["One two…\n"]);
    check("One two⟨ three.⟩", expect!["…three.\n"]);
    check("⟨One two three.⟩", expect!["One two three.\n"]);
    check("It's d⟨o⟩n't.", expect!["…don…\n"]);
}

#[test]
fn marks_links_and_code_keep_their_form() {
    check("a *b **c⟨d e⟩ f** g* h", expect!["…*__cd e__*…\n"]);
    check("a [b c⟨d⟩](https://x.org) `e f`", expect!["…[cd](<https://x.org>)…\n"]);
    check("a [b c⟨d](https://x.org) `e ⟩f`", expect!["…[cd](<https://x.org>) `e`…\n"]);
}

#[test]
fn a_person_is_quoted_whole() {
    check("Hi @avon b7 and⟨ @a, bye⟩", expect!["…@a, bye\n"]);
    let blocks = parse_markdown("@avon b7 wrote this", &names()).blocks;
    assert_eq!(to_markdown(&cut(blocks, 7, 10), ""), "@\"avon b7\" wrote…");
}

#[test]
fn paragraphs_end_words() {
    check("a one⟨\n\ntwo⟩ b", expect!["two…\n"]);
    check("a one\\\nt⟨wo\\\nthree⟩ b\n\nc", expect!["…two\\\nthree…\n"]);
    check("a o⟨ne\n\ntwo\n\n***\n\nth⟩ree b", expect!["…one\n\ntwo\n\n***\n\nthree…\n"]);
}

#[test]
fn lists_quotes_and_code_keep_their_form() {
    check("3. a\n4. b ⟨c\n5. d⟩ e", expect!["4. …c\n5. d…\n"]);
    check(
        "> [avon b7](#reply-4) said:\n> Not ⟨this.\n\nYes⟩ it is.",
        expect![[r#"
            > [avon b7](#reply-4) said:
            > …this.

            Yes…
        "#]],
    );
    check(
        "```rust\na\nb ⟨c\nd⟩ e\nf\n```",
        expect![[r#"
            ```rust
            b c
            d e
            ```
        "#]],
    );
}

#[test]
fn scripts_without_spaces_and_right_to_left_are_cut_as_selected() {
    check("今日は⟨良い天気⟩です。", expect!["…良い天気…\n"]);
    check("שלום ע⟨ולם ט⟩וב מאוד", expect!["…עולם טוב…\n"]);
    check("👍🏽 ⟨👍🏽 e⟩\u{301}a 😀", expect!["…👍🏽 e\u{301}a…\n"]);
}

#[test]
fn a_place_within_a_character_is_outside_of_it() {
    let blocks = parse_markdown("😀😀😀", &names()).blocks;
    assert_eq!(to_markdown(&cut(blocks.clone(), 3, 3), ""), "");
    assert_eq!(to_markdown(&cut(blocks, 3, 5), ""), "…😀😀");
}

proptest! {
    #![proptest_config(crate::property::config(2_000))]

    #[test]
    fn any_part_of_any_text_is_of_that_text(
        parts in prop::collection::vec(prop::sample::select(PARTS.to_vec()), 0..60), from in 0..60_usize, length in 0..60_usize,
    ) {
        let document = parse_markdown(&parts.concat(), &names());
        let kept = Document { blocks: cut(document.blocks.clone(), from, from + length) };
        depth(&kept);
        let (all, some) = (letters(&plain_text(&document)), letters(&plain_text(&kept)));
        prop_assert!(some.is_empty() || all.windows(some.len()).any(|window| window == some));
    }

    #[test]
    fn all_of_a_text_is_that_text(source in crate::oracle_tests::document()) {
        let document = parse_markdown(&source, &names());
        let kept = Document { blocks: cut(document.blocks.clone(), 0, usize::MAX) };
        prop_assert_eq!(letters(&plain_text(&kept)), letters(&plain_text(&document)));
    }
}
