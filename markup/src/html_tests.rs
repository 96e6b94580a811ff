//! What the allow-list lets through, natively. The browser's parser hands the same trees to the same list.

use expect_test::{Expect, expect};

use crate::picture::picture;
use crate::{Names, parse_html, parse_markdown, plain_text, to_markdown};

fn check(source: &str, expected: Expect) {
    let names = Names::new(&[("avon b7", Some("u2")), ("sacto joe", Some("u6"))]);
    expected.assert_eq(&picture(&parse_html(source, &names)));
}

#[test]
fn paragraphs_marks_and_white_space() {
    check(
        "<p>One\n  <b>two </b> <i>three</i><br>\n four</p>\n five<br><br>six <del>x</del> <u>y</u><div>seven</div>",
        expect![[r#"
            p One strong(two) em(three)↵four
            p five
            p six del(x) y
            p seven
        "#]],
    );
}

#[test]
fn marks_go_on_across_the_ends_of_paragraphs() {
    check(
        "<b>one<p>two</p>three</b><a href='https://x.org'><div>a</div><div>b</div></a><code>a <b>b</b></code>",
        expect![[r#"
            p strong(one)
            p strong(two)
            p strong(three)
            p link(https://x.org a)
            p link(https://x.org b)
            p code(a b)
        "#]],
    );
}

#[test]
fn lists_headings_and_code() {
    check(
        "<h2>Title</h2><ul><li>a<li><p>b</p><p>c</p><ol start=3><li>d</ol></ul><pre><code class='hljs language-rust'>fn a()\n  @avon b7\n</code></pre><hr>",
        expect![[r#"
            h2 Title
            list -
              tight
                p a
              loose
                p b
                p c
                list 3
                  tight
                    p d
            code rust "fn a()\n  @avon b7"
            rule
        "#]],
    );
}

#[test]
fn tables_are_read_row_by_row() {
    check(
        "<table><caption>c</caption><tr><th>a</th><th>b</th></tr>\n<tr><td> 1 </td>\n<td>2</td></tr></table>",
        expect![[r#"
            p c
            p a | b
            p 1 | 2
        "#]],
    );
}

#[test]
fn an_empty_cell_keeps_its_column() {
    check(
        "<table><tr><th></th><th>M1</th></tr><tr><td>a</td><td></td><td> </td><td>d</td></tr>\
         <tr><td></td><td><b>b</b></td></tr><tr><td></td><td></td><td> </td></tr><tr><td><p>e</p>f</td><td>g</td></tr><tr><td><p>h</p>i</td><td></td></tr></table>j<td></td>",
        expect![[r#"
            p | M1
            p a | | | d
            p | strong(b)
            p e
            p f | g
            p h
            p i | 
            p j
        "#]],
    );
}

#[test]
fn a_link_to_a_reply_is_not_drawn_where_nothing_of_it_stands() {
    check(
        "<a href='#reply-3'><p>x</p></a><p>y <a href='#reply-4'></a></p><a href='#reply-5'><p></p></a>",
        expect![[r#"
            p reply(3 x)
            p y reply(4 )
            p reply(5 )
        "#]],
    );
}

#[test]
fn links_pictures_and_addresses() {
    check(
        "<a href=' https://x.org/a b '>a</a> <a href='/rel'>b</a> <a href='#reply-3'>c</a> <a href=https://y.org></a> <img src=https://x.org/p.png alt='a  picture'> <img src=data:x alt=d> <a href=https://z.org><img src=https://x.org/p.png></a> see https://w.org.",
        expect![[r#"
            p link(https://x.org/a%20b a) b reply(3 c) link(https://y.org https://y.org) link(https://x.org/p.png a picture) d link(https://z.org https://z.org) see link(https://w.org https://w.org).
        "#]],
    );
}

#[test]
fn vanillas_quotes() {
    check(
        r#"<blockquote class="Quote UserQuote"><div class="QuoteAuthor"><a href="/profile/sacto%20joe" rel="nofollow">sacto joe</a> said:</div><div class="QuoteText"><p>Wow!</p><blockquote class="UserQuote"><div class="QuoteAuthor">avon b7 said:</div><div class="QuoteText">inner</div></blockquote></div></blockquote><blockquote class="Quote" rel="ols">stored</blockquote>so"#,
        expect![[r#"
            quote - sacto joe
              p Wow!
              quote - avon b7
                p inner
            quote - ols
              p stored
            p so
        "#]],
    );
}

#[test]
fn discourses_quotes() {
    check(
        r##"<aside class="quote no-group" data-username="sacto joe" data-post="6" data-topic="9"><div class="title"><div class="quote-controls"></div><img src="https://x.org/a.png"> sacto joe:</div><blockquote><p>Wow!</p><aside class="quote" data-username="ols" data-post="2"><div class="title">ols:</div><blockquote>deep</blockquote></aside></blockquote></aside><p>so</p>"##,
        expect![[r#"
            quote #6 sacto joe
              p Wow!
              quote #2 ols
                p deep
            p so
        "#]],
    );
}

#[test]
fn quotes_with_a_cited_reply() {
    check(
        r##"<blockquote cite="#reply-6"><p>a</p></blockquote><blockquote><p><a href="#reply-7">ols</a> said:<br>b</p></blockquote><blockquote cite="https://x.org">c</blockquote>"##,
        expect![[r#"
            quote #6 -
              p a
            quote #7 ols
              p b
            quote - -
              p c
        "#]],
    );
}

#[test]
fn mentions() {
    check(
        r#"<p>@avon b7 and <a class="atMention" data-username="sacto joe" data-userid="9" href="/profile/x">@sacto joe</a>, <a class="mention" href="/u/ols">@ols</a> <span class=mention>@new</span> <code>@avon b7</code></p><a class=mention data-userid=3></a>"#,
        expect![[r#"
            p @(avon b7 u2) and @(sacto joe u6), @(ols -) @(new -) code(@avon b7)
        "#]],
    );
}

#[test]
fn what_runs_loads_or_asks_is_dropped() {
    check(
        "a<script>b</script><style>c</style><template><p>d</p></template><iframe>e</iframe><svg><text>f</text></svg><math><mi>g</mi></math><textarea>h</textarea><button>i</button><select><option>j</select><input value=k><title>l</title><noscript>m</noscript><video>n</video><object>o</object><!-- p --><blink>q</blink>",
        expect![[r#"
            p aq
        "#]],
    );
}

/// HTML holds what nobody would write in Markdown.
#[test]
fn what_html_says_is_written_as_it_was_meant() {
    let names = Names::new(&[]);
    for source in [
        "<ul><li><blockquote>q</blockquote>my answer</li></ul>",
        "<ul><li><blockquote>a</blockquote><blockquote>b</blockquote></li></ul>",
        "<ul><li>a<ol start=3><li>b</li></ol></li></ul>",
        "<ul><li><ol><li>b</li></ol>c</li><li>d</li></ul>",
        "<p><b>1. Title:</b>text</p>",
        "<p><b>- Note:</b>text</p>",
        "<p><i>a<b>b<i>- c</i></b></i>d</p>",
    ] {
        let document = parse_html(source, &names);
        let markdown = to_markdown(&document.blocks, " said:");
        let again = parse_markdown(&markdown, &names);
        // Whether items stand apart, and marks where none can stand, are lost.
        assert_eq!(plain_text(&again), plain_text(&document), "{markdown}");
        let shape = |document: &crate::Document| {
            let picture = picture(document).replace("loose", "").replace("tight", "");
            picture
                .lines()
                .map(|line| line.trim_start().split(' ').next().unwrap_or("").to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(shape(&again), shape(&document), "{markdown}");
    }
}
