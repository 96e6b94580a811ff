//! The routes, behind a listener.

use std::net::SocketAddr;
use std::time::Duration;

use afterword_listen::Listener;
use axum::extract::ConnectInfo;
use hyper::body::Incoming;
use hyper::service::{Service, service_fn};
use hyper_util::service::TowerToHyperService;
use tokio::sync::watch;

use crate::Failure;
use crate::app::{App, router};
use crate::live::Stopping;

/// Routes that have an address already.
pub struct Server {
    listener: Listener,
    router: axum::Router,
}

impl Server {
    /// Takes the address `listen`, like `127.0.0.1:8080`; port 0 takes any free one.
    pub async fn bind(listen: &str, app: App) -> Result<Self, Failure> {
        Self::bind_router(listen, router(app)).await
    }

    /// The same for routes of one's own, with or without [`router`] among them.
    pub async fn bind_router(listen: &str, router: axum::Router) -> Result<Self, Failure> {
        let listener = Listener::bind(listen).await.map_err(Failure::new)?;
        Ok(Self { listener, router })
    }

    /// Gives a client up that has taken nothing of its answer for so long; 30 seconds where nothing is said.
    pub fn with_write_patience(self, write_patience: Duration) -> Self {
        Self { listener: self.listener.with_write_patience(write_patience), ..self }
    }

    /// The address taken.
    pub fn address(&self) -> SocketAddr {
        self.listener.address()
    }

    /// Serves until `stop` is ready, then lets what is under way end, for at most ten seconds.
    pub async fn run(self, stop: impl Future<Output = ()>) {
        let service = TowerToHyperService::new(self.router);
        let (stopping, stopped) = watch::channel(false);
        let service_for = |peer: SocketAddr| {
            let (service, stopped) = (service.clone(), Stopping(stopped.clone()));
            service_fn(move |mut request: hyper::Request<Incoming>| {
                request.extensions_mut().insert(ConnectInfo(peer));
                request.extensions_mut().insert(stopped.clone());
                service.call(request)
            })
        };
        // Streams have no end of their own.
        self.listener.run(stop, service_for, || _ = stopping.send_replace(true)).await;
    }
}
