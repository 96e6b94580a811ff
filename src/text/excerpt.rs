//! The beginning of a text, where the whole of it has no place.

/// At most `limit` characters of `text` on one line, with `…` in place of what is left away.
///
/// White space of any kind becomes one space. The cut is made between words, unless the first word alone is
/// too long.
pub fn excerpt(text: &str, limit: usize) -> String {
    let mut line = String::new();
    let mut room = limit;
    for word in text.split_whitespace() {
        let gap = usize::from(!line.is_empty());
        // Not by `count`, which is made for long texts and large.
        let length = word.chars().fold(gap, |length, _| length + 1);
        if length > room {
            if gap == 0 {
                line.extend(word.chars().take(limit));
            }
            line.push('…');
            break;
        }
        if gap == 1 {
            line.push(' ');
        }
        line.push_str(word);
        room -= length;
    }
    line
}

#[cfg(test)]
mod tests {
    use super::excerpt;

    #[test]
    fn a_short_text_is_itself_on_one_line() {
        assert_eq!(excerpt("  Wow!\n\n Indeed.\t", 20), "Wow! Indeed.");
        assert_eq!(excerpt("Wow! Indeed.", 12), "Wow! Indeed.");
        assert_eq!(excerpt(" \n", 5), "");
    }

    #[test]
    fn a_long_text_is_cut_between_words() {
        assert_eq!(excerpt("Wow! Indeed.", 11), "Wow!…");
        assert_eq!(excerpt("one two three four", 13), "one two three…");
    }

    #[test]
    fn a_first_word_without_end_is_cut_inside() {
        assert_eq!(excerpt(&"李".repeat(100), 3), "李李李…");
        assert_eq!(excerpt("abc", 0), "…");
    }
}
