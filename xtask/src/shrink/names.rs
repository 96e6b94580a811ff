//! Short names for what the module and its glue call each other by: long ones with sixteen digits, in two files,
//! become `a`, `b`, `c`. What the glue never calls is no longer exported, so that wasm-opt finds it dead.
//!
//! Any glue could work with any module then. That the two are of one build is told by the name of what the module
//! imports from: made of both, and a module that misses it does not start.

use std::collections::HashMap;
use std::path::Path;

use wasm_encoder::{ExportSection, ImportSection, Module, RawSection};
use wasmparser::{Parser, Payload};

use super::linked::UNCALLED;
use crate::stamp::Hash;

/// Browsers, tests and benches look at it by this name.
const MEMORY: &str = "memory";

/// What wasm-bindgen lets the module import from.
const GLUE: &str = "./afterword_bg.js";

/// What wasm-bindgen writes at the end of its glue: `runtime.js` starts the module itself, from what has travelled.
const STARTERS: &str = "export { initSync, __wbg_init as default };";

/// What `runtime.js` starts it with.
const PARTS_OF_STARTERS: [&str; 2] =
    ["function __wbg_get_imports() {", "function __wbg_finalize_init(instance, module) {"];

/// `module` and `glue` with short names, and without what the functions of the module are called.
pub(super) fn shortened(module: &[u8], glue: &str) -> Result<(Vec<u8>, String), String> {
    for part in PARTS_OF_STARTERS.into_iter().chain([STARTERS]) {
        if glue.matches(part).count() != 1 {
            return Err(format!("its glue does not say `{part}` once: xtask/src/shrink/names.rs"));
        }
    }
    let mut both = Hash::new();
    both.add(Path::new("module"), module);
    both.add(Path::new("glue"), glue.as_bytes());
    let build = &both.to_string()[..8];
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
                    if import.module != GLUE {
                        return Err(format!("it imports from {}", import.module));
                    }
                    renamed.import(build, name, kind);
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
                    } else if calls(glue).any(|(_, name)| name == export.name) {
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
    let glue = with_names(&glue.replace(STARTERS, ""), &imports, &exports)?;
    let [before, after] = glue.split(&format!("{GLUE:?}: ")).collect::<Vec<_>>()[..] else {
        return Err(format!("its glue does not give {GLUE} once"));
    };
    let glue = format!("{before}{build:?}: {after}");
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

/// How the glue calls what the module exports.
const EXPORTS: &str = "wasm.";

fn is_of_a_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == '$'
}

/// What the glue calls, with where the name begins.
fn calls(glue: &str) -> impl Iterator<Item = (usize, &str)> {
    let calls = glue.match_indices(EXPORTS).filter_map(|(at, _)| {
        let (before, call) = (glue.get(..at)?, glue.get(at + EXPORTS.len()..)?);
        let name = call.split(|c: char| !is_of_a_name(c)).next()?;
        Some((before, at + EXPORTS.len(), name))
    });
    calls
        .filter(|(before, ..)| !before.ends_with(|c: char| is_of_a_name(c) || c == '.'))
        .map(|(_, at, name)| (at, name))
}

/// The glue with other names for exports, and for the keys of imports. wasm-bindgen writes each key at the beginning of
/// a line, as `name: function(` or `name: (a) => `; their names stand nowhere else.
fn with_names(
    glue: &str,
    imports: &HashMap<String, String>,
    exports: &HashMap<String, String>,
) -> Result<String, String> {
    if let Some(name) = UNCALLED.into_iter().find(|name| glue.contains(name)) {
        return Err(format!("its glue calls {name}, which xtask/src/shrink/linked.rs takes out"));
    }
    if glue.contains("wasm[") {
        return Err("its glue calls exports in a way that xtask/src/shrink/names.rs does not know".into());
    }
    let mut named = String::new();
    let mut end = 0;
    for (at, name) in calls(glue) {
        named.push_str(glue.get(end..at).unwrap_or_default());
        named.push_str(exports.get(name).map_or(name, String::as_str));
        end = at + name.len();
    }
    named.push_str(glue.get(end..).unwrap_or_default());
    let mut lines = String::new();
    let mut keys = 0;
    for line in named.lines() {
        let key = line.trim_start();
        match key.split_once(':').and_then(|(key, rest)| Some((imports.get(key)?, rest))) {
            Some((name, rest)) => {
                keys += 1;
                lines.extend([name.as_str(), ":", rest]);
            }
            None => lines.push_str(line),
        }
        lines.push('\n');
    }
    match keys == imports.len() {
        true => Ok(lines),
        false => Err(format!("it imports {} things and its glue has {keys} of them", imports.len())),
    }
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

    /// Glue as wasm-bindgen writes it, for what a module of `sample` imports, that calls `calls`.
    fn glue(calls: &str) -> String {
        [
            "function __wbg_get_imports() {\n  const import0 = {\n",
            "  __wbg_log_0123456789abcdef: function(arg0) {\n  obj.__wbg_ptr = ",
            calls,
            ";\n  return { \"./afterword_bg.js\": import0 };\nfunction __wbg_finalize_init(instance, module) {\n",
            STARTERS,
        ]
        .concat()
    }

    fn sample() -> Vec<u8> {
        super::super::sample::module(&[(0, 0, "run", vec![])], &[])
    }

    #[test]
    fn both_sides_have_the_same_short_names() {
        let (module, short) =
            shortened(&sample(), &glue("wasm.run(wasm.memory, wasm.runner, notwasm.run)")).unwrap();
        assert!(
            short.contains(
                "\na: function(arg0) {\n  obj.__wbg_ptr = wasm.a(wasm.memory, wasm.runner, notwasm.run);\n"
            ),
            "{short}"
        );
        assert!(!short.contains("initSync"));
        let contents = String::from_utf8_lossy(&module).into_owned();
        assert!(!contents.contains("__wbg_log"));
        assert_eq!(exports(&module), ["a"]);
    }

    #[test]
    fn a_module_knows_its_glue() {
        let build = |glue: &str| {
            let (module, glue) = shortened(&sample(), glue).unwrap();
            let key = glue.split_once("return { \"").unwrap().1.split_once('"').unwrap().0.to_owned();
            assert!(key.len() == 8 && module.windows(8).any(|bytes| bytes == key.as_bytes()), "{key}");
            key
        };
        assert_ne!(build(&glue("wasm.run()")), build(&glue("wasm.run(1)")));
    }

    #[test]
    fn what_the_glue_does_not_call_is_no_export() {
        let (module, _) = shortened(&sample(), &glue("wasm.runner()")).unwrap();
        assert!(exports(&module).is_empty());
    }

    #[test]
    fn glue_of_another_shape_is_refused() {
        for (glue, why) in [
            (glue("x").replace("export {", "export{"), "__wbg_init"),
            (glue("x").replace("function __wbg_get", "const __wbg_get"), "__wbg_get_imports"),
            (glue("x").replace("__wbg_log_", "__wbg_logs_"), "has 0 of them"),
            (glue("x").replace("./after", "./before"), "./afterword_bg.js once"),
            (glue("wasm['run']()"), "does not know"),
        ] {
            let refused = shortened(&sample(), &glue).unwrap_err();
            assert!(refused.contains(why), "{refused}");
        }
    }

    #[test]
    fn short_names_never_repeat() {
        let names: std::collections::HashSet<_> = (0..2000).map(short).collect();
        assert_eq!(names.len(), 2000);
        assert_eq!([short(0), short(25), short(26), short(27)], ["a", "z", "aa", "ba"]);
    }
}
