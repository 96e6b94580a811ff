//! The file underneath: made, brought up to date, refused with a reason, and shared by many at once.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use afterword_server::{Access, App, Extent, Settings, Store, router};
use common::{Site, reply, thread};
use serde_json::json;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, SqliteConnection};

const VERSION_1: &str = include_str!("databases/version-1.sql");

/// A folder that goes away with the test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("afterword-test-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).unwrap();
    }
}

async fn connect(path: &Path) -> SqliteConnection {
    // A dump names rows before those that they refer to.
    let options = SqliteConnectOptions::new().filename(path).create_if_missing(true).foreign_keys(false);
    options.connect().await.unwrap()
}

async fn run(path: &Path, sql: &str) {
    let mut connection = connect(path).await;
    sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

async fn refusal(path: &Path, access: Access) -> String {
    match Store::open(path, access).await {
        Ok(_) => panic!("{} was opened", path.display()),
        Err(failure) => failure.to_string(),
    }
}

#[tokio::test]
async fn a_database_of_version_1_is_opened_with_all_that_it_holds() {
    let folder = Folder::new("version-1");
    let path = folder.file("old.sqlite");
    run(&path, VERSION_1).await;
    let store = Store::open(&path, Access::Existing).await.unwrap();
    let page = store.export(&"t".into(), Extent::Everything).await.unwrap().unwrap();
    let statuses: Vec<_> = page.replies.iter().map(|reply| reply.status.as_str().to_owned()).collect();
    assert_eq!(statuses, ["published", "hidden", "deleted", "published", "pending"]);
    assert_eq!(page.replies[0].reactions[0].count, 4);
    assert_eq!(page.replies[0].quoted_by, [4]);
    assert_eq!(page.replies[0].author.as_ref().unwrap().name, "Åsa");
    assert_eq!(page.replies[3].body, "four");
    let mut more = reply("t", 5);
    more["author"] = json!(null);
    store.import(vec![serde_json::from_value(thread("t", vec![more])).unwrap()]).await.unwrap();
    store.close().await;
}

#[tokio::test]
async fn a_newer_schema_is_refused_and_left_alone() {
    let folder = Folder::new("newer");
    let path = folder.file("newer.sqlite");
    Store::open(&path, Access::Create).await.unwrap().close().await;
    run(
        &path,
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
         VALUES (9, 'of tomorrow', TRUE, x'00', 0)",
    )
    .await;
    let told = refusal(&path, Access::Create).await;
    assert!(told.contains("has schema 9, and this afterword-server knows schemas up to 6"), "{told}");
    assert!(told.contains("start a newer afterword-server"), "{told}");
}

#[tokio::test]
async fn an_altered_schema_is_refused() {
    let folder = Folder::new("altered");
    let path = folder.file("altered.sqlite");
    Store::open(&path, Access::Create).await.unwrap().close().await;
    run(&path, "UPDATE _sqlx_migrations SET checksum = x'00'").await;
    let told = refusal(&path, Access::Create).await;
    assert!(told.contains("made by another build of schema 1"), "{told}");
}

#[tokio::test]
async fn what_cannot_be_a_database_is_refused_in_a_sentence() {
    let folder = Folder::new("refused");
    let missing = refusal(&folder.file("none.sqlite"), Access::Existing).await;
    assert!(missing.starts_with("There is no database at "), "{missing}");
    assert!(!folder.file("none.sqlite").exists());
    let nowhere = refusal(&folder.file("no/such/folder.sqlite"), Access::Create).await;
    assert!(
        nowhere.contains("cannot be opened; make sure that it is a file in a folder that exists"),
        "{nowhere}"
    );
    let directory = refusal(&folder.0, Access::Create).await;
    assert!(directory.contains("cannot be opened"), "{directory}");
    std::fs::write(folder.file("letter.txt"), "Dear reader, this is a letter. ".repeat(100)).unwrap();
    let letter = refusal(&folder.file("letter.txt"), Access::Create).await;
    assert!(letter.contains("is not a sound SQLite database"), "{letter}");
    run(&folder.file("other.sqlite"), "CREATE TABLE thread (other TEXT)").await;
    let other = refusal(&folder.file("other.sqlite"), Access::Create).await;
    assert!(other.contains("cannot be used"), "{other}");
}

#[tokio::test]
async fn many_may_open_a_new_database_at_once() {
    let folder = Folder::new("at-once");
    let path = Arc::new(folder.file("new.sqlite"));
    let opening: Vec<_> = (0..12)
        .map(|_| {
            let path = Arc::clone(&path);
            tokio::spawn(async move { Store::open(&path, Access::Create).await.map(drop) })
        })
        .collect();
    for one in opening {
        one.await.unwrap().unwrap();
    }
}

/// To give a file another kind of journal while somebody writes to it is refused at once: SQLite's busy timeout does not
/// count there. Two processes that make the same database meet in this way.
#[tokio::test]
async fn who_writes_to_a_database_that_is_being_made_is_waited_for() {
    let folder = Folder::new("held");
    let path = folder.file("new.sqlite");
    let mut held = connect(&path).await;
    sqlx::raw_sql("BEGIN IMMEDIATE").execute(&mut held).await.unwrap();
    let opening = Store::open(&path, Access::Create);
    let mut opening = std::pin::pin!(opening);
    let soon = Duration::from_millis(200);
    assert!(tokio::time::timeout(soon, &mut opening).await.is_err(), "it was opened, or given up");
    sqlx::raw_sql("ROLLBACK").execute(&mut held).await.unwrap();
    opening.await.unwrap();
}

#[tokio::test]
async fn a_temporary_database_goes_away() {
    let store = Store::temporary().await.unwrap();
    let path = store.path().to_owned();
    assert!(path.exists());
    store.close().await;
    drop(store);
    assert!(!path.exists());
}

/// Another process is another `Store` on the same file: it has connections and locks of its own.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn fifty_writers_and_eight_readers_get_in_each_others_way_without_one_error() {
    const WRITERS: usize = 50;
    const ROUNDS: u32 = 4;
    let folder = Folder::new("crowd");
    let path = folder.file("crowd.sqlite");
    let mut stores = Vec::new();
    for _ in 0..5 {
        stores.push(Store::open(&path, Access::Create).await.unwrap());
    }
    let shared = thread("shared", common::replies("shared", 60));
    stores[0].import(vec![serde_json::from_value(shared).unwrap()]).await.unwrap();
    let done = Arc::new(AtomicBool::new(false));
    let read = Arc::new(AtomicUsize::new(0));
    let readers: Vec<_> = (0..8)
        .map(|reader| {
            let (done, read) = (Arc::clone(&done), Arc::clone(&read));
            let store = stores[reader % stores.len()].clone();
            let router = router(App::new(store.clone(), Settings::default()));
            tokio::spawn(async move {
                let site = Site { store, router, clock: Arc::default() };
                while !done.load(Ordering::Relaxed) {
                    let page = site.page("thread=shared&limit=7&around=30&order=top").await;
                    assert_eq!(page.replies.len(), 7);
                    site.page("thread=writer-7").await;
                    assert_eq!(site.get("/health").await.status, 200);
                    read.fetch_add(1, Ordering::Relaxed);
                }
            })
        })
        .collect();
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| {
            let store = stores[writer % stores.len()].clone();
            tokio::spawn(async move {
                let id = format!("writer-{writer}");
                for round in 1..=ROUNDS {
                    let own = thread(&id, vec![reply(&id, round)]);
                    // Everybody also changes the one thread that all read.
                    let mut common = reply("shared", 1 + (writer as u32 % 60));
                    common["body"] = json!(format!("{id}, round {round}"));
                    let pages = vec![own, thread("shared", vec![common])];
                    let pages = pages.into_iter().map(|page| serde_json::from_value(page).unwrap()).collect();
                    let told = store.import(pages).await.unwrap();
                    assert_eq!((told[0].new, told[1].changed), (1, 1));
                }
            })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
    done.store(true, Ordering::Relaxed);
    for reader in readers {
        reader.await.unwrap();
    }
    assert!(read.load(Ordering::Relaxed) > 0, "readers did read meanwhile");
    let threads = stores[0].threads(1000).await.unwrap();
    assert_eq!(threads.len(), WRITERS + 1);
    for known in threads {
        let page = stores[1].export(&known.id, Extent::Everything).await.unwrap().unwrap();
        let numbers: Vec<u32> = page.replies.iter().filter_map(|reply| reply.number).collect();
        assert_eq!(numbers, (1..=known.total).collect::<Vec<_>>(), "{}", known.id);
        assert_eq!(known.total, if known.id.as_str() == "shared" { 60 } else { ROUNDS });
    }
    drop(stores);
}

#[tokio::test]
async fn a_snapshot_shows_one_moment_whatever_is_written_meanwhile() {
    let store = Store::temporary().await.unwrap();
    let import = async |id: &str, total: u32| {
        let page = thread(id, common::replies(id, total));
        store.import(vec![serde_json::from_value(page).unwrap()]).await.unwrap();
    };
    import("a", 1).await;
    let mut moment = store.snapshot().await.unwrap();
    assert_eq!(moment.threads().await.unwrap().len(), 1);
    import("a", 2).await;
    import("b", 1).await;
    let page = moment.export(&"a".into(), Extent::Everything).await.unwrap().unwrap();
    assert_eq!(page.replies.len(), 1);
    assert_eq!(moment.export(&"b".into(), Extent::Everything).await.unwrap(), None);
    assert_eq!(moment.threads().await.unwrap().len(), 1);
    assert_eq!(store.threads(10).await.unwrap().len(), 2);
}
