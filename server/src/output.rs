//! Where a command writes to: standard output, or a file that is there whole or not at all.
//!
//! A file is written beside the place it is for and moved there when it is complete and on the disk, so that
//! a failure on the way leaves what was there before.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// Something to write to; without [`Output::finish`] nothing has happened to the file.
pub(crate) struct Output {
    /// `None` only while it is being finished.
    writer: Option<Box<dyn Write>>,
    beside: Option<Beside>,
}

/// A file on its way.
struct Beside {
    file: File,
    path: PathBuf,
    target: PathBuf,
}

impl Output {
    /// Standard output.
    pub(crate) fn standard() -> Self {
        Self { writer: Some(Box::new(BufWriter::new(io::stdout()))), beside: None }
    }

    /// The file at `path`, replaced if it is there. A pipe or a device is written to as it is.
    pub(crate) fn file(path: &Path) -> io::Result<Self> {
        let known = match fs::metadata(path) {
            Ok(known) => Some(known),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(error),
        };
        if known.as_ref().is_some_and(|known| !known.is_file()) {
            let file = OpenOptions::new().write(true).open(path)?;
            return Ok(Self { writer: Some(Box::new(BufWriter::new(file))), beside: None });
        }
        // Through a link, so that it goes on leading to the file.
        let target = if known.is_some() { fs::canonicalize(path)? } else { path.to_owned() };
        let mut name = target.file_name().unwrap_or_default().to_owned();
        name.push(format!(".{}.part", std::process::id()));
        let beside = target.with_file_name(name);
        let file = OpenOptions::new().write(true).create_new(true).open(&beside)?;
        let beside = Beside { file: file.try_clone()?, path: beside, target };
        if let Some(known) = known {
            beside.file.set_permissions(known.permissions())?;
        }
        Ok(Self { writer: Some(Box::new(BufWriter::new(file))), beside: Some(beside) })
    }

    /// Puts everything written where it belongs.
    pub(crate) fn finish(mut self) -> io::Result<()> {
        if let Some(mut writer) = self.writer.take() {
            writer.flush()?;
        }
        if let Some(beside) = &self.beside {
            beside.file.sync_all()?;
            fs::rename(&beside.path, &beside.target)?;
        }
        self.beside = None;
        Ok(())
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.writer.as_mut().map_or(Ok(0), |writer| writer.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.as_mut().map_or(Ok(()), |writer| writer.flush())
    }
}

impl Drop for Output {
    fn drop(&mut self) {
        if let Some(beside) = &self.beside {
            // Already failing; a rest that stays is told apart by its name.
            let _ = fs::remove_file(&beside.path);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::Write;
    use std::path::PathBuf;

    use super::Output;

    /// A folder for one test.
    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let path = std::env::temp_dir().join(format!("afterword-output-{}-{name}", std::process::id()));
            fs::create_dir_all(&path).unwrap();
            Self(path)
        }

        fn names(&self) -> Vec<String> {
            let entries = fs::read_dir(&self.0).unwrap();
            let mut names: Vec<String> =
                entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
            names.sort();
            names
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            fs::remove_dir_all(&self.0).unwrap();
        }
    }

    #[test]
    fn what_was_there_stays_until_the_new_is_complete() {
        let folder = Folder::new("old");
        let path = folder.0.join("out.json");
        fs::write(&path, "old").unwrap();
        let mut output = Output::file(&path).unwrap();
        output.write_all(b"half of the n").unwrap();
        output.flush().unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
        drop(output);
        assert_eq!(
            (fs::read_to_string(&path).unwrap().as_str(), folder.names()),
            ("old", vec!["out.json".into()])
        );
        let mut output = Output::file(&path).unwrap();
        output.write_all(b"new").unwrap();
        output.finish().unwrap();
        assert_eq!(
            (fs::read_to_string(&path).unwrap().as_str(), folder.names()),
            ("new", vec!["out.json".into()])
        );
    }

    #[test]
    fn a_new_file_is_there_once_it_is_complete() {
        let folder = Folder::new("new");
        let path = folder.0.join("out.json");
        let mut output = Output::file(&path).unwrap();
        output.write_all(b"new").unwrap();
        assert!(!path.exists());
        output.finish().unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        assert!(Output::file(&folder.0.join("none/out.json")).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn links_and_permissions_stay_and_a_device_is_written_to() {
        use std::os::unix::fs::PermissionsExt;
        let folder = Folder::new("links");
        let (path, link) = (folder.0.join("out.json"), folder.0.join("link.json"));
        fs::write(&path, "old").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        std::os::unix::fs::symlink(&path, &link).unwrap();
        let mut output = Output::file(&link).unwrap();
        output.write_all(b"new").unwrap();
        output.finish().unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        let mut output = Output::file("/dev/null".as_ref()).unwrap();
        output.write_all(b"new").unwrap();
        output.finish().unwrap();
        assert!(!fs::metadata("/dev/null").unwrap().is_file());
    }
}
