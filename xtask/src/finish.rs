//! `cargo xtask finish-dist`: from what Trunk and wasm-bindgen wrote to what readers download.
//!
//! Trunk calls this as its `post_build` hook, before the result takes its place in `dist/`. The styles, in the order
//! of `style/order.txt`, go into the two scripts: into `embed.js` what reading needs, the rest into `afterword.js`,
//! which is the glue and what works with it. The module is made smaller, scripts and styles are minified; every file
//! gets compressed twins, so that no server has to compress at answer time.
//! A build for development gets its styles and scripts and nothing else: it has to be quick.

use std::collections::HashMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::failure::{Failure, file_error};
use crate::pack;
use crate::process::Console;
use crate::shrink;
use crate::tools::Node;
use crate::workspace::{Workspace, files_under, read, write};

/// What is put behind the glue: what the module calls, then what calls the module. The last one's exports are the file's.
const RUNTIME: [&str; 9] = [
    "src/browser/page.js",
    "src/browser/selection.js",
    "src/api/asker.js",
    "src/browser/events.js",
    "src/browser/intl.js",
    "src/embed/streams.js",
    "src/embed/window.js",
    "src/embed/live.js",
    "src/embed/runtime.js",
];
/// What stands in `embed.js` for the styles that reading needs.
const STYLE_SLOT: &str = "\"/*{{STYLE}}*/\"";
/// What stands in `runtime.js` for the others.
const LATER_SLOT: &str = "\"/*{{LATER_STYLE}}*/\"";
/// Stands in `order.txt` before the sheets that come with the module.
const LATER: &str = "later:";

/// What the linker writes for readers, in cargo's build directory: `index.html` names the profile.
pub(crate) const LINKED: &str = "wasm32-unknown-unknown/wasm/afterword.wasm";

/// What embed.js, theme.js and runtime.js say to each other and to nobody else: fields of an element's state (`it`).
/// All get the same short names for it. What the DOM, the page or the module knows is not among them.
const BETWEEN_SCRIPTS: [&str; 33] = [
    "again",
    "asideBefore",
    "asideKey",
    "changed",
    "composing",
    "deeds",
    "engine",
    "failure",
    "handle",
    "isStale",
    "led",
    "life",
    "looking",
    "markup",
    "more",
    "mute",
    "observer",
    "painted",
    "painting",
    "paper",
    "redraw",
    "remark",
    "remarks",
    "rest",
    "run",
    "settled",
    "shown",
    "speak",
    "theming",
    "turn",
    "wait",
    "wanted",
    "why",
];

/// Begins the name of a private token, which nobody outside of the sheets knows.
const TOKEN: &str = "--_";
/// Those that scripts and the module set.
const KNOWN_TOKENS: [&str; 2] = ["--_x", "--_y"];

/// Finishes a build of Trunk's in `dir`.
pub(crate) fn run(workspace: &Workspace, console: &Console, dir: Option<PathBuf>) -> Result<(), Failure> {
    let staging = std::env::var_os("TRUNK_STAGING_DIR").map(PathBuf::from);
    let dir = dir.or(staging).unwrap_or_else(|| workspace.dist());
    let for_readers = std::env::var("TRUNK_PROFILE").map_or(true, |profile| profile != "debug");
    finish(workspace, console, &dir, for_readers)
}

fn finish(workspace: &Workspace, console: &Console, dir: &Path, for_readers: bool) -> Result<(), Failure> {
    refuse_snippets(dir)?;
    let embed = dir.join("embed.js");
    let minifier = if for_readers { Node::find(workspace)? } else { None };
    let (mut style, mut later) = in_order(&workspace.root.join("style"))?;
    if let Some(node) = &minifier {
        let themes = files_under(&dir.join("themes"));
        let mut sheets = vec![minified(node, &style)?, minified(node, &later)?];
        for theme in &themes {
            sheets.push(minified(node, &read(theme)?)?);
        }
        let mut sheets = with_short_tokens(&sheets).into_iter();
        style = sheets.next().unwrap_or_default();
        later = sheets.next().unwrap_or_default();
        for (theme, sheet) in themes.iter().zip(sheets) {
            write(theme, sheet)?;
        }
    }
    write(&embed, with_style(&read(&embed)?, STYLE_SLOT, &style)?)?;
    let glue = dir.join("afterword.js");
    if for_readers {
        let linked = workspace.target.join(LINKED);
        shrink::run(console, &workspace.root, &linked, &dir.join("afterword_bg.wasm"), &glue)?;
        refuse_renamed(&read(&glue)?)?;
    }
    let runtime = RUNTIME.map(|file| read(&workspace.root.join(file)));
    write(&glue, with_style(&with_runtime(read(&glue)?, runtime)?, LATER_SLOT, &later)?)?;
    if !for_readers {
        return Ok(());
    }
    match &minifier {
        Some(node) => scripts(node, &embed, &[&glue, &dir.join("theme.js")])?,
        None => console.say("  Nothing is minified: npm's packages are not installed"),
    }
    pack::all_in(dir)
}

/// Snippets of JavaScript from dependencies would be loaded from addresses that nobody serves.
fn refuse_snippets(dir: &Path) -> Result<(), Failure> {
    match files_under(&dir.join("snippets")).first() {
        Some(file) => Err(Failure::new(format!(
            "A dependency brought its own JavaScript ({}): the bundle has no place for it.",
            file.display()
        ))),
        None => Ok(()),
    }
}

/// The glue and what works with it, as one file: one request. Only the glue's exports and the last file's are kept.
fn with_runtime<const FILES: usize>(
    glue: String,
    runtime: [Result<String, Failure>; FILES],
) -> Result<String, Failure> {
    let mut all = vec![glue];
    let last = runtime.len().saturating_sub(1);
    for (at, file) in runtime.into_iter().enumerate() {
        let file = file?;
        all.push(if at == last { file } else { file.replace("\nexport ", "\n") });
    }
    Ok(all.join("\n"))
}

/// All style sheets that `order.txt` lists, one after the other: first those that reading needs, then the others.
/// A sheet that is not listed is a mistake: it would be written and never seen.
fn in_order(dir: &Path) -> Result<(String, String), Failure> {
    let order = dir.join("order.txt");
    let lines: Vec<String> = read(&order)?
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(str::to_owned)
        .collect();
    let forgotten = files_under(dir).into_iter().find(|file| {
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        file.parent() == Some(dir) && name.ends_with(".css") && !lines.contains(&name)
    });
    if let Some(file) = forgotten {
        return Err(Failure::new(format!("{} is not listed in {}.", file.display(), order.display())));
    }
    let mut parts = lines.split(|line| line == LATER);
    let mut joined = || {
        let listed = parts.next().unwrap_or_default();
        let sheets = listed.iter().map(|name| read(&dir.join(name))).collect::<Result<Vec<_>, _>>()?;
        Ok(sheets.join("\n"))
    };
    Ok((joined()?, joined()?))
}

/// Puts styles into a script, where the slot stands for them, as a string literal.
fn with_style(script: &str, slot: &str, style: &str) -> Result<String, Failure> {
    let slots = script.matches(slot).count();
    if slots != 1 {
        return Err(Failure::new(format!(
            "The script must hold {slot} exactly once, and holds it {slots} times."
        )));
    }
    // Every JSON string is a JavaScript string since ECMAScript 2019.
    Ok(script.replace(slot, &serde_json::Value::from(style.trim()).to_string()))
}

/// What esbuild makes of a style sheet.
fn minified(node: &Node, style: &str) -> Result<String, Failure> {
    let failed = |why: String| Failure::new("esbuild could not minify the styles.").with_output(why);
    let mut child = Command::new(node.esbuild())
        .args(["--minify", "--charset=utf8", "--log-level=warning", "--log-limit=20", "--loader=css"])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .map_err(|error| failed(error.to_string()))?;
    if let Some(mut input) = child.stdin.take() {
        // If esbuild stops reading, its own message says why.
        let _ = input.write_all(style.as_bytes());
    }
    let output = child.wait_with_output().map_err(|error| failed(error.to_string()))?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    // A warning is a mistake in the source that a browser would silently skip.
    if !output.status.success() || !said.trim().is_empty() {
        return Err(failed(said));
    }
    let text = String::from_utf8(output.stdout).map_err(|error| failed(error.to_string()))?;
    Ok(text.trim_end().to_owned())
}

/// Private tokens by short names, the same ones in all sheets; without what esbuild leaves: blanks in custom properties,
/// and layers that end only to begin again.
fn with_short_tokens(sheets: &[String]) -> Vec<String> {
    let mut uses: Vec<(&str, usize)> = Vec::new();
    for name in sheets.iter().flat_map(|sheet| tokens(sheet)).filter(|name| !KNOWN_TOKENS.contains(name)) {
        match uses.iter_mut().find(|(known, _)| *known == name) {
            Some((_, count)) => *count += 1,
            None => uses.push((name, 1)),
        }
    }
    // The shortest for those that are used most.
    uses.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let free = ('a'..='z').map(String::from).chain((0..).map(|number| format!("a{number}")));
    let free = free.map(|name| [TOKEN, &name].concat()).filter(|name| !KNOWN_TOKENS.contains(&name.as_str()));
    let names: HashMap<&str, String> = uses.iter().map(|(name, _)| *name).zip(free).collect();
    sheets
        .iter()
        .map(|sheet| {
            let mut short = String::with_capacity(sheet.len());
            let mut rest = sheet.as_str();
            for name in tokens(sheet) {
                let (before, after) = rest.split_once(name).unwrap_or((rest, ""));
                short += before;
                short += names.get(name).map_or(name, String::as_str);
                rest = after;
            }
            with_joined_layers(&without_blanks(&(short + rest)))
        })
        .collect()
}

/// The names of private tokens, in the order in which they stand in a sheet.
fn tokens(sheet: &str) -> impl Iterator<Item = &str> {
    sheet.match_indices(TOKEN).filter_map(|(start, _)| {
        let rest = sheet.get(start..)?;
        let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || "-_".contains(c))).unwrap_or(rest.len());
        rest.get(..end)
    })
}

/// A minified sheet without the blanks after commas, colons and brackets, but for those in strings.
fn without_blanks(sheet: &str) -> String {
    let mut short = String::with_capacity(sheet.len());
    let mut quote = None;
    for character in sheet.chars() {
        match quote {
            Some(open) if open == character => quote = None,
            Some(_) => {}
            None if character == ' ' && short.ends_with([',', ':', '(']) => continue,
            None if "\"'".contains(character) => quote = Some(character),
            None => {}
        }
        short.push(character);
    }
    short
}

/// A minified sheet in which a layer that follows itself is one.
fn with_joined_layers(sheet: &str) -> String {
    let mut joined = String::with_capacity(sheet.len());
    let (mut depth, mut quote, mut open) = (0, None, "");
    let mut rest = sheet;
    while let Some(character) = rest.chars().next() {
        if depth == 0 && quote.is_none() {
            let opening =
                rest.starts_with("@layer ").then(|| rest.split_inclusive(['{', ';']).next()).flatten();
            let layer = opening.filter(|opening| opening.ends_with('{')).unwrap_or_default();
            if !layer.is_empty() && layer == open {
                // Nothing stands between this and the end of the same.
                joined.pop();
            } else {
                joined += layer;
            }
            if !layer.is_empty() {
                open = layer;
                depth = 1;
                rest = rest.strip_prefix(layer).unwrap_or_default();
                continue;
            }
            open = "";
        }
        match quote {
            Some(end) if end == character => quote = None,
            Some(_) => {}
            None if "\"'".contains(character) => quote = Some(character),
            None if character == '{' => depth += 1,
            None if character == '}' => depth -= 1,
            None => {}
        }
        joined.push(character);
        rest = rest.strip_prefix(character).unwrap_or_default();
    }
    joined
}

/// Has terser minify the scripts in their places. What stands between them is renamed in all alike.
fn scripts(node: &Node, embed: &Path, modules: &[&Path]) -> Result<(), Failure> {
    // The others find here what the first has named how.
    let names = embed.with_extension("names");
    let renamed = format!("regex=/^({})$/,builtins=true", BETWEEN_SCRIPTS.join("|"));
    let modules = modules.iter().map(|file| (*file, Some("--module")));
    for (file, module) in std::iter::once((embed, None)).chain(modules) {
        let mut terser = Command::new(node.terser());
        terser.arg(file).arg("--output").arg(file).arg("--name-cache").arg(&names).args(module);
        terser.args([
            "--compress",
            "passes=3,ecma=2020,unsafe_arrows=true,pure_getters=true,keep_fargs=false,lhs_constants=false",
        ]);
        terser.args(["--ecma", "2020", "--comments", "false", "--mangle", "--mangle-props", &renamed]);
        let output = terser.output().map_err(|error| file_error("minify", file, &error))?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            return Err(Failure::new("terser could not minify the scripts.").with_output(said));
        }
    }
    std::fs::remove_file(&names).map_err(|error| file_error("remove", &names, &error))
}

/// The glue must not use one of the names that become others.
fn refuse_renamed(glue: &str) -> Result<(), Failure> {
    let uses = |name: &str| {
        let access = format!(".{name}");
        let mut after = glue.split(&access).skip(1);
        after.any(|after| !after.starts_with(|c: char| c.is_alphanumeric() || "_$".contains(c)))
    };
    match BETWEEN_SCRIPTS.into_iter().find(|name| uses(name)) {
        Some(name) => Err(Failure::new(format!(
            "The glue uses `{name}`, which stands in BETWEEN_SCRIPTS (xtask/src/finish.rs): find another name for ours."
        ))),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_styles_take_the_place_of_their_slot_as_a_string() {
        let script = "const css = \"/*{{STYLE}}*/\";\n";
        let style = "a::before { content: \"\\201C\" }\n\u{2028}b{}\n";
        let filled = with_style(script, STYLE_SLOT, style).unwrap();
        let literal = filled.strip_prefix("const css = ").and_then(|rest| rest.strip_suffix(";\n")).unwrap();
        assert_eq!(serde_json::from_str::<String>(literal).unwrap(), style.trim());
    }

    #[test]
    fn a_script_without_the_slot_or_with_two_is_refused() {
        let refused = |script: &str| with_style(script, STYLE_SLOT, "a{}").unwrap_err();
        assert!(refused("const css = '';").sentence().contains("0 times"));
        assert!(refused(&STYLE_SLOT.repeat(2)).sentence().contains("2 times"));
    }

    #[test]
    fn a_build_for_development_may_call_its_functions_as_the_glue_likes() {
        let dir = std::env::temp_dir().join(format!("afterword-development-{}", std::process::id()));
        write(&dir.join("embed.js"), STYLE_SLOT).unwrap();
        write(&dir.join("afterword.js"), "it.run();\n").unwrap();
        let workspace = Workspace::find().unwrap();
        let finished = finish(&workspace, &Console::new(false), &dir, false);
        let glue = read(&dir.join("afterword.js"));
        std::fs::remove_dir_all(&dir).unwrap();
        finished.unwrap();
        let glue = glue.unwrap();
        assert!(glue.starts_with("it.run();\n") && glue.contains("export function begin"));
        assert!(!glue.contains(LATER_SLOT));
    }

    #[test]
    fn sheets_come_in_the_listed_order_and_none_is_forgotten() {
        let dir = std::env::temp_dir().join(format!("afterword-order-{}", std::process::id()));
        let put = |name: &str, contents: &str| write(&dir.join(name), contents).unwrap();
        put("order.txt", "# tokens first\nz.css\n\na.css\nlater:\nm.css\n");
        put("m.css", "m{}");
        put("z.css", "z{}");
        put("a.css", "a{}");
        put("themes/own.css", "own{}");
        let both = in_order(&dir);
        put("late.css", "late{}");
        let forgotten = in_order(&dir);
        put("order.txt", "z.css\na.css\nm.css\nlate.css\ngone.css\n");
        let gone = in_order(&dir);
        std::fs::remove_dir_all(&dir).unwrap();
        assert_eq!(both.unwrap(), ("z{}\na{}".to_owned(), "m{}".to_owned()));
        assert!(forgotten.unwrap_err().sentence().contains("late.css is not listed"));
        assert!(gone.unwrap_err().sentence().contains("gone.css"));
    }

    #[test]
    fn the_glue_keeps_its_exports_and_gets_the_last_files() {
        let files =
            ["export function a() {}", "/* b */\nexport function b() {}", "x\nexport function begin() {}"];
        let whole =
            with_runtime("export { init };".to_owned(), files.map(|file| Ok(format!("\n{file}")))).unwrap();
        let kept: Vec<&str> = whole.lines().filter(|line| line.starts_with("export")).collect();
        assert_eq!(kept, ["export { init };", "export function begin() {}"]);
    }

    #[test]
    fn what_is_renamed_is_used_by_name_alone() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let scripts: String = ["src/embed/embed.js", "src/embed/theme.js"]
            .into_iter()
            .chain(RUNTIME)
            .map(|file| read(&root.join(file)).unwrap())
            .collect();
        let known =
            read(&root.join("src/embed.rs")).unwrap() + &read(&root.join("docs/EMBEDDING.md")).unwrap();
        for name in BETWEEN_SCRIPTS {
            let quoted = format!("\"{name}\"");
            assert!(!scripts.contains(&quoted), "{name} stands in quotes, which are not renamed");
            let is_known = known.contains(&quoted) || known.contains(&format!("`{name}`"));
            assert!(!is_known, "{name} is known outside of the scripts");
            let used = scripts.contains(&format!(".{name}")) || scripts.contains(&format!(" {name},"));
            assert!(used, "{name} is gone");
        }
    }

    #[test]
    fn what_is_handed_over_is_taken_in_the_same_order() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let list = |file: &str, before: &str, after: &str| -> Vec<String> {
            let script = read(&root.join(file)).unwrap();
            let (_, rest) = script.split_once(before).unwrap();
            let (names, _) = rest.split_once(after).unwrap();
            names.split(',').map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect()
        };
        let given = list("src/embed/embed.js", "const tools = [", "]");
        assert!(given.len() > 10, "{given:?}");
        assert_eq!(list("src/embed/runtime.js", "order in which it stands there.\n  [", "] = tools"), given);
    }

    #[test]
    fn what_happens_to_a_widget_has_the_same_number_on_both_sides() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let [runtime, window, embed] = ["src/embed/runtime.js", "src/embed/window.js", "src/embed.rs"]
            .map(|file| read(&root.join(file)).unwrap());
        let between = |text: &str, start: &str, end: &str| {
            let rest = text.split_once(start).unwrap().1;
            rest.split_once(end).unwrap().0.to_owned()
        };
        let numbers = |text: &str, begin: &str, middle: &str| {
            let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('/'));
            let pairs = lines.map(|line| {
                let (name, number) = line.strip_prefix(begin).unwrap().split_once(middle).unwrap();
                (number.trim_end_matches(';').parse::<u8>().unwrap(), name.to_owned())
            });
            pairs.collect::<std::collections::BTreeMap<_, _>>()
        };
        let in_embed = |module: &str| {
            let lines = between(&embed, module, "\n}");
            let numbers = numbers(&lines, "pub(super) const ", ": u8 = ");
            assert_eq!(numbers.len(), lines.matches("const ").count(), "two have one number");
            numbers
        };
        let happened = in_embed("mod happened {");
        let told = between(&runtime, "says what each means. */\n", "\n\n");
        assert_eq!(numbers(&told, "const ", " = "), happened);

        let seen = in_embed("mod seen {");
        let number = |name: &str| seen.iter().find(|(_, known)| *known == name).unwrap().0;
        let [beginning, end, place, focus] = ["BEGINNING", "END", "PLACE", "FOCUS"].map(number);
        let calls = window.split(" see(").skip(1).map(|call| call.split([',', ')']).next().unwrap());
        assert_eq!(
            calls.collect::<Vec<_>>(),
            [
                format!("way > 0 ? {end} : {beginning}"),
                place.to_string(),
                focus.to_string(),
                focus.to_string()
            ]
        );
    }

    #[test]
    fn the_first_page_has_the_same_size_where_the_script_asks_for_it() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let embed = read(&root.join("src/embed/embed.js")).unwrap();
        let (_, default) = embed.split_once("&limit=${limit || ").unwrap();
        assert_eq!(default.split_once('}').unwrap().0, afterword_contract::PAGE_DEFAULT.to_string());
    }

    #[test]
    fn private_tokens_get_short_names_and_public_ones_keep_theirs() {
        let sheets = [
            "a{--_muted: var( --afterword-color, red);color:var(--_text);top:var(--_text)}".to_owned(),
            "b::before{content:\"a, b: ( c\";top:var(--_x);color:var(--_muted-more) var(--_text)}".to_owned(),
        ];
        assert_eq!(
            with_short_tokens(&sheets),
            [
                "a{--_b:var(--afterword-color,red);color:var(--_a);top:var(--_a)}",
                "b::before{content:\"a, b: ( c\";top:var(--_x);color:var(--_c) var(--_a)}"
            ]
        );
    }

    #[test]
    fn layers_that_follow_themselves_become_one() {
        let joined = with_joined_layers;
        assert_eq!(
            joined("@layer a,b;@layer a{x{y:z}}@layer a{q{}}@layer b{}@layer a{}"),
            "@layer a,b;@layer a{x{y:z}q{}}@layer b{}@layer a{}"
        );
        assert_eq!(joined("@layer a{x{}}y{}@layer a{z{}}"), "@layer a{x{}}y{}@layer a{z{}}");
        assert_eq!(joined("@layer a{x{y:\"}\"}}@layer a{z{}}"), "@layer a{x{y:\"}\"}z{}}");
    }

    #[test]
    fn tokens_that_others_set_keep_their_names() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let sources = files_under(&root.join("src"));
        let texts: Vec<String> = sources.iter().filter_map(|file| read(file).ok()).collect();
        let mut named: Vec<&str> = texts.iter().flat_map(|text| tokens(text)).collect();
        named.sort_unstable();
        named.dedup();
        assert_eq!(named, KNOWN_TOKENS);
    }

    #[test]
    fn glue_that_uses_a_name_that_becomes_another_is_refused() {
        assert!(refuse_renamed("getObject(a).paper = 1;").unwrap_err().sentence().contains("`paper`"));
        assert!(refuse_renamed("getObject(a).papers.runs(paper)").is_ok());
    }

    #[test]
    fn snippets_are_refused() {
        let dir = std::env::temp_dir().join(format!("afterword-snippets-{}", std::process::id()));
        write(&dir.join("snippets/lib/inline0.js"), "").unwrap();
        let refused = refuse_snippets(&dir);
        std::fs::remove_dir_all(&dir).unwrap();
        assert!(refused.unwrap_err().sentence().contains("inline0.js"));
        assert!(refuse_snippets(&dir).is_ok());
    }
}
