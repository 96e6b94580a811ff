//! Sentences with views in them: names that must not reorder their neighbours, links, folds.

use super::element::{View, text};
use crate::messages::Part;

/// A sentence with its slots filled, each by one view.
pub(super) fn filled(sentence: Vec<Part>, slots: Vec<View>) -> Vec<View> {
    let mut left = Vec::new();
    for slot in slots {
        left.push(Some(slot));
    }
    let mut views = Vec::new();
    for part in sentence {
        views.extend(match part {
            Part::Text(content) => Some(text(&content)),
            Part::Slot(place) => left.get_mut(place).and_then(Option::take),
        });
    }
    views
}
