//! Words that depend on the reader's language, time zone or script: numbers, dates, lists, initials, excerpts. And
//! what cuts any text and puts it together.
//!
//! Pure: what a language knows arrives as a [`Locale`], the present as a number. Neither a browser nor a clock
//! is read here, and no sentence stands here; those are in the messages.

mod dates;
mod excerpt;
mod locale;
mod names;
mod pieces;
mod quoting;

pub use afterword_markup::{ticks, trim, trim_end, trim_start};
pub use dates::distance;
pub use excerpt::excerpt;
pub use locale::{ListPart, Locale, PlainEnglish, Plural, Unit};
pub use names::{HUES, hue, initials};
pub use pieces::concat;
pub use quoting::quote_source;
