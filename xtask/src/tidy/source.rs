//! One text file as the checks see it: as written, without comments, and without comments and
//! strings.
//!
//! What is left out becomes blanks, so that lines keep their numbers. Rust, JavaScript and CSS are
//! told apart by their endings. Known limits: a regular expression in JavaScript is recognised by
//! what stands before it, and Rust inside other macros' own syntaxes is read as Rust.

/// A file and its two readings.
#[derive(Debug)]
pub(super) struct Source {
    /// From the root of the checkout, with `/`.
    pub(super) path: String,
    /// As written.
    pub(super) text: String,
    /// Without comments.
    pub(super) uncommented: String,
    /// Without comments and without what stands in strings.
    pub(super) code: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Language {
    Rust,
    Script,
    Style,
    Other,
}

impl Source {
    pub(super) fn new(path: &str, text: String) -> Self {
        let language = language(path);
        let (uncommented, code) = blank(&text, language);
        Self { path: path.to_owned(), text, uncommented, code }
    }

    /// Whether the checks read files with this ending at all.
    pub(super) fn is_text(path: &str) -> bool {
        let ending = path.rsplit_once('.').map_or("", |(_, ending)| ending);
        language(path) != Language::Other || ["md", "json", "toml", "html"].contains(&ending)
    }

    pub(super) fn is_rust(&self) -> bool {
        language(&self.path) == Language::Rust
    }

    pub(super) fn is_script(&self) -> bool {
        language(&self.path) == Language::Script
    }

    pub(super) fn is_style(&self) -> bool {
        language(&self.path) == Language::Style
    }

    pub(super) fn is_markdown(&self) -> bool {
        self.path.ends_with(".md")
    }

    pub(super) fn lines(&self) -> usize {
        self.text.lines().count()
    }

    /// Whether it is one of these files, or stands in one of these folders. A module is both: its
    /// file and its folder.
    pub(super) fn is_within(&self, places: &[&str]) -> bool {
        places.iter().any(|place| {
            self.path
                .strip_prefix(place)
                .is_some_and(|rest| rest.is_empty() || rest == ".rs" || rest.starts_with('/'))
        })
    }

    /// The lines of the code in which a word stands, counted from one.
    pub(super) fn lines_with_word(&self, word: &str) -> impl Iterator<Item = usize> {
        let lines: Vec<usize> =
            numbered(&self.code).filter(|(_, line)| has_word(line, word)).map(|(number, _)| number).collect();
        lines.into_iter()
    }
}

/// Lines with their numbers, counted from one.
pub(super) fn numbered(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines().enumerate().map(|(index, line)| (index + 1, line))
}

/// Whether a name stands in the text by itself, and not as a part of a longer name.
pub(super) fn has_word(text: &str, word: &str) -> bool {
    positions(text, word, |c: char| c.is_alphanumeric() || c == '_').next().is_some()
}

/// The same for names that may hold hyphens, as in CSS and HTML.
pub(super) fn has_hyphenated(text: &str, word: &str) -> bool {
    positions(text, word, |c: char| c.is_alphanumeric() || c == '_' || c == '-').next().is_some()
}

/// Where a word stands with nothing on either side that would make it longer.
pub(super) fn positions<'a>(
    text: &'a str,
    word: &'a str,
    continues: impl Fn(char) -> bool + 'a,
) -> impl Iterator<Item = usize> + 'a {
    text.match_indices(word).map(|(start, _)| start).filter(move |start| {
        let before = text.get(..*start).and_then(|before| before.chars().next_back());
        let after = text.get(start + word.len()..).and_then(|after| after.chars().next());
        !before.is_some_and(&continues) && !after.is_some_and(&continues)
    })
}

/// The number of the line that a byte stands in.
pub(super) fn line_of(text: &str, position: usize) -> usize {
    text.get(..position).map_or(1, |before| before.matches('\n').count() + 1)
}

fn language(path: &str) -> Language {
    match path.rsplit_once('.').map(|(_, ending)| ending) {
        Some("rs") => Language::Rust,
        Some("js" | "mjs" | "ts") => Language::Script,
        Some("css") => Language::Style,
        _ => Language::Other,
    }
}

/// The text without comments, and the text without comments and strings.
fn blank(text: &str, language: Language) -> (String, String) {
    if language == Language::Other {
        return (text.to_owned(), text.to_owned());
    }
    let mut scanner = Scanner {
        rest: text.chars().collect::<Vec<_>>().into_iter().collect(),
        uncommented: String::with_capacity(text.len()),
        code: String::with_capacity(text.len()),
        language,
    };
    scanner.code_until_end();
    (scanner.uncommented, scanner.code)
}

struct Scanner {
    rest: std::collections::VecDeque<char>,
    uncommented: String,
    code: String,
    language: Language,
}

impl Scanner {
    fn code_until_end(&mut self) {
        while !self.rest.is_empty() {
            self.one_piece();
        }
    }

    /// A comment, a string, or one character of code.
    fn one_piece(&mut self) {
        let styled = self.language == Language::Style;
        if self.sees("/*") {
            self.block_comment();
        } else if self.sees("//") && !styled {
            while self.rest.front().is_some_and(|c| *c != '\n') {
                self.take_comment(1);
            }
        } else if self.language == Language::Rust {
            self.rust_piece();
        } else {
            match self.rest.front() {
                Some(quote @ ('"' | '\'')) => self.quoted(*quote),
                Some('`') if !styled => self.template(),
                Some('/') if !styled && self.may_begin_regex() => self.regex(),
                _ => self.take_code(1),
            }
        }
    }

    fn rust_piece(&mut self) {
        match self.rest.front() {
            Some('"') => self.quoted('"'),
            Some('\'') => match (self.rest.get(1), self.rest.get(2)) {
                (Some('\\'), _) => self.quoted('\''),
                (Some(_), Some('\'')) => self.quoted('\''),
                // A lifetime.
                _ => self.take_code(1),
            },
            Some('r') if !self.follows_a_word() => match self.raw_hashes() {
                Some(hashes) => self.raw_string(hashes),
                None => self.take_code(1),
            },
            _ => self.take_code(1),
        }
    }

    fn block_comment(&mut self) {
        let nests = self.language == Language::Rust;
        let mut depth = 0_usize;
        while !self.rest.is_empty() {
            if self.sees("/*") && (nests || depth == 0) {
                depth += 1;
                self.take_comment(2);
            } else if self.sees("*/") {
                depth -= 1;
                self.take_comment(2);
                if depth == 0 {
                    return;
                }
            } else {
                self.take_comment(1);
            }
        }
    }

    fn quoted(&mut self, quote: char) {
        self.take_code(1);
        while let Some(c) = self.rest.front().copied() {
            if c == '\\' {
                self.take_string(2);
            } else if c == quote {
                return self.take_code(1);
            } else if c == '\n' && self.language != Language::Rust {
                // Not closed: a quote in a regular expression or a mistake; the line ends it.
                return;
            } else {
                self.take_string(1);
            }
        }
    }

    /// How many `#` stand between the `r` here and its quote, if it begins a raw string.
    fn raw_hashes(&self) -> Option<usize> {
        let hashes = self.rest.iter().skip(1).take_while(|c| **c == '#').count();
        (self.rest.get(hashes + 1) == Some(&'"')).then_some(hashes)
    }

    fn raw_string(&mut self, hashes: usize) {
        let end = format!("\"{}", "#".repeat(hashes));
        self.take_code(hashes + 2);
        while !self.rest.is_empty() && !self.sees(&end) {
            self.take_string(1);
        }
        self.take_code(hashes + 1);
    }

    /// A template is a string, but what stands in `${…}` is code.
    fn template(&mut self) {
        self.take_code(1);
        while let Some(c) = self.rest.front().copied() {
            if c == '\\' {
                self.take_string(2);
            } else if c == '`' {
                return self.take_code(1);
            } else if self.sees("${") {
                self.take_code(2);
                let mut depth = 1_usize;
                while depth > 0 && !self.rest.is_empty() {
                    match self.rest.front() {
                        Some('{') => depth += 1,
                        Some('}') => depth -= 1,
                        _ => {}
                    }
                    self.one_piece();
                }
            } else {
                self.take_string(1);
            }
        }
    }

    /// A `/` divides after a value and begins a regular expression everywhere else.
    fn may_begin_regex(&self) -> bool {
        let before = self.code.trim_end();
        let word = before.rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
        ["return", "typeof", "case"].contains(&word)
            || before.chars().next_back().is_none_or(|c| !(c.is_alphanumeric() || "_$)]}\"'`".contains(c)))
    }

    fn regex(&mut self) {
        self.take_code(1);
        let mut in_class = false;
        while let Some(c) = self.rest.front().copied() {
            match c {
                '\\' => {
                    self.take_string(2);
                    continue;
                }
                '\n' => return,
                '/' if !in_class => return self.take_code(1),
                '[' => in_class = true,
                ']' => in_class = false,
                _ => {}
            }
            self.take_string(1);
        }
    }

    fn sees(&self, text: &str) -> bool {
        text.chars().enumerate().all(|(index, c)| self.rest.get(index) == Some(&c))
    }

    /// Whether the last character belongs to a name; `b` and `c` before a raw string do not.
    fn follows_a_word(&self) -> bool {
        let mut before = self.code.chars().rev();
        let continues = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
        match before.next() {
            Some('b' | 'c') => continues(before.next()),
            last => continues(last),
        }
    }

    fn take_code(&mut self, count: usize) {
        for c in self.rest.drain(..count.min(self.rest.len())) {
            self.uncommented.push(c);
            self.code.push(c);
        }
    }

    fn take_string(&mut self, count: usize) {
        for c in self.rest.drain(..count.min(self.rest.len())) {
            self.uncommented.push(c);
            self.code.push(if c == '\n' { c } else { ' ' });
        }
    }

    fn take_comment(&mut self, count: usize) {
        for c in self.rest.drain(..count.min(self.rest.len())) {
            let blank = if c == '\n' { c } else { ' ' };
            self.uncommented.push(blank);
            self.code.push(blank);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(path: &str, text: &str) -> String {
        let source = Source::new(path, text.to_owned());
        assert_eq!(source.code.lines().count(), text.lines().count(), "lines keep their numbers");
        source.code
    }

    fn squeezed(text: &str) -> String {
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn rust_is_read_without_comments_and_strings() {
        for (text, expected) in [
            ("a // b\nc", "a c"),
            ("a /* b /* c */ d */ e", "a e"),
            ("let s = \"web_sys \\\" // not a comment\"; x", "let s = \" \"; x"),
            ("let s = r#\"web_sys \" \"#; x", "let s = r#\" \"#; x"),
            ("let s = br\"\\\"; x", "let s = br\" \"; x"),
            ("let c = '\"'; x // y", "let c = ' '; x"),
            ("let c = '\\''; x // y", "let c = ' '; x"),
            ("fn f<'a>(x: &'a str) {} // y", "fn f<'a>(x: &'a str) {}"),
            ("for r in x {} // y", "for r in x {}"),
            ("\"two\nlines\" x", "\" \" x"),
        ] {
            assert_eq!(squeezed(&code("a.rs", text)), expected, "{text}");
        }
    }

    #[test]
    fn scripts_are_read_without_comments_and_strings() {
        for (text, expected) in [
            ("a // innerHTML\nb", "a b"),
            ("x = 'it\\'s // no comment'; y", "x = ' '; y"),
            ("x = `text ${code + `deep ${er}`} more`; y", "x = ` ${code + ` ${er}`} `; y"),
            ("x = /[/\"'`]\\//i; y", "x = / /i; y"),
            ("x = a / b; y // z", "x = a / b; y"),
            ("return /\"/.test(x)", "return / /.test(x)"),
        ] {
            assert_eq!(squeezed(&code("a.js", text)), expected, "{text}");
        }
    }

    #[test]
    fn strings_survive_where_only_comments_are_blanked() {
        let source = Source::new("a.rs", "view! { <p part=\"count\"/> } // part=\"gone\"".into());
        assert!(source.uncommented.contains("part=\"count\""));
        assert!(!source.uncommented.contains("gone"));
        let source = Source::new("a.css", "/* rem */ a::before { content: '/*' } b // c\n{}".into());
        assert!(source.uncommented.contains("'/*' } b // c"), "{}", source.uncommented);
    }

    #[test]
    fn words_are_whole() {
        assert!(has_word("use web_sys::Window", "web_sys"));
        assert!(!has_word("let my_web_sys = 1", "web_sys"));
        assert!(!has_word("web_system", "web_sys"));
        assert!(has_hyphenated("::part(reply)", "reply"));
        assert!(!has_hyphenated("::part(reply-body)", "reply"));
    }

    #[test]
    fn a_module_is_its_file_and_its_folder() {
        let within = |path: &str| Source::new(path, String::new()).is_within(&["src/thread"]);
        assert!(within("src/thread.rs") && within("src/thread/load.rs"));
        assert!(!within("src/threads.rs") && !within("src/thread_view.rs"));
    }
}
