//! What a journal in a file does to the disk. Each is a step at which a test
//! makes the disk fail, or ends the program.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::Path;

/// Opens a file to read and write it, and creates it where it is missing.
pub(crate) fn open(path: &Path) -> io::Result<File> {
    #[cfg(test)]
    simulated::step(|disk| disk.create(path))?;
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    // Others may read it, and not write, rename or delete it.
    #[cfg(windows)]
    std::os::windows::fs::OpenOptionsExt::share_mode(&mut options, 1);
    options.open(path)
}

/// Writes at the end of what is whole, which is `at`.
pub(crate) fn append(mut file: &File, at: u64, text: &[u8]) -> io::Result<()> {
    file.seek(SeekFrom::Start(at))?;
    #[cfg(test)]
    simulated::step(|disk| disk.write(file, text))?;
    file.write_all(text)
}

/// Cuts off what is not whole.
pub(crate) fn cut(file: &File, at: u64) -> io::Result<()> {
    #[cfg(test)]
    simulated::step(|_| Ok(()))?;
    file.set_len(at)
}

/// Returns when a file would survive a crash of the machine.
pub(crate) fn sync(file: &File, path: &Path) -> io::Result<()> {
    #[cfg(test)]
    if simulated::step(|disk| disk.sync(path))? {
        return Ok(());
    }
    let _ = path;
    file.sync_all()
}

/// Puts one file in the place of another, as a whole.
pub(crate) fn replace(new: &Path, old: &Path) -> io::Result<()> {
    #[cfg(test)]
    simulated::step(|disk| disk.replace(new, old))?;
    fs::rename(new, old)
}

/// Returns when the names of files would survive a crash of the machine; where
/// the system has no such call, they do so by themselves.
pub(crate) fn sync_folder_of(path: &Path) -> io::Result<()> {
    #[cfg(test)]
    if simulated::step(|disk| {
        disk.sync_folder();
        Ok(())
    })? {
        return Ok(());
    }
    #[cfg(unix)]
    if let Some(folder) = path.parent() {
        File::open(folder)?.sync_all()?;
    }
    let _ = path;
    Ok(())
}

/// Whether a path still leads to an open file.
pub(crate) fn leads_to(path: &Path, file: &File) -> io::Result<bool> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let (found, open) = (fs::metadata(path)?, file.metadata()?);
        Ok((found.dev(), found.ino()) == (open.dev(), open.ino()))
    }
    #[cfg(not(unix))]
    {
        let _ = (path, file);
        Ok(true)
    }
}

/// A disk that fails at a step, or loses what was not synchronised.
#[cfg(test)]
pub(crate) mod simulated {
    use std::cell::RefCell;
    use std::collections::{BTreeMap, BTreeSet};
    use std::fs::{self, File};
    use std::io::{self, Write};
    use std::ops::Range;
    use std::path::{Path, PathBuf};

    thread_local! {
        static DISK: RefCell<Option<Disk>> = const { RefCell::new(None) };
    }

    /// The disk of this thread.
    #[derive(Default)]
    pub(crate) struct Disk {
        /// The steps that fail.
        failing: Range<usize>,
        steps: usize,
        /// Whether a rename is on the disk before its folder is.
        is_eager: bool,
        /// What each file holds on the disk.
        synced: BTreeMap<PathBuf, Vec<u8>>,
        /// The names that are on the disk.
        named: BTreeSet<PathBuf>,
        /// What would be named if the folder were synchronised.
        unnamed: Vec<(PathBuf, PathBuf)>,
    }

    /// From now on the steps of this range fail.
    pub(crate) fn fail(failing: Range<usize>, is_eager: bool) {
        let disk = Disk {
            failing,
            is_eager,
            ..Disk::default()
        };
        DISK.set(Some(disk));
    }

    /// How many steps there were. Nothing fails from now on.
    pub(crate) fn end() -> Disk {
        DISK.take().unwrap()
    }

    /// Takes a step; whether there is such a disk.
    pub(super) fn step(taken: impl FnOnce(&mut Disk) -> io::Result<()>) -> io::Result<bool> {
        DISK.with_borrow_mut(|disk| {
            let Some(disk) = disk else { return Ok(false) };
            disk.steps += 1;
            taken(disk)?;
            disk.failed()?;
            Ok(true)
        })
    }

    impl Disk {
        pub(crate) fn steps(&self) -> usize {
            self.steps
        }

        fn failed(&self) -> io::Result<()> {
            if self.failing.contains(&(self.steps - 1)) {
                return Err(io::ErrorKind::StorageFull.into());
            }
            Ok(())
        }

        pub(super) fn create(&mut self, path: &Path) -> io::Result<()> {
            self.failed()?;
            if !path.exists() {
                self.unnamed.push((path.to_owned(), path.to_owned()));
            }
            Ok(())
        }

        /// A write that fails has written half.
        pub(super) fn write(&mut self, mut file: &File, text: &[u8]) -> io::Result<()> {
            if self.failed().is_err() {
                file.write_all(&text[..text.len() / 2])?;
            }
            Ok(())
        }

        pub(super) fn sync(&mut self, path: &Path) -> io::Result<()> {
            self.failed()?;
            self.synced.insert(path.to_owned(), fs::read(path).unwrap());
            Ok(())
        }

        pub(super) fn replace(&mut self, new: &Path, old: &Path) -> io::Result<()> {
            self.failed()?;
            self.unnamed.push((new.to_owned(), old.to_owned()));
            if self.is_eager {
                self.sync_folder();
            }
            Ok(())
        }

        pub(super) fn sync_folder(&mut self) {
            if self.failed().is_err() {
                return;
            }
            for (new, old) in std::mem::take(&mut self.unnamed) {
                let held = self.synced.get(&new).cloned().unwrap_or_default();
                self.synced.insert(old.clone(), held);
                self.named.insert(old);
            }
        }

        /// Leaves of a file what the machine would find after it lost power.
        pub(crate) fn lose_power(&self, path: &Path) {
            if self.named.contains(path) {
                fs::write(path, self.synced.get(path).map_or(&[][..], Vec::as_slice)).unwrap();
            } else if path.exists() {
                fs::remove_file(path).unwrap();
            }
        }
    }
}
