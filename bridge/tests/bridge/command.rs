//! The command itself: what it prints, and that it serves and stops.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use crate::fake::{self, Fake, get};

fn bridge() -> Command {
    Command::new(env!("CARGO_BIN_EXE_afterword-bridge"))
}

#[test]
fn help_and_what_is_wrong_are_said() {
    let help = bridge().arg("--help").output().unwrap();
    assert!(
        help.status.success()
            && String::from_utf8_lossy(&help.stdout).contains("afterword-bridge SYSTEM URL")
    );
    let (reader, unread) = std::io::pipe().unwrap();
    drop(reader);
    let help = bridge().arg("--help").stdout(unread).stderr(Stdio::piped()).spawn().unwrap();
    let help = help.wait_with_output().unwrap();
    assert!(help.status.success() && help.stderr.is_empty(), "nobody reads it: {help:?}");
    let wrong = bridge().args(["isso", "https://example.org", "--cache", "x"]).output().unwrap();
    assert_eq!(wrong.status.code(), Some(2));
    let said = String::from_utf8_lossy(&wrong.stderr).into_owned();
    assert_eq!(said, "afterword-bridge: --cache takes whole seconds from 1 to 86400, and not `x`.\n");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let wrong = bridge().args(["isso", "https://example.org", "--listen", &address]).output().unwrap();
    assert_eq!(wrong.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("give another address with --listen"));
}

#[tokio::test]
async fn it_says_where_it_listens_and_serves_there() {
    let fake = Fake::start(fake::isso()).await;
    let mut bridge = bridge();
    bridge.args(["isso", &fake.url, "--listen", "127.0.0.1:0"]).stdout(Stdio::piped());
    let mut running = bridge.spawn().unwrap();
    let mut said = String::new();
    BufReader::new(running.stdout.take().unwrap()).read_line(&mut said).unwrap();
    let (read, api) = said.trim().split_once(" is read for ").unwrap();
    let answer = get(&format!("{api}/replies?thread=/plums")).await;
    running.kill().unwrap();
    running.wait().unwrap();
    assert_eq!((read, answer.status, answer.numbers().len()), (fake.url.as_str(), 200, 5));
}
