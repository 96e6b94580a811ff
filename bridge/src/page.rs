//! Which replies stand on a page, and what leads from it to others. Replies have the numbers 1 to `total` without
//! gaps, so a page by number is known before any reply is.

use std::cmp::Reverse;
use std::ops::Range;

use afterword_contract::{Cursor, Order};

use crate::cursor::{self, Position};
use crate::wish::{Place, Wish};

/// The numbers that a page by number holds; with `oldest` ascending, with `newest` descending.
pub(crate) fn numbers(wish: &Wish, total: u32) -> Range<u32> {
    let newest = wish.order == Order::Newest;
    let end = total.saturating_add(1);
    let up = |from: u32| from.clamp(1, end)..from.saturating_add(wish.limit).clamp(1, end);
    let down = |to: u32| to.saturating_sub(wish.limit).clamp(1, end)..to.clamp(1, end);
    match wish.place {
        Place::Start if newest => down(end),
        Place::Start => up(1),
        Place::After(Position { number, .. }) if newest => down(number),
        Place::After(Position { number, .. }) => up(number.saturating_add(1)),
        Place::Before(Position { number, .. }) if newest => up(number.saturating_add(1)),
        Place::Before(Position { number, .. }) => down(number),
        Place::Around(number) => {
            let before = if newest { (wish.limit - 1) / 2 } else { wish.limit / 2 };
            let latest = end.saturating_sub(wish.limit).max(1);
            up(number.min(total).saturating_sub(before).clamp(1, latest))
        }
    }
}

/// Which replies stand on a page.
#[derive(Debug)]
pub(crate) struct Cut {
    /// In the order asked for.
    pub(crate) numbers: Vec<u32>,
    pub(crate) previous: Option<Cursor>,
    pub(crate) next: Option<Cursor>,
}

/// The page of `numbers`, in a thread whose last number is `total`.
pub(crate) fn by_number(wish: &Wish, numbers: Range<u32>, total: u32) -> Cut {
    let cursor = |number| cursor::write(&wish.thread, &wish.order, Position { reactions: 0, number });
    let smaller = (numbers.start > 1).then(|| cursor(numbers.start));
    let greater = (numbers.end <= total).then(|| cursor(numbers.end - 1));
    match wish.order {
        Order::Newest => Cut { numbers: numbers.rev().collect(), previous: greater, next: smaller },
        _ => Cut { numbers: numbers.collect(), previous: smaller, next: greater },
    }
}

/// The page out of all replies of a thread with most reactions first.
pub(crate) fn by_reactions(wish: &Wish, mut all: Vec<Position>) -> Cut {
    all.sort_unstable_by_key(place);
    let at = |wanted: Position| all.partition_point(|position| place(position) < place(&wanted));
    let limit = wish.limit as usize;
    let (start, end) = match wish.place {
        Place::Start => (0, limit),
        Place::After(position) => {
            let found = at(position);
            let start =
                found + usize::from(all.get(found).is_some_and(|there| there.number == position.number));
            (start, start + limit)
        }
        Place::Before(position) => (at(position).saturating_sub(limit), at(position)),
        Place::Around(number) => {
            let last = all.iter().map(|position| position.number).max().unwrap_or(0);
            let found = all.iter().position(|position| position.number == number.min(last)).unwrap_or(0);
            let start = found.saturating_sub(limit / 2).min(all.len().saturating_sub(limit));
            (start, start + limit)
        }
    };
    let end = end.min(all.len());
    let start = start.min(end);
    let cursor = |position: &Position| cursor::write(&wish.thread, &wish.order, *position);
    let previous = all.get(start).or(all.last()).filter(|_| start > 0).map(cursor);
    let last = end.checked_sub(1).and_then(|last| all.get(last));
    let next = last.filter(|_| end < all.len()).map(cursor);
    let on_it = all.get(start..end).unwrap_or_default();
    Cut { numbers: on_it.iter().map(|position| position.number).collect(), previous, next }
}

/// What the order sorts by.
fn place(position: &Position) -> (Reverse<u64>, u32) {
    (Reverse(position.reactions), position.number)
}

#[cfg(test)]
mod tests {
    use afterword_contract::Order;
    use proptest::prelude::*;

    use super::{Cut, by_number, by_reactions, numbers};
    use crate::cursor::{self, Position};
    use crate::wish::{Place, Wish};

    fn wish(order: Order, limit: u32, place: Place) -> Wish {
        Wish { thread: "t".to_owned(), order, limit, place }
    }

    fn position(number: u32) -> Position {
        Position { reactions: u64::from(number % 3), number }
    }

    fn page(wish: &Wish, total: u32) -> Cut {
        match wish.order {
            Order::Top => by_reactions(wish, (1..=total).map(position).collect()),
            _ => by_number(wish, numbers(wish, total), total),
        }
    }

    const ORDERS: [Order; 3] = [Order::Oldest, Order::Newest, Order::Top];

    proptest! {
        #[test]
        fn every_reply_stands_on_one_page_in_both_directions(total in 0u32..40, limit in 1u32..9, order in 0usize..3) {
            let order = &ORDERS[order];
            let whole = page(&wish(order.clone(), 100, Place::Start), total).numbers;
            prop_assert_eq!(whole.len(), total as usize);
            let mut forward = Vec::new();
            let mut backward = Vec::new();
            let mut place = Place::Start;
            for _ in 0..=total {
                let page = page(&wish(order.clone(), limit, place), total);
                forward.extend(page.numbers.clone());
                prop_assert!(page.numbers.len() <= limit as usize);
                match page.next {
                    Some(next) => place = Place::After(cursor::read("t", order, next.as_str()).unwrap()),
                    None => {
                        let mut previous = page.previous.clone();
                        backward = page.numbers.clone();
                        while let Some(cursor) = previous {
                            let place = Place::Before(cursor::read("t", order, cursor.as_str()).unwrap());
                            let page = self::page(&wish(order.clone(), limit, place), total);
                            prop_assert!(!page.numbers.is_empty());
                            backward.splice(0..0, page.numbers.clone());
                            previous = page.previous;
                        }
                        break;
                    }
                }
            }
            prop_assert_eq!(&forward, &whole);
            prop_assert_eq!(&backward, &whole);
        }

        #[test]
        fn what_is_around_a_number_holds_it_in_the_middle(total in 1u32..40, limit in 3u32..9, number in 1u32..60, order in 0usize..3) {
            let page = page(&wish(ORDERS[order].clone(), limit, Place::Around(number)), total);
            let (found, number) = (&page.numbers, number.min(total));
            let place = found.iter().position(|there| *there == number).unwrap();
            prop_assert_eq!(found.len(), limit.min(total) as usize);
            prop_assert!(place > 0 || page.previous.is_none());
            prop_assert!(place + 1 < found.len() || page.next.is_none());
        }

        #[test]
        fn no_place_breaks_it(total in 0u32.., limit in 1u32..=100, number: u32, order in 0usize..2) {
            let position = Position { reactions: 0, number };
            for place in [Place::Start, Place::After(position), Place::Before(position), Place::Around(number.max(1))] {
                let numbers = numbers(&wish(ORDERS[order].clone(), limit, place), total);
                prop_assert!(numbers.start >= 1 && numbers.start <= numbers.end);
                prop_assert!(numbers.end - numbers.start <= limit && u64::from(numbers.end) <= u64::from(total) + 1);
            }
        }
    }
}
