//! Every sentence that a reader can see.
//!
//! A [`Messages`] value speaks one language; switching the language is making another. Views ask for a message
//! and never join words themselves: where a sentence holds links or names with elements of their own, it comes
//! in [`Part`]s. Numbers and dates in sentences are written by the [`Locale`].
//!
//! # Adding a language
//! 1. Copy `messages/english.rs` to a file named after the language and translate the templates. The compiler
//!    asks for each; a [plural form](crate::text::Plural) may stand for every category that the language has.
//! 2. Add a line to `LANGUAGES` below.
//!
//! A language that is not there is answered in English throughout, dates and numbers too: half a translation
//! reads worse than none, and screen readers need one `lang` for all that is ours. What people write is theirs: it has
//! the language that was asked for ([`Messages::theirs`]).

mod catalogue;
mod english;
mod of_acts;
mod of_composer;
mod of_failures;
mod of_reactions;
mod of_replies;
mod of_threads;
mod template;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use crate::text::Locale;
use catalogue::{Catalogue, Forms};
use template::fill;

pub use catalogue::{ActWords, ComposerWords};
pub use template::Part;

/// The languages by their primary subtag.
static LANGUAGES: [(&str, &Catalogue); 1] = [(FALLBACK, &english::ENGLISH)];

/// The language that answers for those that are missing.
const FALLBACK: &str = "en";

/// Every sentence in one language.
#[derive(Clone)]
pub struct Messages {
    locale: Arc<dyn Locale>,
    words: &'static Catalogue,
    theirs: Option<Arc<str>>,
}

impl Messages {
    /// The messages for a reader of this language, with the locale that `make` returns for the tag it is given:
    /// `tag` itself, or English where there is no translation.
    pub fn for_language(tag: &str, make: impl FnOnce(&str) -> Arc<dyn Locale>) -> Self {
        let spoken = translation(tag).is_some();
        let theirs = (!spoken && !tag.is_empty()).then(|| tag.into());
        Self { theirs, ..Self::new(make(if spoken { tag } else { FALLBACK })) }
    }

    /// The messages for a reader of this language where there is no browser: in English, as long as only English dates
    /// and numbers can be written without one.
    #[cfg(feature = "ssr")]
    pub fn natively(tag: &str) -> Self {
        Self::for_language(tag, |_| Arc::new(crate::text::PlainEnglish))
    }

    /// The messages in the language of a locale.
    pub fn new(locale: Arc<dyn Locale>) -> Self {
        let words = translation(locale.tag()).unwrap_or(&english::ENGLISH);
        Self { locale, words, theirs: None }
    }

    /// How this language writes numbers and dates. Its tag is the `lang` of everything said here.
    pub fn locale(&self) -> &dyn Locale {
        &*self.locale
    }

    /// The `lang` of what people write, where it is another than that of what is said here.
    pub fn theirs(&self) -> Option<&str> {
        self.theirs.as_deref()
    }

    /// The `lang` of what is said here in the midst of what people write, where that has another.
    pub fn ours(&self) -> Option<&str> {
        self.theirs.is_some().then(|| self.locale.tag())
    }

    /// The tag by which messages differ: that of what people write.
    pub fn language(&self) -> &str {
        self.theirs().unwrap_or(self.locale.tag())
    }

    /// A number alone: `7`, `20,404`.
    pub fn number(&self, number: impl Into<u64>) -> String {
        self.locale.number(number.into())
    }

    fn counted(&self, forms: Forms, count: u64, more: &[&str]) -> String {
        let category = self.locale.plural(count);
        let form = forms.iter().find(|(plural, _)| *plural == category).or(forms.last());
        let number = self.number(count);
        let mut values = vec![number.as_str()];
        values.extend(more);
        fill(form.map_or("", |(_, template)| template), &values)
    }

    fn numbered(&self, template: &str, number: u32) -> String {
        fill(template, &[&self.number(number)])
    }
}

/// The catalogue for a tag: `de-AT` is answered by `de`.
fn translation(tag: &str) -> Option<&'static Catalogue> {
    let language = tag.split('-').next()?;
    LANGUAGES.iter().find(|(known, _)| language.eq_ignore_ascii_case(known)).map(|(_, words)| *words)
}
