//! Where things are: the checkout, its build directory, and the folder that keeps tools.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::failure::{Failure, file_error};

/// The checkout that this xtask was built in.
#[derive(Debug)]
pub(crate) struct Workspace {
    /// The folder of the root `Cargo.toml`.
    pub(crate) root: PathBuf,
    /// Cargo's build directory, `target/` unless the environment or a configuration moves it.
    pub(crate) target: PathBuf,
    /// Where tools are kept between runs and between checkouts.
    pub(crate) tools: PathBuf,
}

impl Workspace {
    /// Asks cargo, because only cargo knows every way to move the build directory.
    pub(crate) fn find() -> Result<Self, Failure> {
        let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
        let root = manifest.parent().unwrap_or(manifest).to_path_buf();
        let metadata = Command::new(cargo())
            .args(["metadata", "--no-deps", "--format-version", "1", "--quiet"])
            .current_dir(&root)
            .output()
            .map_err(|error| Failure::new(format!("Could not run cargo: {error}.")))?;
        if !metadata.status.success() {
            let said = String::from_utf8_lossy(&metadata.stderr).into_owned();
            return Err(Failure::new("Cargo cannot read this workspace.").with_output(said));
        }
        let target = serde_json::from_slice::<serde_json::Value>(&metadata.stdout)
            .ok()
            .and_then(|all| all.get("target_directory")?.as_str().map(PathBuf::from))
            .unwrap_or_else(|| root.join("target"));
        Ok(Self { root, target, tools: tools_dir(|name| std::env::var_os(name).map(PathBuf::from))? })
    }

    /// What host pages are given: built by Trunk, embedded by the server.
    pub(crate) fn dist(&self) -> PathBuf {
        self.root.join("dist")
    }

    /// The version of a package in `Cargo.lock`.
    pub(crate) fn locked_version(&self, package: &str) -> Result<String, Failure> {
        let path = self.root.join("Cargo.lock");
        let lock = read(&path)?;
        locked_version(&lock, package)
            .ok_or_else(|| Failure::new(format!("{} does not mention {package}.", path.display())))
    }
}

/// The cargo that called us, so that a chosen toolchain stays chosen.
pub(crate) fn cargo() -> PathBuf {
    std::env::var_os("CARGO").map_or_else(|| PathBuf::from("cargo"), PathBuf::from)
}

/// Reads a text file; the error names it.
pub(crate) fn read(path: &Path) -> Result<String, Failure> {
    fs::read_to_string(path).map_err(|error| file_error("read", path, &error))
}

/// Writes a file and the folders above it; the error names it.
pub(crate) fn write(path: &Path, contents: impl AsRef<[u8]>) -> Result<(), Failure> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).map_err(|error| file_error("create", parent, &error))?;
    }
    fs::write(path, contents).map_err(|error| file_error("write", path, &error))
}

/// All files under a folder, sorted by path. A folder that is missing holds none.
pub(crate) fn files_under(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut waiting = vec![dir.to_path_buf()];
    while let Some(next) = waiting.pop() {
        let Ok(entries) = fs::read_dir(&next) else { continue };
        for entry in entries.flatten() {
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => waiting.push(entry.path()),
                Ok(kind) if kind.is_file() => found.push(entry.path()),
                _ => {}
            }
        }
    }
    found.sort();
    found
}

/// `AFTERWORD_TOOLS`, or a folder in the user's cache.
fn tools_dir(variable: impl Fn(&str) -> Option<PathBuf>) -> Result<PathBuf, Failure> {
    let filled = |name| variable(name).filter(|path| !path.as_os_str().is_empty());
    if let Some(dir) = filled("AFTERWORD_TOOLS") {
        return std::path::absolute(&dir).map_err(|error| file_error("find", &dir, &error));
    }
    let cache = filled("XDG_CACHE_HOME")
        .filter(|path| path.is_absolute())
        .or_else(|| filled("HOME").map(|home| home.join(".cache")))
        .or_else(|| filled("LOCALAPPDATA"))
        .ok_or_else(|| {
            Failure::new("There is no home folder to keep tools in: set AFTERWORD_TOOLS to a folder.")
        })?;
    Ok(cache.join("afterword").join("tools"))
}

/// Finds `version` in the `[[package]]` of that name.
fn locked_version(lock: &str, package: &str) -> Option<String> {
    let name = format!("name = \"{package}\"");
    let mut lines = lock.lines().skip_while(|line| *line != name);
    lines.next()?;
    let version = lines.next()?.strip_prefix("version = \"")?;
    Some(version.strip_suffix('"')?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOCK: &str = "version = 4\n\n[[package]]\nname = \"wasm-bindgen-macro\"\nversion = \"0.2.1\"\n\n\
                        [[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\nsource = \"registry\"\n";

    #[test]
    fn the_locked_version_is_that_of_the_package_and_not_of_its_neighbour() {
        assert_eq!(locked_version(LOCK, "wasm-bindgen").as_deref(), Some("0.2.130"));
        assert_eq!(locked_version(LOCK, "wasm-bindgen-macro").as_deref(), Some("0.2.1"));
        assert_eq!(locked_version(LOCK, "wasm"), None);
    }

    #[test]
    fn the_real_lock_file_names_wasm_bindgen() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let lock = fs::read_to_string(root.join("Cargo.lock")).unwrap();
        let version = locked_version(&lock, "wasm-bindgen").unwrap();
        assert_eq!(version.split('.').count(), 3, "{version}");
    }

    #[test]
    fn tools_are_kept_where_the_environment_says() {
        let dir = |pairs: &[(&str, &str)]| {
            let pairs = pairs.to_vec();
            tools_dir(move |name| pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| value.into()))
        };
        assert_eq!(dir(&[("AFTERWORD_TOOLS", "/t"), ("HOME", "/h")]).unwrap(), PathBuf::from("/t"));
        assert_eq!(
            dir(&[("XDG_CACHE_HOME", "/c"), ("HOME", "/h")]).unwrap(),
            PathBuf::from("/c/afterword/tools")
        );
        assert_eq!(
            dir(&[("AFTERWORD_TOOLS", ""), ("HOME", "/h")]).unwrap(),
            PathBuf::from("/h/.cache/afterword/tools")
        );
        assert!(dir(&[]).unwrap_err().sentence().contains("AFTERWORD_TOOLS"));
    }
}
