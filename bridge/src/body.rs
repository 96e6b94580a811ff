//! HTML bodies of another system, made readable here: addresses in full, its pictures of emoji as characters,
//! links to its replies as links to replies, and nothing that nobody will draw.
//!
//! Tokens in, text out, without a tree: what is not well-formed stays so, and the widget's allow-list, through
//! which all of it goes, reads it as browsers do. This is no sanitizer.

use std::cell::RefCell;

use html5ever::tendril::Tendril;
use html5ever::tokenizer::{BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer};

use crate::emoji;
use crate::people::picture;

/// How one system's bodies are read.
pub(crate) struct Rules<'a> {
    /// An address as it stands in a body, in full; nothing where it leads nowhere on the web.
    pub(crate) absolute: &'a dyn Fn(&str) -> Option<String>,
    /// The number of the reply to which an address leads.
    pub(crate) reply: &'a dyn Fn(&str) -> Option<u32>,
    /// What is done with an element that only this system writes.
    pub(crate) element: &'a dyn Fn(&Element<'_>) -> Act,
}

/// An element that begins.
pub(crate) struct Element<'a>(&'a Tag);

/// What is done with an element.
pub(crate) enum Act {
    /// What is done with any.
    AsOthers,
    /// It goes, with all that is in it.
    Drop,
    /// This stands there, in place of it and all that is in it.
    Instead(String),
    /// It stays, without this attribute.
    Without(&'static str),
}

impl Element<'_> {
    pub(crate) fn name(&self) -> &str {
        &self.0.name
    }

    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        self.0
            .attrs
            .iter()
            .find(|attribute| &*attribute.name.local == name)
            .map(|attribute| &*attribute.value)
    }

    pub(crate) fn has_class(&self, class: &str) -> bool {
        self.attribute("class")
            .is_some_and(|classes| classes.split_ascii_whitespace().any(|word| word == class))
    }
}

/// Nothing of these is ever drawn.
const DROPPED: [&str; 11] = [
    "script", "style", "template", "svg", "math", "noscript", "object", "title", "textarea", "select",
    "canvas",
];
/// These hold something that is drawn, and are not drawn themselves.
const OPENED: [&str; 6] = ["video", "audio", "picture", "html", "head", "body"];
/// Elements that have no end.
const VOID: [&str; 14] = [
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track",
    "wbr",
];
/// Attributes that mean something to the widget, beside `class`, `href` and `src`. `cite` is none of them: what is
/// quoted here is not for people to say who write there.
const ATTRIBUTES: [&str; 6] = ["alt", "data-post", "data-userid", "data-username", "rel", "start"];
/// Classes that mean something to the widget.
const CLASSES: [&str; 8] =
    ["quote", "title", "mention", "atMention", "Quote", "UserQuote", "QuoteAuthor", "QuoteText"];

/// So many bytes are read at once.
const PIECE: usize = 16 << 10;
/// The longest tag, in bytes: each of its attributes is compared with all before it.
const LONGEST_TAG: usize = 128 << 10;

/// `html` as the widget reads it, up to a tag that does not end. Takes time in proportion to its length.
pub(crate) fn rewritten(html: &str, rules: &Rules<'_>) -> String {
    let sink = Writer { rules, state: RefCell::default() };
    let tokenizer = Tokenizer::new(sink, Default::default());
    let input = BufferQueue::default();
    let (mut read, mut silent) = (0, 0);
    for piece in pieces(html) {
        input.push_back(Tendril::from_slice(piece));
        // Nothing runs: where a script ends the tokenizer stops, and is told to go on.
        while !input.is_empty() {
            let _ = tokenizer.feed(&input);
        }
        let before = std::mem::replace(&mut read, tokenizer.sink.state.borrow().tokens);
        silent = if read == before { silent + piece.len() } else { 0 };
        if silent > LONGEST_TAG {
            break;
        }
    }
    tokenizer.end();
    tokenizer.sink.state.into_inner().out.trim().to_owned()
}

fn pieces(mut text: &str) -> impl Iterator<Item = &str> {
    std::iter::from_fn(move || {
        let (piece, rest) = text.split_at(text.floor_char_boundary(PIECE));
        text = rest;
        (!piece.is_empty()).then_some(piece)
    })
}

/// `text` as it stands in HTML.
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    escape(text, &mut out);
    out
}

fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c => out.push(c),
        }
    }
}

/// A link that shows its address, on a line of its own.
fn link(address: &str) -> String {
    let address = escaped(address);
    format!("<p><a href=\"{address}\">{address}</a></p>")
}

struct Writer<'a> {
    rules: &'a Rules<'a>,
    state: RefCell<State>,
}

#[derive(Default)]
struct State {
    out: String,
    /// How many tokens came.
    tokens: usize,
    /// The element that goes, and how many of its name are open in it.
    skipped: Option<(String, usize)>,
}

impl TokenSink for Writer<'_> {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let mut state = self.state.borrow_mut();
        state.tokens += 1;
        match token {
            Token::TagToken(tag) if tag.kind == TagKind::StartTag => self.begin(&mut state, &tag),
            Token::TagToken(tag) => end(&mut state, &tag.name),
            Token::CharacterTokens(text) if state.skipped.is_none() => escape(&text, &mut state.out),
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

impl Writer<'_> {
    fn begin(&self, state: &mut State, tag: &Tag) {
        let name: &str = &tag.name;
        let ends = !tag.self_closing && !VOID.contains(&name);
        if let Some((skipped, depth)) = &mut state.skipped {
            *depth += usize::from(skipped == name && ends);
            return;
        }
        let element = Element(tag);
        let instead = |state: &mut State, text: &str| {
            state.out.push_str(text);
            state.skipped = ends.then(|| (name.to_owned(), 1));
        };
        match (self.rules.element)(&element) {
            Act::Drop => instead(state, ""),
            Act::Instead(text) => instead(state, &text),
            Act::Without(attribute) => self.write(state, &element, Some(attribute)),
            Act::AsOthers => match name {
                _ if DROPPED.contains(&name) => instead(state, ""),
                _ if OPENED.contains(&name) => {}
                "iframe" | "source" | "embed" => {
                    let address = element.attribute("src").and_then(|src| (self.rules.absolute)(src));
                    instead(state, &address.map(|address| link(&address)).unwrap_or_default());
                }
                "img" if element.has_class("emoji") => {
                    let name = element.attribute("alt").or(element.attribute("title")).unwrap_or_default();
                    escape(emoji::character(name).unwrap_or(name), &mut state.out);
                }
                _ => self.write(state, &element, None),
            },
        }
    }

    fn write(&self, state: &mut State, element: &Element<'_>, without: Option<&str>) {
        let out = &mut state.out;
        // A name is what the tokenizer takes for one: it holds none of the characters that could end the tag.
        out.extend(["<", element.name()]);
        for attribute in &element.0.attrs {
            let name: &str = &attribute.name.local;
            if without == Some(name) {
                continue;
            }
            let value = match name {
                "href" => match (self.rules.reply)(&attribute.value) {
                    Some(number) => Some(format!("#reply-{number}")),
                    None => self.address(&attribute.value),
                },
                "src" => picture(self.address(&attribute.value)),
                "class" => classes(&attribute.value),
                // Of a link it says how to follow it.
                "rel" if element.name() != "blockquote" => None,
                _ => ATTRIBUTES.contains(&name).then(|| attribute.value.to_string()),
            };
            if let Some(value) = value {
                out.extend([" ", name, "=\""]);
                escape(&value, out);
                out.push('"');
            }
        }
        out.push('>');
    }

    fn address(&self, address: &str) -> Option<String> {
        let mail = address.trim().to_ascii_lowercase().starts_with("mailto:");
        if mail { Some(address.trim().to_owned()) } else { (self.rules.absolute)(address) }
    }
}

fn end(state: &mut State, name: &str) {
    if let Some((skipped, depth)) = &mut state.skipped {
        *depth -= usize::from(skipped == name);
        if *depth == 0 {
            state.skipped = None;
        }
        return;
    }
    if !OPENED.contains(&name) && !VOID.contains(&name) {
        state.out.extend(["</", name, ">"]);
    }
}

fn classes(written: &str) -> Option<String> {
    let known =
        |word: &&str| CLASSES.contains(word) || word.starts_with("language-") || word.starts_with("lang-");
    let words: Vec<_> = written.split_ascii_whitespace().filter(known).collect();
    (!words.is_empty()).then(|| words.join(" "))
}

#[cfg(test)]
mod tests {
    use afterword_markup::{Names, parse_html};
    use expect_test::{Expect, expect};
    use proptest::prelude::*;

    use super::{Act, Element, Rules, rewritten};
    use crate::upstream::Base;

    fn rewrite(html: &str) -> String {
        let base = Base::read("https://forum.example/f").unwrap();
        let reply = |address: &str| address.strip_prefix("/r/").and_then(|number| number.parse().ok());
        let element = |element: &Element<'_>| match element.attribute("id") {
            Some("drop") => Act::Drop,
            Some("instead") => Act::Instead("<hr>".to_owned()),
            Some("without") => Act::Without("rel"),
            _ => Act::AsOthers,
        };
        rewritten(
            html,
            &Rules { absolute: &|address| base.absolute(address), reply: &reply, element: &element },
        )
    }

    fn check(html: &str, expected: Expect) {
        expected.assert_eq(&rewrite(html));
    }

    #[test]
    fn addresses_are_completed_and_lead_to_replies() {
        check(
            "<a href='/u/sam'>sam</a> <a href=\"//cdn.example/a?b&amp;c\">c</a> <a href=/r/7 title=x>seven</a> <a href=\"javascript:x\">j</a> <a href='mailto:a@b.c'>m</a><img src=/a.png alt='<a>' onerror=x>",
            expect![[
                r##"<a href="https://forum.example/u/sam">sam</a> <a href="https://cdn.example/a?b&amp;c">c</a> <a href="#reply-7">seven</a> <a>j</a> <a href="mailto:a@b.c">m</a><img src="https://forum.example/a.png" alt="&lt;a&gt;">"##
            ]],
        );
    }

    #[test]
    fn pictures_of_people_made_from_mail_addresses_do_not_travel() {
        check(
            "<img alt=ada src='//www.gravatar.com/avatar/0bc8'><img src='/a.png'>",
            expect![[r#"<img alt="ada"><img src="https://forum.example/a.png">"#]],
        );
    }

    #[test]
    fn what_nobody_draws_does_not_travel() {
        check(
            "<p class='lead Quote' style='color:red' data-x=1>a<script>alert('<p>')</script><!-- b --><svg><svg></svg><a>c</a></svg> d</p><b id=drop>e<b>f</b>g</b>h<i id=instead>i</i><blockquote id=without rel=x cite='#reply-1'>j</blockquote>",
            expect![[r#"<p class="Quote">a d</p>h<hr><blockquote>j</blockquote>"#]],
        );
    }

    /// One of 1.2 MB took a minute, each time that its thread was read.
    #[test]
    fn a_tag_of_attributes_without_end_is_not_waited_for() {
        let attributes: String = (0..200_000).map(|number| format!(" a{number:x}")).collect();
        assert_eq!(rewrite(&format!("<p>a</p><a{attributes}>b</a>c")), "<p>a</p>");
        let long = "ä&amp;".repeat(100_000);
        assert_eq!(
            rewrite(&format!("<p>{long}</p><img alt='{}'>", "x".repeat(100_000))).len(),
            long.len() + 100_000 + 19
        );
    }

    #[test]
    fn films_and_frames_are_links_and_emoji_are_characters() {
        check(
            "<video controls><source src='/v.mp4'><a href='/v.mp4'>v</a></video><iframe src='https://player.example/1'>old</iframe><img class='emoji only-emoji' alt=':tada:' src='/e.png'><img class=emoji title=':own:' alt=':own:'>",
            expect![[
                r#"<p><a href="https://forum.example/v.mp4">https://forum.example/v.mp4</a></p><a href="https://forum.example/v.mp4">v</a><p><a href="https://player.example/1">https://player.example/1</a></p>🎉:own:"#
            ]],
        );
    }

    #[test]
    fn an_answer_without_words_gets_the_widgets_own() {
        let tree = parse_html(&crate::people::answers(3), &Names::default());
        let expected = "[Text(\"↪ \"), ReplyLink { number: 3, content: [] }]";
        let afterword_markup::Block::Paragraph(content) = &tree.blocks[0] else { panic!("{tree:?}") };
        assert_eq!(format!("{content:?}"), expected);
    }

    const PIECES: [&str; 35] = [
        "<p>",
        "</p>",
        "<em>",
        "</em>",
        "<b>",
        "</b>",
        "<code>",
        "</code>",
        "<pre>",
        "</pre>",
        "<ul>",
        "</ul>",
        "<ol start=3>",
        "</ol>",
        "<li>",
        "</li>",
        "<blockquote>",
        "</blockquote>",
        "<br>",
        "<hr/>",
        "<h2>",
        "</h2>",
        "<a href='https://a.example/?b&amp;c'>",
        "</a>",
        "<aside class='quote' data-username='sam' data-post=3>",
        "</aside>",
        "<table><tr><td>",
        "</td></tr></table>",
        "<img src=https://a.example/b.png alt='c &quot; d'>",
        "<details><summary>",
        "</summary></details>",
        " words ",
        "&amp;lt; &nbsp;&#x1f34b;",
        "\n\n",
        "ä < b & c",
    ];

    proptest! {
        #[test]
        fn nothing_breaks_it(html in "(<[a-z/!\"'= ]{0,9}>?|&[a-z#x0-9]{0,4};?|[ -~]|ä){0,60}") {
            rewrite(&html);
        }

        /// The widget reads the same out of it as out of what was written, well-formed or not.
        #[test]
        fn what_is_nobodys_own_is_read_the_same(pieces in proptest::collection::vec(0..PIECES.len(), 0..40)) {
            // White space at the end goes.
            let html: String = pieces.into_iter().map(|piece| PIECES[piece]).chain(["."]).collect();
            let read = |html: &str| parse_html(html, &Names::default());
            prop_assert_eq!(read(&rewrite(&html)), read(&html), "{}", rewrite(&html));
        }

        #[test]
        fn plain_text_is_the_same_text(text in "[ -~äöü広]{0,60}") {
            let html = super::escaped(&text);
            prop_assert_eq!(rewrite(&html), html.trim());
        }
    }
}
