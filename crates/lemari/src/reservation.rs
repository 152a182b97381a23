//! A range of address space without memory behind it until it is touched.

use crate::config::MemError;
use crate::pool::PoolInner;
use std::sync::Arc;

/// A huge page.
const HUGE_PAGE: usize = 2 << 20;
/// Smallest object for which huge pages are asked for: it holds at least one.
const HUGE_MIN: usize = 2 * HUGE_PAGE;

/// One range of reserved address space: one anonymous mapping that commits a page when it is first written.
///
/// Dropped, it goes back to the pool it came from (cleaned first) or to the operating system.
#[derive(Debug)]
pub struct Reservation {
    map: Option<Map>,
    /// Set by the Lemari that lives in it before its first write.
    pub(crate) dirty: bool,
    pub(crate) pool: Option<Arc<PoolInner>>,
}

impl Reservation {
    /// Reserves `bytes` (rounded up to pages). Nothing is committed.
    pub fn new(bytes: usize) -> Result<Reservation, MemError> {
        Ok(Reservation {
            map: Some(Map::new(bytes)?),
            dirty: false,
            pool: None,
        })
    }

    /// A reservation just large enough for `config`.
    pub fn for_config(config: &crate::Config) -> Result<Reservation, MemError> {
        Reservation::new(config.reservation_bytes())
    }

    pub(crate) fn from_map(map: Map, pool: Arc<PoolInner>) -> Reservation {
        Reservation {
            map: Some(map),
            dirty: false,
            pool: Some(pool),
        }
    }

    /// Size in bytes.
    pub fn len(&self) -> usize {
        self.map.as_ref().map_or(0, |m| m.len)
    }

    /// Never true; here because `len` is.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub(crate) fn base(&self) -> *mut u8 {
        self.map.as_ref().map_or(std::ptr::null_mut(), |m| m.base)
    }

    /// Says that one large object takes [from, from + bytes), all of it counted.
    pub(crate) fn will_fill(&mut self, from: usize, bytes: usize) {
        if let Some(map) = &mut self.map {
            map.will_fill(from, bytes);
        }
    }

    /// Hands the pages of [from, from + bytes) back; they read as zero afterwards.
    pub(crate) fn hand_back(&mut self, from: usize, bytes: usize) {
        if let Some(map) = &mut self.map {
            map.hand_back(from, bytes);
        }
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        if let (Some(mut map), Some(pool)) = (self.map.take(), self.pool.take()) {
            if self.dirty {
                // A Lemari cleans up after itself; this is for one that could not.
                map.hand_back(0, map.len);
            }
            pool.give(map);
        }
    }
}

/// The mapping itself.
#[derive(Debug)]
pub(crate) struct Map {
    base: *mut u8,
    len: usize,
    /// Huge pages were asked for somewhere (Linux).
    #[cfg_attr(not(target_os = "linux"), allow(dead_code, reason = "no such advice"))]
    huge: bool,
    #[cfg(not(unix))]
    _owner: memmap2::MmapMut,
}

// SAFETY: a Map owns its range alone; the pointer is a plain address, and whoever holds the Map (or the Lemari over it) is
// the only one to use it.
unsafe impl Send for Map {}
// SAFETY: through `&Map` only its address and length can be read.
unsafe impl Sync for Map {}

impl Map {
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    #[cfg(unix)]
    pub(crate) fn new(bytes: usize) -> Result<Map, MemError> {
        let len = bytes
            .max(1)
            .checked_next_multiple_of(crate::DRAWER)
            .ok_or(MemError::Host)?;
        // SAFETY: a new private anonymous mapping at an address of the kernel's choice touches no existing memory.
        let base = unsafe {
            libc::mmap(
                std::ptr::null_mut(),
                len,
                libc::PROT_READ | libc::PROT_WRITE,
                libc::MAP_PRIVATE | libc::MAP_ANON | libc::MAP_NORESERVE,
                -1,
                0,
            )
        };
        if base == libc::MAP_FAILED || base.is_null() {
            return Err(MemError::Host);
        }
        // Huge pages would commit (and clear) 2 MiB at the first write of an otherwise idle World. Advice only: an error
        // changes nothing.
        #[cfg(target_os = "linux")]
        // SAFETY: the range is the mapping just made.
        unsafe {
            libc::madvise(base, len, libc::MADV_NOHUGEPAGE);
        }
        Ok(Map {
            base: base.cast(),
            len,
            huge: false,
        })
    }

    #[cfg(not(unix))]
    pub(crate) fn new(bytes: usize) -> Result<Map, MemError> {
        let len = bytes
            .max(1)
            .checked_next_multiple_of(crate::DRAWER)
            .ok_or(MemError::Host)?;
        let mut owner = memmap2::MmapOptions::new()
            .len(len)
            .map_anon()
            .map_err(|_| MemError::Host)?;
        Ok(Map {
            base: owner.as_mut_ptr(),
            len,
            huge: false,
            _owner: owner,
        })
    }

    /// Asks for huge pages where they lie wholly within an object of [`HUGE_MIN`] bytes at least: reads all over it then miss
    /// the address cache less, and its pages come five hundred at a time. They commit nothing that is not counted.
    pub(crate) fn will_fill(&mut self, from: usize, bytes: usize) {
        let bytes = bytes.min(self.len.saturating_sub(from));
        if bytes < HUGE_MIN {
            return;
        }
        // SAFETY: the range lies within the mapping; advice only, an error changes nothing.
        #[cfg(target_os = "linux")]
        unsafe {
            let start = self.base.wrapping_add(from) as usize;
            let first = start.next_multiple_of(HUGE_PAGE);
            let end = (start + bytes) / HUGE_PAGE * HUGE_PAGE;
            libc::madvise(
                self.base.wrapping_add(from + (first - start)).cast(),
                end - first,
                libc::MADV_HUGEPAGE,
            );
            self.huge = true;
        }
    }

    /// Cut to the mapping; `from` and `bytes` are multiples of the page size (callers work in drawers or whole pages).
    pub(crate) fn hand_back(&mut self, from: usize, bytes: usize) {
        let from = from.min(self.len);
        let bytes = bytes.min(self.len - from);
        if bytes == 0 {
            return;
        }
        let start = self.base.wrapping_add(from);
        // SAFETY: [start, start + bytes) lies within the mapping this Map owns, and nobody holds references into it (the
        // Lemari calls this only for closed drawers and unused tray ends).
        #[cfg(target_os = "linux")]
        let done = unsafe {
            if self.huge {
                // What stands here next may be small objects; see `new`.
                libc::madvise(start.cast(), bytes, libc::MADV_NOHUGEPAGE);
            }
            libc::madvise(start.cast(), bytes, libc::MADV_DONTNEED)
        } == 0;
        // Elsewhere MADV_DONTNEED need not clear; mapping anew does.
        #[cfg(all(unix, not(target_os = "linux")))]
        // SAFETY: as above; MAP_FIXED replaces pages of our own mapping only.
        let done = unsafe {
            libc::mmap(
                start.cast(),
                bytes,
                libc::PROT_READ | libc::PROT_WRITE,
                libc::MAP_PRIVATE | libc::MAP_ANON | libc::MAP_NORESERVE | libc::MAP_FIXED,
                -1,
                0,
            ) != libc::MAP_FAILED
        };
        #[cfg(not(unix))]
        let done = false;
        if !done {
            // Fresh drawers must read as zero, whatever the kernel answers (mlock'ed pages refuse, for one).
            // SAFETY: as above.
            unsafe { start.write_bytes(0, bytes) };
        }
    }
}

#[cfg(unix)]
impl Drop for Map {
    fn drop(&mut self) {
        // SAFETY: the mapping is ours alone and nothing refers to it after its owner is gone.
        unsafe {
            libc::munmap(self.base.cast(), self.len);
        }
    }
}
