//! What each feature of Markdown yields.

use expect_test::{Expect, expect};

use crate::picture::picture;
use crate::{Names, parse_markdown};

fn check(source: &str, expected: Expect) {
    let names = Names::new(&[("avon b7", Some("u2")), ("sacto joe", Some("u6")), ("watto_cobra", None)]);
    expected.assert_eq(&picture(&parse_markdown(source, &names)));
}

#[test]
fn paragraphs_and_line_breaks() {
    check(
        "one\ntwo  \nthree\\\nfour\r\n\r\nfive\rsix",
        expect![[r#"
        p one⏎two↵three↵four
        p five⏎six
    "#]],
    );
}

#[test]
fn emphasis_strong_and_strike() {
    check(
        "*a* _b_ **c** __d__ ~~e~~ ***f*** snake_case_word 2*3*4 **bold*",
        expect![[r#"
        p em(a) em(b) strong(c) strong(d) del(e) em(strong(f)) snake_case_word 2em(3)4 *em(bold)
    "#]],
    );
}

#[test]
fn code_spans() {
    check(
        "`a*b*` ``a`b`` ` `` ` `open",
        expect![[r#"
        p code(a*b*) code(a`b) code(``) `open
    "#]],
    );
}

#[test]
fn code_blocks() {
    check(
        "```rust ignore\nfn a() {}\n\n  @x\n```\n\n    indented\n\n      more\n\n~~~\nopen",
        expect![[r#"
        code rust "fn a() {}\n\n  @x"
        code - "indented\n\n  more"
        code - "open"
    "#]],
    );
}

#[test]
fn lists() {
    check(
        "- a\n- b\n  1. c\n  2. d\n\n     e\n- f\n\n7) seven\n8) eight",
        expect![[r#"
        list -
          tight
            p a
          tight
            p b
            list 1
              loose
                p c
              loose
                p d
                p e
          tight
            p f
        list 7
          tight
            p seven
          tight
            p eight
    "#]],
    );
}

#[test]
fn headings_and_rules() {
    check(
        "# One #\n\nTwo\n===\n\nThree\n---\n***\n####### seven\n#8",
        expect![[r#"
        h1 One
        h1 Two
        h2 Three
        rule
        p ####### seven⏎#8
    "#]],
    );
}

#[test]
fn links() {
    check(
        "[a *b*](https://x.org/a_b_c \"t\") [c][r] [R][] [r] ![alt *x*](https://x.org/p.png) [![i](http://a/b)](http://c/d)\n\n[r]: <https://r.org> 'title'",
        expect![[r#"
            p link(https://x.org/a_b_c a em(b)) link(https://r.org c) link(https://r.org R) link(https://r.org r) link(https://x.org/p.png alt x) link(http://c/d i)
        "#]],
    );
}

#[test]
fn addresses_that_are_not_allowed_leave_the_text_as_written() {
    check(
        "[a](javascript:alert(1)) [b](/relative) [c](//host/x) [d](java&#115;cript:x) <javascript:x> ![e](data:image/png,x) [f](#other) [g][h]\n\n[h]: javascript:x",
        expect![[r#"
            p [a](javascript:alert(1)) [b](/relative) [c](//host/x) [d](javascript:x) <javascript:x> ![e](data:image/png,x) [f](#other) [g][h]
            p [h]: javascript:x
        "#]],
    );
}

#[test]
fn typographic_quotation_marks_end_an_address() {
    check(
        "See ‘https://example.org/a’, ‚www.example.org/b‘, “https://x.org/c” and https://example.org’s page.",
        expect![[r#"
            p See ‘link(https://example.org/a https://example.org/a)’, ‚link(http://www.example.org/b www.example.org/b)‘, “link(https://x.org/c https://x.org/c)” and link(https://example.org https://example.org)’s page.
        "#]],
    );
}

#[test]
fn addresses_in_running_text() {
    check(
        "See https://x.org/a_(b)_c?d=1&amp;e=2. Or (www.x.org/y), joe.b@x.org! **http://b.org** <https://c.org> <me@x.org> a.b.c www.x x@y https://\u{2066}z https://z.org/\u{202e}gnp",
        expect![[r#"
            p See link(https://x.org/a_(b)_c?d=1&e=2 https://x.org/a_(b)_c?d=1&e=2). Or (link(http://www.x.org/y www.x.org/y)), link(mailto:joe.b@x.org joe.b@x.org)! strong(link(http://b.org http://b.org)) link(https://c.org https://c.org) link(mailto:me@x.org me@x.org) a.b.c link(http://www.x www.x) x@y https://\u{2066}z link(https://z.org/ https://z.org/)\u{202e}gnp
        "#]],
    );
}

#[test]
fn escapes_and_entities() {
    check(
        "\\*a\\* \\@avon b7 &lt;b&gt; &amp;amp; &#64;avon b7 <script>alert(1)</script> &bogus;",
        expect![[r#"
            p *a* @avon b7 <b> &amp; @avon b7 <script>alert(1)</script> &bogus;
        "#]],
    );
}

#[test]
fn mentions() {
    check(
        "Paging @avon b7  and crew, @Sacto Joe! @\"avon b7\" @watto_cobra, _@watto\\_cobra_ @nobody @\"no body\" x@avon b7 `@avon b7` [@avon b7](https://x.org)",
        expect![[r#"
            p Paging @(avon b7 u2)  and crew, @(Sacto Joe u6)! @(avon b7 u2) @(watto_cobra -), em(@(watto_cobra -)) @nobody @"no body" x@avon b7 code(@avon b7) link(https://x.org @avon b7)
        "#]],
    );
}

#[test]
fn quotes() {
    check(
        "> [dysamoria](#reply-7) said:\n> > [](#reply-6)\n> > Wow @avon b7 & crew\n>\n> That.\n\nHow so?\n\n> @\"avon b7\" said:\n> x\n\n> @bob a dit :\n> y\n\n> [z](#reply-3) all of it\n\n> plain\nlazy",
        expect![[r#"
            quote #7 dysamoria
              quote #6 -
                p Wow @(avon b7 u2) & crew
              p That.
            p How so?
            quote - avon b7
              p x
            quote - bob
              p y
            quote #3 z
              p all of it
            quote - -
              p plain⏎lazy
        "#]],
    );
}
