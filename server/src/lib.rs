//! Afterword's reference backend: the contract's routes over SQLite, and the built widget beside them.
//!
//! Modules in reading order:
//! - [`Store`]: threads in the database; the only module that knows SQL.
//! - `validate`: what a reply must be, whichever way it comes in; `tolerate`: what of a file is put right first.
//! - `exchange`: threads as files, in and out.
//! - `identity`: who is asking; `guests`, `names`: by a name alone; `jwt`: by the site's own sign-in.
//! - `limits`, `proxies`: how often, and from where.
//! - `write`: the routes that change something, and the rules of who may what.
//! - `live`: what changes, told to those who listen.
//! - `hold`, `quotes`: what of a text is looked at first, and what it quotes.
//! - [`Config`]: what the owner decides, out of one file and the environment.
//! - [`App`] and [`router`]: the routes, to be served alone or mounted beside others.
//! - [`Server`]: a listener with bounds on what a connection may cost, and a graceful end.
//! - [`moderate`]: what moderators do from the command line.
//! - `pages`, `html`: threads as JSON, and drawn.
//! - `documents`: the contract itself, for machines.
//!
//! Knows nothing of how a reply is drawn; the widget's views do that, natively.

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
mod documents;
mod encoding;
mod exchange;
mod failure;
mod gate;
mod guests;
mod hash;
mod health;
mod hold;
mod html;
mod idempotency;
mod identity;
mod jwt;
mod limits;
mod live;
mod moderate;
mod names;
mod offer;
mod pages;
mod problem;
mod proxies;
mod query;
mod quotes;
mod random;
mod replies;
mod said;
mod server;
mod store;
mod template;
mod tolerate;
mod validate;
mod viewer;
mod words;
mod write;

pub use app::{App, FrontPage, Settings, Writing, router};
pub use clock::Clock;
pub use config::Config;
pub use exchange::{ReadError, read_pages};
pub use failure::Failure;
pub use guests::Guests;
pub use hold::Hold;
pub use html::render;
pub use jwt::SignIn;
pub use limits::{Limits, Rate};
pub use live::Listening;
pub use moderate::{Order, moderate};
pub use proxies::{ForwardedHeader, Proxies};
pub use server::Server;
pub use store::{Access, Extent, ImportError, Imported, Snapshot, Store, ThreadSummary};
