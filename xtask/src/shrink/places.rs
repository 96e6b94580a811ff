//! Shortens the places of panics, in the data, to what tells a developer where: `reactive_graph/owner.rs`, line 12.
//!
//! The compiler writes down where the source lay on the builder's machine, which is long and nobody's business. A
//! path that has been shortened stands where it stood, followed by zeros.

use std::ops::Range;

use super::linked::{Data, Linked, Reference, Target};

/// `core::panic::Location`: the address of a path, its length, a line and a column.
const LOCATION: usize = 16;

/// Shortens all paths that only places of panics refer to, and forgets the columns.
pub(super) fn shorten(bytes: &mut [u8], linked: &Linked) {
    for path in &linked.data {
        // The linker lets equal texts share their bytes, and a text those of a longer one that ends with it.
        let mut sharing = linked.data.iter().filter(|other| overlap(&other.bytes, &path.bytes));
        if !is_path(bytes, path) || !sharing.all(|other| other.bytes == path.bytes) {
            continue;
        }
        let refers = |reference: &&Reference| match reference.target {
            Target::Data(target) => linked.data.get(target).is_some_and(|target| target.bytes == path.bytes),
            _ => false,
        };
        let code = linked.functions.iter().flat_map(|function| &function.references);
        if code.chain(&linked.loose).any(|reference| refers(&reference)) {
            continue;
        }
        let users = linked.data.iter().filter(|user| user.references.iter().any(|one| refers(&one)));
        let places: Option<Vec<_>> = users.map(|user| place(bytes, user, path)).collect();
        let (Some(places), Some(text)) = (places, bytes.get_mut(path.bytes.clone())) else { continue };
        let short =
            std::str::from_utf8(text).map(|text| short(text.trim_end_matches('\0'))).unwrap_or_default();
        text.fill(0);
        text.iter_mut().zip(short.as_bytes()).for_each(|(to, from)| *to = *from);
        let length = u32::try_from(short.len()).unwrap_or_default().to_le_bytes();
        for place in places {
            put(bytes, place.start + 4, length);
            put(bytes, place.start + 12, [0; 4]);
        }
    }
}

fn is_path(bytes: &[u8], data: &Data) -> bool {
    bytes.get(data.bytes.clone()).is_some_and(|text| text.ends_with(b".rs\0") || text.ends_with(b".rs"))
}

fn overlap(one: &Range<usize>, other: &Range<usize>) -> bool {
    one.start < other.end && other.start < one.end
}

fn put(bytes: &mut [u8], at: usize, number: [u8; 4]) {
    if let Some(place) = bytes.get_mut(at..at + 4) {
        place.copy_from_slice(&number);
    }
}

/// Where `user` stands, if it is a place in the source file `path`.
fn place(bytes: &[u8], user: &Data, path: &Data) -> Option<Range<usize>> {
    let [reference] = user.references.as_slice() else { return None };
    let length: [u8; 4] = bytes.get(user.bytes.start + 4..user.bytes.start + 8)?.try_into().ok()?;
    let text = bytes.get(path.bytes.clone())?;
    let text = text.strip_suffix(b"\0").unwrap_or(text);
    let is_place = user.bytes.len() == LOCATION
        && reference.at == user.bytes.start
        && u32::from_le_bytes(length) as usize == text.len();
    is_place.then(|| user.bytes.clone())
}

/// A path by its package and what follows its `src`; one of this project stays as it is.
fn short(path: &str) -> String {
    let mut parts: Vec<_> = path.split(['/', '\\']).collect();
    if path.starts_with(['/', '\\']) || path.contains(':') {
        let src = parts.iter().rposition(|part| *part == "src").unwrap_or(parts.len() - 1);
        parts.drain(..src.saturating_sub(1));
        if parts.len() > 2 {
            parts.remove(1);
        }
        if let Some(package) = parts.first_mut() {
            let version = |rest: &str| rest.starts_with(|first: char| first.is_ascii_digit());
            let name =
                package.rmatch_indices('-').find(|(at, _)| version(package.get(at + 1..).unwrap_or("")));
            *package = name.and_then(|(at, _)| package.get(..at)).unwrap_or(package);
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::super::sample::{Piece, bytes, memory, module};
    use super::*;

    #[test]
    fn a_path_is_told_by_its_package_and_what_follows_its_src() {
        for (path, expected) in [
            (
                "/home/me/.cargo/registry/src/index-0a1b/reactive_graph-0.2.16/src/owner/arena.rs",
                "reactive_graph/owner/arena.rs",
            ),
            ("C:\\me\\registry\\src\\index\\js-sys-0.3.107\\src\\lib.rs", "js-sys/lib.rs"),
            ("/rustc/59807616e1fa/library/core/src/src/lib.rs", "src/lib.rs"),
            ("/rust/deps/dlmalloc-0.2.11/src/dlmalloc.rs", "dlmalloc/dlmalloc.rs"),
            ("/elsewhere/build/out/made-by-script.rs", "out/made-by-script.rs"),
            ("src/store.rs", "src/store.rs"),
            ("markup/src/cut.rs", "markup/src/cut.rs"),
        ] {
            assert_eq!(short(path), expected);
        }
    }

    /// A place in the source file that is the data of index `path`.
    fn place(path: u32, length: u32) -> Vec<Piece> {
        let numbers: Vec<_> = [length, 12, 34].iter().flat_map(|number: &u32| number.to_le_bytes()).collect();
        vec![Piece::Address(path), bytes(&numbers)]
    }

    fn shortened(functions: Vec<Piece>, data: &[Vec<Piece>]) -> Vec<u8> {
        let mut bytes = module(&[(0, 0, "run", functions)], data);
        let linked = Linked::read(&bytes).unwrap();
        shorten(&mut bytes, &linked);
        memory(&bytes)
    }

    #[test]
    fn a_shorter_path_stands_where_it_stood_and_columns_are_forgotten() {
        let memory = shortened(vec![], &[vec![bytes(b"/a/b-1.0/src/c.rs\0")], place(0, 17), place(0, 17)]);
        assert_eq!(memory[..18], *b"b/c.rs\0\0\0\0\0\0\0\0\0\0\0\0");
        for place in [&memory[18..34], &memory[34..50]] {
            assert_eq!(*place, [0, 4, 0, 0, 6, 0, 0, 0, 12, 0, 0, 0, 0, 0, 0, 0]);
        }
    }

    #[test]
    fn a_path_that_is_also_read_as_a_text_stays() {
        let path = vec![bytes(b"/a/b-1.0/src/c.rs\0")];
        let in_code = shortened(vec![Piece::Address(0), bytes(&[0x1a])], &[path.clone(), place(0, 17)]);
        let in_data =
            shortened(vec![], &[path, place(0, 17), vec![Piece::Address(0), bytes(&[17, 0, 0, 0])]]);
        for memory in [in_code, in_data] {
            assert_eq!(memory[..18], *b"/a/b-1.0/src/c.rs\0");
            assert_eq!(memory[30..34], [34, 0, 0, 0]);
        }
    }
}
