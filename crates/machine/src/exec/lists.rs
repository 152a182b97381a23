//! Lists, arrays, tuples, ranges, iterations, elements by index, and the patterns that take sequences apart
//! (docs/specs/machine.md §4, rows 50–6C, 7B–7D, AB–AC, B9, C0–C4).

mod arrays;
mod cells;
mod index;
mod indexing;
mod loops;
mod patterns;
mod push;
mod ranges;
mod tuples;

pub use arrays::{ArrNew, ArrWith, Array, arr_get, arr_set};
pub use cells::{List, cons, head, tail};
pub use index::{get_index, set_index};
pub use loops::{IterNew, IterNext};
pub use patterns::{CheckLen, Rest, TryIndex, Unpack};
pub use push::push_at;
pub(crate) use push::{END, FRONT};
pub use ranges::{Range, Slice};
pub use tuples::{Tuple, TupleGet};

use crate::code::Word;

/// The two immediates in the word after a two-word instruction.
///
/// # Safety
/// `pc` points to an instruction of two words.
#[inline(always)]
unsafe fn immediates(pc: *const Word) -> (u32, u32) {
    // SAFETY: the caller's promise.
    let wide = unsafe { (*pc.add(1)).as_wide() };
    (wide as u32, (wide >> 32) as u32)
}
