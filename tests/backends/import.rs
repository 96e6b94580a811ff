//! What the Python example takes in from files: people whose names are theirs, and threads that are whole.

use std::path::Path;

use afterword_tests::example::Example;
use afterword_tests::tools;
use libtest_mimic::Failed;
use serde_json::json;

use crate::World;
use crate::hostile::{JSON, exchange, request, status};

/// A guest's name does not look like that of somebody who was imported.
pub(crate) fn no_guest_is_a_member(world: &World, example: Example) -> Result<(), Failed> {
    let threads = world.undertaker.folder().join("members.json");
    let author = json!({ "id": "u1", "name": "Jos\u{e9} Brandt", "role": "moderator" });
    let page = json!({ "thread": { "id": "t" }, "replies": [{ "author": author, "body": "Mine." }] });
    std::fs::write(&threads, page.to_string())?;
    let running = world.runtime.block_on(example.start_with(&world.undertaker, Some(&threads)))?;
    for (name, expected) in [
        ("Jos\u{e9} Brandt", 422),
        ("JOSE\u{301} brandt", 422),
        ("Jos\u{e9}  Brandt", 422),
        ("\u{ff2a}os\u{e9} Brandt", 422),
        ("Jos\u{e9} Brandt\u{3164}", 422),
        ("\u{2800}\u{3164}", 422),
        ("Jose Brandt", 201),
        ("\u{68ee} \u{3086}\u{304d}", 201),
    ] {
        let body = json!({ "name": name }).to_string();
        let answer = exchange(&running.address, &request("POST", "/guests", JSON, body.as_bytes()))?;
        if status(&answer) != expected {
            return Err(format!("{name:?} has to be answered {expected}, and was answered\n{answer}").into());
        }
    }
    Ok(())
}

/// A file that the database refuses is told of in a sentence.
pub(crate) fn whole_or_not(world: &World, example: Example) -> Result<(), Failed> {
    let plums = tools::workspace().join("examples/backends/static/threads/plums.json");
    let twice = world.undertaker.folder().join("twice.json");
    let text = std::fs::read_to_string(&plums)?;
    let again = text.replacen(r#""id": "plums""#, r#""id": "again""#, 1);
    std::fs::write(&twice, format!("{text}{again}"))?;
    let import =
        |threads: &Path| world.runtime.block_on(example.start_with(&world.undertaker, Some(threads)));
    let _ = import(&plums)?;
    match import(&twice) {
        Err(why) if why.contains("was not imported") && !why.contains("Traceback") => Ok(()),
        Err(why) => Err(why.into()),
        Ok(_) => Err("replies with the same ids were imported twice".into()),
    }
}
