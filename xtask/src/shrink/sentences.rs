//! Leaves out the code that only makes the sentence of a panic, which nobody reads any more.
//!
//! That is all between the last fork of the way and the call that panics, if it does nothing but calculate and write
//! to the function's own frame. The frame dies with the function, and `died` gets the place and nothing else.

use std::ops::Range;

use wasmparser::{BinaryReader, FunctionBody, Operator};

use super::collect::Body;
use super::linked::{Function, Linked, Target};
use super::panics::{I32_CONST, Panic, die};

/// The function's body without such code; `None` where there is none.
pub(super) fn left_out(
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
    let slice = |range: Range<usize>| bytes.get(range).ok_or("it ends beyond the module's end");
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
    Constant(Range<usize>),
    /// What the local holds, put there by the instruction at this place.
    Local(u32, Range<usize>),
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
    fn place(&self, panic: Panic) -> Option<Range<usize>> {
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

    fn go(&mut self, operator: &Operator<'_>, at: Range<usize>) {
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

/// The linker always makes it the first global.
const STACK_POINTER: u32 = 0;

#[cfg(test)]
mod tests {
    use super::super::panics::{LOCAL_GET, UNREACHABLE};
    use super::super::sample::{Piece, bytes, shrunk};
    use super::*;

    const LOCAL_SET: u8 = 0x21;
    const LOCAL_TEE: u8 = 0x22;
    const GLOBAL_GET: u8 = 0x23;
    const GLOBAL_SET: u8 = 0x24;
    const I32_STORE: u8 = 0x36;
    const I32_ADD: u8 = 0x6a;
    const I32_SUB: u8 = 0x6b;
    const FMT: &str = "core::panicking::panic_fmt";

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
        // The same in a parameter, which becomes the frame later.
        let later = [GLOBAL_GET, 0, I32_CONST, 16, I32_SUB, LOCAL_SET, 0];
        let kept = before_a_panic(place(&[&store[..], &later[..]].concat()));
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
}
