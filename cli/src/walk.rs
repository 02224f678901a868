//! From the paths on the command line to the documents, in a fixed order.

use std::fs;
use std::path::{Path, PathBuf};

use walkdir::{DirEntry, WalkDir};

/// What a path leads to.
#[derive(Debug)]
pub(crate) enum Found {
    File(PathBuf),
    Stdin,
    /// A symbolic link in a folder.
    Link,
    /// A path that cannot be read, and why.
    Unreadable(PathBuf, String),
}

/// Everything the paths lead to: the paths in the order given, folders by name.
///
/// A symbolic link that is itself given is followed, as with `grep -r`; one in a folder is not.
pub(crate) fn walk(paths: &[PathBuf]) -> impl Iterator<Item = Found> {
    paths.iter().flat_map(|path| {
        let found: Box<dyn Iterator<Item = Found>> = if is_stdin(path) {
            Box::new(std::iter::once(Found::Stdin))
        } else {
            match fs::metadata(path) {
                Ok(metadata) if metadata.is_dir() => Box::new(folder(path)),
                Ok(metadata) => Box::new(std::iter::once(file(path.clone(), &metadata))),
                Err(error) => Box::new(std::iter::once(Found::Unreadable(
                    path.clone(),
                    error.to_string(),
                ))),
            }
        };
        found
    })
}

/// Whether a path on the command line stands for standard input.
pub(crate) fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-"
}

fn folder(root: &Path) -> impl Iterator<Item = Found> {
    let root = root.to_path_buf();
    WalkDir::new(&root)
        .sort_by_file_name()
        .into_iter()
        .filter_map(move |entry| match entry {
            Ok(entry) => entry_in_folder(entry),
            Err(error) => {
                let path = error.path().unwrap_or(&root).to_path_buf();
                let reason = match error.io_error() {
                    Some(error) => error.to_string(),
                    None => error.to_string(),
                };
                Some(Found::Unreadable(path, reason))
            }
        })
}

fn entry_in_folder(entry: DirEntry) -> Option<Found> {
    if entry.file_type().is_dir() || entry.depth() == 0 {
        return None;
    }
    if entry.path_is_symlink() {
        return Some(Found::Link);
    }
    Some(match entry.metadata() {
        Ok(metadata) => file(entry.into_path(), &metadata),
        Err(error) => Found::Unreadable(entry.into_path(), error.to_string()),
    })
}

/// Only regular files are opened: a pipe may never end, a device may do anything.
fn file(path: PathBuf, metadata: &fs::Metadata) -> Found {
    if metadata.is_file() {
        Found::File(path)
    } else {
        let reason = "not a regular file; pipe it in and give '-' to read it";
        Found::Unreadable(path, reason.to_owned())
    }
}
