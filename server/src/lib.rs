//! Afterword's reference backend: the contract's reading routes over SQLite, and the built widget beside them.
//!
//! Modules in reading order:
//! - [`Store`]: threads in the database; the only module that knows SQL.
//! - `validate`: what a reply must be, whichever way it comes in; `tolerate`: what of a file is put right first.
//! - `exchange`: threads as files, in and out.
//! - `identity`: who is asking; `guests`, `names`: by a name alone; `jwt`: by the site's own sign-in.
//! - `limits`, `proxies`: how often, and from where.
//! - [`Config`]: what the owner decides, out of one file and the environment.
//! - [`App`] and [`router`]: the routes, to be served alone or mounted beside others.
//! - [`Server`]: a listener with bounds on what a connection may cost, and a graceful end.
//!
//! Knows nothing of how a reply is drawn; that is the widget's.

mod app;
mod article;
mod assets;
mod body;
mod cache;
mod clock;
mod conditional;
mod config;
mod counts;
mod cursor;
mod encoding;
mod exchange;
mod failure;
mod gate;
mod guests;
mod hash;
mod health;
mod identity;
mod jwt;
mod limits;
mod names;
mod patience;
mod problem;
mod proxies;
mod query;
mod random;
mod replies;
mod server;
mod store;
mod tolerate;
mod validate;
mod viewer;

pub use app::{App, FrontPage, Settings, router};
pub use clock::Clock;
pub use config::{Config, Hold, Writing};
pub use exchange::{ReadError, read_pages};
pub use failure::Failure;
pub use guests::Guests;
pub use jwt::SignIn;
pub use limits::{Limits, Rate};
pub use proxies::{ForwardedHeader, Proxies};
pub use server::Server;
pub use store::{Access, Extent, ImportError, Imported, Snapshot, Store, ThreadSummary};
