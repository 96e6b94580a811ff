//! Short fingerprints of bytes. They tell contents apart; they keep nothing secret and resist no attacker.

use std::hash::{DefaultHasher, Hasher};

/// A fingerprint that is the same in every process, on every machine and in every version (FNV-1a, 64 bits):
/// fit to be stored and sent.
pub(crate) fn lasting(parts: &[&[u8]]) -> u64 {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for part in parts {
        for byte in part.iter().chain(&[0xff]) {
            hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
    hash
}

/// A fingerprint that two builds may disagree about, and much faster: fit for an `ETag`.
pub(crate) fn quick(bytes: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write(bytes);
    hasher.finish()
}
