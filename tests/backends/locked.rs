//! A thread that was locked as the READMEs say: what it takes no more is not offered either.

use afterword_tests::example::Example;
use libtest_mimic::Failed;
use serde_json::{Value, json};

use crate::World;
use crate::hostile::{JSON, exchange, post, request, signed_in, status};

/// Whoever wrote in it is offered to delete that, and nothing that would be refused.
pub(crate) fn offers_no_edits(world: &World, example: Example) -> Result<(), Failed> {
    let mut running = world.runtime.block_on(example.start(&world.undertaker))?;
    let token = signed_in(&running.address)?;
    let new = json!({ "thread": "t", "body": "The last word." });
    let reply = post(&running.address, "/replies", &token, &new).ok_or("no reply is taken")?;
    let id = reply["id"].as_str().unwrap_or_default().to_owned();
    let offered = |address: &str| -> Result<Value, Failed> {
        let answer = exchange(address, &request("GET", "/viewer?thread=t", &token, b""))?;
        let viewer: Value = serde_json::from_str(answer.split_once("\r\n\r\n").unwrap_or_default().1)?;
        Ok(json!([viewer["may"], viewer["replies"][&id]["may"]]))
    };
    let before = offered(&running.address)?;
    running.kill();
    running.lock("t")?;
    world.runtime.block_on(running.rise(&world.undertaker))?;
    let after = offered(&running.address)?;
    if (&before, &after) != (&json!([["reply", "react"], ["edit", "delete"]]), &json!([[], ["delete"]])) {
        return Err(format!("{before} is offered before the thread is locked, and {after} afterwards").into());
    }
    let edit = request(
        "PATCH",
        &format!("/replies/{id}"),
        &format!("{JSON}{token}If-Match: \"1\"\r\n"),
        br#"{"body":"The very last."}"#,
    );
    let answer = exchange(&running.address, &edit)?;
    if status(&answer) != 403 || !answer.contains("thread-locked") {
        return Err(format!("an edit in a locked thread was answered\n{answer}").into());
    }
    let answer = exchange(&running.address, &request("DELETE", &format!("/replies/{id}"), &token, b""))?;
    if status(&answer) == 200 { Ok(()) } else { Err(answer.into()) }
}
