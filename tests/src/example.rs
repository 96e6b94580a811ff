//! The backends of `examples/backends`, each started as its README says: a real process over a new folder, on a
//! free port of loopback. Knows how each is started, and nothing of what it answers.

use std::path::Path;
use std::process::{Child, Command};

use crate::engine::{free_port, last_words, spawn, wait_for_port};
use crate::tools;
use crate::undertaker::Undertaker;

/// A backend in another language than the reference server's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Example {
    /// `http.server` and `sqlite3`.
    Python,
    /// A folder of files behind a file server.
    Static,
}

impl Example {
    /// In the order in which they are asked.
    pub const ALL: [Self; 2] = [Self::Python, Self::Static];

    /// What it is called in reports, and its folder in `examples/backends`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Python => "python",
            Self::Static => "static",
        }
    }

    /// The file that is started, from the repository's root.
    pub fn source(self) -> &'static str {
        match self {
            Self::Python => "examples/backends/python/afterword.py",
            Self::Static => "examples/backends/static/serve.py",
        }
    }

    /// Starts it, without limits on how often somebody may write, and waits until it listens.
    pub async fn start(self, undertaker: &Undertaker) -> Result<Running, String> {
        self.start_with(undertaker, None).await
    }

    /// The same over a database with the threads of a file.
    pub async fn start_with(
        self,
        undertaker: &Undertaker,
        threads: Option<&Path>,
    ) -> Result<Running, String> {
        let address = format!("127.0.0.1:{}", free_port()?);
        let name = format!("{}-{}", self.name(), address.replace(':', "-"));
        let folder = undertaker.folder().join(&name);
        std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        let source = tools::workspace().join(self.source());
        let log = undertaker.folder().join(format!("{name}.log"));
        let mut command = match self {
            Self::Python => {
                if let Some(threads) = threads {
                    let mut import = Command::new(tools::python()?);
                    import.arg(source.with_file_name("import_threads.py")).arg("--data");
                    import
                        .arg(folder.join("afterword.sqlite"))
                        .arg(threads)
                        .env("PYTHONDONTWRITEBYTECODE", "1");
                    let imported = spawn(&mut import, undertaker, &log)?.wait();
                    if !imported.is_ok_and(|status| status.success()) {
                        return Err(last_words(&log));
                    }
                }
                let mut python = Command::new(tools::python()?);
                python.arg(source).args(["--listen", &address, "--no-limits", "--data"]);
                python.arg(folder.join("afterword.sqlite"));
                python
            }
            Self::Static => {
                // Its threads lie beside it.
                let mut python = Command::new(tools::python()?);
                python.arg(source).arg(&address);
                python
            }
        };
        let child = spawn(command.current_dir(&folder), undertaker, &log)?;
        let mut running = Running { origin: format!("http://{address}"), child };
        match wait_for_port(&address, &mut running.child).await {
            true => Ok(running),
            false => Err(format!("{} did not start: {}", self.source(), last_words(&log))),
        }
    }
}

/// A running backend, which ends when this is dropped.
pub struct Running {
    /// Where it listens, which is also its `{api}` where it has one. Example: `"http://127.0.0.1:41234"`.
    pub origin: String,
    child: Child,
}

impl Drop for Running {
    fn drop(&mut self) {
        // The undertaker ends its children, should it have some that survive it.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
