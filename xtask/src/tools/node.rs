//! The tools that only npm has: two minifiers, a current wasm-opt, the accessibility checker and the linter of OpenAPI.
//!
//! Their versions stand in `xtask/npm/package-lock.json`; every lock file has a folder of its own,
//! so checkouts that disagree do not disturb each other. Reading and building do without npm,
//! only larger (nothing is minified); the browser tests do not.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::failure::{Failure, file_error};
use crate::process::{Console, on_path};
use crate::stamp::Hash;
use crate::workspace::{Workspace, read, write};

/// An installed set of npm packages.
#[derive(Debug)]
pub(crate) struct Node {
    modules: PathBuf,
}

impl Node {
    /// Finds or installs them. `None`: there is no npm on this machine.
    pub(crate) fn ensure(workspace: &Workspace, console: &Console) -> Result<Option<Self>, Failure> {
        if let Some(found) = Self::find(workspace)? {
            return Ok(Some(found));
        }
        if on_path("npm").is_none() || on_path("node").is_none() {
            console.say("  npm is missing: nothing will be minified (install Node.js for the small bundle)");
            return Ok(None);
        }
        let home = home(workspace)?;
        for name in ["package.json", "package-lock.json"] {
            write(&home.join(name), read(&source(workspace).join(name))?)?;
        }
        console.step(
            "Installing esbuild, terser, binaryen, axe-core and redocly (once)",
            Command::new("npm")
                // The packages need no scripts of their own to be run.
                .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"])
                .current_dir(&home),
            "npm could not install the packages of xtask/npm.",
        )?;
        let marker = home.join(".complete");
        std::fs::write(&marker, "").map_err(|error| file_error("write", &marker, &error))?;
        Self::find(workspace)
    }

    /// The packages, if they are there already.
    pub(crate) fn find(workspace: &Workspace) -> Result<Option<Self>, Failure> {
        let home = home(workspace)?;
        let usable = home.join(".complete").is_file() && on_path("node").is_some();
        Ok(usable.then(|| Self { modules: home.join("node_modules") }))
    }

    /// The minifier of style sheets.
    pub(crate) fn esbuild(&self) -> PathBuf {
        self.program("esbuild")
    }

    /// The minifier of scripts.
    pub(crate) fn terser(&self) -> PathBuf {
        self.program("terser")
    }

    /// The optimiser of WebAssembly.
    pub(crate) fn wasm_opt(&self) -> PathBuf {
        self.program("wasm-opt")
    }

    /// The linter of OpenAPI documents.
    pub(crate) fn redocly(&self) -> PathBuf {
        self.program("redocly")
    }

    /// The script that browser tests put into the page to check its accessibility.
    pub(crate) fn axe(&self) -> PathBuf {
        self.modules.join("axe-core").join("axe.min.js")
    }

    fn program(&self, name: &str) -> PathBuf {
        let suffix = if cfg!(windows) { ".cmd" } else { "" };
        self.modules.join(".bin").join(format!("{name}{suffix}"))
    }
}

fn source(workspace: &Workspace) -> PathBuf {
    workspace.root.join("xtask").join("npm")
}

fn home(workspace: &Workspace) -> Result<PathBuf, Failure> {
    let lock = read(&source(workspace).join("package-lock.json"))?;
    Ok(workspace.tools.join(folder_name(&lock)))
}

fn folder_name(lock: &str) -> String {
    let mut hash = Hash::new();
    hash.add(Path::new("package-lock.json"), lock.as_bytes());
    format!("node-{hash}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_lock_file_means_another_folder() {
        assert_ne!(folder_name("a"), folder_name("b"));
        assert_eq!(folder_name("a"), folder_name("a"));
    }

    #[test]
    fn the_lock_file_names_no_registry() {
        let lock = Path::new(env!("CARGO_MANIFEST_DIR")).join("npm/package-lock.json");
        let lock = std::fs::read_to_string(lock).unwrap();
        assert!(!lock.contains("\"resolved\""), "packages come from whatever registry npm is set up for");
        for package in ["esbuild", "terser", "binaryen", "axe-core", "@redocly/cli"] {
            assert!(lock.contains(&format!("node_modules/{package}\"")), "{package} is locked");
        }
    }
}
