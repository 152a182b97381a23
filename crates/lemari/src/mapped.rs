//! The only place that maps files: read-only maps of files the Engine knows (docs/design.md §6), and aligned reads of
//! all others.
//!
//! # When a map is sound
//! A map is memory that another process can change or cut away: a byte read twice could differ, and a read beyond a
//! truncated end would raise SIGBUS. So a file may only be mapped if, for as long as the map lives,
//! 1. nobody writes into it in place: it was written under another name and renamed when whole, and is replaced by
//!    renaming, never rewritten;
//! 2. nobody truncates it;
//! 3. it is a regular file or a memory file.
//!
//! Two kinds of files are *known* to be so. Files of a [`Store`]: a folder of our own user that nobody else may enter,
//! into which only Engines write, by rule 1 (another program of the same user could still break the rule, as it could
//! write into our memory through `/proc`). And memory files sealed against writing and shrinking ([`Mapped::sealed`]),
//! where the kernel keeps the rules. Everything else is read with [`Mapped::read`]. All give the same type, whose bytes
//! begin at a multiple of 16.

use std::fs::File;
use std::io::{self, Read};
use std::ops::Deref;
use std::path::{Path, PathBuf};

/// A file's bytes, mapped read-only or read; aligned to 16.
#[derive(Debug)]
pub struct Mapped(Bytes);

#[derive(Debug)]
enum Bytes {
    Map(memmap2::Mmap),
    Read { blocks: Vec<u128>, len: usize },
}

impl Mapped {
    /// Maps a file the caller knows to be unchanging. An empty file gives no bytes.
    ///
    /// # Errors
    /// The operating system's.
    ///
    /// # Safety
    /// For the life of the map nobody writes into the file in place or truncates it (the module's page).
    pub unsafe fn known(file: &File) -> io::Result<Mapped> {
        if file.metadata()?.len() == 0 {
            return Ok(Mapped(Bytes::Read {
                blocks: Vec::new(),
                len: 0,
            }));
        }
        // SAFETY: the caller's promise: the file does not change under the map.
        Ok(Mapped(Bytes::Map(unsafe { memmap2::Mmap::map(file)? })))
    }

    /// Maps a memory file that is sealed against writing, growing and shrinking.
    ///
    /// # Errors
    /// `PermissionDenied` if a seal is missing (or the file can have none), else the operating system's.
    pub fn sealed(file: &File) -> io::Result<Mapped> {
        #[cfg(target_os = "linux")]
        {
            use std::os::fd::AsRawFd;
            let wanted = libc::F_SEAL_WRITE | libc::F_SEAL_SHRINK | libc::F_SEAL_GROW;
            // SAFETY: asking for the seals of an open descriptor changes nothing.
            let seals = unsafe { libc::fcntl(file.as_raw_fd(), libc::F_GET_SEALS) };
            if seals >= 0 && seals & wanted == wanted {
                // SAFETY: the kernel refuses what would break the promise, for ever: seals cannot be taken off.
                return unsafe { Mapped::known(file) };
            }
        }
        let _ = file;
        Err(refused("the file is not sealed against change"))
    }

    /// Reads a file that is not known, at most `bound` bytes of it, into memory allocated fallibly. Counting it is the
    /// caller's affair (modules are the Engine's, not a World's).
    ///
    /// # Errors
    /// `FileTooLarge` above the bound, `OutOfMemory` if the host refuses memory, else the operating system's.
    pub fn read(file: &File, bound: usize) -> io::Result<Mapped> {
        let mut blocks: Vec<u128> = Vec::new();
        let mut len = 0usize;
        let mut input = file;
        loop {
            if len == blocks.len() * 16 {
                // The size told beforehand is a hint only: the file may be a pipe, or change.
                let told = usize::try_from(file.metadata().map_or(0, |m| m.len())).unwrap_or(0);
                let most = bound.saturating_add(1).max(len + 1);
                let want = told
                    .saturating_add(1)
                    .max(len.saturating_mul(2))
                    .max(4096)
                    .min(most);
                let more = want.max(len + 1).div_ceil(16) - blocks.len();
                blocks
                    .try_reserve_exact(more)
                    .map_err(|_| io::Error::from(io::ErrorKind::OutOfMemory))?;
                blocks.resize(blocks.len() + more, 0);
            }
            // SAFETY: the blocks are initialised and any bytes are valid for them; the slice ends with the vector.
            let space = unsafe {
                std::slice::from_raw_parts_mut(
                    blocks.as_mut_ptr().cast::<u8>().add(len),
                    blocks.len() * 16 - len,
                )
            };
            match input.read(space) {
                Ok(0) => return Ok(Mapped(Bytes::Read { blocks, len })),
                Ok(n) => len += n,
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(e),
            }
            if len > bound {
                return Err(io::Error::new(
                    io::ErrorKind::FileTooLarge,
                    "larger than allowed",
                ));
            }
        }
    }
}

impl Deref for Mapped {
    type Target = [u8];
    fn deref(&self) -> &[u8] {
        match &self.0 {
            Bytes::Map(map) => map,
            // SAFETY: len is at most the vector's bytes, all initialised.
            Bytes::Read { blocks, len } => unsafe {
                std::slice::from_raw_parts(blocks.as_ptr().cast(), *len)
            },
        }
    }
}

/// A folder whose files are known: our own, closed to others, written by Engines only (see the module's page).
#[derive(Clone, Debug)]
pub struct Store {
    folder: PathBuf,
}

impl Store {
    /// Opens a store folder.
    ///
    /// # Errors
    /// `NotADirectory` if it is none (or a symbolic link), `PermissionDenied` if it belongs to another user or others may
    /// enter it, else the operating system's.
    pub fn open(folder: &Path) -> io::Result<Store> {
        let meta = std::fs::symlink_metadata(folder)?;
        if !meta.is_dir() {
            return Err(io::Error::new(
                io::ErrorKind::NotADirectory,
                "a store is a folder",
            ));
        }
        own(&meta, 0o077)?;
        Ok(Store {
            folder: folder.to_path_buf(),
        })
    }

    /// Maps a file of the store by its name (no path).
    ///
    /// # Errors
    /// `InvalidInput` if the name is a path or it is not a regular file, `PermissionDenied` if it is not our own,
    /// `Unsupported` where ownership cannot be asked for (read it instead), else the operating system's.
    pub fn map(&self, name: &str) -> io::Result<Mapped> {
        let mut parts = Path::new(name).components();
        let plain = matches!(
            (parts.next(), parts.next()),
            (Some(std::path::Component::Normal(_)), None)
        );
        let path = self.folder.join(name);
        if !plain || !std::fs::symlink_metadata(&path)?.is_file() {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                "not a file of the store",
            ));
        }
        let file = File::open(&path)?;
        let meta = file.metadata()?;
        if !meta.is_file() {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                "not a regular file",
            ));
        }
        own(&meta, 0o022)?;
        // SAFETY: a file of a folder only we may enter, which is written by renaming and never modified (the store's rule).
        unsafe { Mapped::known(&file) }
    }
}

/// Refuses what belongs to another user, or gives others any of the rights `mask`.
#[cfg(unix)]
fn own(meta: &std::fs::Metadata, mask: u32) -> io::Result<()> {
    use std::os::unix::fs::MetadataExt;
    // SAFETY: geteuid has no conditions and cannot fail.
    let user = unsafe { libc::geteuid() };
    if meta.uid() != user {
        return Err(refused("it belongs to another user"));
    }
    if meta.mode() & mask != 0 {
        return Err(refused("others have rights to it"));
    }
    Ok(())
}

#[cfg(not(unix))]
fn own(_meta: &std::fs::Metadata, _mask: u32) -> io::Result<()> {
    Err(io::Error::from(io::ErrorKind::Unsupported))
}

fn refused(why: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::PermissionDenied, why)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use std::io::Write;
    use std::os::fd::{AsRawFd, FromRawFd};
    use std::os::unix::fs::PermissionsExt;

    fn rights(path: &Path, mode: u32) {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn stores_map_and_refuse() {
        let dir = std::env::temp_dir().join(format!("lemari-mapped-{}", std::process::id()));
        std::fs::create_dir_all(&dir).unwrap();
        rights(&dir, 0o755);
        assert_eq!(
            Store::open(&dir).unwrap_err().kind(),
            io::ErrorKind::PermissionDenied
        );
        rights(&dir, 0o700);
        let store = Store::open(&dir).unwrap();
        let path = dir.join("file");
        std::fs::write(&path, vec![7u8; 40_000]).unwrap();
        rights(&path, 0o600);
        let mapped = store.map("file").unwrap();
        assert_eq!(&*mapped, &vec![7u8; 40_000][..]);
        let read = Mapped::read(&File::open(&path).unwrap(), 40_000).unwrap();
        assert_eq!(&*read, &*mapped);
        assert!((read.as_ptr() as usize).is_multiple_of(16));
        let long = Mapped::read(&File::open(&path).unwrap(), 39_999).unwrap_err();
        assert_eq!(long.kind(), io::ErrorKind::FileTooLarge);
        for name in ["", ".", "..", "a/b", "../file", "/etc/passwd"] {
            assert!(store.map(name).is_err(), "{name}");
        }
        std::os::unix::fs::symlink(&path, dir.join("link")).unwrap();
        assert_eq!(
            store.map("link").unwrap_err().kind(),
            io::ErrorKind::InvalidInput
        );
        rights(&path, 0o622);
        assert_eq!(
            store.map("file").unwrap_err().kind(),
            io::ErrorKind::PermissionDenied
        );
        std::fs::write(dir.join("empty"), b"").unwrap();
        rights(&dir.join("empty"), 0o600);
        assert!(store.map("empty").unwrap().is_empty());
        assert_eq!(
            Store::open(&path).unwrap_err().kind(),
            io::ErrorKind::NotADirectory
        );
        for bound in [0, 1, 4096, 39_000] {
            let long = Mapped::read(&File::open(&path).unwrap(), bound).unwrap_err();
            assert_eq!(long.kind(), io::ErrorKind::FileTooLarge);
        }
        assert!(
            Mapped::read(&File::open(dir.join("empty")).unwrap(), 0)
                .unwrap()
                .is_empty()
        );
        // A reader that tells no size.
        let (read_end, mut write_end) = io::pipe().unwrap();
        let writer = std::thread::spawn(move || write_end.write_all(&[9; 100_000]));
        let piped = File::from(std::os::fd::OwnedFd::from(read_end));
        assert_eq!(&*Mapped::read(&piped, 1 << 20).unwrap(), &[9; 100_000][..]);
        writer.join().unwrap().unwrap();
        drop(mapped);
        std::fs::remove_dir_all(&dir).unwrap();
    }

    #[test]
    fn sealed_memory_files_are_known() {
        // SAFETY: a fresh descriptor, owned by the File from here on.
        let mut file = unsafe {
            File::from_raw_fd(libc::memfd_create(
                c"lemari".as_ptr(),
                libc::MFD_ALLOW_SEALING,
            ))
        };
        file.write_all(b"sealed").unwrap();
        assert_eq!(
            Mapped::sealed(&file).unwrap_err().kind(),
            io::ErrorKind::PermissionDenied
        );
        let seals = libc::F_SEAL_WRITE | libc::F_SEAL_SHRINK | libc::F_SEAL_GROW;
        // SAFETY: adding seals to our own memory file.
        let sealed = unsafe { libc::fcntl(file.as_raw_fd(), libc::F_ADD_SEALS, seals) };
        assert_eq!(sealed, 0);
        assert_eq!(&*Mapped::sealed(&file).unwrap(), b"sealed");
        assert!(file.write_all(b"x").is_err());
    }
}
