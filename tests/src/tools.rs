//! Where the browsers, their drivers, the built widget and axe-core are: an environment variable each, else
//! the place where distributions and `cargo xtask` put them. What is missing is one sentence.

use std::env;
use std::path::{Path, PathBuf};

/// The folder that `cargo xtask dist` fills, with its files there.
pub fn dist() -> Result<PathBuf, String> {
    let folder = match env::var_os("AFTERWORD_DIST") {
        Some(folder) => PathBuf::from(folder),
        None => workspace().join("dist"),
    };
    for file in ["embed.js", "afterword.js", "afterword_bg.wasm", "theme.js"] {
        if !folder.join(file).is_file() {
            return Err(format!(
                "{} is missing: build the widget first, with `cargo xtask dist`.",
                folder.join(file).display()
            ));
        }
    }
    Ok(folder)
}

/// The repository's root.
pub fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map(Path::to_owned).unwrap_or_default()
}

/// Where screenshots of failures go.
pub fn failures() -> PathBuf {
    let target = match env::var_os("CARGO_TARGET_DIR") {
        Some(folder) => PathBuf::from(folder),
        None => workspace().join("target"),
    };
    target.join("browser-failures")
}

/// Debian's Chromium, or another.
pub fn chromium() -> Result<PathBuf, String> {
    program(
        "AFTERWORD_CHROMIUM",
        &["chromium", "chromium-browser", "google-chrome"],
        &[],
        "Chromium",
        "chromium",
    )
}

/// Chromium's driver.
pub fn chromedriver() -> Result<PathBuf, String> {
    program("AFTERWORD_CHROMEDRIVER", &["chromedriver"], &[], "Chromium's driver", "chromium-driver")
}

/// Firefox, ESR or not.
pub fn firefox() -> Result<PathBuf, String> {
    program("AFTERWORD_FIREFOX", &["firefox-esr", "firefox"], &[], "Firefox", "firefox-esr")
}

/// Firefox's driver, which Debian does not have.
pub fn geckodriver() -> Result<PathBuf, String> {
    let kept = versions_of("geckodriver")
        .into_iter()
        .map(|folder| folder.join("bin/geckodriver"))
        .collect::<Vec<_>>();
    program("AFTERWORD_GECKODRIVER", &["geckodriver"], &kept, "Firefox's driver", "")
}

/// WebKitGTK's driver.
pub fn webkitdriver() -> Result<PathBuf, String> {
    program("AFTERWORD_WEBKITDRIVER", &["WebKitWebDriver"], &[], "WebKit's driver", "webkit2gtk-driver")
}

/// WebKitGTK's small browser, which its driver drives.
pub fn minibrowser() -> Result<PathBuf, String> {
    let mut places = Vec::new();
    for library in ["/usr/lib", "/usr/libexec"] {
        for first in folders_in(Path::new(library)) {
            places.push(first.join("MiniBrowser"));
            places.extend(folders_in(&first).into_iter().map(|second| second.join("MiniBrowser")));
        }
    }
    places.retain(|place| place.to_string_lossy().contains("webkit"));
    program("AFTERWORD_MINIBROWSER", &["MiniBrowser"], &places, "WebKit's MiniBrowser", "webkit2gtk-driver")
}

/// The X server without a screen that WebKitGTK draws on.
pub fn xvfb() -> Result<PathBuf, String> {
    program("AFTERWORD_XVFB", &["Xvfb"], &[], "Xvfb", "xvfb")
}

/// Python 3.
pub fn python() -> Result<PathBuf, String> {
    program("AFTERWORD_PYTHON", &["python3"], &[], "Python", "python3")
}

/// The folder with the `python` and the `gunicorn` of the environment in which Isso is installed.
pub fn isso() -> Result<PathBuf, String> {
    let kept = versions_of("isso").into_iter().map(|folder| folder.join("bin"));
    let named = std::env::var_os("AFTERWORD_ISSO").map(PathBuf::from).into_iter();
    let missing = "Isso is missing: run `cargo xtask test`, which fetches it, or name the folder with its python and \
                   gunicorn in AFTERWORD_ISSO.";
    named.chain(kept).find(|folder| folder.join("gunicorn").is_file()).ok_or_else(|| missing.to_owned())
}

/// Node.js.
pub fn node() -> Result<PathBuf, String> {
    program("AFTERWORD_NODE", &["node"], &[], "Node.js", "nodejs")
}

/// PHP on the command line.
pub fn php() -> Result<PathBuf, String> {
    program("AFTERWORD_PHP", &["php"], &[], "PHP", "php-cli php-sqlite3")
}

/// The accessibility checker's script.
pub fn axe() -> Result<PathBuf, String> {
    let inside = Path::new("node_modules/axe-core/axe.min.js");
    let kept = versions_of("node").into_iter().map(|folder| folder.join(inside)).collect::<Vec<_>>();
    match env::var_os("AFTERWORD_AXE").map(PathBuf::from).into_iter().chain(kept).find(|path| path.is_file()) {
        Some(path) => Ok(path),
        None => Err("axe-core is missing: run `cargo xtask test`, which fetches it, or name axe.min.js in AFTERWORD_AXE."
            .to_owned()),
    }
}

fn program(
    variable: &str,
    names: &[&str],
    places: &[PathBuf],
    what: &str,
    package: &str,
) -> Result<PathBuf, String> {
    if let Some(path) = env::var_os(variable).map(PathBuf::from) {
        return match path.is_file() {
            true => Ok(path),
            false => Err(format!("{variable} names {}, where there is no file.", path.display())),
        };
    }
    let path = env::var_os("PATH").unwrap_or_default();
    let in_path = names.iter().flat_map(|name| env::split_paths(&path).map(move |folder| folder.join(name)));
    let found = in_path.chain(places.iter().cloned()).find(|path| path.is_file());
    found.ok_or_else(|| match package {
        "" => {
            format!("{what} is missing: run `cargo xtask test`, which fetches it, or name it in {variable}.")
        }
        _ => format!("{what} is missing: install the package {package}, or name it in {variable}."),
    })
}

/// The folders `<tool>-<version>` that `cargo xtask` keeps, newest name first.
fn versions_of(tool: &str) -> Vec<PathBuf> {
    let cache = env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    let cache = cache.or_else(|| env::var_os("HOME").map(|home| Path::new(&home).join(".cache")));
    let tools = env::var_os("AFTERWORD_TOOLS").map(PathBuf::from);
    let Some(tools) = tools.or_else(|| cache.map(|cache| cache.join("afterword/tools"))) else {
        return Vec::new();
    };
    let prefix = format!("{tool}-");
    let mut found = folders_in(&tools);
    found.retain(|folder| folder.file_name().is_some_and(|name| name.to_string_lossy().starts_with(&prefix)));
    found.sort();
    found.reverse();
    found
}

fn folders_in(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).filter(|path| path.is_dir()).collect()
}
