//! A quotation: who said it, where, and whether they did.

use afterword_markup::{Quote, excerpt, text_length};
use leptos::prelude::*;

use super::reply_link::ReplyLink;
use super::reply_text::{Context, blocks};
use super::sentence::filled;
use crate::thread::Source;

/// Quotes deeper than this are folded.
const FOLD_DEPTH: usize = 2;
/// Quotes longer than this many characters are folded.
const FOLD_LENGTH: usize = 900;
/// So many characters of a folded quote are shown.
const EXCERPT: usize = 160;

/// How a quote stands to its source; the word is what CSS sees.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// It names no reply of this thread.
    Unknown,
    /// Its source is there and nobody says otherwise.
    Ok,
    /// The backend looked and found other words.
    Altered,
    /// Its source was deleted or hidden.
    Deleted,
    /// The thread has no reply of that number.
    Missing,
}

impl State {
    fn word(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Ok => "ok",
            Self::Altered => "altered",
            Self::Deleted => "deleted",
            Self::Missing => "missing",
        }
    }
}

/// A quote with its attribution, folded where it is deep or long.
pub(super) fn quote(node: &Quote, context: &Context) -> AnyView {
    let store = context.store;
    let depth = context.depth + 1;
    // The backend checks the outermost quotes only.
    let altered = depth == 1
        && context.reply.quotes.iter().any(|quote| Some(quote.number) == node.source && quote.exact == Some(false));
    let number = node.source;
    let source = store.select(move |thread| number.map(|number| thread.source(number)));
    let state = Memo::new(move |_| match source.get() {
        None => State::Unknown,
        Some(Source::Missing) => State::Missing,
        Some(Source::Gone) => State::Deleted,
        Some(_) if altered => State::Altered,
        Some(_) => State::Ok,
    });
    let inner = Context { depth, ..context.clone() };
    let content = view! { <blockquote part="quote-body">{blocks(&node.blocks, &inner)}</blockquote> }.into_any();
    let inner_fold = depth > FOLD_DEPTH;
    let content = match inner_fold || text_length(&node.blocks) > FOLD_LENGTH {
        true => folded(node, content, inner_fold, context),
        false => content,
    };
    view! {
        <figure part="quote" data-depth={depth.to_string()} data-state={move || state.get().word()}>
            {attribution(node, source, state, context)}
            {content}
        </figure>
    }
    .into_any()
}

/// "sacto joe in reply 6", a link to the source. The name is the source's own where that is loaded:
/// what a quote claims can be wrong, and people change their names.
fn attribution(
    node: &Quote,
    source: Memo<Option<Source>>,
    state: Memo<State>,
    context: &Context,
) -> Option<AnyView> {
    let store = context.store;
    let messages = store.messages();
    let number = node.source;
    let written = node.author.clone().filter(|name| !name.trim().is_empty());
    let said = messages.clone();
    let label = move |name: Option<String>| {
        let sentence = said.quote_attribution(name.is_some(), number);
        filled(sentence, name.map(|name| view! { <bdi>{name}</bdi> }.into_any()).into_iter().collect())
    };
    let Some(number) = number else {
        let text = label(Some(written?));
        return Some(view! { <figcaption part="quote-attribution">{text}</figcaption> }.into_any());
    };
    let label = move || {
        label(match source.get() {
            Some(Source::Loaded { author }) => author,
            _ => written.clone(),
        })
    };
    let from = context.reply.number;
    let link = move || match state.get() {
        State::Missing => view! { <span part="quote-source">{label.clone()}</span> }.into_any(),
        _ => {
            let label = label.clone();
            view! { <ReplyLink store number from part="quote-source">{label}</ReplyLink> }.into_any()
        }
    };
    let mark = move || match state.get() {
        State::Altered => Some((messages.quote_altered(), Some(messages.quote_altered_title(number)))),
        State::Deleted => Some((messages.quote_source_deleted(), None)),
        State::Missing => Some((messages.quote_source_missing(), None)),
        State::Ok | State::Unknown => None,
    };
    Some(
        view! {
            <figcaption part="quote-attribution">
                {link}
                {move || mark().map(|(word, why)| view! { <span part="quote-mark" title={why}>{word}</span> })}
            </figcaption>
        }
        .into_any(),
    )
}

/// The first words, and the rest on demand; works without scripts.
fn folded(node: &Quote, content: AnyView, inner: bool, context: &Context) -> AnyView {
    let messages = context.store.messages();
    let unfold = if inner { messages.show_inner_quote() } else { messages.show_whole_quote() };
    view! {
        <details part="quote-fold">
            <summary part="quote-summary">
                <span part="quote-excerpt">{excerpt(&node.blocks, EXCERPT)}</span>
                <span part="quote-unfold">{unfold}</span>
            </summary>
            {content}
        </details>
    }
    .into_any()
}
