//! A listener with bounds on what one connection may cost. HTTP/1.1 only: TLS is the reverse proxy's.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

use crate::{Bridge, answer};

/// For how long the head of a request may dribble in, and an idle connection stay open.
const HEAD_TIMEOUT: Duration = Duration::from_secs(30);
/// The most that a head may hold.
const HEAD_BYTES: usize = 32 << 10;
/// Well below the usual bound on open files.
const CONNECTIONS: usize = 900;
/// For how long requests may go on after the signal to stop.
const DRAIN: Duration = Duration::from_secs(10);

/// A listener that has its address already.
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    bridge: Arc<Bridge>,
}

impl Server {
    /// Takes the address `listen`, like `127.0.0.1:8788`; port 0 takes any free one. The error is a sentence.
    pub async fn bind(listen: &str, bridge: Bridge) -> Result<Self, String> {
        let wrong = |error: std::io::Error| {
            format!("It is not possible to listen on {listen}: {error}; give another address with --listen.")
        };
        let listener = TcpListener::bind(listen).await.map_err(wrong)?;
        let address = listener.local_addr().map_err(wrong)?;
        Ok(Self { listener, address, bridge: Arc::new(bridge) })
    }

    /// The address taken.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves until `stop` is ready, then lets what is under way end, for at most ten seconds.
    pub async fn run(self, stop: impl Future<Output = ()>) {
        let mut builder = http1::Builder::new();
        builder.timer(TokioTimer::new()).header_read_timeout(HEAD_TIMEOUT).max_buf_size(HEAD_BYTES);
        let graceful = GracefulShutdown::new();
        let room = Arc::new(Semaphore::new(CONNECTIONS));
        let mut stop = std::pin::pin!(stop);
        loop {
            let accepted = async {
                let place = Arc::clone(&room).acquire_owned().await.ok();
                (self.listener.accept().await, place)
            };
            let (accepted, place) = tokio::select! {
                accepted = accepted => accepted,
                () = &mut stop => break,
            };
            let Ok((stream, _)) = accepted else {
                // Usually too many open files, which passes.
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            };
            let _ = stream.set_nodelay(true);
            let bridge = Arc::clone(&self.bridge);
            let service = service_fn(move |request: Request<Incoming>| {
                let bridge = Arc::clone(&bridge);
                async move {
                    let (head, _) = request.into_parts();
                    Ok::<Response<Full<Bytes>>, Infallible>(
                        answer::answer(&bridge, &head).await.map(Full::new),
                    )
                }
            });
            let connection = graceful.watch(builder.serve_connection(TokioIo::new(stream), service));
            tokio::spawn(async move {
                // A client that hangs up is no failure.
                let _ = connection.await;
                drop(place);
            });
        }
        drop(self.listener);
        let _ = tokio::time::timeout(DRAIN, graceful.shutdown()).await;
    }
}
