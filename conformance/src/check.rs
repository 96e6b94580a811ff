//! What a check is, and the ways in which it ends.
//!
//! A check asks one question about one rule of the contract. Knows no rule itself.

use std::pin::Pin;

use crate::stage::Stage;

/// One question to a backend.
pub struct Check {
    /// What it is called within its group. Example: `"unknown-thread"`.
    pub id: &'static str,
    /// Where the contract says it: a heading of CONTRACT.md, and behind a colon the rule under that.
    pub section: &'static str,
    /// What the contract says.
    pub says: &'static str,
    /// What to do in a backend that fails.
    pub mend: &'static str,
    /// Asks.
    pub(crate) run: for<'a> fn(&'a Stage) -> Asking<'a>,
}

/// A check under way.
pub(crate) type Asking<'a> = Pin<Box<dyn Future<Output = Verdict> + 'a>>;

/// How a check ends: well, or before its end.
pub(crate) type Verdict<T = ()> = Result<T, Stop>;

/// Why a check ends before its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stop {
    /// The backend does something else than the contract says.
    Wrong(Box<Finding>),
    /// It cannot be asked here, and why; that is no fault.
    Skipped(String),
}

impl Stop {
    /// A check that cannot be made here.
    pub(crate) fn skipped(why: impl Into<String>) -> Self {
        Self::Skipped(why.into())
    }

    /// With each of its texts as `change` has it.
    pub(crate) fn map(self, change: impl Fn(&str) -> String) -> Self {
        match self {
            Self::Skipped(why) => Self::Skipped(change(&why)),
            Self::Wrong(finding) => Self::Wrong(Box::new(Finding {
                wrong: change(&finding.wrong),
                sent: change(&finding.sent),
                came: change(&finding.came),
            })),
        }
    }
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What is wrong, in a sentence.
    pub wrong: String,
    /// The request, a line for its address, each header and its body.
    pub sent: String,
    /// The answer, likewise.
    pub came: String,
}

/// The checks of one subject.
pub struct Group {
    /// What `--only` calls it. Example: `"read"`.
    pub name: &'static str,
    /// Where it is asked.
    pub when: When,
    /// In the order in which they are asked.
    pub checks: &'static [Check],
}

/// Where a group is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// Of every backend.
    Always,
    /// Where this feature is announced.
    Announced(&'static str),
    /// Where the address is that of one file, which is a whole thread.
    File,
}

/// Makes a list of checks: the id and the function, the section, what the contract says, how to mend it.
macro_rules! checks {
    ($($id:literal $run:path, $section:literal, $says:literal, $mend:literal;)+) => {
        &[$($crate::check::Check {
            id: $id,
            section: $section,
            says: $says,
            mend: $mend,
            run: |stage| Box::pin($run(stage)),
        },)+]
    };
}

pub(crate) use checks;
