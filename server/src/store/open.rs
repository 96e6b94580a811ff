//! Opening the database: create or refuse, migrate, and prove that it can be written, before anything is served.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use sqlx::SqlSafeStr;
use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use tokio::time::sleep;

use super::{Connected, Store, begin_immediate, identity};
use crate::Failure;

/// Every migration, oldest first. What is released is never edited again: SQLx compares checksums.
const MIGRATIONS: &[(i64, &str, &str)] = &[
    (1, "threads", include_str!("../../migrations/0001_threads.sql")),
    (2, "identity", include_str!("../../migrations/0002_identity.sql")),
    (3, "writing", include_str!("../../migrations/0003_writing.sql")),
    (4, "forgetting", include_str!("../../migrations/0004_forgetting.sql")),
    (5, "live", include_str!("../../migrations/0005_live.sql")),
    (6, "people", include_str!("../../migrations/0006_people.sql")),
];

/// How long a statement waits for another process to let go of the file. SQLite hands the lock to whoever asks
/// at the right moment and not to whoever waits longest, so that this has to be generous.
const BUSY: Duration = Duration::from_secs(30);

/// Between two attempts to open a file that another process holds for a moment.
const PAUSE: Duration = Duration::from_millis(20);

/// How long a request stands in line for a connection: longer than one of those before it may wait for the file,
/// or the line would give up before the lock does.
const IN_LINE: Duration = BUSY.saturating_mul(4);

/// Enough for two cores, and each costs a thread.
const READERS: u32 = 4;

/// Whether a missing database is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// A new one is made where there is none.
    Create,
    /// It has to be there.
    Existing,
}

impl Store {
    /// Opens the database at `path`, brings its schema up to date and writes to it once.
    pub async fn open(path: &Path, access: Access) -> Result<Self, Failure> {
        if access == Access::Existing && !path.exists() {
            return Err(Failure::new(format!(
                "There is no database at {}; check the path, or make one with `afterword-server import`.",
                path.display()
            )));
        }
        let since = Instant::now();
        loop {
            match connect(path, access).await {
                // While the last one leaves a file or takes up what a crash has left, SQLite refuses whoever comes, and
                // the busy timeout does not count: https://sqlite.org/wal.html#sometimes_queries_return_sqlite_busy_in_wal_mode
                Err(error) if is_held(&error) && since.elapsed() < BUSY => sleep(PAUSE).await,
                opened => return opened.map_err(|error| explain(path, &error)),
            }
        }
    }

    /// A new database in a temporary file, which goes away with the last clone. For tests and trials.
    pub async fn temporary() -> Result<Self, Failure> {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("afterword-{}-{count}.sqlite", std::process::id());
        let temporary = Temporary(std::env::temp_dir().join(name));
        // An earlier process with the same id may have been killed and left its file.
        temporary.remove();
        let mut store = Self::open(&temporary.0, Access::Create).await?;
        store._temporary = Some(Arc::new(temporary));
        Ok(store)
    }
}

/// A file to be removed, with what SQLite puts beside it.
pub(super) struct Temporary(PathBuf);

impl Temporary {
    fn remove(&self) {
        for suffix in ["", "-wal", "-shm"] {
            let mut path = self.0.clone().into_os_string();
            path.push(suffix);
            // Missing is what is wanted; and where it cannot be removed, the system's own cleaning will.
            let _ = std::fs::remove_file(path);
        }
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        self.remove();
    }
}

async fn connect(path: &Path, access: Access) -> Result<Store, MigrateError> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(access == Access::Create)
        .busy_timeout(BUSY)
        .foreign_keys(true)
        .journal_mode(SqliteJournalMode::Wal)
        // A reply that was accepted survives a power cut.
        .synchronous(SqliteSynchronous::Full);
    let writer = SqlitePoolOptions::new()
        .max_connections(1)
        .acquire_timeout(IN_LINE)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
        .connect_with(options.clone())
        .await?;
    let mut connection = writer.acquire().await?;
    migrate(&mut connection).await?;
    probe(&mut connection).await?;
    drop(connection);
    let readers = SqlitePoolOptions::new()
        .max_connections(READERS)
        .acquire_timeout(IN_LINE)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
        // A reading route that writes is a mistake, found here.
        .connect_with(options.pragma("query_only", "1"))
        .await?;
    Ok(Store { readers, writer, committed: Arc::default(), path: path.to_owned(), _temporary: None })
}

/// All or nothing, and one process at a time.
async fn migrate(connection: &mut Connected) -> Result<(), MigrateError> {
    let migrations = MIGRATIONS.iter().map(|(version, name, sql)| {
        Migration::new(*version, (*name).into(), MigrationType::Simple, (*sql).into_sql_str(), false)
    });
    let mut transaction = begin_immediate(connection).await?;
    // What `run` does itself; its own signature keeps the future from moving between threads.
    Migrator::with_migrations(migrations.collect()).run_direct(None, &mut *transaction, false).await?;
    identity::draw_skeletons(&mut transaction).await?;
    transaction.commit().await?;
    Ok(())
}

/// Writes one row: a full disk or a read-only file is found at the start, not by the first reader who posts.
async fn probe(connection: &mut Connected) -> Result<(), sqlx::Error> {
    let mut transaction = begin_immediate(connection).await?;
    sqlx::query("INSERT INTO fact (name, value) VALUES ('written-by', $1) ON CONFLICT (name) DO UPDATE SET value = $1")
        .bind(env!("CARGO_PKG_VERSION"))
        .execute(&mut *transaction)
        .await?;
    transaction.commit().await
}

/// One sentence with the remedy for whatever SQLite had to say.
fn explain(path: &Path, error: &MigrateError) -> Failure {
    let path = path.display();
    let known = MIGRATIONS.last().map_or(0, |(version, ..)| *version);
    Failure::new(match error {
        MigrateError::VersionMissing(version) => format!(
            "The database {path} has schema {version}, and this afterword-server knows schemas up to {known}; \
             start a newer afterword-server, or give another --database."
        ),
        MigrateError::VersionMismatch(version) => format!(
            "The database {path} was made by another build of schema {version}; \
             export it with the afterword-server that made it, and import the file into a new --database."
        ),
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => match code(error) {
            code if HELD.contains(&code) => format!(
                "The database {path} is held by another process; stop that process, or try again when it is done."
            ),
            // SQLITE_PERM, SQLITE_READONLY
            Some(3 | 8) => format!(
                "The database {path} cannot be written; give this user the right to write the file and its folder."
            ),
            // SQLITE_FULL
            Some(13) => format!("The disk that holds the database {path} is full; make room on it."),
            // SQLITE_CANTOPEN
            Some(14) => format!(
                "The database {path} cannot be opened; \
                 make sure that it is a file in a folder that exists and that this user may write."
            ),
            // SQLITE_CORRUPT, SQLITE_NOTADB
            Some(11 | 26) => {
                format!(
                    "The file {path} is not a sound SQLite database; restore a backup, or give another --database."
                )
            }
            _ => format!(
                "The database {path} cannot be used: {error}; give another --database, or restore a backup."
            ),
        },
        error => format!("The database {path} cannot be brought up to date: {error}; restore a backup."),
    })
}

/// SQLITE_BUSY, SQLITE_LOCKED
const HELD: [Option<u32>; 2] = [Some(5), Some(6)];

fn is_held(error: &MigrateError) -> bool {
    let (MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _)) = error else {
        return false;
    };
    HELD.contains(&code(error))
}

/// SQLite's primary result code.
fn code(error: &sqlx::Error) -> Option<u32> {
    let extended: u32 = error.as_database_error()?.code()?.parse().ok()?;
    Some(extended & 0xff)
}

#[cfg(test)]
mod tests {
    use super::Store;

    #[tokio::test]
    async fn a_reader_cannot_write() {
        let store = Store::temporary().await.unwrap();
        let refused =
            sqlx::query("INSERT INTO fact (name, value) VALUES ('a', 'b')").execute(&store.readers).await;
        assert!(refused.unwrap_err().to_string().contains("readonly"));
    }
}
