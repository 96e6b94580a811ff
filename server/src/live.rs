//! `GET live`: what changes in a thread, as server-sent events.
//!
//! One watcher looks which threads changed, as soon as this process has written and once a second for others that
//! write to the same file (the moderators' command line), and only while somebody listens. Each listener then reads
//! what they missed; those who missed the same share one reading. Nothing is held while a stream waits.

use std::collections::HashMap;
use std::convert::Infallible;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use afterword_contract::ThreadId;
use axum::Extension;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::Response;
use bytes::Bytes;
use http_body::Frame;
use tokio::sync::{mpsc, watch};
use tokio::time::{MissedTickBehavior, interval};

use crate::app::App;
use crate::cache::Cache;
use crate::conditional::Representation;
use crate::encoding::Encoding;
use crate::limits::network;
use crate::problem::Refusal;
use crate::query::Parameters;
use crate::store::{Missed, Told};
use crate::{random, replies};

/// How often another process is looked for.
const LOOK: Duration = Duration::from_secs(1);
/// Until the watcher has looked at a thread. No thread is there, so nothing is ever kept under it.
const NOT_LOOKED: i64 = -1;
/// What was read for one listener is kept for the others for a moment.
const SHARED_BYTES: usize = 4 << 20;

/// How many may listen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listening {
    /// In all; 0 offers no live events. Each takes a connection, of which a server has 900.
    pub most: usize,
    /// From one address, or one /64 of version 6.
    pub most_by_address: usize,
    /// After so much silence a line says that the stream still stands.
    pub heartbeat: Duration,
}

impl Default for Listening {
    fn default() -> Self {
        Self { most: 600, most_by_address: 30, heartbeat: Duration::from_secs(15) }
    }
}

impl Listening {
    /// Whether anybody may listen.
    pub(crate) fn offered(&self) -> bool {
        self.most > 0
    }
}

/// Ready once the server stops: streams end then, instead of being cut off.
#[derive(Clone)]
pub(crate) struct Stopping(pub(crate) watch::Receiver<bool>);

/// Whoever listens, by thread and by address.
pub(crate) struct Hub {
    ears: Mutex<Ears>,
    shared: Cache<(ThreadId, i64)>,
}

#[derive(Default)]
struct Ears {
    /// At which change each thread is that somebody listens to; [`NOT_LOOKED`] where nobody looked yet.
    threads: HashMap<ThreadId, watch::Sender<i64>>,
    addresses: HashMap<Option<IpAddr>, usize>,
    count: usize,
    watching: bool,
}

impl Default for Hub {
    fn default() -> Self {
        Self { ears: Mutex::default(), shared: Cache::new(SHARED_BYTES) }
    }
}

impl Hub {
    fn lock(&self) -> MutexGuard<'_, Ears> {
        // Nothing below leaves the counts half changed.
        self.ears.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A place among the listeners; dropping it gives it back.
struct Place {
    app: App,
    address: Option<IpAddr>,
    thread: ThreadId,
    changes: watch::Receiver<i64>,
}

impl Place {
    /// `None` where enough listen already.
    fn take(app: &App, thread: ThreadId, address: Option<IpAddr>) -> Option<Self> {
        let most = &app.settings().live;
        let mut ears = app.hub().lock();
        let mine = ears.addresses.get(&address).copied().unwrap_or_default();
        if ears.count >= most.most || mine >= most.most_by_address {
            return None;
        }
        ears.count += 1;
        ears.addresses.insert(address, mine + 1);
        let changes =
            ears.threads.entry(thread.clone()).or_insert_with(|| watch::Sender::new(NOT_LOOKED)).subscribe();
        if !std::mem::replace(&mut ears.watching, true) {
            tokio::spawn(look(app.clone()));
        }
        drop(ears);
        Some(Self { app: app.clone(), address, thread, changes })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut ears = self.app.hub().lock();
        ears.count -= 1;
        if let Some(mine) = ears.addresses.get_mut(&self.address) {
            *mine -= 1;
            if *mine == 0 {
                ears.addresses.remove(&self.address);
            }
        }
        // This one's own receiver is still counted.
        if ears.threads.get(&self.thread).is_some_and(|sender| sender.receiver_count() <= 1) {
            ears.threads.remove(&self.thread);
        }
    }
}

/// Tells who listens at which change their threads are, until nobody does.
async fn look(app: App) {
    let mut pace = interval(LOOK);
    pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = app.store().committed().notified() => {}
            _ = pace.tick() => {}
        }
        let threads: Vec<ThreadId> = {
            let mut ears = app.hub().lock();
            if ears.threads.is_empty() {
                ears.watching = false;
                return;
            }
            ears.threads.keys().cloned().collect()
        };
        for threads in threads.chunks(500) {
            let changes = match app.store().changes(threads).await {
                Ok(changes) => changes,
                Err(error) => {
                    tracing::warn!(%error, "the changes of threads could not be read");
                    continue;
                }
            };
            let ears = app.hub().lock();
            for (thread, change) in changes {
                if let Some(sender) = ears.threads.get(&thread) {
                    sender.send_if_modified(|known| std::mem::replace(known, change) != change);
                }
            }
        }
    }
}

/// Answers the route.
pub(crate) async fn live(
    State(app): State<App>,
    stopping: Option<Extension<Stopping>>,
    request: Request,
) -> Result<Response, Refusal> {
    let (parts, _) = request.into_parts();
    let parameters = Parameters::read(parts.uri.query().unwrap_or_default())?;
    let thread = replies::thread(&parameters)?;
    if !app.settings().live.offered() {
        return Err(Refusal::unknown_route(parts.uri.path()));
    }
    let last = parts.headers.get("last-event-id").and_then(|id| id.to_str().ok());
    // What is no id of ours is one from too long ago: a browser that is refused would never come back.
    let since = last.or(parameters.one("since")?).map(|id| id.parse().unwrap_or(-1));
    let address = app.settings().proxies.address(&parts).map(network);
    let place = Place::take(&app, thread, address).ok_or_else(Refusal::too_many_listeners)?;
    // Listen first, then read. The watcher may not have looked yet: at which change the thread is, is asked anew, or
    // what was read for somebody before a deletion could be told once more.
    let now = app.store().state(&place.thread).await?.map_or(0, |state| state.change);
    let missed = match since {
        Some(since) => missed(&place, since, now).await?,
        None => (now, Bytes::new()),
    };
    let (sender, receiver) = mpsc::channel(4);
    // Not the same for everybody, or all came back at once.
    let hello = Bytes::from(format!("retry: {}\n\n", 3000 + random::below(5000)));
    tokio::spawn(stream(place, stopping.map(|Extension(stopping)| stopping), hello, missed, sender));
    let mut response = Response::new(Body::new(Stream(receiver)));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store, no-transform"));
    headers.insert(HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
    Ok(response)
}

/// Sends what happens, until either side has gone.
async fn stream(
    mut place: Place,
    stopping: Option<Stopping>,
    hello: Bytes,
    (mut since, text): (i64, Bytes),
    sender: mpsc::Sender<Bytes>,
) {
    let heartbeat = place.app.settings().live.heartbeat;
    let stopped = async {
        match stopping {
            Some(Stopping(mut stop)) => drop(stop.wait_for(|stopped| *stopped).await),
            None => std::future::pending().await,
        }
    };
    let mut stopped = std::pin::pin!(stopped);
    // Not put together: the text is everybody's, and a copy of it would be this stream's alone.
    if sender.send(hello).await.is_err() {
        return;
    }
    let mut next = text;
    loop {
        if !Bytes::is_empty(&next) && sender.send(next).await.is_err() {
            return;
        }
        next = tokio::select! {
            () = sender.closed() => return,
            () = &mut stopped => return,
            changed = place.changes.changed() => {
                if changed.is_err() {
                    return;
                }
                let now = *place.changes.borrow_and_update();
                match missed(&place, since, now).await {
                    _ if now == since => Bytes::new(),
                    Ok((until, text)) => {
                        since = until;
                        text
                    }
                    // The client comes back, and the database too.
                    Err(_) => return,
                }
            }
            () = tokio::time::sleep(heartbeat) => Bytes::from_static(b":\n\n"),
        };
    }
}

/// What somebody missed who knows the thread as it was at `since`, as it is sent, and what they know then. It is read
/// once for all to whom the thread is at the change `now`.
async fn missed(place: &Place, since: i64, now: i64) -> Result<(i64, Bytes), Refusal> {
    let (store, thread) = (place.app.store(), &place.thread);
    let mut until = 0;
    let key = (thread.clone(), since);
    let made = place.app.hub().shared.get(&key, now, async {
        let missed = store.missed(thread, since).await?;
        Ok::<_, Refusal>(Representation::new(written(&missed), Encoding::Identity))
    });
    let text = made.await?.body;
    // The last line tells, so that it is shared with the rest.
    if let Some(line) = text.rsplit(|byte| *byte == b'\n').nth(1)
        && let Some(id) = std::str::from_utf8(line).ok().and_then(|line| line.strip_prefix(": "))
    {
        until = id.parse().unwrap_or_default();
    }
    Ok((until, text))
}

fn written(missed: &Missed) -> Vec<u8> {
    let mut text = String::new();
    for Told { id, kind, data } in &missed.events {
        text.push_str(&format!("id: {id}\nevent: {}\ndata: {data}\n\n", kind.as_str()));
    }
    text.push_str(&format!(": {}\n", missed.until));
    text.into_bytes()
}

/// A body whose parts come one by one.
struct Stream(mpsc::Receiver<Bytes>);

impl http_body::Body for Stream {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        self.0.poll_recv(context).map(|part| part.map(|part| Ok(Frame::data(part))))
    }
}
