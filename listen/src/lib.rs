//! A listener with bounds on what one connection may cost, and a graceful end.
//!
//! HTTP/1.1 only: TLS and HTTP/2 are the reverse proxy's. Written on hyper's own connection, because
//! `axum::serve` has no way to bound how long and how large the head of a request may be.
//! Knows nothing of what is answered.

mod patience;

use std::error::Error;
use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use http_body::Body;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::Service;
use hyper::{Request, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use patience::Patient;

/// For how long the head of a request may dribble in, and an idle connection stay open.
const HEAD_TIMEOUT: Duration = Duration::from_secs(30);
/// The most that a head may hold; hyper answers 431 beyond it.
const HEAD_BYTES: usize = 32 << 10;
/// For how long the writing of an answer may stand still because the client takes nothing of it.
const WRITE_PATIENCE: Duration = Duration::from_secs(30);
/// Well below the usual bound on open files.
const CONNECTIONS: usize = 900;
/// For how long requests may go on after the signal to stop.
const DRAIN: Duration = Duration::from_secs(10);

/// An error of a service or of a body, as hyper takes it.
type AnyError = Box<dyn Error + Send + Sync>;

/// A listener that has its address already.
#[derive(Debug)]
pub struct Listener {
    listener: TcpListener,
    address: SocketAddr,
    write_patience: Duration,
}

impl Listener {
    /// Takes the address `listen`, like `127.0.0.1:8080`; port 0 takes any free one. The error is a sentence that says
    /// what to do.
    pub async fn bind(listen: &str) -> Result<Self, String> {
        let listener = TcpListener::bind(listen).await.map_err(|error| explain(listen, &error))?;
        let address = listener.local_addr().map_err(|error| explain(listen, &error))?;
        Ok(Self { listener, address, write_patience: WRITE_PATIENCE })
    }

    /// Gives a client up that has taken nothing of its answer for so long; 30 seconds where nothing is said.
    pub fn with_write_patience(self, write_patience: Duration) -> Self {
        Self { write_patience, ..self }
    }

    /// The address taken.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves until `stop` is ready, then lets what is under way end, for at most ten seconds. `service_for` answers a
    /// client, and `stopping` is called as soon as nobody is let in any more.
    pub async fn run<S, B>(
        self,
        stop: impl Future<Output = ()>,
        service_for: impl Fn(SocketAddr) -> S,
        stopping: impl FnOnce(),
    ) where
        S: Service<Request<Incoming>, Response = Response<B>, Error: Into<AnyError>, Future: Send>
            + Send
            + 'static,
        B: Body<Data: Send, Error: Into<AnyError>> + Send + 'static,
    {
        let mut builder = http1::Builder::new();
        builder.timer(TokioTimer::new()).header_read_timeout(HEAD_TIMEOUT).max_buf_size(HEAD_BYTES);
        let graceful = GracefulShutdown::new();
        let room = Arc::new(Semaphore::new(CONNECTIONS));
        let mut stop = std::pin::pin!(stop);
        loop {
            let accepted = tokio::select! {
                accepted = accept(&self.listener, &room) => accepted,
                () = &mut stop => break,
            };
            let Some((stream, peer, place)) = accepted else { continue };
            let stream = TokioIo::new(Patient::new(stream, self.write_patience));
            let connection = graceful.watch(builder.serve_connection(stream, service_for(peer)));
            tokio::spawn(async move {
                if let Err(error) = connection.await {
                    tracing::debug!(%error, "a connection ended early");
                }
                drop(place);
            });
        }
        drop(self.listener);
        tracing::info!("stopping");
        stopping();
        if tokio::time::timeout(DRAIN, graceful.shutdown()).await.is_err() {
            tracing::warn!("some requests were cut off");
        }
    }
}

/// The next connection, once there is room for it; `None` where accepting failed for the moment.
async fn accept(
    listener: &TcpListener,
    room: &Arc<Semaphore>,
) -> Option<(TcpStream, SocketAddr, OwnedSemaphorePermit)> {
    let place = Arc::clone(room).acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, peer)) => {
            // Answers are written in one go; waiting for more to send only delays them.
            let _ = stream.set_nodelay(true);
            Some((stream, peer, place))
        }
        Err(error) => {
            // Usually too many open files, which passes; trying again at once would only heat the room.
            tracing::warn!(%error, "a connection could not be accepted");
            tokio::time::sleep(Duration::from_millis(100)).await;
            None
        }
    }
}

fn explain(listen: &str, error: &io::Error) -> String {
    match error.kind() {
        ErrorKind::AddrInUse => format!(
            "Another program listens on {listen} already; stop it, or give another address with --listen \
             (port 0 takes any free one)."
        ),
        ErrorKind::PermissionDenied => format!(
            "This user may not listen on {listen}; give a port above 1023 with --listen, and let a reverse proxy \
             answer on 443."
        ),
        ErrorKind::AddrNotAvailable => {
            format!(
                "This machine has no address {listen}; give one of its own with --listen, like 127.0.0.1:8080."
            )
        }
        _ => format!(
            "It is not possible to listen on {listen}: {error}; give --listen an address like 127.0.0.1:8080."
        ),
    }
}
