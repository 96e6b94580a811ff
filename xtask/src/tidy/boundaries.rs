//! Who may know what: the borders between the parts of the house.

use super::source::{Source, line_of, positions};
use super::{Finding, Project};

/// What is known about a thread, and how its text is read, depends on nothing but data.
const PURE: [&str; 3] = ["src/thread", "src/text", "markup/src"];

/// The core and the reply text know no framework, no browser, no HTTP and no clock.
pub(super) fn pure_core(project: &Project) -> Vec<Finding> {
    const WORLD: [&str; 12] = [
        "leptos",
        "reactive_graph",
        "web_sys",
        "js_sys",
        "wasm_bindgen",
        "wasm_bindgen_futures",
        "gloo_net",
        "reqwest",
        "SystemTime",
        "Instant",
        "TcpStream",
        "thread_rng",
    ];
    const NEIGHBOURS: [&str; 5] =
        ["crate::api", "crate::browser", "crate::embed", "crate::store", "crate::views"];
    forbidden_words(project, &PURE, &[], &[WORLD.as_slice(), NEIGHBOURS.as_slice()].concat(), |word| {
        format!("`{word}`: the core knows no world; what it needs arrives inside events")
    })
}

/// What travels over the wire is described in one place. The server may read shapes of its own
/// (a configuration, a file to import); what it answers comes from the contract. The bridge reads other systems' JSON
/// field by field, because it means nothing that a field is missing there.
pub(super) fn wire_types(project: &Project) -> Vec<Finding> {
    let mut findings = Vec::new();
    for source in
        project.within(&["src", "bridge/src", "markup/src", "server/src"]).filter(|source| source.is_rust())
    {
        for (start, _) in source.code.match_indices("derive(") {
            let list = source.code.get(start..).and_then(|rest| rest.split(')').next()).unwrap_or_default();
            let words = if source.is_within(&["server"]) {
                &["Serialize"][..]
            } else {
                &["Serialize", "Deserialize"]
            };
            for word in words {
                if positions(list, word, char::is_alphanumeric).next().is_some() {
                    let message = format!("derives `{word}`: wire types belong in contract/");
                    findings.push(Finding::new(source, line_of(&source.code, start), message));
                }
            }
        }
    }
    findings
}

/// Only `api/` asks the network for anything, with its script; and the scripts in `embed/`, before the module is there
/// and for what is live.
pub(super) fn http(project: &Project) -> Vec<Finding> {
    const NETWORK: [&str; 9] = [
        "gloo_net",
        "reqwest",
        "XmlHttpRequest",
        "EventSource",
        "WebSocket",
        "fetch_with_str",
        "fetch_with_request",
        "fetch_with_str_and_init",
        "fetch_with_request_and_init",
    ];
    const OF_SCRIPTS: [&str; 5] = ["fetch", "sendBeacon", "XMLHttpRequest", "EventSource", "WebSocket"];
    let message = |word: &str| format!("`{word}`: only src/api performs HTTP");
    let scripts = project.within(&["src/browser"]).filter(|source| source.is_script());
    let mut findings = forbidden_words(project, &["src"], &["src/api"], &NETWORK, message);
    findings.extend(scripts.flat_map(|source| words_in(source, &OF_SCRIPTS, message)));
    findings
}

/// Only `browser/` and `embed/` touch the browser; `api/` has one function of a script for all that it asks.
pub(super) fn web_sys(project: &Project) -> Vec<Finding> {
    let message = |word: &str| {
        format!("`{word}`: only src/browser and src/embed touch the browser; add a thin wrapper there")
    };
    let allowed = ["src/browser", "src/embed", "src/lib.rs"];
    let mut findings = forbidden_words(project, &["src"], &allowed, &["web_sys", "js_sys"], message);
    // What a script beside it does for one file alone is bound in that file.
    let binding = [allowed.as_slice(), &["src/api/asker.rs", "src/views/heard.rs"]].concat();
    findings.extend(forbidden_words(project, &["src"], &binding, &["extern"], message));
    findings
}

/// What readers download has no dependencies for reply text, and serde alone for wire types.
pub(super) fn dependencies(project: &Project) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, allowed) in
        [("markup/Cargo.toml", [].as_slice()), ("contract/Cargo.toml", ["serde"].as_slice())]
    {
        let Some(source) = project.sources.iter().find(|source| source.path == path) else { continue };
        let mut in_dependencies = false;
        for (number, line) in super::source::numbered(&source.text) {
            if line.starts_with('[') {
                in_dependencies = line.trim() == "[dependencies]";
                continue;
            }
            let name = line.split(['=', '.']).next().unwrap_or_default().trim();
            let counts = in_dependencies && !name.is_empty() && !name.starts_with('#');
            if counts && !allowed.contains(&name) && !line.contains("optional = true") {
                let message = format!("`{name}` would be part of what readers download: make it optional");
                findings.push(Finding::new(source, number, message));
            }
        }
    }
    findings
}

fn forbidden_words(
    project: &Project,
    places: &[&str],
    except: &[&str],
    words: &[&str],
    message: impl Fn(&str) -> String,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    for source in project.within(places).filter(|source| source.is_rust() && !source.is_within(except)) {
        findings.extend(words_in(source, words, &message));
    }
    findings
}

fn words_in(source: &Source, words: &[&str], message: impl Fn(&str) -> String) -> Vec<Finding> {
    let found = |word| source.lines_with_word(word).map(move |line| (line, word));
    words
        .iter()
        .flat_map(|word| found(word))
        .map(|(line, word)| Finding::new(source, line, message(word)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(check: super::super::Check, files: &[(&str, &str)]) -> Vec<(String, usize)> {
        check(&Project::of(files)).into_iter().map(|finding| (finding.path, finding.line)).collect()
    }

    #[test]
    fn the_core_may_not_know_the_world() {
        let bad = [
            ("src/thread.rs", "//! Thread.\nuse leptos::prelude::*;"),
            ("src/thread/load.rs", "use crate::views::notice;"),
            ("src/text/dates.rs", "let now = std::time::Instant::now();"),
            ("markup/src/lib.rs", "\n\nfn f(v: wasm_bindgen::JsValue) {}"),
        ];
        let good = [
            ("src/thread/good.rs", "// not leptos\nlet s = \"leptos\";"),
            ("src/views.rs", "use leptos::prelude::*;"),
        ];
        let found = lines(pure_core, &[bad.as_slice(), good.as_slice()].concat());
        let expected = [
            ("src/thread.rs", 2),
            ("src/thread/load.rs", 1),
            ("src/text/dates.rs", 1),
            ("markup/src/lib.rs", 3),
        ];
        assert_eq!(found, expected.map(|(path, line)| (path.to_owned(), line)));
    }

    #[test]
    fn wire_types_belong_to_the_contract() {
        let derive = "#[derive(Debug,\n    serde::Deserialize)]\nstruct Page;";
        assert_eq!(lines(wire_types, &[("src/api/page.rs", derive)]), [("src/api/page.rs".into(), 1)]);
        assert_eq!(lines(wire_types, &[("server/src/a.rs", "#[derive(Serialize)]")]).len(), 1);
        assert_eq!(lines(wire_types, &[("bridge/src/a.rs", "#[derive(Deserialize)]")]).len(), 1);
        assert!(lines(wire_types, &[("server/src/a.rs", "#[derive(Deserialize)]")]).is_empty());
        assert!(lines(wire_types, &[("contract/src/page.rs", derive)]).is_empty());
        assert!(lines(wire_types, &[("src/a.rs", "use serde::Serialize;")]).is_empty());
    }

    #[test]
    fn only_the_api_performs_http() {
        let request = "gloo_net::http::Request::get(url)";
        assert_eq!(lines(http, &[("src/store.rs", request)]).len(), 1);
        assert_eq!(lines(http, &[("src/browser/net.rs", "window.fetch_with_str(url)")]).len(), 1);
        assert_eq!(lines(http, &[("src/browser/page.js", "const get = (url) => fetch(url);")]).len(), 1);
        assert!(lines(http, &[("src/api/backend.rs", request), ("src/api.rs", request)]).is_empty());
        let script = "fetch(url)";
        assert!(lines(http, &[("src/api/asker.js", script), ("src/embed/embed.js", script)]).is_empty());
    }

    #[test]
    fn only_wrappers_touch_the_browser() {
        let window = "web_sys::window()";
        assert_eq!(lines(web_sys, &[("src/views/header.rs", window), ("src/api.rs", window)]).len(), 2);
        assert!(lines(web_sys, &[("src/browser/page.rs", window), ("src/embed.rs", window)]).is_empty());
        assert!(lines(web_sys, &[("tests/src/lib.rs", window)]).is_empty());
        let bound = "extern \"C\" { fn fetch(url: &str); }";
        assert_eq!(lines(web_sys, &[("src/store.rs", bound), ("src/views/heard.rs", bound)]).len(), 1);
    }

    #[test]
    fn what_readers_download_depends_on_nothing_new() {
        let manifest = "[dependencies]\nhtml5ever = { version = \"0.40\", optional = true }\nregex = \"1\"\n\
                        [dev-dependencies]\nproptest = \"1\"\n";
        assert_eq!(
            lines(dependencies, &[("markup/Cargo.toml", manifest)]),
            [("markup/Cargo.toml".into(), 3)]
        );
        let manifest = "[dependencies]\nserde = { workspace = true }\nserde_json.workspace = true\n";
        assert_eq!(
            lines(dependencies, &[("contract/Cargo.toml", manifest)]),
            [("contract/Cargo.toml".into(), 3)]
        );
    }
}
