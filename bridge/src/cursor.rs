//! Where a page begins or ends, as opaque text that goes to the client and comes back.
//!
//! A cursor names a reply in one order of one thread, with a check over all of it: handed to another thread or
//! order, or altered, it is refused instead of showing some other page. It hides nothing and is no permission.

use afterword_contract::{Cursor, Order};

/// A reply's place in an order: with `top`, how many reactions it has; its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Position {
    pub(crate) reactions: u64,
    pub(crate) number: u32,
}

/// The cursor of `position` in `order` of `thread`.
pub(crate) fn write(thread: &str, order: &Order, position: Position) -> Cursor {
    let Position { reactions, number } = position;
    let checked = format!("{thread}\n{}\n{reactions}\n{number}", order.as_str());
    Cursor(format!("{number:x}.{reactions:x}.{:08x}", fingerprint(checked.as_bytes())))
}

/// The position that `text` names in `order` of `thread`; `None` where it is no cursor of that order.
pub(crate) fn read(thread: &str, order: &Order, text: &str) -> Option<Position> {
    let (number, rest) = text.split_once('.')?;
    let (reactions, _) = rest.split_once('.')?;
    let number = u32::from_str_radix(number, 16).ok()?;
    let reactions = u64::from_str_radix(reactions, 16).ok()?;
    let position = Position { reactions, number };
    // Compared as text: one position has one spelling.
    (write(thread, order, position).as_str() == text).then_some(position)
}

/// FNV-1a, folded to 32 bits: the same in every process, so that a restart breaks no cursor.
fn fingerprint(bytes: &[u8]) -> u32 {
    let start = 0xcbf2_9ce4_8422_2325_u64;
    let hash =
        bytes.iter().fold(start, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3));
    (hash ^ (hash >> 32)) as u32
}

#[cfg(test)]
mod tests {
    use afterword_contract::Order;
    use proptest::prelude::*;

    use super::{Position, read, write};

    proptest! {
        #[test]
        fn a_cursor_is_one_of_its_thread_and_order(thread in ".{1,20}", number in 1u32.., reactions in 0u64..1 << 40) {
            let position = Position { reactions, number };
            let cursor = write(&thread, &Order::Top, position);
            prop_assert_eq!(read(&thread, &Order::Top, cursor.as_str()), Some(position));
            prop_assert_eq!(read(&thread, &Order::Newest, cursor.as_str()), None);
            prop_assert_eq!(read("elsewhere*", &Order::Top, cursor.as_str()), None);
        }

        #[test]
        fn no_text_panics(text in "[0-9a-f.+ä]{0,40}") {
            let _ = read("thread", &Order::Oldest, &text);
        }
    }
}
