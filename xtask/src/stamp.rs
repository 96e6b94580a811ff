//! What a result was made from, as one number: the same number means that nothing has to be made.
//!
//! The hash is FNV-1a with 64 bits, written out because it must be the same for every Rust that
//! compiles it. It notices accidents, not attacks.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use crate::workspace::files_under;

/// A hash of named contents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Hash(u64);

impl Hash {
    /// Of nothing yet.
    pub(crate) fn new() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }

    /// Adds a name and its contents; both count, and so does where one ends and the other begins.
    pub(crate) fn add(&mut self, name: &Path, contents: &[u8]) {
        let name = name.to_string_lossy();
        self.bytes(&name.len().to_le_bytes());
        self.bytes(name.as_bytes());
        self.bytes(&contents.len().to_le_bytes());
        self.bytes(contents);
    }

    /// Adds the files at the given places, folders with everything in them. What is missing
    /// counts as missing.
    pub(crate) fn add_files(&mut self, root: &Path, places: &[&str]) {
        for place in places {
            let place = root.join(place);
            let files = if place.is_dir() { files_under(&place) } else { vec![place] };
            for file in files {
                self.add_file(root, &file);
            }
        }
    }

    fn add_file(&mut self, root: &Path, file: &Path) {
        let name: PathBuf = file.strip_prefix(root).unwrap_or(file).into();
        match fs::read(file) {
            Ok(contents) => self.add(&name, &contents),
            Err(_) => self.add(&name, b"(missing)"),
        }
    }

    fn bytes(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(pairs: &[(&str, &str)]) -> Hash {
        let mut hash = Hash::new();
        for (name, contents) in pairs {
            hash.add(Path::new(name), contents.as_bytes());
        }
        hash
    }

    #[test]
    fn names_and_contents_and_their_borders_count() {
        assert_eq!(of(&[("a", "1")]), of(&[("a", "1")]));
        assert_ne!(of(&[("a", "1")]), of(&[("a", "2")]));
        assert_ne!(of(&[("a", "1")]), of(&[("b", "1")]));
        assert_ne!(of(&[("a", "1b")]), of(&[("a", "1"), ("b", "")]));
        assert_eq!(of(&[]).to_string(), "cbf29ce484222325");
    }

    #[test]
    fn a_file_that_appears_changes_the_hash() {
        let root = std::env::temp_dir().join(format!("afterword-stamp-{}", std::process::id()));
        let hash = || {
            let mut hash = Hash::new();
            hash.add_files(&root, &["folder", "single"]);
            hash
        };
        fs::create_dir_all(root.join("folder/deep")).unwrap();
        let before = hash();
        fs::write(root.join("folder/deep/new"), "").unwrap();
        let with_new = hash();
        fs::write(root.join("single"), "").unwrap();
        let with_single = hash();
        fs::remove_dir_all(&root).unwrap();
        assert_ne!(before, with_new);
        assert_ne!(with_new, with_single);
    }
}
