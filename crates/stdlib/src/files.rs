//! Files and folders.

use std::io::{self, Read, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::UNIX_EPOCH;

use foxvm::{Context, Date, Error, Native, Octets, Value};

use crate::failure;
use crate::folder::{About, Access, Place};
use crate::gather::too_long;
use crate::settings::Settings;

/// Bytes that are read or written between two looks at interrupt and deadline.
const STEP: usize = 256 << 10;
/// Names in a folder that are listed at most.
const MOST_NAMES: usize = 1 << 20;

pub(crate) fn natives(settings: &Settings) -> Vec<Native> {
    let base: Arc<Path> = Arc::from(settings.base.as_path());
    /// A function of a path from `base`.
    macro_rules! native {
        ($name:literal, $function:ident, $cap:literal, [$($param:literal),*], ($($arg:ident: $ty:ty),*), $doc:literal) => {{
            let base = base.clone();
            Native::new($name, move |cx: &mut Context<'_>, path: &str $(, $arg: $ty)*| {
                $function(cx, &base, path $(, $arg)*)
            })
            .names(&["path" $(, $param)*])
            .capability($cap)
            .cost(64)
            .doc($doc)
        }};
    }
    vec![
        native!(
            "files.read_text",
            read_text,
            "fs-read",
            [],
            (),
            "The content of a file, which is UTF-8."
        ),
        native!(
            "files.read_bytes",
            read_bytes,
            "fs-read",
            [],
            (),
            "The content of a file."
        ),
        native!("files.write", write, "fs-write", ["content"], (content: Octets), "Makes a file of a text or bytes, or replaces one whole: what is there is the old or the new content, never a part of it."),
        native!("files.append", append, "fs-write", ["content"], (content: Octets), "Adds a text or bytes to the end of a file, which is made if there is none."),
        native!(
            "files.list",
            list,
            "fs-read",
            [],
            (),
            "Names in a folder, in order."
        ),
        native!(
            "files.exists",
            exists,
            "fs-read",
            [],
            (),
            "Is there a file or folder?"
        ),
        native!(
            "files.remove",
            remove,
            "fs-write",
            [],
            (),
            "Removes a file, or a folder that is empty; a link, not what it leads to."
        ),
        native!(
            "files.make_dir",
            make_dir,
            "fs-write",
            [],
            (),
            "Makes a folder and those that it lies in; one that exists is fine."
        ),
        native!(
            "files.metadata",
            metadata,
            "fs-read",
            [],
            (),
            "A map of size (bytes), kind (file, folder or other) and modified (a date, empty if unknown)."
        ),
    ]
}

/// Why something is no plain file: opening a pipe or a device might wait for ever.
fn unfit(about: &About) -> Option<io::Error> {
    if about.file {
        None
    } else if about.folder {
        Some(io::Error::from(io::ErrorKind::IsADirectory))
    } else {
        Some(io::Error::from(io::ErrorKind::Unsupported))
    }
}

/// Reads a file whole, as far as one value may grow. What is no plain file (a pipe, a device) might never end.
fn content(cx: &mut Context<'_>, base: &Path, path: &str) -> Result<Vec<u8>, Error> {
    let place = Place::find(cx, base, path, Access::Read)?;
    let most = cx.largest();
    let about = place.about(true);
    let about = about.map_err(|error| place.failed(cx, Access::Read, &error))?;
    if let Some(error) = unfit(&about) {
        return Err(place.failed(cx, Access::Read, &error));
    }
    if about.size > most as u64 {
        return Err(too_long(most));
    }
    let mut file = match place.open() {
        Ok(file) => file,
        Err(error) => return Err(place.failed(cx, Access::Read, &error)),
    };
    let mut content: Vec<u8> = Vec::new();
    content
        .try_reserve(about.size as usize)
        .map_err(|_| failure::full())?;
    loop {
        let before = content.len();
        content.try_reserve(STEP).map_err(|_| failure::full())?;
        let read = Read::by_ref(&mut file)
            .take(STEP as u64)
            .read_to_end(&mut content);
        if let Err(error) = read {
            return Err(place.failed(cx, Access::Read, &error));
        }
        cx.work(content.len() - before)?;
        // It may have grown since it was looked at.
        if content.len() > most {
            return Err(too_long(most));
        }
        if content.len() == before {
            return Ok(content);
        }
    }
}

fn read_text(cx: &mut Context<'_>, base: &Path, path: &str) -> Result<String, Error> {
    let content = content(cx, base, path)?;
    String::from_utf8(content).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        failure::conv(format!("{path}: byte {at} is no UTF-8"))
    })
}

fn read_bytes(cx: &mut Context<'_>, base: &Path, path: &str) -> Result<Vec<u8>, Error> {
    content(cx, base, path)
}

/// Writes all of `content`, looking at interrupt and deadline as it goes on.
fn fill(
    cx: &mut Context<'_>,
    place: &Place,
    file: &mut std::fs::File,
    content: &[u8],
) -> Result<(), Error> {
    for part in content.chunks(STEP) {
        cx.work(part.len())?;
        if let Err(error) = file.write_all(part) {
            return Err(place.failed(cx, Access::Write, &error));
        }
    }
    match file.sync_all() {
        Ok(()) => Ok(()),
        Err(error) => Err(place.failed(cx, Access::Write, &error)),
    }
}

fn write(cx: &mut Context<'_>, base: &Path, path: &str, content: Octets) -> Result<(), Error> {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let place = Place::find(cx, base, path, Access::Write)?;
    // A name of this process's own; one that is left over from another is no obstacle.
    let mut made = None;
    for _ in 0..16 {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let beside = place.beside(&format!(".fox-{}-{number}", std::process::id()));
        let beside = beside.map_err(|error| place.failed(cx, Access::Write, &error))?;
        match beside.make() {
            Ok(file) => {
                made = Some((beside, file));
                break;
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(place.failed(cx, Access::Write, &error)),
        }
    }
    let Some((beside, mut file)) = made else {
        return Err(place.failed(
            cx,
            Access::Write,
            &io::Error::from(io::ErrorKind::AlreadyExists),
        ));
    };
    let filled = fill(cx, &place, &mut file, &content.0).and_then(|()| {
        beside
            .rename(&place)
            .map_err(|error| place.failed(cx, Access::Write, &error))
    });
    if let Err(error) = filled {
        // What is left over is nobody's; removing it is a courtesy.
        let _ = beside.remove();
        return Err(error);
    }
    // Where folders cannot be synced the system keeps their order itself.
    let _ = place.sync_folder();
    Ok(())
}

fn append(cx: &mut Context<'_>, base: &Path, path: &str, content: Octets) -> Result<(), Error> {
    let place = Place::find(cx, base, path, Access::Write)?;
    if let Ok(about) = place.about(true)
        && let Some(error) = unfit(&about)
    {
        return Err(place.failed(cx, Access::Write, &error));
    }
    match place.open_end() {
        Ok(mut file) => fill(cx, &place, &mut file, &content.0),
        Err(error) => Err(place.failed(cx, Access::Write, &error)),
    }
}

fn list(cx: &mut Context<'_>, base: &Path, path: &str) -> Result<Value, Error> {
    let place = Place::find(cx, base, path, Access::Read)?;
    let entries = place.names();
    let entries = entries.map_err(|error| place.failed(cx, Access::Read, &error))?;
    let mut names: Vec<String> = Vec::new();
    let mut bytes = 0;
    for entry in entries {
        let name = entry.map_err(|error| place.failed(cx, Access::Read, &error))?;
        cx.work(name.len() * 4)?;
        bytes += name.len() + size_of::<String>();
        if names.len() >= MOST_NAMES || bytes > cx.largest() {
            return Err(too_long(cx.largest()));
        }
        names.push(name);
    }
    names.sort_unstable();
    crate::text_list::list(cx, names.iter().map(String::as_str))
}

fn exists(cx: &mut Context<'_>, base: &Path, path: &str) -> Result<bool, Error> {
    let place = Place::find(cx, base, path, Access::Read)?;
    match place.about(true) {
        Ok(_) => Ok(true),
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
            ) =>
        {
            Ok(false)
        }
        Err(error) => Err(place.failed(cx, Access::Read, &error)),
    }
}

fn remove(cx: &mut Context<'_>, base: &Path, path: &str) -> Result<(), Error> {
    let place = Place::find(cx, base, path, Access::Write)?;
    match place.remove() {
        Ok(()) => Ok(()),
        Err(error) => Err(place.failed(cx, Access::Write, &error)),
    }
}

fn make_dir(cx: &mut Context<'_>, base: &Path, path: &str) -> Result<(), Error> {
    let place = Place::find(cx, base, path, Access::Write)?;
    match place.make_folder() {
        Ok(()) => Ok(()),
        Err(error) => Err(place.failed(cx, Access::Write, &error)),
    }
}

fn metadata(cx: &mut Context<'_>, base: &Path, path: &str) -> Result<Value, Error> {
    let place = Place::find(cx, base, path, Access::Read)?;
    let about = place.about(true);
    let about = about.map_err(|error| place.failed(cx, Access::Read, &error))?;
    let modified = about.modified.and_then(|when| {
        let ns = match when.duration_since(UNIX_EPOCH) {
            Ok(since) => i128::try_from(since.as_nanos()).ok()?,
            Err(before) => -i128::try_from(before.duration().as_nanos()).ok()?,
        };
        i64::try_from(ns).ok().map(Date)
    });
    let kind = match (about.file, about.folder) {
        (true, _) => "file",
        (_, true) => "folder",
        _ => "other",
    };
    let mut made = cx.builder();
    made.push("size")?;
    made.push(i64::try_from(about.size).unwrap_or(i64::MAX))?;
    made.push("kind")?;
    made.push(kind)?;
    made.push("modified")?;
    made.push(modified)?;
    made.record(3)?;
    made.finish()
}
