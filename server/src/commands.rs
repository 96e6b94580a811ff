//! What each command does, with the library.

use std::ffi::OsString;
use std::io::{self, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};

use afterword_contract::ThreadId;
use afterword_server::{
    Access, App, Clock, Config, Extent, Failure, FrontPage, ImportError, Order, Server, Settings, Store,
    ThreadSummary, read_pages,
};
use clap::ValueEnum;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::cli::{self, Export, Import, LogFormat, Moderate, Render, Serve};
use crate::output::Output;

/// Serves until told to stop.
pub(crate) async fn serve(arguments: Serve) -> Result<(), Failure> {
    let config = configured(arguments.config.as_deref())?;
    let format = match (arguments.log_format, config.text("log-format")) {
        (Some(format), _) => format,
        (None, None) => LogFormat::Text,
        (None, Some(word)) => LogFormat::from_str(word, false)
            .map_err(|_| config.wrong("log-format", "it is \"text\" or \"json\""))?,
    };
    start_log(arguments.log.as_deref().or(config.text("log")).unwrap_or("info"), format)?;
    // What is given by hand stands over the file, both of the two that exclude each other.
    let by_hand = arguments.demo.is_some() || arguments.article.is_some();
    let demo = arguments.demo.or_else(|| config.text("demo").filter(|_| !by_hand).map(str::to_owned));
    let article =
        arguments.article.or_else(|| config.text("article").filter(|_| !by_hand).map(PathBuf::from));
    let mut settings = settings(&config)?;
    settings.front = match (demo, article) {
        (Some(_), Some(_)) => {
            return Err(config.wrong("demo", "`article` is given too; leave one of them out"));
        }
        (Some(thread), None) => FrontPage::Article(thread.into()),
        (None, Some(file)) => FrontPage::Html(read(&file)?),
        (None, None) => FrontPage::Widget,
    };
    if let Some(mebibytes) = arguments.cache {
        settings.cache_bytes = (mebibytes as usize) << 20;
    }
    let database = database(arguments.database, &config)?;
    let listen = arguments.listen.as_deref().or(config.text("listen")).unwrap_or("127.0.0.1:8080");
    let store = Store::open(&database, Access::Create).await?;
    let app = App::new(store.clone(), settings);
    let has_widget = app.has_widget();
    let server = Server::bind(listen, app).await?;
    // Only once it serves: what keeps it from starting is said alone.
    if !has_widget {
        tracing::warn!("this binary was built without the widget; run `cargo xtask dist` and build it again");
    }
    // On standard output, where a script can wait for it.
    say(&format!("Listening on http://{}", server.address()))?;
    server.run(told_to_stop()).await;
    store.close().await;
    Ok(())
}

/// The file that is named by hand, or else in the file of settings.
fn database(by_hand: Option<PathBuf>, config: &Config) -> Result<PathBuf, Failure> {
    by_hand.or_else(|| config.text("database").map(PathBuf::from)).ok_or_else(|| {
        Failure::new("There is no database; give one with --database, or as `database` in the --config file.")
    })
}

/// What the file says, where there is one, and the environment over it.
fn configured(file: Option<&Path>) -> Result<Config, Failure> {
    let texts =
        |(name, value): (OsString, OsString)| Some((name.into_string().ok()?, value.into_string().ok()?));
    let environment = std::env::vars_os().filter_map(texts).collect();
    match file {
        Some(file) => Config::read(Some((&file.display().to_string(), &read(file)?)), &environment),
        None => Config::read(None, &environment),
    }
}

/// What the file and the environment mean, with the files that they name.
fn settings(config: &Config) -> Result<Settings, Failure> {
    let jwks = config.text("sign-in.jwks").map(|file| read(Path::new(file))).transpose()?;
    config.settings(jwks.as_deref())
}

/// Imports a file and says what was done.
pub(crate) async fn import(arguments: Import) -> Result<(), Failure> {
    let name = if is_standard(&arguments.file) {
        "standard input".to_owned()
    } else {
        arguments.file.display().to_string()
    };
    let text = read(&arguments.file)?;
    let mut pages = read_pages(&text).map_err(|error| {
        Failure::new(format!("Nothing was imported; put {name} right and import it again: it {error}."))
    })?;
    if let Some(id) = arguments.thread {
        let id = ThreadId::from(id);
        let first = pages.first().map(|page| page.thread.id.clone());
        if pages.iter().any(|page| Some(&page.thread.id) != first.as_ref()) {
            return Err(Failure::new(format!(
                "Nothing was imported, because {name} holds several threads and --thread names one; leave --thread \
                 out, or split the file."
            )));
        }
        pages.iter_mut().for_each(|page| page.thread.id = id.clone());
    }
    let store = Store::open(&arguments.database.database, Access::Create).await?;
    let done = store.import(pages).await.map_err(|error| match error {
        ImportError::Invalid(_) => {
            Failure::new(format!("Nothing was imported; put {name} right and import it again: {error}."))
        }
        ImportError::Database(_) => Failure::new(format!(
            "Nothing was imported, because {error}; see that its disk has room and that you may write there, and \
             import {name} again."
        )),
    })?;
    for thread in done {
        say(&thread.to_string())?;
    }
    store.close().await;
    Ok(())
}

/// Writes threads out.
pub(crate) async fn export(arguments: Export) -> Result<(), Failure> {
    let store = Store::open(&arguments.database.database, Access::Existing).await?;
    // All threads of one moment, whatever is imported meanwhile.
    let mut moment = store.snapshot().await.map_err(refused)?;
    let known = moment.threads().await.map_err(refused)?;
    let extent = if arguments.everything { Extent::Everything } else { Extent::Public };
    let wanted = match arguments.thread.map(ThreadId::from) {
        Some(id) if known.iter().any(|thread| thread.id == id) => vec![id],
        Some(id) => return Err(no_such_thread(&id, &known)),
        None => known.into_iter().map(|thread| thread.id).collect(),
    };
    let failed = |error| not_written(&arguments.output, &error);
    let mut output = output(&arguments.output).map_err(failed)?;
    for id in wanted {
        let Some(page) = moment.export(&id, extent).await.map_err(refused)? else { continue };
        serde_json::to_writer(&mut output, &page).map_err(io::Error::from).map_err(failed)?;
        output.write_all(b"\n").map_err(failed)?;
    }
    output.finish().map_err(failed)?;
    drop(moment);
    store.close().await;
    Ok(())
}

fn refused(error: sqlx::Error) -> Failure {
    Failure::new(format!("The database cannot be read: {error}; restore a backup."))
}

fn no_such_thread(id: &ThreadId, known: &[ThreadSummary]) -> Failure {
    let names: Vec<String> = known.iter().take(5).map(|thread| format!("`{}`", thread.id)).collect();
    Failure::new(if names.is_empty() {
        "There is no thread in the database; import one first.".to_owned()
    } else {
        let names = names.join(", ");
        format!("There is no thread `{id}` in the database; give one that it holds, like {names}.")
    })
}

fn output(path: &Path) -> io::Result<Output> {
    if is_standard(path) { Ok(Output::standard()) } else { Output::file(path) }
}

fn not_written(path: &Path, error: &io::Error) -> Failure {
    Failure::new(format!(
        "{} cannot be written: {error}; choose another place with --output.",
        path.display()
    ))
}

/// Writes a thread's first page as HTML.
pub(crate) async fn render(arguments: Render) -> Result<(), Failure> {
    let lang = afterword::config::tag(&arguments.lang).ok_or_else(|| {
        Failure::new(format!(
            "--lang does not understand `{}`; give a language tag such as `en` or `de-AT`.",
            arguments.lang
        ))
    })?;
    let config = configured(arguments.config.as_deref())?;
    let settings = settings(&config)?;
    let store = Store::open(&database(arguments.database, &config)?, Access::Existing).await?;
    let thread = ThreadId::from(arguments.thread);
    let app = App::new(store.clone(), settings);
    let order = arguments.order.as_str().into();
    let html =
        afterword_server::render(&app, &thread, &order, arguments.limit, &lang).await.map_err(refused)?;
    let failed = |error| not_written(&arguments.output, &error);
    let mut output = output(&arguments.output).map_err(failed)?;
    writeln!(output, "{html}").map_err(failed)?;
    output.finish().map_err(failed)?;
    store.close().await;
    Ok(())
}

/// Does what a moderator orders, and says what was done.
pub(crate) async fn moderate(arguments: Moderate) -> Result<(), Failure> {
    let order = match arguments.order {
        cli::Order::List => Order::List,
        cli::Order::Show { id } => Order::Show(id),
        cli::Order::Approve { id } => Order::Approve(id),
        cli::Order::Hide { id } => Order::Hide(id),
        cli::Order::Restore { id } => Order::Restore(id),
        cli::Order::Ban { person } => Order::Ban(person),
        cli::Order::Unban { person } => Order::Unban(person),
        cli::Order::Lock { thread } => Order::Lock(thread),
        cli::Order::Unlock { thread } => Order::Unlock(thread),
    };
    let store = Store::open(&arguments.database.database, Access::Existing).await?;
    for line in afterword_server::moderate(&store, order, Clock::System.now()).await? {
        say(&line)?;
    }
    store.close().await;
    Ok(())
}

/// Whether `path` means standard input or output.
fn is_standard(path: &Path) -> bool {
    path == Path::new("-")
}

fn read(path: &Path) -> Result<String, Failure> {
    let bytes = if is_standard(path) {
        let mut bytes = Vec::new();
        io::stdin().lock().read_to_end(&mut bytes).map(|_| bytes)
    } else {
        std::fs::read(path)
    };
    let bytes = bytes.map_err(|error| {
        Failure::new(format!("{} cannot be read: {error}; check the path.", path.display()))
    })?;
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        Failure::new(format!("{} is not UTF-8 (byte {at}); save it as UTF-8.", path.display()))
    })
}

fn say(line: &str) -> Result<(), Failure> {
    let mut output = io::stdout().lock();
    writeln!(output, "{line}")
        .and_then(|()| output.flush())
        .map_err(|error| Failure::new(format!("Standard output cannot be written: {error}.")))
}

fn start_log(levels: &str, format: LogFormat) -> Result<(), Failure> {
    let levels: Targets = levels.parse().map_err(|error| {
        Failure::new(format!(
            "--log does not understand `{levels}`: {error}; give a level like info, or debug,sqlx=warn."
        ))
    })?;
    let log = tracing_subscriber::registry().with(levels);
    let started = match format {
        LogFormat::Text => {
            let colour = io::stderr().is_terminal();
            log.with(tracing_subscriber::fmt::layer().with_writer(io::stderr).with_ansi(colour)).try_init()
        }
        LogFormat::Json => {
            log.with(tracing_subscriber::fmt::layer().json().with_writer(io::stderr)).try_init()
        }
    };
    started.map_err(|error| Failure::new(format!("The log cannot be started: {error}.")))
}

/// Ready at Ctrl-C, and when the system's service manager says so.
async fn told_to_stop() {
    let interrupted = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminated = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => drop(signal.recv().await),
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminated = std::future::pending::<()>();
    tokio::select! {
        () = interrupted => {}
        () = terminated => {}
    }
}
