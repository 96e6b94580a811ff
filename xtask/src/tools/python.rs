//! Virtual environments of Python's, and schemathesis, which asks a server everything that its OpenAPI document
//! allows, and what it forbids.
//!
//! Its version and those of all that it needs stand in `xtask/python/requirements.txt`; every such list has an
//! environment of its own.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::packages::{Part, install};
use crate::failure::{Failure, file_error};
use crate::process::{Console, answer};
use crate::stamp::Hash;
use crate::workspace::{Workspace, read};

/// Debian packages apart what makes environments.
const VENV: Part = Part { title: "Python's venv", names: &["python3"], package: "python3-venv" };

/// Makes an environment in `folder`, into which `what` is going to be installed.
pub(super) fn make_environment(console: &Console, folder: &Path, what: &str) -> Result<(), Failure> {
    if answer(Command::new("python3").args(["-c", "import ensurepip, venv"])).is_none() {
        let by_hand = Failure::new(format!(
            "Python's venv is missing, and {what} is installed with it: on Debian run `sudo apt-get install \
             python3-venv`."
        ));
        install(console, &[VENV], &by_hand)?;
    }
    std::fs::create_dir_all(folder).map_err(|error| file_error("create", folder, &error))?;
    console.step(
        "Making a virtual environment (once)",
        Command::new("python3").args(["-m", "venv"]).arg(folder),
        "Python could not make a virtual environment (on Debian `sudo apt-get install python3-venv`).",
    )
}

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
    make_environment(console, &home, "schemathesis")?;
    console.step(
        "Installing schemathesis (once)",
        Command::new(programs.join("pip")).args(["install", "--quiet", "--requirement"]).arg(&list),
        "pip could not install the packages of xtask/python.",
    )?;
    std::fs::write(&marker, "").map_err(|error| file_error("write", &marker, &error))?;
    Ok(program)
}
