//! The module as the linker wrote it, and what only the linker knows: which function or constant every number in
//! code and data stands for. It says so when it is asked to (`--emit-relocs`, see `.cargo/config.toml`).
//!
//! Nothing here guesses: what cannot be read, or refers to what is not known, is an error.

use std::ops::Range;

use wasmparser::{
    CompositeInnerType, DataKind, ElementItems, ElementKind, ExternalKind, KnownCustom, Linking, Name,
    Operator, Parser, Payload, RelocationType, SymbolFlags, SymbolInfo, TypeRef, ValType,
};

/// Exports for what the widget does not do, wait for promises on a stack of its own: wasm-bindgen takes them out. That
/// glue does not call them is seen to in `names.rs`.
pub(super) const UNCALLED: [&str; 2] = ["__wbg_jspi_task_poll", "__wbindgen_jspi_set_rejected"];

/// Parameters and results.
pub(super) type Signature = (Vec<ValType>, Vec<ValType>);

/// A module, and who refers to whom in it.
#[derive(Debug, Default)]
pub(super) struct Linked {
    /// By type index.
    pub(super) types: Vec<Signature>,
    /// By function index, imported ones first.
    pub(super) functions: Vec<Function>,
    pub(super) imported: usize,
    /// Constants and statics, by the order of their symbols. Two may share bytes.
    pub(super) data: Vec<Data>,
    /// The function in each slot of the table, from slot 1.
    pub(super) slots: Vec<u32>,
    /// Functions that are called from outside.
    pub(super) roots: Vec<u32>,
    /// References in data that belongs to no symbol.
    pub(super) loose: Vec<Reference>,
}

#[derive(Debug, Default)]
pub(super) struct Function {
    /// As in the source: without hashes.
    pub(super) name: String,
    /// The index of its type.
    pub(super) kind: u32,
    /// Where its locals and instructions stand; empty for what is imported.
    pub(super) body: Range<usize>,
    /// In the order of their places.
    pub(super) references: Vec<Reference>,
}

#[derive(Debug, Default)]
pub(super) struct Data {
    pub(super) bytes: Range<usize>,
    /// Where it will stand in memory.
    pub(super) address: u32,
    pub(super) references: Vec<Reference>,
}

/// A number that stands for something else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Reference {
    /// Where it stands in the module.
    pub(super) at: usize,
    pub(super) target: Target,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Target {
    /// A call.
    Function(u32),
    /// The function's slot in the table.
    Slot(u32),
    /// An address in the data of that index.
    Data(usize),
    /// The address of nothing that stands in the module, like the end of the data.
    Nothing,
}

impl Linked {
    pub(super) fn read(bytes: &[u8]) -> Result<Self, String> {
        let mut reader = Reader::default();
        for payload in Parser::new(0).parse_all(bytes) {
            let payload = payload.map_err(|error| error.to_string())?;
            reader.payload(payload).map_err(|error| error.to_string())??;
        }
        reader.linked()
    }

    pub(super) fn find(&self, name: &str) -> Option<u32> {
        let found = self.functions.iter().position(|function| function.name == name)?;
        u32::try_from(found).ok()
    }

    pub(super) fn signature(&self, function: &Function) -> Option<&Signature> {
        self.types.get(function.kind as usize)
    }
}

/// A module that has been read in part.
#[derive(Default)]
struct Reader {
    linked: Linked,
    bodies: usize,
    /// Where the contents of the code and the data section begin: relocations count from there.
    code: usize,
    data: usize,
    /// Where the contents of each data segment begin, here and in memory.
    segments: Vec<(usize, u32)>,
    /// What each symbol stands for.
    symbols: Vec<Target>,
    in_code: Vec<(RelocationType, u32, u32)>,
    in_data: Vec<(RelocationType, u32, u32)>,
    has_symbols: bool,
    has_relocations: bool,
}

impl Reader {
    /// Two results: the outer one is wasmparser's, the inner one ours.
    fn payload(&mut self, payload: Payload<'_>) -> wasmparser::Result<Result<(), String>> {
        let linked = &mut self.linked;
        match payload {
            Payload::TypeSection(section) => {
                for group in section {
                    for kind in group?.types() {
                        linked.types.push(match &kind.composite_type.inner {
                            CompositeInnerType::Func(kind) => {
                                (kind.params().to_vec(), kind.results().to_vec())
                            }
                            _ => Signature::default(),
                        });
                    }
                }
            }
            Payload::ImportSection(section) => {
                for import in section.into_imports() {
                    if let TypeRef::Func(kind) = import?.ty {
                        linked.functions.push(Function { kind, ..Function::default() });
                        linked.imported += 1;
                    }
                }
            }
            Payload::FunctionSection(section) => {
                for kind in section {
                    linked.functions.push(Function { kind: kind?, ..Function::default() });
                }
            }
            Payload::ExportSection(section) => {
                for export in section {
                    let export = export?;
                    if export.kind == ExternalKind::Func && !UNCALLED.contains(&export.name) {
                        linked.roots.push(export.index);
                    }
                }
            }
            Payload::StartSection { func, .. } => linked.roots.push(func),
            Payload::ElementSection(section) => {
                let mut segments = section.into_iter();
                let (Some(segment), None) = (segments.next(), segments.next()) else {
                    return Ok(Err("its table is filled in pieces".into()));
                };
                let segment = segment?;
                let ElementKind::Active { offset_expr, .. } = &segment.kind else {
                    return Ok(Err("its table is filled later".into()));
                };
                let first = offset_expr.get_operators_reader().read()?;
                let (ElementItems::Functions(functions), Operator::I32Const { value: 1 }) =
                    (segment.items, first)
                else {
                    return Ok(Err("its table does not begin with a function in slot 1".into()));
                };
                for function in functions {
                    linked.slots.push(function?);
                }
            }
            Payload::CodeSectionStart { unchecked_range, .. } => self.code = unchecked_range.start as usize,
            Payload::CodeSectionEntry(body) => {
                let range = body.range();
                if let Some(function) = linked.functions.get_mut(linked.imported + self.bodies) {
                    function.body = range.start as usize..range.end as usize;
                }
                self.bodies += 1;
            }
            Payload::DataSection(section) => {
                self.data = section.range().start as usize;
                for segment in section {
                    let segment = segment?;
                    let DataKind::Active { offset_expr, .. } = &segment.kind else {
                        return Ok(Err("its memory does not begin with its data".into()));
                    };
                    let Operator::I32Const { value: address } = offset_expr.get_operators_reader().read()?
                    else {
                        return Ok(Err("it is not known where its data will stand".into()));
                    };
                    self.segments
                        .push((segment.range.end as usize - segment.data.len(), address.cast_unsigned()));
                }
            }
            Payload::CustomSection(section) => match section.as_known() {
                KnownCustom::Name(names) => {
                    for name in names {
                        if let Name::Function(functions) = name? {
                            for named in functions {
                                let named = named?;
                                if let Some(function) = linked.functions.get_mut(named.index as usize) {
                                    function.name = plain(named.name);
                                }
                            }
                        }
                    }
                }
                KnownCustom::Linking(subsections) => {
                    for subsection in subsections.subsections() {
                        match subsection? {
                            Linking::SymbolTable(symbols) => {
                                self.has_symbols = true;
                                for symbol in symbols {
                                    let symbol = symbol?;
                                    if let Err(why) = self.symbol(&symbol) {
                                        return Ok(Err(why));
                                    }
                                }
                            }
                            Linking::InitFuncs(_) => {
                                return Ok(Err("it has functions that run before all others".into()));
                            }
                            _ => {}
                        }
                    }
                }
                KnownCustom::Reloc(relocations) => {
                    let into = match section.name() {
                        "reloc.CODE" => {
                            self.has_relocations = true;
                            &mut self.in_code
                        }
                        "reloc.DATA" => &mut self.in_data,
                        _ => return Ok(Ok(())),
                    };
                    for relocation in relocations.entries() {
                        let relocation = relocation?;
                        into.push((relocation.ty, relocation.offset, relocation.index));
                    }
                }
                _ => {}
            },
            _ => {}
        }
        Ok(Ok(()))
    }

    fn symbol(&mut self, symbol: &SymbolInfo<'_>) -> Result<(), String> {
        let target = match symbol {
            SymbolInfo::Func { index, .. } => Target::Function(*index),
            SymbolInfo::Global { name: Some("__stack_pointer"), index, .. } if *index != 0 => {
                return Err("its stack pointer is not its first global".into());
            }
            // It stands for all that follows it, which has no symbol.
            SymbolInfo::Data { name, .. } if name.starts_with("__start_") || name.starts_with("__stop_") => {
                return Err(format!("it walks through a part of its data ({name})"));
            }
            SymbolInfo::Data { symbol: Some(place), name, flags }
                if !flags.contains(SymbolFlags::ABSOLUTE) =>
            {
                let segment = self.segments.get(place.index as usize);
                let (start, address) =
                    segment.ok_or_else(|| format!("{name} is in no segment of its data"))?;
                let start = start + place.offset as usize;
                let bytes = start..start + place.size as usize;
                let address = address + place.offset;
                self.linked.data.push(Data { bytes, address, references: Vec::new() });
                Target::Data(self.linked.data.len() - 1)
            }
            _ => Target::Nothing,
        };
        self.symbols.push(target);
        Ok(())
    }

    fn target(&self, kind: RelocationType, symbol: u32) -> Result<Option<Target>, String> {
        use RelocationType as Kind;
        let known = self.symbols.get(symbol as usize);
        let target = match (kind, known) {
            // Neither is a symbol's business, nor does either keep anything alive.
            (Kind::TypeIndexLeb | Kind::GlobalIndexLeb | Kind::TableNumberLeb, _) => None,
            (Kind::FunctionIndexLeb, Some(Target::Function(index))) => Some(Target::Function(*index)),
            (Kind::TableIndexSleb | Kind::TableIndexI32, Some(Target::Function(index))) => {
                Some(Target::Slot(*index))
            }
            (
                Kind::MemoryAddrLeb | Kind::MemoryAddrSleb | Kind::MemoryAddrI32,
                Some(target @ (Target::Data(_) | Target::Nothing)),
            ) => Some(*target),
            _ => return Err(format!("a relocation of the kind {kind:?} refers to {known:?}")),
        };
        Ok(target)
    }

    fn linked(mut self) -> Result<Linked, String> {
        if !self.has_symbols || !self.has_relocations {
            return Err("the linker was not told to keep what it knows: RUSTFLAGS must not replace the \
                        `--emit-relocs` of .cargo/config.toml"
                .into());
        }
        for (kind, offset, symbol) in std::mem::take(&mut self.in_code) {
            let Some(target) = self.target(kind, symbol)? else { continue };
            let at = self.code + offset as usize;
            let after = self.linked.functions.partition_point(|function| function.body.start <= at);
            let function = after.checked_sub(1).and_then(|index| self.linked.functions.get_mut(index));
            let function = function.filter(|function| function.body.contains(&at));
            let function = function.ok_or("a relocation stands outside of all functions")?;
            function.references.push(Reference { at, target });
        }
        for (kind, offset, symbol) in std::mem::take(&mut self.in_data) {
            let Some(target) = self.target(kind, symbol)? else { continue };
            let reference = Reference { at: self.data + offset as usize, target };
            let mut is_loose = true;
            for data in self.linked.data.iter_mut().filter(|data| data.bytes.contains(&reference.at)) {
                data.references.push(reference);
                is_loose = false;
            }
            if is_loose {
                self.linked.loose.push(reference);
            }
        }
        Ok(self.linked)
    }
}

/// As the linker writes a number whose length must not change: seven bits a byte, the last of five without a mark.
pub(super) fn padded(number: u32) -> [u8; 5] {
    let bits = |at: u32| (number >> (7 * at) & 0x7f) as u8;
    [bits(0) | 0x80, bits(1) | 0x80, bits(2) | 0x80, bits(3) | 0x80, bits(4)]
}

/// A function's name as it stands in the source: of either mangling of Rust's, without hashes.
fn plain(name: &str) -> String {
    format!("{:#}", rustc_demangle::demangle(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    use super::super::sample::{Piece, bytes, module};

    #[test]
    fn every_number_is_known_by_what_it_stands_for() {
        let bytes = module(
            &[
                (0, 0, "run", vec![Piece::Address(1), Piece::Call(2), Piece::Slot(2), bytes(&[0x1a])]),
                (1, 0, "_RNvCsgXGp5Oqx2Ny_4core4last", vec![]),
            ],
            &[vec![bytes(&[1, 2, 3, 4])], vec![bytes(&[5; 4]), Piece::Address(0), Piece::Slot(2)]],
        );
        let linked = Linked::read(&bytes).unwrap();
        let targets =
            |references: &[Reference]| -> Vec<_> { references.iter().map(|one| one.target).collect() };
        let names: Vec<_> = linked.functions.iter().map(|function| function.name.as_str()).collect();
        assert_eq!(names, ["", "run", "core::last"]);
        assert_eq!(
            targets(&linked.functions[1].references),
            [Target::Data(1), Target::Function(2), Target::Slot(2)]
        );
        assert_eq!(targets(&linked.data[1].references), [Target::Data(0), Target::Slot(2)]);
        assert_eq!(linked.data[1].references[0].at, linked.data[1].bytes.start + 4);
        assert_eq!(bytes[linked.data[0].bytes.clone()], [1, 2, 3, 4]);
        assert_eq!((linked.roots, linked.slots, linked.imported), (vec![1], vec![2], 1));
    }

    #[test]
    fn a_module_of_which_the_linker_said_nothing_is_refused() {
        let refused = Linked::read(b"\0asm\x01\0\0\0").unwrap_err();
        assert!(refused.contains("--emit-relocs"), "{refused}");
    }

    #[test]
    fn symbols_that_stand_for_more_than_they_say_are_refused() {
        let refused = |symbol: SymbolInfo<'_>| Reader::default().symbol(&symbol).unwrap_err();
        let flags = SymbolFlags::empty();
        assert!(
            refused(SymbolInfo::Data { flags, name: "__start_list", symbol: None }).contains("__start_list")
        );
        let moved = SymbolInfo::Global { flags, index: 1, name: Some("__stack_pointer") };
        assert_eq!(refused(moved), "its stack pointer is not its first global");
    }

    #[test]
    fn numbers_may_have_the_length_of_all() {
        assert_eq!(padded(1), [0x81, 0x80, 0x80, 0x80, 0]);
        assert_eq!(padded(300), [0xac, 0x82, 0x80, 0x80, 0]);
    }

    #[test]
    fn names_lose_the_hashes_of_both_manglings_and_nothing_else() {
        for (name, expected) in [
            ("_ZN4core9panicking9panic_fmt17h0123456789abcdefE", "core::panicking::panic_fmt"),
            ("_RNvNtCsgXGp5Oqx2Ny_4core9panicking9panic_fmt", "core::panicking::panic_fmt"),
            ("__wbindgen_malloc", "__wbindgen_malloc"),
        ] {
            assert_eq!(plain(name), expected);
        }
    }
}
