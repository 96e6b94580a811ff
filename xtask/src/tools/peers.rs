//! The comment systems that ours is measured beside, from npm and PyPI. Only `cargo xtask bench --peers` wants them.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::failure::{Failure, file_error};
use crate::process::{Console, on_path};
use crate::workspace::Workspace;

const WALINE: &str = "@waline/client@3.15.2";
const ISSO: &str = "isso==0.14.0";
/// With which Isso is served.
const GUNICORN: &str = "gunicorn==27.0.1";

/// An installed set of peers.
#[derive(Debug)]
pub(crate) struct Peers {
    folder: PathBuf,
}

impl Peers {
    /// Finds or installs them.
    pub(crate) fn ensure(workspace: &Workspace, console: &Console) -> Result<Self, Failure> {
        // Other versions go into another folder.
        let name = [WALINE, ISSO, GUNICORN].join("-").replace(['@', '/'], "").replace("==", "-");
        let folder = workspace.tools.join(format!("peers-{name}"));
        let marker = folder.join(".complete");
        if !marker.is_file() {
            install(console, &folder)?;
            std::fs::write(&marker, "").map_err(|error| file_error("write", &marker, &error))?;
        }
        Ok(Self { folder })
    }

    /// Holds `node_modules/` and `isso/`, which is a virtual environment of Python's.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }
}

fn install(console: &Console, folder: &Path) -> Result<(), Failure> {
    for (program, package) in [("npm", "npm"), ("python3", "python3-venv")] {
        if on_path(program).is_none() {
            return Err(Failure::new(format!(
                "{program} is missing, and peers are installed with it: on Debian run `sudo apt-get install \
                 {package}`, or measure without `--peers`."
            )));
        }
    }
    std::fs::create_dir_all(folder).map_err(|error| file_error("create", folder, &error))?;
    console.step(
        "Installing Waline (once)",
        Command::new("npm")
            .args(["install", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", "--prefix"])
            .arg(folder)
            .arg(WALINE),
        "npm could not install Waline.",
    )?;
    let environment = folder.join("isso");
    console.step(
        "Making a virtual environment (once)",
        Command::new("python3").args(["-m", "venv"]).arg(&environment),
        "Python could not make a virtual environment (on Debian `sudo apt-get install python3-venv`).",
    )?;
    console.step(
        "Installing Isso (once)",
        Command::new(environment.join("bin").join("pip")).args(["install", "--quiet", ISSO, GUNICORN]),
        "pip could not install Isso.",
    )
}
