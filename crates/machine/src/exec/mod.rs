//! The executor: register operations, their handlers, and the two dispatchers (docs/specs/machine.md §6).
#![allow(
    clippy::missing_safety_doc,
    reason = "all handlers have the one contract of `dispatch::Dispatch::next`"
)]

mod auto;
pub(crate) mod calls;
mod closures;
pub mod dispatch;
pub mod dynamic;
mod fibers;
pub mod float;
pub(crate) mod flow;
pub(crate) mod fused;
pub mod int;
pub(crate) mod intrinsics;
mod lists;
mod maps;
pub(crate) mod memory;
pub mod names;
pub mod ops;
pub(crate) mod records;
pub(crate) mod shapes;
pub(crate) mod signals;
mod statics;
mod texts;
mod values;
