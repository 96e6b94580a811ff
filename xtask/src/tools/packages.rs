//! Programs that distributions package, and apt, which installs them where it may (as root, or with a sudo that asks
//! for no password). Knows no program by name.

use std::path::PathBuf;
use std::process::Command;

use crate::failure::Failure;
use crate::process::{Console, answer, on_path};

/// One program, the names it goes by, and the Debian packages that bring it, with spaces between them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Part {
    pub(super) title: &'static str,
    pub(super) names: &'static [&'static str],
    pub(super) package: &'static str,
}

impl Part {
    /// Where it is, if its folder is on the PATH.
    pub(super) fn on_path(&self) -> Option<PathBuf> {
        self.names.iter().find_map(|name| on_path(name))
    }
}

/// Installs the packages of what is missing, where apt may; `or_else` says what to do by hand where it may not.
pub(super) fn install(console: &Console, missing: &[Part], or_else: &Failure) -> Result<(), Failure> {
    let Some(prefix) = apt_prefix() else { return Err(or_else.clone()) };
    let apt = |args: &[&str]| {
        let mut words = prefix.iter().chain(["apt-get"].iter()).chain(args);
        let mut command = Command::new(words.next().unwrap_or(&"apt-get"));
        command.args(words).env("DEBIAN_FRONTEND", "noninteractive");
        command
    };
    // Package lists are often absent from containers, and stale ones name files that are gone.
    // One broken source among many is no reason to give up: the installation will tell.
    match console.step(
        "Refreshing apt's package lists",
        &mut apt(&["update", "-qq"]),
        "apt-get update failed.",
    ) {
        Err(failure) if failure.is_interruption() => return Err(failure),
        Err(_) => console.say("  The lists could not be refreshed; the old ones have to do"),
        Ok(()) => {}
    }
    let mut arguments = vec!["install", "-y", "-qq", "--no-install-recommends"];
    arguments.extend(packages(missing));
    console.step(
        &format!("Installing {}", packages(missing).join(", ")),
        &mut apt(&arguments),
        or_else.sentence(),
    )
}

/// The words before `apt-get`, if we may install at all.
fn apt_prefix() -> Option<Vec<&'static str>> {
    on_path("apt-get")?;
    if is_root() {
        return Some(vec![]);
    }
    answer(Command::new("sudo").args(["-n", "true"])).map(|_| vec!["sudo", "-n"])
}

#[cfg(unix)]
fn is_root() -> bool {
    nix::unistd::geteuid().is_root()
}

#[cfg(not(unix))]
fn is_root() -> bool {
    false
}

/// The packages of some programs.
pub(super) fn packages(parts: &[Part]) -> Vec<&'static str> {
    let mut packages: Vec<_> = parts.iter().flat_map(|part| part.package.split(' ')).collect();
    packages.dedup();
    packages
}

/// The programs as the beginning of a sentence. Examples: `"npm is"`, `"Firefox, npm are"`.
pub(super) fn titles(parts: &[Part]) -> String {
    let mut titles: Vec<_> = parts.iter().map(|part| part.title).collect();
    titles.dedup();
    match titles.as_slice() {
        [one] => format!("{one} is"),
        _ => format!("{} are", titles.join(", ")),
    }
}
