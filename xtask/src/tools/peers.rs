//! The comment systems that ours is measured beside, from npm and PyPI. Only `cargo xtask bench --peers` wants them.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::Isso;
use crate::failure::{Failure, file_error};
use crate::process::{Console, on_path};
use crate::workspace::Workspace;

const WALINE: &str = "@waline/client@3.15.2";

/// An installed set of peers.
#[derive(Debug)]
pub(crate) struct Peers {
    folder: PathBuf,
    isso: Isso,
}

impl Peers {
    /// Finds or installs them.
    pub(crate) fn ensure(workspace: &Workspace, console: &Console) -> Result<Self, Failure> {
        // Other versions go into another folder.
        let folder = workspace.tools.join(format!("peers-{}", WALINE.replace(['@', '/'], "")));
        let marker = folder.join(".complete");
        if !marker.is_file() {
            install(console, &folder)?;
            std::fs::write(&marker, "").map_err(|error| file_error("write", &marker, &error))?;
        }
        Ok(Self { folder, isso: Isso::ensure(workspace, console)? })
    }

    /// What the benches read from their environment: the folder that holds `node_modules/`, and Isso.
    pub(crate) fn environment(&self) -> impl Iterator<Item = (&'static str, &Path)> {
        [("AFTERWORD_PEERS", self.folder.as_path())].into_iter().chain(self.isso.environment())
    }
}

fn install(console: &Console, folder: &Path) -> Result<(), Failure> {
    if on_path("npm").is_none() {
        return Err(Failure::new(
            "npm is missing, and Waline is installed with it: on Debian run `sudo apt-get install npm`, or measure \
             without `--peers`.",
        ));
    }
    std::fs::create_dir_all(folder).map_err(|error| file_error("create", folder, &error))?;
    console.step(
        "Installing Waline (once)",
        Command::new("npm")
            .args(["install", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", "--prefix"])
            .arg(folder)
            .arg(WALINE),
        "npm could not install Waline.",
    )
}
