//! The three engines that the browser tests run in, their drivers, and the npm that brings what checks
//! accessibility.
//!
//! Where apt may install (as root, or with a sudo that asks for no password) it does; everywhere
//! else one sentence names all that is missing. A missing engine is never skipped.

use std::fs;
use std::path::{Path, PathBuf};

use super::packages::{Part, install, packages, titles};
use super::{Node, ensure_geckodriver};
use crate::failure::Failure;
use crate::process::{Console, on_path};
use crate::workspace::Workspace;

/// Where everything is.
#[derive(Debug)]
pub(crate) struct Browsers {
    chromium: PathBuf,
    chromedriver: PathBuf,
    firefox: PathBuf,
    geckodriver: PathBuf,
    minibrowser: PathBuf,
    webkitdriver: PathBuf,
    xvfb: PathBuf,
}

const CHROMIUM: Part = Part {
    title: "Chromium",
    names: &["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"],
    package: "chromium",
};
const CHROMEDRIVER: Part = Part {
    title: "chromedriver",
    names: &["chromedriver", "chromium.chromedriver"],
    package: "chromium-driver",
};
const FIREFOX: Part = Part { title: "Firefox", names: &["firefox-esr", "firefox"], package: "firefox-esr" };
const WEBKITDRIVER: Part =
    Part { title: "WebKitWebDriver", names: &["WebKitWebDriver"], package: "webkit2gtk-driver" };
const XVFB: Part = Part { title: "Xvfb", names: &["Xvfb"], package: "xvfb" };
/// Its package brings Node.js along.
const NPM: Part = Part { title: "npm", names: &["npm"], package: "npm" };
const PARTS: [Part; 6] = [CHROMIUM, CHROMEDRIVER, FIREFOX, WEBKITDRIVER, XVFB, NPM];

impl Browsers {
    /// Finds all of them, or installs what is missing.
    pub(crate) fn ensure(workspace: &Workspace, console: &Console) -> Result<Self, Failure> {
        let has_packages = Node::find(workspace)?.is_some();
        let missing = missing(&|part| {
            // Once its packages are there, npm itself is not asked for any more.
            if part.package == NPM.package && has_packages { Some(PathBuf::new()) } else { find(part) }
        });
        if !missing.is_empty() {
            install(console, &missing, &still_missing(&missing))?;
        }
        let geckodriver = ensure_geckodriver(workspace, console)?;
        let required = |part: Part| find(part).ok_or_else(|| still_missing(&[part]));
        Ok(Self {
            chromium: required(CHROMIUM)?,
            chromedriver: required(CHROMEDRIVER)?,
            firefox: required(FIREFOX)?,
            geckodriver,
            minibrowser: minibrowser().ok_or_else(|| still_missing(&[WEBKITDRIVER]))?,
            webkitdriver: required(WEBKITDRIVER)?,
            xvfb: required(XVFB)?,
        })
    }

    /// Chromium and its driver alone, by the variables in which benches look for them.
    pub(crate) fn chromium(console: &Console) -> Result<[(&'static str, PathBuf); 2], Failure> {
        let parts = [CHROMIUM, CHROMEDRIVER];
        let missing: Vec<_> = parts.into_iter().filter(|part| find(*part).is_none()).collect();
        if !missing.is_empty() {
            install(console, &missing, &still_missing(&missing))?;
        }
        let required = |part: Part| find(part).ok_or_else(|| still_missing(&[part]));
        Ok([("AFTERWORD_CHROMIUM", required(CHROMIUM)?), ("AFTERWORD_CHROMEDRIVER", required(CHROMEDRIVER)?)])
    }

    /// What the browser tests read from their environment.
    pub(crate) fn environment(&self) -> [(&'static str, &Path); 7] {
        [
            ("AFTERWORD_CHROMIUM", &self.chromium),
            ("AFTERWORD_CHROMEDRIVER", &self.chromedriver),
            ("AFTERWORD_FIREFOX", &self.firefox),
            ("AFTERWORD_GECKODRIVER", &self.geckodriver),
            ("AFTERWORD_MINIBROWSER", &self.minibrowser),
            ("AFTERWORD_WEBKITDRIVER", &self.webkitdriver),
            ("AFTERWORD_XVFB", &self.xvfb),
        ]
    }
}

fn find(part: Part) -> Option<PathBuf> {
    if part.package == WEBKITDRIVER.package && minibrowser().is_none() {
        return None;
    }
    if part.package == NPM.package {
        on_path("node")?;
    }
    part.on_path()
}

/// WebKitGTK's own small browser is not on the PATH: Debian keeps it in a folder of the library,
/// Fedora and Arch in libexec.
fn minibrowser() -> Option<PathBuf> {
    let folders = |dir: &str| {
        let entries = fs::read_dir(dir).into_iter().flatten().flatten();
        entries.map(|entry| entry.path()).filter(|path| path.is_dir()).collect::<Vec<_>>()
    };
    let mut places = folders("/usr/libexec");
    places.extend(folders("/usr/lib"));
    for dir in folders("/usr/lib") {
        places.extend(folders(&dir.to_string_lossy()));
    }
    places.retain(|dir| dir.file_name().is_some_and(|name| name.to_string_lossy().starts_with("webkit")));
    // The newest interface (webkitgtk-6.0 after webkit2gtk-4.1) is what the driver starts.
    places.sort();
    places.iter().rev().map(|dir| dir.join("MiniBrowser")).find(|file| file.is_file())
}

fn missing(find: &dyn Fn(Part) -> Option<PathBuf>) -> Vec<Part> {
    PARTS.into_iter().filter(|part| find(*part).is_none()).collect()
}

fn still_missing(parts: &[Part]) -> Failure {
    Failure::new(format!(
        "For the browser tests, {} missing: on Debian run `sudo apt-get install {}`, elsewhere install \
         and put on the PATH what has these names; `cargo xtask test --quick` does without browsers.",
        titles(parts),
        packages(parts).join(" "),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_sentence_names_all_that_is_missing() {
        let only_firefox = |part: Part| (part.title == "Firefox").then(|| PathBuf::from("firefox"));
        let missing = missing(&only_firefox);
        let failure = still_missing(&missing);
        assert!(failure.sentence().starts_with(
            "For the browser tests, Chromium, chromedriver, WebKitWebDriver, Xvfb, npm are missing: on Debian \
             run `sudo apt-get install chromium chromium-driver webkit2gtk-driver xvfb npm`"
        ));
        assert_eq!(failure.sentence().lines().count(), 1);
    }

    #[test]
    fn a_single_one_is_named_in_the_singular() {
        assert!(still_missing(&[CHROMIUM]).sentence().contains("Chromium is missing"));
    }
}
