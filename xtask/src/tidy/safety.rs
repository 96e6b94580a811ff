//! What is never written: HTML as a string, effects that write, state that widgets would share,
//! tests that do not count.

use std::ops::Range;

use super::source::{has_word, line_of, positions};
use super::{Finding, Project};

/// A host page's Content-Security-Policy and Trusted Types forbid these, and so do we.
pub(super) fn html_strings(project: &Project) -> Vec<Finding> {
    const WORDS: [&str; 14] = [
        "inner_html",
        "set_inner_html",
        "innerHTML",
        "outer_html",
        "set_outer_html",
        "outerHTML",
        "insert_adjacent_html",
        "insertAdjacentHTML",
        "create_contextual_fragment",
        "createContextualFragment",
        "setHTMLUnsafe",
        "cssText",
        "set_css_text",
        "srcdoc",
    ];
    let message = |word: &str| {
        format!("`{word}`: no HTML or style strings; make elements (`part(…)`), and style parts in a sheet")
    };
    let mut findings = Vec::new();
    for source in
        project.within(&["src", "markup/src"]).filter(|source| source.is_rust() || source.is_script())
    {
        for word in WORDS {
            findings
                .extend(source.lines_with_word(word).map(|line| Finding::new(source, line, message(word))));
        }
        // Strings are data here, like the HTML of a test, but for names given to a method.
        let named = |line: &str, word| line.contains(&format!("(\"{word}\","));
        for (number, (code, line)) in source.code.lines().zip(source.uncommented.lines()).enumerate() {
            if has_style_attribute(code) || named(line, "style") {
                let message = "a style attribute: give it a part, and style that in a sheet";
                findings.push(Finding::new(source, number + 1, message));
            }
            for word in WORDS.iter().filter(|word| named(line, word)) {
                findings.push(Finding::new(source, number + 1, message(word)));
            }
        }
    }
    findings
}

/// `style="…"` or `style=move || …`, as in markup; rustfmt puts blanks around every other `=`.
fn has_style_attribute(code: &str) -> bool {
    positions(code, "style", |c| c.is_alphanumeric() || "_-:.".contains(c)).any(|start| {
        let after = code.get(start + "style".len()..).unwrap_or_default();
        after.starts_with('=') && !after.starts_with("==")
    })
}

/// State changes in `Thread::update` and nowhere else: an effect may look, and touch the page. Read are closures that stand
/// in the effect, and those that stand above it in the same file under the name that it is given.
pub(super) fn effects(project: &Project) -> Vec<Finding> {
    const EFFECTS: [&str; 4] = ["Effect::", "RenderEffect::", "ImmediateEffect::", "create_effect"];
    const WRITES: [&str; 12] = [
        ".dispatch(",
        ".tick(",
        ".speak(",
        ".set(",
        ".update(",
        ".write(",
        ".try_set(",
        ".try_update(",
        ".maybe_update(",
        ".update_untracked(",
        ".write_untracked(",
        ".notify(",
    ];
    let mut findings = Vec::new();
    for source in project.within(&["src"]).filter(|source| source.is_rust()) {
        for name in EFFECTS {
            for start in positions(&source.code, name, |c| c == '_') {
                // `ImmediateEffect::` ends like `Effect::`; it is found under its own name.
                if source.code.get(..start).is_some_and(|before| before.ends_with(char::is_alphanumeric)) {
                    continue;
                }
                let whole = source.code.get(start..).map(call).unwrap_or_default();
                let named = named_closure(source.code.get(..start).unwrap_or_default(), whole);
                for (start, code) in std::iter::once((start, whole)).chain(named) {
                    let later = happens_later(code);
                    let writes = WRITES.iter().flat_map(|write| code.match_indices(write));
                    for (offset, write) in
                        writes.filter(|(offset, _)| !later.iter().any(|part| part.contains(offset)))
                    {
                        let message =
                            format!("`{write}…)` inside an effect: state changes in Thread::update alone");
                        findings.push(Finding::new(source, line_of(&source.code, start + offset), message));
                    }
                }
            }
        }
    }
    findings
}

/// The closure whose name is the first argument of `effect`: where it stands in the code before that, and what it says.
fn named_closure<'a>(before: &'a str, effect: &str) -> Option<(usize, &'a str)> {
    let name = effect.split_once('(')?.1.split([',', ')']).next()?.trim();
    let start = before.rfind(&format!("let {name} = "))?;
    before.get(start..).map(|rest| (start, statement(rest)))
}

/// What is handed to `when_seen` is called after the next frame, and so by no effect.
fn happens_later(code: &str) -> Vec<Range<usize>> {
    let begins = positions(code, "when_seen", |c| c.is_alphanumeric() || c == '_');
    begins.map(|start| start..start + code.get(start..).map_or(0, |rest| call(rest).len())).collect()
}

/// Two widgets live on one page, and a third may come: nothing belongs to the module as a whole.
pub(super) fn module_state(project: &Project) -> Vec<Finding> {
    const HOLDERS: [&str; 7] =
        ["thread_local", "OnceLock", "OnceCell", "LazyLock", "LazyCell", "lazy_static", "static_mut_refs"];
    const CELLS: [&str; 12] = [
        "Mutex",
        "RwLock",
        "RefCell",
        "Cell",
        "AtomicBool",
        "AtomicU8",
        "AtomicU16",
        "AtomicU32",
        "AtomicU64",
        "AtomicUsize",
        "AtomicI32",
        "AtomicI64",
    ];
    const MESSAGE: &str = "module-level state: two widgets on one page would share it";
    let mut findings = Vec::new();
    // A panic ends the whole module, so whoever hears of it is the module's.
    let sources =
        project.within(&["src"]).filter(|source| source.is_rust() && source.path != "src/embed/crash.rs");
    for source in sources {
        for holder in HOLDERS {
            findings.extend(source.lines_with_word(holder).map(|line| Finding::new(source, line, MESSAGE)));
        }
        for start in positions(&source.code, "static", |c| c.is_alphanumeric() || c == '_' || c == '\'') {
            let item = source
                .code
                .get(start..)
                .and_then(|rest| rest.split([';', '=', '{']).next())
                .unwrap_or_default();
            if has_word(item, "mut") || CELLS.iter().any(|cell| has_word(item, cell)) {
                findings.push(Finding::new(source, line_of(&source.code, start), MESSAGE));
            }
        }
    }
    findings
}

/// A test that is skipped, or that passes for any panic, says nothing.
pub(super) fn honest_tests(project: &Project) -> Vec<Finding> {
    let mut findings = Vec::new();
    for source in project.sources.iter().filter(|source| source.is_rust()) {
        for attribute in ["#[ignore", "#[should_panic"] {
            for (start, _) in source.code.match_indices(attribute) {
                let message = format!("`{attribute}]`: make the test say what it expects, or take it out");
                findings.push(Finding::new(source, line_of(&source.code, start), message));
            }
        }
    }
    findings
}

/// From a name to the bracket that closes its call.
fn call(code: &str) -> &str {
    let mut depth = 0_usize;
    for (index, c) in code.char_indices() {
        match c {
            '(' => depth += 1,
            ')' if depth <= 1 => return code.get(..index).unwrap_or(code),
            ')' => depth -= 1,
            ';' if depth == 0 => return code.get(..index).unwrap_or(code),
            _ => {}
        }
    }
    code
}

/// From its beginning to the semicolon that ends it.
fn statement(code: &str) -> &str {
    let mut depth = 0_usize;
    for (index, c) in code.char_indices() {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            ';' if depth == 0 => return code.get(..index).unwrap_or(code),
            _ => {}
        }
    }
    code
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(check: super::super::Check, path: &str, text: &str) -> Vec<usize> {
        check(&Project::of(&[(path, text)])).into_iter().map(|finding| finding.line).collect()
    }

    #[test]
    fn html_and_style_strings_are_refused() {
        for bad in [
            "part(\"div\", \"reply-body\").prop(\"innerHTML\", &body)",
            "element.set_inner_html(&body);",
            "element(\"p\").attr(\"style\", \"color: red\")",
            "element(\"p\").attrs(&[(\"style\", css)])",
            "element(\"p\").live(\"style\", move || css.get())",
            "view! { <p style=\"color: red\"/> }",
        ] {
            assert_eq!(found(html_strings, "src/views/reply.rs", bad), [1], "{bad}");
        }
        for bad in
            ["node.innerHTML = text;", "node.setAttribute(\"style\", css);", "node.style.cssText = css;"]
        {
            assert_eq!(found(html_strings, "src/embed/embed.js", bad), [1], "{bad}");
        }
        for good in [
            "// never inner_html",
            "part(\"p\", \"reply-body\").attr(\"data-state\", \"style\")",
            "let style = 1;",
            "check(\"<p style='color: red'>\")",
            "let css_style=1;",
            "mod style;",
        ] {
            assert!(found(html_strings, "src/views/reply.rs", good).is_empty(), "{good}");
        }
    }

    #[test]
    fn effects_do_not_write() {
        for bad in [
            "Effect::new(move |_| {\n    store.dispatch(Event::WentOffline);\n});",
            "Effect::watch(a, move |_, _, _|\n all.update(|x| x.push(f(1))), false);",
            "RenderEffect::new(move |_|\n*all.write() = 1);",
            "let show = move |old| {\n store.tick(1);\n};\nRenderEffect::new_with_value(show, old)",
            "let show = move |old| { f(g(1));\n again.notify() };\nwhen_seen(f);\nRenderEffect::new(show)",
        ] {
            assert_eq!(found(effects, "src/views/list.rs", bad), [2], "{bad}");
        }
        for good in [
            "Effect::new(move |_| page.focus(id.get()));\nopen.set(true);",
            "fn f(e: Effect) { open.set(true) }",
            "let press = move |_| store.dispatch(f);\nlet show = move |_| 1;\nRenderEffect::new(show)",
            "let show = move |_| page::when_seen(move || again.notify());\nRenderEffect::new(show)",
        ] {
            assert!(found(effects, "src/views/list.rs", good).is_empty(), "{good}");
        }
    }

    #[test]
    fn state_of_the_module_is_refused() {
        for bad in [
            "static mut COUNT: u32 = 0;",
            "static CACHE: Mutex<Vec<u8>> = Mutex::new(vec![]);",
            "static NEXT: AtomicU32 = AtomicU32::new(0);",
            "thread_local! { static A: u8 = 0 }",
            "static PAGE: std::sync::OnceLock<u8> = OnceLock::new();",
        ] {
            assert!(!found(module_state, "src/store.rs", bad).is_empty(), "{bad}");
        }
        for good in [
            "static WORDS: [&str; 1] = [\"a\"];",
            "fn f(x: &'static mut Cell<u8>) {}",
            "let c = RefCell::new(1);",
        ] {
            assert!(found(module_state, "src/store.rs", good).is_empty(), "{good}");
        }
        assert!(found(module_state, "server/src/lib.rs", "static A: Mutex<u8> = x;").is_empty());
    }

    #[test]
    fn tests_that_do_not_count_are_refused() {
        assert_eq!(found(honest_tests, "server/tests/a.rs", "#[test]\n#[ignore]\nfn a() {}"), [2]);
        assert_eq!(found(honest_tests, "a.rs", "#[should_panic(expected = \"x\")]"), [1]);
        assert!(found(honest_tests, "a.rs", "// no #[ignore]").is_empty());
    }
}
