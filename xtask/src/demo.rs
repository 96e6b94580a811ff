//! `cargo xtask demo`: from a fresh clone to a real thread under an article, in one command.
//!
//! What can be known to fail is looked at first, because what follows takes minutes: the thread
//! file has to be a thread, and the address has to be free.

use std::io::{Read as _, Write as _};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::bundle;
use crate::cli::DemoOptions;
use crate::failure::{Failure, file_error};
use crate::process::{Console, Running, stopped};
use crate::workspace::{Workspace, cargo, read};

/// The thread under the article when no other is asked for.
const DEMO_THREADS: &str = "contract/fixtures/threads";
const DEMO_THREAD: &str = "tarnay-head";
/// How long the server may take to answer. It takes milliseconds; slow disks exist.
const PATIENCE: Duration = Duration::from_secs(30);

/// Builds, starts, and stays until somebody presses Ctrl-C.
pub(crate) fn run(workspace: &Workspace, console: &Console, options: &DemoOptions) -> Result<(), Failure> {
    let (files, shown) = match &options.thread {
        Some(file) => (vec![file.clone()], Thread::in_file(file)?),
        None => (demo_files(workspace)?, Thread { id: DEMO_THREAD.to_owned(), nameless: false }),
    };
    let listen = free_address(options.listen)?;

    bundle::ensure(workspace, console)?;
    let server = build_server(workspace, console)?;
    let folder = workspace.target.join("demo");
    std::fs::create_dir_all(&folder).map_err(|error| file_error("create", &folder, &error))?;
    let database = if options.thread.is_some() {
        console.say("  The database is made anew at each start, so that the file can be changed in any way");
        fresh_database(&folder)?
    } else {
        folder.join("afterword.sqlite")
    };
    for file in &files {
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let mut import = Command::new(&server);
        import.arg("import").arg(file).arg("--database").arg(&database);
        if shown.nameless {
            import.args(["--thread", &shown.id]);
        }
        console.step(
            &format!("Importing {name}"),
            &mut import,
            &format!("{} could not be imported.", file.display()),
        )?;
    }

    let mut serve = Command::new(&server);
    serve.arg("serve").arg("--database").arg(&database);
    serve.args(["--listen", &listen.to_string(), "--demo", &shown.id]);
    // Our own lines say where it listens; what goes wrong is still shown.
    serve.args(["--log", "warn"]).stdout(Stdio::null()).env_remove("AFTERWORD_ARTICLE");
    let mut running = Running::start_single(&mut serve)?;
    wait_until_healthy(&mut running, listen)?;
    let page = page_address(listen);
    console.say(format!("\n  The article, and the thread under it:  {page}\n\n  Ctrl-C ends it."));
    let status = running.wait()?;
    if stopped() || status.success() {
        return Ok(());
    }
    Err(Failure::new(format!(
        "The server ended by itself ({status}): see its last words above, then run the same command again."
    )))
}

/// A database for somebody's own file. What a server keeps is never renumbered, and a file that is being
/// written is renumbered all the time.
fn fresh_database(folder: &Path) -> Result<PathBuf, Failure> {
    const NAME: &str = "thread.sqlite";
    // Beside the database lie its log and the log's index.
    for suffix in ["", "-wal", "-shm"] {
        let file = folder.join(format!("{NAME}{suffix}"));
        match std::fs::remove_file(&file) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(file_error("remove", &file, &error));
            }
            _ => {}
        }
    }
    Ok(folder.join(NAME))
}

/// Imports are shown in the order of their names.
fn demo_files(workspace: &Workspace) -> Result<Vec<PathBuf>, Failure> {
    let mut files = crate::workspace::files_under(&workspace.root.join(DEMO_THREADS));
    files.retain(|file| file.extension().is_some_and(|extension| extension == "json"));
    if files.is_empty() {
        return Err(Failure::new(format!(
            "{DEMO_THREADS} holds no threads: restore the checkout with `git checkout -- contract`."
        )));
    }
    Ok(files)
}

/// The thread that a file holds: the first, if there are several.
#[derive(Debug, PartialEq, Eq)]
struct Thread {
    id: String,
    /// The file does not say; the id is made from its name.
    nameless: bool,
}

impl Thread {
    /// Whether the rest of the file is sound is the import's to say.
    fn in_file(file: &Path) -> Result<Self, Failure> {
        let wrong = |what: &str| {
            Failure::new(format!(
                "{} {what}: --thread wants a thread in the contract's form, {{\"thread\": …, \"replies\": […]}}.",
                file.display()
            ))
        };
        let text = read(file)?;
        let values = serde_json::Deserializer::from_str(text.trim_start_matches('\u{feff}'));
        let first = match values.into_iter::<serde_json::Value>().next() {
            Some(Ok(serde_json::Value::Array(pages))) => pages.into_iter().next(),
            Some(Ok(value)) => Some(value),
            Some(Err(error)) => return Err(wrong(&format!("is not JSON ({error})"))),
            None => None,
        };
        let page =
            first.filter(|page| page.get("replies").is_some()).ok_or_else(|| wrong("holds no replies"))?;
        let id = page.get("thread").and_then(|thread| thread.get("id")).and_then(|id| id.as_str());
        let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        Ok(match id.filter(|id| !id.is_empty()) {
            Some(id) => Self { id: id.to_owned(), nameless: false },
            None => Self { id: name, nameless: true },
        })
    }
}

/// The address with its port chosen, if nobody listens there yet.
fn free_address(wanted: SocketAddr) -> Result<SocketAddr, Failure> {
    let bound = TcpListener::bind(wanted).and_then(|listener| listener.local_addr());
    bound.map_err(|error| match error.kind() {
        std::io::ErrorKind::AddrInUse => Failure::new(format!(
            "Port {} is taken by another program: end it, or choose another port with `--listen {}`.",
            wanted.port(),
            SocketAddr::new(wanted.ip(), wanted.port().checked_add(1).unwrap_or(8787)),
        )),
        std::io::ErrorKind::PermissionDenied => Failure::new(format!(
            "Port {} needs rights that you do not have: choose one above 1023 with `--listen {}`.",
            wanted.port(),
            SocketAddr::new(wanted.ip(), 8787),
        )),
        std::io::ErrorKind::AddrNotAvailable => Failure::new(format!(
            "This machine has no address {}: choose another with `--listen 127.0.0.1:{}`.",
            wanted.ip(),
            wanted.port(),
        )),
        _ => Failure::new(format!(
            "Nothing can listen on {wanted}: {error}; choose another address with `--listen 127.0.0.1:8787`."
        )),
    })
}

fn build_server(workspace: &Workspace, console: &Console) -> Result<PathBuf, Failure> {
    console.step(
        "Building the reference server",
        Command::new(cargo())
            .args(["build", "--release", "--package", "afterword-server"])
            .current_dir(&workspace.root),
        "The server could not be built.",
    )?;
    let name = format!("afterword-server{}", std::env::consts::EXE_SUFFIX);
    let program = workspace.target.join("release").join(name);
    if program.is_file() {
        Ok(program)
    } else {
        Err(Failure::new(format!("Cargo built the server, but not as {}.", program.display())))
    }
}

fn wait_until_healthy(running: &mut Running, listen: SocketAddr) -> Result<(), Failure> {
    let reachable = reachable(listen);
    let started = Instant::now();
    while started.elapsed() < PATIENCE {
        if stopped() {
            return Err(Failure::interrupted());
        }
        if let Some(status) = running.try_wait()? {
            return Err(Failure::new(format!(
                "The server did not start ({status}): its last words, which stand above, say what to do."
            )));
        }
        if is_healthy(reachable) {
            return Ok(());
        }
        thread::sleep(Duration::from_millis(20));
    }
    Err(Failure::new(format!(
        "The server did not answer on {reachable} within {} seconds: see whether a firewall or a busy machine \
         keeps it from answering, or choose another port with `--listen`.",
        PATIENCE.as_secs()
    )))
}

/// One request, written by hand: an HTTP client would double what xtask takes to compile.
fn is_healthy(address: SocketAddr) -> bool {
    let ask = || -> std::io::Result<Vec<u8>> {
        let mut stream = TcpStream::connect_timeout(&address, Duration::from_secs(1))?;
        stream.set_read_timeout(Some(Duration::from_secs(1)))?;
        write!(stream, "GET /health HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")?;
        let mut status = vec![0; 12];
        stream.read_exact(&mut status)?;
        Ok(status)
    };
    ask().is_ok_and(|status| status == b"HTTP/1.1 200")
}

/// Whoever listens everywhere is reached on loopback.
fn reachable(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    SocketAddr::new(ip, listen.port())
}

fn page_address(listen: SocketAddr) -> String {
    format!("http://{}/", reachable(listen))
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead as _, BufReader};

    use super::*;

    #[test]
    fn a_busy_port_is_one_sentence_with_a_way_out() {
        let taken = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = taken.local_addr().unwrap();
        let failure = free_address(address).unwrap_err();
        let sentence = failure.sentence();
        assert!(sentence.starts_with(&format!("Port {} is taken", address.port())), "{sentence}");
        assert!(sentence.contains("--listen 127.0.0.1:"), "{sentence}");
        assert_eq!(failure.exit_code(), 1);
    }

    #[test]
    fn port_zero_becomes_a_real_one_before_anything_is_built() {
        let chosen = free_address("127.0.0.1:0".parse().unwrap()).unwrap();
        assert_ne!(chosen.port(), 0);
    }

    #[test]
    fn the_printed_address_can_be_opened() {
        let page = |listen: &str| page_address(listen.parse().unwrap());
        assert_eq!(page("0.0.0.0:80"), "http://127.0.0.1:80/");
        assert_eq!(page("[::]:9000"), "http://[::1]:9000/");
        assert_eq!(page("127.0.0.1:8787"), "http://127.0.0.1:8787/");
    }

    #[test]
    fn a_file_that_is_no_thread_is_named_before_anything_is_built() {
        let file = std::env::temp_dir().join(format!("afterword-thread-{}.json", std::process::id()));
        let read_as = |text: &str| {
            std::fs::write(&file, text).unwrap();
            Thread::in_file(&file)
        };
        let sound = read_as("\u{feff}{\"thread\": {\"id\": \"soft\"}, \"replies\": []}\n{}");
        let several = read_as("[{\"thread\": {\"id\": \"one\"}, \"replies\": []}, {}]");
        let nameless = read_as("{\"replies\": []}");
        let broken = read_as("{");
        let other = read_as("{\"id\": 1}");
        let empty = read_as(" ");
        std::fs::remove_file(&file).unwrap();
        assert_eq!(sound.unwrap(), Thread { id: "soft".into(), nameless: false });
        assert_eq!(several.unwrap().id, "one");
        assert!(nameless.unwrap().nameless);
        assert!(broken.unwrap_err().sentence().contains("is not JSON"));
        assert!(other.unwrap_err().sentence().contains("holds no replies"));
        assert!(empty.unwrap_err().sentence().contains("holds no replies"));
        assert!(Thread::in_file(&file).unwrap_err().sentence().starts_with("Could not read"));
    }

    #[test]
    fn the_database_of_ones_own_file_holds_nothing_of_an_earlier_start() {
        let folder = std::env::temp_dir().join(format!("afterword-demo-{}", std::process::id()));
        for name in ["thread.sqlite", "thread.sqlite-wal", "afterword.sqlite"] {
            crate::workspace::write(&folder.join(name), "old").unwrap();
        }
        let database = fresh_database(&folder).unwrap();
        let left = crate::workspace::files_under(&folder);
        let again = fresh_database(&folder);
        std::fs::remove_dir_all(&folder).unwrap();
        assert_eq!(database, folder.join("thread.sqlite"));
        assert_eq!(left, [folder.join("afterword.sqlite")], "the demo's own stays");
        assert_eq!(again.unwrap(), database);
    }

    #[test]
    fn the_demo_thread_is_among_the_demo_threads() {
        let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(DEMO_THREADS);
        let files = crate::workspace::files_under(&dir);
        let ids: Vec<_> =
            files.iter().filter_map(|file| Thread::in_file(file).ok()).map(|thread| thread.id).collect();
        assert!(ids.contains(&DEMO_THREAD.to_owned()), "{ids:?}");
    }

    #[test]
    fn only_a_200_is_healthy() {
        for (answer, expected) in [("HTTP/1.1 200 OK\r\n\r\n", true), ("HTTP/1.1 503 Busy\r\n\r\n", false)] {
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            let address = listener.local_addr().unwrap();
            let server = thread::spawn(move || {
                let (mut stream, _) = listener.accept().unwrap();
                // To its end: who hangs up on what is unread takes the answer back.
                let head = BufReader::new(&stream).lines().map_while(Result::ok);
                head.take_while(|line| !line.is_empty()).for_each(drop);
                stream.write_all(answer.as_bytes()).unwrap();
            });
            assert_eq!(is_healthy(address), expected);
            server.join().unwrap();
        }
    }
}
