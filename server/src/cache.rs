//! Answers kept in memory: bounded in bytes, least recently used out first, and each made only once however
//! many ask for it at the same time.
//!
//! An entry belongs to one state of its thread and is good for no other. Telling the state is the caller's:
//! another process may have written.

use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::OnceCell;

use crate::conditional::Representation;

/// What an entry costs beside its body.
const OVERHEAD: usize = 512;

/// The cache; `K` says everything that an answer depends on but the thread's state.
pub(crate) struct Cache<K> {
    most_bytes: usize,
    entries: Mutex<Entries<K>>,
}

struct Entries<K> {
    by_key: HashMap<K, Entry>,
    /// Keys by when they were last used.
    by_age: BTreeMap<u64, K>,
    clock: u64,
    bytes: usize,
}

struct Entry {
    /// The thread's change counter.
    change: i64,
    used: u64,
    /// What it costs; the body is counted when it has been made.
    bytes: usize,
    cell: Arc<OnceCell<Representation>>,
}

impl<K: Clone + Eq + Hash> Cache<K> {
    /// A cache of at most `most_bytes`.
    pub(crate) fn new(most_bytes: usize) -> Self {
        let entries = Entries { by_key: HashMap::new(), by_age: BTreeMap::new(), clock: 0, bytes: 0 };
        Self { most_bytes, entries: Mutex::new(entries) }
    }

    /// The answer for `key` while its thread's change counter is `change`, from `make` where it is not here.
    pub(crate) async fn get<E>(
        &self,
        key: &K,
        change: i64,
        make: impl Future<Output = Result<Representation, E>>,
    ) -> Result<Representation, E> {
        let cell = self.lock().cell(key, change);
        if let Some(made) = cell.get() {
            return Ok(made.clone());
        }
        let made = cell.get_or_try_init(|| make).await?.clone();
        self.lock().weigh(key, &cell, made.most_bytes() + OVERHEAD, self.most_bytes);
        Ok(made)
    }

    fn lock(&self) -> MutexGuard<'_, Entries<K>> {
        // Nothing below leaves the entries half changed.
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Clone + Eq + Hash> Entries<K> {
    /// The place for an answer, fresh where it belongs to another state.
    fn cell(&mut self, key: &K, change: i64) -> Arc<OnceCell<Representation>> {
        self.clock += 1;
        let now = self.clock;
        if let Some(entry) = self.by_key.get_mut(key).filter(|entry| entry.change == change) {
            self.by_age.remove(&entry.used);
            self.by_age.insert(now, key.clone());
            entry.used = now;
            return Arc::clone(&entry.cell);
        }
        self.remove(key);
        let cell = Arc::new(OnceCell::new());
        self.by_age.insert(now, key.clone());
        self.by_key
            .insert(key.clone(), Entry { change, used: now, bytes: OVERHEAD, cell: Arc::clone(&cell) });
        self.bytes += OVERHEAD;
        cell
    }

    /// Counts what has been made, and makes room.
    fn weigh(&mut self, key: &K, cell: &Arc<OnceCell<Representation>>, bytes: usize, most: usize) {
        if let Some(entry) = self.by_key.get_mut(key).filter(|entry| Arc::ptr_eq(&entry.cell, cell)) {
            self.bytes = self.bytes - entry.bytes + bytes;
            entry.bytes = bytes;
        }
        while self.bytes > most
            && let Some((_, oldest)) = self.by_age.pop_first()
        {
            self.remove(&oldest);
        }
    }

    fn remove(&mut self, key: &K) {
        if let Some(entry) = self.by_key.remove(key) {
            self.by_age.remove(&entry.used);
            self.bytes -= entry.bytes;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::{Cache, OVERHEAD};
    use crate::conditional::Representation;
    use crate::encoding::Encoding;

    async fn get(cache: &Cache<u32>, key: u32, change: i64, body: &str) -> String {
        let make = async { Ok::<_, Infallible>(Representation::new(body.into(), Encoding::Identity)) };
        let Ok(made) = cache.get(&key, change, make).await;
        String::from_utf8(made.body.to_vec()).unwrap()
    }

    #[tokio::test]
    async fn an_answer_is_kept_until_its_thread_changes() {
        let cache = Cache::new(10_000);
        assert_eq!(get(&cache, 1, 1, "old").await, "old");
        assert_eq!(get(&cache, 1, 1, "new").await, "old");
        assert_eq!(get(&cache, 1, 2, "new").await, "new");
        assert_eq!(get(&cache, 2, 2, "other").await, "other");
    }

    #[tokio::test]
    async fn the_least_recently_used_goes_first_and_the_bound_is_held() {
        let body = "x".repeat(100);
        let cache = Cache::new(3 * (OVERHEAD + 100));
        for key in 0..3 {
            get(&cache, key, 1, &body).await;
        }
        assert_eq!(get(&cache, 0, 1, "again").await, body);
        get(&cache, 3, 1, &body).await;
        assert_eq!(get(&cache, 0, 1, "again").await, body, "used lately");
        assert_eq!(get(&cache, 1, 1, "again").await, "again", "gone");
        for key in 0..1000 {
            get(&cache, key, 1, &body).await;
        }
        let entries = cache.lock();
        assert!(entries.bytes <= cache.most_bytes);
        assert_eq!(entries.by_key.len(), 3);
        assert_eq!(entries.by_age.len(), 3);
        assert_eq!(entries.by_key.values().map(|entry| entry.bytes).sum::<usize>(), entries.bytes);
    }

    #[tokio::test]
    async fn what_many_ask_for_at_once_is_made_once() {
        let cache = Arc::new(Cache::new(10_000));
        let made = Arc::new(AtomicUsize::new(0));
        let asking: Vec<_> = (0..50)
            .map(|_| {
                let (cache, made) = (Arc::clone(&cache), Arc::clone(&made));
                tokio::spawn(async move {
                    let make = async {
                        made.fetch_add(1, Ordering::Relaxed);
                        tokio::task::yield_now().await;
                        Ok::<_, Infallible>(Representation::new(b"page".to_vec(), Encoding::Identity))
                    };
                    let Ok(page) = cache.get(&1, 1, make).await;
                    page.body
                })
            })
            .collect();
        for one in asking {
            assert_eq!(one.await.unwrap(), "page");
        }
        assert_eq!(made.load(Ordering::Relaxed), 1);
    }

    #[tokio::test]
    async fn a_failure_is_not_kept() {
        let cache = Cache::new(10_000);
        assert!(cache.get(&1, 1, async { Err("busy") }).await.is_err());
        assert_eq!(get(&cache, 1, 1, "page").await, "page");
    }
}
