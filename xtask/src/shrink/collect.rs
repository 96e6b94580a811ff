//! Finds what nothing refers to, and writes the module without it.
//!
//! Numbers stay what they are: what is dead in the data becomes zeros, which wasm-opt leaves out; a dead slot of the
//! table and a dead function stop. If this were ever wrong, the module would stop there, and not go on with nonsense.

use std::ops::Range;

use wasm_encoder::{CodeSection, ConstExpr, ElementSection, Elements, Module, RawSection};
use wasmparser::{FunctionBody, Operator, Parser, Payload};

use super::linked::{Linked, Reference, Target};

/// What a function does from now on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Body {
    /// Locals and instructions.
    pub(super) bytes: Vec<u8>,
    /// What these refer to; where does not matter any more.
    pub(super) targets: Vec<Target>,
}

/// What can be reached from outside.
#[derive(Debug)]
pub(super) struct Alive {
    pub(super) functions: Vec<bool>,
    /// By function: whether somebody has the number of its slot.
    pub(super) slots: Vec<bool>,
    pub(super) data: Vec<bool>,
}

impl Alive {
    /// `bodies` has what functions do from now on, by function index; `None` where they stay as they are.
    pub(super) fn of(linked: &Linked, bodies: &[Option<Body>]) -> Result<Self, String> {
        let count = linked.functions.len();
        let mut alive = Self {
            functions: vec![false; count],
            slots: vec![false; count],
            data: vec![false; linked.data.len()],
        };
        let mut waiting: Vec<_> = linked.roots.iter().map(|root| Target::Function(*root)).collect();
        let targets = |references: &[Reference]| -> Vec<_> {
            references.iter().map(|reference| reference.target).collect()
        };
        waiting.extend(targets(&linked.loose));
        while let Some(target) = waiting.pop() {
            let mark = match target {
                Target::Function(index) => alive.functions.get_mut(index as usize),
                Target::Slot(index) => alive.slots.get_mut(index as usize),
                Target::Data(index) => alive.data.get_mut(index),
                Target::Nothing => continue,
            };
            let mark = mark.ok_or_else(|| format!("{target:?} is referred to and does not exist"))?;
            if std::mem::replace(mark, true) {
                continue;
            }
            match target {
                Target::Slot(index) => waiting.push(Target::Function(index)),
                Target::Function(index) => match bodies.get(index as usize) {
                    Some(Some(body)) => waiting.extend(&body.targets),
                    _ => {
                        let function = linked.functions.get(index as usize);
                        waiting.extend(function.map(|it| targets(&it.references)).unwrap_or_default());
                    }
                },
                Target::Data(index) => {
                    waiting
                        .extend(linked.data.get(index).map(|it| targets(&it.references)).unwrap_or_default());
                }
                Target::Nothing => {}
            }
        }
        Ok(alive)
    }

    /// The bytes of constants and statics that no living one shares.
    pub(super) fn dead_bytes(&self, linked: &Linked) -> Vec<Range<usize>> {
        let mut dead = Vec::new();
        let of = |wanted: bool| {
            let both = linked.data.iter().zip(&self.data);
            both.filter(move |(_, alive)| **alive == wanted).map(|(data, _)| data.bytes.clone())
        };
        let mut living: Vec<_> = of(true).collect();
        living.sort_by_key(|range| range.start);
        for range in of(false) {
            let mut start = range.start;
            for alive in living.iter().filter(|alive| alive.start < range.end && alive.end > range.start) {
                if alive.start > start {
                    dead.push(start..alive.start);
                }
                start = start.max(alive.end);
            }
            if start < range.end {
                dead.push(start..range.end);
            }
        }
        dead
    }
}

/// The module with new bodies and without what is dead. `bytes` are those that were read, though some that do not
/// refer to anything may have changed since.
pub(super) fn written(
    mut bytes: Vec<u8>,
    linked: &Linked,
    bodies: &[Option<Body>],
    alive: &Alive,
) -> Result<Vec<u8>, String> {
    for range in alive.dead_bytes(linked) {
        bytes.get_mut(range).ok_or("its data ends beyond its end")?.fill(0);
    }
    let lives = |function: &u32| alive.slots.get(*function as usize) == Some(&true);
    // Any that is dead does: all that it will do is stop.
    let stop = linked.slots.iter().find(|function| alive.functions.get(**function as usize) != Some(&true));
    let mut module = Module::new();
    let mut code = CodeSection::new();
    let mut index = linked.imported;
    for payload in Parser::new(0).parse_all(&bytes) {
        let payload = payload.map_err(|error| error.to_string())?;
        match &payload {
            Payload::CodeSectionStart { .. } => {}
            Payload::CodeSectionEntry(body) => {
                code.raw(match bodies.get(index) {
                    _ if alive.functions.get(index) != Some(&true) => STOP,
                    Some(Some(body)) => &body.bytes,
                    _ => {
                        require_all_calls(linked, index, body)?;
                        body.as_bytes()
                    }
                });
                index += 1;
                if index == linked.functions.len() {
                    module.section(&code);
                }
            }
            Payload::ElementSection(_) if let Some(stop) = stop => {
                let slots =
                    linked.slots.iter().map(|function| if lives(function) { *function } else { *stop });
                let slots: Vec<_> = slots.collect();
                let mut elements = ElementSection::new();
                elements.active(None, &ConstExpr::i32_const(1), Elements::Functions(slots.into()));
                module.section(&elements);
            }
            // Its numbers are no longer true.
            Payload::CustomSection(section)
                if section.name() == "linking" || section.name().starts_with("reloc.") => {}
            other => {
                if let Some((id, range)) = other.as_section() {
                    let data = bytes.get(range.start as usize..range.end as usize);
                    let data = data.ok_or("a section ends beyond its end")?;
                    module.section(&RawSection { id, data });
                }
            }
        }
    }
    Ok(module.finish())
}

/// Functions that the linker makes itself may call what it does not speak of.
fn require_all_calls(linked: &Linked, index: usize, body: &FunctionBody<'_>) -> Result<(), String> {
    let Some(function) = linked.functions.get(index) else { return Ok(()) };
    let known = function.references.iter().filter(|one| matches!(one.target, Target::Function(_))).count();
    let mut calls = 0;
    for operator in body.get_operators_reader().map_err(|error| error.to_string())? {
        match operator.map_err(|error| error.to_string())? {
            Operator::Call { .. } | Operator::ReturnCall { .. } | Operator::RefFunc { .. } => calls += 1,
            _ => {}
        }
    }
    match calls == known {
        true => Ok(()),
        false => Err(format!("{} calls what the linker does not speak of", function.name)),
    }
}

/// No locals, `unreachable`, `end`.
const STOP: &[u8] = &[0, 0x00, 0x0b];

#[cfg(test)]
mod tests {
    use super::super::sample::{Piece, bodies, bytes, memory, module, slots};
    use super::*;

    fn collected(bytes: Vec<u8>) -> Vec<u8> {
        let linked = Linked::read(&bytes).unwrap();
        let bodies = vec![None; linked.functions.len()];
        let alive = Alive::of(&linked, &bodies).unwrap();
        written(bytes, &linked, &bodies, &alive).unwrap()
    }

    #[test]
    fn what_is_reached_through_code_and_data_stays_and_the_rest_stops_or_is_zero() {
        let collected = collected(module(
            &[
                (0, 0, "run", vec![Piece::Address(0), bytes(&[0x1a])]),
                (0, 1, "only in a living table of methods", vec![Piece::Address(3)]),
                (0, 1, "only in a dead one", vec![Piece::Address(2)]),
                (0, 1, "nowhere", vec![Piece::Address(2)]),
            ],
            &[
                vec![Piece::Slot(2), bytes(&[7; 4])],
                vec![Piece::Slot(3), Piece::Slot(2)],
                vec![bytes(b"dead")],
                vec![bytes(b"alive")],
            ],
        ));
        assert_eq!(
            bodies(&collected),
            [
                "I32Const { value: 1024 }; Drop; End",
                "I32Const { value: 1044 }; End",
                "Unreachable; End",
                "Unreachable; End"
            ]
        );
        // Addresses and slots are what they were; what belongs to nobody is not touched.
        assert_eq!(memory(&collected)[..26], *b"\x01\0\0\0\x07\x07\x07\x07\0\0\0\0\0\0\0\0\0\0\0\0alive\xee");
        assert_eq!(slots(&collected), [2, 3]);
    }

    #[test]
    fn a_slot_that_nobody_has_the_number_of_stops_even_where_its_function_lives() {
        let collected = collected(module(
            &[(0, 0, "run", vec![Piece::Call(2)]), (0, 0, "called", vec![]), (0, 0, "dead", vec![])],
            &[vec![Piece::Slot(2), Piece::Slot(3)]],
        ));
        assert_eq!(slots(&collected), [3, 3]);
        assert_eq!(bodies(&collected)[1..], ["End", "Unreachable; End"]);
    }

    #[test]
    fn bytes_that_a_living_constant_shares_with_a_dead_one_stay() {
        let data = |bytes| super::super::linked::Data { bytes, ..Default::default() };
        let linked = Linked {
            data: vec![data(10..20), data(12..14), data(18..22), data(30..31)],
            ..Linked::default()
        };
        let alive = Alive { functions: vec![], slots: vec![], data: vec![false, true, true, false] };
        assert_eq!(alive.dead_bytes(&linked), [10..12, 14..18, 30..31]);
    }

    #[test]
    fn a_call_that_the_linker_does_not_speak_of_is_refused() {
        let module =
            module(&[(0, 0, "made by the linker", vec![bytes(&[0x10, 2])]), (0, 0, "called", vec![])], &[]);
        let linked = Linked::read(&module).unwrap();
        let bodies = vec![None; linked.functions.len()];
        let alive = Alive::of(&linked, &bodies).unwrap();
        let refused = written(module, &linked, &bodies, &alive).unwrap_err();
        assert_eq!(refused, "made by the linker calls what the linker does not speak of");
    }

    #[test]
    fn the_linkers_own_sections_are_not_shipped() {
        let collected = collected(module(&[(0, 0, "run", vec![])], &[]));
        assert!(!collected.windows(6).any(|bytes| bytes == b"reloc." || bytes == b"linkin"));
    }
}
