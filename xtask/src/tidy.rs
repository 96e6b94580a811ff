//! `cargo xtask tidy`: the project's own rules, each a check with a name.
//!
//! The rules are those of ARCHITECTURE.md. The checks read text, not syntax: comments and strings
//! are told from code ([`source`]), and that is all. So they catch what people write by habit or
//! by accident, and not what somebody hides behind a macro or a renamed import; review has to do
//! that. CONTRIBUTING.md says what each check means.

mod boundaries;
mod documents;
mod members;
mod safety;
mod source;
mod styles;
mod surface;

use std::fmt;
use std::path::Path;

use source::Source;

use crate::failure::Failure;
use crate::workspace::{Workspace, read};

/// Longer files are named, but they are no failure: sometimes one concept is long.
const LONG: usize = 500;

/// A check looks at the whole project, because some rules are about files that belong together.
type Check = fn(&Project) -> Vec<Finding>;

/// Every rule, by the name that its findings carry.
const CHECKS: [(&str, Check); 17] = [
    ("pure-core", boundaries::pure_core),
    ("wire-types", boundaries::wire_types),
    ("http", boundaries::http),
    ("web-sys", boundaries::web_sys),
    ("dependencies", boundaries::dependencies),
    ("html-strings", safety::html_strings),
    ("effects", safety::effects),
    ("module-state", safety::module_state),
    ("honest-tests", safety::honest_tests),
    ("surface", surface::surface),
    ("stale-surface", surface::stale_surface),
    ("members", members::members),
    ("rem", styles::rem),
    ("tokens", styles::tokens),
    ("siblings", styles::siblings),
    ("opening", documents::opening),
    ("links", documents::links),
];

/// Where nothing of ours stands.
const SKIPPED: [&str; 7] = [".git", ".trunk", "corpus", "dist", "fuzz", "node_modules", "target"];

/// Runs all checks and prints what they find.
pub(crate) fn run(workspace: &Workspace) -> Result<(), Failure> {
    let project = Project::read(&workspace.root)?;
    let mut findings = 0;
    for (name, check) in CHECKS {
        for finding in check(&project) {
            println!("  {finding} [{name}]");
            findings += 1;
        }
    }
    for source in project.sources.iter().filter(|source| is_long(source)) {
        println!("  note: {} has {} lines; is it one concept?", source.path, source.lines());
    }
    match findings {
        0 => {
            println!("  {} files, {} checks, nothing found", project.sources.len(), CHECKS.len());
            Ok(())
        }
        1 => Err(Failure::new("Tidy found one thing, see above; CONTRIBUTING.md explains the checks.")),
        _ => Err(Failure::new(format!(
            "Tidy found {findings} things, see above; CONTRIBUTING.md explains the checks."
        ))),
    }
}

/// Whether a file of Rust or of the widget's scripts has more lines than one concept should need.
fn is_long(source: &Source) -> bool {
    let counts = source.is_rust() || source.is_script() && source.is_within(&["src"]);
    counts && source.lines() > LONG
}

/// All text files of the project.
#[derive(Debug)]
struct Project {
    sources: Vec<Source>,
    /// Every file, text or not: what links may point at.
    paths: Vec<String>,
}

impl Project {
    fn read(root: &Path) -> Result<Self, Failure> {
        let mut project = Self { sources: Vec::new(), paths: Vec::new() };
        project.read_folder(root, "")?;
        project.sources.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(project)
    }

    fn read_folder(&mut self, root: &Path, folder: &str) -> Result<(), Failure> {
        let Ok(entries) = std::fs::read_dir(root.join(folder)) else { return Ok(()) };
        for entry in entries.flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = if folder.is_empty() { name.clone() } else { format!("{folder}/{name}") };
            let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
            if is_folder && !SKIPPED.contains(&name.as_str()) {
                self.read_folder(root, &path)?;
            }
            if !is_folder && Source::is_text(&path) {
                self.sources.push(Source::new(&path, read(&root.join(&path))?));
            }
            self.paths.push(path);
        }
        Ok(())
    }

    /// The files that a rule is about.
    fn within<'a>(&'a self, places: &'a [&'a str]) -> impl Iterator<Item = &'a Source> {
        self.sources.iter().filter(move |source| source.is_within(places))
    }

    #[cfg(test)]
    fn of(files: &[(&str, &str)]) -> Self {
        Self {
            sources: files.iter().map(|(path, text)| Source::new(path, (*text).to_owned())).collect(),
            paths: files.iter().map(|(path, _)| (*path).to_owned()).collect(),
        }
    }
}

/// One breach of a rule.
#[derive(Debug, PartialEq, Eq)]
struct Finding {
    path: String,
    /// Counted from one; zero for the file as a whole.
    line: usize,
    message: String,
}

impl Finding {
    fn new(source: &Source, line: usize, message: impl Into<String>) -> Self {
        Self { path: source.path.clone(), line, message: message.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}", self.path, self.message),
            line => write!(f, "{}:{line}: {}", self.path, self.message),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_breach_anywhere_fails_the_run() {
        let root = std::env::temp_dir().join(format!("afterword-tidy-{}", std::process::id()));
        let workspace =
            Workspace { root: root.clone(), target: root.join("target"), tools: root.join("tools") };
        let put = |path: &str, text: &str| crate::workspace::write(&root.join(path), text).unwrap();
        put("src/thread/load.rs", "//! Loading.\n");
        put("target/generated.rs", "no opening");
        let script =
            "const FOR_MODULE = [];\nconst FOR_LOADER = [];\nclass AfterWord extends HTMLElement {}\n";
        put("src/embed/embed.js", script);
        let clean = run(&workspace);
        put("src/thread/load.rs", "//! Loading.\nuse web_sys::Window;\n");
        let broken = run(&workspace);
        std::fs::remove_dir_all(&root).unwrap();
        assert_eq!(clean, Ok(()));
        assert!(broken.unwrap_err().sentence().starts_with("Tidy found 2 things"), "pure-core and web-sys");
    }

    #[test]
    fn long_files_are_named_whatever_language_the_widget_is_written_in() {
        let is_long = |path: &str, lines: usize| is_long(&Source::new(path, "\n".repeat(lines)));
        for path in ["src/thread.rs", "server/src/app.rs", "src/embed/embed.js", "src/browser/page.js"] {
            assert!(is_long(path, LONG + 1) && !is_long(path, LONG), "{path}");
        }
        assert!(!is_long("style/reply.css", LONG + 1) && !is_long("examples/backends/node/a.mjs", LONG + 1));
    }

    #[test]
    fn names_of_checks_are_explained() {
        let explained = Path::new(env!("CARGO_MANIFEST_DIR")).join("../CONTRIBUTING.md");
        let explained = std::fs::read_to_string(explained).unwrap();
        for (name, _) in CHECKS {
            assert!(explained.contains(&format!("`{name}`")), "CONTRIBUTING.md does not explain `{name}`");
        }
    }
}
