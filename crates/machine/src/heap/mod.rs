//! Objects of the heap: their layouts and what the machine does with each kind.

pub(crate) mod bytes;
pub(crate) mod elements;
pub(crate) mod iter;
pub(crate) mod list;
pub(crate) mod map;
pub(crate) mod number;
pub mod object;
pub(crate) mod table;
pub(crate) mod text;
pub(crate) mod vector;
