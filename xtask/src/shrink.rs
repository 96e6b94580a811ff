//! Makes the widget's module and its glue smaller than compiler and wasm-bindgen leave them.
//!
//! Rust on stable cannot be told to leave out what nobody will read, so it is taken out afterwards, while functions
//! still have their names:
//!
//! - Sentences of panics. Whatever panics calls `died` with the place in the source, which reports it and stops; why
//!   is in the source.
//! - `Debug`, which nothing prints any more.
//! - Names of imports, a word and sixteen digits each in two files: `a`, `b`, `c`.
//!
//! Then wasm-opt removes what only these needed. Nothing here knows what the module does.

use std::collections::HashMap;
use std::path::Path;
use std::process::Command;

use wasm_encoder::{CodeSection, Encode as _, ImportSection, Module, RawSection};
use wasmparser::{CompositeInnerType, KnownCustom, Name, Parser, Payload, TypeRef, ValType};

use crate::failure::{Failure, file_error};
use crate::process::{Console, answer, on_path};
use crate::workspace::{read, write};

/// What every browser of the README knows. `--all-features` would write what none of them does.
const WASM_OPT: [&str; 13] = [
    "-Oz",
    "--converge",
    // A function put into its only caller saves some bytes and costs more once compressed: small functions look
    // alike. Measured from 0 to 30, and without a limit, which is the default and 4 % worse.
    "--one-caller-inline-max-function-size",
    "15",
    // Neither holds for every module, both do for Rust's: nothing lives at small addresses, memory begins empty.
    "--low-memory-unused",
    "--zero-filled-memory",
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-reference-types",
    "--enable-multivalue",
];

/// The function that reports the place of a panic; see `src/embed/crash.rs`.
const DIED: &str = "afterword::embed::crash::died";

/// Functions that panic, by how their names begin. All take the place where it happened as their last argument.
const PANICS: [&str; 7] = [
    "core::panicking::",
    "core::option::unwrap_failed",
    "core::option::expect_failed",
    "core::result::unwrap_failed",
    "core::str::slice_error_fail",
    "core::slice::index::slice_",
    "core::cell::panic_",
];

/// Shrinks `module`, then `glue` to match it.
pub(crate) fn run(console: &Console, module: &Path, glue: &Path) -> Result<(), Failure> {
    let bytes = std::fs::read(module).map_err(|error| file_error("read", module, &error))?;
    let shrunk =
        shrink(&bytes).map_err(|why| Failure::new(format!("The module cannot be made smaller: {why}.")))?;
    write(module, shrunk.module)?;
    write(glue, renamed(&read(glue)?, &shrunk.imports))?;
    let Some(wasm_opt) = on_path("wasm-opt") else {
        return Err(Failure::new(
            "wasm-opt is not on the PATH: build with `cargo xtask dist`, which brings it.",
        ));
    };
    // Older ones take what they do not know by name for granted.
    let known = answer(Command::new(&wasm_opt).arg("--help")).unwrap_or_default();
    let options =
        WASM_OPT.iter().filter(|option| !option.starts_with("--enable-") || known.contains(**option));
    console.step(
        "Optimising the module",
        Command::new(&wasm_opt).args(options).arg(module).arg("-o").arg(module),
        "wasm-opt could not optimise the widget's module.",
    )
}

/// A smaller module, and what its imports were called before.
struct Shrunk {
    module: Vec<u8>,
    /// Old names to new ones.
    imports: HashMap<String, String>,
}

/// What has to be known of a module before anything in it can be changed.
#[derive(Default)]
struct Contents {
    /// By type index: parameters and results.
    types: Vec<(Vec<ValType>, Vec<ValType>)>,
    /// By function index: its type.
    functions: Vec<u32>,
    imported: u32,
    /// By function index.
    names: HashMap<u32, String>,
}

fn shrink(bytes: &[u8]) -> Result<Shrunk, String> {
    let contents = Contents::of(bytes).map_err(|error| error.to_string())?;
    let died = contents.find(DIED).ok_or_else(|| format!("it has no function {DIED}"))?;
    let mut imports = HashMap::new();
    let mut module = Module::new();
    let mut code = CodeSection::new();
    let mut index = contents.imported;
    for payload in Parser::new(0).parse_all(bytes) {
        let payload = payload.map_err(|error| error.to_string())?;
        match &payload {
            Payload::CodeSectionEntry(body) => {
                code.raw(&contents.body(index, died).unwrap_or_else(|| body.as_bytes().to_vec()));
                index += 1;
                if index as usize == contents.functions.len() {
                    module.section(&code);
                }
            }
            Payload::ImportSection(section) => {
                let mut renamed = ImportSection::new();
                for import in section.clone().into_imports() {
                    let import = import.map_err(|error| error.to_string())?;
                    let count = imports.len();
                    let name = imports.entry(import.name.to_owned()).or_insert_with(|| short(count));
                    let kind = wasm_encoder::EntityType::try_from(import.ty)
                        .map_err(|_| format!("the import {} is of an unknown kind", import.name))?;
                    renamed.import(import.module, name, kind);
                }
                module.section(&renamed);
            }
            // Written once its functions are.
            Payload::CodeSectionStart { .. } => {}
            // Names have done their work.
            Payload::CustomSection(section) if section.name() == "name" => {}
            other => {
                if let Some((id, range)) = other.as_section() {
                    let data = bytes.get(range.start as usize..range.end as usize);
                    let data = data.ok_or("a section ends beyond its end")?;
                    module.section(&RawSection { id, data });
                }
            }
        }
    }
    Ok(Shrunk { module: module.finish(), imports })
}

impl Contents {
    fn of(bytes: &[u8]) -> wasmparser::Result<Self> {
        let mut contents = Self::default();
        for payload in Parser::new(0).parse_all(bytes) {
            match payload? {
                Payload::TypeSection(section) => {
                    for group in section {
                        for kind in group?.types() {
                            let signature = match &kind.composite_type.inner {
                                CompositeInnerType::Func(kind) => {
                                    (kind.params().to_vec(), kind.results().to_vec())
                                }
                                _ => Default::default(),
                            };
                            contents.types.push(signature);
                        }
                    }
                }
                Payload::ImportSection(section) => {
                    for import in section.into_imports() {
                        if let TypeRef::Func(kind) = import?.ty {
                            contents.functions.push(kind);
                            contents.imported += 1;
                        }
                    }
                }
                Payload::FunctionSection(section) => {
                    for kind in section {
                        contents.functions.push(kind?);
                    }
                }
                Payload::CustomSection(section) => {
                    if let KnownCustom::Name(names) = section.as_known() {
                        for name in names {
                            if let Name::Function(functions) = name? {
                                for function in functions {
                                    let function = function?;
                                    contents.names.insert(function.index, plain(function.name));
                                }
                            }
                        }
                    }
                }
                _ => {}
            }
        }
        Ok(contents)
    }

    fn find(&self, name: &str) -> Option<u32> {
        self.names.iter().find(|(_, known)| *known == name).map(|(index, _)| *index)
    }

    /// What a function does from now on; `None` where it stays as it is.
    fn body(&self, index: u32, died: u32) -> Option<Vec<u8>> {
        let name = self.names.get(&index)?;
        let (parameters, results) = self.types.get(*self.functions.get(index as usize)? as usize)?;
        // No locals of its own, then the instructions.
        let mut body = vec![0];
        if name.ends_with(" as core::fmt::Debug>::fmt") && *results == [ValType::I32] {
            body.extend([I32_CONST, 0, END]);
        } else if panics(name) && results.is_empty() && index != died {
            match parameters.split_last() {
                Some((ValType::I32, before)) => {
                    body.push(LOCAL_GET);
                    u32::try_from(before.len()).ok()?.encode(&mut body);
                }
                _ => body.extend([I32_CONST, 0]),
            }
            body.push(CALL);
            died.encode(&mut body);
            body.extend([UNREACHABLE, END]);
        } else {
            return None;
        }
        Some(body)
    }
}

/// Whether a function panics and takes the place where as its last argument.
fn panics(name: &str) -> bool {
    // The only ones of core that take no place: they end with the length of their sentence.
    let placeless = name.starts_with("core::panicking::panic_nounwind");
    !placeless && PANICS.iter().any(|panics| name.starts_with(panics))
}

const UNREACHABLE: u8 = 0x00;
const END: u8 = 0x0b;
const CALL: u8 = 0x10;
const LOCAL_GET: u8 = 0x20;
const I32_CONST: u8 = 0x41;

/// A function's name as it stands in the source: without the hashes that either mangling of Rust's leaves in it.
fn plain(name: &str) -> String {
    let is_hash = |text: &str| text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let name = match name.rsplit_once("::h") {
        Some((before, hash)) if is_hash(hash) => before,
        _ => name,
    };
    let mut plain = String::new();
    let mut rest = name;
    while let Some((before, bracket)) = rest.split_once('[') {
        plain.push_str(before);
        rest = match bracket.split_once(']') {
            Some((hash, after)) if hash.bytes().all(|byte| byte.is_ascii_hexdigit()) && hash.len() > 8 => {
                after
            }
            _ => {
                plain.push('[');
                bracket
            }
        };
    }
    plain + rest
}

/// The `count`th of `a`, `b`, … `z`, `aa`, `ba`, …: names that no script has to quote.
fn short(count: usize) -> String {
    let mut name = String::new();
    let mut rest = count;
    loop {
        name.push(char::from(b'a' + (rest % 26) as u8));
        if rest < 26 {
            return name;
        }
        rest = rest / 26 - 1;
    }
}

/// The glue with the keys of its imports renamed. wasm-bindgen writes each at the beginning of a line, as
/// `name: function(` or `name: (a) => `; their names stand nowhere else.
fn renamed(glue: &str, imports: &HashMap<String, String>) -> String {
    let mut lines = Vec::new();
    for line in glue.lines() {
        let key = line.trim_start();
        let new = key.split_once(':').and_then(|(key, rest)| Some((imports.get(key)?, rest)));
        lines.push(match new {
            Some((name, rest)) => format!("{name}:{rest}"),
            None => line.to_owned(),
        });
    }
    lines.join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    use wasm_encoder::{
        ConstExpr, ElementSection, Elements, EntityType, ExportKind, ExportSection, Function,
        FunctionSection, NameMap, NameSection, RefType, TableSection, TableType, TypeSection,
    };

    use super::*;

    /// A module that imports `log`, and has the named functions `(parameters, results, name)`, each of which
    /// answers what it was given or zeros.
    fn module(functions: &[(u32, u32, &str)]) -> Vec<u8> {
        let (mut types, mut list, mut code) =
            (TypeSection::new(), FunctionSection::new(), CodeSection::new());
        let (mut imports, mut exports) = (ImportSection::new(), ExportSection::new());
        let (mut names, mut table, mut elements) =
            (NameMap::new(), TableSection::new(), ElementSection::new());
        let i32s = |count: u32| vec![wasm_encoder::ValType::I32; count as usize];
        types.ty().function(i32s(1), i32s(0));
        imports.import("./afterword_bg.js", "__wbg_log_0123456789abcdef", EntityType::Function(0));
        for (place, (parameters, results, name)) in functions.iter().enumerate() {
            let place = u32::try_from(place).unwrap() + 1;
            types.ty().function(i32s(*parameters), i32s(*results));
            list.function(place);
            let mut body = Function::new([]);
            for _ in 0..*results {
                body.instructions().i32_const(7);
            }
            body.instructions().end();
            code.function(&body);
            exports.export(&format!("f{place}"), ExportKind::Func, place);
            names.append(place, name);
        }
        table.table(TableType {
            element_type: RefType::FUNCREF,
            minimum: 1,
            maximum: None,
            table64: false,
            shared: false,
        });
        elements.active(None, &ConstExpr::i32_const(0), Elements::Functions(vec![1].into()));
        let mut all = NameSection::new();
        all.functions(&names);
        let mut module = Module::new();
        module.section(&types).section(&imports).section(&list).section(&table).section(&exports);
        module.section(&elements).section(&code).section(&all);
        module.finish()
    }

    /// The instructions of each function that is not imported.
    fn bodies(module: &[u8]) -> Vec<String> {
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

    #[test]
    fn whatever_panics_reports_its_place_and_stops() {
        let shrunk = shrink(&module(&[
            (1, 0, "afterword::embed::crash::died"),
            (3, 0, "core[c5930c85a12de822]::panicking::panic_bounds_check"),
            (0, 0, "core::panicking::panic_cannot_unwind::h0123456789abcdef"),
            (2, 0, "core::panicking::panic_nounwind"),
        ]));
        expect_bodies(
            shrunk,
            [
                "End",
                "LocalGet { local_index: 2 }; Call { function_index: 1 }; Unreachable; End",
                "I32Const { value: 0 }; Call { function_index: 1 }; Unreachable; End",
                "End",
            ],
        );
    }

    #[test]
    fn nothing_is_printed_for_debugging() {
        let shrunk = shrink(&module(&[
            (1, 0, DIED),
            (2, 1, "<&alloc::vec::Vec<u8> as core::fmt::Debug>::fmt::h0123456789abcdef"),
            (2, 1, "<u32 as core[0123456789abcdef]::fmt::Display>::fmt"),
        ]));
        expect_bodies(shrunk, ["End", "I32Const { value: 0 }; End", "I32Const { value: 7 }; End"]);
    }

    fn expect_bodies<const N: usize>(shrunk: Result<Shrunk, String>, expected: [&str; N]) {
        assert_eq!(bodies(&shrunk.unwrap().module), expected);
    }

    #[test]
    fn imports_have_the_same_short_names_in_module_and_glue() {
        let shrunk = shrink(&module(&[(1, 0, DIED)])).unwrap();
        let glue =
            "const imports = {\n  __wbg_log_0123456789abcdef: function(arg0) {\n  obj.__wbg_ptr = ptr;\n";
        assert_eq!(
            renamed(glue, &shrunk.imports),
            "const imports = {\na: function(arg0) {\n  obj.__wbg_ptr = ptr;\n"
        );
        let contents = String::from_utf8_lossy(&shrunk.module).into_owned();
        assert!(!contents.contains("__wbg_log") && contents.contains("./afterword_bg.js"));
    }

    #[test]
    fn a_module_that_could_not_report_its_panics_is_refused() {
        let refused = shrink(&module(&[(1, 0, "some::other")])).err().unwrap();
        assert!(refused.contains("no function afterword::embed::crash::died"), "{refused}");
    }

    #[test]
    fn short_names_never_repeat() {
        let names: std::collections::HashSet<_> = (0..2000).map(short).collect();
        assert_eq!(names.len(), 2000);
        assert_eq!([short(0), short(25), short(26), short(27)], ["a", "z", "aa", "ba"]);
    }

    #[test]
    fn names_lose_the_hashes_of_both_manglings_and_nothing_else() {
        for (name, expected) in [
            ("core::panicking::panic_fmt::h0123456789abcdef", "core::panicking::panic_fmt"),
            ("<[u8] as core[c5930c85a12de822]::fmt::Debug>::fmt", "<[u8] as core::fmt::Debug>::fmt"),
            ("a::hello", "a::hello"),
        ] {
            assert_eq!(plain(name), expected);
        }
    }
}
