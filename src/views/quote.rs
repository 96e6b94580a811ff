//! A quotation: who said it, where, and whether they did.

use super::card::Card;
use super::element::{View, live, live_maybe, name, part};
use super::reply_link::reply_link;
use super::reply_text::{Context, blocks};
use super::sentence::filled;
use crate::store::Selected;
use crate::text::trim;
use crate::thread::Source;
use afterword_contract::Quote as Listed;
use afterword_markup::{Quote, excerpt, text_length};

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
pub(super) fn quote(node: &Quote, context: &Context) -> View {
    let depth = context.depth + 1;
    // The backend lists the outermost quotes in order; where it found other ones, the number alone tells which it means.
    let mut altered = false;
    let outer = context.outer.filter(|_| node.source.is_none());
    if let (Some(number), Some(place)) = (node.source, context.outer) {
        let at = place.replace(place.get() + 1);
        let listed = &context.reply.quotes;
        let wrong = |quote: &Listed| quote.number == number && quote.exact == Some(false);
        altered = match listed.get(at) {
            Some(own) if own.number == number => wrong(own),
            _ => listed.iter().any(wrong),
        };
    }
    let source = context.store.source(node.source);
    let state = move || match source.get() {
        None => State::Unknown,
        Some(Source::Missing) => State::Missing,
        Some(Source::Gone) => State::Deleted,
        Some(_) if altered => State::Altered,
        Some(_) => State::Ok,
    };
    let inner = Context { depth, outer, ..context.clone() };
    let content = part("blockquote", "quote-body").children(blocks(&node.blocks, &inner)).view();
    let deep = depth > FOLD_DEPTH;
    let content = match deep || text_length(&node.blocks) > FOLD_LENGTH {
        true => folded(node, content, deep, context),
        false => content,
    };
    part("figure", "quote")
        .attr("data-depth", &depth.to_string())
        .live("data-state", move || Some(state().word().to_owned()))
        .maybe_child(attribution(node, source, state, context))
        .child(content)
        .view()
}

/// "sacto joe in reply 6", a link to the source. The name is the source's own where that is loaded:
/// what a quote claims can be wrong, and people change their names.
fn attribution(
    node: &Quote,
    source: Selected<Option<Source>>,
    state: impl Fn() -> State + Copy + 'static,
    context: &Context,
) -> Option<View> {
    let store = context.store;
    let messages = store.messages();
    let written = node.author.clone().filter(|author| !trim(author).is_empty());
    // Its own direction, lest a text that begins with it took it for its own.
    let caption = part("figcaption", "quote-attribution").attr("dir", "auto").maybe("lang", messages.ours());
    let Some(number) = node.source else {
        let sentence = filled(messages.quote_attribution(true, None), vec![name(&written?)]);
        return Some(caption.children(sentence).view());
    };
    let from = context.reply.number;
    let said = messages.clone();
    let card = Card::new(store, number);
    let link = move || {
        let author = match source.get() {
            Some(Source::Loaded { author }) => author,
            _ => written.clone(),
        };
        let sentence = filled(
            said.quote_attribution(author.is_some(), Some(number)),
            author.as_deref().map(name).into_iter().collect(),
        );
        match state() {
            State::Missing => part("span", "quote-source"),
            _ => card.of(reply_link(store, number, "quote-source", from)),
        }
        .children(sentence)
        .view()
    };
    let mark = move || {
        let (word, why) = match state() {
            State::Altered => (messages.quote_altered(), Some(messages.quote_altered_title(number))),
            State::Deleted => (messages.quote_source_deleted(), None),
            State::Missing => (messages.quote_source_missing(), None),
            State::Ok | State::Unknown => return None,
        };
        Some(match why {
            // Unfolds by pointer, touch and keyboard, and without scripts.
            Some(why) => part("details", "quote-mark")
                .child(part("summary", "quote-mark-word").text(word).view())
                .child(part("span", "quote-mark-why").text(&why).view())
                .view(),
            None => part("span", "quote-mark").text(word).view(),
        })
    };
    Some(caption.child(live(link)).child(card.view()).child(live_maybe(mark)).view())
}

/// The first words, and the rest on demand; works without scripts.
fn folded(node: &Quote, content: View, inner: bool, context: &Context) -> View {
    let messages = context.store.messages();
    let unfold = if inner { messages.show_inner_quote() } else { messages.show_whole_quote() };
    let summary = part("summary", "quote-summary")
        .child(part("span", "quote-excerpt").text(&excerpt(&node.blocks, EXCERPT)).view())
        .text(" ")
        .child(part("span", "quote-unfold").maybe("lang", messages.ours()).text(unfold).view());
    part("details", "quote-fold").child(summary.view()).child(content).view()
}
