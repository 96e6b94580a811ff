//! The listener: what a connection may cost, seen from the other end of a socket.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use afterword_server::Server;
use common::{Site, reply, thread};
use serde_json::json;

/// A server on a thread whose page is larger than what sockets hold, until the test ends.
async fn served(write_patience: Duration) -> SocketAddr {
    let replies = (1..=100).map(|number| {
        let mut reply = reply("t", number);
        reply["body"] = json!("x".repeat(60_000));
        reply
    });
    let site = Site::of(vec![thread("t", replies.collect())]).await;
    let server = Server::bind_router("127.0.0.1:0", site.router.clone()).await.unwrap();
    let server = server.with_write_patience(write_patience);
    let address = server.address();
    tokio::spawn(async move {
        let _kept = site.store;
        server.run(std::future::pending()).await;
    });
    address
}

const LARGE: &[u8] = b"GET /api/replies?thread=t&limit=100 HTTP/1.1\r\nhost: a\r\n\r\n";

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_takes_nothing_of_its_answer_is_given_up() {
    let address = served(Duration::from_millis(200)).await;
    let given_up = tokio::task::spawn_blocking(move || {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.set_write_timeout(Some(Duration::from_secs(20))).unwrap();
        // Asked for more and more, and never read: writing fails once the server has closed its end. A server
        // that waits reads no more either, and then the time runs out.
        loop {
            if let Err(error) = stream.write_all(LARGE) {
                return error.kind();
            }
        }
    });
    let kind = given_up.await.unwrap();
    assert!(matches!(kind, std::io::ErrorKind::ConnectionReset | std::io::ErrorKind::BrokenPipe), "{kind:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_reads_slowly_gets_all_of_its_answer() {
    let address = served(Duration::from_secs(2)).await;
    let read = tokio::task::spawn_blocking(move || {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        for _ in 0..3 {
            stream.write_all(LARGE).unwrap();
        }
        let (mut total, mut buffer) = (0, vec![0; 1 << 20]);
        while total < 3 * 100 * 60_000 {
            std::thread::sleep(Duration::from_millis(150));
            match stream.read(&mut buffer).unwrap() {
                0 => break,
                some => total += some,
            }
        }
        total
    });
    assert!(read.await.unwrap() >= 3 * 100 * 60_000, "longer than the patience, and never still for so long");
}
