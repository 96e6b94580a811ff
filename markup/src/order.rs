//! A stable sort by string keys. The standard library's is faster, and is compiled anew for every type that
//! is sorted: several kilobytes each in the wasm, for lists that mostly hold a dozen names.

use crate::steps::steps;

/// `items` in the order of their keys; among equal keys the order that they had.
pub(crate) fn sorted<T>(items: Vec<T>, key: fn(&T) -> &str) -> Vec<T> {
    let mut keys = Vec::new();
    for item in &items {
        keys.push(key(item));
    }
    let order = order(&keys);
    let mut left = Vec::new();
    for item in items {
        left.push(Some(item));
    }
    let mut sorted = Vec::new();
    for index in order {
        sorted.extend(left.get_mut(index).and_then(Option::take));
    }
    sorted
}

/// The indices of `keys` in the order of the keys, by merging runs of doubling length.
fn order(keys: &[&str]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..keys.len()).collect();
    let mut width = 1;
    while width < order.len() {
        let mut merged = Vec::with_capacity(order.len());
        for pair in order.chunks(width * 2) {
            let (mut left, mut right) = pair.split_at(width.min(pair.len()));
            while let (Some((l, lefts)), Some((r, rights))) = (left.split_first(), right.split_first()) {
                steps(1);
                if keys.get(*r) < keys.get(*l) {
                    merged.push(*r);
                    right = rights;
                } else {
                    merged.push(*l);
                    left = lefts;
                }
            }
            merged.extend_from_slice(left);
            merged.extend_from_slice(right);
        }
        order = merged;
        width *= 2;
    }
    order
}

#[cfg(test)]
mod tests {
    use super::sorted;

    #[test]
    fn sorts_and_keeps_the_order_of_equals() {
        for length in 0..40_usize {
            let items: Vec<(String, usize)> = (0..length).map(|n| ((n * 7 % 5).to_string(), n)).collect();
            let mut expected = items.clone();
            expected.sort_by(|a, b| a.0.cmp(&b.0));
            assert_eq!(sorted(items, |item| &item.0), expected);
        }
    }
}
