//! Random names: long enough that nobody guesses one, made of what may stand in an address.

use std::hash::{BuildHasher, RandomState};

use crate::problem::Refusal;

/// Digits and small letters without those that are taken for others.
const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// Five random bits for each of `length` letters.
pub(crate) fn letters(length: usize) -> Result<String, Refusal> {
    let mut bytes = vec![0; length];
    getrandom::fill(&mut bytes).map_err(|error| {
        tracing::error!(%error, "the system gives no random numbers");
        Refusal::internal()
    })?;
    let letter = |byte: u8| LETTERS.get(usize::from(byte & 31)).copied().map_or('0', char::from);
    Ok(bytes.into_iter().map(letter).collect())
}

/// Any number below `most`; nobody has to be unable to guess it.
pub(crate) fn below(most: u64) -> u64 {
    RandomState::new().hash_one(0u8) % most.max(1)
}
