//! `cargo xtask size`: what a reader downloads, file by file, held against `xtask/budgets.json`; and what each crate
//! costs in the module.
//!
//! The sizes of files are those of the compressed twins in `dist/` (brotli 11, gzip 9), as a server sends
//! them. 1 KB is 1,000 bytes.

use std::fmt::Write as _;
use std::path::Path;

use serde_json::Value;

use crate::failure::Failure;
use crate::finish::LINKED;
use crate::shrink::{self, Weight, Weights};
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
    let linked = workspace.target.join(LINKED);
    println!();
    if linked.is_file() {
        print!("{}", by_crate(&shrink::weights(&linked)?, length(&dist, "afterword_bg.wasm").unwrap_or(0)));
    } else {
        println!(
            "  What each crate costs is told where the bundle was built: {} is missing.",
            linked.display()
        );
    }
    println!();
    let budgets = read(&workspace.root.join("xtask").join("budgets.json"))?;
    let verdicts = judge(&budgets, |name, suffix| length(&dist, &format!("{name}{suffix}")))?;
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

/// Crates that have less of the code than one part in this many are summed up.
const SMALLEST_SHOWN: usize = 200;

/// The module by crates, and what is charged to whom. `shipped` is the module's size in `dist/`.
fn by_crate(Weights { crates, data }: &Weights, shipped: u64) -> String {
    let code: usize = crates.iter().map(|weight| weight.kept).sum();
    let linked: usize = crates.iter().map(|weight| weight.linked).sum();
    let mut table =
        format!("  {:<24} {:>9} {:>9} {:>9} {:>9}\n", "crate", "linked", "kept", "share", "functions");
    let mut row = |name: &str, linked: usize, kept: usize, functions: usize| {
        let share = (kept * 1000).checked_div(code).unwrap_or(0);
        let share = format!("{}.{} %", share / 10, share % 10);
        // Writing to a text cannot fail.
        let _ = writeln!(table, "  {name:<24} {linked:>9} {kept:>9} {share:>9} {functions:>9}");
    };
    let (shown, rest): (Vec<_>, Vec<_>) =
        crates.iter().partition(|weight| weight.kept * SMALLEST_SHOWN >= code);
    for weight in shown {
        row(&weight.name, weight.linked, weight.kept, weight.functions);
    }
    let sum = |of: fn(&Weight) -> usize| rest.iter().map(|weight| of(weight)).sum();
    let name = format!("({} smaller ones)", rest.len());
    row(&name, sum(|it| it.linked), sum(|it| it.kept), sum(|it| it.functions));
    row("all code", linked, code, crates.iter().map(|weight| weight.functions).sum());
    let _ = writeln!(table, "  {:<24} {:>9} {:>9}", "data", data.linked, data.kept);
    let _ = writeln!(table, "  {:<24} {:>9} {shipped:>9}", "as it is served", "");
    table
        + "
  Bytes, not compressed. Linked: as the linker wrote it; kept: without what nobody can reach or only
  wasm-bindgen calls, before wasm-opt, which keeps no names. A generic function is charged to the crate
  that wrote it, not to the one with whose types it was made; one that was put into its caller, to the
  caller.
"
}

/// One budget and what it holds.
#[derive(Debug, PartialEq, Eq)]
struct Verdict {
    name: String,
    bytes: u64,
    /// The same files packed by gzip, for servers without brotli; there is no budget for that.
    gzip: u64,
    limit: u64,
}

impl std::fmt::Display for Verdict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {} of {} bytes (brotli; gzip {})", self.name, self.bytes, self.limit, self.gzip)
    }
}

/// `length` is that of a file in `dist/`, by its name and what stands behind that for a compressed twin.
fn judge(budgets: &str, length: impl Fn(&str, &str) -> Option<u64>) -> Result<Vec<Verdict>, Failure> {
    let unreadable =
        || Failure::new("xtask/budgets.json wants {name: {\"files\": [...], \"brotli\": bytes}}.");
    let budgets: Value = serde_json::from_str(budgets).map_err(|_| unreadable())?;
    let mut verdicts = Vec::new();
    for (name, budget) in budgets.as_object().ok_or_else(unreadable)? {
        let limit = budget.get("brotli").and_then(Value::as_u64).ok_or_else(unreadable)?;
        let (mut bytes, mut gzip) = (0, 0);
        for file in budget.get("files").and_then(Value::as_array).ok_or_else(unreadable)? {
            let file = file.as_str().ok_or_else(unreadable)?;
            let packed = |suffix: &str| {
                length(file, suffix).ok_or_else(|| {
                    Failure::new(format!("{name}: dist/{file}{suffix} is missing; run `cargo xtask dist`."))
                })
            };
            bytes += packed(".br")?;
            gzip += packed(".gz")?;
        }
        verdicts.push(Verdict { name: name.clone(), bytes, gzip, limit });
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
        let sizes = |name: &str, suffix: &str| match (name, suffix) {
            ("a.js", ".br") => Some(30),
            ("b.wasm", ".br") => Some(71),
            (_, ".gz") => Some(60),
            _ => None,
        };
        assert_eq!(
            judge(budgets, sizes).unwrap(),
            [Verdict { name: "all".into(), bytes: 101, gzip: 120, limit: 100 }]
        );
        assert!(judge(budgets, |_, _| None).unwrap_err().sentence().contains("dist/a.js.br is missing"));
    }

    #[test]
    fn the_budgets_of_the_project_can_be_read_and_count_all_that_is_loaded() {
        let budgets =
            std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("budgets.json")).unwrap();
        let verdicts = judge(&budgets, |_, _| Some(1)).unwrap();
        // Each file counts one: loader, glue and module are all that taking part takes.
        let read = verdicts.iter().find(|verdict| verdict.name == "to take part");
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
        assert_eq!(exceeds.unwrap_err().sentence(), "Too large: all: 101 of 100 bytes (brotli; gzip 120).");
    }

    #[test]
    fn crates_are_shown_by_their_share_and_small_ones_together() {
        let weight =
            |name: &str, kept| Weight { name: name.to_owned(), functions: 1, linked: kept + 10, kept };
        let crates = vec![weight("afterword", 750), weight("core", 246), weight("a", 3), weight("b", 1)];
        let table = by_crate(&Weights { crates, data: weight("data", 90) }, 800);
        let rows: Vec<_> =
            table.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
        assert_eq!(
            rows[1..7],
            [
                "afterword 760 750 75.0 % 1",
                "core 256 246 24.6 % 1",
                "(2 smaller ones) 24 4 0.4 % 2",
                "all code 1040 1000 100.0 % 4",
                "data 100 90",
                "as it is served 800",
            ]
        );
    }
}
