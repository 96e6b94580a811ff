//! `afterword-bench server`: how many pages of 50 replies a second the reference server answers, and how long one
//! takes, when many ask at once; beside a real Isso with the same thread.
//!
//! Whoever asks runs on the same machine and takes its share of it: the numbers are lower bounds, and the ratio
//! between two of one run says more than either.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use afterword_bench::numbers::{median, percentile, shown, table};
use afterword_bench::thread::page;
use afterword_tests::undertaker::Undertaker;

use crate::host::thread_id;
use crate::isso;
use crate::options::Options;

/// How many ask at once, each on a connection of its own as far as the server lets it.
const ASKING: usize = 32;
/// The thread that is read.
const TOTAL: u32 = 1000;

/// A question, again and again.
struct Question {
    name: String,
    address: String,
    target: String,
    headers: &'static str,
}

/// What came of it.
#[derive(Debug, Default)]
struct Answers {
    /// In ms.
    took: Vec<f64>,
    a_second: f64,
    /// Of one body, as it was sent.
    bytes: usize,
}

/// Measures and prints. `program` is the reference server.
pub(crate) fn run(options: &Options, program: &Path) -> Result<(), String> {
    let undertaker = Undertaker::hired().map_err(|error| error.to_string())?;
    let server = Server::start(program, &undertaker)?;
    let isso = match &options.peers {
        Some(peers) => {
            let started = isso::start(&peers.programs, &undertaker, &[TOTAL]);
            Some(tokio::runtime::Handle::current().block_on(started)?)
        }
        None => None,
    };
    let questions = questions(&server.address, isso.as_ref().map(|isso| isso.address.as_str()));
    let mut all: Vec<Vec<Answers>> = questions.iter().map(|_| Vec::new()).collect();
    for round in 0..options.runs {
        for (question, answers) in questions.iter().zip(&mut all) {
            eprintln!("round {}: {}", round + 1, question.name);
            answers.push(ask(question, Duration::from_secs(options.seconds))?);
        }
    }
    let middle = |runs: &[Answers], of: &dyn Fn(&Answers) -> Option<f64>| {
        median(&runs.iter().filter_map(of).collect::<Vec<_>>())
    };
    let ours = all.first().and_then(|runs| middle(runs, &|run| Some(run.a_second)));
    let mut rows = Vec::new();
    for (question, runs) in questions.iter().zip(&all) {
        let a_second = middle(runs, &|run| Some(run.a_second));
        rows.push(vec![
            question.name.clone(),
            shown(a_second, 0),
            shown(a_second.zip(ours).map(|(one, ours)| one / ours), 3),
            shown(middle(runs, &|run| percentile(&run.took, 0.5)), 2),
            shown(middle(runs, &|run| percentile(&run.took, 0.99)), 2),
            shown(middle(runs, &|run| Some(run.bytes as f64 / 1000.0)), 1),
        ]);
    }
    println!("{ASKING} connections, {} runs of {} s\n", options.runs, options.seconds);
    let head = ["a page of 50 of 1,000", "a second", "× first row", "p50, ms", "p99, ms", "kB"];
    println!("{}", table(&head, &rows));
    Ok(())
}

fn questions(ours: &str, isso: Option<&str>) -> Vec<Question> {
    const PACKED: &str = "Accept-Encoding: br, gzip\r\n";
    let id = thread_id(TOTAL);
    let of_ours = |name: &str, target: String, headers| Question {
        name: name.to_owned(),
        address: ours.to_owned(),
        target,
        headers,
    };
    let mut questions = vec![
        of_ours("JSON, brotli", format!("/api/replies?thread={id}&limit=50"), PACKED),
        of_ours("JSON, not compressed", format!("/api/replies?thread={id}&limit=50"), ""),
    ];
    // A server that draws no pages has no such route.
    let html = of_ours("HTML, brotli", format!("/api/html?thread={id}&limit=50"), PACKED);
    if Line::open(ours).and_then(|mut line| line.ask(&html)).is_ok_and(|(status, _)| status == 200) {
        questions.push(html);
    }
    questions.extend(isso.map(|isso| Question {
        name: "Isso, JSON, not compressed".to_owned(),
        address: isso.to_owned(),
        target: format!("/?uri=%2F{id}&limit=50&nested_limit=0"),
        headers: "",
    }));
    questions
}

/// Asks for so long, from many threads at once.
fn ask(question: &Question, time: Duration) -> Result<Answers, String> {
    // What is answered for the first time is not what is measured.
    Line::open(&question.address)?.ask(question)?;
    let began = Instant::now();
    let outcomes: Vec<Result<Answers, String>> = std::thread::scope(|scope| {
        let asking: Vec<_> = (0..ASKING).map(|_| scope.spawn(|| ask_alone(question, began + time))).collect();
        let joined = asking.into_iter().map(|one| one.join());
        joined.map(|outcome| outcome.unwrap_or_else(|_| Err("a client broke off".to_owned()))).collect()
    });
    let seconds = began.elapsed().as_secs_f64();
    let mut all = Answers::default();
    for one in outcomes {
        let one = one?;
        all.took.extend(one.took);
        all.bytes = one.bytes;
    }
    all.a_second = all.took.len() as f64 / seconds;
    Ok(all)
}

fn ask_alone(question: &Question, end: Instant) -> Result<Answers, String> {
    let mut answers = Answers::default();
    let mut line: Option<Line> = None;
    while Instant::now() < end {
        let began = Instant::now();
        // Servers that hang up after each answer make their clients connect anew, and wait for that.
        let open = match line.take() {
            Some(open) => open,
            None => Line::open(&question.address)?,
        };
        let mut open = open;
        let (status, bytes) = open.ask(question)?;
        if status != 200 {
            return Err(format!("{}: status {status}", question.name));
        }
        answers.took.push(began.elapsed().as_secs_f64() * 1000.0);
        answers.bytes = bytes;
        if open.stays {
            line = Some(open);
        }
    }
    Ok(answers)
}

/// One connection.
struct Line {
    stream: BufReader<TcpStream>,
    stays: bool,
}

impl Line {
    fn open(address: &str) -> Result<Self, String> {
        let stream = TcpStream::connect(address).map_err(|error| format!("{address}: {error}"))?;
        stream.set_nodelay(true).map_err(|error| error.to_string())?;
        Ok(Self { stream: BufReader::new(stream), stays: true })
    }

    /// The status and the length of the body.
    fn ask(&mut self, question: &Question) -> Result<(u16, usize), String> {
        let Question { name, address, target, headers } = question;
        let failed = |error: std::io::Error| format!("{name}: {error}");
        let request = format!("GET {target} HTTP/1.1\r\nHost: {address}\r\n{headers}\r\n");
        self.stream.get_mut().write_all(request.as_bytes()).map_err(failed)?;
        let (mut status, mut length) = (0, None);
        loop {
            let mut head = String::new();
            if self.stream.read_line(&mut head).map_err(failed)? == 0 {
                return Err(format!("{name}: the server hung up"));
            }
            let head = head.trim_end().to_ascii_lowercase();
            if let Some(rest) = head.strip_prefix("http/1.1 ") {
                status = rest.get(..3).and_then(|code| code.parse().ok()).unwrap_or(0);
            } else if let Some(rest) = head.strip_prefix("content-length:") {
                length = rest.trim().parse().ok();
            } else if head.starts_with("connection:") && head.ends_with("close") {
                self.stays = false;
            } else if head.is_empty() {
                break;
            }
        }
        let length: usize = length.ok_or_else(|| format!("{name}: an answer of unknown length"))?;
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).map_err(failed)?;
        Ok((status, length))
    }
}

/// The reference server as a program of its own.
struct Server {
    address: String,
    child: Child,
}

impl Server {
    fn start(program: &Path, undertaker: &Undertaker) -> Result<Self, String> {
        let database = undertaker.folder().join("afterword.sqlite");
        let thread =
            serde_json::to_string(&page(&thread_id(TOTAL), TOTAL)).map_err(|error| error.to_string())?;
        let file = undertaker.folder().join("thread.json");
        std::fs::write(&file, thread).map_err(|error| error.to_string())?;
        let failed = |error: std::io::Error| format!("{}: {error}", program.display());
        let mut import = Command::new(program);
        import.arg("import").arg(&file).arg("--database").arg(&database).stdout(Stdio::null());
        undertaker.mark(&mut import);
        if !import.status().map_err(failed)?.success() {
            return Err("the thread could not be imported".to_owned());
        }
        let mut serve = Command::new(program);
        serve.arg("serve").arg("--database").arg(&database).args(["--listen", "127.0.0.1:0"]);
        // Without a line for each request, as behind a proxy that writes its own.
        serve.args(["--log", "warn"]).stdin(Stdio::null()).stdout(Stdio::piped());
        undertaker.mark(&mut serve);
        let mut child = serve.spawn().map_err(failed)?;
        let mut line = String::new();
        if let Some(output) = child.stdout.take() {
            BufReader::new(output).read_line(&mut line).map_err(failed)?;
        }
        let address = line.trim().rsplit("http://").next().unwrap_or_default();
        let address = address.trim_end_matches('/').to_owned();
        if address.is_empty() {
            return Err("the server did not say where it listens".to_owned());
        }
        Ok(Self { address, child })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
