//! Small modules as the linker writes them, for tests.

use wasm_encoder::{
    ConstExpr, CustomSection, DataSection, DataSymbolDefinition, ElementSection, Elements, Encode,
    EntityType, ExportKind, ExportSection, FunctionSection, GlobalSection, GlobalType, ImportSection,
    LinkingSection, MemoryType, Module, NameMap, NameSection, RawSection, RefType, SymbolTable, TableSection,
    TableType, TypeSection, ValType,
};
use wasmparser::{ElementItems, Parser, Payload};

use super::linked::padded;

/// What code and data are made of.
#[derive(Debug, Clone)]
pub(super) enum Piece {
    Bytes(Vec<u8>),
    /// A call of the function of that index.
    Call(u32),
    /// The address of the data of that index; in code, an instruction that puts it on the stack.
    Address(u32),
    /// The slot of the function of that index; in code, an instruction that puts it on the stack.
    Slot(u32),
}

/// Parameters, results (all of them `i32`), name and instructions without their `end`. The first is number 1: number
/// 0 is imported.
pub(super) type Function<'a> = (u32, u32, &'a str, Vec<Piece>);

/// A memory for modules that are made by hand.
pub(super) const ONE_PAGE: MemoryType =
    MemoryType { minimum: 1, maximum: None, memory64: false, shared: false, page_size_log2: None };

/// Where the data begins in memory.
const START: u32 = 1024;
/// What stands before the data in its section: one segment, active, `i32.const START`, `end`, a length of two bytes.
const BEFORE_DATA: usize = 8;

/// A module that exports the function number 1.
pub(super) fn module(functions: &[Function<'_>], data: &[Vec<Piece>]) -> Vec<u8> {
    let count = functions.len() as u32;
    let mut slots = Vec::new();
    for piece in functions.iter().flat_map(|function| &function.3).chain(data.iter().flatten()) {
        if let Piece::Slot(function) = piece
            && !slots.contains(function)
        {
            slots.push(*function);
        }
    }
    let slot = |function: u32| slots.iter().position(|one| *one == function).unwrap() as u32 + 1;
    let places: Vec<u32> =
        data.iter().scan(0, |end, item| Some(std::mem::replace(end, *end + length(item)))).collect();
    let address = |index: u32| START + places[index as usize];

    let (mut types, mut list, mut names) = (TypeSection::new(), FunctionSection::new(), NameMap::new());
    let mut symbols = SymbolTable::new();
    let i32s = |count: u32| vec![ValType::I32; count as usize];
    types.ty().function(i32s(1), i32s(0));
    symbols.function(SymbolTable::WASM_SYM_UNDEFINED, 0, None);
    let mut code = Vec::new();
    let (mut in_code, mut in_data) = (Vec::new(), Vec::new());
    count.encode(&mut code);
    for (place, (parameters, results, name, pieces)) in (1..).zip(functions) {
        types.ty().function(i32s(*parameters), i32s(*results));
        list.function(place);
        names.append(place, name);
        symbols.function(0, place, Some(name));
        // Four locals.
        let mut body = vec![1, 4, 0x7f];
        let mut inside = Vec::new();
        for piece in pieces {
            let (before, kind, number, symbol) = match piece {
                Piece::Bytes(bytes) => {
                    body.extend(bytes);
                    continue;
                }
                Piece::Call(index) => (0x10, 0, *index, *index),
                Piece::Address(index) => (0x41, 4, address(*index), count + 1 + index),
                Piece::Slot(index) => (0x41, 1, slot(*index), *index),
            };
            body.push(before);
            inside.push((kind, body.len(), symbol));
            body.extend(padded(number));
        }
        body.push(0x0b);
        body.len().encode(&mut code);
        in_code.extend(inside.into_iter().map(|(kind, at, symbol)| (kind, code.len() + at, symbol)));
        code.extend(body);
    }
    let mut memory = Vec::new();
    for (index, item) in data.iter().enumerate() {
        let definition = DataSymbolDefinition { index: 0, offset: memory.len() as u32, size: length(item) };
        symbols.data(0, &format!("data{index}"), Some(definition));
        for piece in item {
            let (kind, number, symbol) = match piece {
                Piece::Bytes(bytes) => {
                    memory.extend(bytes);
                    continue;
                }
                Piece::Address(index) => (5, address(*index), count + 1 + index),
                Piece::Slot(index) | Piece::Call(index) => (2, slot(*index), *index),
            };
            in_data.push((kind, BEFORE_DATA + memory.len(), symbol));
            memory.extend(number.to_le_bytes());
        }
    }
    // Its length takes two bytes.
    memory.resize(memory.len().max(200), 0xee);

    let (mut imports, mut exports) = (ImportSection::new(), ExportSection::new());
    let (mut table, mut elements, mut globals) =
        (TableSection::new(), ElementSection::new(), GlobalSection::new());
    imports.import("./afterword_bg.js", "__wbg_log_0123456789abcdef", EntityType::Function(0));
    exports.export("run", ExportKind::Func, 1);
    table.table(TableType {
        element_type: RefType::FUNCREF,
        minimum: slots.len() as u64 + 1,
        maximum: None,
        table64: false,
        shared: false,
    });
    let stack_pointer = GlobalType { val_type: ValType::I32, mutable: true, shared: false };
    globals.global(stack_pointer, &ConstExpr::i32_const(1024));
    elements.active(None, &ConstExpr::i32_const(1), Elements::Functions(slots.into()));
    let (mut segments, mut linking, mut all) =
        (DataSection::new(), LinkingSection::new(), NameSection::new());
    segments.active(0, &ConstExpr::i32_const(START as i32), memory);
    linking.symbol_table(&symbols);
    all.functions(&names);
    let mut module = Module::new();
    module.section(&types).section(&imports).section(&list).section(&table).section(&globals);
    module
        .section(&exports)
        .section(&elements)
        .section(&RawSection { id: 10, data: &code })
        .section(&segments);
    module.section(&linking);
    for (name, section, relocations) in [("reloc.CODE", 7, &in_code), ("reloc.DATA", 8, &in_data)] {
        let mut data = vec![section];
        relocations.len().encode(&mut data);
        for (kind, at, symbol) in relocations {
            data.push(*kind);
            at.encode(&mut data);
            symbol.encode(&mut data);
            if matches!(kind, 4 | 5) {
                data.push(0);
            }
        }
        module.section(&CustomSection { name: name.into(), data: data.into() });
    }
    module.section(&all);
    module.finish()
}

/// Any instruction that is not a reference.
pub(super) fn bytes(bytes: &[u8]) -> Piece {
    Piece::Bytes(bytes.to_vec())
}

fn length(item: &[Piece]) -> u32 {
    let lengths = item.iter().map(|piece| match piece {
        Piece::Bytes(bytes) => bytes.len() as u32,
        _ => 4,
    });
    lengths.sum()
}

/// The instructions of each function that is not imported.
pub(super) fn bodies(module: &[u8]) -> Vec<String> {
    let mut bodies = Vec::new();
    for payload in Parser::new(0).parse_all(module) {
        if let Payload::CodeSectionEntry(body) = payload.unwrap() {
            let instructions = body.get_operators_reader().unwrap().into_iter();
            let words: Vec<_> = instructions.map(|one| format!("{:?}", one.unwrap())).collect();
            bodies.push(words.join("; "));
        }
    }
    bodies
}

/// The contents of the only data segment.
pub(super) fn memory(module: &[u8]) -> Vec<u8> {
    for payload in Parser::new(0).parse_all(module) {
        if let Payload::DataSection(section) = payload.unwrap() {
            return section.into_iter().next().unwrap().unwrap().data.to_vec();
        }
    }
    Vec::new()
}

/// The functions in the table's slots.
pub(super) fn slots(module: &[u8]) -> Vec<u32> {
    let mut slots = Vec::new();
    for payload in Parser::new(0).parse_all(module) {
        if let Payload::ElementSection(section) = payload.unwrap() {
            for segment in section {
                let ElementItems::Functions(functions) = segment.unwrap().items else { continue };
                slots.extend(functions.into_iter().map(|function| function.unwrap()));
            }
        }
    }
    slots
}

/// What is made of a module with these functions beside `run`, which knows them all, and `died`, which is number
/// 2. The first of them is number 3; the data are a place and a sentence.
pub(super) fn shrunk(functions: &[Function<'_>]) -> Result<Vec<String>, String> {
    let numbers = (3..).take(functions.len());
    let run = numbers.flat_map(|number| [Piece::Slot(number), bytes(&[0x1a])]).collect();
    let mut all =
        vec![(0, 0, "run", run), (1, 0, super::panics::DIED, vec![bytes(&[0x20, 0]), Piece::Call(0)])];
    all.extend_from_slice(functions);
    let data = [vec![bytes(b"place")], vec![bytes(b"sentence")]];
    super::collected(module(&all, &data)).map(|(module, _)| bodies(&module).split_off(2))
}
