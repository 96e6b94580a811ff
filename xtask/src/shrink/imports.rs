//! Short names for the module's imports, in the module and in its glue: a word and sixteen digits each, in two
//! files, become `a`, `b`, `c`.

use std::collections::HashMap;

use wasm_encoder::{ImportSection, Module, RawSection};
use wasmparser::{Parser, Payload};

/// A module with short names, and what its imports were called before.
#[derive(Debug)]
pub(super) struct Renamed {
    pub(super) module: Vec<u8>,
    /// Old names to new ones.
    pub(super) imports: HashMap<String, String>,
}

/// Renames what `bytes` import, and leaves out what their functions are called.
pub(super) fn renamed(bytes: &[u8]) -> Result<Renamed, String> {
    let mut imports = HashMap::new();
    let mut module = Module::new();
    for payload in Parser::new(0).parse_all(bytes) {
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
                module.section(&renamed);
            }
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
    Ok(Renamed { module: module.finish(), imports })
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
pub(super) fn renamed_in_glue(glue: &str, imports: &HashMap<String, String>) -> String {
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
    use super::*;

    #[test]
    fn imports_have_the_same_short_names_in_module_and_glue() {
        let renamed = renamed(&super::super::sample::module(&[(0, 0, "run", vec![])], &[])).unwrap();
        let glue =
            "const imports = {\n  __wbg_log_0123456789abcdef: function(arg0) {\n  obj.__wbg_ptr = ptr;\n";
        assert_eq!(
            renamed_in_glue(glue, &renamed.imports),
            "const imports = {\na: function(arg0) {\n  obj.__wbg_ptr = ptr;\n"
        );
        let contents = String::from_utf8_lossy(&renamed.module).into_owned();
        assert!(!contents.contains("__wbg_log") && contents.contains("./afterword_bg.js"));
    }

    #[test]
    fn short_names_never_repeat() {
        let names: std::collections::HashSet<_> = (0..2000).map(short).collect();
        assert_eq!(names.len(), 2000);
        assert_eq!([short(0), short(25), short(26), short(27)], ["a", "z", "aa", "ba"]);
    }
}
