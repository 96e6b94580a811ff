//! What is looked at by a moderator before everybody reads it.
//!
//! Pure: knows no database. Whether a person has been published before is the caller's to know.

use std::collections::BTreeSet;

use afterword_contract::PageReference;
use afterword_markup::{Document, plain_text};
use percent_encoding::percent_decode_str;

use crate::app::Writing;
use crate::{said, words};

/// Which replies are held for approval.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Hold {
    /// None, but for those with a word of the list.
    #[default]
    None,
    /// Those of people of whom nothing has been published yet.
    First,
    /// Those that link somewhere.
    Links,
    /// All of them.
    All,
}

impl Hold {
    /// Reads the word that stands for it in a configuration.
    pub(crate) fn read(word: &str) -> Option<Self> {
        match word {
            "none" => Some(Self::None),
            "first" => Some(Self::First),
            "links" => Some(Self::Links),
            "all" => Some(Self::All),
            _ => None,
        }
    }
}

/// Whether a new reply waits for approval; `is_first` where nothing of its author has been published yet.
pub(crate) fn is_held(writing: &Writing, text: &Document, is_first: bool) -> bool {
    let by_rule = match writing.hold {
        Hold::None => false,
        Hold::First => is_first,
        Hold::Links => !said::links(text).is_empty(),
        Hold::All => true,
    };
    by_rule || !listed(writing, text).is_empty()
}

/// Whether an edit brings into a published reply what would have been held. Such an edit is refused: a reply
/// that has its number cannot wait for one again, and what nobody looked at must not get in by the back door.
pub(crate) fn is_smuggled(writing: &Writing, before: &Document, after: &Document) -> bool {
    let by_rule = match writing.hold {
        Hold::None | Hold::First => false,
        Hold::Links => !said::links(after).is_subset(&said::links(before)),
        Hold::All => true,
    };
    by_rule || !listed(writing, after).is_subset(&listed(writing, before))
}

/// Whether a reply may tell its page's title and address. Those with a listed word tell nothing, and hold no reply: they
/// are the page's own, and would hold each one of an article on lamps. Half of it would keep whoever may tell the whole
/// from doing so.
pub(crate) fn may_introduce(writing: &Writing, page: &PageReference) -> bool {
    let is_free = |text: &String| writing.words.is_empty() || among(writing, text).is_empty();
    page.title.iter().chain(&page.url).all(is_free)
}

/// The words of the list that stand in `text`, as whole words, in a name that it gives to somebody quoted, or in an
/// address that it links to.
fn listed<'a>(writing: &'a Writing, text: &Document) -> BTreeSet<&'a str> {
    if writing.words.is_empty() {
        return BTreeSet::new();
    }
    let mut parts = said::attributions(text);
    parts.extend(said::links(text));
    among(writing, &format!("{}\n{}", plain_text(text), parts.join("\n")))
}

fn among<'a>(writing: &'a Writing, text: &str) -> BTreeSet<&'a str> {
    // An address is also what it says when it is decoded.
    let text = words::plain(&format!("{text}\n{}", percent_decode_str(text).decode_utf8_lossy()));
    let is_there = |word: &&String| words::find_whole(&text, &words::plain(word), 0).is_some();
    writing.words.iter().filter(is_there).map(String::as_str).collect()
}

#[cfg(test)]
mod tests {
    use afterword_contract::Format;
    use afterword_markup::Document;

    use super::{Hold, is_held, is_smuggled};
    use crate::app::Writing;
    use crate::said::parse;

    fn text(body: &str) -> Document {
        parse(body, &Format::Markdown, [])
    }

    fn holding(hold: Hold, words: &[&str]) -> Writing {
        Writing { hold, words: words.iter().map(|word| (*word).to_owned()).collect(), ..Writing::default() }
    }

    #[test]
    fn each_rule_holds_what_it_says() {
        let (plain, link) = (text("Hello."), text("See https://example.org/"));
        let held = |hold, text, first| is_held(&holding(hold, &[]), text, first);
        assert!(!held(Hold::None, &link, true));
        assert!(held(Hold::First, &plain, true) && !held(Hold::First, &link, false));
        assert!(held(Hold::Links, &link, false) && !held(Hold::Links, &plain, true));
        assert!(held(Hold::All, &plain, false));
    }

    #[test]
    fn listed_words_are_found_as_whole_words_in_any_case_and_disguise() {
        let writing = holding(Hold::None, &["Casino", "große Gewinne", "賭博"]);
        for held in [
            "CASINO!",
            "a **cas**ino",
            "ca\u{200b}sino",
            "ＣＡＳＩＮＯ",
            "GROSSE GEWINNE große\n gewinne",
            "これは賭博だ",
        ] {
            assert!(is_held(&writing, &text(held), false), "{held}");
        }
        for attributed in [
            "> [Casino](#reply-1) said:\n> Hello.",
            "> @\"Casino\":\n> Hello.",
            "> Hello.\n>\n> > [Casino](#reply-1) said:\n> > Hello.",
            "- a\n\n  > [Bob](#reply-2) said:\n  > Hello.\n  >\n  > > [große gewinne](#reply-1)\n",
        ] {
            assert!(is_held(&writing, &text(attributed), false), "{attributed}");
            assert!(is_smuggled(&writing, &text("Hello."), &text(attributed)), "{attributed}");
        }
        let html = "<aside class='quote' data-username='Casino'><blockquote>Hello.</blockquote></aside>";
        let cited = parse(html, &Format::Html, []);
        assert!(!afterword_markup::plain_text(&cited).contains("Casino") && is_held(&writing, &cited, false));
        for free in ["casinos", "occasino", "gewinne"] {
            assert!(!is_held(&writing, &text(free), false), "{free}");
        }
    }

    #[test]
    fn an_edit_brings_in_nothing_that_would_have_been_held() {
        let (plain, link, more) = (text("a"), text("http://a.org"), text("http://a.org http://b.org casino"));
        let smuggled =
            |hold, words: &[&str], before, after| is_smuggled(&holding(hold, words), before, after);
        assert!(smuggled(Hold::Links, &[], &plain, &link) && smuggled(Hold::Links, &[], &link, &more));
        assert!(!smuggled(Hold::Links, &[], &more, &link) && !smuggled(Hold::First, &[], &plain, &more));
        assert!(smuggled(Hold::None, &["casino"], &link, &more));
        assert!(!smuggled(Hold::None, &["casino"], &more, &more));
        assert!(smuggled(Hold::All, &[], &plain, &plain));
    }
}
