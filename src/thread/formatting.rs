//! Marks around what is selected in the composer: the toolbar's buttons as changes of a text.
//!
//! Knows Markdown's marks and nothing of a composer. Places are bytes; those that stand inside a character, or beyond
//! the end, count as the nearest before.

use std::ops::Range;

use crate::text::{concat, ticks, trim, trim_end, trim_start};

/// What a button of the toolbar makes of the selection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// `**bold**`
    Bold,
    /// `*italic*`
    Italic,
    /// A link around the selection, or to the selection.
    Link,
    /// `` `code` ``, or a fence around several lines.
    Code,
    /// Lines as items of a list.
    List,
    /// Lines as a quote.
    Quote,
    /// An `@`, behind which somebody is looked for.
    Mention,
}

/// Changes `text` and gives what is selected afterwards. What has the marks already loses them.
pub(super) fn format(text: &mut String, selection: Range<usize>, format: Format) -> Range<usize> {
    match format {
        Format::Bold => around(text, selection, "**"),
        Format::Italic => around(text, selection, "*"),
        Format::Code if text.get(selection.clone()).is_some_and(|chosen| chosen.contains('\n')) => {
            fence(text, selection)
        }
        Format::Code => code(text, selection),
        Format::Link => link(text, selection),
        Format::List => lines(text, selection, "- "),
        Format::Quote => lines(text, selection, "> "),
        Format::Mention => begin_mention(text, selection),
    }
}

/// Markdown takes no mark that stands beside a space, so spaces at the ends of the selection stay outside.
fn around(text: &mut String, selection: Range<usize>, mark: &str) -> Range<usize> {
    let chosen = text.get(selection.clone()).unwrap_or_default();
    let start = selection.start + chosen.len() - trim_start(chosen, char::is_whitespace).len();
    let end = start + trim(chosen).len();
    let long = mark.len();
    let (before, chosen, after) = cut(text, start..end);
    // Of two stars neither is an italic's.
    let part_of_bold = mark == "*" && before.ends_with("**") && !before.ends_with("***");
    if before.ends_with(mark) && after.starts_with(mark) && !part_of_bold {
        let before = before.strip_suffix(mark).unwrap_or(before);
        *text = concat(&[before, chosen, after.strip_prefix(mark).unwrap_or(after)]);
        return start - long..end - long;
    }
    *text = concat(&[before, mark, chosen, mark, after]);
    start + long..end + long
}

/// With more backticks than stand together in it, which stand apart from those.
fn code(text: &mut String, selection: Range<usize>) -> Range<usize> {
    let chosen = text.get(selection.clone()).unwrap_or_default();
    if !chosen.contains('`') {
        return around(text, selection, "`");
    }
    let marks = ticks(chosen, 1);
    let (before, chosen, after) = cut(text, selection);
    let (open, close) = (concat(&[&marks, " "]), concat(&[" ", &marks]));
    if let (Some(before), Some(after)) = (before.strip_suffix(&*open), after.strip_prefix(&*close)) {
        let chosen_then = before.len()..before.len() + chosen.len();
        *text = concat(&[before, chosen, after]);
        return chosen_then;
    }
    let start = before.len() + open.len();
    let chosen_then = start..start + chosen.len();
    *text = concat(&[before, &open, chosen, &close, after]);
    chosen_then
}

fn fence(text: &mut String, selection: Range<usize>) -> Range<usize> {
    let (before, chosen, after) = cut(text, selection);
    let chosen = trim_end(chosen, |c| c == '\n');
    let marks = ticks(chosen, 3);
    let gap = if before.is_empty() || before.ends_with('\n') { "" } else { "\n" };
    let start = before.len() + gap.len() + marks.len() + 1;
    let chosen_then = start..start + chosen.len();
    *text = concat(&[before, gap, &marks, "\n", chosen, "\n", &marks, "\n", after]);
    chosen_then
}

fn link(text: &mut String, selection: Range<usize>) -> Range<usize> {
    const NOWHERE: &str = "https://";
    let (before, chosen, after) = cut(text, selection);
    let words = before.len() + 1..before.len() + 1;
    let address = words.end + chosen.len() + 2;
    let (label, target, selected) = if chosen.starts_with(NOWHERE) {
        ("", chosen, words)
    } else if chosen.is_empty() {
        ("", NOWHERE, words)
    } else {
        (chosen, NOWHERE, address..address + NOWHERE.len())
    };
    *text = concat(&[before, "[", label, "](", target, ")", after]);
    selected
}

/// Puts `mark` before each line that the selection touches, or takes it away where all have it.
fn lines(text: &mut String, selection: Range<usize>, mark: &str) -> Range<usize> {
    let start = text.get(..selection.start).unwrap_or_default().rfind('\n').map_or(0, |at| at + 1);
    let rest = text.get(selection.end..).unwrap_or_default();
    let end = selection.end + rest.find('\n').unwrap_or(rest.len());
    let (before, chosen, after) = cut(text, start..end);
    let marked = chosen.split('\n').all(|line| line.starts_with(mark));
    let mut changed = String::new();
    for (place, line) in chosen.split('\n').enumerate() {
        if place > 0 {
            changed.push('\n');
        }
        if marked {
            changed.push_str(line.get(mark.len()..).unwrap_or_default());
        } else {
            changed.push_str(mark);
            changed.push_str(line);
        }
    }
    *text = concat(&[before, &changed, after]);
    let end = start + changed.len();
    // Where nothing was selected, writing goes on.
    if selection.is_empty() { end..end } else { start..end }
}

/// A name goes on with what was selected, and is a word of its own.
fn begin_mention(text: &mut String, selection: Range<usize>) -> Range<usize> {
    let (before, chosen, after) = cut(text, selection);
    let apart = matches!(before.as_bytes(), [] | [.., b' ' | b'\n' | b'(']);
    let sign = if apart { "@" } else { " @" };
    let end = before.len() + sign.len() + chosen.len();
    *text = concat(&[before, sign, chosen, after]);
    end..end
}

/// What stands before, in and after a part.
fn cut(text: &str, part: Range<usize>) -> (&str, &str, &str) {
    let before = text.get(..part.start).unwrap_or(text);
    let after = text.get(part.end..).unwrap_or_default();
    (before, text.get(part).unwrap_or_default(), after)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The text after a button was pressed; `[` and `]` stand around what is selected, `|` for no selection.
    fn pressed(text: &str, button: Format) -> String {
        let open = text.find(['⟦', '|']).unwrap_or(0);
        let mut plain = text.replace(['⟦', '|'], "");
        let close = plain.find('⟧').unwrap_or(open);
        plain = plain.replace('⟧', "");
        let chosen = format(&mut plain, open..close, button);
        if chosen.is_empty() {
            plain.insert(chosen.start, '|');
        } else {
            plain.insert(chosen.end, '⟧');
            plain.insert(chosen.start, '⟦');
        }
        plain
    }

    #[test]
    fn marks_stand_around_the_words_and_not_the_spaces() {
        assert_eq!(pressed("a ⟦good ⟧day", Format::Bold), "a **⟦good⟧** day");
        assert_eq!(pressed("ein ⟦schöner⟧ Tag", Format::Italic), "ein *⟦schöner⟧* Tag");
        assert_eq!(pressed("⟦x⟧", Format::Code), "`⟦x⟧`");
        assert_eq!(pressed("|", Format::Bold), "**|**");
    }

    #[test]
    fn the_same_button_takes_its_marks_away() {
        for (text, button) in [("a ⟦b⟧ c", Format::Bold), ("⟦b⟧", Format::Italic), ("⟦b\nc⟧", Format::List)]
        {
            assert_eq!(pressed(&pressed(text, button), button), text);
        }
        assert_eq!(pressed("**⟦b⟧**", Format::Italic), "***⟦b⟧***", "what is bold can be italic too");
        assert_eq!(pressed("***⟦b⟧***", Format::Italic), "**⟦b⟧**");
    }

    #[test]
    fn code_that_holds_backticks_stands_between_more_of_them() {
        assert_eq!(pressed("so ⟦a`b⟧", Format::Code), "so `` ⟦a`b⟧ ``");
        assert_eq!(pressed("so `` ⟦a`b⟧ ``", Format::Code), "so ⟦a`b⟧");
        assert_eq!(pressed("⟦```\na\n```⟧", Format::Code), "````\n⟦```\na\n```⟧\n````\n");
    }

    #[test]
    fn several_lines_of_code_stand_between_fences() {
        assert_eq!(pressed("so: ⟦a\nb⟧", Format::Code), "so: \n```\n⟦a\nb⟧\n```\n");
    }

    #[test]
    fn a_link_asks_for_what_is_missing() {
        assert_eq!(pressed("see ⟦this⟧", Format::Link), "see [this](⟦https://⟧)");
        assert_eq!(pressed("see ⟦https://a.example⟧", Format::Link), "see [|](https://a.example)");
        assert_eq!(pressed("|", Format::Link), "[|](https://)");
    }

    #[test]
    fn a_mention_begins_a_word() {
        assert_eq!(pressed("|", Format::Mention), "@|");
        assert_eq!(pressed("so|", Format::Mention), "so @|");
        assert_eq!(pressed("so ⟦Ada⟧!", Format::Mention), "so @Ada|!");
    }

    #[test]
    fn lines_are_marked_whole() {
        assert_eq!(pressed("one\nt⟦wo\nth⟧ree", Format::List), "one\n⟦- two\n- three⟧");
        assert_eq!(pressed("one\n|", Format::Quote), "one\n> |");
        assert_eq!(pressed("⟦- one\ntwo⟧", Format::List), "⟦- - one\n- two⟧");
    }
}
