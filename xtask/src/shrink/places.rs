//! Numbers for the places of panics: `reactive_graph/owner.rs:12` stands on a line of `panics.txt`, and whatever panics
//! there has the number of the line.
//!
//! The compiler gives a panic the address of its place in the source: in a path that names folders of the builder's
//! machine. Nobody reads it but the one who reports it, and nobody has to download it: what was its address in code and
//! data becomes its number, and nothing refers to it any more.

use super::collect::Alive;
use super::linked::{Data, Linked, Reference, Target, padded};
use super::panics::I32_CONST;

/// `core::panic::Location`: the address of a path, its length, a line and a column.
const LOCATION: usize = 16;

/// Gives the places that live their numbers, in `bytes` and in what is known of them. Their list begins with number 1.
///
/// Only what is looked into on the spot is noticed and refused. A function that is handed a place, and is none of those
/// that panic, must only hand it on.
pub(super) fn numbered(bytes: &mut [u8], linked: &mut Linked, alive: &Alive) -> Result<Vec<String>, String> {
    let living = linked.data.iter().zip(&alive.data);
    let places: Vec<_> = living
        .map(|(data, alive)| place(bytes, linked, data).filter(|_| *alive).map(|place| (place, data.address)))
        .collect();
    let mut list: Vec<_> = places.iter().flatten().map(|(place, _)| place).collect();
    list.sort();
    list.dedup();
    // By the data that a reference is to: the number that it gets, and the address that it has.
    let number = |reference: &Reference| {
        let Target::Data(data) = reference.target else { return None };
        let (place, address) = places.get(data)?.as_ref()?;
        let line = list.binary_search(&place).ok()?;
        Some((u32::try_from(line + 1).ok()?, *address))
    };
    for function in &mut linked.functions {
        for (at, number, address) in taken(&mut function.references, number) {
            // A place that is looked into, and not only handed on, has no number that would do.
            if bytes.get(at.saturating_sub(1)) != Some(&I32_CONST) {
                return Err(format!("{} reads a place", function.name));
            }
            put(bytes, at, padded(address), padded(number))?;
        }
    }
    for references in linked.data.iter_mut().map(|data| &mut data.references).chain([&mut linked.loose]) {
        for (at, number, address) in taken(references, number) {
            put(bytes, at, address.to_le_bytes(), number.to_le_bytes())?;
        }
    }
    Ok(list.into_iter().map(|(path, line)| format!("{path}:{line}")).collect())
}

/// Takes those out of `references` that get a number: where they stand, that, and the address.
fn taken(
    references: &mut Vec<Reference>,
    number: impl Fn(&Reference) -> Option<(u32, u32)>,
) -> Vec<(usize, u32, u32)> {
    let taken =
        references.iter().filter_map(|one| number(one).map(|(number, address)| (one.at, number, address)));
    let taken = taken.collect();
    references.retain(|one| number(one).is_none());
    taken
}

/// Puts `new` where `old` has to stand, or already does `new`: what two data share is written once.
fn put<const LENGTH: usize>(
    bytes: &mut [u8],
    at: usize,
    old: [u8; LENGTH],
    new: [u8; LENGTH],
) -> Result<(), String> {
    let there = bytes.get_mut(at..at + LENGTH).ok_or("a number ends beyond its end")?;
    if there != old && there != new {
        return Err("something points into a place".into());
    }
    there.copy_from_slice(&new);
    Ok(())
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

    fn all_alive(linked: &Linked) -> Alive {
        let count = linked.functions.len();
        Alive { functions: vec![true; count], slots: vec![true; count], data: vec![true; linked.data.len()] }
    }

    const PATH: &[u8] = b"/a/b-1.0/src/c.rs\0";

    #[test]
    fn places_become_the_numbers_of_their_lines() {
        let drop = || bytes(&[0x1a]);
        let mut whole = module(
            &[(
                0,
                0,
                "run",
                vec![Piece::Address(1), drop(), Piece::Address(2), drop(), Piece::Address(4), drop()],
            )],
            &[vec![bytes(PATH)], at(0, 17, 300), at(0, 17, 9), vec![Piece::Address(1)], at(0, 17, 300)],
        );
        let mut linked = Linked::read(&whole).unwrap();
        let alive = all_alive(&linked);
        assert_eq!(numbered(&mut whole, &mut linked, &alive).unwrap(), ["b/c.rs:9", "b/c.rs:300"]);
        let body = &whole[linked.functions[1].body.clone()];
        let of = |number| [[0x41].as_slice(), &padded(number), &[0x1a]].concat();
        let end = vec![0x0b];
        assert!(body.ends_with(&[of(2), of(1), of(2), end].concat()));
        assert!(linked.functions[1].references.is_empty());
        let after = PATH.len() + 2 * LOCATION;
        assert_eq!(memory(&whole)[after..after + 4], [2, 0, 0, 0]);
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
            let alive = all_alive(&linked);
            assert!(numbered(&mut bytes, &mut linked, &alive).unwrap().is_empty());
            assert_eq!(bytes, before);
        }
    }

    #[test]
    fn a_place_that_is_looked_into_is_refused() {
        let refused = |instruction: u8, pieces: &[Piece], change: fn(&mut Vec<u8>, usize)| {
            let mut whole = module(&[(0, 0, "run", pieces.to_vec())], &[vec![bytes(PATH)], at(0, 17, 9)]);
            let mut linked = Linked::read(&whole).unwrap();
            let alive = all_alive(&linked);
            let at = linked.functions[1].references[0].at;
            whole[at - 1] = instruction;
            change(&mut whole, at);
            numbered(&mut whole, &mut linked, &alive).unwrap_err()
        };
        let pieces = [Piece::Address(1), bytes(&[0x1a])];
        assert_eq!(refused(0x23, &pieces, |_, _| {}), "run reads a place");
        assert_eq!(refused(I32_CONST, &pieces, |whole, at| whole[at] += 8), "something points into a place");
    }

    #[test]
    fn places_that_nobody_comes_to_are_not_listed() {
        let mut whole = module(&[(0, 0, "run", vec![])], &[vec![bytes(PATH)], at(0, 17, 9)]);
        let mut linked = Linked::read(&whole).unwrap();
        let mut alive = all_alive(&linked);
        alive.data.fill(false);
        assert!(numbered(&mut whole, &mut linked, &alive).unwrap().is_empty());
    }
}
