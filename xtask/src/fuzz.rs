//! `cargo xtask fuzz`: the reference server is asked everything that its OpenAPI document allows, and what it forbids,
//! and every answer is held against the document. What is asked is told in `server/fuzz`.
//!
//! It is asked twice, as a moderator and as a member. Before that, a document that says other things than the server
//! does has to be found out: else silence would mean nothing.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::cli::FuzzOptions;
use crate::failure::{Failure, file_error};
use crate::process::{Console, Running};
use crate::tools;
use crate::workspace::{Workspace, cargo, read, write};

/// Signed with the secret of `server/fuzz/server.toml`: `{"sub":"fuzz-moderator","name":"Mo Derator",
/// "role":"moderator","exp":4102444800}`.
const MODERATOR: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.\
    eyJzdWIiOiJmdXp6LW1vZGVyYXRvciIsIm5hbWUiOiJNbyBEZXJhdG9yIiwicm9sZSI6Im1vZGVyYXRvciIsImV4cCI6NDEwMjQ0NDgwMH0.\
    Wk7WZe7G2B8sKn2-stFupzFbpBc0BKUbpC5qFCo6Qt8";
/// The same for `{"sub":"fuzz-member","name":"Ada Fuzz","exp":4102444800}`.
const MEMBER: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.\
    eyJzdWIiOiJmdXp6LW1lbWJlciIsIm5hbWUiOiJBZGEgRnV6eiIsImV4cCI6NDEwMjQ0NDgwMH0.\
    gSLV2zV60tjPN-jnywasZiW4wlcpz3Rk3TT0CjM1vVg";

/// The thread that the fixtures ask for: examples are answered by what they name.
const THREAD: &str = "contract/fixtures/threads/lighthouse.json";

/// Asks a server of its own, twice.
pub(crate) fn run(workspace: &Workspace, console: &Console, options: &FuzzOptions) -> Result<(), Failure> {
    let fuzzer = tools::ensure_schemathesis(workspace, console)?;
    let server = build(workspace, console)?;
    let folder = workspace.target.join("fuzz");
    std::fs::create_dir_all(&folder).map_err(|error| file_error("create", &folder, &error))?;

    let faulty = folder.join("faulty.json");
    write(&faulty, faulty_document(&read(&workspace.root.join("contract/openapi.json"))?)?.to_string())?;
    let fuzzed = Fuzzed::start(workspace, console, &server, &folder)?;
    let mut ask = fuzzed.command(&fuzzer, workspace, MODERATOR);
    ask.arg(&faulty).args(["--url", &format!("{}/api", fuzzed.address), "--phases", "examples,coverage"]);
    ask.args([
        "--seed",
        "1",
        "--max-examples",
        "5",
        "--include-operation-id-regex",
        "^(getCounts|getViewer|getPeople)$",
    ]);
    found_out(&mut ask)?;
    console.say("  A document that says other things than the server does is found out");

    for (who, token) in [("a moderator", MODERATOR), ("a member", MEMBER)] {
        let fuzzed = Fuzzed::start(workspace, console, &server, &folder)?;
        let mut ask = fuzzed.command(&fuzzer, workspace, token);
        ask.arg(format!("{}/openapi.json", fuzzed.address));
        ask.args(["--seed", &options.seed.to_string()]);
        match options.seconds {
            // Each time the same questions, which took about 30 seconds on two cores.
            None => ask.args(["--max-examples", "50"]),
            Some(seconds) => ask.args(["--max-time", &seconds.to_string()]),
        };
        console.step(
            &format!("Fuzzing the reference server as {who}"),
            &mut ask,
            "The server and its OpenAPI document do not say the same; what was asked and answered stands above.",
        )?;
    }
    Ok(())
}

fn build(workspace: &Workspace, console: &Console) -> Result<PathBuf, Failure> {
    console.step(
        "Building the reference server",
        Command::new(cargo()).args(["build", "--package", "afterword-server"]).current_dir(&workspace.root),
        "The server could not be built.",
    )?;
    Ok(workspace.target.join("debug").join(format!("afterword-server{}", std::env::consts::EXE_SUFFIX)))
}

/// A server with a thread in a database of its own, until it is dropped.
struct Fuzzed {
    /// Without a slash at its end.
    address: String,
    _running: Running,
}

impl Fuzzed {
    fn start(
        workspace: &Workspace,
        console: &Console,
        server: &Path,
        folder: &Path,
    ) -> Result<Self, Failure> {
        let database = folder.join("threads.sqlite");
        for suffix in ["", "-wal", "-shm"] {
            let file = folder.join(format!("threads.sqlite{suffix}"));
            match std::fs::remove_file(&file) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(file_error("remove", &file, &error));
                }
                _ => {}
            }
        }
        let mut import = Command::new(server);
        import.arg("import").arg(workspace.root.join(THREAD)).arg("--database").arg(&database);
        console.step("Importing a thread", &mut import, "The thread could not be imported.")?;
        let mut serve = Command::new(server);
        serve.args(["serve", "--listen", "127.0.0.1:0", "--log", "error", "--database"]).arg(&database);
        serve.arg("--config").arg(workspace.root.join("server/fuzz/server.toml")).stdout(Stdio::piped());
        let mut running = Running::start_single(&mut serve)?;
        let mut line = String::new();
        // The line comes, or the end of a server that could not start.
        if let Some(said) = running.stdout() {
            BufReader::new(said).read_line(&mut line).map_err(|error| {
                Failure::new(format!("The server does not say where it listens: {error}."))
            })?;
        }
        let address = line.trim().strip_prefix("Listening on ").ok_or_else(|| {
            Failure::new("The server did not start: its last words, which stand above, say what to do.")
        })?;
        Ok(Self { address: address.to_owned(), _running: running })
    }

    /// The fuzzer with its configuration, in a folder where nothing else configures it.
    fn command(&self, fuzzer: &Path, workspace: &Workspace, token: &str) -> Command {
        let mut command = Command::new(fuzzer);
        command.arg("--config-file").arg(workspace.root.join("server/fuzz/schemathesis.toml"));
        command.args(["run", "--no-color"]).env("AFTERWORD_TOKEN", token);
        command.env("AFTERWORD_FUZZ", workspace.root.join("server/fuzz"));
        command.current_dir(workspace.target.join("fuzz"));
        command
    }
}

/// What the fuzzer calls each fault that it has to find in [`faulty_document`].
const FINDINGS: &[&str] = &[
    "Undocumented status code",
    "Undocumented Content-Type",
    "Response violates schema",
    "Response header does not conform to the schema",
    "API accepts requests without authentication",
    "Schema-violating request accepted",
];

/// The contract with faults in it: as if the server had each of them.
fn faulty_document(contract: &str) -> Result<Value, Failure> {
    let mut document: Value = serde_json::from_str(contract)
        .map_err(|error| Failure::new(format!("contract/openapi.json is no JSON: {error}.")))?;
    for (place, fault) in [
        // Totals are texts.
        ("/components/schemas/Counts/additionalProperties", json!({ "type": "string" })),
        // A tag has another form.
        ("/components/headers/ETag/schema/pattern", json!("^never$")),
        // Counting wants a token.
        ("/paths/~1counts/get/security", json!([{ "token": [] }])),
        // Whoever is looking gets an answer, but a different one.
        ("/paths/~1viewer/get/responses", json!({ "204": { "description": "Nothing" } })),
        // People come as a text, and are asked for by a number.
        ("/paths/~1people/get/responses/200/content", json!({ "text/plain": {} })),
        ("/paths/~1people/get/parameters/1/schema", json!({ "type": "integer" })),
    ] {
        let known = document.pointer_mut(place);
        *known.ok_or_else(|| Failure::new(format!("contract/openapi.json has no {place}.")))? = fault;
    }
    Ok(document)
}

/// Runs the fuzzer, which has to fail and to name every one of [`FINDINGS`].
fn found_out(ask: &mut Command) -> Result<(), Failure> {
    let output = ask
        .stdin(Stdio::null())
        .output()
        .map_err(|error| Failure::new(format!("schemathesis could not be started: {error}.")))?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let missing: Vec<&str> = FINDINGS.iter().copied().filter(|finding| !said.contains(finding)).collect();
    if output.status.code() == Some(1) && missing.is_empty() {
        return Ok(());
    }
    let sentence = format!("The fuzzer does not find what is wrong on purpose: {}.", missing.join(", "));
    Err(Failure::new(sentence).with_output(said))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_changes_the_document() {
        let contract = Path::new(env!("CARGO_MANIFEST_DIR")).join("../contract/openapi.json");
        let contract = std::fs::read_to_string(contract).unwrap();
        let faulty = faulty_document(&contract).unwrap();
        let sound: Value = serde_json::from_str(&contract).unwrap();
        for place in ["/components/headers/ETag", "/paths/~1counts/get/security", "/paths/~1people/get"] {
            assert_ne!(faulty.pointer(place), sound.pointer(place), "{place}");
        }
        assert!(faulty_document("{}").is_err(), "a fault that changes nothing is none");
    }
}
