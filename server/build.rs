//! Puts the built widget into the binary: every file below `AFTERWORD_DIST`, or else the workspace's `dist/`,
//! with the `.br` and `.gz` that stand beside it. And the widget's sheets, for what the server draws itself.
//!
//! Without a built widget the table is empty, and the server says so where it is asked for a file. A folder
//! that is not there yet is watched too, at the price that Cargo runs this again each time.

use std::collections::BTreeSet;
use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-env-changed=AFTERWORD_DIST");
    println!("cargo::rerun-if-changed=build.rs");
    let dist = match env::var_os("AFTERWORD_DIST") {
        Some(folder) => PathBuf::from(folder),
        None => Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("../dist"),
    };
    println!("cargo::rerun-if-changed={}", dist.display());
    let mut files = BTreeSet::new();
    // Only a folder that exists has a canonical path, and only such a path may stand in `include_bytes!`.
    let dist = dist.canonicalize().unwrap_or(dist);
    if dist.is_dir() {
        gather(&dist, &dist, &mut files)?;
    }
    let out = PathBuf::from(env::var("OUT_DIR")?);
    fs::write(out.join("files.rs"), table(&dist, &files)?)?;
    fs::write(out.join("style.css"), style(&Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("../style"))?)?;
    Ok(())
}

/// The widget's sheets, one after the other, as `order.txt` lists them.
fn style(folder: &Path) -> Result<String, Box<dyn Error>> {
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut style = String::new();
    let order = fs::read_to_string(folder.join("order.txt"))?;
    for name in order.lines().map(str::trim).filter(|line| line.ends_with(".css")) {
        style += &fs::read_to_string(folder.join(name))?;
    }
    Ok(style)
}

/// Every file below `folder`, as a path from `dist` with slashes.
fn gather(dist: &Path, folder: &Path, files: &mut BTreeSet<String>) -> Result<(), Box<dyn Error>> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or(".");
        if name.starts_with('.') {
            continue;
        }
        if path.is_dir() {
            gather(dist, &path, files)?;
            continue;
        }
        println!("cargo::rerun-if-changed={}", path.display());
        let parts =
            path.strip_prefix(dist)?.components().map(|part| part.as_os_str().to_string_lossy().into_owned());
        files.insert(parts.collect::<Vec<_>>().join("/"));
    }
    Ok(())
}

/// The table as Rust, to be included by `assets.rs`.
fn table(dist: &Path, files: &BTreeSet<String>) -> Result<String, Box<dyn Error>> {
    let mut text = String::from("static FILES: &[File] = &[\n");
    for name in files {
        let coded = [".br", ".gz"].iter().find_map(|ending| name.strip_suffix(ending));
        if coded.is_some_and(|plain| files.contains(plain)) {
            continue;
        }
        let bytes = |name: &str| format!("include_bytes!({:?})", dist.join(name));
        let sibling = |ending: &str| {
            let name = format!("{name}{ending}");
            if files.contains(&name) { format!("Some({})", bytes(&name)) } else { "None".to_owned() }
        };
        writeln!(
            text,
            "    File {{ path: {name:?}, kind: {:?}, fingerprint: {:?}, plain: {}, brotli: {}, gzip: {} }},",
            kind(name),
            fingerprint(&fs::read(dist.join(name))?),
            bytes(name),
            sibling(".br"),
            sibling(".gz"),
        )?;
    }
    text.push_str("];\n");
    Ok(text)
}

/// The media type by the file's ending.
fn kind(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, ending)| ending) {
        Some("wasm") => "application/wasm",
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("ts" | "txt" | "md") => "text/plain; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("json" | "map") => "application/json",
        Some("html") => "text/html; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("ico") => "image/x-icon",
        _ => "application/octet-stream",
    }
}

/// FNV-1a over the content (64 bits), as in `src/hash.rs`: other content, other `ETag`.
fn fingerprint(bytes: &[u8]) -> String {
    let hash = bytes.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    format!("{hash:016x}-{:x}", bytes.len())
}
