//! The tools that the project needs beside cargo: found where they are, installed where they are
//! not, always in the version that was tried.
//!
//! A tool built from the Rust registry is kept as `<tool>-<version>/bin/<tool>` in the tools
//! folder; cargo puts the program there last, so its existence marks a finished install.

mod browsers;
mod isso;
mod languages;
mod node;
mod packages;
mod peers;
mod python;

use std::path::{Path, PathBuf};
use std::process::Command;

pub(crate) use browsers::Browsers;
pub(crate) use isso::Isso;
pub(crate) use languages::Languages;
pub(crate) use node::Node;
pub(crate) use peers::Peers;
pub(crate) use python::ensure_schemathesis;

use crate::failure::{Failure, file_error};
use crate::process::{Console, answer, on_path};
use crate::workspace::{Workspace, cargo};

const TRUNK: &str = "0.21.14";
const GECKODRIVER: &str = "0.37.0";
const WASM_OPT_CRATE: &str = "0.116.1";
const CARGO_DENY: &str = "0.20.2";
/// Older ones (Debian ships 108) write modules that die at start.
const OLDEST_WASM_OPT: u32 = 116;
const WASM: &str = "wasm32-unknown-unknown";

/// Said wherever the lack of one shows.
pub(crate) const NO_C_COMPILER: &str = "A C compiler is missing: install one (on Debian or Ubuntu \
    `apt-get install build-essential`, on macOS `xcode-select --install`), then run the same command again.";

/// Everything that building the bundle takes.
#[derive(Debug)]
pub(crate) struct BundleTools {
    /// Trunk itself.
    pub(crate) trunk: PathBuf,
    /// Folders that Trunk's own PATH begins with: the right wasm-bindgen and wasm-opt.
    pub(crate) path: Vec<PathBuf>,
}

impl BundleTools {
    /// Finds or installs the wasm target, Trunk, wasm-bindgen, wasm-opt and the minifier.
    pub(crate) fn ensure(workspace: &Workspace, console: &Console) -> Result<Self, Failure> {
        ensure_c_compiler()?;
        ensure_wasm_target(workspace, console)?;
        let tools = &workspace.tools;
        let bindgen_version = workspace.locked_version("wasm-bindgen")?;
        let trunk = CargoTool {
            package: "trunk",
            program: "trunk",
            version: TRUNK,
            or_unlocked: false,
            minutes: 6,
            any_version: false,
        }
        .ensure(tools, console)?;
        let bindgen = CargoTool {
            package: "wasm-bindgen-cli",
            program: "wasm-bindgen",
            version: &bindgen_version,
            // It has to be of the version that the widget is locked to, which may be newer than what a lagging
            // mirror of the registry has of its dependencies.
            or_unlocked: true,
            minutes: 2,
            any_version: false,
        }
        .ensure(tools, console)?;
        let from_npm = Node::ensure(workspace, console)?.map(|node| node.wasm_opt());
        let wasm_opt = match from_npm {
            Some(program) if require_current_wasm_opt(&program).is_ok() => program,
            // Where npm brought one that does not run, its Node.js is older than what it is written for.
            other => {
                if other.is_some() {
                    console.say(
                        "  npm's wasm-opt does not run with this Node.js: another is used (update Node.js to be \
                         spared it)",
                    );
                }
                wasm_opt_without_node(tools, console)?
            }
        };
        require_current_wasm_opt(&wasm_opt)?;
        let path =
            [&bindgen, &wasm_opt].iter().filter_map(|file| file.parent().map(Path::to_path_buf)).collect();
        Ok(Self { trunk, path })
    }

    /// The PATH for Trunk.
    pub(crate) fn search_path(&self) -> Result<std::ffi::OsString, Failure> {
        let inherited = std::env::var_os("PATH").unwrap_or_default();
        let all = self.path.iter().cloned().chain(std::env::split_paths(&inherited));
        std::env::join_paths(all).map_err(|error| Failure::new(format!("The PATH cannot be used: {error}.")))
    }
}

/// The driver of Firefox, which most distributions do not package.
pub(crate) fn ensure_geckodriver(workspace: &Workspace, console: &Console) -> Result<PathBuf, Failure> {
    CargoTool {
        package: "geckodriver",
        program: "geckodriver",
        version: GECKODRIVER,
        or_unlocked: false,
        minutes: 2,
        any_version: true,
    }
    .ensure(&workspace.tools, console)
}

/// The checker of licences, bans and sources.
pub(crate) fn ensure_cargo_deny(workspace: &Workspace, console: &Console) -> Result<PathBuf, Failure> {
    CargoTool {
        package: "cargo-deny",
        program: "cargo-deny",
        version: CARGO_DENY,
        or_unlocked: false,
        minutes: 3,
        any_version: false,
    }
    .ensure(&workspace.tools, console)
}

/// Parts of the Rust toolchain that a minimal installation leaves out.
pub(crate) fn ensure_rust_components(workspace: &Workspace, console: &Console) -> Result<(), Failure> {
    for (subcommand, component) in [("fmt", "rustfmt"), ("clippy", "clippy")] {
        let mut asked = Command::new(cargo());
        asked.args([subcommand, "--version"]).current_dir(&workspace.root);
        if answer(&mut asked).is_none() {
            rustup(workspace, console, &["component", "add", component], component)?;
        }
    }
    Ok(())
}

/// Compiling for the browser takes Rust's own library for it.
pub(crate) fn ensure_wasm_target(workspace: &Workspace, console: &Console) -> Result<(), Failure> {
    let mut asked = Command::new("rustc");
    asked.args(["--print", "target-libdir", "--target", WASM]).current_dir(&workspace.root);
    let has_core = |libdir: String| {
        std::fs::read_dir(libdir).is_ok_and(|mut files| {
            files
                .any(|file| file.is_ok_and(|file| file.file_name().to_string_lossy().starts_with("libcore-")))
        })
    };
    if answer(&mut asked).is_some_and(has_core) {
        return Ok(());
    }
    rustup(workspace, console, &["target", "add", WASM], &format!("the target {WASM}"))
}

fn rustup(workspace: &Workspace, console: &Console, args: &[&str], what: &str) -> Result<(), Failure> {
    if on_path("rustup").is_none() {
        return Err(Failure::new(format!(
            "rustup is missing, and with it {what}: install it from https://rustup.rs, or add {what} to your Rust by hand."
        )));
    }
    console.step(
        &format!("Adding {what} to Rust"),
        Command::new("rustup").args(args).current_dir(&workspace.root),
        &format!("rustup could not add {what}."),
    )
}

/// SQLite and some tools are C inside. Without a compiler the first ten minutes would be in vain.
pub(crate) fn ensure_c_compiler() -> Result<(), Failure> {
    let found = cfg!(windows)
        || std::env::var_os("CC").is_some()
        || ["cc", "gcc", "clang"].iter().any(|program| on_path(program).is_some());
    if found { Ok(()) } else { Err(Failure::new(NO_C_COMPILER)) }
}

/// A tool that cargo can install.
struct CargoTool<'a> {
    package: &'a str,
    program: &'a str,
    version: &'a str,
    /// Whether it may be built with other dependency versions than its author locked, where those cannot be had.
    or_unlocked: bool,
    /// How long it took on two cores, so that people know what they wait for.
    minutes: u32,
    /// Whether one of another version on the PATH does as well.
    any_version: bool,
}

impl CargoTool<'_> {
    fn ensure(&self, tools: &Path, console: &Console) -> Result<PathBuf, Failure> {
        let home = tools.join(format!("{}-{}", self.program, self.version));
        let installed = home.join("bin").join(format!("{}{}", self.program, std::env::consts::EXE_SUFFIX));
        if installed.is_file() {
            return Ok(installed);
        }
        if let Some(found) = on_path(self.program).filter(|found| self.accepts(found)) {
            return Ok(found);
        }
        std::fs::create_dir_all(&home).map_err(|error| file_error("create", &home, &error))?;
        match self.install(&home, true, console) {
            Err(failure) if failure.is_interruption() || !self.or_unlocked => return Err(failure),
            Err(failure) => {
                console.say(format!(
                    "  {} Trying again with other versions of its dependencies",
                    failure.sentence()
                ));
                self.install(&home, false, console)?;
            }
            Ok(()) => {}
        }
        if installed.is_file() {
            Ok(installed)
        } else {
            Err(Failure::new(format!(
                "Cargo installed {} without {}: remove {}, then run the same command again.",
                self.package,
                installed.display(),
                home.display()
            )))
        }
    }

    fn install(&self, home: &Path, locked: bool, console: &Console) -> Result<(), Failure> {
        let mut install = Command::new(cargo());
        install
            .args(["install", self.package, "--version", self.version, "--root"])
            .arg(home)
            // Not in the checkout: its cargo configuration is not meant for strangers.
            .current_dir(home)
            .env_remove("CARGO_TARGET_DIR")
            .env_remove("RUSTFLAGS");
        if locked {
            install.arg("--locked");
        }
        console.step(
            &format!("Installing {} {} (once, about {} min)", self.program, self.version, self.minutes),
            &mut install,
            &format!("Could not install {} {} from the Rust registry.", self.package, self.version),
        )
    }

    fn accepts(&self, found: &Path) -> bool {
        answer(Command::new(found).arg("--version"))
            .is_some_and(|said| self.any_version || mentions_version(&said, self.version))
    }
}

/// Without npm: a current one on the PATH, else the Rust registry's.
fn wasm_opt_without_node(tools: &Path, console: &Console) -> Result<PathBuf, Failure> {
    if let Some(found) = on_path("wasm-opt").filter(|found| require_current_wasm_opt(found).is_ok()) {
        return Ok(found);
    }
    CargoTool {
        package: "wasm-opt",
        program: "wasm-opt",
        version: WASM_OPT_CRATE,
        or_unlocked: false,
        minutes: 6,
        any_version: false,
    }
    .ensure(tools, console)
}

fn require_current_wasm_opt(program: &Path) -> Result<(), Failure> {
    let said = answer(Command::new(program).arg("--version")).unwrap_or_default();
    match wasm_opt_version(&said) {
        Some(version) if version >= OLDEST_WASM_OPT => Ok(()),
        Some(version) => Err(Failure::new(format!(
            "{} is version {version}, which writes modules that die at start: put {OLDEST_WASM_OPT} or newer on the PATH.",
            program.display()
        ))),
        None => Err(Failure::new(format!(
            "{} does not run or does not tell its version: remove it, then run the same command again.",
            program.display()
        ))),
    }
}

/// `wasm-opt version 132 (version_132)` is 132.
fn wasm_opt_version(said: &str) -> Option<u32> {
    said.split_whitespace().skip_while(|word| *word != "version").nth(1)?.parse().ok()
}

/// Whether a program that answers `trunk 0.21.14 (abc)` is exactly of that version.
fn mentions_version(said: &str, version: &str) -> bool {
    said.split_whitespace().any(|word| word.trim_start_matches('v') == version)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_whole() {
        assert!(mentions_version("trunk 0.21.14", "0.21.14"));
        assert!(mentions_version("wasm-bindgen 0.2.130 (0123abc)", "0.2.130"));
        assert!(!mentions_version("wasm-bindgen 0.2.130", "0.2.13"));
        assert!(!mentions_version("trunk 0.21.140", "0.21.14"));
    }

    #[test]
    fn an_old_wasm_opt_is_told_from_a_new_one() {
        assert_eq!(wasm_opt_version("wasm-opt version 108 (version_108)"), Some(108));
        assert_eq!(wasm_opt_version("wasm-opt version 132 (version_132)"), Some(132));
        assert_eq!(wasm_opt_version("wasm-opt version 116"), Some(116));
        assert_eq!(wasm_opt_version("command not found"), None);
    }

    #[cfg(unix)]
    #[test]
    fn an_old_wasm_opt_is_refused_with_its_reason() {
        use std::os::unix::fs::PermissionsExt as _;
        let dir = std::env::temp_dir().join(format!("afterword-old-wasm-opt-{}", std::process::id()));
        let program = dir.join("wasm-opt");
        crate::workspace::write(&program, "#!/bin/sh\necho 'wasm-opt version 108 (version_108)'\n").unwrap();
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
        let failure = require_current_wasm_opt(&program).unwrap_err();
        std::fs::remove_dir_all(&dir).unwrap();
        assert!(failure.sentence().contains("version 108, which writes modules that die at start"));
    }
}
