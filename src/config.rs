//! The element's attributes as they were written, and what they mean.
//!
//! Each attribute is read once and resolved once, here; nothing else in the widget asks what an attribute says.
//! Pure: the document's address, canonical link and language are found by the script that makes a [`RawConfig`],
//! and relative addresses stay relative. What is said to the reader about an error stands in the messages.

use afterword_contract::{Order, PAGE_DEFAULT, PAGE_MOST, ThreadId};

use crate::text::{excerpt, trim, trim_end};

/// What the script found on the element and on its page. A blank attribute counts as not given: templates of
/// host pages leave blanks where a setting is not set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RawConfig {
    /// `api` as written.
    pub api: Option<String>,
    /// `src` as written.
    pub src: Option<String>,
    /// The thread's id: the attribute, else the page's canonical address.
    pub thread: String,
    /// `order` as written.
    pub order: Option<String>,
    /// `page-size` as written.
    pub page_size: Option<String>,
    /// `heading-level` as written.
    pub heading_level: Option<String>,
    /// `lang` as written on the element itself.
    pub lang: Option<String>,
    /// The language to use where the element names none: the closest `lang` around it, else the browser's.
    pub page_lang: Option<String>,
    /// What stands before `reply-4` in the page's fragment; see [`Config::anchor`].
    pub anchor: String,
}

/// What the attributes mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// Where the replies come from.
    pub source: Source,
    /// Which thread.
    pub thread: ThreadId,
    /// In which order the thread is first shown.
    pub order: Order,
    /// How many replies to ask for at once, from 1 to [`PAGE_MOST`].
    pub page_size: u16,
    /// The level of the heading over the thread, from 2 to 5; those of replies are one lower.
    pub heading_level: u8,
    /// The language to speak, as a BCP 47 tag; the browser's where the page names none.
    pub lang: Option<String>,
    /// What stands before `reply-4` in the page's fragment, so that several elements on one page have links of
    /// their own: empty for the first.
    pub anchor: String,
}

/// Where replies come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A backend.
    Api {
        /// The contract's base address without a slash at its end; may be relative to the document.
        base: String,
    },
    /// One JSON file, read-only.
    File {
        /// Its address; may be relative to the document.
        url: String,
    },
}

/// An attribute that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError {
    /// The attribute's name. Example: `page-size`.
    pub attribute: &'static str,
    /// What it says, cut to 80 characters; none where it is missing.
    pub value: Option<String>,
    /// What it should say.
    pub expected: Expected,
}

/// What an attribute should say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expected {
    /// Where replies come from: `api` or else `src`.
    Source,
    /// Nothing, since the other of `api` and `src` is given.
    NoSecondSource,
    /// The address of a backend: `http(s)` or relative, without user, query and fragment.
    Base,
    /// The address of a file: `http(s)` or relative, without user.
    File,
    /// A thread's id.
    Thread,
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// A whole number from the first to the second.
    Number(u16, u16),
    /// A language tag such as `en` or `de-AT`.
    Language,
}

impl RawConfig {
    /// Makes sense of the attributes, or says of the first wrong one what was expected.
    pub fn resolve(self) -> Result<Config, ConfigError> {
        let source = source(given(&self.api), given(&self.src))?;
        let thread = trim(&self.thread);
        if thread.is_empty() {
            return Err(wrong("thread", None, Expected::Thread));
        }
        let page_size = number("page-size", given(&self.page_size), 1, PAGE_MOST)?;
        let heading_level = number("heading-level", given(&self.heading_level), 2, 5)?;
        Ok(Config {
            source,
            thread: thread.into(),
            order: order(given(&self.order))?,
            page_size: page_size.unwrap_or(PAGE_DEFAULT),
            heading_level: heading_level.map_or(2, |level| level as u8),
            lang: language(given(&self.lang), given(&self.page_lang))?,
            anchor: self.anchor,
        })
    }
}

fn given(attribute: &Option<String>) -> Option<&str> {
    attribute.as_deref().map(trim).filter(|value| !value.is_empty())
}

fn wrong(attribute: &'static str, value: Option<&str>, expected: Expected) -> ConfigError {
    ConfigError { attribute, value: value.map(|value| excerpt(value, 80)), expected }
}

fn source(api: Option<&str>, src: Option<&str>) -> Result<Source, ConfigError> {
    match (api, src) {
        (None, None) => Err(wrong("api", None, Expected::Source)),
        (Some(_), Some(src)) => Err(wrong("src", Some(src), Expected::NoSecondSource)),
        (Some(api), None) if is_address(api) && !api.bytes().any(|byte| matches!(byte, b'?' | b'#')) => {
            Ok(Source::Api { base: trim_end(api, |c| c == '/').to_owned() })
        }
        (Some(api), None) => Err(wrong("api", Some(api), Expected::Base)),
        (None, Some(src)) if is_address(src) => Ok(Source::File { url: src.to_owned() }),
        (None, Some(src)) => Err(wrong("src", Some(src), Expected::File)),
    }
}

/// Whether `fetch` may take this, as far as one can tell without the document: `http(s)://`, `//`, or relative.
/// It refuses addresses with a user's name, and `localhost:8080/api` is one with the scheme `localhost`.
fn is_address(text: &str) -> bool {
    let scheme = before(text, |c| matches!(c, ':' | '/' | '?' | '#'));
    let (scheme, rest) = match text.get(scheme.len()..).and_then(|rest| rest.strip_prefix(':')) {
        Some(rest) => (scheme, rest),
        None => ("http", text),
    };
    if !scheme.eq_ignore_ascii_case("http") && !scheme.eq_ignore_ascii_case("https") {
        return false;
    }
    match rest.strip_prefix("//") {
        Some(rest) => {
            let host = before(rest, |c| matches!(c, '/' | '?' | '#'));
            !host.is_empty() && !host.bytes().any(|byte| matches!(byte, b'@' | b' '))
        }
        None => rest.len() == text.len(),
    }
}

/// What of `text` stands before the first character that `ends` names.
#[inline(never)]
fn before(text: &str, ends: fn(char) -> bool) -> &str {
    text.find(ends).and_then(|end| text.get(..end)).unwrap_or(text)
}

const ORDERS: &[&str] = Order::KNOWN;

fn order(given: Option<&str>) -> Result<Order, ConfigError> {
    match given.map(Order::from) {
        None => Ok(Order::default()),
        Some(Order::Other(word)) => Err(wrong("order", Some(&word), Expected::OneOf(ORDERS))),
        Some(order) => Ok(order),
    }
}

fn number(
    name: &'static str,
    given: Option<&str>,
    least: u16,
    most: u16,
) -> Result<Option<u16>, ConfigError> {
    let Some(text) = given else { return Ok(None) };
    match text.parse() {
        Ok(number) if (least..=most).contains(&number) => Ok(Some(number)),
        _ => Err(wrong(name, given, Expected::Number(least, most))),
    }
}

/// The element's own language must be a tag; a page around it that names none in earnest is passed over.
fn language(own: Option<&str>, page: Option<&str>) -> Result<Option<String>, ConfigError> {
    match own {
        Some(own) => tag(own).map(Some).ok_or_else(|| wrong("lang", Some(own), Expected::Language)),
        None => Ok(page.and_then(tag)),
    }
}

/// The text as a BCP 47 tag if it has the shape of one; `en_GB` is forgiven.
pub fn tag(text: &str) -> Option<String> {
    let tag = text.replace('_', "-");
    let mut subtags = tag.split('-');
    let language = subtags.next()?;
    let named = (2..=8).contains(&language.len()) && language.bytes().all(|byte| byte.is_ascii_alphabetic());
    let rest =
        subtags.all(|part| (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric()));
    (named && rest).then_some(tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw() -> RawConfig {
        RawConfig { api: Some("/api".into()), thread: "soft-cell".into(), ..RawConfig::default() }
    }

    fn with_api(api: &str) -> Result<Source, ConfigError> {
        RawConfig { api: Some(api.into()), ..raw() }.resolve().map(|config| config.source)
    }

    fn with_src(src: &str) -> Result<Source, ConfigError> {
        RawConfig { api: None, src: Some(src.into()), ..raw() }.resolve().map(|config| config.source)
    }

    fn error(raw: RawConfig) -> (&'static str, Option<String>, Expected) {
        let error = raw.resolve().expect_err("one attribute is wrong");
        (error.attribute, error.value, error.expected)
    }

    #[test]
    fn an_address_and_a_thread_are_enough() {
        assert_eq!(
            raw().resolve(),
            Ok(Config {
                source: Source::Api { base: "/api".into() },
                thread: "soft-cell".into(),
                order: Order::Oldest,
                page_size: 50,
                heading_level: 2,
                lang: None,
                anchor: String::new(),
            })
        );
    }

    #[test]
    fn every_attribute_is_heard() {
        let config = RawConfig {
            api: None,
            src: Some(" /threads/soft-cell.json?v=2#x ".into()),
            thread: " https://example.org/a ".into(),
            order: Some("newest".into()),
            page_size: Some(" 100 ".into()),
            heading_level: Some("5".into()),
            lang: Some("en_GB".into()),
            page_lang: Some("de".into()),
            anchor: "afterword-2-".into(),
        };
        assert_eq!(
            config.resolve(),
            Ok(Config {
                source: Source::File { url: "/threads/soft-cell.json?v=2#x".into() },
                thread: "https://example.org/a".into(),
                order: Order::Newest,
                page_size: 100,
                heading_level: 5,
                lang: Some("en-GB".into()),
                anchor: "afterword-2-".into(),
            })
        );
    }

    #[test]
    fn blank_attributes_count_as_not_given() {
        let blank = || Some("  ".to_owned());
        let config = RawConfig {
            src: blank(),
            order: blank(),
            page_size: blank(),
            heading_level: blank(),
            lang: blank(),
            page_lang: blank(),
            ..raw()
        };
        assert_eq!(config.resolve(), raw().resolve());
    }

    #[test]
    fn one_source_is_needed_and_no_more() {
        assert_eq!(error(RawConfig { api: None, ..raw() }), ("api", None, Expected::Source));
        assert_eq!(
            error(RawConfig { src: Some("a.json".into()), ..raw() }),
            ("src", Some("a.json".into()), Expected::NoSecondSource)
        );
    }

    #[test]
    fn a_backend_stands_at_a_web_address_or_beside_the_page() {
        let good = [
            ("https://example.org/api/", "https://example.org/api"),
            ("HTTP://example.org", "HTTP://example.org"),
            ("http://[::1]:8080/api//", "http://[::1]:8080/api"),
            ("//example.org/api", "//example.org/api"),
            ("/afterword.php", "/afterword.php"),
            ("../api", "../api"),
            ("api/v1:2", "api/v1:2"),
            ("/", ""),
        ];
        for (written, base) in good {
            assert_eq!(with_api(written), Ok(Source::Api { base: base.into() }), "{written}");
        }
        let wrong = [
            "localhost:8080/api",
            "ftp://example.org",
            "javascript:alert(1)",
            "https:example.org",
            "https://",
            "https:///api",
            "http://user:secret@example.org/api",
            "//user@example.org",
            "/api?x=1",
            "/api#x",
            ":",
        ];
        for written in wrong {
            let error = with_api(written).expect_err(written);
            assert_eq!((error.attribute, error.expected), ("api", Expected::Base), "{written}");
        }
    }

    #[test]
    fn a_file_may_have_a_query_but_no_user() {
        assert!(with_src("thread.json?v=1").is_ok());
        assert_eq!(with_src("data:application/json,{}").map_err(|error| error.expected), Err(Expected::File));
        assert_eq!(with_src("https://a@b/c.json").map_err(|error| error.attribute), Err("src"));
    }

    #[test]
    fn a_wrong_value_is_named_with_what_was_expected() {
        let orders = Expected::OneOf(&["oldest", "newest", "top"]);
        assert_eq!(
            error(RawConfig { order: Some("Latest".into()), ..raw() }),
            ("order", Some("Latest".into()), orders)
        );
        for size in ["0", "101", "-1", "5.5", "many", "70000"] {
            assert_eq!(
                error(RawConfig { page_size: Some(size.into()), ..raw() }),
                ("page-size", Some(size.into()), Expected::Number(1, 100))
            );
        }
        for level in ["1", "6", "h2"] {
            assert_eq!(
                error(RawConfig { heading_level: Some(level.into()), ..raw() }),
                ("heading-level", Some(level.into()), Expected::Number(2, 5))
            );
        }
        assert_eq!(error(RawConfig { thread: " ".into(), ..raw() }), ("thread", None, Expected::Thread));
    }

    #[test]
    fn a_long_value_is_cut() {
        let (_, value, _) = error(RawConfig { order: Some("x".repeat(5000)), ..raw() });
        assert_eq!(value, Some("x".repeat(80) + "…"));
    }

    #[test]
    fn the_element_must_name_a_language_but_its_page_may_fail_to() {
        let lang = |own: Option<&str>, page: Option<&str>| {
            RawConfig { lang: own.map(str::to_owned), page_lang: page.map(str::to_owned), ..raw() }
                .resolve()
                .map(|config| config.lang)
                .map_err(|error| (error.attribute, error.expected))
        };
        assert_eq!(lang(Some("de-AT"), Some("fr")), Ok(Some("de-AT".into())));
        assert_eq!(lang(None, Some("zh-Hant-TW")), Ok(Some("zh-Hant-TW".into())));
        assert_eq!(lang(None, Some("the English language")), Ok(None));
        for wrong in ["the English language", "e", "123", "de-", "de--AT", "deutschland", "日本語"] {
            assert_eq!(lang(Some(wrong), None), Err(("lang", Expected::Language)), "{wrong}");
        }
    }
}
