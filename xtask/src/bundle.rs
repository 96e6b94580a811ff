//! `cargo xtask dist`: the widget as host pages get it, built by Trunk into `dist/`.
//!
//! Building takes minutes and is skipped when neither what goes in nor what came out has changed:
//! a stamp beside the build directory holds both hashes.

use std::fs;
use std::process::Command;

use crate::failure::Failure;
use crate::process::{Console, answer};
use crate::size;
use crate::stamp::Hash;
use crate::tools::BundleTools;
use crate::workspace::{Workspace, write};

/// Everything that the bundle is made from. Too much is harmless, too little serves old bundles.
const INPUTS: [&str; 17] = [
    ".cargo/config.toml",
    "Cargo.lock",
    "Cargo.toml",
    "Trunk.toml",
    "contract/Cargo.toml",
    "contract/src",
    "index.html",
    "markup/Cargo.toml",
    "markup/src",
    "patches",
    "src",
    "style",
    "xtask/npm/package-lock.json",
    "xtask/src/finish.rs",
    "xtask/src/pack.rs",
    "xtask/src/shrink",
    "xtask/src/shrink.rs",
];

/// What Trunk has to leave behind.
const OUTPUTS: [&str; 9] = [
    "index.html",
    "embed.js",
    "afterword.js",
    "afterword_bg.wasm",
    "theme.js",
    "themes/forum.css",
    "afterword.d.ts",
    "custom-elements.json",
    "panics.txt",
];

/// Builds the bundle and shows its size.
pub(crate) fn run(workspace: &Workspace, console: &Console) -> Result<(), Failure> {
    ensure(workspace, console)?;
    size::run(workspace)
}

/// Builds the bundle unless an equal one is there.
pub(crate) fn ensure(workspace: &Workspace, console: &Console) -> Result<(), Failure> {
    let tools = BundleTools::ensure(workspace, console)?;
    let stamp = workspace.target.join("afterword").join("bundle.stamp");
    let inputs = inputs(workspace, &tools)?;
    if fs::read_to_string(&stamp).is_ok_and(|kept| kept == stamp_text(inputs, outputs(workspace))) {
        console.say("  The widget is built already");
        return Ok(());
    }
    let mut trunk = Command::new(&tools.trunk);
    trunk
        .args(["build", "--release"])
        .current_dir(&workspace.root)
        .env("PATH", tools.search_path()?)
        // Trunk takes its value for a boolean and refuses the customary `1`.
        .env_remove("NO_COLOR")
        // These would replace the flags of .cargo/config.toml, without which the module cannot be made smaller.
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        // Its backtraces would push the compiler's message out of sight.
        .env("RUST_BACKTRACE", "0");
    console.step("Building the widget", &mut trunk, "The widget could not be built.")?;
    require_outputs(workspace)?;
    write(&stamp, stamp_text(inputs, outputs(workspace)))
}

/// A file that is missing here would be a 404 on somebody's page.
fn require_outputs(workspace: &Workspace) -> Result<(), Failure> {
    let missing: Vec<_> = OUTPUTS.into_iter().filter(|name| !workspace.dist().join(name).is_file()).collect();
    if missing.is_empty() {
        Ok(())
    } else {
        Err(Failure::new(format!("Trunk built the widget without {}: see index.html.", missing.join(", "))))
    }
}

fn inputs(workspace: &Workspace, tools: &BundleTools) -> Result<Hash, Failure> {
    let mut hash = Hash::new();
    hash.add_files(&workspace.root, &INPUTS);
    let rustc = answer(Command::new("rustc").arg("-vV").current_dir(&workspace.root));
    hash.add("rustc".as_ref(), rustc.unwrap_or_default().as_bytes());
    hash.add("trunk".as_ref(), tools.trunk.to_string_lossy().as_bytes());
    hash.add(
        "PATH".as_ref(),
        std::env::join_paths(&tools.path).unwrap_or_default().to_string_lossy().as_bytes(),
    );
    Ok(hash)
}

/// `trunk serve` and people write into `dist/` too.
fn outputs(workspace: &Workspace) -> Hash {
    let mut hash = Hash::new();
    hash.add_files(&workspace.root, &["dist"]);
    hash
}

fn stamp_text(inputs: Hash, outputs: Hash) -> String {
    format!("{inputs} {outputs}\n")
}
