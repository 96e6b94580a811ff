//! What functions do in a module that reports places of panics and nothing else.
//!
//! Whatever panics calls `died` with the place. So nobody reads the sentence any more that was made for it, and code
//! that only makes it goes as well.

use wasm_encoder::Encode as _;
use wasmparser::{BinaryReader, FunctionBody, Operator, ValType};

use super::collect::Body;
use super::linked::{Function, Linked, Target};

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

/// What the names of std's own allocator begin with.
const DLMALLOC: &str = "<dlmalloc::dlmalloc::Dlmalloc<dlmalloc::sys::System>>::";

/// What std's own allocator aligns to when it is not told.
const DLMALLOC_ALIGNS: u8 = 8;

/// The module's allocator: size, then alignment.
const ALLOCATE: &str = "__rustc::__rust_alloc";

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
    if let Some(body) = replaced(linked, function)? {
        return Ok(Some(body));
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
    without_sentences(linked, bytes, function, died)
        .map_err(|error| format!("{name} cannot be read: {error}"))
}

/// What stands in for functions of std that do more than this module needs.
fn replaced(linked: &Linked, function: &Function) -> Result<Option<Body>, String> {
    let name = function.name.as_str();
    let (bytes, callee, signature): (&[u8], _, _) = match name {
        // Nothing is left that would call the hook.
        "std::panicking::set_hook" => (&[0], None, (2, 0)),
        // std has an allocator of its own for the names of threads, of which there is one: it gets the module's.
        _ if name == [DLMALLOC, "malloc"].concat() => {
            (&[0, LOCAL_GET, 0, I32_CONST, DLMALLOC_ALIGNS], Some(ALLOCATE), (1, 1))
        }
        _ if name == [DLMALLOC, "memalign"].concat() => {
            (&[0, LOCAL_GET, 1, LOCAL_GET, 0], Some(ALLOCATE), (2, 1))
        }
        _ if name == [DLMALLOC, "free"].concat() => (&[0], None, (1, 0)),
        _ => return Ok(None),
    };
    let known = linked.signature(function).map(|(parameters, results)| (parameters.len(), results.len()));
    if known != Some(signature) {
        return Err(format!("{name} has not the parameters that xtask/src/shrink/panics.rs knows"));
    }
    let mut body = Body { bytes: bytes.to_vec(), targets: Vec::new() };
    if let Some(callee) = callee {
        let index = linked.find(callee).ok_or_else(|| format!("it has no function {callee}"))?;
        body.bytes.push(CALL);
        index.encode(&mut body.bytes);
        body.targets.push(Target::Function(index));
    }
    body.bytes.push(END);
    Ok(Some(body))
}

/// A function that panics.
#[derive(Debug, Clone, Copy)]
struct Panic {
    /// Its last parameter is the place where it was called.
    has_place: bool,
}

impl Panic {
    fn of(function: &Function, linked: &Linked) -> Result<Option<Self>, String> {
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

/// The body without the code that only makes the sentence of a panic: everything between the last fork of the way
/// and the call that panics, if it does nothing but calculate and write to the function's own frame, which nobody
/// looks at any more.
fn without_sentences(
    linked: &Linked,
    bytes: &[u8],
    function: &Function,
    died: u32,
) -> Result<Option<Body>, String> {
    let body = bytes.get(function.body.clone()).ok_or("it ends beyond the module's end")?;
    let offset = function.body.start;
    let body = FunctionBody::new(BinaryReader::new(body, offset as u64));
    let operators = body.get_operators_reader().map_err(|error| error.to_string())?;
    let mut frames = frames(&body).map_err(|error| error.to_string())?;
    let parameters = linked.signature(function).map_or(0, |(parameters, _)| parameters.len());
    // A parameter has been something else before.
    frames.retain(|frame| *frame as usize >= parameters);
    let mut way = Way { frames, ..Way::default() };
    let mut new = Body { bytes: Vec::new(), targets: Vec::new() };
    // Up to where the old body has been taken over.
    let mut taken = offset;
    let mut references = function.references.iter().peekable();
    let slice = |range: std::ops::Range<usize>| bytes.get(range).ok_or("it ends beyond the module's end");
    way.restart(operators.original_position() as usize);
    let mut rest = operators;
    while !rest.eof() {
        let at = rest.original_position() as usize;
        let operator = rest.read().map_err(|error| error.to_string())?;
        let next = rest.original_position() as usize;
        if let Operator::Call { function_index } = operator {
            let callee = linked
                .functions
                .get(function_index as usize)
                .ok_or("it calls a function that is not there")?;
            if let Some(panic) = Panic::of(callee, linked)?
                && let Some(place) = way.place(panic)
            {
                while let Some(reference) = references.next_if(|reference| reference.at < way.start) {
                    new.targets.push(reference.target);
                }
                while let Some(reference) = references.next_if(|reference| reference.at < next) {
                    if place.contains(&reference.at) {
                        new.targets.push(reference.target);
                    }
                }
                new.targets.push(Target::Function(died));
                new.bytes.extend(slice(taken..way.start)?);
                match place.is_empty() {
                    true => new.bytes.extend([I32_CONST, 0]),
                    false => new.bytes.extend(slice(place)?),
                }
                die(&mut new.bytes, died);
                taken = next;
            }
        }
        way.go(&operator, at..next);
    }
    if taken == offset {
        return Ok(None);
    }
    new.bytes.extend(slice(taken..function.body.end)?);
    new.targets.extend(references.map(|reference| reference.target));
    Ok(Some(new))
}

/// The locals that hold the function's frame from its beginning to its end: set once, to the stack pointer less
/// a number.
fn frames(body: &FunctionBody<'_>) -> wasmparser::Result<Vec<u32>> {
    let mut frames = Vec::new();
    let mut sets: Vec<u32> = Vec::new();
    let mut before = [None, None, None];
    for operator in body.get_operators_reader()? {
        let operator = operator?;
        if let Operator::LocalSet { local_index } | Operator::LocalTee { local_index } = operator {
            if let [
                Some(Operator::GlobalGet { global_index: STACK_POINTER }),
                Some(Operator::I32Const { .. }),
                Some(Operator::I32Sub),
            ] = before
            {
                frames.push(local_index);
            }
            sets.push(local_index);
        }
        let [_, second, third] = before;
        before = [second, third, Some(operator)];
    }
    frames.retain(|frame| sets.iter().filter(|set| *set == frame).count() == 1);
    Ok(frames)
}

/// A number on the stack, as far as it matters.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Value {
    /// Written out, by the instruction at this place.
    Constant(std::ops::Range<usize>),
    /// What the local holds, put there by the instruction at this place.
    Local(u32, std::ops::Range<usize>),
    /// An address in the function's frame.
    Frame,
    Other,
}

/// A piece of code without forks, in which nothing is done that anybody else could see.
#[derive(Debug, Default)]
struct Way {
    start: usize,
    /// What this piece has put on the stack; what lay there before is below.
    stack: Vec<Value>,
    /// Locals that this piece has set.
    set: Vec<u32>,
    frames: Vec<u32>,
}

impl Way {
    fn restart(&mut self, start: usize) {
        self.start = start;
        self.stack.clear();
        self.set.clear();
    }

    /// The instruction that gives the place to a panic that is called now: empty if it has none, `None` if it is
    /// not to be told.
    fn place(&self, panic: Panic) -> Option<std::ops::Range<usize>> {
        match self.stack.last() {
            _ if !panic.has_place => Some(0..0),
            Some(Value::Constant(at)) => Some(at.clone()),
            Some(Value::Local(index, at)) if !self.set.contains(index) => Some(at.clone()),
            _ => None,
        }
    }

    fn take(&mut self) -> Value {
        self.stack.pop().unwrap_or(Value::Other)
    }

    fn go(&mut self, operator: &Operator<'_>, at: std::ops::Range<usize>) {
        use Operator as Op;
        match operator {
            Op::Nop => {}
            Op::I32Const { .. } => self.stack.push(Value::Constant(at)),
            Op::I64Const { .. } | Op::F32Const { .. } | Op::F64Const { .. } | Op::GlobalGet { .. } => {
                self.stack.push(Value::Other);
            }
            Op::LocalGet { local_index } => self.stack.push(match self.frames.contains(local_index) {
                true => Value::Frame,
                false => Value::Local(*local_index, at),
            }),
            Op::LocalSet { local_index } => {
                self.take();
                self.set.push(*local_index);
            }
            Op::LocalTee { local_index } => {
                let value = match self.take() {
                    Value::Frame => Value::Frame,
                    // It was taken from a local that may hold something else by now.
                    _ => Value::Other,
                };
                self.set.push(*local_index);
                self.stack.push(value);
            }
            // Whoever dies does not give the frame back.
            Op::GlobalSet { global_index: STACK_POINTER } | Op::Drop => {
                self.take();
            }
            Op::I32Add => {
                let sum = match (self.take(), self.take()) {
                    (Value::Constant(_), Value::Frame) | (Value::Frame, Value::Constant(_)) => Value::Frame,
                    _ => Value::Other,
                };
                self.stack.push(sum);
            }
            Op::I32Store { .. }
            | Op::I64Store { .. }
            | Op::I32Store8 { .. }
            | Op::I32Store16 { .. }
            | Op::I64Store8 { .. }
            | Op::I64Store16 { .. }
            | Op::I64Store32 { .. }
            | Op::F32Store { .. }
            | Op::F64Store { .. } => {
                self.take();
                if self.take() != Value::Frame {
                    self.restart(at.end);
                }
            }
            Op::I32Load { .. }
            | Op::I64Load { .. }
            | Op::F64Load { .. }
            | Op::I32Load8S { .. }
            | Op::I32Load8U { .. }
            | Op::I32Load16S { .. }
            | Op::I32Load16U { .. }
            | Op::I64Load8U { .. }
            | Op::I64Load16U { .. }
            | Op::I64Load32U { .. }
            | Op::I32Eqz
            | Op::I32WrapI64
            | Op::I32Extend8S
            | Op::I32Extend16S
            | Op::I64ExtendI32U
            | Op::I64ExtendI32S => {
                self.take();
                self.stack.push(Value::Other);
            }
            Op::I32Sub
            | Op::I32Mul
            | Op::I32And
            | Op::I32Or
            | Op::I32Xor
            | Op::I32Shl
            | Op::I32ShrS
            | Op::I32ShrU
            | Op::I32Eq
            | Op::I32Ne
            | Op::I32LtU
            | Op::I32GtU
            | Op::I32LeU
            | Op::I32GeU
            | Op::I64Add
            | Op::I64Sub
            | Op::I64And
            | Op::I64Or
            | Op::I64Shl
            | Op::I64ShrU => {
                self.take();
                self.take();
                self.stack.push(Value::Other);
            }
            Op::Select => {
                self.take();
                self.take();
                self.take();
                self.stack.push(Value::Other);
            }
            _ => self.restart(at.end),
        }
    }
}

/// Calls `died`, which takes the place from the stack.
fn die(body: &mut Vec<u8>, died: u32) {
    body.push(CALL);
    died.encode(body);
    body.push(UNREACHABLE);
}

fn local_get(body: &mut Vec<u8>, index: usize) {
    body.push(LOCAL_GET);
    index.encode(body);
}

/// The linker always makes it the first global.
const STACK_POINTER: u32 = 0;

const UNREACHABLE: u8 = 0x00;
const END: u8 = 0x0b;
const CALL: u8 = 0x10;
const LOCAL_GET: u8 = 0x20;
const I32_CONST: u8 = 0x41;

#[cfg(test)]
mod tests {
    use super::super::collected;
    use super::super::sample::{Function as Sample, Piece, bodies, bytes, module};
    use super::*;

    const LOCAL_SET: u8 = 0x21;
    const LOCAL_TEE: u8 = 0x22;
    const GLOBAL_GET: u8 = 0x23;
    const GLOBAL_SET: u8 = 0x24;
    const I32_STORE: u8 = 0x36;
    const I32_ADD: u8 = 0x6a;
    const I32_SUB: u8 = 0x6b;
    const FMT: &str = "core::panicking::panic_fmt";

    /// What is made of a module with these functions beside `run`, which knows them all, and `died`, which is number
    /// 2. The first of them is number 3; the data are a place and a sentence.
    fn shrunk(functions: &[Sample<'_>]) -> Result<Vec<String>, String> {
        let numbers = (3..).take(functions.len());
        let run = numbers.flat_map(|number| [Piece::Slot(number), bytes(&[0x1a])]).collect();
        let mut all = vec![(0, 0, "run", run), (1, 0, DIED, vec![bytes(&[LOCAL_GET, 0]), Piece::Call(0)])];
        all.extend_from_slice(functions);
        let data = [vec![bytes(b"place")], vec![bytes(b"sentence")]];
        collected(module(&all, &data)).map(|module| bodies(&module).split_off(2))
    }

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

    /// What becomes of code that calls `panic_fmt`, which is number 4, in the function number 3.
    fn before_a_panic(code: Vec<Piece>) -> String {
        shrunk(&[(1, 0, "careless", code), (3, 0, FMT, vec![])]).unwrap().swap_remove(0)
    }

    const DIES: &str = "I32Const { value: 1024 }; Call { function_index: 2 }; Unreachable; Unreachable; End";

    #[test]
    fn code_that_only_makes_a_sentence_goes() {
        let code = vec![
            bytes(&[GLOBAL_GET, 0, I32_CONST, 16, I32_SUB, LOCAL_TEE, 1, GLOBAL_SET, 0, LOCAL_GET, 1]),
            Piece::Address(1),
            bytes(&[
                I32_STORE, 2, 8, LOCAL_GET, 1, I32_CONST, 4, I32_ADD, I32_CONST, 0, LOCAL_TEE, 2, I32_STORE,
                2, 0,
            ]),
            bytes(&[LOCAL_GET, 1, I32_CONST, 4, I32_ADD, LOCAL_GET, 2]),
            Piece::Address(0),
            Piece::Call(4),
            bytes(&[UNREACHABLE]),
        ];
        assert_eq!(before_a_panic(code), DIES);
    }

    #[test]
    fn what_others_could_see_of_it_stays() {
        let place = |before: &[u8]| {
            vec![
                bytes(before),
                bytes(&[I32_CONST, 1, I32_CONST, 2]),
                Piece::Address(0),
                Piece::Call(4),
                bytes(&[UNREACHABLE]),
            ]
        };
        // Written to where somebody else may look.
        let store = [LOCAL_GET, 0, I32_CONST, 5, I32_STORE, 2, 0];
        let kept = before_a_panic(place(&store));
        assert!(kept.contains("I32Store") && kept.ends_with(DIES), "{kept}");
        // The same in a local that is no frame any more.
        let reset = [GLOBAL_GET, 0, I32_CONST, 16, I32_SUB, LOCAL_SET, 1, LOCAL_GET, 0, LOCAL_SET, 1];
        let kept =
            before_a_panic(place(&[&reset[..], &[LOCAL_GET, 1, I32_CONST, 5, I32_STORE, 2, 0]].concat()));
        assert!(kept.contains("I32Store") && kept.ends_with(DIES), "{kept}");
        // A way that does not always end here.
        let kept =
            before_a_panic(place(&[0x02, 0x40, LOCAL_GET, 0, 0x0d, 0, I32_CONST, 3, LOCAL_SET, 2, 0x0b]));
        assert!(kept.contains("BrIf") && kept.contains("value: 3") && kept.ends_with(DIES), "{kept}");
    }

    #[test]
    fn a_place_that_is_worked_out_is_told_as_it_was() {
        let code = vec![
            bytes(&[I32_CONST, 1, I32_CONST, 2, I32_CONST, 3, I32_CONST, 4, I32_ADD]),
            Piece::Call(4),
            bytes(&[UNREACHABLE]),
        ];
        let kept = before_a_panic(code);
        assert!(kept.contains("I32Add; Call { function_index: 4 }"), "{kept}");
    }

    #[test]
    fn stds_own_allocator_gives_way_to_the_modules() {
        let functions = |alignments: u32| {
            shrunk(&[
                (1, 1, &[DLMALLOC, "malloc"].concat(), vec![bytes(&[I32_CONST, 7])]),
                (alignments, 1, &[DLMALLOC, "memalign"].concat(), vec![bytes(&[I32_CONST, 7])]),
                (1, 0, &[DLMALLOC, "free"].concat(), vec![Piece::Call(0)]),
                (2, 1, ALLOCATE, vec![bytes(&[I32_CONST, 7])]),
            ])
        };
        assert_eq!(
            functions(2).unwrap()[..3],
            [
                "LocalGet { local_index: 0 }; I32Const { value: 8 }; Call { function_index: 6 }; End",
                "LocalGet { local_index: 1 }; LocalGet { local_index: 0 }; Call { function_index: 6 }; End",
                "End"
            ]
        );
        assert!(functions(3).unwrap_err().contains("memalign has not the parameters"));
    }
}
