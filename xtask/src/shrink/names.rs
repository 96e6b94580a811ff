//! Short names for what the module and its glue call each other by: long ones with sixteen digits, in two files,
//! become `a`, `b`, `c`. What the glue never calls is no longer exported, so that wasm-opt finds it dead.

use std::collections::HashMap;

use wasm_encoder::{ExportSection, ImportSection, Module, RawSection};
use wasmparser::{Parser, Payload};

/// Browsers, tests and benches look at it by this name.
const MEMORY: &str = "memory";

/// What wasm-bindgen writes at the end of its glue: `runtime.js` starts the module itself, from what has travelled.
const STARTERS: &str = "export { initSync, __wbg_init as default };";

/// `module` and `glue` with short names, and without what the functions of the module are called.
pub(super) fn shortened(module: &[u8], glue: &str) -> Result<(Vec<u8>, String), String> {
    let (mut imports, mut exports) = (HashMap::new(), HashMap::new());
    let mut shortened = Module::new();
    for payload in Parser::new(0).parse_all(module) {
        let payload = payload.map_err(|error| error.to_string())?;
        match &payload {
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
                shortened.section(&renamed);
            }
            Payload::ExportSection(section) => {
                let mut renamed = ExportSection::new();
                for export in section.clone() {
                    let export = export.map_err(|error| error.to_string())?;
                    let kind = export.kind.into();
                    if export.name == MEMORY {
                        renamed.export(MEMORY, kind, export.index);
                    } else if calls(glue, export.name) {
                        let name = short(exports.len());
                        renamed.export(&name, kind, export.index);
                        exports.insert(export.name.to_owned(), name);
                    }
                }
                shortened.section(&renamed);
            }
            // Names have done their work.
            Payload::CustomSection(section) if section.name() == "name" => {}
            other => {
                if let Some((id, range)) = other.as_section() {
                    let data = module.get(range.start as usize..range.end as usize);
                    let data = data.ok_or("a section ends beyond its end")?;
                    shortened.section(&RawSection { id, data });
                }
            }
        }
    }
    if glue.matches(STARTERS).count() != 1 {
        return Err(format!("its glue does not say `{STARTERS}` once: xtask/src/shrink/names.rs"));
    }
    let glue = with_names(&glue.replace(STARTERS, ""), &imports, &exports);
    Ok((shortened.finish(), glue))
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

/// How the glue calls what the module exports, and where the name begins.
const EXPORTS: &str = "wasm.";

/// The name at the beginning of `text`.
fn name(text: &str) -> &str {
    text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next().unwrap_or_default()
}

fn calls(glue: &str, export: &str) -> bool {
    glue.split(EXPORTS).skip(1).any(|call| name(call) == export)
}

/// The glue with other names for exports, and for the keys of imports. wasm-bindgen writes each key at the beginning of
/// a line, as `name: function(` or `name: (a) => `; their names stand nowhere else.
fn with_names(glue: &str, imports: &HashMap<String, String>, exports: &HashMap<String, String>) -> String {
    let mut named = String::new();
    for line in glue.lines() {
        let key = line.trim_start();
        let new = key.split_once(':').and_then(|(key, rest)| Some((imports.get(key)?, rest)));
        let line = match new {
            Some((name, rest)) => format!("{name}:{rest}"),
            None => line.to_owned(),
        };
        let mut calls = line.split(EXPORTS);
        named.push_str(calls.next().unwrap_or_default());
        for call in calls {
            let old = name(call);
            named.push_str(EXPORTS);
            named.push_str(exports.get(old).map_or(old, String::as_str));
            named.push_str(call.get(old.len()..).unwrap_or_default());
        }
        named.push('\n');
    }
    named
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exports(module: &[u8]) -> Vec<String> {
        let sections = Parser::new(0).parse_all(module).filter_map(|payload| match payload.unwrap() {
            Payload::ExportSection(exports) => Some(exports),
            _ => None,
        });
        sections.flatten().map(|export| export.unwrap().name.to_owned()).collect()
    }

    #[test]
    fn both_sides_have_the_same_short_names() {
        let module = super::super::sample::module(&[(0, 0, "run", vec![])], &[]);
        let glue = "const imports = {\n  __wbg_log_0123456789abcdef: function(arg0) {\n  obj.__wbg_ptr = wasm.run(wasm.memory, wasm.runner);\n";
        let (module, glue) = shortened(&module, &[glue, STARTERS].concat()).unwrap();
        assert_eq!(
            glue,
            "const imports = {\na: function(arg0) {\n  obj.__wbg_ptr = wasm.a(wasm.memory, wasm.runner);\n"
        );
        let contents = String::from_utf8_lossy(&module).into_owned();
        assert!(!contents.contains("__wbg_log") && contents.contains("./afterword_bg.js"));
        assert_eq!(exports(&module), ["a"]);
    }

    #[test]
    fn what_the_glue_does_not_call_is_no_export() {
        let module = super::super::sample::module(&[(0, 0, "run", vec![])], &[]);
        let (module, _) = shortened(&module, &["wasm.runner()\n", STARTERS].concat()).unwrap();
        assert!(exports(&module).is_empty());
    }

    #[test]
    fn glue_that_starts_the_module_in_another_way_is_refused() {
        let module = super::super::sample::module(&[(0, 0, "run", vec![])], &[]);
        assert!(shortened(&module, "export { start };").unwrap_err().contains("__wbg_init"));
    }

    #[test]
    fn short_names_never_repeat() {
        let names: std::collections::HashSet<_> = (0..2000).map(short).collect();
        assert_eq!(names.len(), 2000);
        assert_eq!([short(0), short(25), short(26), short(27)], ["a", "z", "aa", "ba"]);
    }
}
