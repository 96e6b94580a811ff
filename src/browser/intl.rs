//! The browser's `Intl` as a [`Locale`]: the reader's language and time zone. `intl.js` has what is bound here, and says
//! in plain English what the browser refuses.

use js_sys::Array;
use wasm_bindgen::prelude::*;

use crate::text::{ListPart, Locale, Plural, Unit};

#[wasm_bindgen]
extern "C" {
    type IntlLocale;

    #[wasm_bindgen(constructor)]
    fn new(tag: &str) -> IntlLocale;

    #[wasm_bindgen(method)]
    fn tag(this: &IntlLocale) -> String;

    #[wasm_bindgen(method)]
    fn number(this: &IntlLocale, count: f64) -> String;

    #[wasm_bindgen(method)]
    fn plural(this: &IntlLocale, count: f64) -> String;

    #[wasm_bindgen(method)]
    fn relative(this: &IntlLocale, amount: f64, unit: &str) -> String;

    #[wasm_bindgen(method)]
    fn absolute(this: &IntlLocale, millis: f64) -> String;

    #[wasm_bindgen(method)]
    fn list(this: &IntlLocale, items: &Array) -> Array;
}

/// A language of the browser and the time zone of its reader.
pub(crate) struct BrowserLocale {
    tag: String,
    intl: IntlLocale,
}

impl BrowserLocale {
    /// The locale for a BCP 47 tag. Of a tag that the browser refuses only the language counts; without that it is the
    /// browser's own.
    pub(crate) fn new(tag: &str) -> Self {
        let intl = IntlLocale::new(tag);
        Self { tag: intl.tag(), intl }
    }
}

impl Locale for BrowserLocale {
    fn tag(&self) -> &str {
        &self.tag
    }

    fn number(&self, count: u64) -> String {
        self.intl.number(count as f64)
    }

    fn plural(&self, count: u64) -> Plural {
        Plural::named(&self.intl.plural(count as f64))
    }

    fn relative(&self, amount: i64, unit: Unit) -> String {
        self.intl.relative(amount as f64, unit.name())
    }

    fn absolute(&self, millis: i64) -> String {
        self.intl.absolute(millis as f64)
    }

    fn list(&self, items: &[String]) -> Vec<ListPart> {
        let values = Array::new();
        for item in items {
            values.push(&item.into());
        }
        let mut count = 0;
        let mut parts = Vec::new();
        for part in self.intl.list(&values).iter() {
            parts.push(part.as_string().map_or_else(
                || {
                    count += 1;
                    ListPart::Item(count - 1)
                },
                ListPart::Separator,
            ));
        }
        parts
    }
}
