//! A real backend for the stories that go all the way: the reference server, or one in another language over the same
//! thread. A story says which, and does not know more of it than its address.

use std::path::Path;

use crate::example::{Example, Running};
use crate::reference::Reference;
use crate::stage::Stage;
use crate::tools;

/// Which backend a story is told against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// The reference server.
    Reference,
    /// The one in Python.
    Python,
}

/// A running backend, which ends when this is dropped.
pub enum Real {
    /// The reference server.
    Reference(Reference),
    /// One of `examples/backends`.
    Example(Running),
}

impl Real {
    /// Starts one over a new database with the threads of a file, named from the repository's root.
    pub async fn start(which: Which, stage: &Stage, file: &str, article: &str) -> Self {
        let path = tools::workspace().join(file);
        match which {
            Which::Reference => Self::Reference(Reference::start(&read(&path), article).await),
            Which::Python => {
                let running = Example::Python.start_with(&stage.undertaker, Some(&path)).await;
                Self::Example(running.unwrap_or_else(|error| panic!("{error}")))
            }
        }
    }

    /// Its `{api}`.
    pub fn api(&self) -> String {
        match self {
            Self::Reference(server) => format!("{}/api", server.origin),
            Self::Example(running) => running.origin.clone(),
        }
    }

    /// Fails where a request asked for permission first; only the reference server has a layer that counts them.
    pub fn no_preflights(&self) {
        if let Self::Reference(server) = self {
            assert_eq!(server.preflights(), 0);
        }
    }
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
