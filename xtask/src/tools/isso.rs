//! Isso from PyPI, with what serves it, in a virtual environment of Python's: the benches measure it, and the tests
//! read it through the bridge.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::packages::{Part, install};
use crate::failure::{Failure, file_error};
use crate::process::{Console, answer};
use crate::workspace::Workspace;

const ISSO: &str = "isso==0.14.0";
/// With which Isso is served.
const GUNICORN: &str = "gunicorn==27.0.1";

/// Debian packages apart what makes environments.
const VENV: Part = Part { title: "Python's venv", names: &["python3"], package: "python3-venv" };

/// An installed Isso.
#[derive(Debug)]
pub(crate) struct Isso {
    programs: PathBuf,
}

impl Isso {
    /// Finds or installs it.
    pub(crate) fn ensure(workspace: &Workspace, console: &Console) -> Result<Self, Failure> {
        // Other versions go into another folder.
        let name = [ISSO, GUNICORN].join("-").replace("==", "-");
        let folder = workspace.tools.join(name);
        let marker = folder.join(".complete");
        if !marker.is_file() {
            make(console, &folder)?;
            std::fs::write(&marker, "").map_err(|error| file_error("write", &marker, &error))?;
        }
        Ok(Self { programs: folder.join("bin") })
    }

    /// What benches and tests read from their environment: the folder of its `python` and `gunicorn`.
    pub(crate) fn environment(&self) -> [(&'static str, &Path); 1] {
        [("AFTERWORD_ISSO", &self.programs)]
    }
}

fn make(console: &Console, folder: &Path) -> Result<(), Failure> {
    if answer(Command::new("python3").args(["-c", "import ensurepip, venv"])).is_none() {
        let by_hand = Failure::new(
            "Python's venv is missing, and Isso is installed with it: on Debian run `sudo apt-get install \
             python3-venv`.",
        );
        install(console, &[VENV], &by_hand)?;
    }
    std::fs::create_dir_all(folder).map_err(|error| file_error("create", folder, &error))?;
    console.step(
        "Making a virtual environment (once)",
        Command::new("python3").args(["-m", "venv"]).arg(folder),
        "Python could not make a virtual environment (on Debian `sudo apt-get install python3-venv`).",
    )?;
    console.step(
        "Installing Isso (once)",
        Command::new(folder.join("bin").join("pip")).args(["install", "--quiet", ISSO, GUNICORN]),
        "pip could not install Isso.",
    )
}
