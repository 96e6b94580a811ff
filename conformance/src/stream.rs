//! Server-sent events, as they come: `id`, `event` and `data` between empty lines.

use std::time::Duration;

use http_body_util::BodyExt;
use hyper::body::Incoming;
use serde_json::Value;

use crate::check::{Stop, Verdict};
use crate::client::{Answer, Request};

/// How long an event may take: long enough for a server that looks now and then.
const PATIENCE: Duration = Duration::from_secs(10);

/// The longest event, in bytes.
const LONGEST: usize = 1 << 20;

/// An open stream.
pub(crate) struct Stream {
    /// What was sent, and the head of the answer.
    pub(crate) answer: Answer,
    body: Incoming,
    unread: Vec<u8>,
    /// What came before the first event.
    pub(crate) hello: String,
    told: bool,
}

/// One event.
#[derive(Debug)]
pub(crate) struct Event {
    pub(crate) id: String,
    pub(crate) kind: String,
    pub(crate) data: String,
}

impl Event {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.data).unwrap_or_default()
    }
}

impl Stream {
    /// Begins to listen.
    pub(crate) async fn open(request: Request<'_>) -> Verdict<Self> {
        let request = request.header("accept", "text/event-stream");
        let opened = tokio::time::timeout(PATIENCE, request.start());
        let response = opened.await.unwrap_or_else(|_| {
            Err(request
                .unanswered("the head of the stream did not come in 10 s: send it at once, before any event"))
        })?;
        let (head, body) = response.into_parts();
        let answer = request.answer(head.status.as_u16(), head.headers, bytes::Bytes::new());
        if answer.status == 503 {
            return Err(Stop::skipped("enough listen already (503)"));
        }
        Ok(Self { answer, body, unread: Vec::new(), hello: String::new(), told: false })
    }

    /// What is wrong with what came through the stream.
    pub(crate) fn wrong(&self, wrong: impl Into<String>, event: &Event) -> Stop {
        let mut answer = self.answer.clone();
        answer.body = format!("id: {}\nevent: {}\ndata: {}", event.id, event.kind, event.data).into();
        answer.wrong(wrong)
    }

    /// The next event.
    pub(crate) async fn next(&mut self) -> Verdict<Event> {
        let waited = tokio::time::timeout(PATIENCE, self.event()).await;
        waited.unwrap_or_else(|_| Err(self.answer.wrong("no event came in 10 s")))
    }

    async fn event(&mut self) -> Verdict<Event> {
        loop {
            let block = self.block().await?;
            let field = |name: &str| {
                let lines = block.lines().filter_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
                lines.map(|value| value.strip_prefix(' ').unwrap_or(value)).collect::<Vec<_>>().join("\n")
            };
            let event = Event { id: field("id"), kind: field("event"), data: field("data") };
            if !event.data.is_empty() {
                self.told = true;
                return Ok(event);
            }
            if !self.told {
                self.hello.push_str(&block);
            }
        }
    }

    /// What stands before the next empty line.
    async fn block(&mut self) -> Verdict<String> {
        loop {
            // Lines may end with a carriage return too.
            self.unread.retain(|byte| *byte != b'\r');
            if let Some(end) = self.unread.windows(2).position(|pair| pair == b"\n\n") {
                let rest = self.unread.split_off(end + 2);
                let block = std::mem::replace(&mut self.unread, rest);
                return Ok(String::from_utf8_lossy(&block).into_owned());
            }
            if self.unread.len() > LONGEST {
                return Err(self.answer.wrong(format!("{LONGEST} bytes came, and no empty line")));
            }
            match self.body.frame().await {
                Some(Ok(frame)) => {
                    if let Ok(data) = frame.into_data() {
                        self.unread.extend_from_slice(&data);
                    }
                }
                Some(Err(error)) => return Err(self.answer.wrong(format!("the stream broke off: {error}"))),
                None => return Err(self.answer.wrong("the stream ended")),
            }
        }
    }
}
