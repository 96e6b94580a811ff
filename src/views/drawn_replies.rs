//! The views of replies on the page, one for each, in order.

use afterword_contract::ReplyId;
use leptos::prelude::{Notify, Owner, Track, untrack};
use leptos::reactive::effect::RenderEffect;
use leptos::reactive::signal::ArcTrigger;
use leptos::tachys::renderer::{Rndr, types};

use super::drawn::{Drawn, build, redraw};
use super::element::ForEachReply;
use super::found::{Found, is_alike};
use crate::browser::page;

/// So many replies are drawn in one frame, where others come later; fewer where that takes longer than so many
/// milliseconds.
const AT_ONCE: usize = 10;
const AT_MOST: i64 = 6;

/// The view of one reply. It lives until its reply is no longer shown.
pub(super) struct Item {
    id: ReplyId,
    /// What the view made for itself goes with it.
    owner: Owner,
    drawn: Drawn,
}

/// What goes from the page with this: replies that somebody else has drawn, by the ids of their articles, and items.
struct Going {
    named: Vec<(String, types::Element)>,
    leaving: Vec<Item>,
}

impl Going {
    fn go(&mut self) {
        for (_, gone) in std::mem::take(&mut self.named) {
            gone.remove();
        }
        for gone in std::mem::take(&mut self.leaving) {
            gone.drawn.remove();
        }
    }
}

impl Drop for Going {
    fn drop(&mut self) {
        self.go();
    }
}

/// Keeps one view for each reply inside `parent`, in order. The views of an earlier effect, `old`, are drawn over, and so
/// is what was `found` there. Replies that come behind those that are there, and those that were found, are drawn some
/// at a time, since many take longer than a frame.
pub(super) fn follow_replies(
    parent: types::Element,
    replies: ForEachReply,
    old: Option<Drawn>,
    mut found: Option<Found>,
) -> RenderEffect<Drawn> {
    let ForEachReply { mut ids, draw } = replies;
    // Items outlive the runs of this effect, so they do not belong to its owner.
    let around = Owner::current().unwrap_or_default();
    let mut over = old.is_some();
    // Also where this is over before all has its place, because everything around is drawn anew.
    let named = found.as_ref().map(Found::named).unwrap_or_default();
    let mut going = Going { named, leaving: Vec::new() };
    let again = ArcTrigger::new();
    let show = move |old| {
        again.track();
        for gone in std::mem::take(&mut going.leaving) {
            gone.drawn.remove();
        }
        let mut old: Vec<_> = match old {
            Some(Drawn::Items(items)) => items.into_iter().map(Some).collect(),
            _ => Vec::new(),
        };
        let ids = ids.give();
        let stay = staying(&old, &ids);
        let goes_on = stay > 0 || found.is_some();
        let begun = page::now();
        let total = ids.len();
        let mut items = Vec::with_capacity(total);
        let mut next = 0;
        for id in ids {
            let fresh = items.len().saturating_sub(stay);
            if goes_on && fresh > 0 && (fresh >= AT_ONCE || page::now() - begun >= AT_MOST) {
                break;
            }
            let kept = take(&mut old, &mut next, &id);
            items.push(match kept {
                Some(item) if !over => item,
                kept => {
                    let owner = around.child();
                    let view = owner.with(|| untrack(|| draw.draw(id.clone())));
                    let name = draw.name(&id).filter(|_| found.is_some());
                    let place = going.named.iter().position(|(known, item)| {
                        let alike = || view.element().is_some_and(|parts| is_alike(item, parts));
                        name.as_ref() == Some(known) && alike()
                    });
                    let there = place.map(|place| going.named.swap_remove(place).1.into());
                    let there = found.as_ref().filter(|_| there.is_some()).map(|found| found.from(there));
                    let drawn = owner.with(|| match kept {
                        Some(item) => redraw(item.drawn, view),
                        None => build(view, there.as_ref()),
                    });
                    Item { id, owner, drawn }
                }
            });
        }
        over = false;
        let rest = total - items.len();
        for gone in old.into_iter().flatten() {
            // Nothing of it is drawn anew any more, although something may just have changed in it.
            gone.owner.pause();
            // What comes is seen first.
            going.leaving.push(gone);
        }
        if rest == 0 {
            going.go();
        }
        // What is still to be found stands in between.
        if going.named.is_empty() {
            arrange(&parent, &items);
        }
        if rest > 0 {
            let again = again.clone();
            page::when_seen(move || again.notify());
        } else {
            found = None;
        }
        // For `embed/window.js`, which would ask for the next page.
        let _ = parent.toggle_attribute_with_force("aria-busy", rest > 0 && found.is_none());
        Drawn::Items(items)
    };
    RenderEffect::new_with_value(show, old)
}

/// How many of the items stay at the beginning, where others may only have gone before them, and all behind them are new.
fn staying(items: &[Option<Item>], ids: &[ReplyId]) -> usize {
    let mut stay = 0;
    for item in items.iter().flatten() {
        if ids.get(stay) == Some(&item.id) {
            stay += 1;
        } else if stay > 0 {
            return 0;
        }
    }
    let is_new = |id: &ReplyId| !items.iter().flatten().any(|item| item.id == *id);
    if ids.iter().skip(stay).all(is_new) { stay } else { 0 }
}

/// The item of this id, looked for from where the last one was found: lists grow at their ends more often than
/// they are reordered.
fn take(items: &mut [Option<Item>], next: &mut usize, id: &ReplyId) -> Option<Item> {
    let wanted = |item: &Option<Item>| item.as_ref().is_some_and(|item| item.id == *id);
    let from_here = items.iter().skip(*next).position(wanted).map(|place| place + *next);
    let place = from_here.or_else(|| items.iter().position(wanted))?;
    *next = place + 1;
    items.get_mut(place)?.take()
}

/// Puts the items in order, moving only those that stand elsewhere.
fn arrange(parent: &types::Element, items: &[Item]) {
    let mut after: Option<types::Node> = None;
    for item in items.iter().rev() {
        let Some(node) = item.drawn.node() else { continue };
        if Rndr::get_parent(&node).is_none() || Rndr::next_sibling(&node) != after {
            Rndr::insert_node(parent, &node, after.as_ref());
        }
        after = Some(node);
    }
}
