//! Numbers for the places of panics: `reactive_graph/owner.rs:12` stands on a line of `panics.txt`, and whatever panics
//! there has the number of the line.
//!
//! The compiler gives a panic the address of its place in the source: in a path that names folders of the builder's
//! machine. Nobody reads it but the one who reports it, and nobody has to download it: what was its address in code and
//! data becomes its number, and nothing refers to it any more.

use super::linked::{Data, Linked, Reference, Target};
use super::panics::I32_CONST;

/// `core::panic::Location`: the address of a path, its length, a line and a column.
const LOCATION: usize = 16;

/// Gives all places their numbers, in `bytes` and in what is known of them. Their list begins with number 1.
pub(super) fn numbered(bytes: &mut [u8], linked: &mut Linked) -> Result<Vec<String>, String> {
    let places: Vec<_> = linked.data.iter().map(|data| place(bytes, linked, data)).collect();
    let mut list: Vec<_> = places.iter().flatten().collect();
    list.sort();
    list.dedup();
    let number = |reference: &Reference| {
        let Target::Data(data) = reference.target else { return None };
        let place = places.get(data)?.as_ref()?;
        list.binary_search(&place).ok().and_then(|line| u32::try_from(line + 1).ok())
    };
    for function in &mut linked.functions {
        for (reference, number) in taken(&mut function.references, number) {
            // A place that is looked into, and not only handed on, has no number that would do.
            if reference.at.checked_sub(1).and_then(|before| bytes.get(before)) != Some(&I32_CONST) {
                return Err(format!("{} reads a place", function.name));
            }
            put(bytes, reference.at, padded(number))?;
        }
    }
    for data in &mut linked.data {
        for (reference, number) in taken(&mut data.references, number) {
            put(bytes, reference.at, number.to_le_bytes())?;
        }
    }
    for (reference, number) in taken(&mut linked.loose, number) {
        put(bytes, reference.at, number.to_le_bytes())?;
    }
    Ok(list.into_iter().map(|(path, line)| format!("{path}:{line}")).collect())
}

/// Takes those out of `references` that have a number, with their numbers.
fn taken(
    references: &mut Vec<Reference>,
    number: impl Fn(&Reference) -> Option<u32>,
) -> Vec<(Reference, u32)> {
    let taken: Vec<_> = references.iter().filter_map(|one| Some((*one, number(one)?))).collect();
    references.retain(|one| number(one).is_none());
    taken
}

fn put<const LENGTH: usize>(bytes: &mut [u8], at: usize, number: [u8; LENGTH]) -> Result<(), String> {
    bytes.get_mut(at..at + LENGTH).ok_or("a number ends beyond its end")?.copy_from_slice(&number);
    Ok(())
}

/// As the linker writes a number whose length must not change: seven bits a byte, the last of five without a mark.
fn padded(number: u32) -> [u8; 5] {
    let bits = |at: u32| (number >> (7 * at) & 0x7f) as u8;
    [bits(0) | 0x80, bits(1) | 0x80, bits(2) | 0x80, bits(3) | 0x80, bits(4)]
}

/// The path, shortened, and the line, if `data` is a place in the source.
fn place(bytes: &[u8], linked: &Linked, data: &Data) -> Option<(String, u32)> {
    let [Reference { at, target: Target::Data(path) }] = data.references.as_slice() else { return None };
    let path = bytes.get(linked.data.get(*path)?.bytes.clone())?;
    let path = path.strip_suffix(b"\0").unwrap_or(path);
    let number = |at: usize| {
        let number = bytes.get(data.bytes.start + at..data.bytes.start + at + 4)?;
        Some(u32::from_le_bytes(number.try_into().ok()?))
    };
    let is_place = data.bytes.len() == LOCATION
        && *at == data.bytes.start
        && path.ends_with(b".rs")
        && number(4)? as usize == path.len();
    is_place.then_some(())?;
    Some((short(std::str::from_utf8(path).ok()?), number(8)?))
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
    fn at(path: u32, length: u32, line: u32) -> Vec<Piece> {
        let numbers: Vec<_> =
            [length, line, 34].iter().flat_map(|number: &u32| number.to_le_bytes()).collect();
        vec![Piece::Address(path), bytes(&numbers)]
    }

    const PATH: &[u8] = b"/a/b-1.0/src/c.rs\0";

    #[test]
    fn places_become_the_numbers_of_their_lines() {
        let drop = || bytes(&[0x1a]);
        let mut bytes_ = module(
            &[(
                0,
                0,
                "run",
                vec![Piece::Address(1), drop(), Piece::Address(2), drop(), Piece::Address(4), drop()],
            )],
            &[vec![bytes(PATH)], at(0, 17, 300), at(0, 17, 9), vec![Piece::Address(1)], at(0, 17, 300)],
        );
        let mut linked = Linked::read(&bytes_).unwrap();
        assert_eq!(numbered(&mut bytes_, &mut linked).unwrap(), ["b/c.rs:9", "b/c.rs:300"]);
        let body = &bytes_[linked.functions[1].body.clone()];
        let of = |number| [[0x41].as_slice(), &padded(number), &[0x1a]].concat();
        let end = vec![0x0b];
        assert!(body.ends_with(&[of(2), of(1), of(2), end].concat()));
        assert!(linked.functions[1].references.is_empty());
        let after = PATH.len() + 2 * LOCATION;
        assert_eq!(memory(&bytes_)[after..after + 4], [2, 0, 0, 0]);
        assert!(linked.data[3].references.is_empty());
    }

    #[test]
    fn what_only_looks_like_a_place_keeps_its_address() {
        let texts = [at(0, 16, 1), at(1, 6, 1), vec![bytes(&[7; 16])]];
        for text in texts {
            let data = [vec![bytes(PATH)], vec![bytes(b"c.txt\0")], text];
            let mut bytes = module(&[(0, 0, "run", vec![Piece::Address(2), bytes(&[0x1a])])], &data);
            let before = bytes.clone();
            let mut linked = Linked::read(&bytes).unwrap();
            assert!(numbered(&mut bytes, &mut linked).unwrap().is_empty());
            assert_eq!(bytes, before);
        }
    }

    #[test]
    fn numbers_have_the_length_of_addresses() {
        assert_eq!(padded(1), [0x81, 0x80, 0x80, 0x80, 0]);
        assert_eq!(padded(300), [0xac, 0x82, 0x80, 0x80, 0]);
    }
}
