//! CONTRACT.md leaves nothing out.

use std::fs;

use afterword_contract::ProblemType;
use afterword_contract::schema::{Place, routes, schemas};
use serde_json::Value;

use crate::{folder, rewrite};

fn page() -> String {
    fs::read_to_string(folder().join("CONTRACT.md")).expect("CONTRACT.md is readable")
}

#[test]
fn the_page_tells_of_every_route() {
    let page = page();
    for route in routes() {
        let row = format!("| `{} {{api}}{}` | ", route.method, route.path);
        assert!(page.contains(&row), "no row {row}");
        let announced =
            format!("{row}{}", route.feature.map_or("required".into(), |name| format!("`{name}`")));
        assert!(page.contains(&announced), "{announced}");
        for parameter in route.parameters.iter().filter(|parameter| parameter.place != Place::Path) {
            assert!(page.contains(parameter.name), "{} is not explained", parameter.name);
        }
    }
}

#[test]
fn the_page_tells_of_every_problem_as_the_code_does() {
    let page = page();
    for kind in ProblemType::ALL {
        let name = kind.uri.strip_prefix("urn:afterword:problem:").expect("our prefix");
        let row = format!("| {} | `{name}` | {} |", kind.status, kind.meaning);
        assert!(page.contains(&row), "no row {row}");
    }
}

#[test]
fn the_page_tells_of_every_field() {
    let page = page();
    for (type_name, _, schema) in schemas() {
        let inner =
            schema.get("$defs").and_then(Value::as_object).into_iter().flatten().map(|(_, inner)| inner);
        for object in inner.chain([&schema]) {
            for name in object
                .get("properties")
                .and_then(Value::as_object)
                .into_iter()
                .flat_map(|fields| fields.keys())
            {
                assert!(page.contains(&format!("`{name}`")), "{type_name}: {name} is not explained");
            }
        }
    }
}

/// The JSON on the page, each with the name of its message: it stands at the end of the line that gets it.
fn examples(page: &str) -> Vec<(String, String)> {
    let (mut found, mut told) = (Vec::new(), None);
    for block in page.split("```").skip(1).step_by(2) {
        let (language, text) = block.split_once('\n').unwrap_or_default();
        match language {
            "sh" => {
                let claim = text.lines().last().and_then(|line| line.rsplit_once(" # "));
                told = claim.and_then(|claim| claim.1.split_once(' ')).map(|(_, name)| name.to_owned());
            }
            "json" => {
                let by_itself = if text.contains("\"replies\"") { "ThreadPage" } else { "Problem" };
                let name = told.take().unwrap_or_else(|| by_itself.to_owned());
                let is_problem = name.starts_with(char::is_lowercase);
                found.push((if is_problem { "Problem".to_owned() } else { name }, text.to_owned()));
            }
            "http" => {}
            _ => told = None,
        }
    }
    found
}

#[test]
fn the_examples_on_the_page_are_read() {
    let examples = examples(&page());
    for name in
        ["ThreadPage", "Guest", "Viewer", "Reply", "Reactions", "People", "History", "Counts", "Problem"]
    {
        assert!(examples.iter().any(|example| example.0 == name), "there is no {name} on the page");
    }
    for (type_name, example) in examples {
        let read = rewrite(&type_name, &example);
        assert!(read.is_ok(), "{example}: {read:?}");
    }
}
