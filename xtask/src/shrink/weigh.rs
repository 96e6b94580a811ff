//! What each crate costs in the module: the bytes of its functions, told by their names.
//!
//! A function is charged to the crate in which it is written. So a generic one is charged to whoever wrote it and not
//! to whoever asked for it with their types, and one that the compiler put into its caller is charged to the caller.

use std::collections::BTreeMap;

use super::collect::{Alive, Body};
use super::linked::{Data, Linked};

/// Where functions go whose names tell no crate: those of the linker and of wasm-bindgen, and `memcpy` and its like.
pub(crate) const NAMELESS: &str = "(no crate)";

/// The module by crates. All numbers are bytes as they stand there, not compressed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Weights {
    /// The heaviest first, by what is left.
    pub(crate) crates: Vec<Weight>,
    /// Constants and statics, whosever they are.
    pub(crate) data: Weight,
}

/// What something weighs.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Weight {
    pub(crate) name: String,
    pub(crate) functions: usize,
    /// As the linker wrote it.
    pub(crate) linked: usize,
    /// What is left without what nobody can reach, before wasm-opt, which keeps no names.
    pub(crate) kept: usize,
}

/// Functions that wasm-bindgen calls while it reads the module, to learn how the glue has to look, and then drops.
/// Without this they would be a third of it.
pub(super) fn forget_descriptions(linked: &mut Linked) {
    let Linked { roots, functions, .. } = linked;
    roots.retain(|root| {
        let function = functions.get(*root as usize);
        !function.is_some_and(|function| function.name.starts_with("__wbindgen_describe"))
    });
}

pub(super) fn weights(linked: &Linked, bodies: &[Option<Body>], alive: &Alive) -> Weights {
    let mut crates: BTreeMap<String, Weight> = BTreeMap::new();
    let lives = alive.functions.iter().chain(std::iter::repeat(&false));
    let all = linked.functions.iter().zip(bodies).zip(lives).skip(linked.imported);
    for ((function, body), alive) in all {
        let name = written_in(&function.name).unwrap_or(NAMELESS);
        let weight = crates.entry(name.to_owned()).or_default();
        weight.name = name.to_owned();
        weight.linked += function.body.len();
        if *alive {
            weight.functions += 1;
            weight.kept += body.as_ref().map_or(function.body.len(), |body| body.bytes.len());
        }
    }
    let mut crates: Vec<_> = crates.into_values().collect();
    crates.sort_by(|one, other| other.kept.cmp(&one.kept).then_with(|| one.name.cmp(&other.name)));
    let dead = union(alive.dead_bytes(linked));
    let all = union(linked.data.iter().map(|Data { bytes, .. }| bytes.clone()).collect());
    let data = Weight { name: "data".to_owned(), functions: 0, linked: all, kept: all.saturating_sub(dead) };
    Weights { crates, data }
}

/// How many bytes lie in at least one of these.
fn union(mut ranges: Vec<std::ops::Range<usize>>) -> usize {
    ranges.sort_by_key(|range| range.start);
    let (mut bytes, mut end) = (0, 0);
    for range in ranges {
        bytes += range.end.saturating_sub(range.start.max(end));
        end = end.max(range.end);
    }
    bytes
}

/// The crate in which a function is written: that of its path, of the type that it belongs to, or, where that is
/// built into the language or anybody's, of the trait.
fn written_in(name: &str) -> Option<&str> {
    match name.strip_prefix('<') {
        None => first_of_path(name),
        Some(inside) => first_of_path(inside)
            .or_else(|| inside.split_once(" as ").and_then(|(_, of_trait)| first_of_path(of_trait))),
    }
}

fn first_of_path(path: &str) -> Option<&str> {
    let mut path = path;
    while let Some(inside) =
        ["<", "&", "mut ", "dyn ", "*const ", "*mut ", "["].iter().find_map(|mark| path.strip_prefix(mark))
    {
        path = inside;
    }
    let end = path.find(|c: char| !c.is_alphanumeric() && c != '_')?;
    let (first, rest) = path.split_at_checked(end)?;
    (rest.starts_with("::") && !first.is_empty()).then_some(first)
}

#[cfg(test)]
mod tests {
    use super::super::sample::{Piece, bytes, module};
    use super::*;

    #[test]
    fn a_function_is_charged_to_the_crate_in_which_it_is_written() {
        for (name, expected) in [
            ("afterword::views::pager::pager", Some("afterword")),
            ("<afterword::thread::Thread as core::fmt::Debug>::fmt", Some("afterword")),
            ("core::ptr::drop_in_place<afterword::thread::Thread>", Some("core")),
            ("<alloc::vec::Vec<T,A> as core::ops::drop::Drop>::drop", Some("alloc")),
            ("<&mut [leptos::View] as core::fmt::Debug>::fmt", Some("leptos")),
            ("<T as serde_core::de::Visitor>::visit_u8", Some("serde_core")),
            ("<(A,B) as tachys::view::Render>::build", Some("tachys")),
            ("<u32 as core::fmt::Display>::fmt", Some("core")),
            ("<dyn core::any::Any>::is::<afterword::X>", Some("core")),
            ("__wbindgen_malloc", None),
            ("memcpy", None),
            ("", None),
        ] {
            assert_eq!(written_in(name), expected, "{name}");
        }
    }

    #[test]
    fn what_is_left_out_is_not_charged() {
        let module = module(
            &[
                (0, 0, "run", vec![Piece::Call(2), Piece::Address(0), bytes(&[0x1a])]),
                (0, 0, "_RNvCsgXGp5Oqx2Ny_4core4last", vec![]),
                (0, 0, "_RNvCsgXGp5Oqx2Ny_5other4gone", vec![]),
            ],
            &[vec![bytes(&[1, 2, 3, 4])], vec![bytes(&[5; 4])]],
        );
        let linked = Linked::read(&module).unwrap();
        let bodies = vec![None; linked.functions.len()];
        let alive = Alive::of(&linked, &bodies).unwrap();
        let weights = weights(&linked, &bodies, &alive);
        let kept: Vec<_> =
            weights.crates.iter().map(|it| (it.name.as_str(), it.functions, it.kept > 0)).collect();
        assert_eq!(kept, [(NAMELESS, 1, true), ("core", 1, true), ("other", 0, false)]);
        assert!(weights.crates.iter().all(|it| it.linked > 0));
        assert_eq!((weights.data.linked, weights.data.kept), (8, 4));
    }

    #[test]
    fn what_only_wasm_bindgen_calls_is_not_charged() {
        let module = module(&[(0, 0, "__wbindgen_describe_run", vec![])], &[]);
        let mut linked = Linked::read(&module).unwrap();
        assert_eq!(linked.roots, [1]);
        forget_descriptions(&mut linked);
        assert!(linked.roots.is_empty());
    }

    #[test]
    fn bytes_that_two_share_count_once() {
        assert_eq!(union(vec![4..8, 0..5, 6..7, 20..21]), 9);
        assert_eq!(union(Vec::new()), 0);
    }
}
