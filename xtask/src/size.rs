//! `cargo xtask size`: what a reader downloads, file by file, held against `xtask/budgets.json`.
//!
//! The sizes are those of the compressed twins in `dist/` (brotli 11, gzip 9), as a server sends
//! them. 1 KB is 1,000 bytes.

use std::path::Path;

use serde_json::Value;

use crate::failure::Failure;
use crate::workspace::{Workspace, files_under, read};

/// Prints the table; a budget that is exceeded is a failure.
pub(crate) fn run(workspace: &Workspace) -> Result<(), Failure> {
    let dist = workspace.dist();
    if !dist.join("embed.js").is_file() {
        return Err(Failure::new("There is no bundle to measure: run `cargo xtask dist` first."));
    }
    println!("  {:<24} {:>9} {:>9} {:>9}", "file", "raw", "gzip", "brotli");
    for file in files_under(&dist) {
        let name = file.strip_prefix(&dist).unwrap_or(&file).to_string_lossy().into_owned();
        let length = |suffix: &str| length(&dist, &format!("{name}{suffix}"));
        if let (Some(raw), Some(gzip), Some(brotli)) = (length(""), length(".gz"), length(".br")) {
            println!("  {name:<24} {raw:>9} {gzip:>9} {brotli:>9}");
        }
    }
    let budgets = read(&workspace.root.join("xtask").join("budgets.json"))?;
    let verdicts = judge(&budgets, |name| length(&dist, &format!("{name}.br")))?;
    let mut exceeded = Vec::new();
    for verdict in verdicts {
        println!("  {verdict}");
        if verdict.bytes > verdict.limit {
            exceeded.push(verdict.to_string());
        }
    }
    if exceeded.is_empty() {
        Ok(())
    } else {
        Err(Failure::new(format!("Too large: {}.", exceeded.join("; "))))
    }
}

/// One budget and what it holds.
#[derive(Debug, PartialEq, Eq)]
struct Verdict {
    name: String,
    bytes: u64,
    limit: u64,
}

impl std::fmt::Display for Verdict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {} of {} bytes (brotli)", self.name, self.bytes, self.limit)
    }
}

fn judge(budgets: &str, brotli: impl Fn(&str) -> Option<u64>) -> Result<Vec<Verdict>, Failure> {
    let unreadable =
        || Failure::new("xtask/budgets.json wants {name: {\"files\": [...], \"brotli\": bytes}}.");
    let budgets: Value = serde_json::from_str(budgets).map_err(|_| unreadable())?;
    let mut verdicts = Vec::new();
    for (name, budget) in budgets.as_object().ok_or_else(unreadable)? {
        let limit = budget.get("brotli").and_then(Value::as_u64).ok_or_else(unreadable)?;
        let mut bytes = 0;
        for file in budget.get("files").and_then(Value::as_array).ok_or_else(unreadable)? {
            let file = file.as_str().ok_or_else(unreadable)?;
            bytes += brotli(file).ok_or_else(|| {
                Failure::new(format!("{name}: dist/{file}.br is missing; run `cargo xtask dist`."))
            })?;
        }
        verdicts.push(Verdict { name: name.clone(), bytes, limit });
    }
    Ok(verdicts)
}

fn length(dist: &Path, name: &str) -> Option<u64> {
    std::fs::metadata(dist.join(name)).ok().map(|file| file.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_sums_its_files_and_notices_a_missing_one() {
        let budgets = r#"{"all": {"files": ["a.js", "b.wasm"], "brotli": 100}}"#;
        let sizes = |name: &str| match name {
            "a.js" => Some(30),
            "b.wasm" => Some(71),
            _ => None,
        };
        assert_eq!(judge(budgets, sizes).unwrap(), [Verdict { name: "all".into(), bytes: 101, limit: 100 }]);
        assert!(judge(budgets, |_| None).unwrap_err().sentence().contains("dist/a.js.br is missing"));
    }

    #[test]
    fn the_budgets_of_the_project_can_be_read_and_count_all_that_is_loaded() {
        let budgets =
            std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("budgets.json")).unwrap();
        let verdicts = judge(&budgets, |_| Some(1)).unwrap();
        // Each file counts one: loader, glue and module are all that reading takes.
        let read = verdicts.iter().find(|verdict| verdict.name == "everything needed to read");
        assert_eq!(read.map(|verdict| verdict.bytes), Some(3));
    }

    #[test]
    fn a_bundle_over_its_budget_fails() {
        let root = std::env::temp_dir().join(format!("afterword-size-{}", std::process::id()));
        let workspace =
            Workspace { root: root.clone(), target: root.join("target"), tools: root.join("tools") };
        let put =
            |name: &str, bytes: usize| crate::workspace::write(&root.join(name), vec![b'x'; bytes]).unwrap();
        let none = run(&workspace);
        crate::workspace::write(
            &root.join("xtask/budgets.json"),
            r#"{"all": {"files": ["embed.js"], "brotli": 100}}"#,
        )
        .unwrap();
        put("dist/embed.js", 300);
        put("dist/embed.js.gz", 120);
        put("dist/embed.js.br", 100);
        let fits = run(&workspace);
        put("dist/embed.js.br", 101);
        let exceeds = run(&workspace);
        std::fs::remove_dir_all(&root).unwrap();
        assert!(none.unwrap_err().sentence().contains("cargo xtask dist"));
        assert!(fits.is_ok());
        assert_eq!(exceeds.unwrap_err().sentence(), "Too large: all: 101 of 100 bytes (brotli).");
    }
}
