//! The order of functions in the module: the same in another order, and 3 % less once compressed.
//!
//! A compressor finds what is alike where it is close together, so each function is followed by the one of which most
//! stands in those before it. Only wasm-opt knows how to move them: it is told the order by their names.

use std::collections::HashMap;

use wasm_encoder::{NameMap, NameSection, Section as _};
use wasmparser::{Parser, Payload, TypeRef};

/// The pass of wasm-opt that does it. The oldest that are welcome do not have it.
pub(super) const BY_NAME: &str = "--reorder-functions-by-name";

/// How much of a run of bytes is still near one function later.
const NEARNESS: f32 = 0.7;

/// The module with a name for each function that says where it ought to stand.
pub(super) fn named(bytes: &[u8]) -> Result<Vec<u8>, String> {
    let mut imported = 0;
    let mut bodies = Vec::new();
    for payload in Parser::new(0).parse_all(bytes) {
        match payload.map_err(|error| error.to_string())? {
            Payload::ImportSection(section) => {
                for import in section.into_imports() {
                    let import = import.map_err(|error| error.to_string())?;
                    imported += u32::from(matches!(import.ty, TypeRef::Func(_)));
                }
            }
            Payload::CodeSectionEntry(body) => bodies.push(body.as_bytes()),
            _ => {}
        }
    }
    let mut places: Vec<_> = chain(&bodies).into_iter().zip(0_u32..).collect();
    places.sort_unstable();
    let mut names = NameMap::new();
    for ((_, place), index) in places.into_iter().zip(imported..) {
        names.append(index, &format!("{place:08}"));
    }
    let mut section = NameSection::new();
    section.functions(&names);
    let mut named = bytes.to_vec();
    section.append_to(&mut named);
    Ok(named)
}

/// The places of `bodies` in an order in which each is followed by the one of which most stands in those before it,
/// the nearer the better. The shortest is the first.
fn chain(bodies: &[&[u8]]) -> Vec<usize> {
    let Runs { of_bodies, users, weights } = Runs::of(bodies);
    let weight = |run: &usize| weights.get(*run).copied().unwrap_or_default();
    let whole: Vec<f32> =
        of_bodies.iter().map(|runs| runs.iter().map(weight).sum::<f32>().max(1.0)).collect();
    // By run: where in the order it stands last.
    let mut last = vec![None; users.len()];
    // By body: how much of it is near.
    let mut near = vec![0.0; bodies.len()];
    let mut left: Vec<usize> = (0..bodies.len()).collect();
    left.sort_by_key(|place| bodies.get(*place).map(|body| body.len()));
    let mut order = Vec::new();
    let mut next = 0;
    while next < left.len() {
        let place = left.remove(next);
        near.iter_mut().for_each(|near| *near *= NEARNESS);
        for run in of_bodies.get(place).into_iter().flatten() {
            let Some(last) = last.get_mut(*run) else { continue };
            let ago = last.replace(order.len()).map(|last| order.len() - last);
            let comes_near = weight(run) * (1.0 - ago.map_or(0.0, |ago| NEARNESS.powi(ago as i32)));
            for user in users.get(*run).into_iter().flatten() {
                if let Some(near) = near.get_mut(*user) {
                    *near += comes_near;
                }
            }
        }
        order.push(place);
        let share =
            |place: &usize| near.get(*place).zip(whole.get(*place)).map_or(0.0, |(near, whole)| near / whole);
        // The first of equals: `max_by` would give the last.
        let shares = left.iter().map(share).enumerate().rev();
        next = shares.max_by(|(_, one), (_, other)| one.total_cmp(other)).map_or(0, |(at, _)| at);
    }
    order
}

/// Runs of four bytes that bodies have in common.
struct Runs {
    /// By body: its runs, each once.
    of_bodies: Vec<Vec<usize>>,
    /// By run: the bodies that have it.
    users: Vec<Vec<usize>>,
    /// By run: the fewer have it, the more it is worth that they stand together.
    weights: Vec<f32>,
}

impl Runs {
    fn of(bodies: &[&[u8]]) -> Self {
        let mut numbers = HashMap::new();
        let (mut of_bodies, mut users): (Vec<Vec<usize>>, Vec<Vec<usize>>) = (Vec::new(), Vec::new());
        for (place, body) in bodies.iter().enumerate() {
            let mut runs = Vec::new();
            for run in body.windows(4) {
                let count = numbers.len();
                runs.push(*numbers.entry(run).or_insert(count));
            }
            runs.sort_unstable();
            runs.dedup();
            users.resize_with(numbers.len(), Vec::new);
            for run in &runs {
                if let Some(users) = users.get_mut(*run) {
                    users.push(place);
                }
            }
            of_bodies.push(runs);
        }
        // What so many have is near wherever one stands.
        let most = (bodies.len() / 4).max(4);
        let all = bodies.len() as f32;
        let weight = |users: usize| if users > most { 0.0 } else { (all / users as f32).log2() };
        let weights: Vec<f32> = users.iter().map(|users| weight(users.len())).collect();
        for runs in &mut of_bodies {
            runs.retain(|run| weights.get(*run).is_some_and(|weight| *weight > 0.0));
        }
        Self { of_bodies, users, weights }
    }
}

#[cfg(test)]
mod tests {
    use wasm_encoder::{CodeSection, Function, FunctionSection, Module, TypeSection};
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
    fn functions_that_are_alike_stand_beside_each_other() {
        let (mut types, mut list, mut code, mut module) =
            (TypeSection::new(), FunctionSection::new(), CodeSection::new(), Module::new());
        types.ty().function([], []);
        for numbers in [&[300, 301, 302][..], &[900, 901, 902], &[300, 301, 303, 304], &[900]] {
            list.function(0);
            let mut body = Function::new([]);
            for number in numbers {
                body.instructions().i32_const(*number).drop();
            }
            body.instructions().end();
            code.function(&body);
        }
        module.section(&types).section(&list).section(&code);
        let places = names(&named(&module.finish()).unwrap());
        assert_eq!(places, ["00000002", "00000001", "00000003", "00000000"]);
    }

    #[test]
    fn each_is_followed_by_the_one_of_which_most_has_been_seen() {
        let bodies: [&[u8]; 4] =
            [b"one two three", b"four five six seven", b"zero two three", b"four five six"];
        assert_eq!(chain(&bodies), [0, 2, 3, 1]);
        assert_eq!(chain(&[]), [0; 0]);
    }
}
