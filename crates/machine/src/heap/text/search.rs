//! Substring search: `memchr::memmem`, with the preparation of short needles kept.
//!
//! Preparing a needle costs several times what searching a line of text for it does, and a program searches for the same
//! few (mostly constant) needles again and again. So each thread keeps [`SLOTS`] prepared needles of at most
//! [`NEEDLE_MAX`] bytes, found by their content: fixed storage that no guest can make grow, so nothing is charged for it,
//! and nothing to invalidate when objects move or Worlds end. A needle is prepared when it comes up twice in a row in its
//! slot.

use std::cell::UnsafeCell;
use std::mem::MaybeUninit;

use memchr::memmem::{self, Finder};

/// Prepared needles per thread.
const SLOTS: usize = 32;
/// Longest needle that is kept, in bytes.
const NEEDLE_MAX: usize = 64;
/// From this many bytes of text on, preparing a needle does not matter.
const LONG: usize = 2048;

/// Length, first and last bytes of a needle. Two needles of at most 16 bytes with the same key are equal.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Key {
    first: u64,
    last: u64,
    length: usize,
}

impl Key {
    /// Of a needle of at least 2 bytes.
    #[inline(always)]
    fn of(needle: &[u8]) -> Key {
        let length = needle.len();
        let at = needle.as_ptr();
        // SAFETY: each branch reads inside the needle, whose length it has tested; 2 bytes are there (caller).
        let (first, last) = unsafe {
            if length >= 8 {
                (
                    at.cast::<u64>().read_unaligned(),
                    at.add(length - 8).cast::<u64>().read_unaligned(),
                )
            } else if length >= 4 {
                let four = |from: usize| u64::from(at.add(from).cast::<u32>().read_unaligned());
                (four(0), four(length - 4))
            } else {
                let two = |from: usize| u64::from(at.add(from).cast::<u16>().read_unaligned());
                (two(0), two(length - 2))
            }
        };
        Key {
            first,
            last,
            length,
        }
    }

    /// Its place among the slots.
    #[inline(always)]
    fn place(self) -> usize {
        let mixed = (self.first ^ self.last.rotate_left(21) ^ self.length as u64)
            .wrapping_mul(0x9E37_79B9_7F4A_7C15);
        (mixed >> 59) as usize % SLOTS
    }
}

struct Slot {
    /// Needle seen last.
    key: Key,
    /// True if `finder` is prepared for the needle in `bytes`, whose key is `key`.
    ready: bool,
    bytes: [u8; NEEDLE_MAX],
    /// Borrows `bytes`; owns nothing, so it need not be dropped.
    finder: MaybeUninit<Finder<'static>>,
}

thread_local! {
    static NEEDLES: UnsafeCell<[Slot; SLOTS]> = const {
        UnsafeCell::new([const { Slot { key: Key { first: 0, last: 0, length: 0 }, ready: false, bytes: [0; NEEDLE_MAX], finder: MaybeUninit::uninit() } }; SLOTS])
    };
}
// Without destructors the storage is reached by one address calculation, also while its thread ends.
const _: () = assert!(!std::mem::needs_drop::<Slot>());

/// Byte offset of the first occurrence of `needle` in `text`.
#[inline]
pub(crate) fn find(text: &[u8], needle: &[u8]) -> Option<usize> {
    if needle.len() > text.len() {
        return None;
    }
    match needle {
        [] => Some(0),
        [byte] => memchr::memchr(*byte, text),
        _ if needle.len() > NEEDLE_MAX || text.len() >= LONG => memmem::find(text, needle),
        _ => find_short(text, needle),
    }
}

#[inline]
fn find_short(text: &[u8], needle: &[u8]) -> Option<usize> {
    let key = Key::of(needle);
    NEEDLES.with(|needles| {
        // SAFETY: thread-local, and nothing below calls back into this module, so this is the only reference.
        let slot = unsafe { &mut (&mut (*needles.get()))[key.place()] };
        if slot.ready
            && slot.key == key
            && (key.length <= 16 || slot.bytes.get(..key.length) == Some(needle))
        {
            // SAFETY: `ready` says so.
            return unsafe { slot.finder.assume_init_ref() }.find(text);
        }
        prepare(slot, key, text, needle)
    })
}

/// Searches without a prepared needle, and prepares it if it was seen before.
#[cold]
#[inline(never)]
fn prepare(slot: &mut Slot, key: Key, text: &[u8], needle: &[u8]) -> Option<usize> {
    let again = slot.key == key;
    slot.ready = false;
    slot.key = key;
    if again && let Some(bytes) = slot.bytes.get_mut(..needle.len()) {
        bytes.copy_from_slice(needle);
        // SAFETY: `bytes` lies in a thread-local without destructor, which never moves and outlives every use of the finder
        // on its thread; it is not changed while `ready` is set.
        let held: &'static [u8] =
            unsafe { std::slice::from_raw_parts(bytes.as_ptr(), needle.len()) };
        slot.finder.write(Finder::new(held));
        slot.ready = true;
    }
    memmem::find(text, needle)
}

/// True if `needle` occurs in `text`.
#[inline]
pub(crate) fn contains(text: &[u8], needle: &[u8]) -> bool {
    find(text, needle).is_some()
}

#[cfg(test)]
mod tests {
    use super::find;

    #[test]
    fn as_the_standard_library_finds() {
        let text = "2026-11-21 13:04:05 status installed ERROR disk failure at sector é€ 512";
        let needles = [
            "",
            "E",
            "é",
            "ER",
            "ERR",
            "ERROR",
            "ERRORS",
            "512",
            "2026",
            "disk failure",
            "disk failure at sector",
            "xx",
            "€ 5",
            text,
        ];
        for _ in 0..4 {
            for needle in needles {
                assert_eq!(
                    find(text.as_bytes(), needle.as_bytes()),
                    text.find(needle),
                    "{needle}"
                );
            }
        }
        assert_eq!(find(b"ab", b"abc"), None);
    }

    #[test]
    fn long_needles_that_agree_at_both_ends_are_told_apart() {
        let (a, b) = ("12345678-left-12345678", "12345678-rigt-12345678");
        for _ in 0..4 {
            assert_eq!(find(a.as_bytes(), a.as_bytes()), Some(0));
            assert_eq!(find(a.as_bytes(), b.as_bytes()), None);
            assert_eq!(find(b.as_bytes(), b.as_bytes()), Some(0));
        }
    }

    #[test]
    fn more_needles_than_slots_and_threads_that_end() {
        let text: String = (0..200).map(|i| format!("w{i},")).collect();
        std::thread::scope(|scope| {
            for _ in 0..3 {
                scope.spawn(|| {
                    for round in 0..4 {
                        for i in (0..300).step_by(1 + round) {
                            let needle = format!("w{i},");
                            assert_eq!(
                                find(&text.as_bytes()[..800], needle.as_bytes()),
                                text[..800].find(&needle)
                            );
                        }
                    }
                });
            }
        });
    }
}
