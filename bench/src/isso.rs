//! A real Isso, with the same threads in it, served by gunicorn as its documentation says.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use afterword_bench::thread::{Said, name, said};
use afterword_tests::undertaker::Undertaker;
use serde_json::{Value, json};

use crate::host::thread_id;

const PATIENCE: Duration = Duration::from_secs(30);
const FILL: &str = include_str!("isso_fill.py");

/// A running Isso, which ends when this is dropped.
pub(crate) struct Isso {
    /// Where it listens. Example: `127.0.0.1:4567`.
    pub(crate) address: String,
    child: Child,
}

impl Isso {
    /// Fills a new database and starts over it. `programs` is the folder with its Python and `gunicorn`.
    pub(crate) fn start(programs: &Path, undertaker: &Undertaker, sizes: &[u32]) -> Result<Self, String> {
        let folder = undertaker.folder().join("isso");
        fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
        let (settings, threads) = (folder.join("isso.cfg"), folder.join("threads.json"));
        let address = format!("127.0.0.1:{}", afterword_tests::engine::free_port()?);
        let written = format!(
            "[general]\ndbpath = {}\nhost = http://{address}/\nnotify =\n[server]\nlisten = http://{address}\n\
             [guard]\nenabled = false\n",
            folder.join("isso.sqlite").display()
        );
        fs::write(&settings, written).map_err(|error| error.to_string())?;
        let all: Vec<_> = sizes.iter().map(|total| dump(*total)).collect();
        fs::write(&threads, Value::from(all).to_string()).map_err(|error| error.to_string())?;
        let log = fs::File::create(folder.join("isso.log")).map_err(|error| error.to_string())?;
        let copy = || log.try_clone().map_err(|error| error.to_string());
        let mut fill = Command::new(programs.join("python"));
        fill.args(["-c", FILL]).arg(&settings).arg(&threads);
        undertaker.mark(&mut fill);
        let filled = fill.stdin(Stdio::null()).stdout(copy()?).stderr(copy()?).status();
        if !filled.is_ok_and(|status| status.success()) {
            let said = fs::read_to_string(folder.join("isso.log")).unwrap_or_default();
            return Err(format!("Isso's database could not be filled: {said}"));
        }
        let mut serve = Command::new(programs.join("gunicorn"));
        // Its manual says four workers without knowing the machine: here there is one for each core.
        let workers = std::thread::available_parallelism().map_or(2, usize::from);
        serve.args(["-b", &address, "-w", &workers.to_string(), "--preload", "isso.run"]);
        serve.env("ISSO_SETTINGS", &settings).current_dir(&folder);
        undertaker.mark(&mut serve);
        let child = serve.stdin(Stdio::null()).stdout(copy()?).stderr(log).spawn();
        let mut isso = Self { address, child: child.map_err(|error| format!("gunicorn: {error}"))? };
        let deadline = Instant::now() + PATIENCE;
        while std::net::TcpStream::connect(&isso.address).is_err() {
            if Instant::now() > deadline || !matches!(isso.child.try_wait(), Ok(None)) {
                let said = fs::read_to_string(folder.join("isso.log")).unwrap_or_default();
                return Err(format!("Isso did not start: {said}"));
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(isso)
    }
}

impl Drop for Isso {
    fn drop(&mut self) {
        // The undertaker ends its workers, should they survive it.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A thread as `isso_fill.py` reads it; times are in seconds since 1970.
fn dump(total: u32) -> Value {
    let comment = |said: &Said| json!({ "author": name(said.author), "created": said.published() / 1000, "text": said.markdown() });
    let comments: Vec<_> = said(total).iter().map(comment).collect();
    json!({ "uri": format!("/{}", thread_id(total)), "comments": comments })
}
