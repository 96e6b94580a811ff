//! The command line and the formats.

use std::process::Command;
use std::sync::Mutex;

use afterword_conformance::options::{self, Options};
use afterword_conformance::{Format, GROUPS};
use afterword_server::{Guests, Settings};
use serde_json::json;

use crate::backend::{Backend, Got, Twist};

fn parsed(arguments: &[&str]) -> Result<options::Command, String> {
    options::parse(arguments.iter().map(std::ffi::OsString::from))
}

#[test]
fn the_command_line_is_read() {
    let asked = parsed(&["https://a.example/api", "--token", "t", "--only", "read,paging", "--format=tap"]);
    let expected = Options {
        token: Some("t".to_owned()),
        only: vec!["read".to_owned(), "paging".to_owned()],
        format: Format::Tap,
        ..Options::of("https://a.example/api")
    };
    assert_eq!(asked, Ok(options::Command::Ask(expected)));
    assert_eq!(parsed(&["--help"]), Ok(options::Command::Help));
}

#[test]
fn what_is_wrong_with_a_command_line_is_said() {
    for (arguments, said) in [
        (&[][..], "address is missing"),
        (&["a.example"], "https://"),
        (&["http://a", "--only", "reed"], "`reed` is no group"),
        (&["http://a", "--format", "yaml"], "text, tap, junit and json"),
        (&["http://a", "--fast"], "--fast"),
        (&["http://a", "--patience", "0"], "0"),
        (&["http://a", "--token", ""], "a token is empty"),
        (&["http://a", "--second-token", "two words"], "holds what no header can"),
        (&["http://a", "http://b"], "http://b"),
    ] {
        let wrong = parsed(arguments).unwrap_err();
        assert!(wrong.contains(said), "{arguments:?}: {wrong}");
    }
}

fn ran(arguments: &[&str]) -> (Option<i32>, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_afterword-conformance")).args(arguments).output().unwrap();
    (output.status.code(), String::from_utf8(output.stdout).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_exit_status_tells() {
    let good = Backend::open(Twist::None).await;
    let bad = Backend::open(Twist::Got(|_, got: &mut Got, _| {
        got.headers.remove("x-content-type-options");
    }))
    .await;
    let (status, said) = ran(&[&good.api, "--only", "http"]);
    assert_eq!((status, said.contains("0 wrong")), (Some(0), true), "{said}");
    let (status, said) = ran(&[&bad.api, "--only", "http", "--format", "json"]);
    assert_eq!(status, Some(1));
    let said: serde_json::Value = serde_json::from_str(&said).unwrap();
    assert_eq!(said["wrong"], 1);
    let guests = Guests { allowed: false, ..Guests::default() };
    let closed = Backend::start(Settings { guests, ..Settings::default() }, Twist::None).await;
    assert_eq!(ran(&[&closed.api, "--only", "http"]).0, Some(0));
    assert_eq!(ran(&[&closed.api, "--only", "http", "--strict"]).0, Some(1));
    assert_eq!(ran(&[&good.api, "--only", "http", "--strict"]).0, Some(0));
    assert_eq!(ran(&["http://127.0.0.1:9/api"]).0, Some(2));
    let refusing = Backend::open(Twist::Got(|sent, got: &mut Got, _| {
        if sent.is("POST", "/guests") {
            got.status = 500;
        }
    }))
    .await;
    let (status, said) = ran(&[&refusing.api, "--only", "http"]);
    assert_eq!((status, said.contains("`POST guests` was refused: 500")), (Some(2), true), "{said}");
    assert_eq!(ran(&[&refusing.api, "--only", "guest"]).0, Some(1));
    assert_eq!(ran(&["nowhere"]).0, Some(2));
    let mut ask = Command::new(env!("CARGO_BIN_EXE_afterword-conformance"));
    let said = ask.arg(&good.api).env("AFTERWORD_TOKEN", "0123456789abcdef\n").output().unwrap();
    let sentence = String::from_utf8(said.stderr).unwrap();
    assert!(sentence.contains("AFTERWORD_TOKEN") && !sentence.contains("0123"), "{sentence}");
    assert_eq!(said.status.code(), Some(2));
    let (status, said) = ran(&["--list"]);
    let checks: usize = GROUPS.iter().map(|group| group.checks.len()).sum();
    assert_eq!((status, said.lines().count()), (Some(0), checks));
}

#[tokio::test]
async fn a_finding_says_everything_in_every_format_but_no_token() {
    let backend = Backend::open(Twist::Got(|sent, got, _| {
        if sent.is("POST", "/replies") && got.status == 401 {
            got.status = 400;
        }
        got.headers.remove("x-content-type-options");
    }))
    .await;
    let report = backend.report(&["http"]).await;
    let (good, wrong, left_out) = report.counts();
    assert_eq!((wrong, left_out), (1, 0));
    let total = good + 1;
    let text = report.write(Format::Text);
    for part in ["wrong:", "sent:     GET http", "came:     200", "contract: ", "(8. Security)", "mend: "] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(
        report.write(Format::Tap).starts_with(&format!("TAP version 14\n1..{total}\nok 1 - http.etag\n"))
    );
    assert!(report.write(Format::Tap).contains("- http.nosniff\n  ---\n  message: |\n"));
    let junit = report.write(Format::Junit);
    assert!(junit.contains(&format!("tests=\"{total}\" failures=\"1\" skipped=\"0\"")), "{junit}");
    assert_eq!(junit.matches("<testcase ").count(), total);
}

/// A backend that says in every answer what it was sent, and gives guests away in ways that nobody reads.
#[tokio::test]
async fn no_token_stands_in_a_report_whatever_a_backend_says() {
    let backend = Backend::open(Twist::Got(|sent, got, memory| {
        let mut memory = memory.lock().unwrap();
        if sent.is("POST", "/guests") && got.status == 201 {
            let token = got.json()["token"].as_str().unwrap().to_owned();
            let count = memory.len();
            memory.insert(token, String::new());
            if count > 1 {
                got.change(|guest| guest["person"] = json!(0));
            }
        }
        let bearer = sent.header("authorization").trim_start_matches("Bearer ").to_owned();
        if !bearer.is_empty() {
            let filling = "x".repeat(590);
            got.status = 418;
            got.set("www-authenticate", &format!("Bearer realm=\"{bearer}\""));
            got.body = json!({ "sent": [bearer.to_uppercase(), bearer], "": filling + &bearer })
                .to_string()
                .into_bytes();
        }
        memory.keys().for_each(|token| TOKENS.lock().unwrap().push(token.clone()));
    }))
    .await;
    let report = backend.report(&[]).await;
    let tokens = TOKENS.lock().unwrap();
    assert!(tokens.len() > 4 && report.findings().count() > 20, "{}", report.write(Format::Text));
    for format in [Format::Text, Format::Tap, Format::Junit, Format::Json] {
        let written = report.write(format).to_lowercase();
        assert!(written.contains("realm") && written.contains("bearer …"), "{written}");
        for token in tokens.iter() {
            let beginning = token[..12].to_lowercase();
            assert!(!written.contains(&beginning), "{beginning}: {written}");
        }
    }
}

/// The tokens that the backend of the test above gave away.
static TOKENS: Mutex<Vec<String>> = Mutex::new(Vec::new());

#[tokio::test]
async fn what_a_backend_sends_does_nothing_to_a_terminal() {
    let backend = Backend::open(Twist::Got(|sent, got, _| {
        if sent.is("GET", "/replies") && got.status == 200 {
            got.body = b"{\"replies\": \"\x1b[2J\x07\xc2\x9b\xef\xbf\xbf ]]> <x>\"".to_vec();
            if sent.address.contains("-nobody") {
                let features = ["\x1b[2J\u{9b}\nnot ok 1", "guest"];
                got.body =
                    json!({ "replies": [], "thread": { "features": features } }).to_string().into_bytes();
            }
        }
    }))
    .await;
    let report = backend.report(&["read"]).await;
    assert!(!report.is_good());
    for format in [Format::Text, Format::Tap, Format::Junit, Format::Json] {
        let written = report.write(format);
        assert!(!written.contains(['\x1b', '\x07', '\u{9b}', '\u{ffff}']), "{written}");
        assert!(written.contains("[2J"), "{written}");
        assert!(!written.contains("\nnot ok 1\n"), "{written}");
    }
    assert!(report.write(Format::Junit).contains("]]&gt; &lt;x&gt;"));
}
