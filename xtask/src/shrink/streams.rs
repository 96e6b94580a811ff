//! Sorts a module's code by kind, for its way to readers: a ninth less once compressed.
//!
//! In a module, operators and their numbers alternate, and a compressor that goes by the bytes before sees neither
//! well. Each in a stream of its kind, operators stand among operators, numbers of locals among numbers of locals.
//!
//! What is written is a module, too, of custom sections without names. Each is a stream, in this order:
//!
//! | stream | |
//! |---|---|
//! | 0 | all sections after the code, then the module's name: made of bytes, it has no address for stacks to show |
//! | 1 | all sections before the code, and the code's id, size and number of functions |
//! | 2 | for each operator (256) the stream of its numbers; 0: it has none |
//! | 3 | for each operator the stream of the number of an `i32.const` before it |
//! | 4 | for each operator 1 + the alignment of its access to memory; 0: it makes none |
//! | 5 | operators |
//! | 6 | for each function how many groups of locals it has, and their types |
//! | 7 | how many locals each group has |
//! | 8 | instructions as they are, each behind its length, for which [`AS_IT_IS`] stands among the operators |
//! | 9… | numbers by kind |
//!
//! `src/embed/streams.js` makes the module of it again, byte for byte but for the lengths of its functions: all of them
//! take [`LENGTH`] bytes. The same is done here, and a module that came out another is refused.

use std::collections::BTreeMap;

use wasm_encoder::{CustomSection, Encode as _, Module, NameSection, Section as _};
use wasmparser::{FunctionBody, Parser, Payload};

use super::linked::padded;

const AFTER: u8 = 0;
const BEFORE: u8 = 1;
const STREAM_OF_NUMBERS: u8 = 2;
const STREAM_OF_CONST_BEFORE: u8 = 3;
const ALIGNMENTS: u8 = 4;
const OPERATORS: u8 = 5;
const GROUPS: u8 = 6;
const LOCALS: u8 = 7;
const AS_THEY_ARE: u8 = 8;
const NUMBERS: u8 = 9;

/// Operators whose numbers have a stream: the first and the last of each kind.
const KINDS: [(u8, u8); 8] = [
    (0x02, 0x04), // block, loop, if: their types
    (0x0c, 0x0d), // br, br_if
    (0x10, 0x10), // call
    (0x20, 0x22), // local.get, local.set, local.tee
    (0x23, 0x24), // global.get, global.set
    (0x28, 0x35), // loads: their offsets
    (0x36, 0x3e), // stores
    (0x42, 0x42), // i64.const
];
const I32_CONST: u8 = 0x41;
/// What a constant is like can be told by the operator after it.
const AFTER_CONST: [u8; 5] = [
    0x10, // call
    0x36, // i32.store
    0x41, // i32.const
    0x6a, // i32.add
    0x6b, // i32.sub
];
/// No operator of WebAssembly has this number.
const AS_IT_IS: u8 = 0xff;

/// What stacks call the module: `runtime.js` knows it by that.
const NAME: &str = "afterword";

/// The id of the section that holds the code.
const CODE: u8 = 10;
/// In so many bytes a module says what it is.
const PREAMBLE: usize = 8;
/// As many as any length needs.
const LENGTH: usize = 5;

/// `module` with its code sorted.
pub(super) fn sorted(module: &[u8]) -> Result<Vec<u8>, String> {
    let (mut before, mut after) = (PREAMBLE, None);
    let mut bodies = Vec::new();
    for payload in Parser::new(0).parse_all(module) {
        match payload.map_err(|error| error.to_string())? {
            Payload::CodeSectionStart { unchecked_range: code, .. } => after = Some(code.end as usize),
            Payload::CodeSectionEntry(body) => bodies.push(body),
            other if after.is_none() => {
                before = other.as_section().map_or(before, |(_, section)| section.end as usize);
            }
            _ => {}
        }
    }
    let after = after.and_then(|after| module.get(after..)).ok_or("it has no code")?;
    let mut count = Vec::new();
    bodies.len().encode(&mut count);
    let lengths: usize = bodies.iter().map(|body| LENGTH + body.as_bytes().len()).sum();
    let mut head = module.get(PREAMBLE..before).unwrap_or_default().to_vec();
    head.push(CODE);
    (count.len() + lengths).encode(&mut head);
    head.extend(count);
    let mut tail = after.to_vec();
    let mut name = NameSection::new();
    name.module(NAME);
    name.append_to(&mut tail);

    let mut streams = Streams::default();
    for body in &bodies {
        streams.add(body)?;
    }
    let table = |of: fn(u8) -> u8| (0..=u8::MAX).map(of).collect::<Vec<_>>();
    streams.of(STREAM_OF_NUMBERS).extend(table(stream_of_numbers));
    streams.of(STREAM_OF_CONST_BEFORE).extend(table(stream_of_const_before));
    let alignments = table(|operator| alignment(operator).map_or(0, |alignment| alignment + 1));
    streams.of(ALIGNMENTS).extend(alignments);
    streams.of(BEFORE).extend_from_slice(&head);
    streams.of(AFTER).extend_from_slice(&tail);
    let sorted = streams.written();

    let mut expected = [module.get(..PREAMBLE).unwrap_or_default(), &head].concat();
    for body in &bodies {
        let length = u32::try_from(body.as_bytes().len()).map_err(|_| "it has a function without end")?;
        expected.extend(padded(length));
        expected.extend_from_slice(body.as_bytes());
    }
    expected.extend(tail);
    match whole(&sorted) {
        Some(whole) if whole == expected => Ok(sorted),
        _ => Err("sorted and put together again, it is another: see xtask/src/shrink/streams.rs".into()),
    }
}

/// What `streams.js` makes of a sorted module.
fn whole(sorted: &[u8]) -> Option<Vec<u8>> {
    /// Takes a number from a stream: up to the first byte without a mark, which is the answer.
    fn copy(from: &mut &[u8], to: &mut Vec<u8>) -> Option<u8> {
        loop {
            let byte = *from.split_off_first()?;
            to.push(byte);
            if byte < 0x80 {
                return Some(byte);
            }
        }
    }
    let mut streams: Vec<_> = Parser::new(0)
        .parse_all(sorted)
        .filter_map(|payload| match payload {
            Ok(Payload::CustomSection(section)) => Some(section.data()),
            _ => None,
        })
        .collect();
    let [after, before, stream_of, stream_before, alignments, operators, groups, locals, as_they_are] =
        *streams.first_chunk()?;
    let (mut operators, mut groups, mut locals, mut as_they_are) = (operators, groups, locals, as_they_are);
    let mut whole = [sorted.get(..PREAMBLE)?, before].concat();
    while !groups.is_empty() {
        let mut body = Vec::new();
        for _ in 0..copy(&mut groups, &mut body)? {
            copy(&mut locals, &mut body)?;
            copy(&mut groups, &mut body)?;
        }
        let mut depth = 1;
        while depth > 0 {
            let operator = *operators.split_off_first()?;
            if operator == AS_IT_IS {
                let length = usize::from(*as_they_are.split_off_first()?);
                body.extend_from_slice(as_they_are.split_off(..length)?);
                continue;
            }
            body.push(operator);
            match operator {
                0x02..=0x04 => depth += 1,
                0x0b => depth -= 1,
                _ => {}
            }
            match *alignments.get(usize::from(operator))? {
                0 => {}
                alignment => body.push(alignment - 1),
            }
            let stream = match operator {
                I32_CONST => *stream_before.get(usize::from(*operators.first()?))?,
                _ => *stream_of.get(usize::from(operator))?,
            };
            if stream != 0 {
                copy(streams.get_mut(usize::from(stream))?, &mut body)?;
            }
        }
        whole.extend(padded(u32::try_from(body.len()).ok()?));
        whole.extend(body);
    }
    whole.extend_from_slice(after);
    Some(whole)
}

#[derive(Default)]
struct Streams(BTreeMap<u8, Vec<u8>>);

impl Streams {
    fn of(&mut self, stream: u8) -> &mut Vec<u8> {
        self.0.entry(stream).or_default()
    }

    fn add(&mut self, body: &FunctionBody<'_>) -> Result<(), String> {
        let bytes = body.as_bytes();
        let start = body.range().start;
        let mut reader = body.get_operators_reader().map_err(|error| error.to_string())?;
        let mut at = (reader.original_position() - start) as usize;
        self.add_locals(body)?;
        // The number of a constant, until it is known what follows.
        let mut constant: Option<&[u8]> = None;
        while !reader.eof() {
            reader.read().map_err(|error| error.to_string())?;
            let end = (reader.original_position() - start) as usize;
            let instruction = bytes.get(at..end).unwrap_or_default();
            at = end;
            let (operator, numbers) = parts(instruction);
            if let Some(number) = constant.take() {
                self.of(stream_of_const_before(operator)).extend_from_slice(number);
            }
            self.of(OPERATORS).push(operator);
            match operator {
                AS_IT_IS => {
                    self.of(AS_THEY_ARE)
                        .push(u8::try_from(numbers.len()).map_err(|_| "it has a very long instruction")?);
                    self.of(AS_THEY_ARE).extend_from_slice(numbers);
                }
                I32_CONST => constant = Some(numbers),
                _ => self.of(stream_of_numbers(operator)).extend_from_slice(numbers),
            }
        }
        Ok(())
    }

    fn add_locals(&mut self, body: &FunctionBody<'_>) -> Result<(), String> {
        let mut reader = body.get_locals_reader().map_err(|error| error.to_string())?;
        let count = u8::try_from(reader.get_count()).ok().filter(|count| *count < 0x80);
        self.of(GROUPS).push(count.ok_or("it has a function with too many groups of locals")?);
        for _ in 0..reader.get_count() {
            let (count, kind) = reader.read().map_err(|error| error.to_string())?;
            count.encode(self.of(LOCALS));
            let kind =
                wasm_encoder::ValType::try_from(kind).map_err(|_| "it has a local of an unknown type")?;
            kind.encode(self.of(GROUPS));
        }
        Ok(())
    }

    fn written(mut self) -> Vec<u8> {
        let mut module = Module::new();
        for stream in 0..NUMBERS + (KINDS.len() + AFTER_CONST.len()) as u8 + 1 {
            module.section(&CustomSection { name: "".into(), data: self.of(stream).as_slice().into() });
        }
        module.finish()
    }
}

/// An instruction's operator, and what goes into the stream of its numbers.
fn parts(instruction: &[u8]) -> (u8, &[u8]) {
    match instruction {
        [operator] => (*operator, &[]),
        [operator, aligned, offset @ ..] if alignment(*operator) == Some(*aligned) => (*operator, offset),
        [operator, numbers @ ..]
            if *operator == I32_CONST
                || (alignment(*operator).is_none() && stream_of_numbers(*operator) != 0) =>
        {
            (*operator, numbers)
        }
        _ => (AS_IT_IS, instruction),
    }
}

fn stream_of_numbers(operator: u8) -> u8 {
    let kind = (NUMBERS..).zip(KINDS).find(|(_, (first, last))| (*first..=*last).contains(&operator));
    kind.map_or(0, |(stream, _)| stream)
}

fn stream_of_const_before(operator: u8) -> u8 {
    let first = NUMBERS + KINDS.len() as u8;
    (first..)
        .zip(AFTER_CONST)
        .find(|(_, after)| *after == operator)
        .map_or(first + AFTER_CONST.len() as u8, |(stream, _)| stream)
}

/// How an access to memory is usually said to be aligned, as a logarithm: see `hints.rs`.
fn alignment(operator: u8) -> Option<u8> {
    match operator {
        0x2c | 0x2d | 0x30 | 0x31 | 0x3a | 0x3c => Some(0),
        0x2e | 0x2f | 0x32 | 0x33 | 0x3b | 0x3d => Some(1),
        0x28..=0x3e => Some(2),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use wasm_encoder::{
        CodeSection, DataSection, Function, FunctionSection, MemArg, MemArgTarget, MemorySection,
        TypeSection, ValType,
    };

    use super::super::sample::ONE_PAGE;
    use super::*;

    fn at(offset: u64, align: u32) -> MemArg {
        MemArg { offset, align, target: MemArgTarget::default(), ordering: None }
    }

    /// A module with `functions`, and what stands before its code and after it.
    fn module(functions: &[Function]) -> (Vec<u8>, Vec<u8>, Vec<u8>) {
        let (mut types, mut list, mut memories, mut code) =
            (TypeSection::new(), FunctionSection::new(), MemorySection::new(), CodeSection::new());
        types.ty().function([], []);
        memories.memory(ONE_PAGE);
        for function in functions {
            list.function(0);
            code.function(function);
        }
        let mut before = Module::new();
        before.section(&types).section(&list).section(&memories);
        let before = before.finish();
        let mut all = before.clone();
        code.append_to(&mut all);
        let mut after = Vec::new();
        let mut data = DataSection::new();
        data.passive(*b"data");
        data.append_to(&mut after);
        all.extend_from_slice(&after);
        (all, before, after)
    }

    /// What a sorted module's sections hold. Each has no name.
    fn streams(sorted: &[u8]) -> Vec<Vec<u8>> {
        let sections = Parser::new(0).parse_all(sorted).map(Result::unwrap);
        let streams = sections.filter_map(|payload| match payload {
            Payload::CustomSection(section) => {
                assert_eq!(section.name(), "");
                Some(section.data().to_vec())
            }
            Payload::Version { .. } | Payload::End(_) => None,
            other => panic!("{other:?}"),
        });
        streams.collect()
    }

    #[test]
    fn what_belongs_together_stands_together() {
        let mut first = Function::new([(2, ValType::I32)]);
        first.instructions().i32_const(7).local_set(1).i32_const(300).local_get(1).i32_add().drop().end();
        let mut second = Function::new([]);
        second
            .instructions()
            .block(wasm_encoder::BlockType::Empty)
            .i32_const(8)
            .i32_const(9)
            .i32_store(at(200, 2))
            .i32_const(5)
            .i32_load(at(4, 0))
            .br_if(0)
            .end()
            .f32_const(1.0.into())
            .drop()
            .end();
        let (all, before, after) = module(&[first, second]);
        let streams = streams(&sorted(&all).unwrap());
        let stream = |stream: u8| streams[usize::from(stream)].as_slice();
        let numbers = |operator: u8| stream(streams[usize::from(STREAM_OF_NUMBERS)][usize::from(operator)]);
        let consts_before =
            |operator: u8| stream(streams[usize::from(STREAM_OF_CONST_BEFORE)][usize::from(operator)]);

        let body = stream(BEFORE).strip_prefix(&before[PREAMBLE..]).unwrap();
        let [CODE, size, 2] = body else { panic!("{body:?}") };
        let lengths = 2 * LENGTH + stream(GROUPS).len() + stream(LOCALS).len() + stream(OPERATORS).len();
        let rest: usize = streams[usize::from(AS_THEY_ARE)..].iter().map(Vec::len).sum();
        // Two stand for what is as it is and have a length there; the store has an alignment that is told nowhere.
        assert_eq!(usize::from(*size), 1 + lengths + rest - 4 + 1);

        assert_eq!(
            stream(OPERATORS),
            [
                0x41, 0x21, 0x41, 0x20, 0x6a, 0x1a, 0x0b, // the first
                0x02, 0x41, 0x41, 0x36, 0x41, AS_IT_IS, 0x0d, 0x0b, AS_IT_IS, 0x1a, 0x0b,
            ]
        );
        assert_eq!(stream(GROUPS), [1, 0x7f, 0]);
        assert_eq!(stream(LOCALS), [2]);
        assert_eq!(stream(AS_THEY_ARE), [3, 0x28, 0, 4, 5, 0x43, 0, 0, 0x80, 0x3f]);
        assert_eq!(numbers(0x20), [1, 1]);
        assert_eq!(numbers(0x36), [0xc8, 1]);
        assert_eq!(numbers(0x0d), [0]);
        assert_eq!(numbers(0x02), [0x40]);
        assert_eq!(consts_before(0x41), [8]);
        assert_eq!(consts_before(0x36), [9]);
        // Before a local's operator, and before one that is as it is.
        assert_eq!(consts_before(0x20), [7, 0xac, 2, 5]);
        assert_eq!(stream(ALIGNMENTS)[0x36], 3);
        assert_eq!(stream(ALIGNMENTS)[0x20], 0);

        let rest = stream(AFTER).strip_prefix(after.as_slice()).unwrap();
        let [0, _, name @ ..] = rest else { panic!("{rest:?}") };
        assert!(name.ends_with(NAME.as_bytes()));
    }

    #[test]
    fn what_the_other_side_cannot_count_is_refused() {
        let mut many =
            Function::new((0..128).map(|at| (1, if at % 2 == 0 { ValType::I32 } else { ValType::I64 })));
        many.instructions().end();
        assert!(sorted(&module(&[many]).0).unwrap_err().contains("groups"));
        assert!(sorted(&Module::new().finish()).unwrap_err().contains("no code"));
    }
    #[test]
    fn a_module_that_would_come_out_another_is_refused() {
        let mut of_two_bytes = Function::new([]);
        let kind = wasm_encoder::RefType { nullable: true, heap_type: wasm_encoder::HeapType::Concrete(0) };
        of_two_bytes
            .instructions()
            .block(wasm_encoder::BlockType::Result(ValType::Ref(kind)))
            .unreachable()
            .end();
        of_two_bytes.instructions().drop().end();
        assert!(sorted(&module(&[of_two_bytes]).0).unwrap_err().contains("another"));
    }
}
