//! The command line and the formats.

use std::process::Command;

use afterword_conformance::options::{self, Options};
use afterword_conformance::{Format, GROUPS};
use afterword_server::{Guests, Settings};

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
    assert_eq!(ran(&["nowhere"]).0, Some(2));
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
    for format in [Format::Text, Format::Tap, Format::Junit, Format::Json] {
        assert!(!report.write(format).contains("Bearer a"));
    }
}

#[tokio::test]
async fn what_a_backend_sends_does_nothing_to_a_terminal() {
    let backend = Backend::open(Twist::Got(|sent, got, _| {
        if sent.is("GET", "/replies") && got.status == 200 {
            got.body = b"{\"replies\": \"\x1b[2J\x07 ]]> <x>\"".to_vec();
        }
    }))
    .await;
    let report = backend.report(&["read"]).await;
    assert!(!report.is_good());
    for format in [Format::Text, Format::Tap, Format::Junit, Format::Json] {
        let written = report.write(format);
        assert!(!written.contains(['\x1b', '\x07']), "{written}");
        assert!(written.contains("[2J"), "{written}");
    }
    assert!(report.write(Format::Junit).contains("]]&gt; &lt;x&gt;"));
}
