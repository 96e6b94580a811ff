//! What programs find at `<after-word>`: each property and method stands in the types and in the description for editors,
//! and nothing stands there that is gone.
//!
//! Read are the members of the class in `embed.js`, what is given to its prototype, and the lists of attributes, each
//! of which is a property. Knows nothing of their types.

use std::collections::BTreeMap;

use serde_json::Value;

use super::source::{Source, line_of};
use super::surface::{ATTRIBUTE_LISTS, MANIFEST, SCRIPT, array};
use super::{Finding, Project};

const TYPES: &str = "src/embed/afterword.d.ts";
const CLASS: &str = "class AfterWord extends HTMLElement {";
const INTERFACE: &str = "export interface AfterWordElement extends HTMLElement {";
const PROTOTYPE: &str = "AfterWord.prototype.";

/// What every element has: an attribute that the class need not make a property, and methods that are typed anew.
const OF_EVERY_ELEMENT: [&str; 4] = ["lang", "dir", "addEventListener", "removeEventListener"];

/// Names, each with where it stands.
type Names = BTreeMap<String, usize>;

/// The three say the same.
pub(super) fn members(project: &Project) -> Vec<Finding> {
    let find = |path| project.sources.iter().find(|source| source.path == path);
    let Some(script) = find(SCRIPT) else { return Vec::new() };
    let Some(members) = of_script(script) else {
        return vec![Finding::new(
            script,
            0,
            format!("its members are no longer found: there is no `{CLASS}`"),
        )];
    };
    let mut findings = Vec::new();
    for (path, listed) in [(TYPES, of_types as fn(&Source) -> Option<Names>), (MANIFEST, of_manifest)] {
        let Some(source) = find(path) else { continue };
        let Some(listed) = listed(source) else {
            findings.push(Finding::new(source, 0, "the members of <after-word> are no longer found here"));
            continue;
        };
        for (name, place) in members.iter().filter(|(name, _)| !listed.contains_key(*name)) {
            let message = format!("`{name}` of <after-word> is missing in {path}");
            findings.push(Finding::new(script, line_of(&script.text, *place), message));
        }
        for (name, place) in listed.iter().filter(|(name, _)| !members.contains_key(*name)) {
            let message = format!("`{name}` is no property and no method of <after-word>");
            findings.push(Finding::new(source, line_of(&source.text, *place), message));
        }
    }
    findings
}

/// What the script gives its element.
fn of_script(script: &Source) -> Option<Names> {
    let mut names = declared(&script.code, CLASS)?;
    names.retain(|name, _| !name.ends_with("Callback"));
    for (start, _) in script.code.match_indices(PROTOTYPE) {
        let start = start + PROTOTYPE.len();
        let (name, rest) = leading_name(script.code.get(start..)?);
        if rest.starts_with(" = ") {
            names.insert(name.to_owned(), start);
        }
    }
    let attributes = ATTRIBUTE_LISTS.iter().filter_map(|list| array(script, list)).flatten();
    names.extend(attributes.map(|attribute| (camel(&attribute), 0)));
    names.retain(|name, _| !OF_EVERY_ELEMENT.contains(&name.as_str()));
    Some(names)
}

fn of_types(types: &Source) -> Option<Names> {
    let mut names = declared(&types.code, INTERFACE)?;
    names.retain(|name, _| !OF_EVERY_ELEMENT.contains(&name.as_str()));
    Some(names)
}

fn of_manifest(manifest: &Source) -> Option<Names> {
    let all: Value = serde_json::from_str(&manifest.text).ok()?;
    let members = all.pointer("/modules/0/declarations/0/members")?.as_array()?;
    let names = members.iter().filter_map(|member| member.get("name")?.as_str());
    Some(names.map(|name| (name.to_owned(), 0)).collect())
}

/// What is declared at the beginning of a line right inside the brackets that `opening` ends with: `name(`, `name:`,
/// `get name(`. Private and static members have other beginnings.
fn declared(code: &str, opening: &str) -> Option<Names> {
    let begin = code.find(opening)? + opening.len();
    let mut names = Names::new();
    let (mut depth, mut place) = (1_usize, begin);
    for line in code.get(begin..)?.split_inclusive('\n') {
        if depth == 1 {
            let text = ["get ", "set ", "readonly ", "async "]
                .iter()
                .fold(line.trim_start(), |text, word| text.strip_prefix(word).unwrap_or(text));
            let (name, rest) = leading_name(text);
            if !name.is_empty() && rest.starts_with(['(', ':', '?', '<']) {
                names.insert(name.to_owned(), place);
            }
        }
        for character in line.chars() {
            match character {
                '(' | '{' => depth += 1,
                ')' | '}' => depth = depth.saturating_sub(1),
                _ => {}
            }
        }
        if depth == 0 {
            break;
        }
        place += line.len();
    }
    Some(names)
}

/// The name with which a text begins, and what follows it.
fn leading_name(text: &str) -> (&str, &str) {
    text.split_at(text.find(|c: char| !c.is_alphanumeric()).unwrap_or(text.len()))
}

/// `page-size` to `pageSize`, as `embed.js` does it.
fn camel(name: &str) -> String {
    let mut words = name.split('-');
    let mut camel = words.next().unwrap_or_default().to_owned();
    for word in words {
        let mut letters = word.chars();
        camel.extend(letters.next().map(|letter| letter.to_ascii_uppercase()));
        camel += letters.as_str();
    }
    camel
}

#[cfg(test)]
mod tests {
    use super::*;

    const EMBED: (&str, &str) = (
        SCRIPT,
        "const FOR_MODULE = [\"api\", \"page-size\", \"lang\"];\nconst FOR_LOADER = [];\n\
         class AfterWord extends HTMLElement {\n  static assets = assets;\n  #it = begin(this);\n\
         get ready() {\n    if (x) {\n  again(1) }\n  }\n  goTo(number) {\n  }\n  connectedCallback() {\n  }\n}\n\
         AfterWord.prototype.getToken = null;\nother(name in AfterWord.prototype);",
    );
    const TYPED: (&str, &str) = (
        TYPES,
        "export interface AfterWordElement extends HTMLElement {\n  api: string | null;\n\
         get pageSize(): string | null;\n  set pageSize(value: string);\n  /** gone: */\n\
         getToken: ((refused?: string) => string) | null;\n  readonly ready: Promise<void>;\n\
         goTo(number: number): void;\n  addEventListener<K>(\n    type: K,\n    options?: boolean,\n  ): void;\n}\n\
         interface Other {\n  other: string;\n}",
    );

    fn listed(names: &[&str]) -> String {
        let members: Vec<Value> = names.iter().map(|name| serde_json::json!({ "name": name })).collect();
        serde_json::json!({ "modules": [{ "declarations": [{ "members": members }] }] }).to_string()
    }

    fn messages(files: &[(&str, &str)]) -> Vec<String> {
        members(&Project::of(files)).into_iter().map(|finding| finding.to_string()).collect()
    }

    #[test]
    fn an_element_that_is_told_in_full_is_fine() {
        let manifest = listed(&["api", "pageSize", "ready", "goTo", "getToken"]);
        assert_eq!(messages(&[EMBED, TYPED, (MANIFEST, &manifest)]), Vec::<String>::new());
    }

    #[test]
    fn what_is_missing_or_gone_is_named() {
        let manifest = listed(&["api", "ready", "goTo", "gone"]);
        let types = TYPED.1.replace("  readonly ready", "  readonly since");
        assert_eq!(
            messages(&[EMBED, (TYPES, &types), (MANIFEST, &manifest)]),
            [
                format!("{SCRIPT}:6: `ready` of <after-word> is missing in {TYPES}"),
                format!("{TYPES}:7: `since` is no property and no method of <after-word>"),
                format!("{SCRIPT}:15: `getToken` of <after-word> is missing in {MANIFEST}"),
                format!("{SCRIPT}:1: `pageSize` of <after-word> is missing in {MANIFEST}"),
                format!("{MANIFEST}:1: `gone` is no property and no method of <after-word>"),
            ]
        );
    }

    #[test]
    fn members_that_can_no_longer_be_found_are_noticed() {
        assert_eq!(messages(&[(SCRIPT, "class Other {}"), TYPED]).len(), 1);
        assert_eq!(messages(&[EMBED, (TYPES, "interface Other {}"), (MANIFEST, "{}")]).len(), 2);
    }
}
