//! FoxVM's executor: values and legends, policies, register code and its translation, the interpreter, fibers, faults.
//!
//! What it never does: it knows no grammar and no language's syntax, opens no file, reads no clock but for deadlines that
//! the host set, and lets nothing that a program does panic, hang or abort the host. Only functions that `fzb::verify`
//! accepted are translated, and only translated code is executed; `unsafe` in the executor rests on that proof.
//!
//! Where to start reading: [`value`] (what a value is), [`frame`] and [`code`] (what runs), `exec::dispatch` (how),
//! `translate` (from file form to register form), [`world`] (what a program is), `world::call` and `world::unwinding`.

pub mod cache;
pub mod code;
pub mod engine;
pub mod exec;
pub mod fault;
pub mod fiber;
pub mod frame;
mod heap;
pub mod host;
pub mod host_memory;
mod legend;
mod policy;
pub mod space;
pub mod space_trace;
pub mod trace;
mod translate;
pub mod value;
pub mod world;
