//! A listener with bounds on what one connection may cost, and a graceful end.
//!
//! HTTP/1.1 only: TLS and HTTP/2 are the reverse proxy's. Written on hyper's own connection, because
//! `axum::serve` has no way to bound how long and how large the head of a request may be.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::ConnectInfo;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};

use crate::Failure;
use crate::app::{App, router};
use crate::live::Stopping;
use crate::patience::Patient;

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

/// A listener that has its address already.
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    router: axum::Router,
    write_patience: Duration,
}

impl Server {
    /// Takes the address `listen`, like `127.0.0.1:8080`; port 0 takes any free one.
    pub async fn bind(listen: &str, app: App) -> Result<Self, Failure> {
        Self::bind_router(listen, router(app)).await
    }

    /// The same for routes of one's own, with or without [`router`] among them.
    pub async fn bind_router(listen: &str, router: axum::Router) -> Result<Self, Failure> {
        let listener = TcpListener::bind(listen).await.map_err(|error| explain(listen, &error))?;
        let address = listener.local_addr().map_err(|error| explain(listen, &error))?;
        Ok(Self { listener, address, router, write_patience: WRITE_PATIENCE })
    }

    /// Gives a client up that has taken nothing of its answer for so long; 30 seconds where nothing is said.
    pub fn with_write_patience(self, write_patience: Duration) -> Self {
        Self { write_patience, ..self }
    }

    /// The address taken.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves until `stop` is ready, then lets what is under way end, for at most ten seconds.
    pub async fn run(self, stop: impl Future<Output = ()>) {
        let mut builder = http1::Builder::new();
        builder.timer(TokioTimer::new()).header_read_timeout(HEAD_TIMEOUT).max_buf_size(HEAD_BYTES);
        let service = TowerToHyperService::new(self.router);
        let graceful = GracefulShutdown::new();
        let room = Arc::new(Semaphore::new(CONNECTIONS));
        let mut stop = std::pin::pin!(stop);
        let (stopping, stopped) = watch::channel(false);
        loop {
            let accepted = tokio::select! {
                accepted = accept(&self.listener, &room) => accepted,
                () = &mut stop => break,
            };
            let Some((stream, peer, place)) = accepted else { continue };
            let (service, stopped) = (service.clone(), Stopping(stopped.clone()));
            let service = service_fn(move |mut request: hyper::Request<Incoming>| {
                request.extensions_mut().insert(ConnectInfo(peer));
                request.extensions_mut().insert(stopped.clone());
                service.call(request)
            });
            let stream = TokioIo::new(Patient::new(stream, self.write_patience));
            let connection = builder.serve_connection(stream, service);
            let connection = graceful.watch(connection);
            tokio::spawn(async move {
                if let Err(error) = connection.await {
                    tracing::debug!(%error, "a connection ended early");
                }
                drop(place);
            });
        }
        drop(self.listener);
        tracing::info!("stopping");
        // Streams have no end of their own.
        stopping.send_replace(true);
        if tokio::time::timeout(DRAIN, graceful.shutdown()).await.is_err() {
            tracing::warn!("some requests were cut off");
        }
    }
}

/// The next connection, once there is room for it; `None` where accepting failed for the moment.
async fn accept(
    listener: &TcpListener,
    room: &Arc<Semaphore>,
) -> Option<(TcpStream, SocketAddr, tokio::sync::OwnedSemaphorePermit)> {
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

fn explain(listen: &str, error: &std::io::Error) -> Failure {
    Failure::new(match error.kind() {
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
    })
}
