//! A bridge before a real system, in this process and on a port of its own.

use afterword_bridge::options::Options;
use afterword_bridge::{Bridge, Server, System};
use tokio::task::JoinHandle;

/// A running bridge, which stops when this is dropped.
pub struct Bridged {
    /// Its `{api}`. Example: `"http://127.0.0.1:41234/api"`.
    pub api: String,
    serving: JoinHandle<()>,
}

impl Bridged {
    /// Before the system at `url`; what it answers is kept for `cache`.
    pub async fn start(system: System, url: &str, cache: std::time::Duration) -> Result<Self, String> {
        let bridge = Bridge::new(&Options { cache, ..Options::of(system, url) })?;
        let server = Server::bind("127.0.0.1:0", bridge).await?;
        let api = format!("http://{}/api", server.address());
        Ok(Self { api, serving: tokio::spawn(server.run(std::future::pending())) })
    }
}

impl Drop for Bridged {
    fn drop(&mut self) {
        self.serving.abort();
    }
}
