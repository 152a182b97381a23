//! Host memory that a guest makes grow, where the standard library has no way to fail (docs/security.md "Host memory").
//!
//! `Vec`, `String` and hash tables have `try_reserve` and need nothing from here. `format!` and copies of texts have no such
//! thing: [`written`] and [`copied`] are those. And there is work that allocates inside: crate `numeric` on big numbers, the
//! machine's translator. It runs in [`covered`], which first asks the host for as much as the work takes at the most. What is
//! left is small and of fixed size, and runs in [`fixed`].

use std::cell::Cell;
use std::fmt::Write;

/// The host's allocator refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoMemory;

/// A copy of a text, whole.
///
/// # Errors
/// If the host has no memory for it.
pub fn duplicate(text: &str) -> Result<String, NoMemory> {
    let mut copy = String::new();
    copy.try_reserve_exact(text.len()).map_err(|_| NoMemory)?;
    copy.push_str(text);
    Ok(copy)
}

/// Texts one behind the other.
///
/// # Errors
/// If the host has no memory for them.
pub fn joined(parts: &[&str]) -> Result<String, NoMemory> {
    let mut whole = String::new();
    let bytes = parts.iter().map(|part| part.len()).sum();
    whole.try_reserve_exact(bytes).map_err(|_| NoMemory)?;
    parts.iter().for_each(|part| whole.push_str(part));
    Ok(whole)
}

/// Longest text for people, in bytes.
const TEXT_BYTES: usize = 4096;
/// Longest name in a trace, in bytes. A trace has up to 128 frames, and a file's names may have megabytes.
const NAME_BYTES: usize = 256;

/// A copy of a text for people, e.g. a part of a message: its first 4 KiB, or nothing where there is no memory.
pub fn copied(text: &str) -> String {
    duplicate(cut(text, TEXT_BYTES)).unwrap_or_default()
}

/// A copy of a name for a trace: its first 256 bytes, or nothing where there is no memory.
pub fn short_name(text: &str) -> String {
    duplicate(cut(text, NAME_BYTES)).unwrap_or_default()
}

/// The beginning of a text that has at most `bytes`, up to a character's end.
fn cut(text: &str, bytes: usize) -> &str {
    &text[..text.floor_char_boundary(bytes)]
}

/// A text that grows fallibly and stays below [`TEXT_BYTES`].
struct Draft(String);
impl Write for Draft {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        let text = cut(text, TEXT_BYTES - self.0.len().min(TEXT_BYTES));
        self.0
            .try_reserve(text.len())
            .map_err(|_| std::fmt::Error)?;
        self.0.push_str(text);
        Ok(())
    }
}

/// A text for people, as `format!` makes it: cut at 4 KiB, and where there is no memory. What it says is a help, not a result.
pub fn written(text: std::fmt::Arguments<'_>) -> String {
    let mut draft = Draft(String::new());
    // Cut short, as promised.
    let _ = draft.write_fmt(text);
    draft.0
}

/// Bytes below which [`covered`] asks nothing: the exempt size of docs/security.md.
pub const SMALL: usize = 4096;

/// A stretch of work that allocates without being able to fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cover {
    /// Counts the stretches of a thread; tells one from the next.
    pub number: u32,
    /// Bytes that it may hold at a time.
    pub bytes: usize,
}

thread_local! {
    /// The stretch under way.
    static COVER: Cell<Option<Cover>> = const { Cell::new(None) };
    /// Stretches so far.
    static COVERS: Cell<u32> = const { Cell::new(0) };
}

/// Does work that allocates inside and cannot say that there is no memory. Before it the host is asked for `bytes`, the
/// most that the work holds at a time, which are given back at once: what was there a moment ago is there for the work.
/// (Another thread may take it in between. Where that matters, hosts keep a reserve of their own.)
///
/// # Errors
/// If the host has not that much; the work is not done.
pub fn covered<T>(bytes: usize, work: impl FnOnce() -> T) -> Result<T, NoMemory> {
    if bytes > SMALL {
        let mut probe: Vec<u8> = Vec::new();
        probe.try_reserve_exact(bytes).map_err(|_| NoMemory)?;
        // Or the allocation is optimised away, and with it the question.
        std::hint::black_box(&mut probe);
    }
    let restore = begin(bytes.max(SMALL));
    let result = work();
    drop(restore);
    Ok(result)
}

/// Does work that allocates a little, of fixed size whatever the guest does (below [`SMALL`]), and cannot say that there is
/// no memory: the record of a fault, the digits of an i64. These are the exempt allocations of docs/security.md.
pub fn fixed<T>(work: impl FnOnce() -> T) -> T {
    let restore = begin(SMALL);
    let result = work();
    drop(restore);
    result
}

fn begin(bytes: usize) -> Restore {
    let number = COVERS.get().wrapping_add(1);
    COVERS.set(number);
    Restore(COVER.replace(Some(Cover { number, bytes })))
}

/// Ends a cover, on unwinding too.
struct Restore(Option<Cover>);
impl Drop for Restore {
    fn drop(&mut self) {
        COVER.set(self.0);
    }
}

/// The work under way on this thread that cannot fail. The test that fails every allocation (`machine/tests/allocations.rs`) lets
/// those of such work through, and sees that they stay within its bound.
pub fn cover() -> Option<Cover> {
    COVER.get()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cut_between_characters() {
        let long = written(format_args!("{}é", "a".repeat(TEXT_BYTES - 1)));
        assert_eq!(long.len(), TEXT_BYTES - 1);
        assert_eq!(written(format_args!("{}-{}", 1, "b")), "1-b");
        assert_eq!(copied("text"), "text");
    }

    #[test]
    fn a_cover_ends_with_its_work() {
        let bytes = || cover().map(|cover| cover.bytes);
        assert_eq!(covered(10, bytes), Ok(Some(SMALL)));
        let nested = covered(1 << 20, || (covered(SMALL * 2, bytes), bytes()));
        assert_eq!(nested, Ok((Ok(Some(SMALL * 2)), Some(1 << 20))));
        assert_eq!(cover(), None);
        assert_eq!(covered(usize::MAX, || ()), Err(NoMemory));
    }
}
