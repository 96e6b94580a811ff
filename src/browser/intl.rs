//! The browser's `Intl` as a [`Locale`]: the reader's language and time zone.
//!
//! Formatters are made once for a locale, not for a call. One that the browser refuses to make or to use is
//! answered by plain English instead, so that a page which tampers with `Intl` is a blemish and not a trap.
//!
//! Bound by hand: the typed bindings of `js-sys` let what a constructor throws through as a trap, and import a
//! `format` for each formatter, where one serves all.

use js_sys::{Array, JSON, Reflect};
use wasm_bindgen::prelude::*;

use crate::text::{ListPart, Locale, PlainEnglish, Plural, Unit};

#[wasm_bindgen]
extern "C" {
    /// An instance of any of `Intl`'s formatters.
    type Formatter;

    #[wasm_bindgen(catch, js_namespace = Reflect)]
    fn construct(class: &JsValue, arguments: &Array) -> Result<Formatter, JsValue>;

    /// `NumberFormat`, `DateTimeFormat` (milliseconds) and `RelativeTimeFormat`; only the last takes a unit.
    #[wasm_bindgen(method, catch)]
    fn format(this: &Formatter, value: f64, unit: &str) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(method, catch)]
    fn select(this: &Formatter, count: f64) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(method, catch, js_name = formatToParts)]
    fn format_to_parts(this: &Formatter, items: &Array) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(method, catch, js_name = resolvedOptions)]
    fn resolved_options(this: &Formatter) -> Result<JsValue, JsValue>;
}

/// A language of the browser and the time zone of its reader.
pub(crate) struct BrowserLocale {
    tag: String,
    numbers: Option<Formatter>,
    plurals: Option<Formatter>,
    distances: Option<Formatter>,
    now: String,
    moments: Option<Formatter>,
    lists: Option<Formatter>,
}

impl BrowserLocale {
    /// The locale for a BCP 47 tag. Of a tag that the browser refuses only the language counts; without that,
    /// or without a tag, it is the browser's own.
    pub(crate) fn new(tag: Option<&str>) -> Self {
        let language = tag.and_then(|tag| tag.split('-').next());
        let (asked, numbers) = [tag, language]
            .into_iter()
            .flatten()
            .map(JsValue::from_str)
            .chain([JsValue::UNDEFINED])
            .find_map(|asked| Some((formatter("NumberFormat", &asked, "{}")?, asked)))
            .map_or((JsValue::UNDEFINED, None), |(numbers, asked)| (asked, Some(numbers)));
        let now = formatter("RelativeTimeFormat", &asked, r#"{"numeric":"auto"}"#)
            .and_then(|distances| written(&distances, 0.0, Unit::Second.name()));
        Self {
            tag: numbers.as_ref().and_then(resolved_tag).unwrap_or_else(|| PlainEnglish.tag().to_owned()),
            numbers,
            plurals: formatter("PluralRules", &asked, "{}"),
            distances: formatter("RelativeTimeFormat", &asked, "{}"),
            now: now.unwrap_or_else(|| PlainEnglish.relative(0, Unit::Second)),
            moments: formatter("DateTimeFormat", &asked, r#"{"dateStyle":"long","timeStyle":"short"}"#),
            lists: formatter("ListFormat", &asked, "{}"),
        }
    }
}

impl Locale for BrowserLocale {
    fn tag(&self) -> &str {
        &self.tag
    }

    fn number(&self, count: u64) -> String {
        let text = self.numbers.as_ref().and_then(|numbers| written(numbers, count as f64, ""));
        text.unwrap_or_else(|| PlainEnglish.number(count))
    }

    fn plural(&self, count: u64) -> Plural {
        let name = self.plurals.as_ref().and_then(|plurals| plurals.select(count as f64).ok()?.as_string());
        name.map_or_else(|| PlainEnglish.plural(count), |name| Plural::named(&name))
    }

    fn relative(&self, amount: i64, unit: Unit) -> String {
        if amount == 0 && unit == Unit::Second {
            return self.now.clone();
        }
        let text =
            self.distances.as_ref().and_then(|distances| written(distances, amount as f64, unit.name()));
        text.unwrap_or_else(|| PlainEnglish.relative(amount, unit))
    }

    /// Nothing where the browser refuses: every year that a reply can have is within its range, and writing dates
    /// by hand for a browser without them would cost all others half a kilobyte.
    fn absolute(&self, millis: i64) -> String {
        let text = self.moments.as_ref().and_then(|moments| written(moments, millis as f64, ""));
        text.unwrap_or_default()
    }

    fn list(&self, items: &[String]) -> Vec<ListPart> {
        self.lists.as_ref().and_then(|lists| joined(lists, items)).unwrap_or_else(|| PlainEnglish.list(items))
    }
}

/// A new `Intl[class]`. Options are JSON.
fn formatter(class: &str, tag: &JsValue, options: &str) -> Option<Formatter> {
    let class = get(&get(&js_sys::global(), "Intl")?, class)?;
    let options = JSON::parse(options).ok()?;
    construct(&class, &Array::of2(tag, &options)).ok()
}

fn written(formatter: &Formatter, value: f64, unit: &str) -> Option<String> {
    formatter.format(value, unit).ok()?.as_string()
}

/// What the browser made of the tag: it answers languages that it does not know with its own.
fn resolved_tag(formatter: &Formatter) -> Option<String> {
    get(&formatter.resolved_options().ok()?, "locale")?.as_string()
}

/// The parts of a list; none if they do not hold each item once and in its place.
fn joined(lists: &Formatter, items: &[String]) -> Option<Vec<ListPart>> {
    let values: Array = items.iter().map(|item| JsValue::from_str(item)).collect();
    let mut count = 0;
    let mut parts = Vec::new();
    for part in lists.format_to_parts(&values).ok()?.dyn_into::<Array>().ok()? {
        parts.push(if get(&part, "type")?.as_string()? == "element" {
            count += 1;
            ListPart::Item(count - 1)
        } else {
            ListPart::Separator(get(&part, "value")?.as_string()?)
        });
    }
    (count == items.len()).then_some(parts)
}

fn get(target: &JsValue, name: &str) -> Option<JsValue> {
    Reflect::get(target, &JsValue::from_str(name)).ok()
}
