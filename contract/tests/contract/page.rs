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
fn the_page_tells_of_every_route_and_shows_a_call_of_it() {
    let page = page();
    for route in routes() {
        let row = format!("| `{} {{api}}{}` | ", route.method, route.path);
        assert!(page.contains(&row), "no row {row}");
        let announced =
            format!("{row}{}", route.feature.map_or("required".into(), |name| format!("`{name}`")));
        assert!(page.contains(&announced), "{announced}");
        let below = route.path.replace("{id}", "tarnay-").replace("{tag}", "like");
        let last = below.rsplit("tarnay-").next().unwrap_or_default();
        let called = page.split("```").filter(|block| block.starts_with("sh")).any(|block| {
            block.split("curl ").any(|call| {
                let method = if route.method == "GET" {
                    !call.contains("-X ")
                } else {
                    call.contains(&format!("-X {} ", route.method))
                };
                method && call.contains("$API/") && call.contains(last)
            })
        });
        assert!(called, "no curl line for {}", route.name());
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

#[test]
fn the_examples_on_the_page_are_read() {
    let page = page();
    let examples: Vec<&str> =
        page.split("```json\n").skip(1).map(|rest| rest.split("```").next().unwrap_or_default()).collect();
    assert_eq!(examples.len(), 3);
    for example in examples {
        let type_name = if example.contains("\"replies\"") { "ThreadPage" } else { "Problem" };
        let read = rewrite(type_name, example);
        assert!(read.is_ok(), "{example}: {read:?}");
    }
}
