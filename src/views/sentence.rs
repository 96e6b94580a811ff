//! Sentences with views in them: names that must not reorder their neighbours, links, folds.

use super::element::{View, text};
use crate::messages::Part;

/// A sentence with its slots filled, each by one view.
pub(super) fn filled(sentence: Vec<Part>, slots: Vec<View>) -> Vec<View> {
    let mut slots: Vec<Option<View>> = slots.into_iter().map(Some).collect();
    sentence
        .into_iter()
        .filter_map(|part| match part {
            Part::Text(content) => Some(text(&content)),
            Part::Slot(place) => slots.get_mut(place).and_then(Option::take),
        })
        .collect()
}
