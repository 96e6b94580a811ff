//! What functions do in a module that reports places of panics and nothing else.
//!
//! Whatever panics calls `died` with the place. What was done for its sentence is left to `sentences.rs`.

use wasm_encoder::Encode as _;
use wasmparser::ValType;

use super::collect::Body;
use super::linked::{Function, Linked, Target};
use super::sentences;

/// The function that reports the place of a panic; see `src/embed/crash.rs`.
pub(super) const DIED: &str = "afterword::embed::crash::died";

/// What all names of functions that panic begin with. One of these that `PANICS` does not know is an error: a
/// newer Rust has it, or has changed it.
const FAMILIES: [&str; 8] = [
    "core::panicking::",
    "core::option::unwrap_failed",
    "core::option::expect_failed",
    "core::result::unwrap_failed",
    "core::str::slice_error_fail",
    "core::slice::index::slice_",
    "core::cell::panic_",
    "std::thread::local::panic_access_error",
];

/// How a function's name begins, how many parameters it has, and whether the last is the place where it was called.
const PANICS: [(&str, usize, bool); 30] = [
    ("core::panicking::assert_failed_inner", 8, true),
    ("core::panicking::assert_failed", 6, true),
    ("core::panicking::panic", 3, true),
    ("core::panicking::panic_bounds_check", 3, true),
    ("core::panicking::panic_cannot_unwind", 0, false),
    ("core::panicking::panic_const::", 1, true),
    ("core::panicking::panic_display", 2, true),
    ("core::panicking::panic_explicit", 1, true),
    ("core::panicking::panic_fmt", 3, true),
    ("core::panicking::panic_in_cleanup", 0, false),
    ("core::panicking::panic_misaligned_pointer_dereference", 3, true),
    ("core::panicking::panic_nounwind", 2, false),
    ("core::panicking::panic_nounwind_fmt", 4, true),
    ("core::panicking::panic_nounwind_nobacktrace", 2, false),
    ("core::panicking::panic_null_pointer_dereference", 1, true),
    ("core::panicking::panic_str_2015", 3, true),
    ("core::panicking::unreachable_display", 2, true),
    ("core::option::unwrap_failed", 1, true),
    ("core::option::expect_failed", 3, true),
    ("core::result::unwrap_failed", 5, true),
    ("core::str::slice_error_fail", 5, true),
    ("core::str::slice_error_fail_rt", 5, true),
    ("core::slice::index::slice_index_fail", 4, true),
    ("core::cell::panic_already_borrowed", 1, true),
    ("core::cell::panic_already_mutably_borrowed", 1, true),
    ("std::thread::local::panic_access_error", 1, true),
    ("core::slice::copy_from_slice_impl::len_mismatch_fail", 3, true),
    ("<alloc::vec::Vec<_, _>>::insert_mut::assert_failed", 3, true),
    ("alloc::raw_vec::handle_error", 2, false),
    ("alloc::alloc::handle_alloc_error", 2, false),
];

/// What a function does from now on; `None` where it stays as it is. An error if it panics in a way that is not known.
pub(super) fn body(
    linked: &Linked,
    bytes: &[u8],
    function: &Function,
    died: u32,
) -> Result<Option<Body>, String> {
    let name = function.name.as_str();
    let Some((parameters, results)) = linked.signature(function) else { return Ok(None) };
    if name.ends_with(" as core::fmt::Debug>::fmt") && *results == [ValType::I32] {
        return Ok(Some(Body { bytes: vec![0, I32_CONST, 0, END], targets: Vec::new() }));
    }
    // Nothing is left that would call the hook.
    if name == "std::panicking::set_hook" && results.is_empty() {
        return Ok(Some(Body { bytes: vec![0, END], targets: Vec::new() }));
    }
    if let Some(panic) = Panic::of(function, linked)? {
        let mut body = vec![0];
        match parameters.len().checked_sub(1).filter(|_| panic.has_place) {
            Some(last) => local_get(&mut body, last),
            None => body.extend([I32_CONST, 0]),
        }
        die(&mut body, died);
        body.push(END);
        return Ok(Some(Body { bytes: body, targets: vec![Target::Function(died)] }));
    }
    sentences::left_out(linked, bytes, function, died)
        .map_err(|error| format!("{name} cannot be read: {error}"))
}

/// A function that panics.
#[derive(Debug, Clone, Copy)]
pub(super) struct Panic {
    /// Its last parameter is the place where it was called.
    pub(super) has_place: bool,
}

impl Panic {
    pub(super) fn of(function: &Function, linked: &Linked) -> Result<Option<Self>, String> {
        let name = function.name.as_str();
        let is = |known: &str| {
            name.strip_prefix(known).is_some_and(|rest| {
                rest.is_empty() || rest.starts_with("::<") || (known.ends_with("::") && !rest.contains("::"))
            })
        };
        let Some((_, count, has_place)) = PANICS.iter().find(|(known, ..)| is(known)) else {
            return Ok(None);
        };
        let (parameters, results) =
            linked.signature(function).ok_or_else(|| format!("{name} is of no known type"))?;
        let place_fits = !has_place || parameters.last() == Some(&ValType::I32);
        if parameters.len() != *count || !results.is_empty() || !place_fits {
            return Err(format!(
                "{name} takes {parameters:?} and answers {results:?}, not {count} parameters and nothing: see \
                 PANICS in xtask/src/shrink/panics.rs"
            ));
        }
        Ok(Some(Self { has_place: *has_place }))
    }
}

/// Whether a function looks like one that panics and is not known as one.
pub(super) fn is_unknown(linked: &Linked, function: &Function) -> bool {
    FAMILIES.iter().any(|family| function.name.starts_with(family))
        && matches!(Panic::of(function, linked), Ok(None))
}

/// Calls `died`, which takes the place from the stack.
pub(super) fn die(body: &mut Vec<u8>, died: u32) {
    body.push(CALL);
    died.encode(body);
    body.push(UNREACHABLE);
}

fn local_get(body: &mut Vec<u8>, index: usize) {
    body.push(LOCAL_GET);
    index.encode(body);
}

pub(super) const UNREACHABLE: u8 = 0x00;
pub(super) const END: u8 = 0x0b;
pub(super) const CALL: u8 = 0x10;
pub(super) const LOCAL_GET: u8 = 0x20;
pub(super) const I32_CONST: u8 = 0x41;

#[cfg(test)]
mod tests {
    use super::super::collected;
    use super::super::sample::{Piece, bytes, module, shrunk};
    use super::*;

    const FMT: &str = "core::panicking::panic_fmt";

    #[test]
    fn whatever_panics_reports_its_place_and_stops() {
        let shrunk = shrunk(&[
            (3, 0, "core::panicking::panic_bounds_check", vec![Piece::Address(1), bytes(&[0x1a])]),
            (0, 0, "core::panicking::panic_cannot_unwind", vec![]),
        ]);
        assert_eq!(
            shrunk.unwrap(),
            [
                "LocalGet { local_index: 2 }; Call { function_index: 2 }; Unreachable; End",
                "I32Const { value: 0 }; Call { function_index: 2 }; Unreachable; End",
            ]
        );
    }

    #[test]
    fn nothing_is_printed_for_debugging_and_nothing_hooked() {
        let seven = || vec![bytes(&[I32_CONST, 7])];
        let shrunk = shrunk(&[
            (2, 1, "<u8 as core::fmt::Debug>::fmt", seven()),
            (2, 1, "<u8 as core::fmt::Display>::fmt", seven()),
            (2, 0, "std::panicking::set_hook", vec![Piece::Call(2)]),
        ]);
        assert_eq!(shrunk.unwrap(), ["I32Const { value: 0 }; End", "I32Const { value: 7 }; End", "End"]);
    }

    #[test]
    fn a_panic_that_takes_something_else_is_refused() {
        let refused = shrunk(&[(2, 0, FMT, vec![])]).unwrap_err();
        assert!(refused.contains("core::panicking::panic_fmt takes [I32, I32]"), "{refused}");
        let refused = shrunk(&[(1, 0, "core::panicking::panic_of_tomorrow", vec![])]).unwrap_err();
        assert!(refused.contains("panic_of_tomorrow is not in PANICS"), "{refused}");
    }

    #[test]
    fn a_module_that_could_not_report_its_panics_is_refused() {
        let refused = collected(module(&[(0, 0, "run", vec![])], &[])).unwrap_err();
        assert!(refused.contains("no function afterword::embed::crash::died"), "{refused}");
    }
}
