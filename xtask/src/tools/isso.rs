//! Isso from PyPI, with what serves it, in a virtual environment of Python's: the benches measure it, and the tests
//! read it through the bridge.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::python::make_environment;
use crate::failure::{Failure, file_error};
use crate::process::Console;
use crate::workspace::Workspace;

const ISSO: &str = "isso==0.14.0";
/// With which Isso is served.
const GUNICORN: &str = "gunicorn==27.0.1";

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
    make_environment(console, folder, "Isso")?;
    console.step(
        "Installing Isso (once)",
        Command::new(folder.join("bin").join("pip")).args(["install", "--quiet", ISSO, GUNICORN]),
        "pip could not install Isso.",
    )
}
