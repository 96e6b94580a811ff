//! What holds for any HTML whatever, as `robust_tests` has it for Markdown and text.

use crate::robust_tests::{HOSTILE, depth, has_link, letters, names};
use crate::steps::counted;
use crate::{Names, parse_html, plain_text};
use proptest::prelude::*;

#[test]
fn no_hostile_address_becomes_a_link() {
    for address in HOSTILE {
        let bare = address.contains("://x.org") || address.starts_with("https://a");
        let quoted = address.replace('"', "&quot;");
        for source in [
            format!("<a href=\"{quoted}\">a</a>"),
            format!("<img src=\"{quoted}\" alt=a>"),
            format!("<blockquote cite=\"{quoted}\">a</blockquote>"),
            format!("<a xlink:href=\"{quoted}\" onclick=\"{quoted}\">a</a>"),
            format!("<form action=\"{quoted}\"><button formaction=\"{quoted}\">x</button></form>"),
        ] {
            let document = parse_html(&source, &Names::default());
            depth(&document);
            assert!(bare || !has_link(&document), "{source:?}: {document:?}");
        }
    }
}

/// Markup that ran somewhere once. The tree cannot hold code; so no letter of a script may be shown.
#[test]
fn hostile_markup_leaves_nothing_but_text() {
    for source in [
        "<script>XX</script>",
        "<scr<script>ipt>alert</script>",
        "<svg/onload=XX>",
        "<svg><script>XX</script></svg>",
        "<img src=x onerror=XX>",
        "<svg></p><style><a id=\"</style><img src=1 onerror=XX>\">",
        "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=XX&gt;\">",
        "<noscript><p title=\"</noscript><img src=x onerror=XX>\">",
        "<iframe srcdoc='XX'></iframe>",
        "<object data=XX>XX</object>",
        "<embed src=XX>",
        "<a href=# onclick=XX>a</a>",
        "<details open ontoggle=XX>a</details>",
        "<input autofocus onfocus=XX>",
        "<body onload=XX>a",
        "<style>@import 'XX'</style>",
        "<link rel=stylesheet href=XX>",
        "<base href=XX>",
        "<meta http-equiv=refresh content='0;XX'>",
        "<template><img onerror=XX></template>",
        "<form name=XX id=XX>a</form>",
        "<div style='background:url(XX)' class=XX data-x=XX>a</div>",
        "<video><source onerror=XX></video>",
        "<marquee onstart=XX>a</marquee>",
        "<xmp><script>a</script></xmp>",
    ] {
        let document = parse_html(source, &Names::default());
        depth(&document);
        assert!(!has_link(&document), "{source}");
        assert!(!plain_text(&document).contains("XX"), "{source}: {}", plain_text(&document));
    }
}

const TAGS: &[&str] = &[
    "<p>",
    "</p>",
    "<b>",
    "</b>",
    "<i>",
    "</i>",
    "<a href=https://x.org>",
    "<a href='#reply-6'>",
    "</a>",
    "<div>",
    "</div>",
    "<blockquote cite='#reply-2'>",
    "<blockquote class=UserQuote>",
    "</blockquote>",
    "<div class=QuoteAuthor>",
    "<ul>",
    "<ol start=4>",
    "<li>",
    "</li>",
    "</ul>",
    "</ol>",
    "<table>",
    "<tr>",
    "<td>",
    "</table>",
    "<pre>",
    "</pre>",
    "<code>",
    "</code>",
    "<br>",
    "<hr>",
    "<h1>",
    "</h1>",
    "<img src=https://x.org/i>",
    "<q>",
    "</q>",
    "<aside class=quote data-post=4>",
    "</aside>",
    "<span class=mention>",
    "</span>",
    "a",
    "b7",
    "@avon b7",
    " ",
    "\n",
    "&lt;",
    "<!-- -->",
    "<x-y>",
    "<s>",
    "</s>",
];

proptest! {
    #![proptest_config(crate::property::config(2_000))]

    #[test]
    fn any_markup_is_read_in_bounded_depth(parts in prop::collection::vec(prop::sample::select(TAGS.to_vec()), 0..60)) {
        let document = parse_html(&parts.concat(), &names());
        prop_assert!(depth(&document) < 60);
    }

    #[test]
    fn no_letter_is_lost(parts in prop::collection::vec(prop::sample::select(&TAGS[..10]), 0..40), text in "[a-z ]{0,20}") {
        let source: String = parts.iter().map(|part| format!("{part}{text}")).collect();
        let shown = plain_text(&parse_html(&source, &Names::default()));
        prop_assert!(letters(&shown).len() >= letters(&text.repeat(parts.len())).len(), "{} {}", source, shown);
    }
}

#[test]
fn nesting_without_end_is_bounded() {
    let deep =
        |open: &str, close: &str, count: usize| format!("{}x{}", open.repeat(count), close.repeat(count));
    for (open, close) in [
        ("<div>", "</div>"),
        ("<b>", "</b>"),
        ("<blockquote>", "</blockquote>"),
        ("<ul><li>", "</li></ul>"),
        ("<span class=mention>", "</span>"),
        ("<a href=https://x.org>", ""),
        ("<table><tr><td>", ""),
        ("<font color=x>", ""),
        ("<select><option>", ""),
        ("<svg><g>", ""),
        ("<template>", ""),
        ("<p>", ""),
        ("<aside class=quote>", ""),
    ] {
        let document = parse_html(&deep(open, close, 10_000), &Names::default());
        assert!(depth(&document) < 60, "{open}");
    }
    assert!(depth(&parse_html(&deep("<div>", "</div>", 100_000), &Names::default())) < 60);
}

/// An unclosed mark is repeated in every paragraph after it, so that a few kilobytes once became a
/// tree of millions of nodes.
#[test]
fn unclosed_marks_make_no_huge_trees() {
    let marks: String = (0..500).map(|n| format!("<b a{n}>")).collect();
    let source = "<p>".to_owned() + &marks + &"<p>x".repeat(15_000);
    let mut length = 0;
    let steps = counted(|| length = plain_text(&parse_html(&source, &Names::default())).len());
    assert!(steps < source.len() * 20, "{steps} steps for {} bytes", source.len());
    assert!(length >= 15_000);
}

#[test]
fn a_long_address_is_not_repeated_without_end() {
    let source = format!("<a href='https://x.org/{}'>{}", "b".repeat(8_000), "<div>x</div>".repeat(5_000));
    let size = format!("{:?}", parse_html(&source, &Names::default())).len();
    assert!(size < source.len() * 20, "{size}");
}
