//! What a folder of files can keep of the contract, and what it cannot because nobody computes anything.

use std::fs;
use std::path::PathBuf;

use afterword_conformance::Format;
use afterword_conformance::options::Options;
use afterword_conformance::run;
use afterword_tests::example::Example;
use afterword_tests::tools;
use libtest_mimic::Failed;

use crate::{World, all_green, ask, left_out, told, wrong};

fn folder() -> PathBuf {
    tools::workspace().join("examples/backends/static/threads")
}

/// The names of what lies in `threads`, such as `plums.json` and `plums`.
fn threads() -> Result<Vec<String>, Failed> {
    let folder = folder();
    let entries = fs::read_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut names: Vec<_> =
        entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    Ok(names)
}

/// As `data-src` names them.
pub(crate) fn each_is_a_thread(world: &World, example: Example) -> Result<(), Failed> {
    world.runtime.block_on(async {
        let server = example.start(&world.undertaker).await?;
        let files: Vec<_> = threads()?.into_iter().filter(|name| name.ends_with(".json")).collect();
        for file in &files {
            let both =
                [file.clone(), file.replace(".json", "/replies")].map(|name| fs::read(folder().join(name)));
            if !matches!(&both, [Ok(file), Ok(replies)] if file == replies) {
                return Err(format!("{file} and the file `replies` beside it are not the same").into());
            }
            all_green(file, &ask(&format!("{}/threads/{file}", server.origin)).await?)?;
        }
        if files.len() < 2 { Err("there are no files".into()) } else { Ok(()) }
    })
}

/// As `data-api` names them: a file called `replies` answers whatever is asked, so questions about other threads,
/// and questions that are to be refused, are answered with the thread as well. That, and nothing else, is wrong.
pub(crate) fn a_folder_is_an_api(world: &World, example: Example) -> Result<(), Failed> {
    world.runtime.block_on(async {
        let server = example.start(&world.undertaker).await?;
        let url = format!("{}/threads/plums", server.origin);
        let only = vec!["read".to_owned(), "paging".to_owned()];
        let report = run(&Options { thread: Some("plums".to_owned()), only, ..Options::of(&url) }).await;
        let report = report.map_err(|why| format!("{url} cannot be asked: {why}"))?;
        told("threads/plums", &report);
        let expected = ["read.unknown-thread", "read.thread-missing", "read.thread-id"];
        if wrong(&report) != expected {
            return Err(report.write(Format::Text).into());
        }
        let read: Vec<_> = left_out(&report).into_iter().filter(|name| name.starts_with("read.")).collect();
        if read != ["read.bodies"] { Err(report.write(Format::Text).into()) } else { Ok(()) }
    })
}
