//! The numbers of `CONTRACT.md` that more than one program holds to: the schemas, the widget, backends, and the kit that
//! asks them.

/// How many replies a page has at most where `limit` says nothing.
pub const PAGE_DEFAULT: u16 = 50;

/// The most replies that `limit` may ask for.
pub const PAGE_MOST: u16 = 100;

/// The most threads that `GET counts` counts at once.
pub const THREADS_MOST: u16 = 100;

/// The longest id of a thread, in bytes of UTF-8.
pub const THREAD_ID_BYTES: usize = 2000;

/// The longest id of a reply, and the longest revision, in bytes; both are ASCII.
pub const ID_BYTES: usize = 200;

/// The longest id of a reaction tag, in bytes; it is ASCII.
pub const TAG_BYTES: usize = 60;

/// The longest cursor, in characters.
pub const CURSOR_CHARACTERS: usize = 512;
