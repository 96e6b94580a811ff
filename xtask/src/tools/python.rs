//! The tool that only PyPI has: schemathesis, which asks a server everything that its OpenAPI document allows, and
//! what it forbids.
//!
//! Its version and those of all that it needs stand in `xtask/python/requirements.txt`; every such list has a virtual
//! environment of its own.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::failure::{Failure, file_error};
use crate::process::{Console, on_path};
use crate::stamp::Hash;
use crate::workspace::{Workspace, read};

/// Finds or installs schemathesis: the program.
pub(crate) fn ensure_schemathesis(workspace: &Workspace, console: &Console) -> Result<PathBuf, Failure> {
    let list = workspace.root.join("xtask").join("python").join("requirements.txt");
    let mut hash = Hash::new();
    hash.add(Path::new("requirements.txt"), read(&list)?.as_bytes());
    let home = workspace.tools.join(format!("python-{hash}"));
    let programs = home.join(if cfg!(windows) { "Scripts" } else { "bin" });
    let program = programs.join(format!("st{}", std::env::consts::EXE_SUFFIX));
    let marker = home.join(".complete");
    if marker.is_file() && program.is_file() {
        return Ok(program);
    }
    let python = ["python3", "python"].into_iter().find(|name| on_path(name).is_some()).ok_or_else(|| {
        Failure::new(
            "Python is missing, and with it the fuzzer of the server: install it (on Debian `sudo apt-get install \
             python3-venv`), then run the same command again.",
        )
    })?;
    console.step(
        "Making a virtual environment (once)",
        Command::new(python).args(["-m", "venv"]).arg(&home),
        "Python could not make a virtual environment (on Debian `sudo apt-get install python3-venv`).",
    )?;
    console.step(
        "Installing schemathesis (once)",
        Command::new(programs.join("pip")).args(["install", "--quiet", "--requirement"]).arg(&list),
        "pip could not install the packages of xtask/python.",
    )?;
    std::fs::write(&marker, "").map_err(|error| file_error("write", &marker, &error))?;
    Ok(program)
}
