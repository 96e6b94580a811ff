//! Buries what a run leaves behind: browsers, drivers, X servers and profiles, however the run ends.
//!
//! A shell waits for the end of its input, which the system closes when this process is gone, be it by
//! `exit`, a panic, Ctrl-C or `kill -9`. It then ends every process that carries this run's mark in its
//! environment, and nothing else, and removes the run's folder.

use std::io;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{SystemTime, UNIX_EPOCH};

const MARK: &str = "AFTERWORD_TEST_RUN";

const RITE: &str = r#"
cat >/dev/null
marked() { grep -lsxz "$1" /proc/[0-9]*/environ | cut -d/ -f3; }
for signal in TERM KILL; do
  for wait in 1 2 3 4 5 6 7 8 9 10; do
    pids=$(marked "$1")
    test -z "$pids" && break 2
    test $wait = 1 && kill -$signal $pids 2>/dev/null
    sleep 0.1
  done
done
rm -rf "$2"
"#;

/// One run's mark and folder. Dropping it ends what carries the mark, and waits for that.
pub struct Undertaker {
    mark: String,
    folder: PathBuf,
    shell: Child,
}

impl Undertaker {
    /// Begins to watch over this process.
    pub fn hired() -> io::Result<Self> {
        let moment = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos();
        let mark = format!("{}-{moment}", std::process::id());
        let folder = std::env::temp_dir().join(format!("afterword-tests-{mark}"));
        std::fs::create_dir_all(&folder)?;
        // A group of its own, so that Ctrl-C in a terminal does not end the undertaker first.
        let shell = Command::new("sh")
            .args(["-c", RITE, "undertaker", &format!("{MARK}={mark}")])
            .arg(&folder)
            .stdin(Stdio::piped())
            .process_group(0)
            .spawn()?;
        Ok(Self { mark, folder, shell })
    }

    /// Marks a command, so that the process and all its children end with this run.
    pub fn mark(&self, command: &mut Command) {
        command.env(MARK, &self.mark).process_group(0);
    }

    /// A folder for profiles, sockets and logs, gone when the run is.
    pub fn folder(&self) -> &Path {
        &self.folder
    }
}

impl Drop for Undertaker {
    fn drop(&mut self) {
        drop(self.shell.stdin.take());
        let _ = self.shell.wait();
    }
}
