//! Running other programs: one line of progress while they work, the end of their output when
//! they fail, and none of them left behind when we are stopped.
//!
//! A build step gets a process group of its own, because Trunk starts cargo and cargo starts
//! rustc: ending only the first would leave the others running.

use std::collections::VecDeque;
use std::io::{BufRead as _, BufReader, IsTerminal as _, Read, Write as _};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::failure::Failure;

/// How many lines of a program's output a failure shows.
const SHOWN_LINES: usize = 80;
/// How often a step without a terminal says that it is still alive.
const HEARTBEAT: Duration = Duration::from_secs(30);
/// How long a program that was asked to end may take before it is made to.
const GRACE: Duration = Duration::from_secs(5);

/// How often we were asked to stop.
static STOPS: AtomicUsize = AtomicUsize::new(0);
/// The programs that a signal has to end.
static CHILDREN: Mutex<Vec<Registered>> = Mutex::new(Vec::new());

/// A running program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Registered {
    /// It leads a process group: everything that it started ends with it.
    Group(u32),
    /// It starts nothing, and shares our process group.
    Single(u32),
}

/// Says what is going on.
#[derive(Debug)]
pub(crate) struct Console {
    verbose: bool,
    terminal: bool,
    /// What can be shown beside each other without wrapping.
    columns: usize,
}

impl Console {
    /// A console on standard output.
    pub(crate) fn new(verbose: bool) -> Self {
        let columns = std::env::var("COLUMNS").ok().and_then(|text| text.parse().ok()).unwrap_or(80);
        Self { verbose, terminal: std::io::stdout().is_terminal(), columns }
    }

    /// One line for people.
    pub(crate) fn say(&self, line: impl AsRef<str>) {
        println!("{}", line.as_ref());
    }

    /// Runs a program, showing one line of progress; `sentence` says what it means if it fails.
    pub(crate) fn step(&self, title: &str, command: &mut Command, sentence: &str) -> Result<(), Failure> {
        if self.verbose {
            return self.stream(title, command, sentence);
        }
        let started = Instant::now();
        self.begin(title);
        let mut child =
            Running::start(in_its_own_group(command).stdout(Stdio::piped()).stderr(Stdio::piped()))?;
        let (sender, lines) = channel();
        child.read_lines(&sender);
        drop(sender);
        let mut tail = VecDeque::new();
        let mut spoken = Instant::now();
        let status = loop {
            match lines.recv_timeout(Duration::from_millis(200)) {
                Ok(line) => {
                    tail.push_back(line);
                    if tail.len() > SHOWN_LINES {
                        tail.pop_front();
                    }
                    continue;
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break child.wait()?,
            }
            if let Some(status) = child.try_wait()? {
                // A grandchild may hold the pipe open for ever; what is there was read.
                break status;
            }
            let latest = latest(&tail);
            if self.terminal {
                self.redraw(&format!(
                    "  {title} ({}) {}",
                    span(started.elapsed()),
                    latest.unwrap_or_default()
                ));
            } else if spoken.elapsed() >= HEARTBEAT {
                spoken = Instant::now();
                let latest = latest.map(|line| format!(": {line}")).unwrap_or_default();
                println!("  … {title}, {} so far{latest}", span(started.elapsed()));
            }
        };
        drop(child);
        self.end(title, started, status, &sentence_for(sentence, &tail), &tail)
    }

    /// Runs a program whose output people want to see, like tests.
    pub(crate) fn stream(&self, title: &str, command: &mut Command, sentence: &str) -> Result<(), Failure> {
        let started = Instant::now();
        println!("  {title}");
        let mut child = Running::start(in_its_own_group(command))?;
        let status = child.wait()?;
        drop(child);
        self.end(title, started, status, sentence, &VecDeque::new())
    }

    fn begin(&self, title: &str) {
        if self.terminal {
            self.redraw(&format!("  {title}"));
        } else {
            println!("  {title}");
        }
    }

    fn redraw(&self, line: &str) {
        let line: String = line.chars().filter(|c| !c.is_control()).take(self.columns.max(20) - 1).collect();
        print!("\r\x1b[K{line}");
        // A terminal that went away is no reason to stop.
        let _ = std::io::stdout().flush();
    }

    fn end(
        &self,
        title: &str,
        started: Instant,
        status: ExitStatus,
        sentence: &str,
        tail: &VecDeque<String>,
    ) -> Result<(), Failure> {
        let clear = if self.terminal { "\r\x1b[K" } else { "" };
        if status.success() {
            println!("{clear}  {title}: {}", span(started.elapsed()));
            return Ok(());
        }
        if stopped() {
            print!("{clear}");
            return Err(Failure::interrupted());
        }
        println!("{clear}  {title}: failed after {}", span(started.elapsed()));
        let shown = tail.iter().map(String::as_str).collect::<Vec<_>>().join("\n");
        Err(Failure::new(sentence).with_output(shown))
    }
}

/// A started program that ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Running {
    child: Child,
    registered: Registered,
}

impl Running {
    /// Starts the leader of a process group.
    fn start(command: &mut Command) -> Result<Self, Failure> {
        Self::register(command, Registered::Group)
    }

    /// Starts a program that starts no others, in our own process group: whoever ends the group
    /// (a terminal, a CI) ends the program as well.
    pub(crate) fn start_single(command: &mut Command) -> Result<Self, Failure> {
        Self::register(clean_environment(command), Registered::Single)
    }

    fn register(command: &mut Command, kind: fn(u32) -> Registered) -> Result<Self, Failure> {
        let mut children = CHILDREN.lock().unwrap_or_else(PoisonError::into_inner);
        if stopped() {
            return Err(Failure::interrupted());
        }
        let child = command.stdin(Stdio::null()).spawn().map_err(|error| {
            let program = command.get_program().to_string_lossy().into_owned();
            match error.kind() {
                std::io::ErrorKind::NotFound => {
                    Failure::new(format!("`{program}` was not found: install it, or put it on the PATH."))
                }
                _ => Failure::new(format!("Could not start `{program}`: {error}.")),
            }
        })?;
        let registered = kind(child.id());
        children.push(registered);
        Ok(Self { child, registered })
    }

    fn read_lines(&mut self, sender: &Sender<String>) {
        if let Some(out) = self.child.stdout.take() {
            read_lines(out, sender.clone());
        }
        if let Some(err) = self.child.stderr.take() {
            read_lines(err, sender.clone());
        }
    }

    /// What it says, where its standard output was piped; once.
    pub(crate) fn stdout(&mut self) -> Option<std::process::ChildStdout> {
        self.child.stdout.take()
    }

    /// Waits for the end.
    pub(crate) fn wait(&mut self) -> Result<ExitStatus, Failure> {
        self.child.wait().map_err(|error| Failure::new(format!("Lost a program that was running: {error}.")))
    }

    /// Whether it has ended.
    pub(crate) fn try_wait(&mut self) -> Result<Option<ExitStatus>, Failure> {
        self.child
            .try_wait()
            .map_err(|error| Failure::new(format!("Lost a program that was running: {error}.")))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if !matches!(self.child.try_wait(), Ok(Some(_))) {
            end(self.registered, Urgency::Ask);
            let asked = Instant::now();
            while asked.elapsed() < GRACE && !matches!(self.child.try_wait(), Ok(Some(_))) {
                thread::sleep(Duration::from_millis(20));
            }
            if !matches!(self.child.try_wait(), Ok(Some(_))) {
                end(self.registered, Urgency::Force);
                // It has ended; only its exit status is collected.
                let _ = self.child.wait();
            }
        } else if stopped() {
            // The leader is gone; whoever it started may not be.
            end(self.registered, Urgency::Force);
        }
        let mut children = CHILDREN.lock().unwrap_or_else(PoisonError::into_inner);
        children.retain(|child| *child != self.registered);
    }
}

/// What a program answers on standard output, if it can be run and succeeds.
pub(crate) fn answer(command: &mut Command) -> Option<String> {
    let output = clean_environment(command).stdin(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// From here on Ctrl-C, and the signals that ask a program to end, end what we started first.
pub(crate) fn stop_children_on_signals() -> Result<(), Failure> {
    ctrlc::set_handler(|| {
        let urgency = if STOPS.fetch_add(1, Ordering::SeqCst) == 0 { Urgency::Ask } else { Urgency::Force };
        end_all(urgency);
        thread::spawn(|| {
            thread::sleep(GRACE);
            end_all(Urgency::Force);
        });
    })
    .map_err(|error| Failure::new(format!("Could not listen for Ctrl-C: {error}.")))
}

/// Whether we were asked to stop.
pub(crate) fn stopped() -> bool {
    STOPS.load(Ordering::SeqCst) > 0
}

/// A length of time as people read it.
pub(crate) fn span(time: Duration) -> String {
    let seconds = time.as_secs();
    match seconds {
        0..10 => format!("{:.1} s", time.as_secs_f64()),
        10..60 => format!("{seconds} s"),
        _ => format!("{} min {:02} s", seconds / 60, seconds % 60),
    }
}

/// Where a program stands on the PATH.
pub(crate) fn on_path(program: &str) -> Option<std::path::PathBuf> {
    let path = std::env::var_os("PATH")?;
    let name = format!("{program}{}", std::env::consts::EXE_SUFFIX);
    std::env::split_paths(&path).map(|dir| dir.join(&name)).find(|file| file.is_file())
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Urgency {
    Ask,
    Force,
}

fn end_all(urgency: Urgency) {
    let children = CHILDREN.lock().unwrap_or_else(PoisonError::into_inner).clone();
    for child in children {
        end(child, urgency);
    }
}

#[cfg(unix)]
fn end(child: Registered, urgency: Urgency) {
    use nix::sys::signal::{Signal, kill, killpg};
    use nix::unistd::Pid;
    let signal = if urgency == Urgency::Ask { Signal::SIGTERM } else { Signal::SIGKILL };
    // An error means that it is gone already, which is what is wanted.
    let _ = match child {
        Registered::Group(id) => i32::try_from(id).map(|id| killpg(Pid::from_raw(id), signal)),
        Registered::Single(id) => i32::try_from(id).map(|id| kill(Pid::from_raw(id), signal)),
    };
}

#[cfg(not(unix))]
fn end(child: Registered, _urgency: Urgency) {
    let (Registered::Group(id) | Registered::Single(id)) = child;
    // Windows has no signals: this ends the program and what it started.
    let _ = Command::new("taskkill").args(["/T", "/F", "/PID", &id.to_string()]).output();
}

fn in_its_own_group(command: &mut Command) -> &mut Command {
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(command, 0);
    clean_environment(command)
}

/// `cargo run` tells us about *our* package; a cargo that we call must not take it for its own.
fn clean_environment(command: &mut Command) -> &mut Command {
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
            command.env_remove(&name);
        }
    }
    command
}

fn read_lines(from: impl Read + Send + 'static, sender: Sender<String>) {
    thread::spawn(move || {
        let mut from = BufReader::new(from);
        let mut line = Vec::new();
        while matches!(from.read_until(b'\n', &mut line), Ok(1..)) {
            if sender.send(String::from_utf8_lossy(&line).trim_end().to_owned()).is_err() {
                return;
            }
            line.clear();
        }
    });
}

/// The line that says best what a program is doing: cargo's last step, else whatever came last.
fn latest(tail: &VecDeque<String>) -> Option<&str> {
    const STEPS: [&str; 6] =
        ["Compiling ", "Checking ", "Downloading ", "Downloaded ", "Installing ", "Updating "];
    let newest_first = || tail.iter().rev().map(|line| line.trim()).filter(|line| !line.is_empty());
    newest_first()
        .find(|line| STEPS.iter().any(|step| line.starts_with(step)))
        .or_else(|| newest_first().next())
}

/// Two causes have the same remedy whatever was being done: they replace the step's own sentence.
fn sentence_for(sentence: &str, tail: &VecDeque<String>) -> String {
    const NETWORK: [&str; 17] = [
        "could not download file from",
        "failed to download",
        "download of",
        "spurious network error",
        "could not resolve host",
        "couldn't resolve host",
        "temporary failure resolving",
        "network is unreachable",
        "failed to connect to",
        "error sending http request",
        "failed to query replaced source registry",
        "unable to update registry",
        "enotfound",
        "eai_again",
        "econnreset",
        "etimedout",
        "econnrefused",
    ];
    const COMPILER: [&str; 4] = [
        "linker `cc` not found",
        "failed to find tool \"cc\"",
        "is `cc` not installed",
        "linker `link.exe` not found",
    ];
    let said = |needles: &[&str]| {
        tail.iter().any(|line| {
            let line = line.to_lowercase();
            needles.iter().any(|needle| line.contains(needle))
        })
    };
    if said(&NETWORK) {
        format!(
            "{sentence} A download failed: check the connection (or the proxy), then run the same command again."
        )
    } else if said(&COMPILER) {
        format!("{sentence} {}", crate::tools::NO_C_COMPILER)
    } else {
        sentence.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn console() -> Console {
        Console { verbose: false, terminal: false, columns: 80 }
    }

    #[test]
    fn a_failed_step_shows_the_end_of_its_output_and_then_the_sentence() {
        let mut command = Command::new("sh");
        command.args([
            "-c",
            "for i in $(seq 100); do echo line $i; done; sleep 0.3; echo last words >&2; exit 3",
        ]);
        let failure = console().step("Counting", &mut command, "Counting failed.").unwrap_err();
        let shown = failure.to_string();
        assert!(shown.contains("  | line 100") && shown.contains("  | last words"), "{shown}");
        assert!(!shown.contains("line 15\n"), "only the end is shown");
        assert!(shown.ends_with("error: Counting failed."), "{shown}");
    }

    #[test]
    fn a_program_that_is_missing_is_one_sentence() {
        let failure =
            console().step("Nothing", &mut Command::new("afterword-no-such-program"), "").unwrap_err();
        assert_eq!(
            failure.sentence(),
            "`afterword-no-such-program` was not found: install it, or put it on the PATH."
        );
    }

    #[test]
    fn a_failed_download_and_a_missing_compiler_are_told_apart() {
        let told = |line: &str| sentence_for("Could not install Trunk.", &VecDeque::from([line.to_owned()]));
        assert!(told("error: failed to download from `https://…`").contains("check the connection"));
        assert!(told("npm error code ENOTFOUND").contains("check the connection"));
        assert!(told("npm error code EAI_AGAIN").contains("check the connection"));
        let rustup = "error: could not download file from 'https://…' to '/root/.rustup/tmp/x'";
        assert!(told(rustup).contains("check the connection"));
        assert!(told("error: linker `cc` not found").contains("C compiler"));
        assert_eq!(told("error[E0308]: mismatched types"), "Could not install Trunk.");
    }

    #[cfg(unix)]
    #[test]
    fn dropping_a_running_program_ends_it_and_what_it_started() {
        let mut command = Command::new("sh");
        command.args(["-c", "sleep 600 & echo $!; wait"]).stdout(Stdio::piped());
        let mut running = Running::start(in_its_own_group(&mut command)).unwrap();
        let mut grandchild = String::new();
        BufReader::new(running.child.stdout.take().unwrap()).read_line(&mut grandchild).unwrap();
        let grandchild = nix::unistd::Pid::from_raw(grandchild.trim().parse().unwrap());
        drop(running);
        let patience = Instant::now();
        // Signal `None` only asks whether the process is there; a zombie still answers, so its
        // state is looked at where the system shows it.
        while nix::sys::signal::kill(grandchild, None).is_ok() && !is_zombie(grandchild) {
            assert!(patience.elapsed() < GRACE, "the grandchild still runs");
            thread::sleep(Duration::from_millis(10));
        }
    }

    #[cfg(unix)]
    fn is_zombie(process: nix::unistd::Pid) -> bool {
        std::fs::read_to_string(format!("/proc/{process}/stat")).is_ok_and(|stat| stat.contains(") Z "))
    }

    #[test]
    fn a_warning_does_not_hide_what_is_being_done() {
        let tail = |lines: &[&str]| VecDeque::from_iter(lines.iter().map(|line| (*line).to_owned()));
        let warned = tail(&["   Compiling leptos v0.8.23", "   = note: requested on the command line", ""]);
        assert_eq!(latest(&warned), Some("Compiling leptos v0.8.23"));
        assert_eq!(latest(&tail(&["added 4 packages", " "])), Some("added 4 packages"));
        assert_eq!(latest(&tail(&[])), None);
    }

    #[test]
    fn spans_read_well() {
        assert_eq!(span(Duration::from_millis(1234)), "1.2 s");
        assert_eq!(span(Duration::from_secs(59)), "59 s");
        assert_eq!(span(Duration::from_secs(125)), "2 min 05 s");
    }
}
