//! The command line as declared: what may be given, and which environment variable stands in for it.

use std::path::PathBuf;

use afterword_contract::{PAGE_DEFAULT, PAGE_MOST};
use clap::{Args, Parser, Subcommand, ValueEnum};

/// Afterword's reference backend: the contract over one SQLite file, and the widget beside it.
#[derive(Parser)]
#[command(name = "afterword-server", version)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Answer the contract under /api (described at /openapi.json), the widget's files, and an article page at /
    Serve(Serve),
    /// Take threads in from a file: all of it or nothing, and as often as you like
    Import(Import),
    /// Write threads out, one line of JSON each
    Export(Export),
    /// Write a thread's first page as HTML, to be put between the tags of the element by what makes a site's pages
    Render(Render),
    /// Look after threads: what is held, what was reported, who may write; beside a running server too
    Moderate(Moderate),
}

#[derive(Args)]
pub(crate) struct Moderate {
    #[command(flatten)]
    pub(crate) database: Database,
    #[command(subcommand)]
    pub(crate) order: Order,
}

#[derive(Subcommand)]
pub(crate) enum Order {
    /// Tell what is held, and what was reported, one line each
    List,
    /// Tell all that a reply says, and what was reported of it
    Show {
        /// The reply's id
        id: String,
    },
    /// Publish a held reply
    Approve {
        /// The reply's id; as ID@REVISION, only if its author has not changed it since
        id: String,
    },
    /// Take a reply out of sight, or turn a held one away
    Hide {
        /// The reply's id, or ID@REVISION
        id: String,
    },
    /// Bring a hidden or deleted reply back, or let go what was reported of it
    Restore {
        /// The reply's id, or ID@REVISION
        id: String,
    },
    /// Let a person write no more
    Ban {
        /// The person's id
        person: String,
    },
    /// Let a banned person write again
    Unban {
        /// The person's id
        person: String,
    },
    /// Let a thread take nothing more
    Lock {
        /// The thread's id
        thread: String,
    },
    /// Let a locked thread take replies again
    Unlock {
        /// The thread's id
        thread: String,
    },
}

#[derive(Args)]
pub(crate) struct Database {
    /// The SQLite file
    #[arg(long, value_name = "FILE", env = "AFTERWORD_DATABASE")]
    pub(crate) database: PathBuf,
}

#[derive(Args)]
pub(crate) struct Serve {
    /// A TOML file with these options and all others; see afterword.example.toml
    #[arg(long, value_name = "FILE", env = "AFTERWORD_CONFIG")]
    pub(crate) config: Option<PathBuf>,
    /// The SQLite file
    #[arg(long, value_name = "FILE", env = "AFTERWORD_DATABASE")]
    pub(crate) database: Option<PathBuf>,
    /// The address to listen on; port 0 takes any free one [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDRESS", env = "AFTERWORD_LISTEN")]
    pub(crate) listen: Option<String>,
    /// Show a demonstration article at / with this thread under it
    #[arg(long, value_name = "THREAD", env = "AFTERWORD_DEMO", conflicts_with = "article")]
    pub(crate) demo: Option<String>,
    /// Show this HTML file at /
    #[arg(long, value_name = "FILE", env = "AFTERWORD_ARTICLE")]
    pub(crate) article: Option<PathBuf>,
    /// How much memory drawn pages may take, in MiB [default: 32]
    #[arg(long, value_name = "MIB", env = "AFTERWORD_CACHE", value_parser = clap::value_parser!(u32).range(0..=65_536))]
    pub(crate) cache: Option<u32>,
    /// What to log: a level, and others for parts, like `info,afterword::request=warn` [default: info]
    #[arg(long, value_name = "LEVELS", env = "AFTERWORD_LOG")]
    pub(crate) log: Option<String>,
    /// How to write the log [default: text]
    #[arg(long, value_name = "FORMAT", env = "AFTERWORD_LOG_FORMAT")]
    pub(crate) log_format: Option<LogFormat>,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum LogFormat {
    /// For people
    Text,
    /// One object a line
    Json,
}

#[derive(Args)]
pub(crate) struct Import {
    /// The file: a thread in the contract's form, an array of them, or one a line; `-` reads standard input
    pub(crate) file: PathBuf,
    /// The thread's id, in place of the one in the file
    #[arg(long, value_name = "ID")]
    pub(crate) thread: Option<String>,
    #[command(flatten)]
    pub(crate) database: Database,
}

#[derive(Args)]
pub(crate) struct Export {
    /// The thread to write; all of them where none is given
    pub(crate) thread: Option<String>,
    /// Where to write; `-` is standard output
    #[arg(long, short, value_name = "FILE", default_value = "-")]
    pub(crate) output: PathBuf,
    /// Also what is held, hidden or deleted: to move to another server, not to publish
    #[arg(long)]
    pub(crate) everything: bool,
    #[command(flatten)]
    pub(crate) database: Database,
}

#[derive(Args)]
pub(crate) struct Render {
    /// The thread to write
    pub(crate) thread: String,
    /// The order, as the element has it
    #[arg(long, value_name = "ORDER", default_value = "oldest", value_parser = ["oldest", "newest", "top"])]
    pub(crate) order: String,
    /// At most so many replies, as the element's `page-size` has it
    #[arg(long, value_name = "N", default_value_t = PAGE_DEFAULT.into(), value_parser = clap::value_parser!(u32).range(1..=PAGE_MOST.into()))]
    pub(crate) limit: u32,
    /// The page's language, as a tag such as `en` or `de-AT`
    #[arg(long, value_name = "TAG", default_value = "en")]
    pub(crate) lang: String,
    /// Where to write; `-` is standard output
    #[arg(long, short, value_name = "FILE", default_value = "-")]
    pub(crate) output: PathBuf,
    /// The file that the server is started with, which says what it offers; see afterword.example.toml
    #[arg(long, value_name = "FILE", env = "AFTERWORD_CONFIG")]
    pub(crate) config: Option<PathBuf>,
    /// The SQLite file
    #[arg(long, value_name = "FILE", env = "AFTERWORD_DATABASE")]
    pub(crate) database: Option<PathBuf>,
}
