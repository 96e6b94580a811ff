//! `cargo xtask lint`: the OpenAPI document, held against redocly's strictest rules: a document can equal the types and still be one that
//! other people's tools stumble over. The rules that are ours to choose stand in `contract/redocly.yaml`.

use std::path::Path;
use std::process::Command;

use crate::failure::Failure;
use crate::process::{Console, answer};
use crate::tools::Node;
use crate::workspace::{Workspace, read, write};

/// Lints `contract/openapi.json`, once it is known that a fault would be found.
pub(crate) fn run(workspace: &Workspace, console: &Console) -> Result<(), Failure> {
    let node = Node::ensure(workspace, console)?.ok_or_else(|| {
        Failure::new(
            "npm is missing, and with it the linter: install Node.js, then run the same command again.",
        )
    })?;
    let document = workspace.root.join("contract").join("openapi.json");
    // A response without a description, a reference that leads nowhere.
    let faulty = read(&document)?.replace("\"description\": \"The page\"", "\"descriptions\": \"The page\"");
    let faulty = faulty.replace("#/components/schemas/Viewer\"", "#/components/schemas/Nobody\"");
    let spoiled = workspace.target.join("faulty-openapi.json");
    write(&spoiled, faulty)?;
    if answer(&mut lint(workspace, &node, &spoiled)).is_some() {
        return Err(Failure::new("The linter finds nothing in a document that is wrong on purpose."));
    }
    console.step(
        "Linting contract/openapi.json",
        &mut lint(workspace, &node, &document),
        "The OpenAPI document breaks a rule; what stands above says which, and where.",
    )
}

fn lint(workspace: &Workspace, node: &Node, document: &Path) -> Command {
    let mut lint = Command::new(node.redocly());
    lint.args(["lint", "--format", "stylish", "--config"]);
    lint.arg(workspace.root.join("contract").join("redocly.yaml")).arg(document);
    // It would tell its makers, and look for a newer version of itself.
    lint.env("REDOCLY_TELEMETRY", "off").env("REDOCLY_SUPPRESS_UPDATE_NOTICE", "true");
    lint.current_dir(&workspace.root);
    lint
}
