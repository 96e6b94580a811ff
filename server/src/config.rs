//! What the owner of a server decides.

use crate::validate;

/// How writing goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Writing {
    /// Which replies wait for a moderator.
    pub hold: Hold,
    /// Words that make a reply wait, whole ones, however they are written.
    pub words: Vec<String>,
    /// The longest body, in bytes of UTF-8.
    pub body_bytes: usize,
    /// For how long authors may edit and delete what they wrote; `None` for ever.
    pub edit_seconds: Option<u64>,
    /// Whether a reply may open a thread that nobody has written in.
    pub open_threads: bool,
}

impl Default for Writing {
    fn default() -> Self {
        Self {
            hold: Hold::None,
            words: Vec::new(),
            body_bytes: validate::BODY_BYTES,
            edit_seconds: Some(900),
            open_threads: true,
        }
    }
}

/// Which replies wait for a moderator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hold {
    /// None but those with a word of the list.
    None,
    /// Everybody's first.
    First,
    /// Those with a link.
    Links,
    /// All of them.
    All,
}
