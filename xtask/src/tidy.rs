//! `cargo xtask tidy`.
use crate::failure::Failure;
use crate::workspace::Workspace;
pub(crate) fn run(_workspace: &Workspace) -> Result<(), Failure> {
    Ok(())
}
