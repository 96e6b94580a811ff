//! The bridge, behind a listener.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;

use afterword_listen::Listener;
use http_body_util::Full;
use hyper::Request;
use hyper::body::Incoming;
use hyper::service::service_fn;

use crate::{Bridge, answer};

/// A bridge that has its address already.
pub struct Server {
    listener: Listener,
    bridge: Arc<Bridge>,
}

impl Server {
    /// Takes the address `listen`, like `127.0.0.1:8788`; port 0 takes any free one. The error is a sentence.
    pub async fn bind(listen: &str, bridge: Bridge) -> Result<Self, String> {
        Ok(Self { listener: Listener::bind(listen).await?, bridge: Arc::new(bridge) })
    }

    /// The address taken.
    pub fn address(&self) -> SocketAddr {
        self.listener.address()
    }

    /// Serves until `stop` is ready, then lets what is under way end, for at most ten seconds.
    pub async fn run(self, stop: impl Future<Output = ()>) {
        let service_for = |_| {
            let bridge = Arc::clone(&self.bridge);
            service_fn(move |request: Request<Incoming>| {
                let bridge = Arc::clone(&bridge);
                async move {
                    let (head, _) = request.into_parts();
                    Ok::<_, Infallible>(answer::answer(&bridge, &head).await.map(Full::new))
                }
            })
        };
        self.listener.run(stop, service_for, || {}).await;
    }
}
