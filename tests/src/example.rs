//! The backends of `examples/backends`, each started as its README says: a real process over a new folder, on a
//! free port of loopback. Knows how each is started, and nothing of what it answers.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::engine::{free_port, last_words, spawn, wait_for_port};
use crate::tools;
use crate::undertaker::Undertaker;

/// A backend in another language than the reference server's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Example {
    /// `http.server` and `sqlite3`.
    Python,
    /// `node:http` and a journal of its own.
    Node,
    /// PHP's own server, with workers, and PDO SQLite.
    Php,
    /// A folder of files behind a file server.
    Static,
}

impl Example {
    /// In the order in which they are asked.
    pub const ALL: [Self; 4] = [Self::Python, Self::Node, Self::Php, Self::Static];

    /// What it is called in reports, and its folder in `examples/backends`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Python => "python",
            Self::Node => "node",
            Self::Php => "php",
            Self::Static => "static",
        }
    }

    /// The file that is started, from the repository's root.
    pub fn source(self) -> &'static str {
        match self {
            Self::Python => "examples/backends/python/afterword.py",
            Self::Node => "examples/backends/node/afterword.mjs",
            Self::Php => "examples/backends/php/afterword.php",
            Self::Static => "examples/backends/static/serve.py",
        }
    }

    /// Starts it, without limits on how often somebody may write, and waits until it listens.
    pub async fn start(self, undertaker: &Undertaker) -> Result<Running, String> {
        self.start_in(undertaker, None, Room::Plenty).await
    }

    /// The same over a database with the threads of a file.
    pub async fn start_with(
        self,
        undertaker: &Undertaker,
        threads: Option<&Path>,
    ) -> Result<Running, String> {
        self.start_in(undertaker, threads, Room::Plenty).await
    }

    /// The same on a disk that is soon full.
    pub async fn start_cramped(self, undertaker: &Undertaker) -> Result<Running, String> {
        self.start_in(undertaker, None, Room::Little).await
    }

    async fn start_in(
        self,
        undertaker: &Undertaker,
        threads: Option<&Path>,
        room: Room,
    ) -> Result<Running, String> {
        let address = format!("127.0.0.1:{}", free_port()?);
        let folder = undertaker.folder().join(format!("{}-{}", self.name(), address.replace(':', "-")));
        std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        if let Some(threads) = threads {
            self.import(undertaker, &folder, threads)?;
        }
        let child = self.launch(undertaker, &address, &folder, room).await?;
        Ok(Running { example: self, origin: format!("http://{address}"), address, folder, child })
    }

    /// Puts the threads of a file into the database before anybody listens.
    fn import(self, undertaker: &Undertaker, folder: &Path, threads: &Path) -> Result<(), String> {
        let mut import = match self {
            Self::Python => Command::new(tools::python()?),
            Self::Node | Self::Php => return Err("it takes no threads from elsewhere".to_owned()),
            Self::Static => return Err("its threads are the files that lie beside it".to_owned()),
        };
        import.arg(tools::workspace().join(self.source()).with_file_name("import_threads.py"));
        import.arg("--data").arg(folder.join("afterword.sqlite")).arg(threads);
        let log = folder.with_extension("import.log");
        let imported = spawn(import.env("PYTHONDONTWRITEBYTECODE", "1"), undertaker, &log)?.wait();
        if imported.is_ok_and(|status| status.success()) { Ok(()) } else { Err(last_words(&log)) }
    }

    async fn launch(
        self,
        undertaker: &Undertaker,
        address: &str,
        folder: &Path,
        room: Room,
    ) -> Result<Child, String> {
        let source = tools::workspace().join(self.source());
        let command = match self {
            Self::Python => {
                let mut python = Command::new(tools::python()?);
                python.arg(source).args(["--listen", address, "--no-limits", "--data"]);
                python.arg(folder.join("afterword.sqlite"));
                python
            }
            Self::Node => {
                let mut node = Command::new(tools::node()?);
                node.arg(source).env("AFTERWORD_LISTEN", address).env("AFTERWORD_LIMITS", "off");
                node.env("AFTERWORD_FILE", folder.join("afterword.jsonl"));
                node
            }
            Self::Php => {
                let mut php = Command::new(tools::php()?);
                php.args(["-S", address]).arg(source).env("AFTERWORD_LIMITS", "off");
                // What the kit asks at once is at once.
                php.env("PHP_CLI_SERVER_WORKERS", "8")
                    .env("AFTERWORD_DATABASE", folder.join("afterword.sqlite"));
                php
            }
            Self::Static => {
                let mut python = Command::new(tools::python()?);
                python.arg(source).arg(address);
                python
            }
        };
        let mut command = if room == Room::Plenty { command } else { cramped(&command) };
        let log = folder.with_extension("log");
        let mut child = spawn(command.current_dir(folder), undertaker, &log)?;
        match wait_for_port(address, &mut child).await {
            true => Ok(child),
            false => Err(format!("{} did not start: {}", self.source(), last_words(&log))),
        }
    }
}

/// How much a process may write into each of its files.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Room {
    Plenty,
    Little,
}

/// The same command, which finds the disk full when one of its files has some hundred kilobytes.
fn cramped(command: &Command) -> Command {
    let mut shell = Command::new("sh");
    // The write then fails, instead of ending the process.
    shell.args(["-c", r#"trap "" XFSZ; ulimit -f 300; exec "$@""#, "sh"]);
    shell.arg(command.get_program()).args(command.get_args());
    shell.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    shell
}

/// A running backend, which ends when this is dropped.
pub struct Running {
    /// Where it listens, which is also its `{api}` where it has one. Example: `"http://127.0.0.1:41234"`.
    pub origin: String,
    /// The same without its scheme. Example: `"127.0.0.1:41234"`.
    pub address: String,
    example: Example,
    folder: PathBuf,
    child: Child,
}

impl Running {
    /// Kills it, as a power cut does: it hears nothing of it before.
    pub fn kill(&mut self) {
        // Workers are of its group, and would go on without it.
        let group = format!("kill -s KILL -- -{}", self.child.id());
        let _ = Command::new("sh").args(["-c", &group]).stderr(Stdio::null()).status();
        let _ = self.child.kill();
        let _ = self.child.wait();
        // The last worker may take a moment; who starts meanwhile finds the address in use.
        for _ in 0..100_000 {
            if std::net::TcpStream::connect(&self.address).is_err() {
                return;
            }
        }
    }

    /// Starts it again, at the same address and over the same data.
    pub async fn rise(&mut self, undertaker: &Undertaker) -> Result<(), String> {
        self.child = self.example.launch(undertaker, &self.address, &self.folder, Room::Plenty).await?;
        Ok(())
    }

    /// Locks a thread as the README says, while it does not run.
    pub fn lock(&self, thread: &str) -> Result<(), String> {
        let said = match self.example {
            Example::Static => return Err("files are always locked".to_owned()),
            Example::Node => {
                let line = format!("{}\n", serde_json::json!({ "thread": { "id": thread, "locked": true } }));
                let journal = OpenOptions::new().append(true).open(self.folder.join("afterword.jsonl"));
                return journal
                    .and_then(|mut journal| journal.write_all(line.as_bytes()))
                    .map_err(|error| error.to_string());
            }
            Example::Python => "UPDATE threads SET locked = 1 WHERE id = ?",
            Example::Php => "UPDATE thread SET locked = 1 WHERE id = ?",
        };
        let program = "import sqlite3, sys\ndb = sqlite3.connect(sys.argv[1])\n\
            rows = db.execute(sys.argv[2], sys.argv[3:]).rowcount\ndb.commit()\nsys.exit(rows != 1)";
        let mut python = Command::new(tools::python()?);
        python.args(["-c", program]).arg(self.folder.join("afterword.sqlite")).args([said, thread]);
        match python.status() {
            Ok(status) if status.success() => Ok(()),
            other => Err(format!("{thread} was not locked: {other:?}")),
        }
    }

    /// What it wrote to its log.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.with_extension("log")).unwrap_or_default()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // The undertaker ends its children, should it have some that survive it.
        self.kill();
    }
}
