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

/// A running Isso, which ends when this is dropped.
pub(crate) struct Isso {
    /// Where it listens. Example: `127.0.0.1:4567`.
    pub(crate) address: String,
    child: Child,
}

impl Isso {
    /// Fills a new database and starts over it. `programs` is the folder with `isso` and `gunicorn`; `origin` the
    /// page's, as far as it is known.
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
        let mut import = Command::new(programs.join("isso"));
        import.arg("-c").arg(&settings).args(["import", "-t", "generic"]).arg(&threads);
        undertaker.mark(&mut import);
        let imported = import.stdin(Stdio::null()).stdout(copy()?).stderr(copy()?).status();
        if !imported.is_ok_and(|status| status.success()) {
            let said = fs::read_to_string(folder.join("isso.log")).unwrap_or_default();
            return Err(format!("Isso could not import the threads: {said}"));
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

/// A thread as Isso imports it.
fn dump(total: u32) -> Value {
    let comments: Vec<_> = said(total).iter().map(comment).collect();
    json!({ "id": format!("/{}", thread_id(total)), "title": "Article", "comments": comments })
}

fn comment(said: &Said) -> Value {
    // One a minute from 22:13:20 on the 14th of November 2023, as everywhere.
    let seconds = said.published() / 1000;
    let (day, second) = ((seconds - 1_699_920_000) / 86_400, seconds % 86_400);
    let created =
        format!("2023-11-{:02} {:02}:{:02}:{:02}", 14 + day, second / 3600, second / 60 % 60, second % 60);
    json!({
        "id": said.number, "author": name(said.author), "email": null, "website": null,
        "remote_addr": "127.0.0.1", "created": created, "text": said.markdown(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_as_isso_reads_them() {
        let last = dump(10_000)["comments"][9_999]["created"].clone();
        assert_eq!(dump(1)["comments"][0]["created"], "2023-11-14 22:14:20");
        assert_eq!(last, "2023-11-21 20:53:20");
    }
}
