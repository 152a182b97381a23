//! A shared memory object, opened and mapped.

use std::os::fd::OwnedFd;

use memmap2::{MmapOptions, MmapRaw};
use rustix::fs::{self, FlockOperation, Mode};
use rustix::shm::{self, OFlags};

use crate::error::Error;
use crate::layout::{BYTES, Layout};

/// The object in this process. Unmapped when it is dropped.
pub(crate) struct Mapping {
    memory: MmapRaw,
    /// Keeps the writer's lock.
    _file: OwnedFd,
}

impl std::fmt::Debug for Mapping {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Mapping")
    }
}

impl Mapping {
    /// Opens or makes the object for writing, as the only writer. Says whether it was there.
    pub fn write(name: &str) -> Result<Mapping, Error> {
        check(name)?;
        let mode = Mode::RUSR | Mode::WUSR;
        let file = shm::open(name, OFlags::CREATE | OFlags::RDWR, mode)?;
        let found = fs::fstat(&file)?;
        let others = Mode::from_raw_mode(found.st_mode) & (Mode::WGRP | Mode::WOTH);
        if found.st_uid != rustix::process::geteuid().as_raw() || !others.is_empty() {
            return Err(Error::Foreign);
        }
        // The kernel takes the lock back when the process ends, however it ends.
        match fs::flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => {}
            Err(rustix::io::Errno::WOULDBLOCK) => return Err(Error::Owned),
            Err(cause) => return Err(cause.into()),
        }
        // Never made smaller: a reader that has mapped the end would be ended by the system.
        if u64::try_from(found.st_size).unwrap_or(0) < BYTES as u64 {
            fs::ftruncate(&file, BYTES as u64)?;
        }
        let memory = MmapOptions::new().len(BYTES).map_raw(&file)?;
        Mapping::of(memory, file)
    }

    /// Opens the object for reading.
    pub fn read(name: &str) -> Result<Mapping, Error> {
        check(name)?;
        let file = shm::open(name, OFlags::RDONLY, Mode::empty())?;
        let found = fs::fstat(&file)?;
        if u64::try_from(found.st_size).unwrap_or(0) < BYTES as u64 {
            return Err(Error::Layout);
        }
        let memory = MmapOptions::new().len(BYTES).map_raw_read_only(&file)?;
        Mapping::of(memory, file)
    }

    fn of(memory: MmapRaw, file: OwnedFd) -> Result<Mapping, Error> {
        let aligned = memory.as_ptr().align_offset(align_of::<Layout>()) == 0;
        if memory.len() < BYTES || !aligned {
            return Err(Error::Layout);
        }
        Ok(Mapping {
            memory,
            _file: file,
        })
    }

    /// What lies in it.
    pub fn layout(&self) -> &Layout {
        // SAFETY: the mapping is at least BYTES long and aligned for `Layout` (`of` checked both) and lives as long as `self`.
        // `Layout` is made of atomics only: every bit pattern is one, and they may change at any time, also by other processes,
        // which are promised to change them by atomics of the same width. This crate reads a read-only mapping by relaxed loads
        // of 8 bytes only, which never write (std::sync::atomic, "Atomic accesses to read-only memory").
        unsafe { &*self.memory.as_ptr().cast::<Layout>() }
    }
}

/// Takes the object's name away; who has mapped it keeps it.
pub(crate) fn unlink(name: &str) -> Result<(), Error> {
    Ok(shm::unlink(name)?)
}

fn check(name: &str) -> Result<(), Error> {
    let good = name.strip_prefix('/').is_some_and(|rest| {
        !rest.is_empty()
            && rest.len() < 255
            && !rest.contains(['/', '\0'])
            && rest != ".."
            && rest != "."
    });
    if good {
        Ok(())
    } else {
        Err(Error::Name(name.to_owned()))
    }
}
