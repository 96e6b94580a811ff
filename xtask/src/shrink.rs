//! Makes the widget's module and its glue smaller than compiler and linker leave them.
//!
//! Rust on stable cannot be told to leave out what nobody will read, so it is taken out afterwards, while the linker
//! still says what refers to what ([`linked`]):
//!
//! - Sentences of panics. Whatever panics calls `died` with a number for the place in the source, which reports it and
//!   stops; why is in the source ([`panics`], [`sentences`], [`places`]).
//! - `Debug`, which nothing prints any more.
//! - All that only these needed: functions, constants, slots of the table ([`collect`]).
//!
//! Then wasm-bindgen does again what it has done for Trunk, what it and its glue call each other gets short
//! ([`names`]), wasm-opt does the rest, functions that look alike stand together ([`order`]), accesses to memory say
//! alike how they are aligned ([`hints`]), and the code is sorted by kind for its way to readers ([`streams`]). Nothing
//! here knows what the module does.

mod collect;
mod hints;
mod linked;
mod names;
mod order;
mod panics;
mod places;
#[cfg(test)]
mod sample;
mod sentences;
mod streams;
mod weigh;

use std::path::Path;
use std::process::Command;

use crate::failure::{Failure, file_error};
use crate::process::{Console, answer, on_path};
use crate::workspace::{read, write};
use collect::{Alive, Body};
use linked::Linked;
pub(crate) use weigh::{Weight, Weights};

/// What every browser of the README knows. `--all-features` would write what none of them does.
const FEATURES: [&str; 7] = [
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-reference-types",
    "--enable-multivalue",
];

/// What wasm-opt does. Numbers were measured on the compressed module.
const PASSES: [&str; 10] = [
    // Taken apart to single values and built up again, code comes out smaller than it went in; what a second round
    // finds costs less time than going on until nothing changes.
    "--flatten",
    "--rereloop",
    "-Oz",
    "-Oz",
    // A function put into its only caller saves some bytes and costs more once compressed: small functions look
    // alike. Measured from 0 to 80, which is 2.4 % worse; the default is without a limit.
    "--one-caller-inline-max-function-size",
    "15",
    // Into several callers nothing is put: calls compress better than copies since the code travels sorted. Measured
    // from 0 to 10; wasm-opt's own 2 is 0.02 % worse, 6 is 0.9 %.
    "--always-inline-max-function-size",
    "0",
    // Neither holds for every module, both do for Rust's: nothing lives at small addresses, memory begins empty.
    "--low-memory-unused",
    "--zero-filled-memory",
];

/// The places of panics, one on each line: what the module says when it panics is the number of a line.
const PLACES: &str = "panics.txt";

/// Makes `module` and `glue`, which wasm-bindgen has made of what the linker wrote to `linked`, once more and smaller.
/// `root` is the checkout.
pub(crate) fn run(
    console: &Console,
    root: &Path,
    linked: &Path,
    module: &Path,
    glue: &Path,
) -> Result<(), Failure> {
    let too_large = |why: String| Failure::new(format!("The module cannot be made smaller: {why}."));
    let tool = |name: &str| {
        on_path(name).ok_or_else(|| {
            Failure::new(format!(
                "{name} is not on the PATH: build with `cargo xtask dist`, which brings it."
            ))
        })
    };
    let wasm_opt = tool("wasm-opt")?;
    let bytes = std::fs::read(linked).map_err(|error| file_error("read", linked, &error))?;
    let (collected, places) = collected(bytes).map_err(too_large)?;
    let places = places.join("\n") + "\n";
    write(module, collected)?;
    write(&module.with_file_name(PLACES), &places)?;
    bind(console, &tool("wasm-bindgen")?, module, glue)?;
    let bytes = std::fs::read(module).map_err(|error| file_error("read", module, &error))?;
    let (shortened, renamed) = names::shortened(&bytes, &read(glue)?).map_err(too_large)?;
    write(module, shortened)?;
    write(glue, renamed)?;
    // Older ones take what they do not know by name for granted.
    let known = answer(Command::new(&wasm_opt).arg("--help")).unwrap_or_default();
    let features = FEATURES.into_iter().filter(|feature| known.contains(feature));
    let optimise = |title: &str, passes: &[&str]| {
        console.step(
            title,
            Command::new(&wasm_opt).args(features.clone()).args(passes).arg(module).arg("-o").arg(module),
            "wasm-opt could not optimise the widget's module.",
        )
    };
    optimise("Optimising the module", &PASSES)?;
    if known.contains(order::BY_NAME) {
        let bytes = std::fs::read(module).map_err(|error| file_error("read", module, &error))?;
        write(module, order::named(&bytes).map_err(too_large)?)?;
        optimise("Ordering the module", &[order::BY_NAME])?;
    }
    let bytes = std::fs::read(module).map_err(|error| file_error("read", module, &error))?;
    let bytes = hints::levelled(&bytes).map_err(too_large)?;
    write(module, streams::sorted(&bytes).map_err(too_large)?)?;
    let folders = ["HOME", "USERPROFILE", "CARGO_HOME", "RUSTUP_HOME"].map(std::env::var);
    let folders: Vec<_> =
        folders.into_iter().flatten().chain([root.to_string_lossy().into_owned()]).collect();
    match folder_in(&bytes, &folders).or_else(|| folder_in(places.as_bytes(), &folders)) {
        Some(folder) => Err(Failure::new(format!(
            "The module or {PLACES} names {folder}, a folder of this machine: see xtask/src/shrink/places.rs."
        ))),
        None => Ok(()),
    }
}

/// The first of `folders`, or of those that every builder of Rust has, that the module names.
fn folder_in(module: &[u8], folders: &[String]) -> Option<String> {
    let own = folders.iter().filter(|folder| folder.len() > 1).flat_map(|folder| {
        ['/', '\\'].map(|slash| folder.trim_end_matches(slash).to_owned() + &String::from(slash))
    });
    let common = ["/rustc/", "/.cargo/", "/.rustup/", "\\.cargo\\", "\\.rustup\\"].map(str::to_owned);
    own.chain(common).find(|folder| module.windows(folder.len()).any(|bytes| bytes == folder.as_bytes()))
}

/// Calls wasm-bindgen as Trunk does (see `index.html`): it reads `module` and writes it, and `glue` beside it.
fn bind(console: &Console, wasm_bindgen: &Path, module: &Path, glue: &Path) -> Result<(), Failure> {
    let dir = glue.parent().unwrap_or(Path::new("."));
    let name = glue.file_stem().unwrap_or_default();
    console.step(
        "Binding the module",
        Command::new(wasm_bindgen)
            .args(["--target", "web", "--no-typescript", "--out-dir"])
            .arg(dir)
            .arg("--out-name")
            .arg(name)
            .arg(module),
        "wasm-bindgen could not read the smaller module.",
    )
}

/// What each crate costs in the module that the linker wrote to `linked`.
pub(crate) fn weights(linked: &Path) -> Result<Weights, Failure> {
    let weighed = |bytes: Vec<u8>| {
        let mut linked = Linked::read(&bytes)?;
        let (bodies, _) = living(&bytes, &linked)?;
        weigh::forget_descriptions(&mut linked);
        let alive = Alive::of(&linked, &bodies)?;
        Ok(weigh::weights(&linked, &bodies, &alive))
    };
    let bytes = std::fs::read(linked).map_err(|error| file_error("read", linked, &error))?;
    weighed(bytes).map_err(|why: String| Failure::new(format!("The module cannot be weighed: {why}.")))
}

/// What the linker wrote, without what nobody reads and what only that needed; and the places of its panics.
fn collected(mut bytes: Vec<u8>) -> Result<(Vec<u8>, Vec<String>), String> {
    let mut linked = Linked::read(&bytes)?;
    let (_, alive) = living(&bytes, &linked)?;
    let places = places::numbered(&mut bytes, &mut linked, &alive)?;
    let (bodies, alive) = living(&bytes, &linked)?;
    Ok((collect::written(bytes, &linked, &bodies, &alive)?, places))
}

/// What functions do from now on, and what of the module can still be reached.
fn living(bytes: &[u8], linked: &Linked) -> Result<(Vec<Option<Body>>, Alive), String> {
    let died = linked.find(panics::DIED).ok_or_else(|| format!("it has no function {}", panics::DIED))?;
    let mut bodies = vec![None; linked.imported];
    for function in linked.functions.iter().skip(linked.imported) {
        bodies.push(panics::body(linked, bytes, function, died)?);
    }
    let alive = Alive::of(linked, &bodies)?;
    let mut living = linked.functions.iter().zip(&alive.functions).filter(|(_, alive)| **alive);
    if let Some((unknown, _)) = living.find(|(function, _)| panics::is_unknown(linked, function)) {
        return Err(format!("{} is not in PANICS of xtask/src/shrink/panics.rs", unknown.name));
    }
    Ok((bodies, alive))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_tells_nothing_of_the_machine_that_built_it() {
        let folders = ["/".to_owned(), String::new(), "/home/me".to_owned()];
        let found = |module: &str| folder_in(module.as_bytes(), &folders);
        assert_eq!(found("a/home/me/b.rs").as_deref(), Some("/home/me/"));
        assert_eq!(found("a/rustc/0123/library/core").as_deref(), Some("/rustc/"));
        assert_eq!(found("C:\\me\\.cargo\\registry").as_deref(), Some("\\.cargo\\"));
        assert_eq!(found("core/str/mod.rs /home/menu/ /api"), None);
    }
}
