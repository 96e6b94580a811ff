//! Threads as files: one page of the contract, an array of pages, or pages one after the other (JSON lines).
//! The last is what an export writes. Knows no database.

use std::fmt;

use afterword_contract::ThreadPage;
use serde::de::IgnoredAny;
use serde_json::Deserializer;

/// Why a file holds no threads.
#[derive(Debug)]
pub enum ReadError {
    /// There is nothing in it.
    Empty,
    /// It is no JSON.
    NotJson(serde_json::Error),
    /// It is JSON, and something else than pages of threads: what is wrong, and where.
    NotPages(String),
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("is empty; it should hold a thread in the contract's form"),
            Self::NotJson(error) => write!(f, "is not JSON: {error}"),
            Self::NotPages(error) => write!(
                f,
                "is JSON, but no thread in the contract's form, {{\"thread\": …, \"replies\": […]}}: {error}"
            ),
        }
    }
}

impl std::error::Error for ReadError {}

/// Reads every page in `text`.
pub fn read_pages(text: &str) -> Result<Vec<ThreadPage>, ReadError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    for value in Deserializer::from_str(text).into_iter::<IgnoredAny>() {
        value.map_err(ReadError::NotJson)?;
    }
    let pages = if text.trim_start().starts_with('[') {
        serde_json::from_str(text).map_err(|error| ReadError::NotPages(error.to_string()))?
    } else {
        one_after_the_other(text)?
    };
    if pages.is_empty() { Err(ReadError::Empty) } else { Ok(pages) }
}

fn one_after_the_other(text: &str) -> Result<Vec<ThreadPage>, ReadError> {
    let lines = |text: &str| text.matches('\n').count();
    let mut pages = Vec::new();
    let mut rest = Deserializer::from_str(text).into_iter::<ThreadPage>();
    loop {
        let unread = text.get(rest.byte_offset()..).unwrap_or_default().trim_start();
        match rest.next() {
            None => return Ok(pages),
            Some(Ok(page)) => pages.push(page),
            // A page that is wrong as a whole does not say where it stands.
            Some(Err(error)) => {
                let line = 1 + lines(text) - lines(unread);
                return Err(ReadError::NotPages(format!("{error} (in what begins on line {line})")));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::read_pages;

    fn ids(text: &str) -> Vec<String> {
        read_pages(text).unwrap().into_iter().map(|page| page.thread.id.0).collect()
    }

    fn refusal(text: &str) -> String {
        read_pages(text).unwrap_err().to_string()
    }

    #[test]
    fn a_page_an_array_and_lines_are_read() {
        let page = |id: &str| format!(r#"{{"thread":{{"id":"{id}"}},"replies":[]}}"#);
        assert_eq!(ids(&page("a")), ["a"]);
        assert_eq!(ids(&format!("\u{feff} {}", page("a"))), ["a"]);
        assert_eq!(ids(&format!("[{},\n{}]", page("a"), page("b"))), ["a", "b"]);
        assert_eq!(ids(&format!("{}\n{}\n", page("a"), page("b"))), ["a", "b"]);
        assert_eq!(ids(r#"{"replies":[{"body":"Wow!"}]}"#), [""]);
    }

    #[test]
    fn what_is_no_json_is_told_by_line_and_column() {
        assert!(
            refusal("{\n  \"replies\": [,]\n}").contains("is not JSON: expected value at line 2 column 15")
        );
        assert!(refusal("{\"replies\":[").contains("is not JSON: EOF"));
        assert!(refusal("hello").contains("is not JSON"));
        assert!(refusal(" \n").contains("is empty"));
        assert!(refusal("[]").contains("is empty"));
    }

    #[test]
    fn json_of_another_shape_is_told_apart() {
        assert!(refusal("17").contains("no thread in the contract's form"));
        assert!(refusal(r#"{"comments":[]}"#).contains("replies: is missing"));
        assert!(refusal("{\"replies\":[{\"quotes\":\n7}]}").contains("replies[0].quotes: expected a list"));
        assert!(refusal(r#"[{"replies":[]}, 3]"#).contains("expected an object at line 1 column 19"));
        assert!(
            refusal("{\"replies\":[]}\n\n{}\n").ends_with("replies: is missing (in what begins on line 3)")
        );
    }
}
