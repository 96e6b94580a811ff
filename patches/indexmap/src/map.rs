//! Values by their keys, in the order in which those came.

use core::borrow::Borrow;
use core::marker::PhantomData;
use std::collections::hash_map::RandomState;

/// Values by their keys, in the order in which those came. How they would be hashed is of no importance.
#[derive(Clone, Debug)]
pub struct IndexMap<K, V, S = RandomState> {
    entries: Vec<(K, V)>,
    hasher: PhantomData<fn() -> S>,
}

impl<K, V> IndexMap<K, V> {
    /// None.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}

impl<K, V, S> IndexMap<K, V, S> {
    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// All, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        self.entries.iter().map(|(key, value)| (key, value))
    }
}

impl<K: Eq, V, S> IndexMap<K, V, S> {
    /// Puts a value at the end, or where one of that key is, which is given back.
    pub fn insert(&mut self, key: K, value: V) -> Option<V> {
        match self.entries.iter_mut().find(|(known, _)| *known == key) {
            Some((_, known)) => Some(core::mem::replace(known, value)),
            None => {
                self.entries.push((key, value));
                None
            }
        }
    }

    /// The value of a key.
    pub fn get<Q: Eq + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        self.entries.iter().find(|(known, _)| known.borrow() == key).map(|(_, value)| value)
    }

    /// Whether there is one of that key.
    pub fn contains_key<Q: Eq + ?Sized>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.get(key).is_some()
    }

    /// Takes a value out, and all that follow move up.
    pub fn shift_remove<Q: Eq + ?Sized>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        let place = self.entries.iter().position(|(known, _)| known.borrow() == key)?;
        Some(self.entries.remove(place).1)
    }
}

impl<K, V, S> Default for IndexMap<K, V, S> {
    fn default() -> Self {
        Self { entries: Vec::new(), hasher: PhantomData }
    }
}

impl<K: Eq, V, S> Extend<(K, V)> for IndexMap<K, V, S> {
    fn extend<I: IntoIterator<Item = (K, V)>>(&mut self, entries: I) {
        for (key, value) in entries {
            self.insert(key, value);
        }
    }
}

impl<K: Eq, V, S> FromIterator<(K, V)> for IndexMap<K, V, S> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> Self {
        let mut map = Self::default();
        map.extend(entries);
        map
    }
}

impl<K, V, S> IntoIterator for IndexMap<K, V, S> {
    type Item = (K, V);
    type IntoIter = std::vec::IntoIter<(K, V)>;

    fn into_iter(self) -> Self::IntoIter {
        self.entries.into_iter()
    }
}

/// As slices of pairs are walked through: a pair is borrowed in its two parts.
type Borrowed<'a, K, V> = core::iter::Map<core::slice::Iter<'a, (K, V)>, fn(&'a (K, V)) -> (&'a K, &'a V)>;

impl<'a, K, V, S> IntoIterator for &'a IndexMap<K, V, S> {
    type Item = (&'a K, &'a V);
    type IntoIter = Borrowed<'a, K, V>;

    fn into_iter(self) -> Self::IntoIter {
        self.entries.iter().map(|(key, value)| (key, value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_keeps_its_place_and_has_one_value() {
        let mut map: IndexMap<String, u8> =
            [("b", 1), ("a", 2), ("b", 3)].map(|(key, value)| (key.to_owned(), value)).into_iter().collect();
        assert_eq!(map.insert("a".into(), 4), Some(2));
        assert_eq!(map.insert("c".into(), 5), None);
        let listed: Vec<_> = map.iter().map(|(key, value)| (key.as_str(), *value)).collect();
        assert_eq!(listed, [("b", 3), ("a", 4), ("c", 5)]);
        assert_eq!((map.get("a"), map.contains_key("d"), map.len()), (Some(&4), false, 3));
    }

    #[test]
    fn what_is_taken_out_leaves_the_others_in_their_order() {
        let mut map: IndexMap<&str, u8> = [("a", 1), ("b", 2), ("c", 3)].into_iter().collect();
        assert_eq!(map.shift_remove("b"), Some(2));
        assert_eq!(map.shift_remove("b"), None);
        assert_eq!((&map).into_iter().map(|(_, value)| *value).collect::<Vec<_>>(), [1, 3]);
        assert_eq!(map.into_iter().collect::<Vec<_>>(), [("a", 1), ("c", 3)]);
        assert!(IndexMap::<u8, u8>::new().is_empty());
    }
}
