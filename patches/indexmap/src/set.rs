//! Values in the order in which they came, each once.

use core::borrow::Borrow;
use core::marker::PhantomData;
use std::collections::hash_map::RandomState;

/// Values in the order in which they came, each once. How they would be hashed is of no importance.
#[derive(Clone, Debug)]
pub struct IndexSet<T, S = RandomState> {
    values: Vec<T>,
    hasher: PhantomData<fn() -> S>,
}

impl<T> IndexSet<T> {
    /// None, with room for so many.
    #[must_use]
    pub fn with_capacity(capacity: usize) -> Self {
        Self { values: Vec::with_capacity(capacity), hasher: PhantomData }
    }
}

impl<T, S> IndexSet<T, S> {
    /// None, with room for so many.
    #[must_use]
    pub fn with_capacity_and_hasher(capacity: usize, _: S) -> Self {
        Self { values: Vec::with_capacity(capacity), hasher: PhantomData }
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// The value at a place, from 0.
    #[must_use]
    pub fn get_index(&self, index: usize) -> Option<&T> {
        self.values.get(index)
    }

    /// All, in order.
    pub fn iter(&self) -> core::slice::Iter<'_, T> {
        self.values.iter()
    }

    /// Forgets all.
    pub fn clear(&mut self) {
        self.values.clear();
    }
}

impl<T: Eq, S> IndexSet<T, S> {
    /// Puts a value at the end; false if it is there already, which stays where it is.
    pub fn insert(&mut self, value: T) -> bool {
        let is_new = !self.values.contains(&value);
        if is_new {
            self.values.push(value);
        }
        is_new
    }

    /// Whether a value is there.
    pub fn contains<Q: Eq + ?Sized>(&self, value: &Q) -> bool
    where
        T: Borrow<Q>,
    {
        self.get_full(value).is_some()
    }

    /// A value and its place, from 0.
    pub fn get_full<Q: Eq + ?Sized>(&self, value: &Q) -> Option<(usize, &T)>
    where
        T: Borrow<Q>,
    {
        self.values.iter().enumerate().find(|(_, known)| (*known).borrow() == value)
    }

    /// Takes a value out, and all that follow move up; false if there was none.
    pub fn shift_remove<Q: Eq + ?Sized>(&mut self, value: &Q) -> bool
    where
        T: Borrow<Q>,
    {
        let place = self.values.iter().position(|known| known.borrow() == value);
        if let Some(place) = place {
            self.values.remove(place);
        }
        place.is_some()
    }
}

impl<T, S> Default for IndexSet<T, S> {
    fn default() -> Self {
        Self { values: Vec::new(), hasher: PhantomData }
    }
}

impl<T: Eq, S> Extend<T> for IndexSet<T, S> {
    fn extend<I: IntoIterator<Item = T>>(&mut self, values: I) {
        for value in values {
            self.insert(value);
        }
    }
}

impl<T: Eq, S> FromIterator<T> for IndexSet<T, S> {
    fn from_iter<I: IntoIterator<Item = T>>(values: I) -> Self {
        let mut set = Self::default();
        set.extend(values);
        set
    }
}

impl<T, S> IntoIterator for IndexSet<T, S> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.values.into_iter()
    }
}

impl<'a, T, S> IntoIterator for &'a IndexSet<T, S> {
    type Item = &'a T;
    type IntoIter = core::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(set: &IndexSet<String>) -> Vec<&str> {
        set.iter().map(String::as_str).collect()
    }

    #[test]
    fn each_value_stands_once_where_it_came_first() {
        let mut set: IndexSet<String> = ["b", "a", "b", "c", "a"].map(String::from).into_iter().collect();
        assert_eq!(listed(&set), ["b", "a", "c"]);
        assert!(!set.insert("a".into()));
        assert!(set.insert("d".into()));
        assert_eq!(listed(&set), ["b", "a", "c", "d"]);
        assert_eq!((set.len(), set.get_index(2).map(String::as_str), set.get_index(4)), (4, Some("c"), None));
    }

    #[test]
    fn what_is_taken_out_leaves_the_others_in_their_order() {
        let mut set: IndexSet<String> = ["a", "b", "c"].map(String::from).into_iter().collect();
        assert!(set.shift_remove("a"));
        assert!(!set.shift_remove("a"));
        assert_eq!(listed(&set), ["b", "c"]);
        assert!(set.contains("c") && !set.contains("a"));
        assert_eq!(set.get_full("c").map(|(place, _)| place), Some(1));
        set.clear();
        assert!(set.is_empty());
    }

    #[test]
    fn all_are_given_in_order_and_once() {
        let mut set = IndexSet::<_, ()>::with_capacity_and_hasher(2, ());
        set.extend([3, 1, 3, 2]);
        assert_eq!((&set).into_iter().copied().collect::<Vec<_>>(), [3, 1, 2]);
        assert_eq!(set.into_iter().collect::<Vec<_>>(), [3, 1, 2]);
        assert_eq!(IndexSet::<u8>::with_capacity(3).into_iter().count(), 0);
    }
}
