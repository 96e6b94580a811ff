//! Where a page begins or ends, as opaque text that goes to the client and comes back.
//!
//! A cursor names a place in one order of one thread, and carries a check over both: handed to another
//! thread or order, or altered, it is refused instead of showing some other page. It hides nothing and is
//! not a permission.

use afterword_contract::{Cursor, ThreadId};

use crate::hash;
use crate::store::{PageOrder, Position};

/// The cursor of `position` in `order` of `thread`.
pub(crate) fn write(thread: &ThreadId, order: PageOrder, position: Position) -> Cursor {
    let reactions = -position.top_rank;
    let check = check(thread, order, position);
    Cursor(format!("{:x}.{reactions:x}.{check:08x}", position.number))
}

/// The position that `text` names in `order` of `thread`; `None` where it is no cursor of that order.
pub(crate) fn read(thread: &ThreadId, order: PageOrder, text: &str) -> Option<Position> {
    let (number, rest) = text.split_once('.')?;
    let (reactions, _) = rest.split_once('.')?;
    let number = u32::from_str_radix(number, 16).ok()?;
    let top_rank = -i64::from_str_radix(reactions, 16).ok().filter(|count| *count >= 0)?;
    let position = Position { top_rank, number };
    // Compared as text: one position has one spelling.
    (write(thread, order, position).as_str() == text).then_some(position)
}

fn check(thread: &ThreadId, order: PageOrder, position: Position) -> u32 {
    let hash = hash::lasting(&[
        thread.as_str().as_bytes(),
        order.as_str().as_bytes(),
        &position.number.to_le_bytes(),
        &position.top_rank.to_le_bytes(),
    ]);
    // Folded to half its length: cursors stand in addresses.
    (hash ^ (hash >> 32)) as u32
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{read, write};
    use crate::store::{PageOrder, Position};

    const ORDERS: [PageOrder; 3] = [PageOrder::Oldest, PageOrder::Newest, PageOrder::Top];

    proptest! {
        #[test]
        fn a_cursor_comes_back_as_its_position(
            thread in ".{1,20}", place in 0usize..3, number in 1u32.., reactions in 0i64..1 << 40,
        ) {
            let (thread, order) = (thread.into(), ORDERS[place]);
            let position = Position { top_rank: -reactions, number };
            let cursor = write(&thread, order, position);
            prop_assert_eq!(read(&thread, order, cursor.as_str()), Some(position));
            prop_assert_eq!(read(&thread, ORDERS[(place + 1) % 3], cursor.as_str()), None);
            prop_assert_eq!(read(&"elsewhere*".into(), order, cursor.as_str()), None);
        }

        #[test]
        fn an_altered_cursor_is_refused(number in 1u32.., place in 0usize..8, other in "[0-9a-f]") {
            let (thread, order) = ("soft-cell".into(), PageOrder::Top);
            let cursor = write(&thread, order, Position { top_rank: -3, number }).0;
            let place = place % cursor.len();
            let altered = format!("{}{other}{}", &cursor[..place], &cursor[place + 1..]);
            prop_assume!(altered != cursor);
            prop_assert_eq!(read(&thread, order, &altered), None);
        }

        #[test]
        fn no_text_panics(text in ".{0,40}") {
            prop_assert_eq!(read(&"soft-cell".into(), PageOrder::Oldest, &text), None);
        }
    }

    #[test]
    fn another_spelling_of_the_same_place_is_refused() {
        let (thread, order) = ("soft-cell".into(), PageOrder::Oldest);
        let cursor = write(&thread, order, Position { top_rank: 0, number: 0xab }).0;
        assert_eq!(read(&thread, order, &cursor.to_uppercase()), None);
        assert_eq!(read(&thread, order, &format!("0{cursor}")), None);
        assert_eq!(read(&thread, order, &format!("+{cursor}")), None);
    }
}
