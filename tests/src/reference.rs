//! The reference server, whole and real: its routes over SQLite, on a port of its own for one story.

use afterword_contract::ThreadId;
use afterword_server::{App, FrontPage, Server, Settings, Store, read_pages};
use tokio::sync::oneshot;

/// A running reference server, which stops when this is dropped.
pub struct Reference {
    /// Where it listens. Example: `"http://127.0.0.1:41234"`.
    pub origin: String,
    _stop: oneshot::Sender<()>,
}

impl Reference {
    /// Starts over a new database that holds the threads of a file, with an article for one of them at `/`.
    pub async fn start(file: &str, article: &str) -> Self {
        let store = Store::temporary().await.unwrap_or_else(|error| panic!("no database: {error}"));
        let pages = read_pages(file).unwrap_or_else(|error| panic!("the file {error}"));
        store.import(pages).await.unwrap_or_else(|error| panic!("nothing was imported: {error}"));
        let front = FrontPage::Article(ThreadId::from(article));
        let app = App::new(store, Settings { front, ..Settings::default() });
        let server =
            Server::bind("127.0.0.1:0", app).await.unwrap_or_else(|error| panic!("no server: {error}"));
        let origin = format!("http://{}", server.address());
        let (stop, stopped) = oneshot::channel();
        tokio::spawn(server.run(async {
            // Sent never; dropped with `Reference`.
            let _ = stopped.await;
        }));
        Self { origin, _stop: stop }
    }
}
