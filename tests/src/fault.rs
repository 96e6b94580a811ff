//! Trouble on the way: what the host answers instead of the truth, and gates that hold an answer back.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

/// What happens to a request instead of its ordinary answer.
#[derive(Clone, Debug)]
pub enum Fault {
    /// This status with this body.
    Answer {
        /// The HTTP status.
        status: u16,
        /// The media type.
        kind: String,
        /// The body.
        body: String,
    },
    /// The ordinary body under another media type.
    Kind(String),
    /// The ordinary answer as a later version of the contract might write it: with fields and words that this one
    /// does not know.
    Later,
    /// The ordinary answer without the second half of its body, as an upload that broke off leaves it.
    Half,
    /// The connection is closed without a word.
    Dropped,
    /// The request is carried out, and its answer lost on the way back.
    Lost,
    /// Too many requests: try again after so many seconds.
    Busy(u32),
    /// The ordinary answer, once the gate is opened.
    Held(Gate),
}

impl Fault {
    /// Problem details, as the contract wants them.
    pub fn problem(status: u16, title: &str, detail: &str) -> Self {
        let body =
            serde_json::json!({ "type": "about:blank", "title": title, "status": status, "detail": detail });
        Self::Answer { status, kind: "application/problem+json".to_owned(), body: body.to_string() }
    }

    /// An error page as proxies and static hosts write them.
    pub fn html(status: u16) -> Self {
        let body = format!("<!doctype html><title>{status}</title><h1>{status} from a proxy</h1>");
        Self::Answer { status, kind: "text/html".to_owned(), body }
    }

    /// Status 200 and this, as JSON or what passes for it.
    pub fn json(body: &str) -> Self {
        Self::Answer { status: 200, kind: "application/json".to_owned(), body: body.to_owned() }
    }
}

/// Holds requests back until it is opened.
#[derive(Clone, Debug)]
pub struct Gate {
    waiting: Arc<watch::Sender<usize>>,
    open: Arc<watch::Sender<bool>>,
}

impl Gate {
    /// A closed gate.
    pub fn closed() -> Self {
        Self { waiting: Arc::new(watch::Sender::new(0)), open: Arc::new(watch::Sender::new(false)) }
    }

    /// Waits until so many requests have come to the gate.
    pub async fn reached_by(&self, requests: usize) {
        let mut waiting = self.waiting.subscribe();
        let reached = waiting.wait_for(|count| *count >= requests);
        let reached = tokio::time::timeout(Duration::from_secs(10), reached).await;
        assert!(
            reached.is_ok(),
            "{} of {requests} requests came to the gate in 10 s",
            *self.waiting.borrow()
        );
    }

    /// Lets everything through, now and later.
    pub fn open(&self) {
        self.open.send_replace(true);
    }

    /// Called for a request: comes back when the gate is open.
    pub(crate) async fn pass(&self) {
        self.waiting.send_modify(|count| *count += 1);
        // The sender lives as long as `self`, so waiting cannot fail.
        let _ = self.open.subscribe().wait_for(|open| *open).await;
    }
}
