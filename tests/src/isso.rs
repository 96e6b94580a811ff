//! A real Isso with threads in it, served by gunicorn as its documentation says: a peer of the benches, and a system
//! that the bridge reads. Knows nothing of either.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::engine::{free_port, last_words, spawn, wait_for_port};
use crate::undertaker::Undertaker;

const FILL: &str = include_str!("isso_fill.py");

/// A running Isso, which ends when this is dropped.
pub struct Isso {
    /// Where it listens. Example: `127.0.0.1:4567`.
    pub address: String,
    child: Child,
}

impl Isso {
    /// Fills a new database and starts over it. `programs` is the folder with its `python` and `gunicorn`;
    /// `threads` is a list of objects with `uri` and `comments`, and those have Isso's own fields, times in seconds
    /// since 1970.
    pub async fn start(programs: &Path, undertaker: &Undertaker, threads: &Value) -> Result<Self, String> {
        let address = format!("127.0.0.1:{}", free_port()?);
        let folder = undertaker.folder().join(format!("isso-{}", address.replace(':', "-")));
        fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
        let (settings, file) = (folder.join("isso.cfg"), folder.join("threads.json"));
        let written = format!(
            "[general]\ndbpath = {}\nhost = http://{address}/\nnotify =\n[server]\nlisten = http://{address}\n\
             [guard]\nenabled = false\n",
            folder.join("isso.sqlite").display()
        );
        fs::write(&settings, written).map_err(|error| error.to_string())?;
        fs::write(&file, threads.to_string()).map_err(|error| error.to_string())?;
        let mut fill = Command::new(programs.join("python"));
        fill.args(["-c", FILL]).arg(&settings).arg(&file).stdin(Stdio::null());
        undertaker.mark(&mut fill);
        let filled = fill.output().map_err(|error| format!("{}: {error}", programs.display()))?;
        if !filled.status.success() {
            let said = String::from_utf8_lossy(&filled.stderr);
            return Err(format!("Isso's database could not be filled: {said}"));
        }
        let mut serve = Command::new(programs.join("gunicorn"));
        // Its manual says four workers without knowing the machine: here there is one for each core.
        let workers = std::thread::available_parallelism().map_or(2, usize::from);
        serve.args(["-b", &address, "-w", &workers.to_string(), "--preload", "isso.run"]);
        serve.env("ISSO_SETTINGS", &settings).current_dir(&folder);
        let log = folder.join("isso.log");
        let mut isso = Self { child: spawn(&mut serve, undertaker, &log)?, address };
        match wait_for_port(&isso.address, &mut isso.child).await {
            true => Ok(isso),
            false => Err(format!("Isso did not start: {}", last_words(&log))),
        }
    }
}

impl Drop for Isso {
    fn drop(&mut self) {
        // The undertaker ends its workers, should they survive it.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
